//! The contenders, and the work that each of them does: take the first free chapter under a new token,
//! give it back under that token. Each of the two is one durable change.

use std::path::Path;

use manifest::{
    ChapterEvent, ChapterId, Event, Listed, Manifest, Options, Plate, Source, Step, Store, Token,
    WorkerId, decide,
};

use crate::Outcome;
use crate::bare::Bare;
use crate::json::Json;
use crate::sqlite::Sqlite;

pub const ENGINES: [&str; 4] = ["manifest", "sqlite", "json", "bare"];

pub trait Engine {
    /// Takes the first free chapter.
    fn claim(&mut self) -> Outcome<(u32, u64)>;
    /// Gives it back.
    fn give_back(&mut self, claim: (u32, u64)) -> Outcome<()>;
}

pub fn open(engine: &str, folder: &Path) -> Outcome<Box<dyn Engine>> {
    Ok(match engine {
        "manifest" => Box::new(Ours::open(folder)?),
        "sqlite" => Box::new(Sqlite::open(folder)?),
        "bare" => Box::new(Bare::open(folder)?),
        _ => Box::new(Json::open(folder)?),
    })
}

/// Makes the same half-finished book for every engine.
pub fn prepare(folder: &Path, chapters: u32) -> Outcome<()> {
    let store = project(folder, chapters)?;
    store.update(|manifest| (half_done(manifest), ()))?;
    store.fold()?;
    let text = std::fs::read(folder.join("manifest.json"))?;
    manifest::artifact::put(folder, "rewritten.json", &text)?;
    Sqlite::prepare(folder, &store.view(Manifest::clone)?)
}

pub fn project(folder: &Path, chapters: u32) -> Outcome<Store> {
    let path = "/books/the-borrowed-bell.epub".to_owned();
    let source = Source {
        path,
        sha256: "5e1f".repeat(16),
        title: "The Borrowed Bell".into(),
        headings: None,
    };
    let store = Store::create(folder, source, Options::default())?;
    let title = |n| format!("Chapter {n}, in which something happens at last");
    let listed = |n| Listed { number: ChapterId(n), title: title(n), words: 3000 };
    let listed = Event::ChaptersListed { chapters: (1..=chapters).map(listed).collect() };
    store.update(|_| (vec![listed], ()))?;
    Ok(store)
}

pub fn plate(chapter: ChapterId, concept: u32) -> Plate {
    let file = format!("plates/{chapter:03}-{concept}-the-bell-is-heard-again.png");
    Plate { file, key: format!("{:032x}", chapter.0 * 10 + concept) }
}

fn half_done(manifest: &Manifest) -> Vec<Event> {
    let worker = WorkerId("0123456789abcdef".into());
    let (mut events, mut serial) = (Vec::new(), manifest.serial.0);
    for chapter in manifest.chapters().keys().copied().filter(|chapter| chapter.0 % 2 == 0) {
        let [analysis, illustration] = [Token(serial + 1), Token(serial + 3)];
        let recorded = (1..=3).map(|concept| ChapterEvent::PlateRecorded {
            token: illustration,
            concept,
            plate: plate(chapter, concept),
            millis: 0,
        });
        let changes = [
            ChapterEvent::AnalysisClaimed { worker: worker.clone() },
            ChapterEvent::Analyzed { token: analysis, concepts: 3 },
            ChapterEvent::IllustrationClaimed { worker: worker.clone() },
        ];
        let changes = changes.into_iter().chain(recorded);
        let changes = changes.chain([ChapterEvent::Illustrated { token: illustration }]);
        events.extend(changes.map(|change| Event::Chapter { chapter, change }));
        serial += 7;
    }
    events
}

struct Ours {
    store: Store,
    me: WorkerId,
}

impl Ours {
    fn open(folder: &Path) -> Outcome<Self> {
        let store = Store::open(folder, Options::default())?;
        Ok(Self { store, me: WorkerId(format!("{:016x}", std::process::id())) })
    }
}

impl Engine for Ours {
    fn claim(&mut self) -> Outcome<(u32, u64)> {
        let me = &self.me;
        let claim = self.store.update(|manifest| {
            let token = manifest.serial.next().0;
            match decide::claim(manifest, Step::Analysis, me) {
                Some((chapter, event)) => (vec![event], Some((chapter.0, token))),
                None => (vec![], None),
            }
        })?;
        claim.ok_or_else(|| "no chapter is free".into())
    }

    fn give_back(&mut self, (chapter, token): (u32, u64)) -> Outcome<()> {
        let change = ChapterEvent::GivenBack { token: Token(token) };
        let event = Event::Chapter { chapter: ChapterId(chapter), change };
        Ok(self.store.update(|_| (vec![event], ()))?)
    }
}
