//! The first daemon: finds the elements and concepts of a book.

pub mod reader;
