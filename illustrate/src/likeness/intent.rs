//! The calls for sheets and portraits that were begun: what a crash cut off is counted.
//!
//! **Invariant:** the intent is with the record on disk before the call is made, and is counted as lost
//! only where no picture came of it.

use book::likeness::{self, Kind, Likeness};
use manifest::{CallEvent, Event};

use crate::IllustrateError;
use crate::duty::Illustration;
use crate::intent::Intent;

impl Illustration<'_> {
    /// Counts a call for a likeness that nobody has seen the end of, unless its picture came; the record
    /// without it.
    pub(super) fn without_lost(
        &self,
        kind: Kind,
        mut record: Likeness,
    ) -> Result<Likeness, IllustrateError> {
        let Some(key) = record.intended.take() else { return Ok(record) };
        let name = |ending: &str| likeness::picture_name(kind, &record.element, &key, ending);
        if self.found(&name)?.is_none() {
            let change = CallEvent::Lost { calls: 1 };
            self.store.update(|_| (vec![Event::Call { change }], ()))?;
        }
        likeness::write(self.store, kind, &record)?;
        Ok(record)
    }
}

/// Keeps the intent of a call with the record that there is.
pub(super) struct OfLikeness<'l> {
    pub duty: &'l Illustration<'l>,
    pub kind: Kind,
    pub kept: Likeness,
}

impl OfLikeness<'_> {
    fn write(&self, intended: Option<&str>) -> Result<(), IllustrateError> {
        let duty = self.duty;
        let can_ask_again = intended.is_some_and(|id| duty.engine.job(id).is_some());
        if !duty.engine.is_costly() || can_ask_again {
            return Ok(());
        }
        let record = Likeness { intended: intended.map(str::to_owned), ..self.kept.clone() };
        Ok(likeness::write(duty.store, self.kind, &record)?)
    }
}

impl Intent for OfLikeness<'_> {
    fn begin(&self, request_id: &str) -> Result<(), IllustrateError> {
        self.write(Some(request_id))
    }

    fn end(&self) -> Result<(), IllustrateError> {
        self.write(None)
    }
}
