//! `woodcut bind`: the illustrated book from a project.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use book::project;
use manifest::crew::Ending;
use manifest::{Options, Store};

/// What stands in every bound book about its pictures.
const NOTE: &str = "The pictures in this edition were made by woodcut, a program that reads a book, \
decides which moments deserve a picture, and draws them. The text is the text of the original.";

/// Bind the illustrated book
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The project
    #[arg(value_name = "DIR")]
    pub project: PathBuf,
}

impl Command {
    /// Binds, and prints where the book is.
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let store = Store::open(&self.project, Options::default())?;
        let book = epub(&store)?;
        writeln!(std::io::stdout(), "{}", book.display())?;
        Ok(Ending::Complete)
    }
}

/// Binds the plates of a project that are there by now; returns the file.
pub fn epub(store: &Store) -> anyhow::Result<PathBuf> {
    let source = PathBuf::from(store.view(|manifest| manifest.source.path.clone())?);
    let output = bound_file(store.folder(), &source);
    let folder = output.parent().unwrap_or(store.folder());
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let binding = project::binding(store, NOTE.to_owned())?;
    book::bind::epub(&source, &output, &binding)?;
    Ok(output)
}

/// Where the bound book of a project is or will be.
pub fn bound_file(folder: &Path, source: &Path) -> PathBuf {
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    folder.join("out").join(format!("{stem}.epub"))
}
