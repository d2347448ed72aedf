//! The state machine of a chapter.
//!
//! [`ChapterState::next`] is the only function that makes a state from another. Deciding, replaying
//! the journal and checking a damaged one all go through it, so they cannot disagree; every pair of
//! state and event that is not listed there is an [`IllegalTransition`] naming both.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::event::{ChapterEvent, Stamp};
use crate::ids::{Token, WorkerId};

/// A worker's right to one unit of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who holds it.
    pub worker: WorkerId,
    /// Fencing number: a result that names another token is refused.
    pub token: Token,
    /// When it was taken; for people to read, never compared.
    pub at: DateTime<Utc>,
}

/// The two kinds of work on a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Finding the concepts.
    Analysis,
    /// Drawing the plates.
    Illustration,
}

/// Why work on a unit stopped, and when it may be tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What went wrong, in one line.
    pub message: String,
    /// Not before this instant; `None` when only a person can help.
    pub retry_at: Option<DateTime<Utc>>,
}

/// Where a chapter stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChapterState {
    /// Nothing done yet.
    Pending,
    /// A worker looks for its concepts.
    Analyzing(Claim),
    /// Its concepts are on disk; it waits for an illustrator.
    Analyzed,
    /// A worker draws its plates.
    Illustrating(Claim),
    /// Every concept has its plate, or a recorded reason why not.
    Illustrated,
    /// A step failed.
    Failed(Step, Failure),
    /// Not to be illustrated.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// A [`ChapterState`] without its data: the `status` of format 3.0.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    /// [`ChapterState::Pending`]
    #[serde(rename = "pending")]
    Pending,
    /// [`ChapterState::Analyzing`]
    #[serde(rename = "analysis_inprogress")]
    Analyzing,
    /// [`ChapterState::Analyzed`]
    #[serde(rename = "analyzed")]
    Analyzed,
    /// [`ChapterState::Illustrating`]
    #[serde(rename = "illustration_inprogress")]
    Illustrating,
    /// [`ChapterState::Illustrated`]
    #[serde(rename = "illustration_complete")]
    Illustrated,
    /// [`ChapterState::Failed`]
    #[serde(rename = "error")]
    Failed,
    /// [`ChapterState::Skipped`]
    #[serde(rename = "skipped")]
    Skipped,
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pending => "pending",
            Self::Analyzing => "analysis_inprogress",
            Self::Analyzed => "analyzed",
            Self::Illustrating => "illustration_inprogress",
            Self::Illustrated => "illustration_complete",
            Self::Failed => "error",
            Self::Skipped => "skipped",
        })
    }
}

/// An event that does not fit the state it meets. Nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{event}` does not apply while {subject} is {state}")]
pub struct IllegalTransition {
    /// `chapter 9`, `the book`.
    pub subject: String,
    /// The state it is in, with the claim's token when there is one.
    pub state: String,
    /// The event that was refused.
    pub event: String,
}

impl Step {
    /// The state from which this step is claimed.
    #[must_use]
    pub fn state_before(self) -> ChapterState {
        match self {
            Self::Analysis => ChapterState::Pending,
            Self::Illustration => ChapterState::Analyzed,
        }
    }
}

impl ChapterState {
    /// The state without its data.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Pending => Status::Pending,
            Self::Analyzing(_) => Status::Analyzing,
            Self::Analyzed => Status::Analyzed,
            Self::Illustrating(_) => Status::Illustrating,
            Self::Illustrated => Status::Illustrated,
            Self::Failed(..) => Status::Failed,
            Self::Skipped { .. } => Status::Skipped,
        }
    }

    /// The claim on the chapter, and the step it is for.
    #[must_use]
    pub fn claim(&self) -> Option<(Step, &Claim)> {
        match self {
            Self::Analyzing(claim) => Some((Step::Analysis, claim)),
            Self::Illustrating(claim) => Some((Step::Illustration, claim)),
            _ => None,
        }
    }

    /// Whether no work will ever be done on the chapter unless somebody asks for it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        match self {
            Self::Illustrated | Self::Skipped { .. } => true,
            Self::Failed(_, failure) => failure.retry_at.is_none(),
            Self::Pending | Self::Analyzing(_) | Self::Analyzed | Self::Illustrating(_) => false,
        }
    }

    /// Whether the analysis of the chapter is over, well or not.
    #[must_use]
    pub fn is_past_analysis(&self) -> bool {
        match self {
            Self::Pending | Self::Analyzing(_) => false,
            Self::Failed(Step::Analysis, failure) => failure.retry_at.is_none(),
            Self::Analyzed
            | Self::Illustrating(_)
            | Self::Illustrated
            | Self::Failed(Step::Illustration, _)
            | Self::Skipped { .. } => true,
        }
    }

    /// The transition function: the state after `event`, stamped with its serial and time.
    ///
    /// # Errors
    /// [`IllegalTransition`] for every pair that is not listed, a wrong token included.
    pub fn next(&self, event: &ChapterEvent, stamp: &Stamp) -> Result<Self, IllegalTransition> {
        use ChapterEvent as E;
        use ChapterState as S;
        let claim = |worker: &WorkerId| Claim {
            worker: worker.clone(),
            token: Token(stamp.serial.0),
            at: stamp.at,
        };
        let failure = |message: &str, retry_at: &Option<DateTime<Utc>>| Failure {
            message: message.to_owned(),
            retry_at: *retry_at,
        };
        let next = match (self, event) {
            (S::Pending, E::AnalysisClaimed { worker }) => S::Analyzing(claim(worker)),
            (S::Pending, E::Skipped { reason }) => S::Skipped { reason: reason.clone() },
            (S::Skipped { .. }, E::Selected) => S::Pending,

            (S::Analyzing(held), E::Analyzed { token, .. }) if held.token == *token => S::Analyzed,
            (S::Analyzing(held), E::GivenBack { token } | E::Reclaimed { token, .. })
                if held.token == *token =>
            {
                S::Pending
            }
            (S::Analyzing(held), E::Failed { token, message, retry_at })
                if held.token == *token =>
            {
                S::Failed(Step::Analysis, failure(message, retry_at))
            }

            (S::Analyzed, E::IllustrationClaimed { worker }) => S::Illustrating(claim(worker)),
            (
                S::Illustrating(held),
                E::PlateIntended { token, .. }
                | E::PlateQueued { token, .. }
                | E::PlateRecorded { token, .. }
                | E::PlateNotDrawn { token, .. }
                | E::PlateBlocked { token, .. },
            ) if held.token == *token => self.clone(),
            (S::Illustrating(held), E::Illustrated { token }) if held.token == *token => {
                S::Illustrated
            }
            (S::Illustrating(held), E::GivenBack { token } | E::Reclaimed { token, .. })
                if held.token == *token =>
            {
                S::Analyzed
            }
            (S::Illustrating(held), E::Failed { token, message, retry_at })
                if held.token == *token =>
            {
                S::Failed(Step::Illustration, failure(message, retry_at))
            }

            (S::Analyzed | S::Illustrated, E::PlateMissing { .. }) => S::Analyzed,
            (S::Analyzed | S::Illustrated, E::ConceptsMissing) => S::Pending,
            (S::Failed(step, _), E::Retried { .. }) => step.state_before(),
            (S::Analyzed | S::Illustrated | S::Failed(..), E::Reset { step: Step::Analysis }) => {
                S::Pending
            }
            (
                S::Analyzed | S::Illustrated | S::Failed(Step::Illustration, _),
                E::Reset { step: Step::Illustration },
            ) => S::Analyzed,

            (state, event) => {
                return Err(IllegalTransition {
                    subject: "the chapter".to_owned(),
                    state: state.describe(),
                    event: event.name(),
                });
            }
        };
        Ok(next)
    }

    fn describe(&self) -> String {
        match self.claim() {
            Some((_, claim)) => format!(
                "`{}` under token {} of worker {}",
                self.status(),
                claim.token,
                claim.worker
            ),
            None => format!("`{}`", self.status()),
        }
    }
}
