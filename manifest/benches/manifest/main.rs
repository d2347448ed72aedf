//! How fast the manifest is, beside SQLite and a locked JSON file that do the same on the same disk,
//! and beside a bare journal that does nothing but lock, append and sync.
//!
//!     cargo bench -p manifest --bench manifest                prints the tables
//!     cargo bench -p manifest --bench manifest -- --write     also puts them into BENCHMARKS.md
//!     cargo bench -p manifest --bench manifest -- --quick     one round each, for a look
//!     cargo bench -p manifest --bench manifest -- --book      what a whole book costs, and no more

mod bare;
mod book;
mod contention;
mod engines;
mod json;
mod latency;
mod sqlite;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use manifest::host;

/// On the disk that everything else is built on.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
/// The end of whatever may fail.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let Some(child) = arguments.strip_prefix(&["child".to_owned()]) {
        return play(child);
    }
    if benchmarks::has("--book") {
        println!("{}", book::report(5)?);
        return Ok(());
    }
    let quick = benchmarks::has("--quick");
    let folder = Path::new(FOLDER);
    let (machine, file_system) = (benchmarks::machine(folder), host::file_system(folder));
    let mut text = format!("## The manifest\n\nMachine: {machine}; project on {file_system}.\n\n");
    text += &contention::report(if quick { 1 } else { 3 }, Duration::from_millis(1000))?;
    text += &latency::report(if quick { 50 } else { 500 })?;
    text += &book::report(if quick { 1 } else { 5 })?;
    Ok(benchmarks::report("manifest", &text)?)
}

/// What this program does when it is started by itself.
fn play(what: &[String]) -> Outcome<()> {
    let words: Vec<&str> = what.iter().map(String::as_str).collect();
    match words[..] {
        ["contend", engine, folder, millis] => contention::child(engine, folder, millis.parse()?),
        ["wake", folder] => latency::waker(folder),
        ["idle", folder] => latency::idler(folder),
        _ => Err(format!("unknown part {what:?}").into()),
    }
}
