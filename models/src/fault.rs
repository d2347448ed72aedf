//! What one attempt's failure means, read from status, headers and body.
//!
//! Servers agree on little: the error may be an object, a string, a FastAPI `detail`, or plain
//! text; it may come with status 200. So all shapes are first boiled down to one [`Report`], and
//! the verdict is reached in one place, from the most telling sign to the least.

use std::time::{Duration, SystemTime};

use serde_json::Value;
use ureq::http::HeaderMap;

use crate::error::{CallError, Stage, StopCause};
use crate::gate::{Charged, Usage};
use crate::http::Reply;

/// Longest stretch of a server's words that is repeated in an error.
const EXCERPT: usize = 300;

/// No wait is longer than this, whatever a header says.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// The failure of one attempt.
#[derive(Debug)]
pub(crate) struct Fault {
    pub kind: Kind,
    pub charged: Charged,
    pub usage: Usage,
}

/// What to do about it.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Try again, after the server's own wait or after the back-off.
    Passing { what: String, after: Option<Duration>, overloaded: bool },
    /// The answer is useless; say so and ask again.
    Useless { what: String },
    /// Something was learnt about the server; ask again at once.
    Learnt { what: String },
    /// Nothing to be done within this call.
    Final(Box<CallError>),
}

impl Fault {
    /// A failure that cost nothing.
    pub fn free(kind: Kind) -> Self {
        Self { kind, charged: Charged::No, usage: Usage::default() }
    }

    /// A failure that may have been paid for.
    pub fn lost(what: String) -> Self {
        let kind = Kind::Passing { what, after: None, overloaded: false };
        Self { kind, charged: Charged::Unknown, usage: Usage::default() }
    }

    /// An answer that was paid for and is of no use.
    pub fn useless(what: impl Into<String>, usage: Usage) -> Self {
        Self { kind: Kind::Useless { what: what.into() }, charged: Charged::Yes, usage }
    }

    pub fn stop(engine: &str, cause: StopCause, what: impl Into<String>, next: &str) -> Self {
        Self::free(Kind::Final(Box::new(CallError::Stop {
            engine: engine.to_owned(),
            cause,
            what: what.into(),
            next: next.to_owned(),
        })))
    }

    pub fn refused(engine: &str, stage: Stage, reason: impl Into<String>, usage: Usage) -> Self {
        let charged = if stage == Stage::Input { Charged::No } else { Charged::Unknown };
        let engine = engine.to_owned();
        let error = CallError::Refused { engine, reason: reason.into(), stage };
        Self { charged, usage, ..error.into() }
    }

    pub fn too_long(engine: &str, what: impl Into<String>, charged: Charged, usage: Usage) -> Self {
        let error = CallError::TooLong { engine: engine.to_owned(), what: what.into() };
        Self { charged, usage, ..error.into() }
    }

    /// The server's words, if it rejected the request for what is in it.
    pub fn rejection(&self) -> Option<&str> {
        match &self.kind {
            Kind::Final(error) => match &**error {
                CallError::Rejected { what, .. } => Some(what),
                _ => None,
            },
            _ => None,
        }
    }
}

impl From<CallError> for Fault {
    fn from(error: CallError) -> Self {
        let charged = match error {
            CallError::Interrupted => Charged::Unknown,
            _ => Charged::No,
        };
        Self { kind: Kind::Final(Box::new(error)), charged, usage: Usage::default() }
    }
}

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
    /// The wait asked for in the body (Gemini).
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

    fn is_refusal(&self) -> bool {
        self.marked(&[
            "moderation_blocked",
            "content_policy_violation",
            "content_filter",
            "responsibleaipolicyviolation",
            "prompt_blocked",
        ]) || self.says(&["safety system", "content policy", "content management policy"])
    }

    fn is_too_long(&self) -> bool {
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

    fn is_without_credit(&self, status: u16) -> bool {
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

    fn is_about_the_key(&self, status: u16) -> bool {
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

    fn is_about_the_model(&self, status: u16) -> bool {
        self.marked(&["model_not_found"])
            || self.says(&["is not a valid model", "invalid model", "model does not exist"])
            || (status == 404 && self.says(&["model"]))
            || (status == 404 && self.marked(&["not_found_error"]))
    }
}

/// The verdict on an answer that is not what was asked for.
pub(crate) fn verdict(engine: &str, reply: &Reply, report: Report, now: SystemTime) -> Fault {
    let status = report.code.filter(|_| reply.status == 200).unwrap_or(reply.status);
    let what = if report.message.is_empty() {
        format!("HTTP {status}")
    } else {
        format!("{} (HTTP {status})", report.message)
    };
    let stop = |cause, next: &str| Fault::stop(engine, cause, what.clone(), next);
    if report.is_refusal() {
        let stage = report.stage.unwrap_or(Stage::Unknown);
        return Fault::refused(engine, stage, report.message, Usage::default());
    }
    if report.is_too_long() || status == 413 {
        return Fault::too_long(engine, what, Charged::No, Usage::default());
    }
    if report.is_without_credit(status) {
        return stop(
            StopCause::Credit,
            "add credit with the provider, or raise its spending limit, then start again",
        );
    }
    if report.is_about_the_model(status) {
        return stop(
            StopCause::Model,
            "set `model` to one the server has (Ollama: `ollama pull MODEL`); `woodcut doctor` checks it",
        );
    }
    if report.is_about_the_key(status) {
        return stop(
            StopCause::Key,
            "check the key (`key_env` or `key_file`), and that it may use this model",
        );
    }
    if (300..400).contains(&status) {
        let to = reply.headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or("?");
        let what = format!("the server sends us to {}", excerpt(to));
        return Fault::stop(engine, StopCause::Setup, what, "set `base_url` to the final address");
    }
    let passing = matches!(status, 408 | 409 | 425 | 429 | 500..=599);
    let told = reply.headers.get("x-should-retry").and_then(|told| told.to_str().ok());
    if told == Some("true") || (passing && told != Some("false")) {
        let after = retry_after(&reply.headers, now).or(report.after);
        let overloaded = matches!(status, 429 | 503 | 529);
        let charged = if status >= 500 { Charged::Unknown } else { Charged::No };
        let kind = Kind::Passing { what, after, overloaded };
        return Fault { kind, charged, usage: Usage::default() };
    }
    if matches!(status, 404 | 405) {
        return stop(
            StopCause::Setup,
            "check `engine` and `base_url` (Stable Diffusion WebUI: start it with `--api`)",
        );
    }
    CallError::Rejected { engine: engine.to_owned(), what }.into()
}

/// How long the server asks to wait, in any of the forms in use: milliseconds, seconds with or
/// without a fraction, a date, or, failing these, the reset time of a limit that is used up.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let seconds = |number: f64| {
        (!number.is_nan())
            .then(|| Duration::from_secs_f64(number.clamp(0.0, LONGEST_WAIT.as_secs_f64())))
    };
    if let Some(ms) = text("retry-after-ms").and_then(|ms| ms.parse::<f64>().ok()) {
        return seconds(ms / 1000.0);
    }
    if let Some(after) = text("retry-after") {
        if let Ok(number) = after.parse::<f64>() {
            return seconds(number);
        }
        if let Ok(date) = httpdate::parse_http_date(after) {
            let wait = date.duration_since(now).unwrap_or(Duration::ZERO);
            return Some(wait.min(LONGEST_WAIT));
        }
    }
    ["requests", "tokens"]
        .iter()
        .filter(|unit| text(&format!("x-ratelimit-remaining-{unit}")) == Some("0"))
        .filter_map(|unit| go_duration(text(&format!("x-ratelimit-reset-{unit}"))?))
        .max()
}

/// Reads `1m30.5s`, `12ms`, `6m0s`: a duration as Go writes it.
fn go_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let unit_end = rest[digits..]
            .find(|c: char| c.is_ascii_digit())
            .map_or(rest.len(), |length| digits + length);
        total += number
            * match &rest[digits..unit_end] {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = &rest[unit_end..];
    }
    (total > 0.0).then(|| Duration::from_secs_f64(total.min(LONGEST_WAIT.as_secs_f64())))
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

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            let name: ureq::http::HeaderName = name.parse().unwrap();
            map.insert(name, value.parse().unwrap());
        }
        map
    }

    fn judge(status: u16, body: &str) -> Kind {
        judge_with(status, &[], body)
    }

    fn judge_with(status: u16, pairs: &[(&str, &str)], body: &str) -> Kind {
        let reply = Reply { status, headers: headers(pairs), body: body.into() };
        verdict("fake", &reply, Report::of(body.as_bytes()), SystemTime::UNIX_EPOCH).kind
    }

    fn last(kind: Kind) -> Option<CallError> {
        match kind {
            Kind::Final(error) => Some(*error),
            _ => None,
        }
    }

    fn cause(kind: Kind) -> Option<StopCause> {
        match last(kind)? {
            CallError::Stop { cause, .. } => Some(cause),
            _ => None,
        }
    }

    #[test]
    fn every_form_of_retry_after_is_understood() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let wait = |pairs: &[(&str, &str)]| {
            retry_after(&headers(pairs), now).map(|wait| wait.as_secs_f64())
        };
        assert_eq!(wait(&[("retry-after", "2")]), Some(2.0));
        assert_eq!(wait(&[("retry-after", "0.5")]), Some(0.5));
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT")]), Some(10.0));
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")]), Some(0.0));
        assert_eq!(wait(&[("retry-after-ms", "250"), ("retry-after", "9")]), Some(0.25));
        assert_eq!(wait(&[("retry-after", "soon")]), None);
        assert_eq!(wait(&[("retry-after", "-3")]), Some(0.0));
        assert_eq!(wait(&[("retry-after", "inf")]), Some(86400.0));
        assert_eq!(wait(&[("retry-after", "NaN")]), None);
        assert_eq!(
            wait(&[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "6m0s")]),
            Some(360.0)
        );
        assert_eq!(wait(&[("x-ratelimit-reset-tokens", "6m0s")]), None);
    }

    #[test]
    fn go_durations() {
        let read = |text| go_duration(text).map(|d| d.as_millis());
        assert_eq!(read("12ms"), Some(12));
        assert_eq!(read("1m30.5s"), Some(90_500));
        for nonsense in ["", "-1", "12", "s", "1x", "0s", "1.2.3s", "µ"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn rate_limits_pass_and_empty_purses_do_not() {
        let limited = r#"{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"#;
        assert!(matches!(judge(429, limited), Kind::Passing { overloaded: true, .. }));
        for (status, body) in [
            (429, r#"{"error":{"message":"quota","code":"insufficient_quota"}}"#),
            (402, r#"{"error":{"code":402,"message":"Insufficient credits"}}"#),
            (200, r#"{"error":{"code":402,"message":"more needed"}}"#),
            (400, r#"{"type":"error","error":{"type":"billing_error","message":"x"}}"#),
            (
                429,
                r#"{"error":{"type":"rate_limit_error","message":"x","details":{"error_code":"enforced_spend_limit_reached"}}}"#,
            ),
        ] {
            assert_eq!(cause(judge(status, body)), Some(StopCause::Credit), "{body}");
        }
    }

    #[test]
    fn keys_models_and_addresses_stop_the_run() {
        let gemini = r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#;
        assert_eq!(cause(judge(400, gemini)), Some(StopCause::Key));
        let openai =
            r#"{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}"#;
        assert_eq!(cause(judge(401, openai)), Some(StopCause::Key));
        let ollama = r#"{"error":"model \"x\" not found, try pulling it first"}"#;
        assert_eq!(cause(judge(404, ollama)), Some(StopCause::Model));
        let router = r#"{"error":{"code":400,"message":"foo/bar is not a valid model ID"}}"#;
        assert_eq!(cause(judge(400, router)), Some(StopCause::Model));
        assert_eq!(cause(judge(404, r#"{"detail":"Not Found"}"#)), Some(StopCause::Setup));
        assert_eq!(cause(judge(307, "")), Some(StopCause::Setup));
    }

    #[test]
    fn refusals_tell_what_was_judged() {
        let stage_of = |status, body: &str| match last(judge(status, body)) {
            Some(CallError::Refused { stage, .. }) => Some(stage),
            _ => None,
        };
        let openai = |stage: &str| {
            format!(
                r#"{{"error":{{"message":"rejected by the safety system","code":"moderation_blocked","moderation_details":{{"moderation_stage":"{stage}"}}}}}}"#
            )
        };
        assert_eq!(stage_of(400, &openai("input")), Some(Stage::Input));
        assert_eq!(stage_of(400, &openai("output")), Some(Stage::Output));
        let router = r#"{"error":{"code":403,"message":"flagged","metadata":{"reasons":["violence"],"flagged_input":"x"}}}"#;
        assert_eq!(stage_of(403, router), Some(Stage::Input));
        let dalle = r#"{"error":{"message":"no","code":"content_policy_violation"}}"#;
        assert_eq!(stage_of(400, dalle), Some(Stage::Unknown));
    }

    #[test]
    fn a_full_context_is_told_whatever_the_status() {
        let body = r#"{"error":{"code":400,"message":"m","type":"exceed_context_size_error","n_prompt_tokens":14429,"n_ctx":8192}}"#;
        for status in [200, 400, 500] {
            let Some(CallError::TooLong { what, .. }) = last(judge(status, body)) else {
                panic!("status {status}")
            };
            assert!(what.starts_with("14429 tokens, and the context holds 8192"), "{what}");
        }
    }

    #[test]
    fn the_server_may_overrule_the_status() {
        let never = [("x-should-retry", "false")];
        let stays = last(judge_with(500, &never, "{}"));
        assert!(matches!(stays, Some(CallError::Rejected { .. })));
        let always = [("x-should-retry", "true")];
        assert!(matches!(judge_with(400, &always, "{}"), Kind::Passing { .. }));
    }

    #[test]
    fn gemini_tells_its_wait_in_the_body() {
        let body = r#"{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x.RetryInfo","retryDelay":"7s"}]}}"#;
        let Kind::Passing { after, .. } = judge(429, body) else { panic!("not passing") };
        assert_eq!(after, Some(Duration::from_secs(7)));
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

    proptest::proptest! {
        #[test]
        fn no_answer_of_a_server_makes_us_panic(status in 100u16..600, body in ".{0,200}") {
            let _ = judge(status, &body);
        }

        #[test]
        fn no_header_makes_us_panic(text in "[ -~]{0,40}") {
            let pairs = [("retry-after", text.as_str()), ("retry-after-ms", text.as_str())];
            let _ = retry_after(&headers(&pairs), SystemTime::UNIX_EPOCH);
        }
    }
}
