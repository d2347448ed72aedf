//! What is shown of projects, whoever shows it.
//!
//! Today that is [`Report`], the value behind `woodcut status`; the page and its JSON API will show the
//! same one.
//!
//! **Invariant:** looking at a project never changes it, and never keeps a daemon waiting: reading
//! takes no lock.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod report;

pub use report::{ChapterReport, Report};
