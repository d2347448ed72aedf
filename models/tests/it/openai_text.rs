//! Text by `/chat/completions`.

use models::fakes::Reply;
use models::fakes::replies::{chat, chat_choice, chat_finished, chat_streamed, openai_error};
use models::{CallError, Finish, Health, Stage as Judged, StopCause, TextEngine};
use serde_json::json;

use crate::play::{Stage, question};

#[test]
fn a_question_is_asked_as_the_server_expects_it() {
    let stage = Stage::script([chat(r#"{"n": 3}"#)]);
    let answer = stage.ask(TextEngine::OpenAi).unwrap();
    assert_eq!(answer.json, Some(json!({"n": 3})));
    assert_eq!((answer.finish, answer.model.as_str()), (Finish::Complete, "fake-1-2026"));
    assert_eq!((answer.usage.input_tokens, answer.usage.output_tokens), (100, 20));
    assert_eq!(stage.paths(), ["POST /chat/completions"]);
    let body = &stage.bodies()[0];
    assert_eq!(body["model"], "fake-1");
    assert_eq!(body["messages"][0], json!({"role": "system", "content": "You count."}));
    assert_eq!(body["messages"][1], json!({"role": "user", "content": "How many mice?"}));
    assert_eq!(body["max_completion_tokens"], 500);
    assert_eq!((&body["temperature"], &body["seed"]), (&json!(0.5), &json!(7)));
    let schema = &body["response_format"]["json_schema"];
    assert_eq!((&schema["strict"], &schema["name"]), (&json!(true), &json!("answer")));
    assert_eq!(schema["schema"]["required"], json!(["n", "why"]));
}

#[test]
fn local_servers_are_asked_to_stream_and_may_decline() {
    let text = r#"{"n": 3}"#;
    let whole = chat_streamed(text);
    let cut = chat_streamed(text).break_after(40);
    let stage = Stage::script([cut, whole, chat(text)]);
    let model = stage.text_model(TextEngine::LlamaCpp);
    for requests in [2, 3] {
        let answer = model.complete(&question(), &stage.call()).unwrap();
        assert_eq!(answer.json, Some(json!({"n": 3})));
        assert_eq!((answer.usage.input_tokens, answer.usage.output_tokens), (100, 20));
        assert_eq!(stage.server.asked().len(), requests);
    }
    assert_eq!(stage.bodies()[0]["stream"], json!(true));
    let stage = Stage::script([chat(text)]);
    stage.ask(TextEngine::OpenRouter).unwrap();
    assert!(stage.bodies()[0].get("stream").is_none(), "hosted servers allow it to some only");
}

#[test]
fn a_question_may_be_about_pictures() {
    let stage = Stage::script([chat(r#"{"n": 3}"#)]);
    let picture = models::Picture::check(models::fakes::png(64, 64, 1)).unwrap();
    let request = models::TextRequest { pictures: vec![picture], ..question() };
    stage.text_model(TextEngine::OpenAi).complete(&request, &stage.call()).unwrap();
    let content = &stage.bodies()[0]["messages"][1]["content"];
    assert_eq!(content[0]["text"], "How many mice?");
    assert!(content[1]["image_url"]["url"].as_str().unwrap().starts_with("data:image/png;base64,"));
}

#[test]
fn an_optional_member_that_came_as_null_is_absent() {
    let stage = Stage::script([chat(r#"{"n": 3, "why": null}"#)]);
    assert_eq!(stage.ask(TextEngine::Vllm).unwrap().json, Some(json!({"n": 3})));
}

#[test]
fn json_is_found_in_fences_and_after_thoughts() {
    for text in [
        "```json\n{\"n\": 3,}\n```",
        "<think>{\"n\": 1}? no</think> It is {\"n\": 3}.",
        "{\"n\": \"many\"} or rather {\"n\": 3}",
    ] {
        let stage = Stage::script([chat(text)]);
        assert_eq!(stage.ask(TextEngine::LmStudio).unwrap().json, Some(json!({"n": 3})), "{text}");
    }
}

#[test]
fn a_useless_answer_is_asked_for_again_with_the_reason() {
    let stage = Stage::script([chat("I think three."), chat(r#"{"m": 1}"#), chat(r#"{"n": 3}"#)]);
    assert_eq!(stage.ask(TextEngine::OpenAi).unwrap().json, Some(json!({"n": 3})));
    let asked: Vec<String> =
        stage.bodies().iter().map(|b| b["messages"][1]["content"].to_string()).collect();
    assert!(!asked[0].contains("could not be used"));
    assert!(asked[1].contains("could not be used: it holds no JSON object"), "{}", asked[1]);
    assert!(asked[2].contains("could not be used: `n` is missing"), "{}", asked[2]);
    assert_eq!(stage.waits(), [0; 0], "nothing is wrong with the server");
}

#[test]
fn re_asks_are_bounded() {
    let stage = Stage::answer(|_| chat("no"));
    let error = stage.ask(TextEngine::OpenAi).unwrap_err();
    assert!(matches!(error, CallError::BadAnswer { .. }), "{error}");
    assert_eq!(stage.server.asked().len(), 3);
    assert_eq!(stage.gate.settled().len(), 3, "each of them was paid for");
}

#[test]
fn an_answer_that_was_cut_off_is_kept_as_far_as_it_fits() {
    let stage = Stage::script([chat_finished(r#"{"n": 3, "why": "I coun"#, "length")]);
    let answer = stage.ask(TextEngine::OpenAi).unwrap();
    assert_eq!((answer.finish, answer.json.unwrap()["n"].clone()), (Finish::Length, json!(3)));
    let stage = Stage::script([chat_finished(r#"{"wh"#, "length"), chat(r#"{"n": 3}"#)]);
    assert_eq!(stage.ask(TextEngine::OpenAi).unwrap().finish, Finish::Complete);
    assert!(stage.bodies()[1].to_string().contains("be briefer"));
}

#[test]
fn free_text_needs_no_json() {
    let stage = Stage::script([chat("Three mice.")]);
    let request = models::TextRequest { schema: None, ..question() };
    let answer = stage.text_model(TextEngine::OpenAi).complete(&request, &stage.call()).unwrap();
    assert_eq!((answer.text.as_str(), answer.json), ("Three mice.", None));
    assert!(stage.bodies()[0].get("response_format").is_none());
}

#[test]
fn both_forms_of_refusal_are_refusals() {
    let refusal =
        json!({"finish_reason": "stop", "message": {"content": null, "refusal": "I won't."}});
    let filtered = json!({"finish_reason": "content_filter", "message": {"content": ""}});
    for choice in [refusal, filtered] {
        let stage = Stage::script([chat_choice(&choice)]);
        let error = stage.ask(TextEngine::OpenAi).unwrap_err();
        assert!(matches!(error, CallError::Refused { stage: Judged::Output, .. }), "{error}");
    }
}

#[test]
fn a_server_without_schemas_is_told_in_words() {
    let stage = Stage::answer(|asked| match asked.json().get("response_format") {
        Some(_) => Reply::status(400, r#"{"error": "'response_format' is not supported"}"#),
        None => chat(r#"{"n": 3}"#),
    });
    let model = stage.text_model(TextEngine::LlamaCpp);
    assert!(model.complete(&question(), &stage.call()).is_ok());
    let last = stage.bodies().pop().unwrap();
    assert!(last["messages"][0]["content"].as_str().unwrap().contains(r#""required":["n"]"#));
    assert_eq!(stage.server.asked().len(), 4, "three forms were tried before");
    assert!(model.complete(&question(), &stage.call()).is_ok());
    assert_eq!(stage.server.asked().len(), 5, "the lesson is remembered");
}

#[test]
fn fields_a_model_does_not_take_are_left_out() {
    let stage = Stage::answer(|asked| {
        let body = asked.json();
        if body.get("temperature").is_some() {
            openai_error(400, "unsupported_value", "Unsupported value: 'temperature'.")
        } else if body.get("max_tokens").is_some() {
            let words = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
            openai_error(400, "unsupported_parameter", words)
        } else {
            chat(r#"{"n": 3}"#)
        }
    });
    assert!(stage.ask(TextEngine::OpenRouter).is_ok());
    assert_eq!(stage.bodies()[2]["max_completion_tokens"], 500);
}

#[test]
fn a_full_context_is_no_reason_to_try_again() {
    let body = r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":14429,"n_ctx":8192}}"#;
    for status in [400, 500, 200] {
        let stage = Stage::script([Reply::status(status, body)]);
        let error = stage.ask(TextEngine::LlamaCpp).unwrap_err();
        assert!(matches!(error, CallError::TooLong { .. }), "{error}");
        assert!(error.to_string().contains("14429"), "{error}");
    }
}

#[test]
fn a_text_that_cannot_fit_is_not_sent() {
    let mut stage = Stage::script([]);
    stage.text.context = Some(1000);
    let request = models::TextRequest { user: "word ".repeat(2000), ..question() };
    let error =
        stage.text_model(TextEngine::LlamaCpp).complete(&request, &stage.call()).unwrap_err();
    assert!(matches!(error, CallError::TooLong { .. }), "{error}");
    assert!(stage.server.asked().is_empty());
}

#[test]
fn openrouter_says_errors_with_status_200_and_tells_the_cost() {
    let no_credit = json!({"error": {"code": 402, "message": "Insufficient credits"}});
    let stage = Stage::script([Reply::json(200, &no_credit)]);
    let error = stage.ask(TextEngine::OpenRouter).unwrap_err();
    assert!(matches!(error, CallError::Stop { cause: StopCause::Credit, .. }), "{error}");
    let with_cost = json!({
        "choices": [{"message": {"content": "{\"n\": 3}"}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 1, "cost": 0.0025},
    });
    let stage = Stage::script([Reply::json(200, &with_cost)]);
    let answer = stage.ask(TextEngine::OpenRouter).unwrap();
    assert_eq!(answer.usage.cost.unwrap().micros(), 2500);
    let in_choice = json!({"choices": [{"error": {"code": 502, "message": "provider down"}}]});
    let stage = Stage::script([Reply::json(200, &in_choice), chat(r#"{"n": 3}"#)]);
    assert!(stage.ask(TextEngine::OpenRouter).is_ok());
}

#[test]
fn what_the_configuration_adds_goes_along() {
    let mut stage = Stage::script([chat(r#"{"n": 3}"#)]);
    stage.text.extra = toml::from_str("reasoning_effort = 'low'").unwrap();
    stage.ask(TextEngine::OpenAi).unwrap();
    assert_eq!(stage.bodies()[0]["reasoning_effort"], "low");
}

#[test]
fn doctor_finds_server_key_and_model() {
    let list = json!({"data": [{"id": "fake-1"}, {"id": "fake-2"}]});
    let mut stage = Stage::answer(move |_| Reply::json(200, &list));
    let health = |stage: &Stage| -> Vec<(&str, Health)> {
        let findings = stage.text_model(TextEngine::OpenAi).probe(&stage.call());
        findings.iter().map(|f| (f.subject, f.health)).collect()
    };
    let good = Health::Good;
    assert_eq!(health(&stage), [("server", good), ("key", good), ("model", good)]);
    stage.text.model = Some("fake-3".into());
    assert_eq!(health(&stage)[2], ("model", Health::Doubtful));
}

#[test]
fn doctor_compares_the_context_with_what_the_server_holds() {
    let mut stage = Stage::answer(|asked| match asked.path.as_str() {
        "/props" => Reply::json(200, &json!({"default_generation_settings": {"n_ctx": 4096}})),
        "/v1/models" => Reply::json(200, &json!({"data": [{"id": "fake-1"}]})),
        _ => Reply::status(404, ""),
    });
    stage.text.base_url = Some(format!("{}/v1", stage.server.url()));
    let findings = stage.text_model(TextEngine::LlamaCpp).probe(&stage.call());
    assert_eq!((findings[3].subject, findings[3].health), ("context", Health::Doubtful));
    assert!(findings[3].next.contains("context = 4096"), "{:?}", findings[3]);
}

#[test]
fn doctor_asks_openrouter_about_the_key_itself() {
    let stage = Stage::answer(|asked| match asked.path.as_str() {
        "/key" => openai_error(401, "invalid", "User not found."),
        _ => Reply::json(200, &json!({"data": [{"id": "fake-1"}]})),
    });
    let findings = stage.text_model(TextEngine::OpenRouter).probe(&stage.call());
    assert_eq!((findings[1].subject, findings[1].health), ("key", Health::Bad));
}

#[test]
fn doctor_says_what_to_do_when_nobody_is_there() {
    let mut stage = Stage::script([]);
    // Port 9 is the discard service: on a test machine nothing listens there.
    stage.text.base_url = Some("http://127.0.0.1:9".into());
    let findings = stage.text_model(TextEngine::LlamaCpp).probe(&stage.call());
    assert_eq!((findings[0].subject, findings[0].health), ("server", Health::Bad));
    assert!(findings[0].next.contains("start the server"), "{:?}", findings[0]);
}
