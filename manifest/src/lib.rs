//! The shared state of a woodcut project.
//!
//! Two daemons that never talk to each other share one [`Manifest`] on disk: an append-only journal
//! of [`Event`]s, folded now and then into the readable `manifest.json`. A [`Store`] is the only way
//! to it. This crate knows nothing of books, models, terminals or networks; it never prints and never
//! exits.
//!
//! **Invariants:** an acknowledged event survives `kill -9` and a power cut; no reader sees half an
//! event; at most one live claim exists per unit of work, and a result that names an old token
//! changes nothing; no lock is held while anything but the disk is waited for.
//!
//! [`state`] and [`chapter`] say how one chapter may change, [`elements`] how the elements pass does,
//! [`manifest`] how the whole does, [`control`] what a person may ask for, [`decide`] what to do next;
//! all are pure. [`liveness`] judges who is dead, [`repair`] mends what is damaged,
//! [`journal`] and [`mod@format`] say what stands in the files.
//!
#![doc = include_str!("../PROTOCOL.md")]
#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

pub mod alive;
pub mod artifact;
pub mod binding;
mod cache;
pub mod chapter;
mod commit;
pub mod control;
pub mod crew;
pub mod decide;
pub mod disk;
pub mod elements;
pub mod error;
pub mod event;
mod expectation;
mod files;
mod forecast;
pub mod format;
mod history;
pub mod host;
pub mod ids;
pub mod interrupt;
pub mod journal;
pub mod ledger;
pub mod liveness;
mod local;
mod lock;
pub mod manifest;
pub mod names;
pub mod overall;
pub mod pace;
pub mod progress;
pub mod repair;
pub mod state;
pub mod stillness;
pub mod store;
mod together;
pub mod turn;
mod watch;
pub mod watchdog;
pub mod worker;

pub use binding::Binding;
pub use chapter::{Chapter, Outcome};
pub use control::{Control, Refusal, Request};
pub use elements::ElementsState;
pub use error::{Notice, StoreError};
pub use event::{CallEvent, Cause, ChapterEvent, Event, Listed, Plate};
pub use ids::{ChapterId, Serial, Token, WorkerId};
pub use interrupt::Interrupt;
pub use lock::{Held, LockError, exclusive};
pub use manifest::{Manifest, Source};
pub use overall::Overall;
pub use state::{ChapterState, Claim, Failure, IllegalTransition, Status, Step};
pub use store::{Options, Store};
pub use turn::Turn;
pub use watchdog::Watchdog;
pub use worker::{Role, Worker, WorkerInfo};
