//! The other way: a project as the predecessor's files, for readers that know nothing else.
//!
//! What is written: its manifest (3.0.0), its state file in the shape of era E, its documents, and the
//! plates under its names for pictures. Nothing of the project is changed. The same project gives the
//! same bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use book::concept::{ChapterConcepts, Concept};
use book::element::{Element, ElementType, Elements};
use book::likeness::{self, Kind};
use book::project;
use manifest::{Chapter, ChapterId, Manifest, Options, Status, Store, artifact};
use serde_json::{Map, Value, json};

use crate::{MigrateError, beside};

/// Words of a page, as the predecessor counts.
const WORDS_PER_PAGE: u32 = 300;

/// Writes the files of a project into a new folder; `false` when just these are there already.
///
/// # Errors
/// [`MigrateError`]; the folder is not there then, or is as it was.
pub fn write(project: &Path, folder: &Path) -> Result<bool, MigrateError> {
    let store = Store::open(project, Options::default())?;
    let state = store.view(Clone::clone)?;
    let records = Records::read(&store, &state)?;
    let files = files(&state, &records)?;
    if fs::symlink_metadata(folder).is_ok() {
        return match is_same(folder, &files, &records, &store)? {
            true => Ok(false),
            false => Err(MigrateError::Occupied(folder.to_owned())),
        };
    }
    beside::whole(folder, |beside| {
        for (name, text) in &files {
            artifact::put(beside, name, text.as_bytes())?;
        }
        for (name, plate) in &records.pictures {
            artifact::put(beside, name, &plate_bytes(&store, plate)?)?;
        }
        Ok(())
    })?;
    Ok(true)
}

fn is_same(
    folder: &Path,
    files: &BTreeMap<&str, String>,
    records: &Records,
    store: &Store,
) -> Result<bool, MigrateError> {
    for (name, text) in files {
        if artifact::get(folder, name)?.as_deref() != Some(text.as_bytes()) {
            return Ok(false);
        }
    }
    for (name, plate) in &records.pictures {
        if artifact::get(folder, name)? != Some(plate_bytes(store, plate)?) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn plate_bytes(store: &Store, plate: &str) -> Result<Vec<u8>, MigrateError> {
    let gone = || std::io::Error::from(std::io::ErrorKind::NotFound);
    let path = artifact::path(store.folder(), plate)?;
    store.get(plate)?.ok_or_else(|| MigrateError::io(&path, "read")(gone()))
}

/// What the records of a project say, as far as old files can.
struct Records {
    elements: Elements,
    concepts: BTreeMap<ChapterId, ChapterConcepts>,
    /// The file of each plate and portrait, by its old name.
    pictures: BTreeMap<String, String>,
    /// The old name of a plate, by chapter and concept.
    names: BTreeMap<(ChapterId, u32), String>,
    /// The old name of a portrait, by name of the element.
    portraits: BTreeMap<String, String>,
    /// First and last page of each chapter.
    pages: BTreeMap<ChapterId, (u32, u32)>,
}

impl Records {
    fn read(store: &Store, state: &Manifest) -> Result<Self, MigrateError> {
        let mut records = Self {
            elements: project::elements(store)?,
            concepts: BTreeMap::new(),
            pictures: BTreeMap::new(),
            names: BTreeMap::new(),
            pages: BTreeMap::new(),
            portraits: BTreeMap::new(),
        };
        for (element, record) in likeness::all(store, Kind::Portrait, &records.elements)? {
            let Some(file) = record.file else { continue };
            let name = format!("portrait_{}", file.rsplit('/').next().unwrap_or(&file));
            records.portraits.insert(element.name, name.clone());
            records.pictures.insert(name, file);
        }
        let mut page = 1;
        for (id, chapter) in state.chapters() {
            let pages = chapter.words.div_ceil(WORDS_PER_PAGE).max(1);
            records.pages.insert(*id, (page, page.saturating_add(pages - 1)));
            page = page.saturating_add(pages);
            let Some(concepts) = project::concepts(store, *id)? else { continue };
            for concept in &concepts.concepts {
                let Some(plate) = chapter.plate(concept.index) else { continue };
                let kind = plate.file.rsplit_once('.').map_or("png", |(_, kind)| kind);
                let name = format!("chapter_{id}_scene_{}.{kind}", concept.index);
                records.pictures.insert(name.clone(), plate.file.clone());
                records.names.insert((*id, concept.index), name);
            }
            records.concepts.insert(*id, concepts);
        }
        Ok(records)
    }

    fn pages(&self, id: ChapterId) -> String {
        let (first, last) = self.pages.get(&id).copied().unwrap_or((1, 1));
        format!("{first}-{last}")
    }

    fn first_page(&self, chapter: u32) -> u32 {
        self.pages.get(&ChapterId(chapter)).map_or(1, |(first, _)| *first)
    }
}

fn files(
    state: &Manifest,
    records: &Records,
) -> Result<BTreeMap<&'static str, String>, MigrateError> {
    let json = |value: &Value| {
        serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|source| {
            let (path, place) = (Path::new("state").to_owned(), "its beginning".to_owned());
            MigrateError::Damaged { path, place, source }
        })
    };
    Ok(BTreeMap::from([
        (".imaginize.manifest.json", json(&manifest_file(state))?),
        (".imaginize.state.json", json(&state_file(state, records))?),
        ("Chapters.md", chapters_md(state, records)),
        ("Elements.md", elements_md(state, records)),
    ]))
}

/// The status that an old reader goes on from: nobody of that kind holds a claim of ours.
fn old_status(chapter: &Chapter) -> &'static str {
    match chapter.state.status() {
        Status::Pending | Status::Analyzing | Status::Skipped => "pending",
        Status::Analyzed | Status::Illustrating => "analyzed",
        Status::Illustrated => "illustration_complete",
        Status::Failed => "error",
    }
}

fn failure(chapter: &Chapter) -> Option<&str> {
    match &chapter.state {
        manifest::ChapterState::Failed(_, failure) => Some(&failure.message),
        _ => None,
    }
}

fn manifest_file(state: &Manifest) -> Value {
    let line = |(id, chapter): (&ChapterId, &Chapter)| {
        let mut line = Map::new();
        line.insert("status".to_owned(), old_status(chapter).into());
        let mut put = |name: &str, value: Option<Value>| {
            value.into_iter().for_each(|value| drop(line.insert(name.to_owned(), value)));
        };
        put("analyzed_at", chapter.analyzed_at.map(|at| at.to_rfc3339().into()));
        put("illustrated_at", chapter.illustrated_at.map(|at| at.to_rfc3339().into()));
        put("concepts", chapter.concepts.map(Value::from));
        put("error", failure(chapter).map(Value::from));
        (id.to_string(), Value::Object(line))
    };
    let elements = match state.elements.status() {
        "inprogress" => "pending",
        status => status,
    };
    json!({
        "version": "3.0.0",
        "book_id": state.book_id,
        "elements_md_status": elements,
        "analyze_complete": state.analyze_complete(),
        "illustrate_complete": state.illustrate_complete(),
        "chapters": state.chapters().iter().map(line).collect::<Map<_, _>>(),
        "last_updated": state.last_updated.to_rfc3339(),
    })
}

fn state_file(state: &Manifest, records: &Records) -> Value {
    let status = |done: bool| if done { "completed" } else { "pending" };
    let (mut analyze, mut illustrate, mut contents) = (Map::new(), Map::new(), Vec::new());
    for (id, chapter) in state.chapters() {
        contents.push(json!({
            "number": id.0,
            "title": chapter.title,
            "pages": records.pages(*id),
            "tokenCount": (u64::from(chapter.words) * 4).div_ceil(3),
        }));
        if let Some(concepts) = records.concepts.get(id) {
            let scenes: Vec<Value> = concepts
                .concepts
                .iter()
                .map(|concept| scene(*id, concepts, concept, records))
                .collect();
            let line =
                json!({"status": "completed", "concepts": scenes.len(), "sceneConcepts": scenes});
            analyze.insert(id.to_string(), line);
        } else if let Some(why) = failure(chapter) {
            analyze.insert(id.to_string(), json!({"status": "failed", "error": why}));
        }
        if let Some(name) = records.names.range((*id, 0)..=(*id, u32::MAX)).next().map(|(_, n)| n) {
            let status = status(chapter.state.status() == Status::Illustrated);
            let line = json!({"status": status, "imageUrl": format!("./{name}")});
            illustrate.insert(id.to_string(), line);
        }
    }
    let elements = records.elements.elements.iter().map(|element| old_element(element, records));
    let source = Path::new(&state.source.path);
    let total = records.pages.values().map(|(_, last)| *last).max().unwrap_or(0);
    let known = status(state.elements.status() == "complete");
    json!({
        "version": "2.0.0",
        "bookFile": source.file_name().unwrap_or_default().to_string_lossy(),
        "bookTitle": state.source.title,
        "totalPages": total,
        "phases": {
            "parse": {"status": status(state.chapters_listed)},
            "analyze": {"status": status(state.analyze_complete()), "chapters": analyze},
            "extract": {"status": known},
            "enrich": {"status": known},
            "illustrate": {"status": status(state.illustrate_complete()), "chapters": illustrate},
        },
        "toc": {"chapters": contents},
        "tokenStats": {"totalUsed": 0},
        "elements": elements.collect::<Vec<_>>(),
        "lastUpdated": state.last_updated.to_rfc3339(),
    })
}

fn scene(id: ChapterId, record: &ChapterConcepts, concept: &Concept, records: &Records) -> Value {
    let mut scene = json!({
        "chapter": record.title,
        "chapterNumber": id.0,
        "pageRange": records.pages(id),
        "quote": concept.quote,
        "description": concept.description,
        "mood": concept.mood,
        "lighting": concept.lighting,
        "elements_present": concept.elements,
        // Not of the predecessor: kept for the way back to us.
        "setting": concept.setting,
        "timeOfDay": concept.time_of_day,
        "weather": concept.weather,
    });
    if let Some(name) = records.names.get(&(id, concept.index)) {
        scene["imageUrl"] = format!("./{name}").into();
    }
    scene
}

fn old_element(element: &Element, records: &Records) -> Value {
    let quote = |quote: &book::element::Quote| json!({"text": quote.text, "page": records.first_page(quote.chapter).to_string()});
    let mut old = json!({
        "type": element.kind,
        "name": element.name,
        "quotes": element.quotes.iter().map(quote).collect::<Vec<_>>(),
        "description": element.description,
        "aliases": element.aliases,
    });
    if let Some(name) = records.portraits.get(&element.name) {
        old["imageUrl"] = format!("./{name}").into();
    }
    old
}

fn chapters_md(state: &Manifest, records: &Records) -> String {
    let mut md = format!("# Chapters - {}\n", one_line(&state.source.title));
    for (id, record) in &records.concepts {
        let _ = write!(md, "\n### Chapter {id}: {}\n", one_line(&record.title));
        for concept in &record.concepts {
            let _ = write!(
                md,
                "\n#### Scene {}\n\n**Pages:** {}\n\n**Source Text:**\n\n> {}\n\n**Visual Elements:** {}\n",
                concept.index,
                records.pages(*id),
                one_line(&concept.quote),
                one_line(&concept.description)
            );
            if let Some(name) = records.names.get(&(*id, concept.index)) {
                let _ = write!(md, "\n**Generated Image:** [View Image](./{name})\n");
            }
            md.push_str("\n---\n");
        }
    }
    md
}

fn elements_md(state: &Manifest, records: &Records) -> String {
    let mut md = format!("# Elements - {}\n", one_line(&state.source.title));
    for kind in ElementType::ALL {
        let mut of_kind = records.elements.elements.iter().filter(|e| e.kind == kind).peekable();
        if of_kind.peek().is_some() {
            let _ = write!(md, "\n### {}\n", kind.heading());
        }
        for element in of_kind {
            let _ = write!(md, "\n#### {}\n", one_line(&element.name));
            if !element.aliases.is_empty() {
                let _ = write!(md, "\n**Aliases:** {}\n", one_line(&element.aliases.join(", ")));
            }
            if !element.description.is_empty() {
                let _ = write!(md, "\n**Description:** {}\n", one_line(&element.description));
            }
            if !element.quotes.is_empty() {
                md.push_str("\n**Reference Quotes:**\n");
            }
            for (nth, quote) in element.quotes.iter().enumerate() {
                let page = records.first_page(quote.chapter);
                let text = one_line(&quote.text);
                let _ = write!(md, "\n{}. (Page {page})\n   > {text}\n", nth + 1);
            }
        }
    }
    md
}

/// The predecessor's documents escape nothing: a line is all that can be promised.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
