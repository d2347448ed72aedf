//! Story or not: what a text says of itself.

use super::block::Block;

/// What a text says it is, if it is not story: the reason in a few words.
pub(crate) fn apparatus(blocks: &[Block], words: usize) -> Option<&'static str> {
    let start: String =
        blocks.iter().take(12).map(|block| block.text.as_str()).collect::<Vec<_>>().join(" ");
    let start = start.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().filter(|phrase| start.contains(**phrase)).count();
    if says(&[
        "all rights reserved",
        "isbn",
        "library of congress",
        "copyright ©",
        "© copyright",
        "(c) copyright",
        "moral right",
        "without the prior permission",
        "first published",
    ]) >= 2
        && words < 1500
    {
        return Some("reads like a copyright page");
    }
    if says(&["project gutenberg literary archive", "full project gutenberg license"]) > 0 {
        return Some("licence of the e-text");
    }
    if says(&["newsletter", "mailing list", "sign up", "subscribe", "www.", "http", ".com"]) >= 2
        && words < 400
    {
        return Some("reads like an advertisement");
    }
    let linked: usize = blocks.iter().filter(|block| block.linked).count();
    if linked >= 3 && linked * 3 > blocks.len() * 2 {
        return Some("is a list of links");
    }
    None
}

/// Words by which writing about books is known.
const TRADE: [&str; 30] = [
    "edition",
    "editions",
    "published",
    "publisher",
    "publishers",
    "publication",
    "readers",
    "novel",
    "novels",
    "novelist",
    "critic",
    "critics",
    "criticism",
    "literary",
    "literature",
    "manuscript",
    "translation",
    "translator",
    "translated",
    "printed",
    "printing",
    "author",
    "authors",
    "biography",
    "bestselling",
    "reviewers",
    "fiction",
    "writer",
    "writers",
    "reader",
];
/// In so many words of an essay about a book there is one of the trade, and so many in all.
const TRADE_SHARE: usize = 80;
const TRADE_WORDS: usize = 5;

/// Whether a text speaks of books and of the author of this one, as an essay does that no title tells
/// from a chapter.
pub(crate) fn speaks_of_books(blocks: &[Block], author: &str) -> bool {
    let first = author.split(',').next().unwrap_or_default();
    let name = first.split_whitespace().last().unwrap_or_default().to_lowercase();
    let (mut words, mut trade, mut named) = (0, 0, 0);
    for word in blocks.iter().flat_map(|block| block.text.split_whitespace()) {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let word = word.strip_suffix("’s").or(word.strip_suffix("'s")).unwrap_or(&word);
        words += 1;
        trade += usize::from(TRADE.contains(&word));
        named += usize::from(name.chars().count() >= 3 && word == name);
    }
    let weight = trade + 2 * named;
    (named >= 2 || trade >= TRADE_WORDS) && weight >= TRADE_WORDS && weight * TRADE_SHARE >= words
}

/// Whether a text tells something: paragraphs of some length, speech.
pub(crate) fn is_narrative(blocks: &[Block], words: usize) -> bool {
    let paragraphs = blocks.iter().filter(|block| block.heading.is_none()).count();
    let spoken =
        blocks.iter().filter(|block| block.text.contains(['“', '"', '‘', '«', '„'])).count();
    words >= 500 && paragraphs > 0 && (words / paragraphs >= 25 || spoken * 5 > paragraphs)
}

/// Words that tell: who, and what was.
const TELLING: [&str; 16] = [
    "he", "she", "they", "him", "her", "his", "them", "their", "was", "were", "had", "said",
    "went", "came", "could", "would",
];
/// In so many words of a story there is one of them; an index, a glossary or a licence has fewer.
const TELLING_SHARE: usize = 33;

/// Whether a text tells a story, and not only at length: people, and what was.
pub(crate) fn is_told(blocks: &[Block], words: usize) -> bool {
    let said = blocks.iter().flat_map(|block| block.text.split(|c: char| !c.is_alphabetic()));
    let telling = said.filter(|word| TELLING.contains(&word.to_lowercase().as_str())).count();
    is_narrative(blocks, words) && telling * TELLING_SHARE >= words
}
