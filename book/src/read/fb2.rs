//! Reads FictionBook 2: nested sections with titles.

use quick_xml::events::Event;

use super::block::{Block, Document, Manuscript};
use super::markup::{MAX_BLOCKS, TooDeep};
use super::run::{Run, Style, collapse};
use super::tokens::{Tokens, attribute, push_reference};

/// Sections may be nested this deep.
const MAX_DEPTH: usize = 64;

/// Reads a book.
pub(crate) fn read(text: &str) -> Result<Manuscript, TooDeep> {
    let mut reader = Reader {
        book: Manuscript { documents: vec![Document::default()], ..Manuscript::default() },
        ..Reader::default()
    };
    for (event, _) in Tokens::new(text) {
        match &event {
            Event::Start(tag) => {
                let notes = match tag.local_name().as_ref() {
                    "body" => attribute(tag, "name").is_some_and(|name| name != "main"),
                    "a" => attribute(tag, "type").is_some_and(|kind| kind == "note"),
                    _ => false,
                };
                reader.start(tag.local_name().as_ref(), notes)?;
            }
            Event::Empty(tag) if tag.local_name().as_ref() == "empty-line" => reader.flush(),
            Event::End(tag) => reader.end(tag.local_name().as_ref()),
            Event::Text(text) => reader.text(text),
            Event::CData(text) => reader.text(text),
            Event::GeneralRef(reference) => {
                let mut text = String::new();
                push_reference(&mut text, reference);
                reader.text(&text);
            }
            _ => {}
        }
    }
    reader.flush();
    Ok(reader.book)
}

#[derive(Default)]
struct Reader {
    book: Manuscript,
    run: Run,
    style: Style,
    /// Text of a field of the description.
    field: String,
    /// Names of an author.
    names: Vec<String>,
    in_title_info: bool,
    in_author: bool,
    in_body: bool,
    sections: usize,
    in_title: bool,
    in_note: bool,
}

impl Reader {
    fn start(&mut self, name: &str, notes: bool) -> Result<(), TooDeep> {
        self.field.clear();
        if self.book.blocks.len() > MAX_BLOCKS {
            return Err(TooDeep);
        }
        match name {
            "title-info" => self.in_title_info = true,
            "author" => self.in_author = self.in_title_info,
            // Other bodies hold notes and comments.
            "body" => self.in_body = !notes,
            "section" => {
                self.flush();
                self.sections += 1;
                if self.sections > MAX_DEPTH {
                    return Err(TooDeep);
                }
                // Sections divide a book as files do, where nothing else does.
                if self.sections == 1 && self.in_body {
                    let start = self.book.blocks.len();
                    self.book.documents.push(Document { start, ..Document::default() });
                }
            }
            "title" => {
                self.flush();
                self.in_title = true;
            }
            "stanza" => self.flush(),
            "p" | "subtitle" | "text-author" if !self.in_title => self.flush(),
            "p" | "v" => self.new_line(),
            "emphasis" => self.style.emphasis = true,
            "a" => self.in_note = notes,
            _ => {}
        }
        Ok(())
    }

    /// Lines of a title and of a stanza are one block.
    fn new_line(&mut self) {
        if self.run.line_break() {
            self.flush();
        }
    }

    fn end(&mut self, name: &str) {
        let field = collapse(&self.field);
        match name {
            "title-info" => self.in_title_info = false,
            "book-title" if self.in_title_info => self.book.title = field,
            "lang" if self.in_title_info => {
                self.book.language = Some(field).filter(|tag| !tag.is_empty());
            }
            "first-name" | "middle-name" | "last-name" if self.in_author => {
                self.names.push(field);
            }
            "author" if self.in_author => {
                self.in_author = false;
                let comma = if self.book.author.is_empty() { "" } else { ", " };
                let author = collapse(&std::mem::take(&mut self.names).join(" "));
                self.book.author.push_str(&format!("{comma}{author}"));
            }
            "body" => {
                self.flush();
                self.in_body = false;
            }
            "section" => {
                self.flush();
                self.sections = self.sections.saturating_sub(1);
            }
            "title" => {
                let level = u8::try_from(self.sections.min(5)).unwrap_or(5) + 1;
                if let Some(block) = self.run.take().filter(|_| self.in_body) {
                    let text = block.text.replace('\n', ": ");
                    let heading = Some(level);
                    self.push(Block { text, emphasis: Vec::new(), heading, ..block });
                }
                self.in_title = false;
            }
            "stanza" => self.flush(),
            "p" | "subtitle" | "text-author" if !self.in_title => self.flush(),
            "emphasis" => self.style.emphasis = false,
            "a" => self.in_note = false,
            _ => {}
        }
        self.field.clear();
    }

    fn text(&mut self, text: &str) {
        if self.in_body && !self.in_note {
            self.run.push(text, self.style);
        } else {
            self.field.push_str(text);
        }
    }

    fn flush(&mut self) {
        if let Some(block) = self.run.take().filter(|_| self.in_body) {
            self.push(block);
        }
    }

    fn push(&mut self, block: Block) {
        let document = self.book.documents.len() - 1;
        self.book.blocks.push(Block { document, ..block });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_with_titles_and_verse() {
        let book = read(
            "<FictionBook><description><title-info><author><first-name>Анна</first-name><last-name>К.</last-name></author>
             <book-title>Дом</book-title><lang>ru</lang></title-info></description>
             <body><title><p>Дом</p></title><section><title><p>Глава 1</p><p>Сад</p></title><p>Было <emphasis>тихо</emphasis>.</p>
             <poem><stanza><v>a</v><v>b</v></stanza></poem><p>c<a l:href='#n1' type='note'>1</a></p></section></body>
             <body name='notes'><section><p>x</p></section></body><binary>AAAA</binary></FictionBook>",
        )
        .ok()
        .unwrap();
        assert_eq!((book.title.as_str(), book.author.as_str()), ("Дом", "Анна К."));
        let shown: Vec<_> = book.blocks.iter().map(|b| (b.heading, b.text.as_str())).collect();
        assert_eq!(
            shown,
            [
                (Some(1), "Дом"),
                (Some(2), "Глава 1: Сад"),
                (None, "Было тихо."),
                (None, "a\nb"),
                (None, "c")
            ]
        );
        assert_eq!(book.language.as_deref(), Some("ru"));
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(read(&format!("<body>{}", "<section>".repeat(MAX_DEPTH + 1))).is_err());
    }
}
