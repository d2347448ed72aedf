//! The little of JSON Schema that answers are asked and checked with.
//!
//! Known keywords: `type` (also a list), `properties`, `required`, `items`, `enum`, `minItems`,
//! `additionalProperties: false`. Others are passed on to the server and not checked here.

use serde_json::{Map, Value, json};

/// Checks `value` against `schema`.
///
/// # Errors
/// The first thing that is wrong, with the path to it, in words a model can act upon.
pub fn check(value: &Value, schema: &Value) -> Result<(), String> {
    check_at(value, schema, "")
}

fn check_at(value: &Value, schema: &Value, path: &str) -> Result<(), String> {
    let here = || if path.is_empty() { "the answer" } else { path };
    let types = types_of(schema);
    if !types.is_empty() && !types.iter().any(|kind| is_a(value, kind)) {
        return Err(format!("`{}` must be {}", here(), types.join(" or ")));
    }
    if let Some(choices) = schema["enum"].as_array()
        && !choices.contains(value)
    {
        return Err(format!("`{}` must be one of {}", here(), Value::from(choices.clone())));
    }
    match value {
        Value::Object(members) => check_members(members, schema, path),
        Value::Array(items) => {
            if schema["minItems"].as_u64().is_some_and(|least| (items.len() as u64) < least) {
                return Err(format!(
                    "`{}` must have at least {} items",
                    here(),
                    schema["minItems"]
                ));
            }
            let each = &schema["items"];
            items
                .iter()
                .enumerate()
                .filter(|_| each.is_object())
                .try_for_each(|(n, item)| check_at(item, each, &format!("{path}[{n}]")))
        }
        _ => Ok(()),
    }
}

fn check_members(members: &Map<String, Value>, schema: &Value, path: &str) -> Result<(), String> {
    let member =
        |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for name in required(schema) {
        if !members.contains_key(name) {
            return Err(format!("`{}` is missing", member(name)));
        }
    }
    let known = schema["properties"].as_object();
    for (name, value) in members {
        match known.and_then(|known| known.get(name)) {
            // An optional member given as null is as good as absent.
            Some(_) if value.is_null() && !required(schema).any(|r| r == name) => {}
            Some(each) => check_at(value, each, &member(name))?,
            None if known.is_some() && schema["additionalProperties"] == json!(false) => {
                return Err(format!("`{}` is not asked for", member(name)));
            }
            None => {}
        }
    }
    Ok(())
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn types_of(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0)
        }
        _ => true,
    }
}

/// The schema as OpenAI's strict mode wants it: every object closed and every member required,
/// an optional one being allowed to be null instead.
pub(crate) fn strict(schema: &Value) -> Value {
    let mut schema = schema.clone();
    close_objects(&mut schema);
    schema
}

fn close_objects(schema: &mut Value) {
    let needed: Vec<String> = required(schema).map(str::to_owned).collect();
    if let Some(items) = schema.get_mut("items") {
        close_objects(items);
    }
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let names: Vec<String> = properties.keys().cloned().collect();
    for (name, each) in properties.iter_mut() {
        close_objects(each);
        if !needed.contains(name) {
            allow_null(each);
        }
    }
    schema["required"] = json!(names);
    schema["additionalProperties"] = json!(false);
}

fn allow_null(schema: &mut Value) {
    let mut types: Vec<Value> = types_of(schema).into_iter().map(Value::from).collect();
    if !types.is_empty() && !types.contains(&json!("null")) {
        types.push(json!("null"));
        schema["type"] = Value::Array(types);
    }
    if let Some(choices) = schema.get_mut("enum").and_then(Value::as_array_mut)
        && !choices.contains(&Value::Null)
    {
        choices.push(Value::Null);
    }
}

/// Takes away the nulls that [`strict`] made necessary, so that an optional member is absent.
pub(crate) fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Value {
        json!({
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "kind": {"enum": ["character", "place"]},
                "ages": {"type": "array", "minItems": 1, "items": {"type": "integer"}},
            },
        })
    }

    #[test]
    fn mistakes_are_named_with_their_path() {
        let wrong = |value: Value| check(&value, &person()).unwrap_err();
        assert_eq!(wrong(json!([])), "`the answer` must be object");
        assert_eq!(wrong(json!({})), "`name` is missing");
        assert_eq!(wrong(json!({"name": 7})), "`name` must be string");
        assert_eq!(
            wrong(json!({"name": "x", "kind": "fish"})),
            r#"`kind` must be one of ["character","place"]"#
        );
        assert_eq!(wrong(json!({"name": "x", "ages": [1, 1.5]})), "`ages[1]` must be integer");
        assert_eq!(wrong(json!({"name": "x", "ages": []})), "`ages` must have at least 1 items");
    }

    #[test]
    fn optional_members_may_be_absent_or_null() {
        assert_eq!(check(&json!({"name": "x"}), &person()), Ok(()));
        assert_eq!(check(&json!({"name": "x", "ages": null, "more": 1}), &person()), Ok(()));
    }

    #[test]
    fn strict_requires_all_and_allows_null_for_what_was_optional() {
        let strict = strict(&person());
        assert_eq!(strict["required"], json!(["ages", "kind", "name"]));
        assert_eq!(strict["additionalProperties"], json!(false));
        assert_eq!(strict["properties"]["ages"]["type"], json!(["array", "null"]));
        assert_eq!(strict["properties"]["kind"]["enum"], json!(["character", "place", null]));
        assert_eq!(strict["properties"]["name"]["type"], json!("string"));
        let mut answer = json!({"name": "x", "kind": null, "ages": [1]});
        assert_eq!(check(&answer, &strict), Ok(()));
        without_nulls(&mut answer);
        assert_eq!(answer, json!({"name": "x", "ages": [1]}));
    }
}
