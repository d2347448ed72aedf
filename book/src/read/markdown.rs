//! Reads Markdown: headings, paragraphs, and a metadata block at the start.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::block::{Block, Document, Manuscript};
use super::promote::promote_if_unmarked;
use super::run::{Run, Style, collapse};

/// Reads a text.
pub(crate) fn read(text: &str) -> Manuscript {
    let mut book = Manuscript { documents: vec![Document::default()], ..Manuscript::default() };
    let options = Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_SMART_PUNCTUATION
        | Options::ENABLE_TABLES;
    let mut run = Run::default();
    let mut style = Style::default();
    let mut heading = None;
    let mut metadata: Option<String> = None;
    let mut footnotes = 0;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => metadata = Some(String::new()),
            Event::End(TagEnd::MetadataBlock(_)) => {
                read_metadata(&metadata.take().unwrap_or_default(), &mut book);
            }
            Event::Text(text) if metadata.is_some() => {
                metadata.iter_mut().for_each(|block| block.push_str(&text));
            }
            Event::Start(Tag::FootnoteDefinition(_)) => footnotes += 1,
            Event::End(TagEnd::FootnoteDefinition) => footnotes -= 1,
            _ if footnotes > 0 => {}
            Event::Start(Tag::Heading { level, .. }) => {
                flush(&mut book, &mut run, None);
                heading = Some(depth(level));
            }
            Event::Start(Tag::Paragraph | Tag::Item | Tag::BlockQuote(_) | Tag::TableCell) => {
                flush(&mut book, &mut run, None);
            }
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Item
                | TagEnd::Heading(_)
                | TagEnd::TableCell
                | TagEnd::CodeBlock,
            ) => flush(&mut book, &mut run, heading.take()),
            Event::Start(Tag::Emphasis) => style.emphasis = true,
            Event::End(TagEnd::Emphasis) => style.emphasis = false,
            Event::Start(Tag::Strong) => style.bold = true,
            Event::End(TagEnd::Strong) => style.bold = false,
            Event::Text(text) | Event::Code(text) => run.push(&text, style),
            Event::SoftBreak => run.push(" ", style),
            Event::HardBreak if run.line_break() => {
                flush(&mut book, &mut run, None);
            }
            _ => {}
        }
    }
    flush(&mut book, &mut run, None);
    if book.title.is_empty() {
        let mut tops = book.blocks.iter().filter(|block| block.heading == Some(1));
        // One heading above all is the title, several are chapters.
        let first = tops.next().filter(|_| tops.next().is_none());
        book.title = first.map(|block| block.text.clone()).unwrap_or_default();
    }
    promote_if_unmarked(&mut book.blocks, &book.title);
    book
}

fn flush(book: &mut Manuscript, run: &mut Run, heading: Option<u8>) {
    book.blocks.extend(run.take().map(|block| Block { heading, ..block }));
}

fn depth(level: HeadingLevel) -> u8 {
    level as u8
}

/// `key: value` lines; quotes around a value are dropped.
fn read_metadata(text: &str, book: &mut Manuscript) {
    for (key, value) in text.lines().filter_map(|line| line.split_once(':')) {
        let value = collapse(value.trim().trim_matches(['"', '\'']));
        match key.trim().to_ascii_lowercase().as_str() {
            "title" => book.title = value,
            "author" | "creator" => book.author = value,
            "language" | "lang" => book.language = Some(value).filter(|tag| !tag.is_empty()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn headings_paragraphs_and_metadata() {
        let book = read(
            "---\ntitle: \"The Bell\"\nauthor: A. B.\nlang: en-GB\n---\n\n# The Bell\n\n## One\n\nIt was *late*\nand dark.\n\n- a\n- b\n\nline  \nbreak[^1]\n\n[^1]: A note.\n",
        );
        assert_eq!((book.title.as_str(), book.author.as_str()), ("The Bell", "A. B."));
        assert_eq!(book.language.as_deref(), Some("en-GB"));
        let texts: Vec<&str> = book.blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(texts, ["The Bell", "One", "It was late and dark.", "a", "b", "line\nbreak"]);
        assert_eq!(book.blocks[1].heading, Some(2));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "([#>*_`-]|\n| |a|\\[\\^1\\]:?|---){0,40}") {
            for block in read(&text).blocks {
                prop_assert!(!block.text.is_empty() && !block.text.contains("\n\n"));
            }
        }
    }
}
