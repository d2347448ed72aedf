//! The chapters that this process has claimed, and who of its threads draws which plate of them.
//!
//! A chapter is claimed by one thread; those that find no chapter to claim help with its plates. So one
//! long chapter, or the last ones of a book, are drawn by all threads there are.
//!
//! **Invariants:** a plate is begun once under a claim; a chapter is closed once, by whoever leaves it
//! last, and by then none of its plates is under way.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use book::concept::ChapterConcepts;
use manifest::{ChapterId, Manifest, Token, WorkerId};
use models::CallError;

/// A chapter to illustrate, and the token it was claimed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unit {
    pub chapter: ChapterId,
    pub token: Token,
}

/// What is to be drawn of a chapter.
#[derive(Debug)]
pub(crate) struct Work {
    /// Title of the book.
    pub book: String,
    /// `None` where it is no longer on disk.
    pub record: Option<ChapterConcepts>,
    /// The concepts that are missing and chosen, by their place in the record.
    pub wanted: VecDeque<usize>,
    /// Whether others that are missing are not chosen.
    pub left_out: bool,
}

/// What became of a chapter.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Sum {
    /// Whether plates were left for another run.
    pub left_out: bool,
    /// What was wrong with a plate; the others were drawn.
    pub failed: Option<CallError>,
    /// Why no more plates were begun.
    pub ended: Option<CallError>,
}

/// One chapter.
struct Open {
    token: Token,
    /// `None` once it is closed.
    work: Option<Arc<Work>>,
    left: VecDeque<usize>,
    /// Threads that are at it.
    threads: usize,
    sum: Sum,
}

/// All of them. One that is closed stays known until it is claimed again.
#[derive(Default)]
pub(crate) struct InHand(Mutex<BTreeMap<ChapterId, Open>>);

impl InHand {
    fn all(&self) -> MutexGuard<'_, BTreeMap<ChapterId, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A chapter of this worker that has plates for one more thread.
    pub fn to_help(&self, manifest: &Manifest, worker: &WorkerId) -> Option<Unit> {
        let open = self.all();
        let ours = manifest.claims().filter(|(_, claim)| claim.worker == *worker);
        let mut units = ours.filter_map(|(chapter, claim)| Some((chapter?, claim.token)));
        let unit = units.find(|(chapter, token)| match open.get(chapter) {
            Some(open) if open.token >= *token => !open.left.is_empty() && open.sum.ended.is_none(),
            // Just claimed: one plate is for the thread that did.
            _ => manifest.chapters()[chapter].missing_concepts().len() > 1,
        });
        unit.map(|(chapter, token)| Unit { chapter, token })
    }

    /// Whether the work of a claim is known.
    pub fn knows(&self, unit: Unit) -> bool {
        self.all().get(&unit.chapter).is_some_and(|open| open.token >= unit.token)
    }

    /// Joins those who are at a chapter, the first of whom has found its work; `None` when it is closed.
    pub fn enter(&self, unit: Unit, found: Option<Work>) -> Option<Arc<Work>> {
        let mut all = self.all();
        let known = all.get(&unit.chapter).is_some_and(|open| open.token >= unit.token);
        if let Some(work) = found.filter(|_| !known) {
            let (token, left) = (unit.token, work.wanted.clone());
            let sum = Sum { left_out: work.left_out, ..Sum::default() };
            let open = Open { token, work: Some(Arc::new(work)), left, threads: 0, sum };
            all.insert(unit.chapter, open);
        }
        let open = of(&mut all, unit)?;
        let work = open.work.clone()?;
        open.threads += 1;
        Some(work)
    }

    /// The next plate of a chapter, by its place in the record.
    pub fn take(&self, unit: Unit) -> Option<usize> {
        let mut all = self.all();
        let open = of(&mut all, unit).filter(|open| open.sum.ended.is_none())?;
        open.left.pop_front()
    }

    /// Notes what became of a plate.
    pub fn note(&self, unit: Unit, note: impl FnOnce(&mut Sum)) {
        if let Some(open) = of(&mut self.all(), unit) {
            note(&mut open.sum);
        }
    }

    /// Leaves a chapter; whoever is the last has to close it, and learns what became of it.
    pub fn leave(&self, unit: Unit) -> Option<Sum> {
        let mut all = self.all();
        let open = of(&mut all, unit)?;
        open.threads = open.threads.saturating_sub(1);
        if open.threads > 0 {
            return None;
        }
        open.work = None;
        open.left.clear();
        Some(std::mem::take(&mut open.sum))
    }
}

fn of(all: &mut BTreeMap<ChapterId, Open>, unit: Unit) -> Option<&mut Open> {
    all.get_mut(&unit.chapter).filter(|open| open.token == unit.token)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UNIT: Unit = Unit { chapter: ChapterId(9), token: Token(7) };

    fn work(plates: usize) -> Option<Work> {
        let (book, wanted) = (String::new(), (0..plates).collect());
        Some(Work { book, record: None, wanted, left_out: false })
    }

    #[test]
    fn a_claim_that_is_over_is_not_opened_again() {
        let in_hand = InHand::default();
        assert!(in_hand.enter(UNIT, work(1)).is_some());
        assert_eq!(in_hand.leave(UNIT), Some(Sum::default()));
        assert!(in_hand.enter(UNIT, work(1)).is_none() && in_hand.take(UNIT).is_none());
        let again = Unit { token: Token(8), ..UNIT };
        assert!(!in_hand.knows(again) && in_hand.enter(again, work(1)).is_some());
        assert!(in_hand.enter(UNIT, work(1)).is_none(), "the old token is no right to anything");
    }

    #[test]
    fn once_it_has_ended_nothing_is_begun() {
        let in_hand = InHand::default();
        assert!(in_hand.enter(UNIT, work(3)).is_some() && in_hand.enter(UNIT, None).is_some());
        assert_eq!(in_hand.take(UNIT), Some(0));
        in_hand.note(UNIT, |sum| sum.ended = Some(CallError::Interrupted));
        assert_eq!(in_hand.take(UNIT), None);
        assert_eq!(in_hand.leave(UNIT), None, "somebody is still at it");
        let sum = in_hand.leave(UNIT).unwrap();
        assert_eq!(sum.ended, Some(CallError::Interrupted));
    }

    proptest! {
        /// Whatever the threads do one after the other, each plate is begun once and the end is told once.
        #[test]
        fn every_plate_is_begun_once_and_the_end_told_once(
            plates in 0usize..6,
            acts in prop::collection::vec((0usize..4, any::<bool>()), 1..60),
        ) {
            let in_hand = InHand::default();
            let (mut begun, mut ends, mut inside) = (Vec::new(), 0, [false; 4]);
            let finish = (0..4).flat_map(|thread| vec![(thread, false); plates + 1]);
            for (thread, enters) in acts.into_iter().chain(finish) {
                if !inside[thread] {
                    inside[thread] = enters && in_hand.enter(UNIT, work(plates)).is_some();
                    continue;
                }
                match in_hand.take(UNIT) {
                    Some(place) => begun.push(place),
                    None => {
                        inside[thread] = false;
                        ends += usize::from(in_hand.leave(UNIT).is_some());
                    }
                }
            }
            if in_hand.knows(UNIT) {
                prop_assert_eq!(begun, (0..plates).collect::<Vec<_>>());
                prop_assert_eq!(ends, 1);
            }
        }
    }
}
