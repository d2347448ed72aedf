//! How long the work takes: what the last finished units of each phase took.
//!
//! A unit's time is that from its claim to its end; the elements pass is claimed as a whole, and the
//! plates of a chapter with it, so whoever reads a chapter or draws a plate says how long that took. So
//! a pause, which lets units in hand be finished, and the time in which nobody worked are in none of
//! them; what a server's request for quiet took is taken off. What still took far longer than its like
//! (a model was loaded, a laptop slept) does not count. How many hands there are is told by how many
//! units were in hand at the same time. **Invariant:** no more than the last few units are kept, and
//! replaying the events gives the same.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::elements::ElementsState;
use crate::event::{ChapterEvent, Event};
use crate::ledger::Work;
use crate::manifest::Manifest;
use crate::state::{Claim, Status};

/// How many units are kept: twice as many as may be in hand at the same time.
const KEPT: usize = 32;
/// A unit that took so many times as long as its like usually does is none to judge by.
const LONG: f64 = 4.0;

/// One finished unit: milliseconds, amount (words, plates, or one book), units in hand with it, or 0 where
/// there was not work for all, and milliseconds since the end of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample(pub u64, pub u64, pub u32, #[serde(default)] pub Option<u32>);

/// What is kept of a phase.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// When it was begun first; for people to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
    /// When a unit of it was finished last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<DateTime<Utc>>,
    /// The last finished units, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recent: Vec<Sample>,
}

/// What is kept of all phases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Paces {
    /// The elements pass, in words.
    pub elements: Pace,
    /// The analysis, in words.
    pub analysis: Pace,
    /// The illustration, in plates.
    pub illustration: Pace,
    /// The binding, in books.
    pub binding: Pace,
}

/// Milliseconds that a unit takes; `None` where that is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rates {
    /// To find the elements of a word, by one thread.
    pub elements: Option<f64>,
    /// To find the concepts of a word, by one thread.
    pub analysis: Option<f64>,
    /// To draw a plate, by one thread.
    pub illustration: Option<f64>,
    /// To bind a book.
    pub binding: Option<f64>,
}

impl Paces {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Rates {
    /// As measured in a project.
    #[must_use]
    pub fn of(manifest: &Manifest) -> Self {
        let paces = &manifest.paces;
        Self {
            elements: rate(&alike(&paces.elements.recent)),
            analysis: rate(&alike(&paces.analysis.recent)),
            illustration: rate(&alike(&paces.illustration.recent)),
            binding: rate(&paces.binding.recent),
        }
    }

    /// These, and where one is missing that of others; what makes no sense is missing.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        let pick = |ours: Option<f64>, theirs: Option<f64>| {
            ours.or(theirs).filter(|rate| rate.is_finite() && *rate > 0.0)
        };
        Self {
            elements: pick(self.elements, other.elements),
            analysis: pick(self.analysis, other.analysis),
            illustration: pick(self.illustration, other.illustration),
            binding: pick(self.binding, other.binding),
        }
    }
}

impl Pace {
    /// The most units that were in hand together, lately; as many as are expected, as long as few were
    /// finished or there was not work for all.
    pub(crate) fn hands(&self, expected: usize) -> usize {
        match self.recent.iter().map(|sample| sample.2 as usize).max() {
            Some(seen @ 1..) if self.recent.len() >= KEPT => seen,
            Some(seen) => seen.max(expected),
            None => expected,
        }
    }
}

fn rate(samples: &[Sample]) -> Option<f64> {
    let (millis, amount) = samples.iter().fold((0, 0), |sum: (u64, u64), sample| {
        (sum.0.saturating_add(sample.0), sum.1.saturating_add(sample.1))
    });
    (millis > 0 && amount > 0).then(|| millis as f64 / amount as f64)
}

/// Those that took about as long as most.
fn alike(samples: &[Sample]) -> Vec<Sample> {
    let each = |sample: &Sample| sample.0 as f64 / sample.1.max(1) as f64;
    let mut sorted: Vec<f64> = samples.iter().map(each).collect();
    sorted.sort_by(f64::total_cmp);
    let usual = sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or_default();
    samples.iter().copied().filter(|sample| each(sample) <= LONG * usual).collect()
}

/// What an event says of the pace.
#[derive(Debug, Clone, Copy)]
pub(crate) enum News {
    Begun(Phase),
    Finished(Phase, Sample),
}

/// The phases of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Who and what recurs in the book is found.
    Elements,
    /// What deserves a picture is found.
    Analysis,
    /// The plates are drawn.
    Illustration,
    /// The book is bound.
    Binding,
}

/// What an event says of the pace, in the state before it.
pub(crate) fn news(manifest: &Manifest, event: &Event, at: DateTime<Utc>) -> Option<News> {
    let quiet = |work| manifest.ledger.quiet_until.get(&work).copied();
    let paces = &manifest.paces;
    match event {
        Event::ElementsClaimed { .. } => Some(News::Begun(Phase::Elements)),
        Event::ElementsRead { chapter, millis: millis @ 1.., .. } => {
            let ElementsState::Reading(claim) = &manifest.elements else { return None };
            let words = manifest.chapters().get(chapter)?.words;
            let gap = number(worked(later(claim, paces.elements.last_at), at, None));
            Some(News::Finished(Phase::Elements, Sample(*millis, words.into(), 1, Some(gap))))
        }
        Event::Bound { millis } => {
            Some(News::Finished(Phase::Binding, Sample(*millis, 1, 1, None)))
        }
        Event::Chapter { chapter, change } => {
            let chapter = manifest.chapters().get(chapter)?;
            match change {
                ChapterEvent::AnalysisClaimed { .. } => Some(News::Begun(Phase::Analysis)),
                ChapterEvent::IllustrationClaimed { .. } => Some(News::Begun(Phase::Illustration)),
                ChapterEvent::Analyzed { .. } => {
                    let millis = worked(chapter.state.claim()?.1.at, at, quiet(Work::Text));
                    let seen = manifest.count(Status::Analyzing);
                    let hands = paces.analysis.known(seen, manifest.count(Status::Pending) > 0);
                    let gap = paces.analysis.gap(at);
                    let sample = Sample(millis, chapter.words.into(), hands, gap);
                    Some(News::Finished(Phase::Analysis, sample))
                }
                ChapterEvent::PlateRecorded { .. } | ChapterEvent::PlateBlocked { .. } => {
                    let claim = chapter.state.claim()?.1;
                    let since = match change {
                        // Several of a chapter may be drawn at the same time.
                        ChapterEvent::PlateRecorded { millis: millis @ 1.., .. } => {
                            begun(*millis, at).max(claim.at)
                        }
                        _ => later(claim, chapter.drawn_at),
                    };
                    let millis = worked(since, at, quiet(Work::Image));
                    let pace = &paces.illustration;
                    let seen = pace.together(millis, at).max(manifest.count(Status::Illustrating));
                    // Whoever is idle helps with a chapter that is in hand.
                    let is_more = manifest.count(Status::Analyzed) > 0 || to_draw(manifest) > seen;
                    let sample = Sample(millis, 1, pace.known(seen, is_more), pace.gap(at));
                    Some(News::Finished(Phase::Illustration, sample))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// How many plates the chapters in hand still miss.
fn to_draw(manifest: &Manifest) -> usize {
    let in_hand = manifest.with_status(Status::Illustrating);
    in_hand.map(|id| manifest.chapters()[&id].missing_concepts().len()).sum()
}

fn number(of: impl TryInto<u32>) -> u32 {
    of.try_into().unwrap_or(u32::MAX)
}

impl Pace {
    /// How many hands there are, having seen so many at work: that tells it only where there is work for
    /// more; 0 as long as nothing tells.
    fn known(&self, seen: usize, is_more: bool) -> u32 {
        let seen = number(seen);
        match self.recent.iter().map(|sample| sample.2).max() {
            _ if is_more => seen,
            None | Some(0) => 0,
            Some(known) => seen.max(known),
        }
    }

    fn gap(&self, at: DateTime<Utc>) -> Option<u32> {
        Some(number(worked(self.last_at?, at, None)))
    }

    /// How many of the last units, and of one that took so long and ends now, were in hand at the same time.
    fn together(&self, millis: u64, now: DateTime<Utc>) -> usize {
        // How long ago each ended, and was begun.
        let mut spans = vec![(0, millis)];
        let mut ago = self.gap(now).map(u64::from);
        for sample in self.recent.iter().rev() {
            let Some(end) = ago else { break };
            spans.push((end, end.saturating_add(sample.0)));
            ago = sample.3.map(|gap| end.saturating_add(gap.into()));
        }
        let at =
            |time: u64| spans.iter().filter(|(end, begun)| *end <= time && time < *begun).count();
        spans.iter().map(|(end, begun)| at(end.midpoint(*begun))).max().unwrap_or(0)
    }

    /// When the last units ended, the newest first, as far as that is known.
    pub(crate) fn ends(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let mut next = self.last_at;
        self.recent.iter().rev().map_while(move |sample| {
            let end = next?;
            let before = |gap: u32| end.checked_sub_signed(TimeDelta::milliseconds(gap.into()));
            next = sample.3.and_then(before);
            Some(end)
        })
    }
}

impl Paces {
    pub(crate) fn keep(&mut self, news: News, at: DateTime<Utc>) {
        let (News::Begun(phase) | News::Finished(phase, _)) = news;
        let pace = match phase {
            Phase::Elements => &mut self.elements,
            Phase::Analysis => &mut self.analysis,
            Phase::Illustration => &mut self.illustration,
            Phase::Binding => &mut self.binding,
        };
        if let News::Finished(_, sample) = news {
            pace.last_at = Some(at);
            if pace.recent.len() >= KEPT {
                pace.recent.remove(0);
            }
            pace.recent.push(sample);
            pace.started_at = pace.started_at.or(Some(begun(sample.0, at)));
        } else {
            pace.started_at.get_or_insert(at);
        }
    }
}

/// When something was begun that took so long.
fn begun(millis: u64, at: DateTime<Utc>) -> DateTime<Utc> {
    let millis = TimeDelta::milliseconds(i64::try_from(millis).unwrap_or_default());
    at.checked_sub_signed(millis).unwrap_or(at)
}

/// Since when a unit has been in hand: since its claim, or since what was done last under it.
pub(crate) fn later(claim: &Claim, last: Option<DateTime<Utc>>) -> DateTime<Utc> {
    last.map_or(claim.at, |last| last.max(claim.at))
}

/// Milliseconds between two times, without those in which a server had asked to be left alone.
pub(crate) fn worked(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    quiet_until: Option<DateTime<Utc>>,
) -> u64 {
    let quiet = quiet_until.map_or(TimeDelta::zero(), |until| until.min(to) - from);
    let worked = (to - from) - quiet.max(TimeDelta::zero());
    u64::try_from(worked.num_milliseconds()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(millis: &[u64]) -> Vec<Sample> {
        millis.iter().map(|millis| Sample(*millis, 1, 1, None)).collect()
    }

    #[test]
    fn loading_a_model_and_a_night_in_between_are_no_work() {
        assert_eq!(rate(&alike(&samples(&[60_000, 10, 12, 8, 40_000_000, 10]))), Some(10.0));
    }

    #[test]
    fn what_took_no_time_is_no_rate() {
        assert_eq!(rate(&samples(&[0, 0, 0])), None);
        assert_eq!(rate(&[]), None);
    }

    #[test]
    fn quiet_that_a_server_asked_for_is_no_work() {
        let at = |seconds| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        assert_eq!(worked(at(0), at(60), Some(at(50))), 10_000);
        assert_eq!(worked(at(0), at(60), Some(at(90))), 0);
        assert_eq!(worked(at(0), at(60), Some(at(-5))), 60_000);
        assert_eq!(worked(at(60), at(0), None), 0);
    }
}
