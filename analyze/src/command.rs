//! The command line of the daemon, the same for `woodcut-analyze` and `woodcut analyze`.

use std::path::{Path, PathBuf};

use clap::builder::RangedU64ValueParser;
use manifest::crew::Ending;
use manifest::{Interrupt, Options, Store, StoreError, names};

use crate::engine::Builtin;
use crate::{AnalyzeError, Settings, Tell};

/// Read a book and decide what deserves a picture
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The book (EPUB, PDF, TXT, Markdown, HTML, DOCX, FB2), or the project of one
    #[arg(value_name = "BOOK|DIR")]
    pub book: PathBuf,
    /// Folder of the project [default: the book's name with `.woodcut`, in the current folder]
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// How many chapters are read at the same time
    #[arg(long, default_value_t = 2, value_parser = RangedU64ValueParser::<usize>::new().range(1..=16))]
    pub workers: usize,
    /// Pages of 300 words to one picture
    #[arg(long, default_value_t = 10.0, value_name = "N", value_parser = pages)]
    pub pages_per_image: f64,
    /// Only these chapters, by number: `1-5,10` [default: all, or as chosen before]
    #[arg(long, value_name = "CHAPTERS")]
    pub chapters: Option<book::Selection>,
    /// Every heading or paragraph that matches begins a chapter, and nothing else does [default: what
    /// the book says, or as chosen before]
    #[arg(long, value_name = "REGEX", value_parser = book::Reading::by_headings)]
    pub headings: Option<book::Reading>,
    /// End when standard input ends
    #[arg(long, hide = true)]
    pub lifeline: bool,
}

fn pages(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(pages) if (0.1..=10_000.0).contains(&pages) => Ok(pages),
        _ => Err("a number from 0.1 to 10000 is wanted".to_owned()),
    }
}

/// The folder of a book's project where none is given: the book's name, in the current folder.
#[must_use]
pub fn default_project(book: &Path) -> PathBuf {
    let stem = book.file_stem().unwrap_or(book.as_os_str()).to_string_lossy();
    PathBuf::from(format!("{stem}.woodcut"))
}

impl Command {
    /// Does what the command line asks for.
    ///
    /// # Errors
    /// As [`crate::run`].
    pub fn run(&self, interrupt: &Interrupt, tell: &Tell) -> Result<Ending, AnalyzeError> {
        if self.lifeline {
            interrupt.at_end_of_input();
        }
        crate::run(&self.settings()?, &Builtin, interrupt, tell)
    }

    fn settings(&self) -> Result<Settings, StoreError> {
        let (book, project) = if self.book.join(names::MANIFEST).is_file() {
            let store = Store::open(&self.book, Options::default())?;
            (PathBuf::from(store.view(|m| m.source.path.clone())?), self.book.clone())
        } else {
            let project = self.output.clone();
            (self.book.clone(), project.unwrap_or_else(|| default_project(&self.book)))
        };
        let (threads, pages_per_image) = (self.workers, self.pages_per_image);
        let chapters = self.chapters.clone();
        let reading = self.headings.clone();
        let rules = purse::Rules::default();
        Ok(Settings { book, project, threads, pages_per_image, chapters, reading, rules })
    }
}
