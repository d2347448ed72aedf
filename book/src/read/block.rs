//! What every reader delivers: a manuscript of blocks, from which the chapters are divided.

use regex::Regex;

/// A book in reading order, before it is divided into chapters.
#[derive(Debug, Default)]
pub(crate) struct Manuscript {
    pub title: String,
    pub author: String,
    pub language: Option<String>,
    /// The files of the book in reading order; a book of one file has one.
    pub documents: Vec<Document>,
    /// All headings and paragraphs.
    pub blocks: Vec<Block>,
    /// The table of contents, in the order of [`Entry::at`].
    pub contents: Vec<Entry>,
    /// What begins a chapter, where the reader of the book says so.
    pub headings: Option<Regex>,
    /// First block of the body, where the book declares one.
    pub body_start: Option<usize>,
}

/// One file of a book.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// Name of the archive's entry; empty for a book of one file.
    pub name: String,
    /// Index of its first block.
    pub start: usize,
    /// What the package says of the whole file.
    pub declared: Option<Declared>,
    /// Named by the package but not in the archive.
    pub missing: bool,
}

/// A line of the table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub label: String,
    /// 0 for the outermost.
    pub depth: usize,
    /// Index of the block it points to.
    pub at: usize,
}

/// A heading or a paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// White space collapsed; `\n` between lines of verse.
    pub text: String,
    /// Bytes of the text that are set in italics.
    pub emphasis: Vec<std::ops::Range<usize>>,
    /// Level 1 to 6 for a heading.
    pub heading: Option<u8>,
    /// Index of its document.
    pub document: usize,
    /// Byte offset in the document's text where a picture may follow this block.
    pub anchor: usize,
    /// What the markup around it says it is.
    pub declared: Option<Declared>,
    /// Most of its text is links.
    pub linked: bool,
    /// Looks like a heading: in bold, by the name of its style, with much space before it.
    pub set_apart: bool,
}

/// What a book declares a part of itself to be, by `epub:type`, ARIA role, landmark or guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Declared {
    /// Part of the story.
    Story(&'static str),
    /// Front matter, back matter, apparatus.
    Apart(&'static str),
}

impl Block {
    pub fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }
}

/// Structural terms that mean story: EPUB Structural Semantics, DPUB-ARIA, OPF guide.
const STORY: [&str; 13] = [
    "bodymatter",
    "chapter",
    "part",
    "volume",
    "division",
    "prologue",
    "epilogue",
    "prelude",
    "interlude",
    "subchapter",
    "text",
    "start",
    "conclusion",
];

/// Structural terms that mean front matter, back matter or apparatus, the broad ones first.
const APART: [&str; 45] = [
    "frontmatter",
    "backmatter",
    "titlepage",
    "title-page",
    "halftitlepage",
    "halftitle",
    "imprint",
    "copyright-page",
    "copyright",
    "colophon",
    "dedication",
    "epigraph",
    "foreword",
    "preface",
    "introduction",
    "preamble",
    "toc",
    "landmarks",
    "loi",
    "lot",
    "lof",
    "loa",
    "lov",
    "endnotes",
    "footnotes",
    "rearnotes",
    "notes",
    "bibliography",
    "index",
    "glossary",
    "appendix",
    "afterword",
    "acknowledgments",
    "acknowledgements",
    "credits",
    "contributors",
    "other-credits",
    "errata",
    "revision-history",
    "seriespage",
    "cover",
    "frontispiece",
    "warning",
    "biblioref",
    "other-books",
];

/// Sections that belong to the story wherever they stand.
const ALWAYS_STORY: [&str; 5] = ["chapter", "prologue", "epilogue", "prelude", "interlude"];

/// What the terms in `value` (blank-separated) say, given what the elements around say.
pub(crate) fn declared(value: &str, outer: Option<Declared>) -> Option<Declared> {
    value.split_whitespace().fold(outer, |outer, term| {
        let term = term.rsplit(':').next().unwrap_or(term);
        let term = term.strip_prefix("doc-").unwrap_or(term).to_ascii_lowercase();
        if let Some(known) = STORY.iter().find(|known| **known == term) {
            return match outer {
                Some(Declared::Apart(_)) if !ALWAYS_STORY.contains(known) => outer,
                _ => Some(Declared::Story(known)),
            };
        }
        match (APART.iter().find(|known| **known == term), outer) {
            // An introduction or an epigraph inside the body belongs to the body.
            (Some(_), Some(Declared::Story(_))) | (None, _) => outer,
            (Some(known), _) => Some(Declared::Apart(known)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(values: &[&str]) -> Option<Declared> {
        values.iter().fold(None, |outer, value| declared(value, outer))
    }

    #[test]
    fn inner_terms_refine_outer_ones() {
        assert_eq!(
            nested(&["bodymatter z3998:fiction", "introduction"]),
            Some(Declared::Story("bodymatter"))
        );
        assert_eq!(nested(&["frontmatter", "imprint"]), Some(Declared::Apart("imprint")));
        assert_eq!(nested(&["frontmatter", "prologue"]), Some(Declared::Story("prologue")));
        assert_eq!(nested(&["doc-chapter"]), Some(Declared::Story("chapter")));
        assert_eq!(nested(&["backmatter", "part"]), Some(Declared::Apart("backmatter")));
        assert_eq!(nested(&["z3998:letter"]), None);
    }
}
