//! Whose looks a phrase is about: the name before it, its owner, or what a pronoun may stand for.

use std::collections::BTreeSet;
use std::ops::Range;

use book::element::Aspect;

use super::evidence::is_subject;
use super::lexicon::{beings, looks, settings, words};
use super::looks::Reading;
use super::phrase::part;
use super::rivals::{Rival, is_predicate};
use super::text::Sentence;

/// Among more names than this a pronoun's is not sought.
const MOST_OWNERS: usize = 7;
/// A name further back than this many sentences is not what a pronoun stands for.
const PRONOUN_REACH: usize = 3;
/// Than this many in one paragraph.
const PARAGRAPH_REACH: usize = 8;

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
        // `his usually pale face`
        let adverb = document.before(phrase.start, 1).ends_with("ly");
        let start = phrase.start - usize::from(adverb);
        let before = document.before(start, 1);
        if matches!(before, "his" | "her" | "its" | "their" | "my") {
            return self.stands_for(number, before, phrase.start, mentions);
        }
        if phrase.start > 0 && document.is_possessive(phrase.start - 1) {
            let mention =
                mentions.clone().find(|i| self.mentions[*i].tokens.end + 1 == phrase.start)?;
            return Some(Owner { mentions: vec![mention], pronoun: None });
        }
        if before == "whose" {
            return self.subject_before(number, start - 1, mentions);
        }
        if let Some(pronoun) = self.bearer(phrase) {
            return self.stands_for(number, document.word(pronoun), pronoun, mentions);
        }
        let owner = self
            .governor(phrase.start, aspect)
            .and_then(|governor| self.subject_before(number, governor, mentions));
        owner.or_else(|| self.about_the_same(number, phrase.start, mentions))
    }

    /// `The mouth was fixed, with sharp white teeth`: a sentence about the parts of whose looks were told
    /// just before.
    fn about_the_same(
        &self,
        number: usize,
        start: usize,
        mentions: &Range<usize>,
    ) -> Option<Owner> {
        let first = self.document.sentences[number].tokens.start;
        let begins = self.document.word(first) == "the" && part(self.document, first + 1).is_some();
        if begins { self.goes_on(number, start, mentions) } else { None }
    }

    /// The pronoun of who bears what is told of: `a blue hat was perched on his head`, `round her neck was
    /// a gold chain`.
    fn bearer(&self, phrase: &Range<usize>) -> Option<usize> {
        /// Tokens between the thing and who bears it.
        const REACH: usize = 14;
        let document = self.document;
        let bears = |at: usize| {
            let owner = matches!(document.word(at), "his" | "her" | "its");
            owner
                && words().is(document.before(at, 1), "bearing")
                && matches!(
                    part(document, at + 1),
                    Some(Aspect::Body | Aspect::Hair | Aspect::Face)
                )
        };
        let same = |at: &usize| document.same_sentence(phrase.start, *at);
        let verb = |from: usize, to: usize| {
            (from..to).any(|i| matches!(document.word(i), "was" | "were" | "hung" | "lay" | "sat"))
        };
        let after = (phrase.end..phrase.end + REACH).take_while(same).find(|at| bears(*at));
        if let Some(at) = after.filter(|at| verb(phrase.end, *at)) {
            return Some(at);
        }
        let from = phrase.start.saturating_sub(8);
        (from..phrase.start).rev().filter(same).find(|at| bears(*at) && verb(*at, phrase.start))
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
                "with" if back <= 3 || self.is_list_of_looks(at + 1, start) => return Some(at),
                "had" | "has" if back <= 4 && aspect != Aspect::Clothes => return Some(at),
                "had" if back <= 4 && document.after(start, 1) == "on" => return Some(at),
                ";" | "." | ":" => return None,
                word if self.is_other_noun(word) => return None,
                _ => {}
            }
        }
        None
    }

    /// `with a gruff voice and a repulsive countenance`: nothing but looks in between.
    fn is_list_of_looks(&self, from: usize, to: usize) -> bool {
        (from..to).all(|i| {
            let word = self.document.word(i);
            matches!(word, "a" | "an" | "and" | "," | "his" | "her" | "its" | "very" | "rather")
                || word.ends_with("ly")
                || looks().has(word)
        })
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
    pub(super) fn subject_before(
        &self,
        number: usize,
        at: usize,
        mentions: &Range<usize>,
    ) -> Option<Owner> {
        let sentence = &self.document.sentences[number];
        let nearest = mentions
            .clone()
            .rev()
            .filter(|i| {
                let mention = self.mentions[*i];
                !(mention.common && is_predicate(self.document, mention.tokens.end - 1))
            })
            .find(|i| self.mentions[*i].tokens.end <= at)
            .filter(|i| !self.document.tokens[self.mentions[*i].tokens.start].spoken);
        let from = nearest.map_or(sentence.tokens.start, |i| self.mentions[i].tokens.end);
        // `a soldier with a red beard`, after the name: the beard is the soldier's.
        if self.rivals_within(from, at).next().is_some() {
            return None;
        }
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
        match pronoun {
            "i" | "my" if !self.document.told => {
                return Some(Owner { mentions: Vec::new(), pronoun: Some(pronoun.to_owned()) });
            }
            "he" | "she" | "it" | "they" | "his" | "her" | "its" | "their" => {}
            _ => return None,
        }
        let sentence = &self.document.sentences[number];
        if self.has_other_subject(sentence, at, mentions) {
            return None;
        }
        let first = &self.document.sentences[self.first_in_reach(number)];
        let from = self.mentions.partition_point(|m| m.tokens.start < first.tokens.start);
        let mut names = BTreeSet::new();
        let mut owners: Vec<usize> = (from..mentions.end)
            .filter(|i| self.mentions[*i].tokens.end <= at)
            .filter(|i| self.may_be_meant(*i, sentence, at, pronoun))
            .rev()
            .filter(|i| names.insert(self.mentions[*i].name.as_str()))
            .collect();
        owners.reverse();
        if owners.is_empty() || owners.len() > MOST_OWNERS {
            return None;
        }
        // Somebody without a name has been spoken of since, or just before.
        let last = &self.mentions[owners[owners.len() - 1]].tokens;
        let since = if is_subject(self.document, last) {
            last.start
        } else {
            let before = self.document.tokens[last.start].sentence.saturating_sub(1) as usize;
            self.document.sentences[before].tokens.start
        };
        if self.rivals_within(since, at).any(|rival| rival.may_be(pronoun)) {
            return None;
        }
        Some(Owner { mentions: owners, pronoun: Some(pronoun.to_owned()) })
    }

    /// Whether the sentence begins with somebody or something without a name, `The leader flew up, his long
    /// arms …`: a pronoun after it is hardly about a name of an earlier sentence.
    fn has_other_subject(&self, sentence: &Sentence, at: usize, mentions: &Range<usize>) -> bool {
        let document = self.document;
        let first = sentence.tokens.start;
        let determined = words().is(document.word(first), "determiner");
        let known = mentions
            .clone()
            .map(|i| &self.mentions[i].tokens)
            .any(|tokens| tokens.start < at && is_subject(document, tokens))
            || (first..at).any(|i| matches!(document.word(i), "he" | "she" | "it" | "they" | "i"));
        let of_looks = (first..at.min(first + 7)).any(|i| part(document, i).is_some());
        determined && !known && !of_looks && at > first + 1
    }

    /// The first sentence where a name may stand for which a pronoun in sentence `number` does: a few back,
    /// more of them in one paragraph.
    fn first_in_reach(&self, number: usize) -> usize {
        let sentences = &self.document.sentences;
        let paragraph = sentences[number].paragraph;
        let near = number.saturating_sub(PRONOUN_REACH);
        (number.saturating_sub(PARAGRAPH_REACH)..near)
            .find(|i| sentences[*i].paragraph == paragraph)
            .unwrap_or(near)
    }

    /// The persons without a name in a run of tokens.
    fn rivals_within(&self, from: usize, to: usize) -> impl Iterator<Item = &Rival> {
        let first = self.rivals.partition_point(|rival| rival.at < from);
        self.rivals[first..].iter().take_while(move |rival| rival.at < to)
    }

    /// Whether a pronoun at `at` of `sentence` may stand for a mention before it.
    fn may_be_meant(&self, index: usize, sentence: &Sentence, at: usize, pronoun: &str) -> bool {
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
        let other = other && !matches!(pronoun, "it" | "its");
        !(other && words().is(document.before(start, back), "speech"))
    }
}
