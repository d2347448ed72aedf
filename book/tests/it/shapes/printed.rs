//! Novels as printed pages.

use super::novel::{Novel, Piece};
use crate::pdf::{Line, pdf};

/// Lines of a page, letters of a line.
const LINES: usize = 44;
const LETTERS: usize = 64;
/// Where a line stands: the left edge, the first line, the distance to the next.
const LEFT: i64 = 72;
const TOP: i64 = 720;
const STEP: i64 = 14;

/// A line that is its own.
type Row = (i64, i64, i64, String);

/// A PDF with a new page for each piece, its heading in large letters, its paragraphs indented. `None`
/// where its letters are not in the font, or where nothing tells sections from chapters.
pub fn pages(novel: &Novel, bookmarks: bool) -> Option<Vec<u8>> {
    let mut pages: Vec<Vec<Row>> = Vec::new();
    let mut titles: Vec<(String, usize)> = Vec::new();
    for piece in &novel.pieces {
        let heading = piece.heading();
        if !heading.is_empty() {
            titles.push((heading, pages.len()));
        }
        pages.extend(typeset(piece));
    }
    let in_the_font = |text: &str| !encoding_rs::WINDOWS_1252.encode(text).2;
    let told = pages.iter().flatten().all(|(.., text)| in_the_font(text));
    let pages: Vec<Vec<Line>> = pages
        .iter()
        .map(|page| page.iter().map(|(x, y, size, text)| (*x, *y, *size, text.as_str())).collect())
        .collect();
    let marks: Vec<(&str, usize)> =
        titles.iter().map(|(title, page)| (title.as_str(), *page)).collect();
    let mut bytes = Vec::new();
    pdf(&pages, if bookmarks { &marks } else { &[] }).save_to(&mut bytes).unwrap();
    (told && !novel.has_sections()).then_some(bytes)
}

/// The pages of one piece.
fn typeset(piece: &Piece) -> Vec<Vec<Row>> {
    let mut lines: Vec<(i64, i64, String)> = Vec::new();
    for text in [&piece.number, &piece.title].into_iter().filter(|text| !text.is_empty()) {
        lines.extend(broken(text, LETTERS / 2).into_iter().map(|line| (LEFT, 20, line)));
    }
    if !lines.is_empty() {
        lines.push((LEFT, 10, String::new()));
    }
    for paragraph in piece.text.iter().flat_map(|text| text.split('\n')) {
        let rows = broken(paragraph, LETTERS).into_iter().enumerate();
        lines.extend(rows.map(|(nth, row)| (if nth == 0 { LEFT + 18 } else { LEFT }, 10, row)));
    }
    let place = |(nth, (x, size, text)): (usize, &(i64, i64, String))| {
        (*x, TOP - STEP * i64::try_from(nth).expect("a page is short"), *size, text.clone())
    };
    lines
        .chunks(LINES)
        .map(|page| page.iter().enumerate().map(place).filter(|(.., t)| !t.is_empty()).collect())
        .collect()
}

/// A text in lines of at most so many letters.
fn broken(text: &str, letters: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("one at least");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > letters {
            lines.push(word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines
}
