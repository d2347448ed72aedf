//! The projects below the folders that are served.
//!
//! **Invariant:** a book's id is made of letters, digits and hyphens alone, whatever its folder and its
//! manifest say, and stays the same while the server runs. Links to other folders are not followed.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use manifest::{Interrupt, Options, Store, names};
use serde::Serialize;
use tokio::sync::Mutex;

use crate::live::Book;

/// How many folders deep projects are looked for.
const DEPTH: usize = 6;
/// How many folders are looked into at most.
const MOST_FOLDERS: usize = 20_000;
/// For so long the folders are believed to hold what they held.
const SCAN_AGAIN: Duration = Duration::from_secs(2);

/// All projects below some folders.
pub struct Shelf {
    folders: Vec<PathBuf>,
    interrupt: Interrupt,
    found: Mutex<Found>,
}

/// What was found.
#[derive(Clone, Default)]
pub struct Found {
    at: Option<Instant>,
    /// The projects, by id.
    pub books: BTreeMap<String, Arc<Book>>,
    /// Projects that cannot be shown.
    pub problems: Vec<Trouble>,
}

/// A project that cannot be shown.
#[derive(Debug, Clone, Serialize)]
pub struct Trouble {
    /// Its folder.
    pub folder: PathBuf,
    /// Why.
    pub message: String,
}

impl Shelf {
    pub fn new(folders: Vec<PathBuf>, interrupt: Interrupt) -> Self {
        Self { folders, interrupt, found: Mutex::default() }
    }

    /// Every project there is.
    pub async fn found(&self) -> Found {
        self.look(SCAN_AGAIN).await
    }

    /// One project; `None` where there is none of this id.
    pub async fn book(&self, id: &str) -> Option<Arc<Book>> {
        let known = self.found.lock().await.books.get(id).cloned();
        match known {
            Some(book) if book.store.folder().is_dir() => Some(book),
            _ => self.found().await.books.get(id).cloned(),
        }
    }

    async fn look(&self, age: Duration) -> Found {
        let mut found = self.found.lock().await;
        if found.at.is_some_and(|at| at.elapsed() < age) {
            return found.clone();
        }
        let (folders, interrupt) = (self.folders.clone(), self.interrupt.clone());
        let known = found.books.clone();
        let scan = move || scan(&folders, &known, &interrupt);
        *found = tokio::task::spawn_blocking(scan).await.unwrap_or_default();
        found.clone()
    }
}

fn scan(folders: &[PathBuf], known: &BTreeMap<String, Arc<Book>>, interrupt: &Interrupt) -> Found {
    let mut found = Found { at: Some(Instant::now()), ..Found::default() };
    let known: BTreeMap<&Path, &Arc<Book>> =
        known.values().map(|book| (book.store.folder(), book)).collect();
    for folder in projects(folders) {
        if let Some(book) = known.get(folder.as_path()).filter(|book| book.is_same()) {
            found.books.insert(book.id.clone(), Arc::clone(book));
            continue;
        }
        let options = Options { interrupt: interrupt.clone(), ..Options::default() };
        let opened = Store::open(&folder, options)
            .and_then(|store| Ok((store.view(|manifest| manifest.lineage.clone())?, store)));
        match opened {
            Ok((lineage, store)) => {
                let id = free_id(&id(&folder, &lineage), &found.books);
                found.books.insert(id.clone(), Arc::new(Book::new(id, lineage, store)));
            }
            Err(error) => found.problems.push(Trouble { folder, message: error.to_string() }),
        }
    }
    found
}

/// The id of a book: what its folder is called, and the start of what tells its project from others.
fn id(folder: &Path, lineage: &str) -> String {
    let stem = folder.file_stem().unwrap_or_default().to_string_lossy();
    let lineage: String =
        lineage.chars().filter(char::is_ascii_alphanumeric).take(6).collect::<String>();
    format!("{}-{}", manifest::artifact::slug(&stem), lineage.to_ascii_lowercase())
}

/// A copy of a project has everything of it, and needs an id of its own.
fn free_id(id: &str, taken: &BTreeMap<String, Arc<Book>>) -> String {
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    let mut ids = std::iter::once(id.to_owned()).chain(numbered);
    ids.find(|id| !taken.contains_key(id)).unwrap_or_default()
}

/// The projects at and below some folders, by path.
fn projects(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut ahead: VecDeque<(PathBuf, usize)> =
        folders.iter().map(|folder| (folder.clone(), 0)).collect();
    for _ in 0..MOST_FOLDERS {
        let Some((folder, depth)) = ahead.pop_front() else { break };
        if is_project(&folder) {
            found.push(folder);
            continue;
        }
        if depth == DEPTH {
            continue;
        }
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if !hidden && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                ahead.push_back((entry.path(), depth + 1));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Other programs have a `manifest.json` as well, but none has our lock beside it.
fn is_project(folder: &Path) -> bool {
    let has = |name: &str| folder.join(name).is_file();
    has(names::LOCK) && (has(names::MANIFEST) || has(names::JOURNAL))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_is_a_plain_word(folder: String, lineage: String) {
            let id = id(Path::new(&folder), &lineage);
            prop_assert!(!id.is_empty());
            prop_assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        }
    }

    #[test]
    fn links_and_hidden_folders_are_left_alone() {
        let shelf = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        for folder in [
            shelf.path().join("a/one.woodcut"),
            shelf.path().join(".hidden/two"),
            other.path().join("three"),
        ] {
            fs::create_dir_all(&folder).unwrap();
            manifest::artifact::put(&folder, names::LOCK, b"").unwrap();
            manifest::artifact::put(&folder, names::MANIFEST, b"{}").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(other.path(), shelf.path().join("link")).unwrap();
        let found = projects(&[shelf.path().to_owned()]);
        assert_eq!(found, [shelf.path().join("a/one.woodcut")]);
    }
}
