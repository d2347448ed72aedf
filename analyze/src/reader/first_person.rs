//! The first person of a narrator retold in the third: a description names who is seen.
//!
//! **Invariant:** in a sentence every word of the first person is retold, or none: never half of them.

use std::collections::BTreeMap;
use std::ops::Range;

use book::element::{Elements, Gender};

use super::lexicon::{verbs, words};
use super::narrator::{I, NAME};
use super::text::{Document, Kind};

/// Who tells the tale, as a description names him.
pub(super) struct Teller {
    pub name: String,
    /// Subject, object, owner and reflexive of the pronoun that stands for the name once it is known.
    pronouns: Option<[&'static str; 4]>,
}

impl Teller {
    /// The one whom the elements know as `I`.
    pub fn of(elements: &Elements) -> Self {
        let teller = elements.elements.iter().find(|element| element.is_called(I));
        let pronouns = match teller.and_then(|element| element.gender) {
            Some(Gender::Male) => Some(["he", "him", "his", "himself"]),
            Some(Gender::Female) => Some(["she", "her", "her", "herself"]),
            _ => None,
        };
        Self { name: teller.map_or(NAME, |element| element.name.as_str()).to_owned(), pronouns }
    }

    /// What stands for the narrator in a role, by its place in `pronouns`; `again` where he has been named
    /// in the sentence and nobody else can be meant.
    fn stands(&self, role: usize, again: bool) -> String {
        const PLAIN: [&str; 4] = ["", "them", "their", "themself"];
        match (again, self.pronouns, role) {
            (true, Some(own), _) => own[role].to_owned(),
            (true, None, 1..) => PLAIN[role].to_owned(),
            (_, _, 2) => format!("{}’s", self.name),
            _ => self.name.clone(),
        }
    }

    /// Whether the sentence has somebody else whom the same pronoun would name.
    fn has_rival(&self, document: &Document<'_>, said: &[usize]) -> bool {
        let rivals: &[&str] = match self.pronouns {
            Some(["he", ..]) => &["he", "him", "his", "himself"],
            Some(_) => &["she", "her", "hers", "herself"],
            None => &["they", "them", "their", "we", "us", "our", "themselves", "ourselves"],
        };
        said.iter().any(|at| rivals.contains(&document.word(*at)))
    }
}

/// What stands for each first-person word among the narrated `tokens` of a sentence, by its token.
/// Empty where a verb would have to change with it: `I am`, `I walk`.
pub(super) fn retold(
    document: &Document<'_>,
    tokens: &Range<usize>,
    teller: &Teller,
) -> BTreeMap<usize, String> {
    let narrated =
        |at: &usize| document.tokens[*at].kind == Kind::Word && !document.tokens[*at].spoken;
    let said: Vec<usize> = tokens.clone().filter(narrated).collect();
    let rival = teller.has_rival(document, &said);
    let mut known = false;
    let mut retold = BTreeMap::new();
    for at in said {
        let again = known && !rival;
        let stands = match document.word(at) {
            "i" if document.print(at) == "I" => {
                if !keeps_its_verb(document, at) {
                    return BTreeMap::new();
                }
                teller.stands(0, again)
            }
            "me" => teller.stands(1, again),
            "my" => teller.stands(2, again),
            "mine" if !matches!(document.before(at, 1), "a" | "the") => teller.stands(2, false),
            "myself" => teller.stands(3, again),
            "we" if document.tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Clitic) => {
                return BTreeMap::new();
            }
            "we" if known => "they".to_owned(),
            "we" if keeps_its_verb(document, at) || document.word(at + 1) == "were" => {
                format!("{} and the others", teller.name)
            }
            "we" => return BTreeMap::new(),
            "us" if known => "them".to_owned(),
            "our" if known => "their".to_owned(),
            "us" => format!("{} and the others", teller.name),
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
pub(super) fn stays_in_first_person(
    document: &Document<'_>,
    tokens: &Range<usize>,
    teller: &Teller,
) -> bool {
    let own = |at: usize| {
        let word = document.word(at);
        let pronoun =
            document.print(at) == "I" || matches!(word, "me" | "my" | "we" | "us" | "our");
        pronoun && !document.tokens[at].spoken
    };
    tokens.clone().any(own) && retold(document, tokens, teller).is_empty()
}

/// `I ran`, `I had seen`, `was I`, but not `I am`, `I walk`: with a name for `I` the verb must not change.
fn keeps_its_verb(document: &Document<'_>, at: usize) -> bool {
    const HELPING: [&str; 9] =
        ["was", "had", "could", "would", "did", "should", "might", "must", "were"];
    // `the tree I cut`: beyond an adverb or two the verb is found.
    let mut verb = at + 1;
    while verb < at + 4
        && (document.word(verb).ends_with("ly") || words().is(document.word(verb), "adverb"))
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
    use book::element::{Element, ElementType};

    use super::*;

    fn told(text: &str) -> String {
        told_by(Element::new(NAME, ElementType::Character), text)
    }

    fn told_by(element: Element, text: &str) -> String {
        let element = Element { aliases: vec![I.to_owned()], ..element };
        let elements = Elements { elements: vec![element], ..Elements::default() };
        let document = Document::new(text);
        let retold = retold(&document, &(0..document.tokens.len()), &Teller::of(&elements));
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
    fn a_narrator_with_name_and_gender_is_told_by_both() {
        let jim = || Element {
            gender: Some(Gender::Male),
            ..Element::new("Jim Pike", ElementType::Character)
        };
        assert_eq!(
            told_by(jim(), "I took my hat, and I ran to my mother."),
            "Jim Pike took his hat , and he ran to his mother ."
        );
        assert_eq!(
            told_by(jim(), "I saw him take my hat."),
            "Jim Pike saw him take Jim Pike’s hat ."
        );
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
