//! What the words around a name say of what it names.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::lexicon::{grammar, things, verbs, words};
use super::names::Mention;
use super::text::{Document, Kind};

/// Counts over the mentions of one name in one chapter, or in the whole book.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Evidence {
    /// Mentions whose capital is not owed to their position.
    #[serde(skip_serializing_if = "is_zero")]
    pub firm: u32,
    /// Mentions at the start of a sentence, speech or line.
    #[serde(skip_serializing_if = "is_zero")]
    pub initial: u32,
    /// With `the` before it.
    #[serde(skip_serializing_if = "is_zero")]
    pub the: u32,
    /// With `a`, `this`, `some`, a number … before it.
    #[serde(skip_serializing_if = "is_zero")]
    pub indefinite: u32,
    /// Says something.
    #[serde(skip_serializing_if = "is_zero")]
    pub speaks: u32,
    /// Does something.
    #[serde(skip_serializing_if = "is_zero")]
    pub acts: u32,
    /// Is spoken to.
    #[serde(skip_serializing_if = "is_zero")]
    pub addressed: u32,
    /// Named inside a speech.
    #[serde(skip_serializing_if = "is_zero")]
    pub spoken: u32,
    /// Has something: `Alice’s`.
    #[serde(skip_serializing_if = "is_zero")]
    pub owns: u32,
    /// With `in`, `at`, `near` before it.
    #[serde(skip_serializing_if = "is_zero")]
    pub inside: u32,
    /// With `to`, `from`, `through`, `towards` before it.
    #[serde(skip_serializing_if = "is_zero")]
    pub toward: u32,
    /// With `aboard`, `deck of`, or in a row of ships' words.
    #[serde(skip_serializing_if = "is_zero")]
    pub aboard: u32,
    /// The pronoun that follows it next.
    #[serde(skip_serializing_if = "is_zero")]
    pub he: u32,
    #[serde(skip_serializing_if = "is_zero")]
    pub she: u32,
    #[serde(skip_serializing_if = "is_zero")]
    pub it: u32,
    #[serde(skip_serializing_if = "is_zero")]
    pub they: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Evidence {
    /// How often it is named.
    pub fn mentions(&self) -> u32 {
        self.firm.saturating_add(self.initial)
    }

    /// Adds what another text says.
    pub fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.firm, other.firm),
            (&mut self.initial, other.initial),
            (&mut self.the, other.the),
            (&mut self.indefinite, other.indefinite),
            (&mut self.speaks, other.speaks),
            (&mut self.acts, other.acts),
            (&mut self.addressed, other.addressed),
            (&mut self.spoken, other.spoken),
            (&mut self.owns, other.owns),
            (&mut self.inside, other.inside),
            (&mut self.toward, other.toward),
            (&mut self.aboard, other.aboard),
            (&mut self.he, other.he),
            (&mut self.she, other.she),
            (&mut self.it, other.it),
            (&mut self.they, other.they),
        ];
        for (count, more) in pairs {
            *count = count.saturating_add(more);
        }
    }

    /// Counts one mention.
    pub fn observe(&mut self, document: &Document<'_>, mention: &Mention) {
        let (first, last) = (mention.tokens.start, mention.tokens.end - 1);
        if mention.initial {
            self.initial += 1;
        } else {
            self.firm += 1;
        }
        self.spoken += u32::from(document.tokens[first].spoken);
        self.observe_before(document, first);
        self.observe_after(document, first, last);
    }

    fn observe_before(&mut self, document: &Document<'_>, first: usize) {
        let before = document.before(first, 1);
        let determined = matches!(before, "the" | "a" | "an" | "this" | "that");
        match before {
            "the" => self.the += 1,
            "a" | "an" | "this" | "that" | "some" | "any" | "every" | "another" | "no" | "two"
            | "three" | "these" | "those" | "many" | "each" => self.indefinite += 1,
            _ => {}
        }
        let preposition = document.before(first, if determined { 2 } else { 1 });
        match preposition {
            "in" | "at" | "near" | "into" | "within" | "outside" | "throughout" | "across" => {
                self.inside += 1;
            }
            "to" | "from" | "through" | "toward" | "towards" | "beyond" | "via" | "round"
            | "leave" | "left" | "reached" | "leaving" | "reach" | "entered" | "visit" => {
                self.toward += 1;
            }
            "aboard" => self.aboard += 1,
            "of" if matches!(
                document.before(first, if determined { 3 } else { 2 }),
                "landlord" | "landlady" | "innkeeper" | "host" | "sign"
            ) =>
            {
                self.inside += 1;
            }
            "," if things().is(document.before(first, 2), "vessel") => self.aboard += 1,
            vessel if things().is(vessel, "vessel") => self.aboard += 1,
            "of" if matches!(
                document.before(first, if determined { 3 } else { 2 }),
                "deck" | "captain" | "crew" | "board" | "hull" | "wreck" | "mate" | "sailing"
            ) =>
            {
                self.aboard += 1;
            }
            _ => {}
        }
        let says = words().is(preposition, "speech");
        let quote = document.tokens[..first].iter().rev().take(3).any(|t| t.kind == Kind::Quote);
        self.speaks += u32::from(says && quote);
    }

    fn observe_after(&mut self, document: &Document<'_>, first: usize, last: usize) {
        if document.is_possessive(last + 1) {
            self.owns += 1;
            return;
        }
        let mut next = last + 1;
        while document.word(next).ends_with("ly") && document.same_sentence(last, next) {
            next += 1;
        }
        let word = document.after(last, next - last);
        let spoken = document.tokens[first].spoken;
        let after_quote = first > 0 && document.tokens[first - 1].kind == Kind::Quote;
        if words().is(word, "speech") {
            self.speaks += u32::from(after_quote || !spoken && precedes_speech(document, next));
            self.acts += 1;
        } else if is_deed(word) {
            self.acts += 1;
        }
        let set_off_before =
            matches!(document.before(first, 1), "," | "“" | "‘" | "\"" | "oh" | "o");
        let set_off_after = matches!(word, "," | "!" | "?" | "." | "—" | "?!" | "!!");
        let before_comma = matches!(document.before(first, 1), ",");
        self.addressed +=
            u32::from(spoken && set_off_before && set_off_after && (before_comma || word != "."));
    }

    /// Counts the pronoun that stands for a name after it.
    pub fn observe_pronoun(&mut self, pronoun: &str) {
        match pronoun {
            "he" | "him" | "his" | "himself" => self.he += 1,
            "she" | "her" | "hers" | "herself" => self.she += 1,
            "it" | "its" | "itself" => self.it += 1,
            "they" | "them" | "their" | "themselves" => self.they += 1,
            _ => {}
        }
    }
}

/// Whether a mention may be what its sentence is about: not after a preposition or a verb other than
/// one of speech, no owner (`Tom’s hat`), not what something is compared with.
pub(super) fn is_subject(document: &Document<'_>, mention: &Range<usize>) -> bool {
    let start = mention.start;
    let article =
        matches!(document.before(start, 1), "the" | "a" | "an" | "my" | "old" | "poor" | "little");
    let before = document.before(start, if article { 2 } else { 1 });
    let role = grammar().is(before, "no-subject");
    let object =
        is_deed(before) && !words().is(before, "speech") && !matches!(before, "was" | "were");
    !role && !object && !document.is_possessive(mention.end)
}

/// Whether the word is a verb in the past: something is done.
pub(super) fn is_deed(word: &str) -> bool {
    ["move", "act", "look", "show", "mind"].iter().any(|label| is_verb(word, label))
        || word.len() > 4 && word.ends_with("ed") && !word.ends_with("eed")
}

/// Whether the word is a form of a verb with the label: as listed, or regularly made of a listed stem.
pub(super) fn is_verb(word: &str, label: &str) -> bool {
    if word.len() < 2 || !word.is_ascii() {
        return false;
    }
    if verbs().is(word, label) {
        return true;
    }
    let stems = |stem: &str| {
        verbs().is(stem, label)
            || verbs().is(&format!("{stem}e"), label)
            || stem.strip_suffix('i').is_some_and(|s| verbs().is(&format!("{s}y"), label))
            || doubled(stem).is_some_and(|s| verbs().is(s, label))
    };
    ["ed", "ing", "es", "s"]
        .iter()
        .filter_map(|end| word.strip_suffix(end))
        .any(|stem| stem.len() > 1 && stems(stem))
}

/// `stopp` comes from `stop`.
fn doubled(stem: &str) -> Option<&str> {
    let mut ends = stem.bytes().rev();
    let (last, before) = (ends.next()?, ends.next()?);
    (last == before).then(|| &stem[..stem.len() - 1])
}

/// Whether a speech begins within a few tokens after the verb of speech at `at`.
fn precedes_speech(document: &Document<'_>, at: usize) -> bool {
    (at + 1..at + 8)
        .take_while(|i| document.same_sentence(at, *i))
        .any(|i| document.tokens[i].kind == Kind::Quote)
        || document.tokens[at].spoken
        || document.tokens[..at].iter().rev().take(6).any(|t| t.kind == Kind::Quote)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::names;

    fn evidence(text: &str, name: &str) -> Evidence {
        let document = Document::new(text);
        let mut evidence = Evidence::default();
        for mention in names::mentions(&document) {
            if mention.name == name {
                evidence.observe(&document, &mention);
            }
        }
        evidence
    }

    #[test]
    fn who_speaks_acts_owns_and_is_spoken_to_is_seen() {
        let said = evidence("“Come, Tom, be quick,” said Huck. Then Huck’s boat moved.", "Huck");
        assert_eq!((said.speaks, said.owns, said.firm), (1, 1, 2));
        let called = evidence("“Come, Tom, be quick,” said Huck. So Tom ran.", "Tom");
        assert_eq!((called.addressed, called.acts), (1, 1));
    }

    #[test]
    fn a_place_is_gone_to_and_been_in() {
        let place = evidence("They lived in Woking and walked to Woking.", "Woking");
        assert_eq!((place.inside, place.toward), (1, 1));
    }

    #[test]
    fn forms_of_a_verb_are_found_from_its_stem() {
        for form in ["climbed", "climbing", "hurried", "hurries", "skipped", "danced", "ran"] {
            assert!(is_verb(form, "move"), "{form}");
        }
        assert!(!is_verb("red", "move") && !is_verb("bed", "move"));
    }
}
