//! What a text says of looks: noun phrases with their owner. Nothing is made up: a sighting's text is a
//! slice of its sentence, and only narration counts.

use std::ops::Range;

use book::element::Aspect;

use super::evidence::is_subject;
use super::kinds::{Head, head_of};
use super::measures::measure;
use super::names::Mention;
use super::owner::Owner;
use super::phrase;
use super::rivals::{Rival, is_predicate, rivals};
use super::sighting::{OwnerName, Sighting};
use super::text::{Document, Kind, Sentence};
use super::views::views;

/// At most so many are kept of one chapter.
const MOST_SIGHTINGS: usize = 400;
/// A longer sentence is cut to the words that matter.
const LONGEST_QUOTE: usize = 300;

/// Everything said of the looks of those in `mentions` (sorted by place), then of the things in `props`.
pub(super) fn all(
    document: &Document<'_>,
    mentions: &[&Mention],
    props: &[Mention],
) -> Vec<Sighting> {
    let mut found = sightings(document, mentions);
    found.extend(seen_of_places(document, mentions));
    let props: Vec<&Mention> = props.iter().collect();
    let mut reading = Reading { found, ..Reading::new(document, &props, &[]) };
    for (index, prop) in props.iter().enumerate() {
        let sentence = &document.sentences[document.tokens[prop.tokens.start].sentence as usize];
        if !sentence.heading {
            reading.of_mention(index, sentence);
        }
    }
    found = reading.found;
    found.truncate(2 * MOST_SIGHTINGS);
    found
}

/// Everything said of the looks of `mentions` (sorted by place), in reading order.
fn sightings(document: &Document<'_>, mentions: &[&Mention]) -> Vec<Sighting> {
    let rivals = rivals(document, mentions);
    let mut reading = Reading::new(document, mentions, &rivals);
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

/// What is seen of the places in `mentions`, in reading order.
fn seen_of_places(document: &Document<'_>, mentions: &[&Mention]) -> Vec<Sighting> {
    let reading = Reading::new(document, mentions, &[]);
    let mut found = Vec::new();
    for (index, mention) in mentions.iter().enumerate() {
        let next = mentions.get(index + 1).map_or(usize::MAX, |next| next.tokens.start);
        for (number, phrase) in views(document, mention, next) {
            let owner = Owner { mentions: vec![index], pronoun: None };
            let sentence = &document.sentences[number];
            found.push(reading.sighting(&owner, Aspect::Sight, phrase, sentence));
        }
        if found.len() >= MOST_SIGHTINGS {
            break;
        }
    }
    found
}

/// The state of reading on from sentence to sentence.
pub(super) struct Reading<'a, 'd> {
    pub document: &'a Document<'d>,
    pub mentions: &'a [&'a Mention],
    /// Persons without a name.
    pub rivals: &'a [Rival],
    found: Vec<Sighting>,
    /// Whose looks were told last, and in which sentence.
    last: Option<(usize, Owner)>,
}

impl<'a, 'd> Reading<'a, 'd> {
    fn new(document: &'a Document<'d>, mentions: &'a [&'a Mention], rivals: &'a [Rival]) -> Self {
        Self { document, mentions, rivals, found: Vec::new(), last: None }
    }
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
            let phrase = phrase::noun_phrase(self.document, at);
            let aspect = phrase
                .as_ref()
                .map(|(_, aspect)| *aspect)
                .or_else(|| phrase::part(self.document, at));
            let start = phrase.as_ref().map_or(at, |(phrase, _)| phrase.start);
            let whole = phrase::part_is(self.document, at)
                .filter(|_| phrase::begins_clause(self.document, start));
            if let (Some(aspect), Some(whole)) = (aspect, whole) {
                let owner = if self.document.word(start.saturating_sub(1)) == "the" {
                    self.goes_on(number, start, &mentions)
                } else {
                    self.owner(number, &(start..at + 1), aspect, &mentions)
                };
                if let Some(owner) = owner {
                    self.push(&owner, aspect, start..whole.end, sentence);
                    self.last = Some((number, owner));
                }
                continue;
            }
            self.in_numbers(number, at, sentence, &mentions);
            self.dressed_in(number, at, sentence, &mentions);
            if let Some((phrase, aspect)) = phrase {
                let owner = match &last {
                    // `a long beard and small eyes`
                    Some((end, owner)) if self.is_joined(*end, phrase.start) => Some(owner.clone()),
                    _ => self.owner(number, &phrase, aspect, &mentions),
                };
                if let Some(owner) = owner {
                    last = Some((phrase.end, owner.clone()));
                    self.push(&owner, aspect, phrase, sentence);
                    self.last = Some((number, owner));
                }
            }
        }
        for index in mentions.clone() {
            self.of_mention(index, sentence);
        }
        for first in sentence.tokens.clone() {
            self.copula_of_pronoun(number, first, sentence, &mentions);
        }
    }

    /// `The eyes were large`, right after a sentence about somebody's looks: still about the same, unless
    /// another is named in between.
    pub(super) fn goes_on(
        &self,
        number: usize,
        start: usize,
        mentions: &Range<usize>,
    ) -> Option<Owner> {
        let (told, owner) = self.last.as_ref()?;
        let sentences = &self.document.sentences;
        let same = sentences[*told].paragraph == sentences[number].paragraph && number - told <= 2;
        let other = mentions.clone().any(|i| self.mentions[i].tokens.start < start)
            || self
                .rivals
                .iter()
                .any(|rival| sentences[*told].tokens.end <= rival.at && rival.at < start);
        (same && !other).then(|| owner.clone())
    }

    /// `about fifty years of age`, `six feet high`
    fn in_numbers(
        &mut self,
        number: usize,
        at: usize,
        sentence: &Sentence,
        mentions: &Range<usize>,
    ) {
        let Some((phrase, aspect)) = measure(self.document, at) else { return };
        let of_rival = self.rivals.iter().any(|rival| phrase.contains(&rival.at));
        let owner = self.subject_before(number, phrase.start, mentions).filter(|_| !of_rival);
        if let Some(owner) = owner {
            self.push(&owner, aspect, phrase, sentence);
        }
    }

    /// `dressed all in blue`, `clad in black from head to foot`
    fn dressed_in(
        &mut self,
        number: usize,
        at: usize,
        sentence: &Sentence,
        mentions: &Range<usize>,
    ) {
        let Some(phrase) = phrase::dressed(self.document, at) else { return };
        if let Some(owner) = self.subject_before(number, at, mentions) {
            self.push(&owner, Aspect::Clothes, phrase, sentence);
        }
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

    /// What is said right before or after a mention: `a tall thin man`, `the castle stood on a rock`.
    fn of_mention(&mut self, index: usize, sentence: &Sentence) {
        let mention = self.mentions[index];
        let document = self.document;
        let (start, end) = (mention.tokens.start, mention.tokens.end);
        if document.tokens[start].spoken {
            return;
        }
        let owner = Owner { mentions: vec![index], pronoun: None };
        let first = phrase::modifiers_before(self.document, start);
        // `he was a little black dog`: told of him. `a man on a black horse`: of any horse.
        let other = mention.common
            && (is_predicate(document, end - 1)
                || matches!(document.before(first, 1), "a" | "an")
                    && matches!(document.before(first, 2), "on" | "upon" | "by" | "with" | "like")
                    && head_of(document.word(end - 1)) == Head::Animal);
        if first < start && !other {
            self.push(&owner, Aspect::Form, first..end, sentence);
        }
        // `a tall thin lady, Mrs. Pike`, `an old man named Joe`
        if let Some(phrase) = phrase::presented(document, start).filter(|_| !mention.common) {
            self.push(&owner, Aspect::Form, phrase, sentence);
        }
        // `Bob, a small thin boy,`; `Mr. Utterson was a lean man`; `the castle stood on a rock`
        let form = |phrase| (Aspect::Form, phrase);
        let sight = |phrase| (Aspect::Sight, phrase);
        let subject = is_subject(document, &mention.tokens);
        let told = match document.after(end - 1, 1) {
            "," if document.after(end, 1) == "who"
                && matches!(document.after(end, 2), "was" | "is") =>
            {
                phrase::described(self.document, end + 3).map(form)
            }
            "," => phrase::described(self.document, end + 1)
                .filter(|phrase| {
                    let article = matches!(document.after(end, 1), "a" | "an");
                    article || phrase.len() > 1 && document.word(phrase.end) == ","
                })
                .map(form),
            "was" | "were" | "is" if subject => phrase::described(self.document, end + 1)
                .or_else(|| phrase::made_of(self.document, end + 1))
                .map(form)
                .or_else(|| phrase::scene(self.document, end + 1, sentence).map(sight)),
            "stood" | "lay" | "rose" | "looked" | "seemed" if subject => {
                phrase::scene(self.document, end, sentence).map(sight)
            }
            _ => None,
        };
        if let Some((aspect, phrase)) = told {
            self.push(&owner, aspect, phrase, sentence);
        }
    }

    /// `She was a tall woman`: the same for a pronoun that begins a clause.
    fn copula_of_pronoun(
        &mut self,
        number: usize,
        first: usize,
        sentence: &Sentence,
        mentions: &Range<usize>,
    ) {
        let pronoun = self.document.word(first);
        let spoken = self.document.tokens[first].spoken;
        let begins = first == sentence.tokens.start
            || matches!(self.document.before(first, 1), ";" | ":" | "and" | "but" | "for" | "that");
        if spoken
            || !begins
            || !matches!(self.document.after(first, 1), "was" | "were" | "is" | "are")
        {
            return;
        }
        let phrase = phrase::described(self.document, first + 2);
        let phrase = phrase.or_else(|| phrase::made_of(self.document, first + 2));
        let owner = self.stands_for(number, pronoun, first, mentions);
        if let (Some(owner), Some(phrase)) = (owner, phrase) {
            self.push(&owner, Aspect::Form, phrase, sentence);
        }
    }

    /// The name of an owner of something told in `sentence`.
    fn owner_name(&self, mention: usize, sentence: &Sentence) -> OwnerName {
        let document = self.document;
        let mention = self.mentions[mention];
        let named = document.tokens[mention.tokens.start].sentence as usize;
        let here = document.sentences[named].paragraph == sentence.paragraph;
        let told = document.tokens[sentence.tokens.start].sentence as usize;
        let subject = is_subject(document, &mention.tokens);
        let near = here && told == named + 1 && subject;
        let subject = subject || document.is_possessive(mention.tokens.end);
        OwnerName { name: mention.name.clone(), common: mention.common, near, subject, here }
    }

    fn push(&mut self, owner: &Owner, aspect: Aspect, phrase: Range<usize>, sentence: &Sentence) {
        if phrase::shows(self.document, &phrase, aspect) {
            self.found.push(self.sighting(owner, aspect, phrase, sentence));
        }
    }

    fn sighting(
        &self,
        owner: &Owner,
        aspect: Aspect,
        phrase: Range<usize>,
        sentence: &Sentence,
    ) -> Sighting {
        let document = self.document;
        let whole = &document.text[sentence.bytes.clone()];
        let (offset, quote) = if whole.len() <= LONGEST_QUOTE {
            (sentence.bytes.start, whole)
        } else {
            (document.tokens[phrase.start].start, document.slice(phrase.clone()))
        };
        let aspect = match aspect {
            Aspect::Form => phrase::form_aspect(document, &phrase),
            aspect => aspect,
        };
        Sighting {
            owners: owner.mentions.iter().map(|i| self.owner_name(*i, sentence)).collect(),
            pronoun: owner.pronoun.clone(),
            aspect,
            text: document.slice(phrase).split_whitespace().collect::<Vec<_>>().join(" "),
            offset,
            quote: quote.to_owned(),
        }
    }
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
        check("He saw Bob, a small ragged boy, there.", &[("Bob", "small ragged boy")]);
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
