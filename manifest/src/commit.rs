//! Committing: from events decided on to events on disk.
//!
//! Lines are appended under the lock and synced after it, by one thread for all of its process that
//! wait. That is sound because whoever acts on an event that it read acknowledges its own later event
//! with a sync of the same file, which covers both.
//!
//! **Invariant:** a file whose sync has failed is never synced again. The system forgets what it could
//! not write, and a second sync would say that all is well.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

use crate::cache::Cache;
use crate::disk::{Appendable, FileId};
use crate::error::{Notice, StoreError};
use crate::event::Event;
use crate::files::{self, Begun};
use crate::ids::Serial;
use crate::names;
use crate::store::Store;

/// What is known to be on disk, and who is bringing more.
#[derive(Default)]
pub(crate) struct Flush {
    synced: Serial,
    latest: Option<Unsynced>,
    busy: bool,
    /// Why the present journal could not be synced, until a fold replaces it.
    pub(crate) broken: Option<Arc<io::Error>>,
}

/// A journal as it was after an append.
#[derive(Clone)]
struct Unsynced {
    journal: Arc<dyn Appendable>,
    upto: Serial,
    /// Whether its name is known to be on disk.
    named: bool,
}

impl Unsynced {
    fn is_of(&self, journal: &Arc<dyn Appendable>) -> bool {
        Arc::ptr_eq(&self.journal, journal)
    }
}

impl Store {
    pub(crate) fn flush_state(&self) -> MutexGuard<'_, Flush> {
        self.shared().flush.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what others have written, under the lock, and drops what nobody will finish.
    pub(crate) fn settle(&self, cache: &mut Cache) -> Result<(), StoreError> {
        let before = cache.id;
        let torn = cache.settle(self.disk()).map_err(|error| self.poison_if_unsynced(error));
        self.note_synced(cache, before);
        if let Ok(torn @ 1..) = torn {
            let bytes = usize::try_from(torn).unwrap_or(usize::MAX);
            (self.shared().notice)(&Notice::TornTail { bytes });
        }
        torn.map(drop)
    }

    /// What the files prove is known to all threads; a new journal has a new chance.
    fn note_synced(&self, cache: &Cache, before: FileId) {
        let mut flush = self.flush_state();
        flush.synced = flush.synced.max(cache.durable);
        if cache.id != before {
            (flush.latest, flush.broken) = (None, None);
        }
        drop(flush);
        self.shared().flushed.notify_all();
    }

    /// Checks events and writes them at the end of the journal; returns the serial of the last.
    pub(crate) fn append(&self, cache: &mut Cache, events: &[Event]) -> Result<Serial, StoreError> {
        let durable = self.flush_state().synced;
        let text = cache.stage(&Begun { events, at: self.now(), durable })?;
        if let Err(error) = cache.journal.append(text.as_bytes()) {
            // The next writer would drop what there is of it; doing it now gives a full disk its space
            // back. The sync keeps the dropped bytes from coming back under what is written next.
            if cache.journal.cut(cache.offset).and_then(|()| cache.journal.sync()).is_err() {
                self.flush_state().broken = Some(Arc::new(io::Error::from(error.kind())));
            }
            return Err(files::journal_io(&cache.folder, "append to", error));
        }
        cache.offset += text.len() as u64;
        cache.stale = false;
        let (journal, upto) = (Arc::clone(&cache.journal), cache.manifest.serial);
        let mut flush = self.flush_state();
        let named =
            cache.named || flush.latest.as_ref().is_some_and(|l| l.named && l.is_of(&journal));
        flush.latest = Some(Unsynced { journal, upto, named });
        Ok(upto)
    }

    /// Returns when every event up to `serial` is on disk; one thread syncs for all that wait.
    pub(crate) fn bring_to_disk(&self, serial: Serial) -> Result<(), StoreError> {
        let mut flush = self.flush_state();
        loop {
            if flush.synced >= serial {
                return Ok(());
            }
            if flush.busy {
                let woken = self.shared().flushed.wait(flush);
                flush = woken.unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let (None, Some(latest)) = (&flush.broken, flush.latest.clone()) else {
                drop(flush);
                return self.save_in_a_new_file(serial);
            };
            flush.busy = true;
            drop(flush);
            let result = latest.journal.sync();
            let named = if result.is_ok() && !latest.named { self.sync_names() } else { Ok(()) };
            flush = self.flush_state();
            flush.busy = false;
            match result {
                Ok(()) if named.is_ok() => {
                    flush.synced = flush.synced.max(latest.upto);
                    if let Some(now) = flush.latest.as_mut().filter(|l| l.is_of(&latest.journal)) {
                        now.named = true;
                    }
                }
                Ok(()) => {}
                Err(error) => flush.broken = Some(Arc::new(error)),
            }
            self.shared().flushed.notify_all();
            named?;
        }
    }

    /// Somebody may have died between renaming the journal and syncing the folder.
    fn sync_names(&self) -> Result<(), StoreError> {
        self.disk().sync_dir().map_err(|source| {
            self.poison();
            StoreError::Indeterminate { path: self.folder().join(names::JOURNAL), source }
        })
    }

    /// The state in memory is whole, so what could not be synced is written to a new file, once; if
    /// that fails too, this store is not to be trusted any more.
    fn save_in_a_new_file(&self, serial: Serial) -> Result<(), StoreError> {
        let mut cache = self.cache();
        if !self.shared().poisoned.load(Ordering::SeqCst) {
            let saved = self.lock().and_then(|_guard| {
                self.settle(&mut cache)?;
                if self.flush_state().broken.is_some() {
                    self.fold_locked(&mut cache)?;
                }
                Ok(())
            });
            if self.flush_state().synced >= serial {
                return Ok(());
            }
            drop(saved);
        }
        self.poison();
        cache.stale = true;
        let cause = self.flush_state().broken.clone();
        let source = cause.map_or_else(
            || io::Error::other("it could not be saved in a new file either"),
            |error| io::Error::new(error.kind(), error.to_string()),
        );
        Err(StoreError::Indeterminate { path: self.folder().join(names::JOURNAL), source })
    }

    pub(crate) fn fold_locked(&self, cache: &mut Cache) -> Result<(), StoreError> {
        let before = cache.id;
        let folded = cache.fold(self.disk()).map_err(|error| self.poison_if_unsynced(error));
        self.note_synced(cache, before);
        folded
    }

    fn poison_if_unsynced(&self, error: StoreError) -> StoreError {
        if matches!(error, StoreError::Unsynced { .. }) {
            self.poison();
        }
        error
    }

    fn poison(&self) {
        self.shared().poisoned.store(true, Ordering::SeqCst);
    }
}
