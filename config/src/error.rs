//! What can be wrong with a configuration, and where.

use std::path::PathBuf;

use crate::layer::Origin;

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A file is not TOML.
    #[error("{}:{line}: {why}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, in one line.
        why: String,
    },
    /// A value cannot be used; all of them are named at once.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Mistakes(Vec<Mistake>),
    /// The table of prices cannot be used.
    #[error(transparent)]
    Prices(#[from] models::PriceError),
    /// The project's file cannot be written.
    #[error(transparent)]
    Store(#[from] manifest::StoreError),
}

/// One value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: `{key}` {why}")]
pub struct Mistake {
    /// Where it was written.
    pub origin: Origin,
    /// Which value.
    pub key: String,
    /// What is wrong with it and what would be right.
    pub why: String,
}
