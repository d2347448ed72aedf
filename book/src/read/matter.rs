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

const PAGES: [&str; 99] = [
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
    "list of characters",
    "principal characters",
    "persons of the play",
    "characters of the play",
    "the persons",
    "family tree",
    "genealogy",
    "timeline",
    "abbreviations",
    "pronunciation guide",
    "picture credits",
    "image credits",
    "photo credits",
    "works cited",
    "a list of plates",
    "finis",
    "end",
    "list of works",
    "seriespage",
    "series page",
    "copyrights",
    "impressum",
    "widmung",
    "dédicace",
    "table",
    "du même auteur",
    "dedicatoria",
    "indice",
    "dedica",
    "crédits",
    "mentions légales",
    "thank you",
    "thanks",
    "dear reader",
    "newsletter sign up",
    "stay in touch",
    "оглавление",
    "содержание",
    "аннотация",
    "landing page",
    "dedicated",
];
const PAGE_STARTS: [&str; 65] = [
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
    "books in",
    "also in",
    "titles by",
    "novels by",
    "works by",
    "by the author",
    "thank you for",
    "thanks for reading",
    "connect with",
    "follow the author",
    "follow us",
    "get a free",
    "your free",
    "claim your",
    "about the translator",
    "about the editor",
    "about the illustrator",
    "about project gutenberg",
    "a note about the author",
    "meet the author",
    "discover more",
    "want more",
    "visit us",
    "praise",
    "acclaim for",
    "reviews of",
    "critical acclaim",
    "maps of",
    "über den autor",
    "über die autorin",
    "à propos de",
    "sobre el autor",
    "об авторе",
    "contents of",
    "table of contents",
    "list of illustrations",
    "the project gutenberg ebook",
    "the project gutenberg e book",
    "end of the project gutenberg",
    "end of project gutenberg",
    "next in",
    "next in the",
    "other novels by",
    "publisher information",
    "publication data",
];
const ESSAYS: [&str; 143] = [
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
    "to the reader",
    "to my readers",
    "to my reader",
    "a word to the reader",
    "the author to the reader",
    "the author to his readers",
    "the publisher to the reader",
    "prefatory note",
    "prefatory",
    "preliminary note",
    "preliminary",
    "introductory",
    "introductory remarks",
    "editors introduction",
    "editor s introduction",
    "authors introduction",
    "author s introduction",
    "original introduction",
    "general introduction",
    "translators introduction",
    "publishers preface",
    "editors preface",
    "original preface",
    "biographical sketch",
    "biographical introduction",
    "life of the author",
    "the life of the author",
    "memoir of the author",
    "about the translation",
    "about the text",
    "textual note",
    "textual notes",
    "explanatory notes",
    "suggested reading",
    "select bibliography",
    "suggestions for further reading",
    "recommended reading",
    "readers guide",
    "reader s guide",
    "a readers guide",
    "reading guide",
    "book club guide",
    "book club questions",
    "book club discussion questions",
    "discussion guide",
    "questions and topics for discussion",
    "topics for discussion",
    "reading group discussion questions",
    "interview",
    "a letter to the reader",
    "letter to the reader",
    "a letter from the author",
    "a message from the author",
    "from the author",
    "authors afterword",
    "translators afterword",
    "note on the translation",
    "sources",
    "transcriber note",
    "etext notes",
    "danksagung",
    "nachbemerkung",
    "anmerkungen",
    "einleitung",
    "einführung",
    "postface",
    "remerciements",
    "notes de l auteur",
    "avertissement",
    "avant propos de l auteur",
    "agradecimientos",
    "introducción",
    "prefacio",
    "ringraziamenti",
    "introduzione",
    "postfazione",
    "nota dell autore",
    "nota del autor",
    "предисловие",
    "послесловие",
    "примечания",
    "voorwoord",
    "nawoord",
    "förord",
    "efterord",
    "forord",
    "apology",
    "an apology",
    "authors apology",
    "source notes",
    "production notes",
    "notes to the text",
    "notes to this edition",
    "errata and notes",
    "q a",
];
const ESSAY_STARTS: [&str; 35] = [
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
    "editors note",
    "translators note",
    "an introduction to",
    "an interview with",
    "interview with",
    "a conversation with",
    "in conversation with",
    "questions for",
    "q a with",
    "note by",
    "notes by",
    "preface of",
    "prefatory note",
    "introductory note",
    "introduction and",
    "a biographical",
    "biographical note",
    "about the author of",
    "a readers guide to",
    "reading group guide",
    "a critical",
    "historical note",
    "foreword to",
    "afterword to",
    "preface and",
];
const TEASERS: [&str; 30] = [
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
    "bonus chapter",
    "bonus chapters",
    "bonus excerpt",
    "sample chapter",
    "a sample from",
    "sample from",
    "the first chapter of",
    "read the first chapter",
    "turn the page for",
    "here is an excerpt",
    "heres a sneak peek",
    "special preview",
    "special excerpt",
    "a special preview",
    "also by the author an excerpt",
    "leseprobe",
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

/// Words by which writing about books is known.
const TRADE: [&str; 30] = [
    "edition",
    "editions",
    "published",
    "publisher",
    "publishers",
    "publication",
    "readers",
    "novel",
    "novels",
    "novelist",
    "critic",
    "critics",
    "criticism",
    "literary",
    "literature",
    "manuscript",
    "translation",
    "translator",
    "translated",
    "printed",
    "printing",
    "author",
    "authors",
    "biography",
    "bestselling",
    "reviewers",
    "fiction",
    "writer",
    "writers",
    "reader",
];
/// In so many words of an essay about a book there is one of the trade, and so many in all.
const TRADE_SHARE: usize = 80;
const TRADE_WORDS: usize = 5;

/// Whether a text speaks of books and of the author of this one, as an essay does that no title tells
/// from a chapter.
pub(crate) fn speaks_of_books(blocks: &[Block], author: &str) -> bool {
    let first = author.split(',').next().unwrap_or_default();
    let name = first.split_whitespace().last().unwrap_or_default().to_lowercase();
    let (mut words, mut trade, mut named) = (0, 0, 0);
    for word in blocks.iter().flat_map(|block| block.text.split_whitespace()) {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let word = word.strip_suffix("’s").or(word.strip_suffix("'s")).unwrap_or(&word);
        words += 1;
        trade += usize::from(TRADE.contains(&word));
        named += usize::from(name.chars().count() >= 3 && word == name);
    }
    let weight = trade + 2 * named;
    (named >= 2 || trade >= TRADE_WORDS) && weight >= TRADE_WORDS && weight * TRADE_SHARE >= words
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
