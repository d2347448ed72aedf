//! Insertions into a text whose every other byte stays as it is, and cuts that remember what was there.

use std::ops::Range;

use crate::mark;

/// What is to be put into a text, by place, and what is to be cut out of it.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    elements: Vec<(usize, String)>,
    cuts: Vec<Range<usize>>,
}

impl Edits {
    /// Puts `element` in at byte `at`, after a line break, so that [`mark::strip`] takes both out.
    /// Elements at one place keep the order in which they are put in.
    pub fn element(&mut self, at: usize, element: &str) {
        debug_assert!(element.contains(mark::PREFIX), "{element} cannot be taken out again");
        self.elements.push((at, format!("\n{element}")));
    }

    /// Cuts out a part of the text. [`mark::strip`] brings it back if an element of [`mark::cut`] is
    /// put in as well.
    pub fn cut(&mut self, range: Range<usize>) {
        self.cuts.push(range);
    }

    /// The text with everything put in and cut out. Nothing may be put into what is cut.
    pub fn apply(mut self, text: &str) -> String {
        self.elements.extend(self.cuts.iter().map(|cut| (cut.start, String::new())));
        self.elements.sort_by_key(|(at, _)| *at);
        let added: usize = self.elements.iter().map(|(_, element)| element.len()).sum();
        let mut out = String::with_capacity(text.len() + added);
        let mut done = 0;
        for (at, element) in self.elements {
            out.push_str(&text[done..at]);
            out.push_str(&element);
            done = self.cuts.iter().find(|cut| cut.start == at).map_or(at, |cut| cut.end);
        }
        out.push_str(&text[done..]);
        out
    }
}

/// Text as it stands in markup, between tags or in an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML 1.0 has no way to say the rest of these.
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn strip_takes_out_what_edits_put_in(
            text in "(<p>a</p>|\n|b|é){0,12}",
            places in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
        ) {
            let ends: Vec<usize> = (0..=text.len())
                .filter(|&at| at == 0 || text.as_bytes()[..at].ends_with(b"</p>"))
                .collect();
            let mut edits = Edits::default();
            for place in places {
                edits.element(*place.get(&ends), &format!("<i id=\"{}x\">&amp;<b/></i>", mark::PREFIX));
            }
            let patched = edits.apply(&text);
            prop_assert_eq!(mark::strip(&patched), text);
        }

        #[test]
        fn escaped_text_is_no_markup(text in "\\PC{0,30}") {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>', '"']));
            prop_assert_eq!(crate::read::tokens::unescape(&escaped), text);
        }
    }
}
