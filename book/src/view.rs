//! Views: `Elements.md`, `Chapters.md`, `Contents.md` and `plates.csv`, for people to read.
//!
//! Each is a pure function of the records, ordered by (chapter, concept): it comes out byte for byte
//! the same whatever the order in which the work was finished. Titles, quotes and descriptions are
//! data, so whatever could be read as markup, or as a formula, is escaped.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::concept::ChapterConcepts;
use crate::element::{Element, ElementType, Elements};

/// What the views show of a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChapterView {
    /// Its number.
    pub number: u32,
    /// Title as printed.
    pub title: String,
    /// Length in words.
    pub words: u32,
    /// Its concepts, once it is analyzed.
    pub concepts: Option<ChapterConcepts>,
    /// File names of its plates, relative to the project, by concept.
    pub plates: BTreeMap<u32, String>,
    /// Why a concept has no plate, by concept.
    pub blocked: BTreeMap<u32, String>,
}

/// `Elements.md`: who and what recurs in the book, with the files of those portraits there are, by the
/// element's name.
#[must_use]
pub fn elements_md(
    title: &str,
    elements: &Elements,
    portraits: &BTreeMap<String, String>,
) -> String {
    let mut md = format!("# Elements - {}\n", inline(title));
    if elements.language_unsupported {
        md.push_str("\nThe built-in reader reads English only: no elements were looked for.\n");
    }
    for kind in ElementType::ALL {
        let mut of_kind = elements.elements.iter().filter(|e| e.kind == kind).peekable();
        if of_kind.peek().is_some() {
            let _ = write!(md, "\n### {}\n", kind.heading());
        }
        for element in of_kind {
            one_element(&mut md, element, portraits.get(&element.name));
        }
    }
    if !elements.suggestions.is_empty() {
        md.push_str("\n### Perhaps the same\n\n");
    }
    for suggestion in &elements.suggestions {
        let (keep, merge) = (inline(&suggestion.keep), inline(&suggestion.merge));
        let _ = writeln!(md, "- {keep} and {merge}: {}", inline(&suggestion.reason));
    }
    md
}

fn one_element(md: &mut String, element: &Element, portrait: Option<&String>) {
    let _ = write!(md, "\n#### {}\n", inline(&element.name));
    if let Some(file) = portrait {
        let _ = write!(md, "\n![{}](./{file})\n", inline(&element.name));
    }
    if !element.aliases.is_empty() {
        let aliases: Vec<_> = element.aliases.iter().map(|alias| inline(alias)).collect();
        let _ = write!(md, "\n**Aliases:** {}\n", aliases.join(", "));
    }
    if !element.description.is_empty() {
        let _ = write!(md, "\n**Description:** {}\n", inline(&element.description));
    }
    if let Some(before) = &element.before {
        let looks = before.looks.iter().map(|look| {
            let (text, book) = (inline(&look.fact.text), inline(&look.book));
            match look.fact.chapter {
                0 => format!("{text} ({book})"),
                chapter => format!("{text} ({book}, chapter {chapter})"),
            }
        });
        let looks: Vec<_> = looks.collect();
        let _ = write!(md, "\n**Known from earlier books:** {}\n", looks.join("; "));
    }
    let chapters: Vec<_> = element.chapters.iter().map(ToString::to_string).collect();
    let _ = write!(
        md,
        "\n**Appears in:** chapter {} ({} mentions)\n",
        chapters.join(", "),
        element.mentions
    );
    if !element.quotes.is_empty() {
        md.push_str("\n**Reference Quotes:**\n\n");
    }
    for (nth, quote) in element.quotes.iter().enumerate() {
        let _ =
            writeln!(md, "{}. (Chapter {})\n   > {}", nth + 1, quote.chapter, inline(&quote.text));
    }
}

/// `Chapters.md`: the visual moments of each chapter and their plates.
#[must_use]
pub fn chapters_md(title: &str, chapters: &[ChapterView]) -> String {
    let mut md = format!("# Chapters - {}\n", inline(title));
    for chapter in chapters {
        let _ = write!(md, "\n### {}\n", heading(chapter));
        let Some(record) = &chapter.concepts else {
            md.push_str("\nNot analyzed yet.\n");
            continue;
        };
        for concept in &record.concepts {
            let _ = write!(md, "\n#### Scene {}\n", concept.index);
            let _ = write!(md, "\n**Source Text:**\n\n> {}\n", inline(&concept.quote));
            let _ = write!(md, "\n**Visual Elements:** {}\n", inline(&concept.description));
            let details = [
                ("Present", concept.elements.join(", ")),
                ("Setting", concept.setting.clone()),
                ("Time of day", concept.time_of_day.clone()),
                ("Weather", concept.weather.clone()),
                ("Mood", concept.mood.clone()),
                ("Lighting", concept.lighting.clone()),
            ];
            for (name, value) in details.iter().filter(|(_, value)| !value.is_empty()) {
                let _ = write!(md, "\n**{name}:** {}\n", inline(value));
            }
            if let Some(file) = chapter.plates.get(&concept.index) {
                let _ = write!(md, "\n**Generated Image:** [View Image](./{file})\n");
            }
            if let Some(reason) = chapter.blocked.get(&concept.index) {
                let _ = write!(md, "\n**No image:** {}\n", inline(reason));
            }
        }
        md.push_str("\n---\n");
    }
    md
}

/// `Contents.md`: the chapters at a glance.
#[must_use]
pub fn contents_md(title: &str, chapters: &[ChapterView]) -> String {
    let mut md = format!("# Contents - {}\n\n", inline(title));
    md.push_str("| Chapter | Title | Words | Scenes | Plates |\n|---:|---|---:|---:|---:|\n");
    for chapter in chapters {
        let scenes = chapter
            .concepts
            .as_ref()
            .map_or_else(|| "-".to_owned(), |record| record.concepts.len().to_string());
        let title = inline(&chapter.title);
        let (number, words, plates) = (chapter.number, chapter.words, chapter.plates.len());
        let _ = writeln!(md, "| {number} | {title} | {words} | {scenes} | {plates} |");
    }
    md
}

/// `plates.csv`: one line per concept, for spreadsheets.
#[must_use]
pub fn plates_csv(chapters: &[ChapterView]) -> String {
    let mut csv = String::from("chapter,title,scene,file,quote,description,elements\r\n");
    for chapter in chapters {
        for concept in chapter.concepts.iter().flat_map(|record| &record.concepts) {
            let file = chapter.plates.get(&concept.index).map_or("", String::as_str);
            let elements = concept.elements.join("; ");
            let cells = [&chapter.title, file, &concept.quote, &concept.description, &elements];
            let [title, file, quote, description, elements] = cells.map(cell);
            let (number, scene) = (chapter.number, concept.index);
            let _ =
                write!(csv, "{number},{title},{scene},{file},{quote},{description},{elements}\r\n");
        }
    }
    csv
}

fn heading(chapter: &ChapterView) -> String {
    if chapter.title.is_empty() {
        format!("Chapter {}", chapter.number)
    } else {
        format!("Chapter {}: {}", chapter.number, inline(&chapter.title))
    }
}

/// Text as one line of Markdown that shows exactly this text.
pub(crate) fn inline(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '~') {
                line.push('\\');
            }
            line.push(c);
        }
    }
    line
}

/// Text as one cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapter(title: &str) -> ChapterView {
        ChapterView {
            number: 1,
            title: title.to_owned(),
            words: 2,
            concepts: None,
            plates: BTreeMap::new(),
            blocked: BTreeMap::new(),
        }
    }

    #[test]
    fn a_title_full_of_markup_stays_text() {
        let md = chapters_md("<b>x</b>", &[chapter("# a\n| [b](c) `d`")]);
        assert!(md.starts_with("# Chapters - \\<b\\>x\\</b\\>\n"), "{md}");
        assert!(md.contains("### Chapter 1: \\# a \\| \\[b\\](c) \\`d\\`\n"), "{md}");
    }

    #[test]
    fn a_formula_stays_text() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
    }
}
