//! Places to fill in within JSON: `"%prompt%"`, `"%seed%"`, ….
//!
//! A string that is one place and nothing else becomes the value itself, so `"%seed%"` becomes a
//! number; within a longer string the value stands as text. What was filled in is never looked at
//! again, so a prompt that happens to hold `%seed%` stays as it is; and since the JSON is filled
//! in as a tree, no prompt can break out of its string.

use std::collections::BTreeMap;

use serde_json::Value;

/// Values by the name of their place, without the percent signs.
pub(crate) type Places = BTreeMap<String, Value>;

/// `template` with its places filled in. Names that are not among `places` stay as they are.
pub(crate) fn fill(template: &Value, places: &Places) -> Value {
    match template {
        Value::String(text) => fill_text(text, places),
        Value::Array(items) => items.iter().map(|item| fill(item, places)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), fill(member, places))).collect()
        }
        other => other.clone(),
    }
}

fn fill_text(text: &str, places: &Places) -> Value {
    let whole = text.strip_prefix('%').and_then(|rest| rest.strip_suffix('%'));
    if let Some(value) = whole.and_then(|name| places.get(name)) {
        return value.clone();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('%') {
        out.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        let filled = after.find('%').and_then(|end| Some((end, places.get(&after[..end])?)));
        rest = match filled {
            Some((end, value)) => {
                match value {
                    Value::String(text) => out.push_str(text),
                    other => out.push_str(&other.to_string()),
                }
                &after[end + 1..]
            }
            None => {
                out.push('%');
                after
            }
        };
    }
    out.push_str(rest);
    Value::String(out)
}

/// Whether a place of that name stands anywhere in `template`.
pub(crate) fn mentions(template: &Value, name: &str) -> bool {
    match template {
        Value::String(text) => text.contains(&format!("%{name}%")),
        Value::Array(items) => items.iter().any(|item| mentions(item, name)),
        Value::Object(members) => members.values().any(|member| mentions(member, name)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn places() -> Places {
        [("prompt".into(), json!("100% %seed% \"}")), ("seed".into(), json!(42))].into()
    }

    #[test]
    fn places_are_filled_as_values_or_as_text() {
        let template = json!({"a": "%seed%", "b": ["x %seed% %prompt% %other% 5%"], "c": 1});
        let filled = fill(&template, &places());
        let text = "x 42 100% %seed% \"} %other% 5%";
        assert_eq!(filled, json!({"a": 42, "b": [text], "c": 1}));
        assert!(mentions(&template, "prompt") && !mentions(&template, "negative"));
    }

    proptest! {
        #[test]
        fn text_without_places_stays_as_it_is(text in "[a-z% ]{0,30}") {
            let no_places = Places::new();
            prop_assert_eq!(fill(&json!(text), &no_places), json!(text));
        }
    }
}
