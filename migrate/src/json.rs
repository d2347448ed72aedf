//! Reading JSON of other programs: an error says where, in the file and in the data.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::MigrateError;
use crate::legacy::MOST_CHAPTERS;

/// Reads a whole text.
pub(crate) fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, MigrateError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let damaged =
        |place: String, source| MigrateError::Damaged { path: path.to_owned(), place, source };
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| damaged(format!("`{}`", error.path()), error.into_inner()))?;
    deserializer.end().map_err(|source| damaged("its end".to_owned(), source))?;
    Ok(value)
}

/// What is there, or the empty value for `null`.
pub(crate) fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A chapter number that can be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "u32")]
pub(crate) struct Number(pub u32);

impl TryFrom<u32> for Number {
    type Error = String;

    fn try_from(number: u32) -> Result<Self, String> {
        match number {
            1..=MOST_CHAPTERS => Ok(Self(number)),
            _ => Err(format!("{number} is no chapter number: 1 to {MOST_CHAPTERS} are")),
        }
    }
}
