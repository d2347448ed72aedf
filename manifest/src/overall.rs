//! The one word for how a book is: from the manifest and from who is alive.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::chapter::Outcome;
use crate::control::Control;
use crate::elements::ElementsState;
use crate::ledger::Work;
use crate::manifest::Manifest;
use crate::state::Status;
use crate::worker::Role;

/// How a book is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Overall {
    /// Nothing has been begun and nobody is at work.
    Pending,
    /// Somebody who is alive can do what is left now.
    Running,
    /// Somebody is alive and waits for somebody else's work, or for the time of another try.
    Waiting,
    /// Work is left and nobody is alive.
    Stalled,
    /// Somebody is alive and waits for leave to call an engine: a limit, or a server that asked for quiet.
    RateLimited,
    /// A person has paused it.
    Paused,
    /// Everything is done.
    Completed,
    /// Nothing is left to do, but something failed or was refused.
    CompletedWithErrors,
    /// Nothing is left to do, and nothing came of it.
    Failed,
    /// A person has cancelled it.
    Cancelled,
}

impl Overall {
    /// Judges a book by its manifest and by the roles in which anybody is alive.
    #[must_use]
    pub fn of(manifest: &Manifest, living: &BTreeSet<Role>, now: DateTime<Utc>) -> Self {
        if let Some(end) = end(manifest) {
            return end;
        }
        match manifest.control {
            Control::Paused { .. } => return Self::Paused,
            Control::Cancelled { .. } => return Self::Cancelled,
            Control::Going => {}
        }
        if living.is_empty() {
            return if is_begun(manifest) { Self::Stalled } else { Self::Pending };
        }
        let able: Vec<_> = living.iter().filter(|role| has_work(manifest, **role)).collect();
        if able.is_empty() {
            Self::Waiting
        } else if able.into_iter().all(|role| is_limited(manifest, *role, now)) {
            Self::RateLimited
        } else {
            Self::Running
        }
    }

    /// Whether nothing happens any more unless somebody asks for it.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::CompletedWithErrors | Self::Failed | Self::Cancelled)
    }
}

impl std::fmt::Display for Overall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Stalled => "stalled",
            Self::RateLimited => "rate limited",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::CompletedWithErrors => "completed with errors",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        })
    }
}

/// How a book ended that nothing is left to do on.
fn end(manifest: &Manifest) -> Option<Overall> {
    let hopeless = matches!(&manifest.elements, ElementsState::Failed(f) if f.retry_at.is_none());
    if hopeless && manifest.claims().next().is_none() {
        return Some(Overall::Failed);
    }
    if !manifest.illustrate_complete() || manifest.binding.is_wanted() {
        return None;
    }
    let refused = manifest
        .chapters()
        .values()
        .any(|chapter| chapter.outcomes.values().any(|o| matches!(o, Outcome::Blocked(_))));
    Some(match (manifest.count(Status::Failed), manifest.count(Status::Illustrated)) {
        (0, _) if !refused => Overall::Completed,
        (1.., 0) => Overall::Failed,
        _ => Overall::CompletedWithErrors,
    })
}

fn is_begun(manifest: &Manifest) -> bool {
    let untouched = manifest.count(Status::Pending) + manifest.count(Status::Skipped);
    manifest.elements != ElementsState::Pending
        || !manifest.elements_read.is_empty()
        || untouched < manifest.chapters().len()
}

/// Whether there is anything that a worker of this role can do, or does, now.
fn has_work(manifest: &Manifest, role: Role) -> bool {
    let any = |status: &[Status]| status.iter().any(|status| manifest.count(*status) > 0);
    match (role, &manifest.elements) {
        (Role::Analyze, ElementsState::Pending | ElementsState::Reading(_)) => true,
        (Role::Analyze, ElementsState::Failed(_)) => any(&[Status::Analyzing]),
        (Role::Analyze, ElementsState::Complete { .. }) => {
            any(&[Status::Pending, Status::Analyzing])
        }
        (Role::Illustrate, _) => any(&[Status::Analyzed, Status::Illustrating]),
        (Role::Bind, _) => manifest.binding.is_wanted() && manifest.illustrate_complete(),
    }
}

/// A call that is not made for so long after the last one is waiting for leave.
const BETWEEN_CALLS: TimeDelta = TimeDelta::seconds(2);

/// Whether everybody of this role who has work in hand waits for leave to call an engine. Engines that
/// nothing limits leave no trace in the ledger.
fn is_limited(manifest: &Manifest, role: Role, now: DateTime<Utc>) -> bool {
    let (work, in_hand) = match role {
        Role::Analyze => {
            let reads = matches!(manifest.elements, ElementsState::Reading(_));
            (Work::Text, reads || manifest.count(Status::Analyzing) > 0)
        }
        Role::Illustrate => (Work::Image, manifest.count(Status::Illustrating) > 0),
        Role::Bind => return false,
    };
    let ledger = &manifest.ledger;
    let last = ledger.last_minute(work, now).map(|second| second.at).max();
    let idle = last.is_some_and(|last| now - last > BETWEEN_CALLS);
    in_hand && ledger.under_way(work) == 0 && (idle || !ledger.quiet_for(work, now).is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{CallEvent, ChapterEvent, Event, Listed, Stamp};
    use crate::ids::{ChapterId, Token, WorkerId};
    use crate::manifest::Source;

    fn of(change: ChapterEvent) -> Event {
        Event::Chapter { chapter: ChapterId(1), change }
    }

    /// A book of one chapter with two concepts after so many steps of a good way, and then these.
    fn after(steps: usize, more: &[Event]) -> Manifest {
        let source =
            Source { path: "/b".into(), sha256: "5e".into(), title: "B".into(), headings: None };
        let mut manifest = Manifest::new("l".into(), "b".into(), source, DateTime::UNIX_EPOCH);
        let worker = WorkerId("w".into());
        let listed = Listed { number: ChapterId(1), title: "I".into(), words: 100 };
        let blocked = |concept| {
            let (token, reason) = (Token(6), "no".into());
            of(ChapterEvent::PlateBlocked { token, concept, reason })
        };
        let way = [
            Event::ChaptersListed { chapters: vec![listed] },
            Event::ElementsClaimed { worker: worker.clone() },
            Event::ElementsCompleted { token: Token(2), count: 1 },
            of(ChapterEvent::AnalysisClaimed { worker: worker.clone() }),
            of(ChapterEvent::Analyzed { token: Token(4), concepts: 1 }),
            of(ChapterEvent::IllustrationClaimed { worker }),
            blocked(1),
            of(ChapterEvent::Illustrated { token: Token(6) }),
        ];
        for event in way[..steps].iter().chain(more) {
            let stamp = Stamp { serial: manifest.serial.next(), at: DateTime::UNIX_EPOCH };
            manifest.apply(event, &stamp).unwrap();
        }
        manifest
    }

    fn failed(token: u64) -> Event {
        of(ChapterEvent::Failed { token: Token(token), message: "no".into(), retry_at: None })
    }

    #[test]
    fn every_word_has_its_case() {
        use Overall as O;
        use Role::{Analyze, Illustrate};
        let hopeless =
            Event::ElementsFailed { token: Token(2), message: "no".into(), retry_at: None };
        let later = Event::ElementsFailed {
            token: Token(2),
            message: "no".into(),
            retry_at: Some(DateTime::UNIX_EPOCH),
        };
        let change = CallEvent::HeldOff { work: Work::Image, millis: 9_000 };
        let (quiet, bound) = (Event::Call { change }, Event::Bound { millis: 9 });
        for (steps, more, living, word) in [
            (0, vec![], vec![], O::Pending),
            (1, vec![], vec![], O::Pending),
            (1, vec![], vec![Analyze], O::Running),
            (1, vec![], vec![Illustrate], O::Waiting),
            (2, vec![], vec![], O::Stalled),
            (2, vec![later], vec![Analyze], O::Waiting),
            (2, vec![hopeless], vec![Analyze], O::Failed),
            (4, vec![], vec![Illustrate], O::Waiting),
            (4, vec![], vec![Analyze, Illustrate], O::Running),
            (4, vec![Event::Paused], vec![Analyze], O::Paused),
            (4, vec![Event::Cancelled], vec![Analyze], O::Cancelled),
            (4, vec![failed(4)], vec![], O::Failed),
            (5, vec![], vec![Analyze], O::Waiting),
            (6, vec![], vec![Illustrate], O::Running),
            (6, vec![], vec![], O::Stalled),
            (8, vec![], vec![Illustrate], O::CompletedWithErrors),
            (1, vec![of(ChapterEvent::Skipped { reason: "x".into() })], vec![], O::Completed),
            (6, vec![quiet.clone()], vec![Illustrate], O::RateLimited),
            (6, vec![quiet], vec![Analyze], O::Waiting),
            (8, vec![Event::BindingWanted], vec![], O::Stalled),
            (8, vec![Event::BindingWanted], vec![Role::Bind], O::Running),
            (8, vec![Event::BindingWanted, bound], vec![], O::CompletedWithErrors),
        ] {
            let living: BTreeSet<Role> = living.into_iter().collect();
            let manifest = after(steps, &more);
            let now = DateTime::UNIX_EPOCH;
            assert_eq!(Overall::of(&manifest, &living, now), word, "{steps} {more:?} {living:?}");
        }
    }
}
