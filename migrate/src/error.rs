//! Why something could not be migrated. Whatever the error, the old files are as they were.

use std::io;
use std::path::{Path, PathBuf};

use book::ReadError;
use book::project::RecordError;
use manifest::StoreError;

/// Why a migration ended early.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// Nothing that we know how to read is in the folder.
    #[error(
        "nothing to migrate in {}: no state file, manifest, Chapters.md, Elements.md or progress file \
         of another program; give the folder that holds them",
        .0.display()
    )]
    Nothing(PathBuf),
    /// The folder is a woodcut project already.
    #[error(
        "{} is a woodcut project already; `woodcut run {}` goes on with it, `woodcut migrate --back` \
         makes files for the predecessor of it",
        .0.display(), .0.display()
    )]
    AlreadyProject(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried: `read`.
        action: &'static str,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// A file is larger than any that the other programs write.
    #[error("{} is larger than {limit_mib} MiB, which no such file is; move it away to go on", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit that was passed.
        limit_mib: u64,
    },
    /// A file is not what its name or its shape says.
    #[error("{} is damaged or of another program, at {place}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in it: `` `toc.chapters[3].number` ``, or a line.
        place: String,
        /// What is wrong there, with line and column.
        #[source]
        source: serde_json::Error,
    },
    /// A file is not what its name says.
    #[error("{}, line {line}: {why}; move the file away to go on without it", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// What is wrong there.
        why: String,
    },
    /// The series of the series files could not be made.
    #[error(transparent)]
    Series(#[from] book::series::SeriesError),
    /// There is a folder of the project's name that this migration did not make.
    #[error(
        "{} is there already and was not made of these files as they are now; choose another folder with `-o`",
        .0.display()
    )]
    Occupied(PathBuf),
    /// A file is not what it was when it was read.
    #[error("{} was changed while it was being migrated; end the program that writes it and try again", .0.display())]
    Changed(PathBuf),
    /// The book cannot be read.
    #[error(transparent)]
    Book(#[from] ReadError),
    /// The new project cannot be worked with.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record of a project cannot be worked with.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl MigrateError {
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, action, source }
    }

    pub(crate) fn foreign(path: &Path, line: usize, why: impl Into<String>) -> Self {
        Self::Foreign { path: path.to_owned(), line, why: why.into() }
    }
}
