//! The address of a server, checked before anything is sent there.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ureq::http::Uri;
use ureq::http::uri::Scheme;

/// What may stand in one part of a path, or in a query's value, as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `text` as one part of a path or a query's value.
pub(crate) fn escape(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// The address of a server's API, checked: `http` or `https`, a host, no user, no query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    host: String,
}

/// Why an address is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address `{url}` {why}")]
pub struct UrlError {
    /// The address, without what may be secret in it.
    pub url: String,
    /// What is wrong, and what would be right.
    pub why: &'static str,
}

impl BaseUrl {
    /// Checks an address.
    ///
    /// # Errors
    /// [`UrlError`] says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, UrlError> {
        let wrong = |url: &str, why| Err(UrlError { url: url.to_owned(), why });
        let text = text.trim().trim_end_matches('/');
        if text.contains('@') {
            return wrong("…", "holds a user or password; put the key into the environment");
        }
        let Ok(uri) = text.parse::<Uri>() else {
            return wrong(text, "cannot be read; write it like `http://127.0.0.1:8080/v1`");
        };
        if uri.scheme() != Some(&Scheme::HTTP) && uri.scheme() != Some(&Scheme::HTTPS) {
            return wrong(text, "must begin with `http://` or `https://`");
        }
        if uri.query().is_some() || text.contains('#') {
            return wrong(text, "must not have a `?` or `#` part");
        }
        match uri.host() {
            Some(host) if !host.is_empty() => {
                Ok(Self { text: text.to_owned(), host: host.to_lowercase() })
            }
            _ => wrong(text, "names no host"),
        }
    }

    /// The host's name or number.
    pub fn host(&self) -> &str {
        &self.host
    }

    fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// This machine, a private network, or a name that only a local network can know.
    pub(crate) fn is_private(&self) -> bool {
        use std::net::IpAddr;
        match self.host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(IpAddr::V4(a)) => a.is_loopback() || a.is_private() || a.is_link_local(),
            Ok(IpAddr::V6(a)) => a.is_loopback() || a.is_unique_local(),
            Err(_) => {
                !self.host.contains('.')
                    || [".local", ".lan", ".internal", ".localhost", ".home.arpa"]
                        .iter()
                        .any(|end| self.host.ends_with(end))
            }
        }
    }

    /// Whether a key sent there could be read on the way.
    pub(crate) fn would_leak_a_key(&self) -> bool {
        !self.is_https() && !self.is_private()
    }

    /// The address without a path that does not belong there, should it end in it.
    #[must_use]
    pub(crate) fn without(mut self, path: &str) -> Self {
        if let Some(rest) = self.text.strip_suffix(path) {
            self.text.truncate(rest.len());
        }
        self
    }

    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        for good in ["http://127.0.0.1:8080/v1", " https://api.example.com/v1/ ", "http://[::1]:1"]
        {
            assert!(BaseUrl::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "localhost:8080",
            "ftp://example.com",
            "file:///etc/passwd",
            "https://user:secret@example.com",
            "https://example.com/v1?key=secret",
            "http://",
            "https://example.com/#x",
        ] {
            let error = BaseUrl::new(bad).unwrap_err();
            assert!(!error.to_string().contains("user:secret"), "{error}");
        }
    }

    #[test]
    fn a_key_may_travel_openly_only_at_home() {
        let leaks = |url| BaseUrl::new(url).unwrap().would_leak_a_key();
        assert!(leaks("http://api.example.com/v1"));
        assert!(leaks("http://8.8.8.8/v1"));
        for safe in [
            "https://api.example.com/v1",
            "http://127.0.0.1:1234",
            "http://192.168.1.7:8000/v1",
            "http://gpubox:8000",
            "http://gpubox.local",
            "http://[fd00::1]:80",
        ] {
            assert!(!leaks(safe), "{safe}");
        }
    }

    #[test]
    fn paths_are_joined_with_one_slash() {
        assert_eq!(BaseUrl::new("http://h:1/v1/").unwrap().join("/models"), "http://h:1/v1/models");
    }
}
