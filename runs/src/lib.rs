//! What ran on a project: one record and one log per process.
//!
//! Whoever works on a project begins a [`Run`] there, which keeps `runs/<id>.json` up to date and sends
//! what the process says to `runs/<id>.log`. `list` reads the records of one project or of all that
//! this user has run, `clean` removes those that are over. `state` holds what is remembered about
//! this machine between runs, and nothing depends on it.
//!
//! **Invariants:** a record has one writer, the process it is about; a process that died shows as
//! crashed at once, because the sign of life that it held is gone, never because of a clock; a record
//! that is damaged, foreign or hostile is a warning and never keeps the others from being read; no
//! secret stands in a record.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod arguments;
pub mod clean;
mod highest;
mod list;
pub mod log;
mod record;
mod run;
pub mod state;

pub use highest::Highest;
pub use list::{Listing, Shown, State, Warning, last_lines, of_project, of_projects};
pub use record::{Counts, Record};
pub use run::{Run, RunError};
