//! Books: all of them in short, one as a whole, its progress, its log.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use manifest::{Overall, Serial, Status};
use serde::Serialize;
use serde_json::{Value, json};

use super::{App, Problem, tag};
use crate::live::{Book, Snapshot};
use crate::phases::ProgressView;
use crate::shelf::Trouble;

/// A book in short.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    book_id: String,
    title: String,
    folder: PathBuf,
    overall_status: Overall,
    percentage: f64,
    eta_seconds: Option<u64>,
    chapters: usize,
    failed: usize,
    plates: u32,
    concepts: u32,
    serial: Serial,
    cover: Option<Cover>,
}

/// The plate a book is shown with: its first.
#[derive(Serialize)]
struct Cover {
    plate: String,
    file: String,
}

impl Summary {
    fn of(book: &Book, snapshot: &Snapshot) -> Self {
        let report = &snapshot.report;
        let plates = report.chapters.iter().filter_map(|chapter| {
            let (concept, file) = chapter.pictures.first_key_value()?;
            Some(Cover { plate: format!("{}:{concept}", chapter.chapter), file: file.clone() })
        });
        Self {
            book_id: book.id.clone(),
            title: report.title.clone(),
            folder: report.project.clone(),
            overall_status: report.overall,
            percentage: report.progress.percentage,
            eta_seconds: report.eta_seconds,
            chapters: report.chapters.len(),
            failed: report.chapters.iter().filter(|c| c.status == Status::Failed).count(),
            plates: report.progress.plates,
            concepts: report.progress.concepts,
            serial: report.serial,
            cover: { plates }.next(),
        }
    }
}

/// `GET /books`
pub async fn list(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let found = app.shelf.found().await;
    let mut problems: Vec<Trouble> = found.problems;
    let mut books = Vec::new();
    for book in found.books.values() {
        match book.now().await {
            Ok(snapshot) => books.push(Summary::of(book, &snapshot)),
            Err(error) => problems.push(Trouble {
                folder: book.store.folder().to_owned(),
                message: error.to_string(),
            }),
        }
    }
    let json = json!({ "books": books, "problems": problems }).to_string();
    Ok(tagged(json.into(), &headers))
}

/// `GET /books/{id}`
pub async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let snapshot = app.book(&id).await?.now().await?;
    Ok(tagged(snapshot.json.clone(), &headers))
}

/// `GET /books/{id}/progress`
pub async fn progress(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<ProgressView>, Problem> {
    let snapshot = app.book(&id).await?.now().await?;
    Ok(Json(ProgressView::of(&id, &snapshot.report)))
}

/// `GET /books/{id}/log`
pub async fn log(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let snapshot = app.book(&id).await?.now().await?;
    let entries: Vec<_> = snapshot.log.iter().map(Arc::as_ref).collect();
    Ok(Json(json!({ "entries": entries })))
}

/// JSON that need not be sent to whoever has it already.
fn tagged(json: Bytes, headers: &HeaderMap) -> Response {
    let tag = tag(&json);
    let caching = [(header::CACHE_CONTROL, "no-cache".to_owned()), (header::ETAG, tag.clone())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, "application/json")], json).into_response()
}
