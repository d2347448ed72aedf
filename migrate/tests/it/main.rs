//! Migration as a whole, on small folders of every kind that was ever written, and on generated ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "nobody else reads the files of a test")]

mod crashes;
mod eras;
mod folder;
mod generated;
mod hostile;
mod own_versions;
mod round_trip;
