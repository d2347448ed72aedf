//! ComfyUI: queueing, waiting, finding again what was queued before a crash.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use models::fakes::comfyui::{ComfyUi, Mood};
use models::fakes::{Reply, png};
use models::{CallError, ImageConfig, ImageEngine, ImageRequest, Picture, StopCause, SystemClock};
use serde_json::json;

use crate::play::{Stage, sketch};

const ENGINE: ImageEngine = ImageEngine::ComfyUi;

/// A stage with a ComfyUI in this mood.
fn stage(mood: Mood) -> (Stage, ComfyUi) {
    let comfy = ComfyUi::new(mood);
    let playing = comfy.clone();
    (Stage::answer(move |asked| playing.answer(asked)), comfy)
}

#[test]
fn a_job_is_queued_awaited_and_fetched() {
    let (stage, comfy) = stage(Mood::Draws);
    let answer = stage.draw(ENGINE).unwrap();
    assert_eq!((answer.picture.media_type, answer.seed), ("image/png", Some(42)));
    let job = &comfy.submitted()[0];
    assert_eq!(job["prompt"]["1"]["inputs"]["ckpt_name"], "fake-1");
    assert_eq!(job["prompt"]["2"]["inputs"]["text"], "a mouse at tea");
    assert_eq!(job["prompt"]["4"]["inputs"]["width"], json!(1200));
    assert_eq!(job["prompt"]["5"]["inputs"]["seed"], json!(42));
    let id = job["prompt_id"].as_str().unwrap();
    assert_eq!(job["prompt"]["7"]["inputs"]["filename_prefix"], format!("woodcut-{id}"));
    let view = stage.paths().pop().unwrap();
    assert_eq!(view, format!("GET /view?filename={id}%201.png&subfolder=a%2Fb&type=output"));
}

#[test]
fn after_a_crash_the_picture_is_fetched_and_not_drawn_again() {
    let (stage, comfy) = stage(Mood::Draws);
    let first = stage.draw(ENGINE).unwrap();
    let again = stage.draw(ENGINE).unwrap();
    assert_eq!(first.picture, again.picture);
    assert_eq!(comfy.submitted().len(), 1);
    let other = ImageRequest { request_id: "alice/9/2".into(), ..sketch() };
    stage.image_model(ENGINE).draw(&other, &stage.call()).unwrap();
    assert_eq!(comfy.submitted().len(), 2);
}

#[test]
fn an_interrupt_leaves_the_job_where_a_restart_finds_it() {
    let (stage, comfy) = stage(Mood::Idles);
    let call = stage.call().clock(&SystemClock);
    let model = stage.image_model(ENGINE);
    let result = std::thread::scope(|threads| {
        let drawing = threads.spawn(|| model.draw(&sketch(), &call));
        assert!(stage.server.await_asked(4), "history, queue, prompt, history");
        stage.interrupt.store(true, Ordering::Relaxed);
        drawing.join().unwrap()
    });
    assert_eq!(result, Err(CallError::Interrupted));
    stage.interrupt.store(false, Ordering::Relaxed);
    comfy.set_mood(Mood::Draws);
    assert!(stage.draw(ENGINE).is_ok());
    assert_eq!(comfy.submitted().len(), 1);
}

#[test]
fn a_failed_job_is_tried_again_under_another_number() {
    let (stage, comfy) = stage(Mood::Fails);
    let error = stage.draw(ENGINE).unwrap_err();
    assert!(matches!(error, CallError::Unavailable { attempts: 3, .. }), "{error}");
    assert!(error.to_string().contains("KSampler: Allocation on device"), "{error}");
    let ids: std::collections::BTreeSet<String> =
        comfy.submitted().iter().map(|job| job["prompt_id"].to_string()).collect();
    assert_eq!(ids.len(), 3);
    comfy.set_mood(Mood::Draws);
    assert!(stage.draw(ENGINE).is_ok());
}

#[test]
fn a_job_answered_from_the_cache_with_nothing_is_saved_again() {
    let (stage, comfy) = stage(Mood::Remembers);
    let error = stage.draw(ENGINE).unwrap_err();
    assert!(error.to_string().contains("no picture among its outputs"), "{error}");
    let prefixes: std::collections::BTreeSet<String> = comfy
        .submitted()
        .iter()
        .map(|job| job["prompt"]["7"]["inputs"]["filename_prefix"].to_string())
        .collect();
    assert_eq!(prefixes.len(), 3, "each attempt saves under a name of its own");
}

#[test]
fn a_server_that_forgets_or_hangs_is_not_waited_for_for_ever() {
    for (mood, words) in [(Mood::Forgets, "forgotten the job"), (Mood::Idles, "no sign of life")] {
        let (mut stage, _) = stage(mood);
        stage.image.patience.attempts = 1;
        let error = stage.draw(ENGINE).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_workflow_of_one_s_own_is_filled_in_and_its_references_uploaded() {
    let (mut stage, comfy) = stage(Mood::Draws);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.json");
    let workflow = json!({
        "1": {"class_type": "Text", "inputs": {"text": "masterpiece, %prompt%", "seed": "%seed%"}},
        "2": {"class_type": "LoadImage", "inputs": {"image": "%reference1%"}},
    });
    std::fs::write(&path, workflow.to_string()).unwrap();
    stage.image = ImageConfig { workflow: Some(path), model: None, ..stage.image };
    let model = stage.image_model(ENGINE);
    assert_eq!(model.most_references(), 1);
    let reference = Picture::check(png(64, 64, 1)).unwrap();
    let prompt = "\"}, \"9\": {\"class_type\": \"Evil\"} %seed%";
    let request = ImageRequest { references: vec![reference], prompt: prompt.into(), ..sketch() };
    model.draw(&request, &stage.call()).unwrap();
    let job = &comfy.submitted()[0]["prompt"];
    assert_eq!(job["1"]["inputs"]["text"], format!("masterpiece, {prompt}"));
    assert_eq!(job["1"]["inputs"]["seed"], json!(42));
    assert!(job.get("9").is_none());
    let image = job["2"]["inputs"]["image"].as_str().unwrap();
    assert!(image.starts_with("woodcut-") && image.ends_with(".png"), "{image}");
}

#[test]
fn a_rejected_workflow_stops_the_run_with_the_node_s_name() {
    let unknown_model = json!({
        "error": {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation"},
        "node_errors": {"1": {"class_type": "CheckpointLoaderSimple", "errors": [{
            "type": "value_not_in_list", "message": "Value not in list", "details": "ckpt_name: 'fake-1'"}]}},
    });
    let missing_node = json!({
        "error": {"type": "missing_node_type", "message": "Node 'IPAdapter' not found."}, "node_errors": {}
    });
    for (body, expected, words) in [
        (unknown_model, StopCause::Model, "CheckpointLoaderSimple: Value not in list: ckpt_name"),
        (missing_node, StopCause::Setup, "IPAdapter"),
    ] {
        let body = Arc::new(body);
        let stage = Stage::answer(move |asked| match asked.path.as_str() {
            "/prompt" => Reply::json(400, &body),
            "/queue" => Reply::json(200, &json!({"queue_running": [], "queue_pending": []})),
            _ => Reply::json(200, &json!({})),
        });
        let error = stage.draw(ENGINE).unwrap_err();
        assert!(matches!(&error, CallError::Stop { cause, .. } if *cause == expected), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_useless_picture_is_not_fetched_again_but_drawn_with_another_seed() {
    let (stage, comfy) = stage(Mood::Doodles);
    let error = stage.draw(ENGINE).unwrap_err();
    assert!(matches!(error, CallError::BadAnswer { .. }), "{error}");
    let seeds: Vec<serde_json::Value> =
        comfy.submitted().iter().map(|job| job["prompt"]["5"]["inputs"]["seed"].clone()).collect();
    assert_eq!(seeds, [42, 43, 44]);
}

#[test]
fn memory_can_be_freed_for_another_engine() {
    let (stage, _) = stage(Mood::Draws);
    stage.image_model(ENGINE).unload(&stage.call()).unwrap();
    assert_eq!(stage.bodies(), [json!({"unload_models": true, "free_memory": true})]);
}
