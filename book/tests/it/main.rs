//! The crate from outside: small books made on the spot, and real novels where they are at hand.

mod binding;
mod library;
mod novels;
mod reading;
