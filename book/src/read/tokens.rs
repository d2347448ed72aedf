//! A forgiving stream of markup tokens with their places in the text.
//!
//! The tokenizer is quick-xml with its well-formedness checks off; what it still refuses (a bare `<`,
//! a comment that never ends) is stepped over as text. No entity is ever expanded beyond the fixed
//! table of HTML names, nothing is ever fetched.
//!
//! **Invariant:** the stream ends for every input, in time proportional to its length.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesStart, Event};

/// How many times over a text may be scanned because of broken markup.
const RESCANS: usize = 64;

/// One token: what it is, and the bytes of the text it takes.
pub(crate) type Token<'t> = (Event<'t>, Range<usize>);

/// The tokens of a text, in order.
pub(crate) struct Tokens<'t> {
    text: &'t str,
    base: usize,
    reader: Reader<&'t [u8]>,
    budget: usize,
}

impl<'t> Tokens<'t> {
    pub fn new(text: &'t str) -> Self {
        let budget = text.len().saturating_mul(RESCANS).saturating_add(1 << 20);
        Self { text, base: 0, reader: reader(text), budget }
    }

    fn restart(&mut self, at: usize) {
        self.base = at;
        self.reader = reader(&self.text[at..]);
    }

    /// Takes the `<` or `&` at `start` for text. `None` when the budget for that is spent.
    fn step_over(&mut self, start: usize, cost: usize) -> Option<()> {
        self.budget = self.budget.checked_sub(cost.max(1))?;
        let width = self.text[start..].chars().next()?.len_utf8();
        self.restart(start + width);
        Some(())
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        loop {
            let start = self.base + position(&self.reader);
            let event = self.reader.read_event();
            let end = self.base + position(&self.reader);
            match event {
                Ok(Event::Eof) => return None,
                Ok(Event::Start(tag) | Event::Empty(tag)) if !is_tag(&tag) => {
                    self.step_over(start, end - start)?;
                    return Some((text_event("<"), start..start + 1));
                }
                Ok(Event::Start(tag)) if is_raw(&tag) => {
                    // Scripts and styles hold no markup; in XHTML they may also be empty elements.
                    let close = find_end(&self.text[end..], tag.name().as_ref());
                    self.restart(end + close);
                    return Some((Event::Start(tag), start..end));
                }
                Ok(event) => return Some((event, start..end)),
                Err(_) => {
                    let left = self.text.len() - start;
                    self.step_over(start, left)?;
                }
            }
        }
    }
}

fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.check_comments = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn text_event(text: &'static str) -> Event<'static> {
    Event::Text(quick_xml::events::BytesText::from_escaped(text))
}

/// Begins like a name and ends before the next `<` that no quotes protect.
fn is_tag(tag: &BytesStart) -> bool {
    let name = tag.name();
    let begins = name.as_ref().starts_with(|c: char| c.is_alphabetic() || c == '_');
    let mut quote = None;
    begins
        && !name.as_ref().contains('<')
        && tag.attributes_raw().chars().all(|c| {
            match (quote, c) {
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), _) if open == c => quote = None,
                (None, '<') => return false,
                _ => {}
            }
            true
        })
}

fn is_raw(tag: &BytesStart) -> bool {
    // Not `w:style`, which is markup like any other.
    let name = tag.name();
    ["script", "style"].iter().any(|raw| name.as_ref().eq_ignore_ascii_case(raw))
}

/// Where `</name` starts, or the end of the text.
fn find_end(text: &str, name: &str) -> usize {
    let bytes = text.as_bytes();
    let is_end = |at: &usize| {
        let rest = &bytes[at + 2..];
        rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes())
    };
    text.match_indices("</").map(|(at, _)| at).find(is_end).unwrap_or(text.len())
}

/// The attribute named `key` (without prefix, any case), unescaped.
pub(crate) fn attribute(tag: &BytesStart, key: &str) -> Option<String> {
    let mut attributes = tag.html_attributes();
    attributes.with_checks(false).flatten().find_map(|attribute| {
        let name = attribute.key.local_name();
        name.as_ref().eq_ignore_ascii_case(key).then(|| unescape(&attribute.value).into_owned())
    })
}

/// Replaces character references; what is not in the fixed table stays as it is written.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(after) = rest.strip_prefix('&') {
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
        let resolved = end.filter(|&end| after[end..].starts_with(';')).and_then(|end| {
            let mut buffer = String::new();
            push_reference(&mut buffer, &after[..end]).then_some((buffer, &after[end + 1..]))
        });
        let (text, tail) = resolved.unwrap_or_else(|| ("&".to_owned(), after));
        out.push_str(&text);
        let next = tail.find('&').unwrap_or(tail.len());
        out.push_str(&tail[..next]);
        rest = &tail[next..];
    }
    Cow::Owned(out)
}

/// Appends what the reference `name` (without `&` and `;`) stands for; `false` if that is unknown.
pub(crate) fn push_reference(out: &mut String, name: &str) -> bool {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        let Some(character) = code.ok().and_then(char::from_u32) else { return false };
        out.push(character);
        return true;
    }
    let Some(text) = resolve_html5_entity(name) else { return false };
    out.push_str(text);
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shape(text: &str) -> Vec<&str> {
        Tokens::new(text).map(|(_, span)| &text[span]).collect()
    }

    #[test]
    fn spans_are_the_tokens_themselves() {
        let text = "<p a='>'>x &amp; y<br/></p>";
        assert_eq!(shape(text), ["<p a='>'>", "x ", "&amp;", " y", "<br/>", "</p>"]);
        assert_eq!(shape("é<b>ü</b>ö"), ["é", "<b>", "ü", "</b>", "ö"]);
    }

    #[test]
    fn broken_markup_is_text() {
        assert_eq!(shape("<p>a < b</p>"), ["<p>", "a ", "<", " b", "</p>"]);
        assert_eq!(shape("a <!-- b").concat(), "a !-- b");
        assert_eq!(shape("<a <b>c"), ["<", "a ", "<b>", "c"]);
        assert_eq!(shape("<a t='<'>c"), ["<a t='<'>", "c"]);
    }

    #[test]
    fn scripts_hold_no_markup() {
        assert_eq!(shape("<script>if (a<b) '<p>'</script>x"), ["<script>", "</script>", "x"]);
        assert_eq!(shape("<script/>x"), ["<script/>", "x"]);
        assert_eq!(shape("<w:style><a/></w:style>").len(), 3);
    }

    #[test]
    fn many_bare_brackets_end_soon() {
        assert!(shape(&"<".repeat(200_000)).len() <= 200_000);
        assert!(shape(&"<a ".repeat(100_000)).len() <= 300_000);
    }

    #[test]
    fn references_come_from_a_fixed_table() {
        assert_eq!(unescape("a&nbsp;&#65;&#x42;&lt;&xxe; &amp &"), "a\u{a0}AB<&xxe; &amp &");
    }

    proptest! {
        #[test]
        fn any_text_is_tokenized(text in "[<>/!&;'\"=a-e \\-\\[\\]?é]{0,60}") {
            let mut last = 0;
            for (_, span) in Tokens::new(&text) {
                prop_assert!(span.start >= last && span.end <= text.len());
                prop_assert!(text.get(span.clone()).is_some());
                last = span.start;
            }
            unescape(&text);
        }
    }
}
