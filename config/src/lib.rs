//! The configuration: how a book is to be read, drawn and paid for.
//!
//! A value comes from the weakest to the strongest of five places: what is built in, the user's file,
//! the project's file, the environment, the command line. [`load`] lays them over one another and keeps
//! for every value where it came from, so that a mistake is reported with its file and line and
//! `woodcut config --show-origin` can tell. What may be written, its type and its range are said once,
//! by the types below: their JSON schema is what files are checked against, what editors use and what
//! the commented file of `woodcut init` is made from.
//!
//! **Invariant:** no key of a service ever stands in a configuration; only the variable or the file it
//! lies in. Nothing here prints or reads anything but the two files.

#![warn(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod error;
mod keep;
mod keys;
mod layer;
mod load;
mod mask;
mod plates;
mod sample;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use manifest::progress::{Shares, WeightsError};
use models::{ImageConfig, PriceTable, TextConfig, Usd};
use purse::Rules;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use error::{ConfigError, Mistake};
pub use keep::{forget, keep};
pub use keys::{flag, schema};
pub use layer::{Flags, Origin};
pub use load::{Effective, Sources, Value, load, user_file};
pub use plates::{
    Format, Genre, GenreError, MAX_SIDE, MIN_SIDE, Size, SizeError, Style, StyleError,
};
pub use sample::sample;

/// Name of the configuration file, in a project and in the user's folder.
pub const FILE: &str = "woodcut.toml";

/// Everything that can be chosen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What finds elements and moments.
    pub text: TextConfig,
    /// What draws.
    pub image: ImageConfig,
    /// How the book is read.
    pub reading: Reading,
    /// What the plates are like.
    pub plates: Plates,
    /// How all plates are kept alike.
    pub look: Look,
    /// How the work is done.
    pub run: Run,
    /// What it may cost.
    pub money: Money,
    /// How the percentage is made up.
    pub progress: Progress,
    /// How the page is served.
    pub serve: Serve,
    /// The series that the book belongs to.
    pub series: Series,
}

impl Config {
    /// What all processes of a project together may use.
    #[must_use]
    pub fn rules(&self) -> Rules {
        let budget = self.money.budget.map(Usd::from_dollars);
        let one_gpu = self.run.one_gpu;
        Rules { text: self.text.limits, image: self.image.limits, budget, one_gpu }
    }

    /// The prices that count: the user's table where there is one.
    ///
    /// # Errors
    /// When that table cannot be read.
    pub fn prices(&self) -> Result<PriceTable, ConfigError> {
        match &self.money.prices {
            Some(path) => Ok(PriceTable::with_file(path)?),
            None => Ok(PriceTable::bundled()),
        }
    }
}

/// The `[reading]` section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reading {
    /// Pages of 300 words to one picture.
    #[schemars(range(min = 0.1, max = 10_000.0))]
    pub pages_per_image: f64,
    /// A regular expression for the lines at which chapters begin, where they are found wrongly.
    pub headings: Option<String>,
}

impl Default for Reading {
    fn default() -> Self {
        Self { pages_per_image: 10.0, headings: None }
    }
}

/// The `[plates]` section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Plates {
    /// The built-in engraver's manner of cutting.
    pub style: Style,
    /// Width and height in pixels.
    pub size: Size,
    /// The kind of file the built-in engraver writes.
    pub format: Format,
    /// Another number gives every plate another arrangement.
    #[schemars(range(min = 0, max = i64::MAX))]
    pub seed: u64,
    /// Whether the bound book has a headpiece and a drawn initial at the beginning of each chapter.
    pub ornaments: bool,
}

/// The `[look]` section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Look {
    /// The manner of all plates, in words for an image model: technique, line, light, period.
    pub words: Option<String>,
    /// The kind of book, whose preset fills in what is not said otherwise.
    pub genre: Option<Genre>,
    /// A picture in whose manner the plates are to be drawn.
    #[schemars(extend("x-path" = true))]
    pub picture: Option<PathBuf>,
    /// The text model sees pictures: it puts the manner of the first plates into words for the others.
    pub vision: bool,
    /// Whom the book is about, of whom there are sheets and portraits: `character:*`, `place:castle`.
    pub main: Vec<String>,
    /// So many of them at most.
    #[schemars(range(min = 0, max = 100))]
    pub most: usize,
    /// Whether a sheet of each is drawn before any plate; where it is not said, for engines that take
    /// reference pictures.
    pub sheets: Option<bool>,
    /// Whether each has a portrait, in Elements.md and in an appendix of the bound book.
    pub portraits: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            words: None,
            genre: None,
            picture: None,
            vision: false,
            main: vec!["character:*".to_owned(), "creature:*".to_owned()],
            most: 6,
            sheets: None,
            portraits: false,
        }
    }
}

/// The `[run]` section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Run {
    /// How many chapters one daemon reads, and how many plates the other draws, at the same time.
    #[schemars(range(min = 1, max = 16))]
    pub workers: usize,
    /// Whether chapters are drawn while others are still analyzed; else all pictures come after.
    pub concurrent: bool,
    /// Text and pictures come from one graphics card: the engines of all projects on this machine that
    /// say so take turns and make room.
    pub one_gpu: bool,
}

impl Default for Run {
    fn default() -> Self {
        Self { workers: 2, concurrent: true, one_gpu: false }
    }
}

/// The `[series]` section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Series {
    /// The folder of the series, where books know what earlier ones have told; see `woodcut series`.
    #[schemars(extend("x-path" = true))]
    pub folder: Option<PathBuf>,
}

/// The `[progress]` section: the share of the whole that each phase stands for. Together they make 1;
/// where none is given, a phase is as much of the whole as it takes of the time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Progress {
    /// Share of finding the elements; with those of the other phases 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub elements: Option<f64>,
    /// Share of finding the moments.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub analysis: Option<f64>,
    /// Share of drawing.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub illustration: Option<f64>,
    /// Share of binding.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub binding: Option<f64>,
}

impl Progress {
    /// The shares, where any is given; one that is not is 0.
    ///
    /// # Errors
    /// When they make no whole.
    pub fn shares(&self) -> Result<Option<Shares>, WeightsError> {
        let all = [self.elements, self.analysis, self.illustration, self.binding];
        if all.iter().all(Option::is_none) {
            return Ok(None);
        }
        let [elements, analysis, illustration, binding] = all.map(Option::unwrap_or_default);
        Shares::new(elements, analysis, illustration, binding).map(Some)
    }
}

/// The `[money]` section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Money {
    /// The most that may be spent on the book, in US dollars.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub budget: Option<f64>,
    /// A table of prices in place of the one that is built in.
    #[schemars(extend("x-path" = true))]
    pub prices: Option<PathBuf>,
}

/// The `[serve]` section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Serve {
    /// The address the page is served at. Any but this machine's own, 127.0.0.1 or ::1, needs a token.
    pub address: String,
    /// The port; 0 takes one that is free.
    pub port: u16,
    /// The environment variable of the token that has to be shown to see or do anything.
    pub token_env: String,
    /// Names by which the page is reached, beside addresses and `localhost`.
    pub names: Vec<String>,
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            address: "127.0.0.1".to_owned(),
            port: 8417,
            token_env: "WOODCUT_TOKEN".to_owned(),
            names: Vec::new(),
        }
    }
}
