//! The store: a project's manifest on disk, read by many and written by one at a time.
//!
//! Everything a daemon does to the state goes through [`Store::view`], [`Store::update`] and
//! [`Store::wait_for`]. The protocol behind them, and what a crash at any step leaves, is described in
//! [the crate's documentation](crate).

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::cache::Cache;
use crate::commit::Flush;
use crate::disk::Disk;
use crate::error::{Notice, StoreError};
use crate::event::Event;
use crate::ids::WorkerId;
use crate::interrupt::Interrupt;
use crate::local::Local;
use crate::manifest::{Manifest, Source};
use crate::names;
use crate::stillness::{LONGEST_GAP, Stillness};
use crate::watch::Watch;

/// How often a waiting process looks at the state although nothing was notified.
const SLOW_POLL: Duration = Duration::from_secs(2);
/// The least time between two folds of a small manifest.
const FOLD_EVERY: Duration = Duration::from_secs(1);
/// A snapshot up to this size is cheap enough to be folded about once a second.
const SMALL_SNAPSHOT: u64 = 64 * 1024;
/// Hears what a person may want to know.
pub(crate) type NoticeFn = dyn Fn(&Notice) + Send + Sync;

/// A project's manifest. Clones share one state, one lock queue and one flush.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) folder: PathBuf,
    disk: Box<dyn Disk>,
    cache: Mutex<Cache>,
    pub(crate) flush: Mutex<Flush>,
    pub(crate) flushed: Condvar,
    /// Set when a write failed in a way that leaves no way to know what is on disk.
    pub(crate) poisoned: AtomicBool,
    /// Armed by the first wait.
    watch: OnceLock<Watch>,
    /// Whether a worker of this process is registered: whoever only looks does not fold.
    pub(crate) works: AtomicBool,
    pub(crate) beats: Mutex<Stillness<WorkerId, u64>>,
    interrupt: Interrupt,
    pub(crate) notice: Box<NoticeFn>,
    pub(crate) now: fn() -> DateTime<Utc>,
}

/// How a store is opened.
pub struct Options {
    /// Ends every wait of the store when set.
    pub interrupt: Interrupt,
    /// Hears what a person may want to know: who holds the lock, a torn tail that was cut.
    pub notice: Box<NoticeFn>,
    /// The wall clock for the times in events.
    pub now: fn() -> DateTime<Utc>,
}

impl Default for Options {
    fn default() -> Self {
        Self { interrupt: Interrupt::new(), notice: Box::new(|_| {}), now: Utc::now }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("folder", &self.0.folder).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the project in a folder.
    ///
    /// # Errors
    /// [`StoreError::NoProject`] where there is none; [`StoreError::Damaged`] where there was one and
    /// its manifest cannot be trusted.
    pub fn open(folder: &Path, options: Options) -> Result<Self, StoreError> {
        let disk = local(folder)?;
        Self::open_on(folder, disk, options)
    }

    /// Opens the project in a folder, making it first if need be.
    ///
    /// # Errors
    /// [`StoreError::OtherBook`] where the folder is the project of another file,
    /// [`StoreError::OtherHeadings`] where its chapters were found by another pattern.
    pub fn create(folder: &Path, source: Source, options: Options) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|e| StoreError::io(folder, "make", e))?;
        let disk = local(folder)?;
        Self::create_on(folder, disk, source, options)
    }

    /// [`Store::open`] on any disk.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_on(
        folder: &Path,
        disk: Box<dyn Disk>,
        options: Options,
    ) -> Result<Self, StoreError> {
        let cache = Cache::load(folder, disk.as_ref())?;
        Ok(Self::with(folder, disk, cache, options))
    }

    /// [`Store::create`] on any disk.
    ///
    /// # Errors
    /// As [`Store::create`].
    pub fn create_on(
        folder: &Path,
        disk: Box<dyn Disk>,
        source: Source,
        options: Options,
    ) -> Result<Self, StoreError> {
        let notice = |holder: &str| (options.notice)(&Notice::lock_held(folder, holder));
        let guard = disk.lock(&options.interrupt, &notice)?;
        let cache = match Cache::load(folder, disk.as_ref()) {
            Err(StoreError::NoProject { .. }) => {
                let lineage = random_id().map_err(|e| StoreError::io(folder, "name", e))?;
                let book_id = source.title.clone();
                let manifest = Manifest::new(lineage, book_id, source.clone(), (options.now)());
                Cache::begin(folder, disk.as_ref(), &manifest)?
            }
            found => {
                // Whoever made it may have died before its names were on disk.
                let unsynced = |source| StoreError::Unsynced { folder: folder.to_owned(), source };
                let cache = found?;
                disk.sync_dir().map_err(unsynced)?;
                cache
            }
        };
        drop(guard);
        let ours = &cache.manifest.source;
        if ours.sha256 != source.sha256 {
            return Err(StoreError::OtherBook {
                folder: folder.to_owned(),
                ours: ours.path.clone(),
                theirs: source.path,
            });
        }
        if ours.headings != source.headings {
            return Err(StoreError::OtherHeadings {
                folder: folder.to_owned(),
                ours: ours.headings.clone(),
                theirs: source.headings,
            });
        }
        Ok(Self::with(folder, disk, cache, options))
    }

    fn with(folder: &Path, disk: Box<dyn Disk>, cache: Cache, options: Options) -> Self {
        let Options { interrupt, notice, now } = options;
        Self(Arc::new(Shared {
            folder: folder.to_owned(),
            disk,
            cache: Mutex::new(cache),
            flush: Mutex::new(Flush::default()),
            flushed: Condvar::new(),
            poisoned: AtomicBool::new(false),
            watch: OnceLock::new(),
            works: AtomicBool::new(false),
            beats: Mutex::new(Stillness::new(LONGEST_GAP)),
            interrupt,
            notice,
            now,
        }))
    }

    /// The project's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// The wall clock, for times that people read.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.0.now)()
    }

    /// What ends the waits of this store.
    #[must_use]
    pub fn interrupt(&self) -> &Interrupt {
        &self.0.interrupt
    }

    /// Whether changes are notified, or found by the slow poll alone.
    #[must_use]
    pub fn is_notified(&self) -> bool {
        self.watch().is_armed()
    }

    pub(crate) fn watch(&self) -> &Watch {
        self.0.watch.get_or_init(|| Watch::new(&self.0.folder))
    }

    /// Looks at the present state. Takes no lock.
    ///
    /// # Errors
    /// [`StoreError`] when the manifest cannot be read or is damaged.
    pub fn view<T>(&self, look: impl FnOnce(&Manifest) -> T) -> Result<T, StoreError> {
        let mut cache = self.cache();
        if let Err(error) = cache.catch_up(self.disk()) {
            // What looked broken may only have been in the middle of being written; who may not have
            // the lock hears what it looked like.
            let Ok(_guard) = self.lock() else { return Err(error) };
            cache.catch_up(self.disk()).or_else(|_| cache.reload(self.disk()).map(|()| 0))?;
        }
        Ok(look(&cache.manifest))
    }

    /// Changes the state: `decide` sees the present one, with everybody else locked out, and says what
    /// happens and what to answer. When this returns, the events are on disk.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] when an event does not fit, and then none is written;
    /// [`StoreError::Indeterminate`] when the events may or may not survive a power cut; any other:
    /// nothing was changed.
    pub fn update<T>(
        &self,
        decide: impl FnOnce(&Manifest) -> (Vec<Event>, T),
    ) -> Result<T, StoreError> {
        let mut cache = self.cache();
        self.check_writable(&cache)?;
        let guard = self.lock()?;
        self.settle(&mut cache)?;
        let (events, answer) = decide(&cache.manifest);
        if events.is_empty() {
            return Ok(answer);
        }
        let serial = self.append(&mut cache, &events)?;
        let due = fold_is_due(&cache) || self.flush_state().broken.is_some();
        // A fold that fails leaves the journal, and with it the event, as they are.
        if due && (self.fold_locked(&mut cache).is_ok() || cache.durable >= serial) {
            return Ok(answer);
        }
        drop(guard);
        drop(cache);
        self.bring_to_disk(serial)?;
        Ok(answer)
    }

    /// Waits until `look` finds what it looks for in the state; `None` when `timeout` has passed.
    /// While nothing happens, the journal is folded so that `manifest.json` shows the present.
    ///
    /// # Errors
    /// [`StoreError::Interrupted`] when the interrupt was set, or as [`Store::view`].
    pub fn wait_for<T>(
        &self,
        timeout: Duration,
        look: impl Fn(&Manifest) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let deadline = Instant::now() + timeout;
        loop {
            let seen = self.watch().seen();
            if let Some(found) = self.view(&look)? {
                return Ok(Some(found));
            }
            if self.0.interrupt.is_set() {
                return Err(StoreError::Interrupted);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            let rung = self.watch().wait(seen, left.min(SLOW_POLL), &self.0.interrupt);
            if !rung && self.0.works.load(Ordering::SeqCst) {
                self.tidy();
            }
        }
    }

    /// Folds the journal into `manifest.json` if there is anything in it.
    ///
    /// # Errors
    /// As [`Store::update`].
    pub fn fold(&self) -> Result<(), StoreError> {
        self.fold_if(|_| true)
    }

    /// [`Store::fold`] by a worker that has nothing else to do, where it does not cost more than it is
    /// worth: a big snapshot is not rewritten for a handful of events.
    fn tidy(&self) {
        let worth = |cache: &Cache| {
            cache.snapshot_size <= SMALL_SNAPSHOT || cache.offset > cache.snapshot_size / 8
        };
        // Only tidying: an update that has the same trouble will say so.
        let _ = self.fold_if(worth);
    }

    fn fold_if(&self, worth: impl Fn(&Cache) -> bool) -> Result<(), StoreError> {
        let mut cache = self.cache();
        let read = cache.catch_up(self.disk());
        let has_news = cache.manifest.serial > cache.snapshot_serial;
        if read.is_ok() && (self.check_writable(&cache).is_err() || !has_news || !worth(&cache)) {
            return Ok(());
        }
        let _guard = self.lock()?;
        self.settle(&mut cache)?;
        if cache.manifest.serial > cache.snapshot_serial {
            self.fold_locked(&mut cache)?;
        }
        Ok(())
    }

    /// The project's lock, for repair and tests.
    pub(crate) fn lock(&self) -> Result<Box<dyn crate::disk::Guard>, StoreError> {
        let notice = |holder: &str| (self.0.notice)(&Notice::lock_held(&self.0.folder, holder));
        Ok(self.disk().lock(&self.0.interrupt, &notice)?)
    }

    fn check_writable(&self, cache: &Cache) -> Result<(), StoreError> {
        if self.0.poisoned.load(Ordering::SeqCst) {
            return Err(StoreError::Poisoned);
        }
        cache.check_writable()
    }

    pub(crate) fn disk(&self) -> &dyn Disk {
        self.0.disk.as_ref()
    }

    pub(crate) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.0.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }
}

fn local(folder: &Path) -> Result<Box<dyn Disk>, StoreError> {
    match Local::open(folder, names::LOCK) {
        Ok(disk) => Ok(Box::new(disk)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(StoreError::NoProject { folder: folder.to_owned() })
        }
        Err(error) => Err(StoreError::io(folder, "open", error)),
    }
}

/// A journal is folded when it has outgrown the snapshot, which keeps the bytes written linear in the
/// events; a small manifest about once a second, so that `cat` shows the present. Never more often than
/// that, whatever happens: a fold takes several syncs under the lock.
fn fold_is_due(cache: &Cache) -> bool {
    let outgrown = cache.offset > cache.snapshot_size || cache.snapshot_size <= SMALL_SNAPSHOT;
    outgrown && cache.folded.elapsed() >= FOLD_EVERY
}

/// 16 random hexadecimal digits.
pub(crate) fn random_id() -> io::Result<String> {
    Ok(format!("{:016x}", getrandom::u64()?))
}
