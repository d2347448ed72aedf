//! The API as programs and browsers see it, asked in the same process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod doors;
mod library;
mod listening;
