//! Every address answers what it promises.

use axum::http::{Method, StatusCode};
use manifest::ChapterEvent;
use serde_json::{Value, json};

use crate::library::{Library, TITLE, ask, asking, get, only_book, post, request};

#[test]
fn every_book_below_the_folder_is_listed() {
    asking(async {
        let library = Library::new();
        library.book("one", 1);
        let two = library.book("two", 2);
        two.elements();
        two.analyze(1);
        two.illustrate(1);
        std::fs::create_dir(library.folder.path().join("no-project")).unwrap();
        let router = library.router();
        let list = get(&router, "/api/v1/books").await;
        let books = list.json();
        let [one, two] = books["books"].as_array().unwrap().as_slice() else { panic!("{books}") };
        assert_eq!((&one["title"], &one["overallStatus"]), (&json!(TITLE), &json!("pending")));
        assert_eq!((&two["plates"], &two["cover"]["plate"]), (&json!(1), &json!("1:1")));
        let mut again = request(Method::GET, "/api/v1/books", "");
        again.headers_mut().insert("if-none-match", list.headers["etag"].clone());
        let again = ask(&router, again).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    });
}

#[test]
fn a_damaged_project_is_told_and_hides_no_other() {
    asking(async {
        let library = Library::new();
        library.book("good", 1);
        let bad = library.book("bad", 1);
        bad.store.put("manifest.json", b"{").unwrap();
        let books = get(&library.router(), "/api/v1/books").await.json();
        assert_eq!(books["books"].as_array().unwrap().len(), 1, "{books}");
        let why = books["problems"][0]["message"].as_str().unwrap();
        assert!(why.contains("bad.woodcut"), "{why}");
    });
}

#[test]
fn a_book_is_what_status_says() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 3);
        let router = library.router();
        book.elements();
        book.analyze(1);
        book.fail(2, "no");
        let url = only_book(&router).await;
        let told = get(&router, &url).await.json();
        let weights = dashboard::weights_of(book.store.folder());
        let mut highest = runs::Highest::of(book.store.folder());
        let report = dashboard::Report::of(&book.store, &weights, &mut highest).unwrap();
        let status = serde_json::to_value(report).unwrap();
        for (key, value) in status.as_object().unwrap() {
            assert_eq!(&told[key], value, "{key}");
        }
    });
}

#[test]
fn progress_has_the_promised_shape() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 4);
        book.elements();
        book.analyze(1);
        book.illustrate(1);
        book.fail(2, "no");
        let router = library.router();
        let progress = get(&router, &format!("{}/progress", only_book(&router).await)).await.json();
        let keys =
            |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
        assert_eq!(keys(&progress), ["bookId", "overallProgress", "overallStatus", "phases"]);
        let overall = ["activePhases", "currentPhase", "etaSeconds", "percentage"];
        assert_eq!(keys(&progress["overallProgress"]), overall);
        for phase in ["elements", "analysis", "illustration", "binding"] {
            let phase = &progress["phases"][phase];
            let all = ["completedAt", "etaSeconds", "name", "progress", "startedAt", "status"];
            assert_eq!(keys(phase), all);
            let all = ["current", "failed", "percentage", "skipped", "total"];
            assert_eq!(keys(&phase["progress"]), all);
        }
        let analysis = &progress["phases"]["analysis"]["progress"];
        assert_eq!((&analysis["current"], &analysis["failed"]), (&json!(1), &json!(1)));
        assert_eq!(progress["phases"]["elements"]["status"], "completed");
    });
}

#[test]
fn a_plate_tells_its_quote_and_its_prompt() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 2);
        book.elements();
        book.analyze(1);
        book.illustrate(1);
        let router = library.router();
        let url = only_book(&router).await;
        let plate = get(&router, &format!("{url}/plates/1:1")).await.json();
        assert_eq!((&plate["quote"], &plate["status"]), (&json!(TITLE), &json!("drawn")));
        assert_eq!(plate["prompt"], "A ferry, cut in wood.");
        let chapter = get(&router, &format!("{url}/plates/1")).await.json();
        assert_eq!(chapter["plates"][0], plate);
        let none = get(&router, &format!("{url}/plates/2")).await.json();
        assert_eq!(none, json!({ "chapter": 2, "plates": [] }));
        for (n, status) in [("1:2", 404), ("9:1", 404), ("2:1", 409), ("x", 400), ("0:1", 400)] {
            let answer = get(&router, &format!("{url}/plates/{n}")).await;
            assert_eq!(answer.status.as_u16(), status, "{n}: {}", answer.text());
        }
    });
}

#[test]
fn a_picture_comes_as_it_is_or_smaller() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 2);
        book.elements();
        book.analyze(1);
        book.illustrate(1);
        book.analyze(2);
        let router = library.router();
        let url = only_book(&router).await;
        let whole = get(&router, &format!("{url}/plates/1:1/picture")).await;
        assert_eq!(whole.header("content-type"), "image/png");
        let small = get(&router, &format!("{url}/plates/1:1/picture?width=320")).await;
        assert_eq!(small.header("content-type"), "image/jpeg");
        let size = image::load_from_memory(&small.body).unwrap();
        assert_eq!((size.width(), size.height()), (320, 480));
        let fixed = "plates/001-1-a-ferry-0123abcd.png";
        let kept = get(&router, &format!("{url}/plates/1:1/picture?v={fixed}")).await;
        assert!(kept.header("cache-control").contains("immutable"));
        assert_eq!(get(&router, &format!("{url}/plates/2:1/picture")).await.status, 404);
        assert_eq!(get(&router, &format!("{url}/plates/1:1/picture?width=7")).await.status, 400);
    });
}

#[test]
fn no_picture_outside_the_project_is_served() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 3);
        book.elements();
        let secret = library.folder.path().join("secret.png");
        image::RgbImage::new(2, 2).save(&secret).unwrap();
        let link = book.store.folder().join("plates");
        std::fs::create_dir(&link).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&secret, link.join("link.png")).unwrap();
        let files = ["../secret.png", secret.to_str().unwrap(), "plates/link.png"];
        for (file, chapter) in files.into_iter().zip(1..) {
            book.analyze(chapter);
            book.record(chapter, file);
        }
        let router = library.router();
        let url = only_book(&router).await;
        for chapter in 1..=3 {
            for size in ["", "?width=320"] {
                let answer = get(&router, &format!("{url}/plates/{chapter}:1/picture{size}")).await;
                assert!(!answer.status.is_success(), "{chapter}");
                assert!(!answer.header("content-type").starts_with("image"), "{chapter}");
            }
        }
    });
}

#[test]
fn what_a_person_asks_for_is_done_or_refused() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 2);
        book.elements();
        book.fail(1, "no");
        let router = library.router();
        let url = only_book(&router).await;
        let events = async |act: &str, body: &str| {
            let answer = post(&router, &format!("{url}/{act}"), body).await;
            assert_eq!(answer.status, 200, "{act}: {}", answer.text());
            answer.json()["events"].as_u64().unwrap()
        };
        assert_eq!(events("pause", "").await, 1);
        assert_eq!(events("pause", "").await, 0);
        assert_eq!(get(&router, &url).await.json()["overall"], "paused");
        assert_eq!(events("resume", "").await, 1);
        assert_eq!(events("retry", r#"{"failed": true}"#).await, 1);
        assert_eq!(events("cancel", "").await, 1);
        let refused = post(&router, &format!("{url}/pause"), "").await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        let why = refused.json()["error"].as_str().unwrap().to_owned();
        assert!(why.contains("tale.woodcut` takes that back"), "{why}");
        assert_eq!(post(&router, &format!("{url}/retry"), "{").await.status, 400);
        assert_eq!(post(&router, &format!("{url}/retry"), r#"{"x":1}"#).await.status, 400);
        assert_eq!(post(&router, "/api/v1/books/nothing/pause", "").await.status, 404);
    });
}

#[test]
fn a_plate_is_drawn_again_by_the_server_where_nobody_else_draws() {
    asking(async {
        let library = Library::new();
        let book = library.drawn("tale");
        book.store.put("woodcut.toml", b"[plates]\nsize = \"64x96\"\n").unwrap();
        let router = library.router();
        let url = only_book(&router).await;
        let before = get(&router, &format!("{url}/plates/1:1")).await.json();
        let wish = json!({ "plates": ["1:1"], "prompt": "A lamp on a table." }).to_string();
        let answer = post(&router, &format!("{url}/redraw"), &wish).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
        assert_eq!(answer.json()["plates"], json!(["1:1"]));
        let drawn = |manifest: &manifest::Manifest| {
            let chapter = &manifest.chapters()[&manifest::ChapterId(1)];
            chapter.plate(1).is_some_and(|plate| plate.key != "0123abcd").then_some(())
        };
        let store = book.store.clone();
        let wait = move || store.wait_for(std::time::Duration::from_secs(120), drawn);
        assert_eq!(tokio::task::spawn_blocking(wait).await.unwrap().unwrap(), Some(()));
        let after = get(&router, &format!("{url}/plates/1:1")).await.json();
        assert_eq!(
            (&after["prompt"], &after["isEdited"]),
            (&json!("A lamp on a table."), &json!(true))
        );
        assert_ne!(after["file"], before["file"]);
        assert_eq!(after["hasEarlier"], true);
        library.interrupt.set();
    });
}

#[test]
fn an_earlier_picture_is_taken_back() {
    asking(async {
        let library = Library::new();
        library.drawn("tale");
        let router = library.router();
        let url = only_book(&router).await;
        let answer =
            post(&router, &format!("{url}/redraw"), r#"{"plates":["1"],"undo":true}"#).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.text().contains("no earlier version"), "{}", answer.text());
        for wish in [
            "",
            r#"{"plates":[]}"#,
            r#"{"plates":["x"]}"#,
            r#"{"plates":["1"],"prompt":" "}"#,
            r#"{"plates":["1"],"undo":true,"seed":1}"#,
            r#"{"plates":["1"],"seed":-1}"#,
        ] {
            let answer = post(&router, &format!("{url}/redraw"), wish).await;
            assert_eq!(answer.status, 400, "{wish}: {}", answer.text());
        }
    });
}

#[test]
fn the_log_tells_what_happened() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 2);
        book.elements();
        book.fail(2, "the engine said <b>no</b>");
        book.store.fold().unwrap();
        book.change(2, ChapterEvent::Retried { afresh: true });
        let router = library.router();
        let log = get(&router, &format!("{}/log", only_book(&router).await)).await.json();
        let entries = log["entries"].as_array().unwrap();
        let serials: Vec<u64> = entries.iter().map(|e| e["serial"].as_u64().unwrap()).collect();
        assert_eq!(serials, (1..=6).collect::<Vec<_>>());
        assert_eq!(entries[4]["text"], "Failed: the engine said <b>no</b>");
        assert_eq!((&entries[4]["chapter"], &entries[4]["alarming"]), (&json!(2), &json!(true)));
    });
}

#[test]
fn runs_are_told_and_one_with_the_end_of_its_log() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 1);
        let record = |id: &str, at: &str, exit: Option<u8>| {
            let mut record = json!({
                "id": id, "command": "analyze", "host": "here", "pid": 1, "version": "1",
                "arguments": [], "started_at": at, "stage": "analysis",
            });
            if let Some(exit) = exit {
                record["exit_code"] = exit.into();
            }
            book.store.put(&format!("runs/{id}.json"), record.to_string().as_bytes()).unwrap();
        };
        record("old", "2020-01-01T00:00:00Z", Some(0));
        record("dead", "2999-01-01T00:00:00Z", None);
        book.store.put("runs/dead.log", b"one <b>line</b>\n").unwrap();
        book.store.put("runs/bad.json", b"{").unwrap();
        let router = library.router();
        let url = only_book(&router).await;
        let runs = get(&router, "/api/v1/runs").await.json();
        let states: Vec<_> = runs["runs"].as_array().unwrap().iter().map(|r| &r["state"]).collect();
        assert_eq!(states, ["crashed", "ended"]);
        assert!(runs["warnings"][0].as_str().unwrap().contains("bad.json"));
        assert!(url.ends_with(runs["runs"][0]["bookId"].as_str().unwrap()));
        let recent = get(&router, "/api/v1/runs?hours=1").await.json();
        assert_eq!(recent["runs"].as_array().unwrap().len(), 1);
        let active = get(&router, "/api/v1/runs?active=true").await.json();
        assert_eq!(active["runs"], json!([]));
        let dead = get(&router, "/api/v1/runs/dead").await.json();
        assert_eq!(dead["tail"], "one <b>line</b>\n");
        for (path, status) in [
            ("/runs/no", 404),
            ("/runs?hours=-1", 400),
            ("/runs?active=&hours=", 200),
            ("/runs?book=x", 404),
        ] {
            assert_eq!(get(&router, &format!("/api/v1{path}")).await.status, status, "{path}");
        }
    });
}

#[test]
fn health_and_metrics_are_told() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 2);
        book.elements();
        book.analyze(1);
        book.illustrate(1);
        let router = library.router();
        only_book(&router).await;
        let health = get(&router, "/api/v1/health").await.json();
        assert_eq!((&health["status"], &health["books"]), (&json!("ok"), &json!(1)));
        let metrics = get(&router, "/api/v1/metrics").await;
        assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
        let text = metrics.text();
        let line = text.lines().find(|l| l.contains(r#"status="illustration_complete""#)).unwrap();
        assert!(line.ends_with(" 1"), "{line}");
        for line in text.lines() {
            let is_sample = line.starts_with("# ") || line.starts_with("woodcut_");
            assert!(is_sample, "{line:?} is no sample: a title has broken out");
        }
    });
}

#[test]
fn the_description_of_the_api_is_that_of_the_api() {
    asking(async {
        let library = Library::new();
        library.drawn("tale");
        let router = library.router();
        let url = only_book(&router).await;
        let id = url.rsplit('/').next().unwrap();
        let description = get(&router, "/api/v1/openapi.json").await.json();
        assert!(description["openapi"].as_str().unwrap().starts_with("3."));
        let mut paths: Vec<_> = description["paths"].as_object().unwrap().keys().collect();
        paths.sort();
        for (path, methods) in description["paths"].as_object().unwrap() {
            let address = path.replace("{id}", id).replace("{n}", "1:1");
            for (method, operation) in methods.as_object().unwrap() {
                let method: Method = method.to_uppercase().parse().unwrap();
                if path.ends_with("/events") || path == "/runs/{id}" {
                    continue;
                }
                let asked = request(method.clone(), &format!("/api/v1{address}"), "");
                let answer = ask(&router, asked).await;
                let promised = &operation["responses"][answer.status.as_str()];
                let status = answer.status;
                assert!(!promised.is_null(), "{method} {path} answers {status}: {}", answer.text());
                assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
            }
        }
        let promised = [
            "/books",
            "/books/{id}",
            "/books/{id}/cancel",
            "/books/{id}/events",
            "/books/{id}/log",
            "/books/{id}/pause",
            "/books/{id}/plates/{n}",
            "/books/{id}/plates/{n}/picture",
            "/books/{id}/progress",
            "/books/{id}/redraw",
            "/books/{id}/resume",
            "/books/{id}/retry",
            "/health",
            "/metrics",
            "/openapi.json",
            "/runs",
            "/runs/{id}",
            "/session",
        ];
        assert_eq!(paths, promised);
    });
}
