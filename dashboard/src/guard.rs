//! Who may ask, and what every answer says to the browser.
//!
//! **Invariants:** a page of another origin can neither read nor do anything here: the name it was asked
//! by has to be ours (a name of its own may point to this address), its origin has to be ours, and a
//! wish is told in JSON, which no form can send. With a token, nothing is told or done without it. No script or style runs that did not come from here as a file of its own.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::uri::Authority;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::api::{App, Problem};

/// The cookie of a browser that has shown the token.
const COOKIE: &str = "woodcut";
/// No answer takes longer to begin.
const LONGEST: Duration = Duration::from_secs(30);

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Names by which the server may be asked.
#[derive(Debug, Clone)]
pub struct Names {
    /// Whether only this machine can ask.
    pub is_local: bool,
    /// Beside addresses and `localhost`.
    pub more: Vec<String>,
}

impl Names {
    /// Whether a request for this host is meant for us. An address cannot be made to point elsewhere,
    /// a name can.
    #[must_use]
    pub fn are_ours(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else { return false };
        if authority.as_str().contains('@') {
            return false;
        }
        let name = authority.host();
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        match bare.parse::<IpAddr>() {
            Ok(address) => !self.is_local || address.is_loopback(),
            Err(_) => {
                let more = self.more.iter().map(String::as_str);
                more.chain(["localhost"]).any(|ours| ours.eq_ignore_ascii_case(name))
            }
        }
    }
}

/// A secret that has to be shown.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl Token {
    /// Keeps what is needed to know the token again, not the token.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Whether this is the token. Hashes are compared: how far they agree says nothing of the token.
    #[must_use]
    pub fn is(&self, shown: &str) -> bool {
        <[u8; 32]>::from(Sha256::digest(shown)) == self.0
    }

    /// What a browser keeps of it.
    fn cookie(&self) -> String {
        let kept = Sha256::digest([&b"a browser that has shown "[..], &self.0].concat());
        kept.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The header by which a browser is told to keep it.
    #[must_use]
    pub fn set_cookie(&self) -> String {
        format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000", self.cookie())
    }

    fn is_shown(&self, headers: &HeaderMap) -> bool {
        let bearer = text(headers, &header::AUTHORIZATION);
        if let Some(token) = bearer.and_then(|value| value.strip_prefix("Bearer ")) {
            return self.is(token.trim());
        }
        let cookies =
            headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut ours = cookies
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='));
        let (kept, same) =
            (self.cookie(), |a: &str, b: &str| Sha256::digest(a) == Sha256::digest(b));
        ours.any(|cookie| same(cookie, &kept))
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Lets a request through, or says why not.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&app, &request) {
        Some(problem) => problem.into_response(),
        None => match tokio::time::timeout(LONGEST, next.run(request)).await {
            Ok(response) => response,
            Err(_) => {
                Problem::new(StatusCode::REQUEST_TIMEOUT, "this took too long").into_response()
            }
        },
    };
    let always = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        ),
    ];
    for (name, value) in always {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

fn refusal(app: &App, request: &Request) -> Option<Problem> {
    let headers = request.headers();
    let host = text(headers, &header::HOST);
    let asked = request.uri().authority().map(Authority::as_str).or(host).unwrap_or_default();
    if host.is_none_or(|host| !app.names.are_ours(host)) || !app.names.are_ours(asked) {
        return Some(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "this server is not known by that name; add it to `serve.names` in woodcut.toml",
        ));
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !is_of_ours(headers, host.unwrap_or_default(), changes) {
        return Some(Problem::new(
            StatusCode::FORBIDDEN,
            "pages of other sites may ask nothing here",
        ));
    }
    let path = request.uri().path();
    if changes && !is_of_json(headers) {
        let why = "a wish is told in JSON: send `Content-Type: application/json`";
        return Some(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    let is_told = path.starts_with("/api/") && path != "/api/v1/session";
    let shown = app.token.as_ref().is_none_or(|token| token.is_shown(headers));
    (is_told && !shown).then(|| {
        let why = "show the token: `Authorization: Bearer TOKEN`, or sign in on the page";
        Problem::new(StatusCode::UNAUTHORIZED, why)
    })
}

/// Whether a body, where there is one, is said to be JSON. A form cannot say so, not even one of a browser
/// too old to tell where it comes from.
fn is_of_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_none_or(|value| {
        let kind = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("application/json")
    })
}

/// Whether a request comes from one of our own pages, or from no page at all.
fn is_of_ours(headers: &HeaderMap, host: &str, changes: bool) -> bool {
    let origin_is_ours = headers.get(header::ORIGIN).is_none_or(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        rest.is_some_and(|rest| rest.eq_ignore_ascii_case(host))
    });
    let site = text(headers, &HeaderName::from_static("sec-fetch-site"));
    // A link on another page may lead here; nothing of it can be read there.
    let follows_link =
        !changes && text(headers, &HeaderName::from_static("sec-fetch-mode")) == Some("navigate");
    origin_is_ours
        && (follows_link || site.is_none_or(|site| matches!(site, "same-origin" | "none")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn local() -> Names {
        Names { is_local: true, more: vec!["shelf.example".into()] }
    }

    #[test]
    fn only_our_own_names_are_ours() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8417", "[::1]:8417", "shelf.example"] {
            assert!(local().are_ours(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "192.168.0.7",
            "user@localhost",
            "localhost/",
            "local host",
            "[::1",
            "2130706433",
        ] {
            assert!(!local().are_ours(host), "{host}");
        }
        assert!(Names { is_local: false, more: vec![] }.are_ours("192.168.0.7:8417"));
        assert!(!Names { is_local: false, more: vec![] }.are_ours("evil.example"));
    }

    proptest! {
        #[test]
        fn no_other_name_is_ours(host in "[a-z.@:\\[\\]0-9/%-]{0,30}") {
            let name = host.split(':').next().unwrap_or_default();
            let known = ["localhost", "shelf.example"].contains(&name);
            let address = host.trim_start_matches('[').split(']').next().unwrap_or_default();
            let loopback = |text: &str| text.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
            prop_assert!(!local().are_ours(&host) || known || loopback(name) || loopback(address));
        }

        #[test]
        fn no_other_token_passes(token in ".{16,40}", other in ".{0,40}") {
            let known = Token::new(&token);
            prop_assert!(known.is(&token));
            prop_assert_eq!(known.is(&other), token == other);
            let mut headers = HeaderMap::new();
            let cookie = known.set_cookie();
            let kept = cookie.split(';').next().unwrap_or_default();
            headers.insert(header::COOKIE, format!("a=b; {kept}").parse().unwrap());
            prop_assert!(known.is_shown(&headers) && !kept.contains(&token));
            prop_assert!(!Token::new("something else").is_shown(&headers));
        }
    }
}
