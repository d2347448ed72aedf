//! How long a book is expected to take: from its configuration, and from what was learnt of its engines
//! in earlier runs on this machine.

use std::path::Path;

use config::{Config, Flags, Sources};
use manifest::pace::Rates;
use manifest::progress::{Outlook, Weights};
use manifest::{Store, StoreError};
use runs::state::{self, Engines};
use serde::Serialize;

/// Words to a page.
const PAGE: f64 = 300.0;

/// How the parts of the work make up the whole, as chosen or as learnt.
#[must_use]
pub fn weights(config: &Config) -> Weights {
    // Shares that make no whole were refused when the configuration was loaded.
    if let Ok(Some(shares)) = config.progress.shares() {
        return Weights::Chosen(shares);
    }
    Weights::Learnt(Outlook {
        rates: state::rates(&engines(config)),
        workers: config.run.workers,
        concurrent: config.run.concurrent,
        words_per_plate: PAGE * config.reading.pages_per_image,
    })
}

/// [`weights`] of a project, as it is configured; those of any book where that cannot be told.
#[must_use]
pub fn weights_of(project: &Path) -> Weights {
    let flags = Flags::new();
    let loaded = config::load(&Sources::of_process(Some(project), &flags));
    loaded.map_or_else(|_| Weights::default(), |loaded| weights(&loaded.config))
}

/// Remembers how long the engines of a project took.
///
/// # Errors
/// When the project cannot be read.
pub fn learn(store: &Store, config: &Config) -> Result<(), StoreError> {
    state::remember_rates(&engines(config), store.view(Rates::of)?);
    Ok(())
}

/// What the time of a unit depends on.
fn engines(config: &Config) -> Engines {
    let text = [word(&config.text.engine), config.text.model.clone()];
    let size = config.plates.size.to_string();
    let image = [word(&config.image.engine), config.image.model.clone(), Some(size)];
    Engines { text: joined(&text), image: joined(&image) }
}

fn joined(words: &[Option<String>]) -> String {
    words.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// The word by which something is written everywhere.
fn word(of: &impl Serialize) -> Option<String> {
    serde_json::to_value(of).ok()?.as_str().map(str::to_owned)
}
