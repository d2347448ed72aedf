//! What is done for a text in a language whose words the reader does not know: evenly spread passages,
//! and no claim about what they show.

use book::Chapter;
use book::concept::{ChapterConcepts, Concept};

use super::passage::{Passage, plates_wanted};
use super::text::Document;

/// Evenly spread passages of `chapter`, one for each plate that is wanted. The description is the
/// passage itself, for a model or a person to make something of.
pub(super) fn evenly_spread(
    chapter: &Chapter,
    document: &Document<'_>,
    pages_per_image: f64,
) -> ChapterConcepts {
    let wanted = plates_wanted(document.word_count(), pages_per_image);
    let passages = Passage::all(document);
    let mut concepts: Vec<Concept> = Vec::new();
    let mut end = 0;
    for n in 0..wanted {
        // From the middle of the n-th of `wanted` equal parts, the first that overlaps no other.
        let (from, to) =
            ((2 * n + 1) * passages.len() / (2 * wanted), (n + 1) * passages.len() / wanted);
        let part = passages.get(from..to.max(from + 1)).unwrap_or_default();
        let free = |passage: &&Passage| concepts.is_empty() || passage.bytes.start >= end;
        let Some(passage) = part.iter().find(free) else { continue };
        end = passage.bytes.end;
        concepts.push(plain(chapter, concepts.len() + 1, passage));
    }
    ChapterConcepts { chapter: chapter.number, title: chapter.title.clone(), concepts }
}

fn plain(chapter: &Chapter, index: usize, passage: &Passage) -> Concept {
    let quote = &chapter.text[passage.bytes.clone()];
    Concept {
        index: u32::try_from(index).unwrap_or(u32::MAX),
        quote: quote.to_owned(),
        offset: passage.bytes.start,
        description: quote.split_whitespace().collect::<Vec<_>>().join(" "),
        elements: Vec::new(),
        setting: String::new(),
        time_of_day: String::new(),
        weather: String::new(),
        mood: String::new(),
        lighting: String::new(),
        unverified: false,
    }
}
