//! A text model that sees: it puts the manner of the first plates into words for those that follow.
//!
//! **Invariant:** it has no say where a person has had one, and looks once; a book can do without.

use book::project;
use book::style::{Origin, STYLE, StyleGuide};
use models::{Call, CallError, Notice, Picture, TextModel, TextRequest};
use serde::Deserialize;
use serde_json::json;

use crate::duty::Illustration;
use crate::features;
use crate::message::Message;
use crate::{IllustrateError, look};

/// So many plates are looked at.
const FIRST: usize = 3;
/// The turn of whoever looks.
const TURN: &str = "style.lock";
/// Longest answer that is kept, in characters.
const LONGEST: usize = 900;

const WHO: &str = "You are the art director of an illustrated book. You see its first plates and put \
                   their common manner into words, so that a painter who has not seen them paints the \
                   others in the same manner.";
const ASKED: &str = "Describe what these plates have in common, and not what they show: words: \
                     technique, line, light, period of dress and buildings, in two to four sentences, \
                     without names of artists; palette: four to six colours in plain words; avoid: what \
                     must never appear.";

/// How the plates look to a model.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Seen {
    words: String,
    palette: Vec<String>,
    avoid: String,
}

impl Illustration<'_> {
    /// Has the first plates looked at, once there are enough of them; the inner error is the model's,
    /// where it ends the run.
    pub(crate) fn look_at_the_first(&self) -> Result<Result<(), CallError>, IllustrateError> {
        let Some(eye) = self.eye else { return Ok(Ok(())) };
        if !self.may_look()? {
            return Ok(Ok(()));
        }
        // Whoever else looks writes down what he sees.
        let Some(_turn) = self.store.take_turn(TURN)? else { return Ok(Ok(())) };
        let pictures = self.first_plates()?;
        if pictures.len() < FIRST || !self.may_look()? {
            return Ok(Ok(()));
        }
        let before = look::guide(self.store, self.look)?;
        let flag = self.store.interrupt().flag();
        let notice = |notice: &Notice| (self.tell)(Message::Slow(notice.clone()));
        let call = Call::new(&flag).gate(self.gate).notice(&notice);
        let origin = Origin::Plates;
        let guide = match describe(eye, pictures, &call) {
            Ok(seen) => {
                let avoid = if seen.avoid.is_empty() { before.avoid } else { seen.avoid };
                StyleGuide { words: seen.words, palette: seen.palette, avoid, origin, ..before }
            }
            Err(error) if error.stops_the_run() => return Ok(Err(error)),
            Err(CallError::Interrupted) => return Ok(Err(CallError::Interrupted)),
            Err(error) => {
                (self.tell)(Message::NoLikeness("the manner".to_owned(), error.to_string()));
                // What was known stays, and is not asked for again.
                StyleGuide { origin, ..before }
            }
        };
        project::write(self.store, STYLE, &guide)?;
        self.manner.forget();
        Ok(Ok(()))
    }

    /// Whether the manner is still open: a person has not said it, and nobody has looked.
    fn may_look(&self) -> Result<bool, IllustrateError> {
        let manner = look::guide(self.store, self.look)?;
        Ok(!matches!(manner.origin, Origin::Given | Origin::Plates))
    }

    fn first_plates(&self) -> Result<Vec<Picture>, IllustrateError> {
        let mut pictures = Vec::new();
        for plate in features::hung(self.store)?.into_iter().take(FIRST) {
            let bytes = self.store.get(&plate.file)?.unwrap_or_default();
            pictures.extend(Picture::check(bytes));
        }
        Ok(pictures)
    }
}

fn describe(
    eye: &dyn TextModel,
    pictures: Vec<Picture>,
    call: &Call<'_>,
) -> Result<Seen, CallError> {
    let text = json!({"type": "string"});
    let schema = json!({
        "type": "object",
        "properties": {"words": text, "palette": {"type": "array", "items": text}, "avoid": text},
        "required": ["words", "palette", "avoid"],
        "additionalProperties": false,
    });
    let (system, user) = (WHO.to_owned(), ASKED.to_owned());
    let request =
        TextRequest { system, user, pictures, schema: Some(schema), ..TextRequest::default() };
    let answer = eye.complete(&request, call)?;
    let useless = |what: String| CallError::BadAnswer { engine: answer.model.clone(), what };
    let seen: Seen = serde_json::from_value(answer.json.clone().unwrap_or_default())
        .map_err(|error| useless(error.to_string()))?;
    let line = |text: &str| {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        words.chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>()
    };
    let seen = Seen {
        words: line(&seen.words),
        palette: seen.palette.iter().take(8).map(|colour| line(colour)).collect(),
        avoid: line(&seen.avoid),
    };
    if seen.words.is_empty() { Err(useless("it is empty".to_owned())) } else { Ok(seen) }
}
