//! A disk in memory that knows what a power cut may leave of it, and fails when told to.
//!
//! The model is harsher than any file system in use: of what was not synced, any part may be there
//! after the cut. Names and bytes are independent; changes of names may survive in any combination;
//! an unsynced stretch of a file may be missing, short, zeros, or have a hole. And a sync that failed
//! forgets what it was to save: the next one succeeds without it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use manifest::disk::{Appendable, Disk, FileId, Guard};
use manifest::{Interrupt, LockError};

/// What is on the platter, whatever it is called by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Image {
    inodes: BTreeMap<u64, Vec<u8>>,
    names: BTreeMap<String, u64>,
}

impl std::fmt::Display for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, id) in &self.names {
            writeln!(f, "== {name}: {}", self.inodes[id].escape_ascii())?;
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Default)]
struct Inode {
    durable: Vec<u8>,
    current: Vec<u8>,
    /// How many syncs of it have failed.
    failures: usize,
}

/// One change of names that survives whole or not at all.
type Renaming = Vec<(String, Option<u64>)>;

#[derive(Debug, Clone, Default)]
struct World {
    inodes: BTreeMap<u64, Inode>,
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    unsynced_names: Vec<Renaming>,
    next: u64,
    locked: bool,
    acked: Option<u64>,
}

/// A power cut at some instant: what may be on the platter, and what had been promised by then.
pub struct Cut {
    world: World,
}

#[derive(Debug, Default)]
struct Machine {
    world: Mutex<World>,
    unlocked: Condvar,
    cuts: Mutex<Vec<World>>,
    /// What the store must never do.
    wrongs: Mutex<Vec<String>>,
}

/// What a call does when its turn comes.
#[derive(Debug, Clone, Copy)]
pub enum Trouble {
    None,
    /// The n-th call and all later ones do nothing: the process is dead.
    Death(usize),
    /// The n-th call fails.
    Once(usize, io::ErrorKind),
    /// The n-th call fails, and all later ones.
    From(usize, io::ErrorKind),
    /// Syncs of files say that all is well and do nothing.
    FileSyncsLie,
    /// Syncs of the folder say that all is well and do nothing.
    FolderSyncsLie,
}

/// One process's view of the machine.
#[derive(Debug, Clone)]
pub struct Memory {
    machine: Arc<Machine>,
    calls: Arc<AtomicUsize>,
    folder_failed: Arc<AtomicBool>,
    trouble: Trouble,
}

impl Memory {
    pub fn new() -> Self {
        Self::on(Arc::default(), Trouble::None)
    }

    fn on(machine: Arc<Machine>, trouble: Trouble) -> Self {
        Self { machine, calls: Arc::default(), folder_failed: Arc::default(), trouble }
    }

    /// A machine that was started with this on its platter.
    pub fn after(image: &Image) -> Self {
        let memory = Self::new();
        let mut world = memory.world();
        for (id, bytes) in &image.inodes {
            let inode = Inode { durable: bytes.clone(), current: bytes.clone(), failures: 0 };
            world.inodes.insert(*id, inode);
        }
        world.names = image.names.clone();
        world.durable_names = image.names.clone();
        world.next = image.inodes.keys().max().map_or(0, |id| id + 1);
        drop(world);
        memory
    }

    /// Another process on the same machine.
    pub fn process(&self, trouble: Trouble) -> Self {
        Self::on(Arc::clone(&self.machine), trouble)
    }

    /// How many calls this process has made.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Promises that everything up to a serial is on disk.
    pub fn acknowledge(&self, serial: u64) {
        let mut world = self.world();
        world.acked = world.acked.max(Some(serial));
    }

    /// A power cut at each step so far, and one now.
    pub fn cuts(&self) -> Vec<Cut> {
        let mut worlds = std::mem::take(&mut *self.machine.cuts.lock().unwrap());
        worlds.push(self.world().clone());
        worlds.into_iter().map(|world| Cut { world }).collect()
    }

    pub fn wrongs(&self) -> Vec<String> {
        self.machine.wrongs.lock().unwrap().clone()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.machine.world.lock().unwrap()
    }

    /// Counts a call; the error that it is to fail with.
    fn call(&self) -> io::Result<()> {
        let nth = self.calls.fetch_add(1, Ordering::SeqCst);
        let failed = |kind| Err(io::Error::new(kind, "a test makes this call fail"));
        match self.trouble {
            Trouble::Death(n) if nth >= n => failed(io::ErrorKind::Other),
            Trouble::Once(n, kind) if nth == n => failed(kind),
            Trouble::From(n, kind) if nth >= n => failed(kind),
            _ => Ok(()),
        }
    }

    fn is_dead(&self) -> bool {
        matches!(self.trouble, Trouble::Death(n) if self.calls() > n)
    }

    /// Counts a call that changes something; the power may be cut before it.
    fn change(&self) -> io::Result<()> {
        let world = self.world().clone();
        self.machine.cuts.lock().unwrap().push(world);
        self.call()
    }

    fn wrong(&self, what: &str) {
        self.machine.wrongs.lock().unwrap().push(what.to_owned());
    }
}

impl Cut {
    pub fn acked(&self) -> Option<u64> {
        self.world.acked
    }

    /// Everything that may be on the platter.
    pub fn images(&self) -> BTreeSet<Image> {
        let names = self.surviving_names();
        let mut inodes = vec![BTreeMap::new()];
        for (id, inode) in &self.world.inodes {
            let survivals = inode.survivals();
            inodes = inodes
                .into_iter()
                .flat_map(|so_far: BTreeMap<u64, Vec<u8>>| {
                    survivals.iter().map(move |bytes| {
                        let mut with = so_far.clone();
                        with.insert(*id, bytes.clone());
                        with
                    })
                })
                .collect();
        }
        let all = names.iter().flat_map(|names| {
            inodes.iter().map(|inodes| {
                let mut inodes = inodes.clone();
                inodes.retain(|id, _| names.values().any(|named| named == id));
                Image { inodes, names: names.clone() }
            })
        });
        all.collect()
    }

    fn surviving_names(&self) -> Vec<BTreeMap<String, u64>> {
        let unsynced = &self.world.unsynced_names;
        let surviving = |choice: u32| {
            let mut names = self.world.durable_names.clone();
            for (nth, renaming) in unsynced.iter().enumerate() {
                if choice >> nth & 1 == 1 {
                    rename(&mut names, renaming);
                }
            }
            names
        };
        (0..1 << unsynced.len()).map(surviving).collect()
    }
}

fn rename(names: &mut BTreeMap<String, u64>, renaming: &Renaming) {
    for (name, id) in renaming {
        match id {
            Some(id) => names.insert(name.clone(), *id),
            None => names.remove(name),
        };
    }
}

impl Inode {
    fn survivals(&self) -> Vec<Vec<u8>> {
        let Some(new) = self.current.strip_prefix(&self.durable[..]).filter(|new| !new.is_empty())
        else {
            let same = self.current == self.durable;
            return if same {
                vec![self.durable.clone()]
            } else {
                vec![self.durable.clone(), self.current.clone()]
            };
        };
        let half = new.len() / 2;
        let zeros = vec![0; new.len()];
        let all: [&[&[u8]]; 6] = [
            &[],
            &[new],
            &[&new[..half]],
            &[&zeros],
            &[&zeros[..half], &new[half..]],
            &[&new[..half], &zeros[half..]],
        ];
        all.iter()
            .map(|parts| {
                [&self.durable[..]].iter().chain(*parts).flat_map(|p| p.iter().copied()).collect()
            })
            .collect()
    }
}

#[derive(Debug)]
struct Locked(Arc<Machine>);

impl Guard for Locked {}

impl Drop for Locked {
    fn drop(&mut self) {
        self.0.world.lock().unwrap().locked = false;
        self.0.unlocked.notify_all();
    }
}

impl Disk for Memory {
    fn lock(&self, _: &Interrupt, _: &dyn Fn(&str)) -> Result<Box<dyn Guard>, LockError> {
        self.call().map_err(|source| LockError::Io { path: "manifest.lock".into(), source })?;
        let mut world = self.world();
        while world.locked {
            world = self.machine.unlocked.wait(world).unwrap();
        }
        world.locked = true;
        Ok(Box::new(Locked(Arc::clone(&self.machine))))
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.call()?;
        let world = self.world();
        let id = world.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(world.inodes[id].current.clone())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Appendable>> {
        self.call()?;
        let world = self.world();
        let id = *world.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        let failures = AtomicUsize::new(world.inodes[&id].failures);
        Ok(Box::new(MemoryFile { memory: self.clone(), id, failures }))
    }

    fn identify(&self, name: &str) -> io::Result<FileId> {
        self.call()?;
        let world = self.world();
        Ok(FileId(0, *world.names.get(name).ok_or(io::ErrorKind::NotFound)?))
    }

    fn write_new(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let result = self.change();
        if self.is_dead() {
            return result;
        }
        let mut world = self.world();
        let id = world.next;
        world.next += 1;
        let kept = if result.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        let durable = if result.is_ok() { kept.to_vec() } else { Vec::new() };
        world.inodes.insert(id, Inode { durable, current: kept.to_vec(), failures: 0 });
        world.renamed(vec![(name.to_owned(), Some(id))]);
        result
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.change()?;
        let mut world = self.world();
        let id = *world.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        world.renamed(vec![(from.to_owned(), None), (to.to_owned(), Some(id))]);
        Ok(())
    }

    fn link(&self, from: &str, to: &str) -> io::Result<()> {
        self.change()?;
        let mut world = self.world();
        let id = *world.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        world.renamed(vec![(to.to_owned(), Some(id))]);
        Ok(())
    }

    fn sync_dir(&self) -> io::Result<()> {
        let result = self.change();
        if self.folder_failed.load(Ordering::SeqCst) && !self.is_dead() {
            self.wrong("the folder was synced again after a sync of it had failed");
        }
        let mut world = self.world();
        match result {
            Ok(()) if matches!(self.trouble, Trouble::FolderSyncsLie) => {}
            Ok(()) => {
                world.durable_names = world.names.clone();
                world.unsynced_names.clear();
            }
            Err(_) => self.folder_failed.store(true, Ordering::SeqCst),
        }
        result
    }
}

impl World {
    fn renamed(&mut self, renaming: Renaming) {
        rename(&mut self.names, &renaming);
        self.unsynced_names.push(renaming);
    }
}

#[derive(Debug)]
struct MemoryFile {
    memory: Memory,
    id: u64,
    /// The failed syncs that this handle knows of.
    failures: AtomicUsize,
}

impl MemoryFile {
    fn change(&self, change: impl FnOnce(&mut Inode)) {
        change(self.memory.world().inodes.get_mut(&self.id).unwrap());
    }
}

impl Appendable for MemoryFile {
    fn identify(&self) -> io::Result<FileId> {
        self.memory.call()?;
        Ok(FileId(0, self.id))
    }

    fn read_from(&self, offset: u64) -> io::Result<Vec<u8>> {
        self.memory.call()?;
        let offset = usize::try_from(offset).unwrap();
        let world = self.memory.world();
        let bytes = world.inodes[&self.id].current.get(offset..);
        Ok(bytes.ok_or(io::ErrorKind::UnexpectedEof)?.to_vec())
    }

    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let result = self.memory.change();
        let kept = match result {
            Ok(()) => bytes,
            Err(_) if self.memory.is_dead() => &[],
            Err(_) => &bytes[..bytes.len() * 2 / 3],
        };
        self.change(|inode| inode.current.extend(kept));
        result
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        self.memory.change()?;
        self.change(|inode| inode.current.truncate(usize::try_from(length).unwrap()));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let known = self.failures.load(Ordering::SeqCst);
        let result = self.memory.change();
        if self.memory.is_dead() {
            return result;
        }
        if known > 0 {
            self.memory.wrong("a file was synced again after a sync of it had failed");
        }
        let mut failures = 0;
        self.change(|inode| {
            match result {
                Ok(()) if matches!(self.memory.trouble, Trouble::FileSyncsLie) => {}
                Ok(()) if inode.failures == known => inode.durable = inode.current.clone(),
                Ok(()) => {}
                Err(_) => inode.failures += 1,
            }
            failures = inode.failures;
        });
        self.failures.store(failures, Ordering::SeqCst);
        if failures > known { result.and(Err(io::ErrorKind::Other.into())) } else { result }
    }
}
