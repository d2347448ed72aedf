//! May this call be made now? A pure function of the account, the rules and the time.

use std::time::Duration;

use chrono::{DateTime, Utc};
use manifest::ledger::{Ledger, Second};
use models::{Entry, Estimate, Usd, WINDOW, next_slot};

use crate::{Rules, work};

/// How long to wait before asking again for what a call under way holds.
const BUSY: Duration = Duration::from_millis(20);

/// What is to become of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may be made.
    Go,
    /// It is to ask again after this time, at most a minute.
    Wait(Duration),
    /// A call under way holds what it needs; it is to ask again after this time.
    Busy(Duration),
    /// The budget does not reach for it, and never will.
    Exhausted {
        /// What was spent.
        spent: Usd,
    },
    /// There is a budget, and nobody knows what the call costs.
    Unpriced,
}

/// Judges a call.
#[must_use]
pub fn judge(ledger: &Ledger, rules: &Rules, call: &Estimate, now: DateTime<Utc>) -> Verdict {
    let within = |amount: u64, limit: Usd| amount <= limit.micros();
    match (rules.budget, call.cost) {
        (Some(_), None) => return Verdict::Unpriced,
        (Some(budget), Some(cost)) if cost > Usd::ZERO => {
            let spent = ledger.total().micros;
            let with_it = spent.saturating_add(cost.micros());
            if !within(with_it, budget) {
                return Verdict::Exhausted { spent: Usd::from_micros(spent) };
            }
            // Calls under way mostly cost less than was set aside for them.
            if !within(with_it.saturating_add(ledger.reserved()), budget) {
                return Verdict::Busy(BUSY);
            }
        }
        _ => {}
    }
    let limits = rules.limits(call.work);
    let under_way = ledger.under_way(work(call.work)) as u64;
    if limits.concurrency.is_some_and(|most| under_way >= most.max(1)) {
        return Verdict::Busy(BUSY);
    }
    let quiet = ledger.quiet_for(work(call.work), now);
    let clock = since_epoch(now);
    let history: Vec<Entry> = ledger.last_minute(work(call.work), now).flat_map(entries).collect();
    let slot = next_slot(&history, limits, call.tokens, u64::from(call.pictures), clock);
    match slot.saturating_sub(clock).max(quiet).min(WINDOW) {
        Duration::ZERO => Verdict::Go,
        wait => Verdict::Wait(wait),
    }
}

/// The calls of a second one by one; what they took together is put down to the first.
fn entries(second: &Second) -> impl Iterator<Item = Entry> {
    let at = since_epoch(second.at);
    let first = Entry { at, tokens: second.tokens, pictures: second.pictures };
    let others = (1..second.calls).map(move |_| Entry { at, tokens: 0, pictures: 0 });
    std::iter::once(first).chain(others)
}

fn since_epoch(time: DateTime<Utc>) -> Duration {
    (time - DateTime::UNIX_EPOCH).to_std().unwrap_or_default()
}
