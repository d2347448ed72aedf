//! The command line of the daemon, the same for `woodcut-illustrate` and `woodcut illustrate`.

use std::path::{Path, PathBuf};

use clap::builder::RangedU64ValueParser;
use manifest::Interrupt;
use manifest::crew::Ending;
use models::{ImageConfig, Limits, PriceTable, Usd};
use purse::Rules;
use serde::Deserialize;

use crate::choice::{Choice, Pattern};
use crate::engine::{Builtin, EngineError, ImageEngine, Model};
use crate::engraver::{MAX_SIDE, MIN_SIDE, Style};
use crate::{IllustrateError, Settings, Tell};

/// The configuration of a project.
const CONFIG: &str = "woodcut.toml";

/// Why the configured engine cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is wrong.
    #[error("{}: {why}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Where, and in what way.
        why: String,
    },
    /// The engine cannot be built.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

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
    /// At most so many plates
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
    /// How many chapters are drawn at the same time
    #[arg(long, default_value_t = 2, value_parser = RangedU64ValueParser::<usize>::new().range(1..=16))]
    pub workers: usize,
    /// End when standard input ends
    #[arg(long, hide = true)]
    pub lifeline: bool,
}

/// What the plates are to be like.
#[derive(Debug, Clone, clap::Args)]
pub struct Plates {
    /// The manner of cutting: woodcut, papercut or etching
    #[arg(long, default_value_t = Style::default())]
    pub style: Style,
    /// Width and height of a plate in pixels
    #[arg(long, default_value = "1024x1536", value_name = "WxH", value_parser = size)]
    pub size: Size,
    /// Another number gives every plate another arrangement
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,
}

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub [u32; 2]);

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.0[0], self.0[1])
    }
}

fn size(text: &str) -> Result<Size, String> {
    let sides = text.split_once('x').and_then(|(w, h)| Some([w.parse().ok()?, h.parse().ok()?]));
    match sides {
        Some(sides) if sides.iter().all(|side| (MIN_SIDE..=MAX_SIDE).contains(side)) => {
            Ok(Size(sides))
        }
        _ => Err(format!("two numbers from {MIN_SIDE} to {MAX_SIDE} are wanted, as in 1024x1536")),
    }
}

/// What of the project's `woodcut.toml` concerns the drawing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    image: ImageConfig,
    text: TextLimits,
    money: Money,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TextLimits {
    limits: Limits,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Money {
    /// The most that may be spent on the book, in US dollars.
    budget: Option<f64>,
}

impl Chosen {
    fn of(project: &Path) -> Result<Self, ConfigError> {
        let path = project.join(CONFIG);
        match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text)
                .map_err(|error| ConfigError::Wrong { path, why: error.to_string() }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(ConfigError::Unreadable { path, source }),
        }
    }

    fn engine(&self, style: Style) -> Result<Box<dyn ImageEngine>, ConfigError> {
        if self.image.engine == models::ImageEngine::Builtin {
            return Ok(Box::new(Builtin { style }));
        }
        let prices = PriceTable::bundled();
        Ok(Box::new(Model::new(&self.image, &models::process_env, &prices)?))
    }

    fn rules(&self) -> Rules {
        let budget = self.money.budget.map(Usd::from_dollars);
        Rules { text: self.text.limits, image: self.image.limits, budget }
    }
}

/// Draws what is chosen of a project with the engine that its `woodcut.toml` names.
///
/// # Errors
/// As [`crate::run`], and when the engine cannot be had.
pub fn draw(
    project: &Path,
    plates: &Plates,
    choice: Choice,
    workers: usize,
    interrupt: &Interrupt,
    tell: &Tell,
) -> Result<Ending, IllustrateError> {
    let chosen = Chosen::of(project)?;
    let settings = Settings {
        project: project.to_owned(),
        threads: workers,
        size: plates.size.0,
        seed: plates.seed,
        choice,
        rules: chosen.rules(),
    };
    crate::run(&settings, chosen.engine(plates.style)?.as_ref(), interrupt, tell)
}

impl Command {
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
        };
        draw(&self.project, &self.plates, choice, self.workers, interrupt, tell)
    }
}
