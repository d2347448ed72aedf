//! Whether a noun of place says where somebody is: the clearest words only, for no setting is better
//! than a wrong one.

use super::lexicon::{beings, looks, settings, singular, things, whereabouts as list, words};
use super::text::{Document, Kind};

/// What a sentence tells of somebody and a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// Somebody is in it or comes into it.
    There,
    /// Somebody leaves it.
    Left,
}

/// So many tokens before the noun are its clause.
const CLAUSE: usize = 14;

/// What the sentence tells of the place whose noun takes `length` tokens from `at` on; `None` where it
/// is only spoken of, seen from afar, compared, denied, wished or remembered.
pub(super) fn whereabouts(
    document: &Document<'_>,
    at: usize,
    length: usize,
) -> Option<Whereabouts> {
    if list().is(singular(document.word(at)).unwrap_or(document.word(at)), "part")
        || names_another_thing(document, at + length)
    {
        return None;
    }
    let link = link_before(document, at)?;
    let before = |back| document.before(link, back);
    match document.word(link) {
        "left" | "leaving" | "quitted" | "from" => return Some(Whereabouts::Left),
        "of" if before(1) == "out" => return Some(Whereabouts::Left),
        // `came to the forest`, not `spoke to the forest`.
        "to" if !(1..=4).map(before).any(|word| list().is(word, "coming")) => return None,
        _ => {}
    }
    let clause =
        || (1..=CLAUSE).map(before).take_while(|word| !matches!(*word, "" | ";" | "." | "—"));
    if clause().any(|word| list().is(word, "mind"))
        || (1..=5).map(before).any(|word| list().is(word, "afar"))
    {
        return None;
    }
    let somebody = (1..=CLAUSE)
        .filter_map(|back| link.checked_sub(back))
        .take_while(|i| document.same_sentence(*i, link))
        .any(|i| is_somebody(document, i));
    let going = ["entered", "entering", "reached", "reaching"].contains(&document.word(link));
    let within = matches!(
        document.word(link),
        "in" | "into"
            | "inside"
            | "within"
            | "through"
            | "across"
            | "along"
            | "aboard"
            | "amid"
            | "among"
            | "to"
    );
    let upon =
        matches!(document.word(link), "on" | "upon" | "up" | "down" | "over" | "at" | "onto")
            && !list().is(document.word(at), "walled");
    (somebody && (going || within || upon)).then_some(Whereabouts::There)
}

/// Whether the noun at `at` shows a place at all: no part of one, no other thing that is named after a
/// place, and not only thought of or seen from afar.
pub(super) fn is_shown(document: &Document<'_>, at: usize, length: usize) -> bool {
    let word = document.word(at);
    let part = list().is(singular(word).unwrap_or(word), "part");
    let clause = (1..=CLAUSE)
        .map(|back| document.before(at, back))
        .take_while(|word| !matches!(*word, "" | ";" | "." | "—"));
    let mut elsewhere = clause.filter(|word| list().is(word, "mind") || list().is(word, "afar"));
    !part && !names_another_thing(document, at + length) && elsewhere.next().is_none()
}

/// The preposition or verb before the noun phrase that ends with the noun at `at`: `into the dark wood`.
fn link_before(document: &Document<'_>, at: usize) -> Option<usize> {
    let mut determined = document.tokens[at].capital;
    for back in 1..=4 {
        let index = at.checked_sub(back).filter(|i| document.same_sentence(*i, at))?;
        match document.word(index) {
            "the" | "a" | "an" | "this" | "my" | "his" | "her" | "our" | "their" | "its" => {
                determined = true;
            }
            "aboard" => return Some(index),
            "in" | "into" | "inside" | "within" | "through" | "across" | "along" | "among"
            | "amid" | "on" | "onto" | "upon" | "up" | "down" | "over" | "at" | "of"
            | "entered" | "entering" | "reached" | "reaching" | "left" | "leaving" | "quitted"
            | "from" | "to" => {
                return determined.then_some(index);
            }
            "great" | "little" | "old" => {}
            word if words().is(word, "function") => return None,
            _ if !matches!(document.tokens[index].kind, Kind::Word | Kind::Clitic) => return None,
            _ => {}
        }
    }
    None
}

/// `the garden door`, `a sea of faces`: the noun is no place here.
fn names_another_thing(document: &Document<'_>, after: usize) -> bool {
    let Some(last) = after.checked_sub(1) else { return false };
    let next = document.after(last, 1);
    let thing = |word: &str| things().has(word) || settings().has(word) || looks().has(word);
    let whole = |word: &str| {
        matches!(
            word,
            "the" | "a" | "an" | "my" | "his" | "her" | "our" | "their" | "this" | "that"
        )
    };
    if next == "of" {
        let owner = document.after(last, 2);
        let named = document.tokens.get(after + 1).is_some_and(|token| token.capital);
        return !whole(owner) && !named;
    }
    document.is_possessive(after)
        || document.tokens.get(after).is_some_and(|token| token.kind == Kind::Word)
            && (thing(next) || singular(next).is_some_and(thing))
}

fn is_somebody(document: &Document<'_>, at: usize) -> bool {
    let token = &document.tokens[at];
    let word = document.word(at);
    if token.spoken || token.kind != Kind::Word {
        return false;
    }
    matches!(word, "i" | "he" | "she" | "we" | "they" | "him" | "her" | "me" | "us" | "them")
        || token.capital && !words().has(word)
        || beings().has(word)
        || singular(word).is_some_and(|one| beings().has(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, noun: &str) -> Option<Whereabouts> {
        let document = Document::new(text);
        let at = (0..document.tokens.len()).find(|i| document.word(*i) == noun).unwrap();
        whereabouts(&document, at, 1)
    }

    #[test]
    fn somebody_must_be_there() {
        for there in [
            "Ruth walked into the dark forest.",
            "They lay in the old forest and slept.",
            "At last they came to a great forest.",
        ] {
            assert_eq!(told(there, "forest"), Some(Whereabouts::There), "{there}");
        }
        assert_eq!(told("She ran out of the forest.", "forest"), Some(Whereabouts::Left));
        for elsewhere in [
            "The forest was dark.",
            "She could not get into the forest.",
            "She decided on going into the forest.",
            "He spoke to the forest.",
            "He stood like one lost in the forest.",
            "She looked across at a light in the forest.",
            "He had a forest of masts before him.",
            "There is much iron in the forest.",
            "She went to the forest path.",
            "He would have walked in the forest.",
        ] {
            assert_eq!(told(elsewhere, "forest"), None, "{elsewhere}");
        }
    }
}
