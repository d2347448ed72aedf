//! Several books in one run: which they are, doing them, and what became of each.
//!
//! **Invariant:** no two books of a run share a project, and what happens to one book stops no other.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use manifest::crew::Ending;
use manifest::{Interrupt, names};
use serde::Serialize;

use crate::status::one_line;

/// A book of a run, or what was named and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The book file, or the project that is gone on with.
    pub book: PathBuf,
    /// The folder of its project.
    pub project: PathBuf,
}

/// What became of a book.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fate {
    pub book: PathBuf,
    /// Empty for what cannot be worked on.
    #[serde(skip_serializing_if = "is_nowhere")]
    pub project: PathBuf,
    pub status: Status,
    pub plates: u32,
    /// Plates that were wanted and are not there.
    pub missing: u32,
    /// Chapters with all their plates.
    pub chapters: u32,
    /// Plates that were drawn in this run.
    pub drawn: u32,
    /// Chapters that failed.
    pub failed: u32,
    /// Plates that an engine refused to draw.
    pub refused: u32,
    /// What was spent on the book, by all runs, in millionths of a dollar; `None` where nothing
    /// ever was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent_micros: Option<u64>,
    pub seconds: f64,
    /// The bound book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How a book ended, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Complete,
    WithErrors,
    /// The sheets are there to be looked at, and nothing else was drawn.
    ForReview,
    Cancelled,
    /// What may be spent is spent; what is finished is bound.
    OutOfBudget,
    Failed,
    Interrupted,
    /// The run was interrupted before the book was begun.
    NotBegun,
}

fn is_nowhere(path: &Path) -> bool {
    path.as_os_str().is_empty()
}

impl Status {
    /// The exit code of a run of one book.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Complete => Ending::Complete.exit_code(),
            Self::WithErrors => Ending::WithErrors.exit_code(),
            Self::Cancelled => Ending::Cancelled.exit_code(),
            Self::ForReview => Ending::ForReview.exit_code(),
            Self::OutOfBudget => Ending::OutOfBudget.exit_code(),
            Self::Failed => 1,
            Self::Interrupted | Self::NotBegun => Ending::Interrupted.exit_code(),
        }
    }
}

impl Fate {
    pub fn of(planned: &Planned, status: Status) -> Self {
        Self {
            book: planned.book.clone(),
            project: planned.project.clone(),
            status,
            plates: 0,
            missing: 0,
            chapters: 0,
            drawn: 0,
            failed: 0,
            refused: 0,
            spent_micros: None,
            seconds: 0.0,
            bound: None,
            error: None,
        }
    }

    /// Of what was named and cannot be worked on.
    pub fn refused(named: &Path, why: &anyhow::Error) -> Self {
        let planned = Planned { book: named.to_owned(), project: PathBuf::new() };
        Self { error: Some(format!("{why:#}")), ..Self::of(&planned, Status::Failed) }
    }
}

/// The books in a folder, and the projects, by name. Of the same book in several formats only the one
/// that is read best.
pub fn books_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read {}", folder.display());
    let mut projects = Vec::new();
    let mut best: BTreeMap<PathBuf, (usize, PathBuf)> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")) {
            continue;
        }
        if path.join(names::MANIFEST).is_file() {
            projects.push(path);
        } else if let Some(rank) = rank(&path).filter(|_| path.is_file()) {
            let found = (rank, path.clone());
            let kept = best.entry(path.with_extension("")).or_insert_with(|| found.clone());
            *kept = found.min(kept.clone());
        }
    }
    let mut all: Vec<_> = best.into_values().map(|(_, path)| path).chain(projects).collect();
    all.sort();
    Ok(all)
}

/// The place of a file's kind among those that are read, the best first.
fn rank(path: &Path) -> Option<usize> {
    let ending = path.extension()?.to_string_lossy().to_lowercase();
    book::ENDINGS.iter().position(|known| *known == ending)
}

/// Takes one more book into a run. A book that is there already, as file or as project, is not taken
/// twice.
///
/// # Errors
/// When another book of the run has the same project.
pub fn add(run: &mut Vec<Planned>, new: Planned) -> anyhow::Result<()> {
    let place = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).ok();
    let same = |other: &&mut Planned| place(&other.project) == place(&new.project);
    match run.iter_mut().find(same) {
        None => run.push(new),
        Some(other) if place(&other.book) == place(&new.book) => {}
        // The project of a book that is in the run as well.
        Some(other) if other.book == other.project => *other = new,
        Some(_) if new.book == new.project => {}
        Some(other) => bail!(
            "{} would have the same project as {}: {}; run it by itself, with another folder as `-o`",
            new.book.display(),
            other.book.display(),
            new.project.display()
        ),
    }
    Ok(())
}

/// Does every book of a run, so many at once; the fates are in the order of the books.
pub fn work_through(
    books: &[Planned],
    at_once: usize,
    interrupt: &Interrupt,
    one: impl Fn(usize, &Planned) -> anyhow::Result<Fate> + Sync,
) -> Vec<Fate> {
    let next = AtomicUsize::new(0);
    let fates = Mutex::new(vec![None; books.len()]);
    let one_thread = || {
        loop {
            let nth = next.fetch_add(1, Ordering::SeqCst);
            let Some(planned) = books.get(nth) else { return };
            let fate = if interrupt.is_set() {
                Fate::of(planned, Status::NotBegun)
            } else {
                one(nth, planned).unwrap_or_else(|error| Fate {
                    error: Some(format!("{error:#}")),
                    ..Fate::of(planned, Status::Failed)
                })
            };
            fates.lock().unwrap_or_else(PoisonError::into_inner)[nth] = Some(fate);
        }
    };
    thread::scope(|scope| {
        for _ in 0..at_once.clamp(1, books.len().max(1)) {
            scope.spawn(one_thread);
        }
    });
    fates.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect()
}

/// Prints the summary of a run, and says how it ended as a whole: as its worst book.
pub fn conclude(fates: &[Fate], took: Duration, json: bool) -> anyhow::Result<Ending> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(fates)?)?;
    } else {
        eprint!("{}", summary(fates, took));
        for bound in fates.iter().filter_map(|fate| fate.bound.as_ref()) {
            writeln!(out, "{}", bound.display())?;
        }
    }
    let failed = fates.iter().filter(|fate| fate.status == Status::Failed).count();
    match fates.iter().map(|fate| fate.status).max() {
        None | Some(Status::Complete) => Ok(Ending::Complete),
        Some(Status::WithErrors) => Ok(Ending::WithErrors),
        Some(Status::ForReview) => Ok(Ending::ForReview),
        Some(Status::Cancelled) => Ok(Ending::Cancelled),
        Some(Status::OutOfBudget) => Ok(Ending::OutOfBudget),
        Some(Status::Failed) => bail!("{failed} of {} books failed", fates.len()),
        Some(Status::Interrupted | Status::NotBegun) => Ok(Ending::Interrupted),
    }
}

fn summary(fates: &[Fate], took: Duration) -> String {
    let plates: u32 = fates.iter().map(|fate| fate.plates).sum();
    let books = counted(u32::try_from(fates.len()).unwrap_or(u32::MAX), "book");
    let plates = counted(plates, "plate");
    let mut text = format!("\n{books}, {plates}, {:.1} s\n", took.as_secs_f64());
    let names: Vec<_> = fates.iter().map(|fate| name(&fate.book)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for (fate, name) in fates.iter().zip(names) {
        let _ = writeln!(text, "  {name:<width$}  {}", in_words(fate));
    }
    text
}

/// So many of a thing: `1 plate`, `2 plates`.
pub fn counted(number: u32, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

impl Fate {
    /// What there is: `12 plates in 6 chapters`.
    pub fn in_short(&self) -> String {
        format!("{} in {}", counted(self.plates, "plate"), counted(self.chapters, "chapter"))
    }

    /// What there is not, and what to type next.
    pub fn what_is_missing(&self) -> String {
        let (plates, folder) = (counted(self.missing, "plate"), self.project.display());
        if self.failed + self.refused == 0 && self.missing > 0 {
            return format!("{plates} not drawn yet; `woodcut run {folder}` goes on");
        }
        format!("{plates} missing; `woodcut status {folder}` says why")
    }
}

fn in_words(fate: &Fate) -> String {
    let project = fate.project.display();
    match fate.status {
        Status::Complete => fate.in_short(),
        Status::WithErrors => format!("{}; {}", fate.in_short(), fate.what_is_missing()),
        Status::ForReview => {
            format!("sheets to look at in {project}/sheets; `woodcut run {project}` goes on")
        }
        Status::Cancelled => format!("cancelled; `woodcut resume {project}` takes that back"),
        Status::OutOfBudget => format!(
            "{}, then the budget was spent; `woodcut run {project} --budget N` with a larger one goes on",
            fate.in_short()
        ),
        Status::Failed => {
            format!("failed: {}", one_line(fate.error.as_deref().unwrap_or_default()))
        }
        Status::Interrupted => format!("interrupted; `woodcut run {project}` goes on"),
        Status::NotBegun => "not begun".to_owned(),
    }
}

/// A book by its file's name.
pub fn name(book: &Path) -> String {
    one_line(&book.file_stem().unwrap_or(book.as_os_str()).to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(book: &str, project: &str) -> Planned {
        Planned { book: book.into(), project: project.into() }
    }

    #[test]
    fn a_book_and_its_project_are_one() {
        let mut run = Vec::new();
        add(&mut run, planned("a.woodcut", "a.woodcut")).unwrap();
        add(&mut run, planned("a.epub", "./a.woodcut")).unwrap();
        add(&mut run, planned("a.epub", "a.woodcut")).unwrap();
        add(&mut run, planned("a.woodcut", "a.woodcut")).unwrap();
        assert_eq!(run, [planned("a.epub", "./a.woodcut")]);
        let error = add(&mut run, planned("old/a.epub", "a.woodcut")).unwrap_err().to_string();
        assert!(error.contains("old/a.epub") && error.contains("`-o`"), "{error}");
    }

    #[test]
    fn a_folder_holds_every_book_once() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.txt", "b.epub", "a.MD", ".hidden.epub", "cover.jpg", "b.pdf"] {
            std::fs::File::create(folder.path().join(name)).unwrap();
        }
        for name in ["c.woodcut", "chapters.md", "empty.woodcut"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::File::create(folder.path().join("c.woodcut/manifest.json")).unwrap();
        let found = books_in(folder.path()).unwrap();
        let names: Vec<_> = found.iter().map(|path| path.file_name().unwrap()).collect();
        assert_eq!(names, ["a.MD", "b.epub", "c.woodcut"]);
    }

    #[test]
    fn one_failed_book_stops_no_other_and_an_interrupt_all() {
        let books = ["a", "b", "c"].map(|name| planned(name, name));
        let interrupt = Interrupt::new();
        for at_once in [1, 2, 9] {
            let fates = work_through(&books, at_once, &interrupt, |nth, planned| {
                anyhow::ensure!(nth != 1, "torn");
                Ok(Fate::of(planned, Status::Complete))
            });
            let ends: Vec<_> = fates.iter().map(|fate| fate.status).collect();
            assert_eq!(ends, [Status::Complete, Status::Failed, Status::Complete]);
            assert_eq!(fates[1].error.as_deref(), Some("torn"));
        }
        interrupt.set();
        let fates = work_through(&books, 2, &interrupt, |_, _| bail!("never begun"));
        assert!(fates.iter().all(|fate| fate.status == Status::NotBegun));
    }
}
