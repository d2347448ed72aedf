//! Measures the built-in reader on real novels and prints precision, recall and speed.
//!
//!     WOODCUT_TEST_BOOKS=<folder of novels> cargo bench -p analyze --bench reader
//!
//! What a careful reader would name in each novel stands in `gold.txt`; a novel that is not in the folder
//! is skipped with a word.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use analyze::reader;
use book::Chapter;
use book::concept::ChapterConcepts;
use book::element::{Element, Elements};

/// Right elements are counted among the first so many.
const FIRST_ELEMENTS: usize = 20;
/// Wrong mergers are counted among the first so many.
const FIRST_FOR_MERGERS: usize = 10;
/// Density for finding the moments: one plate for so many pages.
const PAGES_PER_IMAGE: f64 = 3.0;
/// A plate this near to a moment, in bytes, shows it.
const NEAR: usize = 600;

/// One novel of `gold.txt`.
#[derive(Default)]
struct Gold {
    file: String,
    /// Groups of names that must be found.
    main: Vec<Vec<String>>,
    /// Groups of names that are right where they are found.
    also: Vec<Vec<String>>,
    moments: Vec<String>,
}

fn main() {
    let Some(folder) = std::env::var_os("WOODCUT_TEST_BOOKS") else {
        println!("skipped: WOODCUT_TEST_BOOKS names no folder of novels");
        return;
    };
    println!(
        "{:44} {:>9} {:>9} {:>7} {:>8} {:>7} {:>8} {:>9}",
        "novel", "main", "first 20", "merged", "moments", "spread", "words", "seconds"
    );
    let mut total = Score::default();
    for gold in parse(include_str!("gold.txt")) {
        let path = Path::new(&folder).join(&gold.file);
        match book::read(&path) {
            Ok(book) => total.add(&measure(&gold, &book.chapters)),
            Err(error) => println!("{:44} skipped: {error}", gold.file),
        }
    }
    total.print("all");
    if let Some(megabytes) = peak_memory() {
        println!("peak memory {megabytes} MB, the novels themselves and the measuring included");
    }
}

/// Time this process has spent on a processor, where the system tells it; else the time of the clock.
/// A busy machine must not make the reader look slow.
fn busy(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = told.as_deref().and_then(|s| s.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// The most memory this process has used, in MB, where the system tells it.
fn peak_memory() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u32 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}

/// Counts of one novel or of all.
#[derive(Default)]
struct Score {
    found: usize,
    main: usize,
    right: usize,
    first: usize,
    merged: usize,
    hits: usize,
    spread_hits: usize,
    moments: usize,
    words: usize,
    time: Duration,
}

impl Score {
    fn add(&mut self, other: &Self) {
        self.found += other.found;
        self.main += other.main;
        self.right += other.right;
        self.first += other.first;
        self.merged += other.merged;
        self.hits += other.hits;
        self.spread_hits += other.spread_hits;
        self.moments += other.moments;
        self.words += other.words;
        self.time += other.time;
    }

    fn print(&self, name: &str) {
        println!(
            "{name:44} {:>9} {:>9} {:>7} {:>8} {:>7} {:>8} {:>9.3}",
            format!("{}/{}", self.found, self.main),
            format!("{}/{}", self.right, self.first),
            self.merged,
            format!("{}/{}", self.hits, self.moments),
            self.spread_hits,
            self.words,
            self.time.as_secs_f64(),
        );
    }
}

fn measure(gold: &Gold, chapters: &[Chapter]) -> Score {
    let clock = Instant::now();
    let start = busy(clock);
    let surveys: Vec<_> = chapters.iter().map(reader::survey).collect();
    let elements = reader::merge(&surveys);
    let concepts: Vec<ChapterConcepts> =
        chapters.iter().map(|c| reader::concepts(c, &elements, PAGES_PER_IMAGE)).collect();
    let time = busy(clock).saturating_sub(start);
    let spread = Elements { language_unsupported: true, ..Elements::default() };
    let spread: Vec<ChapterConcepts> =
        chapters.iter().map(|c| reader::concepts(c, &spread, PAGES_PER_IMAGE)).collect();

    let missed: Vec<&str> = gold
        .main
        .iter()
        .filter(|group| !elements.elements.iter().any(|element| shares(element, group)))
        .map(|group| group[0].as_str())
        .collect();
    let known: Vec<&Vec<String>> = gold.main.iter().chain(&gold.also).collect();
    let first = &elements.elements[..elements.elements.len().min(FIRST_ELEMENTS)];
    let wrong: Vec<&str> = first
        .iter()
        .filter(|element| !known.iter().any(|group| shares(element, group)))
        .map(|element| element.name.as_str())
        .collect();
    let merged: Vec<&str> = first
        .iter()
        .take(FIRST_FOR_MERGERS)
        .filter(|element| known.iter().filter(|group| shares(element, group)).count() > 1)
        .map(|element| element.name.as_str())
        .collect();
    let score = Score {
        found: gold.main.len() - missed.len(),
        main: gold.main.len(),
        right: first.len() - wrong.len(),
        first: first.len(),
        merged: merged.len(),
        hits: hits(gold, chapters, &concepts),
        spread_hits: hits(gold, chapters, &spread),
        moments: gold.moments.len(),
        words: chapters.iter().map(|c| c.text.split_whitespace().count()).sum(),
        time,
    };
    score.print(&gold.file);
    for (what, names) in [("missed", missed), ("wrong", wrong), ("merged", merged)] {
        if !names.is_empty() {
            println!("    {what}: {}", names.join("; "));
        }
    }
    score
}

/// How many of the moments have a plate in them or next to them.
fn hits(gold: &Gold, chapters: &[Chapter], concepts: &[ChapterConcepts]) -> usize {
    let shown = |moment: &&String| {
        chapters.iter().zip(concepts).any(|(chapter, concepts)| {
            let Some(at) = plain(&chapter.text).find(plain(moment).as_str()) else { return false };
            concepts.concepts.iter().any(|concept| {
                let start = plain(&chapter.text[..concept.offset]).len();
                let end = start + plain(&concept.quote).len();
                at + NEAR > start && at < end + NEAR
            })
        })
    };
    gold.moments.iter().filter(shown).count()
}

/// One kind of apostrophe and of space, no capitals, so that editions compare.
fn plain(text: &str) -> String {
    text.replace(['’', '‘'], "'").replace('\n', " ").to_lowercase()
}

fn shares(element: &Element, group: &[String]) -> bool {
    let names: BTreeSet<String> =
        std::iter::once(&element.name).chain(&element.aliases).map(|name| key(name)).collect();
    group.iter().any(|name| names.contains(&key(name)))
}

fn key(name: &str) -> String {
    plain(name).trim_start_matches("the ").to_owned()
}

fn parse(source: &str) -> Vec<Gold> {
    let mut novels: Vec<Gold> = Vec::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let Some((what, value)) = line.split_once(": ") else { continue };
        if what == "book" {
            novels.push(Gold { file: value.trim().to_owned(), ..Gold::default() });
        }
        let Some(novel) = novels.last_mut() else { continue };
        let groups = || {
            let names = |group: &str| group.split(" = ").map(|n| n.trim().to_owned()).collect();
            value.split("; ").map(names).collect::<Vec<Vec<String>>>()
        };
        match what {
            "main" => novel.main = groups(),
            "also" => novel.also = groups(),
            "moment" => novel.moments.push(value.trim().to_owned()),
            _ => {}
        }
    }
    novels
}
