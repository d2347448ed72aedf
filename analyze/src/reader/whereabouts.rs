//! Whether a noun of place says where somebody is: the clearest words only, for no setting is better
//! than a wrong one.

use super::lexicon::{beings, looks, settings, singular, things, whereabouts as list, words};
use super::phrase::is_describing;
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
    let word = singular(document.word(at)).unwrap_or(document.word(at));
    if length == 1 && list().is(word, "part") || names_another_thing(document, at + length) {
        return None;
    }
    if is_presented(document, at, length) {
        return Some(Whereabouts::There);
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
        || (1..=CLAUSE).map(before).take_while(|word| !matches!(*word, "" | ";" | ":" | "." | "—"));
    if clause().any(|word| list().is(word, "mind"))
        || (1..=5).map(before).any(|word| list().is(word, "afar"))
    {
        return None;
    }
    let somebody = (1..=CLAUSE)
        .filter_map(|back| link.checked_sub(back))
        .take_while(|i| document.same_sentence(*i, link))
        .any(|i| is_somebody(document, i))
        || is_met_there(document, link, at + length);
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

/// `Upon the couch sat a giant`: who is there comes after the place.
fn is_met_there(document: &Document<'_>, link: usize, after: usize) -> bool {
    const FIRST: usize = 4;
    const REACH: usize = 9;
    let first = (0..FIRST).any(|back| document.before(link, back + 1).is_empty());
    let stands = |i: usize| list().is(document.after(link, i - link), "standing");
    first
        && (after..after + REACH).any(|i| stands(i) && document.same_sentence(link, i))
        && (after..after + REACH)
            .any(|i| document.same_sentence(link, i) && is_somebody(document, i))
}

/// `A churchyard.`, `It was a long, low hall.`: the place itself is what the sentence shows.
fn is_presented(document: &Document<'_>, at: usize, length: usize) -> bool {
    let mut start = at;
    while start > 0
        && (is_describing(document.before(start, 1))
            || matches!(document.before(start, 1), "," | "and")
                && is_describing(document.before(start, 2)))
    {
        start -= 1;
    }
    if !matches!(document.before(start, 1), "a" | "an" | "his" | "her" | "my" | "their") {
        return false;
    }
    let ends = !matches!(document.after(at + length - 1, 1), "of" | "’s" | "'s" | "-");
    let whole = document.before(start, 2).is_empty()
        && document.tokens.get(at + length).is_some_and(|next| next.kind == Kind::Stop);
    let it_was = matches!(document.before(start, 2), "was")
        && matches!(document.before(start, 3), "it" | "this" | "here")
        && document.before(start, 4).is_empty();
    ends && (whole || it_was)
}

/// Whether the noun at `at` shows a place at all: no part of one, no other thing that is named after a
/// place, and not only thought of or seen from afar.
pub(super) fn is_shown(document: &Document<'_>, at: usize, length: usize) -> bool {
    let word = document.word(at);
    let part = length == 1 && list().is(singular(word).unwrap_or(word), "part");
    let clause = (1..=CLAUSE)
        .map(|back| document.before(at, back))
        .take_while(|word| !matches!(*word, "" | ";" | ":" | "." | "—"));
    let mut elsewhere = clause.filter(|word| list().is(word, "mind") || list().is(word, "afar"));
    !part && !names_another_thing(document, at + length) && elsewhere.next().is_none()
}

/// The preposition or verb before the noun phrase that ends with the noun at `at`: `into the dark wood`.
fn link_before(document: &Document<'_>, at: usize) -> Option<usize> {
    /// Describing words may stand between: `into a long, low, lamp-lit hall`.
    const MOST: usize = 7;
    let named = document.tokens[at].capital;
    let mut determined = named;
    let mut article = false;
    for back in 1..=MOST {
        let index = at.checked_sub(back).filter(|i| document.same_sentence(*i, at))?;
        let word = document.word(index);
        if list().is(word, "link") {
            return (determined || word == "aboard").then_some(index);
        }
        let adjective = document.before(index, 1);
        let joins = word == "," && is_describing(adjective)
            || word == "and" && !adjective.is_empty() && !words().is(adjective, "function");
        match word {
            _ if article && !matches!(word, "all" | "both") => return None,
            _ if named && document.tokens[index].capital => {}
            "the" | "a" | "an" | "this" | "my" | "his" | "her" | "our" | "their" | "its" => {
                determined = true;
                article = true;
            }
            "great" | "little" | "old" | "own" | "very" => {}
            _ if joins => {}
            _ if words().is(word, "function") => return None,
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
        // `the road of yellow brick` is a road.
        return !whole(owner) && !named && !is_describing(owner);
    }
    // Who is on the kitchen floor is in the kitchen.
    if list().is(next, "of-the-room") {
        return false;
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
