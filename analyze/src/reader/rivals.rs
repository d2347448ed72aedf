//! Persons without a name: `the lady`, `a soldier`, `his wife`. A pronoun after one of them may be theirs,
//! so that nothing said by it is told of anybody else.

use book::element::Gender;

use super::lexicon::beings;
use super::names::Mention;
use super::text::{Document, Kind};

/// Somebody who has no name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rival {
    /// The token of the noun.
    pub at: usize,
    /// `None` where the noun does not tell.
    gender: Option<Gender>,
}

impl Rival {
    /// Whether the pronoun may stand for it.
    pub fn may_be(&self, pronoun: &str) -> bool {
        match pronoun {
            "he" | "his" | "him" => self.gender != Some(Gender::Female),
            "she" | "her" => self.gender != Some(Gender::Male),
            _ => false,
        }
    }
}

/// Every narrated person without a name outside `mentions` (sorted by place), in reading order.
pub(super) fn rivals(document: &Document<'_>, mentions: &[&Mention]) -> Vec<Rival> {
    let rival = |at: usize| {
        let token = &document.tokens[at];
        if token.spoken || token.kind != Kind::Word || token.capital {
            return None;
        }
        let (class, gender) = beings().label(document.word(at))?.split_once('-')?;
        let person = matches!(class, "person" | "kin" | "bland" | "role");
        let vague = beings().is(document.word(at), "vague");
        let after = mentions.partition_point(|mention| mention.tokens.end <= at);
        let known = mentions.get(after).is_some_and(|mention| mention.tokens.contains(&at));
        // `This professor`: who has just been named.
        let known = known || document.before(at, 1) == "this";
        if !person || vague || known || is_predicate(document, at) || is_likeness(document, at) {
            return None;
        }
        let gender = match gender {
            "male" => Some(Gender::Male),
            "female" => Some(Gender::Female),
            _ => None,
        };
        Some(Rival { at, gender })
    };
    (0..document.tokens.len()).filter_map(rival).collect()
}

/// Describing words between the article and the noun.
const MOST_MODIFIERS: usize = 5;

/// `was a thin man`, `, a tall woman,`: who is meant has been named already. Not `it was a lady`.
pub(super) fn is_predicate(document: &Document<'_>, at: usize) -> bool {
    let Some(back) = article_before(document, at) else { return false };
    let presented = matches!(document.before(at, back + 2), "it" | "there" | "this" | "that");
    match document.before(at, back + 1) {
        "was" | "is" | "were" | "be" | "been" | "became" => !presented,
        "," => true,
        _ => false,
    }
}

/// `like a boy`, `the hand of a giant`: nobody who is there.
fn is_likeness(document: &Document<'_>, at: usize) -> bool {
    article_before(document, at)
        .is_some_and(|back| matches!(document.before(at, back + 1), "like" | "as" | "of" | "such"))
}

/// How far before the noun at `at` its indefinite article stands.
fn article_before(document: &Document<'_>, at: usize) -> Option<usize> {
    (1..=MOST_MODIFIERS).find(|back| matches!(document.before(at, *back), "a" | "an"))
}
