//! Pass 1, one chapter: what it says that the whole book has to decide about.

use std::collections::BTreeMap;

use book::Chapter;
use serde::{Deserialize, Serialize};

use super::evidence::{Evidence, is_subject};
use super::looks;
use super::names::Mention;
use super::sighting::Sighting;
use super::text::{Document, Kind};
use super::{actors, language, names, props};

/// What one chapter says of names, people, places and looks. Compact: counts and short quotes, bounded
/// however long the chapter is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// Chapter number.
    pub chapter: u32,
    /// Words of the chapter.
    pub words: u32,
    /// How many of them are common English ones.
    pub common_words: u32,
    /// Capitalised runs, by name.
    pub(super) names: BTreeMap<String, Named>,
    /// Common nouns that may be persons, by `the curate`.
    pub(super) actors: BTreeMap<String, Named>,
    /// Things that are spoken of as known, by `the lamp`.
    #[serde(default)]
    pub(super) things: BTreeMap<String, Named>,
    /// How often words that may be names stand here with a small letter.
    pub(super) lower: BTreeMap<String, u32>,
    /// What is said of looks.
    pub(super) sightings: Vec<Sighting>,
    /// How often the narrator says `I`.
    pub(super) narrator: u32,
    /// How often the narrator says `my wife`, and `my husband`.
    #[serde(default)]
    pub(super) spouse: [u32; 2],
    /// Names that the narrator calls himself: `Call me Ruth`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) called_himself: Vec<String>,
}

/// One name in one chapter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Named {
    /// What the words around it say.
    pub evidence: Evidence,
    /// Where the sentence that first names it stands, and the sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<(usize, String)>,
}

/// At most so many different names of one kind are kept of a chapter; the most frequent ones.
const MOST_NAMES: usize = 1_000;
/// A longer sentence is no introduction.
const LONGEST_INTRO: usize = 400;
/// At most so many different small words are kept of a chapter; the most frequent ones.
const MOST_SMALL_WORDS: usize = 6_000;

/// Pass 1 for one chapter.
#[must_use]
pub fn survey(chapter: &Chapter) -> Survey {
    let document = Document::new(&chapter.text);
    let names = names::mentions(&document);
    let actors = actors::mentions(&document);
    let props = props::mentions(&document);
    let mut all: Vec<&Mention> = names.iter().chain(&actors).collect();
    all.sort_by_key(|mention| mention.tokens.start);
    let mut survey = Survey {
        chapter: chapter.number,
        words: u32::try_from(document.word_count()).unwrap_or(u32::MAX),
        common_words: language::common_words(&document),
        names: named(&document, &names),
        actors: named(&document, &actors),
        things: named(&document, &props),
        lower: small_words(&document),
        sightings: looks::all(&document, &all, &props),
        narrator: narrator(&document),
        spouse: ["wife", "husband"].map(|spouse| told_of(&document, spouse)),
        called_himself: called_himself(&document, &names),
    };
    observe_pronouns(&document, &all, &mut survey);
    keep_frequent(&mut survey.names);
    keep_frequent(&mut survey.actors);
    keep_frequent(&mut survey.things);
    survey
}

fn named(document: &Document<'_>, mentions: &[Mention]) -> BTreeMap<String, Named> {
    let mut found: BTreeMap<String, Named> = BTreeMap::new();
    for mention in mentions {
        let named = found.entry(mention.name.clone()).or_default();
        named.evidence.observe(document, mention);
        if named.intro.is_none() {
            named.intro = intro(document, mention);
        }
    }
    for named in found.values_mut() {
        let telling = named.evidence.mentions() > 1 || named.evidence.speaks > 0;
        named.intro = named.intro.take().filter(|_| telling);
    }
    found
}

/// The sentence that holds the mention, where it makes a quote by itself.
fn intro(document: &Document<'_>, mention: &Mention) -> Option<(usize, String)> {
    let number = document.tokens[mention.tokens.start].sentence as usize;
    let sentence = document.sentences.get(number)?;
    let text = &document.text[sentence.bytes.clone()];
    let balanced = text.matches('“').count() == text.matches('”').count()
        && text.matches('"').count().is_multiple_of(2);
    let fits = text.len() <= LONGEST_INTRO && text.split_whitespace().count() > 4;
    (fits && balanced && !sentence.heading).then(|| (sentence.bytes.start, text.to_owned()))
}

/// How often each word of four letters or more stands with a small letter.
fn small_words(document: &Document<'_>) -> BTreeMap<String, u32> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for (index, token) in document.tokens.iter().enumerate() {
        let word = document.word(index);
        if token.kind == Kind::Word && !token.capital && word.len() > 2 && word.len() < 20 {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, u32)> = counts.into_iter().collect();
    counts.sort_by_key(|(word, count)| (std::cmp::Reverse(*count), *word));
    counts.truncate(MOST_SMALL_WORDS);
    counts.into_iter().map(|(word, count)| (word.to_owned(), count)).collect()
}

/// How often `I` stands outside speech.
fn narrator(document: &Document<'_>) -> u32 {
    let count = (0..document.tokens.len())
        .filter(|i| !document.tokens[*i].spoken && document.print(*i) == "I")
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How often `my` and a word stand together outside speech.
fn told_of(document: &Document<'_>, word: &str) -> u32 {
    let count = (1..document.tokens.len())
        .filter(|i| !document.tokens[*i].spoken && document.word(*i) == word)
        .filter(|i| document.word(i - 1) == "my")
        .count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The names that the narrator gives himself: `Call me Ruth`, `My name is Ruth`, `I, Ruth Hale, …`.
fn called_himself(document: &Document<'_>, names: &[Mention]) -> Vec<String> {
    let own = |mention: &&Mention| {
        let start = mention.tokens.start;
        let before = |back| document.before(start, back);
        let named = match (before(2), before(1)) {
            ("call", "me") => before(3).is_empty(),
            ("called", "me" | "myself") => before(3) == "i" || before(3) == "they",
            ("name", "is" | "was") => before(3) == "my",
            ("i", ",") => document.after(mention.tokens.end - 1, 1) == ",",
            _ => false,
        };
        named && !document.tokens[start].spoken
    };
    let mut called: Vec<String> = names.iter().filter(own).map(|m| m.name.clone()).collect();
    called.sort();
    called.dedup();
    called
}

/// Counts for each mention the first pronoun of a third person that follows it before another name, in
/// its sentence or at the start of the next.
fn observe_pronouns(document: &Document<'_>, mentions: &[&Mention], survey: &mut Survey) {
    /// A pronoun further away is somebody else's.
    const REACH: usize = 25;
    for (index, mention) in mentions.iter().enumerate() {
        let start = mention.tokens.start;
        if document.tokens[start].spoken || !is_subject(document, &mention.tokens) {
            continue;
        }
        let next_name = mentions.get(index + 1).map_or(usize::MAX, |next| next.tokens.start);
        let reach = (mention.tokens.end + REACH).min(next_name).min(document.tokens.len());
        let pronoun = (mention.tokens.end..reach)
            .filter(|i| !document.tokens[*i].spoken)
            .find(|i| is_pronoun(document.word(*i)));
        let Some(at) = pronoun else { continue };
        let follows = document.tokens[at].initial
            && document.tokens[at].sentence == document.tokens[start].sentence + 1;
        if !document.same_sentence(start, at) && !follows {
            continue;
        }
        let book = if mention.common { &mut survey.actors } else { &mut survey.names };
        if let Some(named) = book.get_mut(&mention.name) {
            named.evidence.observe_pronoun(document.word(at));
        }
    }
}

fn is_pronoun(word: &str) -> bool {
    matches!(
        word,
        "he" | "him"
            | "his"
            | "himself"
            | "she"
            | "her"
            | "herself"
            | "it"
            | "its"
            | "itself"
            | "they"
            | "them"
            | "their"
            | "themselves"
    )
}

fn keep_frequent(named: &mut BTreeMap<String, Named>) {
    if named.len() <= MOST_NAMES {
        return;
    }
    let mut counts: Vec<u32> = named.values().map(|n| n.evidence.mentions()).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let least = counts[MOST_NAMES - 1].max(2);
    named.retain(|_, named| named.evidence.mentions() >= least);
}
