//! Makes a woodcut project of what another program left, and the other way round.
//!
//! [`detect::read`] finds out by its shape what every file in a folder is, and gathers all of them into
//! one neutral value, [`Legacy`]. [`plan::plan`] decides, without a disk, what becomes of it: which
//! chapter of the book is meant, which picture shows which concept, what cannot be placed.
//! [`build::carry_out`] makes the project beside the old files. [`back::write`] goes the other way.
//!
//! [`Request::carry_out`] does all of it.
//!
//! What a file says about its own version, and that something is `completed`, is never trusted: a
//! chapter counts as analyzed if its concepts are there, as illustrated if its pictures open.
//!
//! **Invariants:** no file that was there before is changed, moved or removed; the project appears whole,
//! by one rename, or not at all; every scene, quote, element and picture that was read is kept or
//! named in the [`report::Report`]; no name found in a file leads out of the folder.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

pub mod back;
mod beside;
pub mod build;
mod cast;
pub mod detect;
mod documents;
mod error;
mod json;
pub mod legacy;
mod manifest_file;
mod matching;
mod pictures;
pub mod plan;
mod progress_file;
mod records;
pub mod report;
mod request;
mod series_file;
mod shown;
mod state_file;

pub use error::MigrateError;
pub use legacy::Legacy;
pub use matching::fold;
pub use request::{Made, Migrated, Request, project_in};
pub use series_file::{MadeSeries, carry_out as make_series};
