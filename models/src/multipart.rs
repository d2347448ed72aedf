//! Forms with pictures in them, as `multipart/form-data`.
//!
//! They are put together here because the HTTP client sends its own in chunks of unknown total
//! length, which small servers do not take.

use serde_json::{Map, Value};

use crate::picture::Picture;

/// A picture in a form. The ending of its file name is added.
pub(crate) struct File<'a> {
    pub field: &'static str,
    pub name: String,
    pub picture: &'a Picture,
}

/// The content type and the bytes of a form; its boundary is chosen so that it stands in no part.
pub(crate) fn form(fields: &Map<String, Value>, files: &[File<'_>]) -> (String, Vec<u8>) {
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, value) in fields {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let head = format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        parts.push((head, text.into_bytes()));
    }
    for File { field, name, picture } in files {
        let head = format!(
            "Content-Disposition: form-data; name=\"{field}\"; filename=\"{name}.{}\"\r\n\
             Content-Type: {}\r\n\r\n",
            picture.extension(),
            picture.media_type
        );
        parts.push((head, picture.bytes.clone()));
    }
    let stands_in_a_part = |boundary: &str| {
        parts.iter().any(|(_, body)| {
            body.windows(boundary.len()).any(|window| window == boundary.as_bytes())
        })
    };
    let boundary = (0u32..)
        .map(|n| format!("woodcut-form-{n:08}"))
        .find(|boundary| !stands_in_a_part(boundary))
        .unwrap_or_default();
    let mut bytes = Vec::new();
    for (head, body) in &parts {
        bytes.extend_from_slice(format!("--{boundary}\r\n{head}").as_bytes());
        bytes.extend_from_slice(body);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_part_holds_the_boundary() {
        let mut fields = Map::new();
        fields.insert("prompt".to_owned(), json!("a\r\n--woodcut-form-00000000\r\nb"));
        let (content_type, bytes) = form(&fields, &[]);
        assert_eq!(content_type, "multipart/form-data; boundary=woodcut-form-00000001");
        assert!(bytes.ends_with(b"--woodcut-form-00000001--\r\n"));
    }
}
