//! How good and how fast the built-in reader is, on real novels.
//!
//!     WOODCUT_TEST_BOOKS=<folder of novels> cargo bench -p analyze --bench reader
//!     … -- --write        also puts the tables into BENCHMARKS.md
//!     … -- --missed       also prints the passages, looks and places that were missed or wrong
//!
//! What a careful reader would name and want drawn stands in `gold.txt`; a novel that is not in the
//! folder is skipped with a word.

mod gold;
mod looks;
mod passages;

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use analyze::reader;
use book::Chapter;
use book::element::Elements;

use gold::{Gold, shares};
use looks::Looks;
use passages::Passages;

/// Right elements are counted among the first so many.
const FIRST_ELEMENTS: usize = 20;
/// Wrong mergers are counted among the first so many.
const FIRST_FOR_MERGERS: usize = 10;
/// Words of a long novel.
const LONG_NOVEL: usize = 120_000;
/// The default density.
const PAGES_PER_IMAGE: f64 = 10.0;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(folder) = std::env::var_os("WOODCUT_TEST_BOOKS") else {
        println!("skipped: WOODCUT_TEST_BOOKS names no folder of novels");
        return Ok(());
    };
    let mut novels: Vec<(Gold, Vec<Chapter>)> = Vec::new();
    for gold in gold::novels() {
        match book::read(&Path::new(&folder).join(&gold.file)) {
            Ok(book) => novels.push((gold, book.chapters)),
            Err(error) => println!("{} skipped: {error}", gold.file),
        }
    }
    let mut text = format!(
        "## The built-in reader\n\nMachine: {}.\n\n\
         What a careful reader would name and want drawn in each novel stands in \
         `analyze/benches/reader/gold.txt`; both passes run without any model.\n\n",
        benchmarks::machine(Path::new(env!("CARGO_TARGET_TMPDIR"))),
    );
    text += &speed(novels.iter().flat_map(|(_, chapters)| chapters));
    text += &tables(&novels, benchmarks::has("--missed"))?;
    Ok(benchmarks::report("reader", &text)?)
}

/// Time and memory for a novel of [`LONG_NOVEL`] words, made of the chapters at hand.
fn speed<'a>(chapters: impl Iterator<Item = &'a Chapter>) -> String {
    let mut long = Vec::new();
    let mut words = 0;
    for chapter in chapters {
        if words >= LONG_NOVEL {
            break;
        }
        words += chapter.text.split_whitespace().count();
        let number = u32::try_from(long.len() + 1).unwrap_or(u32::MAX);
        long.push(Chapter { number, ..chapter.clone() });
    }
    let clock = Instant::now();
    let start = busy(clock);
    let elements = elements(&long);
    let drawn: usize =
        long.iter().map(|c| reader::concepts(c, &elements, PAGES_PER_IMAGE).concepts.len()).sum();
    let time = busy(clock).saturating_sub(start).as_secs_f64();
    let memory = benchmarks::peak_memory("self")
        .map_or_else(|| "unknown".to_owned(), |bytes| format!("{} MB", bytes / 1_000_000));
    format!(
        "A novel of {words} words, both passes on one core: {time:.2} s ({:.0} words a second); \
         {} elements, {drawn} passages; peak memory {memory}, the novels themselves included. Built {}.\n\n",
        words as f64 / time,
        elements.elements.len(),
        if cfg!(debug_assertions) { "as for the tests, hardly optimised" } else { "for release" },
    )
}

fn elements(chapters: &[Chapter]) -> Elements {
    let surveys: Vec<_> = chapters.iter().map(reader::survey).collect();
    reader::merge(&surveys)
}

/// Time this process has spent on a processor, where the system tells it; else the time of the clock.
/// A busy machine must not make the reader look slow.
fn busy(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = told.as_deref().and_then(|s| s.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// What was found of elements and passages, one row a novel.
fn tables(novels: &[(Gold, Vec<Chapter>)], missed: bool) -> Result<String, std::fmt::Error> {
    let mut elements_table = String::from(
        "| novel | main found | right among the first 20 | wrong mergers among the first 10 |\n\
         |---|--:|--:|--:|\n",
    );
    let mut passages_table = String::from(
        "Passages, precision / recall in percent, at one plate for 3 pages; a passage is right within \
         300 bytes of words that a reader would choose.\n\n\
         | novel | passages | moments | reader | evenly spread | at random |\n\
         |---|--:|--:|--:|--:|--:|\n",
    );
    let mut looks_table = String::from(Looks::HEAD);
    let mut all = (Counts::default(), Passages::default(), Looks::default());
    let mut notes = String::new();
    for (gold, chapters) in novels {
        let elements = elements(chapters);
        let (counts, wrong) = compare(gold, &elements);
        let (passages, unseen) = passages::measure(&gold.moments, chapters, &elements);
        let name = gold.file.trim_end_matches(".epub");
        elements_table += &counts.row(name);
        passages_table += &row(name, &passages);
        all.0.add(&counts);
        all.1 += passages;
        let (looks, unsaid) = looks::measure(gold, chapters, &elements);
        looks_table += &looks.row(name);
        all.2 += looks;
        notes += &wrong;
        if missed {
            notes += &unsaid;
            for moment in unseen {
                writeln!(notes, "- {name} missed: {moment}")?;
            }
        }
    }
    elements_table += &all.0.row("all");
    passages_table += &row("all", &all.1);
    looks_table += &all.2.row("all");
    Ok(format!("{elements_table}\n{looks_table}\n{passages_table}\n{notes}"))
}

fn row(name: &str, passages: &Passages) -> String {
    format!(
        "| {name} | {:.0} | {:.0} | {} | {} | {} |\n",
        passages.reader.chosen,
        passages.reader.moments,
        passages.reader.percent(),
        passages.even.percent(),
        passages.chance.percent(),
    )
}

/// Counts of one novel or of all.
#[derive(Default)]
struct Counts {
    found: usize,
    main: usize,
    right: usize,
    first: usize,
    merged: usize,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.found += other.found;
        self.main += other.main;
        self.right += other.right;
        self.first += other.first;
        self.merged += other.merged;
    }

    fn row(&self, name: &str) -> String {
        let Self { found, main, right, first, merged } = self;
        format!("| {name} | {found} of {main} | {right} of {first} | {merged} |\n")
    }
}

/// The counts of a novel, and what is missed, wrong or wrongly merged, by name.
fn compare(gold: &Gold, elements: &Elements) -> (Counts, String) {
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
    let counts = Counts {
        found: gold.main.len() - missed.len(),
        main: gold.main.len(),
        right: first.len() - wrong.len(),
        first: first.len(),
        merged: merged.len(),
    };
    let mut notes = String::new();
    for (what, names) in [("missed", missed), ("wrong", wrong), ("merged", merged)] {
        if !names.is_empty() {
            notes += &format!("- {} {what}: {}\n", gold.file, names.join("; "));
        }
    }
    (counts, notes)
}
