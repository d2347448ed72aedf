//! One JSON file, locked, read, changed, written beside, synced and renamed at every change.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Outcome;
use crate::engines::Engine;

pub struct Json {
    folder: PathBuf,
    handle: File,
    lock: File,
}

impl Json {
    pub fn open(folder: &Path) -> Outcome<Self> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let lock = options.open(folder.join("rewritten.lock"))?;
        Ok(Self { folder: folder.to_owned(), handle: File::open(folder)?, lock })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Value) -> Option<T>) -> Outcome<T> {
        fs4::FileExt::lock(&self.lock)?;
        let file = self.folder.join("rewritten.json");
        let mut value: Value = serde_json::from_slice(&fs::read(&file)?)?;
        let answer = change(&mut value).ok_or("nothing to change")?;
        let beside = self.folder.join("rewritten.json.tmp");
        let mut new = File::create(&beside)?;
        new.write_all(&serde_json::to_vec(&value)?)?;
        new.sync_all()?;
        fs::rename(&beside, &file)?;
        self.handle.sync_all()?;
        fs4::FileExt::unlock(&self.lock)?;
        Ok(answer)
    }
}

impl Engine for Json {
    fn claim(&mut self) -> Outcome<(u32, u64)> {
        self.change(|book| {
            let token = book["serial"].as_u64()? + 1;
            book["serial"] = json!(token);
            let chapters = book["chapters"].as_object_mut()?;
            let free = |(_, chapter): &(&String, &mut Value)| chapter["status"] == "pending";
            let (number, chapter) = chapters.iter_mut().find(free)?;
            chapter["status"] = json!("analysis_inprogress");
            chapter["claim"] = json!({"worker": std::process::id(), "token": token});
            Some((number.parse().ok()?, token))
        })
    }

    fn give_back(&mut self, (chapter, token): (u32, u64)) -> Outcome<()> {
        self.change(|book| {
            book["serial"] = json!(book["serial"].as_u64()? + 1);
            let chapter = book["chapters"].get_mut(chapter.to_string())?;
            (chapter["claim"]["token"] == token).then_some(())?;
            chapter["status"] = json!("pending");
            chapter.as_object_mut()?.remove("claim");
            Some(())
        })
    }
}
