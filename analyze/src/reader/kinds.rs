//! What a name's words say of the kind of thing it names.

use super::lexicon::{beings, names, places, settings, singular, things};

/// Whether the word makes a name a place's.
pub(super) fn is_place_word(word: &str) -> bool {
    places().is(word, "word")
}

/// Whether the word ends as English place names do: weak evidence.
pub(super) fn ends_as_place(word: &str) -> bool {
    word.len() > 6 && places().entries("end").any(|end| word.ends_with(end))
}

/// What the head noun of a name is, by the word lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// `King`, `Hatter`, `Curate`.
    Person,
    /// `Dragon`, `Scarecrow`: acts as a person or not, as the text shows.
    Monster,
    /// `Cat`, `Hare`.
    Animal,
    /// `Castle`, `Forest`, `Wonderland` is unknown.
    Place,
    /// `Sword`, `Machine`.
    Thing,
    /// In no list.
    Unknown,
}

/// What the noun `word` (lower case) is.
pub(super) fn head_of(word: &str) -> Head {
    let stem = singular(word).unwrap_or(word);
    match beings().label(word).or_else(|| beings().label(stem)) {
        Some("creature") => return Head::Animal,
        Some("monster") => return Head::Monster,
        Some(_) => return Head::Person,
        None => {}
    }
    if names().is(word, "rank")
        || word.len() > 5 && (word.ends_with("man") || word.ends_with("woman"))
    {
        Head::Person
    } else if is_place_word(word) {
        Head::Place
    } else if things().is(word, "item")
        || things().is(stem, "item")
        || things().is(stem, "vessel")
        || looks_is_clothes(stem)
    {
        Head::Thing
    } else if settings().has(word) {
        Head::Place
    } else {
        Head::Unknown
    }
}

fn looks_is_clothes(word: &str) -> bool {
    super::lexicon::looks().is(word, "clothes")
}
