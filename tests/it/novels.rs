//! Real novels, from the folder that `WOODCUT_TEST_BOOKS` names; skipped with a word without it.

use std::path::PathBuf;

use crate::support::{Project, Shelf};

fn novels() -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("WOODCUT_TEST_BOOKS") else {
        println!("skipped: WOODCUT_TEST_BOOKS does not name a folder of books");
        return Vec::new();
    };
    let entries = std::fs::read_dir(folder).expect("the folder of WOODCUT_TEST_BOOKS").flatten();
    let mut books: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "epub" || kind == "txt"))
        .collect();
    books.sort();
    books
}

#[test]
fn every_novel_becomes_an_illustrated_book() {
    for novel in novels() {
        let shelf = Shelf::new();
        let name = novel.to_str().expect("a readable name");
        let ended = shelf.run(name, &["-o", "novel", "--pages-per-image", "20"]).code(0);
        let bound = shelf.path(ended.out.trim_end());
        let original = book::read(&novel).expect(name);
        let illustrated = book::read(&bound).expect(name);
        assert!(original.chapters.len() > 1, "{name}");
        assert_eq!(original.chapters, illustrated.chapters, "{name}");
        let project = Project(shelf.path("novel"));
        project.assert_done(original.chapters.len());
        let archive = std::fs::File::open(&bound).expect(name);
        let archive = zip::ZipArchive::new(archive).expect(name);
        let jpegs = archive.file_names().flatten().filter(|name| name.ends_with(".jpg")).count();
        assert!(jpegs >= project.plates().len(), "{name}");
    }
}
