//! What a person asks of a book: pause, resume, cancel, retry, reset. All decisions, no disk.
//!
//! **Invariants:** every request is idempotent: what is so already needs no event. What makes no sense
//! in the present state is refused with the reason and what to do instead. The events are decided on
//! under the lock like all others, so a request never acts on a state that is no longer there.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::chapter::{Chapter, Outcome};
use crate::elements::ElementsState;
use crate::error::StoreError;
use crate::event::{ChapterEvent, Event, Stamp};
use crate::ids::{ChapterId, WorkerId};
use crate::manifest::Manifest;
use crate::state::{ChapterState, IllegalTransition, Status, Step};
use crate::store::Store;

/// Whether the work on a book may go on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Control {
    /// It may.
    #[default]
    Going,
    /// Nothing new is begun; daemons wait.
    Paused {
        /// Since when; for people to read.
        since: DateTime<Utc>,
    },
    /// Daemons give back what they hold and end.
    Cancelled {
        /// Since when; for people to read.
        since: DateTime<Utc>,
    },
}

/// What a person asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// Begin nothing new.
    Pause,
    /// Go on, after a pause or a cancellation.
    Resume,
    /// End.
    Cancel,
    /// Try again what failed, now.
    Retry {
        /// Leave alone what an engine has refused.
        failed_only: bool,
    },
    /// Do a step again from its start.
    Reset {
        /// Which.
        step: Step,
        /// Of one chapter; `None` for all.
        chapter: Option<ChapterId>,
    },
}

/// Why a request makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is left that could be paused or cancelled.
    #[error("nothing is left to do on this book")]
    Finished,
    /// The book is cancelled.
    #[error("the book is cancelled; `woodcut resume DIR` takes that back")]
    Cancelled,
    /// There is no such chapter.
    #[error("the book has no chapter {0}; `woodcut status --json DIR` lists them")]
    NoChapter(ChapterId),
    /// Nothing has been done yet that could be done again.
    #[error("chapter {0} has nothing to do again yet: it is `{1}`")]
    NotDone(ChapterId, Status),
    /// A living worker is at it.
    #[error("chapter {0} is being worked on by worker {1}; `woodcut pause DIR` first")]
    AtWork(ChapterId, WorkerId),
}

impl Control {
    /// Whether new work may be begun.
    #[must_use]
    pub fn is_going(&self) -> bool {
        *self == Self::Going
    }

    /// Whether daemons are to end.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled { .. })
    }

    /// The word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Going => "going",
            Self::Paused { .. } => "paused",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// The transition function.
    ///
    /// # Errors
    /// [`IllegalTransition`] for every pair that is not listed.
    pub fn next(self, event: &Event, stamp: &Stamp) -> Result<Self, IllegalTransition> {
        match (self, event) {
            (Self::Going, Event::Paused) => Ok(Self::Paused { since: stamp.at }),
            (Self::Going | Self::Paused { .. }, Event::Cancelled) => {
                Ok(Self::Cancelled { since: stamp.at })
            }
            (Self::Paused { .. } | Self::Cancelled { .. }, Event::Resumed) => Ok(Self::Going),
            (state, _) => {
                let name = serde_json::to_value(event).ok();
                let name = name.as_ref().and_then(|value| value["type"].as_str());
                Err(IllegalTransition {
                    subject: "the book".to_owned(),
                    state: format!("`{}`", state.word()),
                    event: name.unwrap_or("event").to_owned(),
                })
            }
        }
    }
}

/// The events that do what is asked for; none where it is so already.
///
/// # Errors
/// [`Refusal`] where it makes no sense.
pub fn decide(manifest: &Manifest, request: &Request) -> Result<Vec<Event>, Refusal> {
    let control = manifest.control;
    match request {
        Request::Pause if matches!(control, Control::Paused { .. }) => Ok(Vec::new()),
        Request::Cancel if control.is_cancelled() => Ok(Vec::new()),
        Request::Resume if control.is_going() => Ok(Vec::new()),
        Request::Resume => Ok(vec![Event::Resumed]),
        Request::Pause | Request::Retry { .. } | Request::Reset { .. }
            if control.is_cancelled() =>
        {
            Err(Refusal::Cancelled)
        }
        Request::Pause | Request::Cancel if is_finished(manifest) => Err(Refusal::Finished),
        Request::Pause => Ok(vec![Event::Paused]),
        Request::Cancel => Ok(vec![Event::Cancelled]),
        Request::Retry { failed_only } => Ok(retries(manifest, *failed_only)),
        Request::Reset { step, chapter: Some(chapter) } => {
            let Some(record) = manifest.chapters().get(chapter) else {
                return Err(Refusal::NoChapter(*chapter));
            };
            match reset(*chapter, record, *step)? {
                None => Err(Refusal::NotDone(*chapter, record.state.status())),
                Some(event) => Ok(vec![event]),
            }
        }
        Request::Reset { step, chapter: None } => {
            let chapters = manifest.chapters().iter();
            chapters.filter_map(|(id, chapter)| reset(*id, chapter, *step).transpose()).collect()
        }
    }
}

fn is_finished(manifest: &Manifest) -> bool {
    let hopeless = matches!(&manifest.elements, ElementsState::Failed(f) if f.retry_at.is_none());
    let claimed = manifest.claims().next().is_some();
    manifest.illustrate_complete() || (hopeless && !claimed)
}

fn retries(manifest: &Manifest, failed_only: bool) -> Vec<Event> {
    let elements = matches!(manifest.elements, ElementsState::Failed(_));
    let mut events: Vec<_> = elements.then_some(Event::ElementsReset).into_iter().collect();
    for (id, chapter) in manifest.chapters() {
        let event = |change| Event::Chapter { chapter: *id, change };
        let failed_at = match chapter.state {
            ChapterState::Failed(step, _) => Some(step),
            _ => None,
        };
        if failed_at.is_some() {
            events.push(event(ChapterEvent::Retried { afresh: true }));
        }
        let refusals_too = !failed_only
            && (failed_at == Some(Step::Illustration)
                || matches!(chapter.state, ChapterState::Analyzed | ChapterState::Illustrated));
        if refusals_too {
            let refused = chapter.outcomes.iter().filter_map(|(concept, outcome)| {
                matches!(outcome, Outcome::Blocked(_)).then_some(*concept)
            });
            events.extend(refused.map(|concept| event(ChapterEvent::PlateMissing { concept })));
        }
    }
    events
}

/// What resets a chapter; `None` where there is nothing to do again.
fn reset(id: ChapterId, chapter: &Chapter, step: Step) -> Result<Option<Event>, Refusal> {
    let something = match (&chapter.state, step) {
        (ChapterState::Analyzing(claim) | ChapterState::Illustrating(claim), _) => {
            return Err(Refusal::AtWork(id, claim.worker.clone()));
        }
        (ChapterState::Pending | ChapterState::Skipped { .. }, _) => false,
        (ChapterState::Failed(Step::Analysis, _), Step::Illustration) => false,
        (ChapterState::Analyzed, Step::Illustration) => !chapter.outcomes.is_empty(),
        _ => true,
    };
    let change = ChapterEvent::Reset { step };
    Ok(something.then_some(Event::Chapter { chapter: id, change }))
}

impl Store {
    /// Does what a person asks for; returns how many events that took, zero where it was so already.
    /// `before` is called with what is about to happen, under the lock, unless nothing is: a step that
    /// is done again must not find its old results.
    ///
    /// # Errors
    /// The inner one where the request makes no sense, the outer one as [`Store::update`].
    pub fn request(
        &self,
        request: &Request,
        before: impl FnOnce(&Manifest, &[Event]) -> Result<(), StoreError>,
    ) -> Result<Result<usize, Refusal>, StoreError> {
        self.recover(&BTreeSet::new())?;
        self.update(|manifest| match decide(manifest, request) {
            Ok(events) if events.is_empty() => (events, Ok(Ok(0))),
            Ok(events) => match before(manifest, &events) {
                Ok(()) => {
                    let count = events.len();
                    (events, Ok(Ok(count)))
                }
                Err(error) => (Vec::new(), Err(error)),
            },
            Err(refusal) => (Vec::new(), Ok(Err(refusal))),
        })?
    }

    /// Whether a unit in hand may go on with its next part: nobody has paused or cancelled the book or
    /// interrupted this process.
    ///
    /// # Errors
    /// As [`Store::view`].
    pub fn may_go_on(&self) -> Result<bool, StoreError> {
        Ok(!self.interrupt().is_set() && self.view(|manifest| manifest.control.is_going())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Listed;
    use crate::ids::Token;
    use crate::manifest::Source;

    const ONE: ChapterId = ChapterId(1);

    fn of(change: ChapterEvent) -> Event {
        Event::Chapter { chapter: ONE, change }
    }

    /// A book of one chapter after these events.
    fn after(events: &[Event]) -> Manifest {
        let source =
            Source { path: "/b".into(), sha256: "5e".into(), title: "B".into(), headings: None };
        let mut manifest =
            Manifest::new("l".into(), "b".into(), source, DateTime::<Utc>::UNIX_EPOCH);
        let listed = Listed { number: ONE, title: "I".into(), words: 100 };
        let first = Event::ChaptersListed { chapters: vec![listed] };
        for event in [&[first], events].concat() {
            apply(&mut manifest, &event);
        }
        manifest
    }

    fn apply(manifest: &mut Manifest, event: &Event) {
        let stamp = Stamp { serial: manifest.serial.next(), at: DateTime::UNIX_EPOCH };
        manifest.apply(event, &stamp).unwrap();
    }

    /// Analyzed and taken for illustration by `w` under token 4.
    fn at_work() -> Vec<Event> {
        let worker = WorkerId("w".into());
        vec![
            of(ChapterEvent::AnalysisClaimed { worker: worker.clone() }),
            of(ChapterEvent::Analyzed { token: Token(2), concepts: 1 }),
            of(ChapterEvent::IllustrationClaimed { worker }),
        ]
    }

    fn refused() -> Vec<Event> {
        let token = Token(4);
        let blocked = ChapterEvent::PlateBlocked { token, concept: 1, reason: "no".into() };
        [at_work(), vec![of(blocked), of(ChapterEvent::Illustrated { token })]].concat()
    }

    fn failed() -> Vec<Event> {
        let failed = ChapterEvent::Failed { token: Token(4), message: "no".into(), retry_at: None };
        [at_work(), vec![of(failed)]].concat()
    }

    const RESET: Request = Request::Reset { step: Step::Illustration, chapter: Some(ONE) };

    #[test]
    fn what_is_so_already_needs_no_event() {
        for (before, request) in [
            (vec![], Request::Resume),
            (vec![Event::Paused], Request::Pause),
            (vec![Event::Cancelled], Request::Cancel),
            (vec![], Request::Retry { failed_only: false }),
        ] {
            assert_eq!(decide(&after(&before), &request), Ok(vec![]), "{request:?}");
        }
    }

    #[test]
    fn a_request_done_once_needs_no_second_time() {
        for (before, request) in [
            (at_work(), Request::Pause),
            (at_work(), Request::Cancel),
            (failed(), Request::Retry { failed_only: true }),
            (vec![Event::Paused], Request::Resume),
        ] {
            let mut manifest = after(&before);
            let events = decide(&manifest, &request).unwrap();
            assert_eq!(events.len(), 1, "{request:?}");
            apply(&mut manifest, &events[0]);
            assert_eq!(decide(&manifest, &request), Ok(vec![]), "{request:?}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_reason() {
        let worker = WorkerId("w".into());
        for (before, request, refusal) in [
            (refused(), Request::Pause, Refusal::Finished),
            (refused(), Request::Cancel, Refusal::Finished),
            (vec![Event::Cancelled], Request::Pause, Refusal::Cancelled),
            (vec![Event::Cancelled], Request::Retry { failed_only: true }, Refusal::Cancelled),
            (vec![Event::Cancelled], RESET, Refusal::Cancelled),
            (vec![], RESET, Refusal::NotDone(ONE, Status::Pending)),
            (at_work(), RESET, Refusal::AtWork(ONE, worker)),
        ] {
            assert_eq!(decide(&after(&before), &request), Err(refusal), "{request:?}");
        }
        let unknown = Request::Reset { step: Step::Analysis, chapter: Some(ChapterId(2)) };
        assert_eq!(decide(&after(&[]), &unknown), Err(Refusal::NoChapter(ChapterId(2))));
    }

    #[test]
    fn a_retry_takes_refused_plates_only_where_asked() {
        let manifest = after(&refused());
        let again = vec![of(ChapterEvent::PlateMissing { concept: 1 })];
        assert_eq!(decide(&manifest, &Request::Retry { failed_only: false }), Ok(again));
        assert_eq!(decide(&manifest, &Request::Retry { failed_only: true }), Ok(vec![]));
    }

    #[test]
    fn nothing_is_taken_while_paused_or_cancelled() {
        let worker = WorkerId("w".into());
        for stop in [Event::Paused, Event::Cancelled] {
            let manifest = after(&[stop]);
            assert_eq!(crate::decide::claim(&manifest, Step::Analysis, &worker), None);
            assert_eq!(crate::decide::claim_elements(&manifest, &worker), None);
        }
    }
}
