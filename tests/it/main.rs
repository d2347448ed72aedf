//! End to end: the real programs, as processes, side by side, killed for real and started again.
//!
//! Decisions are tested in memory where they are made; here it is shown that the wires are connected
//! and that the promises hold between processes. Nothing sleeps for a fixed time: a test waits for a
//! condition of the project, with an end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "a test makes and breaks files as a person would")]

mod support;

mod browser;
mod commands;
mod control;
mod crashes;
mod docs;
mod edges;
mod faces;
mod failures;
mod glance;
#[cfg(target_os = "linux")]
mod limits;
mod migration;
mod models;
mod novels;
mod packaging;
mod runs;
mod same_bytes;
mod series;
mod settings;
mod shelf;
mod side_by_side;
mod validity;
