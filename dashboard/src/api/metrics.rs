//! Whether the server is well, and numbers for Prometheus.

use std::fmt::{Display, Write};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use manifest::{Role, Status};
use serde_json::{Value, json};

use super::{App, MOST_STREAMS};
use crate::live::{Book, Snapshot};

/// `GET /health`
pub async fn health(State(app): State<App>) -> Json<Value> {
    let found = app.shelf.found().await;
    let (books, problems) = (found.books.len(), found.problems.len());
    let version = env!("CARGO_PKG_VERSION");
    Json(json!({ "status": "ok", "version": version, "books": books, "problems": problems }))
}

/// A number with its labels, as it is told of a book.
struct Sample {
    labels: Vec<(&'static str, String)>,
    value: f64,
}

/// A metric of books: its name, what it is, its samples of one.
type Metric = (&'static str, &'static str, fn(&Snapshot) -> Vec<Sample>);

const METRICS: [Metric; 9] = [
    ("woodcut_book_progress_ratio", "How much of a book is done, 0 to 1.", |of| {
        vec![plain(of.report.progress.percentage / 100.0)]
    }),
    ("woodcut_book_status", "1 for the status a book has.", |of| {
        vec![Sample { labels: vec![("status", word(of.report.overall))], value: 1.0 }]
    }),
    ("woodcut_book_eta_seconds", "Seconds until nothing is left to do, where known.", |of| {
        of.report.eta_seconds.map(|eta| plain(eta as f64)).into_iter().collect()
    }),
    ("woodcut_book_chapters", "Chapters by status.", |of| {
        let all = [
            Status::Pending,
            Status::Analyzing,
            Status::Analyzed,
            Status::Illustrating,
            Status::Illustrated,
            Status::Failed,
            Status::Skipped,
        ];
        let count = |status| of.report.chapters.iter().filter(|c| c.status == status).count();
        let sample =
            |status| Sample { labels: vec![("status", word(status))], value: count(status) as f64 };
        all.map(sample).into()
    }),
    ("woodcut_book_plates", "Plates on disk.", |of| vec![plain(of.report.progress.plates.into())]),
    ("woodcut_book_plates_wanted", "Plates that are wanted, as far as is known.", |of| {
        vec![plain(of.report.progress.concepts.into())]
    }),
    ("woodcut_book_workers", "Daemons that are alive.", |of| {
        let count = |role| of.report.workers.iter().filter(|worker| worker.role == role).count();
        let sample = |role: Role| Sample {
            labels: vec![("role", role.to_string())],
            value: count(role) as f64,
        };
        [Role::Analyze, Role::Illustrate, Role::Bind].map(sample).into()
    }),
    ("woodcut_book_spent_dollars", "What was spent on models.", |of| {
        vec![plain(of.report.spent.micros as f64 / 1e6)]
    }),
    ("woodcut_book_serial", "Number of the last event.", |of| {
        vec![plain(of.report.serial.0 as f64)]
    }),
];

fn plain(value: f64) -> Sample {
    Sample { labels: Vec::new(), value }
}

/// The word by which something is written everywhere.
fn word(of: impl serde::Serialize) -> String {
    json!(of).as_str().unwrap_or_default().to_owned()
}

/// `GET /metrics`
pub async fn metrics(State(app): State<App>) -> Response {
    let found = app.shelf.found().await;
    let mut books: Vec<(Arc<Book>, Arc<Snapshot>)> = Vec::new();
    for book in found.books.values() {
        if let Ok(snapshot) = book.now().await {
            books.push((Arc::clone(book), snapshot));
        }
    }
    let mut text = String::new();
    for (name, help, samples) in METRICS {
        head(&mut text, name, help);
        for (book, snapshot) in &books {
            let title = [("book", book.id.clone()), ("title", snapshot.report.title.clone())];
            for Sample { labels, value } in samples(snapshot) {
                line(&mut text, name, title.iter().chain(&labels), value);
            }
        }
    }
    head(&mut text, "woodcut_books_unreadable", "Projects that cannot be shown.");
    line(&mut text, "woodcut_books_unreadable", [].iter(), found.problems.len() as f64);
    head(&mut text, "woodcut_streams_open", "Browsers that listen.");
    let open = MOST_STREAMS - app.streams.available_permits();
    line(&mut text, "woodcut_streams_open", [].iter(), open as f64);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

fn head(text: &mut String, name: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
}

fn line<'a>(
    text: &mut String,
    name: &str,
    labels: impl Iterator<Item = &'a (&'static str, String)>,
    value: impl Display,
) {
    let labels: Vec<_> =
        labels.map(|(key, value)| format!("{key}=\"{}\"", escaped(value))).collect();
    let braces =
        if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
    let _ = writeln!(text, "{name}{braces} {value}");
}

/// Text as the value of a label.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_title_ends_its_label_or_its_line(title: String) {
            let mut text = String::new();
            line(&mut text, "name", [("title", title.clone())].iter(), 1);
            let value = text.strip_prefix("name{title=\"").and_then(|t| t.strip_suffix("\"} 1\n"));
            let value = value.expect("the label ends where it should");
            prop_assert!(!value.contains('\n'));
            let unquoted = value.replace("\\\\", "").replace("\\\"", "");
            prop_assert!(!unquoted.contains('"'));
        }
    }
}
