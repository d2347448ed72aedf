//! The place that a passage shows where nobody is said to be anywhere: by the nouns of places in it, and
//! in what stands around it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::lexicon::{settings, whereabouts};
use super::scene::{cue, is_figurative};
use super::text::{Document, Kind};
use super::whereabouts::is_shown;

/// So many sentences on either side are about the same place.
const AROUND: usize = 6;
/// Of all that is shown around, the one place has to have so much, in percent.
const LEAST_SHARE: u32 = 60;
/// And so much weight.
const LEAST_AROUND: u32 = 4;

/// The place that the words of a passage show: two words of one place, or one with `in`, `among`,
/// `through` before it, and no other place as often. Where they show none and none is `known`, the place
/// that nearly everything around it is about. Empty where they leave it at what is known.
pub(super) fn shown_place(
    document: &Document<'_>,
    sentences: &Range<usize>,
    known: &str,
) -> &'static str {
    let weights = weights(document, sentences);
    if weights.iter().any(|(label, _)| *label == known) {
        return "";
    }
    match weights.as_slice() {
        [(label, 2..)] => label,
        [(label, most), (_, next), ..] if *most >= 2 && most > next => label,
        [] if known.is_empty() => place_around(document, sentences),
        _ => "",
    }
}

fn place_around(document: &Document<'_>, sentences: &Range<usize>) -> &'static str {
    let is_break = |number: usize| document.sentences[number].heading;
    let first = sentences.start.saturating_sub(AROUND);
    let from = (first..sentences.start).rev().find(|n| is_break(*n)).map_or(first, |n| n + 1);
    let last = (sentences.end + AROUND).min(document.sentences.len());
    let to = (sentences.end..last).find(|n| is_break(*n)).unwrap_or(last);
    let weights = weights(document, &(from..to));
    let all: u32 = weights.iter().map(|(_, weight)| weight).sum();
    match weights.first() {
        Some((label, most)) if *most >= LEAST_AROUND && most * 100 >= all * LEAST_SHARE => label,
        _ => "",
    }
}

/// How much a run of sentences shows of each place, the most first.
fn weights(document: &Document<'_>, sentences: &Range<usize>) -> Vec<(&'static str, u32)> {
    let mut weights: BTreeMap<&'static str, u32> = BTreeMap::new();
    let tokens = sentences.clone().flat_map(|number| document.sentences[number].tokens.clone());
    let mut free = 0;
    for at in tokens {
        let token = &document.tokens[at];
        let silent = token.spoken || token.kind != Kind::Word || is_figurative(document, at);
        if at < free || silent {
            continue;
        }
        let Some((label, length)) = cue(settings(), document, at) else { continue };
        free = at + length;
        let within = is_within(document, at) || length > 2;
        // A window and a door are in every house.
        let everywhere = whereabouts().is(label, "anywhere") && !within
            || whereabouts().is(label, "from-outside");
        if is_shown(document, at, length) && !everywhere {
            *weights.entry(label).or_default() += if within { 2 } else { 1 };
        }
    }
    let mut ranked: Vec<(&'static str, u32)> = weights.into_iter().collect();
    ranked.sort_by_key(|(label, weight)| (std::cmp::Reverse(*weight), *label));
    ranked
}

/// Whether `in the`, `among the`, `through his` stands before the noun.
fn is_within(document: &Document<'_>, at: usize) -> bool {
    (1..=3).any(|back| {
        matches!(
            document.before(at, back),
            "in" | "into" | "inside" | "among" | "through" | "across" | "along" | "aboard" | "amid"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::scene::Scenes;

    #[test]
    fn where_nobody_is_said_to_be_the_place_is_what_the_passage_shows() {
        for (text, place) in [
            ("A table stood in front of the house, and a cat slept on it.", "garden"),
            ("Banks of flowers bordered the lawn, and a hedge hid the wall.", "garden"),
            ("The masts swayed and the deck was white with spray.", "ship"),
            ("Her cottage was small. The sea was grey.", ""),
            ("She wished to be in the palace, and decided on going into the garden.", ""),
        ] {
            let document = Document::new(text);
            let scene = Scenes::of(&document).at(&document, &(0..document.sentences.len()));
            assert_eq!(scene.setting, place, "{text}");
        }
    }
}
