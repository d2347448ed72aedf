//! What can go wrong with a manifest, and what a person may want to hear.

use std::io;
use std::path::{Path, PathBuf};

use crate::lock::LockError;
use crate::state::IllegalTransition;

/// Why the manifest could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no project in the folder.
    #[error("no project in {}; `woodcut analyze BOOK -o {}` begins one", folder.display(), folder.display())]
    NoProject {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// The folder belongs to another book file, or the book file has changed.
    #[error(
        "{} is the project of {ours}, whose contents differ from {theirs}; choose another folder with `-o`",
        folder.display()
    )]
    OtherBook {
        /// The project.
        folder: PathBuf,
        /// The file it was made from.
        ours: String,
        /// The file that was given.
        theirs: String,
    },
    /// The folder is the project of the same book, divided another way.
    #[error("{} numbers its chapters by {}, not by {}; give another folder with `-o`", folder.display(), shown(ours), shown(theirs))]
    OtherHeadings {
        /// The project.
        folder: PathBuf,
        /// The pattern it was made with.
        ours: Option<String>,
        /// The pattern that was given.
        theirs: Option<String>,
    },
    /// The manifest or its journal holds what no crash can leave.
    #[error("{} is damaged: {why}; `woodcut doctor {}` explains and repairs", path.display(), folder.display())]
    Damaged {
        /// The project.
        folder: PathBuf,
        /// The damaged file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The manifest was left by the predecessor.
    #[error("{} was written by another program; choose another folder with `-o`", path.display())]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// The file.
        path: PathBuf,
    },
    /// A later version wrote the manifest.
    #[error(
        "the project was written by a later version of woodcut ({version}), and this one may not change it; update woodcut to go on"
    )]
    Newer {
        /// What of it is later: `format 4.0.0`.
        version: String,
    },
    /// An event did not fit; nothing was changed.
    #[error(transparent)]
    Illegal(IllegalTransition),
    /// The lock was not had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A file could not be worked with; nothing was changed.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried: `read`, `append to`.
        action: &'static str,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// The change was written but could not be brought to the disk: it may or may not survive.
    #[error("{} could not be brought to the disk; free or repair the disk, then start again", path.display())]
    Indeterminate {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// The names of the files could not be brought to the disk: the old ones may come back.
    #[error("the folder {} could not be brought to the disk; repair the disk, then start again", folder.display())]
    Unsynced {
        /// The project.
        folder: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// Locks do not work where the project is, and without them nothing does.
    #[error(
        "locks do not exclude in {} ({file_system}); move the project to a local disk",
        folder.display()
    )]
    NoLocks {
        /// The project.
        folder: PathBuf,
        /// The kind of file system.
        file_system: String,
    },
    /// An earlier change is [`StoreError::Indeterminate`].
    #[error("the manifest cannot be trusted after a failed write; start again")]
    Poisoned,
    /// The interrupt was set.
    #[error("interrupted")]
    Interrupted,
}

impl StoreError {
    pub(crate) fn io(path: &Path, action: &'static str, source: io::Error) -> Self {
        #[cfg(unix)]
        if source.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
            let folder = path.parent().unwrap_or(path).to_owned();
            let why = "it is a symbolic link, which woodcut never makes".to_owned();
            return Self::Damaged { folder, path: path.to_owned(), why };
        }
        Self::Io { path: path.to_owned(), action, source }
    }

    pub(crate) fn damaged(folder: &Path, name: &str, why: &impl ToString) -> Self {
        Self::Damaged { folder: folder.to_owned(), path: folder.join(name), why: why.to_string() }
    }

    /// Whether the wait was ended by an interrupt.
    #[must_use]
    pub fn is_interrupt(&self) -> bool {
        matches!(self, Self::Interrupted | Self::Lock(LockError::Interrupted(_)))
    }
}

/// Something a person may want to hear; nothing depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The lock has been waited for for a second.
    LockHeld {
        /// The project.
        folder: PathBuf,
        /// Who holds it, as far as the system tells.
        holder: String,
    },
    /// The last line of the journal was torn by a crash and has been cut off. It had not been
    /// acknowledged.
    TornTail {
        /// How many bytes.
        bytes: usize,
    },
    /// No notifications arrive: changes are found by looking every two seconds.
    NotNotified {
        /// The project.
        folder: PathBuf,
        /// The kind of file system.
        file_system: String,
    },
    /// The project is on a file system that other hosts may use too.
    SharedFileSystem {
        /// The project.
        folder: PathBuf,
        /// The kind of file system.
        file_system: String,
    },
}

impl Notice {
    pub(crate) fn lock_held(folder: &Path, holder: &str) -> Self {
        Self::LockHeld { folder: folder.to_owned(), holder: holder.to_owned() }
    }
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LockHeld { folder, holder } => {
                write!(f, "waiting for the lock of {}, held by {holder}", folder.display())
            }
            Self::TornTail { bytes } => {
                write!(f, "cut {bytes} bytes of an unfinished write off the journal")
            }
            Self::NotNotified { folder, file_system } => write!(
                f,
                "changes in {} ({file_system}) are not notified; looking every two seconds instead",
                folder.display()
            ),
            Self::SharedFileSystem { folder, file_system } => write!(
                f,
                "{} is on {file_system}: the death of a worker on another host is seen after five \
                 minutes, and locks are only as good as the server's",
                folder.display()
            ),
        }
    }
}

/// How a way to find chapters is named.
fn shown(headings: &Option<String>) -> String {
    match headings {
        Some(pattern) => format!("the headings `{pattern}`"),
        None => "what the book says itself".to_owned(),
    }
}
