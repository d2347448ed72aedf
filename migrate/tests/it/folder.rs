//! A folder of old files, made of a fixture and small pictures.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use manifest::{ChapterId, Options, Status, Store};
use migrate::{MigrateError, Migrated, Request};
use tempfile::TempDir;

/// Goes away with the test.
pub struct Folder(TempDir);

impl Folder {
    pub fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A copy of a fixture, the book beside it.
    pub fn of(fixture: &str) -> Self {
        let folder = Self::empty();
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(fixture),
            &folder.old(),
        );
        folder
    }

    pub fn with_book(self) -> Self {
        fs::copy(example_book(), self.0.path().join("the-borrowed-bell.md")).unwrap();
        self
    }

    /// Puts a small picture among the old files.
    pub fn picture(self, name: &str) -> Self {
        let path = self.old().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let shade = name.bytes().fold(7_u8, u8::wrapping_add);
        let kind = image::ImageFormat::from_path(&path).unwrap();
        let picture = image::RgbImage::from_pixel(6, 4, image::Rgb([shade, 90, 40]));
        picture.save_with_format(&path, kind).unwrap();
        self
    }

    pub fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.old().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub fn old(&self) -> PathBuf {
        self.0.path().join("old")
    }

    pub fn project(&self) -> PathBuf {
        self.old().join("the-borrowed-bell.woodcut")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn request(&self) -> Request {
        Request { folder: self.old(), ..Request::default() }
    }

    pub fn migrate(&self) -> Result<Migrated, MigrateError> {
        self.request().carry_out(&|_| Ok(()))
    }

    /// Everything in the old folder, with what is in it.
    pub fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        contents(&self.old())
    }
}

pub fn example_book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/the-borrowed-bell.md")
}

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in contents(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

pub fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().unwrap().is_dir() {
            let inner = contents(&entry.path()).into_iter();
            found.extend(inner.map(|(inside, bytes)| (format!("{name}/{inside}"), bytes)));
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// Status, concepts and plates of a chapter of a project.
pub fn chapter(project: &Path, number: u32) -> (Status, u32, usize) {
    let store = Store::open(project, Options::default()).unwrap();
    let look = |manifest: &manifest::Manifest| {
        let chapter = &manifest.chapters()[&ChapterId(number)];
        (chapter.state.status(), chapter.concepts.unwrap_or(0), chapter.outcomes.len())
    };
    store.view(look).unwrap()
}

/// Whether one of these lines has all of these words.
pub fn says(lines: &[String], words: &[&str]) -> bool {
    lines.iter().any(|line| words.iter().all(|word| line.contains(word)))
}
