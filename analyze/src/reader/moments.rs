//! Which passages of a chapter show most: scored by what an eye would see, chosen spread over the
//! chapter, no two alike.

use std::collections::BTreeSet;
use std::ops::Range;

use book::element::{ElementType, Elements};

use super::passage::{Passage, plates_wanted};
use super::phrase::is_describing;
use super::presence::Presences;
use super::sight::{Sight, sights};
use super::text::{Document, Kind};

/// A passage and how much it shows.
struct Scored<'a> {
    passage: Passage,
    score: f64,
    /// The visible words, to tell two alike passages.
    seen: BTreeSet<&'a str>,
}

/// What is known of the chapter while its passages are compared.
struct Chapter<'a, 'd> {
    document: &'a Document<'d>,
    presences: &'a Presences<'a>,
    sights: Vec<Sight>,
    /// Where somebody is met for the first time in the book, and where looks are told, in bytes.
    introductions: Vec<usize>,
    facts: Vec<usize>,
}

/// The passages of chapter `number` worth a plate, in reading order: as many as the density asks for
/// and the text bears.
pub(super) fn chosen(
    document: &Document<'_>,
    presences: &Presences<'_>,
    (elements, number): (&Elements, u32),
    pages_per_image: f64,
) -> Vec<Passage> {
    let chapter = Chapter {
        document,
        presences,
        sights: sights(document),
        introductions: introductions(document, presences, elements, number),
        facts: facts(elements, number),
    };
    let scored: Vec<Scored<'_>> =
        Passage::all(document).into_iter().map(|passage| chapter.scored(passage)).collect();
    let wanted = plates_wanted(document.word_count(), pages_per_image);
    let mut chosen: Vec<&Scored<'_>> = Vec::new();
    for part in 0..wanted {
        // Equal parts of the text, so that the plates are spread over the chapter.
        let from = part * document.tokens.len() / wanted;
        let to = (part + 1) * document.tokens.len() / wanted;
        let pick = best(&scored, &chosen, from..to);
        chosen.extend(pick);
    }
    if chosen.is_empty() {
        chosen.extend(scored.first());
    }
    chosen.into_iter().map(|scored| scored.passage.clone()).collect()
}

/// The best passage that begins in `part` (tokens): rather one with a gap to the last chosen and unlike
/// all of them, at least one that does not overlap.
fn best<'s, 'a>(
    scored: &'s [Scored<'a>],
    chosen: &[&Scored<'a>],
    part: Range<usize>,
) -> Option<&'s Scored<'a>> {
    let from = scored.partition_point(|s| s.passage.tokens.start < part.start);
    let to = scored.partition_point(|s| s.passage.tokens.start < part.end);
    let mut candidates: Vec<&Scored<'_>> = scored[from..to].iter().collect();
    candidates.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then(a.passage.tokens.start.cmp(&b.passage.tokens.start))
    });
    let last = chosen.last().map_or(0, |last| last.passage.tokens.end);
    let apart = |candidate: &Scored<'_>, gap: usize| {
        chosen.is_empty() || candidate.passage.tokens.start >= last + gap
    };
    let new = |candidate: &Scored<'_>| chosen.iter().all(|other| !alike(candidate, other));
    let gap = part.len() / 4;
    candidates
        .iter()
        .find(|c| apart(c, gap) && new(c))
        .or_else(|| candidates.iter().find(|c| apart(c, 0) && new(c)))
        .or_else(|| candidates.iter().find(|c| apart(c, 0)))
        .copied()
}

/// Whether two passages would give one picture twice.
fn alike(a: &Scored<'_>, b: &Scored<'_>) -> bool {
    let shared = a.seen.intersection(&b.seen).count();
    let all = a.seen.len() + b.seen.len() - shared;
    all > 0 && shared * 100 > all * 35
}

/// Where the book first shows a character, creature or place: that is when a reader wants to see it.
fn introductions(
    document: &Document<'_>,
    presences: &Presences<'_>,
    elements: &Elements,
    number: u32,
) -> Vec<usize> {
    let first_here = elements.elements.iter().enumerate().filter(|(_, element)| {
        let seen = !matches!(element.kind, ElementType::Item | ElementType::Object);
        seen && element.mentions >= 5 && element.chapters.first() == Some(&number)
    });
    let offsets = first_here.filter_map(|(index, _)| {
        let first = presences.all.iter().find(|p| p.element == index && !p.spoken)?;
        Some(document.tokens[first.tokens.start].start)
    });
    let mut offsets: Vec<usize> = offsets.collect();
    offsets.sort_unstable();
    offsets
}

/// Where the chapter tells what somebody or something looks like.
fn facts(elements: &Elements, number: u32) -> Vec<usize> {
    let facts = elements.elements.iter().flat_map(|element| &element.facts);
    let mut offsets: Vec<usize> =
        facts.filter(|fact| fact.chapter == number).map(|fact| fact.offset).collect();
    offsets.sort_unstable();
    offsets
}

/// How many of the sorted `offsets` lie in `bytes`.
fn count_within(offsets: &[usize], bytes: &Range<usize>) -> usize {
    let from = offsets.partition_point(|offset| *offset < bytes.start);
    offsets[from..].partition_point(|offset| *offset < bytes.end)
}

impl<'a> Chapter<'a, '_> {
    fn scored(&self, passage: Passage) -> Scored<'a> {
        let mut seen = BTreeSet::new();
        let (mut shown, mut spoken, mut thought) = (0.0, 0.0, 0.0);
        for at in passage.tokens.clone() {
            let token = &self.document.tokens[at];
            if token.kind != Kind::Word {
                continue;
            }
            let sight = self.sights[at];
            spoken += if token.spoken { 1.0 } else { 0.0 };
            thought += sight.thought;
            // The second time a thing is named shows nothing new.
            if sight.shown > 0.0 && seen.insert(self.document.word(at)) {
                shown += sight.shown;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a passage has less than a hundred words")]
        let count = passage.words.max(1) as f64;
        let score = shown / count.powf(0.6) - thought / count.sqrt() - 3.0 * spoken / count
            + self.company(&passage)
            + self.news(&passage)
            + shape(self.document, &passage);
        Scored { passage, score, seen }
    }

    /// Somebody who does something makes a picture; a crowd of names does not make it better.
    fn company(&self, passage: &Passage) -> f64 {
        match self.presences.present(self.document, &passage.tokens).len() {
            0 => 0.0,
            1 => 0.7,
            _ => 1.0,
        }
    }

    /// Who is met for the first time, and what somebody looks like.
    fn news(&self, passage: &Passage) -> f64 {
        let met = count_within(&self.introductions, &passage.bytes).min(2);
        let told = count_within(&self.facts, &passage.bytes).min(3);
        [0.0, 0.5, 0.7][met] + [0.0, 0.4, 0.7, 0.9][told]
    }
}

/// What makes a passage a good caption: its length, how it begins, how it ends.
fn shape(document: &Document<'_>, passage: &Passage) -> f64 {
    let length = match passage.words {
        0..=14 => -0.8,
        15..=21 => -0.2,
        22..=60 => 0.2,
        _ => -0.2,
    };
    let first = (passage.tokens.clone()).find(|i| document.tokens[*i].kind == Kind::Word);
    let begins = first.map_or(0.0, |first| match document.word(first) {
        "and" | "but" | "so" | "for" | "or" | "nor" | "yet" => -0.6,
        "this" | "that" | "these" | "those" | "it" | "its" | "such" | "which" => -0.5,
        "they" | "he" | "she" | "his" | "her" | "their" => -0.3,
        "then" | "now" | "however" | "therefore" | "besides" | "also" => -0.2,
        _ => 0.0,
    });
    let question = document.word(passage.tokens.end - 1).contains('?')
        || passage.tokens.end >= 2 && document.word(passage.tokens.end - 2).contains('?');
    let lively = passage.tokens.clone().filter(|i| is_describing(document.word(*i))).count();
    let verse = document.text[passage.bytes.clone()].contains('\n');
    let quoted = document.tokens[passage.tokens.start].kind == Kind::Quote;
    let print = if verse { 1.0 } else { 0.0 } + if quoted { 0.4 } else { 0.0 };
    length + begins - print - if question { 0.6 } else { 0.0 } + if lively > 2 { 0.2 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use book::element::Elements;

    use super::*;

    #[test]
    fn what_is_seen_wins_over_what_is_thought() {
        let dull = "I believe that it was perhaps the consideration of this which might have moved her \
                    to suppose that nothing could be done about the matter in the end.";
        let vivid = "The white horse galloped along the beach under a red sky, and its rider waved a \
                     torch at the burning ship.";
        let text = format!("{dull}\n\n{vivid}\n\n{dull}");
        let document = Document::new(&text);
        let elements = Elements::default();
        let presences = Presences::of(&document, &elements);
        let chosen = chosen(&document, &presences, (&elements, 1), 10.0);
        assert_eq!(chosen.len(), 1);
        assert_eq!(&text[chosen[0].bytes.clone()], vivid);
    }

    #[test]
    fn plates_are_spread_and_never_overlap() {
        let sentence = |n: usize| {
            format!(
                "The old man number {n} walked along the grey river bank with a lantern in his hand. "
            )
        };
        let text: String = (0..200).map(sentence).collect();
        let document = Document::new(text.trim());
        let elements = Elements::default();
        let presences = Presences::of(&document, &elements);
        let chosen = chosen(&document, &presences, (&elements, 1), 1.0);
        assert_eq!(chosen.len(), plates_wanted(document.word_count(), 1.0));
        for pair in chosen.windows(2) {
            assert!(pair[0].tokens.end <= pair[1].tokens.start);
        }
    }
}
