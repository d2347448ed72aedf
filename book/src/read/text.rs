//! Reads plain text: paragraphs, and the headings among them.
//!
//! Nothing marks a heading in plain text but its words and the blank lines around it, so headings are
//! found in steps: lines that could be headings, less those of a table of contents, less numbers that
//! do not count up, then titles on a line of their own below a number.

use std::ops::Range;

use super::block::{Block, Document, Manuscript};
use super::gutenberg;
use super::heading::{Kind, folded, mark};
use super::matter::{self, Title};
use super::run::collapse;

/// Longest heading: lines and characters.
const HEADING_LINES: usize = 3;
const HEADING_LENGTH: usize = 120;
/// A longer paragraph is prose even without a full stop.
const PROSE_WORDS: usize = 12;

/// A paragraph as it stands in the file.
struct Raw<'t> {
    lines: Vec<&'t str>,
    blank_before: usize,
}

/// Reads a text.
pub(crate) fn read(text: &str) -> Manuscript {
    let paragraphs = paragraphs(text);
    let mut book = Manuscript { documents: vec![Document::default()], ..Manuscript::default() };
    header(&paragraphs, &mut book);
    let mut blocks = Vec::with_capacity(paragraphs.len());
    let mut blanks = Vec::with_capacity(paragraphs.len());
    for raw in &paragraphs {
        let text = raw.lines.join("\n");
        // Where a picture was, and is no more.
        if text.trim_start().starts_with("[Illustration") && text.trim_end().ends_with(']') {
            continue;
        }
        blocks.push(Block { text, ..Block::default() });
        blanks.push(raw.blank_before);
    }
    promote(&mut blocks, &blanks);
    for block in &mut blocks {
        let flowed =
            if block.heading.is_some() { collapse(&block.text) } else { flow(&block.text) };
        (block.text, block.emphasis) = emphasis(&flowed);
    }
    blocks.retain(|block| !block.text.is_empty());
    book.blocks = blocks;
    book
}

/// Groups of lines between blank lines; single lines where a text has a line for each paragraph.
fn paragraphs(text: &str) -> Vec<Raw<'_>> {
    let lines: Vec<&str> = text.split(['\n', '\x0c']).map(str::trim_end).collect();
    let full = lines.iter().filter(|line| !line.is_empty()).count();
    let groups = lines.windows(2).filter(|pair| pair[0].is_empty() && !pair[1].is_empty()).count();
    let characters: usize = lines.iter().map(|line| line.len()).sum();
    let line_each = full > 0 && (full > 30 * (groups + 1) || characters / full > 160);
    let mut out: Vec<Raw> = Vec::new();
    let mut blank = 0;
    for line in lines {
        if line.is_empty() {
            blank += 1;
            continue;
        }
        match out.last_mut().filter(|_| blank == 0 && !line_each) {
            Some(raw) => raw.lines.push(line),
            None => out.push(Raw { lines: vec![line], blank_before: blank }),
        }
        blank = 0;
    }
    out
}

/// Title, author and language, where Project Gutenberg states them.
fn header(paragraphs: &[Raw], book: &mut Manuscript) {
    let start = |raw: &Raw| {
        raw.lines.iter().any(|l| l.contains("***") && l.to_uppercase().contains("START OF"))
    };
    let Some(end) = paragraphs.iter().take(60).position(start) else { return };
    for line in paragraphs[..end].iter().filter_map(|raw| raw.lines.first()) {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = collapse(value);
        match key.trim() {
            "Title" => book.title = value,
            "Author" => book.author = value,
            "Language" => book.language = language(&value),
            _ => {}
        }
    }
}

/// The tag of a language by its English name.
fn language(name: &str) -> Option<String> {
    const NAMES: [(&str, &str); 12] = [
        ("English", "en"),
        ("French", "fr"),
        ("German", "de"),
        ("Spanish", "es"),
        ("Italian", "it"),
        ("Portuguese", "pt"),
        ("Dutch", "nl"),
        ("Finnish", "fi"),
        ("Swedish", "sv"),
        ("Latin", "la"),
        ("Russian", "ru"),
        ("Danish", "da"),
    ];
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, tag)| (*tag).to_owned())
}

/// Makes headings of the blocks that read like headings. `blanks` counts the blank lines before each.
pub(crate) fn promote(blocks: &mut [Block], blanks: &[usize]) {
    let text = gutenberg::text_between_licences(blocks);
    let mut candidates: Vec<usize> =
        text.clone().filter(|&at| is_candidate(&blocks[at].text)).collect();
    drop_contents(blocks, &mut candidates);
    drop_uncounted(blocks, &mut candidates);
    if candidates.iter().filter(|&&at| mark(&blocks[at].text).is_some()).count() == 0 {
        candidates.extend(capitals(blocks, blanks).into_iter().filter(|at| text.contains(at)));
        candidates.sort_unstable();
    }
    let subtitles = subtitles(blocks, &candidates);
    for at in candidates.into_iter().chain(subtitles) {
        let is_part = mark(&blocks[at].text).is_some_and(|mark| mark.kind == Kind::Part);
        blocks[at].heading = Some(if is_part { 1 } else { 2 });
    }
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
            words <= 6 && matter::title(text, "") != Title::Plain && !text.trim_end().ends_with('.')
        }
    }
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
    let mut last_of = std::collections::HashMap::new();
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

/// Drops bare numbers that do not count up from one, and all of them where chapters are named.
fn drop_uncounted(blocks: &[Block], candidates: &mut Vec<usize>) {
    let kind = |at: usize| mark(&blocks[at].text).map(|mark| mark.kind);
    let named = candidates.iter().filter(|&&at| kind(at) == Some(Kind::Chapter)).count();
    let mut expected = 1;
    let mut counted = 0;
    let mut keep = vec![true; candidates.len()];
    for (index, &at) in candidates.iter().enumerate() {
        let Some(mark) = mark(&blocks[at].text).filter(|mark| mark.kind == Kind::Number) else {
            continue;
        };
        keep[index] = named < 2 && (mark.number == Some(expected) || mark.number == Some(1));
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

/// Lines in capitals with much space before them, where nothing else is a heading.
fn capitals(blocks: &[Block], blanks: &[usize]) -> Vec<usize> {
    let is_heading = |at: &usize| {
        let text = &blocks[*at].text;
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        letters >= 3
            && text.lines().count() <= 2
            && text.chars().count() <= 60
            && !text.chars().any(char::is_lowercase)
            && blanks.get(*at).is_none_or(|&blank| blank >= 2)
            && !text.contains("***")
    };
    let found: Vec<usize> = (0..blocks.len()).filter(is_heading).collect();
    if found.len() >= 3 { found } else { Vec::new() }
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

/// Joins the lines of a paragraph; lines of verse are kept.
fn flow(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let indented =
        lines.iter().filter(|line| line.starts_with("  ") || line.starts_with('\t')).count();
    let longest = lines.iter().map(|line| line.trim().chars().count()).max().unwrap_or(0);
    let verse =
        lines.len() > 1 && (indented * 2 > lines.len() || (lines.len() > 2 && longest < 45));
    let bare = |line: &String| !line.trim_matches(['_', ' ']).is_empty();
    let lines = lines.iter().map(|line| collapse(line)).filter(bare);
    lines.collect::<Vec<_>>().join(if verse { "\n" } else { " " })
}

/// Takes out the underscores by which plain text says italics, and says where they were.
fn emphasis(text: &str) -> (String, Vec<Range<usize>>) {
    let pieces: Vec<&str> = text.split('_').collect();
    // Without a partner, an underscore is only an underscore.
    if pieces.len().is_multiple_of(2) {
        return (text.to_owned(), Vec::new());
    }
    let mut out = String::with_capacity(text.len());
    let mut ranges = Vec::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        let start = out.len();
        out.push_str(piece);
        if index % 2 == 1 && !piece.is_empty() {
            ranges.push(start..out.len());
        }
    }
    // Around blanks, it was no emphasis.
    let is_plain = collapse(&out).len() == out.len();
    if is_plain { (out, ranges) } else { (text.to_owned(), Vec::new()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Headings as `2|text`, the rest as it is.
    fn show(text: &str) -> Vec<String> {
        let blocks = read(text).blocks;
        let line =
            |b: &Block| b.heading.map_or(b.text.clone(), |level| format!("{level}|{}", b.text));
        blocks.iter().map(line).collect()
    }

    fn headings(text: &str) -> Vec<String> {
        show(text).into_iter().filter(|line| line.as_bytes().get(1) == Some(&b'|')).collect()
    }

    const PROSE: &str =
        "\n\nIt was a long and stormy night, and nobody in the whole house had slept at all.\n\n";

    fn with_prose(headings: &[&str]) -> String {
        headings.iter().map(|heading| format!("{heading}{PROSE}")).collect()
    }

    #[test]
    fn every_dress_of_headings() {
        for list in [
            ["CHAPTER I. The Wolf", "CHAPTER II. The Hare"],
            ["Chapter One", "Chapter Two"],
            ["I", "II"],
            ["1.  The Cyclone", "2.  The Council"],
            ["THE FIRST CHAPTER", "THE SECOND CHAPTER"],
            ["Letter 1", "Letter 2"],
        ] {
            let expected: Vec<String> = list.iter().map(|h| format!("2|{}", collapse(h))).collect();
            assert_eq!(headings(&with_prose(&list)), expected);
        }
    }

    #[test]
    fn a_table_of_contents_is_not_doubled() {
        let contents = "CONTENTS\n\nLetter 1\n\nChapter 1\n\nChapter 2\n\n\n";
        let text = format!("{contents}{}", with_prose(&["Letter 1", "Chapter 1", "Chapter 2"]));
        assert_eq!(headings(&text), ["2|CONTENTS", "2|Letter 1", "2|Chapter 1", "2|Chapter 2"]);
    }

    #[test]
    fn titles_below_numbers_are_headings_too() {
        let text = with_prose(&["CHAPTER I\n\nThe Wolf Comes", "CHAPTER II\n\nOF THE HARE."]);
        assert_eq!(
            headings(&text),
            ["2|CHAPTER I", "2|The Wolf Comes", "2|CHAPTER II", "2|OF THE HARE."]
        );
        let speech = with_prose(&["CHAPTER I\n\n“Tom!”", "CHAPTER II\n\nNo answer."]);
        assert_eq!(headings(&speech), ["2|CHAPTER I", "2|CHAPTER II"]);
    }

    #[test]
    fn numbers_that_do_not_count_are_text() {
        assert_eq!(
            headings(&with_prose(&["Chapter 1", "1914", "Chapter 2", "7."])),
            ["2|Chapter 1", "2|Chapter 2"]
        );
        assert_eq!(headings(&with_prose(&["12. Take the eggs", "3. Beat them"])), [""; 0]);
    }

    #[test]
    fn lines_are_joined_and_verse_is_kept() {
        assert_eq!(
            show("He said _it_\nwas  late.\n\n    How doth the\n    little crocodile\n"),
            ["He said it was late.", "How doth the\nlittle crocodile"]
        );
    }

    #[test]
    fn a_line_for_each_paragraph_is_read_so() {
        let text: String = (0..80).map(|n| format!("Paragraph {n} of the tale.\n")).collect();
        assert_eq!(show(&text).len(), 80);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(CHAPTER|I|1\\.|_| |\n|\n\n|word|“|é|\\PC){0,60}") {
            for block in read(&text).blocks {
                prop_assert!(!block.text.is_empty() && !block.text.contains("\n\n"));
            }
        }
    }
}
