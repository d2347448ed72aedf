//! The manifest: the fold of all events so far.
//!
//! [`Manifest::apply`] is the only function that changes one. It is used to check an event before it
//! is written and to replay the journal, and it is total: an event either fits and is applied whole,
//! or is refused and changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::event::{ChapterEvent, Event, Listed, Plate, Stamp};
use crate::ids::{ChapterId, Serial, Token, WorkerId};
use crate::state::{ChapterState, Claim, Failure, IllegalTransition, Status, Step};

/// The book a project was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Absolute path of the book file when the project was made.
    pub path: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The book's title, as data.
    pub title: String,
}

/// Where the elements pass stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ElementsState {
    /// Not begun.
    Pending,
    /// A worker is at it.
    Reading(Claim),
    /// `elements.json` is on disk.
    Complete {
        /// How many elements it holds.
        count: u32,
    },
    /// It failed.
    Failed(Failure),
}

/// What became of one concept of a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its plate is on disk.
    Drawn(Plate),
    /// The engine refused, for this reason.
    Blocked(String),
}

/// A chapter and all that is known of the work on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// Title, as data.
    pub title: String,
    /// Length in words.
    pub words: u32,
    /// Where it stands.
    pub state: ChapterState,
    /// How often the present step has been claimed without any success or being given back.
    pub attempts: u32,
    /// How many concepts it has, once analyzed.
    pub concepts: Option<u32>,
    /// What became of its concepts, by 1-based index.
    pub outcomes: BTreeMap<u32, Outcome>,
    /// Calls that cost something and have no result yet, by concept: the key they were made for.
    pub intents: BTreeMap<u32, String>,
    /// When it was analyzed.
    pub analyzed_at: Option<DateTime<Utc>>,
    /// When its last plate was drawn.
    pub illustrated_at: Option<DateTime<Utc>>,
    /// Fields of other programs, kept as they are.
    pub extra: Map<String, Value>,
}

/// The state of a project.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Random id, made once; two manifests of one project share it, two projects never do.
    pub lineage: String,
    /// Readable name of the book, for older readers.
    pub book_id: String,
    /// The book file.
    pub source: Source,
    /// Number of the last event folded in.
    pub serial: Serial,
    /// Time of the last event.
    pub last_updated: DateTime<Utc>,
    /// Whether the book has been read into chapters.
    pub chapters_listed: bool,
    /// The elements pass.
    pub elements: ElementsState,
    /// How often it has been claimed without success or being given back.
    pub elements_attempts: u32,
    /// Chapters whose part of an unfinished elements pass is on disk.
    pub elements_read: BTreeSet<ChapterId>,
    chapters: BTreeMap<ChapterId, Chapter>,
    /// Derived from `chapters`, so that finding the next unit of work costs the same in a book of a
    /// hundred chapters and in one of ten thousand. Least attempted first: a chapter that kills its
    /// worker must not keep the others from being done.
    by_status: BTreeMap<Status, BTreeSet<(u32, ChapterId)>>,
    /// Calls that may have been paid for without a result: intents whose worker died before the bytes
    /// were on disk.
    pub possible_duplicate_calls: u32,
    /// Fields of other programs, kept as they are.
    pub extra: Map<String, Value>,
}

impl Manifest {
    /// The manifest of a project in which nothing has happened yet.
    #[must_use]
    pub fn new(lineage: String, book_id: String, source: Source, now: DateTime<Utc>) -> Self {
        Self {
            lineage,
            book_id,
            source,
            serial: Serial(0),
            last_updated: now,
            chapters_listed: false,
            elements: ElementsState::Pending,
            elements_attempts: 0,
            elements_read: BTreeSet::new(),
            chapters: BTreeMap::new(),
            by_status: BTreeMap::new(),
            possible_duplicate_calls: 0,
            extra: Map::new(),
        }
    }

    /// The chapters, by number.
    #[must_use]
    pub fn chapters(&self) -> &BTreeMap<ChapterId, Chapter> {
        &self.chapters
    }

    /// The numbers of the chapters with a status: the least attempted first, else ascending.
    pub fn with_status(&self, status: Status) -> impl Iterator<Item = ChapterId> {
        self.by_status.get(&status).into_iter().flatten().map(|(_, id)| *id)
    }

    /// How many chapters have a status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.by_status.get(&status).map_or(0, BTreeSet::len)
    }

    /// Sets all chapters at once.
    pub(crate) fn set_chapters(&mut self, chapters: BTreeMap<ChapterId, Chapter>) {
        self.by_status.clear();
        for (id, chapter) in &chapters {
            let place = (chapter.attempts, *id);
            self.by_status.entry(chapter.state.status()).or_default().insert(place);
        }
        self.chapters = chapters;
    }

    /// Whether every chapter's analysis is over. Derived, never stored as a fact of its own.
    #[must_use]
    pub fn analyze_complete(&self) -> bool {
        self.chapters_listed
            && self.count(Status::Pending) == 0
            && self.count(Status::Analyzing) == 0
            && self.failed().all(ChapterState::is_past_analysis)
    }

    /// Whether no chapter needs any more work. Derived, never stored as a fact of its own.
    #[must_use]
    pub fn illustrate_complete(&self) -> bool {
        self.analyze_complete()
            && self.count(Status::Analyzed) == 0
            && self.count(Status::Illustrating) == 0
            && self.failed().all(ChapterState::is_settled)
    }

    fn failed(&self) -> impl Iterator<Item = &ChapterState> {
        self.with_status(Status::Failed).filter_map(|id| Some(&self.chapters.get(&id)?.state))
    }

    /// Every claim in force, with the unit it is on; `None` is the elements pass.
    pub fn claims(&self) -> impl Iterator<Item = (Option<ChapterId>, &Claim)> {
        let elements = match &self.elements {
            ElementsState::Reading(claim) => Some((None, claim)),
            _ => None,
        };
        let busy = [Status::Analyzing, Status::Illustrating];
        let chapters = busy.into_iter().flat_map(|status| self.with_status(status));
        elements.into_iter().chain(
            chapters.filter_map(|id| Some((Some(id), self.chapters.get(&id)?.state.claim()?.1))),
        )
    }

    /// Applies one event.
    ///
    /// # Errors
    /// [`IllegalTransition`] when the event does not fit; the manifest is then unchanged.
    pub fn apply(&mut self, event: &Event, stamp: &Stamp) -> Result<(), IllegalTransition> {
        match event {
            Event::ChaptersListed { chapters } => {
                if self.chapters_listed {
                    return Err(self.refuse("listed", "chapters_listed"));
                }
                let numbers: BTreeSet<_> = chapters.iter().map(|listed| listed.number).collect();
                if numbers.len() < chapters.len() {
                    return Err(self.refuse("twice", "chapters_listed"));
                }
                self.chapters_listed = true;
                let new = |listed: &Listed| {
                    (listed.number, Chapter::new(listed.title.clone(), listed.words))
                };
                self.set_chapters(chapters.iter().map(new).collect());
            }
            Event::Chapter { chapter, change } => {
                let Some(record) = self.chapters.get_mut(chapter) else {
                    return Err(IllegalTransition {
                        subject: format!("chapter {chapter}"),
                        state: "not in the book".to_owned(),
                        event: change.name(),
                    });
                };
                let before = (record.state.status(), record.attempts);
                let lost = record.apply(change, stamp).map_err(|refused| IllegalTransition {
                    subject: format!("chapter {chapter}"),
                    ..refused
                })?;
                let after = (record.state.status(), record.attempts);
                if before != after {
                    let left = self.by_status.entry(before.0).or_default();
                    left.remove(&(before.1, *chapter));
                    if left.is_empty() {
                        self.by_status.remove(&before.0);
                    }
                    self.by_status.entry(after.0).or_default().insert((after.1, *chapter));
                }
                self.possible_duplicate_calls += lost;
            }
            elements_event => self.apply_to_elements(elements_event, stamp)?,
        }
        self.serial = stamp.serial;
        self.last_updated = stamp.at;
        Ok(())
    }

    fn apply_to_elements(&mut self, event: &Event, stamp: &Stamp) -> Result<(), IllegalTransition> {
        use ElementsState as S;
        let holds = |state: &S, token: &Token| matches!(state, S::Reading(c) if c.token == *token);
        match event {
            Event::ElementsClaimed { worker }
                if self.chapters_listed && self.elements == S::Pending =>
            {
                self.elements_attempts += 1;
                self.elements = S::Reading(Claim {
                    worker: worker.clone(),
                    token: Token(stamp.serial.0),
                    at: stamp.at,
                });
            }
            Event::ElementsRead { token, chapter } if holds(&self.elements, token) => {
                if self.elements_read.insert(*chapter) {
                    self.elements_attempts = self.elements_attempts.min(1);
                }
            }
            Event::ElementsCompleted { token, count } if holds(&self.elements, token) => {
                self.elements = S::Complete { count: *count };
                self.elements_attempts = 0;
                self.elements_read.clear();
            }
            Event::ElementsGivenBack { token } if holds(&self.elements, token) => {
                self.elements = S::Pending;
                self.elements_attempts = self.elements_attempts.saturating_sub(1);
            }
            Event::ElementsReclaimed { token, .. } if holds(&self.elements, token) => {
                self.elements = S::Pending;
            }
            Event::ElementsFailed { token, message, retry_at } if holds(&self.elements, token) => {
                self.elements =
                    S::Failed(Failure { message: message.clone(), retry_at: *retry_at });
            }
            Event::ElementsReset if matches!(self.elements, S::Complete { .. } | S::Failed(_)) => {
                // Where only a person can help, a person asked: the attempts are counted afresh.
                if !matches!(&self.elements, S::Failed(failure) if failure.retry_at.is_some()) {
                    self.elements_attempts = 0;
                }
                self.elements = S::Pending;
                self.elements_read.clear();
            }
            refused => {
                let name = serde_json::to_value(refused).ok();
                let name = name.as_ref().and_then(|value| value["type"].as_str());
                return Err(self.refuse("elements", name.unwrap_or("event")));
            }
        }
        Ok(())
    }

    fn refuse(&self, what: &str, event: &str) -> IllegalTransition {
        let state = match (what, &self.elements) {
            ("listed", _) => "already read into chapters".to_owned(),
            ("twice", _) => "given two chapters of one number".to_owned(),
            (_, ElementsState::Reading(claim)) => {
                format!("under token {} of worker {}", claim.token, claim.worker)
            }
            (_, other) => format!("`{}`", other.status()),
        };
        IllegalTransition { subject: "the book".to_owned(), state, event: event.to_owned() }
    }
}

impl ElementsState {
    /// The status word of format 3.0.0.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Reading(_) => "inprogress",
            Self::Complete { .. } => "complete",
            Self::Failed(_) => "error",
        }
    }
}

impl Chapter {
    /// A chapter on which nothing has been done.
    #[must_use]
    pub fn new(title: String, words: u32) -> Self {
        Self {
            title,
            words,
            state: ChapterState::Pending,
            attempts: 0,
            concepts: None,
            outcomes: BTreeMap::new(),
            intents: BTreeMap::new(),
            analyzed_at: None,
            illustrated_at: None,
            extra: Map::new(),
        }
    }

    /// The plate of a concept, if it was drawn.
    #[must_use]
    pub fn plate(&self, concept: u32) -> Option<&Plate> {
        match self.outcomes.get(&concept) {
            Some(Outcome::Drawn(plate)) => Some(plate),
            _ => None,
        }
    }

    /// Applies one change; returns how many intents lost their worker by it.
    fn apply(&mut self, change: &ChapterEvent, stamp: &Stamp) -> Result<u32, IllegalTransition> {
        use ChapterEvent as E;
        let next = self.state.next(change, stamp)?;
        self.check_concept(change)?;
        let mut lost = 0;
        match change {
            E::AnalysisClaimed { .. } | E::IllustrationClaimed { .. } => self.attempts += 1,
            E::Analyzed { concepts, .. } => {
                self.concepts = Some(*concepts);
                self.analyzed_at = Some(stamp.at);
                self.attempts = 0;
            }
            E::PlateIntended { concept, key, .. } => {
                self.intents.insert(*concept, key.clone());
            }
            E::PlateRecorded { concept, plate, .. } => {
                self.attempts = self.attempts.min(1);
                self.settle(*concept, Outcome::Drawn(plate.clone()));
            }
            E::PlateBlocked { concept, reason, .. } => {
                self.settle(*concept, Outcome::Blocked(reason.clone()));
            }
            E::Illustrated { .. } => {
                self.illustrated_at = Some(stamp.at);
                self.attempts = 0;
            }
            // What was intended and has no result may be paid for already; the next one may pay again.
            E::GivenBack { .. } => {
                self.attempts = self.attempts.saturating_sub(1);
                lost = self.lose_intents();
            }
            E::Reclaimed { .. } => lost = self.lose_intents(),
            E::Failed { .. } => self.intents.clear(),
            E::Retried { afresh: true } => self.attempts = 0,
            E::PlateMissing { concept } => {
                self.outcomes.remove(concept);
                self.illustrated_at = None;
            }
            E::ConceptsMissing | E::Reset { step: Step::Analysis } => {
                *self = Self {
                    extra: std::mem::take(&mut self.extra),
                    ..Self::new(std::mem::take(&mut self.title), self.words)
                };
            }
            E::Reset { step: Step::Illustration } => {
                self.outcomes.clear();
                self.illustrated_at = None;
                self.attempts = 0;
            }
            E::Retried { afresh: false } | E::Skipped { .. } | E::Selected => {}
        }
        self.state = next;
        Ok(lost)
    }

    /// Refuses what names a concept that the chapter does not have, a second plate for one that has
    /// one, and an end while one is missing.
    fn check_concept(&self, change: &ChapterEvent) -> Result<(), IllegalTransition> {
        use ChapterEvent as E;
        let state = match change {
            E::PlateIntended { concept, .. }
            | E::PlateRecorded { concept, .. }
            | E::PlateBlocked { concept, .. }
                if !(1..=self.concepts.unwrap_or(0)).contains(concept) =>
            {
                format!("without a concept {concept}")
            }
            E::PlateIntended { concept, .. }
            | E::PlateRecorded { concept, .. }
            | E::PlateBlocked { concept, .. }
                if self.plate(*concept).is_some() =>
            {
                format!("with a plate for concept {concept} already")
            }
            E::Illustrated { .. } => match self.missing_concepts().first() {
                Some(concept) => format!("without a plate for concept {concept}"),
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        Err(IllegalTransition { subject: "the chapter".to_owned(), state, event: change.name() })
    }

    fn lose_intents(&mut self) -> u32 {
        let lost = u32::try_from(self.intents.len()).unwrap_or(u32::MAX);
        self.intents.clear();
        lost
    }

    /// The 1-based concepts that have neither a plate nor a reason.
    #[must_use]
    pub fn missing_concepts(&self) -> Vec<u32> {
        (1..=self.concepts.unwrap_or(0))
            .filter(|concept| !self.outcomes.contains_key(concept))
            .collect()
    }

    fn settle(&mut self, concept: u32, outcome: Outcome) {
        self.intents.remove(&concept);
        self.outcomes.insert(concept, outcome);
    }

    /// The worker at work on the chapter.
    #[must_use]
    pub fn worker(&self) -> Option<&WorkerId> {
        self.state.claim().map(|(_, claim)| &claim.worker)
    }
}
