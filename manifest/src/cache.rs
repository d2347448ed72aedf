//! The state in memory and where in the files it came from.
//!
//! **Invariant:** `manifest` is the snapshot plus every whole event of the journal up to byte
//! `offset` of the journal file that is open; a step that fails reloads both.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use crate::disk::{Appendable, Disk, FileId};
use crate::error::{Notice, StoreError};
use crate::format::{self, FormatError, Snapshot};
use crate::ids::Serial;
use crate::journal::{self, Header, JournalError};
use crate::manifest::Manifest;
use crate::names;
use crate::store::NoticeFn;

/// How often a reader without the lock starts again because a fold overtook it.
const READ_AGAIN: usize = 20;

#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    pub(crate) manifest: Manifest,
    /// Format of the file if it is of a later version than may be written.
    newer: Option<String>,
    pub(crate) journal: Arc<dyn Appendable>,
    id: FileId,
    pub(crate) offset: u64,
    pub(crate) snapshot_size: u64,
    pub(crate) snapshot_serial: Serial,
    /// Whether the journal ends before the snapshot: it was left by a crash in the middle of a fold,
    /// and nothing may be appended to it.
    outdated: bool,
    pub(crate) folded: Instant,
    pub(crate) poisoned: bool,
}

impl Cache {
    /// Reads snapshot and journal, without the lock.
    pub(crate) fn load(folder: &Path, disk: &dyn Disk) -> Result<Self, StoreError> {
        let mut error = None;
        for _ in 0..READ_AGAIN {
            match Self::try_load(folder, disk)? {
                Ok(cache) => return Ok(cache),
                Err(overtaken) => error = Some(overtaken),
            }
        }
        let why = error.map_or_else(String::new, |error| error.to_string());
        Err(StoreError::damaged(folder, names::JOURNAL, &why))
    }

    /// The inner error is one that a fold at the same time can cause.
    fn try_load(folder: &Path, disk: &dyn Disk) -> Result<Result<Self, JournalError>, StoreError> {
        let bytes = match disk.read(names::MANIFEST) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(missing(folder, disk));
            }
            Err(error) => return Err(StoreError::io(&folder.join(names::MANIFEST), "read", error)),
        };
        let Snapshot { manifest, newer } = format::parse(&bytes).map_err(|why| match why {
            FormatError::Foreign => StoreError::Foreign {
                folder: folder.to_owned(),
                path: folder.join(names::MANIFEST),
            },
            other => StoreError::damaged(folder, names::MANIFEST, &other),
        })?;
        let read = |error| StoreError::io(&folder.join(names::JOURNAL), "read", error);
        let journal = match disk.open(names::JOURNAL) {
            Ok(journal) => journal,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::damaged(folder, names::JOURNAL, &"it is missing"));
            }
            Err(error) => return Err(read(error)),
        };
        let mut cache = Self {
            folder: folder.to_owned(),
            snapshot_serial: manifest.serial,
            snapshot_size: bytes.len() as u64,
            manifest,
            newer,
            id: journal.identify().map_err(read)?,
            journal: Arc::from(journal),
            offset: 0,
            outdated: false,
            folded: Instant::now(),
            poisoned: false,
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
        write_journal(folder, disk, manifest)?;
        write_snapshot(folder, disk, manifest)?;
        Self::load(folder, disk)
    }

    pub(crate) fn reload(&mut self, folder: &Path, disk: &dyn Disk) -> Result<(), StoreError> {
        match Self::load(folder, disk) {
            Ok(fresh) => *self = Self { poisoned: self.poisoned, ..fresh },
            Err(error) => {
                self.poisoned = true;
                return Err(error);
            }
        }
        Ok(())
    }

    pub(crate) fn check_writable(&self) -> Result<(), StoreError> {
        if self.poisoned {
            return Err(StoreError::Poisoned);
        }
        match &self.newer {
            Some(version) => Err(StoreError::Newer { version: version.clone() }),
            None => Ok(()),
        }
    }

    /// Whether the journal holds anything that the snapshot does not.
    pub(crate) fn has_news(&mut self, disk: &dyn Disk) -> bool {
        self.catch_up(disk).is_err() || self.manifest.serial > self.snapshot_serial
    }

    /// Reads what others have written since; an unfinished last line is left for later.
    pub(crate) fn catch_up(&mut self, disk: &dyn Disk) -> Result<(), StoreError> {
        self.read_tail()?;
        let now = disk.identify(names::JOURNAL).map_err(|e| self.io("look at", e))?;
        if now == self.id {
            return Ok(());
        }
        // The old file gets no more lines; what came in before it was replaced is still to be read.
        self.read_tail()?;
        if !self.go_on_in_next(disk)? {
            let folder = self.folder.clone();
            self.reload(&folder, disk)?;
        }
        Ok(())
    }

    /// [`Cache::catch_up`] under the lock: nobody else writes, so what is left of an unfinished line
    /// will never be finished and is cut off.
    pub(crate) fn catch_up_exclusively(
        &mut self,
        disk: &dyn Disk,
        notice: &NoticeFn,
    ) -> Result<(), StoreError> {
        let folder = self.folder.clone();
        if self.catch_up(disk).is_err() {
            self.reload(&folder, disk)?;
        }
        if self.outdated {
            return self.fresh_journal(&folder, disk);
        }
        let rest = self.journal.read_from(self.offset).map_err(|e| self.io("read", e))?;
        if !rest.is_empty() {
            self.journal.cut(self.offset).map_err(|e| self.io("cut", e))?;
            notice(&Notice::TornTail { bytes: rest.len() });
        }
        Ok(())
    }

    /// Snapshot, then journal, each beside, synced and renamed.
    pub(crate) fn fold(&mut self, folder: &Path, disk: &dyn Disk) -> Result<(), StoreError> {
        let size = write_snapshot(folder, disk, &self.manifest)?;
        self.snapshot_size = size;
        self.snapshot_serial = self.manifest.serial;
        self.outdated = true;
        self.fresh_journal(folder, disk)
    }

    fn fresh_journal(&mut self, folder: &Path, disk: &dyn Disk) -> Result<(), StoreError> {
        write_journal(folder, disk, &self.manifest)?;
        if !self.go_on_in_next(disk)? {
            self.reload(folder, disk)?;
        }
        Ok(())
    }

    /// Opens the journal that is there now; `false` if it does not begin where this state ends.
    fn go_on_in_next(&mut self, disk: &dyn Disk) -> Result<bool, StoreError> {
        let next = disk.open(names::JOURNAL).map_err(|e| self.io("open", e))?;
        let bytes = next.read_from(0).map_err(|e| self.io("read", e))?;
        let Some((header, length)) = journal::header(&bytes) else { return Ok(false) };
        if header.lineage != self.manifest.lineage || header.base != self.manifest.serial {
            return Ok(false);
        }
        self.id = next.identify().map_err(|e| self.io("look at", e))?;
        self.journal = Arc::from(next);
        self.offset = length as u64;
        self.snapshot_serial = header.base;
        self.outdated = false;
        self.folded = Instant::now();
        self.replay(&bytes[length..], header.base).map_err(|e| self.damaged(&e))?;
        Ok(true)
    }

    fn read_tail(&mut self) -> Result<(), StoreError> {
        let bytes = self.journal.read_from(self.offset).map_err(|e| self.io("read", e))?;
        if bytes.is_empty() || self.outdated {
            return Ok(());
        }
        self.replay(&bytes, self.manifest.serial).map_err(|e| self.damaged(&e))
    }

    fn replay_from_start(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        let (header, length) = journal::header(bytes).ok_or(JournalError::Header)?;
        let Header { lineage, base, .. } = header;
        if lineage != self.manifest.lineage {
            return Err(JournalError::Lineage {
                found: lineage,
                expected: self.manifest.lineage.clone(),
            });
        }
        if base > self.manifest.serial {
            return Err(JournalError::Gap { base, snapshot: self.manifest.serial });
        }
        self.offset = length as u64;
        let last = self.replay_counting(&bytes[length..], base)?;
        self.outdated = last < self.snapshot_serial;
        Ok(())
    }

    fn replay(&mut self, bytes: &[u8], after: Serial) -> Result<(), JournalError> {
        self.replay_counting(bytes, after).map(drop)
    }

    /// Applies the whole lines of a stretch that begins after event `after`, skipping those that the
    /// state has already; returns the last serial of the stretch.
    fn replay_counting(&mut self, bytes: &[u8], after: Serial) -> Result<Serial, JournalError> {
        let tail = journal::tail(bytes, after)?;
        let known = self.manifest.serial;
        for entry in tail.entries.iter().filter(|entry| entry.serial > known) {
            self.manifest.apply(&entry.event, &entry.stamp()).map_err(|refused| {
                JournalError::Impossible { serial: entry.serial, why: refused.to_string() }
            })?;
        }
        self.offset += tail.length as u64;
        Ok(tail.entries.last().map_or(after, |entry| entry.serial))
    }

    fn io(&self, action: &'static str, source: io::Error) -> StoreError {
        StoreError::io(&self.folder.join(names::JOURNAL), action, source)
    }

    fn damaged(&self, why: &JournalError) -> StoreError {
        StoreError::damaged(&self.folder, names::JOURNAL, why)
    }
}

/// A folder without a manifest is no project yet, unless something there proves that it was one: an
/// empty manifest in place of a lost one would throw finished work away.
fn missing(folder: &Path, disk: &dyn Disk) -> StoreError {
    let begun = disk.read(names::JOURNAL).ok().and_then(|bytes| {
        let (header, length) = journal::header(&bytes)?;
        Some(header.base > Serial(0) || bytes.len() > length)
    });
    if begun == Some(true) || disk.identify(names::MANIFEST_PREV).is_ok() {
        return StoreError::damaged(folder, names::MANIFEST, &"it is missing");
    }
    StoreError::NoProject { folder: folder.to_owned() }
}

fn write_snapshot(folder: &Path, disk: &dyn Disk, manifest: &Manifest) -> Result<u64, StoreError> {
    let text = format::print(manifest)
        .map_err(|why| StoreError::damaged(folder, names::MANIFEST, &why))?;
    replace(folder, disk, names::MANIFEST, names::MANIFEST_PREV, text.as_bytes())?;
    Ok(text.len() as u64)
}

fn write_journal(folder: &Path, disk: &dyn Disk, manifest: &Manifest) -> Result<(), StoreError> {
    let header = Header { journal: 1, lineage: manifest.lineage.clone(), base: manifest.serial };
    let text =
        journal::line(&header).map_err(|why| StoreError::damaged(folder, names::JOURNAL, &why))?;
    replace(folder, disk, names::JOURNAL, names::JOURNAL_PREV, text.as_bytes())
}

/// Puts a new file in the place of an old one, keeping the old one under another name. At every
/// instant there is a whole file under `name`, unless there was none before.
fn replace(
    folder: &Path,
    disk: &dyn Disk,
    name: &str,
    prev: &str,
    bytes: &[u8],
) -> Result<(), StoreError> {
    let (new, old) = (names::beside(name), names::beside(prev));
    let io = |action| move |error| StoreError::io(&folder.join(name), action, error);
    disk.write_new(&new, bytes).map_err(io("write"))?;
    match disk.link(name, &old) {
        Ok(()) => disk.rename(&old, prev).map_err(io("keep"))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(io("keep")(error)),
    }
    disk.rename(&new, name).map_err(io("replace"))?;
    disk.sync_dir().map_err(io("sync"))
}
