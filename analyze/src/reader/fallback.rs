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
    let wanted = wanted.min(passages.len());
    let concepts = (0..wanted).map(|n| {
        // The middle of the n-th of `wanted` equal parts.
        let passage = &passages[(2 * n + 1) * passages.len() / (2 * wanted)];
        let quote = &chapter.text[passage.bytes.clone()];
        Concept {
            index: u32::try_from(n + 1).unwrap_or(u32::MAX),
            quote: quote.to_owned(),
            offset: passage.bytes.start,
            description: quote.split_whitespace().collect::<Vec<_>>().join(" "),
            elements: Vec::new(),
            setting: String::new(),
            time_of_day: String::new(),
            weather: String::new(),
            mood: String::new(),
            lighting: String::new(),
        }
    });
    ChapterConcepts {
        chapter: chapter.number,
        title: chapter.title.clone(),
        concepts: concepts.collect(),
    }
}
