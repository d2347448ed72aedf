//! The one door to the disk.
//!
//! The store does nothing to a file but through [`Disk`], so that a test can put a disk of its own
//! behind it and cut the power, or fail any call, at every step. What must hold of any disk: `append`
//! writes at the end in one go; `write_new`, `sync` and `sync_dir` return only when the bytes, or the
//! names, would survive a power cut; `rename` and `link` replace what was there atomically.

use std::fmt;
use std::io;

use crate::interrupt::Interrupt;
pub use crate::local::Local;
use crate::lock::LockError;

/// Tells one file from another that later has the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(pub u64, pub u64);

/// The right to write to the project; ends when dropped.
pub trait Guard: fmt::Debug + Send {}

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
    /// Opens a file for appending and reading, or for reading alone where writing is not allowed.
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
    /// As the system says; [`io::ErrorKind::UnexpectedEof`] when the file is shorter than that.
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
