//! Divides a manuscript into the parts it is made of: where one ends and the next begins, and what
//! each is called.
//!
//! The table of contents comes first, with its fragments; headings that it leaves out are added; files
//! divide a book only where neither says anything. Parts that hold nothing but a heading lend it to
//! what follows (`CHAPTER ONE`, then `THE EVE OF THE WAR`) or stand as titles of a group.
//!
//! **Invariant:** the parts cover every block exactly once, in order.

use std::ops::Range;

use super::block::{Block, Entry, Manuscript};
use super::contents::{chapter_level, words};
use super::gutenberg;
use super::heading::{Kind, folded, mark};
use super::matter;
use super::outline::chapter_headings;
use super::title::{self, Title};

/// Words that may stand above the heading of a chapter.
const MOTTO: usize = 100;

/// A part of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub title: String,
    /// Its blocks, the title's headings included.
    pub range: Range<usize>,
    /// First block after the title.
    pub body: usize,
    /// Words of text.
    pub words: usize,
    /// Named by the table of contents or by a heading.
    pub titled: bool,
    /// The header or footer of an e-text, not of the book.
    pub licence: bool,
}

/// A place where the book is cut.
#[derive(Debug, Clone)]
struct Cut {
    at: usize,
    label: Option<String>,
}

/// Divides a book.
pub(crate) fn divide(book: &Manuscript) -> Vec<Part> {
    let licence = gutenberg::text_between_licences(&book.blocks);
    let mut cuts = cuts(book, &licence);
    for edge in [0, licence.start, licence.end] {
        if edge < book.blocks.len() && cuts.iter().all(|cut| cut.at != edge) {
            cuts.push(Cut { at: edge, label: None });
        }
    }
    cuts.sort_by_key(|cut| cut.at);
    let ends: Vec<usize> =
        cuts.iter().skip(1).map(|cut| cut.at).chain([book.blocks.len()]).collect();
    let mut parts: Vec<Part> = Vec::new();
    let mut lent: Option<(String, usize)> = None;
    for (cut, end) in cuts.into_iter().zip(ends) {
        if let Some((number, start)) = lent.take_if(|_| is_bare_chapter(cut.label.as_deref())) {
            // A chapter without a word, not the number of the next one.
            parts.push(part(book, Some(number), start..cut.at, &licence));
        }
        let (title, start) = match (lent.take(), cut.label) {
            (Some((number, start)), Some(label)) => (Some(joined(&[number, label])), start),
            (Some((number, start)), None) => (Some(number), start),
            (None, label) => (label, cut.at),
        };
        let part = part(book, title, start..end, &licence);
        if part.words == 0 && lends_its_title(&part) && end < book.blocks.len() && !part.licence {
            lent = Some((part.title, start));
        } else {
            parts.push(part);
        }
    }
    parts
}

/// Whether a title is the name of a chapter and no more: `CHAPTER TWO`.
fn is_bare_chapter(title: Option<&str>) -> bool {
    let named = title.and_then(mark);
    named.is_some_and(|mark| mark.kind == Kind::Chapter && mark.title.is_empty())
}

/// A bare number waits for its title: `CHAPTER ONE`.
fn lends_its_title(part: &Part) -> bool {
    let bare = mark(&part.title).filter(|mark| mark.title.is_empty());
    bare.is_some_and(|mark| mark.kind != Kind::Part)
}

fn part(
    book: &Manuscript,
    label: Option<String>,
    range: Range<usize>,
    story: &Range<usize>,
) -> Part {
    let (heading, body) = heading_of(book, &range, label.as_deref());
    let titled = label.is_some() || !heading.is_empty();
    let title = match label {
        // The heading often says more than the contents: `I`, then `I: The Cyclone`.
        Some(label) if !folded(&heading).starts_with(&folded(&label)) => label,
        Some(label) if folded(&heading) == folded(&label) => label,
        _ => heading,
    };
    let words = words(book, body, range.end);
    let licence = range.start < story.start || range.start >= story.end;
    Part { title, range, body, words, titled, licence }
}

/// Number and title in one line: `LETTER I. To the Captain`, `Chapter One: The Mill`.
fn joined(headings: &[String]) -> String {
    let mut title = String::new();
    for heading in headings {
        if !title.is_empty() {
            title.push_str(if title.ends_with(['.', ':', '!', '?', '—']) { " " } else { ": " });
        }
        title.push_str(heading);
    }
    title
}

/// The title a part begins with, and its first block after it.
fn heading_of(book: &Manuscript, range: &Range<usize>, label: Option<&str>) -> (String, usize) {
    let blocks = &book.blocks[range.clone()];
    let headings = blocks.iter().take_while(|block| block.heading.is_some()).count();
    if headings > 0 {
        let own = blocks[..headings].iter().map(|block| block.text.replace('\n', " "));
        let own: Vec<String> = own.filter(|text| folded(text) != folded(&book.title)).collect();
        return (joined(&own), range.start + headings);
    }
    // No heading: the first lines may be the title all the same.
    let Some(label) = label.map(folded).filter(|label| !label.is_empty()) else {
        return (String::new(), range.start);
    };
    let mut said = String::new();
    for (index, block) in blocks.iter().take(3).enumerate() {
        let text = folded(&block.text);
        if text.is_empty() {
            break;
        }
        said = format!("{said} {text}").trim().to_owned();
        if said == label {
            return (String::new(), range.start + index + 1);
        }
        if !label.starts_with(&said) {
            break;
        }
    }
    (String::new(), range.start)
}

fn cuts(book: &Manuscript, text: &Range<usize>) -> Vec<Cut> {
    if let Some(headings) = &book.headings {
        let begins =
            book.blocks.iter().enumerate().filter(|(_, block)| headings.is_match(&block.text));
        let cut =
            |(at, block): (usize, &Block)| Cut { at, label: Some(block.text.replace('\n', " ")) };
        return begins.map(cut).collect();
    }
    let contents = chapter_level(book);
    let mut places: Vec<usize> = contents.iter().map(|entry| entry.at).collect();
    places.dedup();
    let headings = chapter_headings(book);
    let mut cuts: Vec<Cut> = Vec::new();
    if places.len() >= 2 || (places.len() == 1 && headings.len() <= 1) {
        let only_parts =
            lists_only_parts(book, &contents) || leaves_out_chapters(book, &places, &headings);
        cuts.extend(
            contents.into_iter().map(|entry| Cut { at: entry.at, label: Some(entry.label) }),
        );
        if only_parts {
            let unlisted = headings.into_iter().filter(|at| !places.contains(at));
            cuts.extend(unlisted.map(|at| Cut { at, label: None }));
        } else {
            add_unlisted_headings(book, &mut cuts);
        }
    } else {
        cuts.extend(headings.into_iter().map(|at| Cut { at, label: None }));
    }
    let first = cuts.iter().map(|cut| cut.at).min().unwrap_or(book.blocks.len());
    add_files(book, text, first, &mut cuts);
    cuts
}

/// Whether a table of contents names the parts of a book and not its chapters.
fn lists_only_parts(book: &Manuscript, contents: &[Entry]) -> bool {
    let plain = contents.iter().filter(|e| title::judge(&e.label, &book.title) == Title::Plain);
    let kinds: Vec<Option<Kind>> = plain.map(|e| mark(&e.label).map(|mark| mark.kind)).collect();
    !kinds.is_empty() && kinds.iter().all(|kind| *kind == Some(Kind::Part))
}

/// Whether a table of contents names a few things, and none of many chapters.
fn leaves_out_chapters(book: &Manuscript, places: &[usize], headings: &[usize]) -> bool {
    let is_chapter =
        |at: &&usize| mark(&book.blocks[**at].text).is_some_and(|mark| mark.kind == Kind::Chapter);
    let chapters = headings.iter().filter(is_chapter);
    // What is listed may begin with a motto or with the words under a picture.
    let is_listed = |at: &usize| {
        let before = places.partition_point(|place| place <= at);
        before > 0 && words(book, places[before - 1], *at) < MOTTO
    };
    let unlisted = chapters.filter(|at| !is_listed(at)).count();
    unlisted >= 2 && unlisted >= places.len()
}

/// Headings of the chapters that the table of contents leaves out.
fn add_unlisted_headings(book: &Manuscript, cuts: &mut Vec<Cut>) {
    let listed: Vec<(u8, Option<Kind>)> = cuts
        .iter()
        .filter_map(|cut| {
            let block = book.blocks.get(cut.at)?;
            Some((block.heading?, mark(&block.text).map(|mark| mark.kind)))
        })
        .collect();
    let Some(deepest) = listed.iter().map(|(level, _)| *level).max() else { return };
    let is_cut: Vec<bool> = flags(book, cuts.iter().map(|cut| cut.at));
    let starts: Vec<bool> = flags(book, book.documents.iter().map(|document| document.start));
    let mut in_title = false;
    for (at, block) in book.blocks.iter().enumerate() {
        let Some(level) = block.heading else {
            in_title = false;
            continue;
        };
        in_title |= is_cut[at];
        if in_title {
            continue;
        }
        let kind = mark(&block.text).map(|mark| mark.kind);
        let in_series =
            matches!(kind, Some(Kind::Chapter | Kind::Named)) && listed.contains(&(level, kind));
        let opens_unlisted_file =
            starts[at] && level <= deepest && !file_is_listed(book, at, &is_cut);
        if in_series || opens_unlisted_file {
            cuts.push(Cut { at, label: None });
            in_title = true;
        }
    }
}

fn flags(book: &Manuscript, places: impl Iterator<Item = usize>) -> Vec<bool> {
    let mut flags = vec![false; book.blocks.len() + 1];
    for at in places {
        flags[at] = true;
    }
    flags
}

/// Whether the file that starts at block `start` has a cut in it.
fn file_is_listed(book: &Manuscript, start: usize, is_cut: &[bool]) -> bool {
    let document = book.blocks[start].document;
    let end = book.documents.get(document + 1).map_or(book.blocks.len(), |next| next.start);
    is_cut[start..end].contains(&true)
}

/// Files that are parts of their own: all of them before the first cut (or where there is no cut at
/// all), later ones only where they declare themselves to be something else than what precedes them.
fn add_files(book: &Manuscript, text: &Range<usize>, first: usize, cuts: &mut Vec<Cut>) {
    let is_cut = flags(book, cuts.iter().map(|cut| cut.at));
    for (index, document) in book.documents.iter().enumerate() {
        let start = document.start;
        let Some(block) = book.blocks.get(start).filter(|block| block.document == index) else {
            continue;
        };
        if is_cut[start] {
            continue;
        }
        let mut end = book.documents.get(index + 1).map_or(book.blocks.len(), |next| next.start);
        // A licence in the same file says nothing of the text before it.
        if start < text.end {
            end = end.min(text.end);
        }
        let apart = !is_cut[start..end].contains(&true)
            && start > 0
            && (declared(book, block) != declared(book, &book.blocks[start - 1])
                || is_apart(book, &book.blocks[start..end]));
        if start < first || apart {
            cuts.push(Cut { at: start, label: None });
        }
    }
}

pub(crate) fn declared(book: &Manuscript, block: &Block) -> Option<super::block::Declared> {
    block.declared.or_else(|| book.documents.get(block.document).and_then(|d| d.declared))
}

fn is_apart(book: &Manuscript, blocks: &[Block]) -> bool {
    let titled = blocks.first().filter(|block| block.heading.is_some());
    titled.is_some_and(|block| title::judge(&block.text, &book.title) != Title::Plain)
        || matter::apparatus(blocks, blocks.iter().map(Block::words).sum()).is_some()
}
