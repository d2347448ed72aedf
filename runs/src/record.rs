//! The record of one run, as it stands in `runs/<id>.json`.
//!
//! A field may be added; one that is there keeps its name and meaning.

use chrono::{DateTime, Utc};
use manifest::WorkerId;
use serde::{Deserialize, Serialize};

/// How many errors a record keeps: the last ones.
pub(crate) const ERRORS: usize = 20;
/// Longest text of a record, in characters: an error, a stage, an argument.
pub(crate) const TEXT: usize = 500;

/// One run of one process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name, which is that of its file: begins with its time, so that names sort.
    pub id: String,
    /// What was run: `analyze`, `illustrate`, `run`, `bind`, `redraw`.
    pub command: String,
    /// The worker it is registered as, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerId>,
    /// The machine, for people to read.
    pub host: String,
    /// The boot of that machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<String>,
    /// Process number, for people to read.
    pub pid: u32,
    /// Version of the program.
    pub version: String,
    /// The command line after the program's name, without secrets.
    pub arguments: Vec<String>,
    /// When it began, on its own clock.
    pub started_at: DateTime<Utc>,
    /// When it ended, if it did so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// What it is at, or was at last: `elements`, `analysis`, `illustration`, `binding`, `waiting`.
    pub stage: String,
    /// What it has done.
    #[serde(default)]
    pub counts: Counts,
    /// What went wrong last, one line each, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// How it ended, if it did so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<u8>,
}

/// What a run has done itself; other processes count for themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Chapters analyzed, or illustrated.
    pub chapters: u64,
    /// Plates drawn.
    pub plates: u64,
    /// Units that failed.
    pub failed: u64,
    /// Concepts that an engine refused.
    pub blocked: u64,
}

impl Record {
    /// Adds an error, and forgets the oldest when there are many.
    pub(crate) fn add_error(&mut self, why: &str) {
        if self.errors.len() >= ERRORS {
            self.errors.remove(0);
        }
        self.errors.push(one_line(why));
    }
}

/// A text without anything that a terminal could obey, of a bounded length.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().take(TEXT).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
