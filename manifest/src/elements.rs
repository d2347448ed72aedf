//! The elements pass: the one unit of work that is not a chapter's.
//!
//! It is claimed as a whole; the part of each chapter is an artifact that a successor finds, so that
//! nothing is read twice when its worker dies.

use crate::event::{Event, Stamp};
use crate::ids::Token;
use crate::manifest::Manifest;
use crate::state::{Claim, Failure, IllegalTransition};

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

impl Manifest {
    /// Applies an event that is about the elements pass.
    pub(crate) fn apply_to_elements(
        &mut self,
        event: &Event,
        stamp: &Stamp,
    ) -> Result<(), IllegalTransition> {
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
            Event::ElementsRead { token, chapter, .. } if holds(&self.elements, token) => {
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
}
