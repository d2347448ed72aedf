//! Plates: what is known of one, and its picture.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use book::project::{self, ChapterPlates};
use illustrate::prompt::draft;
use illustrate::redraw::{self, Target};
use manifest::{ChapterId, Outcome, Store};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{App, Problem, off, tag};
use crate::picture::Width;

/// A moment of a chapter and the plate that shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlateView {
    plate: String,
    chapter: u32,
    concept: u32,
    chapter_title: String,
    /// `drawn`, `refused` or `wanted`.
    status: &'static str,
    reason: Option<String>,
    file: Option<String>,
    /// The book's own words; empty where they are not known to be.
    quote: String,
    description: String,
    elements: Vec<String>,
    setting: String,
    time_of_day: String,
    weather: String,
    mood: String,
    prompt: Option<String>,
    is_edited: bool,
    softened: Option<String>,
    engine: Option<String>,
    size: Option<[u32; 2]>,
    seed: Option<u64>,
    versions: usize,
    /// Whether there is an earlier picture to go back to.
    has_earlier: bool,
}

/// `GET /books/{id}/plates/{n}`: `9:1` is plate 1 of chapter 9, `9` all of chapter 9.
pub async fn describe(
    State(app): State<App>,
    Path((id, n)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let book = app.book(&id).await?;
    let target = target(&n)?;
    off(move || {
        let plates = redraw::plates(&book.store, &[target]);
        let plates = match (plates, target.concept) {
            // A chapter without moments has no plates, and that is no mistake.
            (Err(redraw::RedrawError::NotAnalyzed(..)), None) => Vec::new(),
            (plates, _) => plates?,
        };
        let views = of_chapter(&book.store, target.chapter, &plates)?;
        Ok(Json(match (target.concept, views.first()) {
            (Some(_), Some(plate)) => json!(plate),
            _ => json!({ "chapter": target.chapter, "plates": views }),
        }))
    })
    .await
}

pub fn target(n: &str) -> Result<Target, Problem> {
    n.parse().map_err(|error: redraw::TargetError| {
        Problem::new(StatusCode::BAD_REQUEST, error.to_string())
    })
}

fn of_chapter(
    store: &Store,
    chapter: ChapterId,
    plates: &[(ChapterId, u32)],
) -> Result<Vec<PlateView>, Problem> {
    let record = store.view(|manifest| {
        let record = manifest.chapters().get(&chapter);
        record.map(|record| (record.title.clone(), record.outcomes.clone()))
    })?;
    let Some((title, outcomes)) = record else { return Ok(Vec::new()) };
    let concepts = project::concepts(store, chapter)?;
    let concepts = concepts.map_or_else(Vec::new, |record| record.concepts);
    let made: Option<ChapterPlates> = project::read(store, &project::plates_name(chapter))?;
    let made = made.unwrap_or_else(|| ChapterPlates::new(chapter));
    let view = |concept: u32| {
        let moment = concepts.iter().find(|moment| moment.index == concept);
        let plate = made.plates.iter().find(|plate| plate.concept == concept);
        let draft = draft::read(store, &draft::name(chapter, concept))?;
        let versions = made.versions.iter().filter(|version| version.concept == concept).count();
        let (status, file, reason) = match outcomes.get(&concept) {
            Some(Outcome::Drawn(plate)) => ("drawn", Some(plate.file.clone()), None),
            Some(Outcome::Blocked(why)) => ("refused", None, Some(why.clone())),
            None => ("wanted", None, None),
        };
        let moment = moment.cloned().unwrap_or_default();
        Ok(PlateView {
            plate: format!("{chapter}:{concept}"),
            chapter: chapter.0,
            concept,
            chapter_title: title.clone(),
            status,
            reason,
            file,
            quote: moment.caption().to_owned(),
            description: moment.description,
            elements: moment.elements,
            setting: moment.setting,
            time_of_day: moment.time_of_day,
            weather: moment.weather,
            mood: moment.mood,
            is_edited: draft.as_ref().is_some_and(|draft| draft.edited),
            prompt: draft.map(|draft| draft.text).or(plate.map(|plate| plate.prompt.clone())),
            softened: plate.and_then(|plate| plate.softened.clone()),
            engine: plate.map(|plate| plate.engine.clone()),
            size: plate.map(|plate| plate.size),
            seed: plate.map(|plate| plate.seed),
            versions,
            has_earlier: plate.is_some_and(|plate| made.before(concept, &plate.file).is_some()),
        })
    };
    plates.iter().map(|(_, concept)| view(*concept)).collect()
}

/// How a picture is wanted.
#[derive(Deserialize)]
pub struct Wanted {
    /// Its width in pixels; as it is where not given.
    width: Option<Width>,
    /// Which one of several that have had this address.
    v: Option<String>,
}

/// `GET /books/{id}/plates/{n}/picture`
pub async fn picture(
    State(app): State<App>,
    Path((id, n)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let book = app.book(&id).await?;
    let Target { chapter, concept: Some(concept) } = target(&n)? else {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "name one plate, as in `9:1`"));
    };
    let snapshot = book.now().await?;
    let of_chapter = snapshot.report.chapters.iter().find(|record| record.chapter == chapter.0);
    let file = of_chapter.and_then(|record| record.pictures.get(&concept)).cloned();
    let missing = || Problem::new(StatusCode::NOT_FOUND, format!("plate {n} is not drawn yet"));
    let file = file.ok_or_else(missing)?;
    // A plate's name ends with the start of its key: the same name is the same picture for ever.
    let is_that = wanted.v.as_ref().is_some_and(|v| *v == file);
    let caching = if is_that { "private, max-age=31536000, immutable" } else { "no-cache" };
    let tag = tag(format!("{file} {:?}", wanted.width).as_bytes());
    let caching = [(header::CACHE_CONTROL, caching.to_owned()), (header::ETAG, tag.clone())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let picture = app.pictures.get(&book, &file, wanted.width).await?;
    Ok((caching, [(header::CONTENT_TYPE, picture.kind)], picture.bytes).into_response())
}
