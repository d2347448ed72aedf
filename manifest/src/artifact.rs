//! Artifacts: everything a project holds beside its manifest, put and got by name.
//!
//! A name is a relative path with forward slashes, made by us of numbers and cleaned words; anything
//! else is refused, so that no title or model's answer can lead out of the project. An artifact
//! appears whole or not at all: it is written beside, synced and renamed, and so is its name.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::StoreError;
use crate::lock;
use crate::store::Store;

/// How the name of a file begins that is still being written.
const BESIDE: &str = ".beside-";
/// How often a file is begun again because a worker that starts at that very instant swept it up before
/// its writer had locked it: as many at once as anybody will start.
const TRIES: usize = 50;
/// Longest slug in a name, in characters.
const SLUG: usize = 40;

/// Where an artifact is or would be.
///
/// # Errors
/// For a name that is absolute, empty, or leads out of the project.
pub fn path(project: &Path, name: &str) -> Result<PathBuf, StoreError> {
    let relative = Path::new(name);
    let inside = !name.is_empty()
        && !name.contains(['\\', '\0', ':'])
        && relative.components().all(|part| matches!(part, Component::Normal(_)));
    if inside {
        return Ok(project.join(relative));
    }
    let refused = io::Error::new(io::ErrorKind::InvalidInput, "a name outside the project");
    Err(StoreError::io(relative, "use", refused))
}

/// Writes an artifact, replacing any of that name. When this returns it is on disk.
///
/// # Errors
/// When it cannot be written; what was there before is then still there.
pub fn put(project: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let path = path(project, name)?;
    let folder = path.parent().unwrap_or(project);
    write(folder, &path, bytes).map_err(|error| StoreError::io(&path, "write", error))
}

fn write(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = begin(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A new file, locked by its writer. A sweep removes a file only while it holds the same lock, so what
/// is locked and still has its name keeps it.
fn begin(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(BESIDE).suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    for _ in 0..TRIES {
        let file = builder.tempfile_in(folder)?;
        let held_by_a_sweep = match fs4::FileExt::try_lock(file.as_file()) {
            Err(fs4::TryLockError::WouldBlock) => true,
            // Where there are no locks nothing is swept up either.
            Ok(()) | Err(fs4::TryLockError::Error(_)) => false,
        };
        if !held_by_a_sweep && file.path().exists() {
            return Ok(file);
        }
    }
    Err(io::Error::other("every file that was begun was swept up at once"))
}

/// Removes what writers left that died before they could rename it. A living writer holds a lock on
/// its file, so nothing of it is touched; what cannot be removed now is removed the next time.
pub fn sweep(project: &Path) {
    for path in begun(project) {
        let _ = lock::remove_if_free(&path);
    }
}

/// What [`sweep`] would remove.
#[must_use]
pub fn leftovers(project: &Path) -> Vec<PathBuf> {
    begun(project).filter(|path| lock::is_free(path).unwrap_or(false)).collect()
}

/// Every file that was begun and has not got its name.
fn begun(project: &Path) -> impl Iterator<Item = PathBuf> {
    let folders = fs::read_dir(project).into_iter().flatten().flatten().map(|entry| entry.path());
    let folders = folders.filter(|path| path.is_dir()).chain([project.to_owned()]);
    let entries = folders.flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
    let begun = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(BESIDE));
    begun.map(|entry| entry.path())
}

/// Reads an artifact; `None` where there is none.
///
/// # Errors
/// When it is there and cannot be read.
pub fn get(project: &Path, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let path = path(project, name)?;
    match fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io(&path, "read", error)),
    }
}

/// Removes an artifact, if it is there.
///
/// # Errors
/// When it cannot be removed, or for a name that leads out of the project.
pub fn remove(project: &Path, name: &str) -> Result<(), StoreError> {
    let path = path(project, name)?;
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::io(&path, "remove", error))
        }
        _ => Ok(()),
    }
}

impl Store {
    /// [`put`] into this project.
    ///
    /// # Errors
    /// As [`put`].
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        put(self.folder(), name, bytes)
    }

    /// [`get`] from this project.
    ///
    /// # Errors
    /// As [`get`].
    pub fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        get(self.folder(), name)
    }
}

/// A title or a quote as part of a file name: lower-case ASCII letters and digits, joined by hyphens;
/// `untitled` when nothing is left.
#[must_use]
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= SLUG {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word.to_ascii_lowercase());
    }
    if slug.is_empty() { "untitled".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_name_leads_out_of_the_project(name: String) {
            if let Ok(path) = path(Path::new("/project"), &name) {
                let up = path.components().any(|part| part == Component::ParentDir);
                prop_assert!(path.starts_with("/project") && !up);
            }
        }

        #[test]
        fn a_slug_is_always_a_plain_file_name(text: String) {
            let slug = slug(&text);
            prop_assert!(!slug.is_empty() && slug.len() <= SLUG);
            prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["../x", "/etc/passwd", "a/../../x", "", "a\\b", "C:x", "./x"] {
            assert!(path(Path::new("/project"), name).is_err(), "{name}");
        }
    }

    #[test]
    fn only_what_nobody_writes_any_more_is_swept_up() {
        let project = tempfile::tempdir().unwrap();
        let folder = project.path().join("plates");
        fs::create_dir(&folder).unwrap();
        let [dead, living] = ["dead", "living"].map(|name| folder.join(format!("{BESIDE}{name}")));
        File::create(&dead).unwrap();
        let file = File::create(&living).unwrap();
        fs4::FileExt::lock(&file).unwrap();
        File::create(folder.join("plate.png")).unwrap();
        sweep(project.path());
        assert!(!dead.exists() && living.exists() && folder.join("plate.png").exists());
    }

    #[test]
    fn what_has_been_begun_is_never_swept_up() {
        let project = tempfile::tempdir().unwrap();
        let folder = project.path().join("plates");
        fs::create_dir(&folder).unwrap();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !done.load(Ordering::SeqCst) {
                        sweep(project.path());
                    }
                });
            }
            for nth in 0..300 {
                let file = begin(&folder).unwrap();
                sweep(project.path());
                let kept = file.path().exists();
                if nth == 299 || !kept {
                    done.store(true, Ordering::SeqCst);
                }
                assert!(kept, "file {nth}");
            }
        });
    }

    #[test]
    fn what_is_put_is_got() {
        let project = tempfile::tempdir().unwrap();
        assert!(get(project.path(), "plates/001.json").unwrap().is_none());
        for text in ["one", "two"] {
            put(project.path(), "plates/001.json", text.as_bytes()).unwrap();
            assert_eq!(get(project.path(), "plates/001.json").unwrap().unwrap(), text.as_bytes());
        }
        assert_eq!(fs::read_dir(project.path().join("plates")).unwrap().count(), 1);
    }
}
