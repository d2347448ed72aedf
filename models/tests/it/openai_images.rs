//! Pictures by `/images/generations` and `/images/edits`.

use models::fakes::replies::{image_base64, image_link, images, moderation_blocked, openai_error};
use models::fakes::{Reply, png, png_base64};
use models::{CallError, ImageEngine, ImageRequest, Picture, Stage as Judged};
use serde_json::json;

use crate::play::{Stage, sketch};

fn good() -> Reply {
    image_base64(&png_base64(96, 64, 1))
}

#[test]
fn a_picture_is_asked_for_as_the_family_of_models_expects_it() {
    for (model, size, format) in [
        ("gpt-image-1", "1536x1024", None),
        ("gpt-image-2", "1200x800", None),
        ("dall-e-3", "1792x1024", Some("b64_json")),
        ("flux-schnell", "1200x800", Some("b64_json")),
    ] {
        let mut stage = Stage::script([good()]);
        stage.image.model = Some(model.into());
        stage.image.quality = Some("low".into());
        let answer = stage.draw(ImageEngine::OpenAi).unwrap();
        assert_eq!(answer.picture.bytes, png(96, 64, 1));
        assert_eq!(stage.paths(), ["POST /images/generations"]);
        let body = &stage.bodies()[0];
        assert_eq!((&body["size"], &body["quality"]), (&json!(size), &json!("low")), "{model}");
        assert_eq!(body["response_format"].as_str(), format, "{model}");
        assert_eq!(body["prompt"], "a mouse at tea");
    }
}

#[test]
fn reference_pictures_go_as_a_form_to_the_edits() {
    let mut stage = Stage::script([good()]);
    stage.image.model = Some("gpt-image-1".into());
    let reference = |seed| Picture::check(png(64, 64, seed)).unwrap();
    let request = ImageRequest { references: vec![reference(1), reference(2)], ..sketch() };
    let model = stage.image_model(ImageEngine::OpenAi);
    assert_eq!(model.most_references(), 4);
    model.draw(&request, &stage.call()).unwrap();
    assert_eq!(stage.paths(), ["POST /images/edits"]);
    let asked = &stage.server.asked()[0];
    assert!(asked.header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
    let body = String::from_utf8_lossy(&asked.body);
    assert_eq!(body.matches("name=\"image[]\"; filename=\"reference-").count(), 2);
    assert!(body.contains("name=\"prompt\"\r\n\r\na mouse at tea\r\n"), "{body}");
    assert!(body.contains("name=\"input_fidelity\"\r\n\r\nhigh\r\n"), "{body}");
    for seed in [1, 2] {
        let bytes = png(64, 64, seed);
        assert!(asked.body.windows(bytes.len()).any(|window| window == bytes));
    }
}

#[test]
fn a_link_is_followed_without_the_key() {
    let picture = png(96, 64, 5);
    let stage = Stage::answer(move |asked| match asked.path.as_str() {
        "/files/1.png" => Reply::bytes(picture.clone()),
        _ => image_link(&format!("http://{}/files/1.png", asked.header("host").unwrap())),
    });
    let answer = stage.draw(ImageEngine::OpenAi).unwrap();
    assert_eq!(answer.revised_prompt.as_deref(), Some("a better prompt"));
    let asked = stage.server.asked();
    assert!(asked[0].header("authorization").is_some());
    assert_eq!(asked[1].header("authorization"), None);
}

#[test]
fn links_that_lead_elsewhere_or_nowhere_are_not_pictures() {
    for url in [
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost:9/x.png",
        "https://10.0.0.1/x.png",
        "https://[::1]:9/x.png",
        "file:///etc/passwd",
        "ftp://x/y",
        "x",
    ] {
        let stage = Stage::answer(move |_| image_link(url));
        let error = stage.draw(ImageEngine::OpenAi).unwrap_err();
        assert!(matches!(error, CallError::BadAnswer { .. }), "{error}");
    }
    let expired = Stage::answer(|asked| match asked.method.as_str() {
        "GET" => Reply::status(403, "expired"),
        _ => image_link(&format!("http://{}/1.png", asked.header("host").unwrap())),
    });
    let error = expired.draw(ImageEngine::OpenAi).unwrap_err();
    assert!(error.to_string().contains("the link to the picture is dead (HTTP 403)"), "{error}");
}

#[test]
fn what_is_no_picture_is_asked_for_again_and_then_given_up() {
    let mut cut = png(96, 64, 1);
    cut.truncate(cut.len() / 2);
    use base64::Engine as _;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    for useless in [
        image_base64(&encode(&cut)),
        image_base64(&encode(b"<html>busy</html>")),
        image_base64(&png_base64(1, 1, 1)),
        image_base64("!!!"),
        images(&json!([])),
        images(&json!([{"b64_json": ""}])),
    ] {
        let stage = Stage::script([useless.clone(), good()]);
        assert!(stage.draw(ImageEngine::OpenAi).is_ok());
        let stage = Stage::answer(move |_| useless.clone());
        let error = stage.draw(ImageEngine::OpenAi).unwrap_err();
        assert!(matches!(error, CallError::BadAnswer { .. }), "{error}");
        assert_eq!(stage.server.asked().len(), 3);
    }
}

#[test]
fn a_picture_is_what_its_bytes_are_whatever_it_is_called() {
    let image = image::RgbImage::from_fn(80, 80, |x, y| image::Rgb([x as u8, y as u8, 0]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::WebP).unwrap();
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(bytes.into_inner());
    let stage = Stage::script([image_base64(&format!("data:image/png;base64,{text}"))]);
    assert_eq!(stage.draw(ImageEngine::OpenAi).unwrap().picture.media_type, "image/webp");
}

#[test]
fn refusals_are_told_apart_by_what_was_judged() {
    for (name, judged) in [("input", Judged::Input), ("output", Judged::Output)] {
        let stage = Stage::script([moderation_blocked(name)]);
        let error = stage.draw(ImageEngine::OpenAi).unwrap_err();
        assert!(matches!(&error, CallError::Refused { stage, .. } if *stage == judged), "{error}");
    }
}

#[test]
fn compatible_servers_refuse_in_ways_of_their_own() {
    let of = |code: &str| json!({"error": {"code": code, "message": "no"}});
    let flagged = json!({"error": {"message": "NSFW content detected in image"}});
    for (status, body) in [
        (400, of("content_policy_violation")),
        (400, of("content_filter")),
        (
            403,
            json!({"error": {"code": 403, "message": "x", "metadata": {"reasons": ["violence"]}}}),
        ),
        (422, flagged.clone()),
        (200, flagged),
    ] {
        let stage = Stage::script([Reply::json(status, &body)]);
        let error = stage.draw(ImageEngine::OpenAi).unwrap_err();
        assert!(matches!(error, CallError::Refused { .. }), "{status} {body}: {error}");
        assert_eq!(stage.server.asked().len(), 1);
    }
}

#[test]
fn a_rejected_field_is_dropped_for_good() {
    let stage = Stage::answer(|asked| match asked.json().get("response_format") {
        Some(_) => openai_error(400, "unknown_parameter", "Unknown parameter: 'response_format'."),
        None => good(),
    });
    let model = stage.image_model(ImageEngine::OpenAi);
    for requests in [2, 3] {
        model.draw(&sketch(), &stage.call()).unwrap();
        assert_eq!(stage.server.asked().len(), requests);
    }
}

#[test]
fn the_caller_s_name_for_the_picture_reaches_the_gate() {
    let stage = Stage::script([good()]);
    stage.draw(ImageEngine::OpenAi).unwrap();
    let admitted = stage.gate.admitted.lock().unwrap();
    assert_eq!(admitted[0].request_id.as_deref(), Some("alice/9/1"));
    assert_eq!(admitted[0].pictures, 1);
    assert_eq!(stage.gate.settled()[0].usage.pictures, 1);
}
