//! A series: books that share people, places and a manner, and a folder of its own that knows them.
//!
//! Each book of the series contributes what it says itself (`books/….json`), and takes in what the books
//! before it say ([`recall`]). The folder belongs to no project: `series.json` lists the books in their
//! order, and `series.lock` is held for as long as it takes to write, so that any number of processes may
//! work on any number of books at the same time. Projects are named relative to the folder, so that a
//! shelf can be moved.
//!
//! **Invariant:** a contribution is on disk before `series.json` names it; the lock is held while nothing
//! but the disk is waited for; what earlier books know never mixes with what a book says itself.

pub mod catalogue;
pub mod looks;
pub mod recall;

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

use manifest::{Interrupt, LockError, StoreError, artifact};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::element::{Element, Elements, Memory};
use crate::likeness::{self, Kind};
use crate::project;
use crate::style::StyleGuide;
use catalogue::{Catalogue, Volume};
use recall::Known;

/// The record of a series.
pub const RECORD: &str = "series.json";
/// Guards every change; never removed.
const LOCK: &str = "series.lock";
/// What is known of the series, for programs.
pub const CATALOGUE: &str = "catalogue.json";
/// What is known of the series, for people.
pub const CATALOGUE_MD: &str = "Series.md";
/// The version of the record that this program writes.
pub const VERSION: &str = "1.0";

/// Why a series could not be worked with.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    /// A file of the series could not be read or written.
    #[error(transparent)]
    File(#[from] StoreError),
    /// The lock was not had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The folder cannot be made, or a project in it not be found.
    #[error("cannot use {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{} cannot be understood; move it away, and `woodcut series` makes it again from the projects", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A later version of this program made the series.
    #[error("{} is of version {version}, which is newer than this program; a newer woodcut is needed", path.display())]
    Newer {
        /// The record.
        path: PathBuf,
        /// Its version.
        version: String,
    },
}

/// The content of `series.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Version of this format.
    pub version: String,
    /// What the series is called.
    #[serde(default)]
    pub title: String,
    /// What counts where books speak of the same element.
    #[serde(default)]
    pub memory: Memory,
    /// The books, in the order of the series.
    #[serde(default)]
    pub books: Vec<Entry>,
}

/// A book of a series.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Folder of its project, relative to that of the series where that can be said.
    pub project: String,
    /// Its title; empty until its elements are known.
    #[serde(default)]
    pub title: String,
    /// File of the folder that holds what it says; empty until its elements are known.
    #[serde(default)]
    pub said: String,
}

/// What a book of a series says itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Said {
    elements: Elements,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    style: Option<StyleGuide>,
}

/// What a book of a series knows from the books before it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Earlier {
    /// What counts where they speak of the same element.
    pub memory: Memory,
    /// The earlier books whose elements are known.
    pub books: Vec<Known>,
    /// The manner of the latest of them that has one.
    pub style: Option<StyleGuide>,
    /// The projects of earlier books whose elements are not known.
    pub unknown: Vec<PathBuf>,
}

/// The folder of a series.
#[derive(Debug, Clone)]
pub struct Series {
    folder: PathBuf,
    interrupt: Interrupt,
}

impl Series {
    /// The series in this folder, which is made if need be.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn at(folder: &Path, interrupt: &Interrupt) -> Result<Self, SeriesError> {
        let error = |source| SeriesError::Folder { path: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(error)?;
        let folder = folder.canonicalize().map_err(error)?;
        Ok(Self { folder, interrupt: interrupt.clone() })
    }

    /// Its folder, as an absolute path.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The record as it is now.
    ///
    /// # Errors
    /// When it is there and cannot be used.
    pub fn record(&self) -> Result<Record, SeriesError> {
        let stem = self.folder.file_stem().unwrap_or_default().to_string_lossy();
        let new = Record {
            version: VERSION.to_owned(),
            title: stem.into_owned(),
            memory: Memory::default(),
            books: Vec::new(),
        };
        let record = self.read::<Record>(RECORD)?.unwrap_or(new);
        let major = |version: &str| version.split('.').next().map(str::to_owned);
        if major(&record.version) == major(VERSION) {
            return Ok(record);
        }
        Err(SeriesError::Newer { path: self.folder.join(RECORD), version: record.version })
    }

    /// Changes the record; nobody else does so meanwhile.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub fn update<T>(&self, change: impl FnOnce(&mut Record) -> T) -> Result<T, SeriesError> {
        let _held = manifest::exclusive(&self.folder.join(LOCK), &self.interrupt)?;
        let before = self.record()?;
        let mut record = before.clone();
        let result = change(&mut record);
        if record != before || !self.folder.join(RECORD).is_file() {
            self.write(RECORD, &record)?;
        }
        Ok(result)
    }

    /// Adds a project at the end of the series, unless it is in it already.
    ///
    /// # Errors
    /// As [`Series::update`].
    pub fn add(&self, project: &Path) -> Result<(), SeriesError> {
        self.update(|record| {
            self.place(record, project);
        })
    }

    /// Where a project is in the series, at the end if it was not in it.
    fn place(&self, record: &mut Record, project: &Path) -> usize {
        if let Some(at) = self.find(record, project) {
            return at;
        }
        record.books.push(Entry { project: self.named(project), ..Entry::default() });
        record.books.len() - 1
    }

    /// Where a project is in the series, counted from 0.
    #[must_use]
    pub fn find(&self, record: &Record, project: &Path) -> Option<usize> {
        let wanted = resolved(project);
        record.books.iter().position(|entry| resolved(&self.project(entry)) == wanted)
    }

    /// The folder of a book's project.
    #[must_use]
    pub fn project(&self, entry: &Entry) -> PathBuf {
        self.folder.join(&entry.project)
    }

    /// The folder of the series as it is named from a project's.
    #[must_use]
    pub fn seen_from(&self, project: &Path) -> PathBuf {
        relative(&resolved(project), &self.folder)
    }

    /// A project's folder as the record names it.
    fn named(&self, project: &Path) -> String {
        relative(&self.folder, &resolved(project)).to_string_lossy().replace('\\', "/")
    }

    /// Takes in what a book says itself, in place of what it said before.
    ///
    /// # Errors
    /// When a file of the series cannot be written.
    pub fn contribute(
        &self,
        project: &Path,
        title: &str,
        elements: &Elements,
        style: Option<&StyleGuide>,
    ) -> Result<(), SeriesError> {
        let name = self.named(project);
        let key = project::key(&[&name]);
        let stem = project.file_stem().unwrap_or_default().to_string_lossy();
        let file = format!("books/{}-{}.json", artifact::slug(&stem), &key[..8]);
        let said = Said { elements: recall::own(elements), style: style.cloned() };
        if self.read::<Said>(&file).ok().flatten().as_ref() != Some(&said) {
            self.write(&file, &said)?;
        }
        self.update(|record| {
            let at = self.place(record, project);
            title.clone_into(&mut record.books[at].title);
            record.books[at].said = file;
        })
    }

    /// What the books before this one know.
    ///
    /// # Errors
    /// When a file of the series cannot be read.
    pub fn earlier(&self, project: &Path) -> Result<Earlier, SeriesError> {
        let record = self.record()?;
        let own = self.find(&record, project).unwrap_or(record.books.len());
        let mut earlier = Earlier { memory: record.memory, ..Earlier::default() };
        for (entry, number) in record.books[..own].iter().zip(1..) {
            match self.said(entry)? {
                Some(said) => {
                    let (title, elements) = (entry.title.clone(), said.elements);
                    let project = self.project(entry);
                    earlier.books.push(Known { number, title, project, elements });
                    earlier.style = said.style.or(earlier.style);
                }
                None => earlier.unknown.push(self.project(entry)),
            }
        }
        Ok(earlier)
    }

    fn said(&self, entry: &Entry) -> Result<Option<Said>, SeriesError> {
        if entry.said.is_empty() { Ok(None) } else { self.read(&entry.said) }
    }

    /// Makes the catalogue anew from what the books say, and writes it for programs and for people.
    ///
    /// # Errors
    /// When a file of the series cannot be read or written.
    pub fn write_catalogue(&self) -> Result<Catalogue, SeriesError> {
        let _held = manifest::exclusive(&self.folder.join(LOCK), &self.interrupt)?;
        let record = self.record()?;
        let mut volumes = Vec::new();
        for entry in &record.books {
            let elements = self.said(entry)?.map(|said| said.elements);
            let sheets = elements.as_ref().map_or_else(BTreeMap::new, |e| self.sheets(entry, e));
            let (title, project) = (entry.title.clone(), entry.project.clone());
            volumes.push(Volume { title, project, elements, sheets });
        }
        let catalogue = catalogue::catalogue(&record.title, record.memory, &volumes);
        self.write(CATALOGUE, &catalogue)?;
        artifact::put(&self.folder, CATALOGUE_MD, catalogue.markdown().as_bytes())?;
        Ok(catalogue)
    }

    /// The pictures of a book's sheets, by name of the element. A project that is gone has none.
    fn sheets(&self, entry: &Entry, elements: &Elements) -> BTreeMap<String, String> {
        let project = self.project(entry);
        let sheet = |element: &Element| {
            let record = likeness::read_from(&project, Kind::Sheet, &element.name)?;
            let file = record.file.filter(|file| is_there(&project, file))?;
            Some((element.name.clone(), format!("{}/{file}", entry.project)))
        };
        elements.elements.iter().filter_map(sheet).collect()
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, SeriesError> {
        let Some(bytes) = artifact::get(&self.folder, name)? else { return Ok(None) };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|source| SeriesError::Malformed { path: self.folder.join(name), source })
    }

    fn write<T: Serialize>(&self, name: &str, value: &T) -> Result<(), SeriesError> {
        let text = serde_json::to_vec_pretty(value);
        let mut text =
            text.map_err(|source| SeriesError::Malformed { path: self.folder.join(name), source })?;
        text.push(b'\n');
        Ok(artifact::put(&self.folder, name, &text)?)
    }
}

/// A style guide as a later book takes it over: without the pictures, which lie in the earlier one.
#[must_use]
pub fn inherited(style: &StyleGuide) -> StyleGuide {
    StyleGuide { pictures: Vec::new(), ..style.clone() }
}

fn is_there(project: &Path, file: &str) -> bool {
    artifact::path(project, file).is_ok_and(|path| path.is_file())
}

/// A path to compare by: of what is there, without links and dots; else as far as can be said.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.canonicalize().unwrap_or_else(|_| match (absolute.parent(), absolute.file_name()) {
        (Some(parent), Some(name)) => {
            parent.canonicalize().unwrap_or_else(|_| parent.to_owned()).join(name)
        }
        _ => absolute,
    })
}

/// How `to` is named from the folder `from`, both absolute; `to` itself where they share no root.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let (mut up, mut down) = (from.components().peekable(), to.components().peekable());
    let mut shared = 0;
    while let (Some(a), Some(b)) = (up.peek(), down.peek())
        && a == b
    {
        shared += usize::from(matches!(a, Component::Normal(_)));
        up.next();
        down.next();
    }
    let another_root = up.peek().is_some_and(|part| !matches!(part, Component::Normal(_)));
    if another_root || (shared == 0 && cfg!(windows)) {
        return to.to_owned();
    }
    let path: PathBuf = up.map(|_| Component::ParentDir).chain(down).collect();
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::ElementType;

    fn people(names: &[&str]) -> Elements {
        let elements = names.iter().map(|name| Element::new(*name, ElementType::Character));
        Elements { elements: elements.collect(), ..Elements::default() }
    }

    #[test]
    fn a_book_knows_those_before_it_and_a_shelf_can_be_moved() {
        let shelf = tempfile::tempdir().unwrap();
        let here = shelf.path().join("here");
        let series = Series::at(&here.join("saga"), &Interrupt::new()).unwrap();
        for name in ["one", "two", "three"] {
            std::fs::create_dir(here.join(name)).unwrap();
            series.add(&here.join(name)).unwrap();
        }
        series.contribute(&here.join("one"), "One", &people(&["Ada"]), None).unwrap();
        series.contribute(&here.join("three"), "Three", &people(&["Tom"]), None).unwrap();
        let there = shelf.path().join("there");
        std::fs::rename(&here, &there).unwrap();
        let series = Series::at(&there.join("saga"), &Interrupt::new()).unwrap();
        let earlier = series.earlier(&there.join("three")).unwrap();
        assert_eq!(earlier.books.len(), 1);
        assert_eq!((earlier.books[0].number, earlier.books[0].title.as_str()), (1, "One"));
        assert_eq!(earlier.unknown.len(), 1);
        assert!(series.earlier(&there.join("one")).unwrap().books.is_empty());
        let catalogue = series.write_catalogue().unwrap();
        assert_eq!(catalogue.elements.len(), 2);
        assert!(there.join("saga").join(CATALOGUE_MD).is_file());
    }

    #[test]
    fn many_who_contribute_at_once_lose_nothing() {
        let shelf = tempfile::tempdir().unwrap();
        let names: Vec<String> = (0..16).map(|nth| format!("book-{nth}")).collect();
        std::thread::scope(|scope| {
            for name in &names {
                let shelf = &shelf;
                scope.spawn(move || {
                    let folder = shelf.path().join("saga");
                    let series = Series::at(&folder, &Interrupt::new()).unwrap();
                    let project = shelf.path().join(name);
                    series.contribute(&project, name, &people(&[name]), None).unwrap();
                    series.write_catalogue().unwrap();
                });
            }
        });
        let series = Series::at(&shelf.path().join("saga"), &Interrupt::new()).unwrap();
        assert_eq!(series.record().unwrap().books.len(), 16);
        assert_eq!(series.write_catalogue().unwrap().elements.len(), 16);
    }

    #[test]
    fn a_record_that_leads_out_of_the_folder_or_is_newer_is_refused() {
        let shelf = tempfile::tempdir().unwrap();
        let series = Series::at(shelf.path(), &Interrupt::new()).unwrap();
        let entry = |said: &str| format!(r#"{{"project": "x", "said": "{said}"}}"#);
        let record = |version: &str, said: &str| {
            let text = format!(r#"{{"version": "{version}", "books": [{}]}}"#, entry(said));
            artifact::put(shelf.path(), RECORD, text.as_bytes()).unwrap();
        };
        record("1.7", "../secret.json");
        assert!(matches!(series.earlier(Path::new("y")), Err(SeriesError::File(_))));
        record("2.0", "");
        assert!(matches!(series.record(), Err(SeriesError::Newer { .. })));
        artifact::put(shelf.path(), RECORD, b"{").unwrap();
        assert!(matches!(series.record(), Err(SeriesError::Malformed { .. })));
    }

    #[test]
    fn a_way_from_folder_to_folder() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(way("/a/saga", "/a/one.woodcut"), Path::new("../one.woodcut"));
        assert_eq!(way("/a", "/a/b/c"), Path::new("b/c"));
        assert_eq!(way("/a/b", "/a/b"), Path::new("."));
    }
}
