//! Creating, opening, changing, waiting.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use manifest::{
    ChapterEvent, Event, Interrupt, Manifest, Options, Role, Source, Status, Step, Store,
    StoreError, decide,
};
use proptest::prelude::*;

use crate::acts::{self, of, worker};
use crate::project::{Acts, Project};

#[test]
fn a_folder_without_a_project_is_said_to_be_one() {
    let none = Project::none();
    assert!(matches!(none.try_open(), Err(StoreError::NoProject { .. })));
    assert!(matches!(
        Store::open("/no/such/folder".as_ref(), Options::default()),
        Err(StoreError::NoProject { .. })
    ));
}

#[test]
fn creating_twice_opens_what_is_there() {
    let project = Project::new(3);
    assert_eq!(project.create().unwrap().state(), project.open().state());
    assert_eq!(project.create().unwrap().serial(), 1);
}

#[test]
fn a_turn_is_one_s_at_a_time_and_ends_with_whoever_has_it() {
    let project = Project::new(1);
    let (one, other) = (project.open(), project.open());
    let turn = one.take_turn("sheets/ada.lock").unwrap();
    assert!(turn.is_some());
    assert!(other.take_turn("sheets/ada.lock").unwrap().is_none());
    assert!(one.take_turn("sheets/ada.lock").unwrap().is_none(), "another thread of its own");
    assert!(other.take_turn("sheets/tom.lock").unwrap().is_some());
    drop(turn);
    assert!(other.take_turn("sheets/ada.lock").unwrap().is_some());
    assert!(one.take_turn("../ada.lock").is_err());
}

#[test]
fn another_book_gets_another_folder() {
    let project = Project::new(3);
    let other = Source { sha256: "0ther".into(), ..acts::source() };
    assert!(matches!(project.create_from(other), Err(StoreError::OtherBook { .. })));
}

#[test]
fn an_illegal_event_changes_nothing_and_takes_its_update_with_it() {
    let project = Project::new(3);
    let store = project.open();
    let before = store.state();
    let claim = of(1, ChapterEvent::AnalysisClaimed { worker: worker("a") });
    for events in [vec![acts::listed(2)], vec![claim.clone(), claim]] {
        let refused = store.update(|_| (events.clone(), ()));
        assert!(matches!(refused, Err(StoreError::Illegal(_))), "{refused:?}");
        assert_eq!(store.state(), before);
        assert_eq!(project.open().state(), before);
    }
}

#[test]
fn an_update_without_events_writes_nothing() {
    let project = Project::new(3);
    let before = project.read("manifest.journal");
    assert_eq!(project.open().update(|manifest| (vec![], manifest.serial)).unwrap().0, 1);
    assert_eq!(project.read("manifest.journal"), before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// What the stores say, what the files say, and what the events say is one and the same.
    #[test]
    fn files_and_events_tell_the_same_story(picks in prop::collection::vec((0usize..64, 0u8..8), 1..60)) {
        let project = Project::none();
        let stores = [project.create().unwrap(), project.open()];
        let mut told = stores[0].state();
        for (nth, (pick, what)) in picks.into_iter().enumerate() {
            let store = &stores[nth % 2];
            let events = store.update(|manifest| {
                let legal = acts::legal(manifest);
                let event = legal[pick % legal.len()].clone();
                (vec![event.clone()], event)
            }).unwrap();
            let serial = told.serial.next();
            let at = store.view(|manifest| manifest.last_updated).unwrap();
            told.apply(&events, &manifest::event::Stamp { serial, at }).unwrap();
            if what == 0 {
                stores[pick % 2].fold().unwrap();
            }
        }
        for store in stores.iter().chain([&project.open()]) {
            prop_assert_eq!(&store.state(), &told);
        }
    }
}

/// Two stores are two processes as far as the files are concerned; their threads share one each.
#[test]
fn no_two_threads_of_two_stores_get_one_chapter() {
    let project = Project::new(200);
    let stores = [project.open(), project.open()];
    let claimed = |store: &Store, name: &str| {
        let mut mine = Vec::new();
        while let Some(chapter) = store
            .update(|manifest| match decide::claim(manifest, Step::Analysis, &worker(name)) {
                Some((chapter, event)) => (vec![event], Some(chapter)),
                None => (vec![], None),
            })
            .unwrap()
        {
            mine.push(chapter);
        }
        mine
    };
    let all: Vec<_> = thread::scope(|scope| {
        let claimed = &claimed;
        let hands: Vec<_> = (0..8)
            .map(|n| (&stores[n % 2], format!("w{n}")))
            .map(|(store, name)| scope.spawn(move || claimed(store, &name)))
            .collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    assert_eq!(all.len(), 200);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 200);
    assert_eq!(project.open().serial(), 201);
}

#[test]
fn waiting_ends_when_another_store_does_what_is_waited_for() {
    let project = Project::new(3);
    let (waiter, doer) = (project.open(), project.open());
    let claimed = |manifest: &Manifest| (manifest.count(Status::Analyzing) == 1).then_some(());
    thread::scope(|scope| {
        let found = scope.spawn(|| waiter.wait_for(Duration::from_secs(20), claimed).unwrap());
        doer.apply([of(2, ChapterEvent::AnalysisClaimed { worker: worker("a") })]);
        assert_eq!(found.join().unwrap(), Some(()));
    });
}

#[test]
fn waiting_in_vain_ends_in_time_and_an_interrupt_ends_it_early() {
    let project = Project::new(3);
    let never = |_: &Manifest| None::<()>;
    assert_eq!(project.open().wait_for(Duration::ZERO, never).unwrap(), None);
    let interrupt = Interrupt::new();
    let options = Options { interrupt: interrupt.clone(), ..Options::default() };
    let store = Store::open(project.folder(), options).unwrap();
    interrupt.set();
    let ended = store.wait_for(Duration::from_secs(60), never).unwrap_err();
    assert!(ended.is_interrupt());
}

#[test]
fn a_dropped_worker_loses_its_claims_and_a_living_one_keeps_them() {
    let project = Project::new(3);
    let store = project.open();
    let [dead, living] = [(); 2].map(|()| store.register(Role::Analyze).unwrap());
    for (chapter, worker) in [(1, &dead), (2, &living)] {
        store.apply([of(chapter, ChapterEvent::AnalysisClaimed { worker: worker.id().clone() })]);
    }
    assert_eq!(project.open().workers().unwrap().len(), 2);
    drop(dead);
    store.recover(&BTreeSet::new()).unwrap();
    assert_eq!(store.state().claims().count(), 1);
    assert_eq!(project.open().workers().unwrap().len(), 1);
    let attempts = |n| store.state().chapters()[&manifest::ChapterId(n)].attempts;
    assert_eq!((attempts(1), attempts(2)), (1, 1));
}

#[test]
fn a_late_result_is_refused_by_its_token() {
    let project = Project::new(1);
    let store = project.open();
    let claim = of(1, ChapterEvent::AnalysisClaimed { worker: worker("a") });
    store.apply([claim.clone()]);
    let (_, late) = store.state().claims().map(|(unit, claim)| (unit, claim.token)).next().unwrap();
    store.recover(&BTreeSet::from([late])).unwrap();
    store.apply([claim]);
    let result = of(1, ChapterEvent::Analyzed { token: late, concepts: 3 });
    let refused = store.update(|_| (vec![result], ())).unwrap_err();
    assert!(
        refused.to_string().contains("(token 2)` does not apply while chapter 1 is"),
        "{refused}"
    );
}

#[test]
fn the_elements_pass_is_taken_once() {
    let project = Project::new(1);
    let store = project.open();
    let claim = |manifest: &Manifest| decide::claim_elements(manifest, &worker("a"));
    assert!(store.update(|m| (Vec::from_iter(claim(m)), ())).is_ok());
    assert_eq!(store.view(claim).unwrap(), None::<Event>);
}
