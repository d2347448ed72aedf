//! Novels of every shape in books of every making: each piece of story is a chapter, nothing else is.

mod electronic;
mod list;
mod novel;
mod plain;
mod printed;

use std::fmt::Write as _;

use book::Book;

use crate::library::Shelf;
use novel::{Novel, marks};

/// What is wrong with the chapters of a novel; empty where they are right.
fn faults(novel: &Novel, book: &Book) -> String {
    let mut faults = String::new();
    let mut chapters = book.chapters.iter();
    for (index, piece) in novel.story() {
        let (begin, end) = marks(index);
        match chapters.next() {
            Some(chapter) if chapter.text.contains(&begin) && chapter.text.contains(&end) => {
                let pieces = 1 + novel.sections(index);
                let others = chapter.text.matches("qb").count().abs_diff(pieces);
                if others > 0 {
                    let _ = writeln!(faults, "  {}: holds {others} other pieces", piece.heading());
                }
            }
            other => {
                let title = other.map(|chapter| chapter.title.as_str());
                let _ = writeln!(faults, "  {} is not the chapter {title:?}", piece.heading());
            }
        }
    }
    for chapter in chapters {
        let _ = writeln!(faults, "  one chapter more, {}", chapter.title);
    }
    faults
}

/// Reads each novel in one making and says where its chapters are wrong.
fn judge<M>(making: &str, make: impl Fn(&Novel) -> Option<M>, read: impl Fn(M) -> Book) -> String {
    let mut said = String::new();
    for novel in list::novels() {
        let Some(made) = make(&novel) else { continue };
        let book = read(made);
        let faults = faults(&novel, &book);
        if !faults.is_empty() {
            let _ = writeln!(said, "{} / {making}\n{faults}", novel.name);
            if std::env::var_os("SHAPES").is_some() {
                for section in &book.sections {
                    let _ = writeln!(said, "      {section:?}");
                }
            }
        }
    }
    said
}

#[test]
fn epubs_of_every_shape_have_the_chapters_that_were_meant() {
    let said: String = electronic::MAKINGS
        .iter()
        .map(|(name, make)| judge(name, make, |epub| epub.shelve().read("book.epub").unwrap()))
        .collect();
    assert!(said.is_empty(), "{said}");
}

#[test]
fn files_of_every_shape_have_the_chapters_that_were_meant() {
    let said: String = plain::MAKINGS
        .iter()
        .map(|(name, make)| {
            judge(
                name,
                |novel| make(novel).filter(|_| novel.has_titles()),
                |bytes| Shelf::with(name, bytes).read(name).unwrap(),
            )
        })
        .collect();
    assert!(said.is_empty(), "{said}");
}
