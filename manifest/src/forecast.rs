//! How long the rest takes: the work that is left, given to the hands there are, chapter by chapter.
//!
//! Pure arithmetic of durations; what they are measured in does not matter.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// What is left of a chapter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Left {
    /// Its analysis; 0 when that is over.
    pub analysis: u64,
    /// Its plates that nobody has begun.
    pub plates: Plenty,
    /// Whether somebody has it in hand.
    pub in_hand: bool,
}

/// Some plates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Plenty {
    pub count: usize,
    /// How long one takes.
    pub each: u64,
}

/// What is left of a book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rest {
    /// The chapters of the elements pass that are not read, those in hand first; nothing is analyzed
    /// before it is over.
    pub elements: Vec<u64>,
    /// The chapters, in the order in which they are taken.
    pub chapters: Vec<Left>,
    /// How long each plate that is under way still takes.
    pub under_way: Vec<u64>,
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
    fn analyzed(&self, elements: u64) -> (u64, Vec<(u64, Plenty)>) {
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
            ready.push((at, left.plates));
        }
        (end, ready)
    }

    /// When the last plate is drawn. Who is free takes the earliest chapter that is ready, else helps with
    /// one that is in hand, else waits.
    fn illustrated(&self, analysis: u64, mut ready: Vec<(u64, Plenty)>) -> u64 {
        let mut end = self.under_way.iter().copied().max().unwrap_or(0);
        let mut hands = hands(self.under_way.iter().copied(), self.hands[1], 0);
        if !self.concurrent {
            ready.iter_mut().for_each(|(at, _)| *at = analysis);
        }
        let mut coming: Vec<_> = (0..).zip(ready).filter(|(_, (_, left))| left.count > 0).collect();
        coming.sort_by_key(|(_, (at, _))| *at);
        let mut coming = coming.into_iter().peekable();
        let mut ready: BinaryHeap<Reverse<(usize, Plenty)>> = BinaryHeap::new();
        let in_hand = |left: &&Left| left.in_hand && left.analysis == 0;
        let open = self.chapters.iter().filter(in_hand).map(|left| left.plates);
        let mut open: VecDeque<Plenty> = open.filter(|plates| plates.count > 0).collect();
        let mut now = 0;
        while !ready.is_empty() || !open.is_empty() || coming.peek().is_some() {
            let free = hands.peek().map_or(0, |Reverse(free)| *free);
            let first = coming.peek().map_or(0, |(_, (at, _))| *at);
            let idle = ready.is_empty() && open.is_empty();
            now = now.max(if idle { free.max(first) } else { free });
            while let Some((nth, (_, plates))) = coming.next_if(|(_, (at, _))| *at <= now) {
                ready.push(Reverse((nth, plates)));
            }
            if let Some(Reverse((_, plates))) = ready.pop() {
                open.push_back(plates);
                end = end.max(draw(&mut open, false, &mut hands, now));
            } else {
                end = end.max(draw(&mut open, true, &mut hands, now));
            }
        }
        end
    }
}

/// Gives a plate of the oldest, or of the newest, chapter in hand to the hand that is free; when it is drawn.
fn draw(
    open: &mut VecDeque<Plenty>,
    oldest: bool,
    hands: &mut BinaryHeap<Reverse<u64>>,
    now: u64,
) -> u64 {
    let plates = if oldest { open.front_mut() } else { open.back_mut() };
    let Some(plates) = plates else { return 0 };
    plates.count -= 1;
    let (each, is_last) = (plates.each, plates.count == 0);
    if is_last {
        let _ = if oldest { open.pop_front() } else { open.pop_back() };
    }
    next(hands, now, each)
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
                plates: Plenty { count: 1, each: *illustration },
                in_hand: false,
            })
            .collect()
    }

    #[test]
    fn phases_overlap() {
        let rest = Rest {
            elements: vec![2, 1, 3],
            chapters: chapters(&[(10, 20), (10, 20), (10, 20)]),
            under_way: vec![],
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
        let mut all = chapters(&[(0, 0), (6, 10), (0, 10)]);
        all[0] = Left { in_hand: true, ..Left::default() };
        all[1].in_hand = true;
        let rest = Rest { chapters: all, hands: [1, 1], concurrent: true, ..Rest::default() };
        let rest = Rest { under_way: vec![4], ..rest };
        assert_eq!(rest.ends(), Ends { elements: 0, analysis: 6, illustration: 24, all: 24 });
    }

    #[test]
    fn idle_hands_help_with_a_chapter() {
        let mut chapter = Left { plates: Plenty { count: 9, each: 10 }, ..Left::default() };
        let rest = |chapter| Rest {
            chapters: vec![chapter],
            hands: [1, 3],
            concurrent: true,
            ..Rest::default()
        };
        assert_eq!(rest(chapter).ends().illustration, 30);
        chapter.in_hand = true;
        chapter.plates.count = 6;
        let begun = Rest { under_way: vec![5, 7, 10], ..rest(chapter) };
        assert_eq!(begun.ends().illustration, 30);
    }

    #[test]
    fn of_nothing_nothing_is_left() {
        assert_eq!(Rest::default().ends(), Ends::default());
    }
}
