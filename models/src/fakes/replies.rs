//! Answers in the shapes of the real servers.

use serde_json::{Value, json};

use super::server::Reply;

/// `/chat/completions`: a whole answer.
pub fn chat(text: &str) -> Reply {
    chat_finished(text, "stop")
}

/// `/chat/completions`: an answer that ended for this reason.
pub fn chat_finished(text: &str, finish_reason: &str) -> Reply {
    chat_choice(&json!({
        "index": 0,
        "finish_reason": finish_reason,
        "message": {"role": "assistant", "content": text, "refusal": null},
    }))
}

/// `/chat/completions`, streamed in two pieces.
pub fn chat_streamed(text: &str) -> Reply {
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let piece = |text: &str, finish: Option<&str>| {
        let choice = json!({"index": 0, "delta": {"content": text}, "finish_reason": finish});
        format!("data: {}\n\n", json!({"model": "fake-1-2026", "choices": [choice]}))
    };
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 20}});
    let body = [
        piece(&text[..middle], None),
        piece(&text[middle..], Some("stop")),
        format!("data: {usage}\n\n"),
        "data: [DONE]\n\n".to_owned(),
    ];
    Reply::status(200, &body.concat()).header("content-type", "text/event-stream")
}

/// `/chat/completions` with a choice of any shape.
pub fn chat_choice(choice: &Value) -> Reply {
    Reply::json(
        200,
        &json!({
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_767_225_600,
            "model": "fake-1-2026",
            "choices": [choice],
            "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
        }),
    )
}

/// `/images/generations` with the picture in base64.
pub fn image_base64(picture: &str) -> Reply {
    images(&json!([{"b64_json": picture}]))
}

/// `/images/generations` with a link to the picture.
pub fn image_link(url: &str) -> Reply {
    images(&json!([{"url": url, "revised_prompt": "a better prompt"}]))
}

/// `/images/generations` with data of any shape.
pub fn images(data: &Value) -> Reply {
    Reply::json(200, &json!({"created": 1_767_225_600, "data": data}))
}

/// An error as OpenAI says it.
pub fn openai_error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({"error": {"message": message, "type": "error", "param": null, "code": code}}),
    )
}

/// A refusal by OpenAI's filter, of the `input` or the `output`.
pub fn moderation_blocked(stage: &str) -> Reply {
    Reply::json(
        400,
        &json!({"error": {
            "message": "Your request was rejected by the safety system. safety_violations=[violence].",
            "type": "image_generation_user_error",
            "param": null,
            "code": "moderation_blocked",
            "moderation_details": {"moderation_stage": stage, "categories": ["violence"]},
        }}),
    )
}

/// Ollama's `/api/chat`, streamed in two lines; so many tokens of the question were read.
pub fn ollama(text: &str, read: u64, done_reason: &str) -> Reply {
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let line = |text: &str| json!({"model": "fake-1", "message": {"role": "assistant", "content": text}, "done": false});
    let last = json!({
        "model": "fake-1:latest",
        "message": {"role": "assistant", "content": ""},
        "done": true,
        "done_reason": done_reason,
        "prompt_eval_count": read,
        "eval_count": 12,
    });
    let lines = [line(&text[..middle]), line(&text[middle..]), last];
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    Reply::status(200, &body).header("content-type", "application/x-ndjson")
}

/// Anthropic's `/messages`.
pub fn anthropic(text: &str, stop_reason: &str) -> Reply {
    Reply::json(
        200,
        &json!({
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": text}],
            "model": "claude-fake-1",
            "stop_reason": stop_reason,
            "usage": {"input_tokens": 90, "cache_read_input_tokens": 10, "output_tokens": 20},
        }),
    )
}

/// Gemini's `generateContent` with these parts.
pub fn gemini(parts: &Value, finish_reason: &str) -> Reply {
    Reply::json(
        200,
        &json!({
            "candidates": [{
                "content": {"role": "model", "parts": parts},
                "finishReason": finish_reason,
            }],
            "usageMetadata": {
                "promptTokenCount": 100,
                "candidatesTokenCount": 15,
                "thoughtsTokenCount": 5,
            },
            "modelVersion": "gemini-fake-1",
        }),
    )
}

/// A chat model of OpenRouter that answers with a picture.
pub fn chat_picture(picture: &str) -> Reply {
    let url = format!("data:image/png;base64,{picture}");
    chat_choice(&json!({
        "finish_reason": "stop",
        "message": {
            "role": "assistant",
            "content": "Here you are.",
            "images": [{"type": "image_url", "image_url": {"url": url}}],
        },
    }))
}

/// Stable Diffusion WebUI's `txt2img`; `sd-server` says nothing in `info`.
pub fn webui(picture: &str, seed: Option<u64>) -> Reply {
    let info = seed.map_or(String::new(), |seed| json!({"seed": seed}).to_string());
    Reply::json(200, &json!({"images": [picture], "parameters": {}, "info": info}))
}
