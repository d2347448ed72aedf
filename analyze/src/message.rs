//! What the daemon tells whoever runs it; nothing depends on it.

use std::fmt;

use manifest::ChapterId;

/// One thing a person may want to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// The book has been read: so many chapters.
    Listed(usize),
    /// The elements pass begins.
    ReadingElements,
    /// It is done: so many elements.
    ElementsFound(u32),
    /// The built-in reader does not know the language of the book.
    LanguageUnsupported,
    /// A chapter is analyzed: its title and the number of its concepts.
    Analyzed(ChapterId, String, u32),
    /// Something could not be done: what, and why.
    Failed(String, String),
    /// A result came after its claim was lost.
    Late(String),
    /// Everything left is in the hands of other workers.
    WaitingForOthers,
    /// From the manifest.
    Notice(manifest::Notice),
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(chapters) => write!(f, "found {chapters} chapters"),
            Self::ReadingElements => f.write_str("looking for who and what recurs in the book"),
            Self::ElementsFound(count) => write!(f, "found {count} elements"),
            Self::LanguageUnsupported => f.write_str(
                "the built-in reader reads English only: passages are spread evenly instead",
            ),
            Self::Analyzed(id, title, concepts) => {
                write!(f, "analyzed chapter {id}, {title:?}: {concepts} concepts")
            }
            Self::Failed(what, why) => write!(f, "{what} failed: {why}"),
            Self::Late(why) => write!(f, "a late result was refused: {why}"),
            Self::WaitingForOthers => f.write_str("waiting for other workers to finish"),
            Self::Notice(notice) => notice.fmt(f),
        }
    }
}
