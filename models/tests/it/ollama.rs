//! Ollama by its own API.

use models::fakes::Reply;
use models::fakes::replies::ollama;
use models::{CallError, Finish, Health, StopCause, TextEngine, TextRequest};
use serde_json::json;

use crate::play::{Stage, question};

const ENGINE: TextEngine = TextEngine::Ollama;

#[test]
fn a_question_sets_the_context_and_the_schema() {
    let mut stage = Stage::script([ollama(r#"{"n": 3}"#, 90, "stop")]);
    stage.text.context = Some(16_384);
    stage.text.extra = toml::from_str("keep_alive = '30m'\n[options]\ntop_k = 5").unwrap();
    let answer = stage.ask(ENGINE).unwrap();
    assert_eq!((answer.json, answer.finish), (Some(json!({"n": 3})), Finish::Complete));
    assert_eq!((answer.usage.input_tokens, answer.usage.output_tokens), (90, 12));
    assert_eq!(stage.paths(), ["POST /api/chat"]);
    let body = &stage.bodies()[0];
    let options =
        json!({"num_ctx": 16384, "num_predict": 500, "temperature": 0.5, "seed": 7, "top_k": 5});
    assert_eq!(body["options"], options);
    assert_eq!((&body["truncate"], &body["keep_alive"]), (&json!(false), &json!("30m")));
    assert_eq!(body["format"]["required"], json!(["n"]));
    assert!(body["messages"][0]["content"].as_str().unwrap().contains("of this schema"));
}

#[test]
fn a_text_that_was_cut_off_without_a_word_is_noticed() {
    let mut stage = Stage::script([ollama(r#"{"n": 3}"#, 4096, "stop")]);
    stage.text.context = Some(32_768);
    let request = TextRequest { user: "It was a dark night. ".repeat(1200), ..question() };
    let error = stage.text_model(ENGINE).complete(&request, &stage.call()).unwrap_err();
    assert!(matches!(error, CallError::TooLong { .. }), "{error}");
    assert!(error.to_string().contains("only 4096 tokens"), "{error}");
}

#[test]
fn newer_servers_say_it_themselves() {
    let words = r#"{"error":"the input length exceeds the context length"}"#;
    let stage = Stage::script([Reply::status(400, words)]);
    assert!(matches!(stage.ask(ENGINE), Err(CallError::TooLong { .. })));
}

#[test]
fn an_error_in_the_middle_of_the_stream_is_an_error() {
    let half = r#"{"message":{"content":"{\"n\""},"done":false}"#;
    let error = format!("{half}\n{}\n", r#"{"error":"llama runner process has terminated"}"#);
    for reply in [Reply::status(200, &error), Reply::status(200, &format!("{half}\n"))] {
        let stage = Stage::script([reply, ollama(r#"{"n": 3}"#, 90, "stop")]);
        assert!(stage.ask(ENGINE).is_ok());
        assert_eq!(stage.server.asked().len(), 2);
    }
}

#[test]
fn a_model_that_is_not_there_stops_the_run_with_the_command_to_fetch_it() {
    let words = r#"{"error":"model 'fake-1' not found"}"#;
    let stage = Stage::answer(|_| Reply::status(404, words));
    let error = stage.ask(ENGINE).unwrap_err();
    assert!(matches!(error, CallError::Stop { cause: StopCause::Model, .. }), "{error}");
    assert!(error.to_string().contains("ollama pull"), "{error}");
}

#[test]
fn a_full_queue_is_waited_for() {
    let full = Reply::status(503, r#"{"error":"server busy, please try again."}"#);
    let stage = Stage::script([full, ollama(r#"{"n": 3}"#, 90, "length")]);
    assert_eq!(stage.ask(ENGINE).unwrap().finish, Finish::Length);
    assert_eq!(stage.waits(), [500]);
}

#[test]
fn doctor_looks_at_server_model_and_context() {
    let stage = Stage::answer(|asked| match asked.path.as_str() {
        "/api/tags" => Reply::json(200, &json!({"models": [{"name": "fake-1:latest"}]})),
        _ => Reply::json(200, &json!({"model_info": {"qwen3.context_length": 4096}})),
    });
    let health = |stage: &Stage| -> Vec<(&str, Health)> {
        let findings = stage.text_model(ENGINE).probe(&stage.call());
        findings.iter().map(|f| (f.subject, f.health)).collect()
    };
    let good = Health::Good;
    let expected = [("server", good), ("model", good), ("context", Health::Doubtful)];
    assert_eq!(health(&stage), expected);
}

#[test]
fn the_compatible_address_is_taken_as_well() {
    let mut stage = Stage::script([ollama(r#"{"n": 3}"#, 90, "stop")]);
    stage.text.base_url = Some(format!("{}/v1", stage.server.url()));
    stage.ask(ENGINE).unwrap();
    assert_eq!(stage.paths(), ["POST /api/chat"]);
}

#[test]
fn the_model_can_be_unloaded() {
    let stage = Stage::script([Reply::json(200, &json!({"done": true}))]);
    stage.text_model(ENGINE).unload(&stage.call()).unwrap();
    assert_eq!(stage.bodies(), [json!({"model": "fake-1", "keep_alive": 0})]);
}
