//! Things that the tale turns on and writes with a small letter: `the ring`, `the lamp`, `the boat`.
//!
//! A thing is one where it is spoken of as known: `the ring`, `this lamp`, not `a ring`. Whether it is
//! named often enough to be an element is decided over the whole book.

use std::collections::BTreeMap;

use super::candidate::Candidate;
use super::kinds::{Head, head_of};
use super::lexicon::{beings, things, words};
use super::names::Mention;
use super::phrase::is_describing;
use super::text::{Document, Kind};

/// At most so many describing words stand between the determiner and the noun.
const MOST_MODIFIERS: usize = 3;
/// More things than this are furniture.
const MOST_PROPS: usize = 6;
/// A thing is known rather than any where so large a part of its mentions is definite, in percent.
const LEAST_DEFINITE: u32 = 33;

/// Every thing that is spoken of as known, in reading order.
pub(super) fn mentions(document: &Document<'_>) -> Vec<Mention> {
    let named = |at: usize| {
        let token = &document.tokens[at];
        let word = document.word(at);
        let thing = things().is(word, "item") || things().is(word, "vessel");
        let plain = !token.capital && !token.spoken && token.kind == Kind::Word;
        let other = words().is(word, "function") || beings().has(word);
        let compound = document.tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Word)
            && things().has(document.after(at, 1));
        (thing && plain && !other && !compound && is_known(document, at)).then(|| Mention {
            tokens: at..at + 1,
            name: format!("the {word}"),
            initial: false,
            common: true,
        })
    };
    (0..document.tokens.len()).filter_map(named).collect()
}

/// Whether `the`, `this` or `that` stands before the noun, with nothing but its looks between.
fn is_known(document: &Document<'_>, at: usize) -> bool {
    for back in 1..=MOST_MODIFIERS + 1 {
        match document.before(at, back) {
            "the" | "this" | "that" => return true,
            word if is_describing(word) || things().has(word) => {}
            _ => return false,
        }
    }
    false
}

/// Whether a common noun names a thing rather than somebody.
pub(super) fn is_prop(candidate: &Candidate) -> bool {
    candidate.common && head_of(candidate.head()) == Head::Thing
}

/// Keeps the things that the book turns on: known, named again and again, and few. `candidates` are
/// sorted, most mentioned first; `small` tells how often a word stands with a small letter.
pub(super) fn keep_the_telling(
    candidates: &mut Vec<Candidate>,
    small: &BTreeMap<String, u32>,
    words: u32,
) {
    let least = 9 + 2 * (words / 40_000);
    let mut kept = 0;
    candidates.retain(|candidate| {
        if !is_prop(candidate) {
            return true;
        }
        let mentions = candidate.mentions();
        let all = small.get(candidate.head()).copied().unwrap_or(mentions);
        // `the letter` has to be named more often than `the amulet`: every novel has letters.
        let everyday = things().is(candidate.head(), "everyday");
        let telling = mentions >= if everyday { 2 * least } else { least }
            && mentions * 100 >= all * LEAST_DEFINITE;
        kept += usize::from(telling);
        telling && kept <= MOST_PROPS
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn props(text: &str) -> Vec<String> {
        mentions(&Document::new(text)).into_iter().map(|mention| mention.name).collect()
    }

    #[test]
    fn a_thing_that_is_known_may_be_an_element() {
        assert_eq!(
            props("He had a ring and a lamp. The old brass lamp fell. She took the ring and wept."),
            ["the lamp", "the ring"]
        );
        assert_eq!(props("“The lamp!” he said, and lit a lamp."), [""; 0]);
    }
}
