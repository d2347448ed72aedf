//! Finds the JSON in what a model wrote.
//!
//! Models wrap JSON in fences and prose, think aloud before it, leave trailing commas, break
//! strings over lines, stop in the middle, or write two objects. Each `{` or `[` outside of a
//! value is a candidate; it is mended while it is scanned, once, and then given to the real
//! parser. The last candidate that fits the schema wins, since drafts come first.

use serde_json::Value;

use crate::schema;

/// Candidates looked at before giving up; more would be noise, not an answer.
const MAX_CANDIDATES: usize = 64;

/// The JSON in `text` that fits `schema`.
///
/// # Errors
/// In words a model can act upon: what is wrong with the answer.
pub fn find_json(text: &str, schema: Option<&Value>) -> Result<Value, String> {
    let text = without_thoughts(text);
    let fits = |value: &Value| schema.map_or(Ok(()), |schema| schema::check(value, schema));
    if let Ok(value) = serde_json::from_str::<Value>(text.trim())
        && fits(&value).is_ok()
    {
        return Ok(value);
    }
    let mut complaint = "it holds no JSON object".to_owned();
    let mut best = None;
    let mut rest = text;
    for _ in 0..MAX_CANDIDATES {
        let Some(start) = rest.find(['{', '[']) else { break };
        let (mended, length) = mend(&rest[start..]);
        let value = serde_json::from_str::<Value>(&mended);
        rest = match &value {
            Ok(_) => &rest[start + length..],
            Err(_) => &rest[start + 1..],
        };
        match value {
            Ok(value) => match fits(&value) {
                Ok(()) => best = Some(value),
                Err(why) => complaint = why,
            },
            Err(error) => complaint = format!("its JSON has a mistake: {error}"),
        }
    }
    best.ok_or(complaint)
}

/// The text without `<think>…</think>` and what stands before a stray `</think>`.
fn without_thoughts(text: &str) -> &str {
    for (open, close) in [("<think>", "</think>"), ("<thinking>", "</thinking>")] {
        if let Some(end) = text.rfind(close) {
            return &text[end + close.len()..];
        }
        if text.trim_start().starts_with(open) {
            return "";
        }
    }
    text
}

/// Reads one JSON value from the start of `text`, mending as it goes: trailing commas are dropped,
/// line breaks in strings escaped, and whatever is still open at the end is closed. Returns the
/// mended value and the length it had in `text`.
fn mend(text: &str) -> (String, usize) {
    let mut out = String::with_capacity(text.len().min(1 << 16));
    let mut open = Vec::new();
    let mut in_string = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if in_string {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_string = false,
                _ => {}
            }
            match c {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c < ' ' => {}
                c => out.push(c),
            }
            continue;
        }
        match c {
            '"' => in_string = true,
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' => {
                if open.pop() != Some(c) {
                    // Closed by the wrong bracket: no value, let the parser say so.
                    return (out, at + 1);
                }
                drop_trailing_comma(&mut out);
            }
            _ => {}
        }
        out.push(c);
        if open.is_empty() {
            return (out, at + c.len_utf8());
        }
    }
    (close(out, &open, in_string, escaped), text.len())
}

/// Closes a value that was cut off, dropping the member that was under way.
fn close(mut out: String, open: &[char], in_string: bool, escaped: bool) -> String {
    if escaped {
        out.pop();
    }
    if in_string {
        out.push('"');
    }
    let closing: String = open.iter().rev().collect();
    // The member that was cut may be a key without a value, half a number, or half a word. Cut
    // back to the comma or bracket before it until the whole can be read.
    for _ in 0..4 {
        drop_trailing_comma(&mut out);
        let whole = format!("{out}{closing}");
        if serde_json::from_str::<serde::de::IgnoredAny>(&whole).is_ok() {
            return whole;
        }
        match last_break(&out) {
            Some(at) => out.truncate(at),
            None => break,
        }
    }
    out + &closing
}

/// Where the last member begins: at a comma (which goes too) or after a bracket, outside strings.
fn last_break(out: &str) -> Option<usize> {
    let (mut in_string, mut escaped, mut found) = (false, false, None);
    for (at, c) in out.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            ',' if !in_string => found = Some(at),
            '{' | '[' if !in_string && at + 1 < out.len() => found = Some(at + 1),
            _ => {}
        }
    }
    found
}

fn drop_trailing_comma(out: &mut String) {
    let kept = out.trim_end().len();
    if out[..kept].ends_with(',') {
        out.truncate(kept - 1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn found(text: &str) -> Value {
        find_json(text, None).unwrap_or_else(|why| panic!("{why}: {text}"))
    }

    #[test]
    fn json_is_found_in_whatever_surrounds_it() {
        let expected = json!({"a": [1, 2], "b": "x}\"{"});
        let inner = r#"{"a": [1, 2], "b": "x}\"{"}"#;
        for text in [
            inner.to_owned(),
            format!("```json\n{inner}\n```"),
            format!("Sure! Here it is:\n\n{inner}\n\nAnything else?"),
            format!("<think>maybe {{\"a\": 1}}?</think>\n{inner}"),
            format!("the thought began earlier {{</think>{inner}"),
            format!("\u{feff}{inner}"),
            r#"{"a": [1, 2,], "b": "x}\"{",}"#.to_owned(),
        ] {
            assert_eq!(found(&text), expected, "{text}");
        }
    }

    #[test]
    fn an_answer_that_was_cut_off_keeps_its_whole_members() {
        assert_eq!(
            found(r#"{"a": [{"n": 1}, {"n": 2}, {"n"#),
            json!({"a": [{"n": 1}, {"n": 2}, {}]})
        );
        assert_eq!(found(r#"{"a": "half a sent"#), json!({"a": "half a sent"}));
        assert_eq!(found(r#"{"a": 1, "b": tr"#), json!({"a": 1}));
        assert_eq!(found(r#"{"a": 1, "b":"#), json!({"a": 1}));
        assert_eq!(found(r#"{"a": "x\"#), json!({"a": "x"}));
    }

    #[test]
    fn line_breaks_in_strings_are_mended() {
        assert_eq!(found("{\"a\": \"one\ntwo\"}"), json!({"a": "one\ntwo"}));
    }

    #[test]
    fn of_two_objects_the_last_that_fits_wins() {
        let schema =
            json!({"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}});
        let text = r#"{"n": 1} Wait, better: {"n": 2} (not {"m": 3})"#;
        assert_eq!(find_json(text, Some(&schema)), Ok(json!({"n": 2})));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(find_json("I cannot do that.", None), Err("it holds no JSON object".into()));
        assert_eq!(find_json("<think>hm {}", None), Err("it holds no JSON object".into()));
        let schema = json!({"type": "object", "required": ["n"]});
        assert_eq!(find_json("{}", Some(&schema)), Err("`n` is missing".into()));
    }

    proptest! {
        #[test]
        fn any_value_survives_prose_and_fences(pairs in prop::collection::btree_map(".{0,9}", ".{0,20}", 0..6)) {
            let value = json!(pairs);
            let text = format!("Here:\n```json\n{value:#}\n```\nDone.");
            prop_assert_eq!(find_json(&text, None), Ok(value));
        }

        #[test]
        fn any_cut_of_an_object_gives_an_object(cut in 1usize..60) {
            let text = r#"{"people": [{"name": "Alicé", "age": 7}, {"name": "Hatter"}], "n": -1.5e3}"#;
            let cut = (cut..).find(|&at| text.is_char_boundary(at)).unwrap();
            prop_assert!(find_json(&text[..cut], None).is_ok_and(|value| value.is_object()));
        }

        #[test]
        fn no_text_makes_us_panic(text in "[\\[\\]{}\",:a1\\\\\n é]{0,80}") {
            let _ = find_json(&text, None);
        }

        #[test]
        fn deep_nesting_is_refused_not_a_stack_overflow(depth in 1000usize..2000) {
            let _ = find_json(&"[".repeat(depth), None);
        }
    }
}
