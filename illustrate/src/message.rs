//! What the daemon tells whoever runs it; nothing depends on it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use manifest::{ChapterId, ElementsState, Manifest, Role, Status, Store, StoreError, WorkerInfo};
use runs::Run;

use crate::Tell;

/// One thing a person may want to hear.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// There is no project in the folder yet.
    NoProject(PathBuf),
    /// A plate is on disk: chapter, concept, file.
    Drawn(ChapterId, u32, String),
    /// A likeness of an element is on disk: its name, the file.
    Likeness(String, String),
    /// An earlier book of the series brought the sheet of an element: its name, the book, the file.
    TookOver(String, String, String),
    /// An earlier book in this project is about to draw the sheet of an element.
    AwaitsSheet(String, PathBuf),
    /// There is no likeness of an element, for this reason; its plates do without.
    NoLikeness(String, String),
    /// The sheets are there to be looked at, in this project: their files, and those without one.
    ForReview(PathBuf, Vec<String>, Vec<String>),
    /// A plate falls out of the row of all others, in this.
    Outlier(ChapterId, u32, &'static str),
    /// The engine refused a concept, for this reason.
    Blocked(ChapterId, u32, String),
    /// A chapter has all its plates.
    Illustrated(ChapterId, String),
    /// A chapter failed, for this reason.
    Failed(ChapterId, String),
    /// A result came after its claim was lost.
    Late(String),
    /// There is nothing to draw yet, for this reason.
    Waiting(String),
    /// A recorded plate is gone and will be drawn again.
    Gone(ChapterId, String),
    /// The prompt of a plate was edited: it will be drawn again.
    Edited(ChapterId, String),
    /// A call waits.
    Slow(models::Notice),
    /// What may be spent is spent, and how to go on.
    OutOfBudget(String),
    /// From the manifest.
    Notice(manifest::Notice),
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProject(folder) => write!(
                f,
                "waiting: no project in {} yet; `woodcut analyze BOOK -o {}` begins one",
                folder.display(),
                folder.display()
            ),
            Self::Drawn(chapter, concept, file) => {
                write!(f, "drew plate {concept} of chapter {chapter}: {file}")
            }
            Self::Likeness(name, file) => write!(f, "drew {name}: {file}"),
            Self::TookOver(name, book, file) => write!(f, "{name} as in {book:?}: {file}"),
            Self::AwaitsSheet(name, project) => write!(
                f,
                "waiting for the sheet of {name}, which the earlier book in {} is about to draw",
                project.display()
            ),
            Self::NoLikeness(name, why) => write!(f, "no picture of {name}: {why}"),
            Self::ForReview(folder, files, missing) => for_review(f, folder, files, missing),
            Self::Outlier(chapter, concept, what) => write!(
                f,
                "plate {chapter}:{concept} differs from the others in its {what}; it stays, and `woodcut \
                 redraw DIR {chapter}:{concept}` draws another"
            ),
            Self::Blocked(chapter, concept, why) => {
                write!(f, "no plate {concept} of chapter {chapter}: {why}")
            }
            Self::Illustrated(chapter, title) => {
                write!(f, "chapter {chapter}, {title:?}, has all its plates")
            }
            Self::Failed(chapter, why) => write!(f, "chapter {chapter} failed: {why}"),
            Self::Late(why) => write!(f, "a late result was refused: {why}"),
            Self::Waiting(why) => write!(f, "waiting {why}"),
            Self::Gone(chapter, file) => {
                write!(f, "{file} of chapter {chapter} is gone and will be drawn again")
            }
            Self::Edited(chapter, file) => {
                write!(f, "the prompt of {file} of chapter {chapter} was edited: it is drawn again")
            }
            Self::Slow(notice) => write!(
                f,
                "{} waits {:.1} s: {}",
                notice.engine,
                notice.pause.as_secs_f64(),
                notice.why
            ),
            Self::OutOfBudget(why) => f.write_str(why),
            Self::Notice(notice) => notice.fmt(f),
        }
    }
}

/// Hears what is told, and keeps it in the log.
pub(crate) fn logged(tell: &Tell) -> Tell {
    let tell = Arc::clone(tell);
    Arc::new(move |message: Message| {
        match &message {
            Message::Failed(..) | Message::Blocked(..) | Message::NoLikeness(..) => {
                tracing::warn!("{message}");
            }
            _ => tracing::info!("{message}"),
        }
        tell(message);
    })
}

impl Message {
    /// Keeps with the run what it is at and what it has done.
    pub(crate) fn note(&self, run: &Run) {
        match self {
            Self::Drawn(..) => {
                run.stage("illustration");
                run.count(|counts| counts.plates += 1);
            }
            Self::Blocked(..) => run.count(|counts| counts.blocked += 1),
            Self::Illustrated(..) => run.count(|counts| counts.chapters += 1),
            Self::Failed(..) => {
                run.count(|counts| counts.failed += 1);
                run.error(&self.to_string());
            }
            Self::Waiting(_) => run.stage("waiting"),
            _ => {}
        }
    }
}

fn for_review(
    f: &mut fmt::Formatter<'_>,
    folder: &Path,
    files: &[String],
    missing: &[String],
) -> fmt::Result {
    let here = folder.display();
    if files.is_empty() && missing.is_empty() {
        return write!(
            f,
            "nobody is main in this book: no sheets to look at; `woodcut run {here}` goes on"
        );
    }
    writeln!(f, "{} sheets to look at before any plate is drawn:", files.len())?;
    for file in files {
        writeln!(f, "  {}", folder.join(file).display())?;
    }
    for name in missing {
        writeln!(f, "  none of {name}")?;
    }
    write!(
        f,
        "to change one, edit its prompt in {here}/prompts/sheets, or delete it for a new one, and come \
         back with `woodcut run {here} --review`; `woodcut run {here}` goes on"
    )
}

/// What was last waited for, so that it is said once and not every second.
#[derive(Debug, Default)]
pub(crate) struct Waiting(Mutex<Option<String>>);

impl Waiting {
    /// What is waited for, if that is news.
    pub(crate) fn changed(&self, store: &Store) -> Result<Option<String>, StoreError> {
        let workers = store.workers()?;
        let why = store.view(|manifest| reason(manifest, &workers, store))?;
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref() == Some(&why) {
            return Ok(None);
        }
        *last = Some(why.clone());
        Ok(Some(why))
    }
}

fn reason(manifest: &Manifest, workers: &[WorkerInfo], store: &Store) -> String {
    if !manifest.control.is_going() {
        let folder = store.folder().display();
        return format!("because the book is paused: `woodcut resume {folder}` goes on");
    }
    let left = manifest.count(Status::Pending) + manifest.count(Status::Analyzing);
    let analyzers = workers.iter().filter(|worker| worker.role == Role::Analyze).count();
    let at_work = match analyzers {
        0 => {
            let folder = store.folder().display();
            format!("nobody is analyzing: `woodcut analyze {folder}` goes on")
        }
        1 => "one process is analyzing".to_owned(),
        many => format!("{many} processes are analyzing"),
    };
    match &manifest.elements {
        ElementsState::Complete { .. } if left == 0 => {
            "for other workers to finish, or for the time of another try".to_owned()
        }
        ElementsState::Complete { .. } => {
            format!("for {left} chapters to be analyzed; {at_work}")
        }
        _ => format!("for the elements of the book; {at_work}"),
    }
}
