//! What two books say of the looks of one element: where that cannot both be so, and back to which book it
//! is the same.
//!
//! **Invariant:** books that leave something open do not disagree.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::recall::{Known, places};
use crate::element::{Aspect, Element, ElementType, Elements, Memory};

/// Two books say what cannot both be so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Conflict {
    /// Name of the element, as the later book has it.
    pub element: String,
    /// Title of the earlier book.
    pub earlier: String,
    /// What it says.
    pub there: String,
    /// What the later book says.
    pub here: String,
}

/// The same name for something of another kind.
pub(super) fn of_another_kind(
    elements: &Elements,
    book: &Known,
    old: &Element,
) -> Option<Conflict> {
    let here = elements.elements.iter().find(|e| e.name.eq_ignore_ascii_case(&old.name))?;
    Some(Conflict {
        element: here.name.clone(),
        earlier: book.title.clone(),
        there: kind(old.kind),
        here: kind(here.kind),
    })
}

fn kind(kind: ElementType) -> String {
    format!("{kind:?}").to_lowercase()
}

/// The same element in the earlier books, the latest first, back to where it last looked otherwise: a
/// picture of it from any of these books still shows it.
#[must_use]
pub fn unchanged<'b>(
    here: &'b Element,
    earlier: &'b [Known],
    memory: Memory,
) -> Vec<(&'b Known, &'b Element)> {
    let (mut found, mut later) = (Vec::new(), vec![here]);
    for book in earlier.iter().rev() {
        let Some(at) = places(&book.elements, here).first().copied() else { continue };
        let there = &book.elements.elements[at];
        let looks_otherwise = |later: &&Element| match memory {
            Memory::Override => !(later.facts.is_empty() && later.description.is_empty()),
            Memory::Enrich | Memory::Union => !differences(later, there).is_empty(),
        };
        if later.iter().any(looks_otherwise) {
            break;
        }
        found.push((book, there));
        later.push(there);
    }
    found
}

/// Where two books say different things of one element.
pub(super) fn disagreements(here: &Element, book: &Known, old: &Element) -> Vec<Conflict> {
    let conflict = |(there, says): (String, String)| Conflict {
        element: here.name.clone(),
        earlier: book.title.clone(),
        there,
        here: says,
    };
    differences(here, old).into_iter().map(conflict).collect()
}

/// What of the looks of an element cannot be so in both books: as the earlier has it, and as the later.
fn differences(here: &Element, old: &Element) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let (Some(a), Some(b)) = (old.gender, here.gender)
        && a != b
    {
        let word = |gender| format!("{gender:?}").to_lowercase();
        found.push((word(a), word(b)));
    }
    for aspect in [Aspect::Hair, Aspect::Eyes] {
        let (there, here) = (said_of(old, aspect), said_of(here, aspect));
        for (old, says) in &there {
            // One passage that agrees is enough: hair may be described more than once.
            let differs = here.iter().all(|(new, _)| differ(old, new));
            if let (true, Some((_, says_here))) = (differs, here.first()) {
                found.push((says.clone(), says_here.clone()));
            }
        }
    }
    found
}

/// What is said of hair or eyes, each with where; of an element without facts, what its description says.
fn said_of(element: &Element, aspect: Aspect) -> Vec<(String, String)> {
    if element.facts.is_empty() {
        let nouns = if aspect == Aspect::Hair { ["hair", "beard"] } else { ["eyes", "eye"] };
        let phrases = nouns.iter().filter_map(|noun| phrase(&element.description, noun));
        return phrases.map(|phrase| (phrase.clone(), phrase)).collect();
    }
    let facts = element.facts.iter().filter(|fact| fact.aspect == aspect);
    facts.map(|f| (f.text.clone(), format!("{} (chapter {})", f.text, f.chapter))).collect()
}

/// A noun of a description with the words before it that may say what it is like.
fn phrase(description: &str, noun: &str) -> Option<String> {
    const MOST_WORDS: usize = 4;
    let lower = description.to_lowercase();
    let clauses = lower.split([',', ';', '.', ':']);
    let words = clauses.map(|clause| clause.split_whitespace().collect::<Vec<_>>());
    let found = words.into_iter().find_map(|words| {
        let at = words.iter().position(|word| *word == noun)?;
        let begins = words[..at].iter().rposition(|word| matches!(*word, "and" | "with"));
        let begins = begins.map_or(0, |at| at + 1).max(at.saturating_sub(MOST_WORDS));
        Some(words[begins..=at].join(" "))
    });
    found.filter(|phrase| phrase != noun)
}

/// Sides of what hair and eyes are like; of each, the words that may be said of the same. A word that may
/// be said of several stands with all of them.
const SIDES: [&[&[&str]]; 3] = [
    &[
        &["black", "dark", "raven", "jet-black"],
        &["brown", "dark", "chestnut", "hazel", "auburn", "chocolate"],
        &["red", "ginger", "auburn", "copper", "carroty", "reddish"],
        &["fair", "blond", "blonde", "golden", "yellow", "flaxen", "sandy"],
        &["white", "grey", "gray", "silver", "silvery", "hoary"],
        &["blue", "grey", "gray"],
        &["green", "hazel"],
    ],
    &[&["long", "flowing"], &["short", "cropped"]],
    &[&["curly", "curled", "wavy"], &["straight", "sleek"]],
];

/// The same noun, said to be of different kinds: `red hair`, `long black hair`.
fn differ(a: &str, b: &str) -> bool {
    let split =
        |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_lowercase).collect() };
    let (of_a, of_b) = (split(a), split(b));
    let kinds = |side: &[&[&str]], words: &[String]| -> BTreeSet<usize> {
        let has = |kind: &&[&str]| words.iter().any(|word| kind.contains(&word.as_str()));
        side.iter().enumerate().filter(|(_, kind)| has(kind)).map(|(nth, _)| nth).collect()
    };
    let clash = |side: &&[&[&str]]| {
        let (in_a, in_b) = (kinds(side, &of_a), kinds(side, &of_b));
        !in_a.is_empty() && !in_b.is_empty() && in_a.is_disjoint(&in_b)
    };
    of_a.last() == of_b.last() && SIDES.iter().any(clash)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::element::Fact;

    fn hair(text: &str) -> Vec<Fact> {
        let (quote, named) = (text.to_owned(), String::new());
        let text = text.to_owned();
        vec![Fact { chapter: 1, offset: 0, quote, text, aspect: Aspect::Hair, named }]
    }

    fn person(name: &str, aliases: &[&str], facts: Vec<Fact>) -> Element {
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        Element { aliases, facts, ..Element::new(name, ElementType::Character) }
    }

    fn known(number: u32, element: Element) -> Known {
        let (title, project) = (format!("Book {number}"), PathBuf::new());
        let elements = Elements { elements: vec![element], ..Elements::default() };
        Known { number, title, project, elements }
    }

    #[test]
    fn what_says_nothing_of_the_other_is_no_disagreement() {
        for (a, b) in [
            ("long hair", "red hair"),
            ("dark hair", "brown hair"),
            ("grey eyes", "blue eyes"),
            ("red beard", "black hair"),
            ("thick black hair", "black hair"),
        ] {
            assert!(!differ(a, b) && !differ(b, a), "{a}, {b}");
        }
        for (a, b) in [("long hair", "short hair"), ("long red hair", "Black hair")] {
            assert!(differ(a, b) && differ(b, a), "{a}, {b}");
        }
    }

    #[test]
    fn a_picture_of_an_earlier_book_shows_an_element_until_it_looks_otherwise() {
        let books = |memory, here: Element| {
            let earlier = [
                known(1, person("Ada Brook", &["Ada"], hair("red hair"))),
                known(2, person("Ada", &[], hair("white hair"))),
                known(3, person("Tom", &[], vec![])),
                known(4, person("Ada", &[], vec![])),
            ];
            let found = unchanged(&here, &earlier, memory);
            found.into_iter().map(|(book, _)| book.number).collect::<Vec<_>>()
        };
        let ada =
            |text: &str| person("Ada", &[], if text.is_empty() { vec![] } else { hair(text) });
        assert_eq!(books(Memory::Enrich, ada("")), [4, 2]);
        assert_eq!(books(Memory::Union, ada("grey hair")), [4, 2]);
        assert_eq!(books(Memory::Enrich, ada("red hair")), [4]);
        assert_eq!(books(Memory::Override, ada("")), [4, 2]);
        assert_eq!(books(Memory::Override, ada("white hair")), [0; 0]);
        let described =
            |text: &str| Element { description: text.to_owned(), ..person("Ada", &[], vec![]) };
        assert_eq!(
            books(Memory::Enrich, described("A woman with long white hair, in blue")),
            [4, 2]
        );
        assert_eq!(books(Memory::Enrich, described("tall, with curly black hair")), [4]);
    }
}
