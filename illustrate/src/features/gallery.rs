//! All plates of a project, measured: by several threads, and written down by one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use book::project::{self, RecordError};
use image::ImageReader;
use manifest::{ChapterId, Outcome, Store, StoreError};
use serde::{Deserialize, Serialize};

use super::{Consistency, Features, Profile, measure};

/// The record.
const RECORD: &str = "features.json";
/// The turn of whoever measures.
const TURN: &str = "features.lock";
/// How often somebody else's turn is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// After so many plates what is known is written down, so that a crash costs no more than these.
const AT_ONCE: usize = 32;

/// Why plates could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum FeaturesError {
    /// The project cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The record cannot be used.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Somebody wants this process to end.
    #[error("interrupted while measuring plates")]
    Interrupted,
}

/// What became of one plate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// Its numbers.
    Features(Features),
    /// Why there are none.
    Error(String),
}

/// The plates of a book in numbers: the content of `features.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gallery {
    /// By the plate's file.
    pub plates: BTreeMap<String, Measured>,
    /// What is common to them; `None` where they are too few.
    pub profile: Option<Profile>,
}

/// A plate by its place in the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hung {
    /// The chapter.
    pub chapter: ChapterId,
    /// 1-based index of the concept.
    pub concept: u32,
    /// Name of the picture.
    pub file: String,
}

impl Gallery {
    /// How well a plate belongs to the others; `None` where that cannot be said.
    #[must_use]
    pub fn consistency(&self, file: &str) -> Option<Consistency> {
        match (self.plates.get(file)?, &self.profile) {
            (Measured::Features(features), Some(profile)) => Some(profile.consistency(features)),
            _ => None,
        }
    }
}

/// The plates of a project in the order of the book.
///
/// # Errors
/// When the project cannot be read.
pub fn hung(store: &Store) -> Result<Vec<Hung>, StoreError> {
    store.view(|manifest| {
        let mut plates = Vec::new();
        for (chapter, of) in manifest.chapters() {
            for (concept, outcome) in &of.outcomes {
                if let Outcome::Drawn(plate) = outcome {
                    let (chapter, concept, file) = (*chapter, *concept, plate.file.clone());
                    plates.push(Hung { chapter, concept, file });
                }
            }
        }
        plates
    })
}

/// Measures every plate that has not been, with so many threads, and sums up what is common to all.
///
/// # Errors
/// [`FeaturesError`]; a plate that cannot be measured is none, and is tried again the next time.
pub fn gallery(store: &Store, threads: usize) -> Result<Gallery, FeaturesError> {
    let _turn = loop {
        if let Some(turn) = store.take_turn(TURN)? {
            break turn;
        }
        if store.interrupt().is_set() {
            return Err(FeaturesError::Interrupted);
        }
        thread::sleep(LOOK);
    };
    // A damaged record is no loss: it is made anew.
    let before: Gallery = project::read(store, RECORD).unwrap_or(None).unwrap_or_default();
    let mut gallery = before.clone();
    let files: Vec<String> = hung(store)?.into_iter().map(|plate| plate.file).collect();
    gallery.plates.retain(|file, _| files.contains(file));
    let is_known = |file: &String| matches!(gallery.plates.get(file), Some(Measured::Features(_)));
    let missing: Vec<String> = files.iter().filter(|file| !is_known(file)).cloned().collect();
    measure_all(store, &missing, threads, |nth, file, measured| {
        gallery.plates.insert(file, measured);
        if nth % AT_ONCE == 0 { project::write(store, RECORD, &gallery) } else { Ok(()) }
    })?;
    let measured = gallery.plates.values().filter_map(|measured| match measured {
        Measured::Features(features) => Some(features),
        Measured::Error(_) => None,
    });
    gallery.profile = Profile::of(&measured.collect::<Vec<_>>());
    if gallery != before {
        project::write(store, RECORD, &gallery)?;
    }
    if store.interrupt().is_set() { Err(FeaturesError::Interrupted) } else { Ok(gallery) }
}

/// Measures files with several threads; `write`, on this thread, hears of each as it comes, and which
/// of them it is, from 1.
fn measure_all(
    store: &Store,
    files: &[String],
    threads: usize,
    mut write: impl FnMut(usize, String, Measured) -> Result<(), RecordError>,
) -> Result<(), RecordError> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (done, measured) = mpsc::sync_channel(2 * threads.max(1));
        for _ in 0..threads.clamp(1, files.len().max(1)) {
            let (done, next) = (done.clone(), &next);
            scope.spawn(move || {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let stopped = store.interrupt().is_set();
                    if stopped || done.send((file.clone(), one(store, file))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        measured.into_iter().zip(1..).try_for_each(|((file, found), nth)| write(nth, file, found))
    })
}

fn one(store: &Store, file: &str) -> Measured {
    let open = || {
        let path = manifest::artifact::path(store.folder(), file).map_err(|e| e.to_string())?;
        let reader = ImageReader::open(&path).map_err(|error| error.to_string())?;
        let reader = reader.with_guessed_format().map_err(|error| error.to_string())?;
        reader.decode().map_err(|error| error.to_string())
    };
    match open() {
        Ok(picture) => Measured::Features(measure(&picture)),
        Err(why) => Measured::Error(why),
    }
}
