//! Anthropic's `/messages`.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{CallError, Stage};
use crate::fault::{Fault, Kind};
use crate::gate::{Charged, Work};
use crate::money::Price;
use crate::picture::Picture;
use crate::probe::{Finding, ProbeOf};
use crate::schema;
use crate::text::openai::words_of;
use crate::text::{
    Finish, RawAnswer, TextAnswer, TextModel, TextRequest, Wording, accept, tokens_of,
};

/// The version of the API that is spoken here.
pub(crate) const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");

/// A text model of Anthropic.
#[derive(Debug)]
pub(crate) struct AnthropicText {
    pub endpoint: Endpoint,
    pub context: u32,
    pub max_output_tokens: u32,
    pub temperature: Option<f32>,
    pub extra: Map<String, Value>,
    pub key_variable: Option<&'static str>,
    /// Fields the model has been found not to take.
    pub without_schema: AtomicBool,
    pub without_temperature: AtomicBool,
}

impl AnthropicText {
    fn longest(&self, request: &TextRequest) -> u32 {
        request.max_output_tokens.unwrap_or(self.max_output_tokens)
    }

    fn body(&self, request: &TextRequest, complaint: Option<&str>) -> Value {
        let in_words = self.without_schema.load(Ordering::Relaxed);
        let wording = Wording::new(request, in_words, complaint);
        let mut body = json!({
            "model": self.endpoint.model,
            "max_tokens": self.longest(request),
            "messages": [{"role": "user", "content": content(&wording.user, &request.pictures)}],
        });
        if !wording.system.is_empty() {
            body["system"] = json!(wording.system);
        }
        if let Some(temperature) = request.temperature.or(self.temperature)
            && !self.without_temperature.load(Ordering::Relaxed)
        {
            body["temperature"] = json!(temperature);
        }
        if let Some(schema) = request.schema.as_ref().filter(|_| !in_words) {
            let format = json!({"type": "json_schema", "schema": schema::strict(schema)});
            body["output_config"] = json!({"format": format});
        }
        for (name, value) in &self.extra {
            body[name] = value.clone();
        }
        body
    }

    /// Leaves out for good what a rejection names, if `sent` has it.
    fn learn(&self, fault: Fault, sent: &Value) -> Fault {
        let Some(what) = fault.rejection() else { return fault };
        let words = what.to_lowercase();
        let about = |names: &[&str]| names.iter().any(|name| words.contains(name));
        let lesson = if sent.get("temperature").is_some() && about(&["temperature"]) {
            &self.without_temperature
        } else if sent.get("output_config").is_some()
            && about(&["output_config", "schema", "structured", "output format", "extra inputs"])
        {
            &self.without_schema
        } else {
            return fault;
        };
        lesson.store(true, Ordering::Relaxed);
        Fault::free(Kind::Learnt { what: what.to_owned() })
    }

    fn read(&self, answer: &Value) -> Result<RawAnswer, Fault> {
        let count = |name: &str| answer["usage"][name].as_u64().unwrap_or(0);
        let input = count("input_tokens")
            + count("cache_creation_input_tokens")
            + count("cache_read_input_tokens");
        let usage = self.endpoint.bill((input, count("output_tokens")), 0, None);
        let name = self.endpoint.name();
        let finish = match answer["stop_reason"].as_str() {
            Some("refusal") => {
                let why = answer["stop_details"]["explanation"].as_str();
                let why = why.unwrap_or("no reason given");
                return Err(Fault::refused(&name, Stage::Output, why, usage));
            }
            Some("model_context_window_exceeded") => {
                let what = "the context was full before the answer was done";
                return Err(Fault::too_long(&name, what, Charged::Yes, usage));
            }
            Some("max_tokens") => Finish::Length,
            _ => Finish::Complete,
        };
        let model = answer["model"].as_str().map(str::to_owned);
        Ok(RawAnswer { text: words_of(&answer["content"]), usage, model, finish })
    }
}

/// The pictures, then the words that ask about them.
fn content(words: &str, pictures: &[Picture]) -> Value {
    let image = |picture: &Picture| {
        let (media_type, data) = (picture.media_type, picture.to_base64());
        let source = json!({"type": "base64", "media_type": media_type, "data": data});
        json!({"type": "image", "source": source})
    };
    let text = json!({"type": "text", "text": words});
    pictures.iter().map(image).chain([text]).collect()
}

impl TextModel for AnthropicText {
    fn complete(&self, request: &TextRequest, call: &Call<'_>) -> Result<TextAnswer, CallError> {
        let input = tokens_of(request);
        let longest = u64::from(self.longest(request));
        let estimate = self.endpoint.estimate(Work::Text, None, (input, longest), 0);
        self.endpoint.run(&estimate, call, |complaint| {
            let body = self.body(request, complaint);
            let answer = self
                .endpoint
                .post("/messages", &body, call)
                .map_err(|fault| self.learn(fault, &body))?;
            accept(self.read(&answer)?, request, &self.endpoint.model)
        })
    }

    fn context(&self) -> u32 {
        self.context
    }

    fn price(&self) -> Option<Price> {
        self.endpoint.price
    }

    fn probe(&self, call: &Call<'_>) -> Vec<Finding> {
        let (path, key_variable, context) = ("/models?limit=1000", self.key_variable, None);
        self.endpoint.probe_models(&ProbeOf { path, key_variable, context }, call)
    }
}
