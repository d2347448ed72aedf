//! Writing down that a call is about to be made, at the moment when it may be made and not before.
//!
//! Whoever dies between that and the saved picture leaves the intent behind: the one call that may be
//! paid for twice is counted. What waited for its turn, or was turned away, leaves none.
//!
//! **Invariant:** no call is made before its intent is on disk.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use models::{
    Admission, CallError, Charged, Estimate, Gate, Permit, Settlement, StopCause, Usage, Work,
};

use crate::IllustrateError;

/// Where the intent of a call is kept.
pub(crate) trait Intent: Sync {
    /// A call is about to be made.
    fn begin(&self, request_id: &str) -> Result<(), IllustrateError>;

    /// How it ended is known, and there is no picture.
    fn end(&self) -> Result<(), IllustrateError>;
}

/// The gate of one call.
pub(crate) struct Noting<'a> {
    gate: &'a dyn Gate,
    intent: &'a dyn Intent,
    request_id: &'a str,
    /// Whether the intent is written, or why not; `None` before the call was admitted.
    noted: Mutex<Option<Result<(), IllustrateError>>>,
}

impl<'a> Noting<'a> {
    pub fn new(gate: &'a dyn Gate, intent: &'a dyn Intent, request_id: &'a str) -> Self {
        Self { gate, intent, request_id, noted: Mutex::default() }
    }

    /// Whether a call was intended.
    pub fn was_noted(self) -> Result<bool, IllustrateError> {
        let noted = self.noted.into_inner().unwrap_or_else(PoisonError::into_inner);
        noted.transpose().map(|noted| noted.is_some())
    }
}

impl Gate for Noting<'_> {
    fn admit(&self, call: &Estimate, now: Duration) -> Result<Admission, CallError> {
        let permit = match self.gate.admit(call, now)? {
            Admission::Go(permit) => permit,
            wait @ Admission::Wait(_) => return Ok(wait),
        };
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let result = noted.get_or_insert_with(|| self.intent.begin(self.request_id));
        let Err(error) = result else { return Ok(Admission::Go(permit)) };
        let stop = CallError::Stop {
            engine: call.engine.clone(),
            cause: StopCause::Setup,
            what: error.to_string(),
            next: "`woodcut doctor DIR` says more".to_owned(),
        };
        self.gate.settle(permit, Settlement { charged: Charged::No, usage: Usage::default() }, now);
        Err(stop)
    }

    fn settle(&self, permit: Permit, settlement: Settlement, now: Duration) {
        self.gate.settle(permit, settlement, now);
    }

    fn hold_off(&self, work: Work, pause: Duration, now: Duration) {
        self.gate.hold_off(work, pause, now);
    }
}
