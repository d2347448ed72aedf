//! The crate from outside: small books made on the spot, and real novels where they are at hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "nobody else reads the files of a test")]

mod binding;
mod damage;
mod formats;
mod kindle;
mod library;
mod novels;
mod pdf;
mod picture_book;
mod reading;
mod shapes;
mod spoilers;
