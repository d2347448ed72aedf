//! Where another book begins at the end of this one: an excerpt that is there to sell it.
//!
//! It is announced, by a title or by a line of its own, or its numbers begin anew behind the back
//! matter. **Invariant:** nothing in the first half of a book is an excerpt.

use super::block::{Block, Manuscript};
use super::divide::Part;
use super::heading::{Kind, mark};
use super::title::{self, Title};

/// Words of a line that announces, and of a page that does nothing else.
const LINE: usize = 25;
const PAGE: usize = 150;
/// The last blocks of a text, where an announcement stands.
const LAST: usize = 4;
/// What an excerpt that nobody announces is at most of the book: one part in so many.
const SHARE: usize = 4;

/// Index of the part with which another book begins; all that follows is not of this book. The number
/// of parts if there is none.
pub(crate) fn teaser(book: &Manuscript, parts: &[Part]) -> usize {
    let total: usize = parts.iter().map(|part| part.words).sum();
    let mut before = 0;
    let mut matter = None;
    let mut highest = 0;
    for (at, part) in parts.iter().enumerate() {
        let late = before * 2 > total;
        let left = total - before;
        before += part.words;
        let named = mark(&part.title);
        let judged = title::judge(&part.title, &book.title);
        let begins =
            matches!(named, Some(mark) if mark.number == Some(1) && mark.kind != Kind::Part);
        if late && named.is_none() && judged == Title::Teaser {
            return at;
        }
        if late && announces(book, part, parts.get(at + 1)) {
            let is_page = part.words <= PAGE && named.is_none() && judged == Title::Plain;
            return if is_page { at } else { at + 1 };
        }
        match named {
            // Numbers that begin anew behind pages that end a book.
            Some(_) if late && begins && highest > 1 && left * SHARE < total => {
                if let Some(matter) = matter {
                    return matter;
                }
            }
            // A part of this book, whose numbers may begin anew.
            Some(mark) if mark.kind == Kind::Part => matter = None,
            Some(mark) => highest = highest.max(mark.number.unwrap_or(0)),
            None => {}
        }
        if named.is_none() && late && matches!(judged, Title::Page | Title::Essay) {
            matter.get_or_insert(at + 1);
        }
    }
    parts.len()
}

/// Whether a page, or the end of a text, has a line that announces an excerpt, and numbers begin anew
/// after it: an excerpt from a diary is part of many a story.
fn announces(book: &Manuscript, part: &Part, next: Option<&Part>) -> bool {
    let blocks = &book.blocks[part.body..part.range.end];
    let from = if part.words <= PAGE { 0 } else { blocks.len().saturating_sub(LAST) };
    let begins = next.and_then(|next| mark(&next.title)).is_some_and(|mark| mark.number == Some(1));
    let is_line = |block: &Block| {
        block.words() <= LINE && title::judge(&block.text, &book.title) == Title::Teaser
    };
    begins && blocks[from..].iter().any(is_line)
}
