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
