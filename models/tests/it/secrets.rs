//! Keys stay where they belong.

use std::sync::Mutex;

use models::fakes::Reply;
use models::fakes::replies::chat;
use models::{
    BuildError, ImageConfig, ImageEngine, Notice, TextConfig, TextEngine, build_image, build_text,
};
use serde_json::json;

use crate::play::{KEY, Stage, with_surroundings};

/// Answers that echo the key, in every place where a server's words are read.
fn echoes() -> Vec<Reply> {
    let error = json!({"error": {"message": format!("Incorrect API key provided: {KEY}")}});
    let mut echoes: Vec<Reply> =
        [200, 400, 401, 404, 429, 500].map(|status| Reply::json(status, &error)).into();
    let chat = json!({"message": {"content": KEY, "refusal": KEY}, "finish_reason": "stop"});
    let gemini = json!({"content": {"parts": [{"text": KEY}]}, "finishReason": "SAFETY",
                        "finishMessage": KEY});
    for body in [
        json!(KEY),
        json!({"detail": KEY}),
        json!({"error": KEY}),
        json!({"choices": [chat]}),
        json!({"choices": [{"message": {"content": KEY}}]}),
        json!({"candidates": [gemini]}),
        json!({"stop_reason": "refusal", "stop_details": {"explanation": KEY}}),
        json!({"promptFeedback": {"blockReason": KEY}}),
        json!({"data": [{"url": KEY}], "images": [KEY]}),
    ] {
        echoes.push(Reply::json(200, &body));
    }
    echoes.push(Reply::status(200, KEY));
    echoes.push(Reply::status(301, "").header("location", &format!("http://x/?key={KEY}")));
    echoes
}

#[test]
fn the_key_is_sent_and_seen_nowhere() {
    use ImageEngine as I;
    use TextEngine as T;
    let texts = [T::OpenAi, T::OpenRouter, T::LlamaCpp, T::Ollama, T::Anthropic, T::Gemini];
    let images = [I::OpenAi, I::OpenRouter, I::Gemini, I::WebUi, I::SdServer, I::ComfyUi];
    for echo in echoes() {
        let stage = Stage::answer(move |_| echo.clone());
        let notices = Mutex::new(String::new());
        let notice = |notice: &Notice| notices.lock().unwrap().push_str(&format!("{notice:?}"));
        let call = stage.call().notice(&notice);
        let mut seen = String::new();
        for engine in texts {
            let model = stage.text_model(engine);
            let error = model.complete(&crate::play::question(), &call).unwrap_err();
            seen.push_str(&format!("{error} {error:?} {:?}", model.probe(&call)));
        }
        for engine in images {
            let model = stage.image_model(engine);
            let error = model.draw(&crate::play::sketch(), &call).unwrap_err();
            seen.push_str(&format!("{error} {error:?} {:?}", model.probe(&call)));
        }
        seen.push_str(&notices.lock().unwrap());
        assert!(!seen.contains(KEY), "{seen}");
        let sent = stage.server.asked()[0].header("authorization").map(str::to_owned);
        assert_eq!(sent, Some(format!("Bearer {KEY}")));
    }
}

#[test]
fn a_redirect_does_not_take_the_key_along() {
    let elsewhere = Stage::script([chat(r#"{"n": 3}"#)]);
    let there = format!("{}/chat/completions", elsewhere.server.url());
    for status in [301, 302, 307, 308] {
        let stage = Stage::script([Reply::status(status, "").header("location", &there)]);
        assert!(stage.ask(TextEngine::OpenAi).is_err());
    }
    assert!(elsewhere.server.asked().is_empty());
}

#[test]
fn the_usual_key_goes_to_the_usual_address_only() {
    let prices = models::PriceTable::bundled();
    let env = |name: &str| (name == "OPENAI_API_KEY").then(|| KEY.to_owned());
    let around = models::Surroundings { env: &env, prices: &prices };
    let mut stage = Stage::script([chat(r#"{"n": 3}"#)]);
    stage.text.key_env = None;
    let config = TextConfig { engine: TextEngine::OpenAi, ..stage.text.clone() };
    let model = build_text(&config, &around).unwrap();
    model.complete(&crate::play::question(), &stage.call()).unwrap();
    assert_eq!(stage.server.asked()[0].header("authorization"), None);
}

fn text_error(config: &str) -> String {
    let config: TextConfig = toml::from_str(config).unwrap();
    match with_surroundings(|around| build_text(&config, around)) {
        Ok(_) => panic!("it was built"),
        Err(error) => match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

#[test]
fn what_cannot_work_is_said_before_the_first_call() {
    assert_eq!(
        text_error("engine = 'openai'\nmodel = 'gpt-5-mini'"),
        "[text] key: the environment variable `OPENAI_API_KEY` is not set; set it to the key of the service"
    );
    assert_eq!(
        text_error("engine = 'openrouter'\nkey_env = 'FAKE_KEY'"),
        "[text] the engine `openrouter` needs `model`"
    );
    let open = "engine = 'openai'\nmodel = 'm'\nkey_env = 'FAKE_KEY'\nbase_url = 'http://api.example.com/v1'";
    assert!(text_error(open).contains("without encryption"), "{}", text_error(open));
    assert!(text_error("engine = 'vllm'\nbase_url = 'localhost'").contains("must begin with"));
    assert_eq!(text_error(""), "the built-in engine is not a model");
    let config = ImageConfig { engine: ImageEngine::Command, ..ImageConfig::default() };
    let result = with_surroundings(|around| build_image(&config, around));
    assert!(matches!(result.err(), Some(BuildError::Missing { setting: "command", .. })));
}
