//! What a person does from the page: the same requests that the commands make.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use book::project;
use config::Flags;
use illustrate::redraw::{self, Target, Wish};
use manifest::{ChapterId, Interrupt, Options, Request, Store};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;

use super::{App, Problem, off};
use crate::live::Book;

/// How long a chapter that is being drawn is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Plates of one request.
const MOST_PLATES: usize = 1000;
/// Characters of a prompt.
const LONGEST_PROMPT: usize = 20_000;

type Answer = Result<Json<Value>, Problem>;

/// `POST /books/{id}/pause`
pub async fn pause(state: State<App>, id: Path<String>) -> Answer {
    ask(state, id, Request::Pause).await
}

/// `POST /books/{id}/resume`
pub async fn resume(state: State<App>, id: Path<String>) -> Answer {
    ask(state, id, Request::Resume).await
}

/// `POST /books/{id}/cancel`
pub async fn cancel(state: State<App>, id: Path<String>) -> Answer {
    ask(state, id, Request::Cancel).await
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Retry {
    /// Leave alone what an engine has refused.
    failed: bool,
}

/// `POST /books/{id}/retry`
pub async fn retry(state: State<App>, id: Path<String>, body: Bytes) -> Answer {
    let Retry { failed } = wish(&body)?;
    ask(state, id, Request::Retry { failed_only: failed }).await
}

async fn ask(State(app): State<App>, Path(id): Path<String>, request: Request) -> Answer {
    let book = app.book(&id).await?;
    let asked = Arc::clone(&book);
    let answer = off(move || {
        let store = &asked.store;
        let before = |manifest: &_, events: &[_]| project::remove_results(store, manifest, events);
        match store.request(&request, before)? {
            Ok(events) => Ok(Json(json!({ "bookId": asked.id, "events": events }))),
            Err(why) => {
                let folder = store.folder().display().to_string();
                let why = why.to_string().replace("DIR", &folder);
                Err(Problem::new(StatusCode::CONFLICT, why))
            }
        }
    })
    .await;
    book.touched().await;
    answer
}

/// What is to be drawn again, and how.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Redraw {
    /// `9:1` is plate 1 of chapter 9, `9` all of chapter 9.
    plates: Vec<String>,
    /// In these words.
    #[serde(default)]
    prompt: Option<String>,
    /// With this seed.
    #[serde(default)]
    seed: Option<u64>,
    /// Take back the earlier picture instead.
    #[serde(default)]
    undo: bool,
}

/// `POST /books/{id}/redraw`
pub async fn redraw(
    State(app): State<App>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let Redraw { plates, prompt, seed, undo } = wish(&body)?;
    let refuse = |why: &str| Err(Problem::new(StatusCode::BAD_REQUEST, why));
    if plates.is_empty() || plates.len() > MOST_PLATES {
        return refuse("name the plates to draw again, as in `\"plates\": [\"9:1\"]`");
    }
    if prompt.as_ref().is_some_and(|p| p.trim().is_empty() || p.chars().count() > LONGEST_PROMPT) {
        return refuse("a prompt has from 1 to 20,000 characters");
    }
    if undo && (prompt.is_some() || seed.is_some()) {
        return refuse("an earlier picture is taken back as it is, without another prompt or seed");
    }
    let targets: Vec<Target> =
        plates.iter().map(|n| super::plates::target(n)).collect::<Result<_, _>>()?;
    let book = app.book(&id).await?;
    let busy =
        |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "enough is being drawn again already");
    let place = Arc::clone(&app.drawings).try_acquire_owned().map_err(busy)?;
    let wish = Wish { prompt, seed };
    let ordered = order(&book, targets, wish, undo).await;
    book.touched().await;
    let plates = ordered?;
    let named: Vec<_> = plates.iter().map(|(chapter, n)| format!("{chapter}:{n}")).collect();
    if undo {
        return Ok(Json(json!({ "bookId": book.id, "plates": named })).into_response());
    }
    let interrupt = app.interrupt.clone();
    // It ends with the server, which does not wait for it: what it holds is then free for others.
    drop(tokio::task::spawn_blocking(move || draw(&book, &plates, &interrupt, place)));
    Ok((StatusCode::ACCEPTED, Json(json!({ "bookId": id, "plates": named }))).into_response())
}

/// Puts the plates back with other words, or takes their earlier pictures back.
async fn order(
    book: &Arc<Book>,
    targets: Vec<Target>,
    wish: Wish,
    undo: bool,
) -> Result<Vec<(ChapterId, u32)>, Problem> {
    let patience = Interrupt::new();
    let options = Options { interrupt: patience.clone(), ..Options::default() };
    let book = Arc::clone(book);
    let work = off(move || {
        // With waits of its own: who draws the chapter may be long at it.
        let store = Store::open(book.store.folder(), options)?;
        let plates = redraw::plates(&store, &targets)?;
        if undo {
            redraw::undo(&store, &plates)?;
            project::write_views(&store)?;
        } else {
            redraw::order(&store, &plates, &wish)?;
        }
        Ok(plates)
    });
    tokio::pin!(work);
    tokio::select! {
        done = &mut work => done,
        () = tokio::time::sleep(PATIENCE) => {
            patience.set();
            let busy = "the chapter is being drawn; try again when it is done";
            work.await.map_err(|_| Problem::new(StatusCode::CONFLICT, busy))
        }
    }
}

/// Draws what was put back, if no daemon does.
fn draw(
    book: &Book,
    plates: &[(ChapterId, u32)],
    interrupt: &Interrupt,
    place: OwnedSemaphorePermit,
) {
    book.set_trouble(None);
    let options = Options { interrupt: interrupt.clone(), ..Options::default() };
    let drawn = Store::open(book.store.folder(), options).map_err(Into::into).and_then(|store| {
        let tell: illustrate::Tell = Arc::new(|_| {});
        redraw::draw(&store, plates, &Flags::new(), interrupt, &tell)
    });
    match drawn {
        Ok(manifest::crew::Ending::OutOfBudget) => {
            let why = "the budget is spent; run it again with a larger one";
            book.set_trouble(Some(why.to_owned()));
        }
        Ok(_) => {}
        Err(error) => book.set_trouble(Some(error.to_string())),
    }
    drop(place);
}

/// Reads what a request wishes; an empty one wishes nothing special.
fn wish<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        Problem::new(StatusCode::BAD_REQUEST, format!("the request cannot be understood: {error}"))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    token: String,
}

/// `POST /session`: a browser shows the token once and keeps a cookie.
pub async fn sign_in(State(app): State<App>, body: Bytes) -> Result<Response, Problem> {
    let SignIn { token: shown } = wish(&body)?;
    match &app.token {
        None => Ok(StatusCode::NO_CONTENT.into_response()),
        Some(token) if token.is(shown.trim()) => {
            Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, token.set_cookie())]).into_response())
        }
        Some(_) => Err(Problem::new(StatusCode::UNAUTHORIZED, "this is not the token")),
    }
}
