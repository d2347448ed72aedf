//! The two daemons at work on one project.

use std::fs;
use std::os::unix::fs::MetadataExt;

use manifest::{Status, Step};
use rustix::process::Signal;

use crate::support::{Finished, Shelf};

#[test]
fn a_chapter_is_drawn_while_later_ones_are_not_analyzed() {
    let shelf = Shelf::new();
    shelf.book(80);
    let analyze = shelf.woodcut(&["analyze", "tale.md", "--workers", "1"]);
    let project = shelf.tale();
    project.wait_until(|m| m.count(Status::Analyzed) >= 1);
    analyze.stop_without_lock(&project);
    assert!(!project.is(manifest::Manifest::analyze_complete), "stopped too late to show anything");
    let illustrate = shelf.illustrate();
    project.wait_until(|m| m.count(Status::Illustrated) >= 1);
    assert!(!project.is(manifest::Manifest::analyze_complete));
    analyze.signal(Signal::CONT);
    let _ = analyze.finish().code(0);
    let _ = illustrate.finish().code(0);
    project.assert_done(80);
}

#[test]
fn illustrate_may_be_started_first() {
    let shelf = Shelf::new();
    shelf.book(3);
    let illustrate = shelf.illustrate();
    illustrate.wait_for_words("no project in tale.woodcut yet");
    let _ = shelf.analyze().finish().code(0);
    let _ = illustrate.finish().code(0);
    shelf.tale().assert_done(3);
}

#[test]
fn who_waits_for_nobody_says_so() {
    let shelf = Shelf::new();
    shelf.book(40);
    let analyze = shelf.woodcut(&["analyze", "tale.md", "--workers", "1"]);
    shelf.tale().wait_until(|m| m.count(Status::Analyzed) >= 1);
    let _ = analyze.kill();
    let illustrate = shelf.illustrate();
    illustrate.wait_for_words("nobody is analyzing: `woodcut analyze tale.woodcut`");
    let _ = shelf.woodcut(&["analyze", "tale.woodcut"]).finish().code(0);
    let _ = illustrate.finish().code(0);
    shelf.tale().assert_done(40);
}

#[test]
fn five_of_each_do_everything_once() {
    let shelf = Shelf::new();
    shelf.book(30);
    let all: Vec<_> = (0..5).flat_map(|_| [shelf.analyze(), shelf.illustrate()]).collect();
    let all: Vec<Finished> = all.into_iter().map(|process| process.finish().code(0)).collect();
    let said = |what: &str| all.iter().map(|finished| finished.lines_with(what)).sum::<usize>();
    shelf.tale().assert_done(30);
    for chapter in 1..=30 {
        assert_eq!(said(&format!("analyzed chapter {chapter},")), 1);
        assert_eq!(said(&format!("of chapter {chapter}: plates/")), 1);
    }
    assert_eq!(said("looking for who and what recurs"), 1);
}

#[test]
fn the_daemons_work_as_programs_of_their_own() {
    let shelf = Shelf::new();
    shelf.book(3);
    let illustrate = shelf.program("woodcut-illustrate", &["tale.woodcut", "--size", "64x96"]);
    let _ = shelf.program("woodcut-analyze", &["tale.md"]).finish().code(0);
    let _ = illustrate.finish().code(0);
    shelf.tale().assert_done(3);
}

#[test]
fn a_second_run_finds_all_done() {
    let shelf = Shelf::new();
    shelf.book(6);
    let first = shelf.run("tale.md", &[]).code(0);
    assert_eq!(first.out.trim_end(), "tale.woodcut/out/tale.epub");
    let before = shelf.tale().results();
    let bound = || fs::metadata(shelf.path(first.out.trim_end())).unwrap().ino();
    let file = bound();
    let again = shelf.run("tale.md", &[]).code(0);
    assert_eq!((&again.out, bound()), (&first.out, file), "the book was bound again");
    assert_eq!(again.lines_with("drew plate") + again.lines_with("analyzed chapter"), 0);
    assert_eq!(shelf.tale().results(), before);
}

#[test]
fn an_interrupt_gives_the_claims_back() {
    for signal in [Signal::INT, Signal::TERM] {
        let shelf = Shelf::new();
        shelf.book(60);
        let run = shelf.woodcut(&["run", "tale.md", "--size", "64x96"]);
        shelf.tale().wait_until(|m| m.count(Status::Illustrated) >= 1);
        run.signal(signal);
        let ended = run.finish().code(130);
        assert!(ended.err.contains("`woodcut run tale.woodcut` goes on"), "{}", ended.err);
        assert!(shelf.tale().is(|m| m.claims().count() == 0), "{}", shelf.tale().manifest());
        assert!(shelf.tale().is(|m| m.chapters().values().all(|chapter| chapter.attempts == 0)));
        let _ = shelf.run("tale.woodcut", &[]).code(0);
        shelf.tale().assert_done(60);
    }
}

#[test]
fn a_dead_workers_claim_is_taken_at_once_and_a_stopped_ones_is_not() {
    let shelf = Shelf::new();
    shelf.book(40);
    let _ = shelf.analyze().finish().code(0);
    let stopped = shelf.woodcut(&["illustrate", "tale.woodcut", "--workers", "1"]);
    let project = shelf.tale();
    project.wait_until(|m| m.count(Status::Illustrating) == 1);
    stopped.stop_without_lock(&project);
    let claim = || {
        project
            .store()
            .view(|m| m.claims().next().map(|(unit, claim)| (unit, claim.token)))
            .unwrap()
    };
    let held = claim();
    let other = shelf.illustrate();
    project.wait_until(|m| {
        m.with_status(Status::Analyzed).next().is_none() && m.count(Status::Illustrating) <= 1
    });
    assert!(held.is_none() || claim() == held, "a living worker lost its claim");
    let _ = stopped.kill();
    let _ = other.finish().code(0);
    project.assert_done(40);
    assert!(project.is(|m| manifest::decide::claim(m, Step::Illustration, &worker()).is_none()));
}

fn worker() -> manifest::WorkerId {
    manifest::WorkerId("nobody".to_owned())
}
