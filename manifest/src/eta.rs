//! How long a book will still take: from the times at which chapters were finished.
//!
//! A rate is taken over the last few chapters of a phase. A gap between two of them that is far longer
//! than usual is no work: the book was paused, a limit was waited for, a laptop slept; it counts as a
//! usual one. **Invariant:** never negative, and `None` rather than a guess.

use chrono::{DateTime, Utc};

use crate::chapter::Chapter;
use crate::elements::ElementsState;
use crate::manifest::Manifest;

/// Over how many of the last chapters a rate is taken.
const LAST: usize = 64;
/// Fewer gaps than this say nothing.
const LEAST: usize = 3;
/// A gap so many times as long as the others are on average is no work. Sixteen chapters at a time that
/// end together still are.
const LONG: f64 = 32.0;

/// Seconds until nothing is left to do, if the work goes on as it did; 0 when all is done.
#[must_use]
pub fn eta_seconds(manifest: &Manifest, now: DateTime<Utc>) -> Option<u64> {
    if manifest.illustrate_complete() {
        return Some(0);
    }
    if !manifest.control.is_going() || !matches!(manifest.elements, ElementsState::Complete { .. })
    {
        return None;
    }
    let analysis = phase(manifest, now, |c| c.analyzed_at, |c| c.state.is_past_analysis())?;
    let illustration = phase(manifest, now, |c| c.illustrated_at, |c| c.state.is_settled())?;
    // The phases overlap: the later of the two is the end.
    Some(analysis.max(illustration).ceil() as u64)
}

/// Seconds until a phase is over.
fn phase(
    manifest: &Manifest,
    now: DateTime<Utc>,
    finished: impl Fn(&Chapter) -> Option<DateTime<Utc>>,
    is_over: impl Fn(&Chapter) -> bool,
) -> Option<f64> {
    let weight = |chapter: &Chapter| f64::from(chapter.words.max(1));
    let chapters = manifest.chapters().values();
    let left: f64 = chapters.clone().filter(|c| !is_over(c)).map(weight).sum();
    if left == 0.0 {
        return Some(0.0);
    }
    let mut done: Vec<_> = chapters.filter_map(|c| Some((finished(c)?, weight(c)))).collect();
    done.sort_by_key(|(at, _)| *at);
    let last = &done[done.len().saturating_sub(LAST)..];
    let seconds = |from: DateTime<Utc>, to: DateTime<Utc>| {
        ((to - from).num_milliseconds() as f64 / 1000.0).max(0.0)
    };
    let gaps: Vec<_> = last.windows(2).map(|two| seconds(two[0].0, two[1].0)).collect();
    if gaps.len() < LEAST {
        return None;
    }
    let usual = usual(&gaps);
    let worked: f64 = gaps.iter().map(|gap| if *gap > LONG * usual { usual } else { *gap }).sum();
    let weights: f64 = last.iter().skip(1).map(|(_, weight)| weight).sum();
    let needed = left * worked / weights;
    // What has been done since the last chapter, as long as that is not more than one takes.
    let since = seconds(last.last()?.0, now).min(usual);
    Some((needed - since).max(0.0))
}

/// The mean of the gaps in which there was work.
fn usual(gaps: &[f64]) -> f64 {
    let mut gaps = gaps.to_vec();
    gaps.sort_by(f64::total_cmp);
    let mean = |gaps: &[f64]| gaps.iter().sum::<f64>() / gaps.len().max(1) as f64;
    while let Some((longest, others)) = gaps.split_last() {
        if others.is_empty() || *longest <= LONG * mean(others) {
            break;
        }
        gaps.pop();
    }
    mean(&gaps)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::TimeDelta;

    use super::*;
    use crate::ids::ChapterId;
    use crate::manifest::Source;
    use crate::state::ChapterState;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    /// A book of so many chapters, all analyzed, of which some were illustrated at these seconds.
    fn book(chapters: u32, illustrated: &[i64]) -> Manifest {
        let source =
            Source { path: "/b".into(), sha256: "5e".into(), title: "B".into(), headings: None };
        let mut manifest = Manifest::new("l".into(), "b".into(), source, at(0));
        manifest.chapters_listed = true;
        manifest.elements = ElementsState::Complete { count: 0 };
        let chapter = |nth: u32| {
            let done = illustrated.get(nth as usize).map(|seconds| at(*seconds));
            let state = match done {
                Some(_) => ChapterState::Illustrated,
                None => ChapterState::Analyzed,
            };
            let analyzed_at = Some(at(0));
            let chapter = Chapter {
                state,
                analyzed_at,
                illustrated_at: done,
                ..Chapter::new(format!("{nth}"), 100)
            };
            (ChapterId(nth + 1), chapter)
        };
        manifest.set_chapters((0..chapters).map(chapter).collect::<BTreeMap<_, _>>());
        manifest
    }

    #[test]
    fn a_steady_rate_goes_on() {
        assert_eq!(eta_seconds(&book(10, &[10, 20, 30, 40]), at(40)), Some(60));
        assert_eq!(eta_seconds(&book(10, &[10, 20, 30, 40]), at(45)), Some(55));
    }

    #[test]
    fn nothing_is_said_before_there_is_a_rate() {
        assert_eq!(eta_seconds(&book(10, &[10, 20, 30]), at(30)), None);
        let mut reading = book(10, &[10, 20, 30, 40]);
        reading.elements = ElementsState::Pending;
        assert_eq!(eta_seconds(&reading, at(40)), None);
    }

    #[test]
    fn a_night_in_between_is_no_work() {
        assert_eq!(eta_seconds(&book(10, &[10, 20, 40_000, 40_010]), at(40_010)), Some(60));
    }

    #[test]
    fn chapters_that_end_together_are_work_all_the_same() {
        assert_eq!(eta_seconds(&book(12, &[20, 20, 40, 40, 60, 60, 80]), at(80)), Some(50));
    }

    #[test]
    fn it_is_never_negative_and_zero_at_the_end() {
        assert_eq!(eta_seconds(&book(5, &[10, 20, 30, 40]), at(900)), Some(0));
        assert_eq!(eta_seconds(&book(4, &[10, 20, 30, 40]), at(900)), Some(0));
        assert_eq!(eta_seconds(&book(10, &[40, 30, 20, 10]), at(-900)), Some(60));
    }
}
