//! From words to motifs.
//!
//! A text is cut into words; the longest phrase of the lexicon that starts at a word wins ("sperm
//! whale" before "whale", "sea lion" before "lion"). A word that is ambiguous, a name, denied or only
//! compared with ("brave as a lion") finds nothing.

use std::collections::HashMap;

use super::grammar::{
    SEVERAL, is_adjective, is_denial, is_determiner, is_great, is_matter, is_preposition, number,
    singulars,
};
use super::{CATALOGUE, Kind, Motif, Table, get};

/// Words a phrase may have.
const LONGEST_PHRASE: usize = 4;

/// A motif that a text mentions.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// The motif.
    pub motif: &'static Motif,
    /// Byte offset of the word or phrase in the text.
    pub at: usize,
    /// Its length in bytes.
    pub len: usize,
    /// How many the text speaks of: 1, the number it gives, 3 for a bare plural, 8 for a flock.
    pub count: u32,
    /// Whether the text calls it great: "a huge spider".
    pub is_great: bool,
}

/// Motifs that a text mentions, in the order of their words; the same motif may come again.
pub fn find_in(text: &str) -> Vec<Found> {
    let words = split(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let step = match CATALOGUE.lexicon.longest(&words[at..]) {
            Some(hit) => {
                found.extend(mention(text, &words, at, hit));
                hit.words
            }
            None => 1,
        };
        at += step;
    }
    found
}

fn mention(text: &str, words: &[Word<'_>], at: usize, hit: Hit<'_>) -> Option<Found> {
    let motif = get(hit.meaning.motif.as_deref()?)?;
    let before = Before::of(words, at);
    let noun_is_sure = hit.meaning.sure
        || before.determiner
        || before.preposition
        || (hit.plural && !before.pronoun);
    let is_name = before.title || words[at].capital && !words[at].opens && !before.determiner;
    let lives = matches!(motif.kind, Kind::Creature | Kind::Plant);
    if !noun_is_sure
        || is_name
        || before.denied
        || before.compared
        || lives && is_of_matter(words, at + hit.words)
    {
        return None;
    }
    let last = &words[at + hit.words - 1];
    let end = last.at + last.raw.len();
    debug_assert!(text.is_char_boundary(end));
    Some(Found {
        motif,
        at: words[at].at,
        len: end - words[at].at,
        count: match before.number {
            Some(n) if hit.plural => n.max(2),
            _ if hit.plural => SEVERAL,
            _ => 1,
        },
        is_great: before.great,
    })
}

/// "The lilies of silver" are lamps, and a horse of wood is a toy.
fn is_of_matter(words: &[Word<'_>], next: usize) -> bool {
    let word = |at: usize| words.get(at).map_or("", |word| word.lower.as_str());
    word(next) == "of" && is_matter(word(next + 1))
}

/// What a phrase means: a motif, or (`None`) surely something else.
#[derive(Debug)]
struct Meaning {
    motif: Option<String>,
    /// The phrase is a thing wherever it stands; otherwise it needs a determiner.
    sure: bool,
}

/// All phrases, singular and in lower case, words separated by single spaces.
pub(super) struct Lexicon {
    phrases: HashMap<String, Meaning>,
}

#[derive(Clone, Copy)]
struct Hit<'a> {
    meaning: &'a Meaning,
    words: usize,
    plural: bool,
}

impl Lexicon {
    pub(super) fn of(table: &Table) -> Lexicon {
        let mut phrases = HashMap::new();
        let mut add = |phrase: &str, motif: Option<&str>, sure: bool| {
            let motif = motif.map(str::to_owned);
            phrases.insert(phrase.to_owned(), Meaning { motif, sure });
        };
        for phrase in &table.never {
            add(phrase, None, true);
        }
        for (name, entry) in &table.motif {
            for phrase in &entry.words {
                add(phrase, Some(name), true);
            }
            for phrase in &entry.nouns {
                add(phrase, Some(name), false);
            }
        }
        Lexicon { phrases }
    }

    fn longest(&self, words: &[Word<'_>]) -> Option<Hit<'_>> {
        (1..=LONGEST_PHRASE.min(words.len())).rev().find_map(|n| self.phrase(&words[..n]))
    }

    /// The phrase these words are, whose last may be plural. A hyphen is a space; the head of a
    /// compound ("writing-table") stands for it where the whole is unknown.
    fn phrase(&self, words: &[Word<'_>]) -> Option<Hit<'_>> {
        let joined = words
            .iter()
            .map(|word| word.lower.as_str())
            .collect::<Vec<_>>()
            .join(" ")
            .replace('-', " ");
        let whole = self.any_number(&joined, words.len());
        let head = || {
            let (first, head) = joined.rsplit_once(' ').filter(|_| words.len() == 1)?;
            let sure = |hit: &Hit<'_>| hit.meaning.sure && !first.is_empty();
            self.any_number(head, 1).filter(sure)
        };
        whole.or_else(head)
    }

    fn any_number(&self, phrase: &str, words: usize) -> Option<Hit<'_>> {
        let hit = |meaning, plural| Hit { meaning, words, plural };
        if let Some(meaning) = self.phrases.get(phrase) {
            return Some(hit(meaning, false));
        }
        let (lead, last) = match phrase.rsplit_once(' ') {
            Some((lead, last)) => (Some(lead), last),
            None => (None, phrase),
        };
        singulars(last).into_iter().find_map(|one| {
            let phrase = match lead {
                Some(lead) => format!("{lead} {one}"),
                None => one,
            };
            Some(hit(self.phrases.get(&phrase)?, true))
        })
    }
}

/// What stands before a word and bears on it.
#[derive(Debug, Default)]
struct Before {
    determiner: bool,
    /// Right before it.
    preposition: bool,
    /// Right before it: "Mr.".
    title: bool,
    /// Right before it: a verb may follow.
    pronoun: bool,
    denied: bool,
    compared: bool,
    great: bool,
    number: Option<u32>,
}

impl Before {
    /// Looks back over adjectives and capitalised epithets ("the White Rabbit") to the determiner,
    /// and one word beyond it, within the sentence.
    fn of(words: &[Word<'_>], at: usize) -> Before {
        const REACH: usize = 4;
        let mut before = Before::default();
        let sentence = words[..=at].iter().rposition(|word| word.opens).unwrap_or(0);
        for (distance, back) in (sentence..at).rev().take(REACH).enumerate() {
            let word = words[back].lower.as_str();
            before.number = before.number.or_else(|| number(word));
            before.denied |= is_denial(word);
            before.compared |= is_comparison(words, back);
            before.great |= is_great(word);
            if distance == 0 {
                before.pronoun = is_pronoun(word);
                before.preposition = is_preposition(word);
                before.title = words[back].is_title();
            }
            if is_determiner(word) {
                before.determiner = true;
            } else if before.determiner || !(is_adjective(word) || words[back].capital) {
                break;
            }
        }
        before
    }
}

/// "like a lion", "as a lion": but "dressed as" nothing more than that.
fn is_comparison(words: &[Word<'_>], back: usize) -> bool {
    let word = words[back].lower.as_str();
    let next = words.get(back + 1).map(|next| next.lower.as_str());
    matches!(word, "like" | "as" | "than") && next.is_some_and(is_determiner)
}

fn is_pronoun(word: &str) -> bool {
    matches!(
        word,
        "i" | "you" | "he" | "she" | "it" | "we" | "they" | "who" | "to" | "not" | "which" | "that"
    )
}

/// A word of a text.
struct Word<'a> {
    raw: &'a str,
    lower: String,
    /// Byte offset in the text.
    at: usize,
    capital: bool,
    /// First of its sentence or quotation, where a capital says nothing.
    opens: bool,
}

impl<'a> Word<'a> {
    fn new(text: &'a str, from: usize, to: usize, opens: bool) -> Word<'a> {
        let raw = text[from..to].trim_end_matches(['-', '\'', '’']);
        Word {
            raw,
            lower: raw.to_lowercase().replace('’', "'"),
            at: from,
            capital: raw.chars().next().is_some_and(char::is_uppercase),
            opens,
        }
    }

    /// Its full stop ends no sentence, and a name follows.
    fn is_title(&self) -> bool {
        matches!(self.lower.as_str(), "mr" | "mrs" | "ms" | "dr" | "st" | "m" | "mme" | "messrs")
    }
}

/// Words with their inner hyphens and apostrophes. Typographic apostrophes are read as plain.
fn split(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut opens = true;
    let mut start = None;
    for (at, c) in text.char_indices() {
        let inner = start.is_some() && matches!(c, '-' | '\'' | '’');
        if c.is_alphanumeric() || inner {
            start.get_or_insert(at);
            continue;
        }
        if let Some(from) = start.take() {
            words.push(Word::new(text, from, at, std::mem::take(&mut opens)));
        }
        let title = c == '.' && words.last().is_some_and(Word::is_title);
        opens |=
            !title && matches!(c, '.' | '!' | '?' | ':' | ';' | '“' | '‘' | '"' | '\n' | '—' | '(');
    }
    if let Some(from) = start {
        words.push(Word::new(text, from, text.len(), opens));
    }
    words
}
