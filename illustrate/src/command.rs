//! The command line of the daemon, the same for `woodcut-illustrate` and `woodcut illustrate`.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use manifest::Interrupt;
use manifest::crew::Ending;

use crate::engine::Builtin;
use crate::engraver::{MAX_SIDE, MIN_SIDE, Style};
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

impl Command {
    /// Does what the command line asks for.
    ///
    /// # Errors
    /// As [`crate::run`].
    pub fn run(&self, interrupt: &Interrupt, tell: &Tell) -> Result<Ending, IllustrateError> {
        if self.lifeline {
            interrupt.at_end_of_input();
        }
        let settings = Settings {
            project: self.project.clone(),
            threads: self.workers,
            size: self.plates.size.0,
            seed: self.plates.seed,
        };
        crate::run(&settings, &Builtin { style: self.plates.style }, interrupt, tell)
    }
}
