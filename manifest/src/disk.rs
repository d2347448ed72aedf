//! The one door to the disk.
//!
//! The store does nothing to a file but through [`Disk`], so that a test can put a disk of its own
//! behind it and cut the power, or fail any call, at every step. What must hold of any disk: `append`
//! writes at the end in one go; `write_new`, `sync` and `sync_dir` return only when the bytes, or the
//! names, would survive a power cut; `rename` and `link` replace what was there atomically.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::interrupt::Interrupt;
use crate::lock::{self, LockError};

/// Tells one file from another that later has the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(pub u64, pub u64);

/// The right to write to the project; ends when dropped.
pub trait Guard: fmt::Debug + Send {}

impl Guard for lock::Held {}

/// A folder that holds a manifest.
pub trait Disk: fmt::Debug + Send + Sync {
    /// Takes the project's lock; `notice` hears who holds it if that takes long.
    ///
    /// # Errors
    /// [`LockError`] when it cannot be had.
    fn lock(
        &self,
        interrupt: &Interrupt,
        notice: &dyn Fn(&str),
    ) -> Result<Box<dyn Guard>, LockError>;
    /// The whole of a file.
    ///
    /// # Errors
    /// As the system says; `NotFound` where there is none.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;
    /// Opens a file for appending and reading.
    ///
    /// # Errors
    /// As the system says; `NotFound` where there is none.
    fn open(&self, name: &str) -> io::Result<Box<dyn Appendable>>;
    /// Which file has this name now.
    ///
    /// # Errors
    /// As the system says; `NotFound` where there is none.
    fn identify(&self, name: &str) -> io::Result<FileId>;
    /// Makes a file of these bytes, or replaces it, and brings the bytes to the disk.
    ///
    /// # Errors
    /// As the system says; nothing may then be assumed of the file.
    fn write_new(&self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file a new name, in place of any other that has it.
    ///
    /// # Errors
    /// As the system says; both names are then as before.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Gives a file a second name, in place of any other that has it.
    ///
    /// # Errors
    /// As the system says; the second name may then be missing.
    fn link(&self, from: &str, to: &str) -> io::Result<()>;
    /// Brings the names in the folder to the disk.
    ///
    /// # Errors
    /// As the system says.
    fn sync_dir(&self) -> io::Result<()>;
}

/// An open journal.
pub trait Appendable: fmt::Debug + Send + Sync {
    /// Which file this is, whatever it is called by now.
    ///
    /// # Errors
    /// As the system says.
    fn identify(&self) -> io::Result<FileId>;
    /// Everything from a byte offset to the end.
    ///
    /// # Errors
    /// As the system says.
    fn read_from(&self, offset: u64) -> io::Result<Vec<u8>>;
    /// Writes at the end.
    ///
    /// # Errors
    /// As the system says; any part may then have been written.
    fn append(&self, bytes: &[u8]) -> io::Result<()>;
    /// Cuts the file to this length.
    ///
    /// # Errors
    /// As the system says.
    fn cut(&self, length: u64) -> io::Result<()>;
    /// Brings what was written to the disk. Never call it again after it failed: the system forgets
    /// what it could not write, and the second call would lie.
    ///
    /// # Errors
    /// As the system says; nothing may then be assumed of what was not yet synced.
    fn sync(&self) -> io::Result<()>;
}

/// A folder of the local file system.
#[derive(Debug)]
pub struct Local {
    folder: PathBuf,
    /// Opened before the first change, so that running out of descriptors cannot come after a rename.
    handle: File,
    lock: PathBuf,
}

impl Local {
    /// The folder, which must exist.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(folder: &Path, lock_name: &str) -> io::Result<Self> {
        let handle = File::open(folder)?;
        Ok(Self { folder: folder.to_owned(), handle, lock: folder.join(lock_name) })
    }
}

impl Disk for Local {
    fn lock(
        &self,
        interrupt: &Interrupt,
        notice: &dyn Fn(&str),
    ) -> Result<Box<dyn Guard>, LockError> {
        Ok(Box::new(lock::acquire(&self.lock, interrupt, notice)?))
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        no_follow(OpenOptions::new().read(true))
            .open(self.folder.join(name))?
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Appendable>> {
        let mut options = OpenOptions::new();
        let file = no_follow(options.read(true).append(true)).open(self.folder.join(name))?;
        Ok(Box::new(LocalFile(file)))
    }

    fn identify(&self, name: &str) -> io::Result<FileId> {
        identity(&fs::symlink_metadata(self.folder.join(name))?)
    }

    fn write_new(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.folder.join(name);
        remove_if_there(&path)?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.folder.join(from), self.folder.join(to))
    }

    fn link(&self, from: &str, to: &str) -> io::Result<()> {
        let (from, to) = (self.folder.join(from), self.folder.join(to));
        remove_if_there(&to)?;
        // Some file systems have no hard links; a copy serves as well.
        fs::hard_link(&from, &to).or_else(|_| fs::copy(&from, &to).map(drop))
    }

    fn sync_dir(&self) -> io::Result<()> {
        if cfg!(windows) { Ok(()) } else { self.handle.sync_all() }
    }
}

#[derive(Debug)]
struct LocalFile(File);

impl Appendable for LocalFile {
    fn identify(&self) -> io::Result<FileId> {
        identity(&self.0.metadata()?)
    }

    fn read_from(&self, offset: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut file = &self.0;
        file.seek(SeekFrom::Start(offset))?;
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        (&self.0).write_all(bytes)
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> io::Result<FileId> {
    use std::os::unix::fs::MetadataExt;
    Ok(FileId(metadata.dev(), metadata.ino()))
}

/// Elsewhere the time of its making tells one journal from the next: folds are a second apart.
#[cfg(not(unix))]
fn identity(metadata: &fs::Metadata) -> io::Result<FileId> {
    let made = metadata.created()?.duration_since(std::time::UNIX_EPOCH);
    Ok(FileId(0, made.map_or(0, |age| age.as_nanos() as u64)))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Opens a lock file, making it if need be. Read and write: NFS refuses to lock a read-only handle.
pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    no_follow(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)
}

/// Opens a lock file that must exist.
pub(crate) fn open_existing(path: &Path) -> io::Result<File> {
    no_follow(OpenOptions::new().read(true)).open(path)
}

/// A symbolic link planted at one of our names must not lead a write to somewhere else.
fn no_follow(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flag = rustix::fs::OFlags::NOFOLLOW.bits();
        options.custom_flags(i32::try_from(flag).unwrap_or(0));
    }
    options
}
