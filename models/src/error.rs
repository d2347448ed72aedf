//! What can go wrong with a call, sorted by what the caller has to do about it.
//!
//! The variant is the decision: give the work back and come again, come again later, go on without
//! this picture, stop the run, cut the text smaller. No text in here ever contains a key: every
//! word of a server passes [`crate::Secret::redact`] before it becomes part of an error.

use std::time::Duration;

/// Why a call to an engine brought nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CallError {
    /// Every attempt met a passing fault (no connection, timeout, reset, overload).
    /// The same call may succeed later.
    #[error("{engine}: {what} (tried {attempts} times)")]
    Unavailable {
        /// Engine and host.
        engine: String,
        /// The last fault.
        what: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The server, or the rate limit, asks for a longer wait than a call may block.
    #[error("{engine}: {what}; to be asked again in {} s", after.as_secs())]
    Wait {
        /// Engine and host.
        engine: String,
        /// What asks for the wait.
        what: String,
        /// How long not to ask.
        after: Duration,
    },
    /// A content filter refused. Asking again with the same words is useless.
    #[error("{engine}: refused by the content filter ({stage}): {reason}")]
    Refused {
        /// Engine and host.
        engine: String,
        /// The server's words.
        reason: String,
        /// What was judged.
        stage: Stage,
    },
    /// No call of this run can succeed until somebody changes something.
    #[error("{engine}: {what}; {next}")]
    Stop {
        /// Engine and host.
        engine: String,
        /// What kind of obstacle.
        cause: StopCause,
        /// What is wrong.
        what: String,
        /// What to do about it.
        next: String,
    },
    /// The text does not fit the model's context: cut it smaller.
    #[error("{engine}: the text is too long for the model: {what}")]
    TooLong {
        /// Engine and host.
        engine: String,
        /// The evidence, with numbers where the server gives them.
        what: String,
    },
    /// The server does not take this request. Another one may well be taken.
    #[error("{engine}: request rejected: {what}")]
    Rejected {
        /// Engine and host.
        engine: String,
        /// The server's words.
        what: String,
    },
    /// The engine answered, again and again, with something that is of no use.
    #[error("{engine}: useless answer: {what}")]
    BadAnswer {
        /// Engine and host.
        engine: String,
        /// What is wrong with the last answer.
        what: String,
    },
    /// The caller raised the interrupt flag. Nothing is known about the request under way.
    #[error("interrupted")]
    Interrupted,
}

/// What a content filter judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The words that were sent.
    Input,
    /// The answer that was made from them. It may have been paid for.
    Output,
    /// The server does not say.
    Unknown,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Input => "the request",
            Self::Output => "the answer",
            Self::Unknown => "request or answer",
        })
    }
}

/// The kinds of obstacle that stop a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopCause {
    /// The key is missing, wrong or not allowed to do this.
    Key,
    /// No credit left with the provider.
    Credit,
    /// The model does not exist there.
    Model,
    /// The budget given by the user is used up.
    Budget,
    /// The configuration or the server's set-up is wrong.
    Setup,
}

impl CallError {
    /// The same with every text changed by `change`.
    pub(crate) fn with_texts(mut self, change: impl Fn(&str) -> String) -> Self {
        let texts: [Option<&mut String>; 3] = match &mut self {
            Self::Unavailable { engine, what, .. }
            | Self::Wait { engine, what, .. }
            | Self::TooLong { engine, what }
            | Self::Rejected { engine, what }
            | Self::BadAnswer { engine, what } => [Some(engine), Some(what), None],
            Self::Refused { engine, reason, .. } => [Some(engine), Some(reason), None],
            Self::Stop { engine, what, next, .. } => [Some(engine), Some(what), Some(next)],
            Self::Interrupted => [None, None, None],
        };
        for text in texts.into_iter().flatten() {
            *text = change(text);
        }
        self
    }

    /// Whether no further call of the run can succeed.
    pub fn stops_the_run(&self) -> bool {
        matches!(self, Self::Stop { .. })
    }

    /// Whether it is the budget that does not reach any further.
    pub fn is_over_budget(&self) -> bool {
        matches!(self, Self::Stop { cause: StopCause::Budget, .. })
    }

    /// How long to wait at least before the same work is tried again; `None` where waiting does
    /// not help.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { .. } => Some(Duration::ZERO),
            Self::Wait { after, .. } => Some(*after),
            _ => None,
        }
    }
}
