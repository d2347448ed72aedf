//! Makes a plain EPUB, without pictures, of a Markdown or text book:
//! `cargo run -p book --example epub -- tale.md tale.epub`.

use std::error::Error;
use std::path::Path;

use book::bind::{self, Binding};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(source), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err("usage: epub SOURCE OUTPUT".into());
    };
    let date = "2026-11-22T00:00:00Z".to_owned();
    let binding = Binding { fallback_date: date, ..Binding::default() };
    bind::epub(Path::new(&source), Path::new(&output), &binding)?;
    Ok(())
}
