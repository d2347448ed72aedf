//! What a text says of looks: noun phrases with their owner. Nothing is made up: a sighting's text is a
//! slice of its sentence, and only narration counts.

use std::collections::BTreeSet;
use std::ops::Range;

use book::element::Aspect;
use serde::{Deserialize, Serialize};

use super::lexicon::{beings, looks, settings, things, words};
use super::names::Mention;
use super::text::{Document, Kind, Sentence};

/// One thing said of somebody's looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sighting {
    /// Whose looks: one name, or all that the pronoun may stand for, the nearest last. Which of them it
    /// is can be told only when their genders are known.
    pub owners: Vec<OwnerName>,
    /// The pronoun that stood for the name, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pronoun: Option<String>,
    pub aspect: Aspect,
    /// The words that matter.
    pub text: String,
    /// Byte offset of `quote`.
    pub offset: usize,
    /// The sentence, or the words themselves where the sentence is long.
    pub quote: String,
}

/// A name of [`super::Survey`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OwnerName {
    pub name: String,
    /// Whether it is a common noun.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub common: bool,
}

/// Among more names than this a pronoun's is not sought.
const MOST_OWNERS: usize = 4;
/// At most so many are kept of one chapter.
const MOST_SIGHTINGS: usize = 400;
/// A longer sentence is cut to the words that matter.
const LONGEST_QUOTE: usize = 300;
/// A name further back than this many sentences is not what a pronoun stands for.
const PRONOUN_REACH: usize = 3;
/// More words than this are no noun phrase.
const MOST_MODIFIERS: usize = 6;

/// Everything said of the looks of `mentions` (sorted by place), in reading order.
pub(super) fn sightings(document: &Document<'_>, mentions: &[&Mention]) -> Vec<Sighting> {
    let mut reading = Reading { document, mentions, found: Vec::new() };
    let mut next = 0;
    for (number, sentence) in document.sentences.iter().enumerate() {
        let start = next;
        while next < mentions.len() && mentions[next].tokens.start < sentence.tokens.end {
            next += 1;
        }
        reading.sentence(number, sentence, start..next);
        if reading.found.len() >= MOST_SIGHTINGS {
            reading.found.truncate(MOST_SIGHTINGS);
            break;
        }
    }
    reading.found
}

/// The state of reading on from sentence to sentence.
struct Reading<'a, 'd> {
    document: &'a Document<'d>,
    mentions: &'a [&'a Mention],
    found: Vec<Sighting>,
}

/// Who a phrase is about.
#[derive(Debug, Clone)]
struct Owner {
    mentions: Vec<usize>,
    pronoun: Option<String>,
}

impl Reading<'_, '_> {
    fn sentence(&mut self, number: usize, sentence: &Sentence, mentions: Range<usize>) {
        if sentence.heading {
            return;
        }
        let mut last: Option<(usize, Owner)> = None;
        for at in sentence.tokens.clone() {
            if self.document.tokens[at].spoken || self.document.tokens[at].kind != Kind::Word {
                continue;
            }
            let phrase = self.noun_phrase(at);
            let aspect = phrase.as_ref().map(|(_, aspect)| *aspect).or_else(|| self.part(at));
            let start = phrase.as_ref().map_or(at, |(phrase, _)| phrase.start);
            let whole = self.part_is(at).filter(|_| self.begins_clause(start));
            if let (Some(aspect), Some(whole)) = (aspect, whole) {
                if let Some(owner) = self.owner(number, &(start..at + 1), aspect, &mentions) {
                    self.push(&owner, aspect, start..whole.end, sentence);
                }
                continue;
            }
            if let Some((phrase, aspect)) = phrase {
                let owner = match &last {
                    // `a long beard and small eyes`
                    Some((end, owner)) if self.is_joined(*end, phrase.start) => Some(owner.clone()),
                    _ => self.owner(number, &phrase, aspect, &mentions),
                };
                if let Some(owner) = owner {
                    last = Some((phrase.end, owner.clone()));
                    self.push(&owner, aspect, phrase, sentence);
                }
            }
        }
        for index in mentions.clone() {
            self.of_mention(index, sentence);
        }
        self.copula_of_pronoun(number, sentence, &mentions);
    }

    /// The side of the looks that the noun at `at` is about.
    fn part(&self, at: usize) -> Option<Aspect> {
        let word = self.document.word(at);
        match looks().label(word)? {
            _ if matches!(word, "voice" | "gaze" | "pocket") => None,
            "hair" => Some(Aspect::Hair),
            "eyes" => Some(Aspect::Eyes),
            "face" => Some(Aspect::Face),
            "body" => Some(Aspect::Body),
            "clothes" | "carried" => Some(Aspect::Clothes),
            _ => None,
        }
    }

    /// The noun phrase that ends with the looks noun at `at`: its words and its side of the looks.
    /// Only phrases with a describing word.
    fn noun_phrase(&self, at: usize) -> Option<(Range<usize>, Aspect)> {
        let document = self.document;
        let aspect = self.part(at)?;
        let mut start = at;
        let mut describing = 0;
        for index in (at.saturating_sub(MOST_MODIFIERS)..at).rev() {
            let word = document.word(index);
            let joins = matches!(word, "and" | ",") && start < at;
            if !document.same_sentence(index, at) {
                break;
            }
            if let Some(kind) = looks().label(word) {
                if kind == "manner" && !matches!(aspect, Aspect::Face | Aspect::Eyes) {
                    break;
                }
                if matches!(kind, "hair" | "eyes" | "face" | "body") && !looks().is(word, "wear") {
                    break;
                }
                describing += usize::from(!matches!(kind, "clothes" | "carried"));
                start = index;
            } else if !(joins && looks().has(document.before(index, 1))
                || matches!(word, "very" | "rather") && start < at)
            {
                break;
            }
        }
        // `white as snow`, `coat of blue cloth`
        let mut end = at + 1;
        if document.after(at, 1) == "of"
            && (looks().has(document.after(at, 2)) || things().has(document.after(at, 2)))
        {
            end = at + 3;
            if looks().has(document.after(at, 2)) && document.tokens[at + 2].kind == Kind::Word {
                let more = document.after(at, 3);
                end += usize::from(
                    !more.is_empty()
                        && !words().is(more, "function")
                        && document.tokens[at + 3].kind == Kind::Word,
                );
            }
        }
        (describing > 0 && !self.is_denied(start)).then_some((start..end, aspect))
    }

    /// `no`, `not`, `if`, `like`, `as if` shortly before: not said, or not of the looks.
    fn is_denied(&self, start: usize) -> bool {
        (1..=5).any(|back| {
            matches!(
                self.document.before(start, back),
                "no" | "not"
                    | "never"
                    | "without"
                    | "like"
                    | "if"
                    | "nor"
                    | "neither"
                    | "’t"
                    | "'t"
                    | "would"
                    | "any"
            )
        })
    }

    fn is_joined(&self, end: usize, start: usize) -> bool {
        let between = end..start;
        between.len() <= 4
            && between.clone().any(|i| matches!(self.document.word(i), "and" | ","))
            && between.clone().all(|i| {
                matches!(
                    self.document.word(i),
                    "and" | "," | "a" | "an" | "with" | "his" | "her" | "its"
                )
            })
    }

    /// Whose the phrase is.
    fn owner(
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
    fn stands_for(
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

    /// What is said right before or after a mention: `a tall thin man`, `the castle stood on a rock`.
    fn of_mention(&mut self, index: usize, sentence: &Sentence) {
        let mention = self.mentions[index];
        let document = self.document;
        let (start, end) = (mention.tokens.start, mention.tokens.end);
        if document.tokens[start].spoken {
            return;
        }
        let owner = Owner { mentions: vec![index], pronoun: None };
        if mention.common {
            let first = self.modifiers_before(start);
            if first < start {
                self.push(&owner, Aspect::Form, first..end, sentence);
            }
        }
        // `Bob, a small thin boy,`; `Mr. Utterson was a lean man`; `the castle stood on a rock`
        let form = |phrase| (Aspect::Form, phrase);
        let sight = |phrase| (Aspect::Sight, phrase);
        let told = match document.after(end - 1, 1) {
            "," if matches!(document.after(end, 1), "a" | "an") => {
                self.described(end + 1).map(form)
            }
            "was" | "were" | "is" => self
                .described(end + 1)
                .or_else(|| self.made_of(end + 1))
                .map(form)
                .or_else(|| self.scene(end + 1, sentence).map(sight)),
            "stood" | "lay" | "rose" | "looked" | "seemed" => self.scene(end, sentence).map(sight),
            _ => None,
        };
        if let Some((aspect, phrase)) = told {
            self.push(&owner, aspect, phrase, sentence);
        }
    }

    /// `She was a tall woman`: the same for a pronoun at the start of the sentence.
    fn copula_of_pronoun(&mut self, number: usize, sentence: &Sentence, mentions: &Range<usize>) {
        let first = sentence.tokens.start;
        let pronoun = self.document.word(first);
        let spoken = self.document.tokens[first].spoken;
        if spoken || !matches!(self.document.after(first, 1), "was" | "were" | "is" | "are") {
            return;
        }
        let phrase = self.described(first + 2);
        let phrase = phrase.or_else(|| self.made_of(first + 2));
        let owner = self.stands_for(number, pronoun, first, mentions);
        if let (Some(owner), Some(phrase)) = (owner, phrase) {
            self.push(&owner, Aspect::Form, phrase, sentence);
        }
    }

    /// `made entirely of tin`
    fn made_of(&self, at: usize) -> Option<Range<usize>> {
        let document = self.document;
        if document.word(at) != "made" {
            return None;
        }
        let of = (at + 1..at + 4).find(|i| document.word(*i) == "of")?;
        let end = (of + 1..of + 4)
            .take_while(|i| {
                document.same_sentence(at, *i)
                    && document.tokens[*i].kind == Kind::Word
                    && !words().is(document.word(*i), "function")
            })
            .last()?;
        Some(at..end + 1)
    }

    /// Whether the owner of the phrase at `start` begins a clause: not `what he held in his hand was`.
    fn begins_clause(&self, start: usize) -> bool {
        let owner = start.saturating_sub(1);
        let before = self.document.before(owner, 1);
        let owned = matches!(self.document.word(owner), "his" | "her" | "its" | "their");
        if !owned {
            return self.document.is_possessive(owner);
        }
        before.is_empty()
            || matches!(before, "and" | "but" | "while" | "for" | "that" | "," | ";" | ":" | "—")
    }

    /// `Her hair was long and dark`, `Its head was a small sack stuffed with straw`: the part of the
    /// body and all that is said of it up to the next pause.
    fn part_is(&self, at: usize) -> Option<Range<usize>> {
        /// A longer clause says more than looks.
        const MOST_WORDS: usize = 12;
        let document = self.document;
        if !matches!(document.after(at, 1), "was" | "were" | "is" | "are") || self.is_denied(at) {
            return None;
        }
        let end = (at + 2..at + 3 + MOST_WORDS).find(|i| {
            !document.same_sentence(at, *i)
                || document.tokens[*i].kind != Kind::Word && !joins_description(document, *i)
                || matches!(
                    document.word(*i),
                    "when" | "that" | "as" | "but" | "while" | "who" | "for"
                )
        })?;
        let clause =
            at + 2..end.min(document.sentences[document.tokens[at].sentence as usize].tokens.end);
        let telling = clause
            .clone()
            .filter(|i| is_describing(document.word(*i)) || things().has(document.word(*i)));
        let plain = !clause.clone().any(|i| {
            matches!(
                document.word(i),
                "not" | "no" | "never" | "he" | "she" | "i" | "they" | "it" | "you"
            )
        });
        let seen = telling.count() > 0 && is_telling_start(document, clause.start);
        (plain && seen).then_some(at..clause.end)
    }

    /// The first of the describing words right before `start`.
    fn modifiers_before(&self, start: usize) -> usize {
        let mut first = start;
        while first > 0
            && start - first < MOST_MODIFIERS
            && self.document.same_sentence(first - 1, start)
        {
            let word = self.document.word(first - 1);
            let joins = matches!(word, "," | "and")
                && first < start
                && is_describing(self.document.before(first - 1, 1));
            if !is_describing(word) && !joins {
                break;
            }
            first -= 1;
        }
        first
    }

    /// A description that starts at `at`: an optional `a`, degree words, describing words, and the noun
    /// that they describe: `very tall and thin`, `a little bright-eyed terrier`.
    fn described(&self, at: usize) -> Option<Range<usize>> {
        let document = self.document;
        let mut from = at;
        let article = matches!(document.word(from), "a" | "an");
        from += usize::from(article);
        let mut end = from;
        let mut last_describing = None;
        while end < from + 2 * MOST_MODIFIERS && document.same_sentence(at.saturating_sub(1), end) {
            let word = document.word(end);
            let degree = matches!(word, "very" | "quite" | "rather" | "so" | "and" | ",");
            if is_describing(word) {
                last_describing = Some(end);
            } else if !degree {
                break;
            }
            end += 1;
        }
        let last = last_describing?;
        let noun = last + 1;
        let is_noun = article
            && document.same_sentence(at.saturating_sub(1), noun)
            && document.tokens.get(noun).is_some_and(|t| t.kind == Kind::Word)
            && (beings().has(document.word(noun))
                || things().has(document.word(noun))
                || settings().has(document.word(noun)));
        if article && !is_noun || !article && !self.stands_alone(noun) || self.is_denied(at) {
            return None;
        }
        let start = (from..=last).find(|i| is_describing(document.word(*i)))?;
        let kind_is_manner =
            (start..=last).all(|i| looks().label(document.word(i)) == Some("manner"));
        (!kind_is_manner).then_some(start..if is_noun { noun + 1 } else { last + 1 })
    }

    /// Whether a description without a noun ends before `at`: `was tall and thin.`, not `was old friends`.
    fn stands_alone(&self, at: usize) -> bool {
        self.document.tokens.get(at).is_none_or(|token| token.kind != Kind::Word)
            || matches!(self.document.word(at), "and" | "with" | "but" | "as" | "in")
    }

    /// What is seen of a place or thing: the rest of the clause, where it names something visible.
    fn scene(&self, from: usize, sentence: &Sentence) -> Option<Range<usize>> {
        const MOST_WORDS: usize = 18;
        let document = self.document;
        let end = (from..sentence.tokens.end).find(|i| {
            matches!(document.word(*i), ";" | ":" | "—" | "--" | ".")
                || matches!(document.tokens[*i].kind, Kind::Stop | Kind::Quote)
        })?;
        let clause = from..end;
        let seen = clause.clone().filter(|i| {
            let word = document.word(*i);
            things().label_at(document, *i).is_some()
                || settings().label_at(document, *i).is_some()
                || is_describing(word)
        });
        let start = document.word(if matches!(document.word(from), "stood" | "lay" | "rose") {
            from + 1
        } else {
            from
        });
        let placed = matches!(
            start,
            "in" | "on"
                | "at"
                | "among"
                | "amid"
                | "upon"
                | "beside"
                | "near"
                | "built"
                | "full"
                | "surrounded"
                | "covered"
                | "like"
                | "above"
                | "below"
                | "over"
                | "under"
                | "by"
                | "to"
                | "before"
                | "the"
        ) || is_telling_start(document, from);
        let ordinary = placed
            && !clause.clone().any(|i| matches!(document.word(i), "i" | "not" | "you" | "’t"));
        (clause.len() <= MOST_WORDS && seen.count() >= 2 && ordinary && !self.is_denied(from))
            .then_some(clause)
    }

    fn owner_name(&self, mention: usize) -> OwnerName {
        let mention = self.mentions[mention];
        OwnerName { name: mention.name.clone(), common: mention.common }
    }

    fn push(&mut self, owner: &Owner, aspect: Aspect, phrase: Range<usize>, sentence: &Sentence) {
        let document = self.document;
        let whole = &document.text[sentence.bytes.clone()];
        let (offset, quote) = if whole.len() <= LONGEST_QUOTE {
            (sentence.bytes.start, whole)
        } else {
            (document.tokens[phrase.start].start, document.slice(phrase.clone()))
        };
        let aspect = match aspect {
            Aspect::Form => form_aspect(document, &phrase),
            aspect => aspect,
        };
        self.found.push(Sighting {
            owners: owner.mentions.iter().map(|i| self.owner_name(*i)).collect(),
            pronoun: owner.pronoun.clone(),
            aspect,
            text: document.slice(phrase).split_whitespace().collect::<Vec<_>>().join(" "),
            offset,
            quote: quote.to_owned(),
        });
    }
}

/// Marks inside a description: `long, dark and wet`.
fn joins_description(document: &Document<'_>, at: usize) -> bool {
    document.word(at) == "," && is_describing(document.after(at, 1))
}

/// A description starts with a describing word, an article, or a word of degree.
fn is_telling_start(document: &Document<'_>, at: usize) -> bool {
    let word = document.word(at);
    is_describing(word)
        || matches!(
            word,
            "a" | "an" | "very" | "quite" | "rather" | "of" | "covered" | "full" | "made"
        )
}

/// A description without a noun is about build or age.
fn form_aspect(document: &Document<'_>, phrase: &Range<usize>) -> Aspect {
    let last = document.word(phrase.end - 1);
    match looks().label(last) {
        Some("age") if !beings().has(last) => Aspect::Age,
        Some("size") => Aspect::Build,
        _ => Aspect::Form,
    }
}

/// Whether the word describes looks, and nothing but looks: `little` and `tall`, not `sword`.
pub(super) fn is_describing(word: &str) -> bool {
    looks().label(word).is_some_and(|label| {
        matches!(label, "size" | "age" | "colour" | "shape" | "wear" | "beauty" | "manner")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{actors, names};

    fn said_of(text: &str) -> Vec<(String, String)> {
        let document = Document::new(text);
        let (names, actors) = (names::mentions(&document), actors::mentions(&document));
        let mut all: Vec<&Mention> = names.iter().chain(&actors).collect();
        all.sort_by_key(|mention| mention.tokens.start);
        sightings(&document, &all).into_iter().map(|s| (s.owners[0].name.clone(), s.text)).collect()
    }

    fn check(text: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        assert_eq!(said_of(text), expected, "{text}");
    }

    #[test]
    fn hair_and_eyes_belong_to_their_owner() {
        check(
            "Then Ruth came. Her long dark hair was wet. Tom’s blue eyes shone.",
            &[("Ruth", "long dark hair"), ("Tom", "blue eyes")],
        );
        check(
            "There stood Silas, with a long white beard and small grey eyes.",
            &[("Silas", "long white beard"), ("Silas", "small grey eyes")],
        );
    }

    #[test]
    fn clothes_are_what_is_worn() {
        check("We met Hannah. She wore a faded green dress.", &[("Hannah", "faded green dress")]);
        check("And Peter, dressed in a ragged coat, ran.", &[("Peter", "ragged coat")]);
    }

    #[test]
    fn a_copula_or_apposition_describes() {
        check("There Martha was a tall, thin woman.", &[("Martha", "tall, thin woman")]);
        check(
            "He saw Bob, a small ragged boy, there.",
            &[("Bob", "small ragged boy"), ("the ragged boy", "small ragged boy")],
        );
        check("A pale young curate came in.", &[("the curate", "pale young curate")]);
    }

    #[test]
    fn what_is_denied_or_only_compared_is_not_said() {
        check("Then Ruth came. She had no white hair.", &[]);
        check("Then Ruth came. He moved like a man with a wooden leg.", &[]);
    }

    #[test]
    fn speech_describes_nobody() {
        check("“Ruth has long dark hair,” said Tom.", &[]);
    }
}
