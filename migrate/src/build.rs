//! Carrying out a plan: the backup first, then the records and plates, then the events that say so, all
//! in a folder beside that gets its name at the very end.
//!
//! The manifest is made by ordinary events, so that it says nothing that the transition function does
//! not allow.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use book::likeness::{self, Kind, Likeness};
use book::project::{self, ChapterPlates, Keyed};
use book::style::STYLE;
use manifest::repair::{self, Proof};
use manifest::{ChapterId, Event, Options, Plate, Source, Store, Token, WorkerId, artifact};
use serde::{Deserialize, Serialize};

use crate::legacy::{Content, Legacy};
use crate::plan::{Plan, PlannedPortrait};
use crate::report::Report;
use crate::{MigrateError, beside, pictures};

/// The record of a migration: by it a second one knows that there is nothing to do.
pub const MIGRATION: &str = "migration.json";
/// Holds a copy of every file that was read.
pub const BACKUP: &str = "backup";

/// What stands in [`MIGRATION`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Migration {
    /// Stands for the files it was made from, and the book.
    pub key: String,
    /// What was kept, mended and not placed.
    pub report: Report,
}

/// Asked before every step, with what is about to be done; an error ends the migration there. For
/// tests that let a disk fail or a process die at any step.
pub type Door<'a> = &'a dyn Fn(&str) -> io::Result<()>;

/// Makes the project of a plan. `folder` is where the old files are.
///
/// # Errors
/// [`MigrateError`]; no project is there then.
pub fn carry_out(
    plan: &Plan,
    legacy: &Legacy,
    folder: &Path,
    project: &Path,
    (source, key): (Source, String),
    door: Door<'_>,
) -> Result<(), MigrateError> {
    beside::whole(project, |beside| {
        let step = |what: &str| door(what).map_err(MigrateError::io(project, "make"));
        for (name, sha256) in to_back_up(legacy) {
            step(&format!("back up {name}"))?;
            let bytes = unchanged(folder, name, sha256)?;
            artifact::put(beside, &format!("{BACKUP}/{name}"), &bytes)?;
        }
        step("begin the project")?;
        let store = Store::create(beside, source, Options::default())?;
        write_records(plan, folder, &store, &step)?;
        step("write the events")?;
        write_events(plan, &store)?;
        step("write the views")?;
        project::write_views(&store)?;
        let migration = Migration { key, report: plan.report.clone() };
        project::write(&store, MIGRATION, &migration)?;
        step("fold")?;
        store.fold()?;
        step("give it its name")
    })
}

/// Every file that was read, and what must be in it; of a broken picture that is not known.
fn to_back_up(legacy: &Legacy) -> impl Iterator<Item = (&String, Option<&String>)> {
    let files = legacy.files.iter().map(|(name, file)| (name, Some(&file.sha256)));
    let pictures = legacy.pictures.iter().map(|(name, picture)| match &picture.content {
        Content::Whole { sha256, .. } => (name, Some(sha256)),
        Content::Broken(_) => (name, None),
    });
    files.chain(pictures)
}

fn unchanged(folder: &Path, name: &str, sha256: Option<&String>) -> Result<Vec<u8>, MigrateError> {
    let path = folder.join(name);
    if !pictures::is_plain_file(folder, name) {
        return Err(MigrateError::Changed(path));
    }
    let bytes = pictures::read_bounded(&path)?;
    match sha256 {
        Some(expected) if pictures::sha256(&bytes) != *expected => Err(MigrateError::Changed(path)),
        _ => Ok(bytes),
    }
}

fn write_records(
    plan: &Plan,
    folder: &Path,
    store: &Store,
    step: &dyn Fn(&str) -> Result<(), MigrateError>,
) -> Result<(), MigrateError> {
    if !plan.elements.elements.is_empty() {
        step("write the elements")?;
        project::write(store, project::ELEMENTS, &plan.elements)?;
    }
    if let Some(style) = &plan.style {
        step("write the style guide")?;
        project::write(store, STYLE, style)?;
    }
    for (chapter, record) in &plan.concepts {
        let name = project::concepts_name(ChapterId(*chapter));
        step(&format!("write {name}"))?;
        let key = project::key(&["migrated"]);
        project::write(store, &name, &Keyed { key, record })?;
    }
    let mut by_chapter: BTreeMap<u32, ChapterPlates> = BTreeMap::new();
    for plate in &plan.plates {
        step(&format!("write {}", plate.record.file))?;
        let bytes = unchanged(folder, &plate.from, Some(&plate.sha256))?;
        store.put(&plate.record.file, &bytes)?;
        let chapter = plate.chapter;
        let plates =
            by_chapter.entry(chapter).or_insert_with(|| ChapterPlates::new(ChapterId(chapter)));
        plates.record(plate.record.clone());
    }
    for (chapter, record) in &by_chapter {
        let name = project::plates_name(ChapterId(*chapter));
        step(&format!("write {name}"))?;
        project::write(store, &name, record)?;
    }
    for portrait in &plan.portraits {
        step(&format!("write the portrait of {}", portrait.element))?;
        write_portrait(portrait, folder, store)?;
    }
    Ok(())
}

/// Writes what an element looked like in the old pictures: for people to see, and as the sheet after which
/// the plates that are missing are drawn.
fn write_portrait(
    portrait: &PlannedPortrait,
    folder: &Path,
    store: &Store,
) -> Result<(), MigrateError> {
    let (name, sha256) = (&portrait.element, &portrait.sha256);
    let bytes = unchanged(folder, &portrait.from, Some(sha256))?;
    for kind in [Kind::Portrait, Kind::Sheet] {
        let file = likeness::picture_name(kind, name, sha256, portrait.kind);
        store.put(&file, &bytes)?;
        let record = Likeness {
            element: name.clone(),
            chapter: portrait.chapter,
            file: Some(file),
            key: sha256.clone(),
            engine: format!("migrated from {}", portrait.from),
            given: true,
            ..Likeness::default()
        };
        likeness::write(store, kind, &record)?;
    }
    Ok(())
}

/// Says in events what the records prove.
fn write_events(plan: &Plan, store: &Store) -> Result<(), MigrateError> {
    let worker = WorkerId("migrate".to_owned());
    let elements = u32::try_from(plan.elements.elements.len()).unwrap_or(u32::MAX);
    store.update(|manifest| {
        let mut events = vec![Event::ChaptersListed { chapters: plan.chapters.clone() }];
        if elements > 0 {
            let token = Token(manifest.serial.0 + 2);
            events.push(Event::ElementsClaimed { worker: worker.clone() });
            events.push(Event::ElementsCompleted { token, count: elements });
        }
        (events, ())
    })?;
    let proofs: Vec<Proof> = plan.concepts.values().map(|record| proof(plan, record)).collect();
    Ok(store.update(|manifest| (repair::adopt(manifest, &proofs, &worker), ()))?)
}

fn proof(plan: &Plan, record: &book::concept::ChapterConcepts) -> Proof {
    let plates = plan.plates.iter().filter(|plate| plate.chapter == record.chapter);
    let plate = |plate: &crate::plan::PlannedPlate| {
        let (file, key) = (plate.record.file.clone(), plate.record.key.clone());
        (plate.record.concept, Plate { file, key })
    };
    Proof {
        chapter: ChapterId(record.chapter),
        concepts: u32::try_from(record.concepts.len()).unwrap_or(u32::MAX),
        plates: plates.map(plate).collect(),
    }
}

/// What is known of a migration that made this project; `None` where none did.
///
/// # Errors
/// When the record is there and cannot be read.
pub fn migration(project: &Path) -> Result<Option<Migration>, MigrateError> {
    let Some(bytes) = artifact::get(project, MIGRATION)? else { return Ok(None) };
    Ok(serde_json::from_slice(&bytes).ok())
}
