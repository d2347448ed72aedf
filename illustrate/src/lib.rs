//! Daemon 2: draws the plates of every chapter as soon as it is analyzed.
//!
//! [`run`] works on one project until every chapter is illustrated, together with any number of other
//! processes that do the same. It knows nothing of the daemon that analyzes: it waits for what the
//! manifest says. The built-in engine is [`engraver`].
//!
//! **Invariant:** a plate is never recorded before it is on disk, never drawn again while it is, and
//! no lock is held while an engine is waited for.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod again;
pub mod choice;
pub mod command;
mod duty;
pub mod engine;
pub mod engraver;
pub mod look;
pub mod message;
mod plate;
pub mod prompt;
pub mod redraw;
pub mod sheet;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use book::project::{self, KnownElements, RecordError};
use manifest::crew::{self, Ending};
use manifest::{
    ElementsState, Interrupt, Manifest, Options, Outcome, Role, Status, Store, StoreError, Worker,
};
use models::CallError;
use purse::{Purse, Rules};
use runs::Run;

use crate::choice::Choice;
use crate::duty::Illustration;
use crate::engine::ImageEngine;
use crate::message::{Message, Waiting};
use crate::prompt::template::{Template, TemplateError};

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
    /// The project's template of prompts cannot be used.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The run cannot be recorded.
    #[error(transparent)]
    Run(#[from] runs::RunError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] config::ConfigError),
    /// The configured engine cannot be built.
    #[error(transparent)]
    Setup(#[from] engine::EngineError),
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
    /// What is to be drawn.
    pub choice: Choice,
    /// What the engine may use.
    pub rules: Rules,
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
    let tell = message::logged(tell);
    let Some(store) = wait_for_project(&settings.project, interrupt, &tell)? else {
        return Ok(Ending::Interrupted);
    };
    let worker = store.register(Role::Illustrate)?;
    let record = Run::begin(&settings.project, "illustrate", Some(worker.id()))?;
    let noted = |message: Message| {
        message.note(&record);
        tell(message);
    };
    let result = illustrate(&store, &worker, settings, engine, &noted);
    record.end_as(&result);
    result
}

/// Illustrates what is left of a project as a registered worker.
fn illustrate(
    store: &Store,
    worker: &Worker,
    settings: &Settings,
    engine: &dyn ImageEngine,
    tell: &(dyn Fn(Message) + Send + Sync),
) -> Result<Ending, IllustrateError> {
    project::reset_missing_concepts(store)?;
    again::put_back(store, tell)?;
    if let Some(early) = draw(store, worker, settings, engine, tell)? {
        return Ok(early);
    }
    project::write_views(store)?;
    store.fold()?;
    Ok(store.view(ending)?)
}

/// Draws what is chosen until nothing of it is left.
fn draw(
    store: &Store,
    worker: &Worker,
    settings: &Settings,
    engine: &dyn ImageEngine,
    tell: &(dyn Fn(Message) + Send + Sync),
) -> Result<Option<Ending>, IllustrateError> {
    let gate = Purse::new(store, worker.id(), settings.rules);
    let duty = Illustration {
        store,
        worker: worker.id(),
        engine,
        gate: &gate,
        template: &Template::of(store)?,
        style: &look::guide(store)?,
        size: settings.size,
        seed: settings.seed,
        choice: &settings.choice,
        left: settings.choice.limit.unwrap_or(u32::MAX).into(),
        over: Mutex::default(),
        elements: KnownElements::default(),
        waiting: Waiting::default(),
        tell,
    };
    crew::work(store, settings.threads, &duty)
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

fn ending(manifest: &Manifest) -> Ending {
    let blocked = |chapter: &manifest::Chapter| {
        chapter.outcomes.values().any(|outcome| matches!(outcome, Outcome::Blocked(_)))
    };
    let failed = matches!(manifest.elements, ElementsState::Failed(_))
        || manifest.count(Status::Failed) > 0
        || manifest.chapters().values().any(blocked);
    if failed { Ending::WithErrors } else { Ending::Complete }
}
