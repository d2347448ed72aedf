//! Syncing together: one process brings the journal to the disk for all that wait for it.
//!
//! `manifest.synced` says in one line up to which byte which file was synced in which run of the machine.
//! Who has appended looks there whether somebody has synced that far meanwhile; else it takes its turn,
//! which is a lock on the same file: it measures the journal, syncs it, and writes down what it measured.
//! Nobody waits long for a turn: who does not get one soon syncs for itself, which is always right.
//!
//! **Invariants:** a length is written only after a sync of a file that was at least that long when the
//! sync began; bytes that count as synced are never written again. So the journal is cut only by who has
//! the turn, and only after the line says that nothing is known of it. What was true before a power cut,
//! or on another machine, is not believed: the line names the machine's run. Nor is what was true of
//! another file under a number that was used again: it names when the file was made. A line that is torn,
//! foreign or missing says nothing.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::{Duration, UNIX_EPOCH};

use crate::disk::FileId;
use crate::local::{open_lock, read_at, write_at};
use crate::{host, journal, names};

/// How often to look before syncing for oneself, letting others run in between: about as long as a quick
/// disk takes. For a slow one, the system itself joins syncs that come together.
const LOOKS: usize = 200;
/// How often, a millisecond each, to ask for the turn before giving up a cut.
const PATIENCE: usize = 1_000;
/// No line is longer.
const LONGEST: usize = 256;

/// A folder's line of what is synced.
#[derive(Debug)]
pub(crate) struct Together {
    path: PathBuf,
    /// Opened by who first writes; `None` in it where nothing can be written.
    file: OnceLock<Option<File>>,
    /// The run of the machine.
    boot: String,
    /// Threads of one process share the lock of the file.
    here: Mutex<()>,
}

/// The turn to sync, or to cut; ends when dropped.
struct Turn<'a> {
    file: &'a File,
    _here: MutexGuard<'a, ()>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Cannot fail on an open file; if it did, the others would sync for themselves.
        let _ = fs4::FileExt::unlock(self.file);
    }
}

impl Together {
    /// `None` where it cannot be told whether the machine was started anew.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let (path, boot) = (folder.join(names::SYNCED), host::boot_id()?);
        Some(Self { path, file: OnceLock::new(), boot, here: Mutex::new(()) })
    }

    fn file(&self) -> Option<&File> {
        self.file.get_or_init(|| open_lock(&self.path).ok()).as_ref()
    }

    /// The name of a file in the line; `None` where the system does not say when it was made.
    pub(crate) fn key(&self, id: FileId, about: &Metadata) -> Option<String> {
        let made = about.created().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
        Some(format!("{} {}:{} {made}", self.boot, id.0, id.1))
    }

    /// Returns when the first `upto` bytes of a file are on disk: brought there by `sync`, or by somebody
    /// else. `length` measures the file.
    pub(crate) fn sync(
        &self,
        key: &str,
        upto: u64,
        length: impl Fn() -> io::Result<u64>,
        sync: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        let looks = if self.file().is_some() { LOOKS } else { 0 };
        for _ in 0..looks {
            match self.known(key) {
                // More than there is was true before somebody put something else there.
                Some(known) if known >= upto && length().is_ok_and(|length| known <= length) => {
                    return Ok(());
                }
                _ => {}
            }
            if let Some(_turn) = self.turn() {
                let length = length();
                sync()?;
                // What is not written down, somebody syncs once more.
                let _ = length.and_then(|length| self.write(key, length));
                return Ok(());
            }
            std::thread::yield_now();
        }
        sync()
    }

    /// Cuts a file, of which nothing is known to be on disk from then on.
    pub(crate) fn cut(&self, key: &str, cut: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        if self.file().is_none() {
            return cut();
        }
        for _ in 0..PATIENCE {
            if let Some(_turn) = self.turn() {
                if self.known(key).is_some() {
                    self.write(key, 0)?;
                }
                return cut();
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Err(io::Error::new(ErrorKind::WouldBlock, "it is being synced all the time"))
    }

    fn turn(&self) -> Option<Turn<'_>> {
        let here = self.here.try_lock().ok()?;
        let file = self.file()?;
        fs4::FileExt::try_lock(file).ok()?;
        Some(Turn { file, _here: here })
    }

    /// Up to where a file is known to be on disk.
    fn known(&self, key: &str) -> Option<u64> {
        let mut bytes = [0; LONGEST];
        let count = read_at(self.file()?, &mut bytes, 0).ok()?;
        let line = bytes[..count].split(|byte| *byte == b'\n').next()?;
        let text = std::str::from_utf8(journal::checked(line)?).ok()?;
        text.strip_prefix(key)?.strip_prefix(' ')?.parse().ok()
    }

    fn write(&self, key: &str, length: u64) -> io::Result<()> {
        let file = self.file().ok_or(ErrorKind::NotFound)?;
        write_at(file, journal::checkable(&format!("{key} {length}")).as_bytes(), 0)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;

    fn together(folder: &Path) -> Together {
        Together::of(folder).expect("a machine that says when it was started")
    }

    #[derive(Debug, Clone, Copy)]
    enum Act {
        Append(u64),
        /// A part is written, then cut off again.
        Fail(u64),
        Sync {
            works: bool,
        },
    }

    fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
        let act = prop_oneof![
            (1u64..300).prop_map(Act::Append),
            (1u64..300).prop_map(Act::Fail),
            any::<bool>().prop_map(|works| Act::Sync { works }),
        ];
        prop::collection::vec((0usize..4, act), 1..60)
    }

    proptest! {
        #[test]
        fn what_is_said_to_be_on_disk_is(acts in acts()) {
            let folder = tempfile::tempdir().unwrap();
            let processes: Vec<_> = (0..4).map(|_| together(folder.path())).collect();
            let (length, on_disk) = (Cell::new(0), Cell::new(0));
            let mut written = [0; 4];
            for (who, act) in acts {
                match act {
                    Act::Append(bytes) => {
                        length.set(length.get() + bytes);
                        written[who] = length.get();
                    }
                    Act::Fail(bytes) => {
                        let before = length.replace(length.get() + bytes);
                        // Somebody else may sync what is about to be cut.
                        let sync = || { on_disk.set(length.get()); Ok(()) };
                        processes[(who + 1) % 4].sync("f", length.get(), || Ok(length.get()), sync).unwrap();
                        let cut = || { length.set(before); on_disk.set(on_disk.get().min(before)); Ok(()) };
                        processes[who].cut("f", cut).unwrap();
                    }
                    Act::Sync { works } => {
                        let sync = || {
                            if works { on_disk.set(length.get()); Ok(()) } else { Err(ErrorKind::Other.into()) }
                        };
                        let done = processes[who].sync("f", written[who], || Ok(length.get()), sync);
                        prop_assert!(done.is_err() || on_disk.get() >= written[who]);
                        prop_assert!(done.is_ok() || !works);
                    }
                }
            }
        }
    }

    #[test]
    fn one_syncs_for_all_that_have_written() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = [(); 2].map(|()| together(folder.path()));
        one.sync("f", 100, || Ok(250), || Ok(())).unwrap();
        let refused = || Err(ErrorKind::Other.into());
        two.sync("f", 250, || Ok(250), refused).expect("the other has done it");
        assert!(two.sync("f", 251, || Ok(251), refused).is_err(), "nobody has");
        assert!(two.sync("g", 10, || Ok(10), refused).is_err(), "another file");
    }

    #[test]
    fn a_file_that_was_put_back_from_a_copy_is_synced_anew() {
        let folder = tempfile::tempdir().unwrap();
        let one = together(folder.path());
        one.sync("f", 900, || Ok(900), || Ok(())).unwrap();
        assert!(one.sync("f", 450, || Ok(450), || Err(ErrorKind::Other.into())).is_err());
        one.sync("f", 450, || Ok(450), || Ok(())).unwrap();
        assert_eq!(one.known("f"), Some(450));
    }

    #[test]
    fn another_run_of_the_machine_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let about = std::fs::metadata(folder.path()).unwrap();
        let mut one = together(folder.path());
        let before = one.key(FileId(1, 2), &about);
        one.boot = "another".to_owned();
        assert_ne!(before, one.key(FileId(1, 2), &about));
    }

    #[test]
    fn who_stands_still_with_the_turn_keeps_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = [(); 2].map(|()| together(folder.path()));
        let _turn = one.turn().unwrap();
        let mut syncs = 0;
        two.sync(
            "f",
            9,
            || Ok(9),
            || {
                syncs += 1;
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(syncs, 1);
        assert_eq!(two.known("f"), None, "only who has the turn writes down");
    }

    #[test]
    fn a_line_that_makes_no_sense_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let one = together(folder.path());
        one.write("f", 900).unwrap();
        let whole = std::fs::read(folder.path().join(names::SYNCED)).unwrap();
        assert_eq!(one.known("f"), Some(900));
        for at in 0..whole.len() - 1 {
            let mut torn = whole.clone();
            torn[at] ^= 1;
            write_at(one.file().unwrap(), &torn, 0).unwrap();
            assert_eq!(one.known("f"), None, "byte {at}");
        }
        one.write("a much longer name than before", 1).unwrap();
        one.write("f", 7).unwrap();
        assert_eq!(one.known("f"), Some(7));
    }
}
