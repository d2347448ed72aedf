//! Reads book files into chapters.
//!
//! Every format is first read into a [`block::Manuscript`], which knows headings, paragraphs, files and
//! a table of contents; dividing it into parts and telling story from the rest is the same for all.
//!
//! **Invariant:** a book, however broken or hostile, costs a bounded amount of memory and time and ends
//! in chapters or in a [`ReadError`] that says what is wrong with it.

pub(crate) mod archive;
pub(crate) mod block;
mod contents;
mod divide;
mod docx;
pub(crate) mod encoding;
pub(crate) mod epub;
mod error;
mod fb2;
mod gutenberg;
mod heading;
mod html;
mod markdown;
pub(crate) mod markup;
mod matter;
mod matter_titles;
mod mobi;
mod nav;
mod numerals;
mod outline;
pub(crate) mod package;
mod pdf;
mod promote;
mod role;
mod run;
mod teaser;
mod text;
mod title;
pub(crate) mod tokens;
mod verdict;

use std::io::Read;
use std::ops::Range;
use std::path::Path;

use regex::Regex;

use crate::{Book, Chapter, Section, mark};
use archive::Archive;
use block::Manuscript;
pub(crate) use divide::Part;
pub use error::ReadError;

/// How the names of books end, the kinds that are read best first. A file of another name may still be
/// a book, if it is named by itself.
pub const ENDINGS: [&str; 12] =
    ["epub", "fb2", "docx", "azw3", "mobi", "html", "xhtml", "htm", "md", "markdown", "txt", "pdf"];

/// How a book is to be read, where its reader knows better.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    headings: Option<Regex>,
}

/// A pattern that is no regular expression.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` is no regular expression: {reason}")]
pub struct PatternError {
    pattern: String,
    reason: regex::Error,
}

impl Reading {
    /// Every heading or paragraph that matches `pattern` begins a chapter, and nothing else does. Text
    /// before the first is left out.
    ///
    /// # Errors
    ///
    /// The pattern is no regular expression, or one that would take too much memory.
    pub fn by_headings(pattern: &str) -> Result<Self, PatternError> {
        let headings = Regex::new(pattern)
            .map_err(|reason| PatternError { pattern: pattern.to_owned(), reason })?;
        Ok(Self { headings: Some(headings) })
    }

    /// The pattern that headings have to match, if one was given.
    #[must_use]
    pub fn headings(&self) -> Option<&str> {
        self.headings.as_ref().map(Regex::as_str)
    }
}

/// Reads a book.
///
/// # Errors
///
/// [`ReadError`] says what is wrong with the file. A book whose text is all front matter is no error:
/// it has no chapters, and [`Book::sections`] says why.
pub fn read(path: &Path) -> Result<Book, ReadError> {
    read_as(path, &Reading::default())
}

/// Reads a book the way its reader wants it.
///
/// # Errors
///
/// As [`read`].
pub fn read_as(path: &Path, reading: &Reading) -> Result<Book, ReadError> {
    Ok(read_layout(path, reading)?.book)
}

/// A book and where its paragraphs are in the file it was read from.
#[derive(Debug)]
pub(crate) struct Layout {
    pub book: Book,
    pub format: Format,
    /// What was read, as it was before it was divided.
    pub manuscript: Manuscript,
    /// What it was divided into, each with the number of its chapter if it is one.
    pub parts: Vec<(Part, Option<u32>)>,
    /// For each chapter, its paragraphs in order.
    pub paragraphs: Vec<Vec<Paragraph>>,
}

impl Layout {
    /// Whether a part that is no chapter belongs to the book, and not to the file it came from: a
    /// dedication does, the header of an e-text or an old table of contents does not.
    pub fn is_kept(&self, part: &Part) -> bool {
        let title = heading::folded(&part.title);
        if part.licence || matches!(title.as_str(), "contents" | "table of contents" | "the end") {
            return false;
        }
        if part.words == 0 {
            return heading::mark(&part.title).is_some_and(|mark| mark.kind == heading::Kind::Part);
        }
        // An untitled short text is the old title page, which is made anew.
        !(title == heading::folded(&self.book.title) || (title.is_empty() && part.words < 100))
    }
}

/// Where a paragraph is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paragraph {
    /// Its bytes in [`Chapter::text`].
    pub text: Range<usize>,
    /// Index of the document it is in.
    pub document: usize,
    /// Byte offset in the document's (stripped) text where a picture may follow it.
    pub anchor: usize,
}

/// Reads a book and remembers where everything was.
pub(crate) fn read_layout(path: &Path, reading: &Reading) -> Result<Layout, ReadError> {
    let format = format(path)?;
    let mut manuscript = match format {
        Format::Epub => epub::read(path)?,
        Format::Docx => docx::read(&mut Archive::open(path)?)?,
        Format::Fb2 => fb2::read(&whole_text(path)?)
            .map_err(|_| ReadError::TooDeep { entry: path.display().to_string() })?,
        Format::ZippedFb2 => {
            let mut archive = Archive::open(path)?;
            let entry = archive.first_ending_in(".fb2").unwrap_or_default().to_owned();
            let text = epub::text(&mut archive, &entry)?.map(|text| text.text).unwrap_or_default();
            fb2::read(&text).map_err(|_| ReadError::TooDeep { entry })?
        }
        Format::Html => {
            let text = whole_text(path)?;
            html::read(&mark::strip(&text))
                .map_err(|_| ReadError::TooDeep { entry: path.display().to_string() })?
        }
        Format::Pdf => pdf::read(path)?,
        Format::Mobi => mobi::read(path)?,
        Format::Markdown => markdown::read(&whole_text(path)?),
        Format::Text => text::read(&whole_text(path)?),
    };
    manuscript.headings.clone_from(&reading.headings);
    if manuscript.title.is_empty() {
        let stem = path.file_stem().unwrap_or_default();
        manuscript.title = stem.to_string_lossy().into_owned();
    }
    if manuscript.blocks.iter().all(|block| block.heading.is_some()) {
        return Err(ReadError::NoText { path: path.to_owned() });
    }
    Ok(lay_out(manuscript, format))
}

/// The text of a book that is one file.
fn whole_text(path: &Path) -> Result<String, ReadError> {
    const LIMIT: u64 = 32 << 20;
    let io = |source| ReadError::Io { path: path.to_owned(), source };
    let entry = || path.display().to_string();
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(io)?;
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > LIMIT {
        return Err(ReadError::TooLarge { entry: entry(), limit_mib: LIMIT >> 20 });
    }
    let mut text = encoding::decode(&bytes).text;
    drop(bytes);
    if text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    // Every second line may be a paragraph.
    if text.bytes().filter(|byte| *byte == b'\n').count() > 2 * markup::MAX_BLOCKS {
        return Err(ReadError::TooDeep { entry: entry() });
    }
    Ok(text)
}

/// What a file is, by its content first and its name second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Epub,
    Docx,
    Fb2,
    ZippedFb2,
    Html,
    Pdf,
    Mobi,
    Markdown,
    Text,
}

fn format(path: &Path) -> Result<Format, ReadError> {
    let io = |source| ReadError::Io { path: path.to_owned(), source };
    let mut head = Vec::new();
    let file = std::fs::File::open(path).map_err(io)?;
    file.take(4096).read_to_end(&mut head).map_err(io)?;
    let unknown = || ReadError::UnknownFormat { path: path.to_owned() };
    if head.is_empty() {
        return Err(ReadError::Empty { path: path.to_owned() });
    }
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if head.starts_with(b"PK") || extension == "epub" {
        let archive = Archive::open(path)?;
        let is_epub = extension == "epub" || archive.find(package::CONTAINER).is_some();
        return Ok(match is_epub {
            false if archive.find(docx::DOCUMENT).is_some() => Format::Docx,
            false if archive.first_ending_in(".fb2").is_some() => Format::ZippedFb2,
            _ => Format::Epub,
        });
    }
    // Some programs write a few bytes of their own before the mark.
    if head.windows(5).take(1024).any(|window| window == b"%PDF-") {
        return Ok(Format::Pdf);
    }
    if head.get(60..68).is_some_and(|kind| kind == b"BOOKMOBI") {
        return Ok(Format::Mobi);
    }
    if head.starts_with(b"\xEADRMION\xEE") {
        return Err(ReadError::Locked { lock: "Amazon KFX" });
    }
    if head.starts_with(b"CONT\x02\x00") || head.starts_with(b"TPZ") {
        return Err(ReadError::Kindle { path: path.to_owned() });
    }
    let utf16 = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    if !utf16 && head.contains(&0) {
        return Err(unknown());
    }
    match extension.as_str() {
        "fb2" => Ok(Format::Fb2),
        "html" | "htm" | "xhtml" | "xht" => Ok(Format::Html),
        "md" | "markdown" | "mdown" => Ok(Format::Markdown),
        "txt" | "text" | "" => Ok(Format::Text),
        _ => Err(unknown()),
    }
}

/// Divides a manuscript and numbers its chapters.
fn lay_out(manuscript: Manuscript, format: Format) -> Layout {
    let parts = divide::divide(&manuscript);
    let verdicts = verdict::verdicts(&manuscript, &parts);
    let mut book = Book {
        title: manuscript.title.clone(),
        author: manuscript.author.clone(),
        language: manuscript.language.clone(),
        ..Book::default()
    };
    let mut paragraphs = Vec::new();
    let mut numbered = Vec::with_capacity(parts.len());
    for (part, verdict) in parts.into_iter().zip(verdicts) {
        let mut number = None;
        if verdict.story {
            let next = u32::try_from(book.chapters.len() + 1).unwrap_or(u32::MAX);
            let (text, places) = chapter_text(&manuscript, part.body..part.range.end);
            book.chapters.push(Chapter { number: next, title: part.title.clone(), text });
            paragraphs.push(places);
            number = Some(next);
        }
        if verdict.story || part.words > 0 || !part.title.is_empty() {
            book.sections.push(Section {
                chapter: number,
                title: part.title.clone(),
                words: part.words,
                reason: verdict.reason,
            });
        }
        numbered.push((part, number));
    }
    let missing = manuscript.documents.iter().filter(|document| document.missing);
    book.sections.extend(missing.map(|document| Section {
        chapter: None,
        title: document.name.clone(),
        words: 0,
        reason: "named by the package, but missing from the archive".to_owned(),
    }));
    Layout { book, format, manuscript, parts: numbered, paragraphs }
}

/// The paragraphs of a chapter joined, and where each is.
fn chapter_text(manuscript: &Manuscript, range: Range<usize>) -> (String, Vec<Paragraph>) {
    let mut text = String::new();
    let mut paragraphs = Vec::new();
    for block in &manuscript.blocks[range] {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        let start = text.len();
        text.push_str(&block.text);
        paragraphs.push(Paragraph {
            text: start..text.len(),
            document: block.document,
            anchor: block.anchor,
        });
    }
    (text, paragraphs)
}
