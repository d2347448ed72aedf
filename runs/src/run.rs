//! The writer of a record: the process it is about.

use std::fmt::Display;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use manifest::alive::Alive;
use manifest::crew::Ending;
use manifest::{StoreError, WorkerId, artifact, host, names};

use crate::record::{Counts, Record, one_line};
use crate::{arguments, clean, log, state};

/// How often a record is written while nothing but its counts changes.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// Exit code of a program that failed.
const FAILED: u8 = 1;

/// Why a run cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file of it cannot be made.
    #[error("cannot make {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The record cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A run under way: its record, its log and its sign of life. It ends with [`Run::end`]; one that is
/// only dropped, or whose process dies, shows as crashed.
#[derive(Debug)]
pub struct Run {
    project: PathBuf,
    now: Mutex<Now>,
    /// Dropped last of all, so that whoever finds it gone finds the exit code.
    alive: Option<Alive>,
}

#[derive(Debug)]
struct Now {
    record: Record,
    written: Instant,
}

impl Run {
    /// Begins a run of this process on a project, which must be there; what is long over is cleaned up
    /// on the way, and the project is remembered as one that this user has run.
    ///
    /// # Errors
    /// [`RunError`] when its files cannot be made.
    pub fn begin(
        project: &Path,
        command: &str,
        worker: Option<&WorkerId>,
    ) -> Result<Self, RunError> {
        let folder = project.join(names::RUNS);
        let error = |path: &Path| {
            let path = path.to_owned();
            move |source| RunError::Io { path, source }
        };
        fs::create_dir_all(&folder).map_err(error(&folder))?;
        let started_at = Utc::now();
        let random = getrandom::u32().map_err(|e| error(&folder)(e.into()))?;
        let id = format!("{}-{random:08x}", started_at.format("%Y%m%dT%H%M%S%3f"));
        let sign = sign_of_life(project, &id);
        let alive = Alive::begin(&sign).map_err(error(&sign))?;
        let record = Record {
            id: id.clone(),
            command: command.to_owned(),
            worker: worker.cloned(),
            host: host::name(),
            boot: host::boot_id(),
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            arguments: arguments::of_this_process(),
            started_at,
            ended_at: None,
            stage: "starting".to_owned(),
            counts: Counts::default(),
            errors: Vec::new(),
            exit_code: None,
        };
        write(project, &record)?;
        let path = log_path(project, &id);
        let file = OpenOptions::new().append(true).create_new(true).open(&path);
        log::send_to(&id, file.map_err(error(&path))?);
        let run = Self {
            project: project.to_owned(),
            now: Mutex::new(Now { record, written: Instant::now() }),
            alive: Some(alive),
        };
        state::remember_project(project);
        clean::at_start(project);
        Ok(run)
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> String {
        self.now().record.id.clone()
    }

    /// Says what it is at; nothing is written while that does not change.
    pub fn stage(&self, stage: &str) {
        let mut now = self.now();
        if now.record.stage != stage {
            now.record.stage = one_line(stage);
            self.write(&mut now);
        }
    }

    /// Changes its counts.
    pub fn count(&self, change: impl FnOnce(&mut Counts)) {
        let mut now = self.now();
        change(&mut now.record.counts);
        if now.written.elapsed() >= AT_MOST_EVERY {
            self.write(&mut now);
        }
    }

    /// Adds what went wrong.
    pub fn error(&self, why: &str) {
        let mut now = self.now();
        now.record.add_error(why);
        self.write(&mut now);
    }

    /// Ends it: with this exit code, and this error if there was one.
    pub fn end(mut self, exit_code: u8, error: Option<&str>) {
        {
            let mut now = self.now();
            if let Some(error) = error {
                now.record.add_error(error);
            }
            now.record.ended_at = Some(Utc::now());
            now.record.exit_code = Some(exit_code);
            self.write(&mut now);
        }
        log::stop(&self.id());
        drop(self.alive.take());
    }

    /// Ends it as its work ended.
    pub fn end_as<E: Display>(self, result: &Result<Ending, E>) {
        match result {
            Ok(ending) => self.end(ending.exit_code(), None),
            Err(error) => {
                // With its causes, where the error can say them.
                let text = format!("{error:#}");
                tracing::error!("{text}");
                self.end(FAILED, Some(&text));
            }
        }
    }

    /// A record that cannot be written now is written with the next change; the work does not depend
    /// on it.
    fn write(&self, now: &mut Now) {
        now.written = Instant::now();
        let _ = write(&self.project, &now.record);
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(project: &Path, record: &Record) -> Result<(), RunError> {
    let name = format!("{}/{}.json", names::RUNS, record.id);
    let mut text = serde_json::to_vec_pretty(record)
        .map_err(|e| RunError::Io { path: project.join(&name), source: e.into() })?;
    text.push(b'\n');
    Ok(artifact::put(project, &name, &text)?)
}

/// Where the log of a run is.
pub(crate) fn log_path(project: &Path, id: &str) -> PathBuf {
    project.join(names::RUNS).join(format!("{id}.log"))
}

/// The file whose lock a run holds for as long as it lives.
pub(crate) fn sign_of_life(project: &Path, id: &str) -> PathBuf {
    project.join(names::RUNS).join(format!("{id}.lock"))
}
