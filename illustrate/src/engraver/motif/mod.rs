//! Motifs: the animals, buildings, plants and things the engraver can draw, and the words for them.
//!
//! A motif is an SVG file under `motifs/<kind>/` drawn in the classes of `motifs/inks.css`; what it
//! is, how tall it is and which words mean it stands in `motifs/motifs.toml`. Both are part of the
//! binary. [`find_in`] goes from words to motifs, [`get`] from a name.
//!
//! To add one: draw `motifs/<kind>/<name>.svg` (any size, facing right, lowest point on the ground), put
//! its name into the list of files and its words into the table. The tests say what is missing.
//!
//! **Invariant:** what has no motif is left out. A word that could mean something else (a name, a
//! verb, a comparison) finds nothing rather than the wrong thing.

mod files;
mod grammar;
mod svg;
mod words;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use serde::Deserialize;

use super::drawing::Drawing;
pub(super) use grammar::{is_adjective, is_determiner};
pub use words::{Found, find_in};

/// What sort of thing a motif shows. Also the folder its file is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An animal or a being.
    Creature,
    /// A building, or a part of one that is seen from outside.
    Building,
    /// Furniture, and parts of rooms: a window, a fireplace, a staircase.
    Furniture,
    /// A tree, a flower, grass.
    Plant,
    /// What carries people: carriages, ships, balloons.
    Vehicle,
    /// A thing that a hand can hold or a table carry.
    Thing,
    /// What is seen in the sky.
    Sky,
}

/// Where a motif belongs in a picture. The drawing itself always has its lowest point on y = 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Placement {
    /// On the ground.
    Stands,
    /// In the air.
    Flies,
    /// In the water; the lowest third may be hidden by it.
    Swims,
    /// On the water: ships and boats, cut at the water line.
    Floats,
    /// On a wall, or from a ceiling or branch.
    Hangs,
    /// In a hand or on a table; too small to be seen far off.
    Held,
}

/// One thing the engraver can draw.
#[derive(Debug)]
pub struct Motif {
    /// Its name: the file's stem and the key of its words.
    pub name: &'static str,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Height in metres of the drawing.
    pub height_m: f32,
    /// Where it belongs.
    pub place: Placement,
    source: &'static str,
    drawing: OnceLock<Drawing>,
}

impl Motif {
    /// The motif at its natural size, facing right where it has a face. Read from its file at first
    /// use; an unreadable file (which a test rules out) draws nothing.
    pub fn drawing(&self) -> &Drawing {
        self.drawing
            .get_or_init(|| svg::read(self.source).unwrap_or_default().standing(self.height_m))
    }
}

/// The motif of that name.
pub fn get(name: &str) -> Option<&'static Motif> {
    CATALOGUE.motifs.get(name)
}

/// All motifs, by name.
pub fn all() -> impl Iterator<Item = &'static Motif> {
    CATALOGUE.motifs.values()
}

/// What `motifs.toml` says of one motif.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    height: f32,
    place: Placement,
    /// Words and phrases, singular and in lower case, that mean this and nothing else.
    #[serde(default)]
    words: Vec<String>,
    /// Words that mean this when they are nouns, and may be verbs, adjectives or names.
    #[serde(default)]
    nouns: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Phrases that contain a motif's word and mean something else.
    never: Vec<String>,
    motif: BTreeMap<String, Entry>,
}

struct Catalogue {
    motifs: BTreeMap<&'static str, Motif>,
    lexicon: words::Lexicon,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let table = table();
    let motifs = files::FILES
        .iter()
        .filter_map(|&(name, kind, source)| {
            let entry = table.motif.get(name)?;
            let motif = Motif {
                name,
                kind,
                height_m: entry.height,
                place: entry.place,
                source,
                drawing: OnceLock::new(),
            };
            Some((name, motif))
        })
        .collect();
    Catalogue { lexicon: words::Lexicon::of(&table), motifs }
});

fn table() -> Table {
    toml::from_str(include_str!("../../../motifs/motifs.toml"))
        .expect("motifs.toml is part of the program and read by its tests")
}

#[cfg(test)]
mod tests;
