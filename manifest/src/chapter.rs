//! A chapter and what is known of its concepts: counting attempts, plates and calls.
//!
//! Where it stands is said by [`ChapterState`] alone; what is kept here goes along with it, so that an
//! event either changes both or neither.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::event::{ChapterEvent, Plate, Stamp};
use crate::ids::WorkerId;
use crate::state::{ChapterState, IllegalTransition, Step};

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
    /// When the last plate was drawn or refused.
    pub drawn_at: Option<DateTime<Utc>>,
    /// Fields of other programs, kept as they are.
    pub extra: Map<String, Value>,
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
            drawn_at: None,
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
    pub(crate) fn apply(
        &mut self,
        change: &ChapterEvent,
        stamp: &Stamp,
    ) -> Result<u32, IllegalTransition> {
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
                self.drawn_at = Some(stamp.at);
            }
            E::PlateNotDrawn { concept, .. } => drop(self.intents.remove(concept)),
            E::PlateBlocked { concept, reason, .. } => {
                self.settle(*concept, Outcome::Blocked(reason.clone()));
                self.drawn_at = Some(stamp.at);
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
            E::Retried { afresh: false }
            | E::PlateQueued { .. }
            | E::Skipped { .. }
            | E::Selected => {}
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
            | E::PlateQueued { concept, .. }
            | E::PlateRecorded { concept, .. }
            | E::PlateBlocked { concept, .. }
                if !(1..=self.concepts.unwrap_or(0)).contains(concept) =>
            {
                format!("without a concept {concept}")
            }
            E::PlateIntended { concept, .. }
            | E::PlateQueued { concept, .. }
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
