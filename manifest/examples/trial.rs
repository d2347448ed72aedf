//! A process for the tests of this crate to kill, stop and starve.
//!
//!     trial DIR update      one update of three events, and one of one
//!     trial DIR fold        a fold
//!     trial DIR hold        takes the lock, says so on standard output, and keeps it
//!     trial DIR recover     frees what dead workers held
//!     trial DIR register    a worker that says what it hears, and `seen` when a chapter is skipped
//!     trial DIR work        a worker that claims and finishes chapters until it is killed
//!
//! Exit codes: 0 done, 3 an error that says that nothing was changed, 4 an error that leaves doubt.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use manifest::disk::{Appendable, Disk, FileId, Guard, Local};
use manifest::{
    ChapterEvent, ChapterId, Event, Interrupt, LockError, Manifest, Notice, Options, Role, Status,
    Step, Store, StoreError, Token, WorkerId, decide, names,
};

#[path = "../tests/it/acts.rs"]
#[expect(dead_code, reason = "shared with the tests, which use the rest")]
mod acts;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_default());
    let result = match arguments.next().as_deref() {
        Some("update") => update(&folder),
        Some("fold") => open(&folder).and_then(|store| store.fold()),
        Some("hold") => hold(&folder),
        Some("recover") => open(&folder).and_then(|store| store.recover(&Default::default())),
        Some("register") => register(&folder),
        Some("work") => work(&folder),
        _ => return ExitCode::from(2),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}: {error:?}");
            let doubt = matches!(error, StoreError::Indeterminate { .. });
            ExitCode::from(if doubt { 4 } else { 3 })
        }
    }
}

fn open(folder: &Path) -> Result<Store, StoreError> {
    Store::open(folder, Options::default())
}

fn update(folder: &Path) -> Result<(), StoreError> {
    let chapter = ChapterId(1);
    let claim = |chapter| Event::Chapter {
        chapter: ChapterId(chapter),
        change: ChapterEvent::AnalysisClaimed { worker: acts::worker("w") },
    };
    let give_back = |serial: u64| Event::Chapter {
        chapter,
        change: ChapterEvent::GivenBack { token: Token(serial) },
    };
    open(folder)?.update(|manifest| {
        let serial = manifest.serial.0;
        (vec![claim(1), give_back(serial + 1), claim(1), give_back(serial + 3)], ())
    })
}

fn hold(folder: &Path) -> Result<(), StoreError> {
    let disk = local(folder)?;
    let _guard = disk.lock(&Interrupt::new(), &|_| {})?;
    println!("held");
    loop {
        std::thread::park();
    }
}

fn register(folder: &Path) -> Result<(), StoreError> {
    let notice = Box::new(|notice: &Notice| println!("{notice}"));
    let store = Store::open(folder, Options { notice, ..Options::default() })?;
    let _worker = store.register(Role::Analyze)?;
    println!("registered");
    let skipped = |manifest: &Manifest| (manifest.count(Status::Skipped) > 0).then_some(());
    let seen = store.wait_for(Duration::from_secs(60), skipped)?;
    println!("{}", if seen.is_some() { "seen" } else { "not seen" });
    Ok(())
}

fn local(folder: &Path) -> Result<Local, StoreError> {
    let failed = |source| StoreError::Io { path: folder.to_owned(), action: "open", source };
    Local::open(folder, names::LOCK).map_err(failed)
}

/// Claims, draws and finishes for ever. What was acknowledged is written to a file of its own, which
/// outlives a kill.
fn work(folder: &Path) -> Result<(), StoreError> {
    let disk = Archive { local: local(folder)?, folder: folder.to_owned() };
    let store = Store::open_on(folder, Box::new(disk), Options::default())?;
    let worker = store.register(Role::Illustrate)?;
    let path = folder.join("acks").join(worker.id().to_string());
    let io = |source| StoreError::Io { path: path.clone(), action: "write", source };
    let mut acks = OpenOptions::new().create_new(true).append(true).open(&path).map_err(io)?;
    let mut mine = None;
    loop {
        store.recover(&Default::default())?;
        let (events, serial, unit) = store.update(|manifest| {
            let (event, unit) = next(manifest, worker.id(), mine);
            let events: Vec<Event> = event.into_iter().collect();
            (events.clone(), (events, manifest.serial.next().0, unit))
        })?;
        mine = unit;
        for event in events {
            let event = serde_json::to_string(&event).map_err(|e| io(e.into()))?;
            writeln!(acks, "{serial} {event}").map_err(io)?;
        }
    }
}

type Unit = (ChapterId, Token);

/// The next event of this worker, and what it then holds.
fn next(manifest: &Manifest, me: &WorkerId, mine: Option<Unit>) -> (Option<Event>, Option<Unit>) {
    use ChapterEvent as E;
    let Some((id, token)) = mine else {
        let step = [Step::Illustration, Step::Analysis];
        let claimed = step.into_iter().find_map(|step| decide::claim(manifest, step, me));
        let token = Token(manifest.serial.next().0);
        return claimed.map_or((None, None), |(id, event)| (Some(event), Some((id, token))));
    };
    let chapter = &manifest.chapters()[&id];
    let missing = chapter.missing_concepts().first().copied();
    let (change, still) = match (chapter.state.claim(), missing) {
        (Some((Step::Analysis, _)), _) => (E::Analyzed { token, concepts: 2 }, None),
        (_, Some(concept)) if chapter.intents.contains_key(&concept) => {
            (E::PlateRecorded { token, concept, plate: acts::plate(id, concept), millis: 0 }, mine)
        }
        (_, Some(concept)) => (E::PlateIntended { token, concept, key: "k".into() }, mine),
        (_, None) => (E::Illustrated { token }, None),
    };
    (Some(Event::Chapter { chapter: id, change }), still)
}

/// The local disk, with every journal that ever was kept under a second name.
#[derive(Debug)]
struct Archive {
    local: Local,
    folder: PathBuf,
}

impl Disk for Archive {
    fn lock(
        &self,
        interrupt: &Interrupt,
        notice: &dyn Fn(&str),
    ) -> Result<Box<dyn Guard>, LockError> {
        self.local.lock(interrupt, notice)
    }

    fn read(&self, name: &str) -> std::io::Result<Vec<u8>> {
        self.local.read(name)
    }

    fn open(&self, name: &str) -> std::io::Result<Box<dyn Appendable>> {
        self.local.open(name)
    }

    fn identify(&self, name: &str) -> std::io::Result<FileId> {
        self.local.identify(name)
    }

    fn write_new(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        self.local.write_new(name, bytes)
    }

    fn rename(&self, from: &str, to: &str) -> std::io::Result<()> {
        if to == names::JOURNAL {
            let journal = self.folder.join(names::JOURNAL);
            let inode = File::open(&journal)?.metadata()?.ino();
            // There already if somebody was killed right here.
            let _ =
                std::fs::hard_link(&journal, self.folder.join("history").join(inode.to_string()));
        }
        self.local.rename(from, to)
    }

    fn link(&self, from: &str, to: &str) -> std::io::Result<()> {
        self.local.link(from, to)
    }

    fn sync_dir(&self) -> std::io::Result<()> {
        self.local.sync_dir()
    }
}
