//! Daemon 1: reads a book and decides what deserves a picture.
//!
//! [`run`] works on one project until every chapter is analyzed, together with any number of other
//! processes that do the same. It knows nothing of the daemon that draws; all it leaves behind are
//! records and events. The built-in engine is [`reader`].
//!
//! **Invariant:** a chapter is never `analyzed` before its concepts are on disk, and no lock is held
//! while an engine is waited for.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

pub mod command;
mod duty;
pub mod engine;
pub mod estimate;
pub mod message;
pub mod model;
pub mod reader;
pub mod series;

use std::path::PathBuf;
use std::sync::Arc;

use book::project::{self, KnownElements, RecordError};
use book::series::{Series, SeriesError};
use book::{Book, PatternError, ReadError, Reading, Selection};
use manifest::crew::{self, Ending};
use manifest::{
    ChapterEvent, ChapterId, ElementsState, Event, Interrupt, Manifest, Options, Role, Status,
    Store, StoreError, Worker,
};
use models::Call;
use models::CallError;
use purse::{Purse, Turns, Unload};
use runs::Run;

use crate::duty::Analysis;
use crate::engine::TextEngine;
use crate::message::{Message, Waiting};

/// Why the analysis of a book ended early.
#[derive(Debug, thiserror::Error)]
pub enum AnalyzeError {
    /// The book cannot be read.
    #[error(transparent)]
    Book(#[from] ReadError),
    /// The book file cannot be opened.
    #[error("cannot read {}", .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// The pattern that the project was made with cannot be used.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] config::ConfigError),
    /// The configured engine cannot be built.
    #[error(transparent)]
    Setup(#[from] engine::EngineError),
    /// The book has no story in it.
    #[error("no story was found in {}", .0.display())]
    NoStory(PathBuf),
    /// The project cannot be worked with.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record of the project cannot be worked with.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The run cannot be recorded.
    #[error(transparent)]
    Run(#[from] runs::RunError),
    /// The series that the book belongs to cannot be worked with.
    #[error(transparent)]
    Series(#[from] SeriesError),
    /// The engine cannot answer any more in this run.
    #[error(transparent)]
    Engine(CallError),
}

/// How a project is to be analyzed.
pub struct Settings {
    /// The book file.
    pub book: PathBuf,
    /// The project's folder.
    pub project: PathBuf,
    /// Threads at work.
    pub threads: usize,
    /// How many pages of 300 words there are to one picture.
    pub pages_per_image: f64,
    /// Which chapters are wanted; `None` for all, or as chosen before.
    pub chapters: Option<Selection>,
    /// How the chapters are found; `None` for what the book says, or as chosen before.
    pub reading: Option<Reading>,
    /// The folder of the series that the book belongs to.
    pub series: Option<PathBuf>,
    /// Rate limits and budget of the calls.
    pub rules: purse::Rules,
}

/// Hears what the daemon has to say.
pub type Tell = Arc<dyn Fn(Message) + Send + Sync>;

/// Analyzes a book until nothing is left to analyze.
///
/// # Errors
/// [`AnalyzeError`] for what concerns the whole book; what concerns one chapter is recorded there.
pub fn run(
    settings: &Settings,
    engine: &dyn TextEngine,
    interrupt: &Interrupt,
    tell: &Tell,
) -> Result<Ending, AnalyzeError> {
    let reading = reading(settings)?;
    let book = book::read_as(&settings.book, &reading)?;
    if book.chapters.is_empty() {
        return Err(AnalyzeError::NoStory(settings.book.clone()));
    }
    let source = project::source(&settings.book, &book.title, &reading)
        .map_err(|error| AnalyzeError::Unreadable(settings.book.clone(), error))?;
    let tell = message::logged(tell);
    let heard = Arc::clone(&tell);
    let options = Options {
        interrupt: interrupt.clone(),
        notice: Box::new(move |notice| heard(Message::Notice(notice.clone()))),
        ..Options::default()
    };
    let store = Store::create(&settings.project, source, options)?;
    project::keep_book_file(&store, &settings.book)?;
    let worker = store.register(Role::Analyze)?;
    let record = Run::begin(&settings.project, "analyze", Some(worker.id()))?;
    let noted = |message: Message| {
        message.note(&record);
        tell(message);
    };
    let result = analyze(settings, engine, &book, (&store, &worker), &noted);
    let result = match result {
        Err(AnalyzeError::Engine(error)) if error.is_over_budget() => {
            noted(Message::OutOfBudget(error.to_string()));
            Ok(Ending::OutOfBudget)
        }
        other => other,
    };
    record.end_as(&result);
    result
}

/// Analyzes what is left of a book as a registered worker.
fn analyze(
    settings: &Settings,
    engine: &dyn TextEngine,
    book: &Book,
    (store, worker): (&Store, &Worker),
    tell: &(dyn Fn(Message) + Send + Sync),
) -> Result<Ending, AnalyzeError> {
    list_chapters(store, book, tell)?;
    if let Some(selection) = &settings.chapters {
        select(store, selection)?;
    }
    reset_elements_if_gone(store)?;
    project::reset_missing_concepts(store)?;
    let card_flag = store.interrupt().flag();
    // What cannot be freed is the next engine's trouble, which will say so.
    let unload = || drop(engine.unload(&Call::new(&card_flag)));
    let unload: Option<Unload<'_>> =
        if settings.rules.one_gpu { Some(Box::new(unload)) } else { None };
    // All projects of this machine share its card.
    let card = runs::state::folder().unwrap_or_else(|| store.folder().to_owned());
    let duty = Analysis {
        gate: Turns::new(Purse::new(store, worker.id(), settings.rules), &card, unload),
        flag: store.interrupt().flag(),
        store,
        worker: worker.id(),
        book,
        engine,
        pages_per_image: settings.pages_per_image,
        threads: settings.threads,
        tell,
        elements: KnownElements::default(),
        waiting: Waiting::default(),
        series: settings
            .series
            .as_deref()
            .map(|folder| Series::at(folder, store.interrupt()))
            .transpose()?,
    };
    if let Some(early) = crew::work(store, settings.threads, &duty)? {
        return Ok(early);
    }
    project::write_views(store)?;
    store.fold()?;
    Ok(store.view(ending)?)
}

/// How the book is read: as asked for, else as it was when the project was made.
fn reading(settings: &Settings) -> Result<Reading, AnalyzeError> {
    if let Some(reading) = &settings.reading {
        return Ok(reading.clone());
    }
    match Store::open(&settings.project, Options::default()) {
        Ok(store) => Ok(project::reading(&store.view(|manifest| manifest.source.clone())?)?),
        // A new project, or one that cannot be opened and will say so.
        Err(_) => Ok(Reading::default()),
    }
}

fn list_chapters(
    store: &Store,
    book: &Book,
    tell: &(dyn Fn(Message) + Send + Sync),
) -> Result<(), AnalyzeError> {
    let chapters = project::listed(book);
    let count = chapters.len();
    let listed = store.update(|manifest| {
        let first = !manifest.chapters_listed;
        (if first { vec![Event::ChaptersListed { chapters }] } else { Vec::new() }, first)
    })?;
    if listed {
        tell(Message::Listed(count));
    }
    Ok(())
}

/// Leaves out every chapter that is not selected and not begun, and takes back in what is.
fn select(store: &Store, selection: &Selection) -> Result<(), StoreError> {
    store.update(|manifest| {
        let event = |chapter: ChapterId, change| Event::Chapter { chapter, change };
        let wanted = |id: &ChapterId| selection.contains(id.0);
        let reason = || "not selected".to_owned();
        let out = manifest.with_status(Status::Pending).filter(|id| !wanted(id));
        let out = out.map(|id| event(id, ChapterEvent::Skipped { reason: reason() }));
        let back = manifest.with_status(Status::Skipped).filter(wanted);
        let back = back.map(|id| event(id, ChapterEvent::Selected));
        (out.chain(back).collect(), ())
    })
}

/// A restart trusts the manifest and checks the records: elements that were deleted are made again.
fn reset_elements_if_gone(store: &Store) -> Result<(), StoreError> {
    let complete =
        |manifest: &Manifest| matches!(manifest.elements, ElementsState::Complete { .. });
    if !store.view(complete)?
        || manifest::artifact::path(store.folder(), project::ELEMENTS)?.is_file()
    {
        return Ok(());
    }
    let reset =
        |manifest: &Manifest| if complete(manifest) { vec![Event::ElementsReset] } else { vec![] };
    store.update(|manifest| (reset(manifest), ()))
}

fn ending(manifest: &Manifest) -> Ending {
    let failed =
        matches!(manifest.elements, ElementsState::Failed(_)) || manifest.count(Status::Failed) > 0;
    if failed { Ending::WithErrors } else { Ending::Complete }
}
