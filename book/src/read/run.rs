//! The text of one block while it is being read: white space collapsed, lines and emphasis kept.

use std::ops::Range;

use super::block::Block;

/// A paragraph in the making.
#[derive(Debug, Default)]
pub(crate) struct Run {
    text: String,
    emphasis: Vec<Range<usize>>,
    /// White space is due before the next character.
    space: bool,
    breaks: usize,
    /// Bytes of text inside links.
    linked: usize,
    /// Bytes of text in bold.
    bold: usize,
}

/// How a piece of text is set.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    pub emphasis: bool,
    pub link: bool,
    pub bold: bool,
}

impl Run {
    /// Appends text; runs of white space become one blank.
    pub fn push(&mut self, text: &str, style: Style) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.space = true;
            } else if is_visible(character) {
                self.push_visible(character, style);
            }
        }
    }

    fn push_visible(&mut self, character: char, style: Style) {
        let before = self.text.len();
        if !self.text.is_empty() {
            if self.breaks > 0 {
                self.text.push('\n');
            } else if self.space {
                self.text.push(' ');
            }
        }
        self.space = false;
        self.breaks = 0;
        let start = self.text.len();
        self.text.push(character);
        let end = self.text.len();
        if style.link {
            self.linked += character.len_utf8();
        }
        if style.bold {
            self.bold += character.len_utf8();
        }
        if style.emphasis {
            match self.emphasis.last_mut().filter(|range| range.end == before) {
                Some(range) => range.end = end,
                None => self.emphasis.push(start..end),
            }
        }
    }

    /// A new line; `true` for the second in a row, which ends the paragraph.
    #[must_use]
    pub fn line_break(&mut self) -> bool {
        if self.text.is_empty() {
            return false;
        }
        self.breaks += 1;
        self.breaks >= 2
    }

    /// What has been read, if anything, as a block.
    pub fn take(&mut self) -> Option<Block> {
        let run = std::mem::take(self);
        (!run.text.is_empty()).then(|| Block {
            linked: run.linked * 5 > run.text.len() * 4,
            // White space is not counted, and may be much of a short line.
            set_apart: run.bold * 3 > run.text.len() * 2,
            text: run.text,
            emphasis: run.emphasis,
            ..Block::default()
        })
    }
}

/// Joiners, soft hyphens and control characters carry no text.
fn is_visible(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// `text` with white space collapsed and invisible characters dropped.
pub(crate) fn collapse(text: &str) -> String {
    let visible: String = text.chars().filter(|&c| c.is_whitespace() || is_visible(c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emphasis_is_remembered_by_place() {
        let mut run = Run::default();
        let italic = Style { emphasis: true, ..Style::default() };
        run.push("It  was ", Style::default());
        run.push("very ", italic);
        run.push("late", italic);
        run.push(".", Style::default());
        let block = run.take().unwrap();
        assert_eq!(block.text, "It was very late.");
        assert_eq!(&block.text[block.emphasis[0].clone()], "very late");
        assert_eq!(block.emphasis.len(), 1);
    }
}
