//! Bound books pass EPUBCheck 5.3, the checker of the publishing industry.
//!
//! `WOODCUT_EPUBCHECK` names its jar and makes the check mandatory; without it, skipped with a word. Where
//! `WOODCUT_TEST_BOOKS` names a folder of novels too, each is bound, and no error may be new.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Shelf;
use book::bind::{self, Binding, Illustration};

fn jar() -> Option<OsString> {
    let jar = std::env::var_os("WOODCUT_EPUBCHECK");
    if jar.is_none() {
        println!("skipped: WOODCUT_EPUBCHECK does not name epubcheck.jar");
    }
    jar
}

/// How often each error is found in a book, by its id, for each of several books.
fn errors(jar: &OsString, books: &[PathBuf]) -> Vec<BTreeMap<String, usize>> {
    let mut java = Command::new("java");
    // The checker is done before the better of the compilers would pay.
    java.args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"]).arg(jar);
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/it/validity/Check.java");
    let report = java.arg(program).args(books).output().expect("a Java development kit");
    let report = String::from_utf8_lossy(&report.stderr).into_owned();
    let mut found: Vec<BTreeMap<String, usize>> = Vec::new();
    for line in report.lines() {
        if line.starts_with("BOOK ") {
            found.push(BTreeMap::new());
        } else if let Some((kind, rest)) = line.split_once('(')
            && matches!(kind, "ERROR" | "FATAL")
            && let (Some(errors), Some((id, _))) = (found.last_mut(), rest.split_once(')'))
        {
            *errors.entry(id.to_owned()).or_default() += 1;
        }
    }
    assert_eq!(found.len(), books.len(), "{report}");
    found
}

#[test]
fn bound_books_are_valid() {
    let Some(jar) = jar() else { return };
    let shelf = Shelf::new();
    shelf.book(4);
    let _ = shelf.run("tale.md", &[]).code(0);
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
    let example = format!("{examples}/the-borrowed-bell.epub");
    let _ = shelf.run(&example, &["-o", "bell"]).code(0);
    let bound = ["tale.woodcut/out/tale.epub", "bell/out/the-borrowed-bell.epub"];
    let mut books = bound.map(|name| shelf.path(name)).to_vec();
    books.push(example.into());
    assert_eq!(errors(&jar, &books), vec![BTreeMap::new(); 3], "{books:?}");
}

#[test]
fn an_adorned_book_of_jpegs_is_valid_and_without_ornaments_plain_again() {
    let shelf = Shelf::new();
    shelf.book(2);
    std::fs::create_dir(shelf.path("tale.woodcut")).expect("a folder");
    shelf.file("tale.woodcut/woodcut.toml", "[plates]\nformat = 'jpeg'\n");
    let _ = shelf.run("tale.md", &["--ornaments"]).code(0);
    let plates = std::fs::read_dir(shelf.path("tale.woodcut/plates")).expect("plates").flatten();
    let plates = plates.map(|plate| plate.path());
    let plates: Vec<_> = plates.filter(|path| path.extension() != Some("json".as_ref())).collect();
    assert_eq!(plates.len(), 2, "{plates:?}");
    for plate in plates {
        let bytes = std::fs::read(&plate).expect("a plate");
        assert!(bytes.starts_with(b"\xFF\xD8\xFF"), "{} is no JPEG", plate.display());
    }
    let book = shelf.path("tale.woodcut/out/tale.epub");
    let entries = || {
        let file = std::fs::File::open(&book).expect("a bound book");
        let archive = zip::ZipArchive::new(file).expect("an archive");
        archive.file_names().map(|name| name.expect("a name").into_owned()).collect::<Vec<_>>()
    };
    let adorned = entries();
    for ornament in ["headpiece-1.", "initial-1.", "headpiece-2.", "initial-2."] {
        assert!(adorned.iter().any(|name| name.contains(ornament)), "{ornament}: {adorned:?}");
    }
    if let Some(jar) = jar() {
        assert_eq!(errors(&jar, std::slice::from_ref(&book)), [BTreeMap::new()]);
    }
    let plain = "[plates]\nformat = 'jpeg'\nsize = '64x96'\nornaments = false\n";
    shelf.file("tale.woodcut/woodcut.toml", plain);
    let _ = shelf.run("tale.md", &[]).code(0);
    assert!(!entries().iter().any(|name| name.contains("headpiece")), "{:?}", entries());
}

/// EPUBs that are books, odd ones included.
fn books(folder: &Path) -> Vec<PathBuf> {
    let mut books: Vec<PathBuf> = [folder.to_owned(), folder.join("tricky")]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).expect("the folder of novels"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "epub"))
        // Of an entity bomb the checker makes nothing in any time.
        .filter(|path| !path.to_string_lossy().contains("billion-laughs"))
        .collect();
    books.sort();
    books
}

#[test]
fn binding_brings_no_error_into_any_book() {
    let Some(jar) = jar() else { return };
    let Some(folder) = std::env::var_os("WOODCUT_TEST_BOOKS").map(PathBuf::from) else {
        println!("skipped: WOODCUT_TEST_BOOKS names no folder of novels");
        return;
    };
    let shelf = Shelf::new();
    shelf.book(1);
    let _ = shelf.run("tale.md", &[]).code(0);
    let plates = shelf.tale().plates().into_keys();
    let plate = plates.map(|name| shelf.tale().0.join("plates").join(name)).next();
    let plate = plate.expect("a plate");
    let (mut sources, mut bound) = (Vec::new(), Vec::new());
    for path in books(&folder) {
        let Ok(book) = book::read(&path) else { continue };
        let illustrations = book.chapters.iter().map(|chapter| Illustration {
            chapter: chapter.number,
            concept: 1,
            offset: chapter.text.len() / 2,
            quote: "“R&D” <now>".to_owned(),
            alt: format!("What happens in “{}”", chapter.title),
            picture: plate.clone(),
        });
        let binding = Binding { illustrations: illustrations.collect(), ..Binding::default() };
        let output = shelf.path(&path.file_name().unwrap_or_default().to_string_lossy());
        bind::epub(&path, &output, &binding).expect("a bound book");
        sources.push(path);
        bound.push(output);
    }
    let (before, after) = (errors(&jar, &sources), errors(&jar, &bound));
    let mut worse = Vec::new();
    for ((path, before), after) in sources.iter().zip(before).zip(after) {
        // In a page that the checker cannot parse it finds no place to which a link could lead.
        let unparsed = before.contains_key("RSC-016");
        let more = |(id, count): (&String, &usize)| {
            before.get(id).is_none_or(|was| was < count) && !(unparsed && id == "RSC-012")
        };
        if after.iter().any(more) {
            worse.push(format!("{}: {before:?} became {after:?}", path.display()));
        }
    }
    assert!(sources.len() >= 20 && worse.is_empty(), "{}", worse.join("\n"));
}
