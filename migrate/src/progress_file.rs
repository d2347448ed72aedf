//! Plain progress files of batch image jobs, `training_progress.json`: chunks of paths, and what became
//! of each. Each chunk becomes a chapter, each path a scene of it with its picture.
//!
//! A job is known by the base name of its path with everything but letters and digits turned into `_`,
//! so two paths can share one: then `completed` proves neither, and the picture alone counts.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::MigrateError;
use crate::json::{self, nullable};
use crate::legacy::{Chapter, Claims, Legacy, MOST_CHAPTERS, Scene};
use crate::pictures;

#[derive(Deserialize)]
struct ProgressFile {
    #[serde(default, deserialize_with = "nullable")]
    chunks: Vec<Vec<String>>,
    #[serde(default, deserialize_with = "nullable")]
    image_tracking: BTreeMap<String, Tracked>,
    #[serde(default, deserialize_with = "nullable")]
    currently_being_processed: String,
}

#[derive(Deserialize)]
struct Tracked {
    #[serde(default, deserialize_with = "nullable")]
    status: String,
    error: Option<String>,
}

/// Reads a progress file, JSON or with single quotes.
pub(crate) fn read(path: &Path, text: &str) -> Result<Legacy, MigrateError> {
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let mut legacy = Legacy::default();
    let file: ProgressFile = if is_json || !text.contains('\'') {
        json::parse(path, text)?
    } else {
        legacy.repaired.push(format!("{}: single quotes read as JSON", path.display()));
        json::parse(path, &double_quoted(text))?
    };
    let mut paths_of: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for path in file.chunks.iter().flatten() {
        paths_of.entry(key(base(path))).or_default().push(path);
    }
    for (key, paths) in &mut paths_of {
        paths.dedup();
        if paths.len() > 1 {
            let paths = paths.join(", ");
            legacy.repaired.push(format!(
                "`{key}` stands for several pictures, so each was judged by its file: {paths}"
            ));
        }
    }
    for path in file.chunks.iter().flatten() {
        let found = tracked(&file.image_tracking, path);
        let is_current =
            [path.as_str(), base(path)].contains(&file.currently_being_processed.as_str());
        if is_current || found.is_some_and(|found| found.status == "processing") {
            legacy.unfinished.insert(base(path).to_owned());
        }
    }
    let known = |key: &String| {
        paths_of.keys().any(|known| known == key)
            || paths_of.values().flatten().any(|path| self::key(stem(base(path))) == *key)
    };
    for lost in file.image_tracking.keys().filter(|key| !known(key)) {
        legacy.unplaced.push(format!("the job `{lost}`: no path in the chunks has this key"));
    }
    for (nth, chunk) in file.chunks.iter().enumerate() {
        let number = u32::try_from(nth + 1).unwrap_or(u32::MAX);
        if number > MOST_CHAPTERS {
            let why = format!("more than {MOST_CHAPTERS} chunks");
            return Err(MigrateError::foreign(path, 1, why));
        }
        take_chunk(&mut legacy, &file.image_tracking, number, chunk);
    }
    Ok(legacy)
}

fn take_chunk(
    legacy: &mut Legacy,
    tracking: &BTreeMap<String, Tracked>,
    number: u32,
    chunk: &[String],
) {
    // Pictures of a book are scenes of its chapters, which other files describe.
    let jobs = chunk.iter().filter(|path| pictures::numbers(base(path)).is_none());
    let jobs: Vec<&String> = jobs.collect();
    if jobs.is_empty() {
        return;
    }
    let found = || jobs.iter().filter_map(|path| tracked(tracking, path));
    let done = found().filter(|found| found.status == "completed").count() == jobs.len();
    let claims = Claims {
        analyzed: true,
        illustrated: done,
        concepts: u32::try_from(jobs.len()).unwrap_or(u32::MAX),
        error: found().find(|found| found.status == "error").and_then(|found| found.error.clone()),
    };
    let scene = |(nth, path): (usize, &&String)| Scene {
        number: u32::try_from(nth + 1).unwrap_or(u32::MAX),
        description: format!("{} ({path})", key(stem(base(path))).replace('_', " ")),
        picture: Some((*path).clone()),
        ..Scene::default()
    };
    let scenes = jobs.iter().enumerate().map(scene).collect();
    let title = format!("Chunk {number}");
    legacy.chapters.insert(number, Chapter { title, scenes, claims, ..Chapter::default() });
}

fn tracked<'a>(tracking: &'a BTreeMap<String, Tracked>, path: &str) -> Option<&'a Tracked> {
    let base = base(path);
    tracking
        .get(&key(base))
        .or_else(|| tracking.get(&key(stem(base))))
        .or_else(|| tracking.get(base))
}

/// The last part of a path of any system.
pub(crate) fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// A base name as those programs make a key of it.
fn key(name: &str) -> String {
    let mut key = String::new();
    for c in name.chars() {
        if c.is_alphanumeric() || c == '_' {
            key.push(c);
        } else if !key.ends_with('\u{0}') {
            key.push('\u{0}');
        }
    }
    key.replace('\u{0}', "_")
}

/// A literal with single quotes as JSON, line for line.
fn double_quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut quote = None;
    let mut word = String::new();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, c) if c.is_ascii_alphabetic() => {
                word.push(c);
                if !chars.peek().is_some_and(char::is_ascii_alphabetic) {
                    json.push_str(match word.as_str() {
                        "None" => "null",
                        "True" => "true",
                        "False" => "false",
                        other => other,
                    });
                    word.clear();
                }
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                json.push('"');
            }
            (Some(open), c) if c == open => {
                quote = None;
                json.push('"');
            }
            (Some(_), '"') => json.push_str("\\\""),
            (Some(_), '\\') => match chars.next() {
                Some('\'') => json.push('\''),
                Some('x') => json.push_str("\\u00"),
                Some(escaped) => json.extend(['\\', escaped]),
                None => json.push('\\'),
            },
            (_, c) => json.push(c),
        }
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_as_those_programs_make_them() {
        assert_eq!(key("my photo - (1).png"), "my_photo_1_png");
        assert_eq!(key("a__b.png"), "a__b_png");
    }

    #[test]
    fn single_quotes_become_json() {
        let text = "{'it\\'s': [\"a\", 'say \"x\"'], 'n': None, 't': True}";
        let value: serde_json::Value = serde_json::from_str(&double_quoted(text)).unwrap();
        assert_eq!(value, serde_json::json!({"it's": ["a", "say \"x\""], "n": null, "t": true}));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = read(Path::new("training_progress.json"), &text);
            let _ = read(Path::new("training_progress.json"), &format!("{{'image_tracking': {text}}}"));
        }
    }
}
