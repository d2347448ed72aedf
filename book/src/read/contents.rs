//! Which lines of a table of contents are chapters, and which are sections within one.

use super::block::{Entry, Manuscript};
use super::heading::{Kind, mark};
use super::title::{self, Title};

/// Text of a part's own, before its first chapter, that makes it a chapter with sections.
const OWN_TEXT: usize = 50;
/// Words of a sibling without sections that show on which level the chapters are.
const CHAPTER_WORDS: usize = 300;

/// The entries at which the book is to be cut, in reading order: parts and chapters, not the sections
/// below chapters.
pub(crate) fn chapter_level(book: &Manuscript) -> Vec<Entry> {
    let entries = &book.contents;
    let mut kept = Vec::new();
    let mut index = 0;
    while index < entries.len() {
        kept.push(entries[index].clone());
        let next_sibling = end_of_children(entries, index);
        index = if next_sibling > index + 1 && !is_group(book, index) {
            next_sibling
        } else {
            index + 1
        };
    }
    kept.sort_by_key(|entry| entry.at);
    kept
}

/// Index of the first entry after `index` that is not nested in it.
fn end_of_children(entries: &[Entry], index: usize) -> usize {
    let depth = entries[index].depth;
    let nested = entries[index + 1..].iter().take_while(|entry| entry.depth > depth).count();
    index + 1 + nested
}

/// Whether an entry with entries below it is a group of chapters, not a chapter with sections.
fn is_group(book: &Manuscript, index: usize) -> bool {
    let entries = &book.contents;
    let entry = &entries[index];
    let kind = |entry: &Entry| mark(&entry.label).map(|mark| mark.kind);
    let inner = &entries[index + 1..end_of_children(entries, index)];
    let child_depth = inner.iter().map(|child| child.depth).min().unwrap_or(0);
    let children: Vec<&Entry> = inner.iter().filter(|child| child.depth == child_depth).collect();
    let numbered =
        children.iter().filter(|c| matches!(kind(c), Some(Kind::Chapter | Kind::Named))).count();
    if kind(entry) == Some(Kind::Part) || numbered * 2 > children.len() {
        return true;
    }
    if kind(entry).is_some() {
        return false;
    }
    if title::judge(&entry.label, &book.title) == Title::Page {
        return true;
    }
    let first = children.iter().map(|child| child.at).find(|&at| at > entry.at);
    if words(book, entry.at, first.unwrap_or(entry.at)) >= OWN_TEXT {
        return false;
    }
    // An anthology's stories have sections, a novel's parts have chapters: the neighbours tell.
    let (mut leaves, mut groups) = (0, 0);
    for (at, sibling) in entries.iter().enumerate().filter(|(_, e)| e.depth == entry.depth) {
        let end = end_of_children(entries, at);
        if end > at + 1 {
            groups += 1;
        } else {
            let until = entries.get(end).map_or(book.blocks.len(), |next| next.at);
            let plain = title::judge(&sibling.label, &book.title) == Title::Plain;
            leaves += usize::from(plain && words(book, sibling.at, until) >= CHAPTER_WORDS);
        }
    }
    leaves <= groups
}

/// Words of text, not of headings, in a range of blocks.
pub(crate) fn words(book: &Manuscript, start: usize, end: usize) -> usize {
    let blocks = book.blocks.get(start..end.max(start)).unwrap_or_default();
    blocks.iter().filter(|block| block.heading.is_none()).map(super::block::Block::words).sum()
}
