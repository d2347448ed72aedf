//! `woodcut plates`: the plates of a project, as a list or on one sheet.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use manifest::crew::Ending;
use manifest::{Options, Outcome, Store};

/// List the plates, or put them all on one sheet
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The project
    #[arg(value_name = "DIR")]
    pub project: PathBuf,
    /// Write a contact sheet of all plates: a PNG or JPEG file
    #[arg(long, value_name = "FILE")]
    pub sheet: Option<PathBuf>,
}

impl Command {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let store = Store::open(&self.project, Options::default())?;
        let plates = plates(&store)?;
        if let Some(sheet) = &self.sheet {
            illustrate::contact::write(&plates, sheet)
                .with_context(|| format!("cannot make {}", sheet.display()))?;
            writeln!(std::io::stdout(), "{}", sheet.display())?;
            return Ok(Ending::Complete);
        }
        let mut out = std::io::stdout().lock();
        for plate in plates {
            writeln!(out, "{}", plate.display())?;
        }
        Ok(Ending::Complete)
    }
}

/// The files of all plates, in the order of the book.
fn plates(store: &Store) -> anyhow::Result<Vec<PathBuf>> {
    let names = store.view(|manifest| {
        let outcomes = manifest.chapters().values().flat_map(|chapter| chapter.outcomes.values());
        let drawn = outcomes.filter_map(|outcome| match outcome {
            Outcome::Drawn(plate) => Some(plate.file.clone()),
            Outcome::Blocked(_) => None,
        });
        drawn.collect::<Vec<_>>()
    })?;
    let path = |name: String| Ok(manifest::artifact::path(store.folder(), &name)?);
    names.into_iter().map(path).collect()
}
