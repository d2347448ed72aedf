//! How much each word of a text shows: what an eye would see, against what can only be thought.

use std::collections::BTreeMap;

use super::evidence::is_verb;
use super::lexicon::{beings, light, looks, settings, things, weather, words};
use super::text::{Document, Kind};

/// What one word gives to and takes from a picture.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sight {
    /// How much it shows.
    pub shown: f64,
    /// How much it belongs to thinking, wishing and telling.
    pub thought: f64,
}

/// The sight of every token, by its index. Spoken words show nothing.
pub(super) fn sights(document: &Document<'_>) -> Vec<Sight> {
    let mut known: BTreeMap<&str, Sight> = BTreeMap::new();
    (0..document.tokens.len())
        .map(|at| {
            let token = &document.tokens[at];
            if token.kind != Kind::Word || token.spoken {
                return Sight::default();
            }
            *known.entry(document.word(at)).or_insert_with(|| sight(document, at))
        })
        .collect()
}

fn sight(document: &Document<'_>, at: usize) -> Sight {
    let word = document.word(at);
    let shown = shown(document, at);
    let abstraction = if shown == 0.0 && is_abstract(word) { 0.25 } else { 0.0 };
    Sight { shown, thought: thought(word) + abstraction }
}

fn shown(document: &Document<'_>, at: usize) -> f64 {
    let word = document.word(at);
    if words().is(word, "function") {
        return 0.0;
    }
    if let Some(label) = looks().label(word) {
        return match label {
            "colour" | "clothes" | "hair" | "carried" => 0.9,
            "eyes" | "face" | "body" => 0.5,
            "manner" => 0.2,
            _ => 0.4,
        };
    }
    if let Some((label, _)) = things().label_at(document, at) {
        return if label == "sound" { 0.4 } else { 1.0 };
    }
    if [light(), weather(), settings()].iter().any(|list| list.label_at(document, at).is_some()) {
        return 1.0;
    }
    match beings().label_at(document, at) {
        Some(("creature" | "monster", _)) => return 1.0,
        Some((label, _)) => return if label.starts_with("bland") { 0.3 } else { 0.6 },
        None => {}
    }
    [("move", 0.9), ("show", 0.8), ("act", 0.6), ("look", 0.3)]
        .iter()
        .find(|(label, _)| is_verb(word, label))
        .map_or(0.0, |(_, weight)| *weight)
}

/// Words of thinking, wishing and telling, and of what is not.
fn thought(word: &str) -> f64 {
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
    const ENDS: [&str; 9] = ["ness", "tion", "sion", "ity", "ment", "ence", "ance", "tude", "ism"];
    let ends = |word: &str| ENDS.iter().any(|end| word.ends_with(end));
    word.len() > 6 && (ends(word) || word.strip_suffix('s').is_some_and(ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_and_deeds_are_seen_and_thoughts_are_not() {
        let document = Document::new("The lantern swung. Perhaps he knew happiness. “A lantern!”");
        let sights = sights(&document);
        let of = |word: &str| {
            let at = (0..document.tokens.len()).find(|i| document.word(*i) == word).unwrap();
            sights[at]
        };
        assert!(of("lantern").shown > 0.8 && of("swung").shown > 0.8);
        assert!(of("happiness").thought > 0.0 && of("perhaps").thought > 0.0);
        assert_eq!(sights[document.tokens.len() - 3], Sight::default(), "spoken");
    }
}
