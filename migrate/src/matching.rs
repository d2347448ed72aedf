//! Which chapter of the book is meant by a chapter of another program, and where a quote stands.
//!
//! Numbers differ between programs, titles are shared, quotes were copied by a model that changes
//! commas and quotation marks. So quotes are compared word by word, and chapters are matched as a
//! whole and in order. Everything here is pure.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use book::Chapter as BookChapter;

use crate::legacy::Chapter;

/// What one found quote is worth in matching chapters, against a title.
const QUOTE: u32 = 100;
/// What an equal title is worth.
const TITLE: u32 = 60;
/// Quotes shorter than this prove nothing about a chapter.
const PROOF_WORDS: usize = 4;
/// So many quotes of one chapter are proof enough.
const PROOFS: usize = 8;
/// A quote that is not found whole is looked for by so many of its first or last words.
const END_WORDS: usize = 7;

/// Letters and digits in lower case, everything between them one space: what two copies of a passage
/// have in common.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !is_joint(*c)) {
        if c.is_alphanumeric() {
            folded.extend(c.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Inside a word, and as often left out as not.
fn is_joint(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{ad}')
}

/// A chapter's text, prepared for finding quotes.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    chapter: &'a BookChapter,
    folded: String,
    /// For each byte of `folded`, the byte of the text it came from.
    origin: Vec<u32>,
}

/// Where a quote stands, or seems to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// These bytes hold it, punctuation aside.
    Whole(Range<usize>),
    /// It begins or ends like the passage from here on.
    Near(usize),
}

impl<'a> Text<'a> {
    pub fn new(chapter: &'a BookChapter) -> Self {
        let mut folded = String::from(" ");
        let mut origin = vec![0];
        for (at, c) in chapter.text.char_indices().filter(|(_, c)| !is_joint(*c)) {
            let before = folded.len();
            if c.is_alphanumeric() {
                folded.extend(c.to_lowercase());
            } else if !folded.ends_with(' ') {
                folded.push(' ');
            }
            origin.resize(
                origin.len() + folded.len() - before,
                u32::try_from(at).unwrap_or(u32::MAX),
            );
        }
        if !folded.ends_with(' ') {
            folded.push(' ');
            origin.push(u32::try_from(chapter.text.len()).unwrap_or(u32::MAX));
        }
        Self { chapter, folded, origin }
    }

    /// Finds a quote that was folded by [`fold`].
    pub fn find(&self, quote: &str) -> Option<Found> {
        if quote.is_empty() {
            return None;
        }
        if let Some(range) = self.find_words(quote) {
            return Some(Found::Whole(range));
        }
        let words: Vec<&str> = quote.split(' ').collect();
        if words.len() <= END_WORDS {
            return None;
        }
        let first = words[..END_WORDS].join(" ");
        let last = words[words.len() - END_WORDS..].join(" ");
        let near = [first, last].iter().find_map(|end| self.find_words(end));
        near.map(|range| Found::Near(range.start))
    }

    fn find_words(&self, words: &str) -> Option<Range<usize>> {
        let at = self.folded.find(&format!(" {words} "))?;
        let first = self.origin[at + 1] as usize;
        let last = self.origin[at + words.len()] as usize;
        let text = &self.chapter.text;
        let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
        Some(self.with_punctuation(first..end))
    }

    /// Takes in the quotation marks and full stops that touch a passage.
    fn with_punctuation(&self, range: Range<usize>) -> Range<usize> {
        let text = &self.chapter.text;
        let touches = |c: &char| !c.is_whitespace() && !c.is_alphanumeric();
        let before: usize =
            text[..range.start].chars().rev().take_while(touches).map(char::len_utf8).sum();
        let after: usize = text[range.end..].chars().take_while(touches).map(char::len_utf8).sum();
        range.start - before..range.end + after
    }

    /// How often any of these names stands in the text.
    pub fn mentions<'n>(&self, names: impl Iterator<Item = &'n String>) -> u32 {
        let names: BTreeSet<String> =
            names.map(|name| fold(name)).filter(|name| !name.is_empty()).collect();
        // A shorter name is counted again within a longer one; good enough to order by.
        let count = |name: &String| self.folded.matches(&format!(" {name} ")).count();
        u32::try_from(names.iter().map(count).sum::<usize>()).unwrap_or(u32::MAX)
    }

    pub fn chapter(&self) -> &'a BookChapter {
        self.chapter
    }
}

/// Why a chapter was taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Its quotes stand there, or its title is the same.
    Evidence,
    /// It lies between two that were matched by evidence.
    Order,
    /// Nothing is known but its number.
    Number,
}

/// Finds for each chapter the one of the book that is meant: an index into `texts`.
///
/// What quotes and titles prove is aligned as a whole, in order; what lies between is matched by its
/// distance to a proven neighbour, unless its own title or quotes speak against it.
pub(crate) fn chapters(
    legacy: &BTreeMap<u32, Chapter>,
    texts: &[Text<'_>],
) -> BTreeMap<u32, (usize, Why)> {
    let numbers: Vec<u32> = legacy.keys().copied().collect();
    let scores: Vec<Vec<(usize, u32)>> =
        legacy.values().map(|chapter| scores(chapter, texts)).collect();
    let mut matched: BTreeMap<u32, (usize, Why)> = align(&scores, texts.len())
        .into_iter()
        .map(|(nth, index)| (numbers[nth], (index, Why::Evidence)))
        .collect();
    let proven = matched.clone();
    for (number, chapter) in legacy {
        if matched.contains_key(number) {
            continue;
        }
        let before = proven.range(..number).next_back();
        let after = proven.range(number..).next();
        let index = match (before, after) {
            (Some((near, (index, _))), _) => index.checked_add((number - near) as usize),
            (None, Some((near, (index, _)))) => index.checked_sub((near - number) as usize),
            (None, None) => (*number as usize).checked_sub(1),
        };
        let Some(index) = index.filter(|index| *index < texts.len()) else { continue };
        let crosses = before.is_some_and(|(_, (below, _))| index <= *below)
            || after.is_some_and(|(_, (above, _))| index >= *above);
        let taken = matched.values().any(|(other, _)| *other == index);
        if !crosses && !taken && !speaks_against(chapter, texts[index].chapter()) {
            let why = if proven.is_empty() { Why::Number } else { Why::Order };
            matched.insert(*number, (index, why));
        }
    }
    matched
}

/// How much speaks for each chapter of the book; those that nothing speaks for are left out.
fn scores(chapter: &Chapter, texts: &[Text<'_>]) -> Vec<(usize, u32)> {
    let quotes: Vec<String> = chapter.scenes.iter().map(|scene| fold(&scene.quote)).collect();
    let quotes: Vec<&String> = quotes
        .iter()
        .filter(|quote| quote.split(' ').count() >= PROOF_WORDS)
        .take(PROOFS)
        .collect();
    let title = plain_title(&chapter.title);
    let score = |text: &Text<'_>| {
        let found = quotes.iter().filter(|quote| text.find(quote).is_some()).count();
        let same = !title.is_empty() && title == plain_title(&text.chapter.title);
        u32::try_from(found).unwrap_or(u32::MAX).saturating_mul(QUOTE)
            + if same { TITLE } else { 0 }
    };
    let scores = texts.iter().enumerate().map(|(index, text)| (index, score(text)));
    scores.filter(|(_, score)| *score > 0).collect()
}

fn speaks_against(chapter: &Chapter, book: &BookChapter) -> bool {
    let (ours, theirs) = (plain_title(&chapter.title), plain_title(&book.title));
    !ours.is_empty() && !theirs.is_empty() && !ours.contains(&theirs) && !theirs.contains(&ours)
}

/// A title without the numbering in front, which programs add and leave out as they like; empty when
/// nothing else is in it.
fn plain_title(title: &str) -> String {
    let folded = fold(title);
    let words: Vec<&str> = folded.split(' ').collect();
    let rest = match words[..] {
        ["chapter" | "part" | "book", number, ref rest @ ..] if is_number(number) => rest,
        // One letter alone is as likely a word.
        [number, ref rest @ ..] if is_number(number) && !matches!(number, "i" | "c" | "l") => rest,
        ref all => all,
    };
    rest.join(" ")
}

fn is_number(word: &str) -> bool {
    let all = |known: &[u8]| !word.is_empty() && word.bytes().all(|byte| known.contains(&byte));
    all(b"0123456789") || all(b"ivxlc")
}

/// The pairs (row, column) that rise in both and have the greatest sum of scores.
fn align(scores: &[Vec<(usize, u32)>], columns: usize) -> Vec<(usize, usize)> {
    // best[c] is the best chain that ends at or before column c - 1: its sum and its last link.
    let mut best: Vec<(u64, Option<usize>)> = vec![(0, None); columns + 1];
    let mut links: Vec<(usize, usize, Option<usize>)> = Vec::new();
    for (row, scores) in scores.iter().enumerate() {
        // From the right, so that a row extends only chains of the rows before it.
        let mut changed = columns + 1;
        for (column, score) in scores.iter().rev() {
            let (sum, last) = best[*column];
            let sum = sum + u64::from(*score);
            if sum > best[column + 1].0 {
                links.push((row, *column, last));
                best[column + 1] = (sum, Some(links.len() - 1));
                changed = column + 1;
            }
        }
        for column in changed..=columns {
            if best[column].0 < best[column - 1].0 {
                best[column] = best[column - 1];
            }
        }
    }
    let mut chain = Vec::new();
    let mut next = best[columns].1;
    while let Some((row, column, last)) = next.map(|link| links[link]) {
        chain.push((row, column));
        next = last;
    }
    chain.reverse();
    chain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::legacy::Scene;

    fn book(titles_and_texts: &[(&str, &str)]) -> Vec<BookChapter> {
        let chapter = |(nth, (title, text)): (usize, &(&str, &str))| BookChapter {
            number: u32::try_from(nth).unwrap() + 1,
            title: (*title).to_owned(),
            text: (*text).to_owned(),
        };
        titles_and_texts.iter().enumerate().map(chapter).collect()
    }

    fn legacy(chapters: &[(u32, &str, &str)]) -> BTreeMap<u32, Chapter> {
        let chapter = |(number, title, quote): &(u32, &str, &str)| {
            let scene = Scene { quote: (*quote).to_owned(), ..Scene::default() };
            let scenes = if quote.is_empty() { vec![] } else { vec![scene] };
            (*number, Chapter { title: (*title).to_owned(), scenes, ..Chapter::default() })
        };
        chapters.iter().map(chapter).collect()
    }

    fn matched(old: &[(u32, &str, &str)], new: &[(&str, &str)]) -> Vec<(u32, usize)> {
        let book = book(new);
        let texts: Vec<Text<'_>> = book.iter().map(Text::new).collect();
        chapters(&legacy(old), &texts).into_iter().map(|(n, (index, _))| (n, index)).collect()
    }

    #[test]
    fn a_quote_is_found_whatever_its_punctuation() {
        let book = book(&[("", "He sat down. “Late on your fourth!” somebody shouted up.")]);
        let text = Text::new(&book[0]);
        let found = text.find(&fold("Late on your fourth\" -- somebody  shouted"));
        let Some(Found::Whole(range)) = found else { panic!("{found:?}") };
        assert_eq!(&book[0].text[range], "“Late on your fourth!” somebody shouted");
        assert_eq!(text.find(&fold("Late on your fifth")), None);
    }

    #[test]
    fn two_chapters_of_one_title_are_told_apart_by_their_order_and_quotes() {
        let new =
            [("Interlude", "The rain fell all night."), ("Road", "x"), ("Interlude", "Snow lay.")];
        assert_eq!(matched(&[(3, "Interlude", ""), (9, "Interlude", "")], &new), [(3, 0), (9, 2)]);
        let quote = "the rain fell all night";
        assert_eq!(matched(&[(9, "Interlude", quote)], &new), [(9, 0)]);
    }

    #[test]
    fn what_is_between_is_matched_by_its_place_unless_its_title_speaks_against_it() {
        let new = [("One", "x"), ("Two", "y"), ("Three", "z")];
        assert_eq!(
            matched(&[(2, "One", ""), (3, "", ""), (4, "Three", "")], &new),
            [(2, 0), (3, 1), (4, 2)]
        );
        assert_eq!(matched(&[(2, "One", ""), (3, "Else", "")], &new), [(2, 0)]);
        assert_eq!(matched(&[(2, "", "")], &new), [(2, 1)]);
    }

    #[test]
    fn numbering_in_a_title_does_not_matter() {
        assert_eq!(plain_title("Chapter IV: The Ford"), "the ford");
        assert_eq!(plain_title("12. The Ford"), "the ford");
        assert_eq!(plain_title("Chapter 7"), "");
        assert_eq!(plain_title("I am the Ford"), "i am the ford");
    }

    proptest! {
        #[test]
        fn a_passage_of_the_text_is_always_found(text in "[a-zA-Zé’“”.,!? ]{0,80}", from in 0usize..80, length in 1usize..40) {
            let book = book(&[("", &text)]);
            let passage: String = text.chars().skip(from).take(length).collect();
            let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || is_joint(c));
            let cut = is_word(text.chars().nth(from.wrapping_sub(1))) || is_word(text.chars().nth(from + length));
            let found = Text::new(&book[0]).find(&fold(&passage));
            prop_assert!(cut || fold(&passage).is_empty() || matches!(found, Some(Found::Whole(_))));
        }

        #[test]
        fn an_alignment_rises(rows in proptest::collection::vec(proptest::collection::btree_map(0usize..8, 1u32..5, 0..8), 0..8)) {
            let scores: Vec<Vec<(usize, u32)>> = rows.into_iter().map(|row| row.into_iter().collect()).collect();
            let pairs = align(&scores, 8);
            prop_assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
        }
    }
}
