//! What a model is asked to answer: schemas, and the answers as they are read. Everything in an answer
//! is data of a stranger: lists and texts are cut to size, what has no meaning here is dropped.

use book::element::{Aspect, ElementType, Gender};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Most elements that are taken from one answer.
const MOST_ELEMENTS: usize = 80;
/// Most entries of any other list.
const MOST: usize = 12;
/// Longest name, in characters.
const NAME: usize = 80;
/// Longest description or quote, in characters.
pub(super) const PASSAGE: usize = 900;

/// Who and what a piece of text shows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SurveyAnswer {
    pub elements: Vec<SeenAnswer>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SeenAnswer {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub gender: Option<String>,
    pub aliases: Vec<String>,
    pub looks: Vec<LooksAnswer>,
    pub quotes: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LooksAnswer {
    pub words: String,
    pub aspect: String,
    pub quote: String,
}

/// The moments of a piece of text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConceptsAnswer {
    pub concepts: Vec<ConceptAnswer>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConceptAnswer {
    pub quote: String,
    pub description: String,
    pub elements: Vec<String>,
    pub setting: String,
    pub time_of_day: String,
    pub weather: String,
    pub mood: String,
    pub lighting: String,
}

/// How the pictures are to look.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct StyleAnswer {
    pub words: String,
    pub palette: Vec<String>,
    pub avoid: String,
    pub genre: String,
}

fn list(of: &Value) -> Value {
    json!({"type": "array", "items": of})
}

fn object(properties: &Value) -> Value {
    let required: Vec<&String> =
        properties.as_object().into_iter().flat_map(|p| p.keys()).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

pub(super) fn survey_schema() -> Value {
    let text = json!({"type": "string"});
    let kinds = ["character", "creature", "place", "item", "object"];
    let looks = object(&json!({"words": text, "aspect": text, "quote": text}));
    let seen = object(&json!({
        "name": text,
        "type": {"type": "string", "enum": kinds},
        "gender": {"type": "string", "enum": ["male", "female", "group", "unknown"]},
        "aliases": list(&text),
        "looks": list(&looks),
        "quotes": list(&text),
    }));
    object(&json!({"elements": list(&seen)}))
}

pub(super) fn concepts_schema() -> Value {
    let text = json!({"type": "string"});
    let concept = object(&json!({
        "quote": text,
        "description": text,
        "elements": list(&text),
        "setting": text,
        "time_of_day": text,
        "weather": text,
        "mood": text,
        "lighting": text,
    }));
    object(&json!({"concepts": list(&concept)}))
}

pub(super) fn style_schema() -> Value {
    let text = json!({"type": "string"});
    object(&json!({"words": text, "palette": list(&text), "avoid": text, "genre": text}))
}

impl SurveyAnswer {
    pub fn cleaned(mut self) -> Vec<SeenAnswer> {
        self.elements.truncate(MOST_ELEMENTS);
        for seen in &mut self.elements {
            seen.name = line(&seen.name, NAME);
            seen.aliases.truncate(MOST);
            seen.looks.truncate(MOST);
            seen.quotes.truncate(2);
            seen.aliases.iter_mut().for_each(|alias| *alias = line(alias, NAME));
            seen.aliases.retain(|alias| !alias.is_empty() && *alias != seen.name);
            seen.looks.iter_mut().for_each(|looks| looks.words = line(&looks.words, 2 * NAME));
        }
        self.elements.retain(|seen| !seen.name.is_empty());
        self.elements
    }
}

impl ConceptAnswer {
    pub fn cleaned(mut self) -> Self {
        self.elements.truncate(MOST);
        self.description = line(&self.description, PASSAGE);
        self.quote = self.quote.chars().take(PASSAGE).collect();
        for words in [
            &mut self.setting,
            &mut self.time_of_day,
            &mut self.weather,
            &mut self.mood,
            &mut self.lighting,
        ] {
            *words = line(words, NAME);
            if matches!(words.to_lowercase().as_str(), "unknown" | "none" | "n/a" | "unspecified") {
                words.clear();
            }
        }
        self
    }
}

pub(super) fn kind(word: &str) -> ElementType {
    match word {
        "character" => ElementType::Character,
        "creature" => ElementType::Creature,
        "place" => ElementType::Place,
        "item" => ElementType::Item,
        _ => ElementType::Object,
    }
}

pub(super) fn gender(word: &str) -> Option<Gender> {
    match word {
        "male" => Some(Gender::Male),
        "female" => Some(Gender::Female),
        "group" => Some(Gender::Group),
        _ => None,
    }
}

pub(super) fn aspect(word: &str) -> Aspect {
    match word.to_lowercase().as_str() {
        "age" => Aspect::Age,
        "build" => Aspect::Build,
        "face" => Aspect::Face,
        "hair" => Aspect::Hair,
        "eyes" => Aspect::Eyes,
        "body" => Aspect::Body,
        "clothes" => Aspect::Clothes,
        "sight" => Aspect::Sight,
        _ => Aspect::Form,
    }
}

/// A stranger's words on one line, without control characters, at most so many of them.
pub(super) fn line(text: &str, most: usize) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    line.chars().take(most).collect::<String>().trim_end().to_owned()
}
