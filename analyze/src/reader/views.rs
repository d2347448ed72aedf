//! What is seen of a place that has a name: in the sentence that brings somebody there, and in those that
//! go on about it.

use std::ops::Range;

use super::lexicon::{settings, things, whereabouts};
use super::names::Mention;
use super::phrase::is_describing;
use super::text::{Document, Kind, Sentence};

/// So many sentences after the name go on about the place.
const GOES_ON: usize = 1;
/// A longer view is no phrase, one with fewer visible words shows nothing.
const MOST_WORDS: usize = 24;
const LEAST_SEEN: usize = 3;

/// What is seen of the place named by `mention`: clauses of its sentence and of those after it, each with
/// the number of its sentence. `next` is where the next place or person is named.
pub(super) fn views(
    document: &Document<'_>,
    mention: &Mention,
    next: usize,
) -> Vec<(usize, Range<usize>)> {
    let start = mention.tokens.start;
    let first = document.tokens[start].sentence as usize;
    if mention.common || document.tokens[start].spoken || !is_place_here(document, start) {
        return Vec::new();
    }
    let paragraph = document.sentences[first].paragraph;
    let mut found = Vec::new();
    for (number, sentence) in document.sentences.iter().enumerate().skip(first).take(1 + GOES_ON) {
        let over =
            sentence.paragraph != paragraph || number > first && sentence.tokens.start >= next;
        if over || sentence.heading {
            break;
        }
        found.extend(clauses(document, sentence).map(|clause| (number, clause)));
    }
    found
}

/// Whether the name stands where a place's does that is gone to, been at or looked at: `in Ravenhold`,
/// `of the wonderful City`.
fn is_place_here(document: &Document<'_>, start: usize) -> bool {
    let first = super::phrase::modifiers_before(document, start);
    let back =
        (0..3).find(|back| document.before(first, back + 1) == "the").map_or(0, |back| back + 1);
    let before = document.before(first, 1 + back);
    whereabouts().is(before, "here") || back > 0 && before == "of"
}

/// The clauses of a sentence that show something: `there was a high wall round it`, `the houses were of
/// green marble`.
fn clauses<'d>(
    document: &'d Document<'_>,
    sentence: &'d Sentence,
) -> impl Iterator<Item = Range<usize>> + 'd {
    sentence.tokens.clone().filter_map(move |at| {
        let begins = at == sentence.tokens.start
            || matches!(document.before(at, 1), ";" | ":" | "—")
            || matches!(document.before(at, 1), "and" | "where")
                && matches!(document.before(at, 2), "," | ";");
        if !begins || document.tokens[at].spoken {
            return None;
        }
        let from = view_start(document, at)?;
        let end = (from..sentence.tokens.end).find(|i| {
            let again = document.word(*i) == ","
                && document.after(*i, 1) == "and"
                && matches!(document.after(*i, 2), "the" | "there" | "its" | "all");
            again
                || matches!(document.word(*i), ";" | ":" | "—" | "--")
                || matches!(document.tokens[*i].kind, Kind::Stop | Kind::Quote)
        })?;
        let clause = from..cut(document, from, end);
        is_view(document, &clause).then_some(clause)
    })
}

/// Where the view begins that the clause at `at` tells: after `there was`; at the noun after `the`.
fn view_start(document: &Document<'_>, at: usize) -> Option<usize> {
    let verb = |word: &str| whereabouts().is(word, "view");
    match document.word(at) {
        "there" if verb(document.after(at, 1)) => Some(at + 2),
        "the" | "its" | "all" | "their" => {
            let noun = (at + 1..at + 7)
                .find(|i| verb(document.after(*i, 1)) && document.tokens[*i].kind == Kind::Word)?;
            let of_place = |i: usize| {
                let label = settings().label_at(document, i);
                label.is_some_and(|(label, _)| !whereabouts().is(label, "indoors"))
                    || whereabouts().is(document.word(i), "built")
            };
            let seen = (at + 1..=noun).any(of_place);
            let whole = (at..=noun).all(|i| document.tokens[i].kind == Kind::Word);
            (seen && whole && document.same_sentence(at, noun)).then_some(at + 1)
        }
        _ => None,
    }
}

/// The end of the clause, or its last pause where it is too long.
fn cut(document: &Document<'_>, from: usize, end: usize) -> usize {
    if end - from <= MOST_WORDS {
        return end;
    }
    let pause = (from + 4..from + MOST_WORDS).rev().find(|i| document.word(*i) == ",");
    pause.unwrap_or(end)
}

fn is_view(document: &Document<'_>, clause: &Range<usize>) -> bool {
    let seen = clause.clone().filter(|i| {
        is_describing(document.word(*i))
            || whereabouts().is(document.word(*i), "built")
            || things().label_at(document, *i).is_some()
            || settings().label_at(document, *i).is_some()
    });
    let other = clause.clone().any(|i| whereabouts().is(document.word(i), "nowhere"));
    clause.len() <= MOST_WORDS && seen.count() >= LEAST_SEEN && !other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::names;

    fn seen(text: &str) -> Vec<String> {
        let document = Document::new(text);
        let mentions = names::mentions(&document);
        let found = mentions.iter().flat_map(|mention| views(&document, mention, usize::MAX));
        found.map(|(_, clause)| document.slice(clause).to_owned()).collect()
    }

    #[test]
    fn what_is_seen_of_a_place_is_told_where_somebody_comes_to_it() {
        assert_eq!(
            seen(
                "They came to Ravenhold. The walls were of grey stone, and there was a round tower of \
                  black marble above the gate. He thought of Ravenhold."
            ),
            ["walls were of grey stone", "a round tower of black marble above the gate"]
        );
        assert_eq!(
            seen("They came to Ravenhold. The men were not in the high stone tower."),
            [""; 0]
        );
        assert_eq!(seen("I thought Ravenhold dull. The walls were of grey stone."), [""; 0]);
    }
}
