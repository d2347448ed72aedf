//! What `doctor` finds out about an engine, in words, with what to do about it.

use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{CallError, StopCause};
use crate::fault::{Fault, Kind};
use serde_json::Value;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// As it should be.
    Good,
    /// Calls may work, or not as well as they could.
    Doubtful,
    /// Calls will fail.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at: `server`, `key`, `model`, `context`, `workflow`, `program`.
    pub subject: &'static str,
    /// How it is.
    pub health: Health,
    /// What was found.
    pub words: String,
    /// What to do; empty when all is well.
    pub next: String,
}

impl Finding {
    pub(crate) fn good(subject: &'static str, words: impl Into<String>) -> Self {
        Self { subject, health: Health::Good, words: words.into(), next: String::new() }
    }

    pub(crate) fn doubtful(
        subject: &'static str,
        words: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self { subject, health: Health::Doubtful, words: words.into(), next: next.into() }
    }

    pub(crate) fn bad(
        subject: &'static str,
        words: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self { subject, health: Health::Bad, words: words.into(), next: next.into() }
    }

    /// What a failed question says about the server.
    pub(crate) fn of_fault(fault: Fault, name: &str, start_it: &str) -> Self {
        match fault.kind {
            Kind::Final(error) => match *error {
                CallError::Stop { cause, what, next, .. } => {
                    let subject = match cause {
                        StopCause::Key | StopCause::Credit => "key",
                        StopCause::Model => "model",
                        StopCause::Budget | StopCause::Setup => "server",
                    };
                    Self::bad(subject, format!("{name}: {what}"), next)
                }
                error => Self::bad("server", error.to_string(), start_it),
            },
            Kind::Passing { what, .. } | Kind::Useless { what } | Kind::Learnt { what } => {
                Self::bad("server", format!("{name}: {what}"), start_it)
            }
        }
    }
}

/// How to look around on a server.
pub(crate) struct ProbeOf {
    /// The list of models.
    pub path: &'static str,
    /// The variable its key usually lies in.
    pub key_variable: Option<&'static str>,
    /// The context that calls are going to count on.
    pub context: Option<u32>,
}

/// Whether the context that is counted on is there.
pub(crate) fn context_finding(wanted: u32, held: u64) -> Finding {
    if u64::from(wanted) <= held {
        return Finding::good("context", format!("{wanted} of at most {held} tokens"));
    }
    Finding::doubtful(
        "context",
        format!("{wanted} tokens are counted on, and the server holds {held}"),
        format!("set `context = {held}`, or start the server with more"),
    )
}

impl Endpoint {
    /// Server, key, model and context, asked by listing the models.
    pub fn probe_models(&self, asked: &ProbeOf, call: &Call<'_>) -> Vec<Finding> {
        let mut key = self.key_finding(asked.key_variable);
        let answer = match self.ask_quickly(asked.path, call) {
            Ok(answer) => answer,
            Err(fault) => {
                let next = "start the server, or set `base_url` to where it listens";
                return vec![Finding::of_fault(fault, &self.name(), next), key];
            }
        };
        if self.kind == "openrouter" && self.key.is_set() {
            // Its list of models is open to all, so the key has not been looked at yet.
            if let Err(fault) = self.ask_quickly("/key", call) {
                key = Finding::of_fault(fault, &self.name(), "check the key");
            }
        }
        let server = Finding::good("server", format!("{} answers", self.name()));
        let mut findings = vec![server, key, self.model_finding(&listed_models(&answer))];
        if let Some(wanted) = asked.context {
            let held = self.held_context(&answer, call);
            findings.extend(held.map(|held| context_finding(wanted, held)));
        }
        findings
    }

    /// The context a local server was started with.
    fn held_context(&self, models: &Value, call: &Call<'_>) -> Option<u64> {
        let is_it = |model: &&Value| self.model.is_empty() || model["id"] == self.model.as_str();
        match self.kind {
            "llamacpp" => {
                self.ask_beside("/props", call)?["default_generation_settings"]["n_ctx"].as_u64()
            }
            "vllm" => models["data"].as_array()?.iter().find(is_it)?["max_model_len"].as_u64(),
            "lmstudio" => {
                let models = self.ask_beside("/api/v0/models", call)?;
                models["data"].as_array()?.iter().find(is_it)?["loaded_context_length"].as_u64()
            }
            _ => None,
        }
    }

    /// Whether there is a key where one is needed.
    pub fn key_finding(&self, variable: Option<&str>) -> Finding {
        match (self.key.is_set(), variable) {
            (true, _) => Finding::good("key", "a key is set"),
            (false, None) => Finding::good("key", "no key needed"),
            (false, Some(variable)) => {
                Finding::bad("key", "no key", format!("set `{variable}`, or name a `key_file`"))
            }
        }
    }

    /// Whether the configured model is among those the server lists.
    pub fn model_finding(&self, listed: &[String]) -> Finding {
        let is_it = |name: &String| {
            name == &self.model
                || name.strip_suffix(":latest") == Some(&self.model)
                || name.strip_prefix("models/") == Some(&self.model)
        };
        if self.model.is_empty() {
            return match listed {
                [only] => Finding::good("model", format!("the server's own, `{only}`")),
                _ => Finding::doubtful("model", "none is configured", "set `model`"),
            };
        }
        if listed.iter().any(is_it) {
            return Finding::good("model", format!("`{}` is there", self.model));
        }
        let some: Vec<&str> = listed.iter().take(5).map(String::as_str).collect();
        let next = match some.as_slice() {
            [] => "look up the server's list of models".to_owned(),
            some => {
                format!("set `model` to one of those it lists, such as `{}`", some.join("`, `"))
            }
        };
        let words = format!("`{}` is not listed by the server", self.model);
        Finding::doubtful("model", words, self.key.redact(&next))
    }
}

/// The names in a list of models: `{"data": [{"id": …}]}`, or `models`, or `name`.
pub(crate) fn listed_models(answer: &Value) -> Vec<String> {
    ["data", "models"]
        .iter()
        .filter_map(|list| answer[*list].as_array())
        .flatten()
        .filter_map(|model| {
            ["id", "name", "model"].iter().find_map(|name| model[*name].as_str()).map(str::to_owned)
        })
        .take(10_000)
        .collect()
}
