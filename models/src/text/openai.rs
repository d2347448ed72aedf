//! `/chat/completions` as OpenAI has it, and as OpenRouter, llama.cpp, LM Studio, vLLM and many
//! others have it more or less.
//!
//! The "more or less" is learnt: a server that rejects a field names it, the field is dropped or
//! said otherwise, the question is asked again at once, and the lesson holds for the engine's life.

use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{CallError, Stage};
use crate::fault::{Fault, Kind};
use crate::gate::{Usage, Work};
use crate::money::Price;
use crate::picture::Picture;
use crate::probe::{Finding, ProbeOf};
use crate::schema;
use crate::text::{
    Finish, RawAnswer, TextAnswer, TextModel, TextRequest, Wording, accept, check_room, tokens_of,
};

/// A text model behind `/chat/completions`.
#[derive(Debug)]
pub(crate) struct OpenAiText {
    pub endpoint: Endpoint,
    pub context: u32,
    pub max_output_tokens: u32,
    pub temperature: Option<f32>,
    pub extra: Map<String, Value>,
    /// The variable its key usually lies in; `None` where no key is needed.
    pub key_variable: Option<&'static str>,
    pub dialect: Mutex<Dialect>,
}

/// What the server has been found to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub schema: SchemaForm,
    pub length_field: &'static str,
    pub temperature: bool,
    pub seed: bool,
    /// Whether the answer is asked for word by word. Hosted servers allow it to some only.
    pub stream: bool,
}

/// How the schema is told, from the most binding to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SchemaForm {
    /// `json_schema: {name, strict, schema}`, as OpenAI has it.
    Nested,
    /// `schema` beside `type`, as llama.cpp documents it.
    Flat,
    /// Some JSON object; the schema is told in words.
    Object,
    /// In words only.
    Words,
}

impl SchemaForm {
    fn next(self) -> Option<Self> {
        match self {
            Self::Nested => Some(Self::Flat),
            Self::Flat => Some(Self::Object),
            Self::Object => Some(Self::Words),
            Self::Words => None,
        }
    }
}

impl Dialect {
    pub fn of_openai() -> Self {
        Self { length_field: "max_completion_tokens", ..Self::of_others() }
    }

    pub fn of_local_servers() -> Self {
        Self { stream: true, ..Self::of_others() }
    }

    pub fn of_others() -> Self {
        Self {
            schema: SchemaForm::Nested,
            length_field: "max_tokens",
            temperature: true,
            seed: true,
            stream: false,
        }
    }

    /// The dialect after a rejection in these words; `None` if they teach nothing.
    fn after(self, words: &str, with_schema: bool) -> Option<Self> {
        let words = words.to_lowercase();
        if self.temperature && words.contains("temperature") {
            return Some(Self { temperature: false, ..self });
        }
        let other = match self.length_field {
            "max_tokens" => "max_completion_tokens",
            _ => "max_tokens",
        };
        if words.contains(self.length_field) && words.contains("unsupported")
            || words.contains(&format!("use '{other}'"))
        {
            return Some(Self { length_field: other, ..self });
        }
        let about_schema = ["response_format", "json_schema", "schema", "grammar", "structured"];
        if with_schema && about_schema.iter().any(|word| words.contains(word)) {
            return self.schema.next().map(|schema| Self { schema, ..self });
        }
        if self.stream && words.contains("stream") {
            return Some(Self { stream: false, ..self });
        }
        if self.seed && words.contains("seed") {
            return Some(Self { seed: false, ..self });
        }
        None
    }
}

impl OpenAiText {
    fn dialect(&self) -> Dialect {
        *self.dialect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Turns a rejection that teaches something into a lesson. `used` is the dialect that was
    /// rejected: another thread may have learnt the same meanwhile.
    fn learn(&self, fault: Fault, used: Dialect, with_schema: bool) -> Fault {
        let Some(what) = fault.rejection() else { return fault };
        let Some(better) = used.after(what, with_schema) else { return fault };
        let mut dialect = self.dialect.lock().unwrap_or_else(PoisonError::into_inner);
        if *dialect == used {
            *dialect = better;
        }
        Fault::free(Kind::Learnt { what: what.to_owned() })
    }

    fn body(&self, request: &TextRequest, dialect: Dialect, complaint: Option<&str>) -> Value {
        let in_words = matches!(dialect.schema, SchemaForm::Object | SchemaForm::Words);
        let wording = Wording::new(request, in_words, complaint);
        let mut messages = Vec::new();
        if !wording.system.is_empty() {
            messages.push(json!({"role": "system", "content": wording.system}));
        }
        messages
            .push(json!({"role": "user", "content": content(&wording.user, &request.pictures)}));
        let mut body = json!({"model": self.endpoint.model, "messages": messages});
        body[dialect.length_field] = json!(self.longest(request));
        if let Some(temperature) =
            request.temperature.or(self.temperature).filter(|_| dialect.temperature)
        {
            body["temperature"] = json!(temperature);
        }
        if let Some(seed) = request.seed.filter(|_| dialect.seed) {
            body["seed"] = json!(seed);
        }
        if let Some(schema) = &request.schema
            && let Some(format) = response_format(schema, dialect.schema)
        {
            body["response_format"] = format;
        }
        if dialect.stream {
            body["stream"] = json!(true);
            body["stream_options"] = json!({"include_usage": true});
        }
        for (name, value) in &self.extra {
            body[name] = value.clone();
        }
        body
    }

    fn longest(&self, request: &TextRequest) -> u32 {
        request.max_output_tokens.unwrap_or(self.max_output_tokens)
    }

    fn read(&self, answer: &Value, call: &Call<'_>) -> Result<RawAnswer, Fault> {
        let usage = self.usage(answer);
        let choice = &answer["choices"][0];
        if choice["error"].is_object() {
            return Err(self.endpoint.judge_value(choice, call));
        }
        let message = &choice["message"];
        let name = self.endpoint.name();
        if let Some(refusal) = message["refusal"].as_str().filter(|words| !words.is_empty()) {
            return Err(Fault::refused(&name, Stage::Output, refusal, usage));
        }
        let finish = match choice["finish_reason"].as_str() {
            Some("content_filter") => {
                return Err(Fault::refused(&name, Stage::Output, "no reason given", usage));
            }
            Some("length") => Finish::Length,
            // Vendors have words of their own ("eos", "end_turn"): all of them mean "done".
            _ => Finish::Complete,
        };
        let model = answer["model"].as_str().map(str::to_owned);
        Ok(RawAnswer { text: words_of(&message["content"]), usage, model, finish })
    }

    fn usage(&self, answer: &Value) -> Usage {
        let usage = &answer["usage"];
        let count = |name: &str| usage[name].as_u64().unwrap_or(0);
        let tokens = (count("prompt_tokens"), count("completion_tokens"));
        self.endpoint.bill(tokens, 0, usage["cost"].as_f64())
    }
}

fn response_format(schema: &Value, form: SchemaForm) -> Option<Value> {
    Some(match form {
        SchemaForm::Nested => json!({
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": true, "schema": schema::strict(schema)},
        }),
        SchemaForm::Flat => json!({"type": "json_schema", "schema": schema}),
        SchemaForm::Object => json!({"type": "json_object"}),
        SchemaForm::Words => return None,
    })
}

/// Words alone, or words and pictures as parts.
pub(crate) fn content(words: &str, pictures: &[Picture]) -> Value {
    if pictures.is_empty() {
        return json!(words);
    }
    let text = json!({"type": "text", "text": words});
    let image = |picture: &Picture| json!({"type": "image_url", "image_url": {"url": picture.to_data_url()}});
    std::iter::once(text).chain(pictures.iter().map(image)).collect()
}

/// The words of a message: a string, or parts of which some are text.
pub(crate) fn words_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

impl TextModel for OpenAiText {
    fn complete(&self, request: &TextRequest, call: &Call<'_>) -> Result<TextAnswer, CallError> {
        let input = tokens_of(request);
        let longest = self.longest(request);
        check_room(&self.endpoint.name(), input, longest, self.context)?;
        let longest = u64::from(longest);
        let estimate = self.endpoint.estimate(Work::Text, None, (input, longest), 0);
        self.endpoint.run(&estimate, call, |complaint| {
            let dialect = self.dialect();
            let body = self.body(request, dialect, complaint);
            let answer = self
                .endpoint
                .post_chat("/chat/completions", &body, call)
                .map_err(|fault| self.learn(fault, dialect, request.schema.is_some()))?;
            accept(self.read(&answer, call)?, request, &self.endpoint.model)
        })
    }

    fn context(&self) -> u32 {
        self.context
    }

    fn price(&self) -> Option<Price> {
        self.endpoint.price
    }

    fn probe(&self, call: &Call<'_>) -> Vec<Finding> {
        let (path, key_variable, context) = ("/models", self.key_variable, Some(self.context));
        self.endpoint.probe_models(&ProbeOf { path, key_variable, context }, call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_teaches_what_it_names() {
        let openai = Dialect::of_openai();
        let learnt = openai.after("Unsupported value: 'temperature' does not support 0.2", false);
        assert_eq!(learnt, Some(Dialect { temperature: false, ..openai }));
        let others = Dialect::of_others();
        let words = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
        let learnt = others.after(words, true).unwrap();
        assert_eq!(learnt.length_field, "max_completion_tokens");
        assert_eq!(others.after("response_format is no good", false), None);
        assert_eq!(others.after("the stars are wrong", true), None);
    }

    #[test]
    fn the_schema_is_told_in_fewer_and_fewer_ways() {
        let mut dialect = Dialect::of_others();
        let mut forms = vec![dialect.schema];
        while let Some(next) = dialect.after("response_format not supported", true) {
            dialect = next;
            forms.push(dialect.schema);
        }
        use SchemaForm::{Flat, Nested, Object, Words};
        assert_eq!(forms, [Nested, Flat, Object, Words]);
    }
}
