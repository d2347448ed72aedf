//! Numbers into words, words into a file.

use std::path::Path;
use std::time::Duration;

use crate::Outcome;

const BEGIN: &str = "<!-- manifest: begin -->\n";
const END: &str = "<!-- manifest: end -->\n";

/// What it ran on.
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let info = read("/proc/cpuinfo");
    let value = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split(':').nth(1)).unwrap_or("unknown").trim().to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = read("/proc/loadavg");
    let folder = Path::new(crate::FOLDER);
    format!(
        "## The manifest\n\n\
         Machine: {}, {cores} cores, Linux {}, project on {}, one sync of a small append takes {}. \
         Load when it began: {}.\n\n",
        value("model name"),
        read("/proc/sys/kernel/osrelease").trim(),
        manifest::host::file_system(folder),
        sync_time().map_or_else(|_| "unknown".to_owned(), micros),
        load.split_whitespace().next().unwrap_or("unknown"),
    )
}

fn sync_time() -> Outcome<Duration> {
    let mut file = tempfile::tempfile_in(crate::FOLDER)?;
    let mut took = Vec::new();
    for _ in 0..50 {
        std::io::Write::write_all(&mut file, &[b'x'; 200])?;
        let start = std::time::Instant::now();
        file.sync_data()?;
        took.push(start.elapsed());
    }
    Ok(percentile(&mut took, 50.0))
}

pub fn percentile(took: &mut [Duration], percent: f64) -> Duration {
    took.sort_unstable();
    let at = (took.len() as f64 * percent / 100.0) as usize;
    took.get(at.min(took.len().saturating_sub(1))).copied().unwrap_or_default()
}

pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

pub fn micros(time: Duration) -> String {
    match time.as_micros() {
        short @ ..1000 => format!("{short} µs"),
        long @ ..100_000 => format!("{:.1} ms", long as f64 / 1e3),
        long => format!("{} ms", long / 1000),
    }
}

/// Puts the report between its marks, or at the end of a file without them.
pub fn write(folder: &str, text: &str) -> Outcome<()> {
    let file = "BENCHMARKS.md";
    let before = std::fs::read_to_string(Path::new(folder).join(file))
        .unwrap_or_else(|_| "# Benchmarks\n\n".to_owned());
    let ours = format!("{BEGIN}{text}{END}");
    let (head, tail) = match (before.find(BEGIN), before.find(END)) {
        (Some(begin), Some(end)) => (&before[..begin], &before[end + END.len()..]),
        _ => (&before[..], ""),
    };
    let text = format!("{head}{ours}{tail}");
    Ok(manifest::artifact::put(Path::new(folder), file, text.as_bytes())?)
}
