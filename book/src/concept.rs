//! Concepts: the visual moments of a chapter. The record behind `concepts/009.json`.

use serde::{Deserialize, Serialize};

/// One visual moment of a chapter, worth one plate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concept {
    /// 1-based, in reading order within the chapter.
    pub index: u32,
    /// One to five sentences, verbatim.
    pub quote: String,
    /// Byte offset of the quote in [`crate::Chapter::text`].
    pub offset: usize,
    /// Who, where, when, what they do: what the plate has to show.
    pub description: String,
    /// Names of the elements present ([`crate::element::Element::name`]).
    #[serde(default)]
    pub elements: Vec<String>,
    /// Where it happens, in plain words: `forest`, `kitchen`, `open sea`; empty when unknown.
    #[serde(default)]
    pub setting: String,
    /// `dawn`, `day`, `dusk`, `night`; empty when unknown.
    #[serde(default)]
    pub time_of_day: String,
    /// `clear`, `rain`, `snow`, `fog`, `storm`, `wind`; empty when unknown.
    #[serde(default)]
    pub weather: String,
    /// One or two plain words: `tense`, `joyful`, `melancholy`; empty when unknown.
    #[serde(default)]
    pub mood: String,
    /// Where the light comes from, in plain words: `lamplight`, `moonlight`; empty when unknown.
    #[serde(default)]
    pub lighting: String,
    /// A model gave a quote that does not stand in the text, nor anything near it: it may help to
    /// draw, and is never shown as the book's own words.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unverified: bool,
}

impl Concept {
    /// What may be printed as the book's own words; empty when the quote is not known to be.
    #[must_use]
    pub fn caption(&self) -> &str {
        if self.unverified { "" } else { &self.quote }
    }
}

/// The concepts of one chapter: the content of `concepts/009.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChapterConcepts {
    /// Chapter number.
    pub chapter: u32,
    /// Title as printed.
    pub title: String,
    /// In reading order.
    pub concepts: Vec<Concept>,
}
