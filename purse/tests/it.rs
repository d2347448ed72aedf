//! Several processes, one purse: each store of its own is a process as far as the files are concerned.

#![expect(clippy::unwrap_used, reason = "what goes wrong in a test is to fail it")]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use manifest::{Options, Role, Source, Store, Worker};
use models::{
    Admission, CallError, Charged, Estimate, Gate, Limits, Permit, Settlement, Usage, Usd, Work,
};
use proptest::prelude::*;
use purse::{Purse, Rules, Turns};
use tempfile::TempDir;

struct Project {
    folder: TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Source {
            path: "/b".into(),
            sha256: "5e1f".into(),
            title: "The Bell".into(),
            headings: None,
        };
        Store::create(folder.path(), source, Options::default()).unwrap();
        Self { folder }
    }

    fn store(&self) -> Store {
        Store::open(self.folder.path(), Options::default()).unwrap()
    }

    fn process(&self, rules: Rules) -> Process {
        let store = self.store();
        let worker = store.register(Role::Analyze).unwrap();
        let purse = Purse::new(&store, worker.id(), rules);
        Process { purse, _worker: worker, open: Vec::new() }
    }

    fn spent(&self) -> (u64, u64) {
        self.store().view(|m| (m.ledger.total().micros, m.ledger.reserved())).unwrap()
    }
}

struct Process {
    purse: Purse,
    /// Dropped with the process: then it is dead.
    _worker: Worker,
    open: Vec<(Permit, u64)>,
}

fn call(cost: Option<u64>) -> Estimate {
    Estimate {
        work: Work::Text,
        engine: "openai".into(),
        model: "gpt-5-mini".into(),
        request_id: None,
        tokens: 100,
        pictures: 0,
        cost: cost.map(Usd::from_micros),
    }
}

fn paid(micros: u64) -> Settlement {
    let cost = Some(Usd::from_micros(micros));
    let usage = Usage { input_tokens: 50, output_tokens: 5, cost, ..Usage::default() };
    Settlement { charged: Charged::Yes, usage }
}

fn budget(micros: u64) -> Rules {
    Rules { budget: Some(Usd::from_micros(micros)), ..Rules::default() }
}

fn permit(admission: Result<Admission, CallError>) -> Permit {
    match admission {
        Ok(Admission::Go(permit)) => permit,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_call_without_price_or_limit_leaves_no_trace() {
    let project = Project::new();
    let process = project.process(budget(5));
    let before = project.store().view(|m| m.serial).unwrap();
    let permit = permit(process.purse.admit(&call(Some(0)), Duration::ZERO));
    process.purse.settle(permit, paid(0), Duration::ZERO);
    assert_eq!(project.store().view(|m| m.serial).unwrap(), before);
}

#[test]
fn the_budget_stops_the_run_in_one_line_and_a_larger_one_goes_on() {
    let project = Project::new();
    let process = project.process(budget(2_500_000));
    let first = permit(process.purse.admit(&call(Some(2_400_000)), Duration::ZERO));
    process.purse.settle(first, paid(2_300_000), Duration::ZERO);
    let refused = process.purse.admit(&call(Some(2_400_000)), Duration::ZERO).unwrap_err();
    assert!(refused.stops_the_run());
    let folder = project.folder.path().display();
    assert_eq!(
        refused.to_string(),
        format!(
            "budget of $2.50 reached: spent $2.30, and the next call may cost $2.40; \
             `woodcut run {folder} --budget 5` goes on"
        )
    );
    let richer = project.process(budget(5_000_000));
    permit(richer.purse.admit(&call(Some(2_400_000)), Duration::ZERO));
}

#[test]
fn with_a_budget_an_unknown_price_is_refused_and_without_one_counted() {
    let project = Project::new();
    let refused = project.process(budget(5)).purse.admit(&call(None), Duration::ZERO).unwrap_err();
    assert!(refused.to_string().contains("the price of `openai gpt-5-mini` is not known"));
    let process = project.process(Rules::default());
    let permit = permit(process.purse.admit(&call(None), Duration::ZERO));
    let usage = Usage { input_tokens: 9, ..Usage::default() };
    let charged = Charged::Yes;
    process.purse.settle(permit, Settlement { charged, usage }, Duration::ZERO);
    let total = project.store().view(|m| m.ledger.total()).unwrap();
    assert_eq!((total.unpriced, total.micros, total.tokens), (1, 0, 9));
}

#[test]
fn what_a_call_under_way_holds_is_waited_for_and_what_a_dead_one_held_is_spent() {
    let project = Project::new();
    let [one, two] = [(); 2].map(|()| project.process(budget(100)));
    permit(one.purse.admit(&call(Some(60)), Duration::ZERO));
    let waits = two.purse.admit(&call(Some(60)), Duration::from_secs(1));
    assert!(matches!(waits, Ok(Admission::Wait(_))), "{waits:?}");
    drop(one);
    // The first look finds the dead, the next one that nothing is left.
    let _ = two.purse.admit(&call(Some(60)), Duration::from_secs(9));
    assert_eq!(project.spent(), (60, 0));
    assert!(two.purse.admit(&call(Some(60)), Duration::from_secs(9)).is_err());
    permit(two.purse.admit(&call(Some(40)), Duration::from_secs(9)));
}

/// The wall clock of the stores of one test.
static WALL: Mutex<i64> = Mutex::new(0);

fn wall() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_000_000 + *WALL.lock().unwrap())
}

#[test]
fn the_rate_limit_is_shared_and_no_jump_of_the_clock_holds_anybody_up() {
    let project = Project::new();
    let limits = Limits { requests_per_minute: Some(2), ..Limits::default() };
    let rules = Rules { text: limits, ..Rules::default() };
    let process = || {
        let options = Options { now: wall, ..Options::default() };
        let store = Store::open(project.folder.path(), options).unwrap();
        let worker = store.register(Role::Analyze).unwrap();
        (Purse::new(&store, worker.id(), rules), worker)
    };
    let ((one, _a), (two, _b)) = (process(), process());
    let ask = |purse: &Purse| purse.admit(&call(Some(0)), Duration::ZERO);
    permit(ask(&one));
    permit(ask(&two));
    assert_eq!(ask(&one), Ok(Admission::Wait(Duration::from_secs(60))));
    *WALL.lock().unwrap() = 61;
    permit(ask(&one));
    permit(ask(&two));
    // Back by an hour: what was is of another time.
    *WALL.lock().unwrap() = -3600;
    permit(ask(&one));
    one.hold_off(Work::Text, Duration::from_secs(3600), Duration::ZERO);
    assert_eq!(ask(&two), Ok(Admission::Wait(Duration::from_secs(60))));
    *WALL.lock().unwrap() = -9000;
    permit(ask(&two));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the processes do and whenever they die, no reservation goes beyond the budget.
    #[test]
    fn together_they_never_go_beyond_the_budget(
        acts in prop::collection::vec((0usize..3, 0u8..8, 1u64..400, 0u64..=100), 1..60),
    ) {
        const BUDGET: u64 = 1000;
        let project = Project::new();
        let mut processes = [(); 3].map(|()| project.process(budget(BUDGET)));
        for (nth, what, cost, share) in acts {
            let process = &mut processes[nth];
            match what {
                0..4 => {
                    match process.purse.admit(&call(Some(cost)), Duration::MAX) {
                        Ok(Admission::Go(permit)) => process.open.push((permit, cost)),
                        Ok(Admission::Wait(_)) => prop_assert!(project.spent().0 + cost <= BUDGET),
                        Err(error) => prop_assert!(error.stops_the_run(), "{}", error),
                    }
                }
                4..7 => {
                    if let Some((permit, cost)) = process.open.pop() {
                        process.purse.settle(permit, paid(cost * share / 100), Duration::ZERO);
                    }
                }
                _ => {
                    let heir = project.process(budget(BUDGET));
                    let dead = std::mem::replace(process, heir);
                    let lost: u64 = dead.open.iter().map(|(_, cost)| cost).sum();
                    let before = project.spent();
                    drop(dead);
                    project.store().recover(&Default::default()).unwrap();
                    prop_assert_eq!(project.spent(), (before.0 + lost, before.1 - lost));
                }
            }
            let (spent, reserved) = project.spent();
            prop_assert!(spent + reserved <= BUDGET, "{} + {}", spent, reserved);
            let open: u64 = processes.iter().flat_map(|p| &p.open).map(|(_, cost)| cost).sum();
            prop_assert_eq!(reserved, open);
        }
    }
}

#[test]
fn one_card_is_used_by_one_process_at_a_time_and_made_free_in_between() {
    // Two projects on one machine: what they share is the folder of the turns.
    let (projects, machine) = ([(); 2].map(|()| Project::new()), tempfile::tempdir().unwrap());
    let freed = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let process = |which: usize| {
        let (store, freed) = (projects[which].store(), &freed[which]);
        let worker = store.register(Role::Analyze).unwrap();
        let purse = Purse::new(&store, worker.id(), Rules::default());
        let unload = move || {
            freed.fetch_add(1, Ordering::SeqCst);
        };
        (Turns::new(purse, machine.path(), Some(Box::new(unload))), worker)
    };
    let ((text, _alive), (image, _too)) = (process(0), process(1));
    let go = |turns: &Turns<'_>, second| {
        let admission = turns.admit(&call(Some(0)), Duration::from_secs(second)).unwrap();
        matches!(admission, Admission::Go(_))
    };
    let settle = |turns: &Turns<'_>| {
        let settlement = Settlement { charged: Charged::No, usage: Usage::default() };
        turns.settle(Permit(0), settlement, Duration::ZERO);
    };
    assert!(go(&text, 0) && !go(&image, 1), "the card is taken");
    assert!(go(&text, 10), "its time is not over");
    assert!(!go(&text, 70), "it is over, and the other waits");
    settle(&text);
    assert!(!go(&text, 71) && !go(&image, 71), "a call is still under way");
    settle(&text);
    assert!(!go(&text, 72), "the other comes first");
    assert_eq!(freed[0].load(Ordering::SeqCst), 1);
    assert!(go(&image, 73) && !go(&text, 74));
    settle(&image);
    image.rest();
    assert_eq!(freed[1].load(Ordering::SeqCst), 1);
    assert!(go(&text, 75), "whoever has nothing to do makes room");
    drop(text);
    assert_eq!(freed[0].load(Ordering::SeqCst), 2);
    assert!(go(&image, 76), "the turn of one that is gone is free");
}
