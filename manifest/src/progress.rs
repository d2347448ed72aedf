//! How far a project is: one pure function of the manifest, shown alike by every command and page.

use serde::Serialize;

use crate::chapter::Outcome;
use crate::elements::ElementsState;
use crate::manifest::Manifest;
use crate::state::{ChapterState, Status, Step};

/// Share of the whole that each phase stands for; they add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Finding the elements.
    pub elements: f64,
    /// Finding the concepts.
    pub analysis: f64,
    /// Drawing the plates.
    pub illustration: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { elements: 0.1, analysis: 0.2, illustration: 0.7 }
    }
}

/// How far one phase is, in units of work.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Phase {
    /// Finished units.
    pub done: u32,
    /// Units that failed for good.
    pub failed: u32,
    /// Units that are not to be done.
    pub skipped: u32,
    /// All units, as far as they are known by now.
    pub total: u32,
    /// Settled units in percent of all; 100 for a finished phase without any.
    pub percentage: f64,
}

/// How far a project is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// The elements pass, in chapters.
    pub elements: Phase,
    /// The concepts pass, in chapters.
    pub analysis: Phase,
    /// The plates, in chapters.
    pub illustration: Phase,
    /// Plates on disk.
    pub plates: u32,
    /// Concepts found so far: plates wanted.
    pub concepts: u32,
    /// Weighted, 0 to 100.
    pub percentage: f64,
}

/// Measures a manifest.
#[must_use]
pub fn progress(manifest: &Manifest, weights: Weights) -> Progress {
    let total = u32::try_from(manifest.chapters().len()).unwrap_or(u32::MAX);
    let listed = manifest.chapters_listed;
    let elements = match manifest.elements {
        ElementsState::Complete { .. } => phase(total, 0, 0, total, listed),
        ElementsState::Failed(_) => phase(0, total, 0, total, listed),
        _ => {
            phase(u32::try_from(manifest.elements_read.len()).unwrap_or(total), 0, 0, total, false)
        }
    };
    let mut failed = [0, 0];
    for id in manifest.with_status(Status::Failed) {
        match manifest.chapters().get(&id).map(|chapter| &chapter.state) {
            Some(ChapterState::Failed(Step::Analysis, _)) => failed[0] += 1,
            Some(ChapterState::Failed(Step::Illustration, _)) => failed[1] += 1,
            _ => {}
        }
    }
    let count = |status| u32::try_from(manifest.count(status)).unwrap_or(u32::MAX);
    let skipped = count(Status::Skipped);
    let illustrated = count(Status::Illustrated);
    let analyzed = count(Status::Analyzed) + count(Status::Illustrating) + illustrated + failed[1];
    let analysis = phase(analyzed, failed[0], skipped, total, listed);
    let illustration = phase(illustrated, failed[0] + failed[1], skipped, total, listed);
    let outcomes = manifest.chapters().values().flat_map(|chapter| chapter.outcomes.values());
    let plates = outcomes.filter(|outcome| matches!(outcome, Outcome::Drawn(_))).count();
    Progress {
        percentage: weights.elements * elements.percentage
            + weights.analysis * analysis.percentage
            + weights.illustration * illustration.percentage,
        elements,
        analysis,
        illustration,
        plates: u32::try_from(plates).unwrap_or(u32::MAX),
        concepts: manifest.chapters().values().filter_map(|chapter| chapter.concepts).sum(),
    }
}

fn phase(done: u32, failed: u32, skipped: u32, total: u32, listed: bool) -> Phase {
    let settled = f64::from(done + failed + skipped);
    let percentage = match total {
        0 if listed => 100.0,
        0 => 0.0,
        _ => 100.0 * settled / f64::from(total),
    };
    Phase { done, failed, skipped, total, percentage }
}
