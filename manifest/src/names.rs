//! The names of a project's files.

/// Latest fold of the journal.
pub const MANIFEST: &str = "manifest.json";
/// The fold before, kept for repair.
pub const MANIFEST_PREV: &str = "manifest.json.prev";
/// Events since the fold.
pub const JOURNAL: &str = "manifest.journal";
/// The journal before the last fold, kept for repair.
pub const JOURNAL_PREV: &str = "manifest.journal.prev";
/// The lock; never renamed, never removed.
pub const LOCK: &str = "manifest.lock";
/// Up to where the journal is on disk; never renamed, never removed.
pub const SYNCED: &str = "manifest.synced";
/// Holds one lock file and one description per registered worker.
pub const WORKERS: &str = "workers";
/// Holds one record, one log and one sign of life per run.
pub const RUNS: &str = "runs";
/// Holds the concepts of each chapter: proof that a folder is a project.
pub const CONCEPTS: &str = "concepts";
/// Holds the plates: proof that a folder is a project.
pub const PLATES: &str = "plates";

/// A file that is being written, before it gets its name.
#[must_use]
pub(crate) fn beside(name: &str) -> String {
    format!("{name}.tmp")
}
