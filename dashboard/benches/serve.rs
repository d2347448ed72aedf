//! How fast the page's server answers, and what it costs those who work.
//!
//!     cargo bench -p dashboard --bench serve                prints the table
//!     cargo bench -p dashboard --bench serve -- --write     also puts it into BENCHMARKS.md
//!
//! A book of 2,000 chapters, half of it illustrated, in which a daemon makes changes without a pause;
//! 100 browsers that each listen to the stream and ask. The peer of an answer is a file of the program
//! itself, sent by the same server to the same browsers; the peer of the daemon is the same daemon while
//! nobody looks.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use dashboard::{Server, Settings};
use manifest::{
    ChapterEvent, ChapterId, Event, Interrupt, Listed, Manifest, Options, Plate, Source, Store,
    Token, WorkerId,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

const CHAPTERS: u32 = 2000;
const CLIENTS: usize = 100;
/// How often a browser asks; all of them ask 400 times a second.
const EVERY: Duration = Duration::from_millis(250);

fn main() -> Outcome<()> {
    let long = Duration::from_secs(if benchmarks::has("--quick") { 3 } else { 15 });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let store = book(&folder.path().join("long.woodcut"))?;
    let alone = daemon(&store, long, &AtomicBool::new(false))?;
    let interrupt = Interrupt::new();
    let server = Server::bind(
        Settings {
            folders: vec![folder.path().to_owned()],
            address: ([127, 0, 0, 1], 0).into(),
            names: Vec::new(),
            token: None,
            token_env: String::new(),
        },
        &interrupt,
    )?;
    let url = server.url()?;
    let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let serving = thread::spawn(move || server.run());
    let books = Browser::new(&address)?.ask("/api/v1/books")?;
    let id = books.split("\"bookId\":\"").nth(1).and_then(|rest| rest.split('"').next());
    let id = id.ok_or("the book is not served")?;
    let paths = [
        ("a file (peer)", "/assets/icon.svg".to_owned()),
        ("progress", format!("/api/v1/books/{id}/progress")),
        ("the whole book", format!("/api/v1/books/{id}")),
        ("all books", "/api/v1/books".to_owned()),
    ];
    let mut text = format!(
        "## The page\n\nMachine: {}.\n\n{CHAPTERS} chapters, {CLIENTS} browsers that listen and each ask {} \
         times a second, a daemon that makes changes without a pause. *ratio* is to the peer: a file that \
         is part of the program, from the same server.\n\n| answer | bytes | p50 | p99 | ratio |\n|:--|--:|--:|--:|--:|\n",
        benchmarks::machine(folder.path()),
        1000 / EVERY.as_millis(),
    );
    let over = Arc::new(AtomicBool::new(false));
    let listeners: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (address, over) = (address.clone(), Arc::clone(&over));
            let path = format!("/api/v1/books/{id}/events");
            thread::spawn(move || listen(&address, &path, &over).unwrap_or(0))
        })
        .collect();
    let done = AtomicBool::new(false);
    let watched = thread::scope(|scope| -> Outcome<f64> {
        let working =
            scope.spawn(|| daemon(&store, Duration::from_secs(3600), &done).unwrap_or(0.0));
        let mut peer = 0.0;
        for (name, path) in &paths {
            let (mut took, bytes) = ask_all(&address, path, long)?;
            let p50 = benchmarks::percentile(&mut took, 50.0);
            let p99 = benchmarks::percentile(&mut took, 99.0);
            if peer == 0.0 {
                peer = p50.as_secs_f64();
            }
            let ratio = p50.as_secs_f64() / peer;
            let (p50, p99) = (benchmarks::in_words(p50), benchmarks::in_words(p99));
            writeln!(text, "| {name} | {bytes} | {p50} | {p99} | {ratio:.1} |")?;
        }
        done.store(true, Ordering::SeqCst);
        Ok(working.join().unwrap_or(0.0))
    })?;
    over.store(true, Ordering::SeqCst);
    let told: usize = listeners.into_iter().filter_map(|listener| listener.join().ok()).sum();
    interrupt.set();
    let _ = serving.join();
    writeln!(
        text,
        "\nThe daemon makes {watched:.0} changes a second, {:.2} of the {alone:.0} that it makes while \
         nobody looks, on the same cores as server and browsers. The streams told of {told} changes.",
        watched / alone
    )?;
    Ok(benchmarks::report("page", &text)?)
}

/// A long book, half of it illustrated.
fn book(folder: &Path) -> Outcome<Store> {
    let source =
        Source { path: "/b".into(), sha256: "5e".into(), title: "Long".into(), headings: None };
    let store = Store::create(folder, source, Options::default())?;
    let listed = |n| Listed {
        number: ChapterId(n),
        title: format!("The title of chapter {n}"),
        words: 3000,
    };
    let chapters = (1..=CHAPTERS).map(listed).collect();
    let worker = WorkerId("w".into());
    store.update(|_| (vec![Event::ChaptersListed { chapters }], ()))?;
    store.update(|manifest| {
        let token = Token(manifest.serial.0 + 1);
        let claimed = Event::ElementsClaimed { worker: worker.clone() };
        (vec![claimed, Event::ElementsCompleted { token, count: 40 }], ())
    })?;
    for n in 1..=CHAPTERS / 2 {
        store.update(|manifest| {
            let of = |change| Event::Chapter { chapter: ChapterId(n), change };
            let first = Token(manifest.serial.0 + 1);
            let second = Token(manifest.serial.0 + 3);
            let file = format!("plates/{n:04}-1-the-title-of-chapter-0123abcd.png");
            let plate = Plate { file, key: "0123abcd".into() };
            let changes = [
                ChapterEvent::AnalysisClaimed { worker: worker.clone() },
                ChapterEvent::Analyzed { token: first, concepts: 1 },
                ChapterEvent::IllustrationClaimed { worker: worker.clone() },
                ChapterEvent::PlateRecorded { token: second, concept: 1, plate, millis: 0 },
                ChapterEvent::Illustrated { token: second },
            ];
            (changes.map(of).to_vec(), ())
        })?;
    }
    store.fold()?;
    Ok(store)
}

/// Changes a second of a daemon that takes a chapter and gives it back, again and again.
fn daemon(store: &Store, long: Duration, done: &AtomicBool) -> Outcome<f64> {
    let begun = Instant::now();
    let mut changes = 0u32;
    let chapter = ChapterId(CHAPTERS);
    while begun.elapsed() < long && !done.load(Ordering::SeqCst) {
        store.update(|_| {
            let change = ChapterEvent::AnalysisClaimed { worker: WorkerId("w".into()) };
            (vec![Event::Chapter { chapter, change }], ())
        })?;
        store.update(|manifest: &Manifest| {
            let token = Token(manifest.serial.0);
            let change = ChapterEvent::GivenBack { token };
            (vec![Event::Chapter { chapter, change }], ())
        })?;
        changes += 2;
    }
    Ok(f64::from(changes) / begun.elapsed().as_secs_f64())
}

/// How long answers took that all browsers asked for, and how long the last one was.
fn ask_all(address: &str, path: &str, long: Duration) -> Outcome<(Vec<Duration>, usize)> {
    let asking: Vec<_> = (0..CLIENTS)
        .map(|nth| {
            let (address, path) = (address.to_owned(), path.to_owned());
            thread::spawn(move || -> Option<(Vec<Duration>, usize)> {
                let mut browser = Browser::new(&address).ok()?;
                thread::sleep(EVERY * u32::try_from(nth).ok()? / CLIENTS as u32);
                let (begun, mut took, mut bytes) = (Instant::now(), Vec::new(), 0);
                while begun.elapsed() < long {
                    let asked = Instant::now();
                    bytes = browser.ask(&path).ok()?.len();
                    took.push(asked.elapsed());
                    thread::sleep(EVERY.saturating_sub(asked.elapsed()));
                }
                Some((took, bytes))
            })
        })
        .collect();
    let (mut all, mut length) = (Vec::new(), 0);
    for browser in asking {
        let (took, bytes) = browser.join().ok().flatten().ok_or("a browser was turned away")?;
        all.extend(took);
        length = bytes;
    }
    Ok((all, length))
}

/// Changes that a stream told of.
fn listen(address: &str, path: &str, over: &AtomicBool) -> Outcome<usize> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_millis(500)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n")?;
    let (mut part, mut told) = ([0; 16 * 1024], 0);
    while !over.load(Ordering::SeqCst) {
        if let Ok(read) = stream.read(&mut part) {
            told += part[..read].windows(7).filter(|text| text == b"event: ").count();
        }
    }
    Ok(told)
}

/// One connection that is kept.
struct Browser {
    stream: TcpStream,
    address: String,
}

impl Browser {
    fn new(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, address: address.to_owned() })
    }

    /// The body of an answer.
    fn ask(&mut self, path: &str) -> Outcome<String> {
        write!(self.stream, "GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address)?;
        let mut bytes = Vec::new();
        let mut part = [0; 64 * 1024];
        loop {
            let read = self.stream.read(&mut part)?;
            bytes.extend_from_slice(&part[..read]);
            let head = bytes.windows(4).position(|end| end == b"\r\n\r\n");
            let Some(head) = head else { continue };
            let lines = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let length = lines.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.ok_or("an answer without a length")?.parse()?;
            if bytes.len() >= head + 4 + length {
                return Ok(String::from_utf8_lossy(&bytes[head + 4..]).into_owned());
            }
        }
    }
}
