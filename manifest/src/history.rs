//! What has happened lately: the end of the journal, for whoever shows it.
//!
//! **Invariant:** takes no lock, and is no source of truth: what a fold has dropped is no longer told.

use std::io::ErrorKind;

use crate::error::StoreError;
use crate::files;
use crate::ids::Serial;
use crate::journal::{self, Entry};
use crate::names;
use crate::store::Store;

impl Store {
    /// The last events, oldest first and without a gap: those after `after`, and of these at most
    /// `most`. Where the first is not the one after `after`, those before it are no longer kept.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn history(&self, after: Serial, most: usize) -> Result<Vec<Entry>, StoreError> {
        // The present one first: should it be folded away meanwhile, it is found as the one before.
        let mut found = self.latest(names::JOURNAL, after, most)?;
        let first = found.first().map_or(Serial(u64::MAX), |entry| entry.serial);
        if found.len() < most && first > after.next() {
            let mut before = self.latest(names::JOURNAL_PREV, after, most)?;
            before.retain(|entry| entry.serial < first);
            if found.is_empty() || before.last().is_some_and(|last| last.serial.next() == first) {
                found.splice(0..0, before);
            }
            let surplus = found.len().saturating_sub(most);
            found.drain(..surplus);
        }
        Ok(found)
    }

    fn latest(&self, name: &str, after: Serial, most: usize) -> Result<Vec<Entry>, StoreError> {
        match self.disk().read(name) {
            Ok(bytes) => Ok(journal::latest(&bytes, after, most)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(files::journal_io(self.folder(), "read", error)),
        }
    }
}
