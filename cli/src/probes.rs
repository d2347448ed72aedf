//! What `woodcut doctor` finds out about the configured engines.

use std::path::Path;
use std::time::Duration;

use config::{Flags, Sources};
use manifest::Interrupt;
use models::{Call, Finding, Health, Surroundings};
use serde::Serialize;

use crate::status::one_line;

/// How long an engine may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was found out about an engine.
#[derive(Debug, Serialize)]
pub struct Probed {
    /// `text` or `image`.
    pub section: &'static str,
    /// What was looked at: the address, the model, the key.
    pub subject: String,
    /// `good`, `doubtful` or `bad`: with `bad`, calls to it will fail.
    pub health: &'static str,
    pub words: String,
    /// What to do; empty where there is nothing.
    pub next: String,
}

impl Probed {
    /// Whether calls to the engine will fail.
    pub fn is_bad(&self) -> bool {
        self.health == "bad"
    }
}

impl std::fmt::Display for Probed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { section, subject, health, words, next } = self;
        match subject.as_str() {
            "" => writeln!(f, "{health}: {words}")?,
            _ => writeln!(f, "[{section}] {subject}: {health}: {words}")?,
        }
        if next.is_empty() { Ok(()) } else { writeln!(f, "    {next}") }
    }
}

/// Asks the configured engines how they are, the built-in ones aside.
pub fn probe(project: &Path, interrupt: &Interrupt) -> anyhow::Result<Vec<Probed>> {
    let flags = Flags::new();
    let config = config::load(&Sources::of_process(Some(project), &flags))?.config;
    let prices = config.prices()?;
    let around = Surroundings { env: &models::process_env, prices: &prices };
    let flag = interrupt.flag();
    let call = Call::new(&flag).within(PATIENCE);
    let mut all = Vec::new();
    if config.text.engine != models::TextEngine::Builtin {
        let found = models::build_text(&config.text, &around).map(|model| model.probe(&call));
        all.extend(probed("text", found));
    }
    if config.image.engine != models::ImageEngine::Builtin {
        let found = models::build_image(&config.image, &around).map(|model| model.probe(&call));
        all.extend(probed("image", found));
    }
    Ok(all)
}

fn probed(section: &'static str, found: Result<Vec<Finding>, models::BuildError>) -> Vec<Probed> {
    let one = |finding: Finding| Probed {
        section,
        subject: finding.subject.to_string(),
        health: match finding.health {
            Health::Good => "good",
            Health::Doubtful => "doubtful",
            Health::Bad => "bad",
        },
        words: one_line(&finding.words),
        next: one_line(&finding.next),
    };
    match found {
        Ok(findings) => findings.into_iter().map(one).collect(),
        Err(error) => vec![Probed {
            section,
            subject: String::new(),
            health: "bad",
            words: format!("{:#}", anyhow::Error::from(error)),
            next: String::new(),
        }],
    }
}
