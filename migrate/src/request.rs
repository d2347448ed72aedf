//! The whole of a migration, as one asks for it.

use std::path::{Path, PathBuf};

use book::{Book, Reading, project};
use manifest::{Source, artifact};
use serde::Serialize;

use crate::build::{self, Door};
use crate::plan::plan;
use crate::progress_file::base;
use crate::report::Report;
use crate::{Legacy, MigrateError, detect, pictures};

/// What is to be migrated, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The folder that holds the old files.
    pub folder: PathBuf,
    /// The book they were made from; else the one they name is looked for beside them.
    pub book: Option<PathBuf>,
    /// Where the project is to be; else among the old files, named after the book.
    pub output: Option<PathBuf>,
    /// How the chapters of the book are found.
    pub reading: Reading,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Migrated {
    /// Whether anything was made.
    pub made: Made,
    /// Where the project is or would be.
    pub project: PathBuf,
    /// The book it can be run with; `None` when it is not known where it is.
    pub book: Option<PathBuf>,
    /// What was kept, mended and not placed.
    pub report: Report,
}

/// Whether anything was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Made {
    /// The project is new.
    New,
    /// It had been made of the same files before; nothing was changed.
    Before,
    /// Nothing: it was only asked what would be.
    Nothing,
}

impl Request {
    /// Reads, decides and, unless only asked, makes the project.
    ///
    /// # Errors
    /// [`MigrateError`]; everything is then as it was before.
    pub fn carry_out(&self, door: Door<'_>) -> Result<Migrated, MigrateError> {
        let mut legacy = detect::read(&self.folder)?;
        if legacy.title.trim().is_empty() {
            legacy.title = folder_name(&self.folder);
        }
        let book = self.book.clone().or_else(|| book_beside(&self.folder, &legacy.book_file));
        let content = book.as_deref().map(|path| book::read_as(path, &self.reading)).transpose()?;
        let source = source(book.as_deref(), content.as_ref(), &legacy, &self.reading)?;
        let plan = plan(&legacy, content.as_ref());
        let project = self.output.clone().unwrap_or_else(|| {
            self.folder.join(format!("{}.woodcut", stem(book.as_deref(), &plan.title)))
        });
        let fingerprint = legacy.fingerprint();
        let made_of = [Some(&fingerprint), Some(&source.sha256), source.headings.as_ref()];
        let made_of: Vec<&str> = made_of.into_iter().flatten().map(String::as_str).collect();
        let key = project::key(&made_of);
        let known = match std::fs::symlink_metadata(&project) {
            Ok(_) => build::migration(&project)?.filter(|before| before.key == key),
            Err(_) => None,
        };
        if let Some(before) = known {
            return Ok(Migrated { made: Made::Before, project, book, report: before.report });
        }
        if std::fs::symlink_metadata(&project).is_ok() {
            return Err(MigrateError::Occupied(project));
        }
        let made = if self.dry_run {
            Made::Nothing
        } else {
            build::carry_out(&plan, &legacy, &self.folder, &project, (source, key), door)?;
            Made::New
        };
        Ok(Migrated { made, project, book, report: plan.report })
    }
}

/// The project that was made of the old files in a folder, where it was put by itself. With several,
/// none: it is for a person to say which.
#[must_use]
pub fn project_in(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let mut projects = entries.map(|entry| entry.path()).filter(|path| {
        path.extension().is_some_and(|extension| extension == "woodcut")
            && path.join(build::MIGRATION).is_file()
            && path.join(manifest::names::MANIFEST).is_file()
    });
    let only = projects.next()?;
    projects.next().is_none().then_some(only)
}

fn folder_name(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The book that the old files name, if a plain file of that name lies among them or one folder up.
fn book_beside(folder: &Path, named: &str) -> Option<PathBuf> {
    let name = base(named);
    if name.is_empty() || name == ".." || name == "." || name.contains('\0') {
        return None;
    }
    let folder = folder.canonicalize().ok()?;
    let folders = [Some(folder.as_path()), folder.parent()];
    let holder = folders.into_iter().flatten().find(|f| pictures::is_plain_file(f, name))?;
    Some(holder.join(name))
}

fn source(
    path: Option<&Path>,
    book: Option<&Book>,
    legacy: &Legacy,
    reading: &Reading,
) -> Result<Source, MigrateError> {
    if let (Some(path), Some(book)) = (path, book) {
        return project::source(path, &book.title, reading).map_err(MigrateError::io(path, "read"));
    }
    let named = base(&legacy.book_file);
    let path = if named.is_empty() { "the book" } else { named };
    let (path, title) = (path.to_owned(), legacy.title.clone());
    Ok(Source { path, sha256: String::new(), title, headings: None })
}

fn stem(book: Option<&Path>, title: &str) -> String {
    match book.and_then(Path::file_stem) {
        Some(stem) => stem.to_string_lossy().into_owned(),
        None => artifact::slug(title),
    }
}
