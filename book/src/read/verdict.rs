//! Which parts of a book are its story.
//!
//! What the book declares counts most, then numbers, then titles with the text under them and the
//! place where they stand; a book that would have no story at all is taken to be story throughout.

use regex::Regex;

use super::block::{Block, Declared, Manuscript};
use super::divide::{Part, declared};
use super::heading::{Kind, mark};
use super::matter;
use super::teaser::teaser;
use super::title::{self, Title};

/// Text that a part's title page does not have.
const PART_TEXT: usize = 150;
/// Words that make an untitled or unnumbered text a chapter, by where it stands.
const OPENING: usize = 100;
const CLOSING: usize = 40;
/// Words by which chapters without numbers are known where nothing is numbered.
const UNNUMBERED: usize = 300;

/// Story or not, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub story: bool,
    pub reason: String,
    /// Nothing but length and place speaks for it either way.
    weak: bool,
}

fn story(reason: impl Into<String>) -> Verdict {
    Verdict { story: true, reason: reason.into(), weak: false }
}

fn apart(reason: impl Into<String>) -> Verdict {
    Verdict { story: false, reason: reason.into(), weak: false }
}

fn weakly_apart(reason: impl Into<String>) -> Verdict {
    Verdict { story: false, reason: reason.into(), weak: true }
}

/// Judges the parts of a book, in order.
pub(crate) fn verdicts(book: &Manuscript, parts: &[Part]) -> Vec<Verdict> {
    if let Some(headings) = &book.headings {
        return parts.iter().map(|part| by_pattern(book, part, headings)).collect();
    }
    let teaser = teaser(book, parts);
    let judge = |(at, part): (usize, &Part)| match certain(book, part) {
        verdict if at < teaser => verdict,
        Some(verdict) if !verdict.story => Some(verdict),
        _ => Some(apart("part of an excerpt or of notes behind the end")),
    };
    let certain: Vec<Option<Verdict>> = parts.iter().enumerate().map(judge).collect();
    let is_story =
        |(at, v): (usize, &Option<Verdict>)| v.as_ref().is_some_and(|v| v.story).then_some(at);
    let mut known: Vec<usize> = certain.iter().enumerate().filter_map(is_story).collect();
    let long = |(at, part): (usize, &Part)| {
        let blocks = &book.blocks[part.body..part.range.end];
        let told = match title::judge(&part.title, &book.title) {
            Title::Plain => !matter::speaks_of_books(blocks, &book.author),
            _ => is_told_under(&part.title, book, blocks, part.words),
        };
        (certain[at].is_none() && told && part.words >= UNNUMBERED).then_some(at)
    };
    let unnumbered: Vec<usize> = parts.iter().enumerate().filter_map(long).collect();
    // A book that numbers its chapters numbers most of them.
    if unnumbered.len() > known.len() {
        known.extend(unnumbered);
        known.sort_unstable();
    }
    let place = |at: usize| match (known.first(), known.last()) {
        (Some(&first), _) if at < first => Place::Before,
        (_, Some(&last)) if at > last => Place::After,
        (Some(_), Some(_)) => Place::Between,
        _ => Place::Unknown,
    };
    let whole = Whole {
        words: parts.iter().filter(|part| !part.licence).map(|part| part.words).sum(),
        titled: parts.iter().any(|part| part.titled),
    };
    let mut out: Vec<Verdict> = certain
        .into_iter()
        .enumerate()
        .map(|(at, verdict)| {
            verdict.unwrap_or_else(|| by_place(book, &parts[at], place(at), &whole))
        })
        .collect();
    if !out.iter().any(|verdict| verdict.story) {
        for verdict in out.iter_mut().filter(|verdict| verdict.weak) {
            *verdict = story("the only text there is");
        }
    }
    out
}

/// What the reader of the book has said is a chapter.
fn by_pattern(book: &Manuscript, part: &Part, headings: &Regex) -> Verdict {
    let first = book.blocks.get(part.range.start);
    if part.licence {
        apart("header or footer of the e-text")
    } else if !first.is_some_and(|block| headings.is_match(&block.text)) {
        apart("before the first heading that matches")
    } else if part.words == 0 {
        apart("a heading without text")
    } else {
        story("its heading matches")
    }
}

/// What is known of the book as a whole.
struct Whole {
    words: usize,
    /// Whether anything in it has a title.
    titled: bool,
}

/// Where a part stands among those known to be story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Before,
    Between,
    After,
    Unknown,
}

/// What needs no look at the rest of the book.
fn certain(book: &Manuscript, part: &Part) -> Option<Verdict> {
    if part.licence {
        return Some(apart("header or footer of the e-text"));
    }
    let named = mark(&part.title);
    let is_part = named.is_some_and(|mark| mark.kind == Kind::Part);
    if part.words == 0 {
        return Some(apart(if is_part { "title of a part" } else { "a heading without text" }));
    }
    let blocks = &book.blocks[part.body..part.range.end];
    match declaration(book, blocks, part.words) {
        Some(Declared::Apart(term)) => return Some(apart(format!("declared as {term}"))),
        // A motto under the title of a part is no chapter.
        Some(Declared::Story(_)) if is_part && part.words < PART_TEXT => {}
        Some(Declared::Story(term)) => {
            let broad = matches!(term, "bodymatter" | "text" | "start" | "part");
            let title = title::judge(&part.title, &book.title);
            let page = matches!(title, Title::Page | Title::Teaser) && named.is_none();
            if !(broad && page && !matter::is_narrative(blocks, part.words)) {
                return Some(story(format!("declared as {term}")));
            }
        }
        None => {}
    }
    match named?.kind {
        Kind::Chapter | Kind::Number => Some(story("numbered")),
        Kind::Named => Some(story("a titled part of the story")),
        Kind::Part if part.words >= PART_TEXT => Some(story("a part with text of its own")),
        Kind::Part => Some(apart("title page of a part")),
    }
}

/// What most of the words are declared to be.
fn declaration(book: &Manuscript, blocks: &[Block], words: usize) -> Option<Declared> {
    let mut tally: Vec<(Declared, usize)> = Vec::new();
    for block in blocks.iter().filter(|block| block.heading.is_none()) {
        let Some(declared) = declared(book, block) else { continue };
        match tally.iter_mut().find(|(known, _)| *known == declared) {
            Some((_, count)) => *count += block.words(),
            None => tally.push((declared, block.words())),
        }
    }
    let sum = |is_story: bool| -> usize {
        let of = tally.iter().filter(|(d, _)| matches!(d, Declared::Story(_)) == is_story);
        of.map(|(_, count)| count).sum()
    };
    let is_story = [true, false].into_iter().find(|&is_story| sum(is_story) * 2 > words)?;
    let of = tally.iter().filter(|(d, _)| matches!(d, Declared::Story(_)) == is_story);
    of.max_by_key(|(_, count)| *count).map(|(declared, _)| *declared)
}

/// The rest: title, text and place together.
fn by_place(book: &Manuscript, part: &Part, place: Place, whole: &Whole) -> Verdict {
    let blocks = &book.blocks[part.body..part.range.end];
    let narrative = matter::is_narrative(blocks, part.words);
    let words = part.words;
    match title::judge(&part.title, &book.title) {
        // No title makes most of a book something else than the book.
        _ if narrative && words * 2 > whole.words => story("most of the book"),
        Title::Page | Title::Teaser if narrative && place == Place::Between => {
            story("a narrative between chapters, whatever its title")
        }
        Title::Page
            if narrative
                && super::heading::folded(&part.title) == super::heading::folded(&book.title) =>
        {
            story("a narrative with the title of the book")
        }
        Title::Essay if narrative && place == Place::Between => {
            story("a narrative between chapters, whatever its title")
        }
        Title::Page if is_told_under(&part.title, book, blocks, words) => {
            story("a narrative, whatever its title")
        }
        Title::Essay
            if place == Place::After
                && title::is_opening(&part.title)
                && matter::is_told(blocks, words)
                && !matter::speaks_of_books(blocks, &book.author) =>
        {
            story("a narrative where nothing is introduced any more")
        }
        Title::Page | Title::Essay | Title::Teaser => apart(format!("titled “{}”", part.title)),
        Title::Plain => match matter::apparatus(blocks, words) {
            Some(reason) => apart(reason),
            None if matches!(place, Place::Before | Place::After)
                && matter::speaks_of_books(blocks, &book.author) =>
            {
                apart("speaks of books and their authors")
            }
            None => plain(book, part, place, narrative, whole),
        },
    }
}

/// Whether a story is told under a title that is the name of a page: a list of contents never tells one.
fn is_told_under(title: &str, book: &Manuscript, blocks: &[Block], words: usize) -> bool {
    title::is_name_of_a_page(title)
        && matter::is_told(blocks, words)
        && matter::apparatus(blocks, words).is_none()
        && !matter::speaks_of_books(blocks, &book.author)
}

fn plain(book: &Manuscript, part: &Part, place: Place, narrative: bool, whole: &Whole) -> Verdict {
    let words = part.words;
    let before_body = book.body_start.is_some_and(|start| part.range.start < start);
    let enough = match place {
        Place::Before if before_body => false,
        Place::Before => narrative || (part.titled && words >= OPENING),
        Place::Between => true,
        Place::After if !whole.titled => narrative || words >= OPENING,
        Place::After => narrative || (part.titled && words >= CLOSING),
        Place::Unknown => false,
    };
    if enough {
        return story(format!("{words} words of running text"));
    }
    weakly_apart(match place {
        Place::Before if before_body => "before the start of the body",
        Place::Before => "a short text before the first chapter",
        Place::After => "a short text after the last chapter",
        Place::Between | Place::Unknown => "a short text",
    })
}
