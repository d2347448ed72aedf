//! How long binding takes, and how much memory, beside a Python script that does the same with ebooklib:
//! 500 plates of two megabytes each, put after their paragraphs as they are.
//!
//!     pip install ebooklib
//!     cargo bench -p book --bench binding                prints the table
//!     cargo bench -p book --bench binding -- --write     also puts it into BENCHMARKS.md

mod big;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use benchmarks::{median, peak_memory};
use big::{Big, Outcome};
use book::bind::{self, Pictures};

const PLATES: usize = 500;
const ROUNDS: usize = 3;
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
const PEER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/binding/peer.py");

/// What one binding took.
struct Cost {
    time: Duration,
    /// Bytes.
    memory: u64,
    /// Bytes.
    size: u64,
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [child, folder, mode] = &arguments[..]
        && child == "child"
    {
        return bind_here(Path::new(folder), mode);
    }
    let shelf = tempfile::tempdir_in(FOLDER)?;
    Big::make(shelf.path(), PLATES)?;
    let ours = |mode: &str| {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["child".as_ref(), shelf.path().as_os_str(), mode.as_ref()]);
        run(command, &shelf.path().join("out.epub"))
    };
    let peer = || {
        let mut command = Command::new("python3");
        command.arg(PEER).arg(shelf.path());
        run(command, &shelf.path().join("peer.epub"))
    };
    let mut text = format!(
        "## Binding\n\n\
         {PLATES} plates of 2 MB into an EPUB of {} chapters; medians of {ROUNDS} rounds, the programs taking \
         turns. Machine: {}.\n\n\
         | | time | ratio to ebooklib | memory | size |\n|--|--:|--:|--:|--:|\n",
        PLATES.div_ceil(5),
        benchmarks::machine(Path::new(FOLDER)),
    );
    let mut costs = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        costs[0].push(ours("original")?);
        costs[1].push(ours("jpeg")?);
        costs[2].push(peer()?);
    }
    let time = |costs: &[Cost]| median(costs.iter().map(|cost| cost.time.as_secs_f64()));
    let slowest = time(&costs[2]);
    let names = ["pictures as they are", "pictures as JPEG (the default)", "ebooklib, as they are"];
    for (name, costs) in names.iter().zip(&costs) {
        let memory = costs.iter().map(|cost| cost.memory).max().unwrap_or(0);
        let size = costs.iter().map(|cost| cost.size).max().unwrap_or(0);
        writeln!(
            text,
            "| {name} | {:.1} s | {:.2} | {:.0} MB | {:.0} MB |",
            time(costs),
            time(costs) / slowest,
            memory as f64 / 1e6,
            size as f64 / 1e6,
        )?;
    }
    Ok(benchmarks::report("binding", &text)?)
}

/// Binds in this process, whose memory is then looked at.
fn bind_here(folder: &Path, mode: &str) -> Outcome<()> {
    let big = Big::open(folder)?;
    let pictures = if mode == "jpeg" { Pictures::default() } else { Pictures::Original };
    let start = Instant::now();
    bind::epub(&big.source, &folder.join("out.epub"), &big.binding(pictures))?;
    println!("{} {}", start.elapsed().as_micros(), peak_memory("self").unwrap_or(0));
    Ok(())
}

/// Runs a program that prints how many microseconds and how many bytes of memory it took.
fn run(mut command: Command, output: &Path) -> Outcome<Cost> {
    let said = command.output()?;
    let words = String::from_utf8(said.stdout)?;
    let numbers: Vec<u64> = words.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [micros, memory] = numbers[..] else {
        return Err(String::from_utf8_lossy(&said.stderr).into_owned().into());
    };
    let size = std::fs::metadata(output)?.len();
    Ok(Cost { time: Duration::from_micros(micros), memory, size })
}
