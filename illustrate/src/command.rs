//! The command line of the daemon, the same for `woodcut-illustrate` and `woodcut illustrate`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::{Config, Flags, Genre, Size, Sources, Style};
use manifest::Interrupt;
use manifest::crew::Ending;
use models::{Surroundings, TextModel, build_text};

use crate::choice::{Choice, Pattern};
use crate::confirm::{Confirm, Terminal};
use crate::engine::{Builtin, EngineError, ImageEngine, Model};
use crate::{IllustrateError, Settings, Tell};

/// Draw the plates of every chapter as soon as it is analyzed
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The project
    #[arg(value_name = "DIR")]
    pub project: PathBuf,
    /// What the plates are to be like
    #[command(flatten)]
    pub plates: Plates,
    /// Only these chapters, by number: `1-5,10`
    #[arg(long, value_name = "CHAPTERS")]
    pub chapters: Option<book::Selection>,
    /// Only moments that show one of these elements: `character:*,place:castle`
    #[arg(long, value_name = "ELEMENTS", value_delimiter = ',')]
    pub elements: Vec<Pattern>,
    /// At most so many plates in this run; the next one goes on behind them
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
    /// How many there were when the run was begun
    #[arg(long, value_name = "N", requires = "limit", hide = true)]
    pub had: Option<u32>,
    /// Draw the character sheets and stop, so that they can be looked at before any plate is drawn
    #[arg(long)]
    pub review: bool,
    /// How many plates are drawn at the same time [default: 2]
    #[arg(long, value_name = "N", value_parser = config::flag::<i64>("run.workers"))]
    pub workers: Option<i64>,
    /// The most that may be spent on the book, in US dollars
    #[arg(long, value_name = "USD", value_parser = config::flag::<f64>("money.budget"))]
    pub budget: Option<f64>,
    /// Ask before each picture, on the terminal; one is drawn at a time
    #[arg(long, conflicts_with = "workers")]
    pub confirm: bool,
    /// End when standard input ends
    #[arg(long, hide = true)]
    pub lifeline: bool,
}

/// What the plates are to be like. What is given is kept with the project.
#[derive(Debug, Clone, clap::Args)]
pub struct Plates {
    /// The manner of cutting: woodcut, papercut or etching [default: woodcut, or as chosen before]
    #[arg(long)]
    pub style: Option<Style>,
    /// Width and height of a plate in pixels [default: 1024x1536, or as chosen before]
    #[arg(long, value_name = "WxH")]
    pub size: Option<Size>,
    /// Another number gives every plate another arrangement [default: 0, or as chosen before]
    #[arg(long, value_name = "N", value_parser = config::flag::<i64>("plates.seed"))]
    pub seed: Option<i64>,
    /// The manner of all plates, in words for an image model [default: what suits the book]
    #[arg(long, value_name = "WORDS")]
    pub look: Option<String>,
    /// A picture in whose manner the plates are to be drawn, for models that take such pictures
    #[arg(long, value_name = "FILE")]
    pub look_picture: Option<PathBuf>,
    /// The kind of book, whose usual manner fills in what is not said: fantasy, science-fiction,
    /// mystery, romance or children
    #[arg(long)]
    pub genre: Option<Genre>,
    /// Draw the main elements as plates of their own, for Elements.md and an appendix
    #[arg(long)]
    pub portraits: bool,
    /// Adorn the bound book: a headpiece and a drawn initial at the beginning of each chapter
    #[arg(long)]
    pub ornaments: bool,
}

impl Plates {
    /// The same as flags of the configuration.
    #[must_use]
    pub fn flags(&self) -> Flags {
        Flags::new()
            .with("plates.style", "--style", self.style.map(Style::name))
            .with("plates.size", "--size", self.size.map(|size| size.to_string()))
            .with("plates.seed", "--seed", self.seed)
            .with("look.words", "--look", self.look.clone())
            .with("look.picture", "--look-picture", self.look_picture.as_deref().map(absolute))
            .with("look.genre", "--genre", self.genre.map(Genre::name))
            .with("look.portraits", "--portraits", self.portraits.then_some(true))
            .with("plates.ornaments", "--ornaments", self.ornaments.then_some(true))
    }
}

/// The file as whoever goes on with the project, in whatever folder, has to name it.
fn absolute(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.to_string_lossy().into_owned()
}

fn engine(config: &Config) -> Result<Box<dyn ImageEngine>, IllustrateError> {
    if config.image.engine == models::ImageEngine::Builtin {
        return Ok(Box::new(Builtin { style: config.plates.style, format: config.plates.format }));
    }
    Ok(Box::new(Model::new(&config.image, &models::process_env, &config.prices()?)?))
}

/// The text model, if it sees and there is a manner for it to look at.
fn eye(config: &Config) -> Result<Option<Box<dyn TextModel>>, IllustrateError> {
    let builtin = config.text.engine == models::TextEngine::Builtin
        || config.image.engine == models::ImageEngine::Builtin;
    if builtin || !config.look.vision {
        return Ok(None);
    }
    let prices = config.prices()?;
    let around = Surroundings { env: &models::process_env, prices: &prices };
    Ok(Some(build_text(&config.text, &around).map_err(EngineError::Build)?))
}

/// Draws what is chosen of a project, with the configured engine.
///
/// # Errors
/// As [`crate::run`], and when the engine cannot be had.
pub fn draw(
    project: &Path,
    flags: &Flags,
    choice: Choice,
    review: bool,
    interrupt: &Interrupt,
    tell: &Tell,
) -> Result<Ending, IllustrateError> {
    let config = config::load(&Sources::of_process(Some(project), flags))?.config;
    let settings = Settings {
        project: project.to_owned(),
        threads: config.run.workers,
        size: config.plates.size.0,
        seed: config.plates.seed,
        choice,
        rules: config.rules(),
        look: config.look.clone(),
        review,
        series: config.series.folder.clone(),
    };
    let (engine, eye) = (engine(&config)?, eye(&config)?);
    crate::run(&settings, engine.as_ref(), eye.as_deref(), interrupt, tell)
}

impl Command {
    /// The person at the terminal. `woodcut run`, which holds our streams, has made sure of one.
    fn person(&self) -> Result<Arc<dyn Confirm>, IllustrateError> {
        if !self.lifeline && !std::io::stderr().is_terminal() {
            let hidden = std::io::Error::other("standard error is none");
            return Err(IllustrateError::NobodyToAsk(hidden));
        }
        Ok(Arc::new(Terminal::open().map_err(IllustrateError::NobodyToAsk)?))
    }

    /// Does what the command line asks for.
    ///
    /// # Errors
    /// As [`draw`].
    pub fn run(&self, interrupt: &Interrupt, tell: &Tell) -> Result<Ending, IllustrateError> {
        if self.lifeline {
            interrupt.at_end_of_input();
        }
        let choice = Choice {
            chapters: self.chapters.clone(),
            elements: self.elements.clone(),
            limit: self.limit,
            had: self.had,
            confirm: if self.confirm { Some(self.person()?) } else { None },
            ..Choice::default()
        };
        let plates = self.plates.flags();
        config::keep(&self.project, &plates)?;
        let workers = if self.confirm { Some(1) } else { self.workers };
        let flags = plates.with("run.workers", "--workers", workers).with(
            "money.budget",
            "--budget",
            self.budget,
        );
        draw(&self.project, &flags, choice, self.review, interrupt, tell)
    }
}
