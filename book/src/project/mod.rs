//! The records of a project: where each stands, reading and writing them.
//!
//! Both daemons and every command go through here, so that one name stands for one file. A record
//! that an engine made carries the key of what it was made from: found again with the same key, it is
//! not made again.

mod made;
mod origin;

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use manifest::{
    ChapterEvent, ChapterId, Event, Listed, Manifest, Outcome, Source, Status, Step, Store,
    StoreError,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::concept::ChapterConcepts;
use crate::element::Elements;
use crate::{Book, Chapter, PatternError, Reading};
pub use made::{binding, write_views};
pub use origin::{book_file, keep_book_file};

/// The record of all elements.
pub const ELEMENTS: &str = "elements.json";
/// Why a record could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The project could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The pattern that the project was made with cannot be used.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The book of a project lies nowhere that is known.
    #[error("the book of {0} is not at {1} any more; put it back, or go on with a copy: `woodcut run BOOK -o {0}`", folder.display(), book.display())]
    NoBook {
        /// The project.
        folder: PathBuf,
        /// Where the book was.
        book: PathBuf,
    },
    /// A project that was made of old files without their book.
    #[error("nobody knows the book of {}; `woodcut migrate OLD --book BOOK -o OTHER` makes a project that can be run", folder.display())]
    UnknownBook {
        /// The project.
        folder: PathBuf,
    },
    /// A record is not what it should be.
    #[error("{file} in {} cannot be understood; delete it and it will be made again", folder.display())]
    Malformed {
        /// The project.
        folder: PathBuf,
        /// The record's name.
        file: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

/// A record and the key of what it was made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Keyed<T> {
    /// [`key`] of everything the record depends on.
    pub key: String,
    /// The record.
    #[serde(flatten)]
    pub record: T,
}

/// How one plate was made; a line of `plates/009.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlateRecord {
    /// 1-based index of the concept.
    pub concept: u32,
    /// Name of the picture in the project.
    pub file: String,
    /// [`key`] of everything it was made from.
    pub key: String,
    /// What the engine was told.
    pub prompt: String,
    /// Which engine drew it.
    pub engine: String,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// The seed of its arrangement.
    pub seed: u64,
    /// The softer words that were accepted, where `prompt` was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub softened: Option<String>,
}

/// How the plates of a chapter were made: `plates/009.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChapterPlates {
    /// Chapter number.
    pub chapter: u32,
    /// By concept.
    pub plates: Vec<PlateRecord>,
    /// Every plate that was ever recorded for the chapter, those of each concept in the order in which
    /// they came: where an earlier one is found again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<PlateRecord>,
}

impl ChapterPlates {
    /// The record of a chapter that has no plate yet.
    #[must_use]
    pub fn new(chapter: ChapterId) -> Self {
        Self { chapter: chapter.0, plates: Vec::new(), versions: Vec::new() }
    }

    /// Takes in a plate in place of the one that its concept had, which stays among the versions.
    pub fn record(&mut self, plate: PlateRecord) {
        let before = self.plates.iter().filter(|other| other.concept == plate.concept);
        for version in before.cloned().chain([plate.clone()]) {
            if !self.versions.iter().any(|known| known.file == version.file) {
                self.versions.push(version);
            }
        }
        // Of one chapter any plate may be the first to come.
        self.versions.sort_by_key(|version| version.concept);
        self.plates.retain(|other| other.concept != plate.concept);
        self.plates.push(plate);
        self.plates.sort_by_key(|plate| plate.concept);
    }

    /// The version of a plate that came before `file`.
    #[must_use]
    pub fn before(&self, concept: u32, file: &str) -> Option<&PlateRecord> {
        let of_concept = self.versions.iter().filter(|version| version.concept == concept);
        let earlier = of_concept.take_while(|version| version.file != file);
        earlier.last()
    }
}

/// The hash of a file, in hexadecimal.
fn hash(file: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut reader = BufReader::with_capacity(64 * 1024, File::open(file)?);
    while let bytes @ [_, ..] = reader.fill_buf()? {
        hash.update(bytes);
        let length = bytes.len();
        reader.consume(length);
    }
    Ok(hexadecimal(&hash.finalize()))
}

/// Describes a book file, and how it is read, for the manifest.
///
/// # Errors
/// When the file cannot be read.
pub fn source(file: &Path, title: &str, reading: &Reading) -> io::Result<Source> {
    let sha256 = hash(file)?;
    Ok(Source {
        path: file.canonicalize()?.to_string_lossy().into_owned(),
        sha256,
        title: title.to_owned(),
        headings: reading.headings().map(str::to_owned),
    })
}

/// How the book of a project is read: as it was when its chapters were numbered.
///
/// # Errors
/// When what the project keeps is no pattern.
pub fn reading(source: &Source) -> Result<Reading, PatternError> {
    source.headings.as_deref().map_or_else(|| Ok(Reading::default()), Reading::by_headings)
}

/// The chapters of a book, for the manifest.
#[must_use]
pub fn listed(book: &Book) -> Vec<Listed> {
    let listed = |chapter: &Chapter| Listed {
        number: ChapterId(chapter.number),
        title: chapter.title.clone(),
        words: u32::try_from(chapter.text.split_whitespace().count()).unwrap_or(u32::MAX),
    };
    book.chapters.iter().map(listed).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Name of a chapter's part of the elements pass.
#[must_use]
pub fn survey_name(chapter: ChapterId) -> String {
    format!("elements/{:03}.json", chapter.0)
}

/// Name of a chapter's concepts.
#[must_use]
pub fn concepts_name(chapter: ChapterId) -> String {
    format!("concepts/{:03}.json", chapter.0)
}

/// Name of the record of a chapter's plates.
#[must_use]
pub fn plates_name(chapter: ChapterId) -> String {
    format!("plates/{:03}.json", chapter.0)
}

/// Name of a plate. It ends with the start of the key, so that a file of this name is the picture of
/// that key, whole: it appeared by a rename.
#[must_use]
pub fn plate_name(chapter: ChapterId, concept: u32, words: &str, key: &str, kind: &str) -> String {
    let slug = manifest::artifact::slug(words);
    let key = key.get(..8).unwrap_or(key);
    format!("plates/{:03}-{concept}-{slug}-{key}.{kind}", chapter.0)
}

/// SHA-256, in hexadecimal, of everything a record or a plate is made from.
#[must_use]
pub fn key(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") apart from ("a", "bc").
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hexadecimal(&hash.finalize())
}

/// Reads a record; `None` where there is none.
///
/// # Errors
/// [`RecordError::Malformed`] when it is there but is not what it should be.
pub fn read<T: DeserializeOwned>(store: &Store, name: &str) -> Result<Option<T>, RecordError> {
    let Some(bytes) = store.get(name)? else { return Ok(None) };
    serde_json::from_slice(&bytes).map(Some).map_err(|source| RecordError::Malformed {
        folder: store.folder().to_owned(),
        file: name.to_owned(),
        source,
    })
}

/// Reads a record if it was made from what `key` stands for; one that was not, or is damaged, counts
/// as missing.
///
/// # Errors
/// When it is there and cannot be read from the disk.
pub fn read_keyed<T: DeserializeOwned>(
    store: &Store,
    name: &str,
    key: &str,
) -> Result<Option<T>, StoreError> {
    let Some(bytes) = store.get(name)? else { return Ok(None) };
    let found = serde_json::from_slice::<Keyed<T>>(&bytes).ok();
    Ok(found.filter(|found| found.key == key).map(|found| found.record))
}

/// Writes a record.
///
/// # Errors
/// When it cannot be written.
pub fn write<T: Serialize>(store: &Store, name: &str, record: &T) -> Result<(), RecordError> {
    let mut text = serde_json::to_vec_pretty(record).map_err(|source| RecordError::Malformed {
        folder: store.folder().to_owned(),
        file: name.to_owned(),
        source,
    })?;
    text.push(b'\n');
    Ok(store.put(name, &text)?)
}

/// The elements as last read; parsed again only when their file has changed.
#[derive(Debug, Default)]
pub struct KnownElements(Mutex<Option<(String, Arc<Elements>)>>);

impl KnownElements {
    /// The elements as they stand on disk, and the key of their file.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&self, store: &Store) -> Result<(String, Arc<Elements>), RecordError> {
        let bytes = store.get(ELEMENTS)?.unwrap_or_default();
        let key = key(&[&String::from_utf8_lossy(&bytes)]);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some(current) if current.0 == key => Ok(current.clone()),
            _ => {
                let current = (key, Arc::new(elements(store)?));
                *known = Some(current.clone());
                Ok(current)
            }
        }
    }
}

/// Reads all elements; none where the elements pass is not finished.
///
/// # Errors
/// As [`read`].
pub fn elements(store: &Store) -> Result<Elements, RecordError> {
    Ok(read(store, ELEMENTS)?.unwrap_or_default())
}

/// Reads the concepts of a chapter.
///
/// # Errors
/// As [`read`].
pub fn concepts(store: &Store, chapter: ChapterId) -> Result<Option<ChapterConcepts>, RecordError> {
    read(store, &concepts_name(chapter))
}

/// Puts back every chapter whose concepts are no longer on disk. Both daemons do this when they start:
/// the one that draws must not take a chapter for finished that is about to be analyzed again.
///
/// # Errors
/// When the project cannot be read or written.
pub fn reset_missing_concepts(store: &Store) -> Result<(), StoreError> {
    let idle = [Status::Analyzed, Status::Illustrated];
    let analyzed = |manifest: &Manifest| -> Vec<ChapterId> {
        idle.into_iter().flat_map(|status| manifest.with_status(status)).collect()
    };
    for chapter in store.view(analyzed)? {
        if manifest::artifact::path(store.folder(), &concepts_name(chapter))?.is_file() {
            continue;
        }
        store.update(|manifest| {
            let status = manifest.chapters().get(&chapter).map(|chapter| chapter.state.status());
            let still = status.is_some_and(|status| idle.contains(&status));
            let change = ChapterEvent::ConceptsMissing;
            (if still { vec![Event::Chapter { chapter, change }] } else { vec![] }, ())
        })?;
    }
    Ok(())
}

/// The files that the steps which these events begin again have made, as names in the project.
#[must_use]
pub fn results(manifest: &Manifest, events: &[Event]) -> Vec<String> {
    let mut names = Vec::new();
    for event in events {
        let Event::Chapter { chapter, change: ChapterEvent::Reset { step } } = event else {
            continue;
        };
        let outcomes = manifest.chapters().get(chapter).map(|chapter| chapter.outcomes.values());
        names.extend(outcomes.into_iter().flatten().filter_map(|outcome| match outcome {
            Outcome::Drawn(plate) => Some(plate.file.clone()),
            Outcome::Blocked(_) => None,
        }));
        names.push(plates_name(*chapter));
        names.extend((*step == Step::Analysis).then(|| concepts_name(*chapter)));
    }
    names
}

/// Removes the records and pictures that these resets are to make anew: whoever does a step again would
/// find them and keep them. A crash before the events are written leaves what deleted files leave.
///
/// # Errors
/// When one cannot be removed.
pub fn remove_results(
    store: &Store,
    manifest: &Manifest,
    events: &[Event],
) -> Result<(), StoreError> {
    for name in results(manifest, events) {
        manifest::artifact::remove(store.folder(), &name)?;
    }
    Ok(())
}
