//! The words for what plates are like: style, size and kind of file.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The smallest side of a plate, in pixels.
pub const MIN_SIDE: u32 = 64;
/// The largest side of a plate, in pixels.
pub const MAX_SIDE: u32 = 4096;

/// The manner a plate is cut in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// Carved lines in a dark ink over one or two colours, on warm paper.
    #[default]
    Woodcut,
    /// Layers of coloured paper with their shadows.
    Papercut,
    /// Fine hatching in one ink.
    Etching,
}

/// There is no style of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no style `{0}`; choose woodcut, papercut or etching")]
pub struct StyleError(String);

impl Style {
    /// Every style, in the order of the help text.
    pub const ALL: [Self; 3] = [Self::Woodcut, Self::Papercut, Self::Etching];

    /// The word that chooses the style.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Woodcut => "woodcut",
            Self::Papercut => "papercut",
            Self::Etching => "etching",
        }
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Style {
    type Err = StyleError;

    fn from_str(text: &str) -> Result<Self, StyleError> {
        let known = Self::ALL.into_iter().find(|style| style.name().eq_ignore_ascii_case(text));
        known.ok_or_else(|| StyleError(text.to_owned()))
    }
}

/// The kind of file a plate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Every pixel as it was printed.
    #[default]
    Png,
    /// About a third of the size, nearly as good.
    Jpeg,
}

/// A kind of book, for which there are words of how its plates usually look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Genre {
    /// Fantasy.
    Fantasy,
    /// Science fiction.
    ScienceFiction,
    /// Mystery and crime.
    Mystery,
    /// Romance.
    Romance,
    /// For children.
    Children,
}

/// There is no genre of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no genre `{0}`; choose fantasy, science-fiction, mystery, romance or children")]
pub struct GenreError(String);

impl Genre {
    /// Every genre, in the order of the help text.
    pub const ALL: [Self; 5] =
        [Self::Fantasy, Self::ScienceFiction, Self::Mystery, Self::Romance, Self::Children];

    /// The word that chooses the genre.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fantasy => "fantasy",
            Self::ScienceFiction => "science-fiction",
            Self::Mystery => "mystery",
            Self::Romance => "romance",
            Self::Children => "children",
        }
    }
}

impl fmt::Display for Genre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Genre {
    type Err = GenreError;

    /// Also understands how engines and people write it: `Science Fiction`, `children's`.
    fn from_str(text: &str) -> Result<Self, GenreError> {
        let letters = |text: &str| {
            let kept = text.chars().filter(|c| c.is_alphabetic());
            kept.flat_map(char::to_lowercase).collect::<String>()
        };
        let wanted = letters(text);
        let is_it = |genre: &Self| {
            let name = letters(genre.name());
            wanted == name || wanted == format!("{name}s")
        };
        Self::ALL.into_iter().find(is_it).ok_or_else(|| GenreError(text.to_owned()))
    }
}

/// Width and height of a plate in pixels, each from [`MIN_SIDE`] to [`MAX_SIDE`]; written `1024x1536`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Size(pub [u32; 2]);

/// Not the size of a plate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no size; two numbers from {MIN_SIDE} to {MAX_SIDE} are wanted, as in 1024x1536")]
pub struct SizeError(String);

impl Default for Size {
    fn default() -> Self {
        Self([1024, 1536])
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.0[0], self.0[1])
    }
}

impl FromStr for Size {
    type Err = SizeError;

    fn from_str(text: &str) -> Result<Self, SizeError> {
        let sides = text.split_once('x');
        let sides = sides.and_then(|(w, h)| Some([w.parse().ok()?, h.parse().ok()?]));
        match sides {
            Some(sides) if sides.iter().all(|side| (MIN_SIDE..=MAX_SIDE).contains(side)) => {
                Ok(Self(sides))
            }
            _ => Err(SizeError(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Size {
    type Error = SizeError;

    fn try_from(text: String) -> Result<Self, SizeError> {
        text.parse()
    }
}

impl From<Size> for String {
    fn from(size: Size) -> Self {
        size.to_string()
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+x[0-9]+$" })
    }
}
