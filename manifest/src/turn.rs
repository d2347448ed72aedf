//! Turns: things that are slow, and no unit of the state machine, done by one at a time.
//!
//! A turn is a lock file of its own with a name in the project, never the manifest's: whoever holds one
//! may wait for an engine meanwhile. The kernel ends it at the instant its holder dies. Threads of one
//! process exclude each other as processes do.

use std::path::Path;

use crate::artifact;
use crate::error::StoreError;
use crate::lock::{self, Held};
use crate::store::Store;

/// Somebody's turn; it ends when dropped.
#[derive(Debug)]
pub struct Turn {
    _held: Held,
}

impl Store {
    /// Takes the turn of this name; `None` while another has it. The file stays.
    ///
    /// # Errors
    /// [`StoreError`] when the name leads out of the project, or the file cannot be made or locked.
    pub fn take_turn(&self, name: &str) -> Result<Option<Turn>, StoreError> {
        Turn::take(&artifact::path(self.folder(), name)?)
    }
}

impl Turn {
    /// Takes the turn whose file this is, in whatever folder; `None` while another has it.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be made or locked.
    pub fn take(path: &Path) -> Result<Option<Self>, StoreError> {
        let failed = |error| StoreError::io(path, "take the turn", error);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        Ok(lock::try_hold(path).map_err(failed)?.map(|held| Self { _held: held }))
    }
}
