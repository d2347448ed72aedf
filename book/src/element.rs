//! Elements: who and what recurs in a book. The record behind `elements.json` and `Elements.md`.

use serde::{Deserialize, Serialize};

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ElementType {
    /// A person, or anything that acts and speaks as one.
    Character,
    /// An animal or being that does not act as a person.
    Creature,
    /// Somewhere the story goes.
    Place,
    /// A thing that is carried, sought or used.
    Item,
    /// Anything else worth drawing the same way twice.
    Object,
}

/// A character, creature, place, item or object that recurs in the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// The fullest name the text uses; unique within a book.
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ElementType,
    /// Other names the text uses for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it looks like, made of what the text says; empty when the text says nothing.
    #[serde(default)]
    pub description: String,
    /// Numbers of the chapters it is named in, ascending.
    #[serde(default)]
    pub chapters: Vec<u32>,
    /// How often it is named in the whole book.
    #[serde(default)]
    pub mentions: u32,
    /// Verbatim passages that show or introduce it.
    #[serde(default)]
    pub quotes: Vec<Quote>,
}

/// A verbatim passage and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Chapter number.
    pub chapter: u32,
    /// Byte offset into [`crate::Chapter::text`].
    pub offset: usize,
    /// The passage, exactly as it stands there.
    pub text: String,
}

/// All elements of a book: the content of `elements.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elements {
    /// Most mentioned first; ties by name.
    pub elements: Vec<Element>,
}
