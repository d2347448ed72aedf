//! The account of calls: nothing is counted twice, nothing is forgotten, and no clock holds anybody up.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use manifest::event::Stamp;
use manifest::ledger::{Amount, Charge, Ledger, WINDOW, Work};
use manifest::{CallEvent, Event, Manifest, Role, Serial, StoreError};
use proptest::prelude::*;

use crate::acts;
use crate::project::{Acts, Project};

fn reserved(who: &str, micros: Option<u64>) -> Event {
    let most = Amount { tokens: 100, pictures: 0, micros };
    let (worker, engine) = (acts::worker(who), "openai gpt".to_owned());
    Event::Call { change: CallEvent::Reserved { worker, work: Work::Text, engine, most } }
}

fn settled(permit: Serial, charge: Charge, micros: Option<u64>) -> Event {
    let used = Amount { tokens: 60, pictures: 0, micros };
    Event::Call { change: CallEvent::Settled { permit, charge, used } }
}

fn held_off(millis: u64) -> Event {
    Event::Call { change: CallEvent::HeldOff { work: Work::Text, millis } }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

struct Book(Manifest);

impl Book {
    fn new() -> Self {
        Self(Manifest::new("l".into(), "b".into(), acts::source(), at(0)))
    }

    fn try_apply(&mut self, event: &Event, seconds: i64) -> bool {
        let stamp = Stamp { serial: self.0.serial.next(), at: at(seconds) };
        self.0.apply(event, &stamp).is_ok()
    }

    fn apply(&mut self, event: &Event, seconds: i64) -> Serial {
        assert!(self.try_apply(event, seconds), "{event:?}");
        self.0.serial
    }

    fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }
}

#[test]
fn calls_that_were_lost_are_counted_and_kept() {
    let project = Project::new(1);
    let store = project.open();
    let lost = |calls| Event::Call { change: CallEvent::Lost { calls } };
    store.apply([lost(1), lost(2)]);
    store.fold().unwrap();
    assert_eq!(project.open().state().possible_duplicate_calls, 3);
}

#[test]
fn a_permit_is_settled_once() {
    let project = Project::new(1);
    let store = project.open();
    store.apply([reserved("a", Some(50))]);
    let permit = Serial(store.serial());
    store.apply([settled(permit, Charge::Yes, Some(20))]);
    let again = store.update(|_| (vec![settled(permit, Charge::Yes, Some(20))], ()));
    assert!(matches!(again, Err(StoreError::Illegal(_))), "{again:?}");
    assert_eq!(
        again.unwrap_err().to_string(),
        "`settled` does not apply while call 2 is not under way"
    );
    assert_eq!(store.state().ledger.total().micros, 20);
}

#[test]
fn what_a_dead_worker_had_reserved_counts_as_spent() {
    let project = Project::new(1);
    let store = project.open();
    let [mine, other] = [(); 2].map(|()| store.register(Role::Analyze).unwrap());
    store.apply([mine.id(), other.id()].map(|id| reserved(&id.to_string(), Some(50))));
    store.recover(&BTreeSet::new()).unwrap();
    assert_eq!(store.state().ledger.open.len(), 2, "both live");
    drop(other);
    store.recover(&BTreeSet::new()).unwrap();
    let ledger = store.state().ledger;
    assert_eq!((ledger.open.len(), ledger.reserved()), (1, 50));
    let total = ledger.total();
    assert_eq!((total.calls, total.uncertain, total.micros, total.tokens), (1, 1, 50, 100));
}

#[test]
fn an_unknown_price_is_counted_and_is_not_nothing() {
    let mut book = Book::new();
    let permit = book.apply(&reserved("a", None), 0);
    book.apply(&settled(permit, Charge::Yes, None), 1);
    let permit = book.apply(&reserved("a", Some(9)), 2);
    book.apply(&settled(permit, Charge::No, Some(0)), 3);
    let total = book.ledger().total();
    assert_eq!((total.calls, total.unpriced, total.micros), (1, 1, 0));
}

#[test]
fn the_account_survives_a_fold_and_is_not_written_where_there_is_none() {
    let project = Project::new(1);
    let store = project.open();
    store.fold().unwrap();
    assert!(!String::from_utf8(project.read("manifest.json")).unwrap().contains("\"calls\""));
    store.apply([reserved("a", Some(50)), reserved("b", None), held_off(1500)]);
    let permit = Serial(store.serial() - 2);
    store.apply([settled(permit, Charge::Unknown, Some(50))]);
    store.fold().unwrap();
    assert_eq!(project.open().state(), store.state());
    let mut manifest = store.state();
    manifest.ledger.extra.insert("later".into(), 7.into());
    project.write("manifest.json", manifest::format::print(&manifest).unwrap());
    let other = project.open();
    other.go_on(1);
    other.fold().unwrap();
    assert_eq!(other.state().ledger.extra["later"], 7);
}

#[test]
fn what_a_call_took_takes_the_place_of_what_it_might_have_taken() {
    let mut book = Book::new();
    let permit = book.apply(&reserved("a", None), 10);
    book.apply(&reserved("a", None), 10);
    book.apply(&settled(permit, Charge::Yes, None), 12);
    let tokens: u64 = book.ledger().last_minute(Work::Text, at(20)).map(|s| s.tokens).sum();
    assert_eq!(tokens, 160);
    assert_eq!(book.ledger().last_minute(Work::Image, at(20)).count(), 0);
    assert_eq!(book.ledger().last_minute(Work::Text, at(70)).count(), 0);
}

proptest! {
    /// However calls are reserved and settled, whatever a clock does: each is open or settled, never
    /// both, and the account stays small.
    #[test]
    fn every_call_is_in_the_account_once(
        acts in prop::collection::vec((0u8..4, 0usize..5, -400i64..400, prop::option::of(0u64..90)), 1..80),
    ) {
        let mut book = Book::new();
        let (mut open, mut spent, mut calls, mut clock) = (Vec::new(), 0, 0, 0);
        for (what, pick, step, micros) in acts {
            // Mostly on, sometimes far back.
            clock += step.max(-step / 40);
            let clock = if step < -390 { clock - 4000 } else { clock };
            match (what, open.len()) {
                (0 | 1, _) => open.push((book.apply(&reserved("a", micros), clock), micros)),
                (2, 1..) => {
                    let (permit, most) = open.swap_remove(pick % open.len());
                    let charge = [Charge::Yes, Charge::No, Charge::Unknown][pick % 3];
                    book.apply(&settled(permit, charge, most), clock);
                    prop_assert!(!book.try_apply(&settled(permit, charge, most), clock));
                    if charge != Charge::No {
                        (spent, calls) = (spent + most.unwrap_or(0), calls + 1);
                    }
                }
                _ => drop(book.apply(&held_off(step.unsigned_abs() * 1000), clock)),
            }
            let ledger = book.ledger();
            let reserved: u64 = open.iter().filter_map(|(_, most)| *most).sum();
            prop_assert_eq!((ledger.reserved(), ledger.open.len()), (reserved, open.len()));
            prop_assert_eq!((ledger.total().micros, ledger.total().calls), (spent, calls));
            prop_assert!(ledger.recent.len() <= 121, "{}", ledger.recent.len());
            // Wherever the clock goes next, nobody waits for more than a minute.
            for now in [clock - 100_000, clock - 30, clock, clock + 30, clock + 100_000].map(at) {
                prop_assert!(ledger.quiet_for(Work::Text, now) <= WINDOW.to_std().unwrap());
                for second in ledger.last_minute(Work::Text, now) {
                    prop_assert!((second.at - now).abs() <= WINDOW);
                }
            }
        }
    }
}
