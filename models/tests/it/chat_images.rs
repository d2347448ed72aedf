//! Chat models that answer with pictures.

use models::fakes::replies::{chat, chat_choice, chat_picture};
use models::fakes::{Reply, png, png_base64};
use models::{CallError, ImageEngine, ImageRequest, Picture, Stage as Judged};
use serde_json::json;

use crate::play::{Stage, sketch};

const ENGINE: ImageEngine = ImageEngine::OpenRouter;

#[test]
fn a_picture_is_asked_for_in_a_chat() {
    let stage = Stage::script([chat_picture(&png_base64(96, 64, 2))]);
    let reference = Picture::check(png(64, 64, 1)).unwrap();
    let request = ImageRequest { references: vec![reference], ..sketch() };
    let answer = stage.image_model(ENGINE).draw(&request, &stage.call()).unwrap();
    assert_eq!(answer.picture.bytes, png(96, 64, 2));
    let body = &stage.bodies()[0];
    assert_eq!(body["modalities"], json!(["image", "text"]));
    assert_eq!(body["image_config"], json!({"aspect_ratio": "3:2"}));
    let url = body["messages"][0]["content"][1]["image_url"]["url"].as_str().unwrap();
    assert!(url.starts_with("data:image/png;base64,"));
}

#[test]
fn a_model_that_only_draws_is_not_asked_to_talk() {
    let stage = Stage::answer(|asked| match asked.json()["modalities"] == json!(["image"]) {
        true => chat_picture(&png_base64(96, 64, 2)),
        false => {
            let words =
                "No endpoints found that support the requested output modalities: image, text";
            Reply::json(404, &json!({"error": {"code": 404, "message": words}}))
        }
    });
    let model = stage.image_model(ENGINE);
    for requests in [2, 3] {
        assert!(model.draw(&sketch(), &stage.call()).is_ok());
        assert_eq!(stage.server.asked().len(), requests);
    }
}

#[test]
fn words_are_no_picture_and_refusals_are_refusals() {
    let stage = Stage::answer(|_| chat("I would draw a mouse."));
    let error = stage.draw(ENGINE).unwrap_err();
    assert!(matches!(error, CallError::BadAnswer { .. }), "{error}");
    let flagged = json!({"error": {"code": 403, "message": "flagged",
        "metadata": {"reasons": ["violence"], "flagged_input": "a mouse"}}});
    let stage = Stage::script([Reply::json(403, &flagged)]);
    let error = stage.draw(ENGINE).unwrap_err();
    assert!(matches!(error, CallError::Refused { stage: Judged::Input, .. }), "{error}");
    let filtered = json!({"finish_reason": "content_filter", "message": {"content": null}});
    let stage = Stage::script([chat_choice(&filtered)]);
    assert!(matches!(stage.draw(ENGINE), Err(CallError::Refused { .. })));
}
