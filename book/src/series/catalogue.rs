//! The catalogue of a series: every element of all its books, where it appears, what is said of it, and
//! where the books disagree. A pure function of what the books say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::looks::Conflict;
use super::recall::{Known, names, of_one_kind, recall};
use crate::element::{Element, ElementType, Elements, Memory, describe};
use crate::view::inline;

/// A book as the catalogue is made from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// Its title; empty until its elements are known.
    pub title: String,
    /// Folder of its project.
    pub project: String,
    /// What it says itself; `None` until that is known.
    pub elements: Option<Elements>,
    /// The pictures of its sheets, seen from the folder of the series, by name of the element.
    pub sheets: BTreeMap<String, String>,
}

/// The content of `catalogue.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// What the series is called.
    pub title: String,
    /// What counts where books speak of the same element.
    pub memory: Memory,
    /// The books, in the order of the series.
    pub books: Vec<Listed>,
    /// In the order in which they come into the series.
    pub elements: Vec<Member>,
    /// Where books disagree.
    pub conflicts: Vec<Conflict>,
}

/// A book of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its place, counted from 1.
    pub number: u32,
    /// Its title; empty until its elements are known.
    pub title: String,
    /// Folder of its project.
    pub project: String,
    /// Whether its elements are known.
    pub is_known: bool,
}

/// An element of the series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its name in the first book that has it.
    pub name: String,
    /// What it is there.
    #[serde(rename = "type")]
    pub kind: ElementType,
    /// All its other names.
    pub aliases: Vec<String>,
    /// Where it appears.
    pub appearances: Vec<Appearance>,
}

/// An element in one book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appearance {
    /// The book's place in the series.
    pub book: u32,
    /// Numbers of the chapters.
    pub chapters: Vec<u32>,
    /// How often it is named.
    pub mentions: u32,
    /// What the book says of its looks; may be empty.
    pub description: String,
    /// The picture of the sheet that the book has of it, seen from the folder of the series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}

/// Gathers what the books say.
#[must_use]
pub fn catalogue(title: &str, memory: Memory, volumes: &[Volume]) -> Catalogue {
    let (mut elements, mut conflicts) = (Vec::<Member>::new(), Vec::new());
    let (mut books, mut known) = (Vec::new(), Vec::<Known>::new());
    for (volume, number) in volumes.iter().zip(1..) {
        let (title, project) = (volume.title.clone(), volume.project.clone());
        let is_known = volume.elements.is_some();
        books.push(Listed { number, title: title.clone(), project, is_known });
        let Some(said) = &volume.elements else { continue };
        conflicts.extend(recall(said, &known, memory, &[]).1);
        for element in &said.elements {
            enter(&mut elements, number, element, volume.sheets.get(&element.name).cloned());
        }
        let project = PathBuf::from(&volume.project);
        known.push(Known { number, title, project, elements: said.clone() });
    }
    conflicts.sort();
    conflicts.dedup();
    Catalogue { title: title.to_owned(), memory, books, elements, conflicts }
}

fn enter(members: &mut Vec<Member>, book: u32, element: &Element, sheet: Option<String>) {
    let description = match element.facts.is_empty() {
        true => element.description.clone(),
        false => describe(element.facts.iter()),
    };
    let (chapters, mentions) = (element.chapters.clone(), element.mentions);
    let appearance = Appearance { book, chapters, mentions, description, sheet };
    let wanted = names(element);
    let is_it = |member: &&mut Member| {
        let all = std::iter::once(&member.name).chain(&member.aliases);
        let all: BTreeSet<String> = all.map(|name| name.to_lowercase()).collect();
        of_one_kind(member.kind, element.kind)
            && !all.is_disjoint(&wanted)
            && member.appearances.iter().all(|known| known.book != book)
    };
    match members.iter_mut().find(is_it) {
        Some(member) => {
            for name in std::iter::once(&element.name).chain(&element.aliases) {
                if member.name != *name && !member.aliases.contains(name) {
                    member.aliases.push(name.clone());
                }
            }
            member.appearances.push(appearance);
        }
        None => members.push(Member {
            name: element.name.clone(),
            kind: element.kind,
            aliases: element.aliases.clone(),
            appearances: vec![appearance],
        }),
    }
}

impl Catalogue {
    /// The catalogue for people.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut md = format!("# Series - {}\n\n", inline(&self.title));
        md.push_str("| Book | Title | Project | Elements known |\n|---:|---|---|---|\n");
        for book in &self.books {
            let (title, project) = (inline(&book.title), inline(&book.project));
            let known = if book.is_known { "yes" } else { "not yet" };
            let _ = writeln!(md, "| {} | {title} | {project} | {known} |", book.number);
        }
        let several = |member: &&Member| member.appearances.len() > 1;
        let (recurring, single): (Vec<_>, Vec<_>) = self.elements.iter().partition(several);
        for (heading, members) in [("In several books", recurring), ("In one book", single)] {
            if !members.is_empty() {
                let _ = write!(md, "\n## {heading}\n");
            }
            for member in members {
                one_member(&mut md, member);
            }
        }
        if !self.conflicts.is_empty() {
            md.push_str("\n## Where the books disagree\n\n");
        }
        for conflict in &self.conflicts {
            let [element, earlier, there, here] =
                [&conflict.element, &conflict.earlier, &conflict.there, &conflict.here]
                    .map(|text| inline(text));
            let _ = writeln!(md, "- {element}: {there} in {earlier}, later {here}");
        }
        md
    }
}

/// A path as the target of a link.
fn link(path: &str) -> String {
    let mut link = String::from("<");
    for c in path.chars() {
        match c {
            '<' | '>' => link.extend(['\\', c]),
            c if c.is_control() => {}
            c => link.push(c),
        }
    }
    link + ">"
}

fn one_member(md: &mut String, member: &Member) {
    let kind = format!("{:?}", member.kind).to_lowercase();
    let _ = write!(md, "\n### {} ({kind})\n", inline(&member.name));
    if !member.aliases.is_empty() {
        let aliases: Vec<_> = member.aliases.iter().map(|alias| inline(alias)).collect();
        let _ = write!(md, "\n**Aliases:** {}\n", aliases.join(", "));
    }
    md.push('\n');
    for appearance in &member.appearances {
        let chapters: Vec<_> = appearance.chapters.iter().map(ToString::to_string).collect();
        let (book, mentions) = (appearance.book, appearance.mentions);
        let _ = write!(md, "- book {book}, chapter {} ({mentions} mentions)", chapters.join(", "));
        if !appearance.description.is_empty() {
            let _ = write!(md, ": {}", inline(&appearance.description));
        }
        if let Some(sheet) = &appearance.sheet {
            let _ = write!(md, " [sheet]({})", link(sheet));
        }
        md.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume(title: &str, elements: Vec<Element>) -> Volume {
        let elements = Some(Elements { elements, ..Elements::default() });
        let sheets = BTreeMap::from([("Ada Brook".to_owned(), "../o (1)/a.png".to_owned())]);
        Volume { title: title.to_owned(), project: format!("../{title}"), elements, sheets }
    }

    fn person(name: &str, alias: &str) -> Element {
        let aliases = vec![alias.to_owned()];
        Element {
            aliases,
            chapters: vec![2],
            mentions: 3,
            ..Element::new(name, ElementType::Character)
        }
    }

    #[test]
    fn one_under_several_names_is_one() {
        let one = volume("One", vec![person("Ada Brook", "Ada"), person("Tom", "T.")]);
        let two = volume("Two", vec![person("Lady Brook", "Ada")]);
        let three = Volume { elements: None, ..volume("Three", vec![]) };
        let catalogue = catalogue("Saga <b>", Memory::Enrich, &[one, two, three]);
        let members: Vec<_> =
            catalogue.elements.iter().map(|m| (m.name.as_str(), m.appearances.len())).collect();
        assert_eq!(members, [("Ada Brook", 2), ("Tom", 1)]);
        assert_eq!(catalogue.elements[0].aliases, ["Ada", "Lady Brook"]);
        let md = catalogue.markdown();
        assert!(md.starts_with("# Series - Saga \\<b\\>\n"), "{md}");
        assert!(md.contains("- book 2, chapter 2 (3 mentions)\n"), "{md}");
        assert!(
            md.contains("- book 1, chapter 2 (3 mentions) [sheet](<../o (1)/a.png>)\n"),
            "{md}"
        );
        assert!(md.contains("| 3 | Three | ../Three | not yet |"), "{md}");
    }
}
