//! Finds the headings of a text that marks none: by their words, and by how they stand out.
//!
//! Headings are found in steps: lines that could be headings, less those of a table of contents, less
//! numbers that do not count up; then, where nothing is numbered, lines that stand out as headings do
//! or that a table of contents names; then titles on a line of their own below a number.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::block::Block;
use super::gutenberg;
use super::heading::{Kind, Mark, folded, mark};
use super::title::{self, Title};

/// Longest heading: lines and characters.
const HEADING_LINES: usize = 3;
const HEADING_LENGTH: usize = 120;
/// A longer paragraph is prose even without a full stop.
const PROSE_WORDS: usize = 12;
/// Text under a title without a number, among chapters with numbers.
const UNNUMBERED_WORDS: usize = 150;
/// Titles that a table of contents has at least.
const LISTED: usize = 3;

/// Makes headings of the blocks that read or look like headings, unless most headings are marked.
pub(crate) fn promote_if_unmarked(blocks: &mut [Block], title: &str) {
    let is_title = |block: &&Block| {
        title::judge(&block.text, title) == Title::Plain && folded(&block.text) != folded(title)
    };
    let marked = blocks.iter().filter(|block| block.heading.is_some()).filter(is_title).count();
    if marked < 2 {
        set_capitals_apart(blocks);
        promote(blocks);
    }
}

/// Lines in capitals stand out where nothing else does.
pub(crate) fn set_capitals_apart(blocks: &mut [Block]) {
    let is_loud = |block: &Block| {
        let letters = block.text.chars().filter(|c| c.is_alphabetic()).count();
        letters >= 3
            && block.text.lines().count() <= 2
            && block.text.chars().count() <= 60
            && !block.text.chars().any(char::is_lowercase)
    };
    let others = blocks.iter().any(|block| block.set_apart);
    if !others && blocks.iter().filter(|block| is_loud(block)).count() >= 3 {
        blocks.iter_mut().for_each(|block| block.set_apart = is_loud(block));
    }
}

/// Makes headings of the blocks that read or look like headings.
pub(crate) fn promote(blocks: &mut [Block]) {
    let text = gutenberg::text_between_licences(blocks);
    let mut candidates: Vec<usize> =
        text.clone().filter(|&at| is_candidate(&blocks[at].text)).collect();
    drop_contents(blocks, &mut candidates);
    drop_uncounted(blocks, &mut candidates);
    let numbered = |&&at: &&usize| {
        mark(&blocks[at].text).is_some_and(|m| matches!(m.kind, Kind::Chapter | Kind::Number))
    };
    if candidates.iter().filter(numbered).count() < 2 {
        let mut more = listed(blocks);
        let mut outstanding: Vec<usize> =
            text.clone().filter(|&at| stands_out(&blocks[at])).collect();
        drop_contents(blocks, &mut outstanding);
        // One line apart, far into the book, is a scene's and no chapter's.
        if outstanding.len() >= 2 || outstanding.first().is_some_and(|&at| at < 12) {
            more.extend(outstanding);
        }
        more.extend(years(blocks, &text));
        candidates.extend(more.into_iter().filter(|at| text.contains(at)));
        candidates.sort_unstable();
        candidates.dedup();
    } else {
        let around = around(blocks, &candidates, &text);
        candidates.extend(around);
        candidates.sort_unstable();
    }
    let subtitles = subtitles(blocks, &candidates);
    for at in candidates.into_iter().chain(subtitles) {
        let is_part = mark(&blocks[at].text).is_some_and(|mark| mark.kind == Kind::Part);
        blocks[at].heading = Some(if is_part { 1 } else { 2 });
    }
}

/// Titles without a number before the first chapter and after the last, in a text that has none between.
fn around(blocks: &[Block], candidates: &[usize], text: &Range<usize>) -> Vec<usize> {
    let numbered = |at: &&usize| {
        mark(&blocks[**at].text).is_some_and(|m| matches!(m.kind, Kind::Chapter | Kind::Number))
    };
    let (Some(&first), Some(&last)) =
        (candidates.iter().find(numbered), candidates.iter().rfind(numbered))
    else {
        return Vec::new();
    };
    let is_new = |at: &usize| {
        let below = at.checked_sub(1).is_some_and(|above| candidates.contains(&above));
        stands_out(&blocks[*at]) && !below && !candidates.contains(at)
    };
    let long = |at: &usize| {
        let after = blocks[at + 1..text.end].iter().enumerate();
        let own = after.take_while(|(n, _)| {
            let next = at + 1 + n;
            !candidates.contains(&next) && !stands_out(&blocks[next])
        });
        own.map(|(_, block)| block.words()).sum::<usize>() >= UNNUMBERED_WORDS
    };
    if (first..last).any(|at| is_new(&at)) {
        return Vec::new();
    }
    let outside = (text.start..first).chain(last + 1..text.end);
    outside.filter(|at| is_new(at) && long(at)).collect()
}

/// Short, and reads like the name of a division or of a piece of front or back matter.
fn is_candidate(text: &str) -> bool {
    if text.lines().count() > HEADING_LINES || text.chars().count() > HEADING_LENGTH {
        return false;
    }
    let words = text.split_whitespace().count();
    match mark(text) {
        // `Chapter 2 of the report was long and dull.` is a sentence.
        Some(mark) => !(mark.title.ends_with(['.', ',', ';']) && words > PROSE_WORDS),
        None => {
            words <= 6 && title::judge(text, "") != Title::Plain && !text.trim_end().ends_with('.')
        }
    }
}

/// Set apart from the text around it, and worded like a title.
fn stands_out(block: &Block) -> bool {
    let letters = block.text.chars().filter(|c| c.is_alphabetic()).count();
    block.set_apart
        && letters >= 3
        && block.text.chars().count() <= HEADING_LENGTH
        && !block.text.contains("***")
        && (reads_like_a_title(&block.text) || starts_with_a_day(&block.text))
}

/// Years that stand alone above the text of each, in their order: `1914`, `1918`.
fn years(blocks: &[Block], text: &Range<usize>) -> Vec<usize> {
    let year = |at: usize| -> Option<u32> {
        let year = blocks[at].text.trim_matches(['_', '*', ' ']);
        year.parse().ok().filter(|number| year.len() == 4 && (1000..3000).contains(number))
    };
    let found: Vec<usize> = text.clone().filter(|&at| year(at).is_some()).collect();
    let ends = found.iter().skip(1).copied().chain([text.end]);
    let is_long = |(at, end): (&usize, usize)| {
        blocks[at + 1..end].iter().map(Block::words).sum::<usize>() >= UNNUMBERED_WORDS
    };
    let told = found.len() >= 2 && found.iter().zip(ends).all(is_long);
    if told && found.is_sorted_by_key(|&at| year(at)) { found } else { Vec::new() }
}

/// `3 May`, `11 August, evening`: how a diary names its days.
fn starts_with_a_day(text: &str) -> bool {
    let text = text.trim_matches(['_', '*', ' ']);
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    (1..=2).contains(&digits)
        && text[digits..].trim_start().starts_with(char::is_uppercase)
        && text.split_whitespace().count() <= 5
}

fn is_prose(text: &str) -> bool {
    text.split_whitespace().count() > PROSE_WORDS
}

/// What makes two headings the same in a table of contents and in the text.
fn key(text: &str) -> (Option<Kind>, Option<u32>, String) {
    match mark(text) {
        // The word too: a first letter is not a first chapter.
        Some(mark) if mark.number.is_some() => {
            let word = text.trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
            let word = if mark.kind == Kind::Number { "" } else { word };
            (Some(mark.kind), mark.number, word.to_lowercase())
        }
        _ => (None, None, folded(text)),
    }
}

/// Drops the lines of a table of contents: headings with no text under them that come again later.
fn drop_contents(blocks: &[Block], candidates: &mut Vec<usize>) {
    let keys: Vec<_> = candidates.iter().map(|&at| key(&blocks[at].text)).collect();
    let mut last_of = HashMap::new();
    for (index, key) in keys.iter().enumerate() {
        last_of.insert(key.clone(), index);
    }
    let mut run = 0;
    let keep: Vec<bool> = (0..candidates.len())
        .map(|index| {
            let end = candidates.get(index + 1).copied().unwrap_or(blocks.len());
            let prose =
                blocks[candidates[index] + 1..end].iter().any(|block| is_prose(&block.text));
            let comes_again = last_of[&keys[index]] > index;
            // The last line of the contents may be followed by the text of a title page.
            let drop = comes_again && (!prose || run >= 3);
            run = if drop { run + 1 } else { 0 };
            !drop
        })
        .collect();
    let mut keep = keep.into_iter();
    candidates.retain(|_| keep.next().unwrap_or(true));
}

/// How a bare number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numerals {
    Arabic,
    Roman,
    Words,
}

impl Numerals {
    fn of(text: &str) -> Self {
        let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
        let word: String = text.chars().take_while(|c| c.is_alphanumeric()).collect();
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            Self::Arabic
        } else if word.chars().all(|c| "IVXLC".contains(c)) {
            Self::Roman
        } else {
            Self::Words
        }
    }
}

/// Drops bare numbers that do not count up from one, and all of them where chapters are named. What
/// counts up in other numerals, or less set apart, are the numbers of pages.
fn drop_uncounted(blocks: &[Block], candidates: &mut Vec<usize>) {
    let kind = |at: usize| mark(&blocks[at].text).map(|mark| mark.kind);
    let bare = |at: usize| -> Option<Mark> {
        mark(&blocks[at].text).filter(|mark| mark.kind == Kind::Number)
    };
    let named = candidates.iter().filter(|&&at| kind(at) == Some(Kind::Chapter)).count();
    let numbers = candidates.iter().copied().filter(|&at| bare(at).is_some());
    let apart = numbers.clone().filter(|&at| blocks[at].set_apart).count() >= 2;
    let numerals = numbers
        .filter(|&at| !apart || blocks[at].set_apart)
        .find(|&at| bare(at).is_some_and(|mark| mark.number == Some(1)))
        .map(|at| Numerals::of(&blocks[at].text));
    let mut expected = 1;
    let mut counted = 0;
    let mut keep = vec![true; candidates.len()];
    for (index, &at) in candidates.iter().enumerate() {
        let Some(mark) = bare(at) else { continue };
        keep[index] = named < 2
            && (mark.number == Some(expected) || mark.number == Some(1))
            && (!apart || blocks[at].set_apart)
            && numerals == Some(Numerals::of(&blocks[at].text));
        if keep[index] {
            expected = mark.number.unwrap_or(0) + 1;
            counted += 1;
        }
    }
    let mut index = 0;
    candidates.retain(|&at| {
        index += 1;
        keep[index - 1] && (counted > 1 || kind(at) != Some(Kind::Number))
    });
}

/// Blocks that are the lines of a table of contents, come again.
fn listed(blocks: &[Block]) -> Vec<usize> {
    let is_contents = |block: &Block| {
        matches!(folded(&block.text).as_str(), "contents" | "table of contents" | "the contents")
    };
    let Some(start) = blocks.iter().position(is_contents) else { return Vec::new() };
    let list = blocks[start + 1..].iter().take_while(|block| {
        block.text.lines().count() > HEADING_LINES || !is_prose(&block.text) || block.linked
    });
    let list: Vec<&Block> = list.take(200).collect();
    let lines = list.iter().flat_map(|block| block.text.lines());
    let titles: HashSet<String> =
        lines.map(|line| folded(without_page(line))).filter(|title| title.len() >= 3).collect();
    if titles.len() < LISTED {
        return Vec::new();
    }
    // The end of the list is not marked: its lines are those that come once more.
    let mut found: HashMap<String, usize> = HashMap::new();
    for (at, block) in blocks.iter().enumerate().skip(start + 1) {
        if block.text.chars().count() <= HEADING_LENGTH {
            let title = folded(&block.text);
            if titles.contains(&title) {
                found.insert(title, at);
            }
        }
    }
    let behind = blocks.len().min(start + 1 + list.len());
    let mut found: Vec<usize> = found.into_values().filter(|at| *at >= behind).collect();
    found.sort_unstable();
    if found.len() * 2 >= titles.len() { found } else { Vec::new() }
}

/// A line of the contents without its page number and the dots before it.
fn without_page(line: &str) -> &str {
    let rest = line.trim_end().trim_end_matches(|c: char| c.is_ascii_digit());
    let bare = rest.trim_end_matches(['.', ' ', '\t', '·', '…', '_']);
    if rest.len() < line.trim_end().len() && bare.len() + 1 < rest.len() { bare } else { line }
}

/// Titles on a line of their own below `CHAPTER I`, if most chapters have one.
fn subtitles(blocks: &[Block], candidates: &[usize]) -> Vec<usize> {
    let bare = |at: usize| {
        mark(&blocks[at].text).is_some_and(|m| {
            m.title.is_empty() && matches!(m.kind, Kind::Chapter | Kind::Number | Kind::Part)
        })
    };
    let bare: Vec<usize> = candidates.iter().copied().filter(|&at| bare(at)).collect();
    let is_title = |at: &usize| {
        let Some(block) = blocks.get(*at).filter(|_| !candidates.contains(at)) else {
            return false;
        };
        reads_like_a_title(&block.text)
    };
    let found: Vec<usize> = bare.iter().map(|at| at + 1).filter(is_title).collect();
    if found.len() * 2 >= bare.len() { found } else { Vec::new() }
}

fn reads_like_a_title(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '_' || c == '*');
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_upper = !text.chars().any(char::is_lowercase);
    let capital =
        |word: &&&str| word.chars().find(|c| c.is_alphabetic()).is_none_or(char::is_uppercase);
    let long: Vec<&&str> = words.iter().filter(|word| word.chars().count() > 3).collect();
    let capitals = long.iter().filter(|word| capital(word)).count();
    !words.is_empty()
        && words.len() <= PROSE_WORDS
        && text.lines().count() <= 2
        && !text.starts_with(['“', '"', '‘', '\'', '«', '[', '('])
        && (is_upper || !text.ends_with(['.', ',', ';', ':']))
        && text.chars().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_lowercase())
        && capitals * 10 >= long.len() * 6
}
