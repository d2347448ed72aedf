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
pub mod confirm;
pub mod contact;
mod duty;
mod earlier;
pub mod engine;
pub mod engraver;
mod eye;
pub mod features;
mod in_hand;
mod intent;
pub mod likeness;
pub mod look;
pub mod message;
mod ornament;
mod plate;
pub mod prompt;
pub mod redraw;

pub use ornament::ornaments;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use book::likeness::Kind;
use book::project::{self, KnownElements, RecordError};
use book::series::Series;
use config::Look;
use manifest::crew::{self, Duty, Ending};
use manifest::{
    ElementsState, Interrupt, Manifest, Options, Outcome, Role, Status, Store, StoreError, Worker,
};
use models::{Call, CallError, TextModel};
use purse::{Purse, Rules, Turns, Unload};
use runs::Run;

use crate::choice::{Choice, Pattern};
use crate::duty::Illustration;
use crate::earlier::EarlierBooks;
use crate::engine::ImageEngine;
use crate::features::FeaturesError;
use crate::in_hand::InHand;
use crate::look::KnownManner;
use crate::message::{Message, Waiting};
use crate::prompt::template::{Template, TemplateError};

/// How long the elements are waited for before it is said again why.
const LOOK_FOR_ELEMENTS: Duration = Duration::from_secs(1);
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
    /// Nobody can be asked whether to draw.
    #[error("`--confirm` asks on a terminal, and there is none")]
    NobodyToAsk(#[source] std::io::Error),
    /// The run cannot be recorded.
    #[error(transparent)]
    Run(#[from] runs::RunError),
    /// The series that the book belongs to cannot be worked with.
    #[error(transparent)]
    Series(#[from] book::series::SeriesError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] config::ConfigError),
    /// The picture that shows the manner cannot be used.
    #[error("[look] picture: {} {why}", path.display())]
    Manner {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// What is written of the main elements is no choice.
    #[error("[look] main: {0}")]
    Main(#[from] choice::PatternError),
    /// The configured engine cannot be built.
    #[error(transparent)]
    Setup(#[from] engine::EngineError),
    /// An ornament of the bound book cannot be drawn.
    #[error("an ornament cannot be drawn")]
    Ornament(#[source] engraver::EngraveError),
    /// The engine cannot draw any more in this run.
    #[error(transparent)]
    Engine(CallError),
}

/// How a project is to be illustrated.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The project's folder.
    pub project: PathBuf,
    /// Plates drawn at the same time.
    pub threads: usize,
    /// Width and height of a plate in pixels.
    pub size: [u32; 2],
    /// Part of the seed of every plate.
    pub seed: u64,
    /// What is to be drawn.
    pub choice: Choice,
    /// How all plates are kept alike.
    pub look: Look,
    /// Whether to stop when the sheets are there to be looked at.
    pub review: bool,
    /// The folder of the series that the book belongs to.
    pub series: Option<PathBuf>,
    /// What the engine may use.
    pub rules: Rules,
}

/// Hears what the daemon has to say.
pub type Tell = Arc<dyn Fn(Message) + Send + Sync>;

/// Illustrates a project until nothing is left to draw, waiting for it to be made and analyzed. `eye` is
/// a text model that sees, if there is one: it puts the manner of the first plates into words.
///
/// # Errors
/// [`IllustrateError`] for what concerns the whole book; what concerns one chapter is recorded there.
pub fn run(
    settings: &Settings,
    engine: &dyn ImageEngine,
    eye: Option<&dyn TextModel>,
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
    let result = illustrate(&store, &worker, settings, engine, eye, &noted);
    let result = match result {
        Err(IllustrateError::Engine(error)) if error.is_over_budget() => {
            noted(Message::OutOfBudget(error.to_string()));
            Ok(Ending::OutOfBudget)
        }
        other => other,
    };
    record.end_as(&result);
    result
}

/// Illustrates what is left of a project as a registered worker.
fn illustrate(
    store: &Store,
    worker: &Worker,
    settings: &Settings,
    engine: &dyn ImageEngine,
    eye: Option<&dyn TextModel>,
    tell: &(dyn Fn(Message) + Send + Sync),
) -> Result<Ending, IllustrateError> {
    project::reset_missing_concepts(store)?;
    again::put_back(store, tell)?;
    let early = draw(store, worker, settings, engine, eye, tell)?;
    if let Some(folder) = &settings.series {
        // With the sheets that there are now.
        Series::at(folder, store.interrupt())?.write_catalogue()?;
    }
    if let Some(early) = early {
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
    eye: Option<&dyn TextModel>,
    tell: &(dyn Fn(Message) + Send + Sync),
) -> Result<Option<Ending>, IllustrateError> {
    let flag = store.interrupt().flag();
    // What cannot be freed is the next engine's trouble, which will say so.
    let unload = || drop(engine.unload(&Call::new(&flag)));
    let unload: Option<Unload<'_>> =
        if settings.rules.one_gpu { Some(Box::new(unload)) } else { None };
    // All projects of this machine share its card.
    let card = runs::state::folder().unwrap_or_else(|| store.folder().to_owned());
    let gate = Turns::new(Purse::new(store, worker.id(), settings.rules), &card, unload);
    let look = &settings.look;
    let main = look.main.iter().map(|text| text.parse()).collect::<Result<Vec<Pattern>, _>>()?;
    // Said before anything is drawn, not when the first plate is.
    look::shown(store, look, &look::guide(store, look)?)?;
    let duty = Illustration {
        store,
        worker: worker.id(),
        engine,
        eye,
        gate: &gate,
        template: &Template::of(store)?,
        manner: KnownManner::default(),
        earlier: EarlierBooks::of(settings.series.as_deref(), store.interrupt())?,
        look,
        main: &main,
        sheets: look.sheets.unwrap_or(engine.most_references() > 0),
        size: settings.size,
        seed: settings.seed,
        choice: &settings.choice,
        left: settings.choice.left(store.view(plates)?).into(),
        in_hand: InHand::default(),
        records: Mutex::default(),
        over: Mutex::default(),
        elements: KnownElements::default(),
        waiting: Waiting::default(),
        tell,
    };
    if !settings.choice.likenesses.is_empty() {
        return chosen_likenesses(&duty, settings.threads).map(Some);
    }
    if settings.review {
        return review(&duty, settings.threads).map(Some);
    }
    if let Some(early) = crew::work(store, settings.threads, &duty)? {
        return Ok(Some(early));
    }
    if engine.reads_prompts()
        && let Some(early) = name_outliers(&duty, settings.threads)?
    {
        return Ok(Some(early));
    }
    // A limit is a limit: what goes beyond it is for another run.
    if !look.portraits || settings.choice.limit.is_some() {
        return Ok(None);
    }
    match duty.main_likenesses(Kind::Portrait, settings.threads)? {
        Ok(_) => Ok(None),
        Err(error) => stopped(&duty, error, "the portraits"),
    }
}

/// Measures what has not been, and names the plates that fall out of the row. That it cannot be done is
/// no fault of the plates.
fn name_outliers(
    duty: &Illustration<'_>,
    threads: usize,
) -> Result<Option<Ending>, IllustrateError> {
    let gallery = match features::gallery(duty.store, threads) {
        Ok(gallery) => gallery,
        Err(FeaturesError::Interrupted) => return Ok(Some(Ending::Interrupted)),
        Err(FeaturesError::Store(error)) => return Err(error.into()),
        Err(FeaturesError::Record(error)) => return Err(error.into()),
    };
    for plate in features::hung(duty.store)? {
        let consistency = gallery.consistency(&plate.file);
        if let Some(consistency) = consistency.filter(features::Consistency::is_outlier) {
            (duty.tell)(Message::Outlier(plate.chapter, plate.concept, consistency.differs_in));
        }
    }
    Ok(None)
}

/// Draws the likenesses that are chosen, and nothing else.
fn chosen_likenesses(duty: &Illustration<'_>, threads: usize) -> Result<Ending, IllustrateError> {
    let (_, elements) = duty.elements.read(duty.store)?;
    let of = |name: &str| elements.elements.iter().find(|element| element.name == name);
    let chosen = duty.choice.likenesses.iter();
    let chosen: Vec<_> = chosen.filter_map(|(kind, name)| Some((*kind, of(name)?))).collect();
    match duty.likenesses(&chosen, threads)? {
        Ok(drawn) => {
            project::write_views(duty.store)?;
            let all = drawn.iter().all(|likeness| likeness.file.is_some());
            Ok(if all { Ending::Complete } else { Ending::WithErrors })
        }
        Err(error) => Ok(stopped(duty, error, "what was asked for")?.unwrap_or(Ending::WithErrors)),
    }
}

/// Draws the sheets and stops there.
fn review(duty: &Illustration<'_>, threads: usize) -> Result<Ending, IllustrateError> {
    let store = duty.store;
    let is_known = |manifest: &Manifest| match &manifest.elements {
        ElementsState::Complete { .. } => Some(true),
        ElementsState::Failed(failure) if failure.retry_at.is_none() => Some(false),
        _ => manifest.control.is_cancelled().then_some(false),
    };
    let known = loop {
        match store.wait_for(LOOK_FOR_ELEMENTS, is_known) {
            Ok(Some(known)) => break known,
            Ok(None) => duty.waiting(),
            Err(error) if error.is_interrupt() => return Ok(Ending::Interrupted),
            Err(error) => return Err(error.into()),
        }
    };
    if !known {
        return Ok(store.view(ending)?);
    }
    match duty.main_likenesses(Kind::Sheet, threads)? {
        Ok(sheets) => {
            let (there, missing): (Vec<_>, Vec<_>) =
                sheets.into_iter().partition(|sheet| sheet.file.is_some());
            let files = there.into_iter().filter_map(|sheet| sheet.file).collect();
            let names = missing.into_iter().map(|sheet| sheet.element).collect();
            (duty.tell)(Message::ForReview(store.folder().to_owned(), files, names));
            Ok(Ending::ForReview)
        }
        Err(error) => Ok(stopped(duty, error, "the sheets")?.unwrap_or(Ending::WithErrors)),
    }
}

/// What an engine's error means for likenesses: the end of the run, or a word about it.
fn stopped(
    duty: &Illustration<'_>,
    error: CallError,
    what: &str,
) -> Result<Option<Ending>, IllustrateError> {
    match error {
        CallError::Interrupted => Ok(Some(Ending::Interrupted)),
        error if error.stops_the_run() => Err(IllustrateError::Engine(error)),
        error => {
            (duty.tell)(Message::NoLikeness(what.to_owned(), error.to_string()));
            project::write_views(duty.store)?;
            Ok(Some(Ending::WithErrors))
        }
    }
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

/// How many plates a book has, drawn or refused.
#[must_use]
pub fn plates(manifest: &Manifest) -> u32 {
    let of_chapters = manifest.chapters().values().map(|chapter| chapter.outcomes.len());
    u32::try_from(of_chapters.sum::<usize>()).unwrap_or(u32::MAX)
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
