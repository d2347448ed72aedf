//! The API under `/api/v1`, and the addresses of everything else.
//!
//! **Invariants:** every answer but pictures, streams and metrics is JSON, and so is every error:
//! `{"error": "what failed and what to do"}`. Nothing here waits for a disk on the server's own thread.

mod acts;
mod books;
mod metrics;
mod plates;
mod runs;
mod stream;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use book::project::RecordError;
use illustrate::redraw::RedrawError;
use manifest::{Interrupt, StoreError};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, watch};

use crate::guard::{self, Names, Token};
use crate::live::{Book, LookError};
use crate::page;
use crate::picture::Pictures;
use crate::shelf::Shelf;

/// Largest request.
const MOST_BYTES: usize = 64 * 1024;
/// Streams that are open at the same time; each holds a connection.
const MOST_STREAMS: usize = 320;
/// Redraws that are under way at the same time.
const MOST_DRAWINGS: usize = 8;
/// The description of the API.
const OPENAPI: &str = include_str!("../../assets/openapi.json");

/// What every request is answered from.
pub type App = Arc<Inside>;

/// See [`App`].
pub struct Inside {
    pub shelf: Shelf,
    pub names: Names,
    pub token: Option<Token>,
    pub interrupt: Interrupt,
    /// Turns true when the server ends.
    pub ending: watch::Receiver<bool>,
    streams: Arc<Semaphore>,
    drawings: Arc<Semaphore>,
    pictures: Pictures,
}

impl Inside {
    pub fn new(
        shelf: Shelf,
        names: Names,
        token: Option<Token>,
        interrupt: Interrupt,
        ending: watch::Receiver<bool>,
    ) -> App {
        Arc::new(Self {
            shelf,
            names,
            token,
            interrupt,
            ending,
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
            drawings: Arc::new(Semaphore::new(MOST_DRAWINGS)),
            pictures: Pictures::default(),
        })
    }

    async fn book(&self, id: &str) -> Result<Arc<Book>, Problem> {
        let missing = || Problem::new(StatusCode::NOT_FOUND, "no book of this id is served here");
        self.shelf.book(id).await.ok_or_else(missing)
    }
}

/// Every address that is answered.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .route("/books", get(books::list))
        .route("/books/{id}", get(books::one))
        .route("/books/{id}/progress", get(books::progress))
        .route("/books/{id}/log", get(books::log))
        .route("/books/{id}/events", get(stream::events))
        .route("/books/{id}/plates/{n}", get(plates::describe))
        .route("/books/{id}/plates/{n}/picture", get(plates::picture))
        .route("/books/{id}/pause", post(acts::pause))
        .route("/books/{id}/resume", post(acts::resume))
        .route("/books/{id}/cancel", post(acts::cancel))
        .route("/books/{id}/retry", post(acts::retry))
        .route("/books/{id}/redraw", post(acts::redraw))
        .route("/runs", get(runs::list))
        .route("/runs/{id}", get(runs::one))
        .route("/session", post(acts::sign_in))
        .route("/health", get(metrics::health))
        .route("/metrics", get(metrics::metrics))
        .route("/openapi.json", get(openapi))
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "nothing is at this address"));
    Router::new()
        .nest("/api/v1", api)
        .merge(page::router())
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::check))
        .with_state(app)
}

async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

/// By which an answer is known again.
pub fn tag(what: &[u8]) -> String {
    let hash = Sha256::digest(what);
    let hex: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// Does what touches the disk on another thread.
pub async fn off<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "this request failed")),
    }
}

/// Why a request is not answered.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    why: String,
}

impl Problem {
    pub fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self { status, why: why.into() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.why }))).into_response()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::NoProject { .. } => StatusCode::NOT_FOUND,
            StoreError::Newer { .. } | StoreError::Illegal(_) => StatusCode::CONFLICT,
            _ if error.is_interrupt() => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

impl From<LookError> for Problem {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Store(error) => error.into(),
            LookError::Json(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
            LookError::Ending => Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
        }
    }
}

impl From<RecordError> for Problem {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Store(error) => error.into(),
            other => Self::new(StatusCode::INTERNAL_SERVER_ERROR, other.to_string()),
        }
    }
}

impl From<RedrawError> for Problem {
    fn from(error: RedrawError) -> Self {
        let status = match error {
            RedrawError::Store(error) => return error.into(),
            RedrawError::Record(error) => return error.into(),
            RedrawError::NoSuchPlate(..) | RedrawError::NoSuchChapter(_) => StatusCode::NOT_FOUND,
            _ => StatusCode::CONFLICT,
        };
        Self::new(status, error.to_string())
    }
}
