//! The predecessor's smaller records: the style guide and the character registry.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use book::element::ElementType;
use book::style::{Origin, StyleGuide};
use serde::Deserialize;
use serde_json::Value;

use crate::MigrateError;
use crate::json::{self, nullable};
use crate::legacy::{Element, Legacy, MOST_CHAPTERS};

/// The kind that a word stands for, in the singular or the plural; an object when it stands for none.
pub(crate) fn kind_of(word: &str) -> ElementType {
    let word = word.trim().to_lowercase();
    match word.strip_suffix('s').unwrap_or(&word) {
        "character" => ElementType::Character,
        "creature" => ElementType::Creature,
        "place" => ElementType::Place,
        "item" => ElementType::Item,
        _ => ElementType::Object,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OldStyle {
    #[serde(default, deserialize_with = "nullable")]
    art_style: String,
    #[serde(default, deserialize_with = "nullable")]
    color_palette: Vec<String>,
    #[serde(default, deserialize_with = "nullable")]
    lighting: String,
    #[serde(default, deserialize_with = "nullable")]
    mood: String,
    #[serde(default, deserialize_with = "nullable")]
    composition: String,
}

/// Reads `data/style-guide.json`: the manner that a model saw in the first pictures.
pub(crate) fn style(path: &Path, text: &str) -> Result<Legacy, MigrateError> {
    let old: OldStyle = json::parse(path, text)?;
    let said = [
        ("", old.art_style),
        ("Lighting: ", old.lighting),
        ("Mood: ", old.mood),
        ("Composition: ", old.composition),
    ];
    let said = said.iter().filter(|(_, words)| !words.trim().is_empty());
    let words: Vec<String> = said
        .map(|(label, words)| format!("{label}{}.", words.trim().trim_end_matches('.')))
        .collect();
    let style = StyleGuide {
        words: words.join(" "),
        palette: old.color_palette,
        origin: Origin::Plates,
        ..StyleGuide::default()
    };
    Ok(Legacy { style: Some(style), ..Legacy::default() })
}

#[derive(Deserialize)]
struct Registry {
    characters: Vec<Registered>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    visual_features: BTreeMap<String, Value>,
    #[serde(default)]
    first_appearance: Value,
    #[serde(default, deserialize_with = "nullable")]
    appearances: Vec<Value>,
}

/// Reads `data/character-registry.json`: how each character was seen to look.
pub(crate) fn characters(path: &Path, text: &str) -> Result<Legacy, MigrateError> {
    let registry: Registry = json::parse(path, text)?;
    let mut legacy = Legacy::default();
    for found in registry.characters {
        let seen = found.appearances.iter().chain([&found.first_appearance]);
        let chapter = |value: &Value| {
            let number = value.get("chapterNumber").or_else(|| value.get("chapter"))?.as_u64()?;
            u32::try_from(number).ok().filter(|number| (1..=MOST_CHAPTERS).contains(number))
        };
        legacy.add_element(Element {
            name: found.name,
            kind: ElementType::Character,
            description: features(&found.visual_features),
            chapters: seen.filter_map(chapter).collect::<BTreeSet<u32>>(),
            ..Element::default()
        });
    }
    Ok(legacy)
}

/// Visual features as one description: `hair: black; eyes: grey`.
fn features(features: &BTreeMap<String, Value>) -> String {
    let words = |value: &Value| match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(values) => {
            values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        Value::Null | Value::Object(_) => String::new(),
        other => other.to_string(),
    };
    let phrases = features.iter().map(|(name, value)| (name, words(value)));
    let phrases = phrases.filter(|(_, words)| !words.is_empty());
    phrases
        .map(|(name, words)| if name == "description" { words } else { format!("{name}: {words}") })
        .collect::<Vec<_>>()
        .join("; ")
}
