//! What a person learns at a glance: why work is left, how several projects are, what would be done.

use std::fs;

use crate::support::Shelf;

/// A finished book of so many chapters.
fn finished(chapters: usize) -> Shelf {
    let shelf = Shelf::new();
    shelf.book(chapters);
    let _ = shelf.run("tale.md", &[]).code(0);
    shelf
}

#[test]
fn a_book_left_at_its_limit_is_not_called_stalled() {
    let shelf = Shelf::new();
    shelf.book(4);
    let _ = shelf.run("tale.md", &["--limit", "2"]).code(3);
    let said = shelf.woodcut(&["status", "tale.woodcut"]).finish().code(0).out;
    assert!(
        said.contains("left by choice") && said.contains("`woodcut run tale.woodcut`"),
        "{said}"
    );
    // Programs are told the same word as ever.
    let json = shelf.woodcut(&["status", "tale.woodcut", "--json"]).finish().code(0).out;
    assert!(json.contains("\"overall\": \"stalled\""), "{json}");
}

#[test]
fn a_bound_book_with_another_plate_is_to_be_bound_again() {
    let shelf = finished(2);
    let _ = shelf.woodcut(&["redraw", "tale.woodcut", "1:1", "--seed", "7"]).finish().code(0);
    let said = shelf.woodcut(&["status", "tale.woodcut"]).finish().code(0).out;
    assert!(said.contains("to be bound again") && said.contains("`woodcut bind tale"), "{said}");
    let _ = shelf.woodcut(&["bind", "tale.woodcut"]).finish().code(0);
    let said = shelf.woodcut(&["status", "tale.woodcut"]).finish().code(0).out;
    assert!(said.contains("completed"), "{said}");
}

#[test]
fn several_projects_are_a_line_each_and_a_damaged_one_hides_no_other() {
    let shelf = finished(2);
    shelf.file("other.md", crate::support::tale(3));
    let _ = shelf.run("other.md", &["--limit", "1"]).code(3);
    let table = shelf.woodcut(&["status"]).finish().code(0).out;
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(
        lines[1].starts_with("other.woodcut") && lines[1].contains("left by choice"),
        "{table}"
    );
    assert!(lines[2].starts_with("tale.woodcut") && lines[2].contains("100 %"), "{table}");
    let json = shelf.woodcut(&["status", ".", "--json"]).finish().code(0).out;
    let reports: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(reports[1]["progress"]["plates"], 2);
    for file in ["manifest.json", "manifest.json.prev"] {
        shelf.file(&format!("tale.woodcut/{file}"), "{");
    }
    let ended = shelf.woodcut(&["status"]).finish().code(3);
    assert!(ended.out.contains("other.woodcut"), "{}", ended.out);
    assert!(ended.err.contains("`woodcut doctor tale.woodcut`"), "{}", ended.err);
}

#[test]
fn doctor_says_as_json_what_it_says_in_words() {
    let shelf = finished(2);
    let doctor = |more: &[&str], code| {
        let arguments = [&["doctor", "tale.woodcut", "--json"], more].concat();
        let json = shelf.woodcut(&arguments).finish().code(code).out;
        serde_json::from_str::<serde_json::Value>(&json).unwrap()
    };
    assert_eq!(doctor(&[], 0)["health"], "sound");
    shelf.file("tale.woodcut/manifest.json", "{");
    let damaged = doctor(&[], 3);
    assert_eq!(damaged["health"], "damaged");
    assert_eq!(damaged["next"], "woodcut doctor tale.woodcut --repair");
    let mended = doctor(&["--repair"], 0);
    assert!(mended["mended"]["event"].is_u64(), "{mended}");
    assert_eq!(doctor(&[], 0)["health"], "sound");
}

#[test]
fn a_reset_that_is_tried_out_names_the_files_and_changes_nothing() {
    let shelf = finished(3);
    let before = shelf.tale().results();
    let arguments = ["reset", "tale.woodcut", "--step", "analysis", "--chapter", "2", "--dry-run"];
    let ended = shelf.woodcut(&arguments).finish().code(0);
    assert!(ended.out.contains("concepts/002.json") && !ended.out.contains("003"), "{}", ended.out);
    assert!(ended.err.contains("1 chapter would be done again"), "{}", ended.err);
    assert_eq!(shelf.tale().results(), before);
    shelf.tale().assert_done(3);
    let wrong = ["reset", "tale.woodcut", "--step", "analysis", "--chapter", "9", "--dry-run"];
    let ended = shelf.woodcut(&wrong).finish().code(1);
    assert!(ended.err.contains("no chapter 9"), "{}", ended.err);
}

#[test]
fn a_book_that_was_moved_is_found_again_and_bound() {
    let shelf = Shelf::new();
    shelf.book(3);
    let _ = shelf.run("tale.md", &["--limit", "1"]).code(3);
    fs::create_dir(shelf.path("away")).unwrap();
    fs::rename(shelf.path("tale.md"), shelf.path("away/ferry.md")).unwrap();
    let lost = shelf.run("tale.woodcut", &[]).code(1);
    assert!(lost.err.contains("`woodcut run BOOK -o tale.woodcut`"), "{}", lost.err);
    let _ = shelf.run("away/ferry.md", &["-o", "tale.woodcut"]).code(0);
    shelf.tale().assert_done(3);
    let _ = shelf.woodcut(&["chapters", "tale.woodcut"]).finish().code(0);
    let _ = shelf.woodcut(&["bind", "tale.woodcut", "--format", "html"]).finish().code(0);
}
