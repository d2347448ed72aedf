//! Binds plates into books: each picture right after the paragraph that holds its passage.
//!
//! **Invariant:** the result depends on the source file and the [`Binding`] alone, never on a clock, the
//! order in which plates were finished, or an earlier binding: binding a bound book again replaces
//! our pictures.

use std::path::PathBuf;

/// Everything that goes into a book besides the book itself.
#[derive(Debug, Clone, Default)]
pub struct Binding {
    /// The pictures, in any order; they are bound in the order of (chapter, concept).
    pub illustrations: Vec<Illustration>,
    /// How the pictures were made, for the reader of the book: plain text, paragraphs separated by a
    /// blank line. Empty for no note.
    pub note: String,
    /// The modification date of a result whose source does not state one: `YYYY-MM-DDThh:mm:ssZ`.
    pub fallback_date: String,
    /// How pictures are stored.
    pub pictures: Pictures,
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
