//! `/images/generations` and `/images/edits` as OpenAI has them, and as compatible servers do.
//!
//! With reference pictures the edits route is used, as a multipart form. The families of models
//! differ in sizes and fields; models of unknown name get the requested size and are asked for
//! base64, and a field the server rejects is dropped for good.

use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::CallError;
use crate::fault::{Fault, Kind};
use crate::gate::{Charged, Usage, Work};
use crate::image::{
    ImageAnswer, ImageModel, ImageRequest, RawPicture, USUAL_REFERENCES, accept, nearest_shape,
};
use crate::money::{Price, estimate_tokens};
use crate::multipart::{self, File};
use crate::picture::{Picture, decode_base64};
use crate::probe::{Finding, ProbeOf};

/// Most reference pictures the edits route takes.
const MOST_REFERENCES: usize = 16;

/// An image model behind `/images/…`.
#[derive(Debug)]
pub(crate) struct OpenAiImages {
    pub endpoint: Endpoint,
    pub quality: Option<String>,
    pub references: usize,
    pub extra: Map<String, Value>,
    pub key_variable: Option<&'static str>,
    /// Fields the server has rejected.
    pub unwanted: Mutex<Vec<&'static str>>,
}

/// Families of models that differ in what they take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    DallE2,
    DallE3,
    /// gpt-image-1, -1-mini, -1.5: three sizes, always base64.
    GptImage,
    /// gpt-image-2 and later: any size in steps of 16.
    GptImageFree,
    Unknown,
}

impl Family {
    fn of(model: &str) -> Self {
        // OpenRouter and others put the maker's name before the model's.
        let name = model.rsplit('/').next().unwrap_or(model);
        if name.starts_with("dall-e-2") {
            Self::DallE2
        } else if name.starts_with("dall-e-3") {
            Self::DallE3
        } else if name.starts_with("gpt-image-1") {
            Self::GptImage
        } else if name.starts_with("gpt-image-") {
            Self::GptImageFree
        } else {
            Self::Unknown
        }
    }

    fn size(self, width: u32, height: u32) -> (u32, u32) {
        match self {
            Self::DallE2 => (1024, 1024),
            Self::DallE3 => {
                nearest_shape(&[(1024, 1024), (1792, 1024), (1024, 1792)], width, height)
            }
            Self::GptImage => {
                nearest_shape(&[(1024, 1024), (1536, 1024), (1024, 1536)], width, height)
            }
            Self::GptImageFree => in_steps_of_16(width, height),
            Self::Unknown => (width, height),
        }
    }

    /// gpt-image answers in base64 anyway and rejects the wish for it.
    fn wants_response_format(self) -> bool {
        !matches!(self, Self::GptImage | Self::GptImageFree)
    }
}

/// Both sides in steps of 16, no longer than 3 to 1, within 3840 by 2160 either way.
fn in_steps_of_16(width: u32, height: u32) -> (u32, u32) {
    let (width, height) = (width.clamp(256, 3840), height.clamp(256, 3840));
    let (width, height) = (width.min(height * 3), height.min(width * 3));
    let (long, short) = (width.max(height), width.min(height));
    let scale = (2160.0 / f64::from(short)).min(3840.0 / f64::from(long)).min(1.0);
    let step = |side: u32| ((f64::from(side) * scale / 16.0).floor() as u32).max(16) * 16;
    (step(width), step(height))
}

impl OpenAiImages {
    fn fields(&self, request: &ImageRequest, with_references: bool) -> Map<String, Value> {
        let family = Family::of(&self.endpoint.model);
        let (width, height) = family.size(request.width, request.height);
        let mut fields = Map::new();
        let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        set("model", json!(self.endpoint.model));
        set("prompt", json!(request.prompt));
        set("n", json!(1));
        set("size", json!(format!("{width}x{height}")));
        if let Some(quality) = &self.quality {
            set("quality", json!(quality));
        }
        if family.wants_response_format() {
            set("response_format", json!("b64_json"));
        }
        if family == Family::GptImage && with_references {
            // Keeps faces as they are.
            set("input_fidelity", json!("high"));
        }
        if family == Family::Unknown {
            if let Some(seed) = request.seed {
                set("seed", json!(seed));
            }
            if !request.negative.is_empty() {
                set("negative_prompt", json!(request.negative));
            }
        }
        let unwanted = self.unwanted.lock().unwrap_or_else(PoisonError::into_inner);
        fields.retain(|name, _| !unwanted.contains(&name.as_str()));
        fields.extend(self.extra.clone());
        fields
    }

    fn ask(&self, request: &ImageRequest, call: &Call<'_>) -> Result<Value, Fault> {
        let references = &request.references[..request.references.len().min(self.references)];
        let fields = self.fields(request, !references.is_empty());
        let sent: Vec<String> = fields.keys().cloned().collect();
        let answer = if references.is_empty() {
            self.endpoint.post("/images/generations", &Value::Object(fields), call)
        } else {
            let (content_type, bytes) = multipart::form(&fields, &files(references));
            self.endpoint.post_bytes("/images/edits", &content_type, bytes, call)
        };
        answer.map_err(|fault| self.learn(fault, &sent))
    }

    /// Drops an optional field for good when the server's rejection names it.
    fn learn(&self, fault: Fault, sent: &[String]) -> Fault {
        const OPTIONAL: [&str; 6] =
            ["response_format", "negative_prompt", "input_fidelity", "quality", "seed", "n"];
        let Some(what) = fault.rejection() else { return fault };
        let names_it = |field: &&&str| {
            sent.iter().any(|s| s == **field)
                && what.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == **field)
        };
        let Some(field) = OPTIONAL.iter().find(names_it) else { return fault };
        self.unwanted.lock().unwrap_or_else(PoisonError::into_inner).push(field);
        Fault::free(Kind::Learnt { what: what.to_owned() })
    }

    fn read(
        &self,
        answer: &Value,
        request: &ImageRequest,
        call: &Call<'_>,
    ) -> Result<RawPicture, Fault> {
        let usage = self.usage(answer);
        let first = &answer["data"][0];
        let bytes = if let Some(text) = first["b64_json"].as_str().filter(|text| !text.is_empty()) {
            decode_base64(text).map_err(|why| Fault::useless(why, usage))?
        } else if let Some(url) = first["url"].as_str() {
            if url.starts_with("data:") {
                decode_base64(url).map_err(|why| Fault::useless(why, usage))?
            } else {
                self.endpoint.fetch_link(url, call)?
            }
        } else {
            let what = "no picture in the answer".to_owned();
            let kind = Kind::Useless { what };
            return Err(Fault { kind, charged: Charged::Unknown, usage });
        };
        let revised_prompt = first["revised_prompt"].as_str().map(str::to_owned);
        let family = Family::of(&self.endpoint.model);
        let seed = first["seed"].as_u64().or(request.seed.filter(|_| family == Family::Unknown));
        Ok(RawPicture { bytes, seed, revised_prompt, usage })
    }

    fn usage(&self, answer: &Value) -> Usage {
        let usage = &answer["usage"];
        let count = |a: &str, b: &str| usage[a].as_u64().or_else(|| usage[b].as_u64()).unwrap_or(0);
        let tokens =
            (count("input_tokens", "prompt_tokens"), count("output_tokens", "completion_tokens"));
        self.endpoint.bill(tokens, 1, usage["cost"].as_f64())
    }
}

fn files(references: &[Picture]) -> Vec<File<'_>> {
    let file = |(n, picture): (usize, _)| File {
        field: "image[]",
        name: format!("reference-{}", n + 1),
        picture,
    };
    references.iter().enumerate().map(file).collect()
}

impl ImageModel for OpenAiImages {
    fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> Result<ImageAnswer, CallError> {
        let tokens = (estimate_tokens(&request.prompt), 0);
        let estimate = self.endpoint.estimate(Work::Image, Some(&request.request_id), tokens, 1);
        self.endpoint.run(&estimate, call, |_| {
            let answer = self.ask(request, call)?;
            accept(self.read(&answer, request, call)?)
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

impl OpenAiImages {
    /// How many reference pictures are sent at most. Whether a server of another make knows
    /// `/images/edits` is not known: it is sent none that are not asked for.
    pub fn references(model: &str, wished: Option<u32>) -> usize {
        let usual = match Family::of(model) {
            Family::DallE2 | Family::DallE3 => return 0,
            Family::Unknown => 0,
            Family::GptImage | Family::GptImageFree => USUAL_REFERENCES,
        };
        wished.map_or(usual, |wished| wished as usize).min(MOST_REFERENCES)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_those_the_model_draws() {
        let size = |model| Family::of(model).size(1200, 800);
        assert_eq!(size("gpt-image-1-mini"), (1536, 1024));
        assert_eq!(size("dall-e-3"), (1792, 1024));
        assert_eq!(size("gpt-image-2-2026-04-21"), (1200, 800));
        assert_eq!(size("openai/gpt-image-1"), (1536, 1024));
        assert_eq!(size("flux.1-dev"), (1200, 800));
    }

    proptest! {
        #[test]
        fn free_sizes_keep_the_rules(width in 0u32..20_000, height in 0u32..20_000) {
            let (w, h) = in_steps_of_16(width, height);
            prop_assert!(w % 16 == 0 && h % 16 == 0);
            prop_assert!(w.max(h) <= 3840 && w.min(h) <= 2160);
            // A step may tip an exact 3 to 1 over by less than a step.
            prop_assert!(w <= 3 * h + 48 && h <= 3 * w + 48);
        }
    }
}
