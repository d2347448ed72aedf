//! Drawing the plates of a chapter, as a crew's duty.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use book::concept::Concept;
use book::project::{self, KnownElements};
use config::Look;
use manifest::crew::{self, Duty, Next};
use manifest::{
    ChapterEvent, ChapterId, ElementsState, Event, IllegalTransition, Manifest, Status, Step,
    Store, Token, WorkerId, decide,
};
use models::{CallError, TextModel};
use purse::Turns;

use crate::IllustrateError;
use crate::choice::{Choice, Pattern};
use crate::confirm::Answer;
use crate::earlier::EarlierBooks;
use crate::engine::ImageEngine;
use crate::look::KnownManner;
use crate::message::{Message, Waiting};
use crate::prompt::template::Template;

/// One process's part in the illustration of a book.
pub(crate) struct Illustration<'a> {
    pub store: &'a Store,
    pub worker: &'a WorkerId,
    pub engine: &'a dyn ImageEngine,
    /// A text model that sees the first plates.
    pub eye: Option<&'a dyn TextModel>,
    pub gate: &'a Turns<'a>,
    pub template: &'a Template,
    pub look: &'a Look,
    /// Whom the book is about.
    pub main: &'a [Pattern],
    /// Whether sheets are drawn and given along with prompts.
    pub sheets: bool,
    pub manner: KnownManner,
    pub earlier: EarlierBooks,
    pub size: [u32; 2],
    /// Part of the seed of every plate.
    pub seed: u64,
    pub choice: &'a Choice,
    /// Plates that may still be begun.
    pub left: AtomicU32,
    /// Chapters of which nothing more is chosen.
    pub over: Mutex<BTreeSet<ChapterId>>,
    pub elements: KnownElements,
    pub waiting: Waiting,
    pub tell: &'a (dyn Fn(Message) + Send + Sync),
}

/// A chapter to illustrate, and the token it was claimed under.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    pub chapter: ChapterId,
    pub token: Token,
}

impl Duty for Illustration<'_> {
    type Unit = Unit;
    type Error = IllustrateError;

    fn next(&self, manifest: &Manifest, token: Token) -> Next<Unit> {
        if self.left.load(Ordering::SeqCst) == 0 {
            return Next::Finished;
        }
        let wanted = |chapter| self.wants(chapter);
        let claim = decide::claim_among(manifest, Step::Illustration, self.worker, wanted);
        if let Some((chapter, claim)) = claim {
            return Next::Take(Unit { chapter, token }, claim);
        }
        let hopeless = match &manifest.elements {
            ElementsState::Failed(failure) => failure.retry_at.is_none(),
            _ => false,
        };
        let busy = manifest.count(Status::Illustrating) + manifest.count(Status::Analyzing) > 0;
        if self.is_over(manifest) || (hopeless && !busy) { Next::Finished } else { Next::Wait }
    }

    fn perform(&self, unit: Unit) -> Result<(), IllustrateError> {
        let begun = Instant::now();
        let result = self.illustrate(unit)?;
        let (chapter, token, took) = (unit.chapter, unit.token, begun.elapsed());
        tracing::debug!(%chapter, %token, ?took, done = result.is_ok(), "illustrated a chapter");
        match result {
            Ok(()) => Ok(()),
            Err(CallError::Interrupted) => self.give_back(unit),
            Err(error) if error.stops_the_run() => {
                self.give_back(unit)?;
                Err(IllustrateError::Engine(error))
            }
            Err(error) => self.fail(unit, &error),
        }
    }

    fn waiting(&self) {
        self.gate.rest();
        if let Ok(Some(why)) = self.waiting.changed(self.store) {
            (self.tell)(Message::Waiting(why));
        }
    }
}

impl Illustration<'_> {
    fn wants(&self, chapter: ChapterId) -> bool {
        let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        self.choice.has_chapter(chapter) && !over.contains(&chapter)
    }

    /// Whether nothing of what is chosen needs any more work.
    fn is_over(&self, manifest: &Manifest) -> bool {
        if self.choice.is_everything() {
            return manifest.illustrate_complete();
        }
        let mut chapters = manifest.chapters().iter();
        manifest.chapters_listed
            && chapters.all(|(id, chapter)| !self.wants(*id) || chapter.state.is_settled())
    }

    /// Draws what is missing of a chapter; the inner error is the engine's.
    fn illustrate(&self, unit: Unit) -> Result<Result<(), CallError>, IllustrateError> {
        let Some(record) = project::concepts(self.store, unit.chapter)? else {
            self.give_back(unit)?;
            self.record(unit, ChapterEvent::ConceptsMissing)?;
            return Ok(Ok(()));
        };
        let (title, missing) = self.store.view(|manifest| {
            let chapter = manifest.chapters().get(&unit.chapter);
            let missing = chapter.map_or_else(Vec::new, manifest::Chapter::missing_concepts);
            (manifest.source.title.clone(), missing)
        })?;
        let (_, elements) = self.elements.read(self.store)?;
        let (mut left_out, mut failed) = (false, None);
        for concept in record.concepts.iter().filter(|concept| missing.contains(&concept.index)) {
            if !self.choice.has_moment(concept, &elements) {
                left_out = true;
                continue;
            }
            match self.asked(unit, &record.title, concept)? {
                Answer::Draw if self.may_begin() => {}
                Answer::Draw | Answer::Skip => {
                    left_out = true;
                    continue;
                }
                Answer::Stop => {
                    self.store.interrupt().set();
                    return Ok(Err(CallError::Interrupted));
                }
            }
            match self.one_plate(unit, &title, &record, concept)? {
                Ok(()) => {
                    if let Err(error) = self.look_at_the_first()? {
                        return Ok(Err(error));
                    }
                }
                // What is wrong with this plate need not be wrong with the next.
                Err(
                    error @ (CallError::Rejected { .. }
                    | CallError::BadAnswer { .. }
                    | CallError::TooLong { .. }),
                ) => failed = failed.or(Some(error)),
                Err(error) => return Ok(Err(error)),
            }
        }
        if let Some(error) = failed {
            return Ok(Err(error));
        }
        if left_out {
            self.over.lock().unwrap_or_else(PoisonError::into_inner).insert(unit.chapter);
            return Ok(Ok(self.give_back(unit)?));
        }
        self.record(unit, ChapterEvent::Illustrated { token: unit.token })?;
        (self.tell)(Message::Illustrated(unit.chapter, record.title.clone()));
        Ok(Ok(()))
    }

    /// Asks whether a plate is to be drawn, where somebody is to be asked.
    fn asked(&self, unit: Unit, title: &str, concept: &Concept) -> Result<Answer, IllustrateError> {
        let Some(person) = &self.choice.confirm else { return Ok(Answer::Draw) };
        let (chapter, index, what) = (unit.chapter, concept.index, &concept.description);
        let question = format!("draw plate {index} of chapter {chapter}, {title}: {what}");
        // Text of a book or an engine: nothing in it is for the terminal to obey.
        let question: String =
            question.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        person.ask(&question, self.store.interrupt()).map_err(IllustrateError::NobodyToAsk)
    }

    /// Takes one of the plates that may be begun.
    fn may_begin(&self) -> bool {
        let taken = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| match left {
            u32::MAX => Some(left),
            _ => left.checked_sub(1),
        });
        taken.is_ok()
    }

    fn give_back(&self, unit: Unit) -> Result<(), IllustrateError> {
        self.record(unit, ChapterEvent::GivenBack { token: unit.token })
    }

    fn fail(&self, unit: Unit, error: &CallError) -> Result<(), IllustrateError> {
        (self.tell)(Message::Failed(unit.chapter, error.to_string()));
        let attempts = self.store.view(|manifest| {
            manifest.chapters().get(&unit.chapter).map_or(0, |chapter| chapter.attempts)
        })?;
        let retry_at = decide::retry_at(attempts, error.retry_after(), self.store.now());
        let (token, message) = (unit.token, error.to_string());
        self.record(unit, ChapterEvent::Failed { token, message, retry_at })
    }

    pub(crate) fn record(&self, unit: Unit, change: ChapterEvent) -> Result<(), IllustrateError> {
        let event = Event::Chapter { chapter: unit.chapter, change };
        let late = |refused: IllegalTransition| (self.tell)(Message::Late(refused.to_string()));
        Ok(crew::report(self.store, event, late)?)
    }
}
