//! Waking when the project changes.
//!
//! A notification is a hint that it is worth looking; what is true is in the state. The folder is
//! watched, never the files: watching a file goes deaf at the first atomic replacement.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::interrupt::Interrupt;
use crate::names;

/// How often a wait looks at its interrupt.
const LOOK: Duration = Duration::from_millis(250);

pub(crate) struct Watch {
    bell: Arc<Bell>,
    /// `None` where the system gives no notifications: then the slow poll does all the waking.
    watcher: Mutex<Option<RecommendedWatcher>>,
}

/// Counts the changes; a waiter sleeps until the count is no longer the one it saw.
#[derive(Default)]
struct Bell {
    count: Mutex<u64>,
    rung: Condvar,
}

impl Bell {
    fn count(&self) -> MutexGuard<'_, u64> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) {
        *self.count() += 1;
        self.rung.notify_all();
    }
}

impl Watch {
    pub(crate) fn new(folder: &Path) -> Self {
        let bell = Arc::new(Bell::default());
        let ringer = Arc::clone(&bell);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.map_or(true, |event| matters(&event)) {
                ringer.ring();
            }
        });
        let watcher = watcher.ok().and_then(|mut watcher| {
            watcher.watch(folder, RecursiveMode::NonRecursive).ok()?;
            Some(watcher)
        });
        let watch = Self { bell, watcher: Mutex::new(watcher) };
        watch.watch_workers(folder);
        watch
    }

    /// A worker's death closes its lock file: that, too, is worth a look. The folder may not be there
    /// yet, and the slow poll sees a death as well.
    pub(crate) fn watch_workers(&self, project: &Path) {
        if let Some(watcher) = self.watcher().as_mut() {
            let _ = watcher.watch(&project.join(names::WORKERS), RecursiveMode::NonRecursive);
        }
    }

    fn watcher(&self) -> MutexGuard<'_, Option<RecommendedWatcher>> {
        self.watcher.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_armed(&self) -> bool {
        self.watcher().is_some()
    }

    /// The count to hand to [`Watch::wait`]; take it before looking at the state.
    pub(crate) fn seen(&self) -> u64 {
        *self.bell.count()
    }

    /// Waits for a change after `seen`; `false` if there was none until the time was over or the
    /// interrupt was set.
    pub(crate) fn wait(&self, seen: u64, timeout: Duration, interrupt: &Interrupt) -> bool {
        let deadline = Instant::now() + timeout;
        let mut count = self.bell.count();
        while *count == seen {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || interrupt.is_set() {
                return false;
            }
            let waited = self.bell.rung.wait_timeout(count, left.min(LOOK));
            count = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

/// Reading the manifest makes events as well; acting on those would wake us for ever.
fn matters(event: &notify::Event) -> bool {
    let kind = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => false,
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) => true,
        EventKind::Any | EventKind::Other => true,
    };
    let ours = |path: &std::path::PathBuf| {
        path.file_name().is_some_and(|name| {
            name == names::MANIFEST || name == names::JOURNAL || is_worker_lock(path)
        })
    };
    event.need_rescan() || (kind && event.paths.iter().any(ours))
}

fn is_worker_lock(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "lock")
        && path.parent().and_then(Path::file_name).is_some_and(|name| name == names::WORKERS)
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("armed", &self.is_armed()).finish()
    }
}
