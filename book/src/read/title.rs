//! Story or not: what a title says of what is under it.
//!
//! A single word in a title never decides alone; [`super::verdict`] weighs it with what the book
//! declares, what the text says, how long it is and where it stands.

use super::heading::folded;
use super::matter_titles::{ESSAY_STARTS, ESSAYS, PAGE_STARTS, PAGES, TEASERS};

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

/// Judges a title; `book` is the title of the book.
pub(crate) fn judge(title: &str, book: &str) -> Title {
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

/// Whether a title is the name of a page of the book, whole: `Contents`, `Map`.
pub(crate) fn is_name_of_a_page(title: &str) -> bool {
    PAGES.contains(&folded(title).as_str())
}

/// Whether a title is of what comes before a book and never after it.
pub(crate) fn is_opening(title: &str) -> bool {
    let folded = folded(title);
    ["introduction", "preface", "foreword"].iter().any(|first| folded.starts_with(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_judged_as_a_whole() {
        let judge = |text| super::judge(text, "The Time Machine");
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
