//! A server's complaint in one shape.
//!
//! Servers agree on little: the error may be an object, a string, a FastAPI `detail`, or plain
//! text; it may come with status 200. Whatever it was, a [`Report`] is what is left of it.

use std::time::Duration;

use serde_json::Value;

use crate::error::Stage;
use crate::retry_after::{LONGEST_WAIT, go_duration};

/// Longest stretch of a server's words that is repeated in an error.
const EXCERPT: usize = 300;

/// A server's complaint, whatever its shape was.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Report {
    /// The words meant for people.
    pub message: String,
    /// Codes, types and states, in lower case, each between spaces.
    pub marks: String,
    /// A number given as the code, as OpenRouter does.
    pub code: Option<u16>,
    /// Which side a filter looked at.
    pub stage: Option<Stage>,
    /// The wait asked for in the body.
    pub after: Option<Duration>,
}

impl Report {
    /// Reads a body that may hold a complaint.
    pub fn of(body: &[u8]) -> Self {
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => Self::of_json(&value),
            Err(_) => Self { message: excerpt(&plain_words(body)), ..Self::default() },
        }
    }

    /// Reads the `error` of an answer, or what stands in its place.
    pub fn of_json(value: &Value) -> Self {
        let mut report = Self::default();
        let error = value.get("error").unwrap_or(value);
        report.message = ["message", "detail", "error", "errors"]
            .iter()
            .filter_map(|name| error.get(name).or_else(|| value.get(name)))
            .chain([error])
            .find_map(|words| match words {
                Value::String(text) if !text.is_empty() => Some(excerpt(text)),
                Value::Array(list) if !list.is_empty() => Some(excerpt(&words.to_string())),
                _ => None,
            })
            .unwrap_or_else(|| excerpt(&error.to_string()));
        if let (Some(Value::String(kind)), Some(Value::String(more))) =
            (value.get("error"), value.get("errors"))
            && !more.is_empty()
        {
            // Stable Diffusion WebUI: the class of the exception, then its words.
            report.message = excerpt(&format!("{kind}: {more}"));
        }
        report.code = error.get("code").and_then(Value::as_u64).and_then(|c| c.try_into().ok());
        report.read_marks(error);
        let places = [error, &error["metadata"], &error["details"], value];
        report.after = report.after.or_else(|| places.into_iter().find_map(told_wait));
        report.after = report.after.or_else(|| wait_in_words(&report.message));
        report
    }

    fn read_marks(&mut self, error: &Value) {
        let moderation = &error["moderation_details"];
        self.stage = match moderation["moderation_stage"].as_str() {
            Some("input") => Some(Stage::Input),
            Some("output") => Some(Stage::Output),
            _ => None,
        };
        if error["metadata"]["flagged_input"].is_string() {
            self.stage = Some(Stage::Input);
        }
        if error["metadata"]["reasons"].is_array() {
            self.mark("moderation_blocked");
        }
        for name in ["code", "type", "status"] {
            if let Some(mark) = error[name].as_str() {
                self.mark(mark);
            }
        }
        if let Some(mark) = error["details"]["error_code"].as_str() {
            self.mark(mark);
        }
        for detail in error["details"].as_array().into_iter().flatten().take(16) {
            if let Some(mark) = detail["reason"].as_str() {
                self.mark(mark);
            }
            self.after = self.after.or_else(|| go_duration(detail["retryDelay"].as_str()?));
        }
        let needed = error["n_prompt_tokens"].as_u64();
        if let (Some(needed), Some(limit)) = (needed, error["n_ctx"].as_u64()) {
            self.message = format!("{needed} tokens, and the context holds {limit}");
        }
    }

    fn mark(&mut self, mark: &str) {
        self.marks.push(' ');
        self.marks.push_str(&mark.to_lowercase());
        self.marks.push(' ');
    }

    fn marked(&self, marks: &[&str]) -> bool {
        marks.iter().any(|mark| self.marks.contains(&format!(" {mark} ")))
    }

    fn says(&self, words: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        words.iter().any(|word| message.contains(word))
    }

    pub fn is_refusal(&self) -> bool {
        self.marked(&[
            "moderation_blocked",
            "content_policy_violation",
            "content_filter",
            "responsibleaipolicyviolation",
            "prompt_blocked",
        ]) || self.says(&[
            "safety system",
            "safety filter",
            "content policy",
            "content management policy",
            "usage policies",
            "moderation",
            "flagged",
            "nsfw",
        ])
    }

    pub fn is_too_long(&self) -> bool {
        self.marked(&[
            "exceed_context_size_error",
            "context_length_exceeded",
            "request_too_large",
            "model_context_window_exceeded",
        ]) || self.says(&[
            "exceeds the available context size",
            "exceeds the context length",
            "maximum context length",
            "exceeds the maximum number of tokens",
            "prompt is too long",
            "input is too long",
        ])
    }

    pub fn is_without_credit(&self, status: u16) -> bool {
        status == 402
            || self.marked(&[
                "insufficient_quota",
                "billing_hard_limit_reached",
                "billing_not_active",
                "credit_balance_exhausted",
                "billing_error",
                "enforced_spend_limit_reached",
            ])
            || self.says(&["credit balance is too low", "insufficient credits", "out of credits"])
    }

    pub fn is_about_the_key(&self, status: u16) -> bool {
        matches!(status, 401 | 403 | 407)
            || self.marked(&[
                "invalid_api_key",
                "authentication_error",
                "permission_error",
                "api_key_invalid",
                "unauthenticated",
            ])
            || self.says(&["api key not valid", "invalid api key", "incorrect api key"])
    }

    pub fn is_about_the_model(&self, status: u16) -> bool {
        self.marked(&["model_not_found"])
            || self.says(&["is not a valid model", "invalid model", "model does not exist"])
            || (status == 404 && self.says(&["model"]))
            || (status == 404 && self.marked(&["not_found_error"]))
    }
}

/// A wait that stands beside the words: seconds, or milliseconds where its name says so.
fn told_wait(place: &Value) -> Option<Duration> {
    let number = |names: [&str; 2]| names.iter().find_map(|name| place[*name].as_f64());
    let seconds = number(["retry_after_ms", "retryAfterMs"]).map(|millis| millis / 1000.0);
    let seconds = seconds.or_else(|| number(["retry_after", "retryAfter"]))?;
    seconds_of(seconds)
}

/// A wait that stands in the words, as in `Please try again in 1m2.5s.`
fn wait_in_words(message: &str) -> Option<Duration> {
    let (_, rest) = message.split_once("try again in ")?;
    let mut words = rest.split_whitespace();
    let first = words.next()?.trim_end_matches(['.', ',', ';']);
    if let Ok(number) = first.parse::<f64>() {
        return words.next().filter(|unit| unit.starts_with("second")).and(seconds_of(number));
    }
    go_duration(first)
}

fn seconds_of(number: f64) -> Option<Duration> {
    (number >= 0.0).then(|| Duration::from_secs_f64(number.min(LONGEST_WAIT.as_secs_f64())))
}

/// The beginning of a server's words, on one line and without control characters.
pub(crate) fn excerpt(text: &str) -> String {
    let mut line: String = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(EXCERPT + 1)
        .collect();
    if line.chars().count() > EXCERPT {
        line.pop();
        line.push('…');
    }
    line
}

fn plain_words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * EXCERPT)]);
    if text.trim_start().starts_with('<') {
        "a web page instead of an answer".to_owned()
    } else {
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_found_wherever_the_body_tells_it() {
        let after = |error: Value| {
            Report::of_json(&serde_json::json!({ "error": error }))
                .after
                .map(|after| after.as_secs_f64())
        };
        use serde_json::json;
        assert_eq!(after(json!({"details": [{"retryDelay": "7.5s"}]})), Some(7.5));
        assert_eq!(after(json!({"retry_after": 3})), Some(3.0));
        assert_eq!(after(json!({"metadata": {"retry_after_ms": 250}})), Some(0.25));
        assert_eq!(
            after(json!({"message": "Rate limit. Please try again in 1m2s. Bye"})),
            Some(62.0)
        );
        assert_eq!(after(json!("busy, try again in 20 seconds")), Some(20.0));
        assert_eq!(after(json!("server busy, please try again.")), None);
        assert_eq!(after(json!({"retry_after": -1})), None);
        assert_eq!(after(json!({"retry_after": 1e300})), Some(86_400.0));
    }

    #[test]
    fn words_come_from_wherever_they_are() {
        let message = |body: &str| Report::of(body.as_bytes()).message;
        assert_eq!(message(r#"{"error":"queue full"}"#), "queue full");
        assert_eq!(message(r#"{"detail":"Not Found"}"#), "Not Found");
        let webui =
            r#"{"error":"OutOfMemoryError","detail":"","body":"","errors":"CUDA out of memory"}"#;
        assert_eq!(message(webui), "OutOfMemoryError: CUDA out of memory");
        assert_eq!(message("<html><body>502</body></html>"), "a web page instead of an answer");
        assert_eq!(message("\u{1b}[31mred\nalert"), "[31mred alert");
        assert!(message(&"x".repeat(9999)).chars().count() <= EXCERPT + 1);
    }
}
