//! The candidates of the whole book: names and actors of all chapters added up, ordinary words
//! dropped, each with its kind and gender.

use std::collections::BTreeMap;

use book::element::{ElementType, Gender, Quote};

use super::evidence::Evidence;
use super::gender;
use super::kinds::{Head, ends_as_place, head_of, is_place_word};
use super::lexicon::{beings, names, singular};
use super::names::is_title;
use super::survey::{Named, Survey};

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

/// Everybody and everything that may be worth an element.
pub(super) struct Cast {
    /// Most mentioned first.
    pub candidates: Vec<Candidate>,
    /// How many `he` stand for one `she` near any name of the book, damped: where nearly everybody is
    /// a `he`, a `he` tells less.
    pub usual: f64,
    /// How often words stand with a small letter.
    lower: BTreeMap<String, u32>,
    /// Words of the book.
    words: u32,
}

/// Candidates by whether they are common nouns and by their words, with their spellings.
type Spellings = BTreeMap<(bool, Vec<String>), (Candidate, BTreeMap<String, u32>)>;

impl Cast {
    /// Reads what all chapters together say.
    pub fn of(surveys: &[Survey]) -> Self {
        let mut surveys: Vec<&Survey> = surveys.iter().collect();
        surveys.sort_by_key(|survey| survey.chapter);
        let mut cast = Self::gather(&surveys);
        cast.give_back_first_words();
        cast.join_small_and_capital();
        cast.join_plurals();
        cast.drop_ordinary_words();
        cast.decide();
        cast.candidates
            .sort_by(|a, b| b.mentions().cmp(&a.mentions()).then_with(|| a.name.cmp(&b.name)));
        cast
    }

    /// Whether the names in `members` are together frequent enough to be an element: once or twice in
    /// a tale, more often in a long novel.
    pub fn is_frequent(&self, members: &[usize]) -> bool {
        let members = || members.iter().filter_map(|i| self.candidates.get(*i));
        let total: u32 = members().map(Candidate::mentions).sum();
        let alive =
            |c: &Candidate| matches!(c.kind, ElementType::Character | ElementType::Creature);
        let long = self.words / 40_000;
        let least = match () {
            () if members().all(|c| c.common) => 5 + 2 * long,
            () if members().any(alive) => 2 + long.min(2),
            () => 3 + long.min(2),
        };
        total >= least
    }

    fn gather(surveys: &[&Survey]) -> Self {
        let mut by_words = Spellings::new();
        let mut lower = BTreeMap::new();
        let mut words: u32 = 0;
        for survey in surveys {
            words = words.saturating_add(survey.words);
            for (word, count) in &survey.lower {
                *lower.entry(word.clone()).or_insert(0_u32) += count;
            }
            let names = survey.names.iter().map(|named| (false, named));
            let actors = survey.actors.iter().map(|named| (true, named));
            for (common, (name, named)) in names.chain(actors) {
                let entry = by_words
                    .entry((common, plain_words(name)))
                    .or_insert_with_key(|(common, words)| (blank(words, *common), BTreeMap::new()));
                add(&mut entry.0, survey.chapter, named);
                *entry.1.entry(name.clone()).or_default() += named.evidence.mentions();
            }
        }
        let candidates = by_words.into_values().map(|(mut candidate, spellings)| {
            let most = spellings.into_iter().max_by_key(|(_, count)| *count);
            candidate.name = most.map(|(name, _)| name).unwrap_or_default();
            candidate
        });
        Self { candidates: candidates.collect(), usual: 1.0, lower, words }
    }

    /// `Presently Alice` at the start of a sentence is `Alice`, where `Alice` is a name and the longer
    /// run never stands inside a sentence.
    fn give_back_first_words(&mut self) {
        let index: BTreeMap<Vec<String>, usize> = self
            .candidates
            .iter()
            .enumerate()
            .filter(|(_, candidate)| !candidate.common && candidate.evidence.firm > 0)
            .map(|(i, candidate)| (candidate.words.clone(), i))
            .collect();
        let mut given_back = Vec::new();
        for (i, candidate) in self.candidates.iter().enumerate() {
            let only_initial = candidate.evidence.firm == 0 && candidate.words.len() > 1;
            if candidate.common || !only_initial || is_title(&candidate.words[0]) {
                continue;
            }
            if let Some(&shorter) = index.get(&candidate.words[1..]) {
                given_back.push((i, shorter));
            }
        }
        for (from, to) in given_back {
            let taken = std::mem::take(&mut self.candidates[from]);
            let target = &mut self.candidates[to];
            target.evidence.add(&taken.evidence);
            add_chapters(&mut target.chapters, &taken.chapters);
        }
        self.candidates.retain(|candidate| !candidate.words.is_empty());
    }

    /// `the Queen` and `the queen` are one name; so are `Scarecrow` and `the scarecrow`.
    fn join_small_and_capital(&mut self) {
        let capital: BTreeMap<Vec<String>, usize> = self
            .candidates
            .iter()
            .enumerate()
            .filter(|(_, c)| !c.common && c.evidence.firm > 0)
            .map(|(i, c)| (c.words.clone(), i))
            .collect();
        for i in 0..self.candidates.len() {
            let candidate = &self.candidates[i];
            if !candidate.common || candidate.words.first().is_some_and(|w| w == "my") {
                continue;
            }
            let Some(&to) = capital.get(&candidate.words) else { continue };
            if self.candidates[to].mentions() * 2 < candidate.mentions() {
                // A noun that now and then has a capital: the capital ones join it instead.
                let taken = std::mem::take(&mut self.candidates[to]);
                join(&mut self.candidates[i], &taken);
            } else {
                let taken = std::mem::take(&mut self.candidates[i]);
                join(&mut self.candidates[to], &taken);
            }
        }
        self.candidates.retain(|candidate| !candidate.words.is_empty());
    }

    /// `Martians` and `Martian` are one people, which is named in the plural; `the Bennets` are no
    /// person and are dropped.
    fn join_plurals(&mut self) {
        let index: BTreeMap<Vec<String>, usize> = self
            .candidates
            .iter()
            .enumerate()
            .filter(|(_, c)| !c.common)
            .map(|(i, c)| (c.words.clone(), i))
            .collect();
        for i in 0..self.candidates.len() {
            let plural = &self.candidates[i];
            let Some(last) = plural.words.last().filter(|_| !plural.common) else { continue };
            let Some(one) = singular(last) else { continue };
            let mut words = plural.words.clone();
            words.pop();
            words.push(one.to_owned());
            let Some(&single) = index.get(&words).filter(|single| **single != i) else {
                // `the Cratchits`, where `Bob Cratchit` is named but no `Cratchit`.
                let surname = |other: &Candidate| {
                    other.words.len() > words.len() && other.words.ends_with(&words)
                };
                if self.candidates.iter().any(|other| !other.common && surname(other)) {
                    self.candidates[i].words.clear();
                }
                continue;
            };
            let determined =
                self.candidates[single].evidence.the + self.candidates[single].evidence.indefinite;
            let mostly_the = self.candidates[i].evidence.the * 2 >= self.candidates[i].mentions();
            if determined * 2 >= self.candidates[single].mentions() {
                let taken = std::mem::take(&mut self.candidates[single]);
                if taken.mentions() > 3 * self.candidates[i].mentions() {
                    let plural = std::mem::replace(&mut self.candidates[i], taken);
                    join(&mut self.candidates[i], &plural);
                } else {
                    join(&mut self.candidates[i], &taken);
                    self.candidates[i].gender = Some(Gender::Group);
                }
            } else if mostly_the {
                self.candidates[i].words.clear();
            }
        }
        self.candidates.retain(|candidate| !candidate.words.is_empty());
    }

    /// A word that stands with a small letter as often is an ordinary word.
    fn drop_ordinary_words(&mut self) {
        let lower = &self.lower;
        self.candidates.retain(|candidate| {
            let evidence = &candidate.evidence;
            if candidate.common {
                return evidence.mentions() >= 4;
            }
            let known = candidate.words.iter().any(|word| {
                is_title(word)
                    || names().is(word, "given-male")
                    || names().is(word, "given-female")
                    || names().is(word, "gazetteer")
            });
            let least = if known || candidate.words.len() > 1 { 1 } else { 2 };
            if evidence.firm < least && !(known && evidence.mentions() >= 3) {
                return false;
            }
            let small = match candidate.words.as_slice() {
                [word] => lower.get(word).copied().unwrap_or(0),
                _ => 0,
            };
            evidence.firm * 2 >= small
        });
    }

    /// Decides kind and gender, and drops what is neither person nor place nor thing.
    fn decide(&mut self) {
        let (he, she) = self.candidates.iter().fold((1, 1), |(he, she), candidate| {
            (he + candidate.evidence.he, she + candidate.evidence.she)
        });
        let usual = (f64::from(he) / f64::from(she)).sqrt();
        self.candidates.retain_mut(|candidate| {
            if candidate.gender.is_none() {
                (candidate.gender, candidate.gender_sure) = gender::of(candidate, usual);
            }
            let Some(kind) = kind(candidate) else { return false };
            candidate.kind = kind;
            true
        });
        self.usual = usual;
    }
}

impl Default for Candidate {
    fn default() -> Self {
        blank(&[], false)
    }
}

fn blank(words: &[String], common: bool) -> Candidate {
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

fn add(candidate: &mut Candidate, chapter: u32, named: &Named) {
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

fn add_chapters(into: &mut BTreeMap<u32, u32>, from: &BTreeMap<u32, u32>) {
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

/// What the candidate is; `None` where it is nothing to draw.
fn kind(candidate: &Candidate) -> Option<ElementType> {
    let evidence = &candidate.evidence;
    let human = evidence.speaks * 3
        + evidence.acts * 2
        + evidence.addressed * 3
        + evidence.he
        + evidence.she
        + evidence.owns;
    let local = evidence.inside * 4 + evidence.toward;
    let speaks = evidence.speaks >= 2 || evidence.speaks >= 1 && evidence.mentions() < 10;
    let head = head_of(candidate.head());
    if candidate.common {
        return common_kind(candidate, head);
    }
    let last = candidate.words.last().map_or("", String::as_str);
    if candidate.words.len() > 1 && is_place_word(last) && human < local + 6 {
        return Some(ElementType::Place);
    }
    if !candidate.titles().is_empty() {
        let saint = candidate.words[0] == "st" || candidate.words[0] == "saint";
        return Some(if saint && local > human {
            ElementType::Place
        } else {
            ElementType::Character
        });
    }
    let whole = candidate.words.join(" ");
    let label = |label| names().is(&whole, label) || names().phrase_is(&whole, label);
    if label("divine") && evidence.speaks < 3 || label("nation") {
        return None;
    }
    match head {
        Head::Person => (human > 2).then_some(ElementType::Character),
        Head::Monster | Head::Animal if speaks => Some(ElementType::Character),
        Head::Monster | Head::Animal => Some(ElementType::Creature),
        Head::Place if human > local + 10 && speaks => Some(ElementType::Character),
        Head::Place => (local > 0 || candidate.words.len() > 1).then_some(ElementType::Place),
        Head::Thing if speaks => Some(ElementType::Character),
        Head::Thing => {
            Some(if evidence.aboard > 0 { ElementType::Object } else { ElementType::Item })
        }
        Head::Unknown => unknown_kind(candidate, human, local),
    }
}

fn common_kind(candidate: &Candidate, head: Head) -> Option<ElementType> {
    let evidence = &candidate.evidence;
    let alive = evidence.speaks + evidence.acts;
    // `the murderer` is mostly spoken of; who is present does things.
    let least = match beings().label(candidate.head()) {
        Some(label) if label.starts_with("kin") => 20,
        Some(label) if label.starts_with("role") => 3,
        _ => 7,
    };
    let enough = alive >= 3 && alive * least >= evidence.mentions();
    match head {
        Head::Animal => {
            let often = evidence.mentions() >= 8 && evidence.acts >= 3;
            match (evidence.speaks >= 3, often) {
                (true, _) => Some(ElementType::Character),
                (false, true) => Some(ElementType::Creature),
                (false, false) => None,
            }
        }
        Head::Monster if evidence.speaks < 2 => enough.then_some(ElementType::Creature),
        _ => enough.then_some(ElementType::Character),
    }
}

/// A name whose words tell nothing: what the sentences say.
fn unknown_kind(candidate: &Candidate, human: u32, local: u32) -> Option<ElementType> {
    let evidence = &candidate.evidence;
    let first = candidate.words.first().map_or("", String::as_str);
    let given = names().is(first, "given-male") || names().is(first, "given-female");
    let whole = candidate.words.join(" ");
    let mentions = evidence.mentions();
    if evidence.aboard >= 2 && evidence.the * 2 > mentions {
        return Some(ElementType::Object);
    }
    if names().is(&whole, "gazetteer") || names().phrase_is(&whole, "gazetteer") {
        let person = evidence.speaks >= 3 && human > 2 * local;
        return Some(if person { ElementType::Character } else { ElementType::Place });
    }
    if given {
        let place = local > 2 * human && evidence.speaks == 0;
        return Some(if place { ElementType::Place } else { ElementType::Character });
    }
    if candidate.gender == Some(Gender::Group) {
        return Some(if evidence.speaks >= 2 {
            ElementType::Character
        } else {
            ElementType::Creature
        });
    }
    let last = candidate.words.last().map_or("", String::as_str);
    let local = local + if ends_as_place(last) { mentions / 3 + 1 } else { 0 };
    let article = evidence.the * 2 > mentions;
    if local > human && local * 3 >= mentions && !article {
        return Some(ElementType::Place);
    }
    if article && singular(last).is_some() && evidence.they > 0 && human > 0 {
        return Some(ElementType::Creature);
    }
    let somebody = evidence.speaks + evidence.addressed + evidence.he + evidence.she;
    if article && (evidence.speaks == 0 || evidence.it > evidence.he + evidence.she) {
        // `the Heat-Ray`: something that acts, and nobody.
        let river = local * 2 > mentions;
        let kind = if river { ElementType::Place } else { ElementType::Object };
        return (mentions >= 5 && candidate.words.len() + last.matches('-').count() > 1 || river)
            .then_some(kind);
    }
    let sure = evidence.speaks > 0 || evidence.addressed > 1 || evidence.acts >= 2 && somebody > 0;
    (human * 3 >= mentions && sure && somebody > 0).then_some(ElementType::Character)
}
