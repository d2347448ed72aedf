//! Which headings begin chapters, where no table of contents says so.
//!
//! Headings that are numbered decide, at whatever level they stand; where none is, the first level that
//! has more than titles of parts does. What stands below a chapter's heading is a section of it.

use super::block::Manuscript;
use super::contents::words;
use super::heading::{Kind, Mark, mark};
use super::title::{self, Title};

/// Text under the heading of a group of chapters, before its first.
const GROUP_TEXT: usize = 50;

struct Heading<'b> {
    at: usize,
    level: u8,
    mark: Option<Mark<'b>>,
    /// There is text under it, other headings of its title aside.
    has_text: bool,
}

impl Heading<'_> {
    fn kind(&self) -> Option<Kind> {
        self.mark.map(|mark| mark.kind)
    }

    fn is_unit(&self) -> bool {
        matches!(self.kind(), Some(Kind::Chapter | Kind::Number | Kind::Named))
    }
}

/// The headings of chapters, and of whatever else stands on their level or above.
pub(crate) fn chapter_headings(book: &Manuscript) -> Vec<usize> {
    let headings: Vec<Heading> = book
        .blocks
        .iter()
        .enumerate()
        .filter_map(|(at, block)| {
            let after = &book.blocks[at + 1..];
            let has_text = after.iter().take(3).any(|block| block.heading.is_none());
            Some(Heading { at, level: block.heading?, mark: mark(&block.text), has_text })
        })
        .collect();
    let count = |kinds: &[Kind]| {
        let of_kind = |h: &&Heading| h.has_text && h.kind().is_some_and(|k| kinds.contains(&k));
        headings.iter().filter(of_kind).count()
    };
    if count(&[Kind::Chapter]) >= 2 || count(&[Kind::Chapter, Kind::Number]) >= 2 {
        return numbered(&headings);
    }
    let Some(level) = plain_level(book, &headings) else { return Vec::new() };
    headings.iter().filter(|heading| heading.level <= level).map(|heading| heading.at).collect()
}

/// Numbered headings that are not below another one, and plain ones on their level or above.
fn numbered(headings: &[Heading]) -> Vec<usize> {
    let mut above: Vec<(u8, bool)> = Vec::new();
    let mut last: Option<Mark> = None;
    // Level of the sections of the chapter at hand, once it has one.
    let mut sections: Option<u8> = None;
    let mut cuts: Vec<(&Heading, bool)> = Vec::new();
    let mut depth = 0;
    for heading in headings {
        while above.last().is_some_and(|(level, _)| *level >= heading.level) {
            above.pop();
        }
        let below = above.iter().any(|(_, unit)| *unit);
        let goes_on = |mark: Mark| {
            last.is_some_and(|last| {
                last.kind == mark.kind
                    && last.number.is_some_and(|n| mark.number == n.checked_add(1))
            })
        };
        let sibling = heading.mark.is_some_and(goes_on) && sections != Some(heading.level);
        let unit = heading.is_unit() && (!below || sibling);
        if unit {
            depth = depth.max(heading.level);
            last = heading.mark;
            sections = None;
        } else if below && heading.is_unit() {
            sections = Some(heading.level);
        }
        if unit || !below {
            cuts.push((heading, unit));
        }
        above.push((heading.level, unit));
    }
    let kept = cuts.into_iter().filter(|(heading, unit)| *unit || heading.level <= depth);
    kept.map(|(heading, _)| heading.at).collect()
}

/// The level of chapters that have titles alone.
fn plain_level(book: &Manuscript, headings: &[Heading]) -> Option<u8> {
    let deepest_part =
        headings.iter().filter(|h| h.kind() == Some(Kind::Part)).map(|h| h.level).max();
    let is_chapter = |(nth, heading): (usize, &Heading)| {
        let next = headings.get(nth + 1);
        let end = next.map_or(book.blocks.len(), |next| next.at);
        let is_group = next.is_some_and(|next| next.level > heading.level)
            && words(book, heading.at, end) < GROUP_TEXT;
        let title = &book.blocks[heading.at].text;
        heading.has_text && !is_group && title::judge(title, &book.title) == Title::Plain
    };
    let chapters: Vec<u8> = headings
        .iter()
        .enumerate()
        .filter(|(nth, heading)| is_chapter((*nth, heading)))
        .map(|(_, heading)| heading.level)
        .collect();
    let count = |level: u8| chapters.iter().filter(|of| **of == level).count();
    let below_parts = deepest_part.and_then(|part| (part + 1..=6).find(|&level| count(level) >= 2));
    below_parts
        .or_else(|| (1..=6).find(|&level| count(level) >= 2))
        .or_else(|| headings.iter().filter(|h| h.has_text).map(|h| h.level).max())
}
