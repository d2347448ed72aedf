//! Proper names: runs of capitalised words, found by position alone. Whether a run is a name at all is
//! decided over the whole book, in [`super::cast`].

use std::ops::Range;

use super::lexicon::{beings, grammar, names, words};
use super::text::{Document, Kind};

/// One place where something is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// The tokens of the name, without what stands before or after it.
    pub tokens: Range<usize>,
    /// The name as printed, with single spaces; for a common noun `the curate`, `my brother`.
    pub name: String,
    /// The first word may owe its capital to its position.
    pub initial: bool,
    /// A common noun rather than a capitalised name.
    pub common: bool,
}

/// A run longer than this is a heading or a list.
const MOST_TOKENS: usize = 8;

/// Every run of capitalised words that may be a name, in reading order.
pub(super) fn mentions(document: &Document<'_>) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < document.tokens.len() {
        if !starts_name(document, at) {
            at += 1;
            continue;
        }
        let end = run_end(document, at);
        if let Some(mention) = trim(document, at..end) {
            found.push(mention);
        }
        at = end.max(at + 1);
    }
    found
}

/// A capitalised word that is not shouted, not in a heading and no function word.
fn starts_name(document: &Document<'_>, at: usize) -> bool {
    let token = &document.tokens[at];
    let in_heading =
        document.sentences.get(token.sentence as usize).is_some_and(|sentence| sentence.heading);
    token.kind == Kind::Word
        && token.capital
        && !token.shouted
        && !in_heading
        && !is_ordinary(document, at)
}

/// A function word or a contracted one: `I`, `The`, `Don’t`.
fn is_ordinary(document: &Document<'_>, at: usize) -> bool {
    let word = document.word(at);
    let contracted = document.tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Clitic)
        && !document.is_possessive(at + 1);
    // `Little Nell`; `Mr. May`, `then Will`.
    let part_of_name = (word == "little" || is_given(word)) && !document.tokens[at].initial;
    words().is(word, "function") && !part_of_name
        || contracted && !names().has(word) && word.len() < 4
}

/// One past the last token of the run of capitalised words that starts at `start`.
fn run_end(document: &Document<'_>, start: usize) -> usize {
    let mut end = start + 1;
    while end < document.tokens.len() && end < start + MOST_TOKENS {
        if is_place_of(document, start, end) {
            end += 2;
            continue;
        }
        let skip = joint(document, start, end);
        let next = end + skip;
        let fits = document.same_sentence(start, next)
            && document.tokens.get(next).is_some_and(|t| t.kind == Kind::Word && t.capital)
            && !document.tokens[next].shouted
            && (!document.tokens[next].initial || skip > 0 && is_title(document.word(start)))
            && !is_ordinary(document, next);
        if !fits {
            break;
        }
        end = next + 1;
    }
    end
}

/// `’s Hill` after `St. George`: the name goes on.
fn is_place_of(document: &Document<'_>, start: usize, end: usize) -> bool {
    document.is_possessive(end)
        && document.same_sentence(start, end + 1)
        && document.tokens[end + 1].capital
        && !document.tokens[end + 1].shouted
        && super::kinds::is_place_word(document.word(end + 1))
}

/// How many tokens join the run's last word to a further capitalised word: the full stop of a title
/// or initial, `of`, `of the`, `de`, `von`.
fn joint(document: &Document<'_>, start: usize, end: usize) -> usize {
    let token = &document.tokens[end];
    let previous = document.word(end - 1);
    if token.kind == Kind::Stop && document.word(end) == "." {
        let initial = previous.chars().count() == 1;
        return usize::from(initial || is_title(previous));
    }
    if token.kind != Kind::Word || token.capital {
        return 0;
    }
    match (document.word(end), document.word(end + 1)) {
        ("of", "the") if may_be_of(document, start..end) => 2,
        ("of", _) if may_be_of(document, start..end) => 1,
        ("de" | "von" | "van", "la" | "der" | "den" | "las" | "los") => 2,
        (particle, _) if names().is(particle, "particle") => 1,
        _ => 0,
    }
}

/// Whether `of` may continue the name: `Queen of Hearts`, `Wicked Witch of the West`, `Isle of Wight`;
/// not `Alice of Wonderland`.
fn may_be_of(document: &Document<'_>, run: Range<usize>) -> bool {
    let head = document.word(run.end - 1);
    names().is(head, "rank")
        || names().is(head, "title-male")
        || names().is(head, "title-female")
        || beings().has(head)
        || super::kinds::is_place_word(head)
        || grammar().is(head, "of-something")
}

/// Whether the word is a title that stands before a name.
pub(super) fn is_title(word: &str) -> bool {
    ["title-male", "title-female", "title-any"].iter().any(|label| names().is(word, label))
}

/// Takes off what is no part of the name: `Poor`, `Dear`, `Oh`; drops what is no name at all.
fn trim(document: &Document<'_>, run: Range<usize>) -> Option<Mention> {
    let mut start = run.start;
    while start + 1 < run.end && !is_name_start(document, start) {
        start += 1;
        while start < run.end && document.tokens[start].kind != Kind::Word {
            start += 1;
        }
    }
    let tokens = start..run.end;
    let single = tokens.len() == 1;
    let word = document.word(start);
    let is = |label| names().is(word, label);
    // Whether a `Friday` is somebody is decided over the whole book.
    if single && (is("nation") || is("interjection") || is("printed")) && !is("calendar") {
        return None;
    }
    if single && (is("address") || is_title(word) && !names().is(word, "rank") && !is_family(word))
    {
        return None;
    }
    let legal =
        tokens.clone().any(|i| matches!(document.word(i), "gutenberg" | "ebook" | "copyright"));
    if legal || !single && is_date(document, &tokens) {
        return None;
    }
    Some(Mention {
        name: printed(document, tokens.clone()),
        initial: document.tokens[start].initial,
        tokens,
        common: false,
    })
}

/// `Christmas Eve`, `Good Friday`, `New Year`: a name of time; not `March Hare`, not `Meg March`, not
/// `Ghost of Christmas Past`.
fn is_date(document: &Document<'_>, tokens: &Range<usize>) -> bool {
    let first = document.word(tokens.start);
    let last = document.word(tokens.end - 1);
    let calendar = |word: &str| names().is(word, "calendar");
    let somebody = !calendar(first) && is_title(first) || is_given(first);
    calendar(last) && !somebody && !names().is(last, "given-female")
        || calendar(first) && (names().is(last, "day") || calendar(last))
}

/// Whether the word is a given name.
pub(super) fn is_given(word: &str) -> bool {
    names().is(word, "given-male") || names().is(word, "given-female")
}

/// `Father`, `Aunt`: a name in the mouth of the family.
fn is_family(word: &str) -> bool {
    beings().label(word).is_some_and(|label| label.starts_with("kin"))
}

/// Words before a name that are no part of it. `Little Nell` keeps its first word where the capital is
/// not owed to the position.
fn is_name_start(document: &Document<'_>, at: usize) -> bool {
    let word = document.word(at);
    let is = |label| names().is(word, label);
    // At the start of a sentence only: `Little Nell` keeps its first word elsewhere.
    let by_place = document.tokens[at].initial && (is("nation") || is("praise"));
    is_given(word) || !(is("endearment") || is("interjection") || by_place)
}

/// The text of a run with single spaces.
pub(super) fn printed(document: &Document<'_>, tokens: Range<usize>) -> String {
    document
        .slice(tokens)
        .split(|c: char| c.is_whitespace() || c == '_')
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(text: &str) -> Vec<String> {
        mentions(&Document::new(text)).into_iter().map(|mention| mention.name).collect()
    }

    #[test]
    fn a_title_belongs_to_the_name() {
        assert_eq!(
            names_in("We saw Mr. Bennet, Lady Catherine de Bourgh and Dr. H. G. Wells there."),
            ["Mr. Bennet", "Lady Catherine de Bourgh", "Dr. H. G. Wells"]
        );
    }

    #[test]
    fn of_joins_ranks_and_places_only() {
        assert_eq!(
            names_in(
                "There was the Queen of Hearts, the Wicked Witch of the West, and a son of John."
            ),
            ["Queen of Hearts", "Wicked Witch of the West", "John"]
        );
    }

    #[test]
    fn function_words_dates_and_nationalities_are_no_names() {
        assert_eq!(
            names_in("The Frenchman came on Christmas Eve. I’m sure he did. Oh! Indeed."),
            [""; 0]
        );
        assert_eq!(names_in("There sat Meg March and Mr. May."), ["Meg March", "Mr. May"]);
    }

    #[test]
    fn a_name_may_begin_with_a_small_elided_word() {
        assert_eq!(
            names_in("He saw Mrs. d’Urberville, and Alec d’Urberville, and d’Artagnan."),
            ["Mrs. d’Urberville", "Alec d’Urberville", "d’Artagnan"]
        );
    }

    #[test]
    fn what_stands_before_a_name_is_taken_off() {
        assert_eq!(
            names_in("“Poor Alice!” he said; and old Marley, and Little Nell."),
            ["Alice", "Marley", "Little Nell"]
        );
    }

    #[test]
    fn shouts_and_headings_give_no_names() {
        assert_eq!(
            names_in("CHAPTER I.\n\nDown the Rabbit-Hole\n\nIt said DRINK ME on it."),
            [""; 0]
        );
    }
}
