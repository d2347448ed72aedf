//! Whether a worker is alive, judged from what can be known of it: a pure function.
//!
//! Not its process number, which is used again and is 1 in every container; not its age, which says
//! nothing of a stopped process or a suspended laptop; and no clock of another machine. What counts is
//! the lock that it holds on a file of its own, because the kernel takes that away at the instant the
//! process ends, however it ends. Only where the file system may hide another host's locks does a
//! heartbeat decide, counted on the clock of whoever looks.
//!
//! | its lock | file system | its boot | verdict |
//! |---|---|---|---|
//! | held | any | any | alive: stopped or suspended, perhaps, but it will go on |
//! | cannot be asked | any | any | alive: nobody loses a claim because we cannot see |
//! | free, or file gone | any | ours | dead |
//! | free, or file gone | local | another | dead: the machine was started again |
//! | free, or file gone | shared | another | dead once its heartbeat has stood still for [`SILENCE`] |
//!
//! Machine ids are not asked: images of virtual machines and containers are copied with theirs.

use std::time::Duration;

/// How long a heartbeat of another host must have stood still, on our own clock: twenty beats.
pub const SILENCE: Duration = Duration::from_secs(300);
/// How often a worker on a shared file system beats.
pub const BEAT: Duration = Duration::from_secs(15);

/// What asking for a worker's lock brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// Somebody holds it.
    Held,
    /// Nobody does, or the file is gone.
    Free,
    /// It could not be asked.
    Unknown,
}

/// Where a project's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSystem {
    /// On a disk of this machine alone, as far as is known.
    Local(String),
    /// Where other hosts may use them too.
    Shared(String),
}

/// Whether a worker can still do anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It can, or that cannot be ruled out.
    Alive,
    /// It never will.
    Dead,
}

/// What is known of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signs {
    /// Its lock.
    pub probe: Probe,
    /// Whether it registered since this machine was started; true as well where systems have no name
    /// for that.
    pub same_boot: bool,
    /// For how long its heartbeat has been seen to stand still.
    pub silent: Duration,
}

/// Judges a worker.
#[must_use]
pub fn liveness(signs: Signs, file_system: &FileSystem) -> Verdict {
    match (signs.probe, file_system) {
        (Probe::Held | Probe::Unknown, _) => Verdict::Alive,
        (Probe::Free, FileSystem::Local(_)) => Verdict::Dead,
        (Probe::Free, FileSystem::Shared(_)) if signs.same_boot || signs.silent >= SILENCE => {
            Verdict::Dead
        }
        (Probe::Free, FileSystem::Shared(_)) => Verdict::Alive,
    }
}
