//! What one attempt's failure means, and the verdict that finds out: in one place, from the most
//! telling sign to the least, whatever the server.

use std::time::{Duration, SystemTime};

use crate::error::{CallError, Stage, StopCause};
use crate::gate::{Charged, Usage};
use crate::http::Reply;
use crate::report::{Report, excerpt};
use crate::retry_after::retry_after;
use crate::secret::Secret;

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

impl Fault {
    /// The same without the key, should it stand in any of the words.
    pub fn without(mut self, key: &Secret) -> Self {
        self.kind = match self.kind {
            Kind::Final(error) => Kind::Final(Box::new(error.with_texts(|text| key.redact(text)))),
            Kind::Passing { what, after, overloaded } => {
                Kind::Passing { what: key.redact(&what), after, overloaded }
            }
            Kind::Useless { what } => Kind::Useless { what: key.redact(&what) },
            Kind::Learnt { what } => Kind::Learnt { what: key.redact(&what) },
        };
        self
    }

    /// The fault as the end of a call, where there is no retry loop around it.
    pub fn into_error(self, engine: &str) -> CallError {
        match self.kind {
            Kind::Final(error) => *error,
            Kind::Passing { what, .. } | Kind::Useless { what } | Kind::Learnt { what } => {
                CallError::Unavailable { engine: engine.to_owned(), what, attempts: 1 }
            }
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
    // An error with status 200 came up while the answer was being made.
    let passing = matches!(status, 200 | 408 | 409 | 425 | 429 | 500..=599);
    let told = reply.headers.get("x-should-retry").and_then(|told| told.to_str().ok());
    if told == Some("true") || (passing && told != Some("false")) {
        let after = retry_after(&reply.headers, now).or(report.after);
        let overloaded = matches!(status, 429 | 503 | 529);
        let charged = if status >= 500 || status == 200 { Charged::Unknown } else { Charged::No };
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

#[cfg(test)]
mod tests {
    use ureq::http::HeaderMap;

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

    proptest::proptest! {
        #[test]
        fn no_answer_of_a_server_makes_us_panic(status in 100u16..600, body in ".{0,200}") {
            let _ = judge(status, &body);
        }
    }
}
