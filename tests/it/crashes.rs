//! `kill -9` at random instants, and what is left by it.

use crate::support::{Dice, Project, Shelf};

/// How often the daemons are killed; see `a_hundred_kills_lose_nothing_and_draw_nothing_twice`.
const ROUNDS: usize = 100;
const CHAPTERS: usize = 60;

#[test]
fn a_hundred_kills_lose_nothing_and_draw_nothing_twice() {
    let shelf = Shelf::new();
    shelf.book(CHAPTERS);
    let project = shelf.tale();
    let mut dice = Dice::new(1);
    for round in 0..ROUNDS {
        let before = project.plates();
        let (analyze, illustrate) = (shelf.analyze(), shelf.illustrate());
        wait_for_events(&project, dice.roll(16));
        match dice.roll(3) {
            0 => drop((analyze.kill(), illustrate.kill())),
            1 => drop((illustrate.kill(), analyze.kill())),
            _ => drop(analyze.kill()),
        }
        let after = project.plates();
        for (plate, inode) in &before {
            assert_eq!(after.get(plate), Some(inode), "round {round} drew {plate} again");
        }
    }
    let before = project.plates();
    let (analyze, illustrate) = (shelf.analyze(), shelf.illustrate());
    let _ = analyze.finish().code(0);
    let _ = illustrate.finish().code(0);
    project.assert_done(CHAPTERS);
    let after = project.plates();
    assert!(before.iter().all(|(plate, inode)| after.get(plate) == Some(inode)));
    no_litter(&project);
}

/// Waits until so many events have happened since, or everything has.
fn wait_for_events(project: &Project, events: u64) {
    let serial = || project.is(|_| true).then(|| project.store().view(|m| m.serial.0).unwrap());
    let start = serial().unwrap_or(0);
    project.wait_until(|m| m.serial.0 >= start + events || m.illustrate_complete());
}

/// Files that are still being written when their writer dies are swept up.
fn no_litter(project: &Project) {
    for folder in ["", "plates", "concepts", "elements"] {
        for entry in std::fs::read_dir(project.0.join(folder)).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            assert!(!name.starts_with(".beside-"), "{folder}/{name} was left behind");
        }
    }
}

#[test]
fn run_restarts_a_daemon_that_dies() {
    let shelf = Shelf::new();
    shelf.book(60);
    let run = shelf.woodcut(&["run", "tale.md", "--size", "64x96"]);
    let project = shelf.tale();
    project.wait_until(|m| m.count(manifest::Status::Illustrated) >= 1);
    let workers = project.store().workers().unwrap();
    let victim = workers.iter().find(|worker| worker.role == manifest::Role::Illustrate).unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(victim.pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let ended = run.finish().code(0);
    assert!(ended.err.contains("`woodcut illustrate` died (signal: 9"), "{}", ended.err);
    project.assert_done(60);
}

#[test]
fn a_killed_run_leaves_no_daemon_behind() {
    let shelf = Shelf::new();
    shelf.book(300);
    let run = shelf.woodcut(&["run", "tale.md", "--size", "64x96"]);
    let project = shelf.tale();
    project.wait_until(|m| m.count(manifest::Status::Illustrated) >= 1);
    let _ = run.kill();
    let store = project.store();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !store.workers().unwrap().is_empty() {
        assert!(std::time::Instant::now() < deadline, "{:?}", store.workers());
        std::thread::yield_now();
    }
}
