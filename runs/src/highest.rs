//! The highest percentage that anybody was shown of the run under way, so that it falls in no eyes: not
//! for two commands after each other, nor for a command and a page.
//!
//! A file beside the records. It is a convenience: where it cannot be read or written, each watcher
//! still keeps its own. A run begins where nobody is at work, so what is kept names the workers of
//! that time, and holds as long as one of them lives.

use std::path::{Path, PathBuf};

use manifest::progress::{Gauge, Progress};
use manifest::{WorkerId, WorkerInfo, artifact, names};
use serde::{Deserialize, Serialize};

use crate::state;

/// The file's name in the folder of the records; the records end otherwise.
const FILE: &str = "highest";

/// What a watcher has shown, and what others have.
#[derive(Debug)]
pub struct Highest {
    project: PathBuf,
    gauge: Gauge,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    workers: Vec<WorkerId>,
    percentage: f64,
}

impl Highest {
    /// Of a project that somebody begins to watch.
    #[must_use]
    pub fn of(project: &Path) -> Self {
        Self { project: project.to_owned(), gauge: Gauge::default() }
    }

    /// Shows a percentage, in whole tenths, that is not below what was shown before in this run.
    pub fn raise(&mut self, progress: &mut Progress, workers: &[WorkerInfo]) {
        let kept = self.read().filter(|kept| workers.iter().any(|w| kept.workers.contains(&w.id)));
        let known = kept.map_or(0.0, |kept| kept.percentage);
        self.gauge.at_least(known);
        self.gauge.raise(progress, !workers.is_empty());
        progress.percentage = (10.0 * progress.percentage).floor() / 10.0;
        if !workers.is_empty() && progress.percentage > known {
            let workers = workers.iter().map(|worker| worker.id.clone()).collect();
            self.write(&Kept { workers, percentage: progress.percentage });
        }
    }

    fn read(&self) -> Option<Kept> {
        let path = self.project.join(names::RUNS).join(FILE);
        serde_json::from_str(&state::read(&path)?).ok()
    }

    fn write(&self, kept: &Kept) {
        if let Ok(json) = serde_json::to_vec(kept) {
            let name = format!("{}/{FILE}", names::RUNS);
            // In a folder that is not ours to write in, each watcher keeps its own.
            let _ = artifact::put(&self.project, &name, &json);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use manifest::progress::{Weights, progress};
    use manifest::{Manifest, Source};
    use proptest::prelude::*;

    use super::*;

    fn workers(names: &[&str]) -> Vec<WorkerInfo> {
        let about = |name| {
            serde_json::json!({
                "id": name, "role": "illustrate", "pid": 1, "started_at": "2020-01-01T00:00:00Z"
            })
        };
        names.iter().map(|name| serde_json::from_value(about(name)).unwrap()).collect()
    }

    fn at(percentage: f64) -> Progress {
        let source = Source {
            path: "b".into(),
            sha256: String::new(),
            title: String::new(),
            headings: None,
        };
        let manifest = Manifest::new("l".into(), "b".into(), source, DateTime::UNIX_EPOCH);
        let progress = progress(&manifest, &Weights::default(), DateTime::UNIX_EPOCH);
        Progress { percentage, ..progress }
    }

    /// What a command that looks once shows.
    fn shown(project: &Path, percentage: f64, names: &[&str]) -> f64 {
        let mut progress = at(percentage);
        Highest::of(project).raise(&mut progress, &workers(names));
        progress.percentage
    }

    proptest! {
        #[test]
        fn commands_after_each_other_show_no_fall(all in prop::collection::vec(0.0..=100.0, 1..30)) {
            let project = tempfile::tempdir().unwrap();
            let mut last = 0.0;
            for percentage in all {
                let now = shown(project.path(), percentage, &["a", "b"]);
                prop_assert!(now >= last && (now == 100.0) == (percentage == 100.0));
                last = if now == 100.0 { last } else { now };
            }
        }
    }

    #[test]
    fn a_run_lasts_as_long_as_one_of_its_workers() {
        let project = tempfile::tempdir().unwrap();
        assert_eq!(shown(project.path(), 62.57, &["a", "b"]), 62.5);
        assert_eq!(shown(project.path(), 40.0, &["b", "c"]), 62.5);
        assert_eq!(shown(project.path(), 40.0, &[]), 40.0, "nobody is at work");
        assert_eq!(shown(project.path(), 40.0, &["d"]), 40.0, "another run");
        assert_eq!(shown(project.path(), 39.0, &["d"]), 40.0);
    }

    #[test]
    fn what_makes_no_sense_is_not_believed() {
        let project = tempfile::tempdir().unwrap();
        for kept in ["", "{}", r#"{"workers":["a"],"percentage":"x"}"#, "\0\0"] {
            artifact::put(project.path(), "runs/highest", kept.as_bytes()).unwrap();
            assert_eq!(shown(project.path(), 12.0, &["b"]), 12.0, "{kept}");
        }
        let kept = br#"{"workers":["a"],"percentage":1e300}"#;
        artifact::put(project.path(), "runs/highest", kept).unwrap();
        assert_eq!(shown(project.path(), 12.0, &["a"]), 99.9);
    }
}
