//! Why a book cannot be read, in words that say what to do about it.

use std::io;
use std::path::PathBuf;

/// Why a file could not be read as a book.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file could not be opened or read.
    #[error("cannot read {}{}", path.display(), hint(source))]
    Io {
        /// The book file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is nothing in the file.
    #[error("{} is empty; get a fresh copy of the book", path.display())]
    Empty {
        /// The book file.
        path: PathBuf,
    },
    /// The file is of no format that is read here.
    #[error("{} is not a book in a known format (EPUB, PDF, MOBI, AZW3, DOCX, FB2, HTML, Markdown or plain text); convert it first, for example with Calibre to EPUB", path.display())]
    UnknownFormat {
        /// The book file.
        path: PathBuf,
    },
    /// The archive is damaged, most often cut short.
    #[error("{} is damaged or was cut short; get a fresh copy of the book", path.display())]
    Zip {
        /// The book file.
        path: PathBuf,
        /// What the archive reader said.
        source: zip::result::ZipError,
    },
    /// The name says EPUB, the content is something else.
    #[error("{} is named like an EPUB but is not one; get a fresh copy, or give it the ending of what it is", path.display())]
    NoArchive {
        /// The book file.
        path: PathBuf,
    },
    /// One entry of the archive is damaged.
    #[error("`{entry}` in the book is damaged; get a fresh copy of the book")]
    Entry {
        /// Name of the entry.
        entry: String,
        /// What the archive reader said.
        source: io::Error,
    },
    /// The book is locked by digital rights management.
    #[error("the book is locked with DRM ({lock}); only a copy without DRM can be illustrated")]
    Locked {
        /// Name of the scheme.
        lock: &'static str,
    },
    /// An archive without a package document.
    #[error(
        "the archive has no package document (*.opf), so it is no EPUB; get a fresh copy of the book"
    )]
    NoPackage,
    /// A package that lists nothing to read.
    #[error("`{entry}` lists nothing to read; get a fresh copy of the book")]
    NoSpine {
        /// Name of the package document.
        entry: String,
    },
    /// An entry inflates beyond all reason.
    #[error(
        "`{entry}` in the book inflates beyond {limit_mib} MiB, which no chapter needs; get another copy of the book"
    )]
    TooLarge {
        /// Name of the entry, or of the file.
        entry: String,
        /// The limit that was passed.
        limit_mib: u64,
    },
    /// An archive of too many entries.
    #[error(
        "the archive has {count} entries, more than the {limit} a book may have; get another copy of the book"
    )]
    TooManyEntries {
        /// Entries found.
        count: usize,
        /// Entries allowed.
        limit: usize,
    },
    /// Elements are nested too deeply, or are too many.
    #[error(
        "`{entry}` nests its elements too deeply, or has too many of them, to be a book; get another copy of it"
    )]
    TooDeep {
        /// Name of the entry, or of the file.
        entry: String,
    },
    /// A PDF that is damaged beyond reading.
    #[error("{} is no PDF that can be read, or was cut short; get a fresh copy of the book", path.display())]
    Pdf {
        /// The book file.
        path: PathBuf,
        /// What its reader said.
        source: lopdf::Error,
    },
    /// Pictures of pages without their text.
    #[error("{} is a scan: its pages are pictures without text; run it through text recognition first, for example `ocrmypdf IN.pdf OUT.pdf`", path.display())]
    Scanned {
        /// The book file.
        path: PathBuf,
    },
    /// A Kindle book that is damaged.
    #[error("{} is a Kindle book, but {what}; get a fresh copy of the book", path.display())]
    Mobi {
        /// The book file.
        path: PathBuf,
        /// What is wrong with it, as half a sentence.
        what: &'static str,
    },
    /// An e-book of the Kindle family, of a kind that is not read.
    #[error("{} is a Kindle book of a kind that is not read (KFX or Topaz); convert it first, for example with Calibre to EPUB", path.display())]
    Kindle {
        /// The book file.
        path: PathBuf,
    },
    /// There is no text in the book.
    #[error("{} has no text to illustrate, only pictures or empty pages; get an edition that has its text", path.display())]
    NoText {
        /// The book file.
        path: PathBuf,
    },
}

/// What to do where the system does not give a file out.
fn hint(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::NotFound => "; name a file that is there, or the folder of a project",
        io::ErrorKind::PermissionDenied => "; `chmod u+r FILE` gives leave",
        io::ErrorKind::IsADirectory => ", a folder; name the book in it",
        _ => "; try another copy of it",
    }
}
