//! Chat models that answer with pictures, as OpenRouter offers them.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{CallError, Stage};
use crate::fault::{Fault, Kind};
use crate::gate::Work;
use crate::image::{
    ImageAnswer, ImageModel, ImageRequest, RawPicture, accept, aspect, no_picture,
    prompt_with_negative,
};
use crate::money::{Price, estimate_tokens};
use crate::picture::decode_base64;
use crate::probe::{Finding, ProbeOf};
use crate::text::openai::{content, words_of};

/// A chat model that draws.
#[derive(Debug)]
pub(crate) struct ChatImages {
    pub endpoint: Endpoint,
    /// `1K`, `2K`, `4K`.
    pub quality: Option<String>,
    pub references: usize,
    pub extra: Map<String, Value>,
    pub key_variable: Option<&'static str>,
    /// The model has been found to answer with pictures only.
    pub pictures_only: AtomicBool,
}

impl ChatImages {
    fn body(&self, request: &ImageRequest, pictures_only: bool) -> Value {
        let references = &request.references[..request.references.len().min(self.references)];
        let content = content(&prompt_with_negative(request), references);
        let modalities: &[&str] = if pictures_only { &["image"] } else { &["image", "text"] };
        let mut image_config = json!({"aspect_ratio": aspect(request.width, request.height)});
        if let Some(size) = &self.quality {
            image_config["image_size"] = json!(size);
        }
        let mut body = json!({
            "model": self.endpoint.model,
            "messages": [{"role": "user", "content": content}],
            "modalities": modalities,
            "image_config": image_config,
        });
        for (name, value) in &self.extra {
            body[name] = value.clone();
        }
        body
    }

    fn ask(&self, request: &ImageRequest, call: &Call<'_>) -> Result<Value, Fault> {
        let pictures_only = self.pictures_only.load(Ordering::Relaxed);
        let body = self.body(request, pictures_only);
        self.endpoint.post("/chat/completions", &body, call).map_err(|fault| match &fault.kind {
            // A model that never answers with text is not found when text is asked for too.
            Kind::Final(error) if !pictures_only && error.to_string().contains("modalit") => {
                self.pictures_only.store(true, Ordering::Relaxed);
                Fault::free(Kind::Learnt { what: error.to_string() })
            }
            _ => fault,
        })
    }

    fn read(&self, answer: &Value, call: &Call<'_>) -> Result<RawPicture, Fault> {
        let count = |name: &str| answer["usage"][name].as_u64().unwrap_or(0);
        let tokens = (count("prompt_tokens"), count("completion_tokens"));
        let told = answer["usage"]["cost"].as_f64();
        let choice = &answer["choices"][0];
        if choice["error"].is_object() {
            return Err(self.endpoint.judge_value(choice, call));
        }
        let message = &choice["message"];
        let Some(url) = picture_url(message) else {
            let usage = self.endpoint.bill(tokens, 0, told);
            let name = self.endpoint.name();
            if let Some(words) = message["refusal"].as_str().filter(|words| !words.is_empty()) {
                return Err(Fault::refused(&name, Stage::Output, words, usage));
            }
            if choice["finish_reason"] == "content_filter" {
                return Err(Fault::refused(&name, Stage::Output, "no reason given", usage));
            }
            return Err(Fault::useless(no_picture(&words_of(&message["content"])), usage));
        };
        let usage = self.endpoint.bill(tokens, 1, told);
        let bytes = if url.starts_with("data:") {
            decode_base64(url).map_err(|why| Fault::useless(why, usage))?
        } else {
            self.endpoint.fetch_link(url, call)?
        };
        Ok(RawPicture { bytes, seed: None, revised_prompt: None, usage })
    }
}

/// The first picture of a message: in `images`, or among the parts of its content.
fn picture_url(message: &Value) -> Option<&str> {
    let parts = ["images", "content"].iter().filter_map(|list| message[*list].as_array());
    parts.flatten().find_map(|part| part["image_url"]["url"].as_str())
}

impl ImageModel for ChatImages {
    fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> Result<ImageAnswer, CallError> {
        let tokens = (estimate_tokens(&request.prompt), 0);
        let estimate = self.endpoint.estimate(Work::Image, Some(&request.request_id), tokens, 1);
        self.endpoint.run(&estimate, call, |_| {
            let answer = self.ask(request, call)?;
            accept(self.read(&answer, call)?)
        })
    }

    fn most_references(&self) -> usize {
        self.references
    }

    fn price(&self) -> Option<Price> {
        self.endpoint.price
    }

    fn probe(&self, call: &Call<'_>) -> Vec<Finding> {
        let (path, key_variable, context) = ("/models", self.key_variable, None);
        self.endpoint.probe_models(&ProbeOf { path, key_variable, context }, call)
    }
}
