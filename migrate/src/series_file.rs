//! The predecessor's series files: a series of books made of what they know.
//!
//! They lie in the folder of a series, or of one of its books: `.imaginize.series.json` lists the books,
//! `.series-elements-memory.json` what they have told. What comes of them is a folder as `woodcut series`
//! makes it, whole or not at all; the projects of its books are expected where `woodcut migrate` puts them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use book::element::{Aspect, Element, Elements, Fact, Memory};
use book::series::{RECORD, Series};
use manifest::{Interrupt, artifact};
use serde::Serialize;
use serde_json::Value;

use crate::legacy::MOST_CHAPTERS;
use crate::records::kind_of;
use crate::{MigrateError, beside, json, pictures};

/// Lists the books.
const BOOKS: &str = ".imaginize.series.json";
/// Holds what they have told.
const MEMORY: &str = ".series-elements-memory.json";

/// The series that was made of the files in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MadeSeries {
    /// Its folder.
    pub folder: PathBuf,
    /// Whether it is new, and not there from before.
    pub is_new: bool,
    /// How many books it has.
    pub books: usize,
}

/// A book as the files name it.
struct OldBook {
    id: String,
    title: String,
    /// Its file, or only its name; data until it is checked.
    path: String,
}

/// What both files say.
struct Old {
    name: String,
    memory: Memory,
    books: Vec<OldBook>,
    entities: Vec<Value>,
}

/// Makes a series of the series files in a folder; `None` where there are none.
///
/// # Errors
/// [`MigrateError`] when a file is damaged or the series cannot be written; nothing is then made.
pub fn carry_out(folder: &Path) -> Result<Option<MadeSeries>, MigrateError> {
    let (Some(list), memory) = (read(folder, BOOKS)?, read(folder, MEMORY)?) else {
        return Ok(None);
    };
    let old = Old::of(&list, memory.as_ref());
    let target = folder.join(format!("{}.series", artifact::slug(&old.name)));
    let books = old.books.len();
    if target.join(RECORD).is_file() {
        return Ok(Some(MadeSeries { folder: target, is_new: false, books }));
    }
    beside::whole(&target, |place| old.write(folder, place))?;
    Ok(Some(MadeSeries { folder: target, is_new: true, books }))
}

fn read(folder: &Path, name: &str) -> Result<Option<Value>, MigrateError> {
    if !pictures::is_plain_file(folder, name) {
        return Ok(None);
    }
    let path = folder.join(name);
    let bytes = pictures::read_bounded(&path)?;
    json::parse(&path, &String::from_utf8_lossy(&bytes)).map(Some)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().trim().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn chapter(value: &Value) -> Option<u32> {
    let number = u32::try_from(value.as_u64()?).ok()?;
    (1..=MOST_CHAPTERS).contains(&number).then_some(number)
}

impl Old {
    fn of(list_of_books: &Value, memory: Option<&Value>) -> Self {
        let memory = memory.unwrap_or(&Value::Null);
        // One era wrote them by name, the other as a list.
        let by_name = memory["entities"].as_object().into_iter().flat_map(|all| all.values());
        let entities: Vec<Value> = by_name.chain(list(&memory["elements"])).cloned().collect();
        let mut books: Vec<(u64, OldBook)> = Vec::new();
        for (book, place) in list(&list_of_books["books"]).zip(0..) {
            let name = text(book);
            let (id, title, path) = (text(&book["id"]), text(&book["title"]), text(&book["path"]));
            let order = book["order"].as_u64().unwrap_or(place);
            let path = if path.is_empty() { id.clone() } else { path };
            let book = match name.is_empty() {
                true => OldBook { id, title, path },
                false => OldBook { id: name.clone(), title: name.clone(), path: name },
            };
            books.push((order, book));
        }
        books.sort_by_key(|(order, _)| *order);
        let name = text(&list_of_books["name"]);
        Self {
            name: if name.is_empty() { "series".to_owned() } else { name },
            memory: match list_of_books["sharedElements"]["mergeStrategy"].as_str() {
                Some("union") => Memory::Union,
                Some("override") => Memory::Override,
                _ => Memory::Enrich,
            },
            books: books.into_iter().map(|(_, book)| book).collect(),
            entities,
        }
    }

    /// Fills the folder of the series, which lies in `folder` for now under another name.
    fn write(&self, folder: &Path, place: &Path) -> Result<(), MigrateError> {
        let series = Series::at(place, &Interrupt::new())?;
        series.update(|record| {
            record.title.clone_from(&self.name);
            record.memory = self.memory;
        })?;
        for book in &self.books {
            let elements = self.entities.iter().filter_map(|entity| book.says_of(entity));
            let elements = Elements { elements: elements.collect(), ..Elements::default() };
            let project = book.project(folder);
            match elements.elements.is_empty() {
                true => series.add(&project)?,
                false => series.contribute(&project, &book.title, &elements, None)?,
            }
        }
        series.write_catalogue()?;
        Ok(())
    }
}

impl OldBook {
    /// Where the book's project is once its own folder is migrated.
    fn project(&self, folder: &Path) -> PathBuf {
        let slashes = self.path.replace('\\', "/");
        let inside = artifact::path(folder, &slashes).ok();
        let named = inside.unwrap_or_else(|| folder.join(artifact::slug(&self.id)));
        let stem = named.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        named.with_file_name(format!("{stem}.woodcut"))
    }

    fn is(&self, id: &Value) -> bool {
        let id = id.as_str().unwrap_or_default();
        !id.is_empty() && (id == self.id || id == self.title)
    }

    /// What this book has told of an element.
    fn says_of(&self, entity: &Value) -> Option<Element> {
        let name = Some(text(&entity["name"])).filter(|name| !name.is_empty())?;
        let fact = |chapter: u32, words: String, aspect| Fact {
            chapter,
            offset: 0,
            quote: words.clone(),
            text: words,
            aspect,
            named: name.clone(),
        };
        let (mut facts, mut chapters, mut appears) = (Vec::new(), BTreeSet::new(), false);
        let first = &entity["firstAppearance"];
        if self.is(&first["bookId"]) {
            let begins = chapter(&first["chapter"]).unwrap_or(1);
            let words = text(&entity["baseDescription"]);
            facts.extend((!words.is_empty()).then(|| fact(begins, words, Aspect::Form)));
            chapters.insert(begins);
            appears = true;
        }
        for told in list(&entity["enrichments"]).filter(|told| self.is(&told["sourceBook"])) {
            let begins = chapter(&told["sourceChapter"]).unwrap_or(1);
            let words = text(&told["detail"]);
            facts.extend((!words.is_empty()).then(|| fact(begins, words, Aspect::Sight)));
            chapters.insert(begins);
            appears = true;
        }
        for there in list(&entity["appearances"]).filter(|there| self.is(&there["bookId"])) {
            chapters.extend(list(&there["chapters"]).filter_map(chapter));
            appears = true;
        }
        let kind = kind_of(&text(&entity["type"]));
        appears.then(|| Element {
            aliases: list(&entity["aliases"]).map(text).filter(|name| !name.is_empty()).collect(),
            description: book::element::describe(facts.iter()),
            chapters: chapters.into_iter().collect(),
            facts,
            ..Element::new(name.clone(), kind)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn put(folder: &Path, name: &str, value: &Value) {
        artifact::put(folder, name, value.to_string().as_bytes()).unwrap();
    }

    #[test]
    fn series_files_become_a_series() {
        let folder = tempfile::tempdir().unwrap();
        let books = json!({"name": "The Fords", "books": [
            {"id": "b2", "title": "Two", "path": "../../two.epub", "order": 2},
            {"id": "b1", "title": "One", "path": "book-1/one.epub", "order": 1},
        ], "sharedElements": {"mergeStrategy": "union"}});
        put(folder.path(), BOOKS, &books);
        let memory = json!({"entities": {"Ada": {
            "name": "Ada", "type": "character", "baseDescription": "a tall woman",
            "firstAppearance": {"bookId": "b1", "bookTitle": "One", "chapter": 3},
            "appearances": [{"bookId": "b1", "chapters": [3, 4]}, {"bookId": "b2", "chapters": []}],
            "enrichments": [{"detail": "red hair", "sourceBook": "b1", "sourceChapter": 4}],
        }}});
        put(folder.path(), MEMORY, &memory);
        let made = carry_out(folder.path()).unwrap().unwrap();
        assert_eq!((made.is_new, made.books), (true, 2));
        let series = Series::at(&made.folder, &Interrupt::new()).unwrap();
        let record = series.record().unwrap();
        assert_eq!((record.title.as_str(), record.memory), ("The Fords", Memory::Union));
        let projects: Vec<_> = record.books.iter().map(|book| book.project.as_str()).collect();
        assert_eq!(projects, ["../book-1/one.woodcut", "../b2.woodcut"]);
        let earlier = series.earlier(&folder.path().join("b2.woodcut")).unwrap();
        let ada = &earlier.books[0].elements.elements[0];
        assert_eq!(ada.description_at(3), "a tall woman");
        assert_eq!(ada.description_at(4), "a tall woman; red hair");
        let again = carry_out(folder.path()).unwrap().unwrap();
        assert_eq!((again.is_new, &again.folder), (false, &made.folder));
    }

    #[test]
    fn a_damaged_series_file_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(carry_out(folder.path()).unwrap(), None);
        artifact::put(folder.path(), BOOKS, b"{").unwrap();
        assert!(carry_out(folder.path()).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
