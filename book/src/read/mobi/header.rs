//! What record 0 of a Kindle book says of it.

use super::database::{u16_at, u32_at};

/// How the text records are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Palm,
    /// A dictionary whose records begin at `first`, of which there are `count`.
    Huffman {
        first: usize,
        count: usize,
    },
}

/// The header of one of the books in a file. Numbers of records count from the header's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub compression: Option<Compression>,
    /// Text records, which follow the header.
    pub records: usize,
    pub locked: bool,
    /// 8 and above: KF8, files in pieces; below: one page of HTML.
    pub version: u32,
    pub utf8: bool,
    /// Which data follow the text of a record.
    pub trailers: u16,
    pub title: Vec<u8>,
    pub contents: Option<usize>,
    pub fragments: Option<usize>,
    pub skeletons: Option<usize>,
    pub flows: Option<usize>,
    /// Metadata by number; a number may come several times.
    pub metadata: Vec<(u32, Vec<u8>)>,
}

/// Longest value of metadata that is kept, and how many.
const MAX_VALUE: usize = 4096;
const MAX_VALUES: u32 = 1000;

impl Header {
    /// Reads a header; `None` if it is none.
    pub fn parse(record: &[u8]) -> Option<Self> {
        let length = u32_at(record, 20)? as usize;
        if record.get(16..20)? != b"MOBI" {
            return None;
        }
        // Older headers are shorter: what they do not have is not there.
        let number = |at: usize| if at + 4 <= 16 + length { u32_at(record, at) } else { None };
        let place = |at| number(at).filter(|&value| value != u32::MAX).map(|value| value as usize);
        let version = number(0x24)?;
        let compression = match u16_at(record, 0)? {
            1 => Some(Compression::None),
            2 => Some(Compression::Palm),
            17480 => place(0x70)
                .zip(place(0x74))
                .map(|(first, count)| Compression::Huffman { first, count }),
            _ => None,
        };
        let title = number(0x54).zip(number(0x58)).and_then(|(start, length)| {
            let start = start as usize;
            record.get(start..start.checked_add(length as usize)?).map(<[u8]>::to_vec)
        });
        let has_metadata = number(0x80).is_some_and(|flags| flags & 0x40 != 0);
        let kf8 = version >= 8;
        Some(Self {
            compression,
            records: u16_at(record, 8)? as usize,
            locked: u16_at(record, 12)? != 0,
            version,
            utf8: number(0x1c) == Some(65001),
            trailers: u16_at(record, 0xf2).filter(|_| length >= 0xe4).unwrap_or(0),
            title: title.unwrap_or_default(),
            contents: place(0xf4),
            fragments: place(0xf8).filter(|_| kf8),
            skeletons: place(0xfc).filter(|_| kf8),
            flows: place(0xc0).filter(|_| kf8),
            metadata: if has_metadata { metadata(record, 16 + length) } else { Vec::new() },
        })
    }

    /// The first value of a number.
    pub fn value(&self, number: u32) -> Option<&[u8]> {
        self.values(number).next()
    }

    /// All values of a number.
    pub fn values(&self, number: u32) -> impl Iterator<Item = &[u8]> {
        self.metadata.iter().filter(move |(n, _)| *n == number).map(|(_, value)| value.as_slice())
    }
}

fn metadata(record: &[u8], start: usize) -> Vec<(u32, Vec<u8>)> {
    let mut found = Vec::new();
    if record.get(start..start + 4) != Some(b"EXTH") {
        return found;
    }
    let count = u32_at(record, start + 8).unwrap_or(0).min(MAX_VALUES);
    let mut at = start + 12;
    for _ in 0..count {
        let Some((number, length)) = u32_at(record, at).zip(u32_at(record, at + 4)) else { break };
        let length = length as usize;
        let Some(value) = at.checked_add(length).and_then(|end| record.get(at + 8..end)) else {
            break;
        };
        if value.len() <= MAX_VALUE {
            found.push((number, value.to_vec()));
        }
        at += length;
    }
    found
}
