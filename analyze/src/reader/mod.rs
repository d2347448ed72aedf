//! The built-in reader: who, what and where is in an English novel, and which moments are worth a
//! picture, by rules and by statistics over the whole book, without any model.
//!
//! Pass 1 is [`survey`] for each chapter, in any order, and [`merge`] over all of them; pass 2 is
//! [`concepts`] for each chapter. [`choices`] applies what a person decided about the elements. The
//! general knowledge of English lies in word lists under `data/`; the literary knowledge is here.
//!
//! **Invariants:** pure functions of their arguments: no I/O, no clock, no randomness; no text makes
//! them panic; every quote is verbatim, `chapter.text[offset..offset + quote.len()] == quote`; nothing
//! is said of an element that the text does not say.

mod actors;
mod alias;
mod candidate;
mod cast;
pub mod choices;
mod classify;
mod evidence;
mod fallback;
mod first_person;
mod gender;
mod joining;
mod kinds;
mod language;
mod lexicon;
mod likeness;
mod looks;
mod measures;
mod moments;
mod mood;
mod names;
mod narrator;
mod nouns;
mod owner;
mod passage;
mod phrase;
mod picture;
mod portrait;
mod presence;
mod props;
mod rivals;
mod scene;
mod shown;
mod sight;
mod sighting;
mod speech;
mod surnames;
mod survey;
#[cfg(test)]
mod tests;
mod text;
mod titles;
mod token;
mod views;
mod whereabouts;

use book::Chapter;
use book::concept::ChapterConcepts;
use book::element::Elements;

/// The record of the [`choices`] in a project.
pub const CHOICES: &str = "choices.json";

pub use survey::{Survey, survey};

/// Pass 1, over the whole book: who and what recurs in it. The order of `surveys` does not matter.
///
/// Where the book is not in English, [`Elements::language_unsupported`] says so and nothing else is
/// in it.
#[must_use]
pub fn merge(surveys: &[Survey]) -> Elements {
    let words = surveys.iter().map(|survey| survey.words).fold(0, u32::saturating_add);
    let common = surveys.iter().map(|survey| survey.common_words).fold(0, u32::saturating_add);
    if !language::is_english(words, common) {
        return Elements { language_unsupported: true, ..Elements::default() };
    }
    portrait::elements(surveys)
}

/// Pass 2: the moments of `chapter` that show most, one for every `pages_per_image` pages of 300 words
/// (default 10, also for a value that is no positive number), at least one unless there is no word.
///
/// Where the chapter is not in English, evenly spread passages.
#[must_use]
pub fn concepts(chapter: &Chapter, elements: &Elements, pages_per_image: f64) -> ChapterConcepts {
    let document = text::Document::new(&chapter.text);
    let words = u32::try_from(document.word_count()).unwrap_or(u32::MAX);
    if elements.language_unsupported
        || !language::is_english(words, language::common_words(&document))
    {
        return fallback::evenly_spread(chapter, &document, pages_per_image);
    }
    picture::concepts(chapter, &document, elements, pages_per_image)
}
