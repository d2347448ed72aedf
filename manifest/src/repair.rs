//! Looking at a damaged project, and mending it.
//!
//! [`examine`] reads everything there is and changes nothing: both snapshots, both journals, line by
//! line. From what is whole it works out the latest state that can be proven, and says which events are
//! lost. [`repair`] keeps every damaged file under another name, writes that state as a fresh snapshot,
//! and never lets a serial go back, so that no result of a lost claim can count.
//!
//! What the journals have lost the artifacts may still prove: concepts and plates that are on disk.
//! [`adopt`] turns such proofs into ordinary events.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::chapter::Chapter;
use crate::disk::Disk;
use crate::error::StoreError;
use crate::event::{ChapterEvent, Event, Plate};
use crate::format::{self, FormatError, Snapshot};
use crate::ids::{ChapterId, Serial, Token, WorkerId};
use crate::interrupt::Interrupt;
use crate::journal::{self, Entry, JournalError};
use crate::local::Local;
use crate::manifest::{Manifest, Source};
use crate::state::ChapterState;
use crate::store::{Options, Store, random_id};
use crate::{files, names};

/// What is wrong with one file, or that nothing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file's name in the project.
    pub name: &'static str,
    /// What is wrong with it, in words; `None` when it is sound.
    pub damage: Option<String>,
}

/// How a project is.
#[derive(Debug, Clone, PartialEq)]
pub enum Health {
    /// There is no project.
    NoProject,
    /// Nothing is wrong.
    Sound,
    /// It is not ours to repair: a later version or another program wrote it. In words.
    NotOurs(String),
    /// It is damaged, and this much can be proven.
    Damaged {
        /// The latest state that whole files prove; `None` when no snapshot can be read.
        proven: Option<Box<Manifest>>,
        /// The highest serial that anything in the files speaks of; events after the proven state and
        /// up to here are lost.
        highest: Serial,
    },
}

/// What [`examine`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Every file that is there or should be.
    pub findings: Vec<Finding>,
    /// What it comes to.
    pub health: Health,
}

/// What [`repair`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The names under which the damaged files have been kept.
    pub kept: Vec<String>,
    /// The state that the project has now.
    pub serial: Serial,
    /// How many events are lost, as far as the files tell.
    pub lost: u64,
}

/// Looks at a project and changes nothing.
///
/// # Errors
/// When a file is there and cannot be read.
pub fn examine(folder: &Path) -> Result<Report, StoreError> {
    let options = Options::default();
    let health = match Store::open(folder, options).map(drop) {
        Ok(()) => Health::Sound,
        Err(StoreError::NoProject { .. }) => Health::NoProject,
        Err(error @ (StoreError::Newer { .. } | StoreError::Foreign { .. })) => {
            Health::NotOurs(error.to_string())
        }
        Err(StoreError::Damaged { .. }) => Health::Damaged { proven: None, highest: Serial(0) },
        Err(other) => return Err(other),
    };
    let evidence = Evidence::gather(folder)?;
    let health = match health {
        Health::Damaged { .. } => {
            let proven = evidence.proven().map(Box::new);
            Health::Damaged { proven, highest: evidence.highest }
        }
        other => other,
    };
    Ok(Report { findings: evidence.findings, health })
}

/// Mends a damaged project. `source` is needed only when no snapshot can be read: what then remains is
/// an empty project of that book, to be filled by [`adopt`].
///
/// # Errors
/// [`StoreError::Damaged`] when there is nothing to begin from; otherwise as the system says, and then
/// a second attempt begins from what the first one left.
pub fn repair(
    folder: &Path,
    source: Option<&Source>,
    now: DateTime<Utc>,
) -> Result<Repaired, StoreError> {
    let disk = Local::open(folder, names::LOCK).map_err(|e| StoreError::io(folder, "open", e))?;
    let _guard = disk.lock(&Interrupt::new(), &|_| {})?;
    let report = examine(folder)?;
    let (proven, highest) = match report.health {
        Health::Damaged { proven, highest } => (proven, highest),
        Health::Sound | Health::NoProject => {
            let serial =
                Store::open(folder, Options::default())?.view(|manifest| manifest.serial)?;
            return Ok(Repaired { kept: Vec::new(), serial, lost: 0 });
        }
        Health::NotOurs(version) => return Err(StoreError::Newer { version }),
    };
    let mut manifest = match (proven, source) {
        (Some(manifest), _) => *manifest,
        (None, Some(source)) => {
            let lineage = random_id().map_err(|e| StoreError::io(folder, "name", e))?;
            Manifest::new(lineage, source.title.clone(), source.clone(), now)
        }
        (None, None) => {
            let why = "no snapshot of it can be read; the book file is needed to begin anew from the \
                       concepts and plates";
            return Err(StoreError::damaged(folder, names::MANIFEST, &why));
        }
    };
    let lost = highest.0.saturating_sub(manifest.serial.0);
    manifest.serial = manifest.serial.max(highest);
    let mut kept = Vec::new();
    for finding in report.findings.iter().filter(|finding| finding.damage.is_some()) {
        kept.extend(keep_aside(folder, finding.name)?);
    }
    // The journal is replaced whether it is damaged or not, and keeps its lines under another name.
    if !kept.iter().any(|name| name.starts_with(&format!("{}.damaged", names::JOURNAL))) {
        kept.extend(keep_aside(folder, names::JOURNAL)?);
    }
    let text = files::print(folder, &manifest)?;
    put(folder, &disk, names::MANIFEST, &text)?;
    let header = files::header(folder, &manifest, text.len() as u64)?;
    put(folder, &disk, names::JOURNAL, &header)?;
    Ok(Repaired { kept, serial: manifest.serial, lost })
}

/// Gives a file a second name, so that replacing it does not lose it.
fn keep_aside(folder: &Path, name: &str) -> Result<Option<String>, StoreError> {
    for number in 1..1000 {
        let aside = format!("{name}.damaged-{number}");
        match fs::hard_link(folder.join(name), folder.join(&aside)) {
            Ok(()) => return Ok(Some(aside)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(StoreError::io(&folder.join(name), "keep", error)),
        }
    }
    let full = io::Error::other("a thousand damaged ones are kept already");
    Err(StoreError::io(&folder.join(name), "keep", full))
}

/// Replaces a file without touching the one before it, which may be the only sound one.
fn put(folder: &Path, disk: &Local, name: &str, text: &str) -> Result<(), StoreError> {
    let beside = names::beside(name);
    let io = |error| StoreError::io(&folder.join(name), "replace", error);
    disk.write_new(&beside, text.as_bytes()).map_err(io)?;
    disk.rename(&beside, name).map_err(io)?;
    disk.sync_dir().map_err(|source| StoreError::Unsynced { folder: folder.to_owned(), source })
}

/// All that the files say.
struct Evidence {
    findings: Vec<Finding>,
    snapshots: Vec<Manifest>,
    /// Every event that can be read.
    events: BTreeMap<Serial, Entry>,
    highest: Serial,
}

impl Evidence {
    fn gather(folder: &Path) -> Result<Self, StoreError> {
        let (findings, snapshots) = (Vec::new(), Vec::new());
        let (events, highest) = (BTreeMap::new(), Serial(0));
        let mut evidence = Self { findings, snapshots, events, highest };
        for name in [names::MANIFEST, names::MANIFEST_PREV] {
            let damage = match read(folder, name)? {
                Some(bytes) => evidence.take_snapshot(&bytes).err().map(|why| why.to_string()),
                None if name == names::MANIFEST => Some("it is missing".to_owned()),
                None => continue,
            };
            evidence.findings.push(Finding { name, damage });
        }
        let lineage = evidence.snapshots.first().map(|manifest| manifest.lineage.clone());
        // The older first, so that the newer has the last word.
        for name in [names::JOURNAL_PREV, names::JOURNAL] {
            let damage = match read(folder, name)? {
                Some(bytes) => evidence.take_journal(&bytes, lineage.as_deref()),
                None if name == names::JOURNAL => Some("it is missing".to_owned()),
                None => continue,
            };
            evidence.findings.push(Finding { name, damage });
        }
        Ok(evidence)
    }

    fn take_snapshot(&mut self, bytes: &[u8]) -> Result<(), FormatError> {
        let Snapshot { manifest, .. } = format::parse(bytes)?;
        self.highest = self.highest.max(manifest.serial);
        self.snapshots.push(manifest);
        Ok(())
    }

    /// Takes every whole line; says what is wrong with the rest.
    fn take_journal(&mut self, bytes: &[u8], lineage: Option<&str>) -> Option<String> {
        let header = journal::header(bytes);
        if let (Ok((header, _)), Some(expected)) = (&header, lineage)
            && header.lineage != expected
        {
            let (found, expected) = (header.lineage.clone(), expected.to_owned());
            return Some(JournalError::Lineage { found, expected }.to_string());
        }
        for entry in journal::salvage(bytes) {
            self.highest = self.highest.max(entry.serial).max(entry.durable);
            self.events.insert(entry.serial, entry);
        }
        match header {
            Ok((header, length)) => {
                self.highest = self.highest.max(header.base);
                journal::tail(&bytes[length..], header.base).err().map(|why| why.to_string())
            }
            Err(why) => Some(why.to_string()),
        }
    }

    /// The latest state that a snapshot and the whole updates after it lead to.
    fn proven(&self) -> Option<Manifest> {
        let states = self.snapshots.iter().map(|snapshot| self.replayed(snapshot.clone()));
        states.max_by_key(|manifest| manifest.serial)
    }

    fn replayed(&self, mut manifest: Manifest) -> Manifest {
        let mut update: Vec<&Entry> = Vec::new();
        let mut expected = manifest.serial.next();
        while let Some(entry) = self.events.get(&expected) {
            expected = expected.next();
            update.push(entry);
            if entry.more > 0 {
                continue;
            }
            // A single event fits whole or changes nothing; a longer update is tried on a copy.
            let fits = match std::mem::take(&mut update)[..] {
                [only] => manifest.apply(&only.event, &only.stamp()).is_ok(),
                ref several => {
                    let mut after = manifest.clone();
                    let fits = several.iter().all(|e| after.apply(&e.event, &e.stamp()).is_ok());
                    manifest = if fits { after } else { manifest };
                    fits
                }
            };
            if !fits {
                break;
            }
        }
        manifest
    }
}

fn read(folder: &Path, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let path = folder.join(name);
    let is_file = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file());
    match fs::read(&path) {
        // Whatever a planted link leads to is none of our business.
        Ok(_) if !is_file => Ok(Some(Vec::new())),
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !is_file => Ok(None),
        Err(error) => Err(StoreError::io(&path, "read", error)),
    }
}

/// What the artifacts of a chapter prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The chapter.
    pub chapter: ChapterId,
    /// How many concepts its record holds.
    pub concepts: u32,
    /// Its finished plates, by 1-based concept.
    pub plates: BTreeMap<u32, Plate>,
}

/// The events that bring a manifest up to what artifacts prove. Chapters that are further already, or
/// that somebody is at work on, are left alone.
#[must_use]
pub fn adopt(manifest: &Manifest, proofs: &[Proof], worker: &WorkerId) -> Vec<Event> {
    let mut events = Vec::new();
    for proof in proofs {
        let Some(chapter) = manifest.chapters().get(&proof.chapter) else { continue };
        let serial = Serial(manifest.serial.0 + events.len() as u64);
        let changes = adopt_chapter(chapter, proof, serial, worker);
        let chapter = proof.chapter;
        events.extend(changes.into_iter().map(|change| Event::Chapter { chapter, change }));
    }
    events
}

/// The changes of one chapter; the first will be the event after `serial`.
fn adopt_chapter(
    chapter: &Chapter,
    proof: &Proof,
    serial: Serial,
    worker: &WorkerId,
) -> Vec<ChapterEvent> {
    let mut changes = Vec::new();
    let concepts = match chapter.state {
        ChapterState::Pending => {
            let token = Token(serial.0 + 1);
            changes.push(ChapterEvent::AnalysisClaimed { worker: worker.clone() });
            changes.push(ChapterEvent::Analyzed { token, concepts: proof.concepts });
            proof.concepts
        }
        ChapterState::Analyzed => chapter.concepts.unwrap_or(0),
        _ => return changes,
    };
    let is_new = |concept: &u32| !chapter.outcomes.contains_key(concept) && *concept <= concepts;
    let new: Vec<_> = proof.plates.iter().filter(|(concept, _)| is_new(concept)).collect();
    if new.is_empty() {
        return changes;
    }
    let token = Token(serial.0 + changes.len() as u64 + 1);
    changes.push(ChapterEvent::IllustrationClaimed { worker: worker.clone() });
    for (concept, plate) in new {
        let (concept, plate) = (*concept, plate.clone());
        changes.push(ChapterEvent::PlateRecorded { token, concept, plate, millis: 0 });
    }
    let settled = |concept| proof.plates.contains_key(&concept) || !is_new(&concept);
    let end = match (1..=concepts).all(settled) {
        true => ChapterEvent::Illustrated { token },
        false => ChapterEvent::GivenBack { token },
    };
    changes.push(end);
    changes
}
