//! Answering browsers: the door, how many come in, and the end.
//!
//! **Invariants:** an address that others can reach is never served without a token. The number of
//! connections is bounded, and one that says nothing is closed. Once interrupted, all ends in less than
//! a second, whoever listens.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use manifest::Interrupt;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::api::{self, App, Inside};
use crate::guard::{Names, Token};
use crate::shelf::Shelf;

/// Connections at the same time; more wait at the door.
const MOST_CONNECTIONS: usize = 512;
/// How long a connection may take to say what it wants.
const SPEAK: Duration = Duration::from_secs(15);
/// Largest head of a request.
const MOST_HEAD: usize = 32 * 1024;
/// How often the interrupt is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How long answers under way may take once interrupted.
const GRACE: Duration = Duration::from_millis(400);
/// Characters of a token; fewer can be guessed.
const SHORTEST_TOKEN: usize = 16;

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where projects are looked for.
    pub folders: Vec<PathBuf>,
    /// Where the page is served; port 0 takes a free one.
    pub address: SocketAddr,
    /// Names by which it is reached, beside addresses and `localhost`.
    pub names: Vec<String>,
    /// What has to be shown to see or do anything.
    pub token: Option<String>,
    /// The environment variable the token lies in, for messages.
    pub token_env: String,
}

/// Why the page is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Others could reach it.
    #[error(
        "others can reach {0}, so a token is needed: `export {1}=$(openssl rand -hex 16)`, then say this again"
    )]
    NeedsToken(IpAddr, String),
    /// It could be guessed.
    #[error(
        "the token in ${0} is too short; take at least 16 characters, as `openssl rand -hex 16` prints"
    )]
    ShortToken(String),
    /// Nothing is there to be looked at.
    #[error("there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    /// Somebody else has the address, or it is not ours to have.
    #[error("cannot serve at {0} (`--port 0` takes a free port)")]
    Taken(SocketAddr, #[source] io::Error),
    /// The system refuses.
    #[error("cannot serve the page")]
    Io(#[from] io::Error),
}

/// A page that is about to be served.
pub struct Server {
    listener: TcpListener,
    app: App,
    end: watch::Sender<bool>,
    interrupt: Interrupt,
}

impl Server {
    /// Opens the door; nobody is answered before [`Server::run`].
    ///
    /// # Errors
    /// [`ServeError`]
    pub fn bind(settings: Settings, interrupt: &Interrupt) -> Result<Self, ServeError> {
        let Settings { folders, address, names, token, token_env } = settings;
        let is_local = address.ip().is_loopback();
        match &token {
            None if !is_local => return Err(ServeError::NeedsToken(address.ip(), token_env)),
            Some(token) if token.chars().count() < SHORTEST_TOKEN => {
                return Err(ServeError::ShortToken(token_env));
            }
            _ => {}
        }
        if let Some(missing) = folders.iter().find(|folder| !folder.is_dir()) {
            return Err(ServeError::NoFolder(missing.clone()));
        }
        let listener =
            TcpListener::bind(address).map_err(|error| ServeError::Taken(address, error))?;
        listener.set_nonblocking(true)?;
        let (end, ending) = watch::channel(false);
        let shelf = Shelf::new(folders, interrupt.clone());
        let names = Names { is_local, more: names };
        let token = token.as_deref().map(Token::new);
        let app = Inside::new(shelf, names, token, interrupt.clone(), ending);
        Ok(Self { listener, app, end, interrupt: interrupt.clone() })
    }

    /// Where the page is.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn url(&self) -> Result<String, ServeError> {
        let address = self.listener.local_addr()?;
        let is_any = address.ip().is_unspecified();
        Ok(match is_any {
            true => format!("http://localhost:{}/", address.port()),
            false => format!("http://{address}/"),
        })
    }

    /// Everything that is answered, for whoever asks in the same process.
    pub fn router(&self) -> Router {
        api::router(Arc::clone(&self.app))
    }

    /// Answers until interrupted.
    ///
    /// # Errors
    /// When the system refuses what is needed to begin.
    pub fn run(self) -> Result<(), ServeError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let served = runtime.block_on(self.serve());
        runtime.shutdown_timeout(GRACE);
        served
    }

    async fn serve(self) -> Result<(), ServeError> {
        let router = self.router();
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let mut guests = JoinSet::new();
        let over = over(&self.interrupt);
        tokio::pin!(over);
        loop {
            let next = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (place, listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                () = &mut over => break,
                next = next => next,
            };
            while guests.try_join_next().is_some() {}
            match accepted {
                Ok((stream, _)) => {
                    let (router, ending) = (router.clone(), self.app.ending.clone());
                    guests.spawn(async move {
                        let _place = place;
                        answer(stream, router, ending).await;
                    });
                }
                // Out of descriptors, or a guest that left at the door: the next may do better.
                Err(_) => tokio::time::sleep(LOOK).await,
            }
        }
        drop(listener);
        let _ = self.end.send(true);
        let all = async { while guests.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, all).await;
        Ok(())
    }
}

/// Answers one connection until it ends, or the server does.
async fn answer(stream: tokio::net::TcpStream, router: Router, mut ending: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(SPEAK)
        .max_buf_size(MOST_HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    // How a connection ended is its guest's business.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = ending.wait_for(|ends| *ends) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn over(interrupt: &Interrupt) {
    while !interrupt.is_set() {
        tokio::time::sleep(LOOK).await;
    }
}
