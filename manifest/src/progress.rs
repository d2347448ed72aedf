//! How far a project is: one pure function of the manifest, shown alike by every command and page.
//!
//! The percentage of a phase is settled units of all, weighed by their length. That of the whole is,
//! unless somebody chose weights, the share of the time: how long the rest takes, of how long the whole
//! takes from its start to its end, with the phases overlapping as they do. Both are told from what
//! units of this project took, what they took in earlier runs on this machine, and else from what is
//! usual. So a pause does not count, and a run that goes on where another stopped keeps what was done.
//!
//! **Invariants:** 100 exactly when everything is settled; an empty finished phase is 100; no time left
//! is said before it is known, and none is negative. What was measured may change what is expected:
//! whoever shows a percentage shows it through a [`Gauge`], and it never falls.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::binding::Binding;
use crate::chapter::{Chapter, Outcome};
use crate::elements::ElementsState;
use crate::expectation::{self, Expected};
use crate::ids::ChapterId;
use crate::manifest::Manifest;
use crate::pace::{Pace, Rates};
use crate::state::{ChapterState, Status, Step};

/// How the parts of the work make up the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Weights {
    /// Each phase is a share of the whole that somebody chose.
    Chosen(Shares),
    /// Each phase is as much of the whole as it takes of the time.
    Learnt(Outlook),
}

/// Share of the whole that each phase stands for; they add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// Finding the elements.
    pub elements: f64,
    /// Finding the concepts.
    pub analysis: f64,
    /// Drawing the plates.
    pub illustration: f64,
    /// Binding the book.
    pub binding: f64,
}

/// What is known beforehand of how long the phases take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// From earlier runs on this machine.
    pub rates: Rates,
    /// How many chapters each daemon works on at the same time.
    pub workers: usize,
    /// Whether chapters are drawn while others are analyzed.
    pub concurrent: bool,
    /// Words to one plate.
    pub words_per_plate: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self::Learnt(Outlook::default())
    }
}

impl Default for Outlook {
    fn default() -> Self {
        Self { rates: Rates::default(), workers: 2, concurrent: true, words_per_plate: 3000.0 }
    }
}

/// Of the time that a book takes when one phase follows the other, where nothing better is known.
pub(crate) const USUAL: Shares =
    Shares { elements: 0.1, analysis: 0.2, illustration: 0.68, binding: 0.02 };

/// Why weights cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum WeightsError {
    /// One is below zero, or no number.
    #[error("a weight must be a number from 0 to 1, and {0} is none")]
    OutOfRange(f64),
    /// They do not make a whole.
    #[error("the weights must add up to 1, and add up to {0}")]
    Sum(f64),
}

impl Shares {
    /// Shares that make a whole.
    ///
    /// # Errors
    /// [`WeightsError`] where they do not.
    pub fn new(
        elements: f64,
        analysis: f64,
        illustration: f64,
        binding: f64,
    ) -> Result<Self, WeightsError> {
        let all = [elements, analysis, illustration, binding];
        if let Some(bad) = all.into_iter().find(|weight| !(0.0..=1.0).contains(weight)) {
            return Err(WeightsError::OutOfRange(bad));
        }
        let sum: f64 = all.iter().sum();
        if (sum - 1.0).abs() > 1e-9 {
            return Err(WeightsError::Sum(sum));
        }
        Ok(Self { elements, analysis, illustration, binding })
    }
}

/// How a phase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PhaseStatus {
    /// Nothing of it has been begun.
    Pending,
    /// It has been begun.
    Running,
    /// Nothing of it is left.
    Completed,
}

/// How far one phase is, in units of work.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Phase {
    /// How it is.
    pub status: PhaseStatus,
    /// Finished units.
    pub done: u32,
    /// Units that failed for good.
    pub failed: u32,
    /// Units that are not to be done.
    pub skipped: u32,
    /// All units, as far as they are known by now.
    pub total: u32,
    /// Settled units in percent of all; 100 for a finished phase without any.
    pub percentage: f64,
    /// When it was begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When its last unit was finished; `None` while some are left.
    pub completed_at: Option<DateTime<Utc>>,
    /// Seconds until it is over; `None` until that can be told.
    pub eta_seconds: Option<u64>,
}

/// How far a project is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// The elements pass, in chapters.
    pub elements: Phase,
    /// The concepts pass, in chapters.
    pub analysis: Phase,
    /// The plates, in chapters.
    pub illustration: Phase,
    /// The bound book; of nothing, where nobody binds.
    pub binding: Phase,
    /// Plates on disk.
    pub plates: u32,
    /// Concepts found so far: plates wanted.
    pub concepts: u32,
    /// Of the whole, 0 to 100.
    pub percentage: f64,
    /// Seconds until nothing is left to do; `None` until that can be told.
    pub eta_seconds: Option<u64>,
    /// Plates that are drawn in a minute, lately; `None` until that can be told.
    pub plates_per_minute: Option<f64>,
}

/// What a whole that is not settled has at most.
const NEARLY: f64 = 99.9;

/// What reading is of the elements pass; the rest is merging what was read.
const READ: f64 = 0.95;

/// What drawing is of a chapter's illustration; the rest is that its worker says that it is whole.
const DRAWN: f64 = 0.99;

/// The highest percentage that was shown in one run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Gauge(f64);

impl Gauge {
    /// Somebody else has shown this percentage in this run.
    pub fn at_least(&mut self, percentage: f64) {
        self.0 = self.0.max(percentage);
    }

    /// Shows a percentage that is never below one that was shown before; a new run begins where nobody
    /// is at work.
    pub fn raise(&mut self, progress: &mut Progress, is_at_work: bool) {
        if !is_at_work {
            *self = Self::default();
            return;
        }
        if progress.percentage < 100.0 {
            self.0 = self.0.max(progress.percentage).min(NEARLY);
            progress.percentage = self.0;
        }
    }
}

/// Measures a manifest.
#[must_use]
pub fn progress(manifest: &Manifest, weights: &Weights, now: DateTime<Utc>) -> Progress {
    let outlook = match weights {
        Weights::Chosen(_) => Outlook::default(),
        Weights::Learnt(outlook) => *outlook,
    };
    let Expected { share, ends } = expectation::of(manifest, &outlook, now);
    let [mut elements, mut analysis, mut illustration] = chapters_settled(manifest);
    let pass = &manifest.paces.elements;
    let last = |time: fn(&Chapter) -> Option<DateTime<Utc>>| {
        manifest.chapters().values().filter_map(time).max()
    };
    tell_times(&mut elements, pass, pass.last_at);
    tell_times(&mut analysis, &manifest.paces.analysis, last(|chapter| chapter.analyzed_at));
    tell_times(&mut illustration, &manifest.paces.illustration, last(|c| c.illustrated_at));
    let binding = binding(manifest, &illustration);
    let mut phases = [elements, analysis, illustration, binding];
    let is_settled = phases.iter().all(|phase| phase.status == PhaseStatus::Completed);
    let ends = match ends {
        _ if is_settled => Some([0; 4]),
        ends => ends.filter(|_| manifest.control.is_going()),
    };
    for (phase, end) in phases.iter_mut().zip(ends.unwrap_or_default()) {
        let is_over = phase.status == PhaseStatus::Completed;
        phase.eta_seconds = if is_over { Some(0) } else { ends.map(|_| end) };
    }
    let [elements, analysis, illustration, binding] = phases;
    let percentage = match weights {
        _ if is_settled => 100.0,
        Weights::Chosen(shares) => {
            shares.elements * elements.percentage
                + shares.analysis * analysis.percentage
                + shares.illustration * illustration.percentage
                + shares.binding * binding.percentage
        }
        Weights::Learnt(_) => 100.0 * share,
    };
    let outcomes = manifest.chapters().values().flat_map(|chapter| chapter.outcomes.values());
    let plates = outcomes.filter(|outcome| matches!(outcome, Outcome::Drawn(_))).count();
    Progress {
        percentage: if is_settled { 100.0 } else { percentage.clamp(0.0, NEARLY) },
        eta_seconds: ends.map(|ends| ends[3]),
        plates_per_minute: plates_per_minute(manifest),
        elements,
        analysis,
        illustration,
        binding,
        plates: number(plates),
        concepts: manifest.chapters().values().filter_map(|chapter| chapter.concepts).sum(),
    }
}

fn plates_per_minute(manifest: &Manifest) -> Option<f64> {
    let in_hand = manifest.count(Status::Illustrating).max(1);
    let hands = manifest.paces.illustration.hands(in_hand) as f64;
    Rates::of(manifest).illustration.map(|millis| hands * 60_000.0 / millis)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The elements pass, the analysis and the illustration. The units of a phase are counted, its
/// percentage is weighed: every chapter counts by its length, which is how much there is to read in it
/// and how many plates are to be expected of it, and what is drawn of a chapter counts at once.
fn chapters_settled(manifest: &Manifest) -> [Phase; 3] {
    let total = number(manifest.chapters().len());
    let mut failed = [0, 0];
    for id in manifest.with_status(Status::Failed) {
        match manifest.chapters().get(&id).map(|chapter| &chapter.state) {
            Some(ChapterState::Failed(Step::Analysis, _)) => failed[0] += 1,
            Some(ChapterState::Failed(Step::Illustration, _)) => failed[1] += 1,
            _ => {}
        }
    }
    let (read, unread) = match manifest.elements {
        ElementsState::Complete { .. } => (total, 0),
        ElementsState::Failed(_) => (0, total),
        _ => (number(manifest.elements_read.len()), 0),
    };
    let pass_over = match &manifest.elements {
        ElementsState::Complete { .. } => true,
        ElementsState::Failed(failure) => failure.retry_at.is_none(),
        _ => false,
    };
    let count = |status| number(manifest.count(status));
    let skipped = count(Status::Skipped);
    let illustrated = count(Status::Illustrated);
    let analyzed = count(Status::Analyzed) + count(Status::Illustrating) + illustrated + failed[1];
    let weigh = |share: &dyn Fn(ChapterId, &Chapter) -> f64| percentage(manifest, share);
    let elements = weigh(&|id, _| match pass_over {
        true => 1.0,
        false => READ * share(manifest.elements_read.contains(&id)),
    });
    let analysis = weigh(&|_, chapter| share(chapter.state.is_past_analysis()));
    let illustration = weigh(&|_, chapter| illustrated_share(chapter));
    let phase = |done, failed, skipped, percentage| Phase {
        status: if percentage >= 100.0 { PhaseStatus::Completed } else { PhaseStatus::Pending },
        done,
        failed,
        skipped,
        total,
        percentage,
        started_at: None,
        completed_at: None,
        eta_seconds: None,
    };
    [
        phase(read, unread, 0, elements),
        phase(analyzed, failed[0], skipped, analysis),
        phase(illustrated, failed[0] + failed[1], skipped, illustration),
    ]
}

/// Adds when a phase was begun, and when it was over.
fn tell_times(phase: &mut Phase, pace: &Pace, last: Option<DateTime<Utc>>) {
    phase.started_at = pace.started_at;
    match phase.status {
        PhaseStatus::Completed => phase.completed_at = last,
        _ if phase.started_at.is_some() => phase.status = PhaseStatus::Running,
        _ => {}
    }
}

/// The binding: one unit where it is wanted, else none; over once what comes before it is.
fn binding(manifest: &Manifest, illustration: &Phase) -> Phase {
    let is_drawn = illustration.status == PhaseStatus::Completed;
    let (status, done, at) = match manifest.binding {
        Binding::Bound { at } => (PhaseStatus::Completed, 1, Some(at)),
        Binding::Wanted if is_drawn => (PhaseStatus::Running, 0, None),
        Binding::Unasked if is_drawn => (PhaseStatus::Completed, 0, None),
        Binding::Wanted | Binding::Unasked => (PhaseStatus::Pending, 0, None),
    };
    let is_over = status == PhaseStatus::Completed;
    Phase {
        status,
        done,
        failed: 0,
        skipped: 0,
        total: u32::from(!manifest.binding.is_unasked()),
        percentage: if is_over { 100.0 } else { 0.0 },
        started_at: if is_over {
            manifest.paces.binding.started_at.filter(|_| done > 0)
        } else {
            None
        },
        completed_at: at,
        eta_seconds: None,
    }
}

/// The mean over all chapters, weighed by their length, in percent; 100 for a book without any, once
/// that is known. The whole is exactly 100.
fn percentage(manifest: &Manifest, share: &dyn Fn(ChapterId, &Chapter) -> f64) -> f64 {
    let (mut done, mut all) = (0.0, 0.0);
    for (id, chapter) in manifest.chapters() {
        let weight = f64::from(chapter.words.max(1));
        done += weight * share(*id, chapter);
        all += weight;
    }
    match manifest.chapters_listed {
        false => 0.0,
        true if done >= all => 100.0,
        true => 100.0 * done / all,
    }
}

fn share(whole: bool) -> f64 {
    f64::from(u8::from(whole))
}

/// How much of a chapter is drawn; a concept that was refused is settled as well.
fn illustrated_share(chapter: &Chapter) -> f64 {
    if chapter.state.is_settled() {
        return 1.0;
    }
    match (chapter.concepts, chapter.outcomes.len()) {
        (Some(concepts), settled) if concepts > 0 => {
            DRAWN * (settled as f64 / f64::from(concepts)).min(1.0)
        }
        _ => 0.0,
    }
}
