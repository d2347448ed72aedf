//! The command line of the daemon, the same for `woodcut-analyze` and `woodcut analyze`.

use std::path::{Path, PathBuf};

use book::project::{self, RecordError};
use config::{Config, Flags, Sources};
use manifest::crew::Ending;
use manifest::{Interrupt, Options, Store, names};
use models::Surroundings;

use crate::engine::{self, Builtin, TextEngine};
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
    /// How many chapters are read at the same time [default: 2]
    #[arg(long, value_name = "N", value_parser = config::flag::<i64>("run.workers"))]
    pub workers: Option<i64>,
    /// The most that may be spent on the book, in US dollars
    #[arg(long, value_name = "USD", value_parser = config::flag::<f64>("money.budget"))]
    pub budget: Option<f64>,
    /// How often there is to be a picture
    #[command(flatten)]
    pub density: Density,
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

/// How often there is to be a picture. What is given is kept with the project.
#[derive(Debug, Clone, clap::Args)]
pub struct Density {
    /// Pages of 300 words to one picture [default: 10, or as chosen before]
    #[arg(long, value_name = "N", value_parser = config::flag::<f64>("reading.pages_per_image"))]
    pub pages_per_image: Option<f64>,
}

impl Density {
    /// The same as flags of the configuration.
    #[must_use]
    pub fn flags(&self) -> Flags {
        Flags::new().with("reading.pages_per_image", "--pages-per-image", self.pages_per_image)
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
        let (book, project) = book_and_project(&self.book, self.output.as_deref())?;
        let density = self.density.flags();
        // Where there is no book there will be no project to keep anything in.
        if book.is_file() {
            config::keep(&project, &density)?;
        }
        let flags = density.with("run.workers", "--workers", self.workers).with(
            "money.budget",
            "--budget",
            self.budget,
        );
        let config = config::load(&Sources::of_process(Some(&project), &flags))?.config;
        let engine = engine(&config, &book, &project)?;
        let pattern = config.reading.headings.as_deref();
        let reading = pattern.map(book::Reading::by_headings).transpose()?;
        let settings = Settings {
            book,
            project,
            threads: config.run.workers,
            pages_per_image: config.reading.pages_per_image,
            chapters: self.chapters.clone(),
            reading: self.headings.clone().or(reading),
            series: config.series.folder.clone(),
            rules: config.rules(),
        };
        crate::run(&settings, engine.as_ref(), interrupt, tell)
    }
}

/// The book file and the project's folder, where either of the two is named.
///
/// # Errors
/// When the project named cannot be read, or its book is nowhere to be found.
pub fn book_and_project(
    named: &Path,
    output: Option<&Path>,
) -> Result<(PathBuf, PathBuf), RecordError> {
    if named.join(names::MANIFEST).is_file() {
        let store = Store::open(named, Options::default())?;
        return Ok((project::book_file(&store)?, named.to_owned()));
    }
    let project = output.map_or_else(|| default_project(named), Path::to_owned);
    Ok((named.to_owned(), project))
}

fn engine(
    config: &Config,
    book: &Path,
    project: &Path,
) -> Result<Box<dyn TextEngine>, AnalyzeError> {
    if config.text.engine == models::TextEngine::Builtin {
        return Ok(Box::new(Builtin));
    }
    let prices = config.prices()?;
    let around = Surroundings { env: &models::process_env, prices: &prices };
    let title = book::read(book)?.title;
    Ok(engine::build(&config.text, &around, &title, project, config.look.genre)?)
}
