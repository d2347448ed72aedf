//! How we know our own: every element we add to a book carries a mark, and can be taken out again.
//!
//! **Invariant:** `strip` of a patched document is the document as it was before, byte for byte.
//! Reading strips first, so an illustrated book has the text of its original; patching strips first,
//! so pictures are replaced and never doubled.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};

use crate::bind::escape;
use crate::read::tokens::{Tokens, attribute};

/// The start of every id that is ours.
pub(crate) const PREFIX: &str = "woodcut-bound-";

/// The name of what remembers a cut.
const CUT: &str = "woodcut-bound-cut";

/// Takes our elements out of a document, with the line break before each.
pub(crate) fn strip(text: &str) -> Cow<'_, str> {
    if !text.contains(PREFIX) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut kept = 0;
    let mut ours: Option<(usize, usize)> = None;
    let mut cuts = Vec::new();
    for (event, span) in Tokens::new(text) {
        match (event, &mut ours) {
            (Event::Start(tag), None) if is_ours(&tag) => ours = Some((span.start, 1)),
            (Event::Empty(tag), None) if is_ours(&tag) => {
                cuts.extend(cut_of(&tag));
                out.push_str(before(&text[kept..span.start]));
                kept = span.end;
            }
            (Event::Start(_), Some((_, depth))) => *depth += 1,
            (Event::End(_), Some((start, depth))) => {
                *depth -= 1;
                if *depth == 0 {
                    out.push_str(before(&text[kept..*start]));
                    kept = span.end;
                    ours = None;
                }
            }
            _ => {}
        }
    }
    out.push_str(&text[kept..]);
    cuts.sort_unstable();
    for (at, text) in cuts {
        if out.is_char_boundary(at) {
            out.insert_str(at, &text);
        }
    }
    Cow::Owned(out)
}

/// The element that remembers what was cut out at byte `at` of a stripped document.
pub(crate) fn cut(prefix: &str, at: usize, text: &str) -> String {
    let text = escape(text);
    format!(r#"<{prefix}meta name="{CUT}" content="{at} {text}"/>"#)
}

fn cut_of(tag: &BytesStart) -> Option<(usize, String)> {
    attribute(tag, "name").filter(|name| name == CUT)?;
    let content = attribute(tag, "content")?;
    let (at, text) = content.split_once(' ')?;
    Some((at.parse().ok()?, text.to_owned()))
}

/// An element is put in after a line break of its own.
fn before(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

fn is_ours(tag: &BytesStart) -> bool {
    let marked = |key| attribute(tag, key).is_some_and(|value| value.starts_with(PREFIX));
    // The guide of a package has no ids: there, the fragment is the mark.
    let guide = || {
        let fragment = attribute(tag, "href").filter(|_| tag.local_name().as_ref() == "reference");
        fragment.is_some_and(|href| href.contains(&format!("#{PREFIX}")))
    };
    ["id", "idref", "name", "content"].into_iter().any(marked) || guide()
}

/// Whether an id of a package's manifest is ours.
pub(crate) fn is_our_id(id: &str) -> bool {
    id.starts_with(PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out() {
        let text = "<p>a</p>\n<p>b</p>";
        assert!(matches!(strip(text), Cow::Borrowed(_)));
        let figure = format!("\n<figure id=\"{PREFIX}1\"><img src=\"x\"/><p>c</p></figure>");
        let patched = text.replacen("</p>", &format!("</p>{figure}"), 1);
        assert_eq!(strip(&patched), text);
        let twice = patched.replace("b</p>", &format!("b</p>{figure}\n<img id='{PREFIX}2'/>"));
        assert_eq!(strip(&twice), text);
    }
}
