//! `woodcut series`: books that share people, places and a manner.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use book::element::Memory;
use book::series::catalogue::Catalogue;
use book::series::{CATALOGUE_MD, Series};
use clap::ValueEnum;
use config::Flags;
use manifest::crew::Ending;
use manifest::{Interrupt, Options, Store, StoreError};

use crate::status::one_line;

/// Group books, so that later ones know who and what earlier ones have told of
///
/// The folder is made when a book is added. Whatever is asked for, every book whose elements are known is brought up
/// to date with the books before it, and the catalogue is made anew: `Series.md` and `catalogue.json`.
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The folder of the series
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Add books, or projects, at the end of the series
    #[arg(long, value_name = "BOOK|DIR", num_args = 1..)]
    pub add: Vec<PathBuf>,
    /// Take projects out of the series
    #[arg(long, value_name = "DIR", num_args = 1..)]
    pub remove: Vec<PathBuf>,
    /// What the series is called [default: as its folder]
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,
    /// What counts where several books speak of the same element [default: enrich, or as chosen before]
    #[arg(long, value_name = "HOW")]
    pub memory: Option<How>,
    /// Print the catalogue as JSON
    #[arg(long)]
    pub json: bool,
}

/// What counts where several books speak of the same element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum How {
    /// The later book, and the earlier ones where it leaves something open.
    Enrich,
    /// What all of them say, together.
    Union,
    /// The later book alone, as soon as it says anything.
    Override,
}

impl Command {
    pub fn execute(&self, interrupt: &Interrupt) -> anyhow::Result<Ending> {
        // A slip of the pen begins no series.
        if self.add.is_empty() && !self.folder.join(book::series::RECORD).is_file() {
            let folder = self.folder.display();
            bail!("no series in {folder}; `woodcut series {folder} --add BOOK` begins one");
        }
        let series = Series::at(&self.folder, interrupt)?;
        for named in &self.add {
            let is_book = named.is_file();
            let project =
                if is_book { analyze::command::default_project(named) } else { named.clone() };
            let is_project = project.join(manifest::names::MANIFEST).is_file();
            if !is_book && !is_project {
                bail!(
                    "{} is neither a book nor a project; name a file, or the folder of a project",
                    named.display()
                );
            }
            add(&series, &project)?;
        }
        for project in &self.remove {
            remove(&series, project)?;
        }
        series.update(|record| {
            if let Some(title) = &self.title {
                title.clone_into(&mut record.title);
            }
            record.memory = self.memory.map_or(record.memory, Memory::from);
        })?;
        for entry in series.record()?.books {
            refresh(&series, &series.project(&entry))?;
        }
        let catalogue = series.write_catalogue()?;
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&catalogue)?)?;
        } else {
            write!(out, "{}", summary(&catalogue, &self.folder))?;
        }
        Ok(Ending::Complete)
    }
}

impl From<How> for Memory {
    fn from(how: How) -> Self {
        match how {
            How::Enrich => Self::Enrich,
            How::Union => Self::Union,
            How::Override => Self::Override,
        }
    }
}

/// Adds a project, which need not be there yet, to a series; whoever analyzes it finds the series there.
pub fn add(series: &Series, project: &Path) -> anyhow::Result<()> {
    let folder = series.seen_from(project);
    let folder = folder.to_str().context("the folder of a series needs a name in Unicode")?;
    config::keep(project, &Flags::new().with("series.folder", "--series", Some(folder)))?;
    Ok(series.add(project)?)
}

fn remove(series: &Series, project: &Path) -> anyhow::Result<()> {
    let removed = series.update(|record| {
        let at = series.find(record, project)?;
        Some(record.books.remove(at))
    })?;
    if removed.is_none() {
        bail!("{} is not in the series; without `--remove` it lists its books", project.display());
    }
    if project.join(config::FILE).is_file() {
        config::forget(project, "series.folder")?;
    }
    Ok(())
}

/// Brings a book up to date with its series. One that nobody has begun yet has nothing to say.
pub fn refresh(series: &Series, project: &Path) -> anyhow::Result<()> {
    match Store::open(project, Options::default()) {
        Ok(store) => drop(analyze::series::refresh(series, &store)?),
        Err(StoreError::NoProject { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn summary(catalogue: &Catalogue, folder: &Path) -> String {
    use std::fmt::Write;
    let mut text = format!("{}\n\n", one_line(&catalogue.title));
    for book in &catalogue.books {
        let known = if book.is_known { "" } else { " (its elements are not known yet)" };
        let title = if book.title.is_empty() { &book.project } else { &book.title };
        let _ = writeln!(text, "{:>3}  {}{known}", book.number, one_line(title));
    }
    let several = catalogue.elements.iter().filter(|member| member.appearances.len() > 1);
    let names: Vec<_> = several.map(|member| one_line(&member.name)).collect();
    let _ = writeln!(text, "\n{} elements, in several books: {}", catalogue.elements.len(), {
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    });
    for conflict in &catalogue.conflicts {
        let [element, earlier, there, here] =
            [&conflict.element, &conflict.earlier, &conflict.there, &conflict.here]
                .map(|text| one_line(text));
        let _ =
            writeln!(text, "the books disagree on {element}: {there} in {earlier}, later {here}");
    }
    let _ = writeln!(text, "\n{}", folder.join(CATALOGUE_MD).display());
    text
}
