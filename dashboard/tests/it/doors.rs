//! Who is let in, and what is told to browsers.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use dashboard::{ServeError, Server, Settings};

use crate::library::{Library, ask, asking, get, only_book, post, request};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn a_name_that_is_not_ours_is_sent_away() {
    asking(async {
        let library = Library::new();
        library.book("tale", 1);
        let router = library.router();
        for host in ["evil.example", "evil.example:8417", "192.168.1.1"] {
            let mut asked = request(Method::GET, "/api/v1/books", "");
            asked.headers_mut().insert(header::HOST, host.parse().unwrap());
            assert_eq!(ask(&router, asked).await.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
        }
        let mut asked = request(Method::GET, "/", "");
        asked.headers_mut().remove(header::HOST);
        assert_eq!(ask(&router, asked).await.status, StatusCode::MISDIRECTED_REQUEST);
        let asked = request(Method::GET, "http://evil.example/api/v1/books", "");
        assert_eq!(ask(&router, asked).await.status, StatusCode::MISDIRECTED_REQUEST);
    });
}

#[test]
fn other_pages_may_do_nothing() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 1);
        let router = library.router();
        let url = only_book(&router).await;
        let before = book.store.view(|manifest| manifest.serial).unwrap();
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:9999"),
            ("origin", "http://127.0.0.1:8417.evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            for method in [Method::GET, Method::POST] {
                let path = if method == Method::GET { url.clone() } else { format!("{url}/pause") };
                let mut asked = request(method, &path, "");
                asked.headers_mut().insert(name, value.parse().unwrap());
                assert_eq!(
                    ask(&router, asked).await.status,
                    StatusCode::FORBIDDEN,
                    "{name} {value}"
                );
            }
        }
        for form in ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""] {
            let mut asked = request(Method::POST, &format!("{url}/pause"), "{}");
            asked.headers_mut().remove("origin");
            asked.headers_mut().insert("content-type", form.parse().unwrap());
            assert_eq!(ask(&router, asked).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let mut sent = request(Method::POST, &format!("{url}/pause"), "");
        sent.headers_mut().remove("origin");
        sent.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        sent.headers_mut().insert("sec-fetch-mode", "navigate".parse().unwrap());
        assert_eq!(ask(&router, sent).await.status, StatusCode::FORBIDDEN);
        assert_eq!(book.store.view(|manifest| manifest.serial).unwrap(), before);
        let mut followed = request(Method::GET, "/", "");
        followed.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        followed.headers_mut().insert("sec-fetch-mode", "navigate".parse().unwrap());
        assert_eq!(ask(&router, followed).await.status, StatusCode::OK);
    });
}

#[test]
fn a_program_that_is_no_page_may_ask_for_something() {
    asking(async {
        let library = Library::new();
        let book = library.book("tale", 1);
        let router = library.router();
        let mut asked = request(Method::POST, &format!("{}/pause", only_book(&router).await), "");
        asked.headers_mut().remove("origin");
        assert_eq!(ask(&router, asked).await.status, StatusCode::OK);
        assert!(book.store.view(|manifest| !manifest.control.is_going()).unwrap());
    });
}

#[test]
fn others_are_not_served_without_a_token() {
    let library = Library::new();
    let open = |token: Option<&str>| {
        let token = token.map(str::to_owned);
        let settings = Settings { address: ([0, 0, 0, 0], 0).into(), token, ..library.settings() };
        Server::bind(settings, &library.interrupt)
    };
    let refused = open(None).err().unwrap().to_string();
    assert!(refused.contains("export TOKEN=$(openssl rand -hex 16)"), "{refused}");
    assert!(matches!(open(Some("short")), Err(ServeError::ShortToken(_))));
    assert!(open(Some(TOKEN)).is_ok());
    let missing = Settings { folders: vec!["gone/folder".into()], ..library.settings() };
    assert!(matches!(Server::bind(missing, &library.interrupt), Err(ServeError::NoFolder(_))));
}

#[test]
fn with_a_token_nothing_is_told_without_it() {
    asking(async {
        let library = Library::new();
        library.book("tale", 1);
        let settings = Settings { token: Some(TOKEN.into()), ..library.settings() };
        let router = Server::bind(settings, &library.interrupt).unwrap().router();
        for path in ["/api/v1/books", "/api/v1/health", "/api/v1/metrics", "/api/v1/nothing"] {
            assert_eq!(get(&router, path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        assert_eq!(get(&router, "/").await.status, StatusCode::OK);
        let with = async |name: &str, value: &str| {
            let mut asked = request(Method::GET, "/api/v1/books", "");
            asked.headers_mut().insert(
                header::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                value.parse().unwrap(),
            );
            ask(&router, asked).await.status
        };
        assert_eq!(with("authorization", &format!("Bearer {TOKEN}")).await, StatusCode::OK);
        assert_eq!(with("authorization", "Bearer no").await, StatusCode::UNAUTHORIZED);
        assert_eq!(with("cookie", &format!("woodcut={TOKEN}")).await, StatusCode::UNAUTHORIZED);
        let wrong = post(&router, "/api/v1/session", r#"{"token":"no"}"#).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        let right = post(&router, "/api/v1/session", &format!(r#"{{"token":"{TOKEN}"}}"#)).await;
        let cookie = right.header("set-cookie").to_owned();
        assert!(
            cookie.contains("HttpOnly; SameSite=Strict") && !cookie.contains(TOKEN),
            "{cookie}"
        );
        assert_eq!(with("cookie", cookie.split(';').next().unwrap()).await, StatusCode::OK);
    });
}

#[test]
fn every_answer_is_guarded_in_the_browser() {
    asking(async {
        let library = Library::new();
        library.book("tale", 1);
        let router = library.router();
        for path in ["/", "/assets/main.js", "/api/v1/books", "/nothing", "/api/v1/books/x"] {
            let answer = get(&router, path).await;
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{path}");
            assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        }
    });
}

#[test]
fn a_request_that_is_too_large_is_refused() {
    asking(async {
        let library = Library::new();
        library.book("tale", 1);
        let router = library.router();
        let url = only_book(&router).await;
        let huge = "x".repeat(100_000);
        let answer = post(&router, &format!("{url}/redraw"), &huge).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    });
}

#[test]
fn addresses_that_climb_lead_nowhere() {
    asking(async {
        let library = Library::new();
        library.book("tale", 1);
        let router = library.router();
        for path in [
            "/assets/../Cargo.toml",
            "/assets/..%2f..%2fCargo.toml",
            "/assets/%2e%2e/x",
            "/api/v1/books/..%2f..",
            "/api/v1/books/%2e%2e/plates/1:1/picture",
            "/assets/%00",
        ] {
            let answer = get(&router, path).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        }
        let asked = axum::http::Request::builder().method("TRACE").uri("/api/v1/books");
        let asked = asked.header(header::HOST, "localhost");
        let answer = ask(&router, asked.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    });
}
