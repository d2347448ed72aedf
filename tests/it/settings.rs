//! The configuration as a user meets it.

use std::fs;

use crate::support::Shelf;

#[test]
fn what_was_chosen_for_a_book_is_kept_with_it() {
    let shelf = Shelf::new();
    shelf.book(2);
    let arguments = ["analyze", "tale.md", "--pages-per-image", "3"];
    let _ = shelf.woodcut(&arguments).finish().code(0);
    let drawing = ["illustrate", "tale.woodcut", "--size", "64x96", "--style", "etching"];
    let _ = shelf.woodcut(&drawing).finish().code(0);
    let before = shelf.tale().plates();
    fs::remove_dir_all(shelf.path("tale.woodcut/plates")).unwrap();
    let _ = shelf.woodcut(&["run", "tale.woodcut"]).finish().code(0);
    assert!(shelf.tale().plates().keys().eq(before.keys()), "the same style, size and names");
    let shown = shelf.woodcut(&["config", "tale.woodcut", "--show-origin"]).finish().code(0).out;
    let kept = |key: &str| shown.lines().any(|l| l.starts_with(key) && l.contains("woodcut.toml:"));
    assert!(kept("plates.style = \"etching\"") && kept("reading.pages_per_image = 3.0"), "{shown}");
}

#[test]
fn a_mistake_in_the_file_is_told_with_its_line_before_anything_is_done() {
    let shelf = Shelf::new();
    shelf.book(2);
    fs::create_dir(shelf.path("tale.woodcut")).unwrap();
    shelf.file("tale.woodcut/woodcut.toml", "[plates]\nstile = 'etching'\n");
    for command in [&["run", "tale.md"][..], &["analyze", "tale.md"], &["config", "tale.woodcut"]] {
        let ended = shelf.woodcut(command).finish().code(1);
        let told = "woodcut.toml:2: `plates.stile` is no key; did you mean `plates.style`?";
        assert!(ended.err.contains(told), "{}", ended.err);
    }
    assert!(!shelf.path("tale.woodcut/manifest.json").exists());
}

#[test]
fn init_writes_a_file_that_changes_nothing_and_never_replaces_one() {
    let shelf = Shelf::new();
    shelf.book(2);
    let _ = shelf.woodcut(&["init", "tale.woodcut"]).finish().code(0);
    let _ = shelf.run("tale.md", &[]).code(0);
    shelf.tale().assert_done(2);
    let again = shelf.woodcut(&["init", "tale.woodcut"]).finish().code(1);
    assert!(again.err.contains("is there already"), "{}", again.err);
    // Nobody would read a file that lies beside the projects.
    let beside = shelf.woodcut(&["init"]).finish().code(1);
    assert!(beside.err.contains("`woodcut init alice.woodcut`"), "{}", beside.err);
    assert!(!shelf.path("woodcut.toml").exists());
}

#[test]
fn one_after_the_other_gives_the_same_bytes_as_side_by_side() {
    let [side, after] = [&["--concurrent"], &["--sequential"]].map(|order| {
        let shelf = Shelf::new();
        shelf.book(4);
        let ended = shelf.run("tale.md", order).code(0);
        (shelf.tale().results(), ended)
    });
    assert_eq!(side.0, after.0);
    let said: Vec<_> = after.1.err.lines().collect();
    let drawn = said.iter().position(|line| line.contains("drew plate")).unwrap();
    let analyzed = said.iter().rposition(|line| line.contains("analyze: ")).unwrap();
    assert!(analyzed < drawn, "{}", after.1.err);
}
