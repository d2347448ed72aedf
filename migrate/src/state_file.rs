//! The predecessor's state file: `.illustrate.state.json`, `.imaginize.state.json`.
//!
//! Five shapes carry one version string, so every part is taken where it is and nothing is expected:
//! scenes, elements and pictures may stand in any phase. Pages, costs and times are left in the backup.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::MigrateError;
use crate::json::{self, Number, nullable};
use crate::legacy::{Chapter, Element, Legacy, MOST_SCENES, Scene};
use crate::records::kind_of;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StateFile {
    #[serde(default, deserialize_with = "nullable")]
    book_file: String,
    #[serde(default, deserialize_with = "nullable")]
    book_title: String,
    phases: Phases,
    #[serde(default, deserialize_with = "nullable")]
    toc: Contents,
    #[serde(default, deserialize_with = "nullable")]
    elements: Vec<OldElement>,
}

#[derive(Deserialize)]
struct Phases {
    #[serde(default, deserialize_with = "nullable")]
    parse: Phase,
    #[serde(default, deserialize_with = "nullable")]
    analyze: Phase,
    #[serde(default, deserialize_with = "nullable")]
    extract: Phase,
    enrich: Option<Phase>,
    #[serde(default, deserialize_with = "nullable")]
    illustrate: Phase,
}

impl Phases {
    fn each(&self) -> impl Iterator<Item = &Phase> {
        [&self.parse, &self.analyze, &self.extract, &self.illustrate]
            .into_iter()
            .chain(&self.enrich)
    }
}

#[derive(Default, Deserialize)]
struct Phase {
    #[serde(default, deserialize_with = "nullable")]
    chapters: BTreeMap<Number, PhaseChapter>,
}

#[derive(Default, Deserialize)]
struct Contents {
    #[serde(default, deserialize_with = "nullable")]
    chapters: Vec<ContentsLine>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContentsLine {
    number: Number,
    #[serde(default, deserialize_with = "nullable")]
    title: String,
    #[serde(default, deserialize_with = "nullable")]
    token_count: f64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhaseChapter {
    #[serde(default, deserialize_with = "nullable")]
    status: String,
    #[serde(default, deserialize_with = "nullable")]
    concepts: f64,
    #[serde(default, deserialize_with = "nullable")]
    scene_concepts: Vec<OldScene>,
    #[serde(default, deserialize_with = "nullable")]
    elements: Vec<OldElement>,
    error: Option<String>,
    image_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OldScene {
    #[serde(default)]
    chapter_number: Option<u32>,
    #[serde(default, deserialize_with = "nullable")]
    quote: String,
    #[serde(default, deserialize_with = "nullable")]
    description: String,
    #[serde(default, deserialize_with = "nullable")]
    mood: String,
    #[serde(default, deserialize_with = "nullable")]
    lighting: String,
    #[serde(default, rename = "elements_present", deserialize_with = "nullable")]
    elements_present: Vec<String>,
    image_url: Option<String>,
    /// The next three are written by `migrate --back` alone.
    #[serde(default, deserialize_with = "nullable")]
    setting: String,
    #[serde(default, deserialize_with = "nullable")]
    time_of_day: String,
    #[serde(default, deserialize_with = "nullable")]
    weather: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OldElement {
    #[serde(default, rename = "type", deserialize_with = "nullable")]
    kind: String,
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    description: String,
    #[serde(default, deserialize_with = "nullable")]
    aliases: Vec<String>,
    quotes: Option<Vec<OldQuote>>,
    image_url: Option<String>,
}

#[derive(Deserialize)]
struct OldQuote {
    #[serde(default, deserialize_with = "nullable")]
    text: String,
}

/// Reads a state file; also says of which era it is.
pub(crate) fn read(path: &Path, text: &str) -> Result<(Legacy, char), MigrateError> {
    let file: StateFile = json::parse(path, text)?;
    let era = era(&file);
    let mut legacy =
        Legacy { title: file.book_title, book_file: file.book_file, ..Legacy::default() };
    for line in file.toc.chapters {
        let Number(number) = line.number;
        if let Some(known) = legacy.chapters.get(&number) {
            let (first, second) = (&known.title, &line.title);
            legacy.repaired.push(format!(
                "chapter {number} stands twice in the contents, as {first:?} and {second:?}: the first was taken"
            ));
            continue;
        }
        let words = words(line.token_count);
        legacy.chapters.insert(number, Chapter { title: line.title, words, ..Chapter::default() });
    }
    let listed: BTreeSet<u32> = legacy.chapters.keys().copied().collect();
    for element in file.elements {
        legacy.add_element(element.into());
    }
    let phases = file.phases;
    let enrich = phases.enrich.unwrap_or_default();
    let named = [
        ("parse", phases.parse),
        ("analyze", phases.analyze),
        ("extract", phases.extract),
        ("enrich", enrich),
        ("illustrate", phases.illustrate),
    ];
    for (name, phase) in named {
        for (Number(number), chapter) in phase.chapters {
            if chapter.scene_concepts.len() > MOST_SCENES {
                let why = format!("chapter {number} has more than {MOST_SCENES} scenes");
                return Err(MigrateError::foreign(path, 1, why));
            }
            take_chapter(&mut legacy, &listed, name, number, chapter);
        }
    }
    Ok((legacy, era))
}

fn take_chapter(
    legacy: &mut Legacy,
    listed: &BTreeSet<u32>,
    phase: &str,
    number: u32,
    found: PhaseChapter,
) {
    for element in found.elements {
        let mut element = Element::from(element);
        element.chapters.insert(number);
        legacy.add_element(element);
    }
    for (nth, scene) in found.scene_concepts.into_iter().enumerate() {
        // Filed under one chapter, taken from another: the scene itself knows best.
        let own = scene.chapter_number.filter(|own| listed.contains(own)).unwrap_or(number);
        let mut scene = Scene::from(scene);
        scene.number = u32::try_from(nth).unwrap_or(u32::MAX).saturating_add(1);
        if own != number {
            legacy.repaired.push(format!(
                "a scene of chapter {own} was filed under chapter {number}: {:?}",
                scene.quote
            ));
            scene.number = 0;
        }
        let one = Chapter { scenes: vec![scene], ..Chapter::default() };
        legacy.chapters.entry(own).or_default().merge(one);
    }
    let chapter = legacy.chapters.entry(number).or_default();
    let claims = &mut chapter.claims;
    let is_completed = found.status == "completed";
    claims.analyzed |= phase == "analyze" && is_completed;
    claims.illustrated |= phase == "illustrate" && is_completed;
    claims.concepts = claims.concepts.max(bounded(found.concepts));
    claims.error = claims.error.take().or(found.error);
    chapter.picture = chapter.picture.take().or(found.image_url);
}

/// A text token is about three quarters of a word.
fn words(tokens: f64) -> u32 {
    bounded(tokens * 0.75)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn bounded(number: f64) -> u32 {
    number.clamp(0.0, 1e9) as u32
}

fn era(file: &StateFile) -> char {
    let chapters = || file.phases.each().flat_map(|phase| phase.chapters.values());
    if file.phases.enrich.is_some() {
        'E'
    } else if chapters().any(|chapter| !chapter.scene_concepts.is_empty()) {
        'D'
    } else if file.elements.iter().any(|element| element.quotes.is_some()) {
        'C'
    } else if chapters().any(|chapter| chapter.image_url.is_some()) {
        'B'
    } else {
        'A'
    }
}

impl From<OldElement> for Element {
    fn from(old: OldElement) -> Self {
        Self {
            name: old.name,
            kind: kind_of(&old.kind),
            aliases: old.aliases,
            description: old.description,
            quotes: old.quotes.into_iter().flatten().map(|quote| quote.text).collect(),
            chapters: BTreeSet::new(),
            picture: old.image_url,
        }
    }
}

impl From<OldScene> for Scene {
    fn from(old: OldScene) -> Self {
        Self {
            number: 0,
            quote: old.quote,
            description: old.description,
            elements: old.elements_present,
            setting: old.setting,
            time_of_day: old.time_of_day,
            weather: old.weather,
            mood: old.mood,
            lighting: old.lighting,
            picture: old.image_url,
        }
    }
}
