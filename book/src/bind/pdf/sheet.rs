//! Where everything stands on the pages of a picture book: a pure function of titles, captions and the
//! pictures' sizes.
//!
//! **Invariant:** nothing stands outside its page, pictures keep their proportions, and the page numbers
//! of the contents are those of the pages.

use super::letters::{Letters, Line, Type};
use super::matter::{Entries, note_pages, title_page};
use super::strip::strip;
use crate::bind::PageLayout;

const NUMBER: Type = Type::upright(9.0, 12.0);
pub(super) const HEADING: Type = Type::upright(13.0, 16.0);

/// A rectangle in points, from the page's upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// What a text is in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Title,
    Heading,
    Caption,
    Paragraph,
    /// A line of the contents.
    Entry,
    /// Page numbers and the like, which no one reads aloud.
    Apart,
}

/// What stands on a page.
pub(crate) enum Item {
    /// Lines of one text, each with the left end of its baseline.
    Text { role: Role, size: f32, lines: Vec<(f32, f32, Line)> },
    /// The picture of a panel.
    Picture { panel: usize, area: Area },
    /// Whoever clicks here comes to a page.
    Link { area: Area, page: usize },
}

/// One page.
pub(crate) struct Sheet {
    /// Width and height in points.
    pub size: (f32, f32),
    /// In reading order.
    pub items: Vec<Item>,
}

/// What the book says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text {
    pub title: String,
    pub author: String,
    /// Paragraphs about the pictures.
    pub note: Vec<String>,
}

/// One picture with its words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Panel {
    /// Pixels.
    pub size: (u32, u32),
    pub caption: String,
    /// The title of the chapter that begins with this picture.
    pub heading: Option<String>,
}

/// The pages, and for each panel with a heading the index of its page and how far down it is.
pub(crate) struct Sheets {
    pub sheets: Vec<Sheet>,
    pub chapters: Vec<(String, usize, f32)>,
}

/// The measures of a layout, in points.
pub(super) struct Measures {
    pub page: (f32, f32),
    pub margin: f32,
    columns: usize,
    rows: usize,
    gap: f32,
    pub caption: Type,
    caption_lines: usize,
    /// The caption stands to the right of its picture.
    beside: bool,
}

impl Measures {
    fn of(layout: PageLayout) -> Self {
        let a4 = (595.0, 842.0);
        let one = Self {
            page: (432.0, 648.0),
            margin: 40.0,
            columns: 1,
            rows: 1,
            gap: 0.0,
            caption: Type::italic(10.0, 13.0),
            caption_lines: 5,
            beside: false,
        };
        match layout {
            PageLayout::One | PageLayout::Strip => one,
            PageLayout::TwoByTwo => {
                let caption = Type::italic(8.5, 10.5);
                Self { page: a4, columns: 2, rows: 2, gap: 22.0, caption, ..one }
            }
            PageLayout::FourByOne => {
                Self { page: a4, rows: 4, gap: 18.0, beside: true, caption_lines: 9, ..one }
            }
        }
    }

    pub fn inner(&self) -> f32 {
        self.page.0 - 2.0 * self.margin
    }
}

/// Lays out a whole book.
pub(crate) fn lay_out(
    layout: PageLayout,
    text: &Text,
    panels: &[Panel],
    letters: &Letters,
) -> Sheets {
    let measures = Measures::of(layout);
    if layout == PageLayout::Strip {
        return strip(&measures, text, panels, letters);
    }
    let headings = panels.iter().filter(|panel| panel.heading.is_some()).count();
    let entries = Entries::of(&measures);
    let front = 1 + headings.div_ceil(entries.on_a_page);
    let per_page = measures.columns * measures.rows;
    let mut chapters = Vec::with_capacity(headings);
    let mut pages = Vec::new();
    for (index, on_page) in panels.chunks(per_page).enumerate() {
        let mut sheet = Sheet::new(measures.page);
        for (place, panel) in on_page.iter().enumerate() {
            let cell = cell(&measures, place);
            if let Some(heading) = &panel.heading {
                chapters.push((heading.clone(), front + index, cell.y));
            }
            // Pictures of a row stand level, whichever of them begins a chapter.
            let row = on_page.chunks(measures.columns).nth(place / measures.columns);
            let band = row.unwrap_or_default().iter().map(|p| band(p, cell.width, letters));
            let band = band.fold(0.0, f32::max);
            set_panel(&mut sheet, &measures, cell, band, index * per_page + place, panel, letters);
        }
        let number = letters.line(&(front + index + 1).to_string(), NUMBER);
        let at = ((measures.page.0 - number.width) / 2.0, measures.page.1 - 20.0);
        sheet.text(Role::Apart, NUMBER, vec![(at.0, at.1, number)]);
        pages.push(sheet);
    }
    let mut sheets = vec![title_page(&measures, text, letters)];
    sheets.extend(entries.pages(&measures, &chapters, letters));
    sheets.extend(pages);
    sheets.extend(note_pages(&measures, text, letters));
    Sheets { sheets, chapters }
}

impl Sheet {
    pub fn new(size: (f32, f32)) -> Self {
        Self { size, items: Vec::new() }
    }

    pub fn text(&mut self, role: Role, letters: Type, lines: Vec<(f32, f32, Line)>) {
        if !lines.is_empty() {
            self.items.push(Item::Text { role, size: letters.size, lines });
        }
    }

    /// Sets lines below one another from `y` down; returns where they end.
    pub fn block(
        &mut self,
        role: Role,
        letters: Type,
        lines: Vec<Line>,
        area: (f32, f32, f32),
        centred: bool,
    ) -> f32 {
        let (x, y, width) = area;
        let end = y + letters.leading * lines.len() as f32;
        let placed = lines.into_iter().enumerate().map(|(index, line)| {
            let indent = if centred { (width - line.width).max(0.0) / 2.0 } else { 0.0 };
            (x + indent, y + letters.leading * index as f32 + letters.size, line)
        });
        let placed = placed.collect();
        self.text(role, letters, placed);
        end
    }
}

/// The place of a panel on its page.
fn cell(measures: &Measures, place: usize) -> Area {
    let (column, row) = (place % measures.columns, place / measures.columns);
    let share = |whole: f32, count: usize| {
        (whole - 2.0 * measures.margin - measures.gap * (count - 1) as f32) / count as f32
    };
    let width = share(measures.page.0, measures.columns);
    let height = share(measures.page.1, measures.rows);
    Area {
        x: measures.margin + (width + measures.gap) * column as f32,
        y: measures.margin + (height + measures.gap) * row as f32,
        width,
        height,
    }
}

fn heading_lines(panel: &Panel, width: f32, letters: &Letters) -> Vec<Line> {
    letters.lines(panel.heading.as_deref().unwrap_or_default(), HEADING, width, 2)
}

/// Room that a panel's heading takes up.
fn band(panel: &Panel, width: f32, letters: &Letters) -> f32 {
    match heading_lines(panel, width, letters).len() {
        0 => 0.0,
        lines => HEADING.leading * lines as f32 + 6.0,
    }
}

/// A picture at the largest size that fits below `band`, its heading above, its caption below or beside
/// it.
fn set_panel(
    sheet: &mut Sheet,
    measures: &Measures,
    cell: Area,
    band: f32,
    index: usize,
    panel: &Panel,
    letters: &Letters,
) {
    let heading = heading_lines(panel, cell.width, letters);
    sheet.block(Role::Heading, HEADING, heading, (cell.x, cell.y, cell.width), !measures.beside);
    let top = cell.y + band;
    let height = cell.y + cell.height - top;
    if measures.beside {
        let area = fit(panel.size, cell.width * 0.5, height);
        let area = Area { x: cell.x, y: top, ..area };
        sheet.items.push(Item::Picture { panel: index, area });
        // Captions begin where they do beside a picture of the whole height.
        let x = cell.x + fit(panel.size, cell.width * 0.5, cell.height).width + 18.0;
        let width = cell.x + cell.width - x;
        let lines = letters.lines(&panel.caption, measures.caption, width, measures.caption_lines);
        sheet.block(Role::Caption, measures.caption, lines, (x, top, width), false);
        return;
    }
    let lines =
        letters.lines(&panel.caption, measures.caption, cell.width * 0.94, measures.caption_lines);
    let caption = measures.caption.leading * lines.len() as f32;
    let gap = if lines.is_empty() { 0.0 } else { 8.0 };
    let fitted = fit(panel.size, cell.width, height - caption - gap);
    // What room is left is shared above and below, so that a page hangs a little high.
    let slack = (height - caption - gap - fitted.height).max(0.0) * 0.4;
    let area = Area { x: cell.x + (cell.width - fitted.width) / 2.0, y: top + slack, ..fitted };
    sheet.items.push(Item::Picture { panel: index, area });
    let y = area.y + area.height + gap;
    sheet.block(Role::Caption, measures.caption, lines, (cell.x, y, cell.width), true);
}

/// The largest size with a picture's proportions within a box.
pub(super) fn fit((width, height): (u32, u32), most_width: f32, most_height: f32) -> Area {
    let (width, height) = (width.max(1) as f32, height.max(1) as f32);
    let scale = (most_width / width).min(most_height.max(1.0) / height);
    Area { x: 0.0, y: 0.0, width: width * scale, height: height * scale }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::strip::TALLEST;
    use super::*;

    const LAYOUTS: [PageLayout; 4] =
        [PageLayout::One, PageLayout::TwoByTwo, PageLayout::FourByOne, PageLayout::Strip];

    fn book(captions: &[String], heading_every: usize, size: (u32, u32)) -> (Text, Vec<Panel>) {
        let text = Text {
            title: "The Tale of a Hare".into(),
            author: "A. Hare".into(),
            note: vec!["Cut in pear wood, by hand. ".repeat(60)],
        };
        let panel = |(index, caption): (usize, &String)| Panel {
            size,
            caption: caption.clone(),
            heading: index
                .is_multiple_of(heading_every)
                .then(|| format!("Chapter {index}: {caption}")),
        };
        (text, captions.iter().enumerate().map(panel).collect())
    }

    fn area_of(item: &Item) -> Area {
        match item {
            Item::Picture { area, .. } | Item::Link { area, .. } => *area,
            Item::Text { size, lines, .. } => {
                let left = lines.iter().map(|(x, ..)| *x).fold(f32::MAX, f32::min);
                let right = lines.iter().map(|(x, _, line)| x + line.width).fold(0.0, f32::max);
                let top = lines.iter().map(|(_, y, _)| y - size).fold(f32::MAX, f32::min);
                let end = lines.iter().map(|(_, y, _)| *y).fold(0.0, f32::max);
                Area { x: left, y: top, width: right - left, height: end - top }
            }
        }
    }

    fn words(item: &Item) -> String {
        let Item::Text { lines, .. } = item else { return String::new() };
        let runs = lines.iter().flat_map(|(_, _, line)| &line.runs);
        runs.map(|run| run.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_contents_lead_to_the_pages_that_they_name() {
        let letters = Letters::new(None).unwrap();
        let captions = vec![String::from("a"); 120];
        let (text, panels) = book(&captions, 2, (2, 3));
        let sheets = lay_out(PageLayout::One, &text, &panels, &letters);
        let mut links = 0;
        for sheet in &sheets.sheets {
            for pair in sheet.items.windows(3) {
                let Item::Link { page, .. } = pair[2] else { continue };
                links += 1;
                let number = (page + 1).to_string();
                assert!(words(&pair[0]).ends_with(&number));
                let target = &sheets.sheets[page];
                assert_eq!(words(target.items.last().unwrap()), number);
                let heading = words(&target.items[0]);
                assert!(words(&pair[0]).starts_with(&heading[..9]), "{heading}");
            }
        }
        assert_eq!(links, 60);
        assert_eq!(sheets.chapters.len(), 60);
    }

    #[test]
    fn a_strip_of_many_plates_is_cut_where_a_page_would_be_too_tall() {
        let letters = Letters::new(None).unwrap();
        let (text, panels) = book(&vec![String::from("a"); 100], 3, (1024, 1536));
        let sheets = lay_out(PageLayout::Strip, &text, &panels, &letters).sheets;
        assert!((5..9).contains(&sheets.len()), "{}", sheets.len());
    }

    #[test]
    fn a_page_of_a_strip_is_not_too_tall_by_its_margin() {
        let letters = Letters::new(None).unwrap();
        for height in (1500..4000).step_by(20) {
            let (text, panels) = book(&vec!["W".repeat(60); 5], 1, (169, height));
            let sheets = lay_out(PageLayout::Strip, &text, &panels, &letters).sheets;
            assert!(sheets.iter().all(|sheet| sheet.size.1 <= TALLEST), "{height}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn everything_stands_within_its_page_and_every_picture_once(
            captions in prop::collection::vec("[a-z ]{0,300}|\\PC{0,40}|W{60}", 0..12),
            every in 1usize..4, width in 1u32..4000, height in 1u32..4000,
        ) {
            let letters = Letters::new(None).unwrap();
            let (text, panels) = book(&captions, every, (width, height));
            for layout in LAYOUTS {
                let mut pictures = Vec::new();
                for sheet in lay_out(layout, &text, &panels, &letters).sheets {
                    prop_assert!(sheet.size.1 <= TALLEST);
                    for item in &sheet.items {
                        let area = area_of(item);
                        let inside = area.x >= -0.1 && area.y >= -0.1
                            && area.x + area.width <= sheet.size.0 + 6.0
                            && area.y + area.height <= sheet.size.1 + 0.1;
                        prop_assert!(inside, "{:?} {:?} {:?} {}", layout, area, sheet.size, words(item));
                        if let Item::Picture { panel, area } = item {
                            pictures.push(*panel);
                            let told = width as f32 / height as f32;
                            prop_assert!((area.width / area.height / told - 1.0).abs() < 0.01);
                        }
                    }
                }
                prop_assert_eq!(pictures, (0..panels.len()).collect::<Vec<_>>());
            }
        }
    }
}
