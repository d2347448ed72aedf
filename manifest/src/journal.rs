//! The journal's text: one line per event, and what a damaged one still proves.
//!
//! A line is `<crc-32 of the rest, 8 hex digits> <JSON>\n`. The first line names the lineage and the
//! serial of the snapshot that the journal follows. Every event line carries its serial and time, and
//! `more`: how many events of the same update follow. An update counts only when its last line is
//! whole, so no reader ever sees half of one.
//!
//! A line also carries `durable`: the highest serial that its writer knew to have reached the disk.
//! That number tells a torn tail from damage: a broken line may be dropped only if no later line
//! proves that the events from there on had been acknowledged. Where no later line is left to prove
//! anything, the line's own shape decides: a crash leaves a line short, or with holes of zeros; a line
//! that has its checksum, its braces and its end, and yet does not add up, was changed afterwards.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::{Event, Stamp};
use crate::ids::Serial;

/// First line of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Format of the journal; [`FORMAT`].
    pub journal: u32,
    /// The project it belongs to.
    pub lineage: String,
    /// Serial of the snapshot it follows: its first event is the one after.
    pub base: Serial,
    /// Size of that snapshot in bytes: how much there has to be in the journal before the next fold
    /// is worth its while.
    #[serde(default)]
    pub snapshot: u64,
}

/// Format of journals that this crate writes.
pub const FORMAT: u32 = 1;

/// One event line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The event's number.
    pub serial: Serial,
    /// Wall clock of the writer.
    pub at: DateTime<Utc>,
    /// Highest serial known to be on disk when this was written.
    pub durable: Serial,
    /// How many events of the same update follow this one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: u32,
    /// What happened.
    pub event: Event,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Entry {
    /// Number and time of the event.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        Stamp { serial: self.serial, at: self.at }
    }
}

/// What a stretch of journal lines says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tail {
    /// The events of the whole, unbroken updates from the start of the stretch.
    pub entries: Vec<Entry>,
    /// Bytes they take up; what follows is torn or still being written.
    pub length: usize,
}

/// The journal holds something that an ordinary crash cannot leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// An acknowledged event cannot be read.
    #[error("the line of event {lost} is broken, though event {proof} proves that it was on disk")]
    Broken {
        /// The first serial that cannot be read.
        lost: Serial,
        /// The later line that proves it.
        proof: Serial,
    },
    /// An event was changed after it had been written.
    #[error("the line of event {0} does not match its checksum")]
    Changed(Serial),
    /// A later version wrote it.
    #[error("it was written by a later version: {0}")]
    Newer(String),
    /// It became shorter while it was in use.
    #[error("it was cut short: {0} bytes of it had been read already")]
    Shrunk(u64),
    /// The first line is missing or broken.
    #[error("its first line is broken")]
    Header,
    /// It belongs to another project.
    #[error("it belongs to another book (lineage {found}, expected {expected})")]
    Lineage {
        /// As written in the journal.
        found: String,
        /// As written in the snapshot.
        expected: String,
    },
    /// Events between the snapshot and the journal are missing.
    #[error("it begins after event {base}, but the snapshot ends with event {snapshot}")]
    Gap {
        /// The journal's base.
        base: Serial,
        /// The snapshot's serial.
        snapshot: Serial,
    },
    /// An event cannot follow from those before it.
    #[error("event {serial} does not follow: {why}")]
    Impossible {
        /// Its number.
        serial: Serial,
        /// What contradicts it.
        why: String,
    },
    /// A value cannot be written as JSON.
    #[error("an event cannot be written: {0}")]
    Unprintable(String),
}

/// Prints one line.
///
/// # Errors
/// [`JournalError::Unprintable`], which none of our own types causes.
pub fn line<T: Serialize>(value: &T) -> Result<String, JournalError> {
    let json =
        serde_json::to_string(value).map_err(|e| JournalError::Unprintable(e.to_string()))?;
    Ok(checkable(&json))
}

/// A line with its checksum.
pub(crate) fn checkable(text: &str) -> String {
    format!("{:08x} {text}\n", crc32fast::hash(text.as_bytes()))
}

/// Reads the first line; returns it and its length in bytes.
///
/// # Errors
/// [`JournalError::Header`] if it is not whole, [`JournalError::Newer`] if it is of a later format.
pub fn header(bytes: &[u8]) -> Result<(Header, usize), JournalError> {
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or(JournalError::Header)?;
    let json = checked(&bytes[..end]).ok_or(JournalError::Header)?;
    let value: Value = serde_json::from_slice(json).map_err(|_| JournalError::Header)?;
    match value["journal"].as_u64() {
        Some(format) if format > u64::from(FORMAT) => {
            return Err(JournalError::Newer(format!("journal format {format}")));
        }
        Some(_) => {}
        None => return Err(JournalError::Header),
    }
    let header = serde_json::from_value(value).map_err(|_| JournalError::Header)?;
    Ok((header, end + 1))
}

/// The text of a line without its end, if its checksum is right.
pub(crate) fn checked(line: &[u8]) -> Option<&[u8]> {
    let (sum, json) = (line.get(..8)?, line.get(9..)?);
    let sum = u32::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok()?;
    (line[8] == b' ' && crc32fast::hash(json) == sum).then_some(json)
}

/// A line of the journal, with its end.
enum Line {
    Event(Entry),
    /// Its checksum is right, but this version does not know what it says.
    Unknown,
    Broken,
}

fn read(line: &[u8]) -> Line {
    let Some(json) = line.strip_suffix(b"\n").and_then(checked) else { return Line::Broken };
    serde_json::from_slice(json).map_or(Line::Unknown, Line::Event)
}

/// Reads event lines. The first must be the event after `after`.
///
/// # Errors
/// [`JournalError::Broken`] when a line is broken, or missing, that a later line proves to have been
/// acknowledged; [`JournalError::Changed`] when a broken line is one that no crash leaves;
/// [`JournalError::Newer`] when it is whole and holds an event that this version does not know. Any
/// other broken line ends the tail.
pub fn tail(bytes: &[u8], after: Serial) -> Result<Tail, JournalError> {
    let mut tail = Tail::default();
    let (mut expected, mut length, mut whole) = (after.next(), 0, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let entry = match read(line) {
            Line::Event(entry) if entry.serial == expected => entry,
            Line::Unknown => return Err(JournalError::Newer(format!("event {expected}"))),
            Line::Event(_) | Line::Broken => break,
        };
        length += line.len();
        expected = expected.next();
        let last = entry.more == 0;
        tail.entries.push(entry);
        if last {
            (tail.length, whole) = (length, tail.entries.len());
        }
    }
    let rest = &bytes[length..];
    if let Some(proof) = proof(rest, expected) {
        return Err(JournalError::Broken { lost: expected, proof });
    }
    if rest.split_inclusive(|byte| *byte == b'\n').next().is_some_and(was_changed) {
        return Err(JournalError::Changed(expected));
    }
    tail.entries.truncate(whole);
    Ok(tail)
}

/// Every event line of a damaged journal that can still be read, whatever is between them.
#[must_use]
pub fn salvage(bytes: &[u8]) -> Vec<Entry> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines
        .filter_map(|line| if let Line::Event(entry) = read(line) { Some(entry) } else { None })
        .collect()
}

/// The last events of a journal, oldest first: those after `after`, and of these at most `most`. It is
/// read from its end, so that of a long journal only what is new is looked at. Half an update at the
/// end is left out, and whatever lies before a line that cannot be read.
#[must_use]
pub fn latest(bytes: &[u8], after: Serial, most: usize) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n').rev() {
        match read(line) {
            Line::Event(entry) if entry.serial <= after => break,
            Line::Event(entry) if !found.is_empty() || entry.more == 0 => found.push(entry),
            Line::Event(_) => {}
            Line::Unknown | Line::Broken if found.is_empty() => {}
            Line::Unknown | Line::Broken => break,
        }
        if found.len() >= most {
            break;
        }
    }
    found.reverse();
    found
}

/// The first whole line whose writer knew that event `lost` was on disk.
fn proof(bytes: &[u8], lost: Serial) -> Option<Serial> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut whole = lines.filter_map(|line| match read(line) {
        Line::Event(entry) if entry.durable >= lost => Some(entry.serial),
        _ => None,
    });
    whole.next()
}

/// Whether a line has the shape of a whole one and yet is not: a crash would have left it short or
/// with zeros in it.
fn was_changed(line: &[u8]) -> bool {
    let shaped = line.len() > 11 && line[8] == b' ' && line.ends_with(b"}\n");
    shaped && !line.contains(&0) && matches!(read(line), Line::Broken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(serial: u64, durable: u64) -> Entry {
        Entry {
            serial: Serial(serial),
            at: DateTime::UNIX_EPOCH,
            durable: Serial(durable),
            more: 0,
            event: Event::ElementsReset,
        }
    }

    fn text(entries: &[Entry]) -> Vec<u8> {
        entries.iter().flat_map(|entry| line(entry).unwrap().into_bytes()).collect()
    }

    proptest! {
        #[test]
        fn any_cut_leaves_a_prefix_of_whole_events(events in 1u64..20, cut in 0.0f64..1.0) {
            let entries: Vec<_> = (1..=events).map(|n| entry(n, 0)).collect();
            let bytes = text(&entries);
            let cut = (bytes.len() as f64 * cut) as usize;
            let tail = tail(&bytes[..cut], Serial(0)).unwrap();
            prop_assert_eq!(&tail.entries[..], &entries[..tail.entries.len()]);
            prop_assert!(tail.length <= cut);
        }

        #[test]
        fn a_changed_byte_never_passes(events in 1u64..10, at in 0.0f64..1.0, to: u8) {
            let entries: Vec<_> = (1..=events).map(|n| entry(n, 0)).collect();
            let mut bytes = text(&entries);
            let at = ((bytes.len() - 1) as f64 * at) as usize;
            prop_assume!(bytes[at] != to && !bytes[at].eq_ignore_ascii_case(&to));
            bytes[at] = to;
            if let Ok(tail) = tail(&bytes, Serial(0)) {
                prop_assert!(tail.entries.len() < entries.len());
                prop_assert_eq!(&tail.entries[..], &entries[..tail.entries.len()]);
            }
        }

        #[test]
        fn a_changed_digit_is_damage(events in 1u64..10, at in 0.0f64..1.0) {
            let entries: Vec<_> = (1..=events).map(|n| entry(n, 0)).collect();
            let mut bytes = text(&entries);
            let digits: Vec<_> = (0..bytes.len()).filter(|n| bytes[*n].is_ascii_digit()).collect();
            let at = digits[((digits.len() - 1) as f64 * at) as usize];
            bytes[at] = if bytes[at] == b'9' { b'0' } else { bytes[at] + 1 };
            prop_assert!(matches!(tail(&bytes, Serial(0)), Err(JournalError::Changed(_))));
        }

        #[test]
        fn the_latest_events_are_the_end_of_the_tail(
            events in 1u64..12, cut in 0.0f64..=1.0, after in 0u64..12, most in 1usize..12,
        ) {
            let entries: Vec<_> =
                (1..=events).map(|n| Entry { more: n as u32 % 2, ..entry(n, 0) }).collect();
            let bytes = text(&entries);
            let bytes = &bytes[..(bytes.len() as f64 * cut) as usize];
            let whole = tail(bytes, Serial(0)).unwrap().entries;
            let new: Vec<_> = whole.into_iter().filter(|e| e.serial > Serial(after)).collect();
            let expected = &new[new.len().saturating_sub(most)..];
            prop_assert_eq!(&latest(bytes, Serial(after), most)[..], expected);
        }

        #[test]
        fn garbage_is_never_an_event(bytes: Vec<u8>) {
            prop_assert_eq!(tail(&bytes, Serial(0)).unwrap_or_default().entries, vec![]);
            prop_assert!(header(&bytes).is_err());
        }
    }

    #[test]
    fn a_hole_after_the_last_sync_is_cut() {
        let mut bytes = text(&[entry(1, 0), entry(2, 1), entry(3, 1)]);
        let second = text(&[entry(1, 0)]).len();
        bytes[second..second + 20].fill(0);
        assert_eq!(tail(&bytes, Serial(0)).unwrap().entries, [entry(1, 0)]);
    }

    #[test]
    fn a_hole_before_the_last_sync_is_damage() {
        let mut bytes = text(&[entry(1, 0), entry(2, 1), entry(3, 2)]);
        let second = text(&[entry(1, 0)]).len();
        bytes[second..second + 20].fill(0);
        let broken = JournalError::Broken { lost: Serial(2), proof: Serial(3) };
        assert_eq!(tail(&bytes, Serial(0)), Err(broken));
    }

    #[test]
    fn a_missing_line_before_the_last_sync_is_damage() {
        let bytes = text(&[entry(1, 0), entry(3, 2)]);
        assert!(tail(&bytes, Serial(0)).is_err());
    }

    #[test]
    fn the_header_reads_back() {
        let written = Header { journal: 1, lineage: "a".into(), base: Serial(7), snapshot: 9 };
        let bytes = line(&written).unwrap().into_bytes();
        assert_eq!(header(&bytes), Ok((written, bytes.len())));
    }

    #[test]
    fn half_an_update_is_not_seen() {
        let bytes = text(&[entry(1, 0), Entry { more: 1, ..entry(2, 0) }, entry(3, 0)]);
        for cut in text(&[entry(1, 0)]).len()..bytes.len() {
            assert_eq!(tail(&bytes[..cut], Serial(0)).unwrap().entries, [entry(1, 0)]);
        }
        assert_eq!(tail(&bytes, Serial(0)).unwrap().entries.len(), 3);
    }

    #[test]
    fn what_a_later_version_wrote_is_not_taken_for_torn() {
        let later =
            line(&serde_json::json!({"serial": 1, "event": {"type": "unheard_of"}})).unwrap();
        assert!(matches!(tail(later.as_bytes(), Serial(0)), Err(JournalError::Newer(_))));
        let later = line(&serde_json::json!({"journal": 2})).unwrap();
        assert!(matches!(header(later.as_bytes()), Err(JournalError::Newer(_))));
    }
}
