//! Ages and heights in numbers: `about fifty years of age`, `a girl of nineteen`, `six feet high`.

use std::ops::Range;

use book::element::Aspect;

use super::lexicon::{beings, words};
use super::text::{Document, Kind};

/// The phrase that begins with the number at `at`, or with the words of degree before it, and its side
/// of the looks.
pub(super) fn measure(document: &Document<'_>, at: usize) -> Option<(Range<usize>, Aspect)> {
    if !is_number(document, at) || is_number(document, at.wrapping_sub(1)) {
        return None;
    }
    let mut end = at + 1;
    while is_number(document, end) && document.same_sentence(at, end) {
        end += 1;
    }
    let after = |ahead: usize| document.after(end - 1, ahead);
    let start = first_of_degree(document, at);
    let (aspect, end) = match (after(1), after(2), after(3)) {
        ("years", "old", _) => (Aspect::Age, end + 2),
        ("years", "of", "age") => (Aspect::Age, end + 3),
        ("feet", "high" | "tall", _) => (Aspect::Build, end + 2),
        ("feet", "in", "height" | "stature") => (Aspect::Build, end + 3),
        _ if document.before(start, 1) == "aged" => (Aspect::Age, end),
        _ if is_age_of_somebody(document, start, end) => {
            return age_of_somebody(document, start, end);
        }
        _ => return None,
    };
    Some((start..end, aspect))
}

/// `a girl of nineteen`: the noun and the number.
fn age_of_somebody(
    document: &Document<'_>,
    start: usize,
    end: usize,
) -> Option<(Range<usize>, Aspect)> {
    let noun = start.checked_sub(2)?;
    document.same_sentence(noun, start).then_some((noun..end, Aspect::Age))
}

fn is_age_of_somebody(document: &Document<'_>, start: usize, end: usize) -> bool {
    let noun = document.before(start, 2);
    let one = beings().label(noun).is_some_and(|label| {
        ["bland", "person", "kin"].iter().any(|class| label.starts_with(class))
    });
    let bare = document.tokens.get(end).is_none_or(|next| next.kind != Kind::Word)
        || matches!(document.after(end - 1, 1), "or" | "with" | "who" | "and" | "in");
    one && bare && document.before(start, 1) == "of"
}

/// `about`, `some`, `not more than` before a number.
fn first_of_degree(document: &Document<'_>, at: usize) -> usize {
    let mut start = at;
    while start > 0 && at - start < 3 && words().is(document.before(start, 1), "degree") {
        start -= 1;
    }
    start
}

fn is_number(document: &Document<'_>, at: usize) -> bool {
    let Some(token) = document.tokens.get(at) else { return false };
    token.kind == Kind::Number || words().is(document.word(at), "number") || is_joined(document, at)
}

/// `five-and-twenty`, `twenty-three`.
fn is_joined(document: &Document<'_>, at: usize) -> bool {
    let word = document.word(at);
    word.contains('-') && word.split('-').all(|part| part == "and" || words().is(part, "number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_heights_are_told_by_numbers() {
        let told = |text: &str| {
            let document = Document::new(text);
            let found = (0..document.tokens.len()).find_map(|at| measure(&document, at));
            found.map(|(phrase, aspect)| (document.slice(phrase).to_owned(), aspect))
        };
        for (text, phrase, aspect) in [
            ("He was about fifty years of age.", "about fifty years of age", Aspect::Age),
            ("She was a girl of nineteen.", "girl of nineteen", Aspect::Age),
            ("He was twelve years old.", "twelve years old", Aspect::Age),
            ("She, a lady of five-and-twenty, sat.", "lady of five-and-twenty", Aspect::Age),
            ("He was over six feet high.", "over six feet high", Aspect::Build),
        ] {
            assert_eq!(told(text), Some((phrase.to_owned(), aspect)), "{text}");
        }
        for text in ["He waited for ten years.", "A crowd of fifty men.", "It was six feet away."] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
