//! Workflows of ComfyUI: the plain one, and the check of those that people bring.

use serde_json::{Value, json};

use crate::template::mentions;

/// The workflow for those who have none: a checkpoint, two prompts, a sampler.
pub(crate) fn plain() -> Value {
    json!({
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "%model%"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "%prompt%", "clip": ["1", 1]}},
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "%negative%", "clip": ["1", 1]}},
        "4": {"class_type": "EmptyLatentImage",
              "inputs": {"width": "%width%", "height": "%height%", "batch_size": 1}},
        "5": {"class_type": "KSampler", "inputs": {
            "seed": "%seed%", "steps": 25, "cfg": 7.0, "sampler_name": "dpmpp_2m",
            "scheduler": "karras", "denoise": 1.0, "model": ["1", 0],
            "positive": ["2", 0], "negative": ["3", 0], "latent_image": ["4", 0]}},
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
        "7": {"class_type": "SaveImage",
              "inputs": {"images": ["6", 0], "filename_prefix": "%id%"}},
    })
}

/// Checks a workflow file.
///
/// # Errors
/// In words: why it is not one, and what to do.
pub(crate) fn check(text: &str) -> Result<Value, String> {
    let workflow: Value =
        serde_json::from_str(text).map_err(|error| format!("is not JSON ({error})"))?;
    if workflow.get("nodes").is_some() && workflow.get("links").is_some() {
        return Err("is a drawing of the workflow; export it with `Export (API)`".to_owned());
    }
    let nodes = workflow.as_object().filter(|nodes| !nodes.is_empty());
    if !nodes.is_some_and(|nodes| nodes.values().all(|node| node["class_type"].is_string())) {
        return Err("is not a workflow in the API format".to_owned());
    }
    if !mentions(&workflow, "prompt") {
        return Err("has no `%prompt%`; write it where the prompt belongs".to_owned());
    }
    Ok(workflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflows_are_checked_when_they_are_read() {
        assert!(check(&plain().to_string()).is_ok());
        for (text, why) in [
            ("", "not JSON"),
            (r#"{"nodes": [], "links": []}"#, "Export (API)"),
            ("{}", "API format"),
            (r#"{"1": {"inputs": {}}}"#, "API format"),
            (r#"{"1": {"class_type": "X", "inputs": {"text": "a cat"}}}"#, "%prompt%"),
        ] {
            let error = check(text).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
