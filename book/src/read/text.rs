//! Reads plain text: paragraphs, and the headings among them.
//!
//! Nothing marks a heading in plain text but its words and the blank lines around it: [`promote`] finds
//! the headings, here it is told which lines have more space before them than paragraphs have.

use std::ops::Range;

use super::block::{Block, Document, Manuscript};
use super::heading::mark;
use super::promote::promote;
use super::run::collapse;

/// Bytes of a line that is a paragraph of its own.
const LONG_LINE: usize = 200;
/// Numbers of pages that a text has at least, if it has them at all.
const FOLIOS: usize = 8;

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
    let usual = usual_gap(&paragraphs);
    let mut blocks = Vec::with_capacity(paragraphs.len());
    for raw in &paragraphs {
        let text = raw.lines.join("\n");
        // Where a picture was, and is no more.
        if text.trim_start().starts_with("[Illustration") && text.trim_end().ends_with(']') {
            continue;
        }
        let set_apart = raw.blank_before > usual && raw.blank_before >= 2;
        blocks.push(Block { text, set_apart, ..Block::default() });
    }
    promote(&mut blocks);
    drop_folios(&mut blocks);
    for block in &mut blocks {
        let flowed =
            if block.heading.is_some() { collapse(&block.text) } else { flow(&block.text) };
        (block.text, block.emphasis) = emphasis(&flowed);
    }
    blocks.retain(|block| !block.text.is_empty());
    book.blocks = blocks;
    book
}

/// The lines of a text. A new page amid the text divides a paragraph no more than a new line does; one
/// that begins with the name of a division stands apart.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    for (nth, page) in text.split('\x0c').enumerate() {
        let first = page.lines().next().unwrap_or_default();
        if nth > 0 && mark(first).is_some() {
            lines.extend(["", "", ""]);
        }
        lines.extend(page.split('\n').map(str::trim_end));
    }
    lines
}

/// Groups of lines between blank lines; single lines where a text has a line for each paragraph.
fn paragraphs(text: &str) -> Vec<Raw<'_>> {
    let lines = lines(text);
    let full = lines.iter().filter(|line| !line.is_empty()).count();
    let groups = lines.windows(2).filter(|pair| pair[0].is_empty() && !pair[1].is_empty()).count();
    let characters: usize = lines.iter().map(|line| line.len()).sum();
    let longest = lines.iter().map(|line| line.len()).max().unwrap_or(0);
    let line_each = full > 0
        && (full > 30 * (groups + 1)
            || characters / full > 160
            || (groups == 0 && longest > LONG_LINE));
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

/// Empty lines between most paragraphs.
fn usual_gap(paragraphs: &[Raw]) -> usize {
    let mut gaps: Vec<usize> = paragraphs.iter().map(|raw| raw.blank_before).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied().unwrap_or(1)
}

/// Takes out the numbers of pages: paragraphs of nothing but a number, most of which count on.
fn drop_folios(blocks: &mut Vec<Block>) {
    let folio = |block: &Block| -> Option<u32> {
        let bare = block.text.trim_matches(|c: char| " -—[]{}".contains(c));
        let bare =
            ["Page ", "page ", "Pg "].iter().find_map(|p| bare.strip_prefix(p)).unwrap_or(bare);
        bare.parse().ok().filter(|_| block.heading.is_none())
    };
    let numbers: Vec<u32> = blocks.iter().filter_map(folio).collect();
    let counting = numbers.windows(2).filter(|pair| pair[1] == pair[0] + 1).count();
    if numbers.len() >= FOLIOS && counting * 5 >= numbers.len() * 4 {
        blocks.retain(|block| folio(block).is_none());
    }
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

    #[test]
    fn a_new_page_that_begins_a_chapter_stands_apart() {
        let text = format!("Chapter 1\n\n{PROSE}\x0c{PROSE}\n\x0cChapter 2\n\n{PROSE}");
        let headings = read(&text).blocks.into_iter().filter(|block| block.heading.is_some());
        let headings: Vec<_> = headings.map(|block| block.text).collect();
        assert_eq!(headings, ["Chapter 1", "Chapter 2"]);
    }
}
