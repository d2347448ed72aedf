//! Whose looks a phrase is about: the name before it, its owner, or what a pronoun may stand for.

use std::collections::BTreeSet;
use std::ops::Range;

use book::element::Aspect;

use super::lexicon::{beings, looks, settings, words};
use super::looks::Reading;
use super::text::Sentence;

/// Among more names than this a pronoun's is not sought.
const MOST_OWNERS: usize = 4;
/// A name further back than this many sentences is not what a pronoun stands for.
const PRONOUN_REACH: usize = 3;

/// Who a phrase is about.
#[derive(Debug, Clone)]
pub(super) struct Owner {
    pub mentions: Vec<usize>,
    pub pronoun: Option<String>,
}

impl Reading<'_, '_> {
    /// Whose the phrase is.
    pub(super) fn owner(
        &self,
        number: usize,
        phrase: &Range<usize>,
        aspect: Aspect,
        mentions: &Range<usize>,
    ) -> Option<Owner> {
        let document = self.document;
        let before = document.before(phrase.start, 1);
        if matches!(before, "his" | "her" | "its" | "their") {
            return self.stands_for(number, before, phrase.start, mentions);
        }
        if phrase.start > 0 && document.is_possessive(phrase.start - 1) {
            let mention =
                mentions.clone().find(|i| self.mentions[*i].tokens.end + 1 == phrase.start)?;
            return Some(Owner { mentions: vec![mention], pronoun: None });
        }
        let governor = self.governor(phrase.start, aspect)?;
        self.subject_before(number, governor, mentions)
    }

    /// `with`, `had`, `wore`, `dressed in` before the phrase: the word that ties it to its owner.
    fn governor(&self, start: usize, aspect: Aspect) -> Option<usize> {
        let document = self.document;
        for back in 1..=10 {
            let at = start.checked_sub(back)?;
            if !document.same_sentence(at, start) {
                return None;
            }
            let previous = document.before(at, 1);
            match document.word(at) {
                "wore" | "wearing" | "wears" | "clad" | "dressed" | "attired" => return Some(at),
                "in" if aspect == Aspect::Clothes && back <= 3 => {
                    let dressed =
                        matches!(previous, "dressed" | "clad" | "clothed" | "attired" | "wrapped");
                    let someone = beings().has(previous) || self.mention_ending(at).is_some();
                    return (dressed || someone).then_some(at);
                }
                "with" if back <= 3 => return Some(at),
                "had" | "has" if back <= 4 && aspect != Aspect::Clothes => return Some(at),
                "had" if back <= 4 && document.after(start, 1) == "on" => return Some(at),
                ";" | "." | ":" => return None,
                word if self.is_other_noun(word) => return None,
                _ => {}
            }
        }
        None
    }

    fn is_other_noun(&self, word: &str) -> bool {
        matches!(
            word,
            "he" | "she" | "they" | "it" | "who" | "which" | "his" | "her" | "its" | "their"
        ) || settings().has(word) && !looks().has(word)
    }

    fn mention_ending(&self, at: usize) -> Option<usize> {
        let found = self.mentions.partition_point(|mention| mention.tokens.end < at);
        (self.mentions.get(found)?.tokens.end == at).then_some(found)
    }

    /// The subject before token `at`: the nearest mention or pronoun before it in the sentence.
    fn subject_before(&self, number: usize, at: usize, mentions: &Range<usize>) -> Option<Owner> {
        let sentence = &self.document.sentences[number];
        let nearest = mentions
            .clone()
            .rev()
            .find(|i| self.mentions[*i].tokens.end <= at)
            .filter(|i| !self.document.tokens[self.mentions[*i].tokens.start].spoken);
        let from = nearest.map_or(sentence.tokens.start, |i| self.mentions[i].tokens.end);
        let pronoun = (from..at).rev().find(|i| {
            matches!(self.document.word(*i), "he" | "she" | "it" | "i" | "they" | "we" | "you")
                && !self.document.tokens[*i].spoken
        });
        match pronoun {
            Some(at) => self.stands_for(number, self.document.word(at), at, mentions),
            // A phrase that hangs on a noun far from the name is not the name's.
            None => nearest
                .filter(|i| {
                    let between = self.mentions[*i].tokens.end..at;
                    // `, Alice noticed, had powdered hair`: a comma parts them, unless `who` follows.
                    let parted = between.clone().any(|i| self.document.word(i) == ",")
                        && !between.clone().any(|i| self.document.word(i) == "who")
                        && self.document.word(at) == "had";
                    between.len() <= 8 && !parted
                })
                .map(|mention| Owner { mentions: vec![mention], pronoun: None }),
        }
    }

    /// What a pronoun at `at` stands for: a mention before it in the sentence, or the topic.
    pub(super) fn stands_for(
        &self,
        number: usize,
        pronoun: &str,
        at: usize,
        mentions: &Range<usize>,
    ) -> Option<Owner> {
        if !matches!(pronoun, "he" | "she" | "it" | "they" | "his" | "her" | "its" | "their") {
            return None;
        }
        let sentence = &self.document.sentences[number];
        let first = &self.document.sentences[number.saturating_sub(PRONOUN_REACH)];
        let from = self.mentions.partition_point(|m| m.tokens.start < first.tokens.start);
        let mut names = BTreeSet::new();
        let mut owners: Vec<usize> = (from..mentions.end)
            .filter(|i| self.mentions[*i].tokens.end <= at)
            .filter(|i| self.may_be_meant(*i, sentence, at))
            .rev()
            .filter(|i| names.insert(self.mentions[*i].name.as_str()))
            .collect();
        owners.reverse();
        if owners.is_empty() || owners.len() > MOST_OWNERS {
            return None;
        }
        Some(Owner { mentions: owners, pronoun: Some(pronoun.to_owned()) })
    }

    /// Whether a pronoun at `at` of `sentence` may stand for a mention before it.
    fn may_be_meant(&self, index: usize, sentence: &Sentence, at: usize) -> bool {
        let document = self.document;
        let start = self.mentions[index].tokens.start;
        if document.tokens[start].spoken || document.before(start, 1) == "of" {
            return false;
        }
        if sentence.tokens.contains(&start) {
            // `With one blow he sent Tom over, and his sharp claws`: still about `he`.
            return !(sentence.tokens.start..start).any(|i| {
                matches!(document.word(i), "he" | "she" | "it" | "they")
                    && !document.tokens[i].spoken
            });
        }
        // `cried the doctor.` in the paragraph before: whoever comes next need not be the doctor.
        let other = document.sentences[document.tokens[start].sentence as usize].paragraph
            != sentence.paragraph;
        let back = if document.before(start, 1) == "the" { 2 } else { 1 };
        debug_assert!(start < at, "mentions stand before the pronoun");
        !(other && words().is(document.before(start, back), "speech"))
    }
}
