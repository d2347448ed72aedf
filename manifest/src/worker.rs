//! Who is alive.
//!
//! Every daemon process registers in `workers/` and holds a lock on a file of its own for as long as
//! it lives; the kernel releases it at the instant the process dies, however it dies. So death is
//! asked of the kernel: no clock, no process number, no waiting for a lease to run out. A suspended
//! or stopped process still holds its lock and is alive.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Notice, StoreError};
use crate::ids::{Token, WorkerId};
use crate::liveness::{BEAT, FileSystem, Probe, Signs, Verdict, liveness};
use crate::local::{again_if_interrupted, has_no_locks};
use crate::stillness::Stillness;
use crate::store::{Store, random_id};
use crate::{alive, artifact, decide, host, local, lock, names};

/// How long a new worker listens for the notification of its own registration. It comes within a
/// millisecond, or not at all; a machine that is very busy may be late, and then is only said to be slow.
const HEARD_WITHIN: Duration = Duration::from_secs(1);

/// What a daemon does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Finds elements and concepts.
    Analyze,
    /// Draws plates.
    Illustrate,
    /// Binds the book.
    Bind,
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Analyze => "analyze",
            Self::Illustrate => "illustrate",
            Self::Bind => "bind",
        })
    }
}

/// A worker's description of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerInfo {
    /// Its name.
    pub id: WorkerId,
    /// What it does.
    pub role: Role,
    /// Its process number where it runs; for people to read, nothing is decided by it.
    pub pid: u32,
    /// When it registered; for people to read.
    pub started_at: DateTime<Utc>,
    /// The machine it runs on; for people to read.
    #[serde(default)]
    pub host: String,
    /// The boot of that machine.
    #[serde(default)]
    pub boot: Option<String>,
    /// Counts up every [`BEAT`] on file systems where its lock may not be seen; 0 elsewhere.
    #[serde(default)]
    pub beat: u64,
}

/// A registered, living worker; registered until dropped.
#[derive(Debug)]
pub struct Worker {
    info: WorkerInfo,
    folder: PathBuf,
    /// Dropping it ends the heart, where there is one.
    _alive: Option<Sender<()>>,
    _lock: File,
}

impl Worker {
    /// Registers this process in a project's folder.
    pub(crate) fn register(
        project: &Path,
        role: Role,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let folder = project.join(names::WORKERS);
        let io = |action| {
            let folder = folder.clone();
            move |error| StoreError::io(&folder, action, error)
        };
        let id = WorkerId(random_id().map_err(io("name a worker in"))?);
        let lock = local::open_lock(&lock_path(project, &id)).map_err(io("register in"))?;
        let file_system = host::file_system(project);
        if !locks_exclude(&lock, &lock_path(project, &id)).map_err(io("register in"))? {
            let folder = project.to_owned();
            forget(project, &id);
            return Err(StoreError::NoLocks { folder, file_system: file_system.to_string() });
        }
        let info = WorkerInfo {
            id,
            role,
            pid: std::process::id(),
            started_at: now,
            host: host::name(),
            boot: host::boot_id(),
            beat: 0,
        };
        let text = serde_json::to_vec(&info).map_err(|e| io("describe a worker in")(e.into()))?;
        artifact::put(project, &info_name(&info.id), &text)?;
        let alive = match file_system {
            FileSystem::Shared(_) => Some(start_heart(project.to_owned(), info.clone())),
            FileSystem::Local(_) => None,
        };
        Ok(Self { info, folder: project.to_owned(), _alive: alive, _lock: lock })
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &WorkerId {
        &self.info.id
    }
}

/// Takes a worker's lock. The cheapest proof that locks work here: ours must keep us out.
fn locks_exclude(lock: &File, path: &Path) -> io::Result<bool> {
    match again_if_interrupted(|| fs4::FileExt::lock(lock)) {
        Ok(()) => Ok(!lock::is_free(path)?),
        Err(error) if has_no_locks(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Beats until the sender is dropped. Only the worker's own description is written, never the manifest;
/// a beat that cannot be written is missing, which is what it is for.
fn start_heart(project: PathBuf, mut info: WorkerInfo) -> Sender<()> {
    let (alive, dropped) = mpsc::channel();
    std::thread::spawn(move || {
        while dropped.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
            info.beat += 1;
            if let Ok(text) = serde_json::to_vec(&info) {
                let _ = artifact::put(&project, &info_name(&info.id), &text);
            }
        }
    });
    alive
}

impl Store {
    /// Registers this process as a living worker, and tries on the way what it will depend on: that
    /// locks exclude, and that changes are notified.
    ///
    /// # Errors
    /// [`StoreError::NoLocks`] where locks do not exclude; or when the project's folder cannot be
    /// written to.
    pub fn register(&self, role: Role) -> Result<Worker, StoreError> {
        let folder = self.folder().join(names::WORKERS);
        fs::create_dir_all(&folder).map_err(|e| StoreError::io(&folder, "make", e))?;
        self.watch().watch_workers(self.folder());
        let seen = self.watch().seen();
        let worker = Worker::register(self.folder(), role, self.now())?;
        artifact::sweep(self.folder());
        self.shared().works.store(true, Ordering::SeqCst);
        let notified =
            self.is_notified() && self.watch().wait(seen, HEARD_WITHIN, self.interrupt());
        self.say_where_we_are(notified);
        Ok(worker)
    }

    fn say_where_we_are(&self, notified: bool) {
        let file_system = host::file_system(self.folder());
        let (folder, name) = (self.folder().to_owned(), file_system.to_string());
        if matches!(file_system, FileSystem::Shared(_)) {
            let (folder, file_system) = (folder.clone(), name.clone());
            (self.shared().notice)(&Notice::SharedFileSystem { folder, file_system });
        }
        if !notified {
            (self.shared().notice)(&Notice::NotNotified { folder, file_system: name });
        }
    }

    /// Frees the claims of dead workers and of `stuck` tokens, and settles the calls of the dead. Death is final, so it may be asked
    /// before the lock is taken.
    ///
    /// # Errors
    /// As [`Store::update`].
    pub fn recover(&self, stuck: &BTreeSet<Token>) -> Result<(), StoreError> {
        let dead = self.dead_claimants()?;
        if dead.is_empty() && stuck.is_empty() {
            return Ok(());
        }
        self.update(|manifest| (decide::recover(manifest, &dead, stuck), ()))
    }

    /// The living workers, analyzers first; what dead ones left behind is removed.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn workers(&self) -> Result<Vec<WorkerInfo>, StoreError> {
        let claimed = self.claimants()?;
        let infos = described(self.folder())?;
        let dead = self.dead(infos.iter().map(|info| &info.id));
        for id in dead.iter().filter(|id| !claimed.contains(id)) {
            forget(self.folder(), id);
        }
        let mut living = infos;
        living.retain(|info| !dead.contains(&info.id));
        living.sort_by(|a, b| (a.role, a.started_at, &a.id).cmp(&(b.role, b.started_at, &b.id)));
        Ok(living)
    }

    fn claimants(&self) -> Result<BTreeSet<WorkerId>, StoreError> {
        self.view(|manifest| {
            let claims = manifest.claims().map(|(_, claim)| &claim.worker);
            let calls = manifest.ledger.open.values().map(|reservation| &reservation.worker);
            claims.chain(calls).cloned().collect()
        })
    }

    fn dead_claimants(&self) -> Result<BTreeSet<WorkerId>, StoreError> {
        Ok(self.dead(self.claimants()?.iter()))
    }

    /// Of these workers, those that are dead for certain.
    fn dead<'a>(&self, ids: impl Iterator<Item = &'a WorkerId>) -> BTreeSet<WorkerId> {
        let mut free = Vec::new();
        for id in ids {
            let probe = alive::probe(&lock_path(self.folder(), id));
            if probe != Probe::Held {
                free.push((id, probe, describe(self.folder(), id)));
            }
        }
        if free.is_empty() {
            return BTreeSet::new();
        }
        let beats = free
            .iter()
            .map(|(id, _, info)| ((*id).clone(), info.as_ref().map_or(0, |info| info.beat)));
        let silent = self.beats().observe(beats, Instant::now());
        let (file_system, boot) = (host::file_system(self.folder()), host::boot_id());
        let judge = |id: &WorkerId, probe, info: Option<&WorkerInfo>| {
            let silent = silent.get(id).copied().unwrap_or_default();
            // Who left no description behind has taken itself off the list.
            let same_boot = info.is_none_or(|info| info.boot.is_none() || info.boot == boot);
            liveness(Signs { probe, same_boot, silent }, &file_system)
        };
        let dead = free
            .iter()
            .filter(|(id, probe, info)| judge(id, *probe, info.as_ref()) == Verdict::Dead);
        dead.map(|(id, ..)| (*id).clone()).collect()
    }

    fn beats(&self) -> MutexGuard<'_, Stillness<WorkerId, u64>> {
        self.shared().beats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        forget(&self.folder, &self.info.id);
    }
}

/// Removes what a worker left. Whatever of it cannot be removed now is removed by the next cleaning.
fn forget(project: &Path, id: &WorkerId) {
    let _ = fs::remove_file(project.join(info_name(id)));
    let _ = fs::remove_file(lock_path(project, id));
}

fn lock_path(project: &Path, id: &WorkerId) -> PathBuf {
    project.join(names::WORKERS).join(format!("{id}.lock"))
}

fn info_name(id: &WorkerId) -> String {
    format!("{}/{id}.json", names::WORKERS)
}

fn describe(project: &Path, id: &WorkerId) -> Option<WorkerInfo> {
    serde_json::from_slice(&artifact::get(project, &info_name(id)).ok()??).ok()
}

/// Every worker that has left a description.
fn described(project: &Path) -> Result<Vec<WorkerInfo>, StoreError> {
    let folder = project.join(names::WORKERS);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io(&folder, "read", error)),
    };
    let ids = entries.flatten().filter_map(|entry| {
        let name = entry.file_name();
        Some(WorkerId(name.to_str()?.strip_suffix(".json")?.to_owned()))
    });
    Ok(ids.filter_map(|id| describe(project, &id)).collect())
}
