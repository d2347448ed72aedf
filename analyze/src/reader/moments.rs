//! Which passages of a chapter show most: scored by what an eye would see, chosen spread over the
//! chapter, no two alike.

use std::collections::BTreeSet;

use super::evidence::is_verb;
use super::lexicon::{beings, light, looks, settings, things, weather, words};
use super::looks::is_describing;
use super::passage::{Passage, plates_wanted};
use super::presence::Presences;
use super::text::{Document, Kind};

/// A passage and how much it shows.
struct Scored {
    passage: Passage,
    score: f64,
    /// The visible words, to tell two alike passages.
    seen: BTreeSet<String>,
}

/// The passages worth a plate, in reading order: as many as the density asks for and the text bears.
pub(super) fn chosen(
    document: &Document<'_>,
    presences: &Presences<'_>,
    pages_per_image: f64,
) -> Vec<Passage> {
    let wanted = plates_wanted(document.word_count(), pages_per_image);
    let scored: Vec<Scored> = Passage::all(document)
        .into_iter()
        .map(|passage| scored(document, presences, passage))
        .collect();
    let mut chosen: Vec<&Scored> = Vec::new();
    for part in 0..wanted {
        // Equal parts of the text, so that the plates are spread over the chapter.
        let from = part * document.tokens.len() / wanted;
        let to = (part + 1) * document.tokens.len() / wanted;
        let gap = (to - from) / 4;
        let mut candidates: Vec<&Scored> =
            scored.iter().filter(|s| (from..to).contains(&s.passage.tokens.start)).collect();
        candidates.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then(a.passage.tokens.start.cmp(&b.passage.tokens.start))
        });
        let apart = |candidate: &&&Scored, gap: usize| {
            chosen
                .last()
                .is_none_or(|last| candidate.passage.tokens.start >= last.passage.tokens.end + gap)
        };
        let new = |candidate: &&&Scored| chosen.iter().all(|other| !alike(candidate, other));
        let pick = candidates
            .iter()
            .find(|c| apart(c, gap) && new(c))
            .or_else(|| candidates.iter().find(|c| apart(c, 0) && new(c)))
            .or_else(|| candidates.iter().find(|c| apart(c, 0)))
            .copied();
        chosen.extend(pick);
    }
    if chosen.is_empty() {
        chosen.extend(scored.first());
    }
    chosen.into_iter().map(|scored| scored.passage.clone()).collect()
}

/// Whether two passages would give one picture twice.
fn alike(a: &Scored, b: &Scored) -> bool {
    let shared = a.seen.intersection(&b.seen).count();
    let all = a.seen.len() + b.seen.len() - shared;
    all > 0 && shared * 100 > all * 35
}

/// How much one word shows.
fn weight(document: &Document<'_>, at: usize) -> f64 {
    let word = document.word(at);
    if words().is(word, "function") {
        return 0.0;
    }
    let labelled = |label: Option<(&'static str, usize)>| label.map(|(label, _)| label);
    if let Some(label) = looks().label(word) {
        return match label {
            "colour" => 0.9,
            "clothes" | "hair" | "carried" => 0.9,
            "eyes" | "face" | "body" => 0.5,
            "manner" => 0.2,
            _ => 0.4,
        };
    }
    if let Some(label) = labelled(things().label_at(document, at)) {
        return if label == "sound" { 0.4 } else { 1.0 };
    }
    if labelled(light().label_at(document, at)).is_some()
        || labelled(weather().label_at(document, at)).is_some()
        || labelled(settings().label_at(document, at)).is_some()
    {
        return 1.0;
    }
    match labelled(beings().label_at(document, at)) {
        Some("creature" | "monster") => return 1.0,
        Some(label) if !label.starts_with("bland") => return 0.6,
        Some(_) => return 0.3,
        None => {}
    }
    match () {
        () if is_verb(word, "move") => 0.9,
        () if is_verb(word, "show") => 0.8,
        () if is_verb(word, "act") => 0.6,
        () if is_verb(word, "look") => 0.3,
        () => 0.0,
    }
}

fn scored(document: &Document<'_>, presences: &Presences<'_>, passage: Passage) -> Scored {
    let mut seen = BTreeSet::new();
    let mut shown = 0.0;
    let mut spoken = 0.0;
    let mut thought = 0.0;
    for at in passage.tokens.clone() {
        let token = &document.tokens[at];
        if token.kind != Kind::Word {
            continue;
        }
        let word = document.word(at);
        if token.spoken {
            spoken += 1.0;
            continue;
        }
        let weight = weight(document, at);
        if weight > 0.0 {
            // The second time a thing is named shows nothing new.
            shown += if seen.insert(word.to_owned()) { weight } else { 0.0 };
        }
        thought += thought_weight(word);
        if weight == 0.0 && is_abstract(word) {
            thought += 0.25;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a passage has less than a hundred words")]
    let count = passage.words as f64;
    let score = shown / count.max(1.0).powf(0.6)
        - thought / count.max(1.0).sqrt()
        - 3.0 * spoken / count.max(1.0)
        + who_is_there(document, presences, &passage)
        + shape(document, &passage);
    Scored { passage, score, seen }
}

/// Words of thinking, wishing and telling, and of what is not: they show nothing.
fn thought_weight(word: &str) -> f64 {
    match word {
        "would" | "should" | "could" | "might" | "may" | "must" | "if" | "perhaps" | "because" => {
            0.3
        }
        "not" | "never" | "nothing" | "’t" | "'t" | "no" | "nor" => 0.2,
        "had" | "been" | "will" | "shall" | "ever" | "always" | "often" => 0.15,
        _ if !words().is(word, "function") && is_verb(word, "mind") => 0.3,
        _ => 0.0,
    }
}

/// Nouns of quality and action by their endings: `consideration`, `happiness`.
fn is_abstract(word: &str) -> bool {
    word.len() > 6
        && ["ness", "tion", "sion", "ity", "ment", "ence", "ance", "tude", "ism"].iter().any(
            |end| word.ends_with(end) || word.strip_suffix('s').is_some_and(|w| w.ends_with(end)),
        )
}

/// Somebody who does something makes a picture; a crowd of names does not make it better.
fn who_is_there(document: &Document<'_>, presences: &Presences<'_>, passage: &Passage) -> f64 {
    match presences.present(document, &passage.tokens).len() {
        0 => 0.0,
        1 => 0.7,
        _ => 1.0,
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
        let chosen = chosen(&document, &presences, 10.0);
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
        let chosen = chosen(&document, &presences, 1.0);
        assert_eq!(chosen.len(), plates_wanted(document.word_count(), 1.0));
        for pair in chosen.windows(2) {
            assert!(pair[0].tokens.end <= pair[1].tokens.start);
        }
    }
}
