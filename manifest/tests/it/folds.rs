//! Folding the journal into `manifest.json`, and readers that lag behind it.

use manifest::journal;
use manifest::{Notice, Store};
use serde_json::Value;

use crate::acts;
use crate::project::{Acts, Project};

fn snapshot(project: &Project) -> Value {
    serde_json::from_slice(&project.read("manifest.json")).unwrap()
}

fn journal_lines(project: &Project) -> usize {
    String::from_utf8(project.read("manifest.journal")).unwrap().lines().count() - 1
}

#[test]
fn a_fold_empties_the_journal_into_the_snapshot() {
    let project = Project::new(3);
    let store = project.open();
    store.go_on(10);
    let before = store.state();
    store.fold().unwrap();
    assert_eq!(snapshot(&project)["serial"], 11);
    assert_eq!(journal_lines(&project), 0);
    assert_eq!(store.state(), before);
    assert_eq!(project.open().state(), before);
}

#[test]
fn a_second_fold_without_news_writes_nothing() {
    let project = Project::new(3);
    let store = project.open();
    store.fold().unwrap();
    let before = std::fs::metadata(project.path("manifest.json")).unwrap().modified().unwrap();
    store.fold().unwrap();
    project.open().fold().unwrap();
    let after = std::fs::metadata(project.path("manifest.json")).unwrap().modified().unwrap();
    assert_eq!(before, after);
}

/// A reader that has missed so many folds sees the present all the same.
fn lag(folds: usize) {
    let project = Project::new(3);
    let (reader, writer) = (project.open(), project.open());
    for _ in 0..folds {
        writer.go_on(3);
        writer.fold().unwrap();
    }
    writer.go_on(2);
    assert_eq!(reader.state(), writer.state());
    reader.go_on(1);
    assert_eq!(reader.state(), writer.state());
}

#[test]
fn a_reader_may_miss_one_fold() {
    lag(1);
}

#[test]
fn a_reader_may_miss_two_folds() {
    lag(2);
}

#[test]
fn a_reader_may_miss_many_folds() {
    lag(5);
}

/// Puts the project into the state after a crash between the two renames of a fold.
fn half_folded() -> (Project, Store) {
    let project = Project::new(3);
    let store = project.open();
    store.go_on(5);
    let journal = project.read("manifest.journal");
    store.fold().unwrap();
    project.write("manifest.journal", journal);
    (project, store)
}

#[test]
fn a_journal_that_begins_before_the_snapshot_ends_is_skipped() {
    let (project, _) = half_folded();
    let after = project.open();
    assert_eq!(after.serial(), 6);
    after.go_on(1);
    assert_eq!(project.open().serial(), 7);
}

#[test]
fn a_journal_that_lost_its_tail_to_a_snapshot_is_begun_anew() {
    let (project, _) = half_folded();
    project.change("manifest.journal", |bytes| bytes.truncate(bytes.len() - 150));
    let after = project.open();
    assert_eq!(after.serial(), 6);
    after.go_on(1);
    assert_eq!(project.open().serial(), 7);
    let (header, _) = journal::header(&project.read("manifest.journal")).unwrap();
    assert_eq!(header.base.0, 6);
}

#[test]
fn a_torn_tail_is_dropped_and_said() {
    let project = Project::new(3);
    project.open().go_on(2);
    project.change("manifest.journal", |bytes| bytes.truncate(bytes.len() - 5));
    let torn = project.read("manifest.journal");
    let store = project.open();
    assert_eq!(store.serial(), 2);
    store.go_on(1);
    assert!(matches!(project.notices()[..], [Notice::TornTail { .. }]), "{:?}", project.notices());
    assert_eq!(project.open().serial(), 3);
    assert_eq!(project.read("manifest.journal.prev"), torn, "it is kept for who wants to look");
}

#[test]
fn one_chapter_is_one_line() {
    let project = Project::new(3);
    project.open().fold().unwrap();
    let text = String::from_utf8(project.read("manifest.json")).unwrap();
    assert_eq!(text.lines().filter(|line| line.contains("\"status\"")).count(), 3);
}

#[test]
fn fields_that_nobody_knows_survive_a_fold() {
    let project = Project::new(3);
    let store = project.open();
    store.fold().unwrap();
    let mut manifest = store.state();
    manifest.extra.insert("shelf".into(), "B 7".into());
    project.write("manifest.json", manifest::format::print(&manifest).unwrap());
    let other = project.open();
    other.go_on(1);
    other.fold().unwrap();
    assert_eq!(snapshot(&project)["shelf"], "B 7");
}

#[test]
fn older_readers_find_their_fields() {
    let project = Project::new(1);
    let store = project.open();
    let mut steps = 0;
    while !store.state().illustrate_complete() {
        store.go_on(1);
        steps += 1;
        assert!(steps < 30, "{:?}", acts::legal(&store.state()));
    }
    store.fold().unwrap();
    let fields = snapshot(&project);
    assert_eq!(fields["book_id"], "The Bell");
    assert_eq!(fields["analyze_complete"], true);
    assert_eq!(fields["illustrate_complete"], true);
    assert_eq!(fields["chapters"]["1"]["status"], "illustration_complete");
    assert_eq!(fields["chapters"]["1"]["concepts"], 2);
}
