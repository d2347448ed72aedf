//! Daemon 2: draws the plates of every chapter as soon as it is analyzed.
//!
//! [`run`] works on one project until every chapter is illustrated, together with any number of other
//! processes that do the same. It knows nothing of the daemon that analyzes: it waits for what the
//! manifest says. The built-in engine is [`engraver`].
//!
//! **Invariant:** a plate is never recorded before it is on disk, never drawn again while it is, and
//! no lock is held while an engine is waited for.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

pub mod command;
mod duty;
pub mod engine;
pub mod engraver;
pub mod message;
pub mod prompt;
pub mod sheet;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use book::project::{self, KnownElements, RecordError};
use manifest::crew::{self, Ending};
use manifest::{
    ChapterEvent, ElementsState, Event, Interrupt, Manifest, Options, Outcome, Role, Status, Store,
    StoreError,
};
use models::CallError;

use crate::duty::Illustration;
use crate::engine::ImageEngine;
use crate::message::{Message, Waiting};

/// How often a daemon that waits for a project to be made looks for it.
const LOOK_FOR_PROJECT: Duration = Duration::from_millis(250);

/// Why the illustration of a book ended early.
#[derive(Debug, thiserror::Error)]
pub enum IllustrateError {
    /// The project cannot be worked with.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record of the project cannot be worked with.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The engine cannot draw any more in this run.
    #[error(transparent)]
    Engine(CallError),
}

/// How a project is to be illustrated.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The project's folder.
    pub project: PathBuf,
    /// Chapters drawn at the same time.
    pub threads: usize,
    /// Width and height of a plate in pixels.
    pub size: [u32; 2],
    /// Part of the seed of every plate.
    pub seed: u64,
}

/// Hears what the daemon has to say.
pub type Tell = Arc<dyn Fn(Message) + Send + Sync>;

/// Illustrates a project until nothing is left to draw, waiting for it to be made and analyzed.
///
/// # Errors
/// [`IllustrateError`] for what concerns the whole book; what concerns one chapter is recorded there.
pub fn run(
    settings: &Settings,
    engine: &dyn ImageEngine,
    interrupt: &Interrupt,
    tell: &Tell,
) -> Result<Ending, IllustrateError> {
    let Some(store) = wait_for_project(&settings.project, interrupt, tell)? else {
        return Ok(Ending::Interrupted);
    };
    let worker = store.register(Role::Illustrate)?;
    project::reset_missing_concepts(&store)?;
    redraw_what_is_gone(&store, tell)?;
    let duty = Illustration {
        store: &store,
        worker: worker.id(),
        engine,
        size: settings.size,
        seed: settings.seed,
        elements: KnownElements::default(),
        waiting: Waiting::default(),
        tell: tell.as_ref(),
    };
    if let Some(early) = crew::work(&store, settings.threads, &duty)? {
        return Ok(early);
    }
    project::write_views(&store)?;
    store.fold()?;
    Ok(store.view(ending)?)
}

/// Opens the project, waiting until there is one; `None` when interrupted.
fn wait_for_project(
    folder: &Path,
    interrupt: &Interrupt,
    tell: &Tell,
) -> Result<Option<Store>, StoreError> {
    let mut told = false;
    while !interrupt.is_set() {
        let heard = Arc::clone(tell);
        let options = Options {
            interrupt: interrupt.clone(),
            notice: Box::new(move |notice| heard(Message::Notice(notice.clone()))),
            ..Options::default()
        };
        match Store::open(folder, options) {
            Err(StoreError::NoProject { folder }) => {
                if !told {
                    tell(Message::NoProject(folder));
                    told = true;
                }
                std::thread::sleep(LOOK_FOR_PROJECT);
            }
            other => return other.map(Some),
        }
    }
    Ok(None)
}

/// A restart trusts the manifest and checks the pictures: a plate that was deleted is drawn again.
fn redraw_what_is_gone(store: &Store, tell: &Tell) -> Result<(), IllustrateError> {
    let recorded = store.view(|manifest| {
        let settled = [Status::Analyzed, Status::Illustrated];
        let chapters = settled.into_iter().flat_map(|status| manifest.with_status(status));
        let plates = chapters.flat_map(|id| {
            let outcomes = manifest.chapters()[&id].outcomes.iter();
            outcomes.filter_map(move |(concept, outcome)| match outcome {
                Outcome::Drawn(plate) => Some((id, *concept, plate.file.clone())),
                Outcome::Blocked(_) => None,
            })
        });
        plates.collect::<Vec<_>>()
    })?;
    for (chapter, concept, file) in recorded {
        if manifest::artifact::path(store.folder(), &file)?.is_file() {
            continue;
        }
        let gone = store.update(|manifest| {
            let record = &manifest.chapters()[&chapter];
            let idle = matches!(record.state.status(), Status::Analyzed | Status::Illustrated);
            let still = idle && record.plate(concept).is_some_and(|plate| plate.file == file);
            let change = ChapterEvent::PlateMissing { concept };
            (if still { vec![Event::Chapter { chapter, change }] } else { vec![] }, still)
        })?;
        if gone {
            tell(Message::Gone(chapter, file));
        }
    }
    Ok(())
}

fn ending(manifest: &Manifest) -> Ending {
    let blocked = |chapter: &manifest::Chapter| {
        chapter.outcomes.values().any(|outcome| matches!(outcome, Outcome::Blocked(_)))
    };
    let failed = matches!(manifest.elements, ElementsState::Failed(_))
        || manifest.count(Status::Failed) > 0
        || manifest.chapters().values().any(blocked);
    if failed { Ending::WithErrors } else { Ending::Complete }
}
