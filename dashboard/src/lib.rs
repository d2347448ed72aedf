//! What is shown of projects, whoever shows it: [`Report`] is the value behind `woodcut status`, and
//! the page and its JSON API show the same one.
//!
//! [`Server`] serves any number of projects to browsers and programs. It is the only place with an
//! async runtime; whatever touches the disk is done on other threads, at most once at a time for a book.
//!
//! **Invariants:** looking at a project never changes it and never keeps a daemon waiting: reading takes
//! no lock. What is done from the page goes through the very functions that the commands call. A title,
//! a quote or a prompt is text, never markup and never a path; no file outside a project is ever opened.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod api;
mod guard;
mod live;
mod log;
mod outlook;
mod page;
mod phases;
mod picture;
mod report;
mod server;
mod shelf;

pub use outlook::{learn, weights, weights_of};
pub use report::{ChapterReport, Report};
pub use server::{ServeError, Server, Settings};
