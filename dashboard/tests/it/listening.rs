//! Streams: told live, resumed, and over when the server is.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::Method;
use futures_util::StreamExt;
use manifest::ChapterEvent;
use serde_json::Value;
use tower::ServiceExt;

use crate::library::{Library, asking, only_book, request};

/// A stream as a browser reads it.
struct Stream {
    body: axum::body::BodyDataStream,
    text: String,
}

struct Told {
    kind: String,
    id: u64,
    data: Value,
}

impl Stream {
    async fn open(router: &Router, path: &str, last: Option<u64>) -> Self {
        let mut asked = request(Method::GET, path, "");
        if let Some(last) = last {
            asked.headers_mut().insert("last-event-id", last.to_string().parse().unwrap());
        }
        let answer: axum::http::Response<Body> = router.clone().oneshot(asked).await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { body: answer.into_body().into_data_stream(), text: String::new() }
    }

    async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim().to_owned()
                };
                let told = Told {
                    kind: field("event:"),
                    id: field("id:").parse().unwrap_or(0),
                    data: serde_json::from_str(&field("data:")).unwrap_or_default(),
                };
                self.text = rest.to_owned();
                if !told.kind.is_empty() {
                    return Some(told);
                }
                continue;
            }
            let more = tokio::time::timeout(Duration::from_secs(60), self.body.next()).await;
            let more = more.expect("something is told in time")?.unwrap();
            self.text.push_str(&String::from_utf8_lossy(&more));
        }
    }
}

#[test]
fn what_happens_is_told_and_nothing_else() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 50);
        book.elements();
        let router = library.router();
        let url = only_book(&router).await;
        let mut stream = Stream::open(&router, &format!("{url}/events?after=3"), None).await;
        let first = stream.next().await.unwrap();
        assert_eq!((first.kind.as_str(), first.id), ("change", 3));
        assert_eq!(first.data["chapters"], serde_json::json!([]));
        book.analyze(7);
        let mut seen = 3;
        while seen < 5 {
            let told = stream.next().await.unwrap();
            assert_eq!(told.kind, "change");
            for entry in told.data["log"].as_array().unwrap() {
                assert_eq!(entry["serial"], seen + 1);
                seen += 1;
            }
            for chapter in told.data["chapters"].as_array().unwrap() {
                assert_eq!(chapter["chapter"], 7);
            }
        }
    });
}

#[test]
fn a_stream_goes_on_after_the_server_was_started_again() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 9);
        book.elements();
        {
            let router = library.router();
            let url = only_book(&router).await;
            let mut stream = Stream::open(&router, &format!("{url}/events?after=3"), None).await;
            assert_eq!(stream.next().await.unwrap().id, 3);
        }
        book.analyze(2);
        book.store.fold().unwrap();
        book.change(3, ChapterEvent::Skipped { reason: "no".into() });
        let router = library.router();
        let url = only_book(&router).await;
        let mut stream = Stream::open(&router, &format!("{url}/events?after=1"), Some(3)).await;
        let told = stream.next().await.unwrap();
        assert_eq!((told.kind.as_str(), told.id), ("change", 6));
        let chapters: Vec<_> = told.data["chapters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["chapter"].clone())
            .collect();
        assert_eq!(chapters, [2, 3]);
        assert_eq!(told.data["log"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn who_has_missed_too_much_is_told_to_begin_again() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 9);
        book.elements();
        for chapter in 1..=3 {
            book.analyze(chapter);
            book.store.fold().unwrap();
        }
        let router = library.router();
        let url = only_book(&router).await;
        for last in [Some(1), None, Some(1_000_000)] {
            let mut stream = Stream::open(&router, &format!("{url}/events"), last).await;
            assert_eq!(stream.next().await.unwrap().kind, "reset", "{last:?}");
        }
    });
}

#[test]
fn the_server_ends_within_a_second_whoever_listens() {
    let library = Library::new();
    library.book("tale", 1);
    let server = library.server();
    let url = server.url().unwrap();
    let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let running = std::thread::spawn(move || server.run());
    let ask = |path: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        stream
    };
    let mut list = ask("/api/v1/books");
    let mut text = String::new();
    let mut part = [0; 4096];
    while !text.contains("bookId") {
        let read = list.read(&mut part).unwrap();
        text.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    let id = text.split("\"bookId\":\"").nth(1).unwrap().split('"').next().unwrap();
    let mut streams: Vec<_> = (0..5).map(|_| ask(&format!("/api/v1/books/{id}/events"))).collect();
    for stream in &mut streams {
        assert!(stream.read(&mut part).unwrap() > 0);
    }
    let _silent = TcpStream::connect(&address).unwrap();
    let asked = Instant::now();
    library.interrupt.set();
    running.join().unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
}
