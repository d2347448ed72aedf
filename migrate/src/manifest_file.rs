//! The predecessor's manifest, `.imaginize.manifest.json`: what it claims about each chapter. It holds
//! no scene and names no picture, so all it can add is a number and a claim to be checked.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::MigrateError;
use crate::json::{self, Number, nullable};
use crate::legacy::{Chapter, Claims, Legacy};

#[derive(Deserialize)]
struct ManifestFile {
    #[serde(default, deserialize_with = "nullable")]
    book_id: String,
    chapters: BTreeMap<Number, Line>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default, deserialize_with = "nullable")]
    status: String,
    #[serde(default, deserialize_with = "nullable")]
    concepts: u32,
    error: Option<String>,
}

pub(crate) fn read(path: &Path, text: &str) -> Result<Legacy, MigrateError> {
    let file: ManifestFile = json::parse(path, text)?;
    let mut legacy = Legacy { title: file.book_id, ..Legacy::default() };
    for (Number(number), line) in file.chapters {
        let illustrated = line.status == "illustration_complete";
        let claims = Claims {
            analyzed: illustrated
                || matches!(line.status.as_str(), "analyzed" | "illustration_inprogress"),
            illustrated,
            concepts: line.concepts,
            error: line.error,
        };
        legacy.chapters.insert(number, Chapter { claims, ..Chapter::default() });
    }
    Ok(legacy)
}
