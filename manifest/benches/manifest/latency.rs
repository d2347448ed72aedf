//! How soon a change in one process is acted on in another, what waiting costs, how long opening takes.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use benchmarks::{in_words, percentile};
use manifest::{
    ChapterEvent, ChapterId, Event, Manifest, Options, Role, Status, Step, Store, decide,
};

use crate::Outcome;
use crate::contention::start;
use crate::engines;

fn nanos() -> Outcome<u128> {
    Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_nanos())
}

/// Claims every chapter that becomes free, and prints when the claim was on disk.
pub fn waker(folder: &str) -> Outcome<()> {
    let store = Store::open(Path::new(folder), Options::default())?;
    let me = store.register(Role::Illustrate)?;
    let free = |manifest: &Manifest| (manifest.count(Status::Pending) > 0).then_some(());
    println!("ready");
    loop {
        if store.wait_for(Duration::from_secs(5), free)?.is_none() {
            return Ok(());
        }
        store.update(|manifest| {
            let claim = decide::claim(manifest, Step::Analysis, me.id());
            (claim.map(|(_, event)| event).into_iter().collect(), ())
        })?;
        println!("{}", nanos()?);
    }
}

pub fn idler(folder: &str) -> Outcome<()> {
    let store = Store::open(Path::new(folder), Options::default())?;
    let _me = store.register(Role::Illustrate)?;
    println!("ready");
    store.wait_for(Duration::from_secs(60), |_| None::<()>)?;
    Ok(())
}

pub fn report(times: usize) -> Outcome<String> {
    let mut text = String::from("\n### Waking, waiting, opening\n\n");
    let mut woken = wake_ups(times)?;
    let p50 = percentile(&mut woken, 50.0);
    let p99 = percentile(&mut woken, 99.0);
    writeln!(
        text,
        "- From a commit in one process to a durable claim in another that waited for it: p50 {}, p99 {} ({times} times).",
        in_words(p50),
        in_words(p99)
    )?;
    text += &idle()?;
    text += &opening()?;
    Ok(text)
}

fn wake_ups(times: usize) -> Outcome<Vec<Duration>> {
    let folder = tempfile::tempdir_in(crate::FOLDER)?;
    let store = engines::project(folder.path(), 1)?;
    let path = folder.path().to_str().ok_or("a path that is not text")?;
    let mut child = start(&["wake", path])?;
    let mut says = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
    let mut next = || says.next().ok_or("the other process ended")?.map_err(Box::from);
    next()?;
    next()?;
    let mut woken = Vec::new();
    for _ in 0..times {
        std::thread::sleep(Duration::from_millis(15));
        let committed = store.update(|manifest| {
            let token = manifest.claims().map(|(_, claim)| claim.token).next();
            let back = |token| Event::Chapter {
                chapter: ChapterId(1),
                change: ChapterEvent::GivenBack { token },
            };
            (token.map(back).into_iter().collect(), ())
        });
        committed?;
        let committed = nanos()?;
        let line: Outcome<String> = next();
        let claimed: u128 = line?.parse()?;
        // The other one may be faster than our own return from the sync.
        let took = claimed.saturating_sub(committed);
        woken.push(Duration::from_nanos(u64::try_from(took)?));
    }
    child.kill()?;
    child.wait()?;
    Ok(woken)
}

/// CPU time and memory of a waiting process, as the kernel counts them.
fn idle() -> Outcome<String> {
    let folder = tempfile::tempdir_in(crate::FOLDER)?;
    engines::prepare(folder.path(), 10_000)?;
    let mut child = start(&["idle", folder.path().to_str().ok_or("a path that is not text")?])?;
    let mut says = BufReader::new(child.stdout.take().ok_or("no output")?);
    says.read_line(&mut String::new())?;
    let process = format!("/proc/{}", child.id());
    let Ok(before) = cpu_ticks(&process) else { return Ok(String::new()) };
    let seconds = 10;
    std::thread::sleep(Duration::from_secs(seconds));
    let ticks = cpu_ticks(&process)? - before;
    let status = std::fs::read_to_string(format!("{process}/status"))?;
    let resident =
        status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or("VmRSS: unknown");
    let line = format!(
        "- A process that waits, in a book of 10,000 chapters: {} ms of CPU time in {seconds} s; {} resident.\n",
        ticks * 10,
        resident.trim_start_matches("VmRSS:").trim()
    );
    child.stdin.take().map(|mut input| input.flush());
    child.kill()?;
    child.wait()?;
    Ok(line)
}

/// User and system time in hundredths of a second.
fn cpu_ticks(process: &str) -> Outcome<u64> {
    let stat = std::fs::read_to_string(format!("{process}/stat"))?;
    let words: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    Ok(words[11].parse::<u64>()? + words[12].parse::<u64>()?)
}

fn opening() -> Outcome<String> {
    let folder = tempfile::tempdir_in(crate::FOLDER)?;
    engines::prepare(folder.path(), 10_000)?;
    let mut took = Vec::new();
    for _ in 0..20 {
        let start = Instant::now();
        let store = Store::open(folder.path(), Options::default())?;
        took.push(start.elapsed());
        drop(store);
    }
    let size = std::fs::metadata(folder.path().join("manifest.json"))?.len();
    Ok(format!(
        "- Opening a project of 10,000 chapters ({:.1} MB): p50 {}.\n",
        size as f64 / 1e6,
        in_words(percentile(&mut took, 50.0))
    ))
}
