//! Where the book of a project lies, now that people move folders about.
//!
//! The manifest keeps the place where the book was when the project was begun; a record beside it the
//! place where it was found since. **Invariant:** a file in any other place than those is the book only
//! if it has the book's hash.

use std::path::{Path, PathBuf};

use manifest::{Source, Store};
use serde::{Deserialize, Serialize};

use super::{RecordError, hash, read, write};

/// The record of where the book was found since.
const BOOK: &str = "book.json";

#[derive(Debug, Serialize, Deserialize)]
struct Found {
    path: PathBuf,
}

/// The book file of a project: where it was, where it was found since, or beside the project under its
/// old name.
///
/// # Errors
/// [`RecordError::NoBook`] when it is in none of these places.
pub fn book_file(store: &Store) -> Result<PathBuf, RecordError> {
    let source = store.view(|manifest| manifest.source.clone())?;
    let folder = store.folder();
    if source.sha256.is_empty() {
        return Err(RecordError::UnknownBook { folder: folder.to_owned() });
    }
    let was = PathBuf::from(&source.path);
    if was.is_file() {
        return Ok(was);
    }
    let found = read::<Found>(store, BOOK).unwrap_or_default().map(|found| found.path);
    if let Some(found) = found.filter(|path| path.is_file()) {
        return Ok(found);
    }
    match beside(folder, &source) {
        Some(path) => Ok(path),
        None => Err(RecordError::NoBook { folder: folder.to_owned(), book: was }),
    }
}

/// Keeps where the book of a project was found, if that is not where it was.
///
/// # Errors
/// When the record cannot be written.
pub fn keep_book_file(store: &Store, path: &Path) -> Result<(), RecordError> {
    let was = store.view(|manifest| PathBuf::from(&manifest.source.path))?;
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if was == path || was.is_file() {
        return Ok(());
    }
    write(store, BOOK, &Found { path })
}

/// The book under its old name in the folder that the project lies in.
fn beside(folder: &Path, source: &Source) -> Option<PathBuf> {
    let holder = folder.canonicalize().ok()?.parent()?.to_owned();
    let path = holder.join(Path::new(&source.path).file_name()?);
    let is_it = path.is_file() && hash(&path).is_ok_and(|hash| hash == source.sha256);
    is_it.then_some(path)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use manifest::Options;
    use manifest::artifact::put;

    use super::*;
    use crate::Reading;
    use crate::project::source;

    /// A folder with a book and its project.
    fn shelf() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("a.txt");
        put(folder.path(), "a.txt", b"It was late.").unwrap();
        let source = source(&book, "A", &Reading::default()).unwrap();
        let store =
            Store::create(&folder.path().join("a.woodcut"), source, Options::default()).unwrap();
        (folder, store)
    }

    #[test]
    fn a_book_is_where_it_was() {
        let (folder, store) = shelf();
        let book = folder.path().canonicalize().unwrap().join("a.txt");
        keep_book_file(&store, &book).unwrap();
        assert_eq!(book_file(&store).unwrap(), book);
        assert!(!store.folder().join(BOOK).exists());
    }

    #[test]
    fn a_book_that_was_moved_is_found_where_it_was_named_last() {
        let (folder, store) = shelf();
        let moved = folder.path().canonicalize().unwrap().join("b.txt");
        fs::rename(folder.path().join("a.txt"), &moved).unwrap();
        let error = book_file(&store).unwrap_err().to_string();
        assert!(error.contains("a.txt") && error.contains("woodcut run BOOK -o"), "{error}");
        keep_book_file(&store, &moved).unwrap();
        assert_eq!(book_file(&store).unwrap(), moved);
    }

    #[test]
    fn a_book_that_was_moved_with_its_project_is_found_beside_it() {
        let (folder, store) = shelf();
        let new = tempfile::tempdir().unwrap();
        let (project, book) = (new.path().join("a.woodcut"), new.path().join("a.txt"));
        let old = store.folder().to_owned();
        drop(store);
        fs::rename(old, &project).unwrap();
        fs::rename(folder.path().join("a.txt"), &book).unwrap();
        let store = Store::open(&project, Options::default()).unwrap();
        assert_eq!(book_file(&store).unwrap(), book.canonicalize().unwrap());
        // Another book under its name is not taken for it.
        put(new.path(), "a.txt", b"It was early.").unwrap();
        assert!(matches!(book_file(&store), Err(RecordError::NoBook { .. })));
    }
}
