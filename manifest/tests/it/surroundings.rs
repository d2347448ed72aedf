//! Where a project may find itself: on a file system without locks or notifications, in two containers
//! at once, on a machine whose process numbers come again and whose clock is set.
//!
//! A file system that lacks something is played by `strace`, which answers one system call in its
//! place; where it is not there, or may not trace, the tests say so and check nothing. So it is with
//! `unshare` and containers.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use manifest::{
    ChapterEvent, ChapterId, Options, Role, Status, Store, WorkerId, WorkerInfo, decide,
};

use crate::acts::of;
use crate::processes::{Process, eventually, trial};
use crate::project::{Acts, Project};

/// The other process, of which a system call gets such an answer without ever being made.
fn answering(call: &str, answer: &str) -> Option<Command> {
    let strace = |options: &[&str]| {
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null"]).args(options);
        command
    };
    if !works(strace(&["true"])) {
        println!("skipped: strace is not there or may not trace");
        return None;
    }
    let [trace, inject] = [format!("trace={call}"), format!("inject={call}:{answer}")];
    let mut command = strace(&["-e", &trace, "-e", &inject]);
    command.arg(trial());
    Some(command)
}

/// The other process, as number 1 of a container of its own.
fn in_a_container() -> Option<Command> {
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--pid", "--fork", "--kill-child"]);
        command
    };
    let mut probe = unshare();
    probe.arg("true");
    if !works(probe) {
        println!("skipped: unshare is not there or may not make containers");
        return None;
    }
    let mut command = unshare();
    command.arg(trial());
    Some(command)
}

fn works(mut command: Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn run(mut command: Command, project: &Project, what: &str) -> Output {
    command.arg(project.folder()).arg(what).stdin(Stdio::null()).output().unwrap()
}

/// A process that registers, and what it says before that.
struct Registered {
    process: Process,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    said: Vec<String>,
}

impl Registered {
    fn start(mut command: Command, project: &Project) -> Self {
        command.arg(project.folder()).arg("register").stdout(Stdio::piped());
        let mut process = Process(command.spawn().unwrap());
        let mut lines = BufReader::new(process.0.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        loop {
            let line = lines.next().expect("it ended before it was registered").unwrap();
            if line == "registered" {
                return Self { process, lines, said };
            }
            said.push(line);
        }
    }

    fn says(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }
}

fn claim(chapter: u32, worker: &WorkerId) -> manifest::Event {
    of(chapter, ChapterEvent::AnalysisClaimed { worker: worker.clone() })
}

/// The chapters that are claimed.
fn claimed(store: &Store) -> Vec<u32> {
    store.state().claims().filter_map(|(unit, _)| unit).map(|id| id.0).collect()
}

#[test]
fn where_locks_do_not_exclude_nobody_registers() {
    // Locks that are granted to all, and none at all.
    for answer in ["retval=0", "error=ENOLCK", "error=EOPNOTSUPP", "error=ENOSYS"] {
        let project = Project::new(1);
        let Some(strace) = answering("flock", answer) else { return };
        let output = run(strace, &project, "register");
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{answer}: {words}");
        assert!(words.contains("locks do not exclude in"), "{answer}: {words}");
        assert!(words.contains("move the project to a local disk"), "{answer}: {words}");
        let left = std::fs::read_dir(project.path("workers")).unwrap().count();
        assert_eq!(left, 0, "{answer}");
    }
}

#[test]
fn where_nothing_is_notified_that_is_said_and_changes_are_found_all_the_same() {
    // Watches that are refused, and one that is accepted and stays silent.
    for answer in ["error=ENOSPC", "retval=1"] {
        let project = Project::new(1);
        let Some(strace) = answering("inotify_add_watch", answer) else { return };
        let mut process = Registered::start(strace, &project);
        let [said] = &process.said[..] else { panic!("{answer}: {:?}", process.said) };
        assert!(said.ends_with("are not notified; looking every two seconds instead"), "{said}");
        project.open().apply([of(1, ChapterEvent::Skipped { reason: "index".into() })]);
        assert_eq!(process.says(), "seen", "{answer}");
    }
}

/// In each of them the worker is process number 1, and so is who looks, in a third.
#[test]
fn two_containers_neither_keep_nor_steal_each_others_claims() {
    let project = Project::new(2);
    let store = project.open();
    let mut processes = Vec::new();
    let mut known: Vec<WorkerInfo> = Vec::new();
    for chapter in [1, 2] {
        let Some(container) = in_a_container() else { return };
        processes.push(Registered::start(container, &project));
        let new = store.workers().unwrap().into_iter().find(|info| !known.contains(info)).unwrap();
        assert_eq!(new.pid, 1);
        store.apply([claim(chapter, &new.id)]);
        known.push(new);
    }
    let recover_in_a_third = || {
        let output = run(in_a_container().unwrap(), &project, "recover");
        assert!(output.status.success(), "{output:?}");
        claimed(&store)
    };
    assert_eq!(recover_in_a_third(), [1, 2]);
    drop(processes.remove(0));
    // Its container ends a moment after what held it.
    eventually(|| (store.workers().unwrap().len() == 1).then_some(()));
    assert_eq!(recover_in_a_third(), [2]);
}

/// Changes what a worker says of itself.
fn set_pid(project: &Project, id: &WorkerId, pid: u32) {
    let name = format!("workers/{id}.json");
    let mut info: WorkerInfo = serde_json::from_slice(&project.read(&name)).unwrap();
    info.pid = pid;
    project.write(&name, serde_json::to_vec(&info).unwrap());
}

#[test]
fn a_process_number_that_is_used_again_keeps_no_claim() {
    let project = Project::new(1);
    let process = Registered::start(Command::new(trial()), &project);
    let store = project.open();
    let id = store.workers().unwrap().remove(0).id;
    store.apply([claim(1, &id)]);
    drop(process.process);
    // The number of its process is that of a living one by now: ours.
    set_pid(&project, &id, std::process::id());
    store.recover(&Default::default()).unwrap();
    assert!(claimed(&store).is_empty());
}

#[test]
fn a_process_number_that_nobody_has_loses_no_claim() {
    let project = Project::new(1);
    let store = project.open();
    let worker = store.register(Role::Analyze).unwrap();
    store.apply([claim(1, worker.id())]);
    set_pid(&project, worker.id(), u32::MAX - 1);
    project.open().recover(&Default::default()).unwrap();
    assert_eq!(claimed(&store), [1]);
}

fn today() -> DateTime<Utc> {
    "2026-03-01T08:00:00Z".parse().unwrap()
}

fn yesterday() -> DateTime<Utc> {
    today() - TimeDelta::days(1)
}

fn tomorrow() -> DateTime<Utc> {
    today() + TimeDelta::days(1)
}

type Clock = fn() -> DateTime<Utc>;

fn open_at(project: &Project, now: Clock) -> Store {
    Store::open(project.folder(), Options { now, ..Options::default() }).unwrap()
}

#[test]
fn a_clock_that_is_set_neither_keeps_nor_steals_a_claim() {
    for set in [yesterday as Clock, tomorrow] {
        let project = Project::new(2);
        let before = open_at(&project, today);
        let [dead, living] = [(); 2].map(|()| before.register(Role::Analyze).unwrap());
        before.apply([claim(1, dead.id()), claim(2, living.id())]);
        let after = open_at(&project, set);
        after.recover(&Default::default()).unwrap();
        assert_eq!(claimed(&after), [1, 2]);
        drop(dead);
        after.recover(&Default::default()).unwrap();
        assert_eq!(claimed(&after), [2]);
        assert_eq!(after.state().last_updated, set());
        // Whoever still goes by the old clock, and whoever reads it all afresh, sees the same.
        assert_eq!(before.state(), after.state());
        before.fold().unwrap();
        assert_eq!(project.open().state(), after.state());
    }
}

#[test]
fn a_clock_that_is_set_delays_no_retry_by_a_day() {
    for set in [yesterday as Clock, tomorrow] {
        let project = Project::new(1);
        let before = open_at(&project, today);
        let worker = before.register(Role::Analyze).unwrap();
        before.apply([claim(1, worker.id())]);
        let token = before.state().claims().next().unwrap().1.token;
        let retry_at = decide::retry_at(1, Some(Duration::from_secs(60)), today());
        let message = "busy".to_owned();
        before.apply([of(1, ChapterEvent::Failed { token, message, retry_at })]);
        let due = |now| before.view(|manifest| decide::due_retries(manifest, now)).unwrap();
        assert_eq!(due(today()), [], "it is to wait for a minute");
        let after = open_at(&project, set);
        after.apply(due(after.now()));
        assert!(after.state().with_status(Status::Pending).eq([ChapterId(1)]));
    }
}
