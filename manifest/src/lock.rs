//! The lock that guards every update: who may write, waiting for it, and naming who holds it.
//!
//! `manifest.lock` is an empty file, created once, never renamed and never removed: locking the file
//! that gets renamed over would let two holders in. The lock is `flock`, which the kernel releases at
//! the instant its holder dies, so nothing is ever left behind to clean up. A waiter queues in the
//! kernel (polling starves), by a thread that does nothing else, so that an interrupt or the end of its
//! patience is obeyed even while the holder is stopped.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::disk::Guard;
use crate::interrupt::Interrupt;
use crate::local::{self, again_if_interrupted};

/// How often to try, letting others run in between, before waiting in line. Most holders are done in
/// less time than it takes to fall asleep and be woken.
const BRIEFLY: usize = 64;
/// How long to wait for the lock before naming its holder.
const NAME_HOLDER_AFTER: Duration = Duration::from_secs(1);
/// How long to wait for the lock at all. A healthy holder keeps it for milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a waiter looks at its interrupt.
const LOOK: Duration = Duration::from_millis(100);
/// How long a waiter goes on after an interrupt: whoever stops has a last thing to write, and if many
/// stop at once, they queue for it.
const LAST_WORDS: Duration = Duration::from_secs(2);

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

/// The lock file of a project.
///
/// The handle is opened once and kept: opening and closing it at every update would wake everybody who
/// watches the folder. It must be taken by one thread at a time; the store's own mutex sees to that.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    file: OnceLock<Arc<File>>,
    /// Asks the waiting thread for the lock; the first wait starts it, and it ends with this sender.
    wanted: OnceLock<Sender<Wanted>>,
}

/// Where the waiting thread sends the lock once it has it.
type Wanted = Sender<io::Result<Held>>;

/// Takes the lock file of a folder that is no project, waiting as long as for that of one. The right ends
/// when what is returned is dropped; the file stays.
///
/// # Errors
/// [`LockError`] when it cannot be had.
pub fn exclusive(path: &Path, interrupt: &Interrupt) -> Result<Held, LockError> {
    Lock::new(path.to_owned()).acquire(interrupt, &|_| {})
}

/// The right to write; ends when dropped.
#[derive(Debug)]
pub struct Held(Arc<File>);

impl Guard for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        // Cannot fail on an open file; if it did, the lock would end with the process.
        let _ = again_if_interrupted(|| fs4::FileExt::unlock(self.0.as_ref()));
    }
}

impl Lock {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, file: OnceLock::new(), wanted: OnceLock::new() }
    }

    /// Takes the lock. `notice` hears who holds it once the wait has lasted a second.
    pub(crate) fn acquire(
        &self,
        interrupt: &Interrupt,
        notice: &dyn Fn(&str),
    ) -> Result<Held, LockError> {
        let file = match self.file.get() {
            Some(file) => Arc::clone(file),
            None => {
                let file = Arc::new(local::open_lock(&self.path).map_err(|e| self.io(e))?);
                Arc::clone(self.file.get_or_init(|| file))
            }
        };
        for _ in 0..BRIEFLY {
            match try_lock(&file) {
                Ok(true) => return Ok(Held(file)),
                Ok(false) => std::thread::yield_now(),
                Err(error) => return Err(self.io(error)),
            }
        }
        self.queue(&file, interrupt, notice)
    }

    /// Waits in the kernel's queue.
    fn queue(
        &self,
        file: &File,
        interrupt: &Interrupt,
        notice: &dyn Fn(&str),
    ) -> Result<Held, LockError> {
        let (granted, wait) = mpsc::channel();
        let ended = |_| self.io(io::Error::other("the waiting thread ended"));
        self.waiting_thread()?.send(granted).map_err(ended)?;
        let start = Instant::now();
        let (mut named, mut interrupted) = (false, None);
        loop {
            match wait.recv_timeout(LOOK) {
                Ok(result) => return result.map_err(|e| self.io(e)),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(self.io(io::Error::other("the waiting thread ended")));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            if interrupt.is_set()
                && interrupted.get_or_insert_with(Instant::now).elapsed() >= LAST_WORDS
            {
                return Err(LockError::Interrupted(self.path.clone()));
            }
            if start.elapsed() >= PATIENCE {
                return Err(LockError::Timeout { path: self.path.clone(), holder: holder(file) });
            }
            if !named && start.elapsed() >= NAME_HOLDER_AFTER {
                named = true;
                notice(&holder(file));
            }
        }
    }

    /// The thread has a handle of its own, since a wait may be given up: then what it gets in the end
    /// cannot be sent, and is dropped before it waits again.
    fn waiting_thread(&self) -> Result<&Sender<Wanted>, LockError> {
        if let Some(wanted) = self.wanted.get() {
            return Ok(wanted);
        }
        let handle = Arc::new(local::open_lock(&self.path).map_err(|e| self.io(e))?);
        let (wanted, asked) = mpsc::channel::<Wanted>();
        let wait_in_line = move || {
            for granted in asked {
                let taken = again_if_interrupted(|| fs4::FileExt::lock(handle.as_ref()));
                let _ = granted.send(taken.map(|()| Held(Arc::clone(&handle))));
            }
        };
        std::thread::Builder::new().spawn(wait_in_line).map_err(|e| self.io(e))?;
        Ok(self.wanted.get_or_init(|| wanted))
    }

    fn io(&self, source: io::Error) -> LockError {
        LockError::Io { path: self.path.clone(), source }
    }
}

/// Takes a lock if nobody has it.
fn try_lock(file: &File) -> io::Result<bool> {
    again_if_interrupted(|| match fs4::FileExt::try_lock(file) {
        Ok(()) => Ok(true),
        Err(fs4::TryLockError::WouldBlock) => Ok(false),
        Err(fs4::TryLockError::Error(error)) => Err(error),
    })
}

/// Whether a lock is free, without taking it from anybody: a shared lock, so that two who look at the
/// same time do not see each other.
pub(crate) fn is_free(path: &Path) -> io::Result<bool> {
    let file = match local::open_existing(path) {
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

/// Takes a lock if it is free. The file is made if need be and never removed.
pub(crate) fn try_hold(path: &Path) -> io::Result<Option<Held>> {
    let file = local::open_lock(path)?;
    match again_if_interrupted(|| match fs4::FileExt::try_lock(&file) {
        Ok(()) => Ok(true),
        Err(fs4::TryLockError::WouldBlock) => Ok(false),
        Err(fs4::TryLockError::Error(error)) => Err(error),
    })? {
        true => Ok(Some(Held(Arc::new(file)))),
        false => Ok(None),
    }
}

/// Removes a file whose lock is free, holding the lock until the name is gone.
pub(crate) fn remove_if_free(path: &Path) -> io::Result<()> {
    let file = local::open_to_lock(path)?;
    match fs4::FileExt::try_lock(&file) {
        Ok(()) => std::fs::remove_file(path),
        Err(fs4::TryLockError::WouldBlock) => Ok(()),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A wait that was given up leaves the waiting thread in line; what it gets there is nobody's.
    #[test]
    fn a_wait_that_was_given_up_keeps_the_lock_from_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let [ours, other] = [(); 2].map(|()| Lock::new(path.clone()));
        let (never, at_once) = (Interrupt::new(), Interrupt::new());
        at_once.set();
        let held = other.acquire(&never, &|_| {}).unwrap();
        let given_up = ours.acquire(&at_once, &|_| {});
        assert!(matches!(given_up, Err(LockError::Interrupted(_))), "{given_up:?}");
        drop(held);
        for lock in [&ours, &other, &ours] {
            drop(lock.acquire(&never, &|_| {}).unwrap());
        }
        let held = other.acquire(&never, &|_| {}).unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| ours.acquire(&never, &|_| {}).unwrap());
            drop(held);
            drop(waiting.join().unwrap());
        });
    }
}
