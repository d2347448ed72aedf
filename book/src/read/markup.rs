//! From XHTML, or what passes for it, to blocks of text with the places where a picture may follow.
//!
//! Reading is by element names alone: no style is applied, and whatever is not text to be read (notes'
//! numbers, page numbers, scripts, navigation) is left out. Unclosed and misnested elements are closed
//! where HTML would close them.
//!
//! **Invariant:** an anchor is never inside a paragraph, heading, list, table or inline element.

use std::collections::HashMap;
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};

use super::block::{Block, Declared, declared};
use super::role::{self, Role, is_apparatus, is_page_number};
use super::run::{Run, Style, collapse};
use super::tokens::{Tokens, attribute, push_reference};

/// Elements may be nested this deep; hand-made and converted books stay under 40.
const MAX_DEPTH: usize = 256;

/// Headings and paragraphs, and ids, that a book may have. The Bible has some 35 000 verses.
pub(crate) const MAX_BLOCKS: usize = 300_000;

/// Elements are nested deeper, or are more, than any book needs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooDeep;

/// What a document holds.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    /// Headings and paragraphs; `document` is left at 0.
    pub blocks: Vec<Block>,
    /// For each id, the index of the block it names or precedes.
    pub ids: HashMap<String, usize>,
    /// The text of the `title` element.
    pub title: String,
}

/// Reads a document.
pub(crate) fn parse(text: &str) -> Result<Parsed, TooDeep> {
    let mut parser = Parser::default();
    for (event, span) in Tokens::new(text) {
        parser.event(&event, span)?;
    }
    parser.finish(text.len());
    Ok(parser.out)
}

/// An open element.
#[derive(Debug)]
struct Open {
    name: String,
    role: Role,
    declared: Option<Declared>,
    style: Style,
    /// The name of its style says that it is a heading.
    titled: bool,
}

#[derive(Debug, Default)]
struct Parser {
    stack: Vec<Open>,
    /// Open elements that are no containers.
    closed_in: usize,
    /// Depth of the stack at which skipping began.
    skipping: Option<usize>,
    run: Run,
    /// First block still without an anchor.
    unanchored: usize,
    out: Parsed,
}

impl Parser {
    fn event(&mut self, event: &Event, span: Range<usize>) -> Result<(), TooDeep> {
        if self.out.blocks.len().max(self.out.ids.len()) > MAX_BLOCKS {
            return Err(TooDeep);
        }
        match event {
            Event::Start(tag) => self.start(tag, false, &span)?,
            Event::Empty(tag) => self.start(tag, true, &span)?,
            Event::End(tag) => {
                let name = tag.local_name().as_ref().to_ascii_lowercase();
                self.end(&name, &span);
            }
            Event::Text(text) => self.text(text),
            Event::CData(text) => self.text(text),
            Event::GeneralRef(reference) => {
                let mut text = String::new();
                if push_reference(&mut text, reference) {
                    self.text(&text);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &BytesStart, empty: bool, span: &Range<usize>) -> Result<(), TooDeep> {
        let name = tag.local_name().as_ref().to_ascii_lowercase();
        let role = Role::of(&name);
        if self.skipping.is_some() {
            return self.push_skipped(name, role, empty);
        }
        match role {
            Role::Break => self.line_break(),
            Role::Void if name == "hr" => self.close_paragraph(span.start),
            Role::Void => self.image(&name, tag),
            Role::Container | Role::Block | Role::Heading(_) => {
                self.close_implied(&name, span.start);
                self.flush();
            }
            Role::Inline | Role::Title | Role::Skip => {}
        }
        for key in ["id", "name"] {
            // A `name` is a place in the text on anchors alone.
            if (key == "id" || name == "a")
                && let Some(id) = attribute(tag, key)
            {
                self.out.ids.entry(id).or_insert(self.out.blocks.len());
            }
        }
        if empty || matches!(role, Role::Break | Role::Void) {
            return Ok(());
        }
        self.push(name, role, tag)
    }

    fn push(&mut self, name: String, role: Role, tag: &BytesStart) -> Result<(), TooDeep> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(TooDeep);
        }
        let outer = self.stack.last();
        let (mut inherited, mut style) = outer.map(|o| (o.declared, o.style)).unwrap_or_default();
        let mut skip = role == Role::Skip;
        for key in ["type", "role"] {
            // `type` only as `epub:type`; inputs and links have a `type` of their own.
            let Some(value) = attribute(tag, key) else { continue };
            skip |= is_apparatus(&name, &value);
            inherited = declared(&value, inherited);
        }
        let class = attribute(tag, "class").unwrap_or_default();
        skip |= is_page_number(&class);
        let titled = role::is_title(&class);
        if skip {
            self.skipping = Some(self.stack.len());
        }
        style.link |= name == "a" && attribute(tag, "href").is_some();
        style.emphasis |= matches!(name.as_str(), "i" | "em" | "cite" | "dfn");
        style.bold |= matches!(name.as_str(), "b" | "strong" | "big")
            || (name == "font" && attribute(tag, "size").is_some_and(|size| role::is_large(&size)))
            || attribute(tag, "style").is_some_and(|style| role::is_bold(&style));
        self.closed_in += usize::from(role != Role::Container);
        self.stack.push(Open { name, role, declared: inherited, style, titled });
        Ok(())
    }

    fn push_skipped(&mut self, name: String, role: Role, empty: bool) -> Result<(), TooDeep> {
        if empty || matches!(role, Role::Break | Role::Void) {
            return Ok(());
        }
        if self.stack.len() >= MAX_DEPTH {
            return Err(TooDeep);
        }
        self.closed_in += usize::from(role != Role::Container);
        let (declared, style) = (None, Style::default());
        self.stack.push(Open { name, role, declared, style, titled: false });
        Ok(())
    }

    fn end(&mut self, name: &str, span: &Range<usize>) {
        let inline = Role::of(name) == Role::Inline;
        let found = self
            .stack
            .iter()
            .rposition(|open| open.name == name || (inline && open.role != Role::Inline));
        let Some(depth) = found.filter(|&depth| self.stack[depth].name == name) else {
            return;
        };
        self.close_to(depth + 1, span.start);
        if self.stack[depth].role.is_block() && self.skipping.is_none() {
            self.flush();
            self.anchor(span.start);
        }
        self.close_to(depth, span.end);
    }

    /// Pops open elements down to `depth`; `at` is where they end.
    fn close_to(&mut self, depth: usize, at: usize) {
        while self.stack.len() > depth {
            let Some(open) = self.stack.last() else { break };
            let role = open.role;
            if self.skipping.is_none() && role.is_block() {
                self.flush();
            }
            self.stack.pop();
            self.closed_in -= usize::from(role != Role::Container);
            if self.skipping.is_some_and(|depth| self.stack.len() <= depth) {
                self.skipping = None;
            }
            self.anchor(at);
        }
    }

    /// Closes the elements that the start of a `name` ends without saying so.
    fn close_implied(&mut self, name: &str, at: usize) {
        let (ends, within): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr"], &["table"]),
            "body" => (&["head"], &["body"]),
            _ => (&[], &[]),
        };
        self.close_paragraph(at);
        let open = self
            .stack
            .iter()
            .rposition(|o| ends.contains(&o.name.as_str()) || within.contains(&o.name.as_str()));
        if let Some(depth) = open.filter(|&depth| ends.contains(&self.stack[depth].name.as_str())) {
            self.close_to(depth, at);
        }
    }

    /// A block ends the paragraph it starts in.
    fn close_paragraph(&mut self, at: usize) {
        let open = self.stack.iter().rposition(|o| o.role != Role::Inline);
        match open.filter(|&depth| self.stack[depth].name == "p") {
            Some(depth) => self.close_to(depth, at),
            None => {
                self.flush();
                self.anchor(at);
            }
        }
    }

    fn line_break(&mut self) {
        if self.run.line_break() {
            self.flush();
        }
    }

    /// A picture of a single letter is the letter: a decorated initial.
    fn image(&mut self, name: &str, tag: &BytesStart) {
        let alt = (name == "img").then(|| attribute(tag, "alt")).flatten().unwrap_or_default();
        let mut letters = alt.trim().chars();
        if let (Some(letter), None) = (letters.next(), letters.next())
            && letter.is_alphabetic()
        {
            self.text(&letter.to_string());
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipping.is_some() {
            return;
        }
        match self.stack.iter().rfind(|open| open.role != Role::Inline) {
            Some(open) if open.role == Role::Title => {
                self.out.title.push_str(text);
                return;
            }
            Some(open) if open.name == "head" => return,
            _ => {}
        }
        if self.stack.iter().any(|open| open.name == "pre") {
            for (index, line) in text.split('\n').enumerate() {
                if index > 0 {
                    self.line_break();
                }
                self.inline_text(line);
            }
        } else {
            self.inline_text(text);
        }
    }

    fn inline_text(&mut self, text: &str) {
        let style = self.stack.last().map(|open| open.style).unwrap_or_default();
        self.run.push(text, style);
    }

    /// Ends the block being read.
    fn flush(&mut self) {
        let Some(block) = self.run.take() else { return };
        let heading = self.stack.iter().rev().find_map(|open| match open.role {
            Role::Heading(level) => Some(level),
            // What stands beside a heading in a group is a part of the title.
            Role::Block if open.name == "hgroup" => Some(6),
            _ => None,
        });
        let declared = self.stack.last().and_then(|open| open.declared);
        let innermost = self.stack.iter().rfind(|open| open.role.is_block());
        let set_apart = block.set_apart || innermost.is_some_and(|open| open.titled);
        self.out.blocks.push(Block { heading, declared, set_apart, ..block });
    }

    /// A picture may stand at `at` if only containers are open there.
    fn anchor(&mut self, at: usize) {
        if self.closed_in == 0 {
            for block in &mut self.out.blocks[self.unanchored..] {
                block.anchor = at;
            }
            self.unanchored = self.out.blocks.len();
        }
    }

    fn finish(&mut self, at: usize) {
        self.close_to(0, at);
        self.flush();
        self.anchor(at);
        self.out.title = collapse(&self.out.title);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every block as `h2|text`, and the text of the document that follows its anchor.
    fn read(text: &str) -> Vec<(String, &str)> {
        let blocks = parse(text).unwrap().blocks;
        let show = |b: &Block| match b.heading {
            Some(level) => format!("h{level}|{}", b.text),
            None => b.text.clone(),
        };
        blocks.iter().map(|b| (show(b), &text[b.anchor..])).collect()
    }

    fn texts(text: &str) -> Vec<String> {
        read(text).into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn headings_and_paragraphs_with_the_place_after_them() {
        assert_eq!(
            read("<body><h2>One</h2>\n<p>A <i>b</i>\n c.</p><p>D</p></body>"),
            [
                ("h2|One".to_owned(), "\n<p>A <i>b</i>\n c.</p><p>D</p></body>"),
                ("A b c.".to_owned(), "<p>D</p></body>"),
                ("D".to_owned(), "</body>"),
            ]
        );
    }

    #[test]
    fn a_picture_never_stands_in_a_list_a_table_row_or_a_heading_group() {
        let after = |text| read(text).into_iter().map(|(_, after)| after).next().unwrap();
        assert_eq!(after("<div><ul><li><p>a</p></li><li>b</li></ul>|</div>"), "|</div>");
        assert_eq!(
            after("<table><tr><td><p>a</p>|</td></tr></table>"),
            "</table>".replace("</table>", "")
        );
        assert_eq!(after("<hgroup><h2>a</h2><p>b</p></hgroup>|"), "|");
        assert_eq!(after("<blockquote><p>a</p>|<p>b</p></blockquote>"), "|<p>b</p></blockquote>");
    }

    #[test]
    fn apparatus_is_not_text() {
        assert_eq!(
            texts(
                "<head><title>t</title><style>p{}</style></head><p>a<a epub:type='noteref' href='#n'>1</a>\
                 <span class='pagenum'>[12]</span> b<sup>c</sup></p><nav><ol><li>x</li></ol></nav>\
                 <aside epub:type='footnote'><p>n</p></aside><svg><text>s</text></svg><p>d</p>"
            ),
            ["a bc", "d"]
        );
    }

    #[test]
    fn breaks_are_lines_and_double_breaks_paragraphs() {
        assert_eq!(texts("<p>a<br/>b<br/><br/>c</p>"), ["a\nb", "c"]);
        assert_eq!(texts("<pre>a\n  b\n\nc</pre>"), ["a\nb", "c"]);
    }

    #[test]
    fn tag_soup_is_closed_as_html_would() {
        assert_eq!(
            texts("<BODY><P CLASS=x>a<br>b<p>c <b>d & e<img src=m.png></BODY>"),
            ["a\nb", "c d & e"]
        );
        assert_eq!(
            texts("<p><img alt='T' src='t.png'/>he <em>end</p></em><p>x</i></p>"),
            ["The end", "x"]
        );
    }

    #[test]
    fn ids_name_the_block_they_stand_at() {
        let parsed = parse(
            "<h1>t</h1><a id='a'/><p>x</p><p>y <a name='b'>z</a></p><div id='c'><p>w</p></div>",
        );
        let ids = parsed.unwrap().ids;
        assert_eq!((ids["a"], ids["b"], ids["c"]), (1, 2, 3));
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(parse(&"<div>".repeat(MAX_DEPTH)).is_ok());
        assert_eq!(parse(&"<div>".repeat(MAX_DEPTH + 1)).err(), Some(TooDeep));
    }

    proptest! {
        #[test]
        fn any_soup_is_read(parts in prop::collection::vec(
            prop::sample::select(vec![
                "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<li>", "<ul>", "</ul>", "<table>", "<td>",
                "</table>", "<h2>", "</h2>", "<br>", "<svg>", "</svg>", "<script>", "a", " ", "&lt;", "<",
                "<td", "é", "<!--", "-->", "<pre>", "\n", "<body>", "<head>", "<title>", "</title>",
            ]), 0..40)
        ) {
            let text = parts.concat();
            for block in parse(&text).unwrap().blocks {
                prop_assert!(text.is_char_boundary(block.anchor) && !block.text.is_empty());
                prop_assert!(!block.text.contains("\n\n") && block.text.trim() == block.text);
            }
        }
    }
}
