//! A whole project drawn by models that are played by servers of our own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "a test makes and breaks files as a person would")]

mod desk;

mod models_draw;
mod redrawing;
mod same_faces;
mod series_faces;
