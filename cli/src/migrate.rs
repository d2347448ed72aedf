//! `woodcut migrate`: a project from what another program left, or the other way round.

use std::io::Write;
use std::path::PathBuf;

use ::migrate::{Made, Migrated, Request};
use manifest::crew::Ending;

/// Make a project of what imaginize, or a plain progress file, left in a folder
///
/// Nothing in the folder is changed. The project appears in it under the name of the book, whole or not
/// at all, with a copy of every file that was read in `backup`; then `woodcut run` does only what is
/// missing. Of series files beside them a series is made, as `woodcut series` knows it.
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The folder with the old files; with `--back`, the project
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// The book they were made from [default: the one they name, if it lies beside them]
    #[arg(long, value_name = "FILE", conflicts_with = "back")]
    pub book: Option<PathBuf>,
    /// The folder to make [default: the book's name with `.woodcut`, in DIR; with `--back`,
    /// `imaginize` in the project]
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Every heading or paragraph of the book that matches begins a chapter, and nothing else does
    #[arg(long, value_name = "REGEX", value_parser = book::Reading::by_headings, conflicts_with = "back")]
    pub headings: Option<book::Reading>,
    /// Say what would be done and write nothing
    #[arg(long, conflicts_with = "back")]
    pub dry_run: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// Write what an old reader needs: manifest 3.0.0, state file, documents and pictures
    #[arg(long)]
    pub back: bool,
}

impl Command {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let mut out = std::io::stdout().lock();
        if self.back {
            let folder = self.output.clone().unwrap_or_else(|| self.folder.join("imaginize"));
            let is_new = ::migrate::back::write(&self.folder, &folder)?;
            if self.json {
                writeln!(out, "{}", serde_json::json!({"folder": folder, "is_new": is_new}))?;
            } else {
                writeln!(out, "{}", folder.display())?;
            }
            return Ok(Ending::Complete);
        }
        let migrated = self.request().carry_out(&|_| Ok(()))?;
        let series = if self.dry_run { None } else { ::migrate::make_series(&self.folder)? };
        if self.json {
            let mut report = serde_json::to_value(&migrated)?;
            report["series"] = serde_json::to_value(&series)?;
            writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        } else {
            write!(out, "{}{}", migrated.report, next_step(&migrated))?;
            if let Some(made) = &series {
                let (folder, project) = (made.folder.display(), migrated.project.display());
                let books = made.books;
                writeln!(out, "{folder} is a series of {books} books, made of the series files;")?;
                writeln!(out, "`woodcut series {folder} --add {project}` makes this one know it")?;
            }
        }
        Ok(Ending::Complete)
    }

    fn request(&self) -> Request {
        Request {
            folder: self.folder.clone(),
            book: self.book.clone(),
            output: self.output.clone(),
            reading: self.headings.clone().unwrap_or_default(),
            dry_run: self.dry_run,
        }
    }
}

/// Migrates before a run, where that was asked for; the report goes to standard error.
pub fn before_run(folder: &std::path::Path, output: Option<&PathBuf>) -> anyhow::Result<PathBuf> {
    let (folder, output) = (folder.to_owned(), output.cloned());
    let request = Request { folder, output, ..Request::default() };
    let migrated = request.carry_out(&|_| Ok(()))?;
    eprint!("{}", migrated.report);
    anyhow::ensure!(migrated.book.is_some(), "{}", next_step(&migrated).trim_end());
    Ok(migrated.project)
}

fn next_step(migrated: &Migrated) -> String {
    let project = migrated.project.display();
    let done = match migrated.made {
        Made::New => format!("made {project}"),
        Made::Before => format!("{project} was made of these files before; nothing was changed"),
        Made::Nothing => format!("nothing was written; without `--dry-run` this makes {project}"),
    };
    let next = match (&migrated.book, migrated.made) {
        (_, Made::Nothing) => String::new(),
        (Some(_), _) => format!("`woodcut run {project}` does what is missing\n"),
        (None, _) => "the book is not known, so this cannot be run; with the book file, `woodcut \
                      migrate DIR --book FILE -o OTHER` makes one that can\n"
            .to_owned(),
    };
    format!("{done}\n{next}")
}
