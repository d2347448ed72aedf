//! What the command line says of the book itself is kept in the project's file, so that whoever goes
//! on with it, in whatever process, goes on in the same way.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, Value};

use crate::FILE;
use crate::error::ConfigError;
use crate::layer::Flags;

/// Sections about the book; the others are about one run of the program.
const KEPT: [&str; 6] = ["text", "image", "reading", "plates", "look", "series"];
/// Kept by the manifest, which refuses another one.
const HEADINGS: &str = "reading.headings";
/// How often the file is written again because somebody else wrote it at the same moment.
const AGAIN: usize = 10;

/// Writes those flags that are about the book into the project's file, leaving all else in it as it
/// is. The folder is made if need be.
///
/// # Errors
/// [`ConfigError`] when the file is not TOML or cannot be written.
pub fn keep(project: &Path, flags: &Flags) -> Result<(), ConfigError> {
    let kept: Vec<_> = flags
        .values()
        .filter(|(key, _)| KEPT.contains(&key.split('.').next().unwrap_or_default()))
        .filter(|(key, _)| *key != HEADINGS)
        .collect();
    write(project, |document| {
        for (key, value) in &kept {
            set(document, key, value);
        }
    })
}

/// Removes a key from the project's file, leaving all else in it as it is.
///
/// # Errors
/// As [`keep`].
pub fn forget(project: &Path, key: &str) -> Result<(), ConfigError> {
    write(project, |document| {
        let mut parts: Vec<&str> = key.split('.').collect();
        let Some(name) = parts.pop() else { return };
        let mut item: &mut Item = document.as_item_mut();
        for part in parts {
            let Some(inner) = item.get_mut(part) else { return };
            item = inner;
        }
        if let Some(table) = item.as_table_like_mut() {
            table.remove(name);
        }
    })
}

/// Changes the project's file, unless that changes nothing.
fn write(project: &Path, change: impl Fn(&mut DocumentMut)) -> Result<(), ConfigError> {
    let path = project.join(FILE);
    for _ in 0..AGAIN {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(ConfigError::Unreadable { path, source }),
        };
        let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
            let at = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
            let why = error.message().to_owned();
            ConfigError::NotToml { path: path.clone(), line, why }
        })?;
        change(&mut document);
        if document.to_string() == text {
            return Ok(());
        }
        std::fs::create_dir_all(project)
            .map_err(|source| ConfigError::Unreadable { path: project.to_owned(), source })?;
        manifest::artifact::put(project, FILE, document.to_string().as_bytes())?;
    }
    Ok(())
}

fn set(document: &mut DocumentMut, key: &str, value: &toml::Value) {
    let Ok(value) = value.to_string().parse::<Value>() else { return };
    let mut parts: Vec<&str> = key.split('.').collect();
    let Some(name) = parts.pop() else { return };
    let mut item: &mut Item = document.as_item_mut();
    for part in parts {
        let Some(table) = item.as_table_like_mut() else { return };
        item = table.entry(part).or_insert_with(|| Item::Table(Table::new()));
    }
    if let Some(table) = item.as_table_like_mut() {
        let same = table.get(name).and_then(Item::as_value);
        if same.is_none_or(|same| same.clone().decorated("", "").to_string() != value.to_string()) {
            table.insert(name, Item::Value(value));
        }
    }
}
