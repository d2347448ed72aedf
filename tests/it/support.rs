//! A shelf of its own for every test: books, projects, processes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use manifest::{Options, Store};
use tempfile::TempDir;

/// Nothing here takes longer, however busy the machine; a wait that does has failed.
const PATIENCE: Duration = Duration::from_secs(180);
/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// A folder that goes away with the test.
pub struct Shelf(TempDir);

impl Shelf {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a file on the shelf.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), text).expect("a file on the shelf");
        self.path(name)
    }

    /// Puts a book with so many small chapters on the shelf.
    pub fn book(&self, chapters: usize) -> PathBuf {
        self.file("tale.md", tale(chapters))
    }

    /// `woodcut` with these arguments, here, with nothing in the environment but where its state goes.
    pub fn woodcut(&self, arguments: &[&str]) -> Process {
        self.program("woodcut", arguments)
    }

    pub fn program(&self, name: &str, arguments: &[&str]) -> Process {
        let log = self.path(&format!("log-{:x}", unique()));
        let child = Command::new(program_file(name))
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .env("XDG_STATE_HOME", self.path("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log).expect("a log"))
            .spawn()
            .expect("the program starts");
        Process { child, log }
    }

    /// The project `tale.woodcut`.
    pub fn tale(&self) -> Project {
        Project(self.path("tale.woodcut"))
    }

    /// The daemons of the project, drawing small plates.
    pub fn analyze(&self) -> Process {
        self.woodcut(&["analyze", "tale.md"])
    }

    pub fn illustrate(&self) -> Process {
        self.woodcut(&["illustrate", "tale.woodcut", "--size", "64x96"])
    }

    /// Runs the whole way, with small plates.
    pub fn run(&self, book: &str, more: &[&str]) -> Finished {
        let arguments = [&["run", book, "--size", "64x96"], more].concat();
        self.woodcut(&arguments).finish()
    }
}

/// A Markdown book with people, places and weather in every chapter.
pub fn tale(chapters: usize) -> String {
    let mut text = String::from("# The Ferry\n");
    for chapter in 1..=chapters {
        let _ = write!(
            text,
            "\n## Crossing {chapter}\n\nAda Brook pushed the black boat into the river. Rain fell on \
             the reeds, and Ada held the lantern high.\n\n“Row!” said Tom Hale, who stood in the bow \
             with his grey dog. The far bank was crossing {chapter} of the night.\n"
        );
    }
    text
}

/// A running program; killed if a test ends before it does.
pub struct Process {
    child: Child,
    log: PathBuf,
}

/// A program that has ended.
#[must_use = "look at how it ended"]
pub struct Finished {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl Process {
    /// Waits for the end.
    pub fn finish(mut self) -> Finished {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status;
            }
            if Instant::now() > deadline {
                let _ = self.child.kill();
                panic!("still running after {PATIENCE:?}:\n{}", self.said());
            }
            std::thread::sleep(LOOK);
        };
        let mut out = String::new();
        if let Some(mut pipe) = self.child.stdout.take() {
            let _ = pipe.read_to_string(&mut out);
        }
        Finished { status, out, err: self.said() }
    }

    /// What it has said on standard error so far.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The first line it prints; what it prints later is no longer told.
    pub fn first_line(&mut self) -> String {
        let mut line = String::new();
        let out = self.child.stdout.take().expect("a pipe that nobody has read yet");
        let mut out = BufReader::new(out);
        out.read_line(&mut line).expect("a line");
        assert!(!line.is_empty(), "it has said nothing: {}", self.said());
        line.trim_end().to_owned()
    }

    /// Waits until it has said this on standard error.
    pub fn wait_for_words(&self, words: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.said().contains(words) {
            assert!(Instant::now() < deadline, "never said {words:?}:\n{}", self.said());
            std::thread::sleep(LOOK);
        }
    }

    pub fn kill(mut self) -> Finished {
        let _ = self.child.kill();
        self.finish_killed()
    }

    fn finish_killed(&mut self) -> Finished {
        let status = self.child.wait().expect("a killed child");
        Finished { status, out: String::new(), err: self.said() }
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        let _ = rustix::process::kill_process(pid.expect("a process number"), signal);
    }
}

/// How often a process is let go on because it held the lock when it was stopped.
const TRIES: usize = 1000;

impl Process {
    /// Stops it where others can go on: stopped with the project's lock in its hands, it would keep all
    /// of them waiting, which is right of the lock and no use to a test.
    pub fn stop_without_lock(&self, project: &Project) {
        use rustix::process::Signal;
        for _ in 0..TRIES {
            self.signal(Signal::STOP);
            self.wait_until_stopped();
            if project.lock_is_free() {
                return;
            }
            self.signal(Signal::CONT);
            std::thread::sleep(LOOK);
        }
        panic!("it held the lock each of {TRIES} times:\n{}", self.said());
    }

    /// A signal is sent before it has come: no thread of it may still be at work.
    fn wait_until_stopped(&self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        let options = rustix::process::WaitOptions::UNTRACED;
        let status = rustix::process::waitpid(pid, options).expect("a child");
        assert!(status.is_some_and(|(_, status)| status.stopped()), "it ended:\n{}", self.said());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Finished {
    /// Asserts the exit code.
    pub fn code(self, expected: i32) -> Self {
        assert_eq!(self.status.code(), Some(expected), "{}\n{}", self.out, self.err);
        self
    }

    /// How many lines it said that contain this.
    pub fn lines_with(&self, what: &str) -> usize {
        self.err.lines().filter(|line| line.contains(what)).count()
    }
}

/// A project as a test looks at it.
#[derive(Clone)]
pub struct Project(pub PathBuf);

impl Project {
    pub fn store(&self) -> Store {
        Store::open(&self.0, Options::default()).expect("a readable project")
    }

    /// Waits until the project is there and `condition` holds of it.
    pub fn wait_until(&self, condition: impl Fn(&manifest::Manifest) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !self.is(&condition) {
            assert!(Instant::now() < deadline, "the project never got there: {}", self.manifest());
            std::thread::sleep(LOOK);
        }
    }

    /// Whether the project is there and `condition` holds; a damaged one fails the test.
    pub fn is(&self, condition: impl Fn(&manifest::Manifest) -> bool) -> bool {
        match Store::open(&self.0, Options::default()) {
            Ok(store) => store.view(condition).expect("a readable manifest"),
            Err(manifest::StoreError::NoProject { .. }) => false,
            Err(error) => panic!("the manifest is not readable: {error}"),
        }
    }

    /// Whether nobody holds the lock of the manifest at this instant.
    fn lock_is_free(&self) -> bool {
        use rustix::fs::{FlockOperation, flock};
        let file = fs::File::open(self.0.join("manifest.lock")).expect("the lock of a project");
        flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok()
    }

    pub fn manifest(&self) -> String {
        fs::read_to_string(self.0.join("manifest.json")).unwrap_or_default()
    }

    /// Every plate on disk, with the number that changes when a file is written anew.
    pub fn plates(&self) -> BTreeMap<String, u64> {
        use std::os::unix::fs::MetadataExt;
        let Ok(entries) = fs::read_dir(self.0.join("plates")) else { return BTreeMap::new() };
        let pictures =
            entries.flatten().filter(|e| e.path().extension().is_some_and(|x| x == "png"));
        pictures
            .filter_map(|entry| {
                let inode = entry.metadata().ok()?.ino();
                Some((entry.file_name().to_string_lossy().into_owned(), inode))
            })
            .collect()
    }

    /// Everything that must not depend on the order of the work.
    pub fn results(&self) -> BTreeMap<String, Vec<u8>> {
        let mut results = BTreeMap::new();
        let names = ["Elements.md", "Chapters.md", "Contents.md", "plates.csv", "elements.json"];
        for name in names {
            results.insert(name.to_owned(), fs::read(self.0.join(name)).expect(name));
        }
        for folder in ["concepts", "plates", "out"] {
            for entry in fs::read_dir(self.0.join(folder)).expect(folder).flatten() {
                let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
                results.insert(name, fs::read(entry.path()).expect("a result"));
            }
        }
        results
    }

    /// Asserts that all is done: every chapter illustrated, every plate there and whole, no litter.
    pub fn assert_done(&self, chapters: usize) {
        let store = self.store();
        let (complete, illustrated, wanted) = store
            .view(|manifest| {
                let wanted = manifest.chapters().values().filter_map(|c| c.concepts).sum::<u32>();
                let done = manifest.count(manifest::Status::Illustrated);
                (manifest.illustrate_complete(), done, wanted as usize)
            })
            .expect("a readable manifest");
        assert!(complete, "{}", self.manifest());
        assert_eq!((illustrated, self.plates().len()), (chapters, wanted), "{}", self.manifest());
    }
}

/// The file of a program, built with the tests.
pub fn program_file(name: &str) -> &'static str {
    match name {
        "woodcut" => env!("CARGO_BIN_EXE_tested-woodcut"),
        "woodcut-analyze" => env!("CARGO_BIN_EXE_tested-analyze"),
        "woodcut-illustrate" => env!("CARGO_BIN_EXE_tested-illustrate"),
        other => panic!("no program is named {other}"),
    }
}

fn unique() -> usize {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::SeqCst)
}

/// Random numbers that a test can be repeated with.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides` (SplitMix64, Steele et al. 2014).
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}
