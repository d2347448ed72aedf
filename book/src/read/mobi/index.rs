//! Indexes: tables of names with tagged numbers, in which a Kindle book keeps its contents and, in KF8,
//! the pieces of its files.

use super::database::{Database, u16_at, u32_at};
use crate::read::ReadError;

/// Entries an index may have, and numbers one entry may have.
const MAX_ENTRIES: usize = 100_000;
const MAX_VALUES: usize = 1024;

/// A table.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Index {
    pub entries: Vec<Entry>,
    /// Texts that entries refer to: the records' bytes, each of which takes up a range of 64 KiB.
    texts: Vec<Vec<u8>>,
}

/// One line of a table.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub name: Vec<u8>,
    values: Vec<(u8, Vec<u32>)>,
}

impl Entry {
    /// The `nth` number of a tag.
    pub fn value(&self, tag: u8, nth: usize) -> Option<usize> {
        let (_, values) = self.values.iter().find(|(t, _)| *t == tag)?;
        values.get(nth).map(|value| *value as usize)
    }
}

impl Index {
    /// Reads the index whose first record is `number`. What makes no sense is left out.
    pub fn read(database: &mut Database, number: usize) -> Result<Self, ReadError> {
        let Some(head) = database.record(number)? else { return Ok(Self::default()) };
        let Some((tags, control)) = tags(&head) else { return Ok(Self::default()) };
        let records = u32_at(&head, 24).unwrap_or(0).min(65_535) as usize;
        let text_records = u32_at(&head, 52).unwrap_or(0).min(64) as usize;
        let mut index = Self::default();
        for nth in 1..=records {
            let Some(record) = database.record(number + nth)? else { break };
            index.entries.extend(entries(&record, &tags, control));
            if index.entries.len() > MAX_ENTRIES {
                return Err(database.damaged("an index of it has no end"));
            }
        }
        for nth in 1..=text_records {
            let Some(record) = database.record(number + records + nth)? else { break };
            index.texts.push(record);
        }
        Ok(index)
    }

    /// The text at an offset that an entry names.
    pub fn text(&self, offset: usize) -> Option<&[u8]> {
        let record = self.texts.get(offset >> 16)?;
        let mut at = offset & 0xffff;
        let length = number(record, &mut at)? as usize;
        record.get(at..at.checked_add(length)?)
    }
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
struct Tag {
    tag: u8,
    values: usize,
    mask: u8,
    ends: bool,
}

/// The columns, and how many control bytes an entry has.
fn tags(head: &[u8]) -> Option<(Vec<Tag>, usize)> {
    if head.get(..4)? != b"INDX" {
        return None;
    }
    let start = u32_at(head, 4)? as usize;
    let table = head.get(start..)?;
    if table.get(..4)? != b"TAGX" {
        return None;
    }
    let length = u32_at(table, 4)? as usize;
    let control = u32_at(table, 8)? as usize;
    let tags = table.get(12..length)?.chunks_exact(4).map(|tag| Tag {
        tag: tag[0],
        values: tag[1] as usize,
        mask: tag[2],
        ends: tag[3] == 1,
    });
    (control <= 16).then(|| (tags.collect(), control))
}

fn entries(record: &[u8], tags: &[Tag], control: usize) -> Vec<Entry> {
    let (Some(offsets), Some(count)) = (u32_at(record, 20), u32_at(record, 24)) else {
        return Vec::new();
    };
    let offsets = offsets as usize + 4;
    let places = (0..count as usize).map_while(|nth| u16_at(record, offsets + 2 * nth));
    places.filter_map(|place| entry(record.get(place as usize..)?, tags, control)).collect()
}

fn entry(data: &[u8], tags: &[Tag], control: usize) -> Option<Entry> {
    let length = *data.first()? as usize;
    let name = data.get(1..1 + length)?.to_vec();
    let controls = data.get(1 + length..1 + length + control)?;
    let mut at = 1 + length + control;
    // How often each tag comes, or how many bytes its numbers take up.
    let mut present = Vec::new();
    let mut byte = 0;
    for tag in tags {
        if tag.ends {
            byte += 1;
            continue;
        }
        let flags = controls.get(byte)? & tag.mask;
        if flags == 0 {
            continue;
        }
        if flags == tag.mask && tag.mask.count_ones() > 1 {
            present.push((tag, None, number(data, &mut at)? as usize));
        } else {
            let count = (flags >> tag.mask.trailing_zeros()) as usize;
            present.push((tag, Some(count * tag.values), 0));
        }
    }
    let mut values = Vec::new();
    for (tag, count, bytes) in present {
        let end = at.checked_add(bytes)?;
        let mut numbers = Vec::new();
        while count.map_or(at < end, |count| numbers.len() < count) && numbers.len() < MAX_VALUES {
            numbers.push(number(data, &mut at)?);
        }
        values.push((tag.tag, numbers));
    }
    Some(Entry { name, values })
}

/// A number of seven bits a byte, the last of which has its high bit set.
fn number(data: &[u8], at: &mut usize) -> Option<u32> {
    let mut value = 0_u32;
    for _ in 0..5 {
        let byte = *data.get(*at)?;
        *at += 1;
        value = value << 7 | u32::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            return Some(value);
        }
    }
    None
}
