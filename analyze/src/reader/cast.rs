//! The candidates of the whole book: names and actors of all chapters added up, ordinary words
//! dropped, each with its kind and gender.

use std::collections::BTreeMap;

use book::element::{ElementType, Gender};

use super::candidate::{Candidate, add, add_chapters, blank, join, plain_words};
use super::classify::kind;
use super::evidence::Evidence;
use super::gender;
use super::lexicon::{names, singular, words};
use super::names::{is_given, is_title};
use super::props;
use super::surnames::Surnames;
use super::survey::Survey;

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
        props::keep_the_telling(&mut cast.candidates, &cast.lower, cast.words);
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
            let common = survey.actors.iter().chain(&survey.things).map(|named| (true, named));
            for (common, (name, named)) in names.chain(common) {
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
            // `the baker` is not `Baker`, who never has an article.
            let named = &self.candidates[to];
            let bare = named.evidence.the * 5 < named.mentions() && is_baptised(named);
            if bare {
                continue;
            }
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
            // Of `Guardian of the Gates` there may be one.
            let several = !plural.common && !plural.words.contains(&"of".to_owned());
            let Some(last) = plural.words.last().filter(|_| several) else { continue };
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
        let surnames = Surnames::of(&self.candidates);
        self.candidates.retain(|candidate| {
            let evidence = &candidate.evidence;
            if candidate.common {
                return evidence.mentions() >= 4;
            }
            if let [word] = candidate.words.as_slice()
                && (names().is(word, "calendar") || words().is(word, "function"))
            {
                return is_somebody_by_deeds(evidence);
            }
            let known = candidate
                .words
                .iter()
                .any(|word| is_title(word) || is_given(word) || names().is(word, "gazetteer"));
            let least = if known || candidate.words.len() > 1 { 1 } else { 2 };
            if evidence.firm < least && !(known && evidence.mentions() >= 3) {
                return false;
            }
            let small = match candidate.words.as_slice() {
                [word] => lower.get(word).copied().unwrap_or(0),
                _ => 0,
            };
            // `Will` and `May` are ordinary words and somebody besides.
            let given = matches!(candidate.words.as_slice(), [word] if is_given(word))
                && is_somebody_by_deeds(evidence);
            let somebody = given || surnames.is_somebody(candidate) && evidence.firm > 2;
            somebody || evidence.firm * 2 >= small
        });
    }

    /// Decides kind and gender, and drops what is neither person nor place nor thing.
    fn decide(&mut self) {
        let (he, she) = self.candidates.iter().fold((1, 1), |(he, she), candidate| {
            (he + candidate.evidence.he, she + candidate.evidence.she)
        });
        let usual = (f64::from(he) / f64::from(she)).sqrt();
        let surnames = Surnames::of(&self.candidates);
        self.candidates.retain_mut(|candidate| {
            if candidate.gender.is_none() {
                (candidate.gender, candidate.gender_sure) = gender::of(candidate, usual);
            }
            let Some(kind) = kind(candidate, &surnames) else { return false };
            candidate.kind = kind;
            true
        });
        self.usual = usual;
    }
}

/// Whether the words around a name leave no doubt that it is somebody's: he speaks, is spoken to and acts
/// again and again.
fn is_somebody_by_deeds(evidence: &Evidence) -> bool {
    let deeds = evidence.speaks + evidence.addressed + evidence.owns;
    evidence.firm >= 4
        && deeds >= 3
        && evidence.speaks + evidence.addressed > 0
        && (deeds + evidence.acts) * 5 >= evidence.mentions()
        && evidence.inside * 4 < evidence.mentions()
}

/// Whether a single capitalised noun is used as a name is, without an article: `Baker`, `Mole`.
fn is_baptised(candidate: &Candidate) -> bool {
    let evidence = &candidate.evidence;
    candidate.words.len() == 1 && evidence.speaks + evidence.addressed > 0 && evidence.firm >= 3
}
