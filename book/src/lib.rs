//! Reads books into chapters, and binds illustrated books.
//!
//! [`read`] turns a book file into numbered [`Chapter`]s of paragraphs; the records of what was found
//! in them ([`element`], [`concept`]) are what the two daemons exchange through files. This crate knows
//! nothing of models, daemons or the manifest, never prints and never exits.
//!
//! **Invariant:** a chapter's text depends on the book file alone, so that an offset stored by one
//! process means the same passage to every other.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

pub mod concept;
pub mod element;

/// A book as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// Title as the book states it, or the file's stem.
    pub title: String,
    /// Author names as printed, joined with commas; empty when unknown.
    pub author: String,
    /// BCP 47 tag, for example `en-GB`; `None` when the book does not say.
    pub language: Option<String>,
    /// The story, in reading order, numbered from 1 without gaps.
    pub chapters: Vec<Chapter>,
}

/// One story unit of a book, keyed by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// 1-based, the key of the chapter everywhere.
    pub number: u32,
    /// Title as printed; may be empty, may be shared by several chapters.
    pub title: String,
    /// The whole text: paragraphs separated by one blank line (`\n\n`). Offsets of quotes are bytes
    /// into this string.
    pub text: String,
}
