//! Sixteen workers in processes of their own, killed and stopped at random; then the history is read
//! from the journals themselves and every promise is checked in it.
//!
//! Two seconds by default; `WOODCUT_TORTURE_SECONDS` makes it longer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::{Duration, Instant};

use manifest::journal::{self, Entry};
use manifest::{ChapterEvent, ChapterId, Event, Manifest, Serial, Token, WorkerId};
use rustix::process::Signal;

use crate::processes::Process;
use crate::project::{Acts, Project};

const WORKERS: usize = 16;

#[test]
fn sixteen_workers_under_fire_keep_every_promise() {
    let project = Project::new(2000);
    for folder in ["acks", "history"] {
        fs::create_dir(project.path(folder)).unwrap();
    }
    let first = project.open().state();
    let kills = torture(&project);
    let history = history(&project);
    let last = project.open().state();
    assert!(kills > 10 && history.len() > 100, "{kills} kills, {} events", history.len());
    check_acks(&project, &history);
    check_history(&history);
    assert_eq!(replayed(&first, &history), last);
    println!("{kills} kills and stops, {} events", history.len());
}

/// Random numbers that need no more than to be spread.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn torture(project: &Project) -> usize {
    let seconds = std::env::var("WOODCUT_TORTURE_SECONDS").ok().and_then(|s| s.parse().ok());
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(2));
    let mut dice = Dice(u64::from(std::process::id()));
    let start = || Process::start(project.folder(), "work");
    let mut workers: Vec<_> = (0..WORKERS).map(|_| start()).collect();
    let mut kills = 0;
    while Instant::now() < end {
        std::thread::sleep(Duration::from_millis(10 + dice.below(30)));
        let victim = usize::try_from(dice.below(WORKERS as u64)).unwrap();
        kills += 1;
        if dice.below(3) == 0 {
            workers[victim].signal(Signal::STOP);
            std::thread::sleep(Duration::from_millis(dice.below(80)));
            workers[victim].signal(Signal::CONT);
        } else {
            let ended = workers[victim].0.try_wait().unwrap();
            assert!(ended.is_none(), "a worker ended by itself: {ended:?}");
            workers[victim] = start();
        }
    }
    kills
}

/// Every event since the project was listed, from all journals that ever were.
fn history(project: &Project) -> BTreeMap<Serial, Entry> {
    let mut files: Vec<_> =
        fs::read_dir(project.path("history")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.push(project.path("manifest.journal"));
    let mut history = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for file in files {
        use std::os::unix::fs::MetadataExt;
        if !seen.insert(fs::metadata(&file).unwrap().ino()) {
            continue;
        }
        let bytes = fs::read(&file).unwrap();
        let (header, length) = journal::header(&bytes).unwrap();
        for entry in journal::tail(&bytes[length..], header.base).unwrap().entries {
            let serial = entry.serial;
            assert!(history.insert(serial, entry).is_none(), "two events {serial}");
        }
    }
    history.remove(&Serial(1));
    let serials: Vec<u64> = history.keys().map(|serial| serial.0).collect();
    assert_eq!(serials, (2..2 + serials.len() as u64).collect::<Vec<_>>(), "a gap");
    history
}

fn replayed(first: &Manifest, history: &BTreeMap<Serial, Entry>) -> Manifest {
    let mut manifest = first.clone();
    for entry in history.values() {
        manifest.apply(&entry.event, &entry.stamp()).unwrap();
    }
    manifest
}

/// No lost update: what a worker was told to be on disk is in the history, word for word.
fn check_acks(project: &Project, history: &BTreeMap<Serial, Entry>) {
    let mut acks = 0;
    for file in fs::read_dir(project.path("acks")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for (serial, event) in text.lines().filter_map(|line| line.split_once(' ')) {
            let Some(entry) = history.get(&Serial(serial.parse().unwrap())) else {
                panic!("event {serial} was acknowledged and is lost");
            };
            let whole = serde_json::from_str::<Event>(event);
            // A kill may tear the last line of a worker's own file.
            assert!(whole.map_or(true, |event| event == entry.event), "{serial}");
            acks += 1;
        }
    }
    assert!(acks > 100, "{acks}");
}

/// No double claim, no token going back, no result of a lost claim, no plate twice, and no claim taken
/// from a worker that went on living. None of the crate's own rules are used.
fn check_history(history: &BTreeMap<Serial, Entry>) {
    use ChapterEvent as E;
    let mut holders: BTreeMap<ChapterId, (Token, WorkerId)> = BTreeMap::new();
    let (mut last, mut plates, mut buried) = (Token(0), BTreeSet::new(), BTreeSet::new());
    for entry in history.values() {
        let Event::Chapter { chapter, change } = &entry.event else { continue };
        let token = match change {
            E::AnalysisClaimed { worker } | E::IllustrationClaimed { worker } => {
                let token = Token(entry.serial.0);
                assert!(token > last, "token {token} after {last}");
                last = token;
                assert!(!buried.contains(worker), "{worker} was taken for dead");
                let before = holders.insert(*chapter, (token, worker.clone()));
                assert_eq!(before, None, "chapter {chapter} was claimed twice");
                continue;
            }
            E::Analyzed { token, .. }
            | E::PlateIntended { token, .. }
            | E::PlateRecorded { token, .. }
            | E::Illustrated { token }
            | E::Reclaimed { token, .. } => token,
            other => panic!("nobody does this: {other:?}"),
        };
        let Some((held, worker)) = holders.get(chapter).cloned() else {
            panic!("chapter {chapter}, token {token}: nobody has it");
        };
        assert_eq!(held, *token, "chapter {chapter}");
        match change {
            E::PlateRecorded { concept, .. } => {
                assert!(plates.insert((chapter, *concept)), "chapter {chapter}, plate {concept}");
            }
            E::Reclaimed { .. } => drop((holders.remove(chapter), buried.insert(worker))),
            E::Analyzed { .. } | E::Illustrated { .. } => drop(holders.remove(chapter)),
            _ => {}
        }
    }
}
