//! Stable Diffusion WebUI and sd-server.

use models::fakes::replies::webui;
use models::fakes::{Reply, png, png_base64};
use models::{CallError, Health, ImageEngine, ImageRequest, Picture, StopCause};
use serde_json::json;

use crate::play::{KEY, Stage, sketch};

fn good() -> Reply {
    webui(&png_base64(96, 64, 2), Some(1234))
}

fn with_reference() -> ImageRequest {
    ImageRequest { references: vec![Picture::check(png(64, 64, 1)).unwrap()], ..sketch() }
}

#[test]
fn a_picture_is_drawn_with_checkpoint_seed_and_extras() {
    let mut stage = Stage::script([good()]);
    stage.image.extra = toml::from_str("steps = 8").unwrap();
    let answer = stage.draw(ImageEngine::WebUi).unwrap();
    assert_eq!((answer.picture.bytes, answer.seed), (png(96, 64, 2), Some(1234)));
    assert_eq!(stage.paths(), ["POST /sdapi/v1/txt2img"]);
    let body = &stage.bodies()[0];
    assert_eq!(body["override_settings"], json!({"sd_model_checkpoint": "fake-1"}));
    assert_eq!((&body["seed"], &body["steps"]), (&json!(42), &json!(8)));
    assert_eq!((&body["width"], &body["height"]), (&json!(1200), &json!(800)));
    assert_eq!(body["negative_prompt"], "text");
}

#[test]
fn its_key_is_user_and_password() {
    let stage = Stage::script([good()]);
    stage.draw(ImageEngine::WebUi).unwrap();
    use base64::Engine as _;
    let pair = base64::engine::general_purpose::STANDARD.encode(KEY);
    let expected = format!("Basic {pair}");
    assert_eq!(stage.server.asked()[0].header("authorization"), Some(expected.as_str()));
}

#[test]
fn a_reference_fills_its_place_or_the_field_is_left_out() {
    let extra = "alwayson_scripts.controlnet.args = [{image = '%reference1%', weight = 0.8}]";
    let mut stage = Stage::script([good(), good()]);
    assert_eq!(stage.image_model(ImageEngine::WebUi).most_references(), 0);
    stage.image.extra = toml::from_str(extra).unwrap();
    let model = stage.image_model(ImageEngine::WebUi);
    assert!(model.most_references() > 0);
    model.draw(&with_reference(), &stage.call()).unwrap();
    model.draw(&sketch(), &stage.call()).unwrap();
    let bodies = stage.bodies();
    let image = &bodies[0]["alwayson_scripts"]["controlnet"]["args"][0]["image"];
    assert_eq!(image, &json!(png_base64(64, 64, 1)));
    assert!(bodies[1].get("alwayson_scripts").is_none());
}

#[test]
fn sd_server_takes_references_and_tells_no_seed() {
    let stage = Stage::script([webui(&png_base64(96, 64, 2), None)]);
    let model = stage.image_model(ImageEngine::SdServer);
    assert!(model.most_references() > 0);
    let answer = model.draw(&with_reference(), &stage.call()).unwrap();
    assert_eq!(answer.seed, Some(42));
    let body = &stage.bodies()[0];
    assert_eq!(body["extra_images"], json!([png_base64(64, 64, 1)]));
    assert!(body.get("override_settings").is_none());
}

#[test]
fn its_errors_are_classed() {
    let memory =
        r#"{"error":"OutOfMemoryError","detail":"","body":"","errors":"CUDA out of memory"}"#;
    let stage = Stage::script([Reply::status(500, memory), good()]);
    assert!(stage.draw(ImageEngine::WebUi).is_ok());
    let stage = Stage::script([Reply::status(404, r#"{"detail":"Not Found"}"#)]);
    let error = stage.draw(ImageEngine::WebUi).unwrap_err();
    assert!(matches!(error, CallError::Stop { cause: StopCause::Setup, .. }), "{error}");
    assert!(error.to_string().contains("--api"), "{error}");
    let field = r#"{"detail":[{"loc":["body","steps"],"msg":"value is not a valid integer"}]}"#;
    let stage = Stage::script([Reply::status(422, field)]);
    let error = stage.draw(ImageEngine::WebUi).unwrap_err();
    assert!(
        matches!(&error, CallError::Rejected { what, .. } if what.contains("steps")),
        "{error}"
    );
}

#[test]
fn a_black_picture_of_the_safety_checker_is_no_picture() {
    let mut black = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(96, 64).write_to(&mut black, image::ImageFormat::Png).unwrap();
    use base64::Engine as _;
    let black = base64::engine::general_purpose::STANDARD.encode(black.into_inner());
    let stage = Stage::answer(move |_| webui(&black, Some(1)));
    let error = stage.draw(ImageEngine::WebUi).unwrap_err();
    assert!(error.to_string().contains("one flat colour"), "{error}");
}

#[test]
fn doctor_looks_for_the_checkpoint() {
    let list = json!([{"title": "fake-1 [abc]", "model_name": "fake-1"}]);
    let mut stage = Stage::answer(move |_| Reply::json(200, &list));
    let model = |stage: &Stage| stage.image_model(ImageEngine::WebUi).probe(&stage.call());
    assert_eq!(model(&stage)[1].health, Health::Good);
    stage.image.model = Some("other".into());
    assert_eq!(model(&stage)[1].health, Health::Doubtful);
    assert!(model(&stage)[1].next.contains("fake-1"));
}
