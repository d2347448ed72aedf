//! Every key there is, with what may be its value: read off the JSON schema of [`Config`].

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::Config;

/// The section a key's place in the file is, and what the schema says of its values.
pub(crate) struct Key {
    /// What may be written.
    pub schema: Value,
}

/// The JSON schema of the configuration file, for editors.
#[must_use]
pub fn schema() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.into_generator().into_root_schema_for::<Config>().to_value()
}

/// Reads the value of a flag that stands for a key: what may be said there is said by the schema alone.
pub fn flag<T>(key: &'static str) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync
where
    T: FromStr<Err: Display> + Into<toml::Value> + Copy + 'static,
{
    move |text| {
        let value = text.parse::<T>().map_err(|error| error.to_string())?;
        let why = keys().get(key).and_then(|key| key.refusal(&value.into()));
        why.map_or(Ok(value), Err)
    }
}

/// Every key by its full name: `image.limits.concurrency`.
pub(crate) fn keys() -> BTreeMap<String, Key> {
    let mut keys = BTreeMap::new();
    collect(&schema(), "", &mut keys);
    keys
}

fn collect(schema: &Value, path: &str, keys: &mut BTreeMap<String, Key>) {
    for (name, each) in schema["properties"].as_object().into_iter().flatten() {
        let path = join(path, name);
        if each["properties"].is_object() {
            collect(each, &path, keys);
        } else {
            keys.insert(path, Key { schema: each.clone() });
        }
    }
}

/// A key within a section.
pub(crate) fn join(section: &str, name: &str) -> String {
    if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") }
}

/// The known key most like an unknown one, if any is like it.
pub(crate) fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.map(|key| (likeness(unknown, key), key));
    let best = near.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 > 0.75).then_some(best.1)
}

/// Likeness of two keys, or of their last parts where the section was forgotten or mistaken.
fn likeness(unknown: &str, key: &str) -> f64 {
    let last = |key: &str| key.rsplit('.').next().unwrap_or(key).to_owned();
    let ends = strsim::normalized_damerau_levenshtein(&last(unknown), &last(key)) * 0.99;
    strsim::normalized_damerau_levenshtein(unknown, key).max(ends)
}

impl Key {
    /// Why a value cannot stand here; `None` when it can.
    pub fn refusal(&self, value: &toml::Value) -> Option<String> {
        let json = match serde_json::to_value(value) {
            Ok(json) => json,
            Err(error) => return Some(format!("cannot be understood: {error}")),
        };
        let schema = &self.schema;
        let kinds = self.kinds();
        if !kinds.is_empty() && !kinds.iter().any(|kind| is_a(&json, kind)) {
            return Some(format!("must be {}, not {value}", kinds.join(" or ")));
        }
        let choices = self.choices();
        if !choices.is_empty() && !choices.iter().any(|choice| Some(*choice) == json.as_str()) {
            let known = choices.iter().map(|choice| format!("`{choice}`"));
            let known = known.collect::<Vec<_>>().join(", ");
            let near = json.as_str().and_then(|word| nearest(word, choices.iter().copied()));
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Some(format!("cannot be {value}; it is one of {known}{near}"));
        }
        let number = json.as_f64()?;
        let (least, most) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
        let fits = least.is_none_or(|l| number >= l) && most.is_none_or(|m| number <= m);
        match (least, most) {
            _ if fits && number.is_finite() => None,
            (Some(least), Some(most)) => {
                Some(format!("must be from {least} to {most}, not {value}"))
            }
            (Some(least), None) => Some(format!("must be at least {least}, not {value}")),
            _ => Some(format!("cannot be {value}")),
        }
    }

    /// Whether a text given in the environment or on the command line is meant literally.
    pub fn is_text(&self) -> bool {
        !self.choices().is_empty() || self.kinds().iter().all(|kind| *kind == "a text")
    }

    /// Whether the value is a path, relative to the file it stands in.
    pub fn is_path(&self) -> bool {
        self.schema["x-path"] == true
    }

    /// What it is for, in a sentence.
    pub fn description(&self) -> &str {
        self.schema["description"].as_str().unwrap_or_default()
    }

    /// The words that can be chosen from, if the value is one of a few.
    pub fn choices(&self) -> Vec<&str> {
        let listed = self.schema["enum"].as_array().into_iter().flatten();
        let described = self.schema["oneOf"].as_array().into_iter().flatten();
        let consts = described.flat_map(|one| {
            let several = one["enum"].as_array().into_iter().flatten();
            several.chain(one.get("const"))
        });
        listed.chain(consts).filter_map(Value::as_str).collect()
    }

    fn kinds(&self) -> Vec<&'static str> {
        let named = match &self.schema["type"] {
            Value::String(one) => vec![one.as_str()],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        named.into_iter().filter_map(word).collect()
    }
}

fn word(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "string" => "a text",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "array" => "a list",
        "object" => "a table",
        _ => return None,
    })
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "a text" => value.is_string(),
        "true or false" => value.is_boolean(),
        "a whole number" => value.is_i64() || value.is_u64(),
        "a number" => value.is_number(),
        "a list" => value.is_array(),
        _ => value.is_object(),
    }
}
