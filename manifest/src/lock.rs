//! The lock that guards every update: who may write, waiting for it, and naming who holds it.
//!
//! `manifest.lock` is an empty file, created once, never renamed and never removed: locking the file
//! that gets renamed over would let two holders in. The lock is `flock`, which the kernel releases at
//! the instant its holder dies, so nothing is ever left behind to clean up. A waiter queues in the
//! kernel (polling starves), on a thread of its own, so that an interrupt or the end of its patience
//! is obeyed even while the holder is stopped.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::disk;
use crate::interrupt::Interrupt;

/// How long to wait for the lock before naming its holder.
const NAME_HOLDER_AFTER: Duration = Duration::from_secs(1);
/// How long to wait for the lock at all. A healthy holder keeps it for milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a waiter looks at its interrupt.
const LOOK: Duration = Duration::from_millis(100);

/// Why the lock was not had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The lock file cannot be opened or locked.
    #[error("cannot lock {path}")]
    Io {
        /// The lock file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// Its holder kept it for too long.
    #[error(
        "{holder} has held {path} for more than {} s; if it hangs, end it: the lock ends with it",
        PATIENCE.as_secs()
    )]
    Timeout {
        /// The lock file.
        path: PathBuf,
        /// Who, as far as the system tells.
        holder: String,
    },
    /// The wait was interrupted.
    #[error("interrupted while waiting for {0}")]
    Interrupted(PathBuf),
}

/// The right to write; ends when dropped.
#[derive(Debug)]
pub(crate) struct Held(#[expect(dead_code, reason = "closing the file is what unlocks it")] File);

/// Takes the lock. `notice` hears who holds it once the wait has lasted a second.
pub(crate) fn acquire(
    path: &Path,
    interrupt: &Interrupt,
    notice: &dyn Fn(&str),
) -> Result<Held, LockError> {
    let io = |source| LockError::Io { path: path.to_owned(), source };
    let file = disk::open_lock(path).map_err(io)?;
    if fs4::FileExt::try_lock(&file).is_ok() {
        return Ok(Held(file));
    }
    queue(path, file, interrupt, notice)
}

fn queue(
    path: &Path,
    file: File,
    interrupt: &Interrupt,
    notice: &dyn Fn(&str),
) -> Result<Held, LockError> {
    let io = |source| LockError::Io { path: path.to_owned(), source };
    let (granted, wait) = mpsc::channel();
    let handle = file.try_clone().map_err(io)?;
    // The thread ends with the lock or, when nobody waits any more, with the send that fails: the file
    // it then drops gives the lock back.
    std::thread::spawn(move || {
        let result = fs4::FileExt::lock(&file).map(|()| file);
        let _ = granted.send(result);
    });
    let start = Instant::now();
    let mut named = false;
    loop {
        match wait.recv_timeout(LOOK) {
            Ok(result) => return result.map(Held).map_err(io),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io(io::Error::other("the waiting thread ended")));
            }
            Err(RecvTimeoutError::Timeout) if interrupt.is_set() => {
                return Err(LockError::Interrupted(path.to_owned()));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if start.elapsed() >= PATIENCE {
            return Err(LockError::Timeout { path: path.to_owned(), holder: holder(&handle) });
        }
        if !named && start.elapsed() >= NAME_HOLDER_AFTER {
            named = true;
            notice(&holder(&handle));
        }
    }
}

/// Whether a lock is free, without taking it from anybody: a shared lock, so that two who look at the
/// same time do not see each other.
pub(crate) fn is_free(path: &Path) -> io::Result<bool> {
    let file = match disk::open_existing(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    match fs4::FileExt::try_lock_shared(&file) {
        Ok(()) => Ok(true),
        Err(fs4::TryLockError::WouldBlock) => Ok(false),
        Err(fs4::TryLockError::Error(error)) => Err(error),
    }
}

/// Who holds the lock on an open file, in words.
#[cfg(target_os = "linux")]
fn holder(file: &File) -> String {
    use std::os::unix::fs::MetadataExt;
    let unknown = || "another process".to_owned();
    let (Ok(meta), Ok(table)) = (file.metadata(), std::fs::read_to_string("/proc/locks")) else {
        return unknown();
    };
    let inode = format!(":{}", meta.ino());
    let pid = table.lines().find_map(|line| {
        // `1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF`; waiters have `->` as second word.
        let words: Vec<&str> = line.split_whitespace().collect();
        let holds = words.get(1) == Some(&"FLOCK") && words.get(5)?.ends_with(&inode);
        holds.then(|| words[4].to_owned())
    });
    let Some(pid) = pid else { return unknown() };
    match std::fs::read_to_string(format!("/proc/{pid}/comm")) {
        Ok(name) => format!("process {pid} ({})", name.trim()),
        Err(_) => format!("process {pid}"),
    }
}

#[cfg(not(target_os = "linux"))]
fn holder(_file: &File) -> String {
    "another process".to_owned()
}
