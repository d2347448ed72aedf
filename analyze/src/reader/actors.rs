//! Common nouns that act as persons: `the curate`, `the old man`, `my brother`, `the monster`.

use std::collections::BTreeSet;
use std::ops::Range;

use super::lexicon::{beings, grammar, looks, words};
use super::names::Mention;
use super::text::{Document, Kind};

/// At most so many words stand between the determiner and the noun.
const MOST_MODIFIERS: usize = 3;

/// Every common noun that may be a person or being of the story, in reading order. `the` and `a` share
/// a key, so that the sentence that introduces `a curate` counts for `the curate`.
pub(super) fn mentions(document: &Document<'_>) -> Vec<Mention> {
    let speaking = speaking_nouns(document);
    let mut found = Vec::new();
    for at in 0..document.tokens.len() {
        let token = &document.tokens[at];
        if token.kind != Kind::Word || token.capital {
            continue;
        }
        let word = document.word(at);
        let label = beings().label_at(document, at).filter(|_| beings().has(word));
        let (label, length) = match label {
            Some(found) => found,
            None if speaking.contains(word) => ("person-any", 1),
            None => continue,
        };
        if let Some(mention) = mention(document, at, label, length) {
            found.push(mention);
        }
    }
    found
}

/// Nouns of this text that are said to speak: `said the tin man`, `the stranger replied`.
fn speaking_nouns(document: &Document<'_>) -> BTreeSet<String> {
    let mut nouns = BTreeSet::new();
    for at in 0..document.tokens.len() {
        if document.word(at) != "the" || document.tokens[at].spoken {
            continue;
        }
        let Some(noun) = noun_after(document, at) else { continue };
        let says = |word: &str| words().is(word, "speech") && word != "began" && word != "thought";
        let before = says(document.before(at, 1)) && ends_phrase(document, noun + 1);
        let after = says(document.after(noun, 1)) && closes_speech(document, at);
        if before || after {
            nouns.insert(document.word(noun).to_owned());
        }
    }
    nouns
}

/// The noun of the phrase that starts with the determiner at `at`: the last of a run of small words
/// that are no function words.
fn noun_after(document: &Document<'_>, at: usize) -> Option<usize> {
    let run = (at + 1..at + 2 + MOST_MODIFIERS).take_while(|i| {
        document.same_sentence(at, *i)
            && document.tokens[*i].kind == Kind::Word
            && !document.tokens[*i].capital
            && !words().is(document.word(*i), "function")
            && !words().is(document.word(*i), "speech")
    });
    let noun = run.last()?;
    let word = document.word(noun);
    let thing = looks().has(word) || super::lexicon::things().has(word);
    (!word.ends_with("ly") && word.len() > 2 && !thing).then_some(noun)
}

fn ends_phrase(document: &Document<'_>, at: usize) -> bool {
    document.tokens.get(at).is_none_or(|token| token.kind != Kind::Word)
}

/// Whether a speech has just been closed before `at`.
fn closes_speech(document: &Document<'_>, at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| document.tokens[before].kind == Kind::Quote)
}

/// The mention that ends with the noun at `at`, if a determiner makes it a certain one.
fn mention(document: &Document<'_>, at: usize, label: &str, length: usize) -> Option<Mention> {
    let (determiner, modifiers) = determined(document, at)?;
    let noun = document.slice(at..at + length).to_lowercase();
    let own = matches!(document.word(determiner), "my" | "our");
    let name = match label {
        _ if label.starts_with("kin") => {
            // The narrator's brother is one person; `the brother`, `his brother` may be anybody's.
            let narrated = !document.tokens[at].spoken && document.word(determiner) == "my";
            let many =
                matches!(noun.as_str(), "friend" | "companion" | "neighbour" | "guest" | "host");
            (narrated && !many).then(|| format!("my {noun}"))?
        }
        _ if label.starts_with("bland") => {
            let modifier = document.word(at.checked_sub(1)?);
            let told = super::phrase::is_describing(modifier) || is_descriptive(modifier);
            let vague =
                matches!(noun.as_str(), "thing" | "other" | "others" | "one" | "body" | "party");
            (modifiers > 0 && told && !own && !vague).then(|| format!("the {modifier} {noun}"))?
        }
        "group" => return None,
        // `the poor creature` may be anybody; `the creature` is one that has no other name.
        _ if noun == "creature" && (modifiers > 0 || document.word(determiner) != "the") => {
            return None;
        }
        _ if own => return None,
        _ => format!("the {noun}"),
    };
    let start = if label.starts_with("bland") { at - 1 } else { at };
    Some(Mention { tokens: start..at + length, name, initial: false, common: true })
}

/// The determiner before the noun phrase that ends at `at`, and how many words lie between.
fn determined(document: &Document<'_>, at: usize) -> Option<(usize, usize)> {
    let Range { start, .. } = at.saturating_sub(MOST_MODIFIERS + 1)..at;
    for index in (start..at).rev() {
        if !document.same_sentence(index, at) || document.tokens[index].kind != Kind::Word {
            return None;
        }
        match document.word(index) {
            "the" | "a" | "an" | "this" | "that" | "my" | "our" => {
                return Some((index, at - index - 1));
            }
            word if words().is(word, "function") && word != "little" => return None,
            _ => {}
        }
    }
    None
}

fn is_descriptive(word: &str) -> bool {
    grammar().is(word, "describing-person")
        || word.ends_with("-haired")
        || word.ends_with("-faced")
        || word.ends_with("-eyed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actors(text: &str) -> Vec<String> {
        mentions(&Document::new(text)).into_iter().map(|mention| mention.name).collect()
    }

    #[test]
    fn a_certain_noun_is_a_person_and_a_bland_one_needs_a_word_before_it() {
        assert_eq!(
            actors("A pale curate came. The curate saw the man and the old man, and my brother."),
            ["the curate", "the curate", "the old man", "my brother"]
        );
    }

    #[test]
    fn who_speaks_is_a_person_whatever_the_noun() {
        assert_eq!(
            actors("“Go!” said the lumberjack. The lumberjack left the axe."),
            ["the lumberjack", "the lumberjack"]
        );
    }
}
