//! The strip: one picture below the other, for reading without turning pages.

use super::letters::Letters;
use super::matter::{note_pages, title};
use super::sheet::{Area, HEADING, Item, Measures, Panel, Role, Sheet, Sheets, Text, fit};

/// The longest side a page may have, in points: what PDF readers are bound to show.
pub(super) const TALLEST: f32 = 14_400.0;

/// One picture below the other on pages as tall as a page may be.
pub(super) fn strip(
    measures: &Measures,
    text: &Text,
    panels: &[Panel],
    letters: &Letters,
) -> Sheets {
    let (width, margin) = (measures.page.0, measures.margin);
    let mut chapters = Vec::new();
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut sheet = Sheet::new((width, 0.0));
    let mut y = title(&mut sheet, measures, text, 120.0, letters) + 60.0;
    for (index, panel) in panels.iter().enumerate() {
        let heading = panel.heading.as_deref().unwrap_or_default();
        let heading_lines = letters.lines(heading, HEADING, measures.inner(), 3);
        let caption = letters.lines(&panel.caption, measures.caption, measures.inner(), 8);
        let picture = fit(panel.size, width, TALLEST - 2.0 * TALLEST / 16.0);
        let heights = HEADING.leading * heading_lines.len() as f32
            + measures.caption.leading * caption.len() as f32;
        let needed = picture.height + heights + 64.0;
        // Below its last caption a page has a margin.
        if y + needed + margin > TALLEST {
            sheet.size.1 = y + margin;
            sheets.push(std::mem::replace(&mut sheet, Sheet::new((width, 0.0))));
            y = 0.0;
        }
        if panel.heading.is_some() {
            chapters.push((heading.to_owned(), sheets.len(), y));
            y = sheet.block(
                Role::Heading,
                HEADING,
                heading_lines,
                (margin, y + 20.0, measures.inner()),
                true,
            ) + 12.0;
        }
        let area = Area { x: (width - picture.width) / 2.0, y, ..picture };
        sheet.items.push(Item::Picture { panel: index, area });
        y = sheet.block(
            Role::Caption,
            measures.caption,
            caption,
            (margin, y + picture.height + 8.0, measures.inner()),
            true,
        ) + 24.0;
    }
    sheet.size.1 = y.max(margin);
    sheets.push(sheet);
    sheets.extend(note_pages(measures, text, letters));
    Sheets { sheets, chapters }
}
