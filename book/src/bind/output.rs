//! The one way a bound book reaches the disk: written beside its place, synced, renamed.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::BindError;

/// An archive that is being written.
pub(crate) struct Output {
    path: PathBuf,
    file: NamedTempFile,
    pub zip: ZipWriter<BufWriter<File>>,
}

impl Output {
    /// Starts a file beside `path`, in whose place it is put by [`Output::finish`].
    pub fn create(path: &Path) -> Result<Self, BindError> {
        let failed = |source| BindError::Write { path: path.to_owned(), source };
        let file = beside(path).map_err(failed)?;
        let zip = ZipWriter::new(BufWriter::new(file.reopen().map_err(failed)?));
        Ok(Self { path: path.to_owned(), file, zip })
    }

    /// Adds an entry that compresses well.
    pub fn text(&mut self, name: &str, content: &[u8]) -> Result<(), BindError> {
        self.start(name, CompressionMethod::Deflated)?;
        self.zip.write_all(content).map_err(|source| self.failed(source))
    }

    /// Starts an entry; what is written to `zip` goes into it. All times are the same, so that equal
    /// books have equal bytes.
    pub fn start(&mut self, name: &str, method: CompressionMethod) -> Result<(), BindError> {
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        self.zip.start_file(name, options).map_err(|source| self.zip_failed(source))
    }

    pub fn failed(&self, source: io::Error) -> BindError {
        BindError::Write { path: self.path.clone(), source }
    }

    pub fn zip_failed(&self, source: ZipError) -> BindError {
        self.failed(io::Error::other(source))
    }

    /// Ends the archive, which goes away with what is returned.
    pub fn into_temporary(self) -> Result<NamedTempFile, BindError> {
        let Self { path, file, zip } = self;
        let done = zip.finish().map_err(io::Error::other).and_then(|mut out| out.flush());
        done.map(|()| file).map_err(|source| BindError::Write { path, source })
    }

    /// Ends the archive and puts it in its place, unless it has more than `limit` bytes.
    pub fn finish(self, limit: Option<u64>) -> Result<(), BindError> {
        let path = self.path.clone();
        let file = self.into_temporary()?;
        within(&file, &path, 0, limit)?;
        put_in_place(file, &path).map_err(|source| BindError::Write { path, source })
    }
}

/// A text file that is being written.
pub(crate) struct TextOutput {
    path: PathBuf,
    pub file: BufWriter<NamedTempFile>,
}

impl TextOutput {
    /// Starts a file beside `path`, in whose place it is put by [`TextOutput::finish`].
    pub fn create(path: &Path) -> Result<Self, BindError> {
        let file =
            beside(path).map_err(|source| BindError::Write { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    pub fn put(&mut self, text: &str) -> Result<(), BindError> {
        self.file.write_all(text.as_bytes()).map_err(|source| self.failed(source))
    }

    pub fn failed(&self, source: io::Error) -> BindError {
        BindError::Write { path: self.path.clone(), source }
    }

    /// Puts the file in its place, unless it and the `beside` bytes of its pictures are more than
    /// `limit`.
    pub fn finish(self, beside: u64, limit: Option<u64>) -> Result<(), BindError> {
        let Self { path, file } = self;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error);
        let file = file.map_err(|source| BindError::Write { path: path.clone(), source })?;
        within(&file, &path, beside, limit)?;
        put_in_place(file, &path).map_err(|source| BindError::Write { path, source })
    }
}

/// Whether a finished file is within the limit.
fn within(
    file: &NamedTempFile,
    path: &Path,
    beside: u64,
    limit: Option<u64>,
) -> Result<(), BindError> {
    let Some(limit) = limit else { return Ok(()) };
    let failed = |source| BindError::Write { path: path.to_owned(), source };
    let size = file.as_file().metadata().map_err(failed)?.len() + beside;
    if size > limit {
        return Err(BindError::TooLarge { path: path.to_owned(), size, limit });
    }
    Ok(())
}

/// A temporary file in the folder of `path`, which is made if it is not there.
pub(crate) fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = folder(path);
    std::fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".binding-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any other program's file would be; the umask takes its part.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Syncs a finished file and renames it to `path`.
pub(crate) fn put_in_place(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The new name has to survive a power cut as well; not every file system can sync a folder.
    if let Ok(folder) = File::open(folder(path)) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
