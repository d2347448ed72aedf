//! Which passages of a chapter show most: scored by what an eye would see, chosen spread over the
//! chapter, no two alike.

use std::collections::BTreeSet;
use std::ops::Range;

use book::element::{ElementType, Elements};

use super::lexicon::{singular, words};
use super::passage::{Passage, plates_wanted};
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
struct Known<'a, 'd> {
    document: &'a Document<'d>,
    presences: &'a Presences<'a>,
    sights: Vec<Sight>,
    /// What the chapter's title speaks of.
    title: BTreeSet<String>,
    /// Where somebody is met for the first time in the book, in bytes.
    introductions: Vec<usize>,
}

/// The passages of `chapter` worth a plate, in reading order: as many as the density asks for and the
/// text bears.
pub(super) fn chosen(
    document: &Document<'_>,
    presences: &Presences<'_>,
    (elements, chapter): (&Elements, &book::Chapter),
    pages_per_image: f64,
) -> Vec<Passage> {
    let known = Known {
        document,
        presences,
        sights: sights(document),
        title: title_words(&chapter.title),
        introductions: introductions(document, presences, elements, chapter.number),
    };
    let mut scored: Vec<Scored<'_>> =
        Passage::all(document).into_iter().map(|passage| known.scored(passage)).collect();
    add_surroundings(&mut scored);
    let wanted = plates_wanted(document.word_count(), pages_per_image);
    let mut chosen = spread(&scored, wanted, document.tokens.len());
    if chosen.is_empty() {
        chosen.extend(scored.first());
    }
    chosen.sort_by_key(|scored| scored.passage.tokens.start);
    chosen.into_iter().map(|scored| scored.passage.clone()).collect()
}

/// A vivid passage among vivid ones is a scene; alone it may be a turn of phrase. Each score gets the
/// mean of those around it, the nearer the more.
fn add_surroundings(scored: &mut [Scored<'_>]) {
    /// Bytes: about fifty words.
    const NEAR: f64 = 300.0;
    const WEIGHT: f64 = 1.5;
    #[expect(clippy::cast_precision_loss, reason = "an offset into a chapter is far below 2^52")]
    let middle = |s: &Scored<'_>| (s.passage.bytes.start + s.passage.bytes.end) as f64 / 2.0;
    let own: Vec<(f64, f64)> = scored.iter().map(|s| (middle(s), s.score)).collect();
    let mut first = 0;
    for (at, scored) in scored.iter_mut().enumerate() {
        // Passages are in the order of their starts, so that those nearby are neighbours.
        while own[first].0 + 4.0 * NEAR < own[at].0 {
            first += 1;
        }
        let (mut sum, mut weights) = (0.0, 0.0);
        let near = own[first..].iter().take_while(|(middle, _)| *middle < own[at].0 + 4.0 * NEAR);
        for (middle, score) in near {
            let weight = (-((middle - own[at].0) / NEAR).powi(2)).exp();
            sum += weight * score;
            weights += weight;
        }
        scored.score += WEIGHT * sum / weights;
    }
}

/// The best `wanted` passages with a good part of the text between any two and no two alike; where the
/// text has not enough of those, nearer ones, at last alike ones, but none that overlap.
fn spread<'s, 'a>(scored: &'s [Scored<'a>], wanted: usize, tokens: usize) -> Vec<&'s Scored<'a>> {
    /// Of the text that one plate has to itself, in hundredths.
    const GAP: usize = 30;
    let mut ranked: Vec<&Scored<'_>> = scored.iter().collect();
    ranked.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then(a.passage.tokens.start.cmp(&b.passage.tokens.start))
    });
    let mut chosen: Vec<&Scored<'_>> = Vec::new();
    let gap = GAP * tokens / (100 * wanted.max(1));
    for (gap, alike_too) in [(gap, false), (gap / 2, false), (0, false), (0, true)] {
        for candidate in &ranked {
            if chosen.len() >= wanted {
                return chosen;
            }
            let fits = chosen.iter().all(|other| {
                candidate.is_apart(other, gap) && (alike_too || !alike(candidate, other))
            });
            if fits {
                chosen.push(candidate);
            }
        }
    }
    chosen
}

impl Scored<'_> {
    /// Whether at least `gap` tokens lie between the two.
    fn is_apart(&self, other: &Self, gap: usize) -> bool {
        let (a, b) = (&self.passage.tokens, &other.passage.tokens);
        a.start >= b.end + gap || b.start >= a.end + gap
    }
}

/// Whether two passages would give one picture twice.
fn alike(a: &Scored<'_>, b: &Scored<'_>) -> bool {
    let shared = a.seen.intersection(&b.seen).count();
    let all = a.seen.len() + b.seen.len() - shared;
    all > 0 && shared * 100 > all * 35
}

/// The words of a title that say something, plurals as singulars.
fn title_words(title: &str) -> BTreeSet<String> {
    let document = Document::new(title);
    (0..document.tokens.len())
        .map(|at| document.word(at))
        .filter(|word| word.len() > 2 && !words().is(word, "function"))
        .map(|word| singular(word).unwrap_or(word).to_owned())
        .collect()
}

/// Where the book first shows a character or creature: that is when a reader wants to see it.
fn introductions(
    document: &Document<'_>,
    presences: &Presences<'_>,
    elements: &Elements,
    number: u32,
) -> Vec<usize> {
    let first_here = elements.elements.iter().enumerate().filter(|(_, element)| {
        let seen = matches!(element.kind, ElementType::Character | ElementType::Creature);
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

/// How many of the sorted `offsets` lie in `bytes`.
fn count_within(offsets: &[usize], bytes: &Range<usize>) -> usize {
    let from = offsets.partition_point(|offset| *offset < bytes.start);
    offsets[from..].partition_point(|offset| *offset < bytes.end)
}

impl<'a> Known<'a, '_> {
    fn scored(&self, passage: Passage) -> Scored<'a> {
        let mut seen = BTreeSet::new();
        let (mut shown, mut spoken, mut thought, mut title) = (0.0, 0.0, 0.0, 0.0);
        for at in passage.tokens.clone() {
            let token = &self.document.tokens[at];
            if token.kind != Kind::Word {
                continue;
            }
            let sight = self.sights[at];
            spoken += if token.spoken { 1.0 } else { 0.0 };
            thought += sight.thought;
            // The second time a thing is named shows nothing new.
            let word = self.document.word(at);
            if !token.spoken && seen.insert(word) {
                shown += sight.shown;
                let in_title = self.title.contains(singular(word).unwrap_or(word));
                title += if in_title { 0.5 } else { 0.0 };
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a passage has less than a hundred words")]
        let count = passage.words.max(1) as f64;
        let score = (shown - thought) / count.sqrt() - spoken / count
            + f64::min(title, 1.0)
            + self.company(&passage)
            + turns(self.document, &passage)
            + shape(self.document, &passage);
        seen.retain(|word| !words().is(word, "function"));
        Scored { passage, score, seen }
    }

    /// Who is met for the first time makes a picture, and anybody who is there at all.
    fn company(&self, passage: &Passage) -> f64 {
        let met = count_within(&self.introductions, &passage.bytes) > 0;
        let somebody = !self.presences.present(self.document, &passage.tokens).is_empty();
        let company = if somebody { 0.2 } else { 0.0 };
        if met { 1.0 + company } else { company }
    }
}

/// Words by which a tale turns to what is seen: `suddenly`, `there stood`, `I beheld`.
fn turns(document: &Document<'_>, passage: &Passage) -> f64 {
    let narrated = |at: &usize| !document.tokens[*at].spoken;
    let (mut sudden, mut there, mut seen) = (0.0, 0.0, 0.0);
    for at in passage.tokens.clone().filter(narrated) {
        match document.word(at) {
            "suddenly" => sudden = 0.5,
            "saw" | "beheld" | "perceived" | "discovered" | "found" => seen = 0.6,
            "there" | "in" | "next" => {
                let comes = matches!(document.after(at, 1), "was" | "were" | "stood" | "lay")
                    && document.word(at) == "there"
                    || matches!(document.after(at, 1), "sat" | "came" | "appeared");
                there = if comes { 0.4 } else { there };
            }
            _ => {}
        }
    }
    sudden + there + seen
}

/// What makes a passage a good caption: its length, how it begins, how it ends.
fn shape(document: &Document<'_>, passage: &Passage) -> f64 {
    let length = match passage.words {
        0..=14 => -0.8,
        15..=19 => -0.4,
        20..=60 => 0.0,
        _ => -0.2,
    };
    let first = (passage.tokens.clone()).find(|i| document.tokens[*i].kind == Kind::Word);
    let begins = first.map_or(0.0, |first| match document.word(first) {
        "and" | "but" | "so" | "for" | "or" | "nor" | "yet" => -0.4,
        "this" | "that" | "these" | "those" | "such" | "which" => -0.4,
        "they" | "he" | "she" | "his" | "her" | "their" | "it" | "its" => -0.3,
        _ => 0.0,
    });
    let question = document.word(passage.tokens.end - 1).contains('?')
        || passage.tokens.end >= 2 && document.word(passage.tokens.end - 2).contains('?');
    let verse = document.text[passage.bytes.clone()].contains('\n');
    let quoted = document.tokens[passage.tokens.start].kind == Kind::Quote;
    let opening = if passage.sentences.start == 0 { 0.4 } else { 0.0 };
    let print = if verse { 1.0 } else { 0.0 } + if quoted { 0.5 } else { 0.0 };
    length + begins + opening - print - if question { 0.4 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use book::element::Elements;

    use super::*;

    fn untitled() -> book::Chapter {
        book::Chapter { number: 1, title: String::new(), text: String::new() }
    }

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
        let chosen = chosen(&document, &presences, (&elements, &untitled()), 10.0);
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
        let chosen = chosen(&document, &presences, (&elements, &untitled()), 1.0);
        assert_eq!(chosen.len(), plates_wanted(document.word_count(), 1.0));
        for pair in chosen.windows(2) {
            assert!(pair[0].tokens.end <= pair[1].tokens.start);
        }
    }
}
