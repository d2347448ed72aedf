//! The one retry loop: gate, attempt, settle, decide, wait, again.
//!
//! Every engine runs its attempts here, so that limits, budget, back-off and interrupts are the
//! same for all. The loop is bounded three times over: passing faults by `attempts`, useless
//! answers by `reasks`, and things learnt about a server by [`MAX_LESSONS`].

use std::time::Duration;

use crate::call::Call;
use crate::error::CallError;
use crate::fault::{Fault, Kind};
use crate::gate::{Admission, Charged, Estimate, Gate, Permit, Settlement, Usage};

/// A server's dialect has few features, so few are learnt.
const MAX_LESSONS: u32 = 8;

/// First pause of the back-off; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// How many of the longest waits a call sits through until the gate lets it in: others may be
/// taking their turns before it.
const TURNS: u32 = 8;

/// Longest pause of the back-off.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How patient a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Attempts in the face of passing faults, the first one included.
    pub attempts: u32,
    /// Further asks after a useless answer.
    pub reasks: u32,
    /// The longest wait a call sits through; a longer one is handed to the caller.
    pub longest_wait: Duration,
}

/// What an attempt brought.
pub(crate) struct Answered<T> {
    pub value: T,
    pub usage: Usage,
}

/// Runs `attempt` until it succeeds, or until the policy or the fault says to stop. `attempt` is
/// told what was wrong with the last answer, if that is why it is asked again.
pub(crate) fn run<T>(
    policy: &Policy,
    estimate: &Estimate,
    engine: &str,
    call: &Call<'_>,
    mut attempt: impl FnMut(Option<&str>) -> Result<Answered<T>, Fault>,
) -> Result<T, CallError> {
    let (mut tried, mut reasked, mut learnt) = (0, 0, 0);
    let mut complaint: Option<String> = None;
    loop {
        let account = admit(policy, estimate, engine, call)?;
        let fault = match attempt(complaint.as_deref()) {
            Ok(Answered { value, usage }) => {
                account.close(Charged::Yes, usage);
                return Ok(value);
            }
            Err(fault) => fault,
        };
        account.close(fault.charged, fault.usage);
        let engine = engine.to_owned();
        match fault.kind {
            Kind::Final(error) => return Err(*error),
            Kind::Learnt { what } => {
                learnt += 1;
                if learnt > MAX_LESSONS {
                    return Err(CallError::Rejected { engine, what });
                }
            }
            Kind::Useless { what } => {
                if reasked >= policy.reasks {
                    return Err(CallError::BadAnswer { engine, what });
                }
                reasked += 1;
                complaint = Some(what);
            }
            Kind::Passing { what, after, overloaded } => {
                tried += 1;
                let pause = after.unwrap_or_else(|| back_off(tried, call.clock.chance()));
                if overloaded {
                    call.gate.hold_off(estimate.work, pause, call.clock.now());
                }
                if pause > policy.longest_wait {
                    return Err(CallError::Wait { engine, what, after: pause });
                }
                if tried >= policy.attempts {
                    return Err(CallError::Unavailable { engine, what, attempts: tried });
                }
                call.wait(&engine, &what, pause)?;
            }
        }
    }
}

/// The pause before attempt `tried + 1`: doubling from half a second to half a minute, less up
/// to a quarter by chance (`0.0..1.0`), so that many callers do not come back in step.
fn back_off(tried: u32, chance: f64) -> Duration {
    let full = FIRST_PAUSE.saturating_mul(1 << tried.saturating_sub(1).min(16)).min(LONGEST_PAUSE);
    full.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 4.0)
}

/// A permit that is settled whatever happens, also if an attempt panics.
struct Account<'a> {
    call: Call<'a>,
    permit: Option<Permit>,
}

impl Account<'_> {
    fn close(mut self, charged: Charged, usage: Usage) {
        self.settle(Settlement { charged, usage });
    }

    fn settle(&mut self, settlement: Settlement) {
        if let Some(permit) = self.permit.take() {
            self.call.gate.settle(permit, settlement, self.call.clock.now());
        }
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        self.settle(Settlement { charged: Charged::Unknown, usage: Usage::default() });
    }
}

fn admit<'a>(
    policy: &Policy,
    estimate: &Estimate,
    engine: &str,
    call: &Call<'a>,
) -> Result<Account<'a>, CallError> {
    let gate: &'a dyn Gate = call.gate;
    let mut waited = Duration::ZERO;
    loop {
        if call.interrupted() {
            return Err(CallError::Interrupted);
        }
        match gate.admit(estimate, call.clock.now())? {
            Admission::Go(permit) => return Ok(Account { call: *call, permit: Some(permit) }),
            Admission::Wait(pause) => {
                // A gate that keeps saying "now" must not keep a processor busy.
                let pause = pause.max(Duration::from_millis(1));
                if pause > policy.longest_wait || waited > policy.longest_wait * TURNS {
                    let what = "rate limit".to_owned();
                    return Err(CallError::Wait { engine: engine.to_owned(), what, after: pause });
                }
                waited += pause;
                call.wait(engine, "rate limit", pause)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_back_off_doubles_within_its_bounds(tried in 1u32..100, chance in 0.0f64..1.0) {
            let pause = back_off(tried, chance);
            prop_assert!(pause <= LONGEST_PAUSE);
            prop_assert!(pause >= FIRST_PAUSE.mul_f64(0.75));
            prop_assert!(back_off(tried + 1, 0.0) >= pause);
        }
    }
}
