//! A chat answer that was streamed as server-sent events, put back together.
//!
//! Streaming is asked for where a slow model is likely: the idle timeout then sees the words come
//! one by one, and a server on one's own machine notices when nobody listens any more.

use serde_json::{Value, json};

/// The whole answer, in the shape it has when it is not streamed; `None` if the stream broke off.
/// An `error` in the stream becomes the answer.
pub(crate) fn whole(stream: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(stream);
    let mut content = String::new();
    let mut refusal = String::new();
    let mut finish = Value::Null;
    let (mut model, mut usage) = (Value::Null, Value::Null);
    let mut is_done = false;
    for data in text.lines().filter_map(|line| line.strip_prefix("data:")) {
        if data.trim() == "[DONE]" {
            is_done = true;
            break;
        }
        let Ok(event) = serde_json::from_str::<Value>(data) else { continue };
        if event.get("error").is_some_and(|error| !error.is_null()) {
            return Some(event);
        }
        let choice = &event["choices"][0];
        content.push_str(choice["delta"]["content"].as_str().unwrap_or_default());
        refusal.push_str(choice["delta"]["refusal"].as_str().unwrap_or_default());
        for (kept, new) in [
            (&mut finish, &choice["finish_reason"]),
            (&mut model, &event["model"]),
            (&mut usage, &event["usage"]),
        ] {
            if !new.is_null() {
                *kept = new.clone();
            }
        }
    }
    if !is_done && finish.is_null() {
        return None;
    }
    let message = json!({"role": "assistant", "content": content, "refusal": refusal});
    Some(json!({
        "model": model,
        "usage": usage,
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_make_the_answer() {
        let stream = b": comment\n\
            data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\r\n\r\n\
            data: {\"choices\":[{\"delta\":{\"content\":\"{\\\"n\\\":\"},\"finish_reason\":null}]}\n\n\
            data: {\"choices\":[{\"delta\":{\"content\":\" 3}\"}}]}\n\n\
            data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
            data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9}}\n\n\
            data: [DONE]\n\n";
        let answer = whole(stream).unwrap();
        assert_eq!(answer["choices"][0]["message"]["content"], "{\"n\": 3}");
        assert_eq!(answer["choices"][0]["finish_reason"], "stop");
        assert_eq!((&answer["model"], &answer["usage"]["prompt_tokens"]), (&json!("m"), &json!(9)));
    }

    #[test]
    fn a_stream_that_broke_off_is_no_answer() {
        assert_eq!(
            whole(b"data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\ndata: {\"ch"),
            None
        );
        assert_eq!(whole(b""), None);
    }

    #[test]
    fn an_error_in_the_stream_is_the_answer() {
        let stream = b"data: {\"error\":{\"code\":500,\"message\":\"slot lost\"}}\n\n";
        assert_eq!(whole(stream).unwrap()["error"]["message"], "slot lost");
    }
}
