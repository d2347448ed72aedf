//! Decisions: what to do next, as pure functions of the state.
//!
//! Each takes the state and what is known of the world and answers with events; nothing here reads a
//! file, a clock or the process table. They run inside [`crate::Store::update`], so that between
//! looking and writing nobody else can act.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::elements::ElementsState;
use crate::event::{Cause, ChapterEvent, Event};
use crate::ids::{ChapterId, Token, WorkerId};
use crate::manifest::Manifest;
use crate::state::{ChapterState, Claim, Status, Step};

/// After this many claims that ended with the death of their worker and without any progress, a unit
/// is given up: it is likely to be what kills them.
pub const MAX_DEATHS: u32 = 25;
/// How often a step that failed for a passing reason is tried.
pub const MAX_TRIES: u32 = 4;
/// Longest time until a failed step is tried again; a later `retry_at` is a clock that jumped.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// Time until the first retry of a failed step; doubles each time.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);

/// Takes the first of the least attempted chapters for a step; `None` when there is none, or when
/// nothing new is to be begun.
#[must_use]
pub fn claim(manifest: &Manifest, step: Step, worker: &WorkerId) -> Option<(ChapterId, Event)> {
    claim_among(manifest, step, worker, |_| true)
}

/// [`claim`], among those that are `wanted`.
pub fn claim_among(
    manifest: &Manifest,
    step: Step,
    worker: &WorkerId,
    wanted: impl Fn(ChapterId) -> bool,
) -> Option<(ChapterId, Event)> {
    if !manifest.control.is_going() {
        return None;
    }
    let worker = worker.clone();
    let (ready, change) = match step {
        Step::Analysis => (Status::Pending, ChapterEvent::AnalysisClaimed { worker }),
        Step::Illustration => (Status::Analyzed, ChapterEvent::IllustrationClaimed { worker }),
    };
    let chapter = manifest.with_status(ready).find(|chapter| wanted(*chapter))?;
    Some((chapter, Event::Chapter { chapter, change }))
}

/// Takes the elements pass, if it is free.
#[must_use]
pub fn claim_elements(manifest: &Manifest, worker: &WorkerId) -> Option<Event> {
    let free = manifest.chapters_listed
        && manifest.control.is_going()
        && manifest.elements == ElementsState::Pending;
    free.then(|| Event::ElementsClaimed { worker: worker.clone() })
}

/// Frees every unit whose worker is dead, or whose claim is stuck, and settles what the dead had
/// reserved.
#[must_use]
pub fn recover(
    manifest: &Manifest,
    dead: &BTreeSet<WorkerId>,
    stuck: &BTreeSet<Token>,
) -> Vec<Event> {
    let cause = |claim: &Claim| {
        let died = dead.contains(&claim.worker).then_some(Cause::Died);
        died.or_else(|| stuck.contains(&claim.token).then_some(Cause::Stuck))
    };
    let lost = manifest.claims().filter_map(|(unit, claim)| Some((unit, claim, cause(claim)?)));
    let freed = lost.map(|(unit, claim, cause)| free(manifest, unit, claim, cause));
    freed.chain(manifest.ledger.recover(dead)).collect()
}

fn free(manifest: &Manifest, unit: Option<ChapterId>, claim: &Claim, cause: Cause) -> Event {
    let token = claim.token;
    let attempts = match unit {
        None => manifest.elements_attempts,
        Some(id) => manifest.chapters().get(&id).map_or(0, |chapter| chapter.attempts),
    };
    let message = format!("its worker was lost {attempts} times without any progress");
    let give_up = attempts >= MAX_DEATHS;
    match unit {
        None if give_up => Event::ElementsFailed { token, message, retry_at: None },
        None => Event::ElementsReclaimed { token, cause },
        Some(chapter) => {
            let change = if give_up {
                ChapterEvent::Failed { token, message, retry_at: None }
            } else {
                ChapterEvent::Reclaimed { token, cause }
            };
            Event::Chapter { chapter, change }
        }
    }
}

/// Puts back every failed unit whose time to be tried again has come.
#[must_use]
pub fn due_retries(manifest: &Manifest, now: DateTime<Utc>) -> Vec<Event> {
    let due = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at <= now || at > now + LONGEST_WAIT);
    let elements = match &manifest.elements {
        ElementsState::Failed(failure) if due(failure.retry_at) => Some(Event::ElementsReset),
        _ => None,
    };
    let chapters = manifest.with_status(Status::Failed).filter_map(|chapter| {
        match &manifest.chapters().get(&chapter)?.state {
            ChapterState::Failed(_, failure) if due(failure.retry_at) => {
                Some(Event::Chapter { chapter, change: ChapterEvent::Retried { afresh: false } })
            }
            _ => None,
        }
    });
    elements.into_iter().chain(chapters).collect()
}

/// When a step that has failed may be tried again: `after` is how long its engine wants to be left
/// alone, zero where it does not say, `None` where waiting does not help. Unasked, it is twice as long
/// each time. `None` when no further try is worth it.
#[must_use]
pub fn retry_at(
    attempts: u32,
    after: Option<Duration>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let after = after.filter(|_| attempts < MAX_TRIES)?;
    let wait = if after.is_zero() {
        FIRST_WAIT * 2i32.pow(attempts.saturating_sub(1).min(10))
    } else {
        TimeDelta::from_std(after).unwrap_or(LONGEST_WAIT)
    };
    Some(now + wait.min(LONGEST_WAIT))
}

/// The earliest time at which anything is to be tried again.
#[must_use]
pub fn next_retry(manifest: &Manifest) -> Option<DateTime<Utc>> {
    let elements = match &manifest.elements {
        ElementsState::Failed(failure) => failure.retry_at,
        _ => None,
    };
    let chapters = manifest.with_status(Status::Failed).filter_map(|id| {
        match &manifest.chapters().get(&id)?.state {
            ChapterState::Failed(_, failure) => failure.retry_at,
            _ => None,
        }
    });
    elements.into_iter().chain(chapters).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(attempts: u32, after: Option<Duration>) -> Option<i64> {
        let now = DateTime::UNIX_EPOCH;
        retry_at(attempts, after, now).map(|at| (at - now).num_seconds())
    }

    #[test]
    fn a_retry_waits_twice_as_long_each_time_and_then_no_more() {
        let waits = (1..=4).map(|attempts| seconds(attempts, Some(Duration::ZERO)));
        assert_eq!(waits.collect::<Vec<_>>(), [Some(30), Some(60), Some(120), None]);
    }

    #[test]
    fn a_retry_waits_as_long_as_the_engine_says_within_reason() {
        assert_eq!(seconds(1, Some(Duration::from_secs(7))), Some(7));
        assert_eq!(seconds(1, Some(Duration::MAX)), Some(LONGEST_WAIT.num_seconds()));
    }

    #[test]
    fn where_waiting_does_not_help_nothing_is_tried_again() {
        assert_eq!(seconds(1, None), None);
    }
}
