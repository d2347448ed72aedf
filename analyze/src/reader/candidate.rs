//! One name of the whole book, with everything that the chapters say around it.

use std::collections::BTreeMap;

use book::element::{ElementType, Gender, Quote};

use super::evidence::Evidence;
use super::names::is_title;
use super::survey::Named;

/// One name of the whole book.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// As printed most often.
    pub name: String,
    /// Its words in lower case, without full stops and apostrophes' kinds.
    pub words: Vec<String>,
    pub evidence: Evidence,
    /// Mentions by chapter.
    pub chapters: BTreeMap<u32, u32>,
    pub quotes: Vec<Quote>,
    /// A common noun: `the curate`.
    pub common: bool,
    pub kind: ElementType,
    pub gender: Option<Gender>,
    /// The gender is told by a title, a noun or a given name, not by pronouns alone.
    pub gender_sure: bool,
}

impl Candidate {
    /// The words after the titles; all words where nothing else is left.
    pub fn core(&self) -> &[String] {
        let titles = self.title_count();
        &self.words[titles..]
    }

    /// The titles before the name.
    pub fn titles(&self) -> &[String] {
        &self.words[..self.title_count()]
    }

    fn title_count(&self) -> usize {
        let leading = self.words.iter().take_while(|word| is_title(word)).count();
        let of = self.words.get(leading).is_some_and(|word| word == "of");
        if leading == self.words.len() || of { 0 } else { leading }
    }

    /// The noun that says what it is: `queen` of `Queen of Hearts`, `rabbit` of `White Rabbit`.
    pub fn head(&self) -> &str {
        let end = self.words.iter().position(|word| word == "of").unwrap_or(self.words.len());
        self.words.get(end.max(1) - 1).map_or("", String::as_str)
    }

    pub fn mentions(&self) -> u32 {
        self.evidence.mentions()
    }
}

impl Default for Candidate {
    fn default() -> Self {
        blank(&[], false)
    }
}

pub(super) fn blank(words: &[String], common: bool) -> Candidate {
    Candidate {
        name: String::new(),
        words: words.to_vec(),
        evidence: Evidence::default(),
        chapters: BTreeMap::new(),
        quotes: Vec::new(),
        common,
        kind: ElementType::Object,
        gender: None,
        gender_sure: false,
    }
}

pub(super) fn add(candidate: &mut Candidate, chapter: u32, named: &Named) {
    /// More quotes help nobody.
    const MOST_QUOTES: usize = 3;
    candidate.evidence.add(&named.evidence);
    *candidate.chapters.entry(chapter).or_default() += named.evidence.mentions();
    if let Some((offset, text)) =
        named.intro.clone().filter(|_| candidate.quotes.len() < MOST_QUOTES)
    {
        candidate.quotes.push(Quote { chapter, offset, text });
    }
}

/// Folds one candidate into another under the latter's name.
pub(super) fn join(into: &mut Candidate, from: &Candidate) {
    into.evidence.add(&from.evidence);
    add_chapters(&mut into.chapters, &from.chapters);
    into.quotes.extend(from.quotes.iter().cloned());
    into.quotes.sort_by_key(|quote| (quote.chapter, quote.offset));
    into.quotes.dedup();
    into.quotes.truncate(3);
}

pub(super) fn add_chapters(into: &mut BTreeMap<u32, u32>, from: &BTreeMap<u32, u32>) {
    for (chapter, mentions) in from {
        *into.entry(*chapter).or_default() += mentions;
    }
}

/// The words of a name as they are compared: small letters, no full stops, one kind of apostrophe, no
/// article.
pub(super) fn plain_words(name: &str) -> Vec<String> {
    let words = name.split(' ').map(|word| {
        word.chars()
            .filter(|c| *c != '.')
            .map(|c| if c == '’' { '\'' } else { c })
            .collect::<String>()
            .to_lowercase()
    });
    let mut words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words[0] == "the" {
        words.remove(0);
    }
    words
}
