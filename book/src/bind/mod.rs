//! Binds plates into books: each picture right after the paragraph that holds its passage.
//!
//! An EPUB is patched in place: what gets no picture is copied as it is compressed, and what we add
//! carries a mark by which it is taken out again before the next binding. Any other book is first made
//! into a clean EPUB 3, which is then patched the same way.
//!
//! **Invariant:** the result depends on the source file and the [`Binding`] alone, never on a clock, the
//! order in which plates were finished, or an earlier binding. The chapters and the text of the result
//! are those of the source.

mod budget;
mod cbz;
mod edits;
mod figure;
mod flow;
mod gallery;
mod html;
mod markdown;
mod name;
mod new_epub;
mod ornament;
mod output;
mod package;
mod patch;
mod pdf;
mod picture;
mod place;

use std::io;
use std::path::{Path, PathBuf};

use crate::read::{Format, Layout, ReadError, Reading, read_layout};
pub(crate) use edits::escape;
use output::Output;

/// Everything that goes into a book besides the book itself.
#[derive(Debug, Clone, Default)]
pub struct Binding {
    /// The pictures, in any order; they are bound in the order of (chapter, concept).
    pub illustrations: Vec<Illustration>,
    /// Whom the book is about, for an appendix, in their order.
    pub portraits: Vec<Portrait>,
    /// What adorns the beginnings of chapters, in their order; EPUB and HTML show it.
    pub ornaments: Vec<Ornament>,
    /// How the pictures were made, for the reader of the book: plain text, paragraphs separated by a
    /// blank line. Empty for no note.
    pub note: String,
    /// The modification date of a result whose source does not state one: `YYYY-MM-DDThh:mm:ssZ`.
    /// Empty for a fixed date.
    pub fallback_date: String,
    /// How pictures are stored.
    pub pictures: Pictures,
    /// Bytes that the result may have: pictures are stored smaller until it fits.
    pub max_size: Option<u64>,
    /// Whether the first picture becomes the cover.
    pub cover: Cover,
    /// How the source is read: as it was when the chapters were numbered.
    pub reading: Reading,
    /// How the pages of a PDF are filled.
    pub layout: PageLayout,
    /// A font for the letters that the fonts of a PDF do not have; TrueType or OpenType.
    pub font: Option<PathBuf>,
}

/// How the pages of a PDF are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageLayout {
    /// One plate a page, 6 by 9 inches, its caption below.
    #[default]
    One,
    /// Two by two plates on an A4 page.
    TwoByTwo,
    /// Four plates below one another on an A4 page, each with its caption beside it.
    FourByOne,
    /// One strip to scroll, cut only where a page would be taller than PDF allows.
    Strip,
}

/// One picture and the passage it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Illustration {
    /// Number of the chapter ([`crate::Chapter::number`]).
    pub chapter: u32,
    /// 1-based index of the concept within the chapter.
    pub concept: u32,
    /// Byte offset of the quote in [`crate::Chapter::text`].
    pub offset: usize,
    /// The passage, verbatim; it becomes the caption.
    pub quote: String,
    /// What the picture shows, for those who cannot see it. Must not be blank.
    pub alt: String,
    /// The picture, a PNG or JPEG file.
    pub picture: PathBuf,
}

/// A picture of somebody or something by itself, for the appendix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portrait {
    /// Who or what it shows; it becomes the caption.
    pub name: String,
    /// What the picture shows, for those who cannot see it.
    pub alt: String,
    /// The picture, a PNG or JPEG file.
    pub picture: PathBuf,
}

/// What adorns the beginning of a chapter. It is decoration: it has no text alternative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ornament {
    /// Number of the chapter ([`crate::Chapter::number`]).
    pub chapter: u32,
    /// A picture broader than high, after the heading; a PNG or JPEG file.
    pub headpiece: PathBuf,
    /// A square picture, light enough for a dark letter: the ground of the first letter.
    pub initial: PathBuf,
}

/// How pictures are stored in a bound book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pictures {
    /// The given files, byte for byte.
    Original,
    /// JPEG of at most `long_side` pixels, `quality` 1 to 100. Pictures are never enlarged.
    Jpeg {
        /// Longest side in pixels.
        long_side: u32,
        /// 1 to 100.
        quality: u8,
    },
    /// PNG of at most `long_side` pixels. Pictures are never enlarged.
    Png {
        /// Longest side in pixels.
        long_side: u32,
    },
}

impl Default for Pictures {
    /// What readers show sharply and mail-to-device limits bear: 1600 pixels, quality 82.
    fn default() -> Self {
        Self::Jpeg { long_side: 1600, quality: 82 }
    }
}

/// Whether the first picture becomes the cover of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cover {
    /// Where the book has no cover.
    #[default]
    IfMissing,
    /// Always: the book's own cover stays a picture of the book, and is no longer its cover.
    Always,
    /// Never.
    Never,
}

/// Why a book could not be bound.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The source could not be read.
    #[error("cannot read the book")]
    Read(#[from] ReadError),
    /// A picture is for a chapter that the book does not have.
    #[error("there is no chapter {chapter} in the book, which has {chapters}")]
    NoChapter {
        /// Number asked for.
        chapter: u32,
        /// Chapters there are.
        chapters: usize,
    },
    /// Two pictures for one place.
    #[error("chapter {chapter} has two pictures for concept {concept}")]
    Twice {
        /// Number of the chapter.
        chapter: u32,
        /// Index of the concept.
        concept: u32,
    },
    /// A picture without a text alternative.
    #[error("the picture of chapter {chapter}, concept {concept} has no alternative text")]
    NoAlt {
        /// Number of the chapter.
        chapter: u32,
        /// Index of the concept.
        concept: u32,
    },
    /// A picture could not be read.
    #[error("cannot use the picture {}", path.display())]
    Picture {
        /// The picture file.
        path: PathBuf,
        /// What the decoder said.
        source: image::ImageError,
    },
    /// The result does not get small enough.
    #[error(
        "{} would have {}, more than the {} asked for, even with the smallest pictures; allow more, or leave chapters out",
        path.display(), megabytes(*size), megabytes(*limit)
    )]
    TooLarge {
        /// The file to be written.
        path: PathBuf,
        /// Bytes it would have.
        size: u64,
        /// Bytes it may have.
        limit: u64,
    },
    /// The font for a PDF cannot be used.
    #[error("cannot use the font {}", path.display())]
    Font {
        /// The font file.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// The result could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file to be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}

/// Binds a book: `source` with its pictures becomes `output`, an EPUB. Returns how the pictures were
/// stored, which [`Binding::max_size`] may have changed.
///
/// An EPUB stays what it is, EPUB 2 or 3, and every entry that gets nothing new stays byte-identical.
/// The result is written beside `output` and renamed; binding onto the source itself is allowed.
///
/// # Errors
///
/// [`BindError`]; nothing is written then.
pub fn epub(source: &Path, output: &Path, binding: &Binding) -> Result<Pictures, BindError> {
    let plates = ordered(binding)?;
    let layout = read_layout(source, &binding.reading)?;
    if layout.format == Format::Epub {
        return budget::fit(binding, |binding| {
            let mut out = Output::create(output)?;
            patch::patch(source, &layout, binding, &plates, &mut out)?;
            out.finish(binding.max_size)
        });
    }
    let plain = new_epub::write(&layout, binding, output)?;
    // The plain book is divided as the source was, by what it declares.
    let layout = read_layout(plain.path(), &Reading::default())?;
    budget::fit(binding, |binding| {
        let mut out = Output::create(output)?;
        patch::patch(plain.path(), &layout, binding, &plates, &mut out)?;
        out.finish(binding.max_size)
    })
}

/// Writes a book as one of the formats that are written whole.
type Writer = fn(&Layout, &Binding, &[&Illustration], &Path) -> Result<(), BindError>;

fn whole(
    write: Writer,
    source: &Path,
    output: &Path,
    binding: &Binding,
) -> Result<Pictures, BindError> {
    let plates = ordered(binding)?;
    let layout = read_layout(source, &binding.reading)?;
    budget::fit(binding, |binding| write(&layout, binding, &plates, output))
}

/// Binds a book into one HTML file that needs no other, its pictures inside.
///
/// # Errors
///
/// [`BindError`]; nothing is written then.
pub fn html(source: &Path, output: &Path, binding: &Binding) -> Result<Pictures, BindError> {
    whole(html::write, source, output, binding)
}

/// Binds the pictures alone into one HTML file to look through.
///
/// # Errors
///
/// [`BindError`]; nothing is written then.
pub fn gallery(source: &Path, output: &Path, binding: &Binding) -> Result<Pictures, BindError> {
    whole(gallery::write, source, output, binding)
}

/// Binds the pictures alone into a comic book archive (CBZ with `ComicInfo.xml`).
///
/// # Errors
///
/// [`BindError`]; nothing is written then.
pub fn cbz(source: &Path, output: &Path, binding: &Binding) -> Result<Pictures, BindError> {
    whole(cbz::write, source, output, binding)
}

/// Binds the pictures alone into a picture book: PDF with captions, contents and embedded fonts.
///
/// # Errors
///
/// [`BindError`]; nothing is written then.
pub fn pdf(source: &Path, output: &Path, binding: &Binding) -> Result<Pictures, BindError> {
    whole(pdf::write, source, output, binding)
}

/// Binds a book as Markdown, its pictures in the folder `<stem>-pictures` beside `output`.
///
/// # Errors
///
/// [`BindError`]; `output` is not written then, but pictures may have been.
pub fn markdown(source: &Path, output: &Path, binding: &Binding) -> Result<Pictures, BindError> {
    whole(markdown::write, source, output, binding)
}

/// The letters of the captions that no font of a PDF has, each once. A caption with one of them is left
/// out; [`Binding::font`] helps.
///
/// # Errors
///
/// [`BindError::Font`].
pub fn unprintable(binding: &Binding) -> Result<String, BindError> {
    pdf::unprintable(binding)
}

impl Binding {
    /// Leaves out every picture of a chapter after `chapter`, so that nothing bound tells of what
    /// comes later: neither picture nor caption nor list. Portraits show their sitters as the whole book
    /// knows them, so they go too.
    #[must_use]
    pub fn up_to_chapter(mut self, chapter: u32) -> Self {
        self.portraits.clear();
        self.illustrations.retain(|plate| plate.chapter <= chapter);
        self.ornaments.retain(|ornament| ornament.chapter <= chapter);
        self
    }
}

/// Pictures in the order of the book, checked.
fn ordered(binding: &Binding) -> Result<Vec<&Illustration>, BindError> {
    let mut plates: Vec<&Illustration> = binding.illustrations.iter().collect();
    plates.sort_by_key(|plate| (plate.chapter, plate.concept));
    for pair in plates.windows(2) {
        let (chapter, concept) = (pair[0].chapter, pair[0].concept);
        if (chapter, concept) == (pair[1].chapter, pair[1].concept) {
            return Err(BindError::Twice { chapter, concept });
        }
    }
    match plates.iter().find(|plate| plate.alt.trim().is_empty()) {
        Some(plate) => Err(BindError::NoAlt { chapter: plate.chapter, concept: plate.concept }),
        None => Ok(plates),
    }
}
