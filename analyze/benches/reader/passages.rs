//! How many of the passages that are chosen a reader would choose, and how many of those are found;
//! beside passages chosen evenly and at random, as many in each chapter.

use std::ops::{AddAssign, Range};

use analyze::reader;
use book::Chapter;
use book::concept::ChapterConcepts;
use book::element::Elements;

use crate::gold::plain;

/// One plate for so many pages: enough plates to tell good from bad.
const PAGES_PER_IMAGE: f64 = 3.0;
/// A passage this near to a moment, in bytes, shows it.
const NEAR: usize = 300;
/// Rounds of chance.
const ROUNDS: usize = 200;

/// Counts of one way to choose.
#[derive(Debug, Default, Clone, Copy)]
pub struct Hits {
    /// Passages chosen, and those that show a moment.
    pub chosen: f64,
    pub right: f64,
    /// Moments to find, and those found.
    pub moments: f64,
    pub found: f64,
}

impl Hits {
    /// `24 % / 61 %`: precision and recall.
    pub fn percent(&self) -> String {
        format!(
            "{:.0} / {:.0}",
            100.0 * self.right / self.chosen,
            100.0 * self.found / self.moments
        )
    }
}

impl AddAssign for Hits {
    fn add_assign(&mut self, other: Self) {
        self.chosen += other.chosen;
        self.right += other.right;
        self.moments += other.moments;
        self.found += other.found;
    }
}

/// The reader, evenly spread passages, passages at random.
#[derive(Debug, Default, Clone, Copy)]
pub struct Passages {
    pub reader: Hits,
    pub even: Hits,
    pub chance: Hits,
}

impl AddAssign for Passages {
    fn add_assign(&mut self, other: Self) {
        self.reader += other.reader;
        self.even += other.even;
        self.chance += other.chance;
    }
}

/// Chooses in all three ways and compares with `moments`; and which moments the reader missed.
pub fn measure(
    moments: &[String],
    chapters: &[Chapter],
    elements: &Elements,
) -> (Passages, Vec<String>) {
    let texts: Vec<String> = chapters.iter().map(|chapter| plain(&chapter.text)).collect();
    let places: Vec<Vec<(usize, usize)>> = texts.iter().map(|text| places(text, moments)).collect();
    let spread = Elements { language_unsupported: true, ..Elements::default() };
    let choose = |elements: &Elements| -> Vec<ChapterConcepts> {
        chapters.iter().map(|c| reader::concepts(c, elements, PAGES_PER_IMAGE)).collect()
    };
    let (chosen, even) = (choose(elements), choose(&spread));
    let ranges = |concepts: &[ChapterConcepts]| -> Vec<Vec<Range<usize>>> {
        concepts.iter().zip(chapters).map(|(c, chapter)| ranges(c, chapter)).collect()
    };
    let (mut reader, missed) = hits(&places, &ranges(&chosen));
    let (mut even, _) = hits(&places, &ranges(&even));
    let mut chance = Hits::default();
    let mut dice = Dice(1);
    let counts: Vec<usize> = chosen.iter().map(|c| c.concepts.len()).collect();
    for _ in 0..ROUNDS {
        let thrown: Vec<Vec<Range<usize>>> = texts
            .iter()
            .zip(&counts)
            .map(|(text, count)| (0..*count).map(|_| dice.passage(text.len())).collect())
            .collect();
        chance += hits(&places, &thrown).0;
    }
    for count in [&mut chance.chosen, &mut chance.right, &mut chance.found] {
        *count /= ROUNDS as f64;
    }
    for hits in [&mut reader, &mut even, &mut chance] {
        hits.moments = moments.len() as f64;
    }
    let missed = missed.into_iter().map(|moment| moments[moment].clone()).collect();
    (Passages { reader, even, chance }, missed)
}

/// Where the moments stand in a text: their place and their number.
fn places(text: &str, moments: &[String]) -> Vec<(usize, usize)> {
    let at = |(number, moment): (usize, &String)| Some((text.find(&plain(moment))?, number));
    moments.iter().enumerate().filter_map(at).collect()
}

fn ranges(concepts: &ChapterConcepts, chapter: &Chapter) -> Vec<Range<usize>> {
    let range = |concept: &book::concept::Concept| {
        let start = plain(&chapter.text[..concept.offset]).len();
        start..start + plain(&concept.quote).len()
    };
    concepts.concepts.iter().map(range).collect()
}

/// The counts, and the numbers of the moments that were missed.
fn hits(places: &[Vec<(usize, usize)>], chosen: &[Vec<Range<usize>>]) -> (Hits, Vec<usize>) {
    let near =
        |at: usize, passage: &Range<usize>| at + NEAR > passage.start && at < passage.end + NEAR;
    let mut hits = Hits::default();
    let mut missed = Vec::new();
    for (places, chosen) in places.iter().zip(chosen) {
        hits.chosen += chosen.len() as f64;
        let right = chosen.iter().filter(|passage| places.iter().any(|(at, _)| near(*at, passage)));
        hits.right += right.count() as f64;
        for (at, number) in places {
            if chosen.iter().any(|passage| near(*at, passage)) {
                hits.found += 1.0;
            } else {
                missed.push(*number);
            }
        }
    }
    (hits, missed)
}

/// Chance that is the same every time.
struct Dice(u64);

impl Dice {
    fn passage(&mut self, length: usize) -> Range<usize> {
        /// As long as a passage of forty words.
        const LENGTH: usize = 220;
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let last = length.saturating_sub(LENGTH).max(1);
        let start = usize::try_from(self.0 % last as u64).unwrap_or(0);
        start..start + LENGTH
    }
}
