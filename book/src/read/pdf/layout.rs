//! From printed lines to headings and paragraphs.
//!
//! What stands at the edge of page after page is not the book's text; what is set larger than most is
//! a heading; a line that is indented, or follows a gap or a short last line, begins a paragraph; a
//! word that was divided at the end of a line is one word again.

use std::collections::{HashMap, HashSet};

use super::page::Line;
use crate::read::block::Block;
use crate::read::heading::{Kind, mark};
use crate::read::promote::{promote, set_capitals_apart};

/// How much larger than the text a heading is set.
const LARGER: f32 = 1.12;
/// Longest heading, in characters.
const HEADING: usize = 160;
/// Pages on which a line has to stand at the edge to be a running head.
const REPEATS: usize = 3;

/// The blocks of a book, and where its pages begin among them.
pub(super) struct LaidOut {
    pub blocks: Vec<Block>,
    /// For each page the first block that begins on it or after it.
    pub pages: Vec<usize>,
    /// The largest lines of the first page that has any.
    pub title: String,
}

/// Lays out a book of `pages` pages.
pub(super) fn blocks(mut lines: Vec<Line>, pages: usize) -> LaidOut {
    let body = body_size(&lines);
    let title = title(&lines, body);
    drop_margins(&mut lines, pages, body);
    join_initials(&mut lines, body);
    let sizes = heading_sizes(&lines, body);
    let columns = columns(&lines, pages, body);
    let leading = leading(&lines);
    let known = words(&lines);
    let mut out = LaidOut { blocks: Vec::new(), pages: Vec::with_capacity(pages), title };
    let mut before: Option<(&Line, Option<u8>)> = None;
    let set = Setting { columns: &columns, leading, body };
    for line in &lines {
        let level = heading_level(line, &sizes, &set);
        let new = before.is_none_or(|(last, last_level)| {
            last_level != level
                || match level {
                    Some(_) => set.begins_heading(last, line),
                    None => set.begins_paragraph(last, line),
                }
        });
        if new {
            while out.pages.len() <= line.page {
                out.pages.push(out.blocks.len());
            }
            out.blocks.push(Block { heading: level, ..Block::default() });
        }
        if let Some(block) = out.blocks.last_mut() {
            join(&mut block.text, &line.text, &known);
        }
        before = Some((line, level));
    }
    out.pages.resize(pages, out.blocks.len());
    if out.blocks.iter().filter(|block| block.heading.is_some()).count() < 3 {
        set_capitals_apart(&mut out.blocks);
        promote(&mut out.blocks);
    }
    out
}

/// The size in which most of the book is set.
fn body_size(lines: &[Line]) -> f32 {
    let mut count: HashMap<i32, usize> = HashMap::new();
    for line in lines {
        *count.entry(tenths(line.size)).or_default() += line.text.len();
    }
    let most = count.into_iter().max_by_key(|&(size, count)| (count, size));
    most.map_or(0.0, |(size, _)| size as f32 / 10.0)
}

#[expect(clippy::cast_possible_truncation, reason = "a size is a few hundred points at most")]
fn tenths(size: f32) -> i32 {
    (size.clamp(0.0, 10_000.0) * 10.0).round() as i32
}

/// The title a book prints on its first page: its largest lines.
fn title(lines: &[Line], body: f32) -> String {
    let Some(page) = lines.first().map(|line| line.page) else { return String::new() };
    let of_page = lines.iter().take_while(|line| line.page == page);
    let largest = of_page.clone().map(|line| tenths(line.size)).max().unwrap_or(0);
    if largest <= tenths(body * LARGER) {
        return String::new();
    }
    let of_page = of_page.filter(|line| tenths(line.size) == largest).take(4);
    of_page.map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Takes out running heads, running feet and page numbers.
fn drop_margins(lines: &mut Vec<Line>, pages: usize, body: f32) {
    let small = |line: &Line| line.size <= body * LARGER;
    let edge = edges(lines, pages, small);
    let mut heads: HashMap<String, Vec<(usize, f32)>> = HashMap::new();
    let mut offsets: HashMap<i64, HashSet<usize>> = HashMap::new();
    for (line, _) in lines.iter().zip(&edge).filter(|(line, edge)| **edge && small(line)) {
        heads.entry(without_numbers(&line.text)).or_default().push((line.page, line.base));
        for number in numbers(&line.text) {
            offsets.entry(number - page_index(line)).or_default().insert(line.page);
        }
    }
    let numbered = offsets.into_iter().max_by_key(|(offset, pages)| (pages.len(), -offset));
    let enough = REPEATS.max(pages / 8);
    let offset = numbered.filter(|(_, on)| on.len() >= enough).map(|(offset, _)| offset);
    let runs = |line: &Line| {
        let key = without_numbers(&line.text);
        // Every letter may end with the same name, but not at the same place of the page.
        let same = |on: &Vec<(usize, f32)>| -> usize {
            let near = on.iter().filter(|(_, base)| (base - line.base).abs() < 0.8 * body);
            near.map(|(page, _)| page).collect::<HashSet<_>>().len()
        };
        let repeats = !key.is_empty() && heads.get(&key).is_some_and(|on| same(on) >= REPEATS);
        let counts = numbers(&line.text).any(|number| Some(number - page_index(line)) == offset);
        let roman = !line.text.is_empty() && line.text.chars().all(|c| "ivxlc".contains(c));
        repeats || counts || roman
    };
    let mut edge = edge.into_iter();
    lines.retain(|line| !(edge.next().unwrap_or(false) && small(line) && runs(line)));
}

/// Whether each line is one of the two highest or the two lowest of its page. What stands below a
/// heading is none: `A room with two doors.` opens every scene.
fn edges(lines: &[Line], pages: usize, small: impl Fn(&Line) -> bool) -> Vec<bool> {
    let mut of_page: Vec<Vec<usize>> = vec![Vec::new(); pages];
    for (index, line) in lines.iter().enumerate() {
        if let Some(page) = of_page.get_mut(line.page) {
            page.push(index);
        }
    }
    let mut edge = vec![false; lines.len()];
    for mut page in of_page {
        page.sort_by(|&a, &b| lines[b].base.total_cmp(&lines[a].base));
        let last = page.len().saturating_sub(2);
        let headed = page.first().is_some_and(|&first| !small(&lines[first]));
        for (rank, index) in page.into_iter().enumerate() {
            edge[index] = rank < if headed { 1 } else { 2 } || rank >= last;
        }
    }
    edge
}

fn page_index(line: &Line) -> i64 {
    i64::try_from(line.page).unwrap_or(i64::MAX)
}

/// Numbers with which a line begins or ends, that of a chapter aside.
fn numbers(text: &str) -> impl Iterator<Item = i64> {
    let named = mark(text).filter(|mark| matches!(mark.kind, Kind::Chapter | Kind::Part));
    let named = named.and_then(|mark| mark.number).map(i64::from);
    let number = |word: Option<&str>| {
        let digits = word?.trim_matches(|c: char| !c.is_alphanumeric());
        (digits.len() <= 5).then(|| digits.parse::<i64>().ok()).flatten()
    };
    let (first, last) =
        (number(text.split_whitespace().next()), number(text.split_whitespace().last()));
    let last = last.filter(|_| first != last);
    first.into_iter().chain(last).filter(move |&number| Some(number) != named)
}

/// A line as it is compared from page to page.
fn without_numbers(text: &str) -> String {
    let word = |word: &&str| !word.chars().any(|c| c.is_ascii_digit());
    text.split_whitespace().filter(word).collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A large first letter belongs to the word after it, unless that stands below: `I` is a heading too.
fn join_initials(lines: &mut Vec<Line>, body: f32) {
    let mut index = 0;
    while index + 1 < lines.len() {
        let letter = lines[index].text.chars().all(char::is_alphabetic)
            && lines[index].text.chars().count() == 1
            && lines[index].size >= body * 1.7
            && lines[index].page == lines[index + 1].page
            && lines[index + 1].base > lines[index].base - 0.5 * body;
        if letter {
            let letter = lines.remove(index);
            // `I` before a word that is whole is a word itself; nothing but the space tells.
            let gap = lines[index].start - letter.end > 0.25 * body && letter.text == "I";
            let space = if gap { " " } else { "" };
            lines[index].text = format!("{}{space}{}", letter.text, lines[index].text);
            lines[index].start = letter.start;
        }
        index += 1;
    }
}

/// The sizes of headings, the largest first.
fn heading_sizes(lines: &[Line], body: f32) -> Vec<i32> {
    let large = |line: &&Line| line.size >= body * LARGER && line.text.chars().count() <= HEADING;
    let mut sizes: Vec<i32> = lines.iter().filter(large).map(|line| tenths(line.size)).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes.dedup_by(|a, b| *b - *a <= 3);
    sizes
}

fn heading_level(line: &Line, sizes: &[i32], set: &Setting) -> Option<u8> {
    let reads_on = line.text.chars().next().is_some_and(char::is_lowercase);
    if line.text.chars().count() > HEADING || !line.text.chars().any(char::is_alphanumeric) {
        return None;
    }
    if line.size >= set.body * LARGER {
        let rank = sizes.iter().position(|size| *size <= tenths(line.size) + 3)?;
        return Some(u8::try_from(rank + 1).unwrap_or(u8::MAX).min(5));
    }
    // Set in bold, on a line that does not fill the page.
    let (_, right) = set.column(line);
    let alone = line.bold && line.end < right - 3.0 * line.size && !reads_on;
    (alone && !line.text.ends_with([',', ';', '.'])).then_some(6)
}

/// Left and right edges of the columns of each page.
fn columns(lines: &[Line], pages: usize, body: f32) -> Vec<Vec<(f32, f32)>> {
    let mut of_page: Vec<Vec<&Line>> = vec![Vec::new(); pages];
    for line in lines.iter().filter(|line| (line.size - body).abs() < 0.1 * body) {
        if let Some(page) = of_page.get_mut(line.page) {
            page.push(line);
        }
    }
    of_page.iter().map(|lines| columns_of(lines)).collect()
}

fn columns_of(lines: &[&Line]) -> Vec<(f32, f32)> {
    let edges = |lines: &[&Line]| {
        let left = lines.iter().map(|line| line.start).fold(f32::MAX, f32::min);
        (left, lines.iter().map(|line| line.end).fold(f32::MIN, f32::max))
    };
    let (left, right) = edges(lines);
    let middle = (left + right) / 2.0;
    let (second, first): (Vec<&Line>, Vec<&Line>) =
        lines.iter().partition(|line| line.start > middle - 0.02 * (right - left));
    let crossing = first.iter().filter(|line| line.end > middle + 0.05 * (right - left)).count();
    if second.len() * 4 >= lines.len() && crossing * 5 <= first.len() {
        return vec![edges(&first), edges(&second)];
    }
    vec![(left, right)]
}

/// The usual distance between two lines of a paragraph.
fn leading(lines: &[Line]) -> f32 {
    let mut count: HashMap<i32, usize> = HashMap::new();
    for pair in lines.windows(2).filter(|pair| pair[0].page == pair[1].page) {
        let gap = pair[0].base - pair[1].base;
        if gap > 0.5 * pair[0].size && gap < 3.0 * pair[0].size {
            *count.entry(tenths(gap)).or_default() += 1;
        }
    }
    let most = count.into_iter().max_by_key(|&(gap, count)| (count, -gap));
    most.map_or(f32::MAX, |(gap, _)| gap as f32 / 10.0)
}

/// What is usual in the book at hand.
struct Setting<'a> {
    columns: &'a [Vec<(f32, f32)>],
    leading: f32,
    body: f32,
}

impl Setting<'_> {
    /// Left and right edge of the column a line stands in.
    fn column(&self, line: &Line) -> (f32, f32) {
        let columns = self.columns.get(line.page).map(Vec::as_slice).unwrap_or_default();
        let inside = columns.iter().rfind(|(left, _)| *left <= line.start + 1.0);
        inside.or(columns.first()).copied().unwrap_or((line.start, line.end))
    }

    fn indent(&self, line: &Line) -> f32 {
        (line.start - self.column(line).0) / line.size.max(1.0)
    }

    /// The last line of a paragraph seldom reaches the edge.
    fn is_short(&self, line: &Line) -> bool {
        line.end < self.column(line).1 - 2.5 * line.size
    }

    fn begins_heading(&self, last: &Line, line: &Line) -> bool {
        let gap = last.base - line.base;
        let names = |line: &Line| {
            mark(&line.text).is_some_and(|mark| mark.kind != Kind::Number || mark.title.is_empty())
        };
        last.page != line.page
            || gap < 0.0
            || gap > 1.9 * line.size
            || tenths(last.size).abs_diff(tenths(line.size)) > 3
            || names(last)
            || names(line)
    }

    fn begins_paragraph(&self, last: &Line, line: &Line) -> bool {
        let ended = last.text.ends_with(|c: char| ".!?:”’\"')»…—*".contains(c));
        let (before, here) = (self.indent(last), self.indent(line));
        let indented = here > 0.6;
        // Lines that all stand back are a quotation, unless they are too short for prose.
        let quoted = indented && (before - here).abs() < 0.3 && !self.is_short(last);
        let gap = last.base - line.base;
        if last.page != line.page || gap < 0.0 {
            return indented && !quoted || (self.is_short(last) && ended);
        }
        gap > self.leading * 1.35
            || gap > 2.5 * self.body
            || (indented && !quoted)
            || (before > 1.5
                && here < 0.3
                && before - here > 1.5
                && self.is_short(last)
                && !line.text.starts_with(char::is_lowercase))
            || (self.is_short(last) && ended)
    }
}

/// Words as they stand within lines, by which divided ones are known.
fn words(lines: &[Line]) -> HashSet<String> {
    let inner = lines.iter().flat_map(|line| {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        let inner = words.len().saturating_sub(1);
        words.into_iter().take(inner)
    });
    let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    inner.map(plain).filter(|word| word.contains('-')).collect()
}

/// Puts a line at the end of a text. A hyphen at its end goes, unless the book writes the word with it.
fn join(text: &mut String, line: &str, known: &HashSet<String>) {
    let goes_on = line.chars().next().is_some_and(char::is_lowercase);
    let stem = text.strip_suffix(['-', '\u{ad}', '\u{2010}']);
    let stem = stem.filter(|stem| goes_on && stem.ends_with(char::is_alphabetic));
    if let Some(stem) = stem.map(str::len) {
        let first = text[..stem].rsplit(char::is_whitespace).next().unwrap_or_default();
        let second = line.split(char::is_whitespace).next().unwrap_or_default();
        let whole = format!("{first}-{second}").to_lowercase();
        let whole = whole.trim_matches(|c: char| !c.is_alphanumeric());
        if known.contains(whole) {
            text.truncate(stem);
            text.push('-');
        } else {
            text.truncate(stem);
        }
    } else if !text.is_empty() && !text.ends_with(['—', '-']) {
        text.push(' ');
    }
    text.push_str(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(page: usize, start: f32, base: f32, text: &str) -> Line {
        let end = start + text.chars().count() as f32 * 5.0;
        Line { page, start, end, base, size: 10.0, bold: false, text: text.to_owned() }
    }

    fn shown(lines: Vec<Line>, pages: usize) -> Vec<String> {
        let blocks = blocks(lines, pages).blocks;
        let show =
            |b: Block| b.heading.map_or(b.text.clone(), |level| format!("{level}|{}", b.text));
        blocks.into_iter().map(show).collect()
    }

    const LONG: &str = "a line that is as long as any line of this page may be here";

    #[test]
    fn indents_gaps_and_short_lines_begin_paragraphs() {
        let lines = vec![
            line(0, 50.0, 700.0, LONG),
            line(0, 65.0, 688.0, "An indented line that is as long as the lines are"),
            line(0, 50.0, 676.0, "and ends."),
            line(0, 50.0, 664.0, LONG),
            line(0, 50.0, 630.0, LONG),
        ];
        assert_eq!(shown(lines, 1).len(), 4);
    }

    #[test]
    fn divided_words_are_joined_and_compounds_stay() {
        let lines = vec![
            line(0, 50.0, 700.0, "the well-known man sat on the book-"),
            line(0, 50.0, 688.0, "shelves of that well-"),
            line(0, 50.0, 676.0, "known house and read and read on"),
        ];
        let expected = "the well-known man sat on the bookshelves of that well-known house and read and read on";
        assert_eq!(shown(lines, 1), [expected]);
    }

    #[test]
    fn running_heads_and_page_numbers_are_not_text() {
        let pages = 8;
        let mut lines = Vec::new();
        for page in 0..pages {
            let head = format!("{} THE WOLF", page + 11);
            lines.push(line(page, 50.0, 800.0, &head));
            for row in 0_u8..5 {
                lines.push(line(page, 50.0, 700.0 - 12.0 * f32::from(row), LONG));
            }
            lines.push(line(page, 200.0, 30.0, &format!("– {} –", page + 11)));
        }
        let shown = shown(lines, pages);
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!(!shown[0].contains("WOLF") && !shown[0].contains("11"));
    }

    #[test]
    fn larger_lines_are_headings_and_initials_are_letters() {
        let large = |base, size, text: &str| Line { size, ..line(0, 50.0, base, text) };
        let lines = vec![
            large(760.0, 20.0, "Chapter 1"),
            large(730.0, 24.0, "Down the Hole"),
            large(690.0, 30.0, "A"),
            line(0, 70.0, 700.0, "lice was beginning to get very tired of sitting by"),
            line(0, 50.0, 688.0, LONG),
            line(0, 50.0, 676.0, LONG),
        ];
        let shown = shown(lines, 1);
        assert_eq!(shown[..2], ["2|Chapter 1", "2|Down the Hole"]);
        assert!(shown[2].starts_with("Alice was"), "{shown:?}");
    }
    #[test]
    fn a_large_numeral_above_the_text_is_a_heading() {
        let numeral = Line { size: 20.0, ..line(0, 50.0, 720.0, "I") };
        let lines = vec![numeral, line(0, 65.0, 690.0, LONG), line(0, 50.0, 678.0, LONG)];
        assert_eq!(shown(lines, 1)[0], "1|I");
    }
    #[test]
    fn what_letters_end_with_is_no_running_foot() {
        let mut lines = Vec::new();
        for page in 0_u8..4 {
            let bottom = 400.0 - 60.0 * f32::from(page);
            lines.push(line(page.into(), 50.0, 700.0, LONG));
            lines.push(line(page.into(), 50.0, bottom, "Your brother,"));
            lines.push(line(page.into(), 50.0, bottom - 12.0, "R. W."));
        }
        let shown = shown(lines, 4);
        assert_eq!(shown.iter().filter(|text| text.contains("R. W.")).count(), 4, "{shown:?}");
    }

    #[test]
    fn a_ragged_first_line_does_not_end_its_paragraph() {
        let lines = vec![
            line(0, 50.0, 700.0, LONG),
            line(0, 68.0, 688.0, "MARTHA. I went down to the old mill beyond"),
            line(0, 50.0, 676.0, "the orchard, and the snow lay deep upon everything there"),
        ];
        assert_eq!(shown(lines, 1).len(), 2);
    }
}
