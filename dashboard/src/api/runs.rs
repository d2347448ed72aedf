//! What ran, and what it said.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path as FilePath;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use ::runs::{Listing, Shown};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{App, Problem, off};
use crate::live::Book;

/// As many are told where nobody asks for more.
const LIMIT: usize = 100;
/// As much of a log is told.
const TAIL: u64 = 64 * 1024;

/// Which runs are asked for.
#[derive(Deserialize)]
pub struct Wanted {
    /// Only what is running.
    active: Option<String>,
    /// Only what began in the last so many hours.
    hours: Option<String>,
    /// Only of this book.
    book: Option<String>,
    /// At most so many.
    limit: Option<String>,
}

/// A value of an address; one that is empty is not given.
fn given<T: FromStr>(name: &str, text: Option<&String>) -> Result<Option<T>, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let wrong = |_| Problem::new(StatusCode::BAD_REQUEST, format!("`{name}` cannot be `{text}`"));
    text.parse().map(Some).map_err(wrong)
}

#[derive(Serialize)]
struct RunView {
    #[serde(rename = "bookId")]
    book_id: String,
    #[serde(flatten)]
    run: Shown,
}

/// `GET /runs`
pub async fn list(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Value>, Problem> {
    let hours = given("hours", wanted.hours.as_ref())?.unwrap_or(1e6);
    let active = given("active", wanted.active.as_ref())?.unwrap_or(false);
    let limit = given("limit", wanted.limit.as_ref())?.unwrap_or(LIMIT);
    let book: Option<String> = given("book", wanted.book.as_ref())?;
    if !(0.0..=1e6).contains(&hours) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "`hours` is a number from 0 to 1000000"));
    }
    let books = books(&app, book.as_deref()).await?;
    off(move || {
        let since = Utc::now() - TimeDelta::milliseconds((hours * 3_600_000.0) as i64);
        let (runs, warnings) = all(&books);
        let is_wanted = |run: &RunView| {
            let began: DateTime<Utc> = run.run.record.started_at;
            began >= since && (!active || run.run.state == ::runs::State::Running)
        };
        let runs = runs.into_iter().filter(is_wanted).take(limit);
        Ok(Json(json!({ "runs": runs.collect::<Vec<_>>(), "warnings": warnings })))
    })
    .await
}

/// `GET /runs/{id}`: with the end of its log.
pub async fn one(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let books = books(&app, None).await?;
    off(move || {
        let run = all(&books).0.into_iter().find(|run| run.run.record.id == id);
        let missing = || Problem::new(StatusCode::NOT_FOUND, "there is no run of this id");
        let run = run.ok_or_else(missing)?;
        let tail = tail(&run.run.log).unwrap_or_default();
        let mut told = json!(run);
        told["tail"] = tail.into();
        Ok(Json(told))
    })
    .await
}

async fn books(app: &App, only: Option<&str>) -> Result<Vec<Arc<Book>>, Problem> {
    match only {
        Some(id) => Ok(vec![app.book(id).await?]),
        None => Ok(app.shelf.found().await.books.into_values().collect()),
    }
}

/// Every run of some books, newest first, and what could not be read of them.
fn all(books: &[Arc<Book>]) -> (Vec<RunView>, Vec<String>) {
    let folders: Vec<PathBuf> = books.iter().map(|book| book.store.folder().to_owned()).collect();
    let Listing { runs, warnings } = ::runs::of_projects(&folders);
    let view = |run: Shown| {
        let of = books.iter().find(|book| book.store.folder() == run.project);
        RunView { book_id: of.map(|book| book.id.clone()).unwrap_or_default(), run }
    };
    let warnings = warnings.iter().map(ToString::to_string).collect();
    (runs.into_iter().map(view).collect(), warnings)
}

/// The last lines of a log. Only a plain file of the project is read.
fn tail(log: &FilePath) -> io::Result<String> {
    if !std::fs::symlink_metadata(log)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut file = File::open(log)?;
    let start = file.metadata()?.len().saturating_sub(TAIL);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(match text.split_once('\n') {
        // The first line was cut.
        Some((_, whole)) if start > 0 => whole.to_owned(),
        _ => text.into_owned(),
    })
}
