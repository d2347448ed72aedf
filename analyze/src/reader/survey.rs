//! Pass 1, one chapter: what it says that the whole book has to decide about.

use book::Chapter;
use serde::{Deserialize, Serialize};

use super::language;
use super::text::Document;

/// What one chapter says of names, people, places and looks. Compact: counts and short quotes, bounded
/// however long the chapter is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// Chapter number.
    pub chapter: u32,
    /// Words of the chapter.
    pub words: u32,
    /// How many of them are common English ones.
    pub common_words: u32,
}

/// Pass 1 for one chapter.
#[must_use]
pub fn survey(chapter: &Chapter) -> Survey {
    let document = Document::new(&chapter.text);
    Survey {
        chapter: chapter.number,
        words: u32::try_from(document.word_count()).unwrap_or(u32::MAX),
        common_words: language::common_words(&document),
    }
}
