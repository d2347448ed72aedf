//! The power is cut at every step, processes are killed at every call, and every call fails once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

use manifest::{Manifest, Options, Store, StoreError};
use proptest::prelude::*;

use crate::acts;
use crate::memory::{Cut, Image, Memory, Trouble};

const FOLDER: &str = "/memory";

/// What a process does.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// An update with so many events, chosen by a number.
    Update(usize, usize),
    Fold,
    View,
}

/// Processes on one machine, and every state that the manifest may be in.
struct Trial {
    machine: Memory,
    known: BTreeMap<u64, BTreeSet<String>>,
}

impl Trial {
    fn new() -> Self {
        Self { machine: Memory::new(), known: BTreeMap::new() }
    }

    fn create(&mut self, process: &Memory) -> Result<Store, StoreError> {
        let disk = Box::new(process.clone());
        let store = Store::create_on(FOLDER.as_ref(), disk, acts::source(), Options::default())?;
        let manifest = store.view(Manifest::clone)?;
        // That there is a project is promised; of its events only what an update said.
        self.machine.acknowledge(0);
        self.known.entry(manifest.serial.0).or_default().insert(timeless(&manifest));
        Ok(store)
    }

    /// Does one thing; what was promised is noted.
    fn act(&mut self, store: &Store, act: Act) -> Result<(), StoreError> {
        match act {
            Act::View => store.view(|manifest| self.check_known(manifest)),
            Act::Fold => store.fold(),
            Act::Update(events, pick) => {
                let known = &mut self.known;
                let serial = store.update(|manifest| {
                    let (events, after) = choose(manifest, events, pick);
                    let serial = after.serial.0;
                    known.entry(serial).or_default().insert(timeless(&after));
                    (events, serial)
                })?;
                self.machine.acknowledge(serial);
                Ok(())
            }
        }
    }

    fn check_known(&self, manifest: &Manifest) {
        let known = self.known.get(&manifest.serial.0);
        assert!(
            known.is_some_and(|states| states.contains(&timeless(manifest))),
            "a state that never was: {manifest:#?}\nknown: {known:#?}",
        );
    }

    /// Cuts the power at every step so far, and looks at everything that may be left.
    fn check_every_cut(&self) -> usize {
        assert_eq!(self.machine.wrongs(), Vec::<String>::new());
        let mut seen = BTreeMap::<Image, Option<u64>>::new();
        for cut in self.machine.cuts() {
            for image in Cut::images(&cut) {
                let acked = seen.entry(image).or_default();
                *acked = (*acked).max(cut.acked());
            }
        }
        for (image, acked) in &seen {
            self.check_image(image, *acked);
        }
        seen.len()
    }

    fn check_image(&self, image: &Image, acked: Option<u64>) {
        let memory = Memory::after(image);
        let store =
            match Store::open_on(FOLDER.as_ref(), Box::new(memory.clone()), Options::default()) {
                Err(StoreError::NoProject { .. }) if acked.is_none() => return,
                opened => opened.unwrap_or_else(|error| panic!("unreadable: {error}\n{image}")),
            };
        let serial = store.view(|manifest| {
            self.check_known(manifest);
            manifest.serial.0
        });
        let serial = serial.unwrap();
        assert!(Some(serial) >= acked, "lost: at {serial}, promised {acked:?}\n{image}");
        // It can be gone on with, and what is promised now survives the worst cut of all.
        store.update(|manifest| (choose(manifest, 1, 0).0, ())).unwrap();
        let now = memory.cuts().pop().unwrap();
        for image in now.images() {
            let after = Box::new(Memory::after(&image));
            let after = Store::open_on(FOLDER.as_ref(), after, Options::default()).unwrap();
            assert_eq!(after.view(|manifest| manifest.serial.0).unwrap(), serial + 1);
        }
    }
}

/// Times come from the wall clock and differ between a state foreseen and the same state written.
fn timeless(manifest: &Manifest) -> String {
    let text = manifest::format::print(manifest).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    strip_times(&mut value);
    value.to_string()
}

fn strip_times(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            let times =
                ["at", "since", "analyzed_at", "illustrated_at", "checksum", "last_updated"];
            for name in times.into_iter().chain(["recent", "quiet_until", "pace", "drawn_at"]) {
                fields.remove(name);
            }
            fields.values_mut().for_each(strip_times);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(strip_times),
        _ => {}
    }
}

fn choose(manifest: &Manifest, events: usize, pick: usize) -> (Vec<manifest::Event>, Manifest) {
    let mut after = manifest.clone();
    let mut chosen = Vec::new();
    for nth in 0..events {
        let legal = acts::legal(&after);
        let event = legal[(pick + nth) % legal.len()].clone();
        let stamp = manifest::event::Stamp { serial: after.serial.next(), at: after.last_updated };
        after.apply(&event, &stamp).unwrap();
        chosen.push(event);
    }
    (chosen, after)
}

/// What each test does: enough to meet every step of an update, of a fold, and of a fold behind
/// somebody's back.
const SCRIPT: [Act; 7] = [
    Act::Update(1, 0),
    Act::Update(2, 1),
    Act::Fold,
    Act::Update(1, 2),
    Act::View,
    Act::Update(3, 0),
    Act::Fold,
];

#[test]
fn no_power_cut_loses_what_was_promised() {
    let mut trial = Trial::new();
    let [one, two] = [(); 2].map(|()| trial.machine.process(Trouble::None));
    let stores = [trial.create(&one).unwrap(), trial.create(&two).unwrap()];
    for (nth, act) in SCRIPT.into_iter().enumerate() {
        trial.act(&stores[nth % 2], act).unwrap();
    }
    let images = trial.check_every_cut();
    assert!(images > 50, "{images}");
}

/// The tests here can see what they look for.
fn lie(trouble: Trouble, script: &[Act]) {
    let mut trial = Trial::new();
    let process = trial.machine.process(trouble);
    let store = trial.create(&process).unwrap();
    script.iter().for_each(|act| trial.act(&store, *act).unwrap());
    trial.check_every_cut();
}

#[test]
#[should_panic(expected = "lost")]
fn a_disk_that_lies_about_files_is_found_out() {
    lie(Trouble::FileSyncsLie, &SCRIPT);
}

#[test]
#[should_panic(expected = "no project")]
fn a_disk_that_lies_about_names_is_found_out() {
    lie(Trouble::FolderSyncsLie, &[]);
}

/// A process is killed at every call of all that it does; another goes on; then the power is cut.
#[test]
fn no_death_and_power_cut_lose_what_was_promised() {
    for call in 0.. {
        let mut trial = Trial::new();
        let survivor = trial.machine.process(Trouble::None);
        let victim = trial.machine.process(Trouble::Death(call));
        let mut alive = trial.create(&victim).ok();
        for act in SCRIPT {
            alive = alive.filter(|store| trial.act(store, act).is_ok());
        }
        let store = trial.create(&survivor).unwrap();
        trial.act(&store, Act::Update(1, 3)).unwrap();
        trial.act(&store, Act::Fold).unwrap();
        trial.act(&store, Act::Update(2, 0)).unwrap();
        trial.check_every_cut();
        if victim.calls() < call {
            assert!(call > 40, "{call}");
            break;
        }
    }
}

/// Lets a call of the first process fail in every way, at every step; what it says must be true, and
/// another process goes on.
fn fail(trouble: impl Fn(usize, ErrorKind) -> Trouble) {
    for kind in [ErrorKind::StorageFull, ErrorKind::PermissionDenied] {
        for call in 0.. {
            let mut trial = Trial::new();
            let faulty = trial.machine.process(trouble(call, kind));
            let sound = trial.machine.process(Trouble::None);
            let created = trial.create(&faulty);
            let other = trial.create(&sound).unwrap();
            if let Ok(store) = &created {
                for act in SCRIPT {
                    fail_in(&mut trial, store, &other, act);
                }
            }
            trial.act(&other, Act::Update(2, 0)).unwrap();
            trial.act(&other, Act::Fold).unwrap();
            trial.check_every_cut();
            if faulty.calls() < call {
                assert!(call > 40, "{call}");
                break;
            }
        }
    }
}

fn fail_in(trial: &mut Trial, store: &Store, other: &Store, act: Act) {
    let before = other.view(|manifest| manifest.serial).unwrap();
    let result = trial.act(store, act);
    let after = other.view(|manifest| manifest.serial).unwrap();
    match result {
        Ok(()) | Err(StoreError::Indeterminate { .. }) => {}
        Err(error) => assert_eq!(before, after, "{act:?} said: {error}"),
    }
    if let Ok(seen) = store.view(|manifest| manifest.serial) {
        assert_eq!(seen, after, "{act:?}");
    }
}

#[test]
fn a_call_that_fails_once_is_never_a_lie() {
    fail(Trouble::Once);
}

#[test]
fn a_disk_that_fails_for_good_is_never_a_lie() {
    fail(Trouble::From);
}

#[test]
fn after_a_failure_that_leaves_doubt_the_store_refuses_to_write() {
    let mut refused = 0;
    for call in 0..80 {
        let mut trial = Trial::new();
        let faulty = trial.machine.process(Trouble::From(call, ErrorKind::Other));
        let Ok(store) = trial.create(&faulty) else { continue };
        if let Err(StoreError::Indeterminate { .. }) = trial.act(&store, Act::Update(1, 0)) {
            let again = trial.act(&store, Act::Update(1, 0));
            assert!(matches!(again, Err(StoreError::Poisoned)), "{again:?}");
            refused += 1;
        }
    }
    assert!(refused > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_run_of_two_processes_loses_what_was_promised(
        acts in prop::collection::vec((0usize..2, 0usize..6, 1usize..4, 0usize..40), 1..12),
        death in 20usize..90,
    ) {
        let mut trial = Trial::new();
        let processes = [Trouble::None, Trouble::Death(death)].map(|t| trial.machine.process(t));
        let mut stores = vec![trial.create(&processes[0]).unwrap()];
        stores.extend(trial.create(&processes[1]).ok());
        for (process, what, events, pick) in acts {
            let act = match what {
                0 => Act::Fold,
                1 => Act::View,
                _ => Act::Update(events, pick),
            };
            let Some(store) = stores.get(process).cloned() else { continue };
            if trial.act(&store, act).is_err() {
                prop_assert_eq!(process, 1);
                stores.truncate(1);
            }
        }
        trial.check_every_cut();
    }
}
