//! Which picture shows which scene, and which whom.
//!
//! A scene that names its picture is believed first, then the number in the picture's own name, last
//! the chapter it is filed under: old files file the picture of one chapter under another of the same
//! title. No picture shows two scenes, no scene has two pictures. What an element names, and no scene has,
//! is its portrait.

use std::collections::{BTreeMap, BTreeSet};

use crate::legacy::{Content, Legacy, Scene};
use crate::pictures;
use crate::progress_file::base;
use crate::report::Report;

/// What the pictures show.
#[derive(Default)]
pub(crate) struct Shown {
    /// The picture of each scene: by number of the chapter and index of the scene.
    pub scenes: BTreeMap<(u32, usize), String>,
    /// The portrait of each element, by its name.
    pub portraits: BTreeMap<String, String>,
}

/// Finds the picture of every scene and element; says what is mended and which pictures show none.
pub(crate) fn shown(legacy: &Legacy, report: &mut Report) -> Shown {
    let mut search = Search { legacy, report, shown: Shown::default(), used: BTreeSet::new() };
    search.named_by_scenes();
    search.numbered();
    search.filed_under_chapters();
    search.named_by_elements();
    search.say_what_is_left();
    search.shown
}

struct Search<'a> {
    legacy: &'a Legacy,
    report: &'a mut Report,
    shown: Shown,
    used: BTreeSet<String>,
}

impl Search<'_> {
    /// Gives a picture to a scene, if both are free and the picture is good.
    fn give(&mut self, scene: (u32, usize), name: &str) {
        let scenes = &mut self.shown.scenes;
        if is_good(self.legacy, name) && !self.used.contains(name) && !scenes.contains_key(&scene) {
            scenes.insert(scene, name.to_owned());
            self.used.insert(name.to_owned());
        }
    }

    fn named_by_scenes(&mut self) {
        let mut claims: BTreeMap<String, Vec<(u32, usize)>> = BTreeMap::new();
        for (number, chapter) in &self.legacy.chapters {
            for (nth, scene) in chapter.scenes.iter().enumerate() {
                if let Some(name) = scene.picture.as_deref().and_then(|name| self.known(name)) {
                    claims.entry(name).or_default().push((*number, nth));
                }
            }
        }
        for (name, mut scenes) in claims {
            let says = self.legacy.pictures[&name].names;
            let agrees = |scene: &(u32, usize)| {
                let own = self.number_of(*scene);
                (says != Some((scene.0, own)), says.is_none_or(|(chapter, _)| chapter != scene.0))
            };
            scenes.sort_by_key(|scene| (agrees(scene), *scene));
            if let [first, _, ..] = scenes[..] {
                let all: Vec<String> =
                    scenes.iter().map(|(chapter, nth)| format!("{chapter}:{}", nth + 1)).collect();
                self.report.repaired.push(format!(
                    "{name} is claimed by the scenes {}: {}:{} has it",
                    all.join(", "),
                    first.0,
                    first.1 + 1
                ));
            }
            self.give(scenes[0], &name);
        }
    }

    fn numbered(&mut self) {
        for (name, picture) in &self.legacy.pictures {
            let Some((number, scene)) = picture.names else { continue };
            let Some(chapter) = self.legacy.chapters.get(&number) else { continue };
            let nth = (0..chapter.scenes.len()).find(|nth| self.number_of((number, *nth)) == scene);
            if let Some(nth) = nth {
                self.give((number, nth), name);
            }
        }
    }

    fn filed_under_chapters(&mut self) {
        for (number, chapter) in &self.legacy.chapters {
            let Some(name) = chapter.picture.as_deref().and_then(|name| self.known(name)) else {
                continue;
            };
            match self.legacy.pictures[&name].names {
                Some((own, _)) if own != *number => self.report.repaired.push(format!(
                    "{name} was filed under chapter {number}: it is of chapter {own}, as its name says"
                )),
                Some(_) => {}
                None => {
                    let free = |nth: &usize| !self.shown.scenes.contains_key(&(*number, *nth));
                    if let Some(nth) = (0..chapter.scenes.len()).find(free) {
                        self.give((*number, nth), &name);
                    }
                }
            }
        }
    }

    fn named_by_elements(&mut self) {
        for element in self.legacy.elements.values() {
            let Some(named) = &element.picture else { continue };
            let name = self.known(named);
            let note = match name {
                Some(name) if self.used.contains(&name) => {
                    format!("{}: its picture {name} shows a scene or somebody else", element.name)
                }
                Some(name) if is_good(self.legacy, &name) => {
                    self.used.insert(name.clone());
                    self.shown.portraits.insert(element.name.clone(), name);
                    continue;
                }
                // Said of the picture.
                Some(_) => continue,
                None => format!("{}: its picture {named} is not there", element.name),
            };
            self.report.repaired.push(note);
        }
    }

    fn say_what_is_left(&mut self) {
        for (name, picture) in &self.legacy.pictures {
            if self.used.contains(name) {
                continue;
            }
            let why = match (&picture.content, picture.names) {
                (Content::Broken(why), _) => format!("it does not open: {why}"),
                _ if self.legacy.unfinished.contains(base(name)) => {
                    "it was being made when the program was interrupted".to_owned()
                }
                (_, Some((chapter, scene))) => {
                    let known = self.legacy.chapters.get(&chapter).map_or(0, |c| c.scenes.len());
                    if self.shown.scenes.keys().any(|(number, nth)| {
                        (*number, self.number_of((*number, *nth))) == (chapter, scene)
                    }) {
                        format!("chapter {chapter}, scene {scene} has another picture")
                    } else {
                        format!(
                            "no scene {scene} of chapter {chapter} is known ({known} scenes are)"
                        )
                    }
                }
                _ => "no scene is known that it shows".to_owned(),
            };
            self.report.unplaced.push(format!("the picture {name}: {why}"));
        }
    }

    /// The number of a scene as the names of pictures have it.
    fn number_of(&self, (chapter, nth): (u32, usize)) -> u32 {
        let scene = self.legacy.chapters.get(&chapter).and_then(|chapter| chapter.scenes.get(nth));
        match scene {
            Some(Scene { number: 1.., .. }) => scene.map_or(0, |scene| scene.number),
            _ => u32::try_from(nth + 1).unwrap_or(u32::MAX),
        }
    }

    /// The picture that a file speaks of, if it is there: under that name, or anywhere under its base
    /// name.
    fn known(&self, named: &str) -> Option<String> {
        let name = pictures::inside(named)?;
        if self.legacy.pictures.contains_key(&name) {
            return Some(name);
        }
        let same = |known: &&String| base(known) == base(&name);
        self.legacy.pictures.keys().find(same).cloned()
    }
}

/// Whether a picture opens and was finished.
fn is_good(legacy: &Legacy, name: &str) -> bool {
    let whole = |content: &Content| matches!(content, Content::Whole { .. });
    legacy.pictures.get(name).is_some_and(|picture| whole(&picture.content))
        && !legacy.unfinished.contains(base(name))
}
