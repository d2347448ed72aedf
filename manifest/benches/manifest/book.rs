//! What a whole book costs, from the first event to the last.

use std::fmt::Write as _;
use std::time::Duration;

use benchmarks::median;
use manifest::disk::{Appendable, Disk, FileId, Guard, Local};
use manifest::{
    ChapterEvent, ChapterId, Event, Interrupt, LockError, Manifest, Options, Step, Store, Token,
    WorkerId, decide, names,
};

use crate::Outcome;
use crate::engines::{self, plate};

const CHAPTERS: [u32; 4] = [100, 1_000, 3_000, 10_000];

/// What the books of one round cost together.
#[derive(Clone, Copy, Default)]
struct Cost {
    events: u64,
    bytes: u64,
    time: Duration,
}

impl Cost {
    fn micros_an_event(&self) -> f64 {
        self.time.as_secs_f64() * 1e6 / self.events as f64
    }
}

pub fn report(rounds: usize) -> Outcome<String> {
    let mut results = vec![Vec::new(); CHAPTERS.len()];
    for _ in 0..rounds {
        for (chapters, results) in CHAPTERS.iter().zip(&mut results) {
            results.push(round(*chapters)?);
        }
    }
    let mut text = format!(
        "\n### A whole book\n\n\
         Every event of a book with three paid plates a chapter, each its own update; nothing is synced, \
         which changes the time and not the bytes. CPU time of the process as the system counts it, \
         medians of {rounds} rounds of about {} events, the sizes taking turns; the ratio is to {} chapters.\n\n\
         | chapters | events | bytes written | a chapter | CPU time an event | ratio |\n\
         |--:|--:|--:|--:|--:|--:|\n",
        EVENTS, CHAPTERS[0]
    );
    let time = |costs: &[Cost]| median(costs.iter().map(Cost::micros_an_event));
    let first = results.first().map_or(1.0, |costs| time(costs));
    for (chapters, costs) in CHAPTERS.iter().zip(&results) {
        let Cost { events, bytes, .. } = costs.first().copied().unwrap_or_default();
        let books = books(*chapters);
        let bytes = bytes as f64 / f64::from(books);
        writeln!(
            text,
            "| {chapters} | {} | {:.1} MB | {:.1} kB | {:.1} µs | {:.2} |",
            events / u64::from(books),
            bytes / 1e6,
            bytes / 1e3 / f64::from(*chapters),
            time(costs),
            time(costs) / first,
        )?;
    }
    Ok(text)
}

/// About how many events a round has, in one book or in many.
const EVENTS: u32 = 30_000;

/// How many books of this size make a round.
fn books(chapters: u32) -> u32 {
    (EVENTS / (chapters * 11)).max(1)
}

fn round(chapters: u32) -> Outcome<Cost> {
    let mut cost = Cost::default();
    for _ in 0..books(chapters) {
        let folder = tempfile::tempdir_in(crate::FOLDER)?;
        engines::project(folder.path(), chapters)?;
        let disk = Unsynced(Local::open(folder.path(), names::LOCK)?);
        let store = Store::open_on(folder.path(), Box::new(disk), Options::default())?;
        let (before, start) = (written()?, cpu_time());
        cost.events += whole_book(&store, chapters)?;
        cost.time += cpu_time().saturating_sub(start);
        cost.bytes += written()? - before;
    }
    Ok(cost)
}

/// What this process has had of the processors so far.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Bytes that this process has handed to the system for writing.
fn written() -> Outcome<u64> {
    let io = std::fs::read_to_string("/proc/self/io")?;
    let line = io.lines().find_map(|line| line.strip_prefix("wchar: ")).ok_or("no count")?;
    Ok(line.trim().parse()?)
}

fn whole_book(store: &Store, chapters: u32) -> Outcome<u64> {
    let me = WorkerId("0123456789abcdef".into());
    let begin = store.view(|manifest| manifest.serial.0)?;
    let elements = Event::ElementsClaimed { worker: me.clone() };
    let token = one(store, |_| elements)?;
    for chapter in 1..=chapters {
        one(store, |_| Event::ElementsRead { token, chapter: ChapterId(chapter), millis: 40 })?;
    }
    one(store, |_| Event::ElementsCompleted { token, count: 40 })?;
    for nth in 1..=chapters {
        let chapter = ChapterId(nth);
        let of = |change| move |_: &Manifest| Event::Chapter { chapter, change };
        let claim = |step| {
            let me = &me;
            move |manifest: &Manifest| match decide::claim(manifest, step, me) {
                Some((_, event)) => event,
                None => Event::ElementsReset,
            }
        };
        let token: Token = one(store, claim(Step::Analysis))?;
        one(store, of(ChapterEvent::Analyzed { token, concepts: 3 }))?;
        let token = one(store, claim(Step::Illustration))?;
        for concept in 1..=3 {
            let plate = plate(chapter, concept);
            one(store, of(ChapterEvent::PlateIntended { token, concept, key: plate.key.clone() }))?;
            one(store, of(ChapterEvent::PlateRecorded { token, concept, plate, millis: 0 }))?;
        }
        one(store, of(ChapterEvent::Illustrated { token }))?;
    }
    store.fold()?;
    Ok(store.view(|manifest| manifest.serial.0)? - begin)
}

fn one(store: &Store, event: impl FnOnce(&Manifest) -> Event) -> Outcome<Token> {
    Ok(store.update(|manifest| (vec![event(manifest)], Token(manifest.serial.next().0)))?)
}

/// The local disk, without waiting for it.
#[derive(Debug)]
struct Unsynced(Local);

#[derive(Debug)]
struct UnsyncedFile(Box<dyn Appendable>);

impl Disk for Unsynced {
    fn lock(
        &self,
        interrupt: &Interrupt,
        notice: &dyn Fn(&str),
    ) -> Result<Box<dyn Guard>, LockError> {
        self.0.lock(interrupt, notice)
    }
    fn read(&self, name: &str) -> std::io::Result<Vec<u8>> {
        self.0.read(name)
    }
    fn open(&self, name: &str) -> std::io::Result<Box<dyn Appendable>> {
        Ok(Box::new(UnsyncedFile(self.0.open(name)?)))
    }
    fn identify(&self, name: &str) -> std::io::Result<FileId> {
        self.0.identify(name)
    }
    fn write_new(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_new(name, bytes)
    }
    fn rename(&self, from: &str, to: &str) -> std::io::Result<()> {
        self.0.rename(from, to)
    }
    fn link(&self, from: &str, to: &str) -> std::io::Result<()> {
        self.0.link(from, to)
    }
    fn sync_dir(&self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Appendable for UnsyncedFile {
    fn identify(&self) -> std::io::Result<FileId> {
        self.0.identify()
    }
    fn read_from(&self, offset: u64) -> std::io::Result<Vec<u8>> {
        self.0.read_from(offset)
    }
    fn append(&self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.append(bytes)
    }
    fn cut(&self, length: u64) -> std::io::Result<()> {
        self.0.cut(length)
    }
    fn sync(&self) -> std::io::Result<()> {
        Ok(())
    }
}
