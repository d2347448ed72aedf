//! The word lists under `data/`: general English, made by hand, readable as they are.
//!
//! A file is lines of `label: entry, entry, …`; `#` starts a comment; an entry may be a phrase of up to
//! four words; a label may come back on several lines. All entries are lower case. **Invariant:** no
//! list names a person, place or thing of any one book.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::text::{Document, Kind};

/// One word list: from words and phrases to labels. A word may carry several labels.
pub(super) struct Lexicon {
    words: HashMap<&'static str, Vec<&'static str>>,
    phrases: HashMap<&'static str, Vec<(Vec<&'static str>, &'static str)>>,
}

impl Lexicon {
    /// Reads the format above. Lines without a colon are ignored; a test keeps the files free of them.
    fn parse(source: &'static str) -> Self {
        let mut list = Self { words: HashMap::new(), phrases: HashMap::new() };
        for line in source.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let Some((label, entries)) = line.split_once(':') else { continue };
            for entry in entries.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
                list.add(entry, label.trim());
            }
        }
        list
    }

    fn add(&mut self, entry: &'static str, label: &'static str) {
        let mut parts = entry.split(' ');
        let first = parts.next().unwrap_or(entry);
        let rest: Vec<&str> = parts.collect();
        if rest.is_empty() {
            self.words.entry(first).or_default().push(label);
        } else {
            self.phrases.entry(first).or_default().push((rest, label));
        }
    }

    /// The first label of a word.
    pub fn label(&self, word: &str) -> Option<&'static str> {
        self.words.get(word).and_then(|labels| labels.first().copied())
    }

    /// Whether the list has the word at all.
    pub fn has(&self, word: &str) -> bool {
        self.words.contains_key(word)
    }

    /// Whether the word carries the label.
    pub fn is(&self, word: &str, label: &str) -> bool {
        self.words.get(word).is_some_and(|labels| labels.contains(&label))
    }

    /// The single words under a label, in no order.
    pub fn entries(&self, label: &str) -> impl Iterator<Item = &'static str> {
        let with = self.words.iter().filter(move |(_, labels)| labels.contains(&label));
        with.map(|(word, _)| *word)
    }

    /// Whether the list has the phrase (words joined with single spaces) under the label.
    pub fn phrase_is(&self, phrase: &str, label: &str) -> bool {
        let mut parts = phrase.split(' ');
        let first = parts.next().unwrap_or("");
        let rest: Vec<&str> = parts.collect();
        self.phrases
            .get(first)
            .is_some_and(|entries| entries.iter().any(|(words, l)| *words == rest && *l == label))
    }

    /// The label of the longest entry that starts at token `at`, and how many tokens it takes. A
    /// plural finds its singular.
    pub fn label_at(&self, document: &Document<'_>, at: usize) -> Option<(&'static str, usize)> {
        let token = document.tokens.get(at).filter(|token| token.kind == Kind::Word)?;
        let word = document.word(at);
        let phrase = self.phrases.get(word).into_iter().flatten().filter(|(rest, _)| {
            rest.iter().enumerate().all(|(i, part)| document.after(at, i + 1) == *part)
        });
        if let Some((rest, label)) = phrase.max_by_key(|(rest, _)| rest.len()) {
            return Some((label, rest.len() + 1));
        }
        let label = self.label(word).or_else(|| self.label(singular(word)?))?;
        (token.end > token.start).then_some((label, 1))
    }
}

/// The singular a regular plural may come from; `None` where the word is no plural.
pub(super) fn singular(word: &str) -> Option<&str> {
    let stem = word.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with('s'))?;
    match stem.strip_suffix('e') {
        Some(short) if short.ends_with(['x', 'z']) || short.ends_with("ch") => Some(short),
        Some(short) if short.ends_with("sh") || short.ends_with("ss") => Some(short),
        _ => Some(stem),
    }
}

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident = $file:literal;)*) => {
        $($(#[$doc])* pub(super) fn $name() -> &'static Lexicon {
            static LIST: LazyLock<Lexicon> =
                LazyLock::new(|| Lexicon::parse(include_str!(concat!("../../data/", $file))));
            &LIST
        })*

        #[cfg(test)]
        const SOURCES: &[(&str, &str)] =
            &[$(($file, include_str!(concat!("../../data/", $file))),)*];
    };
}

lists! {
    /// Function words, verbs of speech and motion, abbreviations, interjections.
    words = "words.txt";
    /// How words go together.
    grammar = "grammar.txt";
    /// Titles, given names, nationalities, places of the world, and what is never a name.
    names = "names.txt";
    /// Given names by their short forms.
    nicknames = "nicknames.txt";
    /// Nouns for people, beings and animals.
    beings = "beings.txt";
    /// Verbs by what an eye sees of them.
    verbs = "verbs.txt";
    /// What people and creatures look like.
    looks = "looks.txt";
    /// What makes a name a place's.
    places = "places.txt";
    /// What tells whether a place is where somebody is.
    whereabouts = "whereabouts.txt";
    /// Where a scene is.
    settings = "settings.txt";
    /// What the weather is.
    weather = "weather.txt";
    /// What time of day it is.
    daytime = "daytime.txt";
    /// Where the light comes from.
    light = "light.txt";
    /// What colours a scene.
    moods = "moods.txt";
    /// Concrete nouns.
    things = "things.txt";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_list_is_well_formed() {
        for (file, source) in SOURCES {
            for (number, line) in source.lines().enumerate() {
                let fine = line.trim().is_empty()
                    || line.trim_start().starts_with('#')
                    || line.split_once(':').is_some_and(|(label, entries)| {
                        !label.contains(' ')
                            && entries.split(',').all(|entry| {
                                let entry = entry.trim();
                                entry.split(' ').count() <= 4
                                    && entry.chars().all(|c| !c.is_uppercase())
                            })
                    });
                assert!(fine, "data/{file}:{}: `{line}`", number + 1);
            }
        }
    }

    #[test]
    fn a_plural_finds_its_singular() {
        assert_eq!(singular("horses"), Some("horse"));
        assert_eq!(singular("foxes"), Some("fox"));
        assert_eq!(singular("glass"), None);
        assert_eq!(singular("gas"), None);
    }
}
