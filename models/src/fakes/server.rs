//! A small HTTP server on a free port of this machine.
//!
//! It takes one connection per thread, keeps it open between requests, remembers what it was
//! asked, and answers as it is told: wholly, late, in part, or never. It waits on a condition
//! that its end raises, so a test that drops it never waits for it.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

/// A request as the server saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `GET`, `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Asked {
    /// The first header of that name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// How an answer is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Play {
    Whole,
    /// The first byte comes after this time.
    Late(Duration),
    /// The body in chunks of so many bytes, with a pause before each.
    Drip(usize, Duration),
    /// So many bytes of the body, then silence.
    StallAfter(usize),
    /// So many bytes of the body, then the connection is closed.
    BreakAfter(usize),
    /// Not a byte.
    Silent,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    play: Play,
}

impl Reply {
    /// An answer with a status and a text.
    pub fn status(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), play: Play::Whole }
    }

    /// An answer of JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::status(status, &body.to_string()).header("content-type", "application/json")
    }

    /// An answer of bytes, as of a file.
    pub fn bytes(body: Vec<u8>) -> Self {
        Self { body, ..Self::status(200, "") }
    }

    /// No answer at all until the client gives up.
    pub fn silence() -> Self {
        Self { play: Play::Silent, ..Self::status(200, "") }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same, `time` later.
    #[must_use]
    pub fn late(self, time: Duration) -> Self {
        Self { play: Play::Late(time), ..self }
    }

    /// The same in chunks of `bytes` bytes, with `pause` before each, as a stream is sent.
    #[must_use]
    pub fn drip(self, bytes: usize, pause: Duration) -> Self {
        Self { play: Play::Drip(bytes.max(1), pause), ..self }
    }

    /// The same, but silent after `bytes` bytes of the body.
    #[must_use]
    pub fn stall_after(self, bytes: usize) -> Self {
        Self { play: Play::StallAfter(bytes), ..self }
    }

    /// The same, but closed after `bytes` bytes of the body.
    #[must_use]
    pub fn break_after(self, bytes: usize) -> Self {
        Self { play: Play::BreakAfter(bytes), ..self }
    }
}

type Answer = dyn Fn(&Asked) -> Reply + Send + Sync;

/// A server; it ends when it is dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    answer: Box<Answer>,
    asked: Mutex<Vec<Asked>>,
    connections: AtomicUsize,
    changed: Condvar,
    over: Mutex<bool>,
    ended: Condvar,
}

impl Server {
    /// A server that answers as the function says.
    pub fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on this machine");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            answer: Box::new(answer),
            asked: Mutex::default(),
            connections: AtomicUsize::new(0),
            changed: Condvar::new(),
            over: Mutex::new(false),
            ended: Condvar::new(),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if serving.is_over() {
                    break;
                }
                serving.connections.fetch_add(1, Ordering::Relaxed);
                let serving = Arc::clone(&serving);
                std::thread::spawn(move || serving.serve(&stream));
            }
        });
        Self { address, shared }
    }

    /// A server that gives these answers in order, and then 418 for ever.
    pub fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        let left: Vec<Reply> = replies.into_iter().collect();
        let left = Mutex::new(left.into_iter());
        Self::start(move |_| {
            left.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .next()
                .unwrap_or_else(|| Reply::status(418, "the script is over"))
        })
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many connections were made to it.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Waits until it was asked `count` times; whether that happened within ten seconds.
    pub fn await_asked(&self, count: usize) -> bool {
        let asked = self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let (asked, _) = self
            .shared
            .changed
            .wait_timeout_while(asked, Duration::from_secs(10), |asked| asked.len() < count)
            .unwrap_or_else(PoisonError::into_inner);
        asked.len() >= count
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        *self.shared.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.ended.notify_all();
        // The listening thread looks up when somebody knocks.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for `time`, or until the server ends.
    fn rest(&self, time: Duration) {
        let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = self.ended.wait_timeout_while(over, time, |over| !*over);
    }

    fn serve(&self, stream: &TcpStream) {
        // Head and body are written apart; without this the body waits 40 ms for the head's receipt.
        let _ = stream.set_nodelay(true);
        let mut reader = BufReader::new(stream);
        while let Some(asked) = read_request(&mut reader) {
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
            self.changed.notify_all();
            let reply = (self.answer)(&asked);
            if !self.play(&reply, stream) {
                break;
            }
        }
    }

    /// Plays an answer; whether the connection may be used again.
    fn play(&self, reply: &Reply, mut stream: &TcpStream) -> bool {
        const FOR_EVER: Duration = Duration::from_secs(3600);
        let mut head = format!("HTTP/1.1 {} Fake\r\n", reply.status);
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match reply.play {
            Play::Drip(..) => head.push_str("transfer-encoding: chunked\r\n\r\n"),
            _ => head.push_str(&format!("content-length: {}\r\n\r\n", reply.body.len())),
        }
        let mut send = |bytes: &[u8]| stream.write_all(bytes).and_then(|()| stream.flush()).is_ok();
        let part = |bytes: usize| &reply.body[..bytes.min(reply.body.len())];
        match reply.play {
            Play::Whole => send(head.as_bytes()) && send(&reply.body),
            Play::Late(time) => {
                self.rest(time);
                send(head.as_bytes()) && send(&reply.body)
            }
            Play::Drip(bytes, pause) => {
                let drip = |chunk: &[u8]| {
                    self.rest(pause);
                    let head = format!("{:x}\r\n", chunk.len());
                    [head.as_bytes(), chunk, b"\r\n"].concat()
                };
                send(head.as_bytes())
                    && reply.body.chunks(bytes).all(|chunk| send(&drip(chunk)))
                    && send(b"0\r\n\r\n")
            }
            Play::StallAfter(bytes) => {
                let _ = send(head.as_bytes()) && send(part(bytes));
                self.rest(FOR_EVER);
                false
            }
            Play::BreakAfter(bytes) => {
                let _ = send(head.as_bytes()) && send(part(bytes));
                false
            }
            Play::Silent => {
                self.rest(FOR_EVER);
                false
            }
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|&bytes| bytes > 0)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(Some(0), |(_, value)| value.parse().ok())?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path, headers, body })
}
