//! What becomes of everything that was found: a pure decision, made before anything is written.
//!
//! **Invariant:** each scene becomes a concept or is named in the report; each picture becomes the
//! plate of one concept or is named in the report; nothing is claimed that no file proves.

use std::collections::BTreeMap;

use book::Book;
use book::concept::{ChapterConcepts, Concept};
use book::element::{Element, Elements};
use book::likeness;
use book::project::{self, PlateRecord};
use book::style::StyleGuide;
use manifest::{ChapterId, Listed, Status};

use crate::cast::elements;
use crate::legacy::{self, Content, Legacy, Scene};
use crate::matching::{self, Found, Text, Why, fold};
use crate::report::{ChapterLine, Report};
use crate::shown::{Shown, shown};

/// A quote shorter than this is not looked for in other chapters than its own.
const TELLING_WORDS: usize = 4;

/// What the new project will hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Title of the book.
    pub title: String,
    /// Its chapters.
    pub chapters: Vec<Listed>,
    /// The elements; none when the elements pass is still to be done.
    pub elements: Elements,
    /// The manner of the plates, where it is known.
    pub style: Option<StyleGuide>,
    /// The concepts, of the chapters that have any.
    pub concepts: BTreeMap<u32, ChapterConcepts>,
    /// The plates, in the order of (chapter, concept).
    pub plates: Vec<PlannedPlate>,
    /// The portraits, in the order of the elements.
    pub portraits: Vec<PlannedPortrait>,
    /// What is kept, mended and not placed.
    pub report: Report,
}

/// A plate that is a copy of an old picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPlate {
    /// Number of the chapter.
    pub chapter: u32,
    /// The picture, relative to the old folder.
    pub from: String,
    /// SHA-256 that its file must have, in hexadecimal.
    pub sha256: String,
    /// What the project will know of it.
    pub record: PlateRecord,
}

/// A portrait that is a copy of an old picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPortrait {
    /// Name of the element.
    pub element: String,
    /// The first chapter in which it is named.
    pub chapter: u32,
    /// The picture, relative to the old folder.
    pub from: String,
    /// SHA-256 that its file must have, in hexadecimal.
    pub sha256: String,
    /// The extension that its content calls for.
    pub kind: &'static str,
}

/// Decides what becomes of what was found; `book` is the book it was made from, if that is known.
#[must_use]
pub fn plan(legacy: &Legacy, book: Option<&Book>) -> Plan {
    let mut report = Report {
        title: title(legacy, book),
        read: legacy.files.iter().map(|(name, file)| (name.clone(), file.what.clone())).collect(),
        pictures: legacy.pictures.len(),
        repaired: legacy.repaired.clone(),
        unplaced: legacy.unplaced.clone(),
        ..Report::default()
    };
    let texts: Option<Vec<Text<'_>>> =
        book.map(|book| book.chapters.iter().map(Text::new).collect());
    let places = Places::find(legacy, texts.as_deref());
    let shown = shown(legacy, &mut report);
    let chapters = book.map_or_else(|| listed(legacy), project::listed);
    let mut plan = Plan {
        title: report.title.clone(),
        elements: elements(legacy, &places, &mut report),
        style: legacy.style.clone(),
        concepts: BTreeMap::new(),
        plates: Vec::new(),
        portraits: Vec::new(),
        chapters,
        report,
    };
    plan.add_portraits(legacy, &shown);
    for (chapter, scenes) in place_scenes(legacy, &places, &shown, &mut plan.report) {
        plan.add_chapter(legacy, &places, chapter, scenes);
    }
    plan.describe_chapters(legacy, &places);
    plan.check_claims(legacy, &places);
    plan
}

fn title(legacy: &Legacy, book: Option<&Book>) -> String {
    let known = book.map(|book| &book.title).filter(|title| !title.trim().is_empty());
    known.unwrap_or(&legacy.title).clone()
}

/// The chapters where no book says which there are.
fn listed(legacy: &Legacy) -> Vec<Listed> {
    let listed = |(number, chapter): (&u32, &legacy::Chapter)| Listed {
        number: ChapterId(*number),
        title: chapter.title.clone(),
        words: chapter.words,
    };
    legacy.chapters.iter().map(listed).collect()
}

/// Which chapter of the project stands for which of the old files.
pub(crate) struct Places<'a> {
    pub(crate) texts: Option<&'a [Text<'a>]>,
    /// Number in the project, by number in the old files.
    new: BTreeMap<u32, (u32, &'static str)>,
}

impl<'a> Places<'a> {
    fn find(legacy: &Legacy, texts: Option<&'a [Text<'a>]>) -> Self {
        let new = match texts {
            None => legacy.chapters.keys().map(|number| (*number, (*number, ""))).collect(),
            Some(texts) => {
                let matched = matching::chapters(&legacy.chapters, texts);
                let place = |(number, (index, why)): (u32, (usize, Why))| {
                    let by = match why {
                        Why::Evidence => "title or quotes",
                        Why::Order => "order",
                        Why::Number => "number",
                    };
                    (number, (texts[index].chapter().number, by))
                };
                matched.into_iter().map(place).collect()
            }
        };
        Self { texts, new }
    }

    pub(crate) fn of(&self, was: u32) -> Option<u32> {
        self.new.get(&was).map(|(number, _)| *number)
    }

    fn was(&self, number: u32) -> Option<u32> {
        self.new.iter().find(|(_, (new, _))| *new == number).map(|(was, _)| *was)
    }

    fn text(&self, number: u32) -> Option<&'a Text<'a>> {
        self.texts?.iter().find(|text| text.chapter().number == number)
    }
}

/// A scene with its place in the project.
struct Placed<'a> {
    was: u32,
    nth: usize,
    scene: &'a Scene,
    picture: Option<&'a str>,
    /// Where the quote stands in the chapter's text, if it was looked for and found.
    found: Option<Found>,
}

/// Finds a chapter of the project for every scene.
fn place_scenes<'a>(
    legacy: &'a Legacy,
    places: &Places<'_>,
    shown: &'a Shown,
    report: &mut Report,
) -> BTreeMap<u32, Vec<Placed<'a>>> {
    let mut placed: BTreeMap<u32, Vec<Placed<'a>>> = BTreeMap::new();
    for (was, chapter) in &legacy.chapters {
        for (nth, scene) in chapter.scenes.iter().enumerate() {
            let picture = shown.scenes.get(&(*was, nth)).map(String::as_str);
            let Some((number, found)) = place_of(*was, scene, places) else {
                let (title, what) = (&chapter.title, said(scene));
                let with = picture.map_or_else(String::new, |name| format!(", with {name}"));
                report.unplaced.push(format!(
                    "chapter {was} {title:?}, scene {}: {what}{with}: the book has no such chapter and no such passage",
                    nth + 1
                ));
                continue;
            };
            if places.of(*was).is_some_and(|expected| expected != number) {
                report.repaired.push(format!(
                    "chapter {was}, scene {}: its passage stands in chapter {number}, so it went there",
                    nth + 1
                ));
            }
            let scene = Placed { was: *was, nth, scene, picture, found };
            placed.entry(number).or_default().push(scene);
        }
    }
    placed
}

fn said(scene: &Scene) -> String {
    let text = if scene.quote.trim().is_empty() { &scene.description } else { &scene.quote };
    format!("{text:?}")
}

/// The chapter of a scene: that of its chapter if the quote stands there, else another one that has the
/// quote, else that of its chapter all the same.
fn place_of(was: u32, scene: &Scene, places: &Places<'_>) -> Option<(u32, Option<Found>)> {
    let own = places.of(was);
    let Some(texts) = places.texts else { return own.map(|own| (own, None)) };
    let quote = fold(&scene.quote);
    let found_in_own = own.and_then(|own| places.text(own)?.find(&quote));
    if let (Some(own), Some(found)) = (own, found_in_own) {
        return Some((own, Some(found)));
    }
    let is_telling = quote.split(' ').count() >= TELLING_WORDS;
    let elsewhere = texts.iter().filter(|_| is_telling).find_map(|text| match text.find(&quote) {
        Some(found @ Found::Whole(_)) => Some((text.chapter().number, Some(found))),
        _ => None,
    });
    elsewhere.or_else(|| own.map(|own| (own, None)))
}

impl Plan {
    /// Adds the concepts and plates of one chapter, in the order of the text.
    fn add_chapter(
        &mut self,
        legacy: &Legacy,
        places: &Places<'_>,
        chapter: u32,
        scenes: Vec<Placed<'_>>,
    ) {
        let text = places.text(chapter).map(|text| text.chapter().text.as_str());
        let mut concepts: Vec<(Concept, Placed<'_>)> = Vec::new();
        let offsets = offsets(&scenes, text);
        let mut respelled = 0;
        for (scene, offset) in scenes.into_iter().zip(offsets) {
            let (concept, is_respelled) = concept(&scene, text, offset);
            respelled += usize::from(is_respelled);
            concepts.push((concept, scene));
        }
        if text.is_some() {
            concepts.sort_by_key(|(concept, _)| concept.offset);
        }
        if respelled > 0 {
            self.report.repaired.push(format!(
                "chapter {chapter}: quotes brought to the spelling of the book: {respelled}"
            ));
        }
        let title = self.listed_title(chapter);
        let mut kept = Vec::new();
        for (nth, (mut concept, scene)) in concepts.into_iter().enumerate() {
            concept.index = u32::try_from(nth + 1).unwrap_or(u32::MAX);
            if concept.unverified {
                let (was, nth) = (scene.was, scene.nth + 1);
                self.report.repaired.push(format!(
                    "chapter {was}, scene {nth}: its quote is not in the book and will not be printed: {:?}",
                    concept.quote
                ));
            }
            let plate =
                scene.picture.and_then(|name| plate(legacy, name, chapter, &title, &concept));
            self.plates.extend(plate);
            kept.push(concept);
        }
        self.concepts.insert(chapter, ChapterConcepts { chapter, title, concepts: kept });
    }

    fn add_portraits(&mut self, legacy: &Legacy, shown: &Shown) {
        let portrait = |element: &Element| {
            let from = shown.portraits.get(&element.name)?.clone();
            let Content::Whole { kind, sha256, .. } = &legacy.pictures.get(&from)?.content else {
                return None;
            };
            let (kind, sha256, chapter) = (*kind, sha256.clone(), likeness::first_seen(element));
            Some(PlannedPortrait { element: element.name.clone(), chapter, from, sha256, kind })
        };
        self.portraits = self.elements.elements.iter().filter_map(portrait).collect();
        self.report.portraits = self.portraits.len();
    }

    fn listed_title(&self, chapter: u32) -> String {
        let listed = self.chapters.iter().find(|listed| listed.number.0 == chapter);
        listed.map_or_else(String::new, |listed| listed.title.clone())
    }

    /// How many concepts and plates a chapter has, and what that proves.
    fn proven(&self, chapter: u32) -> (usize, usize, Status) {
        let concepts = self.concepts.get(&chapter).map_or(0, |record| record.concepts.len());
        let plates = self.plates.iter().filter(|plate| plate.chapter == chapter).count();
        let status = match (concepts, plates) {
            (0, _) => Status::Pending,
            (concepts, plates) if plates == concepts => Status::Illustrated,
            _ => Status::Analyzed,
        };
        (concepts, plates, status)
    }

    fn describe_chapters(&mut self, legacy: &Legacy, places: &Places<'_>) {
        let mut lines = Vec::new();
        for listed in &self.chapters {
            let was = places.was(listed.number.0);
            let (concepts, plates, status) = self.proven(listed.number.0);
            let by = was.and_then(|was| places.new.get(&was)).map_or("", |(_, by)| by).to_owned();
            let (number, title) = (Some(listed.number.0), listed.title.clone());
            lines.push(ChapterLine { number, was, title, by, status, concepts, plates });
        }
        for (was, chapter) in legacy.chapters.iter().filter(|(was, _)| places.of(**was).is_none()) {
            lines.push(ChapterLine {
                number: None,
                was: Some(*was),
                title: chapter.title.clone(),
                by: String::new(),
                status: Status::Pending,
                concepts: 0,
                plates: 0,
            });
        }
        self.report.chapters = lines;
        self.report.elements = self.elements.elements.len();
        self.report.concepts = self.concepts.values().map(|record| record.concepts.len()).sum();
        self.report.plates = self.plates.len();
    }

    /// Says where the old files claim what they do not prove.
    fn check_claims(&mut self, legacy: &Legacy, places: &Places<'_>) {
        for (was, chapter) in &legacy.chapters {
            let Some(number) = places.of(*was) else { continue };
            let (concepts, plates, _) = self.proven(number);
            let claims = &chapter.claims;
            let note = if let (Some(error), true) = (&claims.error, plates < concepts.max(1)) {
                format!("chapter {was} had failed ({error}): what is missing will be done again")
            } else if (claims.analyzed || claims.illustrated || claims.concepts > 0)
                && concepts == 0
            {
                let count = claims.concepts;
                format!(
                    "chapter {was} was said to be done with {count} concepts, but no scene of it is there: it will be analyzed again"
                )
            } else if claims.illustrated && plates < concepts {
                format!(
                    "chapter {was} was said to be illustrated, but {plates} of {concepts} pictures open: the others will be made again"
                )
            } else {
                continue;
            };
            self.report.repaired.push(note);
        }
    }
}

/// Where each scene stands: found, or spread evenly between those before and after it.
fn offsets(scenes: &[Placed<'_>], text: Option<&str>) -> Vec<usize> {
    let Some(text) = text else { return vec![0; scenes.len()] };
    let known = |scene: &Placed<'_>| match (&scene.found, text.find(&scene.scene.quote)) {
        (_, Some(at)) if !scene.scene.quote.trim().is_empty() => Some(at),
        (Some(Found::Whole(range)), _) => Some(range.start),
        (Some(Found::Near(at)), _) => Some(*at),
        (None, _) => None,
    };
    let known: Vec<Option<usize>> = scenes.iter().map(known).collect();
    let mut offsets = Vec::with_capacity(known.len());
    for (nth, at) in known.iter().enumerate() {
        let after = known[nth..].iter().position(Option::is_some);
        let offset = at.unwrap_or_else(|| {
            let before = offsets.last().copied().unwrap_or(0);
            let end = after.and_then(|gap| known[nth + gap]).unwrap_or(text.len());
            let gap = after.unwrap_or(known.len() - nth);
            before + end.saturating_sub(before) / (gap + 1)
        });
        offsets.push(text.floor_char_boundary(offset));
    }
    offsets
}

/// The concept of a scene, and whether its quote was brought to the book's spelling.
fn concept(placed: &Placed<'_>, text: Option<&str>, offset: usize) -> (Concept, bool) {
    let scene = placed.scene;
    let mut quote = scene.quote.clone();
    let (mut unverified, mut respelled) = (false, false);
    if let Some(text) = text.filter(|_| !quote.trim().is_empty()) {
        match &placed.found {
            _ if text[offset..].starts_with(&quote) => {}
            Some(Found::Whole(range)) => {
                text[range.clone()].clone_into(&mut quote);
                respelled = true;
            }
            _ => unverified = true,
        }
    }
    let concept = Concept {
        index: 0,
        quote,
        offset,
        description: scene.description.clone(),
        elements: scene.elements.clone(),
        setting: scene.setting.clone(),
        time_of_day: scene.time_of_day.clone(),
        weather: scene.weather.clone(),
        mood: scene.mood.clone(),
        lighting: scene.lighting.clone(),
        unverified,
    };
    (concept, respelled)
}

fn plate(
    legacy: &Legacy,
    name: &str,
    chapter: u32,
    title: &str,
    concept: &Concept,
) -> Option<PlannedPlate> {
    let Content::Whole { kind, size, sha256 } = &legacy.pictures.get(name)?.content else {
        return None;
    };
    let key = project::key(&["migrated", sha256]);
    let words = if title.is_empty() { &concept.quote } else { title };
    let file = project::plate_name(ChapterId(chapter), concept.index, words, &key, kind);
    let record = PlateRecord {
        concept: concept.index,
        file,
        key,
        prompt: concept.description.clone(),
        engine: format!("migrated from {name}"),
        size: *size,
        seed: 0,
        softened: None,
    };
    Some(PlannedPlate { chapter, from: name.to_owned(), sha256: sha256.clone(), record })
}
