//! Removing what is over: records and logs of runs that ended or provably died, and what dead writers
//! and workers left.
//!
//! **Invariant:** nothing of a run that may be alive is touched, and nothing outside `runs/` and
//! `workers/` but files that were begun and whose writer is dead. Clocks say how old something is, never
//! whether it is over.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use manifest::liveness::Probe;
use manifest::{alive, artifact, names};

use crate::list::{self, State};
use crate::run::sign_of_life;

/// How old what is over must be, where nobody says otherwise.
pub const OLDER_THAN: Duration = Duration::from_secs(24 * 60 * 60);

/// What of a project is over and older than this, in the order of its names.
#[must_use]
pub fn plan(project: &Path, older_than: Duration, now: DateTime<Utc>) -> Vec<PathBuf> {
    let folder = project.join(names::RUNS);
    let is_old = |time: DateTime<Utc>| {
        let age = now.signed_duration_since(time);
        age.to_std().is_ok_and(|age| age >= older_than)
    };
    let mut over = BTreeSet::from_iter(artifact::leftovers(project));
    for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Some(id) = id_of(&path) else { continue };
        let shown = list::shown(project, id);
        let old = match &shown {
            Ok(Some(run)) if run.state == State::Ended => {
                is_old(run.record.ended_at.unwrap_or(run.record.started_at))
            }
            Ok(Some(run)) if run.state == State::Crashed => is_old(last_change(&path)),
            Ok(Some(_)) => false,
            // Without a record that can be read, only its sign of life says whether it is over.
            Ok(None) | Err(_) => {
                alive::probe(&sign_of_life(project, id)) == Probe::Free
                    && is_old(last_change(&path))
            }
        };
        if old {
            over.insert(path);
        }
    }
    over.into_iter().collect()
}

/// Removes what [`plan`] finds; returns what was removed. What cannot be removed stays for the next time.
#[must_use]
pub fn clean(project: &Path, older_than: Duration, now: DateTime<Utc>) -> Vec<PathBuf> {
    let mut over = plan(project, older_than, now);
    // The record goes last: while it is there, whoever looks can tell what the rest belonged to.
    over.sort_by_key(|path| path.extension().is_some_and(|kind| kind == "json"));
    artifact::sweep(project);
    // A file that was begun may have found its writer since it was looked at: only the sweep, which
    // holds its lock, removes it.
    over.retain(
        |path| {
            if id_of(path).is_none() { !path.exists() } else { fs::remove_file(path).is_ok() }
        },
    );
    over
}

pub(crate) fn at_start(project: &Path) {
    let _ = clean(project, OLDER_THAN, Utc::now());
}

/// The run that a file belongs to, by its name; names that no run ever has belong to none.
fn id_of(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    let (id, ending) = name.rsplit_once('.')?;
    let ours = ["json", "log", "lock"].contains(&ending)
        && !id.is_empty()
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    ours.then_some(id)
}

/// When a file was last changed; now, where that cannot be told.
fn last_change(path: &Path) -> DateTime<Utc> {
    let changed = fs::symlink_metadata(path).and_then(|about| about.modified());
    changed.map_or_else(|_| Utc::now(), DateTime::from)
}
