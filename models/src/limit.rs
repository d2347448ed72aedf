//! Rate limits: how many requests, tokens and pictures a minute, and how many at once.
//!
//! The arithmetic is [`next_slot`], a pure function of what was admitted in the last minute; the
//! [`LocalGate`] keeps that history in memory for one process.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::CallError;
use crate::gate::{Admission, Estimate, Gate, Permit, Settlement, Work};

/// The window all limits are counted in.
pub const WINDOW: Duration = Duration::from_secs(60);

/// How long to wait before asking again for a place that another call holds.
const BUSY: Duration = Duration::from_millis(20);

/// Limits of one kind of work; what is not given is not limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Requests in any 60 seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub requests_per_minute: Option<u64>,
    /// Tokens, sent and received, in any 60 seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub tokens_per_minute: Option<u64>,
    /// Pictures in any 60 seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub images_per_minute: Option<u64>,
    /// Requests under way at the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub concurrency: Option<u64>,
}

/// What was admitted, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Time since the epoch of the clock in use.
    pub at: Duration,
    /// Tokens, as estimated or as settled.
    pub tokens: u64,
    /// Pictures.
    pub pictures: u64,
}

/// The earliest moment, not before `now`, at which a request of `tokens` and `pictures` keeps
/// every limit, given that nothing else is admitted meanwhile. A request that is larger than a
/// limit by itself is let through when the window is empty: it can never fit better.
///
/// `history` may be in any order and may hold entries older than the window.
pub fn next_slot(
    history: &[Entry],
    limits: &Limits,
    tokens: u64,
    pictures: u64,
    now: Duration,
) -> Duration {
    let mut live: Vec<Entry> =
        history.iter().filter(|entry| entry.at + WINDOW > now).copied().collect();
    live.sort_by_key(|entry| entry.at);
    let mut used_tokens: u64 =
        live.iter().fold(tokens, |sum, entry| sum.saturating_add(entry.tokens));
    let mut used_pictures: u64 =
        live.iter().fold(pictures, |sum, entry| sum.saturating_add(entry.pictures));
    let within = |used: u64, limit: Option<u64>| limit.is_none_or(|limit| used <= limit);
    let mut slot = now;
    // Entries leave the window in the order in which they came.
    for (left, entry) in live.iter().enumerate() {
        let requests = (live.len() - left + 1) as u64;
        if within(requests, limits.requests_per_minute)
            && within(used_tokens, limits.tokens_per_minute)
            && within(used_pictures, limits.images_per_minute)
        {
            break;
        }
        used_tokens = used_tokens.saturating_sub(entry.tokens);
        used_pictures = used_pictures.saturating_sub(entry.pictures);
        slot = slot.max(entry.at + WINDOW);
    }
    slot
}

/// A gate for one process: limits for text and for images, no budget.
#[derive(Debug, Default)]
pub struct LocalGate {
    text: Mutex<Lane>,
    image: Mutex<Lane>,
}

#[derive(Debug, Default)]
struct Lane {
    limits: Limits,
    history: Vec<(u64, Entry)>,
    under_way: u64,
    quiet_until: Duration,
    next_permit: u64,
}

impl LocalGate {
    /// A gate with these limits.
    pub fn new(text: Limits, image: Limits) -> Self {
        let lane = |limits| Mutex::new(Lane { limits, ..Lane::default() });
        Self { text: lane(text), image: lane(image) }
    }

    fn lane(&self, work: Work) -> MutexGuard<'_, Lane> {
        match work {
            Work::Text => &self.text,
            Work::Image => &self.image,
        }
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gate for LocalGate {
    fn admit(&self, estimate: &Estimate, now: Duration) -> Result<Admission, CallError> {
        let mut lane = self.lane(estimate.work);
        lane.history.retain(|(_, entry)| entry.at + WINDOW > now);
        if lane.limits.concurrency.is_some_and(|most| lane.under_way >= most.max(1)) {
            return Ok(Admission::Wait(BUSY));
        }
        let entry =
            Entry { at: now, tokens: estimate.tokens, pictures: u64::from(estimate.pictures) };
        let history: Vec<Entry> = lane.history.iter().map(|(_, entry)| *entry).collect();
        let slot = next_slot(&history, &lane.limits, entry.tokens, entry.pictures, now)
            .max(lane.quiet_until);
        if slot > now {
            return Ok(Admission::Wait(slot - now));
        }
        // The lowest bit tells the lanes apart when the permit comes back.
        let permit = lane.next_permit * 2 + u64::from(estimate.work == Work::Image);
        lane.next_permit += 1;
        lane.under_way += 1;
        lane.history.push((permit, entry));
        Ok(Admission::Go(Permit(permit)))
    }

    fn settle(&self, permit: Permit, settlement: Settlement, _: Duration) {
        let work = if permit.0 % 2 == 1 { Work::Image } else { Work::Text };
        let mut lane = self.lane(work);
        lane.under_way = lane.under_way.saturating_sub(1);
        let used = settlement.usage.input_tokens + settlement.usage.output_tokens;
        if used > 0
            && let Some((_, entry)) = lane.history.iter_mut().find(|(id, _)| *id == permit.0)
        {
            entry.tokens = used;
        }
    }

    fn hold_off(&self, work: Work, pause: Duration, now: Duration) {
        let mut lane = self.lane(work);
        lane.quiet_until = lane.quiet_until.max(now + pause);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keeps_limits(history: &[Entry], limits: &Limits, want: Entry) -> bool {
        let live: Vec<_> = history.iter().filter(|entry| entry.at + WINDOW > want.at).collect();
        let within = |used: u64, limit: Option<u64>| limit.is_none_or(|limit| used <= limit);
        live.is_empty()
            || within(live.len() as u64 + 1, limits.requests_per_minute)
                && within(
                    live.iter().map(|e| e.tokens).sum::<u64>() + want.tokens,
                    limits.tokens_per_minute,
                )
                && within(
                    live.iter().map(|e| e.pictures).sum::<u64>() + want.pictures,
                    limits.images_per_minute,
                )
    }

    prop_compose! {
        fn entry(most_secs: u64)(at in 0..most_secs, tokens in 0u64..500, pictures in 0u64..3)
            -> Entry { Entry { at: Duration::from_secs(at), tokens, pictures } }
    }

    prop_compose! {
        fn limits()(
            requests_per_minute in prop::option::of(1u64..6),
            tokens_per_minute in prop::option::of(1u64..1000),
            images_per_minute in prop::option::of(1u64..5),
        ) -> Limits {
            Limits { requests_per_minute, tokens_per_minute, images_per_minute, concurrency: None }
        }
    }

    proptest! {
        #[test]
        fn the_slot_keeps_the_limits_and_no_earlier_one_does(
            history in prop::collection::vec(entry(120), 0..12),
            limits in limits(),
            mut want in entry(1),
            now in 60u64..130,
        ) {
            let now = Duration::from_secs(now);
            let slot = next_slot(&history, &limits, want.tokens, want.pictures, now);
            prop_assert!(slot >= now);
            want.at = slot;
            prop_assert!(keeps_limits(&history, &limits, want));
            // Limits only change when an entry leaves: try every such moment before the slot.
            let moments = history.iter().map(|entry| entry.at + WINDOW).chain([now]);
            for at in moments.filter(|at| (now..slot).contains(at)) {
                let earlier = Entry { at, ..want };
                prop_assert!(!keeps_limits(&history, &limits, earlier));
            }
        }

        #[test]
        fn no_window_ever_holds_more_requests_than_allowed(
            most in 1u64..5,
            gaps in prop::collection::vec(0u64..40, 1..40),
        ) {
            let limits = Limits { requests_per_minute: Some(most), ..Limits::default() };
            let (mut history, mut now) = (Vec::<Entry>::new(), Duration::ZERO);
            for gap in gaps {
                now = next_slot(&history, &limits, 0, 0, now + Duration::from_secs(gap));
                history.push(Entry { at: now, tokens: 0, pictures: 0 });
            }
            for first in &history {
                let inside = history.iter().filter(|e| e.at >= first.at && e.at < first.at + WINDOW);
                prop_assert!(inside.count() as u64 <= most);
            }
        }
    }

    fn estimate(work: Work) -> Estimate {
        Estimate {
            work,
            engine: "fake".into(),
            model: String::new(),
            request_id: None,
            tokens: 10,
            pictures: 0,
            cost: None,
        }
    }

    #[test]
    fn a_place_is_free_again_once_the_call_is_settled() {
        use crate::gate::{Charged, Usage};
        let limits = Limits { concurrency: Some(1), ..Limits::default() };
        let gate = LocalGate::new(limits, limits);
        let ask = |work| gate.admit(&estimate(work), Duration::ZERO).unwrap();
        let Admission::Go(permit) = ask(Work::Text) else { panic!("the first call must pass") };
        assert_eq!(ask(Work::Text), Admission::Wait(BUSY));
        assert!(matches!(ask(Work::Image), Admission::Go(_)), "images have places of their own");
        let settlement = Settlement { charged: Charged::No, usage: Usage::default() };
        gate.settle(permit, settlement, Duration::ZERO);
        assert!(matches!(ask(Work::Text), Admission::Go(_)));
    }

    #[test]
    fn what_the_server_asks_of_one_call_holds_for_all() {
        let gate = LocalGate::default();
        gate.hold_off(Work::Text, Duration::from_secs(7), Duration::from_secs(1));
        let admission = gate.admit(&estimate(Work::Text), Duration::from_secs(2)).unwrap();
        assert_eq!(admission, Admission::Wait(Duration::from_secs(6)));
    }
}
