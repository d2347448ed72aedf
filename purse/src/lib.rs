//! The gate of all calls to models: one rate limit and one budget for all processes of a project.
//!
//! [`Purse`] is a [`models::Gate`] whose books are the [`manifest::ledger`]: a call is reserved in one
//! locked update before it is made and settled after it. Neither `models` nor `manifest` knows the
//! other; this is where they meet.
//!
//! **Invariants:** at every reservation, what is spent and what is reserved stay within the budget,
//! whatever the number of processes; a wait is bounded by a minute, whatever the clock does; a call
//! that is neither limited nor paid for leaves no trace.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod judge;
mod turns;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use manifest::ledger::{Amount, Charge, Ledger, Reservation};
use manifest::{CallEvent, Event, Serial, Store, StoreError, WorkerId};
use models::{
    Admission, CallError, Charged, Estimate, Gate, Limits, Permit, Settlement, StopCause, Usd, Work,
};

pub use judge::{Verdict, judge};
pub use turns::{Turns, Unload};

/// The permit of a call that nobody counts.
const UNCOUNTED: Permit = Permit(0);
/// Longest name of an engine and its model in the books.
const LONGEST_NAME: usize = 120;
/// How often a call that waits for others asks whether they still live.
const ASK_FOR_THE_DEAD: Duration = Duration::from_secs(1);

/// What a project may use.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rules {
    /// Limits of the text model.
    pub text: Limits,
    /// Limits of the image model.
    pub image: Limits,
    /// What may be spent on the project, from its beginning on; `None` for no bound.
    pub budget: Option<Usd>,
    /// Whether text and pictures come from one graphics card.
    pub one_gpu: bool,
}

impl Rules {
    fn limits(&self, work: Work) -> &Limits {
        match work {
            Work::Text => &self.text,
            Work::Image => &self.image,
        }
    }
}

/// One process's hand on the purse of a project.
#[derive(Debug)]
pub struct Purse {
    store: Store,
    worker: WorkerId,
    rules: Rules,
    /// When the dead were last asked for, on the caller's clock.
    asked: Mutex<Duration>,
}

impl Purse {
    /// The purse of a project, for a worker that is registered there.
    #[must_use]
    pub fn new(store: &Store, worker: &WorkerId, rules: Rules) -> Self {
        let (store, worker) = (store.clone(), worker.clone());
        Self { store, worker, rules, asked: Mutex::default() }
    }

    /// Whether a call is nobody's business: it costs nothing and nothing limits it.
    fn is_free(&self, call: &Estimate) -> bool {
        call.cost == Some(Usd::ZERO) && *self.rules.limits(call.work) == Limits::default()
    }

    fn verdict(&self, ledger: &Ledger, call: &Estimate) -> Verdict {
        if self.is_free(call) {
            return match ledger.quiet_for(work(call.work), self.store.now()) {
                Duration::ZERO => Verdict::Go,
                wait => Verdict::Wait(wait),
            };
        }
        judge(ledger, &self.rules, call, self.store.now())
    }

    fn reserve(&self, call: &Estimate) -> Result<(Verdict, Permit), StoreError> {
        let seen = self.store.view(|manifest| self.verdict(&manifest.ledger, call))?;
        if seen != Verdict::Go || self.is_free(call) {
            return Ok((seen, UNCOUNTED));
        }
        self.store.update(|manifest| {
            let verdict = self.verdict(&manifest.ledger, call);
            let permit = Permit(manifest.serial.next().0);
            let events = if verdict == Verdict::Go { vec![self.reserved(call)] } else { vec![] };
            (events, (verdict, permit))
        })
    }

    fn reserved(&self, call: &Estimate) -> Event {
        let name = format!("{} {}", call.engine, call.model);
        let change = CallEvent::Reserved {
            worker: self.worker.clone(),
            work: work(call.work),
            engine: name.trim_end().chars().take(LONGEST_NAME).collect(),
            most: Amount {
                tokens: call.tokens,
                pictures: u64::from(call.pictures),
                micros: call.cost.map(Usd::micros),
            },
        };
        Event::Call { change }
    }

    /// A call that waits for others must not wait for the dead.
    fn recover(&self, now: Duration) -> Result<(), StoreError> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(*asked) < ASK_FOR_THE_DEAD {
            return Ok(());
        }
        *asked = now;
        drop(asked);
        self.store.recover(&BTreeSet::new())
    }

    fn no_books(&self, error: &StoreError) -> CallError {
        if error.is_interrupt() {
            return CallError::Interrupted;
        }
        let next = format!("`woodcut doctor {}` says more", self.store.folder().display());
        stop("the account of calls", StopCause::Setup, error.to_string(), next)
    }

    fn exhausted(&self, spent: Usd, call: &Estimate) -> CallError {
        let budget = self.rules.budget.unwrap_or_default();
        let cost = call.cost.unwrap_or_default();
        let what = format!("spent {spent}, and the next call may cost {cost}");
        let next = format!(
            "`woodcut run {} --budget {}` goes on",
            self.store.folder().display(),
            larger(budget, spent + cost)
        );
        stop(&format!("budget of {budget} reached"), StopCause::Budget, what, next)
    }
}

/// A budget to go on with: twice the present one, and enough for the next call, in whole dollars.
fn larger(budget: Usd, needed: Usd) -> u64 {
    let micros = budget.micros().saturating_mul(2).max(needed.micros());
    micros.div_ceil(1_000_000).max(1)
}

fn stop(engine: &str, cause: StopCause, what: String, next: String) -> CallError {
    CallError::Stop { engine: engine.to_owned(), cause, what, next }
}

impl Gate for Purse {
    fn admit(&self, call: &Estimate, now: Duration) -> Result<Admission, CallError> {
        let (verdict, permit) = self.reserve(call).map_err(|error| self.no_books(&error))?;
        match verdict {
            Verdict::Go => Ok(Admission::Go(permit)),
            Verdict::Wait(wait) => Ok(Admission::Wait(wait)),
            Verdict::Busy(wait) => {
                self.recover(now).map_err(|error| self.no_books(&error))?;
                Ok(Admission::Wait(wait))
            }
            Verdict::Exhausted { spent } => Err(self.exhausted(spent, call)),
            Verdict::Unpriced => {
                let model = format!("{} {}", call.engine, call.model);
                let what = format!("the price of `{}` is not known", model.trim_end());
                let next = "add a line to the price table, or leave the budget out".to_owned();
                Err(stop("budget", StopCause::Setup, what, next))
            }
        }
    }

    fn settle(&self, permit: Permit, settlement: Settlement, _: Duration) {
        if permit == UNCOUNTED {
            return;
        }
        // What cannot be settled stays reserved, and counts as spent once this worker is gone; what
        // was settled for us, because we were taken for dead, stays as it is.
        let permit = Serial(permit.0);
        let _ = self.store.update(|manifest| {
            let reservation = manifest.ledger.open.get(&permit);
            (reservation.map(|r| settled(permit, r, settlement)).into_iter().collect(), ())
        });
    }

    fn hold_off(&self, kind: Work, pause: Duration, _: Duration) {
        let millis = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let work = work(kind);
        let now = self.store.now();
        // Only advice: a call that does not hear it will be told by the server itself.
        let _ = self.store.update(|manifest| {
            let known = manifest.ledger.quiet_for(work, now) >= pause;
            let event = Event::Call { change: CallEvent::HeldOff { work, millis } };
            (if known { vec![] } else { vec![event] }, ())
        });
    }
}

/// What a call took, where the server said so; else what was reserved for it.
fn settled(permit: Serial, reservation: &Reservation, settlement: Settlement) -> Event {
    let Settlement { charged, usage } = settlement;
    let most = reservation.most;
    let tokens = usage.input_tokens.saturating_add(usage.output_tokens);
    let untold = tokens == 0 && usage.pictures == 0;
    let (charge, used) = match charged {
        Charged::No => (Charge::No, Amount { micros: Some(0), ..Amount::default() }),
        Charged::Unknown => (Charge::Unknown, most),
        Charged::Yes if untold => (Charge::Yes, most),
        Charged::Yes => {
            let micros = usage.cost.map(Usd::micros).or(most.micros);
            (Charge::Yes, Amount { tokens, pictures: u64::from(usage.pictures), micros })
        }
    };
    Event::Call { change: CallEvent::Settled { permit, charge, used } }
}

fn work(work: Work) -> manifest::ledger::Work {
    match work {
        Work::Text => manifest::ledger::Work::Text,
        Work::Image => manifest::ledger::Work::Image,
    }
}
