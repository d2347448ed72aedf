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
