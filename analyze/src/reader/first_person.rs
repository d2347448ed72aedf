//! The first person of a narrator retold in the third: a description names who is seen.
//!
//! **Invariant:** in a sentence every word of the first person is retold, or none: never half of them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::lexicon::{verbs, words};
use super::narrator::NAME;
use super::text::{Document, Kind};

/// What stands for each first-person word among the narrated `tokens` of a sentence, by its token.
/// Empty where a verb would have to change with it: `I am`, `I walk`.
pub(super) fn retold(document: &Document<'_>, tokens: &Range<usize>) -> BTreeMap<usize, String> {
    let narrated =
        |at: &usize| document.tokens[*at].kind == Kind::Word && !document.tokens[*at].spoken;
    let said: Vec<usize> = tokens.clone().filter(narrated).collect();
    // Where others are `they`, the narrator is not `them` as well.
    let others = said.iter().any(|at| {
        matches!(
            document.word(*at),
            "they" | "them" | "their" | "we" | "us" | "our" | "themselves" | "ourselves"
        )
    });
    let mut known = false;
    let mut retold = BTreeMap::new();
    for at in said {
        let again = known && !others;
        let stands = match document.word(at) {
            "i" if document.print(at) == "I" => {
                if !keeps_its_verb(document, at) {
                    return BTreeMap::new();
                }
                NAME.to_owned()
            }
            "me" if again => "them".to_owned(),
            "my" if again => "their".to_owned(),
            "me" => NAME.to_owned(),
            "my" => format!("{NAME}’s"),
            "mine" if !matches!(document.before(at, 1), "a" | "the") => format!("{NAME}’s"),
            "myself" if again => "themself".to_owned(),
            "myself" => NAME.to_owned(),
            "we" if document.tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Clitic) => {
                return BTreeMap::new();
            }
            "we" if known => "they".to_owned(),
            "we" if keeps_its_verb(document, at) || document.word(at + 1) == "were" => {
                format!("{NAME} and the others")
            }
            "we" => return BTreeMap::new(),
            "us" if known => "them".to_owned(),
            "our" if known => "their".to_owned(),
            "us" => format!("{NAME} and the others"),
            "our" | "ours" | "ourselves" if !known => return BTreeMap::new(),
            "ours" => "theirs".to_owned(),
            "ourselves" => "themselves".to_owned(),
            _ => continue,
        };
        known = true;
        retold.insert(at, stands);
    }
    retold
}

/// Whether a sentence has a first person that [`retold`] has to leave as it is.
pub(super) fn stays_in_first_person(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    let own = |at: usize| {
        let word = document.word(at);
        let pronoun =
            document.print(at) == "I" || matches!(word, "me" | "my" | "we" | "us" | "our");
        pronoun && !document.tokens[at].spoken
    };
    tokens.clone().any(own) && retold(document, tokens).is_empty()
}

/// `I ran`, `I had seen`, `was I`, but not `I am`, `I walk`: with a name for `I` the verb must not change.
fn keeps_its_verb(document: &Document<'_>, at: usize) -> bool {
    const HELPING: [&str; 9] =
        ["was", "had", "could", "would", "did", "should", "might", "must", "were"];
    // `the tree I cut`: beyond an adverb or two the verb is found.
    let mut verb = at + 1;
    while verb < at + 4
        && (document.word(verb).ends_with("ly")
            || matches!(
                document.word(verb),
                "then"
                    | "now"
                    | "also"
                    | "never"
                    | "at"
                    | "last"
                    | "once"
                    | "again"
                    | "soon"
                    | "still"
                    | "first"
                    | "too"
                    | "just"
                    | "even"
                    | "thus"
                    | "often"
                    | "always"
                    | "myself"
                    | "alone"
                    | "almost"
            ))
    {
        verb += 1;
    }
    let word = document.after(at, verb - at);
    HELPING[..8].contains(&word)
        || HELPING.contains(&document.before(at, 1))
        || word.len() > 3 && word.ends_with("ed") && (!word.ends_with("eed") || word == "agreed")
        || words().is(word, "speech") && !matches!(word, "say" | "says" | "ask")
        || verbs().is(word, "past")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let document = Document::new(text);
        let retold = retold(&document, &(0..document.tokens.len()));
        let word = |at| retold.get(&at).map_or(document.print(at), String::as_str);
        (0..document.tokens.len()).map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_first_person_is_replaced_throughout_or_not_at_all() {
        assert_eq!(
            told("I threw the letter on the table, and covered my face with my hands."),
            "the narrator threw the letter on the table , and covered their face with their hands ."
        );
        assert_eq!(
            told("He struck me as I ran, and I fell."),
            "He struck the narrator as the narrator ran , and the narrator fell ."
        );
        assert_eq!(told("I ran to my house, but I am old."), "I ran to my house , but I am old .");
        assert_eq!(told("I saw it, and we’re here."), "I saw it , and we ’re here .");
    }

    #[test]
    fn a_present_that_ends_like_a_past_is_none() {
        assert_eq!(told("I scarcely need remind you."), "I scarcely need remind you .");
    }

    #[test]
    fn the_plural_becomes_the_third_person_too() {
        assert_eq!(
            told("We sat down, and she kissed my hands beside our fire."),
            "the narrator and the others sat down , and she kissed the narrator’s hands beside \
             their fire ."
        );
    }
}
