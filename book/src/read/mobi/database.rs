//! The container of a Kindle book: a Palm database of numbered records.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::read::ReadError;

/// Bytes a record of text or of an index may have; they have a few thousand.
const MAX_RECORD: u64 = 1 << 20;

/// An open database. Records are read one at a time.
pub(crate) struct Database {
    path: PathBuf,
    file: File,
    /// Where each record starts, and at the end the size of the file.
    starts: Vec<u64>,
}

impl Database {
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let io = |source| ReadError::Io { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut head = Vec::new();
        // 65535 records of eight bytes each are the most there can be.
        (&mut file).take(78 + 65_535 * 8).read_to_end(&mut head).map_err(io)?;
        let damaged = || damaged(path, "its list of records is cut short");
        let count = u16_at(&head, 76).ok_or_else(damaged)? as usize;
        let starts = (0..count).map(|nth| u32_at(&head, 78 + 8 * nth).map(u64::from));
        let mut starts: Vec<u64> = starts.collect::<Option<_>>().ok_or_else(damaged)?;
        starts.push(size);
        Ok(Self { path: path.to_owned(), file, starts })
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// A record; `None` if there is none of that number, or if it lies beyond the end of the file.
    pub fn record(&mut self, number: usize) -> Result<Option<Vec<u8>>, ReadError> {
        let [start, end] = match self.starts.get(number..number.saturating_add(2)) {
            Some([start, end]) if start < end && *end <= self.starts[self.starts.len() - 1] => {
                [*start, *end]
            }
            _ => return Ok(None),
        };
        if end - start > MAX_RECORD {
            let limit_mib = MAX_RECORD >> 20;
            return Err(ReadError::TooLarge { entry: format!("record {number}"), limit_mib });
        }
        let io = |source| ReadError::Io { path: self.path.clone(), source };
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(start)).map_err(io)?;
        (&mut self.file).take(end - start).read_to_end(&mut bytes).map_err(io)?;
        Ok(Some(bytes))
    }

    /// A record that has to be there.
    pub fn needed(&mut self, number: usize, what: &'static str) -> Result<Vec<u8>, ReadError> {
        self.record(number)?.ok_or_else(|| damaged(&self.path, what))
    }

    pub fn damaged(&self, what: &'static str) -> ReadError {
        damaged(&self.path, what)
    }
}

fn damaged(path: &Path, what: &'static str) -> ReadError {
    ReadError::Mobi { path: path.to_owned(), what }
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}
