//! The gate every request passes: rate limit before, settling of accounts after.
//!
//! A gate never blocks. It lets a request through, or says how long to wait before asking again;
//! the waiting is done in one place, interruptibly, by the retry loop. Processes that share limits
//! and a budget plug in a gate that keeps its books where all of them see it.
//!
//! Invariant: every permit is settled exactly once, also when the call is interrupted.

use std::time::Duration;

use crate::error::CallError;
use crate::money::Usd;

/// The two kinds of work; they have limits of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A text is asked for.
    Text,
    /// A picture is asked for.
    Image,
}

/// What a request may need at most.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Text or image.
    pub work: Work,
    /// The engine, as it is named in the configuration.
    pub engine: String,
    /// The model; empty where the server has only one.
    pub model: String,
    /// The caller's name for the request, where it gave one.
    pub request_id: Option<String>,
    /// Tokens sent and received, at most.
    pub tokens: u64,
    /// Pictures.
    pub pictures: u32,
    /// Price at most; zero on one's own machine, `None` where it is not known.
    pub cost: Option<Usd>,
}

/// What a request really took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// Tokens sent.
    pub input_tokens: u64,
    /// Tokens received.
    pub output_tokens: u64,
    /// Pictures received.
    pub pictures: u32,
    /// Price; `None` where it is not known.
    pub cost: Option<Usd>,
}

/// Whether money was spent on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charged {
    /// The server answered with what was asked for, or with something it will charge for.
    Yes,
    /// The request did not reach the server, or was turned away.
    No,
    /// The request went out and no answer came back.
    Unknown,
}

/// The account of one request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settlement {
    /// Whether it was paid for.
    pub charged: Charged,
    /// What it took, as far as the server said.
    pub usage: Usage,
}

/// The right to make one request. The number is the gate's own.
#[derive(Debug, PartialEq, Eq)]
pub struct Permit(pub u64);

/// A gate's answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Admission {
    /// Make the request, then settle.
    Go(Permit),
    /// Ask again after this time.
    Wait(Duration),
}

/// Rate limit and budget. `now` is the caller's monotonic time.
pub trait Gate: Send + Sync {
    /// Asks for one request.
    ///
    /// # Errors
    /// [`CallError::Stop`] when the budget is used up, or the books cannot be kept.
    fn admit(&self, estimate: &Estimate, now: Duration) -> Result<Admission, CallError>;

    /// Closes the account of a permit.
    fn settle(&self, permit: Permit, settlement: Settlement, now: Duration);

    /// The server asked everybody to be quiet for `pause`.
    fn hold_off(&self, work: Work, pause: Duration, now: Duration) {
        let _ = (work, pause, now);
    }
}

/// A gate that is always open.
#[derive(Debug, Clone, Copy, Default)]
pub struct Open;

/// The open gate as a value to borrow.
pub(crate) static OPEN: Open = Open;

impl Gate for Open {
    fn admit(&self, _: &Estimate, _: Duration) -> Result<Admission, CallError> {
        Ok(Admission::Go(Permit(0)))
    }

    fn settle(&self, _: Permit, _: Settlement, _: Duration) {}
}
