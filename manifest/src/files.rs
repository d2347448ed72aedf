//! Writing snapshot and journal, and the first judgement on a folder in which they are not as expected.

use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::disk::Disk;
use crate::error::StoreError;
use crate::event::Event;
use crate::format;
use crate::ids::Serial;
use crate::journal::{self, FORMAT, Header, JournalError};
use crate::manifest::Manifest;
use crate::names;

/// Events about to be written.
pub(crate) struct Begun<'a> {
    pub(crate) events: &'a [Event],
    pub(crate) at: DateTime<Utc>,
    /// The highest serial known to be on disk.
    pub(crate) durable: Serial,
}

/// What to say of a folder without a manifest. It is no project yet, unless something there proves
/// that it was one: an empty manifest in place of a lost one would throw finished work away.
pub(crate) fn missing(folder: &Path, disk: &dyn Disk) -> StoreError {
    let begun = disk.read(names::JOURNAL).ok().map(|bytes| match journal::header(&bytes) {
        Ok((header, length)) => header.base > Serial(0) || bytes.len() > length,
        Err(_) => true,
    });
    let proofs = [names::MANIFEST_PREV, names::CONCEPTS, names::PLATES];
    if begun == Some(true) || proofs.iter().any(|name| disk.identify(name).is_ok()) {
        return StoreError::damaged(folder, names::MANIFEST, &"it is missing");
    }
    StoreError::NoProject { folder: folder.to_owned() }
}

pub(crate) fn journal_error(folder: &Path, why: JournalError) -> StoreError {
    match why {
        JournalError::Newer(version) => StoreError::Newer { version },
        why => StoreError::damaged(folder, names::JOURNAL, &why),
    }
}

pub(crate) fn journal_io(folder: &Path, action: &'static str, error: io::Error) -> StoreError {
    if error.kind() == io::ErrorKind::NotFound {
        return StoreError::damaged(folder, names::JOURNAL, &"it is missing");
    }
    StoreError::io(&folder.join(names::JOURNAL), action, error)
}

pub(crate) fn print(folder: &Path, manifest: &Manifest) -> Result<String, StoreError> {
    format::print(manifest).map_err(|why| StoreError::damaged(folder, names::MANIFEST, &why))
}

pub(crate) fn write_snapshot(folder: &Path, disk: &dyn Disk, text: &str) -> Result<(), StoreError> {
    replace(folder, disk, names::MANIFEST, names::MANIFEST_PREV, text.as_bytes())
}

/// The first line of the journal that follows a snapshot of so many bytes.
pub(crate) fn header(
    folder: &Path,
    manifest: &Manifest,
    snapshot: u64,
) -> Result<String, StoreError> {
    let (lineage, base) = (manifest.lineage.clone(), manifest.serial);
    let header = Header { journal: FORMAT, lineage, base, snapshot };
    journal::line(&header).map_err(|why| journal_error(folder, why))
}

pub(crate) fn write_journal(
    folder: &Path,
    disk: &dyn Disk,
    manifest: &Manifest,
    snapshot: u64,
) -> Result<(), StoreError> {
    let text = header(folder, manifest, snapshot)?;
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
    let unsynced = |source| StoreError::Unsynced { folder: folder.to_owned(), source };
    disk.sync_dir().map_err(unsynced)
}
