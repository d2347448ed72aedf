//! Text models: one question, one answer, as text or as JSON that fits a schema.

use serde_json::Value;

use crate::call::Call;
use crate::error::CallError;
use crate::fault::Fault;
use crate::gate::Usage;
use crate::money::{Price, estimate_tokens};
use crate::picture::Picture;
use crate::probe::Finding;
use crate::retry::Answered;
use crate::{schema, structured};

pub(crate) mod anthropic;
pub(crate) mod ollama;
pub(crate) mod openai;

/// What a picture in a question takes, roughly, with most models.
const TOKENS_TO_A_PICTURE: u64 = 1500;

/// A question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TextRequest {
    /// Who the model is to be and how to answer.
    pub system: String,
    /// The question itself.
    pub user: String,
    /// Pictures the question is about, for a model that can see.
    pub pictures: Vec<Picture>,
    /// The JSON Schema of the answer; `None` for free text.
    pub schema: Option<Value>,
    /// The longest answer in tokens; `None` for the configured length.
    pub max_output_tokens: Option<u32>,
    /// Chance in the answer, from 0; `None` for the configured value.
    pub temperature: Option<f32>,
    /// For servers that can repeat an answer.
    pub seed: Option<u64>,
}

/// Why the model stopped writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// It was done.
    Complete,
    /// It was cut off at the longest length; JSON holds what was whole by then.
    Length,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct TextAnswer {
    /// What the model wrote.
    pub text: String,
    /// The JSON in it, where a schema was given; it fits the schema.
    pub json: Option<Value>,
    /// Tokens and price.
    pub usage: Usage,
    /// The model that answered, as the server names it.
    pub model: String,
    /// Whether the answer is whole.
    pub finish: Finish,
}

/// A text model on some server.
pub trait TextModel: Send + Sync {
    /// Asks one question, with retries and re-asks, until it is answered as the request demands.
    ///
    /// # Errors
    /// [`CallError`], sorted by what to do about it.
    fn complete(&self, request: &TextRequest, call: &Call<'_>) -> Result<TextAnswer, CallError>;

    /// Tokens of question and answer together that the model takes: as configured, or a careful
    /// guess for the engine.
    fn context(&self) -> u32;

    /// The price of its work, where it is known.
    fn price(&self) -> Option<Price>;

    /// Looks whether a call can succeed, without making a paid one.
    fn probe(&self, call: &Call<'_>) -> Vec<Finding>;

    /// Frees the graphics memory for another engine, where the server can.
    ///
    /// # Errors
    /// [`CallError`] where the server can but does not.
    fn unload(&self, call: &Call<'_>) -> Result<(), CallError> {
        let _ = call;
        Ok(())
    }
}

/// What a server's answer boils down to, before it is checked.
pub(crate) struct RawAnswer {
    pub text: String,
    pub usage: Usage,
    pub model: Option<String>,
    pub finish: Finish,
}

/// A question as it is asked this time: with the schema in words where the server does not take
/// it, and with the complaint about the last answer.
pub(crate) struct Wording {
    pub system: String,
    pub user: String,
}

impl Wording {
    pub fn new(request: &TextRequest, schema_in_words: bool, complaint: Option<&str>) -> Self {
        let mut system = request.system.clone();
        if let Some(schema) = request.schema.as_ref().filter(|_| schema_in_words) {
            system.push_str("\n\nAnswer with one JSON object and nothing else, of this schema:\n");
            system.push_str(&schema.to_string());
        }
        let mut user = request.user.clone();
        if let Some(complaint) = complaint {
            user.push_str("\n\nYour last answer could not be used: ");
            user.push_str(complaint);
            user.push_str(". Answer again, completely and in the form that was asked for.");
        }
        Self { system: system.trim_start().to_owned(), user }
    }
}

/// Tokens a question takes at most, all told.
pub(crate) fn tokens_of(request: &TextRequest) -> u64 {
    let wording = Wording::new(request, true, None);
    // A few tokens a message for the roles around the words.
    estimate_tokens(&wording.system)
        + estimate_tokens(&wording.user)
        + 16
        + TOKENS_TO_A_PICTURE * request.pictures.len() as u64
}

/// Refuses a question that leaves no room for an answer in a context of that size.
pub(crate) fn check_room(
    engine: &str,
    input: u64,
    longest_answer: u32,
    context: u32,
) -> Result<(), CallError> {
    // An answer is rarely as long as it may be; a quarter of the context is room enough.
    if input + u64::from(longest_answer.min(context / 4)) <= u64::from(context) {
        return Ok(());
    }
    let what = format!("about {input} tokens, and `context` is {context}");
    Err(CallError::TooLong { engine: engine.to_owned(), what })
}

/// Checks a server's answer against the request.
pub(crate) fn accept(
    raw: RawAnswer,
    request: &TextRequest,
    configured_model: &str,
) -> Result<Answered<TextAnswer>, Fault> {
    let RawAnswer { text, usage, model, finish } = raw;
    if text.trim().is_empty() {
        let why = match finish {
            Finish::Complete => "it is empty",
            Finish::Length => "it was cut off before it began; think less and answer sooner",
        };
        return Err(Fault::useless(why, usage));
    }
    let json = match &request.schema {
        None => None,
        Some(schema) => match structured::find_json(&text, Some(schema)) {
            Ok(mut value) => {
                schema::without_nulls(&mut value);
                Some(value)
            }
            Err(why) if finish == Finish::Length => {
                return Err(Fault::useless(
                    format!("it was cut off, and {why}; be briefer"),
                    usage,
                ));
            }
            Err(why) => return Err(Fault::useless(why, usage)),
        },
    };
    let model = model.filter(|m| !m.is_empty()).unwrap_or_else(|| configured_model.to_owned());
    Ok(Answered { value: TextAnswer { text, json, usage, model, finish }, usage })
}
