//! The account of calls that are limited or cost something, shared by all processes of a project.
//!
//! A call is reserved before it is made and settled after it; the serial of its reservation is its
//! permit. What a call may cost counts from the reservation on, so that processes that look one after
//! the other, with everybody else locked out, can never spend more than any of them may. Limits and
//! budget themselves are the business of whoever reserves.
//!
//! **Invariants:** a permit is settled once; what is neither settled nor known to be free counts as
//! spent; the account does not grow with the number of calls. Times are those of the events. They say
//! how long to wait and nothing else, and are believed for a minute, so that a clock that jumps can
//! hold nobody up for longer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::event::{CallEvent, Event, Stamp};
use crate::ids::{Serial, WorkerId};
use crate::state::IllegalTransition;

/// For how long a call counts against a rate limit, and for how long at most nobody calls because a
/// server asked for quiet.
pub const WINDOW: TimeDelta = TimeDelta::minutes(1);

/// The two kinds of paid work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// A text model is asked.
    Text,
    /// A picture is ordered.
    Image,
}

impl std::fmt::Display for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Image => "image",
        })
    }
}

/// Whether a call was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Charge {
    /// It was.
    Yes,
    /// It was not: the server was not reached, or turned the call away.
    No,
    /// Nobody knows: the call was made, and whoever made it did not live to hear the answer, or none
    /// came. It counts as paid.
    Unknown,
}

/// An amount of work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Tokens, sent and received.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tokens: u64,
    /// Pictures.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pictures: u64,
    /// Millionths of a dollar; `None` where the price is not known, which is not nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub micros: Option<u64>,
}

/// A call that has been reserved and not settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Who makes it.
    pub worker: WorkerId,
    /// Of which kind.
    pub work: Work,
    /// Engine and model, as data.
    pub engine: String,
    /// What it may take at most.
    #[serde(flatten)]
    pub most: Amount,
    /// When it was reserved.
    pub at: DateTime<Utc>,
}

/// What has been spent on one engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Calls that were paid for, or may have been.
    pub calls: u64,
    /// Those of them of which nobody knows whether they were; they count at their highest price.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub uncertain: u64,
    /// Those of them whose price is not known: `micros` does not contain them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unpriced: u64,
    /// Tokens, sent and received.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tokens: u64,
    /// Pictures.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pictures: u64,
    /// Millionths of a dollar.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub micros: u64,
}

/// The calls of one kind that were reserved within one second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// Of which kind.
    pub work: Work,
    /// When the last of them was reserved.
    pub at: DateTime<Utc>,
    /// How many.
    pub calls: u64,
    /// Tokens, as reserved and, once a call is settled, as they were.
    pub tokens: u64,
    /// Pictures.
    pub pictures: u64,
}

/// The account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// What was spent, by kind of work and engine.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spent: BTreeMap<Work, BTreeMap<String, Spent>>,
    /// Calls under way, by permit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub open: BTreeMap<Serial, Reservation>,
    /// The last minute, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recent: Vec<Second>,
    /// Until when a server asked to be left alone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quiet_until: BTreeMap<Work, DateTime<Utc>>,
    /// Fields of other programs, kept as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Ledger {
    /// Whether nothing was ever paid, reserved or held off.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// All that was spent.
    #[must_use]
    pub fn total(&self) -> Spent {
        let all = self.spent.values().flat_map(BTreeMap::values);
        all.fold(Spent::default(), |sum, spent| sum.plus(spent))
    }

    /// What calls under way may cost at most, in millionths of a dollar.
    #[must_use]
    pub fn reserved(&self) -> u64 {
        let open = self.open.values().filter_map(|reservation| reservation.most.micros);
        open.fold(0, u64::saturating_add)
    }

    /// How many calls of a kind are under way.
    #[must_use]
    pub fn under_way(&self, work: Work) -> usize {
        self.open.values().filter(|reservation| reservation.work == work).count()
    }

    /// The calls of a kind that count against a rate limit at `now`.
    pub fn last_minute(&self, work: Work, now: DateTime<Utc>) -> impl Iterator<Item = &Second> {
        self.recent.iter().filter(move |second| second.work == work && is_near(second.at, now))
    }

    /// For how much longer nobody is to make a call of a kind, at most [`WINDOW`].
    #[must_use]
    pub fn quiet_for(&self, work: Work, now: DateTime<Utc>) -> Duration {
        let until = self.quiet_until.get(&work).filter(|until| is_near(**until, now));
        until.and_then(|until| (*until - now).to_std().ok()).unwrap_or_default()
    }

    /// Settles what these workers have reserved and will never settle.
    #[must_use]
    pub(crate) fn recover(&self, dead: &BTreeSet<WorkerId>) -> Vec<Event> {
        let lost = self.open.iter().filter(|(_, reservation)| dead.contains(&reservation.worker));
        let settled = lost.map(|(permit, reservation)| CallEvent::Settled {
            permit: *permit,
            charge: Charge::Unknown,
            used: reservation.most,
        });
        settled.map(|change| Event::Call { change }).collect()
    }

    pub(crate) fn apply(
        &mut self,
        change: &CallEvent,
        stamp: &Stamp,
    ) -> Result<(), IllegalTransition> {
        match change {
            CallEvent::Reserved { worker, work, engine, most } => {
                self.count(*work, most, stamp.at);
                let (worker, work, engine) = (worker.clone(), *work, engine.clone());
                let reservation = Reservation { worker, work, engine, most: *most, at: stamp.at };
                self.open.insert(stamp.serial, reservation);
            }
            CallEvent::Settled { permit, charge, used } => {
                let reservation = self.open.remove(permit).ok_or_else(|| IllegalTransition {
                    subject: format!("call {permit}"),
                    state: "not under way".to_owned(),
                    event: "settled".to_owned(),
                })?;
                self.recount(&reservation, used);
                if *charge != Charge::No {
                    let engines = self.spent.entry(reservation.work).or_default();
                    let spent = engines.entry(reservation.engine).or_default();
                    *spent = spent.plus(&Spent::one(*charge, used));
                }
            }
            // What was reserved for them is settled by itself.
            CallEvent::Lost { .. } => {}
            CallEvent::HeldOff { work, millis } => {
                let asked = i64::try_from(*millis).map_or(WINDOW, TimeDelta::milliseconds);
                let until = stamp.at + asked.min(WINDOW);
                let before = self.quiet_until.get(work).copied();
                let before = before.filter(|before| is_near(*before, stamp.at));
                self.quiet_until.insert(*work, before.map_or(until, |before| before.max(until)));
            }
        }
        Ok(())
    }

    /// Counts a new call against the rate limits, and forgets the minute before the last.
    fn count(&mut self, work: Work, most: &Amount, at: DateTime<Utc>) {
        self.recent.retain(|second| is_near(second.at, at));
        self.quiet_until.retain(|_, until| is_near(*until, at));
        let Amount { tokens, pictures, .. } = *most;
        match self.second(work, at) {
            Some(second) => {
                second.at = second.at.max(at);
                second.calls += 1;
                second.tokens = second.tokens.saturating_add(tokens);
                second.pictures = second.pictures.saturating_add(pictures);
            }
            None => self.recent.push(Second { work, at, calls: 1, tokens, pictures }),
        }
    }

    /// What a call really took takes the place of what it might have taken.
    fn recount(&mut self, reservation: &Reservation, used: &Amount) {
        if used.tokens > 0
            && let Some(second) = self.second(reservation.work, reservation.at)
        {
            let others = second.tokens.saturating_sub(reservation.most.tokens);
            second.tokens = others.saturating_add(used.tokens);
        }
    }

    fn second(&mut self, work: Work, at: DateTime<Utc>) -> Option<&mut Second> {
        let is_it =
            |second: &&mut Second| second.work == work && second.at.timestamp() == at.timestamp();
        self.recent.iter_mut().find(is_it)
    }
}

/// Whether a time is less than a minute away; what lies farther off, before or after, was the time of
/// a minute that is over, or of another clock.
fn is_near(time: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (time - now).abs() < WINDOW || time - now == WINDOW
}

impl Spent {
    fn one(charge: Charge, used: &Amount) -> Self {
        Self {
            calls: 1,
            uncertain: u64::from(charge == Charge::Unknown),
            unpriced: u64::from(used.micros.is_none()),
            tokens: used.tokens,
            pictures: used.pictures,
            micros: used.micros.unwrap_or(0),
        }
    }

    /// The two together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            calls: self.calls.saturating_add(other.calls),
            uncertain: self.uncertain.saturating_add(other.uncertain),
            unpriced: self.unpriced.saturating_add(other.unpriced),
            tokens: self.tokens.saturating_add(other.tokens),
            pictures: self.pictures.saturating_add(other.pictures),
            micros: self.micros.saturating_add(other.micros),
        }
    }
}
