//! What every benchmark of the workspace does: say what it runs on, reduce what it measured, and put its
//! section into `BENCHMARKS.md`.
//!
//! **Invariant:** a section is replaced whole, by the program that made it, and no other is touched.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// The file with the results of all benchmarks.
const FILE: &str = "BENCHMARKS.md";

/// Processor, cores, kernel and load of this machine, and how long a sync takes in a folder.
#[must_use]
pub fn machine(folder: &Path) -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split(':').nth(1));
    let load = read("/proc/loadavg");
    format!(
        "{}, {} cores, Linux {}, load {}, a sync of a small append takes {}",
        model.unwrap_or("unknown processor").trim(),
        std::thread::available_parallelism().map_or(0, usize::from),
        read("/proc/sys/kernel/osrelease").trim(),
        load.split_whitespace().next().unwrap_or("unknown"),
        sync_time(folder).map_or_else(|_| "an unknown time".to_owned(), in_words),
    )
}

fn sync_time(folder: &Path) -> io::Result<Duration> {
    let mut file = tempfile::tempfile_in(folder)?;
    let mut took = Vec::new();
    for _ in 0..50 {
        file.write_all(&[b'x'; 200])?;
        let start = Instant::now();
        file.sync_data()?;
        took.push(start.elapsed());
    }
    Ok(percentile(&mut took, 50.0))
}

/// The time that so many percent of these do not exceed; zero of none.
pub fn percentile(took: &mut [Duration], percent: f64) -> Duration {
    took.sort_unstable();
    let at = (took.len() as f64 * percent / 100.0) as usize;
    took.get(at.min(took.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// The middle of these; zero of none.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// A time in µs, ms or s, as fits.
#[must_use]
pub fn in_words(time: Duration) -> String {
    match time.as_micros() {
        short @ ..1000 => format!("{short} µs"),
        long @ ..100_000 => format!("{:.1} ms", long as f64 / 1e3),
        long @ ..10_000_000 => format!("{} ms", long / 1000),
        long => format!("{:.1} s", long as f64 / 1e6),
    }
}

/// Most memory that a process had resident at a time so far, in bytes; `self` is a process, too.
#[must_use]
pub fn peak_memory(process: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok().map(|kilobytes: u64| kilobytes * 1024)
}

/// Prints a report and, where the command line says `--write`, puts it into `BENCHMARKS.md`, in place of
/// the section of that name.
///
/// # Errors
/// When the file cannot be read or replaced.
pub fn report(section: &str, text: &str) -> io::Result<()> {
    println!("{text}");
    if !has("--write") {
        return Ok(());
    }
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let new = with_section(&fs::read_to_string(folder.join(FILE))?, section, text);
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(new.as_bytes())?;
    beside.as_file().sync_all()?;
    beside.persist(folder.join(FILE))?;
    Ok(())
}

/// Whether a word stands on the command line.
#[must_use]
pub fn has(flag: &str) -> bool {
    std::env::args().any(|argument| argument == flag)
}

fn with_section(file: &str, section: &str, text: &str) -> String {
    let (begin, end) =
        (format!("<!-- {section}: begin -->\n"), format!("<!-- {section}: end -->\n"));
    let ours = format!("{begin}{}\n{end}", text.trim_end());
    match (file.find(&begin), file.find(&end)) {
        (Some(at), Some(stop)) if at < stop => {
            format!("{}{ours}{}", &file[..at], &file[stop + end.len()..])
        }
        _ => format!("{}\n\n{ours}", file.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_replaced_and_no_other_is_touched() {
        let one = with_section("# Benchmarks\n", "one", "1");
        let two = with_section(&one, "two", "2\n");
        let again = with_section(&two, "one", "3");
        let section = |name: &str, text: &str| {
            format!("<!-- {name}: begin -->\n{text}\n<!-- {name}: end -->\n")
        };
        let whole = format!("# Benchmarks\n\n{}\n{}", section("one", "3"), section("two", "2"));
        assert_eq!(again, whole);
        assert_eq!(with_section(&again, "two", "2"), again);
    }

    #[test]
    fn times_are_said_in_fitting_units() {
        let said = [7, 70_000, 700_000, 70_000_000].map(|t| in_words(Duration::from_micros(t)));
        assert_eq!(said, ["7 µs", "70.0 ms", "700 ms", "70.0 s"]);
    }

    #[test]
    fn the_middle_and_the_end_of_nothing_are_zero() {
        assert!(median(std::iter::empty()).abs() < f64::EPSILON);
        assert_eq!(percentile(&mut [], 99.0), Duration::ZERO);
    }
}
