//! The record of one thing said of looks, until the whole book is known.

use book::element::Aspect;
use serde::{Deserialize, Serialize};

/// One thing said of somebody's looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sighting {
    /// Whose looks: one name, or all that the pronoun may stand for, the nearest last. Which of them it
    /// is can be told only when their genders are known.
    pub owners: Vec<OwnerName>,
    /// The pronoun that stood for the name, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pronoun: Option<String>,
    pub aspect: Aspect,
    /// The words that matter.
    pub text: String,
    /// Byte offset of `quote`.
    pub offset: usize,
    /// The sentence, or the words themselves where the sentence is long.
    pub quote: String,
}

/// A name of [`super::Survey`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OwnerName {
    pub name: String,
    /// Whether it is a common noun.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub common: bool,
    /// Whom the pronoun means before all others: the subject of the sentence before, in its
    /// paragraph.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub near: bool,
    /// What its sentence is about.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub subject: bool,
    /// Named in the paragraph of the pronoun.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub here: bool,
}
