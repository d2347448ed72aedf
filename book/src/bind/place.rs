//! Where a picture goes: the paragraph that holds the end of its quote.

use super::{BindError, Illustration};
use crate::read::Layout;

/// Finds the paragraph of a picture: the index of its chapter, and its own within the chapter.
pub(crate) fn paragraph(
    layout: &Layout,
    plate: &Illustration,
) -> Result<(usize, usize), BindError> {
    let index = (plate.chapter as usize).wrapping_sub(1);
    let chapter = layout.book.chapters.get(index).ok_or(BindError::NoChapter {
        chapter: plate.chapter,
        chapters: layout.book.chapters.len(),
    })?;
    let end = end_of_quote(&chapter.text, plate.offset, &plate.quote);
    let after = layout.paragraphs[index].partition_point(|p| p.text.start < end.max(1));
    Ok((index, after.saturating_sub(1)))
}

/// Where the quote ends: at its offset, else where it is found nearest to it, else at the offset.
fn end_of_quote(text: &str, offset: usize, quote: &str) -> usize {
    let stands_there = text.get(offset..).is_some_and(|rest| rest.starts_with(quote));
    let start = if stands_there || quote.is_empty() {
        offset
    } else {
        let found = text.match_indices(quote).map(|(at, _)| at);
        match found.min_by_key(|at| at.abs_diff(offset)) {
            Some(at) => at,
            None => return offset.min(text.len()),
        }
    };
    (start + quote.len()).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_found_at_or_near_its_offset() {
        let text = "one two\n\none two three";
        assert_eq!(end_of_quote(text, 9, "one two"), 16);
        assert_eq!(end_of_quote(text, 0, "one two"), 7);
        assert_eq!(end_of_quote(text, 8, "one two"), 16);
        assert_eq!(end_of_quote(text, 5, "four"), 5);
        assert_eq!(end_of_quote(text, 500, "four"), text.len());
        assert_eq!(end_of_quote("é", 1, "é"), 2);
    }
}
