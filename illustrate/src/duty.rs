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
use crate::in_hand::{InHand, Sum, Unit, Work};
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
    pub in_hand: InHand,
    /// Who writes the record of a chapter's plates.
    pub records: Mutex<()>,
    /// Chapters of which nothing more is chosen.
    pub over: Mutex<BTreeSet<ChapterId>>,
    pub elements: KnownElements,
    pub waiting: Waiting,
    pub tell: &'a (dyn Fn(Message) + Send + Sync),
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
        if let Some(unit) = self.in_hand.to_help(manifest, self.worker) {
            return Next::Help(unit);
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
        let found = if self.in_hand.knows(unit) { None } else { self.work(unit)? };
        let Some(work) = self.in_hand.enter(unit, found) else { return Ok(()) };
        let drawn = self.draw_what_is_left(unit, &work);
        if drawn.is_err() {
            // Nobody goes on with it here.
            self.in_hand.note(unit, |sum| sum.ended = Some(CallError::Interrupted));
        }
        let closed = self.in_hand.leave(unit).map(|sum| self.close(unit, &work, sum));
        let (chapter, token, took) = (unit.chapter, unit.token, begun.elapsed());
        tracing::debug!(%chapter, %token, ?took, closed = closed.is_some(), "was at a chapter");
        drawn.and(closed.unwrap_or(Ok(())))
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

    /// What is to be drawn of a chapter; `None` when it is no longer ours.
    fn work(&self, unit: Unit) -> Result<Option<Work>, IllustrateError> {
        let known = self.store.view(|manifest| {
            let chapter = manifest.chapters().get(&unit.chapter)?;
            let (_, claim) = chapter.state.claim()?;
            let ours = claim.token == unit.token;
            ours.then(|| (manifest.source.title.clone(), chapter.missing_concepts()))
        })?;
        let Some((book, missing)) = known else { return Ok(None) };
        let record = project::concepts(self.store, unit.chapter)?;
        let (_, elements) = self.elements.read(self.store)?;
        let concepts = record.iter().flat_map(|record| &record.concepts).enumerate();
        let (wanted, others): (Vec<_>, Vec<_>) = concepts
            .filter(|(_, concept)| missing.contains(&concept.index))
            .partition(|(_, concept)| self.choice.has_moment(concept, &elements));
        let wanted = wanted.into_iter().map(|(place, _)| place).collect();
        Ok(Some(Work { left_out: !others.is_empty(), book, record, wanted }))
    }

    /// Draws plates of a chapter until none is left to begin.
    fn draw_what_is_left(&self, unit: Unit, work: &Work) -> Result<(), IllustrateError> {
        let Some(record) = &work.record else { return Ok(()) };
        while let Some(place) = self.in_hand.take(unit) {
            let concept = &record.concepts[place];
            match self.asked(unit, &record.title, concept)? {
                Answer::Draw if self.may_begin() => {}
                Answer::Draw | Answer::Skip => {
                    self.in_hand.note(unit, |sum| sum.left_out = true);
                    continue;
                }
                Answer::Stop => {
                    self.store.interrupt().set();
                    self.in_hand.note(unit, |sum| sum.ended = Some(CallError::Interrupted));
                    break;
                }
            }
            let drawn = match self.one_plate(unit, &work.book, record, concept)? {
                Ok(()) => self.look_at_the_first()?,
                Err(error) => Err(error),
            };
            match drawn {
                Ok(()) => {}
                // What is wrong with this plate need not be wrong with the next.
                Err(
                    error @ (CallError::Rejected { .. }
                    | CallError::BadAnswer { .. }
                    | CallError::TooLong { .. }),
                ) => self.in_hand.note(unit, |sum| {
                    sum.failed.get_or_insert(error);
                }),
                Err(error) if error.stops_the_run() => return Err(IllustrateError::Engine(error)),
                Err(error) => self.in_hand.note(unit, |sum| sum.ended = Some(error)),
            }
        }
        Ok(())
    }

    /// Records how it ended with a chapter that nobody is at any more.
    fn close(&self, unit: Unit, work: &Work, sum: Sum) -> Result<(), IllustrateError> {
        let Some(record) = &work.record else {
            self.give_back(unit)?;
            return self.record(unit, ChapterEvent::ConceptsMissing);
        };
        match sum.ended.or(sum.failed) {
            Some(CallError::Interrupted) => return self.give_back(unit),
            Some(error) => return self.fail(unit, &error),
            None => {}
        }
        if sum.left_out {
            self.over.lock().unwrap_or_else(PoisonError::into_inner).insert(unit.chapter);
            return self.give_back(unit);
        }
        self.record(unit, ChapterEvent::Illustrated { token: unit.token })?;
        (self.tell)(Message::Illustrated(unit.chapter, record.title.clone()));
        Ok(())
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
