//! Finding out what the files of a folder are, by their shape, and reading all of them.
//!
//! Known names must hold what they are known for, or it is an error; any other JSON file is taken for
//! what its shape says, and left alone when that is nothing of ours.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::legacy::{FoundFile, Legacy};
use crate::pictures::{self, LARGEST_MIB};
use crate::progress_file::base;
use crate::{MigrateError, documents, manifest_file, progress_file, records, state_file};

/// Most files that are looked at; a folder with more is not one of a book.
const MOST_FILES: usize = 100_000;

/// What a file is. The order is that of trust: the first to say a thing is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    State,
    Chapters,
    Elements,
    Manifest,
    Characters,
    Progress,
    StyleGuide,
    Series,
}

/// What each known name must be.
const KNOWN: [(&str, Kind); 10] = [
    (".imaginize.state.json", Kind::State),
    (".illustrate.state.json", Kind::State),
    (".imaginize.manifest.json", Kind::Manifest),
    ("Chapters.md", Kind::Chapters),
    ("Elements.md", Kind::Elements),
    ("training_progress.json", Kind::Progress),
    ("data/character-registry.json", Kind::Characters),
    ("data/style-guide.json", Kind::StyleGuide),
    (".imaginize.series.json", Kind::Series),
    (".series-elements-memory.json", Kind::Series),
];

/// The folder that another running program has as its lock.
const OLD_LOCK: &str = ".imaginize.manifest.json.lock";

/// Reads everything that another program left in a folder. Nothing is written.
///
/// # Errors
/// [`MigrateError`] naming the file and the place in it; [`MigrateError::Nothing`] where there is
/// nothing to read.
pub fn read(folder: &Path) -> Result<Legacy, MigrateError> {
    if folder.join(manifest::names::MANIFEST).is_file() && is_project(folder)? {
        return Err(MigrateError::AlreadyProject(folder.to_owned()));
    }
    let names = names(folder)?;
    let mut found = Vec::new();
    for name in names.iter().filter(|name| name.ends_with(".json") || name.ends_with(".md")) {
        found.extend(document(folder, name)?);
    }
    found.sort_by(|a, b| (a.0, rank(&a.1)).cmp(&(b.0, rank(&b.1))));
    let mut legacy = Legacy::default();
    for (kind, name, text) in found {
        let what = take(&mut legacy, kind, &folder.join(&name), &text)?;
        let sha256 = pictures::sha256(text.as_bytes());
        legacy.files.insert(name, FoundFile { what, sha256 });
    }
    if folder.join(OLD_LOCK).is_dir() {
        legacy.repaired.push(format!("{OLD_LOCK}: a lock was left behind; it means nothing here"));
    }
    take_pictures(&mut legacy, folder, &names)?;
    if legacy.is_empty() && legacy.files.is_empty() {
        return Err(MigrateError::Nothing(folder.to_owned()));
    }
    Ok(legacy)
}

/// The place of a name among the known ones; the newer state file goes before the older.
fn rank(name: &str) -> (usize, &str) {
    (KNOWN.iter().position(|(known, _)| *known == name).unwrap_or(KNOWN.len()), name)
}

fn is_project(folder: &Path) -> Result<bool, MigrateError> {
    let bytes = pictures::read_bounded(&folder.join(manifest::names::MANIFEST))?;
    let value: Option<Value> = serde_json::from_slice(&bytes).ok();
    Ok(value.is_some_and(|value| value.get("lineage").is_some()))
}

/// The plain files of the folder and of the plain folders in it, in order, with forward slashes.
fn names(folder: &Path) -> Result<Vec<String>, MigrateError> {
    let mut names = Vec::new();
    let mut inner = Vec::new();
    for (name, is_folder) in entries(folder)? {
        let is_ours = name.ends_with(".woodcut") || name.ends_with(".series");
        let is_project = is_ours || name.starts_with('.');
        match is_folder {
            true if !is_project => inner.push(name),
            true => {}
            false => names.push(name),
        }
    }
    for outer in inner {
        let inside = entries(&folder.join(&outer))?.into_iter().filter(|(_, is_folder)| !is_folder);
        names.extend(inside.map(|(name, _)| format!("{outer}/{name}")));
        if names.len() > MOST_FILES {
            let why = format!("more than {MOST_FILES} files in it");
            return Err(MigrateError::foreign(&folder.join(outer), 1, why));
        }
    }
    names.sort();
    Ok(names)
}

/// Plain files and folders, those alone whose names can be names in a project.
fn entries(folder: &Path) -> Result<Vec<(String, bool)>, MigrateError> {
    let mut entries = Vec::new();
    let listed = fs::read_dir(folder).map_err(MigrateError::io(folder, "list"))?;
    for entry in listed.take(MOST_FILES) {
        let entry = entry.map_err(MigrateError::io(folder, "list"))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type().map_err(MigrateError::io(&entry.path(), "look at"))?;
        let is_usable = !name.contains(['\\', ':']) && !name.chars().any(char::is_control);
        if is_usable && (kind.is_file() || kind.is_dir()) {
            entries.push((name, kind.is_dir()));
        }
    }
    Ok(entries)
}

/// Reads a file if it is one of those that we know; says what it is.
fn document(folder: &Path, name: &str) -> Result<Option<(Kind, String, String)>, MigrateError> {
    let path = folder.join(name);
    let known = KNOWN.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
    let is_json = name.ends_with(".json") && (!name.contains('/') || name.starts_with("data/"));
    if known.is_none() && !is_json {
        return Ok(None);
    }
    let size = fs::metadata(&path).map_err(MigrateError::io(&path, "read"))?.len();
    if known.is_none() && size > LARGEST_MIB << 20 {
        return Ok(None);
    }
    let bytes = pictures::read_bounded(&path)?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) if known.is_none() => return Ok(None),
        Err(error) => {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.split(|byte| *byte == b'\n').count();
            return Err(MigrateError::foreign(&path, line, "it is no UTF-8 text"));
        }
    };
    let kind = match known {
        Some(Kind::Chapters | Kind::Elements) => known,
        Some(kind) => Some(checked(&path, &text, kind)?),
        None => serde_json::from_str(plain(&text)).ok().as_ref().and_then(shape).or_else(|| {
            // Not JSON at all, but of the kind that was printed instead of written.
            text.contains("'image_tracking'").then_some(Kind::Progress)
        }),
    };
    Ok(kind.map(|kind| (kind, name.to_owned(), text)))
}

/// Makes sure that a file holds what its name says.
fn checked(path: &Path, text: &str, kind: Kind) -> Result<Kind, MigrateError> {
    // Single quotes are for the reader of progress files; damage is for the reader of each to place.
    let Ok(value) = serde_json::from_str::<Value>(plain(text)) else { return Ok(kind) };
    let fits = match kind {
        Kind::Series => value.is_object(),
        kind => shape(&value) == Some(kind),
    };
    if fits { Ok(kind) } else { Err(MigrateError::foreign(path, 1, wanted(kind))) }
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::State => "a state file has `phases`, and this has none",
        Kind::Manifest => "a manifest has `chapters` and `elements_md_status`, and this has not",
        Kind::Progress => "a progress file has `chunks` or `image_tracking`, and this has neither",
        Kind::Characters => "a character registry has a list of `characters`, and this has none",
        Kind::StyleGuide => "a style guide has an `artStyle`, and this has none",
        Kind::Chapters | Kind::Elements | Kind::Series => "it is not what its name says",
    }
}

/// What a JSON file is, judged by what is in it.
fn shape(value: &Value) -> Option<Kind> {
    let has = |name: &str| value.get(name).is_some();
    if value.get("phases").is_some_and(Value::is_object) {
        Some(Kind::State)
    } else if has("image_tracking") || value.get("chunks").is_some_and(Value::is_array) {
        Some(Kind::Progress)
    } else if has("elements_md_status")
        && value.get("chapters").is_some_and(Value::is_object)
        && !has("lineage")
    {
        Some(Kind::Manifest)
    } else if has("artStyle") {
        Some(Kind::StyleGuide)
    } else if value.get("characters").is_some_and(Value::is_array) {
        Some(Kind::Characters)
    } else {
        None
    }
}

/// A text without the mark that some editors put in front.
fn plain(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Takes in one file; says what it was taken for.
fn take(legacy: &mut Legacy, kind: Kind, path: &Path, text: &str) -> Result<String, MigrateError> {
    let text = plain(text);
    let (found, what) = match kind {
        Kind::State => {
            let (found, era) = state_file::read(path, text)?;
            (found, format!("state file of era {era}"))
        }
        Kind::Chapters => {
            let found = documents::chapters(path, text, &legacy.chapters)?;
            (found, "scenes as a document".to_owned())
        }
        Kind::Elements => (documents::elements(path, text)?, "elements as a document".to_owned()),
        Kind::Manifest => (manifest_file::read(path, text)?, "manifest 3.0.0".to_owned()),
        Kind::Characters => (records::characters(path, text)?, "character registry".to_owned()),
        Kind::Progress => (progress_file::read(path, text)?, "progress file".to_owned()),
        Kind::StyleGuide => (records::style(path, text)?, "style guide".to_owned()),
        Kind::Series => {
            let _: Value = crate::json::parse(path, text)?;
            (Legacy::default(), "series file, see `woodcut series`".to_owned())
        }
    };
    legacy.merge(found);
    Ok(what)
}

/// Opens every picture whose name says what it is, and every one that another file names.
fn take_pictures(legacy: &mut Legacy, folder: &Path, names: &[String]) -> Result<(), MigrateError> {
    let mut wanted: BTreeSet<String> =
        names.iter().filter(|name| pictures::numbers(base(name)).is_some()).cloned().collect();
    for named in named_pictures(legacy) {
        match pictures::inside(&named) {
            Some(name) if pictures::is_plain_file(folder, &name) => drop(wanted.insert(name)),
            Some(_) => {}
            None => legacy.unplaced.push(format!(
                "the picture {named:?}: its name leads out of the folder or is of no picture, so it was not opened"
            )),
        }
    }
    for name in wanted {
        let picture = pictures::read(folder, &name)?;
        legacy.pictures.insert(name, picture);
    }
    Ok(())
}

fn named_pictures(legacy: &Legacy) -> BTreeSet<String> {
    let chapters = legacy.chapters.values().flat_map(|chapter| {
        chapter.scenes.iter().map(|scene| &scene.picture).chain([&chapter.picture])
    });
    let elements = legacy.elements.values().map(|element| &element.picture);
    chapters.chain(elements).flatten().cloned().collect()
}
