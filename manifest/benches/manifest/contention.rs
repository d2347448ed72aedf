//! Changes a second, in a closed loop, by 1 to 16 processes.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use benchmarks::{in_words, median, percentile};

use crate::Outcome;
use crate::engines::{self, ENGINES};

const PROCESSES: [usize; 5] = [1, 2, 4, 8, 16];
const CHAPTERS: [u32; 3] = [100, 1_000, 10_000];

/// What one round of one engine came to.
#[derive(Clone, Default)]
struct Round {
    per_second: f64,
    p99: Duration,
    slowest: f64,
}

/// The loop of one process: waits for its cue, works, prints how long each change took.
pub fn child(engine: &str, folder: &str, millis: u64) -> Outcome<()> {
    let mut engine = engines::open(engine, Path::new(folder))?;
    println!("ready");
    std::io::stdin().read_line(&mut String::new())?;
    let end = Instant::now() + Duration::from_millis(millis);
    let mut took = Vec::new();
    let mut claim = None;
    while Instant::now() < end || claim.is_some() {
        let start = Instant::now();
        claim = match claim {
            None => Some(engine.claim()?),
            Some(held) => engine.give_back(held).map(|()| None)?,
        };
        took.push(start.elapsed().as_micros().to_string());
    }
    println!("{}", took.join(" "));
    Ok(())
}

pub fn start(arguments: &[&str]) -> Outcome<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("child").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    Ok(command.spawn()?)
}

fn round(engine: &str, folder: &Path, processes: usize, time: Duration) -> Outcome<Round> {
    let folder = folder.to_str().ok_or("a path that is not text")?;
    let millis = time.as_millis().to_string();
    let mut children = Vec::new();
    for _ in 0..processes {
        let mut child = start(&["contend", engine, folder, &millis])?;
        let mut says = BufReader::new(child.stdout.take().ok_or("no output")?);
        says.read_line(&mut String::new())?;
        children.push((child, says));
    }
    for (child, _) in &mut children {
        writeln!(child.stdin.as_mut().ok_or("no input")?)?;
    }
    let (mut all, mut counts) = (Vec::new(), Vec::new());
    for (mut child, mut says) in children {
        let mut line = String::new();
        says.read_line(&mut line)?;
        let took: Vec<u64> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        counts.push(took.len() as f64);
        all.extend(took.into_iter().map(Duration::from_micros));
        child.wait()?;
    }
    let least = counts.iter().copied().fold(f64::MAX, f64::min);
    let most = counts.iter().copied().fold(1.0, f64::max);
    Ok(Round {
        per_second: all.len() as f64 / time.as_secs_f64(),
        p99: percentile(&mut all, 99.0),
        slowest: least / most,
    })
}

fn middle(rounds: &[Round]) -> Round {
    Round {
        per_second: median(rounds.iter().map(|round| round.per_second)),
        p99: Duration::from_secs_f64(median(rounds.iter().map(|round| round.p99.as_secs_f64()))),
        slowest: median(rounds.iter().map(|round| round.slowest)),
    }
}

pub fn report(rounds: usize, time: Duration) -> Outcome<String> {
    let mut text = format!(
        "### Changes a second\n\n\
         Each process takes the first free chapter and gives it back, in a closed loop, every change \
         durable before the next. Half of the book is illustrated, three plates a chapter. Medians of \
         {rounds} rounds of {} s, the engines taking turns; *slowest* is the share of the busiest \
         process's changes that the least busy one made. *bare* locks, appends a line and syncs, and \
         does nothing else: what a journal can reach on this disk.\n\n\
         | chapters | processes | manifest | SQLite | JSON | bare | manifest : SQLite | manifest : JSON | bare : SQLite | p99 manifest | p99 SQLite | slowest manifest | slowest SQLite |\n\
         |--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        time.as_secs_f64()
    );
    for chapters in CHAPTERS {
        for processes in PROCESSES {
            let folder = tempfile::tempdir_in(crate::FOLDER)?;
            engines::prepare(folder.path(), chapters)?;
            let mut results = vec![Vec::new(); ENGINES.len()];
            for _ in 0..rounds {
                for (engine, results) in ENGINES.iter().zip(&mut results) {
                    results.push(round(engine, folder.path(), processes, time)?);
                }
            }
            let [ours, sqlite, json, bare] = [0, 1, 2, 3].map(|n| middle(&results[n]));
            eprintln!("{chapters} chapters, {processes} processes: {:.0}", ours.per_second);
            writeln!(
                text,
                "| {chapters} | {processes} | {:.0} | {:.0} | {:.0} | {:.0} | {:.1} | {:.0} | {:.1} | {} | {} | {:.2} | {:.2} |",
                ours.per_second,
                sqlite.per_second,
                json.per_second,
                bare.per_second,
                ours.per_second / sqlite.per_second,
                ours.per_second / json.per_second,
                bare.per_second / sqlite.per_second,
                in_words(ours.p99),
                in_words(sqlite.p99),
                ours.slowest,
                sqlite.slowest,
            )?;
        }
    }
    Ok(text)
}
