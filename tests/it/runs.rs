//! Every process leaves a record of its run; what is over can be cleaned up, and nothing else.

use std::fs;
use std::path::PathBuf;

use runs::{Listing, Shown, State};
use rustix::process::Signal;

use crate::support::{Process, Shelf};

fn listed(shelf: &Shelf) -> Listing {
    runs::of_project(&shelf.path("tale.woodcut"))
}

fn of(shelf: &Shelf, command: &str) -> Shown {
    let found: Vec<_> =
        listed(shelf).runs.into_iter().filter(|run| run.record.command == command).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

/// An analyzed and paused book, and a living process that waits to illustrate it.
fn waiting(shelf: &Shelf) -> Process {
    shelf.book(3);
    let _ = shelf.analyze().finish().code(0);
    let _ = shelf.woodcut(&["pause", "tale.woodcut"]).finish().code(0);
    let living = shelf.illustrate();
    living.wait_for_words("the book is paused");
    living
}

fn files(shelf: &Shelf) -> Vec<PathBuf> {
    let entries = fs::read_dir(shelf.path("tale.woodcut/runs")).unwrap().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

#[test]
fn every_process_of_a_run_leaves_a_record_and_a_log() {
    let shelf = Shelf::new();
    shelf.book(3);
    let _ = shelf.run("tale.md", &[]).code(0);
    let plates = shelf.tale().plates().len() as u64;
    for (command, stage, chapters, drawn, words) in [
        ("run", "binding", 0, 0, "illustrate: drew plate 1 of chapter 2"),
        ("analyze", "analysis", 3, 0, "INFO found 3 chapters"),
        ("illustrate", "illustration", 3, plates, "drew plate 1 of chapter 2"),
    ] {
        let Shown { state, record, log, .. } = of(&shelf, command);
        assert_eq!((state, record.exit_code), (State::Ended, Some(0)), "{record:?}");
        let counts = record.counts;
        assert_eq!((counts.chapters, counts.plates, counts.failed), (chapters, drawn, 0));
        assert!(record.stage == stage || record.stage == "waiting", "{record:?}");
        assert_eq!(record.worker.is_some(), command != "run");
        assert_eq!(record.arguments.first().map(String::as_str), Some(command));
        assert!(record.ended_at.unwrap() >= record.started_at);
        let log = fs::read_to_string(log).unwrap();
        assert!(log.contains(words), "{log}");
    }
    assert!(files(&shelf).iter().all(|file| file.extension().is_none_or(|end| end != "lock")));
    let all = shelf.woodcut(&["runs"]).finish().code(0);
    assert_eq!(all.out.lines().count(), 3, "known without being named: {}", all.out);
    let json = shelf.woodcut(&["runs", "tale.woodcut", "--json", "--limit", "2"]).finish().code(0);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2);
    assert_eq!(json[0]["state"], "ended");
    let begun = |nth: usize| json[nth]["started_at"].as_str().unwrap().to_owned();
    assert!(begun(0) >= begun(1), "newest first");
}

#[test]
fn who_was_killed_shows_as_crashed_and_who_lives_is_never_cleaned_up() {
    let shelf = Shelf::new();
    let living = waiting(&shelf);
    let killed = shelf.illustrate();
    killed.wait_for_words("the book is paused");
    let _ = killed.kill();
    let states = |state| listed(&shelf).runs.iter().filter(|run| run.state == state).count();
    assert_eq!((states(State::Running), states(State::Crashed)), (1, 1));
    let active = shelf.woodcut(&["runs", "tale.woodcut", "--active"]).finish().code(0);
    assert_eq!(active.out.lines().count(), 1, "{}", active.out);

    let manifest = fs::read(shelf.path("tale.woodcut/manifest.json")).unwrap();
    let before = files(&shelf);
    let clean = |more: &[&str]| {
        shelf.woodcut(&[&["clean", "tale.woodcut"], more].concat()).finish().code(0).out
    };
    assert_eq!(clean(&[]), "", "nothing is a day old");
    let planned = clean(&["--older-than", "0s", "--dry-run"]);
    assert_eq!(files(&shelf), before);
    assert_eq!(clean(&["--older-than", "0s"]).lines().count(), planned.lines().count());
    let left = listed(&shelf).runs;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].state, State::Running);
    assert_eq!(files(&shelf).len(), 3, "record, log and sign of life of who lives");
    assert_eq!(fs::read(shelf.path("tale.woodcut/manifest.json")).unwrap(), manifest);
    living.signal(Signal::TERM);
    let _ = living.finish().code(130);
    assert_eq!(of(&shelf, "illustrate").record.exit_code, Some(130));
}

#[test]
fn a_damaged_or_foreign_record_is_one_warning() {
    let shelf = Shelf::new();
    shelf.book(2);
    let _ = shelf.run("tale.md", &[]).code(0);
    let record = fs::read(files(&shelf).first().unwrap()).unwrap();
    shelf.file("tale.woodcut/runs/foreign.json", record);
    shelf.file("tale.woodcut/runs/damaged.json", "{\"id\": \"dam");
    let listed = shelf.woodcut(&["runs", "tale.woodcut"]).finish().code(0);
    assert_eq!(listed.out.lines().count(), 3, "{}", listed.out);
    assert_eq!(listed.lines_with("is no record of a run"), 2, "{}", listed.err);
    let _ = shelf.run("tale.woodcut", &[]).code(0);
}

#[test]
fn no_secret_stands_in_a_record() {
    let shelf = Shelf::new();
    shelf.book(2);
    let secret = "sk-0123456789abcdef";
    let _ = shelf.woodcut(&["analyze", "tale.md", "-o", secret]).finish().code(0);
    let runs = runs::of_project(&shelf.path(secret)).runs;
    assert_eq!(runs[0].record.arguments, ["analyze", "tale.md", "-o", "[hidden]"]);
}

#[test]
fn details_are_logged_when_asked_for() {
    let shelf = Shelf::new();
    shelf.book(1);
    let _ = shelf.run("tale.md", &["-v"]).code(0);
    let log = fs::read_to_string(of(&shelf, "illustrate").log).unwrap();
    assert!(log.contains("DEBUG was at a chapter"), "{log}");
}

#[test]
fn who_is_asked_before_each_picture_draws_one_at_a_time_on_a_terminal() {
    let shelf = Shelf::new();
    shelf.book(2);
    for command in [&["run", "tale.md"][..], &["illustrate", "tale.woodcut"]] {
        let more = [command, &["--confirm", "--workers", "2"]].concat();
        let usage = shelf.woodcut(&more).finish().code(2);
        assert!(usage.err.contains("cannot be used with"), "{}", usage.err);
        let blind = shelf.woodcut(&[command, &["--confirm"]].concat()).finish().code(1);
        assert!(blind.err.contains("asks on a terminal"), "{}", blind.err);
    }
}
