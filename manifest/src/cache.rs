//! The state in memory and where in the files it came from.
//!
//! **Invariant:** unless `stale`, `manifest` is the snapshot plus every whole update of the journal up
//! to byte `offset` of the journal file that is open. A step that may have broken this says so first,
//! and the next use then reads both files again.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::disk::{Appendable, Disk, FileId};
use crate::error::StoreError;
use crate::event::Stamp;
use crate::files::{self, Begun};
use crate::format::{self, FormatError, Snapshot};
use crate::ids::Serial;
use crate::journal::{self, Entry, JournalError};
use crate::manifest::Manifest;
use crate::names;

/// How often a reader without the lock starts again because a fold overtook it.
const READ_AGAIN: usize = 20;

#[derive(Debug)]
pub(crate) struct Cache {
    pub(crate) folder: PathBuf,
    pub(crate) manifest: Manifest,
    /// Format of the file if it is of a later version than may be written.
    newer: Option<String>,
    pub(crate) journal: Arc<dyn Appendable>,
    pub(crate) id: FileId,
    pub(crate) offset: u64,
    /// The serial after which the open journal begins.
    base: Serial,
    pub(crate) snapshot_size: u64,
    pub(crate) snapshot_serial: Serial,
    /// The highest serial that is on disk for certain, as far as the files themselves tell.
    pub(crate) durable: Serial,
    /// Whether the journal's name is on disk for certain. It is not when a fold was cut off between
    /// renaming the journal and syncing the folder: an event synced into it could vanish with the name.
    pub(crate) named: bool,
    /// Whether the journal ends before the snapshot: a power cut took its tail and spared the
    /// snapshot. Nothing may be appended to it.
    outdated: bool,
    pub(crate) folded: Instant,
    pub(crate) stale: bool,
}

impl Cache {
    /// Reads snapshot and journal, without the lock.
    pub(crate) fn load(folder: &Path, disk: &dyn Disk) -> Result<Self, StoreError> {
        let mut last = None;
        for _ in 0..READ_AGAIN {
            match Self::try_load(folder, disk)? {
                Ok(cache) => return Ok(cache),
                Err(overtaken) => last = Some(overtaken),
            }
        }
        let unread = || StoreError::damaged(folder, names::JOURNAL, &"it cannot be read");
        Err(last.map_or_else(unread, |why| files::journal_error(folder, why)))
    }

    /// The inner error is one that a fold at the same time can cause.
    fn try_load(folder: &Path, disk: &dyn Disk) -> Result<Result<Self, JournalError>, StoreError> {
        let bytes = match disk.read(names::MANIFEST) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(files::missing(folder, disk));
            }
            Err(error) => return Err(StoreError::io(&folder.join(names::MANIFEST), "read", error)),
        };
        let Snapshot { manifest, newer } = format::parse(&bytes).map_err(|why| match why {
            FormatError::Foreign => StoreError::Foreign {
                folder: folder.to_owned(),
                path: folder.join(names::MANIFEST),
            },
            FormatError::Newer(version) => {
                StoreError::Newer { version: format!("format {version}") }
            }
            other => StoreError::damaged(folder, names::MANIFEST, &other),
        })?;
        let read = |error| files::journal_io(folder, "read", error);
        let journal = disk.open(names::JOURNAL).map_err(read)?;
        let mut cache = Self {
            folder: folder.to_owned(),
            base: manifest.serial,
            snapshot_serial: manifest.serial,
            snapshot_size: bytes.len() as u64,
            durable: Serial(0),
            manifest,
            newer,
            id: journal.identify().map_err(read)?,
            journal: Arc::from(journal),
            offset: 0,
            named: false,
            outdated: false,
            folded: Instant::now(),
            stale: false,
        };
        let bytes = cache.journal.read_from(0).map_err(read)?;
        Ok(cache.replay_from_start(&bytes).map(|()| cache))
    }

    /// Writes the first snapshot and journal of a project, under the lock.
    pub(crate) fn begin(
        folder: &Path,
        disk: &dyn Disk,
        manifest: &Manifest,
    ) -> Result<Self, StoreError> {
        let begun = files::print(folder, manifest)?;
        files::write_journal(folder, disk, manifest, begun.len() as u64)?;
        files::write_snapshot(folder, disk, &begun)?;
        Self::load(folder, disk)
    }

    /// Reads both files again.
    pub(crate) fn reload(&mut self, disk: &dyn Disk) -> Result<(), StoreError> {
        self.stale = true;
        *self = Self::load(&self.folder, disk)?;
        Ok(())
    }

    pub(crate) fn check_writable(&self) -> Result<(), StoreError> {
        match &self.newer {
            Some(version) => Err(StoreError::Newer { version: format!("format {version}") }),
            None => Ok(()),
        }
    }

    /// Reads what others have written since. Returns how many bytes of an unfinished update there are
    /// after it.
    pub(crate) fn catch_up(&mut self, disk: &dyn Disk) -> Result<u64, StoreError> {
        if self.stale {
            self.reload(disk)?;
        }
        // Asked before reading: a file that has lost the name by now will get no more lines.
        let now = disk.identify(names::JOURNAL).map_err(|e| self.io("look at", e))?;
        let rest = self.read_tail()?;
        if now == self.id {
            return Ok(rest);
        }
        match self.go_on_in_next(disk)? {
            Some(rest) => Ok(rest),
            None => self.reload(disk).and_then(|()| self.read_tail()),
        }
    }

    /// [`Cache::catch_up`] under the lock. Nobody else writes: what is left of an unfinished update
    /// will never be finished, and the fold that drops it keeps the old file for who wants to look.
    pub(crate) fn settle(&mut self, disk: &dyn Disk) -> Result<u64, StoreError> {
        let rest = match self.catch_up(disk) {
            Ok(rest) => rest,
            Err(_) => self.reload(disk).and_then(|()| self.read_tail())?,
        };
        self.check_writable()?;
        if self.outdated || rest > 0 {
            self.fold(disk)?;
        }
        Ok(rest)
    }

    /// Snapshot, then journal, each beside, synced and renamed.
    pub(crate) fn fold(&mut self, disk: &dyn Disk) -> Result<(), StoreError> {
        // Should this fail, the next attempt is not due at the very next event.
        self.folded = Instant::now();
        let text = files::print(&self.folder, &self.manifest)?;
        files::write_snapshot(&self.folder, disk, &text)?;
        self.snapshot_size = text.len() as u64;
        self.snapshot_serial = self.manifest.serial;
        self.durable = self.durable.max(self.manifest.serial);
        files::write_journal(&self.folder, disk, &self.manifest, self.snapshot_size)?;
        self.named = self.go_on_in_next(disk)?.is_some();
        if !self.named {
            self.reload(disk)?;
        }
        Ok(())
    }

    /// Opens the journal that is there now and reads it; `None` if it does not begin where this state
    /// ends.
    fn go_on_in_next(&mut self, disk: &dyn Disk) -> Result<Option<u64>, StoreError> {
        let next = disk.open(names::JOURNAL).map_err(|e| self.io("open", e))?;
        let bytes = next.read_from(0).map_err(|e| self.io("read", e))?;
        let Ok((header, length)) = journal::header(&bytes) else { return Ok(None) };
        if header.lineage != self.manifest.lineage || header.base != self.manifest.serial {
            return Ok(None);
        }
        self.id = next.identify().map_err(|e| self.io("look at", e))?;
        self.journal = Arc::from(next);
        self.begin_journal(header.base, length);
        self.snapshot_serial = header.base;
        self.snapshot_size = header.snapshot;
        self.outdated = false;
        self.folded = Instant::now();
        self.replay(&bytes[length..], header.base).map_err(|e| self.damaged(e))?;
        Ok(Some((bytes.len() as u64).saturating_sub(self.offset)))
    }

    /// A journal is put in its place only when the snapshot before it is on disk.
    fn begin_journal(&mut self, base: Serial, length: usize) {
        (self.base, self.offset, self.named) = (base, length as u64, false);
        self.durable = self.durable.max(base);
    }

    fn read_tail(&mut self) -> Result<u64, StoreError> {
        let bytes = match self.journal.read_from(self.offset) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(self.damaged(JournalError::Shrunk(self.offset)));
            }
            other => other.map_err(|e| self.io("read", e))?,
        };
        if bytes.is_empty() || self.outdated {
            return Ok(0);
        }
        let before = self.offset;
        self.replay(&bytes, self.manifest.serial).map_err(|e| self.damaged(e))?;
        Ok(before + bytes.len() as u64 - self.offset)
    }

    fn replay_from_start(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        let (header, length) = journal::header(bytes)?;
        if header.lineage != self.manifest.lineage {
            let expected = self.manifest.lineage.clone();
            return Err(JournalError::Lineage { found: header.lineage, expected });
        }
        if header.base > self.manifest.serial {
            let snapshot = self.manifest.serial;
            return Err(JournalError::Gap { base: header.base, snapshot });
        }
        self.begin_journal(header.base, length);
        let last = self.replay(&bytes[length..], header.base)?;
        self.outdated = last < self.snapshot_serial;
        Ok(())
    }

    /// Applies the whole updates of a stretch that begins after event `after`, skipping what the state
    /// has already; returns the last serial of the stretch.
    fn replay(&mut self, bytes: &[u8], after: Serial) -> Result<Serial, JournalError> {
        if bytes.is_empty() {
            return Ok(after);
        }
        let tail = journal::tail(bytes, after)?;
        let known = self.manifest.serial;
        for entry in &tail.entries {
            if entry.serial > known {
                self.manifest.apply(&entry.event, &entry.stamp()).map_err(|refused| {
                    self.stale = true;
                    JournalError::Impossible { serial: entry.serial, why: refused.to_string() }
                })?;
            }
            // Whoever knew an event of this journal to be on disk had synced its name before.
            self.named |= entry.durable > self.base;
            self.durable = self.durable.max(entry.durable);
        }
        self.offset += tail.length as u64;
        Ok(tail.entries.last().map_or(after, |entry| entry.serial))
    }

    /// Applies new events and prints their lines. If one does not fit, the state is as before, or
    /// `stale`.
    pub(crate) fn stage(&mut self, begun: &Begun<'_>) -> Result<String, StoreError> {
        let mut text = String::new();
        for (nth, event) in begun.events.iter().enumerate() {
            let more = u32::try_from(begun.events.len() - nth - 1).unwrap_or(u32::MAX);
            let stamp = Stamp { serial: self.manifest.serial.next(), at: begun.at };
            let (serial, durable) = (stamp.serial, begun.durable);
            let entry = Entry { serial, at: begun.at, durable, more, event: event.clone() };
            let line = journal::line(&entry).map_err(|error| self.damaged(error))?;
            self.manifest.apply(event, &stamp).map_err(StoreError::Illegal)?;
            // From here on the memory is ahead of the file.
            self.stale = true;
            text.push_str(&line);
        }
        Ok(text)
    }

    fn io(&self, action: &'static str, source: io::Error) -> StoreError {
        files::journal_io(&self.folder, action, source)
    }

    fn damaged(&self, why: JournalError) -> StoreError {
        files::journal_error(&self.folder, why)
    }
}
