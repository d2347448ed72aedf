//! A project in a temporary folder.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use manifest::{Event, Manifest, Notice, Options, Source, Store, StoreError};
use tempfile::TempDir;

use crate::acts;

pub struct Project {
    dir: TempDir,
    notices: Arc<Mutex<Vec<Notice>>>,
}

impl Project {
    /// A folder in which nothing is yet.
    pub fn none() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), notices: Arc::default() }
    }

    /// A project whose book has so many chapters.
    pub fn new(chapters: u32) -> Self {
        let project = Self::none();
        project.create().unwrap().apply([acts::listed(chapters)]);
        project
    }

    pub fn folder(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn options(&self) -> Options {
        let notices = Arc::clone(&self.notices);
        let notice = move |notice: &Notice| notices.lock().unwrap().push(notice.clone());
        Options { notice: Box::new(notice), ..Options::default() }
    }

    pub fn create(&self) -> Result<Store, StoreError> {
        self.create_from(acts::source())
    }

    pub fn create_from(&self, source: Source) -> Result<Store, StoreError> {
        Store::create(self.folder(), source, self.options())
    }

    pub fn try_open(&self) -> Result<Store, StoreError> {
        Store::open(self.folder(), self.options())
    }

    /// A store of its own, as another process would have.
    pub fn open(&self) -> Store {
        self.try_open().unwrap()
    }

    /// What opening says, without what differs from run to run.
    pub fn refusal(&self) -> String {
        let words = self.try_open().unwrap_err().to_string();
        let words = words.replace(self.folder().to_str().unwrap(), "DIR");
        let is_sum = |word: &str| word.len() == 8 && word.chars().all(|c| c.is_ascii_hexdigit());
        let words = words.split_inclusive([' ', ',', ';']).map(|word| {
            let end = word.trim_end_matches([' ', ',', ';']);
            if is_sum(end) { word.replace(end, "CRC") } else { word.to_owned() }
        });
        words.collect()
    }

    pub fn notices(&self) -> Vec<Notice> {
        self.notices.lock().unwrap().clone()
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// Changes a file behind the store's back.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.read(name);
        change(&mut bytes);
        self.write(name, bytes);
    }

    /// Replaces text in a file behind the store's back, as an editor would.
    pub fn replace(&self, name: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.read(name)).unwrap();
        assert!(text.contains(from), "{text}");
        self.write(name, text.replacen(from, to, 1));
    }
}

/// What tests do with stores.
pub trait Acts {
    fn apply(&self, events: impl IntoIterator<Item = Event>);
    /// Applies the next so many events of an ordinary run.
    fn go_on(&self, events: usize);
    fn state(&self) -> Manifest;
    fn serial(&self) -> u64;
}

impl Acts for Store {
    fn apply(&self, events: impl IntoIterator<Item = Event>) {
        self.update(|_| (events.into_iter().collect(), ())).unwrap();
    }

    fn go_on(&self, events: usize) {
        for _ in 0..events {
            self.update(|manifest| (acts::onward(manifest).into_iter().collect(), ())).unwrap();
        }
    }

    fn state(&self) -> Manifest {
        self.view(Manifest::clone).unwrap()
    }

    fn serial(&self) -> u64 {
        self.view(|manifest| manifest.serial.0).unwrap()
    }
}
