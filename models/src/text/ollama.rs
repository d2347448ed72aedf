//! Ollama by its own API, since the compatible one cannot set the size of the context.
//!
//! Ollama cuts a text that is too long without a word: the answer then knows only a part of the
//! chapter. So the context is set with each request, cutting is forbidden where the server knows
//! the wish (`truncate`), and the count of tokens read is compared with the text that was sent.
//! The answer is streamed, so that the idle timeout sees a server that hangs.

use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::CallError;
use crate::fault::Fault;
use crate::gate::{Charged, Work};
use crate::money::Price;
use crate::picture::Picture;
use crate::probe::{Finding, context_finding, listed_models};
use crate::text::{
    Finish, RawAnswer, TextAnswer, TextModel, TextRequest, Wording, accept, check_room, tokens_of,
};

/// No text has more letters to a token than this, on average.
const MOST_LETTERS_TO_A_TOKEN: f64 = 5.5;

/// A text model of Ollama.
#[derive(Debug)]
pub(crate) struct OllamaText {
    pub endpoint: Endpoint,
    pub context: u32,
    pub max_output_tokens: u32,
    pub temperature: Option<f32>,
    pub extra: Map<String, Value>,
}

impl OllamaText {
    fn longest(&self, request: &TextRequest) -> u32 {
        request.max_output_tokens.unwrap_or(self.max_output_tokens)
    }

    fn body(&self, request: &TextRequest, wording: &Wording) -> Value {
        let mut options = json!({
            "num_ctx": self.context,
            "num_predict": self.longest(request),
        });
        if let Some(temperature) = request.temperature.or(self.temperature) {
            options["temperature"] = json!(temperature);
        }
        if let Some(seed) = request.seed {
            options["seed"] = json!(seed);
        }
        let images: Vec<String> = request.pictures.iter().map(Picture::to_base64).collect();
        let mut body = json!({
            "model": self.endpoint.model,
            "messages": [
                {"role": "system", "content": wording.system},
                {"role": "user", "content": wording.user, "images": images},
            ],
            "stream": true,
            "think": false,
            "truncate": false,
            "shift": false,
            "options": options,
        });
        if let Some(schema) = &request.schema {
            body["format"] = schema.clone();
        }
        for (name, value) in &self.extra {
            match (body.get_mut(name).and_then(Value::as_object_mut), value.as_object()) {
                // `[extra.options]` adds to the options instead of replacing them.
                (Some(old), Some(new)) if name == "options" => old.extend(new.clone()),
                _ => body[name] = value.clone(),
            }
        }
        body
    }

    fn read(&self, lines: &[Value], sent: &str) -> Result<RawAnswer, Fault> {
        let Some(last) = lines.last().filter(|last| last["done"] == json!(true)) else {
            return Err(Fault::lost("the answer broke off".to_owned()));
        };
        let text: String =
            lines.iter().filter_map(|line| line["message"]["content"].as_str()).collect();
        let read = last["prompt_eval_count"].as_u64();
        let written = last["eval_count"].as_u64().unwrap_or(0);
        let usage = self.endpoint.bill((read.unwrap_or(0), written), 0, None);
        if let Some(read) = read.filter(|&read| was_cut(sent, read)) {
            let what = format!(
                "only {read} tokens of {} letters were read, the rest was cut off without a word",
                sent.chars().count()
            );
            return Err(Fault::too_long(&self.endpoint.name(), what, Charged::Yes, usage));
        }
        let finish = match last["done_reason"].as_str() {
            Some("length") => Finish::Length,
            _ => Finish::Complete,
        };
        let model = last["model"].as_str().map(str::to_owned);
        Ok(RawAnswer { text, usage, model, finish })
    }
}

/// Whether a server that read `tokens` tokens cannot have read all of `sent`. A count of zero is
/// what older servers say of a text they remember.
fn was_cut(sent: &str, tokens: u64) -> bool {
    let letters = sent.chars().count() as f64;
    let least = (letters / MOST_LETTERS_TO_A_TOKEN) as u64;
    // A context of the usual size that is full to the brim is a cut where the text is near it.
    let brim = matches!(tokens, 2047..=2048 | 4095..=4096 | 8191..=8192);
    tokens > 0 && (tokens < least || brim && (tokens as f64) < letters / 4.0)
}

impl TextModel for OllamaText {
    fn complete(&self, request: &TextRequest, call: &Call<'_>) -> Result<TextAnswer, CallError> {
        let input = tokens_of(request);
        let longest = self.longest(request);
        check_room(&self.endpoint.name(), input, longest, self.context)?;
        let longest = u64::from(longest);
        let estimate = self.endpoint.estimate(Work::Text, None, (input, longest), 0);
        self.endpoint.run(&estimate, call, |complaint| {
            // Its documentation advises to repeat the schema in words.
            let wording = Wording::new(request, true, complaint);
            let body = self.body(request, &wording);
            let lines = self.endpoint.post_for_lines("/api/chat", &body, call)?;
            let sent = format!("{}{}", wording.system, wording.user);
            accept(self.read(&lines, &sent)?, request, &self.endpoint.model)
        })
    }

    fn context(&self) -> u32 {
        self.context
    }

    fn price(&self) -> Option<Price> {
        self.endpoint.price
    }

    fn probe(&self, call: &Call<'_>) -> Vec<Finding> {
        let name = self.endpoint.name();
        let models = match self.endpoint.ask_quickly("/api/tags", call) {
            Ok(answer) => listed_models(&answer),
            Err(fault) => {
                let next = "start it with `ollama serve`, or set `base_url`";
                return vec![Finding::of_fault(fault, &name, next)];
            }
        };
        let mut model = self.endpoint.model_finding(&models);
        if !model.next.is_empty() && !self.endpoint.model.is_empty() {
            model = Finding::bad(
                "model",
                format!("`{}` is not there", self.endpoint.model),
                format!("fetch it with `ollama pull {}`", self.endpoint.model),
            );
        }
        let mut findings = vec![Finding::good("server", format!("{name} answers")), model];
        findings.extend(self.context_finding(call));
        findings
    }

    fn unload(&self, call: &Call<'_>) -> Result<(), CallError> {
        let body = json!({"model": self.endpoint.model, "keep_alive": 0});
        self.endpoint.command("/api/generate", &body, call)
    }
}

impl OllamaText {
    /// Whether the model can hold the context that is going to be set.
    fn context_finding(&self, call: &Call<'_>) -> Option<Finding> {
        let body = json!({"model": self.endpoint.model});
        let call = call.within(crate::endpoint::PATIENCE);
        let shown = self.endpoint.post("/api/show", &body, &call).ok()?;
        let (_, most) = shown["model_info"]
            .as_object()?
            .iter()
            .find(|(name, _)| name.ends_with(".context_length"))?;
        Some(context_finding(self.context, most.as_u64()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_noticed_by_the_count() {
        let chapter = "It was a dark night. ".repeat(1200);
        assert!(was_cut(&chapter, 4096), "25200 letters are more than 4096 tokens");
        assert!(!was_cut(&chapter, 5800));
        assert!(!was_cut(&chapter, 0), "older servers count nothing for what they remember");
        let near = "It was a dark night. ".repeat(900);
        assert!(was_cut(&near, 4096), "18900 letters, cut at the usual size");
        assert!(!was_cut(&near, 4300));
        assert!(!was_cut("short", 40));
    }
}
