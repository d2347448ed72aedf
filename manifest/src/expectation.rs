//! What is to be expected of a project: how long the whole takes, and how long the rest.
//!
//! Durations are microseconds; where nothing is known of them at all, only their ratios mean anything.

use chrono::{DateTime, Utc};

use crate::binding::Binding;
use crate::chapter::Chapter;
use crate::elements::ElementsState;
use crate::forecast::{Left, Plenty, Rest};
use crate::manifest::Manifest;
use crate::pace::{Rates, worked};
use crate::progress::{Outlook, USUAL};
use crate::state::{ChapterState, Claim, Status, Step};

/// How far a project is by time, and when the phases end.
pub(crate) struct Expected {
    /// Share of the time that has passed, 0 to 1.
    pub share: f64,
    /// Seconds until each phase is over, and the whole; `None` until that can be told.
    pub ends: Option<[u64; 4]>,
}

/// A length of time in microseconds of a word, a plate, a book.
struct Costs {
    elements: f64,
    analysis: f64,
    illustration: f64,
    binding: f64,
    hands: [usize; 2],
    /// Whether these are times, and not only their ratios.
    are_times: bool,
    /// Whether the time of every chapter phase is measured or learnt.
    are_known: [bool; 3],
}

/// Looks ahead.
pub(crate) fn of(manifest: &Manifest, outlook: &Outlook, now: DateTime<Utc>) -> Expected {
    if !manifest.chapters_listed {
        return Expected { share: 0.0, ends: None };
    }
    let plates = Plates::of(manifest, outlook);
    let costs = costs(manifest, outlook, &plates);
    let concurrent = overlaps(manifest, outlook);
    let whole = whole(manifest, &costs, &plates, concurrent).ends().all;
    let rest = rest(manifest, &costs, &plates, concurrent, now);
    let ends = rest.ends();
    let share = match whole {
        0 => 0.0,
        whole => (1.0 - ends.all as f64 / whole as f64).clamp(0.0, 1.0),
    };
    let left = [
        !rest.elements.is_empty(),
        rest.chapters.iter().any(|left| left.analysis > 0),
        !rest.under_way.is_empty() || rest.chapters.iter().any(|left| left.plates.count > 0),
    ];
    let are_known = left.iter().zip(costs.are_known).all(|(left, known)| known || !left);
    let seconds = |micros: u64| micros.div_ceil(1_000_000);
    let all = [ends.elements, ends.analysis, ends.illustration, ends.all].map(seconds);
    Expected { share, ends: (are_known && costs.are_times).then_some(all) }
}

/// How many plates chapters have, and are expected to have.
struct Plates {
    words_per_plate: f64,
    /// How many more or fewer there were than expected, so far.
    factor: f64,
}

impl Plates {
    fn of(manifest: &Manifest, outlook: &Outlook) -> Self {
        let words_per_plate = outlook.words_per_plate.clamp(1.0, 1e9);
        let guess = Self { words_per_plate, factor: 1.0 };
        let (mut found, mut expected) = (1.0, 1.0);
        for chapter in manifest.chapters().values() {
            if let Some(concepts) = chapter.concepts {
                found += f64::from(concepts);
                expected += guess.expected(chapter);
            }
        }
        Self { factor: found / expected, ..guess }
    }

    fn expected(&self, chapter: &Chapter) -> f64 {
        (f64::from(chapter.words) / self.words_per_plate).round().max(1.0) * self.factor
    }

    /// As counted, where the chapter is analyzed; none where it will never be drawn.
    fn in_chapter(&self, chapter: &Chapter) -> f64 {
        match (&chapter.state, chapter.concepts) {
            (ChapterState::Failed(Step::Analysis, failure), _) if failure.retry_at.is_none() => 0.0,
            (_, Some(concepts)) => f64::from(concepts),
            (_, None) => self.expected(chapter),
        }
    }
}

fn counted(manifest: &Manifest) -> impl Iterator<Item = &Chapter> {
    let is_wanted = |chapter: &&Chapter| !matches!(chapter.state, ChapterState::Skipped { .. });
    manifest.chapters().values().filter(is_wanted)
}

fn costs(manifest: &Manifest, outlook: &Outlook, plates: &Plates) -> Costs {
    let rates = Rates::of(manifest).or(&outlook.rates);
    let workers = outlook.workers.max(1);
    let paces = &manifest.paces;
    let hands = [
        paces.analysis.hands(workers).max(manifest.count(Status::Analyzing)),
        paces.illustration.hands(workers).max(manifest.count(Status::Illustrating)),
    ];
    let words: f64 = counted(manifest).map(|c| f64::from(c.words)).sum::<f64>().max(1.0);
    let drawn: f64 = counted(manifest).map(|c| plates.in_chapter(c)).sum::<f64>().max(1.0);
    // How many units one hand does of each phase, and the usual share of it.
    let phases = [
        (rates.elements, words / hands[0] as f64, USUAL.elements),
        (rates.analysis, words / hands[0] as f64, USUAL.analysis),
        (rates.illustration, drawn / hands[1] as f64, USUAL.illustration),
        (rates.binding, 1.0, USUAL.binding),
    ];
    let known =
        phases.iter().filter_map(|(rate, units, share)| Some((rate.as_ref()? * units, share)));
    let (time, share) = known.fold((0.0, 0.0), |sum, (time, share)| (sum.0 + time, sum.1 + share));
    // What the whole takes, one phase after the other, if the known ones are as much of it as is usual.
    let scale = if share > 0.0 { time / share } else { 1e6 };
    let micros = |nth: usize| {
        let (rate, units, share) = phases[nth];
        1000.0 * rate.unwrap_or(share * scale / units)
    };
    Costs {
        elements: micros(0),
        analysis: micros(1),
        illustration: micros(2),
        binding: micros(3),
        hands,
        are_times: share > 0.0,
        are_known: [rates.elements, rates.analysis, rates.illustration].map(|r| r.is_some()),
    }
}

/// Whether chapters are drawn while others are analyzed. Where several are analyzed and none has ever
/// been begun to be drawn, somebody has chosen to do one after the other.
fn overlaps(manifest: &Manifest, outlook: &Outlook) -> bool {
    let drawing = manifest.paces.illustration.started_at.is_some();
    let waiting = manifest.count(Status::Analyzed);
    outlook.concurrent && (drawing || waiting < 3)
}

/// The whole book, from its start.
fn whole(manifest: &Manifest, costs: &Costs, plates: &Plates, concurrent: bool) -> Rest {
    let all = manifest.chapters().values();
    let chapters = counted(manifest).map(|chapter| Left {
        analysis: micros(f64::from(chapter.words) * costs.analysis).max(1),
        plates: plates_of(plates.in_chapter(chapter), costs),
        in_hand: false,
    });
    Rest {
        elements: all.map(|chapter| micros(f64::from(chapter.words) * costs.elements)).collect(),
        chapters: chapters.collect(),
        under_way: Vec::new(),
        binding: if manifest.binding.is_unasked() { 0 } else { micros(costs.binding) },
        hands: costs.hands,
        concurrent,
    }
}

/// So many plates are expected; of a part of one, a shorter one, and of very many, some as one.
fn plates_of(expected: f64, costs: &Costs) -> Plenty {
    let count = if expected > 0.0 { expected.round().clamp(1.0, 1000.0) } else { 0.0 };
    let each = if count > 0.0 { micros(expected * costs.illustration / count) } else { 0 };
    Plenty { count: count as usize, each }
}

fn micros(time: f64) -> u64 {
    // Saturates, and takes what is no number for nothing.
    time.min(1e15) as u64
}

/// What is left of the book.
fn rest(
    manifest: &Manifest,
    costs: &Costs,
    plates: &Plates,
    concurrent: bool,
    now: DateTime<Utc>,
) -> Rest {
    // Time that only ratios are known of does not pass, nor does it while nobody may work.
    let passes = costs.are_times && manifest.control.is_going();
    let since =
        |from: DateTime<Utc>| if passes { 1000.0 * worked(from, now, None) as f64 } else { 0.0 };
    let chapters = counted(manifest).map(|chapter| {
        let analysis = f64::from(chapter.words) * costs.analysis;
        let missing = (plates.in_chapter(chapter) - chapter.outcomes.len() as f64).max(0.0);
        let (analysis, missing, in_hand) = match &chapter.state {
            ChapterState::Pending => (analysis.max(1.0), missing, false),
            ChapterState::Analyzing(claim) => {
                ((analysis - since(claim.at)).max(1.0), missing, true)
            }
            ChapterState::Analyzed => (0.0, missing, false),
            ChapterState::Illustrating(_) => (0.0, missing, true),
            ChapterState::Failed(step, failure) if failure.retry_at.is_some() => match step {
                Step::Analysis => (analysis.max(1.0), missing, false),
                Step::Illustration => (0.0, missing, false),
            },
            ChapterState::Failed(..) | ChapterState::Illustrated | ChapterState::Skipped { .. } => {
                (0.0, 0.0, false)
            }
        };
        Left { analysis: micros(analysis), plates: plates_of(missing, costs), in_hand }
    });
    let mut chapters: Vec<Left> = chapters.collect();
    let begun = begun_plates(manifest, costs.hands[1], &mut chapters);
    let left = |from| micros((costs.illustration - since(from)).max(1.0));
    let binding = match (manifest.binding, manifest.paces.illustration.last_at) {
        (Binding::Wanted, Some(drawn)) if manifest.illustrate_complete() => {
            micros((costs.binding - since(drawn)).max(1.0))
        }
        (Binding::Wanted, _) => micros(costs.binding),
        (Binding::Unasked | Binding::Bound { .. }, _) => 0,
    };
    Rest {
        elements: elements(manifest, costs, since),
        chapters,
        under_way: begun.into_iter().map(left).collect(),
        binding,
        hands: costs.hands,
        concurrent,
    }
}

/// When the plates under way were begun; they are taken out of their chapters. Each chapter in hand has
/// one, and whoever is idle helps with the oldest. A plate is begun when a hand is free, which is when another was drawn
/// (the hands that have been idle since drew the last), but not before its chapter was claimed.
fn begun_plates(manifest: &Manifest, hands: usize, left: &mut [Left]) -> Vec<DateTime<Utc>> {
    let claim = |chapter: &Chapter| match &chapter.state {
        ChapterState::Illustrating(claim) => Some(claim.at),
        _ => None,
    };
    let claims = counted(manifest).map(claim);
    let mut in_hand: Vec<_> =
        left.iter_mut().zip(claims).filter_map(|(left, at)| Some((left, at?))).collect();
    in_hand.sort_by_key(|(_, claim)| *claim);
    let mut begun = Vec::new();
    let mut begin = |left: &mut Left, claim: DateTime<Utc>, most: usize| {
        let plates = left.plates.count.min(most);
        left.plates.count -= plates;
        begun.extend(std::iter::repeat_n(claim, plates));
        plates
    };
    let mut helpers = hands;
    for (left, claim) in &mut in_hand {
        helpers = helpers.saturating_sub(begin(left, *claim, 1));
    }
    for (left, claim) in &mut in_hand {
        helpers -= begin(left, *claim, helpers);
    }
    begun.sort_by(|a, b| b.cmp(a));
    let idle = hands.saturating_sub(begun.len());
    let mut ends = manifest.paces.illustration.ends().skip(idle);
    begun.into_iter().map(|claim| ends.next().map_or(claim, |end| end.max(claim))).collect()
}

/// What is left of the elements pass: the chapters that are not read, in the order they are taken in.
fn elements(manifest: &Manifest, costs: &Costs, since: impl Fn(DateTime<Utc>) -> f64) -> Vec<u64> {
    let numbered = (1usize..).zip(manifest.chapters());
    let unread = numbered.filter(|(_, (id, _))| !manifest.elements_read.contains(id));
    let mut left: Vec<(usize, f64)> = unread
        .map(|(nth, (_, chapter))| (nth, f64::from(chapter.words) * costs.elements))
        .collect();
    let claim = match &manifest.elements {
        ElementsState::Pending => None,
        ElementsState::Failed(failure) if failure.retry_at.is_some() => None,
        ElementsState::Complete { .. } | ElementsState::Failed(_) => return Vec::new(),
        ElementsState::Reading(claim) => Some(claim),
    };
    if let Some(claim) = claim {
        let hands = costs.hands[0];
        for (nth, left) in left.iter_mut().take(hands) {
            *left = (*left - since(begun(manifest, claim, *nth, hands))).max(1.0);
        }
        // Merging what was read is still to come.
        if left.is_empty() {
            left.push((0, 1.0));
        }
    }
    left.into_iter().map(|(_, left)| micros(left)).collect()
}

/// When the nth chapter was begun to be read, if it was: the first ones, as many as there are hands,
/// with the pass, and every other one when a hand was free, which is when a chapter was read.
fn begun(manifest: &Manifest, claim: &Claim, nth: usize, hands: usize) -> DateTime<Utc> {
    let Some(read) = nth.checked_sub(hands).filter(|n| *n > 0) else { return claim.at };
    let since_then = manifest.elements_read.len().saturating_sub(read);
    let end = manifest.paces.elements.ends().nth(since_then);
    end.unwrap_or(claim.at).max(claim.at)
}
