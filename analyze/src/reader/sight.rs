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
    let abstraction = if shown == 0.0 && is_abstract(word) { 0.7 } else { 0.0 };
    Sight { shown, thought: thought(word) + abstraction }
}

/// The weights were found on novels whose best passages are known: what moves, how large it is and
/// which limbs it has shows more than a name or a room.
fn shown(document: &Document<'_>, at: usize) -> f64 {
    let word = document.word(at);
    if words().is(word, "function") {
        return 0.0;
    }
    if let Some(label) = looks().label(word) {
        return match label {
            "size" => 2.5,
            "hair" | "eyes" | "body" => 2.0,
            "colour" | "face" | "wear" => 1.5,
            "clothes" | "carried" | "shape" => 1.0,
            "manner" => 0.3,
            _ => 0.6,
        };
    }
    if let Some((label, _)) = things().label_at(document, at) {
        return match label {
            "sight" | "vessel" => 2.0,
            "sound" => 0.3,
            _ => 1.0,
        };
    }
    for (list, weight) in [(light(), 2.0), (weather(), 1.0), (settings(), 0.7)] {
        if list.label_at(document, at).is_some() {
            return weight;
        }
    }
    match beings().label_at(document, at) {
        Some(("monster", _)) => return 2.5,
        Some(("creature", _)) => return 2.0,
        Some((label, _)) if label.starts_with("bland") => return 1.0,
        Some((label, _)) => return if label.starts_with("kin") { 0.0 } else { 0.4 },
        None => {}
    }
    [("move", 2.2), ("show", 2.0), ("act", 1.2), ("look", 1.0)]
        .iter()
        .find(|(label, _)| is_verb(word, label))
        .map_or(0.0, |(_, weight)| *weight)
}

/// Words of thinking, wishing and telling, of what is not, and of who is only spoken of.
fn thought(word: &str) -> f64 {
    match word {
        "would" | "should" | "could" | "might" | "may" | "must" | "if" | "perhaps" | "because" => {
            0.8
        }
        "not" | "never" | "nothing" | "’t" | "'t" | "no" | "nor" => 1.5,
        "had" | "been" | "will" | "shall" | "ever" | "always" | "often" => 0.9,
        _ if words().is(word, "function") => 0.0,
        _ if beings().label(word).is_some_and(|label| label.starts_with("kin")) => 1.5,
        _ if is_verb(word, "mind") && !is_verb(word, "act") && !is_verb(word, "show") => 1.2,
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
        assert!(of("lantern").shown >= 1.0 && of("swung").shown >= 1.0);
        assert!(of("happiness").thought > 0.0 && of("perhaps").thought > 0.0);
        assert_eq!(sights[document.tokens.len() - 3], Sight::default(), "spoken");
    }
}
