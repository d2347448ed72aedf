//! Which elements a passage shows, and who its pronouns stand for.

use std::collections::BTreeMap;
use std::ops::Range;

use book::element::{ElementType, Elements, Gender};

use super::candidate::plain_words;
use super::evidence::is_subject;
use super::lexicon::{beings, grammar, looks, things};
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
    /// For each narrated pronoun of a person: its token and the element it stands for.
    pronouns: BTreeMap<usize, usize>,
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
            let named = index.at(document, at).filter(|_| document.tokens[at].kind == Kind::Word);
            if let Some((element, length)) = named {
                let spoken = document.tokens[at].spoken;
                all.push(Presence { tokens: at..at + length, element, spoken });
                at += length;
                continue;
            }
            at += 1;
        }
        let pronouns = resolve(document, elements, &all);
        Self { elements, all, pronouns }
    }

    /// Whether the chapter puts `the` before the element's name as a rule: `the Hatter`.
    pub fn takes_article(&self, document: &Document<'_>, element: usize) -> bool {
        let named = self.all.iter().filter(|p| p.element == element);
        let (mut with, mut without) = (0, 0);
        for presence in named {
            match document.before(presence.tokens.start, 1) {
                "the" | "a" | "an" => with += 1,
                _ => without += 1,
            }
        }
        with > without
    }

    /// Those that stand in a run of tokens.
    pub fn within(&self, tokens: &Range<usize>) -> &[Presence] {
        let from = self.all.partition_point(|presence| presence.tokens.start < tokens.start);
        let to = self.all.partition_point(|presence| presence.tokens.start < tokens.end);
        &self.all[from..to]
    }

    /// The elements present in a run of tokens: narrated names first, then those that pronouns stand
    /// for. What is only spoken of is absent, and so is a place that nobody is at.
    pub fn present(&self, document: &Document<'_>, tokens: &Range<usize>) -> Vec<usize> {
        let mut present = Vec::new();
        let named = self.within(tokens).iter().filter(|p| !p.spoken);
        let here = named.filter(|p| match self.elements.elements[p.element].kind {
            ElementType::Place => is_here(document, p),
            _ => !is_absent_owner(document, p.tokens.end),
        });
        let by_pronoun = self
            .pronouns
            .range(tokens.clone())
            .filter(|(at, _)| document.word(**at) != "his" || !is_absent_owner(document, **at))
            .map(|(_, element)| *element);
        for element in here.map(|p| p.element).chain(by_pronoun) {
            if !present.contains(&element) {
                present.push(element);
            }
        }
        present
    }

    /// The character that the pronoun at `at` stands for; `None` for other words and in speech.
    pub fn stands_for(&self, at: usize) -> Option<usize> {
        self.pronouns.get(&at).copied()
    }
}

/// `Scrooge’s niece’s sisters`, `his burial`: the owner of somebody or something else need not be
/// there; the owner of a hand or a hat is. `after` is the token after the name, or the pronoun.
fn is_absent_owner(document: &Document<'_>, after: usize) -> bool {
    let pronoun = document.word(after) == "his";
    if !pronoun && !document.is_possessive(after) {
        return false;
    }
    !(1..=3)
        .map(|ahead| document.after(after, ahead))
        .any(|word| looks().has(word) || things().has(word))
}

/// Whether a place is where the passage is, or is seen, rather than thought of.
fn is_here(document: &Document<'_>, presence: &Presence) -> bool {
    (1..=3).any(|back| {
        matches!(
            document.before(presence.tokens.start, back),
            "in" | "at"
                | "into"
                | "through"
                | "across"
                | "reached"
                | "entered"
                | "near"
                | "upon"
                | "on"
                | "over"
                | "toward"
                | "towards"
                | "above"
                | "saw"
                | "approached"
                | "down"
                | "up"
        )
    }) || document.tokens[presence.tokens.start].initial
}

/// Who each narrated pronoun stands for: the one of its gender that the text is about. A new subject
/// takes over at once; a name in another role only when nobody of its gender has been named lately.
fn resolve(
    document: &Document<'_>,
    elements: &Elements,
    all: &[Presence],
) -> BTreeMap<usize, usize> {
    /// So many sentences without name or pronoun, and the topic is forgotten.
    const FORGOTTEN: u32 = 12;
    /// So many, and a name in any role takes over.
    const STALE: u32 = 3;
    let mut topics: BTreeMap<Gender, (usize, u32)> = BTreeMap::new();
    let mut resolved = BTreeMap::new();
    let mut named = all.iter().peekable();
    for (at, token) in document.tokens.iter().enumerate() {
        if named.peek().is_some_and(|presence| presence.tokens.start == at) {
            let Some(presence) = named.next() else { continue };
            let element = &elements.elements[presence.element];
            let person = matches!(element.kind, ElementType::Character | ElementType::Creature);
            if let Some(gender) = element.gender.filter(|_| person && !presence.spoken) {
                let stale = topics.get(&gender).is_none_or(|(known, since)| {
                    *known == presence.element || token.sentence - since > STALE
                });
                // `We beheld Justine … She rose`: who is met takes over from who is not in the sentence.
                let met = is_met(document, &presence.tokens)
                    && topics.get(&gender).is_none_or(|(_, since)| *since < token.sentence);
                if stale || met || is_subject(document, &presence.tokens) {
                    topics.insert(gender, (presence.element, token.sentence));
                }
            }
            continue;
        }
        // `a mounted policeman … his hands`: somebody without a name takes over.
        match unnamed_person(document, at) {
            Some(Some(gender)) => drop(topics.remove(&gender)),
            Some(None) => topics.clear(),
            None => {}
        }
        let gender = match document.word(at) {
            "he" | "him" | "his" | "himself" => Gender::Male,
            "she" | "her" | "herself" => Gender::Female,
            _ => continue,
        };
        let topic =
            topics.get_mut(&gender).filter(|(_, since)| token.sentence - since <= FORGOTTEN);
        if let Some((element, since)) = topic.filter(|_| !token.spoken) {
            *since = token.sentence;
            resolved.insert(at, *element);
        }
    }
    resolved
}

/// Whether a name is what somebody sees or finds: `beheld Justine`, `found the old man`.
fn is_met(document: &Document<'_>, name: &Range<usize>) -> bool {
    let article = matches!(document.before(name.start, 1), "the" | "my" | "old" | "poor");
    let verb = document.before(name.start, if article { 2 } else { 1 });
    grammar().is(verb, "meeting")
}

/// Whether a person without a name enters at `at`, and of which gender.
fn unnamed_person(document: &Document<'_>, at: usize) -> Option<Option<Gender>> {
    let label = beings().label(document.word(at))?;
    let (class, gender) = label.split_once('-')?;
    // `the girl` may be who has been named; `the soldier` is another, as is `this child`.
    let other = |word: &str| {
        matches!(word, "a" | "an" | "another" | "one" | "this" | "that")
            || word == "the" && matches!(class, "person" | "role")
    };
    let new = (1..=3).any(|back| other(document.before(at, back)));
    if !new || document.tokens[at].spoken || !matches!(class, "person" | "bland" | "role") {
        return None;
    }
    Some(match gender {
        "male" => Some(Gender::Male),
        "female" => Some(Gender::Female),
        _ => None,
    })
}
