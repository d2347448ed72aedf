//! A book as it is now, kept in memory for whoever asks.
//!
//! **Invariants:** however many ask, the disk is looked at once at a time, and not again within
//! [`FRESH`]. A [`Snapshot`] is whole: its report and its log end with the same event.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use manifest::progress::Weights;
use manifest::{Serial, Store, StoreError};
use runs::Highest;
use serde::Serialize;

use crate::log::LogEntry;
use crate::outlook::weights_of;
use crate::phases::ProgressView;
use crate::report::{ChapterReport, Report};

/// For so long a look at the disk is believed.
pub const FRESH: Duration = Duration::from_millis(50);
/// So often a book is looked at as a whole although nothing was written: who is alive, how long it takes.
const WHOLE: Duration = Duration::from_secs(1);
/// How many of the last events are told.
pub const LOG: usize = 500;

/// Why a book cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// Its manifest cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be put into JSON.
    #[error("cannot be described: {0}")]
    Json(#[from] serde_json::Error),
    /// The server is ending.
    #[error("the server is ending")]
    Ending,
}

/// A project that is served.
pub struct Book {
    /// Its name in addresses.
    pub id: String,
    /// Its manifest.
    pub store: Store,
    lineage: String,
    weights: Weights,
    highest: Mutex<Highest>,
    state: tokio::sync::Mutex<State>,
    trouble: Mutex<Option<String>>,
}

#[derive(Default)]
struct State {
    latest: Option<Arc<Snapshot>>,
    looked: Option<Instant>,
    built: Option<Instant>,
}

/// A book at one moment.
pub struct Snapshot {
    /// How it is.
    pub report: Report,
    /// The same for the page and for programs, as JSON.
    pub json: Bytes,
    /// The last events, oldest first.
    pub log: Vec<Arc<LogEntry>>,
}

/// What is told of a book.
#[derive(Serialize)]
struct BookView<'a> {
    #[serde(rename = "bookId")]
    id: &'a str,
    /// Why the server could not draw what was to be drawn again.
    trouble: Option<String>,
    phases: ProgressView,
    #[serde(flatten)]
    report: &'a Report,
}

/// What has changed since an earlier event.
#[derive(Serialize)]
struct Change<'a> {
    #[serde(flatten)]
    book: BookView<'a>,
    log: Vec<&'a LogEntry>,
}

impl Book {
    pub fn new(id: String, lineage: String, store: Store) -> Self {
        Self {
            id,
            lineage,
            weights: weights_of(store.folder()),
            highest: Mutex::new(Highest::of(store.folder())),
            store,
            state: tokio::sync::Mutex::default(),
            trouble: Mutex::default(),
        }
    }

    /// Whether its folder still holds the project that it held.
    pub fn is_same(&self) -> bool {
        self.store.view(|manifest| manifest.lineage == self.lineage).unwrap_or(false)
    }

    /// Remembers why something could not be drawn, or that all is well again.
    pub fn set_trouble(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Something was done to the book here: whoever asks next sees it.
    pub async fn touched(&self) {
        self.state.lock().await.looked = None;
    }

    /// The book as it is now.
    pub async fn now(self: &Arc<Self>) -> Result<Arc<Snapshot>, LookError> {
        self.within(FRESH).await
    }

    /// The book as it was at most `age` ago.
    pub async fn within(self: &Arc<Self>, age: Duration) -> Result<Arc<Snapshot>, LookError> {
        let mut state = self.state.lock().await;
        if let (Some(latest), Some(looked)) = (&state.latest, state.looked)
            && looked.elapsed() < age
        {
            return Ok(Arc::clone(latest));
        }
        let is_whole = state.built.is_some_and(|built| built.elapsed() < WHOLE);
        let (book, last) = (Arc::clone(self), state.latest.clone());
        let look = move || book.look(last.as_ref(), is_whole);
        let (latest, whole) = match tokio::task::spawn_blocking(look).await {
            Ok(looked) => looked?,
            Err(_) => return Err(LookError::Ending),
        };
        let now = Instant::now();
        state.looked = Some(now);
        if whole {
            state.built = Some(now);
        }
        state.latest = Some(Arc::clone(&latest));
        Ok(latest)
    }

    /// Looks at the disk; the snapshot before where nothing is different. Also says whether it looked at
    /// everything, not only for events.
    fn look(
        &self,
        last: Option<&Arc<Snapshot>>,
        is_whole: bool,
    ) -> Result<(Arc<Snapshot>, bool), LookError> {
        if let Some(last) = last.filter(|_| is_whole)
            && self.store.view(|manifest| manifest.serial)? == last.report.serial
        {
            return Ok((Arc::clone(last), false));
        }
        let mut highest = self.highest.lock().unwrap_or_else(PoisonError::into_inner);
        let report = Report::of(&self.store, &self.weights, &mut highest)?;
        drop(highest);
        let json = print(&self.view(&report, &report))?;
        if let Some(last) = last.filter(|last| last.json == json) {
            return Ok((Arc::clone(last), true));
        }
        let log = self.log(last, report.serial)?;
        Ok((Arc::new(Snapshot { report, json, log }), true))
    }

    fn log(
        &self,
        last: Option<&Arc<Snapshot>>,
        upto: Serial,
    ) -> Result<Vec<Arc<LogEntry>>, StoreError> {
        let (known, mut log) = match last {
            Some(last) => (last.report.serial, last.log.clone()),
            None => (Serial(0), Vec::new()),
        };
        if known < upto {
            let news = self.store.history(known, LOG)?;
            if news.first().is_some_and(|first| first.serial != known.next()) {
                log.clear();
            }
            let news = news.iter().filter(|entry| entry.serial <= upto);
            log.extend(news.map(|entry| Arc::new(LogEntry::of(entry))));
            let surplus = log.len().saturating_sub(LOG);
            log.drain(..surplus);
        }
        Ok(log)
    }

    fn view<'a>(&'a self, report: &'a Report, whole: &Report) -> BookView<'a> {
        let (id, trouble) = (self.id.as_str(), self.trouble());
        BookView { id, trouble, phases: ProgressView::of(&self.id, whole), report }
    }

    /// What has changed from event `after` to a snapshot: the book without the chapters that are as they
    /// were, and the log of what happened. `None` where too much has, or it is no longer known what.
    pub fn change(&self, after: Serial, snapshot: &Snapshot) -> Option<Bytes> {
        let upto = snapshot.report.serial;
        if after > upto {
            return None;
        }
        let log: Vec<&LogEntry> =
            snapshot.log.iter().filter(|entry| entry.serial > after).map(Arc::as_ref).collect();
        let is_known = after == upto || log.first().is_some_and(|e| e.serial == after.next());
        if !is_known || log.iter().any(|entry| entry.is_sweeping) {
            return None;
        }
        let touched = |chapter: &&ChapterReport| {
            log.iter().any(|entry| entry.chapter == Some(chapter.chapter))
        };
        let chapters = snapshot.report.chapters.iter().filter(touched).cloned().collect();
        let head = snapshot.report.with_chapters(chapters);
        print(&Change { book: self.view(&head, &snapshot.report), log }).ok()
    }
}

fn print<T: Serialize>(value: &T) -> Result<Bytes, serde_json::Error> {
    Ok(serde_json::to_vec(value)?.into())
}
