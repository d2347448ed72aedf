//! One HTTP exchange that can be let go of.
//!
//! A blocking request cannot be cancelled from outside, so each one runs on a thread of its own
//! while the caller listens for its answer and for the interrupt flag. On interrupt, or at the
//! deadline, the sockets of that request alone are shut down, which ends the thread at once too;
//! only a name look-up or a connect under way outlives the call, for as long as the connect
//! timeout. Each thread borrows an agent (with its open connections) from a shelf and puts it back
//! when it is done, so connections are used again.
//!
//! Invariants: redirects are never followed with a key; an answer is never larger than its limit; a link
//! in an answer leads to public addresses only, whatever its name resolves to or redirects to.

use std::io::{ErrorKind, Read};
use std::net::IpAddr;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ureq::config::Config;
use ureq::http::{HeaderMap, Method, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Timeout};

use crate::call::{Call, TICK};
use crate::secret::Secret;

/// The largest answer that is read: a 4K picture in base64 is about a tenth of it.
pub(crate) const ANSWER_LIMIT: u64 = 128 << 20;

const MAX_REDIRECTS: u32 = 3;

/// A request to be made. It is owned, since it moves to a thread of its own.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(&'static str, HeaderText)>,
    /// Content type and bytes.
    pub body: Option<(String, Vec<u8>)>,
    /// Only for a picture behind a link of a stranger: up to three redirects, no key goes along, and none
    /// but public addresses are called.
    pub is_link: bool,
}

/// The text of a header, which may hold a key.
#[derive(Debug, Clone)]
pub(crate) enum HeaderText {
    Plain(String),
    /// Something before the key, and the key.
    Key(&'static str, Secret),
}

/// What came back, whatever the status.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HttpFault {
    /// The request did not leave, or nobody was there to take it.
    NotSent(String),
    /// The request may have been taken; the answer was lost.
    Lost(String),
    /// The request can never be made.
    Impossible(String),
    /// The link leads to where no link of a stranger may lead.
    Forbidden,
    Deadline,
    Interrupted,
}

/// The clients of one server.
#[derive(Debug)]
pub(crate) struct Http {
    idle: Mutex<Vec<Agent>>,
    idle_timeout: Duration,
    connect_timeout: Duration,
    answer_limit: u64,
}

impl Http {
    /// `idle_timeout` is how long the server may be silent, before the answer or within it.
    pub fn new(idle_timeout: Duration, connect_timeout: Duration) -> Self {
        Self { idle: Mutex::default(), idle_timeout, connect_timeout, answer_limit: ANSWER_LIMIT }
    }

    /// Makes `request` and reads the whole answer.
    pub fn exchange(&self, request: Request, call: &Call<'_>) -> Result<Reply, HttpFault> {
        if call.interrupted() {
            return Err(HttpFault::Interrupted);
        }
        let agent = self.agent(&request);
        let shelf_it = !request.is_link;
        let (done, answer) = sync_channel(1);
        let (worker, limit) = (agent.clone(), self.answer_limit);
        std::thread::Builder::new()
            .name("http".to_owned())
            .spawn(move || {
                // Nobody listens any more when the call was interrupted.
                let _ = done.send(run(&worker, request, limit));
            })
            .map_err(|error| HttpFault::NotSent(format!("no thread for the request: {error}")))?;
        loop {
            match answer.recv_timeout(TICK) {
                Ok(result) => {
                    if shelf_it && result.is_ok() {
                        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(agent);
                    }
                    return result;
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(HttpFault::Lost("the request's thread died".to_owned()));
                }
                Err(RecvTimeoutError::Timeout) if call.interrupted() => {
                    agent.shutdown();
                    return Err(HttpFault::Interrupted);
                }
                Err(RecvTimeoutError::Timeout) if call.past_deadline() => {
                    agent.shutdown();
                    return Err(HttpFault::Deadline);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn agent(&self, request: &Request) -> Agent {
        let shelved = if request.is_link {
            None
        } else {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
        };
        shelved.unwrap_or_else(|| {
            let mut config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(if request.is_link { MAX_REDIRECTS } else { 0 })
                .https_only(request.is_link)
                .timeout_resolve(Some(self.connect_timeout))
                .timeout_connect(Some(self.connect_timeout))
                .timeout_per_read(Some(self.idle_timeout))
                .timeout_per_write(Some(self.idle_timeout))
                .user_agent(concat!("woodcut/", env!("CARGO_PKG_VERSION")));
            if is_loopback(&request.url) {
                // A proxy of the environment is never meant for this machine's own servers.
                config = config.proxy(None);
            }
            let config = config.build();
            match request.is_link {
                true => Agent::with_parts(config, DefaultConnector::default(), PublicOnly),
                false => config.new_agent(),
            }
        })
    }
}

fn run(agent: &Agent, request: Request, limit: u64) -> Result<Reply, HttpFault> {
    let mut builder =
        ureq::http::Request::builder().method(request.method).uri(request.url.as_str());
    for (name, text) in &request.headers {
        builder = match text {
            HeaderText::Plain(text) => builder.header(*name, text),
            HeaderText::Key(before, key) => match key.expose() {
                Some(key) => builder.header(*name, format!("{before}{key}")),
                None => builder,
            },
        };
    }
    let response = match request.body {
        Some((content_type, bytes)) => builder
            .header("content-type", content_type)
            .body(bytes)
            .map_err(ureq::Error::Http)
            .and_then(|request| agent.run(request)),
        None => builder.body(()).map_err(ureq::Error::Http).and_then(|request| agent.run(request)),
    };
    let mut response = response.map_err(fault)?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = read_body(response.body_mut(), limit)?;
    Ok(Reply { status, headers, body })
}

/// Reads `limit` bytes at most. The client's own limit counts the bytes on the wire, of which a
/// few can unpack to any number, so the unpacked ones are counted here.
fn read_body(body: &mut ureq::Body, limit: u64) -> Result<Vec<u8>, HttpFault> {
    let mut bytes = Vec::new();
    let mut reader = body.as_reader().take(limit + 1);
    reader.read_to_end(&mut bytes).map_err(|error| lost(&ureq::Error::from(error)))?;
    if bytes.len() as u64 > limit {
        return Err(HttpFault::Impossible(format!("the answer is larger than {} MB", limit >> 20)));
    }
    Ok(bytes)
}

#[expect(clippy::needless_pass_by_value, reason = "given to map_err")]
fn fault(error: ureq::Error) -> HttpFault {
    match &error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect)
        | ureq::Error::ConnectionFailed => HttpFault::NotSent("no connection in time".to_owned()),
        ureq::Error::Io(io) if io.kind() == ErrorKind::PermissionDenied => HttpFault::Forbidden,
        ureq::Error::HostNotFound => HttpFault::NotSent("no such host".to_owned()),
        ureq::Error::Io(io) if io.kind() == ErrorKind::ConnectionRefused => {
            HttpFault::NotSent("nothing listens there (connection refused)".to_owned())
        }
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => {
            HttpFault::NotSent(format!("no secure connection: {error}"))
        }
        ureq::Error::Http(_)
        | ureq::Error::BadUri(_)
        | ureq::Error::InvalidProxyUrl
        | ureq::Error::RequireHttpsOnly(_)
        | ureq::Error::TooManyRedirects => HttpFault::Impossible(error.to_string()),
        _ => lost(&error),
    }
}

fn lost(error: &ureq::Error) -> HttpFault {
    HttpFault::Lost(match error {
        ureq::Error::Timeout(Timeout::PerRead) => "the server was silent for too long".to_owned(),
        other => format!("the connection broke: {other}"),
    })
}

/// Finds addresses as usual, and none but public ones: a link in an answer must not make this machine
/// call its neighbours. Asked for every address of a redirect, too.
#[derive(Debug)]
struct PublicOnly;

impl Resolver for PublicOnly {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        if found.iter().all(|address| is_public(address.ip())) {
            return Ok(found);
        }
        // A host with one such address is up to something with the others, too.
        Err(ureq::Error::Io(ErrorKind::PermissionDenied.into()))
    }
}

/// Whether an address is of the internet at large, and not of a house, a cloud's inside or this machine.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let is_reserved = matches!((a, b, c), (0 | 240.., ..) | (100, 64..128, _))
                || matches!((a, b, c), (192, 0, 0) | (198, 18 | 19, _));
            let is_near = v4.is_private() || v4.is_loopback() || v4.is_link_local();
            !(is_reserved || is_near || v4.is_multicast() || v4.is_documentation())
        }
        IpAddr::V6(v6) => match v6.to_ipv4() {
            Some(v4) if !v6.is_loopback() => is_public(v4.into()),
            _ => {
                let is_near =
                    v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local();
                // 64:ff9b::/96 and 2002::/16 lead to addresses of version 4.
                let is_way = v6.segments()[..2] == [0x64, 0xff9b] || v6.segments()[0] == 0x2002;
                !(is_near || is_way || v6.is_multicast())
            }
        },
    }
}

/// Whether a URL leads to this machine.
pub(crate) fn is_loopback(url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    uri.as_ref().and_then(Uri::host).is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::fakes::{Reply, Server};

    /// 5000 spaces, packed.
    const PACKED: [u8; 41] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 49, 1, 0, 0, 0, 194, 160, 42, 235, 159, 210, 20,
        126, 64, 1, 0, 0, 0, 0, 111, 3, 96, 44, 11, 135, 136, 19, 0, 0,
    ];

    #[test]
    fn an_answer_without_end_is_not_read_to_it() {
        is_bounded(Reply::bytes(vec![b' '; 5000]));
    }

    #[test]
    fn an_answer_that_unpacks_without_end_is_not_unpacked_to_it() {
        is_bounded(Reply::bytes(PACKED.to_vec()).header("content-encoding", "gzip"));
    }

    /// That an answer of 5000 bytes is taken up to that limit and not beyond.
    fn is_bounded(reply: Reply) {
        let server = Server::start(move |_| reply.clone());
        let second = Duration::from_secs(1);
        let http = Http { answer_limit: 4999, ..Http::new(second, second) };
        let request = Request {
            method: Method::GET,
            url: server.url(),
            headers: Vec::new(),
            body: None,
            is_link: false,
        };
        let never = AtomicBool::new(false);
        let fault = http.exchange(request.clone(), &Call::new(&never)).unwrap_err();
        assert!(
            matches!(&fault, HttpFault::Impossible(what) if what.contains("larger")),
            "{fault:?}"
        );
        let http = Http { answer_limit: 5000, ..Http::new(second, second) };
        assert_eq!(http.exchange(request, &Call::new(&never)).unwrap().body.len(), 5000);
    }

    #[test]
    fn only_the_internet_at_large_is_public() {
        for near in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
        ] {
            assert!(!is_public(near.parse().unwrap()), "{near}");
        }
        for public in ["93.184.216.34", "100.128.0.1", "172.32.0.1", "2606:2800:220:1::1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn loopback_is_known_by_name_and_number() {
        for url in ["http://localhost:1", "http://127.9.9.9/v1", "https://[::1]:8/"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in ["http://localhost.example.com", "http://10.0.0.1", "http://[2001:db8::1]/", "x"]
        {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
