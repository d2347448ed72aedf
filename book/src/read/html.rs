//! Reads a book that is one HTML file.

use quick_xml::events::Event;

use super::block::{Document, Manuscript};
use super::markup::{TooDeep, parse};
use super::promote::promote_if_unmarked;
use super::run::collapse;
use super::tokens::{Tokens, attribute};

/// Reads a page.
pub(crate) fn read(text: &str) -> Result<Manuscript, TooDeep> {
    let parsed = parse(text)?;
    let mut book = Manuscript { documents: vec![Document::default()], ..Manuscript::default() };
    book.blocks = parsed.blocks;
    // `Title, by Author` is how Project Gutenberg names its pages.
    let page = parsed.title.replace("The Project Gutenberg eBook of ", "");
    let (title, author) = page.split_once(", by ").unwrap_or((&page, ""));
    book.title = title.to_owned();
    book.author = author.to_owned();
    for (event, _) in Tokens::new(text) {
        let (Event::Start(tag) | Event::Empty(tag)) = event else { continue };
        match tag.local_name().as_ref().to_ascii_lowercase().as_str() {
            "html" => book.language = attribute(&tag, "lang").filter(|tag| !tag.is_empty()),
            "meta" => {
                let value = || collapse(&attribute(&tag, "content").unwrap_or_default());
                match attribute(&tag, "name").unwrap_or_default().to_ascii_lowercase().as_str() {
                    "author" | "dc.creator" => book.author = value(),
                    "dc.title" => book.title = value(),
                    _ => {}
                }
            }
            "body" => break,
            _ => {}
        }
    }
    promote_if_unmarked(&mut book.blocks, &book.title);
    Ok(book)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_what_it_is() {
        let book = read(
            "<html lang='en'><head><title>The Wolf, by A. Hare</title></head>
             <body><h1>The Wolf</h1><h2>Chapter 1</h2><p>a</p></body></html>",
        )
        .unwrap();
        assert_eq!((book.title.as_str(), book.author.as_str()), ("The Wolf", "A. Hare"));
        assert_eq!(book.language.as_deref(), Some("en"));
        assert_eq!(book.blocks.len(), 3);
    }

    #[test]
    fn a_page_without_headings_is_read_like_text() {
        let book = read("<p>Chapter 1</p><p>a</p><p>Chapter 2</p><p>b</p>").unwrap();
        assert_eq!(book.blocks.iter().filter(|block| block.heading.is_some()).count(), 2);
    }
}
