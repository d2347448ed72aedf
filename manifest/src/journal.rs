//! The journal's text: one line per event, and what a damaged one still proves.
//!
//! A line is `<crc-32 of the rest, 8 hex digits> <JSON>\n`. The first line names the lineage and the
//! serial of the snapshot that the journal follows. Every event line carries, beside its serial and
//! time, `durable`: the highest serial that its writer knew to have reached the disk. That number
//! tells a torn tail from damage: a broken line may be cut off only if no later line proves that the
//! events from there on had been acknowledged.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::event::{Event, Stamp};
use crate::ids::Serial;

/// First line of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Format of the journal; 1.
    pub journal: u32,
    /// The project it belongs to.
    pub lineage: String,
    /// Serial of the snapshot it follows: its first event is the one after.
    pub base: Serial,
}

/// One event line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The event's number.
    pub serial: Serial,
    /// Wall clock of the writer.
    pub at: DateTime<Utc>,
    /// Highest serial known to be on disk when this was written.
    pub durable: Serial,
    /// What happened.
    pub event: Event,
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
    /// The whole, unbroken lines from the start of the stretch.
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
    Ok(format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes())))
}

/// Reads the first line; returns it and its length in bytes, or `None` if it is not whole.
#[must_use]
pub fn header(bytes: &[u8]) -> Option<(Header, usize)> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let header: Header = parse(&bytes[..end])?;
    (header.journal == 1).then_some((header, end + 1))
}

fn parse<T: for<'a> Deserialize<'a>>(line: &[u8]) -> Option<T> {
    let (sum, json) = (line.get(..8)?, line.get(9..)?);
    let sum = u32::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok()?;
    if line[8] != b' ' || crc32fast::hash(json) != sum {
        return None;
    }
    serde_json::from_slice(json).ok()
}

/// Reads event lines. The first must be the event after `after`.
///
/// # Errors
/// [`JournalError::Broken`] when a line is broken, or missing, that a later line proves to have been
/// acknowledged. A broken line without such proof ends the tail.
pub fn tail(bytes: &[u8], after: Serial) -> Result<Tail, JournalError> {
    let mut tail = Tail::default();
    let mut expected = after.next();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let whole = line.strip_suffix(b"\n").and_then(parse::<Entry>);
        match whole.filter(|entry| entry.serial == expected) {
            Some(entry) => {
                tail.entries.push(entry);
                tail.length += line.len();
                expected = expected.next();
            }
            None => break,
        }
    }
    match proof(&bytes[tail.length..], expected) {
        Some(proof) => Err(JournalError::Broken { lost: expected, proof }),
        None => Ok(tail),
    }
}

/// The first whole line whose writer knew that event `lost` was on disk.
fn proof(bytes: &[u8], lost: Serial) -> Option<Serial> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut whole = lines.filter_map(|line| line.strip_suffix(b"\n").and_then(parse::<Entry>));
    whole.find(|entry| entry.durable >= lost).map(|entry| entry.serial)
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
            let tail = tail(&bytes, Serial(0)).unwrap();
            prop_assert!(tail.entries.len() < entries.len());
            prop_assert_eq!(&tail.entries[..], &entries[..tail.entries.len()]);
        }

        #[test]
        fn garbage_is_never_an_event(bytes: Vec<u8>) {
            prop_assert_eq!(tail(&bytes, Serial(0)).unwrap().entries, vec![]);
            prop_assert_eq!(header(&bytes), None);
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
        let written = Header { journal: 1, lineage: "a".into(), base: Serial(7) };
        let bytes = line(&written).unwrap().into_bytes();
        assert_eq!(header(&bytes), Some((written, bytes.len())));
    }
}
