//! Gemini, for text and for pictures.

use models::fakes::replies::gemini;
use models::fakes::{Reply, png, png_base64};
use models::{CallError, Finish, ImageEngine, ImageRequest, Picture, Stage as Judged, TextEngine};
use serde_json::{Value, json};

use crate::play::{KEY, Stage, sketch};

fn text(text: &str) -> Value {
    json!([{"text": "hm, let me think {", "thought": true}, {"text": text}])
}

fn picture() -> Value {
    let data = png_base64(96, 64, 4);
    json!([{"text": "Here:"}, {"inlineData": {"mimeType": "image/png", "data": data}}])
}

#[test]
fn a_question_is_asked_as_the_server_expects_it() {
    let stage = Stage::script([gemini(&text(r#"{"n": 3}"#), "STOP")]);
    let answer = stage.ask(TextEngine::Gemini).unwrap();
    assert_eq!((answer.json, answer.model.as_str()), (Some(json!({"n": 3})), "gemini-fake-1"));
    assert_eq!((answer.usage.input_tokens, answer.usage.output_tokens), (100, 20));
    let asked = &stage.server.asked()[0];
    assert_eq!(asked.path, "/models/fake-1:generateContent");
    assert_eq!(asked.header("x-goog-api-key"), Some(KEY));
    let config = &asked.json()["generationConfig"];
    assert_eq!(config["responseMimeType"], "application/json");
    assert_eq!((&config["seed"], &config["maxOutputTokens"]), (&json!(7), &json!(500)));
    assert_eq!(config["responseJsonSchema"]["required"], json!(["n"]));
}

#[test]
fn a_name_of_a_model_cannot_leave_its_place_in_the_path() {
    let mut stage = Stage::script([gemini(&text(r#"{"n": 3}"#), "STOP")]);
    stage.text.model = Some("../../x?key=1#".into());
    stage.ask(TextEngine::Gemini).unwrap();
    assert_eq!(stage.server.asked()[0].path, "/models/..%2F..%2Fx%3Fkey%3D1%23:generateContent");
}

#[test]
fn what_a_filter_took_is_refused() {
    let blocked = json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}});
    let stage = Stage::script([Reply::json(200, &blocked)]);
    let error = stage.ask(TextEngine::Gemini).unwrap_err();
    assert!(matches!(error, CallError::Refused { stage: Judged::Input, .. }), "{error}");
    for reason in [
        "SAFETY",
        "RECITATION",
        "PROHIBITED_CONTENT",
        "BLOCKLIST",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "IMAGE_OTHER",
    ] {
        let stage = Stage::script([gemini(&json!([]), reason)]);
        let error = stage.draw(ImageEngine::Gemini).unwrap_err();
        assert!(matches!(error, CallError::Refused { stage: Judged::Output, .. }), "{error}");
    }
}

#[test]
fn an_answer_that_was_cut_off_says_so() {
    let stage = Stage::script([gemini(&text(r#"{"n": 3, "#), "MAX_TOKENS")]);
    assert_eq!(stage.ask(TextEngine::Gemini).unwrap().finish, Finish::Length);
}

#[test]
fn a_model_without_schemas_is_told_in_words() {
    let stage = Stage::answer(|asked| {
        let config = &asked.json()["generationConfig"];
        match config.get("responseJsonSchema") {
            Some(_) => {
                let words = r#"Unknown name "responseJsonSchema" at 'generation_config'"#;
                Reply::json(400, &json!({"error": {"code": 400, "message": words}}))
            }
            None => gemini(&text(r#"{"n": 3}"#), "STOP"),
        }
    });
    assert!(stage.ask(TextEngine::Gemini).is_ok());
}

#[test]
fn a_picture_is_drawn_with_references() {
    let mut stage = Stage::script([gemini(&picture(), "STOP")]);
    stage.image.quality = Some("2K".into());
    let reference = Picture::check(png(64, 64, 1)).unwrap();
    let request = ImageRequest { references: vec![reference], ..sketch() };
    let answer = stage.image_model(ImageEngine::Gemini).draw(&request, &stage.call()).unwrap();
    assert_eq!(answer.picture.bytes, png(96, 64, 4));
    let body = &stage.bodies()[0];
    let parts = &body["contents"][0]["parts"];
    assert_eq!(parts[0]["text"], "a mouse at tea\n\nAvoid: text");
    assert_eq!(parts[1]["inlineData"]["mimeType"], "image/png");
    let expected = json!({"aspectRatio": "3:2", "imageSize": "2K"});
    assert_eq!(body["generationConfig"]["imageConfig"], expected);
}

#[test]
fn words_instead_of_a_picture_are_asked_again() {
    let stage = Stage::script([gemini(&json!([]), "NO_IMAGE"), gemini(&picture(), "STOP")]);
    assert!(stage.draw(ImageEngine::Gemini).is_ok());
    let stage = Stage::answer(|_| gemini(&json!([{"text": "What a lovely idea!"}]), "STOP"));
    let error = stage.draw(ImageEngine::Gemini).unwrap_err();
    assert!(error.to_string().contains("words instead of a picture: What a lovely"), "{error}");
}

#[test]
fn a_known_price_is_booked_before_and_after() {
    let mut stage = Stage::script([gemini(&picture(), "STOP")]);
    stage.image.model = Some("gemini-2.5-flash-image".into());
    let answer = stage.draw(ImageEngine::Gemini).unwrap();
    let reserved = stage.gate.admitted.lock().unwrap()[0].cost;
    assert_eq!(reserved.map(models::Usd::micros), Some(39_000));
    assert_eq!(answer.usage.cost, reserved);
    assert_eq!(stage.gate.settled()[0].usage.cost, reserved);
}
