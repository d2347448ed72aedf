//! The snapshot `manifest.json`: the types that stand on disk, and nothing else.
//!
//! Field names and status words are those of format 3.0.0, so that older readers go on working; what
//! woodcut adds is optional to them. Fields that nobody here knows are kept and written back. One
//! chapter is one line. The last field is a CRC-32 of the text without it: a changed digit parses just
//! as well as the right one, so parsing alone proves nothing.
//!
//! | reader, writer | answer |
//! |---|---|
//! | old reader, our data | reads its fields, ignores ours |
//! | this reader, data of a later minor version | keeps what it does not know |
//! | this reader, data of a later major version | reads, refuses to write |
//! | this reader, 3.0.0 data without `lineage` | refused as the work of another program |

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::binding::Binding;
use crate::chapter::{Chapter, Outcome};
use crate::control::Control;
use crate::elements::ElementsState;
use crate::event::Plate;
use crate::ids::{ChapterId, Serial};
use crate::ledger::Ledger;
use crate::manifest::{Manifest, Source};
use crate::pace::Paces;
use crate::state::{ChapterState, Claim, Failure, Status, Step};

/// Version of the format that this crate writes.
pub const VERSION: &str = "3.1.0";
/// Highest major version that this crate may write to.
const MAJOR: u64 = 3;

/// Why a snapshot cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Not JSON, or a field is missing or of the wrong type.
    #[error("it cannot be parsed: {0}")]
    Parse(String),
    /// The text does not match its checksum.
    #[error("its checksum says {stated}, its text says {actual}")]
    Checksum {
        /// As written in the file.
        stated: String,
        /// As computed from the text.
        actual: String,
    },
    /// A manifest of the predecessor, not of a woodcut project.
    #[error("it has no `lineage`: a manifest of another program")]
    Foreign,
    /// A later major version wrote it, and it cannot even be read.
    #[error("it is of format {0}")]
    Newer(String),
    /// The fields contradict one another.
    #[error("chapter {0} has status `{1}` without what belongs to it")]
    Contradiction(ChapterId, Status),
}

/// What a snapshot file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The state.
    pub manifest: Manifest,
    /// The version, where it is of a later major than may be written; `None` when all is well.
    pub newer: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Record {
    version: String,
    book_id: String,
    lineage: String,
    serial: Serial,
    source: SourceRecord,
    elements_md_status: String,
    #[serde(default)]
    elements_pass: ElementsRecord,
    analyze_complete: bool,
    illustrate_complete: bool,
    #[serde(default)]
    chapters_listed: bool,
    #[serde(default)]
    possible_duplicate_calls: u32,
    #[serde(default, skip_serializing_if = "Control::is_going")]
    control: Control,
    #[serde(default, skip_serializing_if = "Binding::is_unasked")]
    binding: Binding,
    #[serde(default, skip_serializing_if = "Paces::is_empty")]
    pace: Paces,
    #[serde(default, skip_serializing_if = "Ledger::is_empty")]
    calls: Ledger,
    last_updated: DateTime<Utc>,
    /// Printed by hand, one a line.
    #[serde(skip_serializing)]
    chapters: BTreeMap<ChapterId, ChapterRecord>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct SourceRecord {
    path: String,
    sha256: String,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    headings: Option<String>,
}

#[derive(Default, Serialize, Deserialize)]
struct ElementsRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claim: Option<Claim>,
    #[serde(default, skip_serializing_if = "is_zero")]
    attempts: u32,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    read: BTreeSet<ChapterId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, Deserialize)]
struct ChapterRecord {
    status: Status,
    #[serde(default)]
    title: String,
    #[serde(default)]
    words: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    analyzed_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    illustrated_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    drawn_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    concepts: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error_step: Option<Step>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skipped: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claim: Option<Claim>,
    #[serde(default, skip_serializing_if = "is_zero")]
    attempts: u32,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    plates: BTreeMap<u32, Plate>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    blocked: BTreeMap<u32, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    intents: BTreeMap<u32, String>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The text of `manifest.json` for a state.
///
/// # Errors
/// [`FormatError::Parse`] if a foreign field cannot be written as JSON, which no parsed one can cause.
pub fn print(manifest: &Manifest) -> Result<String, FormatError> {
    let record = Record::from(manifest);
    let unprintable = |error: serde_json::Error| FormatError::Parse(error.to_string());
    let Value::Object(fields) = serde_json::to_value(&record).map_err(unprintable)? else {
        return Err(FormatError::Parse("the head is not an object".to_owned()));
    };
    let mut text = String::from("{\n");
    for (name, value) in &fields {
        text.push_str(&format!("  {}: {value},\n", Value::from(name.as_str())));
    }
    text.push_str("  \"chapters\": {");
    for (nth, (number, chapter)) in record.chapters.iter().enumerate() {
        let line = serde_json::to_string(chapter).map_err(unprintable)?;
        let comma = if nth == 0 { "" } else { "," };
        text.push_str(&format!("{comma}\n    \"{number}\": {line}"));
    }
    text.push_str(if record.chapters.is_empty() { "}" } else { "\n  }" });
    let sum = checksum(&text);
    text.push_str(&format!("{CHECKSUM_FIELD}{sum}\"\n}}\n"));
    Ok(text)
}

const CHECKSUM_FIELD: &str = ",\n  \"checksum\": \"";

fn checksum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

/// Reads the text of a `manifest.json`.
///
/// # Errors
/// [`FormatError`] for anything but a whole and unchanged snapshot of a woodcut project.
pub fn parse(bytes: &[u8]) -> Result<Snapshot, FormatError> {
    let text = std::str::from_utf8(bytes).map_err(|e| FormatError::Parse(e.to_string()))?;
    parse_ours(text).map_err(|why| match version(text) {
        // What a later version changed in the format is no damage.
        Some(version) if major(&version) > MAJOR => FormatError::Newer(version),
        _ => why,
    })
}

fn parse_ours(text: &str) -> Result<Snapshot, FormatError> {
    let parse_error = |error: serde_json::Error| FormatError::Parse(error.to_string());
    let Some(at) = text.rfind(CHECKSUM_FIELD) else {
        let value: Value = serde_json::from_str(text).map_err(parse_error)?;
        if value.get("lineage").is_none() {
            return Err(FormatError::Foreign);
        }
        return Err(FormatError::Checksum { stated: "nothing".to_owned(), actual: checksum(text) });
    };
    let end = &text[at + CHECKSUM_FIELD.len()..];
    let stated = end.chars().take(8).collect::<String>();
    let actual = checksum(&text[..at]);
    if stated != actual || end.get(stated.len()..) != Some("\"\n}\n") {
        return Err(FormatError::Checksum { stated, actual });
    }
    let record: Record = serde_json::from_str(text).map_err(parse_error)?;
    let newer = (major(&record.version) > MAJOR).then(|| record.version.clone());
    Ok(Snapshot { manifest: Manifest::try_from(record)?, newer })
}

fn version(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    Some(value.get("version")?.as_str()?.to_owned())
}

fn major(version: &str) -> u64 {
    version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(u64::MAX)
}

impl From<&Manifest> for Record {
    fn from(manifest: &Manifest) -> Self {
        let mut pass = ElementsRecord {
            attempts: manifest.elements_attempts,
            read: manifest.elements_read.clone(),
            ..ElementsRecord::default()
        };
        match &manifest.elements {
            ElementsState::Pending => {}
            ElementsState::Reading(claim) => pass.claim = Some(claim.clone()),
            ElementsState::Complete { count } => pass.count = Some(*count),
            ElementsState::Failed(failure) => {
                pass.error = Some(failure.message.clone());
                pass.retry_at = failure.retry_at;
            }
        }
        let source = &manifest.source;
        Self {
            version: VERSION.to_owned(),
            book_id: manifest.book_id.clone(),
            lineage: manifest.lineage.clone(),
            serial: manifest.serial,
            source: SourceRecord {
                path: source.path.clone(),
                sha256: source.sha256.clone(),
                title: source.title.clone(),
                headings: source.headings.clone(),
            },
            elements_md_status: manifest.elements.status().to_owned(),
            elements_pass: pass,
            analyze_complete: manifest.analyze_complete(),
            illustrate_complete: manifest.illustrate_complete(),
            chapters_listed: manifest.chapters_listed,
            possible_duplicate_calls: manifest.possible_duplicate_calls,
            control: manifest.control,
            binding: manifest.binding,
            pace: manifest.paces.clone(),
            calls: manifest.ledger.clone(),
            last_updated: manifest.last_updated,
            chapters: manifest.chapters().iter().map(|(id, c)| (*id, c.into())).collect(),
            extra: manifest.extra.clone(),
        }
    }
}

impl TryFrom<Record> for Manifest {
    type Error = FormatError;

    fn try_from(mut record: Record) -> Result<Self, FormatError> {
        record.extra.remove("checksum");
        let elements = record.elements()?;
        let SourceRecord { path, sha256, title, headings } = record.source;
        let chapters = record
            .chapters
            .into_iter()
            .map(|(id, chapter)| Ok((id, chapter.into_chapter(id)?)))
            .collect::<Result<_, FormatError>>()?;
        let source = Source { path, sha256, title, headings };
        let mut manifest = Self::new(record.lineage, record.book_id, source, record.last_updated);
        manifest.serial = record.serial;
        manifest.chapters_listed = record.chapters_listed;
        manifest.elements = elements;
        manifest.elements_attempts = record.elements_pass.attempts;
        manifest.elements_read = record.elements_pass.read;
        manifest.possible_duplicate_calls = record.possible_duplicate_calls;
        manifest.control = record.control;
        manifest.binding = record.binding;
        manifest.paces = record.pace;
        manifest.ledger = record.calls;
        manifest.extra = record.extra;
        manifest.set_chapters(chapters);
        Ok(manifest)
    }
}

impl Record {
    fn elements(&self) -> Result<ElementsState, FormatError> {
        let pass = &self.elements_pass;
        match (self.elements_md_status.as_str(), &pass.claim, pass.count, &pass.error) {
            ("pending", ..) => Ok(ElementsState::Pending),
            ("inprogress", Some(claim), ..) => Ok(ElementsState::Reading(claim.clone())),
            ("complete", _, Some(count), _) => Ok(ElementsState::Complete { count }),
            ("error", _, _, Some(message)) => Ok(ElementsState::Failed(Failure {
                message: message.clone(),
                retry_at: pass.retry_at,
            })),
            (status, ..) => Err(FormatError::Parse(format!("elements_md_status `{status}`"))),
        }
    }
}

impl From<&Chapter> for ChapterRecord {
    fn from(chapter: &Chapter) -> Self {
        let mut record = Self {
            status: chapter.state.status(),
            title: chapter.title.clone(),
            words: chapter.words,
            analyzed_at: chapter.analyzed_at,
            illustrated_at: chapter.illustrated_at,
            drawn_at: chapter.drawn_at,
            concepts: chapter.concepts,
            error: None,
            error_step: None,
            retry_at: None,
            skipped: None,
            claim: chapter.state.claim().map(|(_, claim)| claim.clone()),
            attempts: chapter.attempts,
            plates: BTreeMap::new(),
            blocked: BTreeMap::new(),
            intents: chapter.intents.clone(),
            extra: chapter.extra.clone(),
        };
        match &chapter.state {
            ChapterState::Failed(step, failure) => {
                record.error = Some(failure.message.clone());
                record.error_step = Some(*step);
                record.retry_at = failure.retry_at;
            }
            ChapterState::Skipped { reason } => record.skipped = Some(reason.clone()),
            _ => {}
        }
        for (concept, outcome) in &chapter.outcomes {
            match outcome {
                Outcome::Drawn(plate) => drop(record.plates.insert(*concept, plate.clone())),
                Outcome::Blocked(why) => drop(record.blocked.insert(*concept, why.clone())),
            }
        }
        record
    }
}

impl ChapterRecord {
    fn into_chapter(self, id: ChapterId) -> Result<Chapter, FormatError> {
        let state = match (self.status, self.claim, self.error_step, self.error) {
            (Status::Pending, ..) => ChapterState::Pending,
            (Status::Analyzing, Some(claim), ..) => ChapterState::Analyzing(claim),
            (Status::Analyzed, ..) => ChapterState::Analyzed,
            (Status::Illustrating, Some(claim), ..) => ChapterState::Illustrating(claim),
            (Status::Illustrated, ..) => ChapterState::Illustrated,
            (Status::Failed, _, Some(step), Some(message)) => {
                ChapterState::Failed(step, Failure { message, retry_at: self.retry_at })
            }
            (Status::Skipped, ..) => {
                ChapterState::Skipped { reason: self.skipped.unwrap_or_default() }
            }
            (status, ..) => return Err(FormatError::Contradiction(id, status)),
        };
        let drawn = self.plates.into_iter().map(|(n, plate)| (n, Outcome::Drawn(plate)));
        let blocked = self.blocked.into_iter().map(|(n, why)| (n, Outcome::Blocked(why)));
        Ok(Chapter {
            title: self.title,
            words: self.words,
            state,
            attempts: self.attempts,
            concepts: self.concepts,
            outcomes: drawn.chain(blocked).collect(),
            intents: self.intents,
            analyzed_at: self.analyzed_at,
            illustrated_at: self.illustrated_at,
            drawn_at: self.drawn_at,
            extra: self.extra,
        })
    }
}
