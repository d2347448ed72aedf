//! Real processes: started, killed, stopped, and bound to end with the test.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use manifest::{Notice, Options, Role, Store};

use crate::acts;
use crate::project::{Acts, Project};

/// The program that plays the other process; built here, since asking for one test target alone does
/// not build it.
pub fn trial() -> &'static Path {
    static TRIAL: OnceLock<PathBuf> = OnceLock::new();
    TRIAL.get_or_init(|| {
        let build = ["build", "--quiet", "--package", "manifest", "--example", "trial"];
        let built = Command::new(env!("CARGO")).args(build).status().unwrap();
        assert!(built.success());
        let deps = std::env::current_exe().unwrap();
        deps.parent().unwrap().parent().unwrap().join("examples/trial")
    })
}

/// A child process that does not outlive the test.
pub struct Process(pub Child);

impl Process {
    pub fn start(project: &Path, what: &str) -> Self {
        let mut command = Command::new(trial());
        Self(command.arg(project).arg(what).stdout(Stdio::piped()).spawn().unwrap())
    }

    /// Waits until it has said its first line.
    pub fn says(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.0);
        // It may have ended by itself.
        let _ = rustix::process::kill_process(pid, signal);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_lock_ends_with_its_holder() {
    let project = Project::new(3);
    let mut holder = Process::start(project.folder(), "hold");
    assert_eq!(holder.says(), "held");
    let store = project.open();
    std::thread::scope(|scope| {
        let update = scope.spawn(|| store.go_on(1));
        drop(holder);
        update.join().unwrap();
    });
    assert_eq!(store.serial(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn who_keeps_the_lock_for_more_than_a_second_is_named() {
    let project = Project::new(3);
    let mut holder = Process::start(project.folder(), "hold");
    holder.says();
    let pid = holder.0.id();
    let store = project.open();
    std::thread::scope(|scope| {
        let update = scope.spawn(|| store.go_on(1));
        let named = || project.notices().into_iter().find(|n| matches!(n, Notice::LockHeld { .. }));
        let notice = eventually(named);
        assert!(
            notice.to_string().ends_with(&format!("held by process {pid} (trial)")),
            "{notice}"
        );
        drop(holder);
        update.join().unwrap();
    });
}

/// Looks again and again, for a while.
pub fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..3000 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("waited for half a minute in vain");
}

/// A project with a worker in another process that holds a claim.
fn with_a_worker() -> (Project, Process, Store) {
    let project = Project::new(500);
    for folder in ["acks", "history"] {
        std::fs::create_dir(project.path(folder)).unwrap();
    }
    let process = Process::start(project.folder(), "work");
    let store = Store::open(project.folder(), Options::default()).unwrap();
    eventually(|| (store.state().claims().count() > 0).then_some(()));
    (project, process, store)
}

#[cfg(unix)]
#[test]
fn a_stopped_worker_keeps_its_claim_and_a_killed_one_loses_it() {
    use rustix::process::Signal;
    let (_project, process, store) = with_a_worker();
    process.signal(Signal::STOP);
    let stat = format!("/proc/{}/stat", process.0.id());
    if cfg!(target_os = "linux") {
        eventually(|| std::fs::read_to_string(&stat).unwrap().contains(") T ").then_some(()));
    }
    // It may have been stopped between two claims, or with the lock in its hands.
    store.recover(&Default::default()).unwrap();
    assert_eq!(store.workers().unwrap().len(), 1);
    let claims = store.state().claims().count();
    store.recover(&Default::default()).unwrap();
    assert_eq!(store.state().claims().count(), claims);
    drop(process);
    store.recover(&Default::default()).unwrap();
    assert_eq!(store.state().claims().count(), 0);
    assert_eq!(store.workers().unwrap().len(), 0);
}

#[test]
fn a_child_of_a_worker_does_not_keep_it_alive() {
    let project = Project::new(3);
    let store = project.open();
    let worker = store.register(Role::Analyze).unwrap();
    store.apply([acts::of(
        1,
        manifest::ChapterEvent::AnalysisClaimed { worker: worker.id().clone() },
    )]);
    // It takes the project's lock, so nothing is written after this.
    let child = Process::start(project.folder(), "hold");
    drop(worker);
    assert_eq!(store.workers().unwrap().len(), 0);
    drop(child);
}
