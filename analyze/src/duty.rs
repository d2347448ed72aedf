//! The two passes over a book, as a crew's duty.
//!
//! Pass 1 looks at every chapter and merges what it found into the elements; only then pass 2 looks
//! for the concepts of each chapter. Always the record first, then the event that says it is there.
//! A record found on disk with the key of what it would be made from is not made again.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use book::element::Elements;
use book::project::{self, Keyed, KnownElements, RecordError};
use book::series::recall::recall;
use book::series::{Series, inherited};
use book::style::STYLE;
use book::{Book, Chapter};
use chrono::{DateTime, Utc};
use manifest::crew::{self, Duty, Next};
use manifest::{
    ChapterEvent, ChapterId, ElementsState, Event, IllegalTransition, Manifest, Step, Store, Token,
    WorkerId, decide,
};
use models::{Call, CallError, Notice};
use purse::Turns;
use serde::Serialize;
use serde_json::Value;

use crate::AnalyzeError;
use crate::engine::TextEngine;
use crate::message::{Message, Waiting};
use crate::reader;
use crate::reader::choices::{self, Choice};

/// One process's part in the analysis of a book.
pub(crate) struct Analysis<'a> {
    pub store: &'a Store,
    pub worker: &'a WorkerId,
    pub book: &'a Book,
    pub engine: &'a dyn TextEngine,
    pub pages_per_image: f64,
    /// Threads of the elements pass.
    pub threads: usize,
    pub tell: &'a (dyn Fn(Message) + Send + Sync),
    pub elements: KnownElements,
    pub waiting: Waiting,
    /// Rate limit and budget.
    pub gate: Turns<'a>,
    /// Set when the daemon is to stop.
    pub flag: Arc<AtomicBool>,
    /// The series that the book belongs to.
    pub series: Option<Series>,
}

/// A unit of the analysis, and the token it was claimed under.
#[derive(Debug)]
pub(crate) enum Unit {
    Elements(Token),
    Concepts(ChapterId, Token),
}

impl Duty for Analysis<'_> {
    type Unit = Unit;
    type Error = AnalyzeError;

    fn next(&self, manifest: &Manifest, token: Token) -> Next<Unit> {
        match &manifest.elements {
            ElementsState::Pending | ElementsState::Reading(_) => {
                match decide::claim_elements(manifest, self.worker) {
                    Some(claim) => Next::Take(Unit::Elements(token), claim),
                    None => Next::Wait,
                }
            }
            ElementsState::Failed(failure) if failure.retry_at.is_some() => Next::Wait,
            ElementsState::Failed(_) => Next::Finished,
            ElementsState::Complete { .. } => {
                match decide::claim(manifest, Step::Analysis, self.worker) {
                    Some((chapter, claim)) => Next::Take(Unit::Concepts(chapter, token), claim),
                    None if manifest.analyze_complete() => Next::Finished,
                    None => Next::Wait,
                }
            }
        }
    }

    fn perform(&self, unit: Unit) -> Result<(), AnalyzeError> {
        match unit {
            Unit::Elements(token) => self.elements_pass(token),
            Unit::Concepts(chapter, token) => self.concepts_pass(chapter, token),
        }
    }

    fn waiting(&self) {
        self.gate.rest();
        if let Ok(Some(message)) = self.waiting.changed(self.store) {
            (self.tell)(message);
        }
    }
}

impl Analysis<'_> {
    fn elements_pass(&self, token: Token) -> Result<(), AnalyzeError> {
        (self.tell)(Message::ReadingElements);
        let merged = match self.surveys(token)?.and_then(|surveys| self.engine.merge(surveys)) {
            Ok(elements) => {
                let elements = self.with_choices(&elements)?;
                match self.with_series(elements)? {
                    Ok(elements) => self.style(&elements)?.map(|()| elements),
                    Err(error) => Err(error),
                }
            }
            Err(error) => Err(error),
        };
        match merged {
            Ok(elements) => {
                let count = u32::try_from(elements.elements.len()).unwrap_or(u32::MAX);
                if elements.language_unsupported {
                    (self.tell)(Message::LanguageUnsupported);
                }
                project::write(self.store, project::ELEMENTS, &elements)?;
                self.record(Event::ElementsCompleted { token, count })?;
                project::write_views(self.store)?;
                if let Some(series) = &self.series {
                    crate::series::contribute(series, self.store, &elements)?;
                }
                (self.tell)(Message::ElementsFound(count));
                Ok(())
            }
            Err(error) => {
                let attempts = self.store.view(|manifest| manifest.elements_attempts)?;
                let given_back = Event::ElementsGivenBack { token };
                self.give_up(
                    "the elements pass",
                    error,
                    attempts,
                    given_back,
                    |message, retry_at| Event::ElementsFailed { token, message, retry_at },
                )
            }
        }
    }

    /// The elements with what earlier books of the series know of them. An earlier book that is being
    /// analyzed at this moment is waited for.
    fn with_series(&self, own: Elements) -> Result<Result<Elements, CallError>, AnalyzeError> {
        let Some(series) = &self.series else { return Ok(Ok(own)) };
        // First of all, so that nobody waits for a book that waits itself.
        crate::series::contribute(series, self.store, &own)?;
        let Some(earlier) = crate::series::await_earlier(series, self.store, self.tell)? else {
            return Ok(Err(CallError::Interrupted));
        };
        let chapters = &self.book.chapters;
        let (elements, conflicts) = recall(&own, &earlier.books, earlier.memory, chapters);
        let known = elements.elements.iter().filter(|element| element.before.is_some()).count();
        if known > 0 || !conflicts.is_empty() {
            (self.tell)(Message::Remembered(known, conflicts.len()));
        }
        Ok(Ok(elements))
    }

    /// Makes the style guide, where there is none and the engine has a say. The book can do without.
    fn style(&self, elements: &Elements) -> Result<Result<(), CallError>, AnalyzeError> {
        if self.store.get(STYLE)?.is_some() {
            return Ok(Ok(()));
        }
        let earlier = self.series.as_ref().map(|series| series.earlier(self.store.folder()));
        if let Some(style) = earlier.transpose()?.and_then(|earlier| earlier.style) {
            project::write(self.store, STYLE, &inherited(&style))?;
            return Ok(Ok(()));
        }
        match self.with_call(|call| self.engine.style(self.book, elements, call)) {
            Ok(None) => {}
            Ok(Some(style)) => project::write(self.store, STYLE, &style)?,
            Err(error @ CallError::Interrupted) => return Ok(Err(error)),
            Err(error) if error.stops_the_run() => return Ok(Err(error)),
            Err(error) => (self.tell)(Message::Failed("the style guide".into(), error.to_string())),
        }
        Ok(Ok(()))
    }

    /// Lets the engine call, within the limits of the project, for as long as nobody interrupts.
    fn with_call<T>(&self, ask: impl FnOnce(&Call<'_>) -> T) -> T {
        let waits = |notice: &Notice| (self.tell)(Message::Waits(notice.clone()));
        ask(&Call::new(&self.flag).gate(&self.gate).notice(&waits))
    }

    /// The elements as a person has corrected them.
    fn with_choices(&self, elements: &Elements) -> Result<Elements, AnalyzeError> {
        let kept: Vec<Choice> = project::read(self.store, reader::CHOICES)?.unwrap_or_default();
        let (elements, unfit) = choices::apply(elements, &kept);
        for (_, why) in unfit {
            (self.tell)(Message::Failed("an earlier choice".to_owned(), why.to_string()));
        }
        Ok(elements)
    }

    /// Surveys every chapter with several threads; the inner error is the engine's.
    fn surveys(&self, token: Token) -> Result<Result<Vec<Value>, CallError>, AnalyzeError> {
        let chapters = &self.book.chapters;
        let next = AtomicUsize::new(0);
        let stop = AtomicBool::new(false);
        let found: Mutex<Vec<Option<Value>>> = Mutex::new(vec![None; chapters.len()]);
        let one_thread = || -> Result<Result<(), CallError>, AnalyzeError> {
            loop {
                let nth = next.fetch_add(1, Ordering::SeqCst);
                let Some(chapter) = chapters.get(nth) else { return Ok(Ok(())) };
                if stop.load(Ordering::SeqCst) {
                    return Ok(Ok(()));
                }
                match self.survey(chapter, token) {
                    Ok(Ok(survey)) => lock(&found)[nth] = Some(survey),
                    other => {
                        stop.store(true, Ordering::SeqCst);
                        return other.map(|result| result.map(drop));
                    }
                }
            }
        };
        let ends = thread::scope(|scope| {
            let threads: Vec<_> =
                (0..self.threads.max(1)).map(|_| scope.spawn(one_thread)).collect();
            threads.into_iter().map(join).collect::<Result<Result<Vec<()>, CallError>, _>>()
        })?;
        Ok(ends.map(|_| lock(&found).drain(..).flatten().collect()))
    }

    fn survey(
        &self,
        chapter: &Chapter,
        token: Token,
    ) -> Result<Result<Value, CallError>, AnalyzeError> {
        if !self.store.may_go_on()? {
            return Ok(Err(CallError::Interrupted));
        }
        let (id, begun) = (ChapterId(chapter.number), Instant::now());
        let key = project::key(&["survey", &self.engine.name(), &chapter.text]);
        let name = project::survey_name(id);
        let survey = match project::read_keyed(self.store, &name, &key)? {
            Some(Survey { survey }) => survey,
            None => match self.with_call(|call| self.engine.survey(chapter, call)) {
                Ok(survey) => {
                    self.keep(&name, key, Survey { survey: survey.clone() })?;
                    survey
                }
                Err(error) => return Ok(Err(error)),
            },
        };
        if !self.store.view(|manifest| manifest.elements_read.contains(&id))? {
            let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.record(Event::ElementsRead { token, chapter: id, millis })?;
        }
        Ok(Ok(survey))
    }

    fn concepts_pass(&self, id: ChapterId, token: Token) -> Result<(), AnalyzeError> {
        let event = |change| Event::Chapter { chapter: id, change };
        if !self.store.may_go_on()? {
            return self.record(event(ChapterEvent::GivenBack { token }));
        }
        let Some(chapter) = self.book.chapters.iter().find(|chapter| chapter.number == id.0) else {
            let message = "the book has no such chapter".to_owned();
            return self.record(event(ChapterEvent::Failed { token, message, retry_at: None }));
        };
        match self.concepts(chapter)? {
            Ok(count) => {
                let concepts = u32::try_from(count).unwrap_or(u32::MAX);
                self.record(event(ChapterEvent::Analyzed { token, concepts }))?;
                (self.tell)(Message::Analyzed(id, chapter.title.clone(), concepts));
                Ok(())
            }
            Err(error) => {
                let attempts = self.store.view(|manifest| {
                    manifest.chapters().get(&id).map_or(0, |chapter| chapter.attempts)
                })?;
                let given_back = event(ChapterEvent::GivenBack { token });
                let what = format!("chapter {id}");
                self.give_up(&what, error, attempts, given_back, |message, retry_at| {
                    event(ChapterEvent::Failed { token, message, retry_at })
                })
            }
        }
    }

    /// Records why a unit was not done. Interrupted, or stopped by what stops every unit, it is given
    /// back; else it has failed, for now or for good.
    fn give_up(
        &self,
        what: &str,
        error: CallError,
        attempts: u32,
        given_back: Event,
        failed: impl FnOnce(String, Option<DateTime<Utc>>) -> Event,
    ) -> Result<(), AnalyzeError> {
        if error == CallError::Interrupted {
            return self.record(given_back);
        }
        if error.stops_the_run() {
            self.record(given_back)?;
            return Err(AnalyzeError::Engine(error));
        }
        (self.tell)(Message::Failed(what.to_owned(), error.to_string()));
        let retry_at = decide::retry_at(attempts, error.retry_after(), self.store.now());
        self.record(failed(error.to_string(), retry_at))
    }

    /// Makes the concepts of a chapter, or finds them on disk; says how many there are.
    fn concepts(&self, chapter: &Chapter) -> Result<Result<usize, CallError>, AnalyzeError> {
        let (elements_key, elements) = self.elements.read(self.store)?;
        let pages = self.pages_per_image.to_string();
        let parts = ["concepts", &self.engine.name(), &chapter.text, &elements_key, &pages];
        let key = project::key(&parts);
        let name = project::concepts_name(ChapterId(chapter.number));
        if let Some(found) =
            project::read_keyed::<book::concept::ChapterConcepts>(self.store, &name, &key)?
        {
            return Ok(Ok(found.concepts.len()));
        }
        let asked = self
            .with_call(|call| self.engine.concepts(chapter, &elements, self.pages_per_image, call));
        match asked {
            Ok(record) => {
                let count = record.concepts.len();
                self.keep(&name, key, record)?;
                Ok(Ok(count))
            }
            Err(error) => Ok(Err(error)),
        }
    }

    fn keep<T: Serialize>(&self, name: &str, key: String, record: T) -> Result<(), RecordError> {
        project::write(self.store, name, &Keyed { key, record })
    }

    fn record(&self, event: Event) -> Result<(), AnalyzeError> {
        let late = |refused: IllegalTransition| (self.tell)(Message::Late(refused.to_string()));
        Ok(crew::report(self.store, event, late)?)
    }
}

/// One chapter's part of pass 1 as it stands on disk.
#[derive(serde::Serialize, serde::Deserialize)]
struct Survey {
    survey: Value,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn join<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
