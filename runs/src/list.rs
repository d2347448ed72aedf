//! Reading records: of one project, or of many.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use manifest::liveness::{Probe, Signs, Verdict, liveness};
use manifest::{alive, host, names};
use serde::Serialize;

use crate::record::{Record, one_line};
use crate::run::{log_path, sign_of_life};

/// No record is longer.
const LONGEST: u64 = 1 << 20;
/// So much of the end of a log is looked at for its last lines.
const TAIL: u64 = 4096;
/// More records of one project are not read.
const MOST: usize = 10_000;

/// How a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its process is alive.
    Running,
    /// It has ended itself.
    Ended,
    /// Its process died without a word.
    Crashed,
    /// It is on another machine, whose processes cannot be seen from here.
    Unseen,
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Running => "running",
            Self::Ended => "ended",
            Self::Crashed => "crashed",
            Self::Unseen => "unseen",
        })
    }
}

/// A run as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The project it is on.
    pub project: PathBuf,
    /// How it is.
    pub state: State,
    /// Its log; there may be none.
    pub log: PathBuf,
    /// What it says of itself.
    #[serde(flatten)]
    pub record: Record,
}

/// A record that cannot be shown, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is no record of a run: {why}", path.display())]
pub struct Warning {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// Runs, newest first, and what could not be read of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The runs.
    pub runs: Vec<Shown>,
    /// One for each file that is not what it should be.
    pub warnings: Vec<Warning>,
}

/// The runs of a project; none where there is no project.
#[must_use]
pub fn of_project(project: &Path) -> Listing {
    of_projects(std::slice::from_ref(&project))
}

/// The runs of several projects.
#[must_use]
pub fn of_projects(projects: &[impl AsRef<Path>]) -> Listing {
    let mut listing = Listing::default();
    for project in projects.iter().map(AsRef::as_ref) {
        for id in ids(project) {
            match shown(project, &id) {
                Ok(run) => listing.runs.extend(run),
                Err(why) => {
                    let path = record_path(project, &id);
                    listing.warnings.push(Warning { path, why });
                }
            }
        }
    }
    listing.runs.sort_by(|a, b| {
        (b.record.started_at, &b.record.id).cmp(&(a.record.started_at, &a.record.id))
    });
    listing
}

/// The last lines of a log, the oldest first; none where there is no log.
#[must_use]
pub fn last_lines(log: &Path, count: usize) -> Vec<String> {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut text = Vec::new();
        file.take(TAIL).read_to_end(&mut text)?;
        Ok(text)
    };
    let text = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().map(one_line).collect();
    lines[lines.len().saturating_sub(count)..].to_vec()
}

/// The names of the records of a project.
pub(crate) fn ids(project: &Path) -> Vec<String> {
    let entries = fs::read_dir(project.join(names::RUNS)).into_iter().flatten().flatten();
    let id = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        // What is still being written has another ending.
        Some(name.strip_suffix(".json")?.to_owned())
    };
    entries.filter_map(id).take(MOST).collect()
}

/// A run by its name; `None` where it has just been removed.
pub(crate) fn shown(project: &Path, id: &str) -> Result<Option<Shown>, String> {
    let Some(mut record) = read(project, id)? else { return Ok(None) };
    let mut state = judge(project, &record);
    if state == State::Crashed {
        // It may have ended between the two looks: then it has left its exit code.
        let Some(again) = read(project, id)? else { return Ok(None) };
        record = again;
        state = judge(project, &record);
    }
    let log = log_path(project, id);
    Ok(Some(Shown { project: project.to_owned(), state, log, record }))
}

fn read(project: &Path, id: &str) -> Result<Option<Record>, String> {
    let path = record_path(project, id);
    let text = match read_bounded(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let record: Record = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    if record.id != id {
        return Err("it is named after another run".to_owned());
    }
    Ok(Some(record))
}

/// Only a plain file, and only so much of it as any record is long.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut text = Vec::new();
    File::open(path)?.take(LONGEST + 1).read_to_end(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::other("it is too long"));
    }
    Ok(text)
}

fn record_path(project: &Path, id: &str) -> PathBuf {
    project.join(names::RUNS).join(format!("{id}.json"))
}

fn judge(project: &Path, record: &Record) -> State {
    if record.exit_code.is_some() {
        return State::Ended;
    }
    let probe = alive::probe(&sign_of_life(project, &record.id));
    if probe == Probe::Held {
        return State::Running;
    }
    let same_boot = record.boot.is_none() || record.boot == host::boot_id();
    let signs = Signs { probe, same_boot, silent: Duration::ZERO };
    match liveness(signs, &host::file_system(project)) {
        Verdict::Dead => State::Crashed,
        Verdict::Alive => State::Unseen,
    }
}
