//! Who is alive.
//!
//! Every daemon process registers in `workers/` and holds a lock on a file of its own for as long as
//! it lives; the kernel releases it at the instant the process dies, however it dies. So death is
//! asked of the kernel: no clock, no process number, no waiting for a lease to run out. A suspended
//! or stopped process still holds its lock and is alive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::ids::Token;
use crate::ids::WorkerId;
use crate::store::{Store, random_id};
use crate::{artifact, decide, disk, lock, names};

/// What a daemon does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Finds elements and concepts.
    Analyze,
    /// Draws plates.
    Illustrate,
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Analyze => "analyze",
            Self::Illustrate => "illustrate",
        })
    }
}

/// A worker's description of itself, for people to read; nothing is decided by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerInfo {
    /// Its name.
    pub id: WorkerId,
    /// What it does.
    pub role: Role,
    /// Its process number where it runs.
    pub pid: u32,
    /// When it registered.
    pub started_at: DateTime<Utc>,
}

/// A registered, living worker; registered until dropped.
#[derive(Debug)]
pub struct Worker {
    info: WorkerInfo,
    folder: PathBuf,
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
        fs::create_dir_all(&folder).map_err(io("make"))?;
        let id = WorkerId(random_id().map_err(io("name a worker in"))?);
        let file = disk::open_lock(&lock_path(project, &id)).map_err(io("register in"))?;
        fs4::FileExt::lock(&file).map_err(io("register in"))?;
        let info = WorkerInfo { id, role, pid: std::process::id(), started_at: now };
        let text = serde_json::to_vec(&info).map_err(|e| io("describe a worker in")(e.into()))?;
        artifact::put(project, &info_name(&info.id), &text)?;
        Ok(Self { info, folder: project.to_owned(), _lock: file })
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &WorkerId {
        &self.info.id
    }
}

impl Store {
    /// Registers this process as a living worker.
    ///
    /// # Errors
    /// When the project's folder cannot be written to.
    pub fn register(&self, role: Role) -> Result<Worker, StoreError> {
        Worker::register(self.folder(), role, self.now())
    }

    /// Frees the claims of dead workers and of `stuck` tokens. Death is final, so it may be asked
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
        living(self.folder(), &self.claimants()?)
    }

    fn claimants(&self) -> Result<BTreeSet<WorkerId>, StoreError> {
        self.view(|manifest| manifest.claims().map(|(_, claim)| claim.worker.clone()).collect())
    }

    fn dead_claimants(&self) -> Result<BTreeSet<WorkerId>, StoreError> {
        Ok(dead(self.folder(), self.claimants()?.iter()))
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

/// Of these workers, those that are dead for certain. A worker that cannot be asked counts as alive.
pub(crate) fn dead<'a>(
    project: &Path,
    ids: impl Iterator<Item = &'a WorkerId>,
) -> BTreeSet<WorkerId> {
    let asked: BTreeMap<&WorkerId, bool> =
        ids.map(|id| (id, lock::is_free(&lock_path(project, id)).unwrap_or(false))).collect();
    asked.into_iter().filter(|(_, free)| *free).map(|(id, _)| id.clone()).collect()
}

/// The living workers of a project; what dead ones left behind is removed, unless `claimed` says that
/// a claim still names them.
pub(crate) fn living(
    project: &Path,
    claimed: &BTreeSet<WorkerId>,
) -> Result<Vec<WorkerInfo>, StoreError> {
    let folder = project.join(names::WORKERS);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io(&folder, "read", error)),
    };
    let mut living = Vec::new();
    for entry in entries.flatten() {
        let Ok(bytes) = fs::read(entry.path()) else { continue };
        let Ok(info) = serde_json::from_slice::<WorkerInfo>(&bytes) else { continue };
        match lock::is_free(&lock_path(project, &info.id)) {
            Ok(true) if !claimed.contains(&info.id) => forget(project, &info.id),
            Ok(true) => {}
            Ok(false) | Err(_) => living.push(info),
        }
    }
    living.sort_by(|a, b| (a.role, a.started_at, &a.id).cmp(&(b.role, b.started_at, &b.id)));
    Ok(living)
}
