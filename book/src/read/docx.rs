//! Reads a Word document: its paragraphs, and the headings its styles name.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::ReadError;
use super::archive::Archive;
use super::block::{Block, Document, Manuscript};
use super::epub::text;
use super::markup::MAX_BLOCKS;
use super::promote::promote_if_unmarked;
use super::run::{Run, Style, collapse};
use super::tokens::{Tokens, attribute, push_reference};

/// The entry that holds the text.
pub(crate) const DOCUMENT: &str = "word/document.xml";

/// Reads a document.
pub(crate) fn read(archive: &mut Archive) -> Result<Manuscript, ReadError> {
    let mut book = Manuscript { documents: vec![Document::default()], ..Manuscript::default() };
    if let Some(core) = text(archive, "docProps/core.xml")? {
        core_properties(&core.text, &mut book);
    }
    let styles = text(archive, "word/styles.xml")?.map(|styles| heading_styles(&styles.text));
    let document = text(archive, DOCUMENT)?.map(|document| document.text).unwrap_or_default();
    book.blocks = blocks(&document, &styles.unwrap_or_default());
    if book.blocks.len() > MAX_BLOCKS {
        return Err(ReadError::TooDeep { entry: DOCUMENT.to_owned() });
    }
    promote_if_unmarked(&mut book.blocks, &book.title);
    Ok(book)
}

/// Levels of the styles that are headings, by id; ids are translated, names are not.
fn heading_styles(styles: &str) -> HashMap<String, u8> {
    let mut levels = HashMap::new();
    let mut id = String::new();
    for (event, _) in Tokens::new(styles) {
        let (Event::Start(tag) | Event::Empty(tag)) = event else { continue };
        match tag.local_name().as_ref() {
            "style" => id = attribute(&tag, "styleId").unwrap_or_default(),
            "name" => {
                if let Some(level) = heading_level(&value(&tag)) {
                    levels.insert(id.clone(), level);
                }
            }
            _ => {}
        }
    }
    levels
}

/// `heading 2`, `Heading2`: 2. The title of the document is above all headings.
fn heading_level(name: &str) -> Option<u8> {
    let name = name.to_lowercase().replace(' ', "");
    if name == "title" {
        return Some(1);
    }
    if let Some(level) = name.strip_prefix("heading") {
        return level.parse().ok().filter(|level| (1..=6).contains(level));
    }
    // What people call the styles that they make for it themselves.
    let words = ["chapternumber", "chaptertitle", "chapterheading", "chaptername"];
    (name == "chapter" || words.iter().any(|word| name.contains(word))).then_some(2)
}

fn value(tag: &BytesStart) -> String {
    attribute(tag, "val").unwrap_or_default()
}

/// A property that is there is on, unless it says otherwise.
fn is_on(tag: &BytesStart) -> bool {
    !matches!(value(tag).as_str(), "0" | "false" | "none")
}

fn blocks(document: &str, styles: &HashMap<String, u8>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut run = Run::default();
    let mut style = Style::default();
    let mut heading = None;
    let mut in_text = false;
    for (event, _) in Tokens::new(document) {
        if blocks.len() > MAX_BLOCKS {
            break;
        }
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                let empty = matches!(event, Event::Empty(_));
                match tag.local_name().as_ref() {
                    "p" => heading = None,
                    "pStyle" => {
                        let id = value(tag);
                        heading = styles.get(&id).copied().or_else(|| heading_level(&id));
                    }
                    "outlineLvl" => {
                        let level = value(tag).parse::<u8>().ok().filter(|level| *level < 6);
                        heading = heading.or(level.map(|level| level + 1));
                    }
                    "r" => style = Style::default(),
                    "i" => style.emphasis = is_on(tag),
                    "b" => style.bold = is_on(tag),
                    "t" => in_text = !empty,
                    "tab" | "noBreakHyphen" => run.push(" ", style),
                    "br" | "cr" if run.line_break() => blocks.extend(run.take()),
                    _ => {}
                }
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                "p" => {
                    let heading = heading.take();
                    blocks.extend(run.take().map(|block| Block { heading, ..block }));
                }
                "t" => in_text = false,
                _ => {}
            },
            Event::Text(text) if in_text => run.push(text, style),
            Event::GeneralRef(reference) if in_text => {
                let mut text = String::new();
                push_reference(&mut text, reference);
                run.push(&text, style);
            }
            _ => {}
        }
    }
    blocks.extend(run.take());
    blocks
}

/// Title, author and language from the properties of the document.
fn core_properties(core: &str, book: &mut Manuscript) {
    let mut text = String::new();
    for (event, _) in Tokens::new(core) {
        match event {
            Event::Start(_) => text.clear(),
            Event::Text(piece) => text.push_str(&piece),
            Event::GeneralRef(reference) => {
                push_reference(&mut text, &reference);
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                "title" => book.title = collapse(&text),
                "creator" => book.author = collapse(&text),
                "language" => book.language = Some(collapse(&text)).filter(|tag| !tag.is_empty()),
                _ => {}
            },
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_make_headings_in_any_language() {
        let styles = heading_styles(
            r#"<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>"#,
        );
        let found = blocks(
            r#"<w:document><w:body><w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t>Kapitel</w:t></w:r>
            <w:r><w:t xml:space="preserve"> 1</w:t></w:r></w:p>
            <w:p><w:r><w:t>Es war </w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>sehr</w:t></w:r><w:r><w:t> sp&#228;t.</w:t><w:br/><w:t>Ja.</w:t></w:r></w:p>
            </w:body></w:document>"#,
            &styles,
        );
        let shown: Vec<_> = found.iter().map(|b| (b.heading, b.text.as_str())).collect();
        assert_eq!(shown, [(Some(1), "Kapitel 1"), (None, "Es war sehr spät.\nJa.")]);
        assert_eq!(&found[1].text[found[1].emphasis[0].clone()], "sehr");
    }
}
