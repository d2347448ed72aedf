//! What other programs left, as one neutral value: every source is read into it, every decision is
//! made from it.
//!
//! **Invariant:** [`Legacy::merge`] never drops a scene, quote, alias or element: what two sources say
//! alike becomes one, what they say differently is kept twice or named in the notes.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use book::element::ElementType;
use book::style::StyleGuide;

use crate::matching::fold;
use crate::progress_file::base;

/// Highest chapter number that is believed; no book has more, and numbers are hostile.
pub const MOST_CHAPTERS: u32 = 10_000;

/// Most scenes of one chapter that are believed.
pub const MOST_SCENES: usize = 1000;

/// Everything that was found in a folder.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Legacy {
    /// Title of the book; empty when no source says.
    pub title: String,
    /// The book file as a source names it: data, never used as a path as it is.
    pub book_file: String,
    /// The chapters by the number they had there, with its gaps.
    pub chapters: BTreeMap<u32, Chapter>,
    /// The elements, by name.
    pub elements: BTreeMap<String, Element>,
    /// The manner of the pictures, where a source says it.
    pub style: Option<StyleGuide>,
    /// The pictures that are there, by their name relative to the folder.
    pub pictures: BTreeMap<String, Picture>,
    /// Base names of pictures that were being made when the program was interrupted: to be made again.
    pub unfinished: BTreeSet<String>,
    /// Every file that was read, in the order of the names.
    pub files: BTreeMap<String, FoundFile>,
    /// What was mended while reading.
    pub repaired: Vec<String>,
    /// What could not be used while reading.
    pub unplaced: Vec<String>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// What it was taken for.
    pub what: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// A chapter as another program knew it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chapter {
    /// Its title; empty when no source says.
    pub title: String,
    /// Its length in words, as far as a source lets it be guessed.
    pub words: u32,
    /// Its scenes, in the order of the sources.
    pub scenes: Vec<Scene>,
    /// The one picture that a source names for the chapter as a whole.
    pub picture: Option<String>,
    /// What the sources claim, to be held against what is there.
    pub claims: Claims,
}

/// What a source claims about a chapter; none of it is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// That it is analyzed.
    pub analyzed: bool,
    /// That it is illustrated.
    pub illustrated: bool,
    /// How many concepts it has.
    pub concepts: u32,
    /// That it failed, and why.
    pub error: Option<String>,
}

/// One visual moment as another program recorded it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scene {
    /// Its number in the chapter, from 1, as the names of pictures have it; 0 when no source says.
    pub number: u32,
    /// The passage.
    pub quote: String,
    /// What a picture has to show.
    pub description: String,
    /// Names of the elements present.
    pub elements: Vec<String>,
    /// As [`book::concept::Concept`] has them; empty when unknown.
    pub setting: String,
    /// As in a concept.
    pub time_of_day: String,
    /// As in a concept.
    pub weather: String,
    /// As in a concept.
    pub mood: String,
    /// As in a concept.
    pub lighting: String,
    /// The picture that a source names for it.
    pub picture: Option<String>,
}

/// Who or what recurs, as another program recorded it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ElementType,
    /// Other names.
    pub aliases: Vec<String>,
    /// What it looks like.
    pub description: String,
    /// Passages that show it.
    pub quotes: Vec<String>,
    /// Numbers, as they were there, of the chapters it is known to be in.
    pub chapters: BTreeSet<u32>,
    /// The picture that a source names for it.
    pub picture: Option<String>,
}

/// A picture file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Chapter and scene in its name.
    pub names: Option<(u32, u32)>,
    /// What is in it.
    pub content: Content,
}

/// What is in a picture file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A picture that was decoded to its last pixel.
    Whole {
        /// The extension that its content calls for.
        kind: &'static str,
        /// Width and height in pixels.
        size: [u32; 2],
        /// SHA-256 of the file, in hexadecimal.
        sha256: String,
    },
    /// It does not open, for this reason.
    Broken(String),
}

impl Legacy {
    /// Takes in what another source says; where both say something that can be said but once, what
    /// was known before stays.
    pub fn merge(&mut self, other: Self) {
        fill(&mut self.title, other.title);
        fill(&mut self.book_file, other.book_file);
        for (number, chapter) in other.chapters {
            self.chapters.entry(number).or_default().merge(chapter);
        }
        for element in other.elements.into_values() {
            self.add_element(element);
        }
        self.style = self.style.take().or(other.style);
        self.pictures.extend(other.pictures);
        self.unfinished.extend(other.unfinished);
        self.repaired.extend(other.repaired);
        self.unplaced.extend(other.unplaced);
    }

    /// Adds an element, or what is new about one that is known by this name.
    pub fn add_element(&mut self, element: Element) {
        if element.name.trim().is_empty() {
            if !element.description.is_empty() || !element.quotes.is_empty() {
                self.unplaced.push(format!("an element without a name: {:?}", element.description));
            }
            return;
        }
        match self.elements.entry(element.name.trim().to_owned()) {
            Entry::Occupied(mut known) => {
                let note = known.get_mut().merge(element);
                self.repaired.extend(note);
            }
            Entry::Vacant(place) => {
                let name = place.key().clone();
                place.insert(Element { name, ..element });
            }
        }
    }

    /// Stands for everything that was read: the same files give the same.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let files = self.files.iter().map(|(name, file)| (name, file.sha256.clone()));
        let pictures = self.pictures.iter().map(|(name, picture)| {
            let content = match &picture.content {
                Content::Whole { sha256, .. } => sha256.clone(),
                Content::Broken(why) => why.clone(),
            };
            (name, content)
        });
        let parts: Vec<String> =
            files.chain(pictures).flat_map(|(name, content)| [name.clone(), content]).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        book::project::key(&parts)
    }

    /// Whether a source spoke of anything at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chapters.is_empty() && self.elements.is_empty() && self.pictures.is_empty()
    }
}

impl Chapter {
    pub(crate) fn merge(&mut self, other: Self) {
        fill(&mut self.title, other.title);
        self.words = self.words.max(other.words);
        self.picture = self.picture.take().or(other.picture);
        for scene in other.scenes {
            self.add_scene(scene);
        }
        self.claims.analyzed |= other.claims.analyzed;
        self.claims.illustrated |= other.claims.illustrated;
        self.claims.concepts = self.claims.concepts.max(other.claims.concepts);
        self.claims.error = self.claims.error.take().or(other.claims.error);
    }

    /// Adds a scene, or what is new about one that is known by its quote.
    fn add_scene(&mut self, scene: Scene) {
        let (quote, description) = (fold(&scene.quote), fold(&scene.description));
        // Two pictures are two scenes, however alike their words are.
        let same_picture = |known: &Scene| match (&known.picture, &scene.picture) {
            (Some(one), Some(other)) => base(one) == base(other),
            _ => true,
        };
        let same = |known: &&mut Scene| {
            let same_words = fold(&known.quote) == quote
                && (!quote.is_empty() || fold(&known.description) == description);
            same_words && same_picture(known)
        };
        match self.scenes.iter_mut().find(same) {
            Some(known)
                if known.description.is_empty() || fold(&known.description) == description =>
            {
                known.merge(scene);
            }
            Some(known) if scene.description.is_empty() => known.merge(scene),
            _ => self.scenes.push(scene),
        }
    }
}

impl Scene {
    fn merge(&mut self, other: Self) {
        self.number = if self.number == 0 { other.number } else { self.number };
        fill(&mut self.quote, other.quote);
        fill(&mut self.description, other.description);
        fill(&mut self.setting, other.setting);
        fill(&mut self.time_of_day, other.time_of_day);
        fill(&mut self.weather, other.weather);
        fill(&mut self.mood, other.mood);
        fill(&mut self.lighting, other.lighting);
        add_new(&mut self.elements, other.elements);
        self.picture = self.picture.take().or(other.picture);
    }
}

impl Element {
    /// Takes in what another source says of it; says what could not be kept as it was.
    fn merge(&mut self, other: Self) -> Option<String> {
        add_new(&mut self.aliases, other.aliases);
        add_new(&mut self.quotes, other.quotes);
        self.chapters.extend(other.chapters);
        self.picture = self.picture.take().or(other.picture);
        let mut note = None;
        let (ours, theirs) = (fold(&self.description), fold(&other.description));
        if theirs.contains(&ours) {
            self.description = other.description;
        } else if !ours.contains(&theirs) {
            // Both were paid for, and both may be right.
            self.description = format!("{} {}", self.description.trim_end(), other.description);
            note = Some(format!("{}: two descriptions joined", self.name));
        }
        if self.kind == ElementType::default() {
            self.kind = other.kind;
        } else if other.kind != self.kind && other.kind != ElementType::default() {
            let (name, ours, theirs) = (&self.name, self.kind, other.kind);
            note = Some(format!("{name}: both {ours:?} and {theirs:?}, kept as one {ours:?}"));
        }
        note
    }
}

fn fill(known: &mut String, other: String) {
    if known.trim().is_empty() {
        *known = other;
    }
}

fn add_new(known: &mut Vec<String>, others: Vec<String>) {
    for other in others {
        if !other.trim().is_empty() && !known.contains(&other) {
            known.push(other);
        }
    }
}
