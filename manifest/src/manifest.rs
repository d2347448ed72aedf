//! The manifest: the fold of all events so far.
//!
//! [`Manifest::apply`] is the only function that changes one. It is used to check an event before it
//! is written and to replay the journal, and it is total: an event either fits and is applied whole,
//! or is refused and changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::binding::Binding;
use crate::chapter::Chapter;
use crate::control::Control;
use crate::elements::ElementsState;
use crate::event::{CallEvent, Event, Listed, Stamp};
use crate::ids::{ChapterId, Serial};
use crate::ledger::Ledger;
use crate::pace::{self, Paces};
use crate::state::{ChapterState, Claim, IllegalTransition, Status};

/// The book a project was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Absolute path of the book file when the project was made.
    pub path: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// The book's title, as data.
    pub title: String,
    /// The pattern by which its chapters were found, where one was given: whoever reads the book for
    /// this project has to use the same.
    pub headings: Option<String>,
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
    /// Whether the work may go on.
    pub control: Control,
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
    /// Whether the book is to be bound, and has been.
    pub binding: Binding,
    /// How long the last units of each phase took.
    pub paces: Paces,
    /// Calls that may have been paid for without a result: whoever made them died before the bytes were
    /// on disk.
    pub possible_duplicate_calls: u32,
    /// Calls that are limited or cost something: what is reserved, what was spent.
    pub ledger: Ledger,
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
            control: Control::Going,
            chapters_listed: false,
            elements: ElementsState::Pending,
            elements_attempts: 0,
            elements_read: BTreeSet::new(),
            chapters: BTreeMap::new(),
            by_status: BTreeMap::new(),
            binding: Binding::Unasked,
            paces: Paces::default(),
            possible_duplicate_calls: 0,
            ledger: Ledger::default(),
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
        let news = pace::news(self, event, stamp.at);
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
                self.lose_calls(lost);
                self.binding = self.binding.after_change();
            }
            Event::Call { change } => {
                self.ledger.apply(change, stamp)?;
                if let CallEvent::Lost { calls } = change {
                    self.lose_calls(*calls);
                }
            }
            Event::Paused | Event::Resumed | Event::Cancelled => {
                self.control = self.control.next(event, stamp)?;
            }
            Event::BindingWanted | Event::Bound { .. } => {
                self.binding = self.binding.next(event, self.illustrate_complete(), stamp)?;
            }
            elements_event => self.apply_to_elements(elements_event, stamp)?,
        }
        if let Some(news) = news {
            self.paces.keep(news, stamp.at);
        }
        self.serial = stamp.serial;
        self.last_updated = stamp.at;
        Ok(())
    }

    fn lose_calls(&mut self, calls: u32) {
        self.possible_duplicate_calls = self.possible_duplicate_calls.saturating_add(calls);
    }

    pub(crate) fn refuse(&self, what: &str, event: &str) -> IllegalTransition {
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
