//! Real files, real system calls: killed at each of them, and each of them failing once.
//!
//! Needs `strace`; where it is not there, or may not trace, the tests say so and check nothing.
//! `WOODCUT_FAULTS=all` fails every call in every way instead of a choice of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use manifest::{Options, Store, names};

use crate::processes::trial;
use crate::project::{Acts, Project};

const OURS: [&str; 9] = [
    "manifest.json",
    "manifest.json.tmp",
    "manifest.json.prev",
    "manifest.json.prev.tmp",
    "manifest.journal",
    "manifest.journal.tmp",
    "manifest.journal.prev",
    "manifest.journal.prev.tmp",
    "manifest.synced",
];

/// Runs the other process under strace, which watches what it does with our files alone.
fn strace(folder: &Path, what: &str, options: &[&str]) -> Option<Output> {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq"]).args(options);
    for name in OURS.iter().chain([&names::LOCK, &"."]) {
        command.arg("-P").arg(folder.join(name));
    }
    let run = command.arg(trial()).arg(folder).arg(what).stdin(Stdio::null()).output();
    match run {
        Ok(output) if !String::from_utf8_lossy(&output.stderr).contains("PTRACE") => Some(output),
        _ => {
            println!("skipped: strace is not there or may not trace");
            None
        }
    }
}

/// A project in which an update and a fold have something to do.
fn project() -> Project {
    let project = Project::new(3);
    let store = project.open();
    store.fold().unwrap();
    store.go_on(2);
    project
}

/// Every call that the other process makes on our files: its name, and how often.
fn calls(what: &str) -> BTreeMap<String, usize> {
    let project = project();
    let log = project.path("strace.log");
    let Some(output) = strace(project.folder(), what, &["-o", log.to_str().unwrap()]) else {
        return BTreeMap::new();
    };
    assert!(output.status.success(), "{output:?}");
    let mut calls = BTreeMap::new();
    for line in std::fs::read_to_string(&log).unwrap().lines() {
        let call = line.split_whitespace().nth(1).and_then(|call| call.split('(').next());
        let name = call.filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric()));
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            *calls.entry(name.to_owned()).or_default() += 1;
        }
    }
    assert!(calls.contains_key("fdatasync") || calls.contains_key("fsync"), "{calls:?}");
    calls
}

/// Runs with something happening at the n-th call of each kind, and checks what is left.
fn at_every_call(what: &str, happenings: &[&str], check: impl Fn(&str, &Output, u64, u64)) {
    for (call, count) in calls(what) {
        for nth in 1..=count {
            for happening in happenings {
                let project = project();
                let before = project.open().serial();
                let inject = format!("inject={call}:{happening}:when={nth}");
                let trace = format!("trace={call}");
                let options = ["-o", "/dev/null", "-e", &trace, "-e", &inject];
                let Some(output) = strace(project.folder(), what, &options) else { return };
                let store = Store::open(project.folder(), Options::default())
                    .unwrap_or_else(|error| panic!("{what}, {inject}: {error}"));
                check(&inject, &output, before, store.serial());
                store.go_on(1);
                store.fold().unwrap();
                assert_eq!(project.open().serial(), store.serial(), "{inject}");
            }
        }
    }
}

/// An update of four events happens whole or not at all.
fn is_old_or_new(inject: &str, before: u64, after: u64) {
    assert!(after == before || after == before + 4, "{inject}: {before}, {after}");
}

#[test]
fn killed_at_every_call_of_an_update() {
    at_every_call("update", &["signal=KILL"], |inject, _, before, after| {
        is_old_or_new(inject, before, after);
    });
}

#[test]
fn killed_at_every_call_of_a_fold() {
    at_every_call("fold", &["signal=KILL"], |inject, _, before, after| {
        assert_eq!(before, after, "{inject}");
    });
}

fn errors() -> &'static [&'static str] {
    const ERRORS: [&str; 6] =
        ["error=EIO", "error=EINTR", "error=ENOSPC", "error=EROFS", "error=EACCES", "error=EDQUOT"];
    let all = std::env::var("WOODCUT_FAULTS").is_ok_and(|value| value == "all");
    if all { &ERRORS } else { &ERRORS[..2] }
}

/// What it says is true: done, nothing changed, or in doubt.
#[test]
fn every_call_of_an_update_fails_once() {
    at_every_call("update", errors(), |inject, output, before, after| {
        is_old_or_new(inject, before, after);
        match output.status.code() {
            Some(0) => assert_eq!(after, before + 4, "{inject}"),
            Some(3) => assert_eq!(after, before, "{inject}: {output:?}"),
            Some(4) => {}
            _ => panic!("{inject}: {output:?}"),
        }
        // Calls that were interrupted are made again; asking for a file's size never is.
        let interrupted = inject.contains("EINTR") && !inject.contains("stat");
        assert!(!interrupted || output.status.success(), "{inject}: {output:?}");
    });
}

#[test]
fn every_call_of_a_fold_fails_once() {
    at_every_call("fold", errors(), |inject, output, before, after| {
        assert_eq!(before, after, "{inject}: {output:?}");
        assert!(matches!(output.status.code(), Some(0 | 3)), "{inject}: {output:?}");
    });
}
