//! What a person asks for is obeyed by daemons that run.

use manifest::{ChapterEvent, ChapterId, Event, Status, Token, WorkerId};

use crate::support::{Finished, Process, Project, Shelf};

const CHAPTERS: usize = 120;

/// A run with enough left to do, and its project.
fn under_way(shelf: &Shelf) -> (Process, Project) {
    shelf.book(CHAPTERS);
    let run = shelf.woodcut(&["run", "tale.md", "--size", "64x96"]);
    let project = shelf.tale();
    project.wait_until(|m| m.count(Status::Pending) < CHAPTERS && m.chapters_listed);
    (run, project)
}

fn ask(shelf: &Shelf, words: &[&str]) -> Finished {
    shelf.woodcut(&[words, &["tale.woodcut"]].concat()).finish()
}

#[test]
fn a_paused_run_waits_and_then_goes_on() {
    let shelf = Shelf::new();
    let (run, project) = under_way(&shelf);
    let paused = ask(&shelf, &["pause"]).code(0);
    assert!(paused.out.contains("`woodcut resume tale.woodcut` goes on"), "{}", paused.out);
    project.wait_until(|m| m.claims().next().is_none());
    let serial = || project.store().view(|m| m.serial).unwrap();
    let (before, plates) = (serial(), project.plates());
    let again = ask(&shelf, &["pause"]).code(0);
    assert!(again.out.contains("paused already"), "{}", again.out);
    run.wait_for_words("illustrate: waiting because the book is paused");
    assert_eq!((serial(), project.plates()), (before, plates));
    let _ = ask(&shelf, &["resume"]).code(0);
    let _ = run.finish().code(0);
    project.assert_done(CHAPTERS);
}

#[test]
fn a_cancelled_run_ends_and_can_be_taken_up_again() {
    let shelf = Shelf::new();
    let (run, project) = under_way(&shelf);
    let _ = ask(&shelf, &["cancel"]).code(0);
    let ended = run.finish().code(4);
    assert!(ended.err.contains("cancelled; `woodcut resume tale.woodcut`"), "{}", ended.err);
    assert!(project.is(|m| m.claims().next().is_none() && !m.illustrate_complete()));
    assert!(project.store().workers().unwrap().is_empty());
    let refused = ask(&shelf, &["pause"]).code(1);
    assert!(refused.err.contains("`woodcut resume tale.woodcut` takes that back"));
    let _ = shelf.run("tale.woodcut", &[]).code(4);
    let resumed = ask(&shelf, &["resume"]).code(0);
    assert!(resumed.err.contains("`woodcut run tale.woodcut`"), "{}", resumed.err);
    let before = project.plates();
    let _ = shelf.run("tale.woodcut", &[]).code(0);
    project.assert_done(CHAPTERS);
    let after = project.plates();
    assert!(before.iter().all(|(plate, inode)| after.get(plate) == Some(inode)));
}

#[test]
fn what_failed_is_tried_again_when_asked() {
    let shelf = Shelf::new();
    shelf.book(3);
    let _ = shelf.analyze().finish().code(0);
    let project = shelf.tale();
    let fail = |manifest: &manifest::Manifest| {
        let token = Token(manifest.serial.next().0);
        let worker = WorkerId("somebody".into());
        let failed = ChapterEvent::Failed { token, message: "no".into(), retry_at: None };
        let changes = [ChapterEvent::IllustrationClaimed { worker }, failed];
        (changes.map(|change| Event::Chapter { chapter: ChapterId(2), change }).to_vec(), ())
    };
    project.store().update(fail).unwrap();
    let _ = shelf.illustrate().finish().code(3);
    let retried = ask(&shelf, &["retry", "--failed"]).code(0);
    assert!(retried.out.contains("1 thing is tried again"), "{}", retried.out);
    let again = ask(&shelf, &["retry", "--failed"]).code(0);
    assert!(again.out.contains("nothing is there to be tried again"), "{}", again.out);
    let _ = shelf.illustrate().finish().code(0);
    project.assert_done(3);
}

#[test]
fn a_reset_chapter_is_done_again_and_no_other() {
    let shelf = Shelf::new();
    shelf.book(3);
    let _ = shelf.run("tale.md", &[]).code(0);
    let project = shelf.tale();
    let before = project.plates();
    for step in ["illustration", "analysis"] {
        let _ = ask(&shelf, &["reset", "--step", step, "--chapter", "2"]).code(0);
        assert!(project.plates().keys().all(|plate| !plate.starts_with("002-")));
        let _ = shelf.run("tale.woodcut", &[]).code(0);
        project.assert_done(3);
    }
    for (plate, inode) in project.plates() {
        assert!(plate.starts_with("002-") || before.get(&plate) == Some(&inode), "{plate}");
    }
    let refused = ask(&shelf, &["reset", "--step", "analysis", "--chapter", "9"]).code(1);
    assert!(refused.err.contains("the book has no chapter 9"), "{}", refused.err);
    let finished = ask(&shelf, &["pause"]).code(1);
    assert!(finished.err.contains("nothing is left to do on this book"), "{}", finished.err);
}
