//! What the daemon tells whoever runs it; nothing depends on it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use manifest::{ChapterId, Store, StoreError};
use runs::Run;

use crate::Tell;

/// One thing a person may want to hear.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// The book has been read: so many chapters.
    Listed(usize),
    /// The elements pass begins.
    ReadingElements,
    /// It is done: so many elements.
    ElementsFound(u32),
    /// So many elements are known from earlier books of the series, and so often the books disagree.
    Remembered(usize, usize),
    /// The elements of the earlier book in this folder are waited for.
    WaitingForEarlier(PathBuf),
    /// The earlier book in this folder has not been analyzed.
    EarlierUnknown(PathBuf),
    /// The built-in reader does not know the language of the book.
    LanguageUnsupported,
    /// A chapter is analyzed: its title and the number of its concepts.
    Analyzed(ChapterId, String, u32),
    /// Something could not be done: what, and why.
    Failed(String, String),
    /// A result came after its claim was lost.
    Late(String),
    /// Everything left is in the hands of other workers.
    WaitingForOthers,
    /// A person has paused the book in this folder.
    Paused(PathBuf),
    /// A call waits before it is made, or made again.
    Waits(models::Notice),
    /// What may be spent is spent, and how to go on.
    OutOfBudget(String),
    /// From the manifest.
    Notice(manifest::Notice),
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(chapters) => write!(f, "found {chapters} chapters"),
            Self::ReadingElements => f.write_str("looking for who and what recurs in the book"),
            Self::ElementsFound(count) => write!(f, "found {count} elements"),
            Self::Remembered(elements, 0) => {
                write!(f, "{elements} elements are known from earlier books")
            }
            Self::Remembered(elements, conflicts) => write!(
                f,
                "{elements} elements are known from earlier books; in {conflicts} things the books \
                 disagree, see Series.md in the folder of the series"
            ),
            Self::WaitingForEarlier(project) => {
                write!(f, "waiting for the elements of the earlier book in {}", project.display())
            }
            Self::EarlierUnknown(project) => write!(
                f,
                "the earlier book in {} has not been analyzed: what it tells is not known here",
                project.display()
            ),
            Self::LanguageUnsupported => f.write_str(
                "the built-in reader reads English only: passages are spread evenly instead",
            ),
            Self::Analyzed(id, title, concepts) => {
                write!(f, "analyzed chapter {id}, {title:?}: {concepts} concepts")
            }
            Self::Failed(what, why) => write!(f, "{what} failed: {why}"),
            Self::Late(why) => write!(f, "a late result was refused: {why}"),
            Self::WaitingForOthers => f.write_str("waiting for other workers to finish"),
            Self::Paused(folder) => {
                write!(f, "the book is paused: `woodcut resume {}` goes on", folder.display())
            }
            Self::Waits(notice) => write!(
                f,
                "{}: {}; waiting {:.1} s",
                notice.engine,
                notice.why,
                notice.pause.as_secs_f64()
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
            Message::Failed(..) => tracing::warn!("{message}"),
            _ => tracing::info!("{message}"),
        }
        tell(message);
    })
}

impl Message {
    /// Keeps with the run what it is at and what it has done.
    pub(crate) fn note(&self, run: &Run) {
        match self {
            Self::ReadingElements => run.stage("elements"),
            Self::ElementsFound(_) => run.stage("analysis"),
            Self::Analyzed(..) => {
                run.stage("analysis");
                run.count(|counts| counts.chapters += 1);
            }
            Self::Failed(what, why) => {
                run.count(|counts| counts.failed += 1);
                run.error(&format!("{what} failed: {why}"));
            }
            Self::WaitingForOthers => run.stage("waiting"),
            Self::Paused(_) => run.stage("paused"),
            _ => {}
        }
    }
}

/// What was last waited for, so that it is said once and not every second.
#[derive(Debug, Default)]
pub(crate) struct Waiting(AtomicU8);

impl Waiting {
    /// What is waited for, if that is news.
    pub(crate) fn changed(&self, store: &Store) -> Result<Option<Message>, StoreError> {
        let going = store.view(|manifest| manifest.control.is_going())?;
        let (code, message) = if going {
            (1, Message::WaitingForOthers)
        } else {
            (2, Message::Paused(store.folder().to_owned()))
        };
        Ok((self.0.swap(code, Ordering::SeqCst) != code).then_some(message))
    }
}
