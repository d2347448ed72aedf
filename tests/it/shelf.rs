//! Several books in one run.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use manifest::Status;
use rustix::process::Signal;
use serde_json::Value;

use crate::support::{Finished, Process, Project, Shelf, tale};

/// A folder with three books, one of them broken, and what is none.
fn shelf(chapters: usize) -> Shelf {
    let shelf = Shelf::new();
    fs::create_dir(shelf.path("books")).unwrap();
    for name in ["ada", "tom"] {
        shelf.file(&format!("books/{name}.md"), tale(chapters));
    }
    shelf.file("books/broken.epub", "no archive");
    shelf.file("books/cover.jpg", "no book");
    shelf
}

fn run(shelf: &Shelf, more: &[&str]) -> Process {
    shelf.woodcut(&[&["run", "--size", "64x96"], more].concat())
}

fn project(shelf: &Shelf, name: &str) -> Project {
    Project(shelf.path(name))
}

fn fates(ended: &Finished) -> Vec<Value> {
    serde_json::from_str(&ended.out).unwrap()
}

#[test]
fn a_book_that_fails_stops_no_other() {
    let shelf = shelf(2);
    let ended = run(&shelf, &["books"]).finish().code(1);
    assert_eq!(ended.out, "ada.woodcut/out/ada.epub\ntom.woodcut/out/tom.epub\n");
    assert!(ended.err.contains("broken  failed: "), "{}", ended.err);
    assert!(ended.err.ends_with("woodcut: 1 of 3 books failed\n"), "{}", ended.err);
    for name in ["ada.woodcut", "tom.woodcut"] {
        project(&shelf, name).assert_done(2);
    }
}

#[test]
fn books_at_once_give_the_same_bytes_as_one_after_the_other() {
    let [one, all] = ["1", "3"].map(|at_once| {
        let shelf = shelf(3);
        let arguments = ["--json", "--books-at-once", at_once, "-o", "out", "books", "gone.md"];
        let ended = run(&shelf, &arguments).finish().code(1);
        let fates = fates(&ended);
        let short = |fate: &Value| {
            let name = fate["book"].as_str().unwrap().to_owned();
            (name, fate["status"].as_str().unwrap().to_owned(), fate["plates"].as_u64())
        };
        let short: Vec<_> = fates.iter().map(short).collect();
        let results =
            ["ada", "tom"].map(|name| project(&shelf, &format!("out/{name}.woodcut")).results());
        (short, results)
    });
    let expected = [
        ("books/ada.md", "complete", 3),
        ("books/broken.epub", "failed", 0),
        ("books/tom.md", "complete", 3),
        ("gone.md", "failed", 0),
    ];
    let expected = expected.map(|(book, status, n)| (book.to_owned(), status.to_owned(), Some(n)));
    assert_eq!(one.0, expected);
    assert_eq!(all.0, expected);
    assert!(one.1 == all.1, "the order of the books left a trace");
}

#[test]
fn a_shelf_that_is_killed_goes_on_and_draws_nothing_twice() {
    for at_once in ["1", "2"] {
        let shelf = shelf(12);
        fs::remove_file(shelf.path("books/broken.epub")).unwrap();
        let arguments = ["--books-at-once", at_once, "books"];
        let first = run(&shelf, &arguments);
        project(&shelf, "tom.woodcut").wait_until(|m| m.count(Status::Illustrated) >= 2);
        let _ = first.kill();
        let projects = ["ada.woodcut", "tom.woodcut"].map(|name| project(&shelf, name));
        let before = projects.each_ref().map(Project::plates);
        let again = run(&shelf, &arguments).finish().code(0);
        let drawn = again.lines_with("drew plate");
        let had: usize = before.iter().map(std::collections::BTreeMap::len).sum();
        assert!(had > 0 && drawn > 0, "killed too early or too late: {had} and {drawn}");
        for (project, before) in projects.iter().zip(&before) {
            project.assert_done(12);
            let now = project.plates();
            assert!(before.iter().all(|(name, inode)| now.get(name) == Some(inode)), "drawn twice");
        }
    }
}

#[test]
fn an_interrupt_ends_all_books_within_a_second() {
    let shelf = Shelf::new();
    let names = ["ada", "bea", "tom"];
    for name in names {
        shelf.file(&format!("{name}.md"), tale(60));
    }
    let running = run(&shelf, &["--json", "--books-at-once", "2", "ada.md", "bea.md", "tom.md"]);
    for name in ["ada.woodcut", "bea.woodcut"] {
        project(&shelf, name).wait_until(|m| m.count(Status::Illustrated) >= 1);
    }
    let asked = Instant::now();
    running.signal(Signal::INT);
    let ended = running.finish().code(130);
    // A second, and as much again for a machine that is busy.
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    let fates = fates(&ended);
    let how: Vec<_> = fates.iter().map(|fate| fate["status"].as_str().unwrap()).collect();
    assert_eq!(how, ["interrupted", "interrupted", "not_begun"]);
    assert!(project(&shelf, "ada.woodcut").is(|m| m.claims().count() == 0));
    assert!(!Path::new(&shelf.path("tom.woodcut")).exists());
}

#[test]
fn projects_and_books_of_the_same_name_are_told_apart() {
    let shelf = shelf(2);
    fs::remove_file(shelf.path("books/broken.epub")).unwrap();
    fs::create_dir(shelf.path("more")).unwrap();
    shelf.file("more/ada.md", tale(3));
    let ended = run(&shelf, &["books", "more", "books/ada.md"]).finish().code(1);
    assert_eq!(ended.out.lines().count(), 2, "{}", ended.out);
    assert!(ended.err.contains("would have the same project as books/ada.md"), "{}", ended.err);
    // Gone on with where it lies, as project and as book.
    fs::rename(shelf.path("ada.woodcut"), shelf.path("books/ada.woodcut")).unwrap();
    let again = run(&shelf, &["books"]).finish().code(0);
    assert_eq!(again.out, "books/ada.woodcut/out/ada.epub\ntom.woodcut/out/tom.epub\n");
    assert_eq!(again.lines_with("drew plate"), 0, "{}", again.err);
    fs::create_dir(shelf.path("empty")).unwrap();
    let none = run(&shelf, &["empty"]).finish().code(1);
    assert!(none.err.contains("empty holds neither books nor projects"), "{}", none.err);
}
