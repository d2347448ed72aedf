//! What is shown of a project: the one value behind `woodcut status` and the page.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use manifest::ledger::Spent;
use manifest::progress::{Progress, Weights, progress};
use manifest::{
    Chapter, ChapterId, ChapterState, ElementsState, Manifest, Outcome, Overall, Serial, Status,
    Store, StoreError, WorkerInfo,
};
use runs::Highest;
use serde::Serialize;

/// How a project is at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The project's folder.
    pub project: PathBuf,
    /// Title of the book, as data.
    pub title: String,
    /// Number of the last event.
    pub serial: Serial,
    /// Status word of the elements pass.
    pub elements: &'static str,
    /// Why the elements pass failed, if it did.
    pub elements_error: Option<String>,
    /// Whether every chapter's analysis is over.
    pub analyze_complete: bool,
    /// Whether no chapter needs any more work.
    pub illustrate_complete: bool,
    /// How it is, in one word.
    pub overall: Overall,
    /// Seconds until nothing is left to do; `None` until that can be told.
    pub eta_seconds: Option<u64>,
    /// The chapter that is drawn, or read, at the moment: its number.
    pub current: Option<u32>,
    /// How far it is.
    pub progress: Progress,
    /// Who is at work, analyzers first.
    pub workers: Vec<WorkerInfo>,
    /// The chapters, by number.
    pub chapters: Vec<ChapterReport>,
    /// What was spent on models, by all processes and runs.
    pub spent: Spent,
    /// What the calls under way may cost at most, in millionths of a dollar.
    pub reserved_micros: u64,
    /// Calls that may have been paid for twice.
    pub possible_duplicate_calls: u32,
}

/// How a chapter is at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct ChapterReport {
    /// Its number.
    pub chapter: u32,
    /// Its title, as data.
    pub title: String,
    /// Where it stands.
    pub status: Status,
    /// How many concepts it has, once analyzed.
    pub concepts: Option<u32>,
    /// How many plates it has.
    pub plates: usize,
    /// The pictures of its plates by 1-based index of the concept, as names in the project.
    pub pictures: BTreeMap<u32, String>,
    /// Concepts that the engine refused to draw, by 1-based index, with its reason.
    pub blocked: BTreeMap<u32, String>,
    /// Why it failed or was left out.
    pub reason: Option<String>,
}

impl Report {
    /// The same with other chapters: those that somebody has not seen yet.
    pub(crate) fn with_chapters(&self, chapters: Vec<ChapterReport>) -> Self {
        Self {
            project: self.project.clone(),
            title: self.title.clone(),
            elements_error: self.elements_error.clone(),
            progress: self.progress.clone(),
            workers: self.workers.clone(),
            chapters,
            ..*self
        }
    }

    /// Looks at a project; `highest` is what was shown of it before.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(store: &Store, weights: &Weights, highest: &mut Highest) -> Result<Self, StoreError> {
        let workers = store.workers()?;
        let now = store.now();
        let mut report = store.view(|manifest| Self::at(store, manifest, weights, workers, now))?;
        highest.raise(&mut report.progress, &report.workers);
        Ok(report)
    }

    fn at(
        store: &Store,
        manifest: &Manifest,
        weights: &Weights,
        workers: Vec<WorkerInfo>,
        now: DateTime<Utc>,
    ) -> Self {
        let living = workers.iter().map(|worker| worker.role).collect();
        let progress = progress(manifest, weights, now);
        Self {
            project: store.folder().to_owned(),
            title: manifest.source.title.clone(),
            serial: manifest.serial,
            elements: manifest.elements.status(),
            elements_error: match &manifest.elements {
                ElementsState::Failed(failure) => Some(failure.message.clone()),
                _ => None,
            },
            analyze_complete: manifest.analyze_complete(),
            illustrate_complete: manifest.illustrate_complete(),
            overall: Overall::of(manifest, &living, now),
            eta_seconds: match Overall::of(manifest, &living, now) {
                Overall::Stalled | Overall::Pending => None,
                _ => progress.eta_seconds,
            },
            current: current(manifest),
            progress,
            workers,
            chapters: chapters(manifest),
            spent: manifest.ledger.total(),
            reserved_micros: manifest.ledger.reserved(),
            possible_duplicate_calls: manifest.possible_duplicate_calls,
        }
    }
}

fn current(manifest: &Manifest) -> Option<u32> {
    let busy = [Status::Illustrating, Status::Analyzing];
    busy.into_iter().flat_map(|status| manifest.with_status(status)).next().map(|id| id.0)
}

fn picture((concept, outcome): (&u32, &Outcome)) -> Option<(u32, String)> {
    match outcome {
        Outcome::Drawn(plate) => Some((*concept, plate.file.clone())),
        Outcome::Blocked(_) => None,
    }
}

fn blocked((concept, outcome): (&u32, &Outcome)) -> Option<(u32, String)> {
    match outcome {
        Outcome::Blocked(why) => Some((*concept, why.clone())),
        Outcome::Drawn(_) => None,
    }
}

fn chapters(manifest: &Manifest) -> Vec<ChapterReport> {
    let report = |(id, chapter): (&ChapterId, &Chapter)| ChapterReport {
        chapter: id.0,
        title: chapter.title.clone(),
        status: chapter.state.status(),
        concepts: chapter.concepts,
        plates: chapter.outcomes.keys().filter(|n| chapter.plate(**n).is_some()).count(),
        pictures: chapter.outcomes.iter().filter_map(picture).collect(),
        blocked: chapter.outcomes.iter().filter_map(blocked).collect(),
        reason: match &chapter.state {
            ChapterState::Failed(_, failure) => Some(failure.message.clone()),
            ChapterState::Skipped { reason } => Some(reason.clone()),
            _ => None,
        },
    };
    manifest.chapters().iter().map(report).collect()
}
