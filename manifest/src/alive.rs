//! A sign of life: a lock that a process holds on a file of its own for as long as it lives.
//!
//! The kernel takes it away at the instant the process ends, however it ends; whoever wants to know
//! asks for it with [`probe`]. Workers are known by theirs, and so are runs.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::liveness::Probe;
use crate::local::{self, again_if_interrupted};
use crate::lock;

/// A held sign of life; taken away when dropped.
#[derive(Debug)]
pub struct Alive {
    path: PathBuf,
    _lock: File,
}

impl Alive {
    /// Takes the lock on a file, which is made if need be. Where there are no locks the file alone is
    /// held, and whoever asks cannot tell.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let lock = local::open_lock(path)?;
        match again_if_interrupted(|| fs4::FileExt::lock(&lock)) {
            Err(error) if !local::has_no_locks(&error) => return Err(error),
            _ => {}
        }
        Ok(Self { path: path.to_owned(), _lock: lock })
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        // What cannot be removed now is free all the same, and removed by the next cleaning.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Whether somebody holds the lock on a file; nobody does where there is none.
#[must_use]
pub fn probe(path: &Path) -> Probe {
    match lock::is_free(path) {
        Ok(true) => Probe::Free,
        Ok(false) => Probe::Held,
        Err(_) => Probe::Unknown,
    }
}
