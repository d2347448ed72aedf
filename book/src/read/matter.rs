//! Story or not: what a title and a text say of themselves.
//!
//! A single word in a title never decides alone; [`super::divide`] weighs it with what the book
//! declares, how long the text is and where it stands.

use super::block::Block;
use super::heading::folded;

/// What a title says about the matter under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Title {
    /// A page of the book as an object: title page, copyright, contents, dedication.
    Page,
    /// Writing about the book: preface, introduction, afterword, notes.
    Essay,
    /// The start of another book, and everything after it.
    Teaser,
    /// Nothing either way.
    Plain,
}

const PAGES: [&str; 58] = [
    "cover",
    "cover page",
    "front cover",
    "back cover",
    "title page",
    "titlepage",
    "title",
    "half title",
    "halftitle",
    "half title page",
    "halftitlepage",
    "copyright",
    "copyright page",
    "copyright notice",
    "copyright information",
    "imprint",
    "colophon",
    "uncopyright",
    "contents",
    "table of contents",
    "toc",
    "list of illustrations",
    "illustrations",
    "list of plates",
    "list of figures",
    "list of maps",
    "list of tables",
    "map",
    "maps",
    "dedication",
    "epigraph",
    "frontispiece",
    "index",
    "bibliography",
    "glossary",
    "credits",
    "permissions",
    "advertisement",
    "advertisements",
    "newsletter",
    "praise",
    "landmarks",
    "errata",
    "inhalt",
    "inhaltsverzeichnis",
    "table des matières",
    "índice",
    "sommario",
    "legal notice",
    "disclaimer",
    "license",
    "project gutenberg license",
    "the full project gutenberg license",
    "half title page",
    "cast of characters",
    "dramatis personae",
    "characters",
    "the end",
];
const PAGE_STARTS: [&str; 20] = [
    "also by",
    "also available",
    "other books by",
    "other titles by",
    "other works by",
    "books by",
    "more by",
    "more from",
    "by the same author",
    "about the publisher",
    "about the author",
    "about the authors",
    "about this book",
    "about the book",
    "praise for",
    "copyright ",
    "newsletter",
    "sign up",
    "join the",
    "full project gutenberg",
];
const ESSAYS: [&str; 48] = [
    "preface",
    "foreword",
    "introduction",
    "introductory note",
    "afterword",
    "acknowledgments",
    "acknowledgements",
    "acknowledgment",
    "authors note",
    "author s note",
    "a note from the author",
    "note from the author",
    "notes",
    "endnotes",
    "end notes",
    "footnotes",
    "note",
    "authors preface",
    "editors note",
    "editor s note",
    "translators note",
    "translator s note",
    "translators preface",
    "publishers note",
    "transcribers note",
    "transcribers notes",
    "transcriber s note",
    "transcriber s notes",
    "a note on the text",
    "note on the text",
    "note on the type",
    "a note on the type",
    "historical note",
    "appendix",
    "chronology",
    "biography",
    "biographical note",
    "discussion questions",
    "reading group guide",
    "questions for discussion",
    "further reading",
    "reading group questions",
    "general preface",
    "vorwort",
    "nachwort",
    "préface",
    "avant propos",
    "prefazione",
];
const ESSAY_STARTS: [&str; 10] = [
    "preface to",
    "introduction to",
    "introduction by",
    "foreword by",
    "afterword by",
    "appendix ",
    "a note on",
    "notes on",
    "note to the",
    "preface by",
];
const TEASERS: [&str; 14] = [
    "excerpt from",
    "an excerpt",
    "excerpt",
    "extract from",
    "an extract",
    "a preview",
    "preview of",
    "preview",
    "sneak peek",
    "a sneak peek",
    "read on for",
    "keep reading for",
    "coming soon",
    "teaser",
];

/// Judges a title; `book` is the title of the book.
pub(crate) fn title(title: &str, book: &str) -> Title {
    let folded_title = folded(title);
    let starts = |list: &[&str]| {
        list.iter().any(|start| {
            folded_title == start.trim_end()
                || folded_title.starts_with(start)
                    && (start.ends_with(' ') || folded_title[start.len()..].starts_with(' '))
        })
    };
    if starts(&TEASERS) {
        Title::Teaser
    } else if PAGES.contains(&folded_title.as_str()) || starts(&PAGE_STARTS) {
        Title::Page
    } else if ESSAYS.contains(&folded_title.as_str()) || starts(&ESSAY_STARTS) {
        Title::Essay
    } else if !folded_title.is_empty() && folded_title == folded(book) {
        Title::Page
    } else {
        Title::Plain
    }
}

/// What a text says it is, if it is not story: the reason in a few words.
pub(crate) fn apparatus(blocks: &[Block], words: usize) -> Option<&'static str> {
    let start: String =
        blocks.iter().take(12).map(|block| block.text.as_str()).collect::<Vec<_>>().join(" ");
    let start = start.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().filter(|phrase| start.contains(**phrase)).count();
    if says(&[
        "all rights reserved",
        "isbn",
        "library of congress",
        "copyright ©",
        "© copyright",
        "(c) copyright",
        "moral right",
        "without the prior permission",
        "first published",
    ]) >= 2
        && words < 1500
    {
        return Some("reads like a copyright page");
    }
    if says(&["project gutenberg literary archive", "full project gutenberg license"]) > 0 {
        return Some("licence of the e-text");
    }
    if says(&["newsletter", "mailing list", "sign up", "subscribe", "www.", "http", ".com"]) >= 2
        && words < 400
    {
        return Some("reads like an advertisement");
    }
    let linked: usize = blocks.iter().filter(|block| block.linked).count();
    if linked >= 3 && linked * 3 > blocks.len() * 2 {
        return Some("is a list of links");
    }
    None
}

/// Whether a text tells something: paragraphs of some length, speech.
pub(crate) fn is_narrative(blocks: &[Block], words: usize) -> bool {
    let paragraphs = blocks.iter().filter(|block| block.heading.is_none()).count();
    let spoken =
        blocks.iter().filter(|block| block.text.contains(['“', '"', '‘', '«', '„'])).count();
    words >= 500 && paragraphs > 0 && (words / paragraphs >= 25 || spoken * 5 > paragraphs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_judged_as_a_whole() {
        let judge = |text| title(text, "The Time Machine");
        for page in
            ["Contents", "TITLE PAGE", "Also by Jane Doe", "About the Author", "The Time Machine"]
        {
            assert_eq!(judge(page), Title::Page, "{page}");
        }
        for essay in
            ["Introduction", "Author’s Note", "Preface to the Second Edition", "Appendix B"]
        {
            assert_eq!(judge(essay), Title::Essay, "{essay}");
        }
        assert_eq!(judge("Excerpt from The Island"), Title::Teaser);
        for plain in [
            "Introduction of the Stranger",
            "The Dedication",
            "Copyrights and Wrongs",
            "Mapping the Coast",
            "The Cover of Night",
            "Notes from Underground",
            "Joining the Crew",
            "An Excerption",
            "",
        ] {
            assert_eq!(judge(plain), Title::Plain, "{plain}");
        }
    }
}
