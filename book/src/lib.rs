//! Reads books into chapters, and binds illustrated books.
//!
//! [`read`] turns a book file into numbered [`Chapter`]s of paragraphs; the records of what was found
//! in them ([`element`], [`concept`]) are what the two daemons exchange through files; [`bind`] puts
//! plates into the book at the passages they show. This crate knows nothing of models, daemons or the
//! manifest, never prints and never exits.
//!
//! ```no_run
//! use book::bind::{Binding, Illustration};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let book = book::read("alice.epub".as_ref())?;
//! let chapter = &book.chapters[0];
//! let quote = "Down went Alice after it";
//! let plate = Illustration {
//!     chapter: chapter.number,
//!     concept: 1,
//!     offset: chapter.text.find(quote).unwrap_or(0),
//!     quote: quote.to_owned(),
//!     alt: "A girl falls down a rabbit hole".to_owned(),
//!     picture: "plates/001-1-rabbit-hole.png".into(),
//! };
//! let note = "Drawn by the built-in engraver.".to_owned();
//! let binding = Binding { illustrations: vec![plate], note, ..Binding::default() };
//! book::bind::epub("alice.epub".as_ref(), "out/alice.epub".as_ref(), &binding)?;
//! # Ok(()) }
//! ```
//!
//! **Invariant:** a chapter's text depends on the book file alone, so that an offset stored by one
//! process means the same passage to every other.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

pub mod bind;
pub mod concept;
pub mod element;
pub mod likeness;
mod mark;
mod read;
mod selection;
pub mod series;
pub mod style;

pub use read::{ENDINGS, PatternError, ReadError, Reading, read, read_as};
pub use selection::{Selection, SelectionError};
pub mod project;
pub mod view;

/// A book as its reader sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// Title as the book states it, or the file's stem.
    pub title: String,
    /// Author names as printed, joined with commas; empty when unknown.
    pub author: String,
    /// BCP 47 tag, for example `en-GB`; `None` when the book does not say.
    pub language: Option<String>,
    /// The story, in reading order, numbered from 1 without gaps.
    pub chapters: Vec<Chapter>,
    /// Everything that was found, in reading order: the chapters, and what was left out with the
    /// reason.
    pub sections: Vec<Section>,
}

/// One story unit of a book, keyed by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// 1-based, the key of the chapter everywhere.
    pub number: u32,
    /// Title as printed; may be empty, may be shared by several chapters.
    pub title: String,
    /// The whole text: paragraphs separated by one blank line (`\n\n`), lines of verse by `\n`.
    /// Offsets of quotes are bytes into this string.
    pub text: String,
}

/// A part of the book as it was found, story or not.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Section {
    /// Number of the chapter it became; `None` when it is not story.
    pub chapter: Option<u32>,
    /// Title as printed, or what stands for one; may be empty.
    pub title: String,
    /// Words of text, headings not counted.
    pub words: usize,
    /// Why it is story, or why not, in a few plain words.
    pub reason: String,
}
