//! The log of a process: what it says, with times, in the file of its run.
//!
//! [`start`] is called once, by the program. What is said before a run has begun is kept and comes
//! first in its file; nothing is kept that nobody will read.

use std::fs::File;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Most bytes that are kept for a run that has not begun yet.
const EARLY: usize = 64 * 1024;

/// Where lines go.
struct Target {
    /// Lines of no run yet.
    early: Vec<u8>,
    /// The runs of this process, each with the thread that began it. Several books may be run at the
    /// same time, each by one thread: its lines belong to its run, those of all others to the first.
    runs: Vec<(ThreadId, String, File)>,
}

static VERBOSITY: AtomicU8 = AtomicU8::new(0);
static TARGET: Mutex<Target> = Mutex::new(Target { early: Vec::new(), runs: Vec::new() });

/// Begins to log: what every run says, with `verbosity` 1 also its steps, with 2 their details. Steps
/// and details go to standard error as well.
pub fn start(verbosity: u8) {
    VERBOSITY.store(verbosity, Ordering::Relaxed);
    let level = match verbosity {
        0 => LevelFilter::INFO,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let file =
        fmt::layer().with_ansi(false).with_target(false).with_writer(|| Lines).with_filter(level);
    // What is of common interest is told to people in words of its own.
    let details = filter_fn(move |about| *about.level() > Level::INFO && *about.level() <= level);
    let terminal = fmt::layer()
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .with_writer(io::stderr)
        .with_filter(details);
    // A second start, which only a test makes, changes nothing.
    let _ = tracing_subscriber::registry().with(file).with(terminal).try_init();
}

/// What [`start`] was told; processes that this one starts are told the same.
#[must_use]
pub fn verbosity() -> u8 {
    VERBOSITY.load(Ordering::Relaxed)
}

/// Sends the lines of this thread to the file of a run, and those that are nobody's; first those that
/// are waiting.
pub(crate) fn send_to(id: &str, mut file: File) {
    let mut target = target();
    // A log that cannot be written keeps nobody from working.
    let _ = file.write_all(&std::mem::take(&mut target.early));
    target.runs.push((thread::current().id(), id.to_owned(), file));
}

/// Ends the log of a run.
pub(crate) fn stop(id: &str) {
    target().runs.retain(|(_, known, _)| known != id);
}

fn target() -> MutexGuard<'static, Target> {
    TARGET.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lines of this process.
struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Target { early, runs } = &mut *target();
        let this = thread::current().id();
        let own = runs.iter().position(|(thread, ..)| *thread == this);
        match runs.get_mut(own.unwrap_or(0)) {
            Some((_, _, file)) => file.write_all(bytes)?,
            None if early.len() + bytes.len() <= EARLY => early.extend_from_slice(bytes),
            None => {}
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
