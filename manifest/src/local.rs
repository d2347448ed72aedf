//! The local file system as a [`Disk`].
//!
//! Two rules keep others out of our way: nothing here ever follows a symbolic link that was planted at
//! one of our names, and a call that a signal interrupted is made again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::disk::{Appendable, Disk, FileId, Guard};
use crate::interrupt::Interrupt;
use crate::lock::{Lock, LockError};
use crate::together::Together;

/// A folder of the local file system.
#[derive(Debug)]
pub struct Local {
    folder: PathBuf,
    /// Opened before the first change, so that running out of descriptors cannot come after a rename.
    handle: File,
    lock: Lock,
    together: Option<Arc<Together>>,
}

impl Local {
    /// The folder, which must exist.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(folder: &Path, lock_name: &str) -> io::Result<Self> {
        let handle = File::open(folder)?;
        let lock = Lock::new(folder.join(lock_name));
        Ok(Self {
            folder: folder.to_owned(),
            handle,
            lock,
            together: Together::of(folder).map(Arc::new),
        })
    }

    /// A journal that may be written to, and that others write to as well.
    fn shared(&self, file: File) -> io::Result<LocalFile> {
        let about = file.metadata()?;
        let id = identity(&about)?;
        let all = self.together.as_ref();
        let together = all.and_then(|all| Some((all.key(id, &about)?, Arc::clone(all))));
        Ok(LocalFile { file, together, written: AtomicU64::new(0) })
    }
}

impl Disk for Local {
    fn lock(
        &self,
        interrupt: &Interrupt,
        notice: &dyn Fn(&str),
    ) -> Result<Box<dyn Guard>, LockError> {
        Ok(Box::new(self.lock.acquire(interrupt, notice)?))
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let file = no_follow(OpenOptions::new().read(true)).open(self.folder.join(name))?;
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut &file, &mut bytes)?;
        Ok(bytes)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Appendable>> {
        let path = self.folder.join(name);
        let mut options = OpenOptions::new();
        match no_follow(options.read(true).append(true)).open(&path) {
            Err(error) if is_read_only(&error) => {
                let file = no_follow(OpenOptions::new().read(true)).open(&path)?;
                Ok(Box::new(LocalFile { file, together: None, written: AtomicU64::new(0) }))
            }
            other => Ok(Box::new(self.shared(other?)?)),
        }
    }

    fn identify(&self, name: &str) -> io::Result<FileId> {
        identity(&fs::symlink_metadata(self.folder.join(name))?)
    }

    fn write_new(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.folder.join(name);
        remove_if_there(&path)?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        let written = io::Write::write_all(&mut file, bytes).and_then(|()| file.sync_all());
        if written.is_err() {
            // A disk that is full gets its space back; the file was never anything but ours.
            let _ = fs::remove_file(&path);
        }
        written
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (from, to) = (self.folder.join(from), self.folder.join(to));
        again_if_interrupted(|| fs::rename(&from, &to))
    }

    fn link(&self, from: &str, to: &str) -> io::Result<()> {
        let (from, to) = (self.folder.join(from), self.folder.join(to));
        remove_if_there(&to)?;
        match again_if_interrupted(|| fs::hard_link(&from, &to)) {
            // Some file systems have no hard links; a copy serves as well.
            Err(error) if has_no_links(&error) => fs::copy(&from, &to).map(drop),
            other => other,
        }
    }

    fn sync_dir(&self) -> io::Result<()> {
        if cfg!(windows) { Ok(()) } else { self.handle.sync_all() }
    }
}

fn has_no_links(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied)
}

pub(crate) fn has_no_locks(error: &io::Error) -> bool {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::NOLCK.raw_os_error()) {
        return true;
    }
    error.kind() == ErrorKind::Unsupported
}

pub(crate) fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

/// The standard library makes interrupted reads, writes and syncs again, but not these.
pub(crate) fn again_if_interrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[derive(Debug)]
struct LocalFile {
    file: File,
    /// Its name among those that are synced together.
    together: Option<(String, Arc<Together>)>,
    /// Where the last append ended.
    written: AtomicU64,
}

impl Appendable for LocalFile {
    fn identify(&self) -> io::Result<FileId> {
        identity(&self.file.metadata()?)
    }

    fn read_from(&self, offset: u64) -> io::Result<Vec<u8>> {
        let length = self.file.metadata()?.len();
        let wanted = length.checked_sub(offset).ok_or(ErrorKind::UnexpectedEof)?;
        let mut bytes = vec![0; usize::try_from(wanted).map_err(io::Error::other)?];
        let mut read = 0;
        while read < bytes.len() {
            match read_at(&self.file, &mut bytes[read..], offset + read as u64) {
                Ok(0) => break,
                Ok(count) => read += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(read);
        Ok(bytes)
    }

    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        io::Write::write_all(&mut &self.file, bytes)?;
        // Where that cannot be told, this handle syncs for itself.
        let end = io::Seek::stream_position(&mut &self.file).unwrap_or(0);
        self.written.store(end, Ordering::SeqCst);
        Ok(())
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        let cut = || again_if_interrupted(|| self.file.set_len(length));
        match &self.together {
            Some((key, all)) => all.cut(key, cut),
            None => cut(),
        }
    }

    fn sync(&self) -> io::Result<()> {
        let sync = || self.file.sync_data();
        match (&self.together, self.written.load(Ordering::SeqCst)) {
            (Some((key, all)), upto @ 1..) => {
                all.sync(key, upto, || Ok(self.file.metadata()?.len()), sync)
            }
            _ => sync(),
        }
    }
}

#[cfg(unix)]
pub(crate) fn read_at(file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, offset)
}

#[cfg(not(unix))]
pub(crate) fn read_at(mut file: &File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    io::Seek::seek(&mut file, io::SeekFrom::Start(offset))?;
    io::Read::read(&mut file, into)
}

#[cfg(unix)]
pub(crate) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(not(unix))]
pub(crate) fn write_at(mut file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    io::Seek::seek(&mut file, io::SeekFrom::Start(offset))?;
    io::Write::write_all(&mut file, bytes)
}

#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> io::Result<FileId> {
    use std::os::unix::fs::MetadataExt;
    Ok(FileId(metadata.dev(), metadata.ino()))
}

/// Elsewhere the time of its making tells one journal from the next: folds are a second apart.
#[cfg(not(unix))]
fn identity(metadata: &fs::Metadata) -> io::Result<FileId> {
    let made = metadata.created()?.duration_since(std::time::UNIX_EPOCH);
    Ok(FileId(0, made.map_or(0, |age| age.as_nanos() as u64)))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match again_if_interrupted(|| fs::remove_file(path)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Opens a lock file, making it if need be. Read and write: NFS refuses to lock a read-only handle.
pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    no_follow(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path)
}

/// Opens a file that must exist, to lock it against all others.
pub(crate) fn open_to_lock(path: &Path) -> io::Result<File> {
    no_follow(OpenOptions::new().read(true).write(true)).open(path)
}

/// Opens a lock file that must exist.
pub(crate) fn open_existing(path: &Path) -> io::Result<File> {
    no_follow(OpenOptions::new().read(true)).open(path)
}

/// A symbolic link planted at one of our names must not lead a write to somewhere else.
fn no_follow(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flag = rustix::fs::OFlags::NOFOLLOW.bits();
        options.custom_flags(i32::try_from(flag).unwrap_or(0));
    }
    options
}
