//! Whether the book is to be bound, and has been.
//!
//! Nobody has to bind: only where somebody has said that the book will be bound is it unfinished
//! without. **Invariant:** what was bound before a chapter changed is not bound any more.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::event::{Event, Stamp};
use crate::state::IllegalTransition;

/// Where the binding stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Binding {
    /// Nobody has asked for it.
    #[default]
    Unasked,
    /// Somebody will bind when all is drawn.
    Wanted,
    /// All that is drawn is bound.
    Bound {
        /// Since when; for people to read.
        at: DateTime<Utc>,
    },
}

impl Binding {
    /// Whether nobody has asked for it.
    #[must_use]
    pub fn is_unasked(&self) -> bool {
        *self == Self::Unasked
    }

    /// Whether it is still to be done.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        *self == Self::Wanted
    }

    /// After an event that is about binding, on a book that is drawn or not.
    pub(crate) fn next(
        self,
        event: &Event,
        is_drawn: bool,
        stamp: &Stamp,
    ) -> Result<Self, IllegalTransition> {
        let (state, event) = match (self, event) {
            (Self::Unasked, Event::BindingWanted) => return Ok(Self::Wanted),
            (_, Event::Bound { .. }) if is_drawn => return Ok(Self::Bound { at: stamp.at }),
            (_, Event::Bound { .. }) => ("not all drawn", "bound"),
            (_, _) => ("to be bound already", "binding_wanted"),
        };
        Err(IllegalTransition {
            subject: "the book".to_owned(),
            state: state.to_owned(),
            event: event.to_owned(),
        })
    }

    /// After a change of a chapter.
    pub(crate) fn after_change(self) -> Self {
        match self {
            Self::Bound { .. } => Self::Wanted,
            other => other,
        }
    }
}
