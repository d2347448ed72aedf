//! Anthropic's messages.

use models::fakes::Reply;
use models::fakes::replies::anthropic;
use models::{CallError, Finish, Stage as Judged, StopCause, TextEngine};
use serde_json::json;

use crate::play::{KEY, Stage};

const ENGINE: TextEngine = TextEngine::Anthropic;

fn error(status: u16, kind: &str, message: &str) -> Reply {
    let error = json!({"type": kind, "message": message});
    Reply::json(status, &json!({"type": "error", "error": error, "request_id": "req_1"}))
}

#[test]
fn a_question_is_asked_as_the_server_expects_it() {
    let stage = Stage::script([anthropic(r#"{"n": 3, "why": null}"#, "end_turn")]);
    let answer = stage.ask(ENGINE).unwrap();
    assert_eq!((answer.json, answer.model.as_str()), (Some(json!({"n": 3})), "claude-fake-1"));
    assert_eq!((answer.usage.input_tokens, answer.usage.output_tokens), (100, 20));
    let asked = &stage.server.asked()[0];
    assert_eq!((asked.path.as_str(), asked.header("x-api-key")), ("/messages", Some(KEY)));
    assert_eq!(asked.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(asked.header("authorization"), None);
    let body = asked.json();
    assert_eq!((&body["system"], &body["max_tokens"]), (&json!("You count."), &json!(500)));
    let schema = &body["output_config"]["format"]["schema"];
    assert_eq!(schema["additionalProperties"], json!(false));
}

#[test]
fn its_ways_to_stop_are_told_apart() {
    let stage = Stage::script([anthropic("I must not.", "refusal")]);
    let refused = stage.ask(ENGINE).unwrap_err();
    assert!(matches!(refused, CallError::Refused { stage: Judged::Output, .. }), "{refused}");
    let stage = Stage::script([anthropic("{", "model_context_window_exceeded")]);
    assert!(matches!(stage.ask(ENGINE), Err(CallError::TooLong { .. })));
    let stage = Stage::script([anthropic(r#"{"n": 3"#, "max_tokens")]);
    assert_eq!(stage.ask(ENGINE).unwrap().finish, Finish::Length);
}

#[test]
fn its_errors_are_classed() {
    for (reply, cause) in [
        (error(401, "authentication_error", "invalid x-api-key"), StopCause::Key),
        (error(400, "invalid_request_error", "Your credit balance is too low"), StopCause::Credit),
        (error(404, "not_found_error", "model: claude-x"), StopCause::Model),
    ] {
        let stage = Stage::script([reply]);
        let error = stage.ask(ENGINE).unwrap_err();
        assert!(matches!(&error, CallError::Stop { cause: c, .. } if *c == cause), "{error}");
    }
    let stage = Stage::script([
        error(529, "overloaded_error", "Overloaded"),
        error(429, "rate_limit_error", "slow").header("retry-after", "7"),
        anthropic(r#"{"n": 3}"#, "end_turn"),
    ]);
    assert!(stage.ask(ENGINE).is_ok());
    assert_eq!(stage.waits(), [500, 7000]);
    let stage = Stage::script([error(400, "invalid_request_error", "prompt is too long: 9 > 8")]);
    assert!(matches!(stage.ask(ENGINE), Err(CallError::TooLong { .. })));
}

#[test]
fn a_model_without_schemas_is_told_in_words() {
    let stage = Stage::answer(|asked| match asked.json().get("output_config") {
        Some(_) => {
            error(400, "invalid_request_error", "output_config: Extra inputs are not permitted")
        }
        None => anthropic(r#"{"n": 3}"#, "end_turn"),
    });
    assert!(stage.ask(ENGINE).is_ok());
    assert!(stage.bodies()[1]["system"].as_str().unwrap().contains("of this schema"));
}
