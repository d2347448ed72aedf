//! Bound books pass EPUBCheck 5.3, the checker of the publishing industry.
//!
//! `WOODCUT_EPUBCHECK` names its jar and makes the check mandatory; without it, skipped with a word.

use std::path::Path;
use std::process::Command;

use crate::support::Shelf;

#[test]
fn bound_books_are_valid() {
    let Some(jar) = std::env::var_os("WOODCUT_EPUBCHECK") else {
        println!("skipped: WOODCUT_EPUBCHECK does not name epubcheck.jar");
        return;
    };
    let shelf = Shelf::new();
    shelf.book(4);
    let _ = shelf.run("tale.md", &[]).code(0);
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
    let example = format!("{examples}/the-borrowed-bell.epub");
    let _ = shelf.run(&example, &["-o", "bell"]).code(0);
    let bound = ["tale.woodcut/out/tale.epub", "bell/out/the-borrowed-bell.epub"];
    for book in bound.map(|name| shelf.path(name)).iter().chain([&example.into()]) {
        let report = Command::new("java").arg("-jar").arg(Path::new(&jar)).arg(book).output();
        let report = report.expect("a Java runtime");
        let text = String::from_utf8_lossy(&report.stderr);
        assert!(report.status.success(), "{}: {text}", book.display());
    }
}
