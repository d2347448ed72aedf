//! What a book will take of text and image models, before anything is asked of them.
//!
//! **Invariant:** a pure function of the chapters and the wishes. It errs on the dear side: the higher
//! end of each range is what may be needed when answers are as long as they may be.

use book::Chapter;
use models::{Workload, estimate_tokens};

use crate::model::wanted;

/// Tokens of instructions around a chapter, for each of the two passes.
const INSTRUCTIONS: u64 = 900;
/// Tokens of the elements that go with a question for concepts, at most.
const ELEMENTS: u64 = 1500;
/// Tokens of the answer to a survey, at least and at most.
const SURVEY: (u64, u64) = (150, 1500);
/// Tokens of one concept.
const CONCEPT: (u64, u64) = (120, 400);
/// Tokens of one prompt for a picture.
const PROMPT: (u64, u64) = (80, 500);
/// Share of a model's context that a piece of a chapter may fill.
const PIECE: u64 = 2;

/// The questions to a text model with a context of so many tokens.
#[must_use]
pub fn text(chapters: &[Chapter], pages_per_image: f64, context: u32) -> Workload {
    let mut work = Workload::default();
    let most = (u64::from(context) / PIECE).max(1);
    for chapter in chapters {
        let tokens = estimate_tokens(&chapter.text);
        let pieces = tokens.div_ceil(most).max(1);
        let concepts = moments(chapter, pages_per_image);
        add(&mut work.calls, (2 * pieces, 2 * pieces));
        let low = 2 * (tokens + pieces * INSTRUCTIONS);
        add(&mut work.input_tokens, (low, low + pieces * ELEMENTS));
        let answers =
            |survey: u64, concept: u64| pieces.saturating_mul(survey) + concepts * concept;
        add(&mut work.output_tokens, (answers(SURVEY.0, CONCEPT.0), answers(SURVEY.1, CONCEPT.1)));
    }
    work
}

/// The pictures ordered of an image model.
#[must_use]
pub fn pictures(chapters: &[Chapter], pages_per_image: f64) -> Workload {
    let count = chapters.iter().map(|chapter| moments(chapter, pages_per_image)).sum::<u64>();
    Workload {
        calls: (count, count),
        input_tokens: (count * PROMPT.0, count * PROMPT.1),
        output_tokens: (0, 0),
        pictures: (count, count),
    }
}

/// The same pictures with up to so many likenesses.
#[must_use]
pub fn with_likenesses(mut pictures: Workload, most: u64) -> Workload {
    pictures.calls.1 = pictures.calls.1.saturating_add(most);
    pictures.pictures.1 = pictures.pictures.1.saturating_add(most);
    pictures.input_tokens.1 = pictures.input_tokens.1.saturating_add(most.saturating_mul(PROMPT.1));
    pictures
}

fn moments(chapter: &Chapter, pages_per_image: f64) -> u64 {
    wanted(chapter.text.split_whitespace().count(), pages_per_image) as u64
}

fn add(sum: &mut (u64, u64), more: (u64, u64)) {
    *sum = (sum.0.saturating_add(more.0), sum.1.saturating_add(more.1));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapter(words: usize) -> Chapter {
        Chapter { number: 1, title: String::new(), text: "word ".repeat(words) }
    }

    #[test]
    fn a_longer_book_takes_more_of_everything() {
        let short = text(&[chapter(3000)], 10.0, 100_000);
        let long = text(&[chapter(3000), chapter(9000)], 10.0, 100_000);
        assert_eq!((short.calls, long.calls), ((2, 2), (4, 4)));
        assert!(long.input_tokens.0 > short.input_tokens.0 * 3);
        let pictures = pictures(&[chapter(3000), chapter(9000)], 10.0);
        assert_eq!(pictures.pictures, (4, 4), "3000 words are ten pages");
    }

    #[test]
    fn what_does_not_fit_is_asked_in_pieces() {
        assert_eq!(text(&[chapter(9000)], 10.0, 8192).calls, (6, 6));
    }

    #[test]
    fn the_range_is_a_range() {
        let work = text(&[chapter(10), chapter(0)], 1.0, 4096);
        assert!(work.output_tokens.0 <= work.output_tokens.1);
        assert!(work.input_tokens.0 <= work.input_tokens.1);
    }
}
