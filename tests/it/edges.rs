//! Books at the edges of what a book is, and projects with something missing.

use std::fs;

use crate::support::Shelf;

#[test]
fn one_chapter() {
    let shelf = Shelf::new();
    shelf.book(1);
    let _ = shelf.run("tale.md", &[]).code(0);
    shelf.tale().assert_done(1);
}

#[test]
fn an_empty_book_is_an_error() {
    let shelf = Shelf::new();
    shelf.file("tale.md", "");
    let ended = shelf.run("tale.md", &[]).code(1);
    assert!(ended.err.contains("tale.md"), "{}", ended.err);
    assert!(!shelf.tale().0.join("manifest.json").exists());
}

#[test]
fn front_matter_only_is_an_error_that_says_so() {
    let shelf = Shelf::new();
    shelf.file("tale.md", "# The Ferry\n\n## Dedication\n\nTo nobody.\n\n## Copyright\n\nNone.\n");
    let ended = shelf.run("tale.md", &[]).code(1);
    assert!(ended.err.contains("no story"), "{}", ended.err);
}

#[test]
fn a_thousand_tiny_chapters() {
    let shelf = Shelf::new();
    shelf.book(1000);
    let _ = shelf.run("tale.md", &["--workers", "4"]).code(0);
    shelf.tale().assert_done(1000);
}

#[test]
fn two_chapters_with_one_title() {
    let shelf = Shelf::new();
    let one = "## The Same\n\nAda Brook rowed across the dark river in the rain.\n\n";
    shelf.file("tale.md", format!("# The Ferry\n\n{one}{one}"));
    let _ = shelf.run("tale.md", &[]).code(0);
    shelf.tale().assert_done(2);
}

#[test]
fn a_chapter_of_one_word() {
    let shelf = Shelf::new();
    shelf.file("tale.md", "# The Ferry\n\n## One\n\nRain.\n\n## Two\n\nAda Brook rowed on.\n");
    let _ = shelf.run("tale.md", &[]).code(0);
    shelf.tale().assert_done(2);
}

#[test]
fn a_chapter_of_two_hundred_thousand_words() {
    let shelf = Shelf::new();
    let sentence = "Ada Brook pushed the black boat into the river while rain fell on reeds. ";
    let text = sentence.repeat(200_000 / sentence.split_whitespace().count());
    shelf.file("tale.md", format!("# The Ferry\n\n## One\n\n{text}\n"));
    let _ = shelf.run("tale.md", &["--pages-per-image", "200"]).code(0);
    shelf.tale().assert_done(1);
}

#[test]
fn a_deleted_view_is_made_again() {
    let shelf = Shelf::new();
    shelf.book(3);
    let _ = shelf.run("tale.md", &[]).code(0);
    let before = shelf.tale().results();
    fs::remove_file(shelf.tale().0.join("Elements.md")).unwrap();
    let _ = shelf.run("tale.md", &[]).code(0);
    assert_eq!(shelf.tale().results(), before);
}

#[test]
fn a_deleted_plate_is_drawn_again_and_no_other() {
    let shelf = Shelf::new();
    shelf.book(5);
    let _ = shelf.run("tale.md", &[]).code(0);
    let (before, plates) = (shelf.tale().results(), shelf.tale().plates());
    let victim = plates.keys().nth(2).unwrap();
    fs::remove_file(shelf.tale().0.join("plates").join(victim)).unwrap();
    let ended = shelf.run("tale.md", &[]).code(0);
    assert_eq!(ended.lines_with("drew plate"), 1, "{}", ended.err);
    assert_eq!(shelf.tale().results(), before);
    let again = shelf.tale().plates();
    assert!(plates.iter().all(|(name, inode)| name == victim || again.get(name) == Some(inode)));
}

#[test]
fn deleted_concepts_are_found_again_and_the_plates_stay() {
    let shelf = Shelf::new();
    shelf.book(5);
    let _ = shelf.run("tale.md", &[]).code(0);
    let (before, plates) = (shelf.tale().results(), shelf.tale().plates());
    fs::remove_file(shelf.tale().0.join("concepts/003.json")).unwrap();
    let ended = shelf.run("tale.md", &[]).code(0);
    assert_eq!(ended.lines_with("analyzed chapter 3"), 1, "{}", ended.err);
    assert_eq!((shelf.tale().results(), shelf.tale().plates()), (before, plates));
}

#[test]
fn analyze_may_be_started_when_all_is_done() {
    let shelf = Shelf::new();
    shelf.book(3);
    let _ = shelf.run("tale.md", &[]).code(0);
    let before = shelf.tale().results();
    let _ = shelf.analyze().finish().code(0);
    let _ = shelf.illustrate().finish().code(0);
    assert_eq!(shelf.tale().results(), before);
}

#[test]
fn a_title_is_never_a_command_a_path_or_markup() {
    let shelf = Shelf::new();
    let evil = "../../$(touch pwned) <script>alert(1)</script> `touch pwned`; touch pwned";
    shelf.file("tale.md", format!("# {evil}\n\n## {evil}\n\nAda Brook rowed in the rain.\n"));
    let _ = shelf.run("tale.md", &[]).code(0);
    shelf.tale().assert_done(1);
    assert!(!shelf.path("pwned").exists() && !shelf.tale().0.join("pwned").exists());
    let md = fs::read_to_string(shelf.tale().0.join("Chapters.md")).unwrap();
    assert!(!md.contains("<script>"), "{md}");
}
