//! What a name's words say of the kind of thing it names.

use super::lexicon::{beings, names, settings, singular, things};

/// Words that make a name a place's: `Baker Street`, `Castle Dracula`, `Horsell Common`.
const PLACE_WORDS: &[&str] = &[
    "abbey",
    "academy",
    "avenue",
    "bay",
    "beach",
    "bridge",
    "brook",
    "camp",
    "cape",
    "castle",
    "cathedral",
    "cave",
    "chapel",
    "church",
    "city",
    "cliff",
    "cliffs",
    "close",
    "club",
    "coast",
    "college",
    "common",
    "corner",
    "cottage",
    "country",
    "county",
    "court",
    "cove",
    "creek",
    "cross",
    "crescent",
    "dale",
    "desert",
    "district",
    "down",
    "downs",
    "farm",
    "falls",
    "field",
    "fields",
    "forest",
    "fort",
    "garden",
    "gardens",
    "gate",
    "glen",
    "grange",
    "green",
    "grove",
    "hall",
    "harbour",
    "harbor",
    "heath",
    "heights",
    "hill",
    "hills",
    "hole",
    "hollow",
    "hospital",
    "hotel",
    "house",
    "inn",
    "island",
    "islands",
    "isle",
    "isles",
    "junction",
    "kingdom",
    "lake",
    "land",
    "lane",
    "lodge",
    "manor",
    "market",
    "marsh",
    "meadow",
    "mere",
    "mill",
    "moor",
    "mount",
    "mountain",
    "mountains",
    "museum",
    "ocean",
    "palace",
    "park",
    "parsonage",
    "pass",
    "path",
    "peak",
    "pier",
    "place",
    "plain",
    "plains",
    "point",
    "pond",
    "port",
    "prison",
    "quay",
    "range",
    "river",
    "road",
    "rock",
    "rocks",
    "room",
    "row",
    "school",
    "sea",
    "shire",
    "shore",
    "sound",
    "spring",
    "square",
    "station",
    "strait",
    "straits",
    "street",
    "stream",
    "swamp",
    "tavern",
    "temple",
    "terrace",
    "theatre",
    "tower",
    "town",
    "university",
    "vale",
    "valley",
    "village",
    "villa",
    "volcano",
    "wall",
    "water",
    "waterfall",
    "well",
    "wharf",
    "wood",
    "woods",
    "yard",
    "workhouse",
    "hermitage",
    "monastery",
    "convent",
    "priory",
    "vicarage",
    "rectory",
    "ranch",
    "region",
    "province",
    "empire",
    "republic",
    "territory",
    "end",
    "ferry",
    "dock",
    "docks",
    "alley",
    "arms",
    "bank",
    "exchange",
    "gallery",
];

/// Ends that English place names have.
const PLACE_ENDS: &[&str] = &[
    "bridge", "shire", "burgh", "borough", "bury", "chester", "cester", "minster", "mouth",
    "ville", "hampton", "wick", "wich", "combe", "dale", "haven", "stead", "thorpe", "worth",
    "stowe", "field", "ham", "ford", "land", "port", "town", "burg", "heath", "moor", "polis",
    "stan", "ia",
];

/// Whether the word makes a name a place's.
pub(super) fn is_place_word(word: &str) -> bool {
    PLACE_WORDS.contains(&word)
}

/// Whether the word ends as English place names do: weak evidence.
pub(super) fn ends_as_place(word: &str) -> bool {
    word.len() > 6 && PLACE_ENDS.iter().any(|end| word.ends_with(end))
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
