//! What a careful reader would name and want drawn, from `gold.txt`, and how it is compared.

use std::collections::BTreeSet;

use book::element::Element;

/// One novel of `gold.txt`.
#[derive(Default)]
pub struct Gold {
    pub file: String,
    /// Groups of names that must be found.
    pub main: Vec<Vec<String>>,
    /// Groups of names that are right where they are found.
    pub also: Vec<Vec<String>>,
    /// Words that stand once in the novel, inside a passage that a reader would choose.
    pub moments: Vec<String>,
    /// What the text says of looks.
    pub looks: Vec<Look>,
    /// Where and when the moments are, by the moment's words.
    pub scenes: Vec<Place>,
}

/// One thing that the text says of somebody's looks.
pub struct Look {
    pub name: String,
    pub chapter: u32,
    pub words: Vec<String>,
}

/// Where and when a stretch of text happens.
pub struct Place {
    /// The stretch.
    pub moment: String,
    /// Settings that are right; empty where the text leaves it open.
    pub settings: Vec<String>,
    /// The time of day, empty where the text leaves it open.
    pub time: String,
}

impl Look {
    /// Reads `Uncle Henry @ 1: long beard`.
    fn parse(line: &str) -> Option<Self> {
        let (name, rest) = line.split_once(" @ ")?;
        let (chapter, words) = rest.split_once(": ")?;
        Some(Self {
            name: name.to_owned(),
            chapter: chapter.parse().ok()?,
            words: words.split(' ').map(plain).collect(),
        })
    }

    /// Whether the words that were found say this.
    pub fn is_said_by(&self, found: &str) -> bool {
        let found = plain(found);
        self.words.iter().all(|word| found.contains(word.as_str()))
    }
}

impl Place {
    /// Reads `forest/garden; day | the words of the moment`.
    fn parse(line: &str) -> Option<Self> {
        let (scene, moment) = line.split_once(" | ")?;
        let (settings, time) = scene.split_once("; ")?;
        let known = |value: &str| value != "?";
        Some(Self {
            moment: moment.trim().to_owned(),
            settings: settings.split('/').filter(|s| known(s)).map(str::to_owned).collect(),
            time: if known(time) { time.to_owned() } else { String::new() },
        })
    }
}

/// The novels of `gold.txt`.
pub fn novels() -> Vec<Gold> {
    let mut novels: Vec<Gold> = Vec::new();
    for line in include_str!("gold.txt").lines().filter(|line| !line.starts_with('#')) {
        let Some((what, value)) = line.split_once(": ") else { continue };
        if what == "book" {
            novels.push(Gold { file: value.trim().to_owned(), ..Gold::default() });
        }
        let Some(novel) = novels.last_mut() else { continue };
        match what {
            "main" => novel.main = groups(value),
            "also" => novel.also = groups(value),
            "moment" => novel.moments.push(value.trim().to_owned()),
            "look" => novel.looks.extend(Look::parse(value.trim())),
            "scene" => novel.scenes.extend(Place::parse(value.trim())),
            _ => {}
        }
    }
    novels
}

fn groups(value: &str) -> Vec<Vec<String>> {
    let names = |group: &str| group.split(" = ").map(|name| name.trim().to_owned()).collect();
    value.split("; ").map(names).collect()
}

/// Whether the element bears one of the names.
pub fn shares(element: &Element, group: &[String]) -> bool {
    let names: BTreeSet<String> =
        std::iter::once(&element.name).chain(&element.aliases).map(|name| key(name)).collect();
    group.iter().any(|name| names.contains(&key(name)))
}

fn key(name: &str) -> String {
    plain(name).trim_start_matches("the ").to_owned()
}

/// One kind of apostrophe and of space, no capitals, so that editions compare.
pub fn plain(text: &str) -> String {
    text.replace(['’', '‘'], "'").replace('\n', " ").to_lowercase()
}
