//! The style guide: the manner that all plates of a book share. The record behind `style.json`.
//!
//! It is plain words, so that it may be edited by hand and understood by any engine. Once a person
//! has said how it is to be, no engine says otherwise.

use serde::{Deserialize, Serialize};

/// Where the style guide stands in a project.
pub const STYLE: &str = "style.json";

/// Who said how the plates are to look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Nobody: the preset of the genre, or of no genre.
    Preset,
    /// A text engine that read the book.
    Text,
    /// A model that saw the first plates.
    Plates,
    /// A person.
    #[default]
    Given,
}

/// How all plates of a book are to look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StyleGuide {
    /// Technique, line, light, period: one to five sentences for whoever draws.
    pub words: String,
    /// Main colours, in words or as `#rrggbb`; may be empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub palette: Vec<String>,
    /// What is never to be drawn; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub avoid: String,
    /// Kind of book: `fantasy`, `mystery`; empty when it is not known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub genre: String,
    /// Pictures in the project that show the manner.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<String>,
    /// Who said so; a file without it was written by a person.
    pub origin: Origin,
}

impl StyleGuide {
    /// The words and the colours as one line for a prompt.
    #[must_use]
    pub fn manner(&self) -> String {
        let words = self.words.split_whitespace().collect::<Vec<_>>().join(" ");
        match (words.is_empty(), self.palette.is_empty()) {
            (_, true) => words,
            (true, false) => format!("Palette: {}.", self.palette.join(", ")),
            (false, false) => format!("{words} Palette: {}.", self.palette.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guide_written_by_hand_is_one_line() {
        let guide: StyleGuide = serde_json::from_str(r#"{"words": "Loose  ink."}"#).unwrap();
        assert_eq!(guide.origin, Origin::Given);
        assert_eq!(guide.manner(), "Loose ink.");
        let palette = vec!["ochre".to_owned(), "#204060".to_owned()];
        assert_eq!(StyleGuide { palette, ..guide }.manner(), "Loose ink. Palette: ochre, #204060.");
    }
}
