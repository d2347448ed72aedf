//! What `woodcut doctor` finds out about the configured engines.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use config::{Flags, Sources};
use manifest::Interrupt;
use models::{Call, Finding, Health, Surroundings};

use crate::status::one_line;

/// How long an engine may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks the configured engines how they are and prints what to do; whether calls to them will fail.
pub fn probe(project: &Path, interrupt: &Interrupt, out: &mut impl Write) -> anyhow::Result<bool> {
    let flags = Flags::new();
    let config = config::load(&Sources::of_process(Some(project), &flags))?.config;
    let prices = config.prices()?;
    let around = Surroundings { env: &models::process_env, prices: &prices };
    let flag = interrupt.flag();
    let call = Call::new(&flag).within(PATIENCE);
    let mut bad = false;
    if config.text.engine != models::TextEngine::Builtin {
        bad |=
            print(out, "text", models::build_text(&config.text, &around).map(|m| m.probe(&call)))?;
    }
    if config.image.engine != models::ImageEngine::Builtin {
        let found = models::build_image(&config.image, &around).map(|model| model.probe(&call));
        bad |= print(out, "image", found)?;
    }
    Ok(bad)
}

fn print(
    out: &mut impl Write,
    section: &str,
    found: Result<Vec<Finding>, models::BuildError>,
) -> anyhow::Result<bool> {
    let findings = match found {
        Ok(findings) => findings,
        Err(error) => {
            writeln!(out, "bad: {:#}", anyhow::Error::from(error))?;
            return Ok(true);
        }
    };
    for finding in &findings {
        let word = match finding.health {
            Health::Good => "good",
            Health::Doubtful => "doubtful",
            Health::Bad => "bad",
        };
        writeln!(out, "[{section}] {}: {word}: {}", finding.subject, one_line(&finding.words))?;
        if !finding.next.is_empty() {
            writeln!(out, "    {}", one_line(&finding.next))?;
        }
    }
    Ok(findings.iter().any(|finding| finding.health == Health::Bad))
}
