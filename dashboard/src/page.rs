//! The page: files that are part of the program.

use std::sync::OnceLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::api::{App, Problem};

const HTML: &str = include_str!("../assets/index.html");

/// Name, media type and text of every file.
const FILES: [(&str, &str, &str); 13] = [
    ("style.css", "text/css", include_str!("../assets/style.css")),
    ("main.js", "text/javascript", include_str!("../assets/main.js")),
    ("dom.js", "text/javascript", include_str!("../assets/dom.js")),
    ("api.js", "text/javascript", include_str!("../assets/api.js")),
    ("shelf.js", "text/javascript", include_str!("../assets/shelf.js")),
    ("book.js", "text/javascript", include_str!("../assets/book.js")),
    ("chapters.js", "text/javascript", include_str!("../assets/chapters.js")),
    ("gallery.js", "text/javascript", include_str!("../assets/gallery.js")),
    ("journal.js", "text/javascript", include_str!("../assets/journal.js")),
    ("runs.js", "text/javascript", include_str!("../assets/runs.js")),
    ("plate.js", "text/javascript", include_str!("../assets/plate.js")),
    ("words.js", "text/javascript", include_str!("../assets/words.js")),
    ("icon.svg", "image/svg+xml", include_str!("../assets/icon.svg")),
];

/// The page's letters: those that the captions of plates are set in as well.
const FONTS: [(&str, &str); 3] = [
    ("regular.otf", "LibertinusSerif-Regular"),
    ("italic.otf", "LibertinusSerif-Italic"),
    ("semibold.otf", "LibertinusSerif-Semibold"),
];

/// The page, at every address that it shows something at.
pub fn router() -> Router<App> {
    Router::new()
        .route("/", get(html))
        .route("/books/{id}", get(html))
        .route("/books/{id}/plates/{n}", get(html))
        .route("/assets/{name}", get(file))
        .route("/favicon.ico", get(icon))
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "nothing is at this address"))
}

async fn html() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, HTML).into_response()
}

async fn icon(headers: HeaderMap) -> Response {
    file(Path("icon.svg".to_owned()), headers).await
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    static TAG: OnceLock<String> = OnceLock::new();
    let tag = TAG.get_or_init(|| {
        let all: String = FILES.iter().map(|(_, _, text)| *text).collect();
        crate::api::tag(all.as_bytes())
    });
    let caching = [(header::CACHE_CONTROL, "no-cache"), (header::ETAG, tag.as_str())];
    let found = found(&name);
    if found.is_some() && headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    match found {
        Some((kind, bytes)) => (caching, [(header::CONTENT_TYPE, kind)], bytes).into_response(),
        None => Problem::new(StatusCode::NOT_FOUND, "nothing is at this address").into_response(),
    }
}

fn found(name: &str) -> Option<(String, &'static [u8])> {
    if let Some((_, kind, text)) = FILES.iter().find(|(known, _, _)| *known == name) {
        return Some((format!("{kind}; charset=utf-8"), text.as_bytes()));
    }
    let (_, font) = FONTS.iter().find(|(known, _)| *known == name)?;
    font_file(font).map(|bytes| ("font/otf".to_owned(), bytes))
}

/// The font file of a PostScript name.
fn font_file(name: &str) -> Option<&'static [u8]> {
    // The name stands near the beginning, followed by something that is no letter.
    let named = |bytes: &&[u8]| {
        let is_it =
            |at: &[u8]| at.starts_with(name.as_bytes()) && !at[name.len()].is_ascii_alphabetic();
        bytes.windows(name.len() + 1).take(8192).any(is_it)
    };
    typst_assets::fonts().find(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_the_page_names_is_there() {
        let texts = FILES.iter().map(|(_, _, text)| *text).chain([HTML]);
        for text in texts {
            let quoted = text.split(['"', '(', ')']);
            let files =
                quoted.filter_map(|word| word.strip_prefix("/assets/").or(word.strip_prefix("./")));
            for name in files {
                assert!(found(name).is_some(), "{name} is missing");
            }
        }
        for (name, _) in FONTS {
            assert!(found(name).is_some_and(|(_, bytes)| bytes.starts_with(b"OTTO")), "{name}");
        }
    }

    #[test]
    fn the_page_asks_nobody_else_and_makes_no_markup_of_text() {
        for (name, kind, text) in FILES {
            let bare = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!bare.contains("http://") && !bare.contains("https://"), "{name}");
            if kind == "text/javascript" {
                for door in
                    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
                {
                    assert!(!text.contains(door), "{name} uses {door}");
                }
            }
        }
        assert!(!HTML.contains("style=") && !HTML.contains("<style"));
    }
}
