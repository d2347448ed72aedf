//! A folder that appears whole or not at all: made beside under another name, synced, then renamed.
//!
//! What a process that died has left is swept up by the next one: the living hold a lock in theirs.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::MigrateError;

/// Held while a folder is being made.
const LOCK: &str = "migrating.lock";

/// Makes a folder with `work`, which is given its temporary place.
pub(crate) fn whole<T>(
    target: &Path,
    work: impl FnOnce(&Path) -> Result<T, MigrateError>,
) -> Result<T, MigrateError> {
    let parent = match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!(".{name}.migrating-");
    sweep(parent, &prefix);
    let beside = tempfile::Builder::new()
        .prefix(&prefix)
        .tempdir_in(parent)
        .map_err(MigrateError::io(parent, "make a folder in"))?
        .keep();
    let result = fill(&beside, target, work).and_then(|answer| {
        sync(parent)?;
        Ok(answer)
    });
    if result.is_err() {
        // What cannot be removed now is swept up the next time.
        let _ = fs::remove_dir_all(&beside);
    }
    result
}

fn fill<T>(
    beside: &Path,
    target: &Path,
    work: impl FnOnce(&Path) -> Result<T, MigrateError>,
) -> Result<T, MigrateError> {
    let path = beside.join(LOCK);
    let lock = File::create_new(&path).map_err(MigrateError::io(&path, "make"))?;
    // Where there are no locks nothing is swept up either.
    let _ = fs4::FileExt::try_lock(&lock);
    let answer = work(beside)?;
    sync_folders(beside)?;
    appear(beside, target)?;
    drop(lock);
    Ok(answer)
}

fn appear(beside: &Path, target: &Path) -> Result<(), MigrateError> {
    // Onto a folder with anything in it no system renames.
    if fs::symlink_metadata(target).is_ok() {
        return Err(MigrateError::Occupied(target.to_owned()));
    }
    // Made for its owner alone; a project is as readable as any other.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = fs::set_permissions(beside, fs::Permissions::from_mode(0o755));
    }
    // Right before the new name: whoever dies in between leaves what nobody dares to sweep up.
    let lock = beside.join(LOCK);
    fs::remove_file(&lock).map_err(MigrateError::io(&lock, "remove"))?;
    fs::rename(beside, target).map_err(MigrateError::io(target, "make"))
}

/// Brings every folder to the disk; the files in them are there already.
fn sync_folders(folder: &Path) -> Result<(), MigrateError> {
    for entry in fs::read_dir(folder).map_err(MigrateError::io(folder, "list"))? {
        let entry = entry.map_err(MigrateError::io(folder, "list"))?;
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            sync_folders(&entry.path())?;
        }
    }
    sync(folder)
}

fn sync(folder: &Path) -> Result<(), MigrateError> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    File::open(folder).and_then(|file| file.sync_all()).map_err(MigrateError::io(folder, "sync"))
}

fn sweep(parent: &Path, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(prefix) {
            continue;
        }
        let path: PathBuf = entry.path();
        match File::open(path.join(LOCK)) {
            Ok(lock) if fs4::FileExt::try_lock(&lock).is_ok() => drop(remove(&path)),
            Ok(_) => {}
            // It died before its lock or after it: in the first case there is nothing in it.
            Err(_) => drop(fs::remove_dir(&path)),
        }
    }
}

/// Removes what a dead process left. Its lock goes last: whoever is killed over this leaves what the next
/// one knows again.
fn remove(path: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(path)?.flatten() {
        if entry.file_name() == LOCK {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    fs::remove_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a process that died while it made `a` left.
    fn left() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join(".a.migrating-x");
        fs::create_dir_all(left.join("backup")).unwrap();
        File::create(left.join(LOCK)).unwrap();
        File::create(left.join("backup/old.json")).unwrap();
        (folder, left)
    }

    #[test]
    fn what_the_dead_left_is_swept_up_and_what_is_the_living_ones_stays() {
        let (folder, left) = left();
        let lock = File::open(left.join(LOCK)).unwrap();
        fs4::FileExt::try_lock(&lock).unwrap();
        sweep(folder.path(), ".a.migrating-");
        assert!(left.join("backup/old.json").exists());
        drop(lock);
        sweep(folder.path(), ".a.migrating-");
        assert!(!left.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_sweep_that_ends_early_leaves_the_lock_for_the_next() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, left) = left();
        // Root may remove what it likes.
        let denied = left.join("backup");
        fs::set_permissions(&denied, fs::Permissions::from_mode(0o500)).unwrap();
        if remove(&left).is_err() {
            assert!(left.join(LOCK).exists());
            fs::set_permissions(&denied, fs::Permissions::from_mode(0o700)).unwrap();
        }
        sweep(folder.path(), ".a.migrating-");
        assert!(!left.exists());
    }
}
