//! Gemini's own API: `generateContent` answers with text, with pictures, or with both.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value, json};

use crate::base_url::escape;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{CallError, Stage};
use crate::fault::{Fault, Kind};
use crate::gate::{Usage, Work};
use crate::image::{self, ImageAnswer, ImageModel, ImageRequest, RawPicture, aspect};
use crate::money::{Price, estimate_tokens};
use crate::picture::{Picture, decode_base64};
use crate::probe::{Finding, ProbeOf};
use crate::report::excerpt;
use crate::text::{self, Finish, RawAnswer, TextAnswer, TextModel, TextRequest, Wording};

/// Most reference pictures that are sent; more than the models make use of.
const MOST_REFERENCES: usize = 14;

/// A Gemini model.
#[derive(Debug)]
pub(crate) struct Gemini {
    pub endpoint: Endpoint,
    pub extra: Map<String, Value>,
    pub key_variable: Option<&'static str>,
}

impl Gemini {
    fn path(&self) -> String {
        let model = &self.endpoint.model;
        let model = model.strip_prefix("models/").unwrap_or(model);
        format!("/models/{}:generateContent", escape(model))
    }

    /// Adds what the configuration says; `generationConfig` is added to, not replaced.
    fn finish_body(&self, body: &mut Value) {
        for (name, value) in &self.extra {
            match (body.get_mut(name).and_then(Value::as_object_mut), value.as_object()) {
                (Some(old), Some(new)) => old.extend(new.clone()),
                _ => body[name] = value.clone(),
            }
        }
    }

    fn bill(&self, answer: &Value, pictures: u32) -> Usage {
        let count = |name: &str| answer["usageMetadata"][name].as_u64().unwrap_or(0);
        let output = count("candidatesTokenCount") + count("thoughtsTokenCount");
        self.endpoint.bill((count("promptTokenCount"), output), pictures, None)
    }

    /// The first candidate, unless a filter has taken it.
    fn candidate<'a>(&self, answer: &'a Value, usage: Usage) -> Result<&'a Value, Fault> {
        let name = self.endpoint.name();
        if let Some(reason) = answer["promptFeedback"]["blockReason"].as_str() {
            return Err(Fault::refused(&name, Stage::Input, reason, usage));
        }
        let candidate = &answer["candidates"][0];
        let reason = candidate["finishReason"].as_str().unwrap_or_default();
        let filtered = matches!(
            reason,
            "SAFETY"
                | "RECITATION"
                | "PROHIBITED_CONTENT"
                | "BLOCKLIST"
                | "SPII"
                | "LANGUAGE"
                | "IMAGE_SAFETY"
                | "IMAGE_PROHIBITED_CONTENT"
                | "IMAGE_RECITATION"
                | "IMAGE_OTHER"
        );
        if filtered {
            let words = candidate["finishMessage"].as_str().unwrap_or_default();
            let why = excerpt(&format!("{reason} {words}"));
            return Err(Fault::refused(&name, Stage::Output, why, usage));
        }
        Ok(candidate)
    }

    fn probe(&self, call: &Call<'_>) -> Vec<Finding> {
        let (path, key_variable) = ("/models?pageSize=1000", self.key_variable);
        self.endpoint.probe_models(&ProbeOf { path, key_variable, context: None }, call)
    }
}

/// Words and pictures as the parts of a question.
fn parts_of(words: &str, pictures: &[Picture]) -> Value {
    let image = |picture: &Picture| {
        let data = json!({"mimeType": picture.media_type, "data": picture.to_base64()});
        json!({"inlineData": data})
    };
    std::iter::once(json!({"text": words})).chain(pictures.iter().map(image)).collect()
}

/// The parts of a candidate that are no thoughts.
fn parts(candidate: &Value) -> impl Iterator<Item = &Value> {
    let parts = candidate["content"]["parts"].as_array();
    parts.into_iter().flatten().filter(|part| part["thought"] != json!(true))
}

fn words(candidate: &Value) -> String {
    parts(candidate).filter_map(|part| part["text"].as_str()).collect()
}

/// A Gemini model that is asked for text.
#[derive(Debug)]
pub(crate) struct GeminiText {
    pub gemini: Gemini,
    pub context: u32,
    pub max_output_tokens: u32,
    pub temperature: Option<f32>,
    /// The model has been found not to take a schema.
    pub without_schema: AtomicBool,
}

impl GeminiText {
    fn longest(&self, request: &TextRequest) -> u32 {
        request.max_output_tokens.unwrap_or(self.max_output_tokens)
    }

    fn body(&self, request: &TextRequest, complaint: Option<&str>) -> Value {
        let in_words = self.without_schema.load(Ordering::Relaxed);
        let wording = Wording::new(request, in_words, complaint);
        let mut config = json!({"maxOutputTokens": self.longest(request)});
        if let Some(temperature) = request.temperature.or(self.temperature) {
            config["temperature"] = json!(temperature);
        }
        if let Some(seed) = request.seed {
            // The server takes a signed 32-bit number.
            config["seed"] = json!(seed & 0x7fff_ffff);
        }
        if let Some(schema) = &request.schema {
            config["responseMimeType"] = json!("application/json");
            if !in_words {
                config["responseJsonSchema"] = schema.clone();
            }
        }
        let mut body = json!({
            "contents": [{"role": "user", "parts": parts_of(&wording.user, &request.pictures)}],
            "generationConfig": config,
        });
        if !wording.system.is_empty() {
            body["systemInstruction"] = json!({"parts": [{"text": wording.system}]});
        }
        self.gemini.finish_body(&mut body);
        body
    }

    fn learn(&self, fault: Fault, request: &TextRequest) -> Fault {
        let Some(what) = fault.rejection() else { return fault };
        let about_it = what.to_lowercase().contains("schema") && request.schema.is_some();
        if !about_it || self.without_schema.swap(true, Ordering::Relaxed) {
            return fault;
        }
        Fault::free(Kind::Learnt { what: what.to_owned() })
    }

    fn read(&self, answer: &Value) -> Result<RawAnswer, Fault> {
        let usage = self.gemini.bill(answer, 0);
        let candidate = self.gemini.candidate(answer, usage)?;
        let finish = match candidate["finishReason"].as_str() {
            Some("MAX_TOKENS") => Finish::Length,
            _ => Finish::Complete,
        };
        let model = answer["modelVersion"].as_str().map(str::to_owned);
        Ok(RawAnswer { text: words(candidate), usage, model, finish })
    }
}

impl TextModel for GeminiText {
    fn complete(&self, request: &TextRequest, call: &Call<'_>) -> Result<TextAnswer, CallError> {
        let endpoint = &self.gemini.endpoint;
        let input = text::tokens_of(request);
        let longest = u64::from(self.longest(request));
        let estimate = endpoint.estimate(Work::Text, None, (input, longest), 0);
        endpoint.run(&estimate, call, |complaint| {
            let body = self.body(request, complaint);
            let answer = endpoint
                .post(&self.gemini.path(), &body, call)
                .map_err(|fault| self.learn(fault, request))?;
            text::accept(self.read(&answer)?, request, &endpoint.model)
        })
    }

    fn context(&self) -> u32 {
        self.context
    }

    fn price(&self) -> Option<Price> {
        self.gemini.endpoint.price
    }

    fn probe(&self, call: &Call<'_>) -> Vec<Finding> {
        self.gemini.probe(call)
    }
}

/// A Gemini model that is asked for pictures.
#[derive(Debug)]
pub(crate) struct GeminiImages {
    pub gemini: Gemini,
    /// `1K`, `2K`, `4K`.
    pub quality: Option<String>,
    pub references: usize,
}

impl GeminiImages {
    fn body(&self, request: &ImageRequest) -> Value {
        let most = self.references.min(MOST_REFERENCES).min(request.references.len());
        let words = image::prompt_with_negative(request);
        let parts = parts_of(&words, &request.references[..most]);
        let mut image_config = json!({"aspectRatio": aspect(request.width, request.height)});
        if let Some(size) = &self.quality {
            image_config["imageSize"] = json!(size);
        }
        let mut body = json!({
            "contents": [{"role": "user", "parts": parts}],
            "generationConfig": {
                "responseModalities": ["TEXT", "IMAGE"],
                "imageConfig": image_config,
            },
        });
        self.gemini.finish_body(&mut body);
        body
    }

    fn read(&self, answer: &Value) -> Result<RawPicture, Fault> {
        let nothing = self.gemini.bill(answer, 0);
        let candidate = self.gemini.candidate(answer, nothing)?;
        let picture = parts(candidate).find_map(|part| part["inlineData"]["data"].as_str());
        let Some(picture) = picture else {
            return Err(Fault::useless(image::no_picture(&words(candidate)), nothing));
        };
        let usage = self.gemini.bill(answer, 1);
        let bytes = decode_base64(picture).map_err(|why| Fault::useless(why, usage))?;
        Ok(RawPicture { bytes, seed: None, revised_prompt: None, usage })
    }
}

impl ImageModel for GeminiImages {
    fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> Result<ImageAnswer, CallError> {
        let endpoint = &self.gemini.endpoint;
        let tokens = (estimate_tokens(&request.prompt), 0);
        let estimate = endpoint.estimate(Work::Image, Some(&request.request_id), tokens, 1);
        endpoint.run(&estimate, call, |_| {
            let answer = endpoint.post(&self.gemini.path(), &self.body(request), call)?;
            image::accept(self.read(&answer)?)
        })
    }

    fn most_references(&self) -> usize {
        self.references
    }

    fn price(&self) -> Option<Price> {
        self.gemini.endpoint.price
    }

    fn probe(&self, call: &Call<'_>) -> Vec<Finding> {
        self.gemini.probe(call)
    }
}
