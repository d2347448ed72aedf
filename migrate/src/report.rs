//! What a migration keeps, mends and cannot place, by name.

use std::collections::BTreeMap;
use std::fmt;

use manifest::Status;
use serde::{Deserialize, Serialize};

/// What a migration does, or did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Title of the book.
    pub title: String,
    /// What each file was taken for, by name.
    pub read: BTreeMap<String, String>,
    /// How many pictures were opened.
    pub pictures: usize,
    /// The chapters of the project, in order; those of the old files that are in none of them last.
    pub chapters: Vec<ChapterLine>,
    /// How many elements are kept.
    pub elements: usize,
    /// How many concepts are kept.
    pub concepts: usize,
    /// How many plates are kept.
    pub plates: usize,
    /// How many portraits are kept.
    #[serde(default)]
    pub portraits: usize,
    /// What was not as it should be and was mended.
    pub repaired: Vec<String>,
    /// What could not be placed; the file it stands in is in the backup.
    pub unplaced: Vec<String>,
}

/// What becomes of one chapter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChapterLine {
    /// Its number in the project; `None` when it has no place there.
    pub number: Option<u32>,
    /// Its number in the old files; `None` when they do not know it.
    pub was: Option<u32>,
    /// Its title in the project, else in the old files.
    pub title: String,
    /// How it was recognised: `title or quotes`, `order`, `number`; empty when there was nothing to
    /// recognise.
    pub by: String,
    /// What the evidence proves.
    pub status: Status,
    /// How many concepts are kept.
    pub concepts: usize,
    /// How many plates are kept.
    pub plates: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", one_line(&self.title))?;
        for (name, what) in &self.read {
            writeln!(f, "  read      {}: {what}", one_line(name))?;
        }
        writeln!(
            f,
            "  kept      {} of {} pictures ({} plates, {} portraits), {} concepts, {} elements",
            self.plates + self.portraits,
            self.pictures,
            self.plates,
            self.portraits,
            self.concepts,
            self.elements
        )?;
        for line in &self.chapters {
            writeln!(f, "  chapter   {line}")?;
        }
        for what in &self.repaired {
            writeln!(f, "  repaired  {}", one_line(what))?;
        }
        for what in &self.unplaced {
            writeln!(f, "  unplaced  {}", one_line(what))?;
        }
        Ok(())
    }
}

impl fmt::Display for ChapterLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "{number:>3}")?,
            None => write!(f, "  -")?,
        }
        write!(f, " {}", one_line(&self.title))?;
        match (self.was, self.by.as_str()) {
            (Some(was), "") => write!(f, " (was {was})")?,
            (Some(was), by) => write!(f, " (was {was}, by {by})")?,
            (None, _) => {}
        }
        if self.number.is_none() {
            return write!(f, ": not in the book");
        }
        write!(f, ": {}, {} concepts, {} plates", self.status, self.concepts, self.plates)
    }
}

/// Titles and quotes are data: one line, and nothing a terminal would obey.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
