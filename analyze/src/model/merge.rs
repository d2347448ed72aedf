//! Pass 1 over the whole book: what the chapters say of the same one becomes one element.
//!
//! A name that one chapter uses as an alias of another is the same element; where several claim an
//! alias, it belongs to the most often named. The order of the chapters' answers does not matter.

use std::collections::{BTreeMap, BTreeSet};

use book::element::{Element, ElementType, Elements, Fact, Gender, NameCount, Quote, describe};
use serde::{Deserialize, Serialize};

/// Most elements of a book.
const MOST_ELEMENTS: usize = 400;
/// Most quotes of an element.
const MOST_QUOTES: usize = 3;

/// What one chapter says, sanitised: every name, fact and quote in it stands in the chapter's text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ChapterSurvey {
    pub chapter: u32,
    pub seen: Vec<Seen>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub name: String,
    pub kind: ElementType,
    pub gender: Option<Gender>,
    /// Name and aliases, with how often each stands in the chapter.
    pub names: BTreeMap<String, u32>,
    pub facts: Vec<Fact>,
    pub quotes: Vec<Quote>,
}

impl Seen {
    fn mentions(&self) -> u32 {
        self.names.values().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// The elements of the whole book.
pub(super) fn merge(mut surveys: Vec<ChapterSurvey>) -> Elements {
    surveys.sort_by_key(|survey| survey.chapter);
    let all: Vec<(u32, Seen)> = surveys
        .into_iter()
        .flat_map(|survey| survey.seen.into_iter().map(move |seen| (survey.chapter, seen)))
        .collect();
    let leaders = leaders(&all);
    let mut groups: BTreeMap<&str, Vec<&(u32, Seen)>> = BTreeMap::new();
    for seen in &all {
        groups.entry(leaders[&key(&seen.1.name)].as_str()).or_default().push(seen);
    }
    let mut elements: Vec<Element> = groups.values().map(|group| element(group)).collect();
    elements.sort_by(|a, b| b.mentions.cmp(&a.mentions).then_with(|| a.name.cmp(&b.name)));
    elements.truncate(MOST_ELEMENTS);
    Elements { elements, ..Elements::default() }
}

/// For every name, the name that stands for all that are the same one.
fn leaders(all: &[(u32, Seen)]) -> BTreeMap<String, String> {
    let mut weight: BTreeMap<String, u32> = BTreeMap::new();
    let mut aliases: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, seen) in all {
        let name = key(&seen.name);
        *weight.entry(name.clone()).or_default() += seen.mentions();
        aliases.entry(name).or_default().extend(seen.names.keys().map(|alias| key(alias)));
    }
    let mut by_weight: Vec<&String> = weight.keys().collect();
    by_weight.sort_by_key(|name| (std::cmp::Reverse(weight[*name]), *name));
    // Of those that claim an alias, the most often named has it.
    let mut owner: BTreeMap<&String, &String> = BTreeMap::new();
    for name in by_weight {
        for alias in aliases[name].iter().filter(|alias| *alias != name) {
            owner.entry(alias).or_insert(name);
        }
    }
    let lead = |name: &String| {
        let mut path = vec![name];
        while let Some(next) = path.last().and_then(|last| owner.get(*last)) {
            if let Some(at) = path.iter().position(|seen| seen == next) {
                // Each is another name of the other: any of them will do, if it is always the same.
                return path[at..].iter().min().map_or(name, |first| *first).clone();
            }
            path.push(*next);
        }
        path.last().map_or(name, |last| *last).clone()
    };
    weight.keys().map(|name| (name.clone(), lead(name))).collect()
}

/// Names that differ only in case, article or punctuation are one.
pub(super) fn key(name: &str) -> String {
    let words = super::locate::words(name);
    let plain: Vec<&str> = words.iter().map(|word| word.plain.as_str()).collect();
    let article = plain.len() > 1 && matches!(plain[0], "the" | "a" | "an");
    let key = plain[usize::from(article)..].join(" ");
    if key.is_empty() { name.to_owned() } else { key }
}

fn element(group: &[&(u32, Seen)]) -> Element {
    let mut names: BTreeMap<&str, NameCount> = BTreeMap::new();
    let mut kinds: BTreeMap<ElementType, u32> = BTreeMap::new();
    let mut genders: BTreeMap<Gender, u32> = BTreeMap::new();
    let mut chapters: BTreeSet<u32> = BTreeSet::new();
    for (chapter, seen) in group {
        chapters.insert(*chapter);
        *kinds.entry(seen.kind).or_default() += seen.mentions().max(1);
        if let Some(gender) = seen.gender {
            *genders.entry(gender).or_default() += seen.mentions().max(1);
        }
        for (name, count) in &seen.names {
            let known = names.entry(name).or_insert_with(|| NameCount {
                name: name.clone(),
                mentions: 0,
                chapters: Vec::new(),
            });
            known.mentions = known.mentions.saturating_add(*count);
            known.chapters.push(*chapter);
        }
    }
    // The fullest of the names that chapters chose themselves; the most frequent of those.
    let chosen = group.iter().map(|(_, seen)| seen.name.as_str());
    let fullest = |name: &&str| {
        (name.split_whitespace().count(), names.get(name).map_or(0, |n| n.mentions), name.len())
    };
    let name = chosen.max_by_key(fullest).unwrap_or_default().to_owned();
    let facts: Vec<Fact> = group.iter().flat_map(|(_, seen)| seen.facts.clone()).collect();
    let quotes = group.iter().flat_map(|(_, seen)| seen.quotes.clone()).take(MOST_QUOTES).collect();
    let most = |counts: BTreeMap<ElementType, u32>| counts.into_iter().max_by_key(|(_, n)| *n);
    Element {
        kind: most(kinds).map(|(kind, _)| kind).unwrap_or_default(),
        aliases: names.keys().filter(|alias| **alias != name).map(|a| (*a).to_owned()).collect(),
        description: describe(facts.iter()),
        chapters: chapters.into_iter().collect(),
        mentions: names.values().fold(0, |sum, name| sum.saturating_add(name.mentions)),
        quotes,
        gender: genders.into_iter().max_by_key(|(_, n)| *n).map(|(gender, _)| gender),
        facts,
        names: names.into_values().collect(),
        before: None,
        name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(names: &[(&str, u32)]) -> Seen {
        let counts = names.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        Seen { name: names[0].0.to_owned(), names: counts, ..Seen::default() }
    }

    fn merged(chapters: &[Vec<Seen>]) -> Vec<(String, Vec<String>)> {
        let survey = |(seen, chapter): (&Vec<Seen>, u32)| {
            let seen = seen.clone();
            ChapterSurvey { chapter, seen }
        };
        let mut surveys: Vec<_> = chapters.iter().zip(1..).map(survey).collect();
        surveys.reverse();
        let elements = merge(surveys).elements;
        elements.into_iter().map(|element| (element.name, element.aliases)).collect()
    }

    #[test]
    fn a_name_that_is_an_alias_elsewhere_is_the_same_one() {
        let found = merged(&[
            vec![seen(&[("Tom", 9)])],
            vec![seen(&[("Tom Hale", 4), ("Tom", 3)]), seen(&[("the Ferry", 2)])],
            vec![seen(&[("Ferry", 1)])],
        ]);
        assert_eq!(found[0], ("Tom Hale".into(), vec!["Tom".into()]));
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn an_alias_of_several_belongs_to_the_most_often_named_and_joins_nobody_else() {
        let found = merged(&[
            vec![seen(&[("Mr. Darcy", 90), ("Darcy", 20)])],
            vec![seen(&[("Georgiana Darcy", 5), ("Darcy", 1)])],
        ]);
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
