//! What stands before and behind the pictures: title, contents, the note on how they were made.
//!
//! **Invariant:** each entry of the contents leads to the page whose number it names.

use super::letters::{Letters, Line, Type};
use super::sheet::{Area, HEADING, Item, Measures, Role, Sheet, Text};

const NOTE: Type = Type::upright(10.5, 15.0);
const AUTHOR: Type = Type::upright(13.0, 18.0);
const TITLE: Type = Type::upright(26.0, 32.0);
const CONTENTS: Type = Type::upright(11.0, 17.0);
pub(super) fn title_page(measures: &Measures, text: &Text, letters: &Letters) -> Sheet {
    let mut sheet = Sheet::new(measures.page);
    title(&mut sheet, measures, text, measures.page.1 * 0.3, letters);
    sheet
}

/// Title and author from `y` down; returns where they end.
pub(super) fn title(
    sheet: &mut Sheet,
    measures: &Measures,
    text: &Text,
    y: f32,
    letters: &Letters,
) -> f32 {
    let area = |y| (measures.margin, y, measures.inner());
    let lines = letters.lines(&text.title, TITLE, measures.inner(), 6);
    let y = sheet.block(Role::Title, TITLE, lines, area(y), true) + 18.0;
    let lines = letters.lines(&text.author, AUTHOR, measures.inner(), 4);
    sheet.block(Role::Paragraph, AUTHOR, lines, area(y), true)
}

/// The lines of the contents.
pub(super) struct Entries {
    top: f32,
    pub on_a_page: usize,
}

impl Entries {
    pub fn of(measures: &Measures) -> Self {
        let top = measures.margin + 48.0;
        let room = measures.page.1 - measures.margin - top;
        Self { top, on_a_page: (room / CONTENTS.leading) as usize }
    }

    pub fn pages(
        &self,
        measures: &Measures,
        chapters: &[(String, usize, f32)],
        letters: &Letters,
    ) -> Vec<Sheet> {
        let mut sheets = Vec::new();
        for (nth, on_page) in chapters.chunks(self.on_a_page).enumerate() {
            let mut sheet = Sheet::new(measures.page);
            if nth == 0 {
                let heading = vec![letters.line("Contents", HEADING)];
                let area = (measures.margin, measures.margin, measures.inner());
                sheet.block(Role::Heading, HEADING, heading, area, true);
            }
            for (row, (title, page, _)) in on_page.iter().enumerate() {
                self.entry(&mut sheet, measures, row, title, *page, letters);
            }
            sheets.push(sheet);
        }
        sheets
    }

    /// A title, dots, and the number of its page.
    fn entry(
        &self,
        sheet: &mut Sheet,
        measures: &Measures,
        row: usize,
        title: &str,
        page: usize,
        letters: &Letters,
    ) {
        let (left, width) = (measures.margin, measures.inner());
        let y = self.top + CONTENTS.leading * row as f32;
        let baseline = y + CONTENTS.size;
        let number = letters.line(&(page + 1).to_string(), CONTENTS);
        let room = width - number.width - 24.0;
        let mut lines = letters.lines(title, CONTENTS, room, 1);
        let end = lines.first().map_or(0.0, |line| line.width);
        let dot = letters.line(" .", CONTENTS).width;
        let dots = ((width - number.width - end - 8.0) / dot).max(0.0) as usize;
        let leader = letters.line(&" .".repeat(dots), CONTENTS);
        let right = left + width - number.width;
        let leader = (right - 4.0 - leader.width, baseline, leader);
        let mut placed: Vec<(f32, f32, Line)> = Vec::new();
        placed.extend(lines.pop().map(|line| (left, baseline, line)));
        placed.push((right, baseline, number));
        sheet.text(Role::Entry, CONTENTS, placed);
        sheet.text(Role::Apart, CONTENTS, vec![leader]);
        let area = Area { x: left, y, width, height: CONTENTS.leading };
        sheet.items.push(Item::Link { area, page });
    }
}

/// How the pictures were made, at the end.
pub(super) fn note_pages(measures: &Measures, text: &Text, letters: &Letters) -> Vec<Sheet> {
    let mut lines = Vec::new();
    for paragraph in &text.note {
        lines.extend(letters.lines(paragraph, NOTE, measures.inner(), usize::MAX));
    }
    let top = measures.margin + 40.0;
    let on_a_page = ((measures.page.1 - measures.margin - top) / NOTE.leading).max(1.0) as usize;
    let mut sheets: Vec<Sheet> = Vec::new();
    while !lines.is_empty() {
        let rest = lines.split_off(on_a_page.min(lines.len()));
        let mut sheet = Sheet::new(measures.page);
        if sheets.is_empty() {
            let heading = vec![letters.line("About the illustrations", HEADING)];
            let area = (measures.margin, measures.margin, measures.inner());
            sheet.block(Role::Heading, HEADING, heading, area, true);
        }
        let area = (measures.margin, top, measures.inner());
        sheet.block(Role::Paragraph, NOTE, std::mem::replace(&mut lines, rest), area, false);
        sheets.push(sheet);
    }
    sheets
}
