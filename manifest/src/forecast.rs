//! How long the rest takes: the work that is left, given to the hands there are, chapter by chapter.
//!
//! Pure arithmetic of durations; what they are measured in does not matter.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is left of a chapter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Left {
    /// Its analysis; 0 when that is over.
    pub analysis: u64,
    /// Its illustration.
    pub illustration: u64,
    /// Whether somebody has it in hand.
    pub in_hand: bool,
}

/// What is left of a book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rest {
    /// The chapters of the elements pass that are not read, those in hand first; nothing is analyzed
    /// before it is over.
    pub elements: Vec<u64>,
    /// The chapters, in the order in which they are taken.
    pub chapters: Vec<Left>,
    /// The binding.
    pub binding: u64,
    /// How many chapters are read or analyzed, and illustrated, at the same time.
    pub hands: [usize; 2],
    /// Whether chapters are drawn while others are analyzed.
    pub concurrent: bool,
}

/// When each phase ends, from now on; 0 for one that is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    pub elements: u64,
    pub analysis: u64,
    pub illustration: u64,
    pub all: u64,
}

impl Rest {
    /// When each phase ends.
    pub(crate) fn ends(&self) -> Ends {
        let mut readers = hands(std::iter::empty(), self.hands[0], 0);
        let elements = self.elements.iter().map(|work| next(&mut readers, 0, *work)).max();
        let elements = elements.unwrap_or(0);
        let (analysis, ready) = self.analyzed(elements);
        let illustration = self.illustrated(analysis, ready);
        let all = elements.max(analysis).max(illustration) + self.binding;
        Ends { elements, analysis, illustration, all }
    }

    /// When the last chapter is analyzed, and when each is that has to be drawn and is in nobody's hand.
    fn analyzed(&self, elements: u64) -> (u64, Vec<(u64, u64)>) {
        let in_hand = |left: &&Left| left.in_hand && left.analysis > 0;
        let busy = self.chapters.iter().filter(in_hand).map(|left| left.analysis);
        let mut hands = hands(busy, self.hands[0], elements);
        let (mut end, mut ready) = (0, Vec::new());
        for left in &self.chapters {
            let at = match (left.analysis, left.in_hand) {
                (0, true) => continue,
                (0, false) => 0,
                (analysis, true) => analysis,
                (analysis, false) => next(&mut hands, 0, analysis),
            };
            end = end.max(if left.analysis > 0 { at } else { 0 });
            ready.push((at, left.illustration));
        }
        (end, ready)
    }

    /// When the last plate is drawn.
    fn illustrated(&self, analysis: u64, mut ready: Vec<(u64, u64)>) -> u64 {
        let in_hand = |left: &&Left| left.in_hand && left.analysis == 0;
        let busy: Vec<_> = self.chapters.iter().filter(in_hand).map(|l| l.illustration).collect();
        let mut end = busy.iter().copied().max().unwrap_or(0);
        let mut hands = hands(busy.into_iter(), self.hands[1], 0);
        if !self.concurrent {
            ready.iter_mut().for_each(|(at, _)| *at = analysis);
        }
        let mut coming: Vec<_> = (0..).zip(ready).filter(|(_, (_, left))| *left > 0).collect();
        coming.sort_by_key(|(_, (at, _))| *at);
        let mut coming = coming.into_iter().peekable();
        // Of those that are ready when a hand is free, the earliest chapter is taken.
        let mut ready: BinaryHeap<Reverse<(usize, u64)>> = BinaryHeap::new();
        let mut now = 0;
        while !ready.is_empty() || coming.peek().is_some() {
            let free = hands.peek().map_or(0, |Reverse(free)| *free);
            let first = coming.peek().map_or(0, |(_, (at, _))| *at);
            now = now.max(if ready.is_empty() { free.max(first) } else { free });
            while let Some((nth, (_, left))) = coming.next_if(|(_, (at, _))| *at <= now) {
                ready.push(Reverse((nth, left)));
            }
            if let Some(Reverse((_, left))) = ready.pop() {
                end = end.max(next(&mut hands, now, left));
            }
        }
        end
    }
}

/// When each hand is free: the busy ones when they are done, the others at once.
fn hands(busy: impl Iterator<Item = u64>, count: usize, from: u64) -> BinaryHeap<Reverse<u64>> {
    let mut hands: BinaryHeap<_> = busy.map(Reverse).collect();
    while hands.len() < count.max(1) {
        hands.push(Reverse(from));
    }
    hands
}

/// Gives work that is ready at some time to the hand that is free first; when it is done.
fn next(hands: &mut BinaryHeap<Reverse<u64>>, ready: u64, work: u64) -> u64 {
    let free = hands.pop().map_or(0, |Reverse(free)| free);
    let done = free.max(ready).saturating_add(work);
    hands.push(Reverse(done));
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapters(of: &[(u64, u64)]) -> Vec<Left> {
        of.iter()
            .map(|(analysis, illustration)| Left {
                analysis: *analysis,
                illustration: *illustration,
                in_hand: false,
            })
            .collect()
    }

    #[test]
    fn phases_overlap() {
        let rest = Rest {
            elements: vec![2, 1, 3],
            chapters: chapters(&[(10, 20), (10, 20), (10, 20)]),
            binding: 3,
            hands: [1, 1],
            concurrent: true,
        };
        let ends = Ends { elements: 6, analysis: 36, illustration: 76, all: 79 };
        assert_eq!(rest.ends(), ends);
        let sequential = Rest { concurrent: false, ..rest.clone() };
        assert_eq!(sequential.ends().illustration, 96);
        let two = Rest { hands: [2, 2], ..rest };
        assert_eq!(two.ends(), Ends { elements: 4, analysis: 24, illustration: 54, all: 57 });
    }

    #[test]
    fn what_is_in_hand_occupies_a_hand() {
        let mut all = chapters(&[(0, 4), (6, 10), (0, 10)]);
        all[0].in_hand = true;
        all[1].in_hand = true;
        let rest = Rest { chapters: all, hands: [1, 1], concurrent: true, ..Rest::default() };
        assert_eq!(rest.ends(), Ends { elements: 0, analysis: 6, illustration: 24, all: 24 });
    }

    #[test]
    fn of_nothing_nothing_is_left() {
        assert_eq!(Rest::default().ends(), Ends::default());
    }
}
