//! Where in a text the words stand that a model gives as a quote.
//!
//! Models change quotation marks, spaces and now and then a word. What stands in the text is found
//! again and given back as the text has it; what does not is not made to.

use std::collections::HashMap;
use std::ops::Range;

/// A quote of fewer words is found exactly or not at all.
const FEWEST_WORDS: usize = 5;
/// More words of a quote are not looked at.
const MOST_WORDS: usize = 200;
/// Of this many words of a quote, at least [`IN_ORDER`] must stand in the text, in their order.
const OF: usize = 5;
/// See [`OF`].
const IN_ORDER: usize = 4;

/// A word of a text: where it stands, and itself with small letters and without apostrophes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub at: Range<usize>,
    pub plain: String,
}

/// The words of a text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut current: Option<Word> = None;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        if c.is_alphanumeric() {
            let word = current.get_or_insert_with(|| Word { at: at..end, plain: String::new() });
            word.at.end = end;
            word.plain.extend(c.to_lowercase());
        } else if !matches!(c, '\'' | '’') {
            words.extend(current.take());
        }
    }
    words.extend(current);
    words
}

/// Where a run of words stands for the first time, by their number.
pub(super) fn find(words: &[Word], wanted: &[Word]) -> Option<usize> {
    let is_it = |window: &[Word]| window.iter().zip(wanted).all(|(a, b)| a.plain == b.plain);
    words.windows(wanted.len().max(1)).position(is_it).filter(|_| !wanted.is_empty())
}

/// How often a run of words stands in the text.
pub(super) fn count(words: &[Word], wanted: &[Word]) -> usize {
    let is_it = |window: &&[Word]| window.iter().zip(wanted).all(|(a, b)| a.plain == b.plain);
    if wanted.is_empty() { 0 } else { words.windows(wanted.len()).filter(is_it).count() }
}

/// The passage of `text` that `quote` is, as bytes; `None` when there is none like it.
pub(super) fn locate(text: &str, words_of_text: &[Word], quote: &str) -> Option<Range<usize>> {
    let quote = quote.trim();
    if quote.is_empty() {
        return None;
    }
    if let Some(at) = text.find(quote) {
        return Some(at..at + quote.len());
    }
    let mut wanted = words(quote);
    wanted.truncate(MOST_WORDS);
    let found = match find(words_of_text, &wanted) {
        Some(first) => first..first + wanted.len(),
        None if wanted.len() < FEWEST_WORDS => return None,
        None => best_window(words_of_text, &wanted)?,
    };
    let range = words_of_text[found.start].at.start..words_of_text[found.end - 1].at.end;
    Some(with_punctuation(text, range))
}

/// The stretch of words most like the wanted ones, if it is like enough.
fn best_window(words: &[Word], wanted: &[Word]) -> Option<Range<usize>> {
    let length = wanted.len().min(words.len());
    let mut missing: HashMap<&str, i64> = HashMap::new();
    for word in wanted {
        *missing.entry(&word.plain).or_default() += 1;
    }
    // How many words the window shares with the quote, kept up as the window slides.
    let (mut shared, mut best) = (0usize, (0usize, 0usize));
    for (nth, word) in words.iter().enumerate() {
        if let Some(left) = missing.get_mut(word.plain.as_str()) {
            shared += usize::from(*left > 0);
            *left -= 1;
        }
        if nth >= length
            && let Some(left) = missing.get_mut(words[nth - length].plain.as_str())
        {
            *left += 1;
            shared -= usize::from(*left > 0);
        }
        if shared > best.0 {
            best = (shared, (nth + 1).saturating_sub(length));
        }
    }
    let window = best.1..(best.1 + length).min(words.len());
    let matched = in_order(&words[window.clone()], wanted);
    let (first, last) = (matched.first()?, matched.last()?);
    let enough = matched.len() * OF >= wanted.len() * IN_ORDER;
    enough.then(|| window.start + first..window.start + last + 1)
}

/// The places in `window` of a longest common subsequence with `wanted`.
fn in_order(window: &[Word], wanted: &[Word]) -> Vec<usize> {
    let (rows, columns) = (window.len(), wanted.len());
    let mut longest = vec![vec![0usize; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            longest[row][column] = if window[row].plain == wanted[column].plain {
                longest[row + 1][column + 1] + 1
            } else {
                longest[row + 1][column].max(longest[row][column + 1])
            };
        }
    }
    let (mut row, mut column, mut places) = (0, 0, Vec::new());
    while row < rows && column < columns {
        if window[row].plain == wanted[column].plain {
            places.push(row);
            (row, column) = (row + 1, column + 1);
        } else if longest[row + 1][column] >= longest[row][column + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    places
}

/// The range with the marks that belong to its first and last word.
fn with_punctuation(text: &str, range: Range<usize>) -> Range<usize> {
    let opening = |c: char| matches!(c, '“' | '‘' | '"' | '«' | '„' | '(');
    let before = text[..range.start].chars().next_back().filter(|c| opening(*c));
    let start = range.start - before.map_or(0, char::len_utf8);
    let closing = |c: &char| !c.is_whitespace() && !c.is_alphanumeric() && !opening(*c);
    let after: usize =
        text[range.end..].chars().take(3).take_while(closing).map(char::len_utf8).sum();
    start..range.end + after
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "Rain fell on the reeds.\n\n“Row!” said Tom Hale, who stood in the bow with \
                        his grey dog. The far bank wasn’t near, and the lantern had gone out.";

    fn located(quote: &str) -> Option<&'static str> {
        locate(TEXT, &words(TEXT), quote).map(|range| &TEXT[range])
    }

    #[test]
    fn other_marks_and_spaces_are_the_same_quote() {
        let expected = Some("“Row!” said Tom Hale, who stood in the bow");
        assert_eq!(located("\"Row!\" said  Tom Hale, who stood\nin the bow"), expected);
        assert_eq!(located("the far bank wasn't near"), Some("The far bank wasn’t near,"));
    }

    #[test]
    fn a_word_more_or_less_is_the_same_quote() {
        assert_eq!(
            located("said Tom Hale, who stood up in the bow with his old grey dog"),
            Some("said Tom Hale, who stood in the bow with his grey dog.")
        );
    }

    #[test]
    fn an_invented_quote_is_not_found() {
        assert_eq!(located("The dragon rose from the burning city and roared"), None);
        assert_eq!(located("dog Tom the with grey bow lantern Hale his bank near"), None);
        assert_eq!(located("no"), None);
        assert_eq!(located(""), None);
    }

    proptest! {
        #[test]
        fn no_text_and_no_quote_make_it_panic(text in "\\PC{0,80}", quote in "\\PC{0,80}") {
            if let Some(range) = locate(&text, &words(&text), &quote) {
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
