//! A book's events as they happen, as server-sent events.
//!
//! An event's id is the serial of the last change it tells of, so that a browser that was cut off, or
//! whose server was started again, goes on with its `Last-Event-ID` where it stopped. What is too far
//! back to be told makes a `reset`: the book is then to be asked for as a whole.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use manifest::Serial;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::{App, Problem};
use crate::live::{Book, Snapshot};

/// How often a stream looks whether there is anything to tell.
const TICK: Duration = Duration::from_millis(100);
/// How often a silent stream says that it is there.
const ALIVE: Duration = Duration::from_secs(10);
/// When a browser tries again that was cut off.
const AGAIN: Duration = Duration::from_secs(1);

/// Where a stream begins.
#[derive(Deserialize)]
pub struct Since {
    /// The last event that is known already.
    after: Option<u64>,
}

/// A browser that listens.
struct Listener {
    book: Arc<Book>,
    told: Option<Serial>,
    last: Option<Arc<Snapshot>>,
    ending: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

/// `GET /books/{id}/events`
pub async fn events(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(since): Query<Since>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let book = app.book(&id).await?;
    let full = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many streams are open");
    let place = Arc::clone(&app.streams).try_acquire_owned().map_err(full)?;
    let resumed = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let told = resumed.or(since.after).map(Serial);
    let ending = app.ending.clone();
    let listener = Listener { book, told, last: None, ending, _place: place };
    let stream = stream::unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(ALIVE)).into_response())
}

impl Listener {
    /// The next thing to tell; `None` when the server ends or the book cannot be read any more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if *self.ending.borrow() {
                return None;
            }
            let snapshot = self.book.within(TICK / 2).await.ok()?;
            if self.last.as_ref().is_none_or(|last| !Arc::ptr_eq(last, &snapshot)) {
                let event = self.tell(&snapshot);
                self.told = Some(snapshot.report.serial);
                self.last = Some(snapshot);
                return Some(event);
            }
            tokio::select! {
                () = tokio::time::sleep(TICK) => {}
                _ = self.ending.changed() => {}
            }
        }
    }

    fn tell(&self, snapshot: &Snapshot) -> Event {
        let serial = snapshot.report.serial;
        let change = self.told.and_then(|told| self.book.change(told, snapshot));
        let text = change.and_then(|change| String::from_utf8(change.into()).ok());
        let event = match text {
            Some(text) => Event::default().event("change").data(text),
            None => Event::default().event("reset").data(json!({ "serial": serial }).to_string()),
        };
        event.id(serial.to_string()).retry(AGAIN)
    }
}
