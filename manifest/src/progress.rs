//! How far a project is: one pure function of the manifest, shown alike by every command and page.

use serde::Serialize;

use crate::chapter::{Chapter, Outcome};
use crate::elements::ElementsState;
use crate::ids::ChapterId;
use crate::manifest::Manifest;
use crate::state::{ChapterState, Status, Step};

/// Share of the whole that each phase stands for; they add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Finding the elements.
    pub elements: f64,
    /// Finding the concepts.
    pub analysis: f64,
    /// Drawing the plates.
    pub illustration: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { elements: 0.1, analysis: 0.2, illustration: 0.7 }
    }
}

/// How far one phase is, in units of work.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Phase {
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
    /// Plates on disk.
    pub plates: u32,
    /// Concepts found so far: plates wanted.
    pub concepts: u32,
    /// Weighted, 0 to 100.
    pub percentage: f64,
}

/// What reading is of the elements pass; the rest is merging what was read.
const READ: f64 = 0.95;

/// What drawing is of a chapter's illustration; the rest is that its worker says that it is whole.
const DRAWN: f64 = 0.99;

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

impl Weights {
    /// Weights that make a whole.
    ///
    /// # Errors
    /// [`WeightsError`] where they do not.
    pub fn new(elements: f64, analysis: f64, illustration: f64) -> Result<Self, WeightsError> {
        let all = [elements, analysis, illustration];
        if let Some(bad) = all.into_iter().find(|weight| !(0.0..=1.0).contains(weight)) {
            return Err(WeightsError::OutOfRange(bad));
        }
        let sum: f64 = all.iter().sum();
        if (sum - 1.0).abs() > 1e-9 {
            return Err(WeightsError::Sum(sum));
        }
        Ok(Self { elements, analysis, illustration })
    }
}

/// Measures a manifest. The units of a phase are counted, its percentage is weighed: every chapter
/// counts by its length, which is how much there is to read in it and how many plates are to be
/// expected of it, and what is drawn of a chapter counts at once. A chapter's weight is fixed when the
/// book is listed, so that nothing that is found out on the way ever lowers the percentage.
#[must_use]
pub fn progress(manifest: &Manifest, weights: Weights) -> Progress {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
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
    let phase =
        |done, failed, skipped, percentage| Phase { done, failed, skipped, total, percentage };
    let weigh = |share: &dyn Fn(ChapterId, &Chapter) -> f64| percentage(manifest, share);
    let elements = weigh(&|id, _| match pass_over {
        true => 1.0,
        false => READ * share(manifest.elements_read.contains(&id)),
    });
    let analysis = weigh(&|_, chapter| share(chapter.state.is_past_analysis()));
    let illustration = weigh(&|_, chapter| illustrated_share(chapter));
    let outcomes = manifest.chapters().values().flat_map(|chapter| chapter.outcomes.values());
    let plates = outcomes.filter(|outcome| matches!(outcome, Outcome::Drawn(_))).count();
    Progress {
        percentage: weights.elements * elements
            + weights.analysis * analysis
            + weights.illustration * illustration,
        elements: phase(read, unread, 0, elements),
        analysis: phase(analyzed, failed[0], skipped, analysis),
        illustration: phase(illustrated, failed[0] + failed[1], skipped, illustration),
        plates: number(plates),
        concepts: manifest.chapters().values().filter_map(|chapter| chapter.concepts).sum(),
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
