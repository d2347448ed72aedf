//! The store: a project's manifest on disk, read by many and written by one at a time.
//!
//! **Update.** Take the lock; read what others appended since; let the caller decide on the present
//! state; check every event with the transition function; append one line per event in one write;
//! give the lock back; bring the journal to the disk. Only then is the update acknowledged. The sync
//! comes after the lock, so that many writers share one flush; that is sound because whoever acts on
//! an event it read acknowledges its own later event with a sync of the same file, which covers both.
//!
//! **Fold.** Under the lock: snapshot beside, sync, the old snapshot kept as `manifest.json.prev`,
//! rename, sync of the folder; then a fresh journal in the same way, the old one kept as
//! `manifest.journal.prev`. A crash between the two leaves a journal that begins before the snapshot
//! ends: replay skips what the snapshot has.
//!
//! **Read.** No lock: snapshot, then journal. A process keeps the state in memory and reads only the
//! journal's tail. When the journal was replaced it first reads its old file to the end (it is still
//! open) and goes on in the new one; only who missed two folds reads the snapshot again.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::cache::Cache;
use crate::disk::{Appendable, Disk, Local};
use crate::error::{Notice, StoreError};
use crate::event::{Event, Stamp};
use crate::ids::Serial;
use crate::interrupt::Interrupt;
use crate::journal::{self, Entry};
use crate::manifest::{Manifest, Source};
use crate::names;
use crate::watch::Watch;

/// How often a waiting process looks at the state although nothing was notified.
const SLOW_POLL: Duration = Duration::from_secs(2);
/// The least time between two folds of a small manifest.
const FOLD_EVERY: Duration = Duration::from_secs(1);
/// A snapshot up to this size is cheap enough to be folded about once a second.
const SMALL_SNAPSHOT: u64 = 256 * 1024;
/// Hears what a person may want to know.
pub(crate) type NoticeFn = dyn Fn(&Notice) + Send + Sync;

/// A project's manifest. Clones share one state, one lock queue and one flush.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    folder: PathBuf,
    disk: Box<dyn Disk>,
    cache: Mutex<Cache>,
    flush: Mutex<Flush>,
    flushed: Condvar,
    watch: Watch,
    interrupt: Interrupt,
    notice: Box<NoticeFn>,
    now: fn() -> DateTime<Utc>,
}

/// What is known to be on disk, and who is bringing more.
#[derive(Default)]
struct Flush {
    synced: Serial,
    latest: Option<(Arc<dyn Appendable>, Serial)>,
    busy: bool,
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
    /// [`StoreError::OtherBook`] where the folder is the project of another file.
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
            other => other?,
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
        Ok(Self::with(folder, disk, cache, options))
    }

    fn with(folder: &Path, disk: Box<dyn Disk>, cache: Cache, options: Options) -> Self {
        let Options { interrupt, notice, now } = options;
        let flush = Mutex::new(Flush { synced: cache.snapshot_serial, ..Flush::default() });
        Self(Arc::new(Shared {
            folder: folder.to_owned(),
            watch: Watch::new(folder),
            disk,
            cache: Mutex::new(cache),
            flush,
            flushed: Condvar::new(),
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
        self.0.watch.is_armed()
    }

    /// Looks at the present state. Takes no lock.
    ///
    /// # Errors
    /// [`StoreError`] when the manifest cannot be read or is damaged.
    pub fn view<T>(&self, look: impl FnOnce(&Manifest) -> T) -> Result<T, StoreError> {
        let mut cache = self.cache();
        if cache.catch_up(self.disk()).is_err() {
            // What looked broken may only have been in the middle of being written.
            let _guard = self.lock_for_update()?;
            cache.catch_up_exclusively(self.disk(), &self.0.notice)?;
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
        cache.check_writable()?;
        let guard = self.lock_for_update()?;
        cache.catch_up_exclusively(self.disk(), &self.0.notice)?;
        cache.check_writable()?;
        let (events, answer) = decide(&cache.manifest);
        if events.is_empty() {
            return Ok(answer);
        }
        self.append(&mut cache, &events)?;
        let serial = cache.manifest.serial;
        if fold_is_due(&cache) {
            self.fold_locked(&mut cache)?;
            return Ok(answer);
        }
        self.flush_state().latest = Some((Arc::clone(&cache.journal), serial));
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
            let seen = self.0.watch.seen();
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
            if !self.0.watch.wait(seen, left.min(SLOW_POLL), &self.0.interrupt) {
                self.fold()?;
            }
        }
    }

    /// Folds the journal into `manifest.json` if there is anything in it.
    ///
    /// # Errors
    /// As [`Store::update`].
    pub fn fold(&self) -> Result<(), StoreError> {
        let mut cache = self.cache();
        if cache.check_writable().is_err() || !cache.has_news(self.disk()) {
            return Ok(());
        }
        let _guard = self.lock_for_update()?;
        cache.catch_up_exclusively(self.disk(), &self.0.notice)?;
        if cache.manifest.serial > cache.snapshot_serial && cache.check_writable().is_ok() {
            self.fold_locked(&mut cache)?;
        }
        Ok(())
    }

    fn append(&self, cache: &mut Cache, events: &[Event]) -> Result<(), StoreError> {
        let durable = self.flush_state().synced;
        let at = (self.0.now)();
        let mut text = String::new();
        for event in events {
            let stamp = Stamp { serial: cache.manifest.serial.next(), at };
            let entry = Entry { serial: stamp.serial, at, durable, event: event.clone() };
            let staged = match journal::line(&entry) {
                Ok(line) => {
                    cache.manifest.apply(event, &stamp).map_err(StoreError::Illegal).map(|()| line)
                }
                Err(error) => Err(StoreError::damaged(&self.0.folder, names::JOURNAL, &error)),
            };
            match staged {
                Ok(line) => text.push_str(&line),
                Err(error) => {
                    cache.reload(&self.0.folder, self.disk())?;
                    return Err(error);
                }
            }
        }
        if let Err(error) = cache.journal.append(text.as_bytes()) {
            // The next writer would cut a torn line too; doing it now frees what the line took.
            let _ = cache.journal.cut(cache.offset);
            cache.reload(&self.0.folder, self.disk())?;
            return Err(StoreError::io(&self.0.folder.join(names::JOURNAL), "append to", error));
        }
        cache.offset += text.len() as u64;
        Ok(())
    }

    /// Returns when every event up to `serial` is on disk; one thread syncs for all that wait.
    fn bring_to_disk(&self, serial: Serial) -> Result<(), StoreError> {
        let mut flush = self.flush_state();
        while flush.busy && flush.synced < serial {
            flush = self.0.flushed.wait(flush).unwrap_or_else(PoisonError::into_inner);
        }
        if flush.synced >= serial {
            return Ok(());
        }
        let Some((journal, upto)) = flush.latest.clone() else { return Ok(()) };
        flush.busy = true;
        drop(flush);
        let result = journal.sync();
        let mut flush = self.flush_state();
        flush.busy = false;
        if result.is_ok() {
            flush.synced = flush.synced.max(upto);
        }
        drop(flush);
        self.0.flushed.notify_all();
        match result {
            Ok(()) => Ok(()),
            Err(error) => self.save_in_a_new_file(error),
        }
    }

    /// After a failed sync the journal's pages may be gone without a trace, and a second sync would
    /// say that all is well. The state in memory is whole, so it is written to a new file, once; if
    /// that fails too, this store is not to be trusted any more.
    fn save_in_a_new_file(&self, cause: io::Error) -> Result<(), StoreError> {
        let mut cache = self.cache();
        let saved = self.lock_for_update().and_then(|_guard| {
            cache.catch_up_exclusively(self.disk(), &self.0.notice)?;
            self.fold_locked(&mut cache)
        });
        if saved.is_err() {
            cache.poisoned = true;
            let path = self.0.folder.join(names::JOURNAL);
            return Err(StoreError::Indeterminate { path, source: cause });
        }
        Ok(())
    }

    fn fold_locked(&self, cache: &mut Cache) -> Result<(), StoreError> {
        cache.fold(&self.0.folder, self.disk())?;
        let mut flush = self.flush_state();
        flush.synced = flush.synced.max(cache.manifest.serial);
        flush.latest = None;
        drop(flush);
        self.0.flushed.notify_all();
        Ok(())
    }

    fn lock_for_update(&self) -> Result<Box<dyn crate::disk::Guard>, StoreError> {
        let notice = |holder: &str| (self.0.notice)(&Notice::lock_held(&self.0.folder, holder));
        Ok(self.disk().lock(&self.0.interrupt, &notice)?)
    }

    fn disk(&self) -> &dyn Disk {
        self.0.disk.as_ref()
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.0.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn flush_state(&self) -> MutexGuard<'_, Flush> {
        self.0.flush.lock().unwrap_or_else(PoisonError::into_inner)
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
/// events; a small manifest about once a second, so that `cat` shows the present.
fn fold_is_due(cache: &Cache) -> bool {
    cache.offset > cache.snapshot_size.max(SMALL_SNAPSHOT)
        || (cache.snapshot_size <= SMALL_SNAPSHOT && cache.folded.elapsed() >= FOLD_EVERY)
}

/// 16 random hexadecimal digits.
pub(crate) fn random_id() -> io::Result<String> {
    Ok(format!("{:016x}", getrandom::u64()?))
}
