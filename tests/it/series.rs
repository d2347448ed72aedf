//! Books of a series, which know each other.

use std::fs;

use manifest::Status;
use serde_json::Value;

use crate::support::{Project, Shelf};

/// Two books of a series: the first says what Martha looks like, the second does not.
fn saga(chapters: usize) -> Shelf {
    let shelf = Shelf::new();
    let looks = "Martha was a tall woman with long red hair. She wore a blue cloak. ";
    shelf.file("one.md", ferry("One", chapters, looks));
    shelf.file("two.md", ferry("Two", chapters, ""));
    shelf
}

fn ferry(number: &str, chapters: usize, looks: &str) -> String {
    let mut text = format!("# The Ferry, Book {number}\n");
    for chapter in 1..=chapters {
        text += &format!(
            "\n## Crossing {chapter}\n\n{looks}Martha pushed the black boat into the river. Rain fell \
             on the reeds. “We must row,” said Martha, and she held the lantern high.\n\n“Row!” said \
             Tom Hale, who stood in the bow with his grey dog. Martha laughed at him. The far bank was \
             crossing {chapter} of the night.\n"
        );
    }
    text
}

fn project(shelf: &Shelf, name: &str) -> Project {
    Project(shelf.path(name))
}

fn element(project: &Project, name: &str) -> Value {
    let text = fs::read(project.0.join("elements.json")).unwrap();
    let elements: Value = serde_json::from_slice(&text).unwrap();
    let all = elements["elements"].as_array().unwrap();
    all.iter().find(|element| element["name"] == name).cloned().unwrap_or(Value::Null)
}

/// What of Martha's looks is known from the first book.
fn known_before(project: &Project) -> Vec<(String, u64)> {
    let martha = element(project, "Martha");
    let looks = martha["before"]["looks"].as_array().cloned().unwrap_or_default();
    let look = |look: &Value| {
        assert_eq!(look["book"], "The Ferry, Book One");
        (look["fact"]["text"].as_str().unwrap().to_owned(), look["number"].as_u64().unwrap())
    };
    looks.iter().map(look).collect()
}

#[test]
fn a_later_book_knows_what_an_earlier_one_has_told() {
    let shelf = saga(2);
    let arguments = ["run", "--size", "64x96", "--series", "saga", "one.md", "two.md"];
    let ended = shelf.woodcut(&arguments).finish().code(0);
    assert!(ended.err.contains("known from earlier books"), "{}", ended.err);
    let [one, two] = ["one.woodcut", "two.woodcut"].map(|name| project(&shelf, name));
    assert!(known_before(&one).is_empty());
    let known = known_before(&two);
    assert!(
        known.iter().any(|(text, book)| text.contains("long red hair") && *book == 1),
        "{known:?}"
    );
    let prompt = fs::read_to_string(two.0.join("prompts/001-1.md")).unwrap();
    assert!(prompt.contains("long red hair"), "{prompt}");
    let view = fs::read_to_string(two.0.join("Elements.md")).unwrap();
    assert!(view.contains("(The Ferry, Book One, chapter 1)"), "{view}");
    let catalogue = fs::read_to_string(shelf.path("saga/Series.md")).unwrap();
    assert!(catalogue.contains("- book 2, chapter 1, 2 (6 mentions)\n"), "{catalogue}");
    let again = shelf.woodcut(&arguments).finish().code(0);
    assert_eq!(again.lines_with("drew plate"), 0, "{}", again.err);
}

#[test]
fn a_book_that_was_done_before_is_known_as_soon_as_it_is_in_the_series() {
    let shelf = saga(2);
    let _ = shelf.run("one.md", &[]).code(0);
    let arguments = ["run", "--size", "64x96", "--series", "saga", "one.md", "two.md"];
    let _ = shelf.woodcut(&arguments).finish().code(0);
    assert!(!known_before(&project(&shelf, "two.woodcut")).is_empty());
}

#[test]
fn two_books_of_a_series_run_at_the_same_time_and_the_later_waits_for_the_earlier() {
    let shelf = saga(6);
    let _ = shelf.woodcut(&["series", "saga", "--add", "one.md", "two.md"]).finish().code(0);
    // The first is at work, and stopped before its elements are known.
    let first = shelf.woodcut(&["analyze", "one.md", "--workers", "1"]);
    first.wait_for_words("looking for who and what recurs");
    let [one, two] = ["one.woodcut", "two.woodcut"].map(|name| project(&shelf, name));
    first.stop_without_lock(&one);
    let was_early = one.is(|m| !matches!(m.elements, manifest::ElementsState::Complete { .. }));
    let second = shelf.woodcut(&["run", "two.md", "--size", "64x96"]);
    if was_early {
        second.wait_for_words("waiting for the elements of the earlier book in");
        assert!(two.is(|m| m.count(Status::Analyzed) == 0));
    }
    first.signal(rustix::process::Signal::CONT);
    let _ = second.finish().code(0);
    let _ = first.finish().code(0);
    assert!(!known_before(&two).is_empty());
}

#[test]
fn a_series_may_be_made_of_finished_books_and_undone() {
    let shelf = saga(2);
    for book in ["one.md", "two.md"] {
        let _ = shelf.run(book, &[]).code(0);
    }
    let two = project(&shelf, "two.woodcut");
    let plates = two.plates();
    let add = ["series", "saga", "--title", "The Ferries", "--add", "one.woodcut", "two.woodcut"];
    let said = shelf.woodcut(&add).finish().code(0).out;
    assert!(said.starts_with("The Ferries\n") && said.contains("Martha"), "{said}");
    assert!(!known_before(&two).is_empty());
    let _ = shelf.run("two.woodcut", &[]).code(0);
    assert_eq!(two.plates(), plates, "what is drawn stays as it is");
    // What a person says of the first book is known in the second.
    let rename = ["elements", "one.woodcut", "--rename", "Tom Hale", "Thomas Hale"];
    let _ = shelf.woodcut(&rename).finish().code(0);
    let json = shelf.woodcut(&["series", "saga", "--json"]).finish().code(0).out;
    let catalogue: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(catalogue["books"].as_array().unwrap().len(), 2);
    let tom = element(&two, "Tom Hale");
    assert!(tom["aliases"].as_array().unwrap().iter().any(|a| a == "Thomas Hale"), "{tom}");
    let said = shelf.woodcut(&["series", "saga", "--remove", "one.woodcut"]).finish().code(0).out;
    assert!(said.contains("in several books: none"), "{said}");
    assert!(known_before(&two).is_empty());
    let wrong = shelf.woodcut(&["series", "saga", "--add", "nowhere"]).finish().code(1);
    assert!(wrong.err.contains("nowhere is neither a book nor a project"), "{}", wrong.err);
}

#[test]
fn a_slip_of_the_pen_begins_no_series() {
    let shelf = Shelf::new();
    let said = shelf.woodcut(&["series", "sage"]).finish().code(1).err;
    assert!(said.contains("`woodcut series sage --add BOOK`"), "{said}");
    assert!(!shelf.path("sage").exists());
}
