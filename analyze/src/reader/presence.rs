//! Which elements a passage shows, and who its pronouns stand for.

use std::collections::BTreeMap;
use std::ops::Range;

use book::element::{ElementType, Elements, Gender};

use super::cast::plain_words;
use super::text::{Document, Kind};

/// Names of the elements, ready to be found in a text.
struct NameIndex<'a> {
    elements: &'a Elements,
    by_first: BTreeMap<String, Vec<(Vec<String>, usize)>>,
}

/// One place where an element is named.
#[derive(Debug, Clone)]
pub(super) struct Presence {
    pub tokens: Range<usize>,
    /// Index into [`Elements::elements`].
    pub element: usize,
    /// Named in a speech: perhaps elsewhere.
    pub spoken: bool,
}

/// Every place where an element is named in a chapter, in reading order.
pub(super) struct Presences<'a> {
    elements: &'a Elements,
    pub all: Vec<Presence>,
}

impl<'a> NameIndex<'a> {
    fn of(elements: &'a Elements) -> Self {
        let mut by_first: BTreeMap<String, Vec<(Vec<String>, usize)>> = BTreeMap::new();
        for (index, element) in elements.elements.iter().enumerate() {
            for name in std::iter::once(&element.name).chain(&element.aliases) {
                let words = plain_words(name);
                if let Some(first) = words.first() {
                    by_first.entry(first.clone()).or_default().push((words, index));
                }
            }
        }
        for entries in by_first.values_mut() {
            entries.sort_by_key(|(words, index)| (std::cmp::Reverse(words.len()), *index));
        }
        Self { elements, by_first }
    }

    /// The longest name that starts at token `at`, and how many tokens it takes.
    fn at(&self, document: &Document<'_>, at: usize) -> Option<(usize, usize)> {
        let entries = self.by_first.get(document.word(at).trim_end_matches('.'))?;
        entries.iter().find_map(|(words, index)| {
            let length = matched(document, at, words)?;
            let capital = document.tokens[at..at + length].iter().any(|token| token.capital);
            let printed_small = self.elements.elements[*index].name.chars().next()?.is_lowercase()
                || self.elements.elements[*index].aliases.iter().any(|a| a.starts_with("the "));
            (capital || printed_small || words.len() == 1 && document.before(at, 1) == "the")
                .then_some((*index, length))
        })
    }
}

/// How many tokens from `at` on spell `words`; full stops after titles and initials are passed over.
fn matched(document: &Document<'_>, at: usize, words: &[String]) -> Option<usize> {
    let mut token = at;
    for (n, word) in words.iter().enumerate() {
        if n > 0 && document.word(token) == "." {
            token += 1;
        }
        let found = document.word(token);
        let same = found == word || found.contains('’') && found.replace('’', "'") == *word;
        if !same || !document.same_sentence(at, token) {
            return None;
        }
        token += 1;
    }
    Some(token - at)
}

impl<'a> Presences<'a> {
    /// Finds them all.
    pub fn of(document: &Document<'_>, elements: &'a Elements) -> Self {
        let index = NameIndex::of(elements);
        let mut all = Vec::new();
        let mut at = 0;
        while at < document.tokens.len() {
            if document.tokens[at].kind == Kind::Word {
                if let Some((element, length)) = index.at(document, at) {
                    let spoken = document.tokens[at].spoken;
                    all.push(Presence { tokens: at..at + length, element, spoken });
                    at += length;
                    continue;
                }
            }
            at += 1;
        }
        Self { elements, all }
    }

    /// Those that stand in a run of tokens.
    pub fn within(&self, tokens: &Range<usize>) -> &[Presence] {
        let from = self.all.partition_point(|presence| presence.tokens.start < tokens.start);
        let to = self.all.partition_point(|presence| presence.tokens.start < tokens.end);
        &self.all[from..to]
    }

    /// The elements present in a run of tokens: narrated names first, then those that pronouns stand
    /// for. What is only spoken of is absent.
    pub fn present(&self, document: &Document<'_>, tokens: &Range<usize>) -> Vec<usize> {
        let mut present = Vec::new();
        let mut keep = |element: usize| {
            if !present.contains(&element) {
                present.push(element);
            }
        };
        self.within(tokens).iter().filter(|p| !p.spoken).for_each(|p| keep(p.element));
        for at in tokens.clone() {
            if let Some(element) = self.stands_for(document, at) {
                keep(element);
            }
        }
        present
    }

    /// The character that the pronoun at `at` stands for: the last narrated one of its gender before
    /// it, not too far back. `None` for other words and in speech.
    pub fn stands_for(&self, document: &Document<'_>, at: usize) -> Option<usize> {
        /// A name further back, in sentences, is forgotten.
        const REACH: u32 = 12;
        let gender = match document.word(at) {
            "he" | "him" | "his" | "himself" => Gender::Male,
            "she" | "her" | "herself" => Gender::Female,
            _ => return None,
        };
        if document.tokens[at].spoken {
            return None;
        }
        let until = self.all.partition_point(|presence| presence.tokens.start < at);
        let oldest = document.tokens[at].sentence.saturating_sub(REACH);
        self.all[..until]
            .iter()
            .rev()
            .take_while(|p| document.tokens[p.tokens.start].sentence >= oldest)
            .filter(|p| !p.spoken)
            .find(|p| {
                let element = &self.elements.elements[p.element];
                element.gender == Some(gender)
                    && matches!(element.kind, ElementType::Character | ElementType::Creature)
            })
            .map(|p| p.element)
    }
}
