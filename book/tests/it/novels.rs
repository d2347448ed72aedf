//! Real novels, where the folder that `WOODCUT_TEST_BOOKS` names is at hand.

use std::path::{Path, PathBuf};

use book::Book;
use book::bind::{Binding, epub};
use serde_json::Value;

use crate::library::{Shelf, plates, raw_entries};

/// The folder of novels; says so where there is none.
fn novels() -> Option<PathBuf> {
    let folder = std::env::var_os("WOODCUT_TEST_BOOKS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: WOODCUT_TEST_BOOKS names no folder of novels");
    }
    folder
}

fn books(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut books: Vec<PathBuf> =
        entries.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    books.sort();
    books
}

fn words(book: &Book) -> Vec<usize> {
    book.chapters.iter().map(|chapter| chapter.text.split_whitespace().count()).collect()
}

/// Equal but for headings and notes.
fn assert_close(found: &[usize], expected: &[usize], what: &str) {
    let close = |(a, b): (&usize, &usize)| a.abs_diff(*b) <= 45.max(b / 50);
    assert!(
        found.len() == expected.len() && found.iter().zip(expected).all(close),
        "{what}: {found:?} {expected:?}"
    );
}

#[test]
fn the_chapters_are_the_documents_of_the_body() {
    let Some(folder) = novels() else { return };
    let truth: Value =
        serde_json::from_slice(&std::fs::read(folder.join("truth.json")).unwrap()).unwrap();
    for (name, facts) in truth.as_object().unwrap() {
        let book = book::read(&folder.join(name)).unwrap();
        let documents = facts["docs"].as_array().unwrap().iter();
        let expected: Vec<usize> = documents
            .filter(|document| document["matter"] == "bodymatter")
            .map(|document| usize::try_from(document["words"].as_u64().unwrap()).unwrap())
            .collect();
        assert_close(&words(&book), &expected, name);
        assert_eq!(book.title, facts["title"].as_str().unwrap());
        assert_eq!(book.author, facts["creator"][0].as_str().unwrap());
    }
}

#[test]
fn plain_text_has_the_chapters_of_the_epub() {
    let Some(folder) = novels() else { return };
    for (text, epub) in [
        ("alice-s-adventures-in-wonderland__11-0.txt", "alice-no-images.epub"),
        ("alice-s-adventures-in-wonderland__11-h.htm", "alice-no-images.epub"),
        ("alice-s-adventures-in-wonderland__alice30.pdf", "alice-no-images.epub"),
        ("frankenstein__84-0.txt", "mary-shelley_frankenstein.epub"),
        ("the-wonderful-wizard-of-oz__55.txt", "l-frank-baum_the-wonderful-wizard-of-oz.epub"),
    ] {
        let expected = words(&book::read(&folder.join(epub)).unwrap());
        assert_close(&words(&book::read(&folder.join(text)).unwrap()), &expected, text);
    }
}

#[test]
fn the_war_of_the_worlds_has_twenty_seven_chapters_in_two_books() {
    let Some(folder) = novels() else { return };
    let book = book::read(&folder.join("the-war-of-the-worlds__pg36.epub")).unwrap();
    assert_eq!(book.chapters.len(), 27);
    assert_eq!(book.chapters[0].title, "CHAPTER ONE: THE EVE OF THE WAR");
    assert_eq!(book.chapters[17].title, "CHAPTER ONE: UNDER FOOT");
    assert!(book.chapters[0].text.starts_with("No one would have believed"));
    assert!(book.chapters[26].text.ends_with("among the dead."));
    assert!(book.chapters.iter().all(|chapter| !chapter.text.contains("Gutenberg")));
}

#[test]
fn a_kindle_book_has_the_chapters_of_the_epub() {
    let Some(folder) = novels() else { return };
    let kindle = book::read(&folder.join("the-war-of-the-worlds__pg36.mobi")).unwrap();
    let epub = book::read(&folder.join("the-war-of-the-worlds__pg36.epub")).unwrap();
    let titles = |book: &Book| book.chapters.iter().map(|c| c.title.clone()).collect::<Vec<_>>();
    assert_eq!(titles(&kindle), titles(&epub));
    assert_close(&words(&kindle), &words(&epub), "mobi");
    assert_eq!(
        (kindle.title, kindle.author, kindle.language),
        (epub.title, epub.author, epub.language)
    );
}

#[test]
fn bound_novels_read_the_same_and_keep_what_they_had() {
    let Some(folder) = novels() else { return };
    let shelf = Shelf::new();
    let picture = shelf.picture("p.png", 20, 30);
    for path in books(&folder, ".epub").into_iter().chain(books(&folder.join("tricky"), ".epub")) {
        let Ok(book) = book::read(&path) else { continue };
        let binding = Binding { illustrations: plates(&book, &picture), ..Binding::default() };
        let (once, twice) = (shelf.path("once.epub"), shelf.path("twice.epub"));
        epub(&path, &once, &binding).unwrap();
        epub(&once, &twice, &binding).unwrap();
        assert_eq!(
            std::fs::read(&once).unwrap(),
            std::fs::read(&twice).unwrap(),
            "{}",
            path.display()
        );
        assert_eq!(book::read(&once).unwrap(), book, "{}", path.display());
        let bound = raw_entries(&once);
        let kept = raw_entries(&path).into_iter().filter(|entry| bound.contains(entry)).count();
        assert!(kept >= 1, "{}: {kept} entries kept", path.display());
    }
}

#[test]
fn odd_and_hostile_books_end_in_chapters_or_in_a_reason() {
    let Some(folder) = novels() else { return };
    let refused = ["06", "07", "21", "23", "24", "30", "33"];
    for path in books(&folder.join("tricky"), ".epub") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match book::read(&path) {
            Ok(book) => {
                assert!(!refused.contains(&&name[..2]), "{name}");
                let expected = match &name[..2] {
                    "25" => 3,
                    "27" => 11,
                    _ => 12,
                };
                assert_eq!(book.chapters.len(), expected, "{name}");
                assert!(book.chapters.iter().all(|chapter| !chapter.text.contains("root:")));
            }
            Err(error) => assert!(refused.contains(&&name[..2]), "{name}: {error}"),
        }
    }
}
