//! What cannot be done is said, costs nothing that was finished, and has the exit code of `--help`.

use std::fs;
use std::process::Command;

use crate::support::{Finished, Shelf};

#[test]
fn a_book_that_is_no_book() {
    let shelf = Shelf::new();
    shelf.file("tale.epub", "this is no archive");
    let ended = shelf.run("tale.epub", &[]).code(1);
    assert!(ended.err.contains("tale.epub"), "{}", ended.err);
    assert!(!shelf.tale().0.join("manifest.json").exists());
}

#[test]
fn a_book_that_is_not_there() {
    let shelf = Shelf::new();
    let ended = shelf.run("nowhere.epub", &[]).code(1);
    assert!(ended.err.contains("nowhere.epub"), "{}", ended.err);
}

#[test]
fn another_book_for_the_same_project() {
    let shelf = Shelf::new();
    shelf.book(2);
    let _ = shelf.run("tale.md", &[]).code(0);
    let before = shelf.tale().results();
    shelf.book(3);
    let ended = shelf.run("tale.md", &[]).code(1);
    assert!(ended.err.contains("choose another folder with `-o`"), "{}", ended.err);
    assert_eq!(shelf.tale().results(), before);
}

#[test]
fn wrong_usage() {
    let shelf = Shelf::new();
    for arguments in [
        &["run"][..],
        &["run", "x", "--workers", "0"],
        &["run", "x", "--workers", "17"],
        &["run", "x", "--size", "9x9"],
        &["illustrate", "x", "--style", "cubism"],
        &["nonsense"],
    ] {
        let _ = shelf.woodcut(arguments).finish().code(2);
    }
}

#[test]
fn a_project_that_cannot_be_written_to() {
    let shelf = Shelf::new();
    shelf.book(2);
    shelf.file("occupied", "a file where a folder should be");
    let ended = shelf.run("tale.md", &["-o", "occupied"]).code(1);
    assert!(ended.err.contains("occupied"), "{}", ended.err);
    assert_eq!(
        fs::read_to_string(shelf.path("occupied")).unwrap(),
        "a file where a folder should be"
    );
}

#[test]
fn a_damaged_manifest_is_never_a_fresh_start() {
    let shelf = Shelf::new();
    shelf.book(3);
    let _ = shelf.run("tale.md", &[]).code(0);
    let plates = shelf.tale().plates();
    let path = shelf.tale().0.join("manifest.json");
    let whole = fs::read_to_string(&path).unwrap();
    for damaged in [
        String::new(),
        whole[..whole.len() / 2].to_owned(),
        whole.replacen("Crossing 2", "Crossing 3", 1),
    ] {
        fs::write(&path, damaged).unwrap();
        let ended = shelf.run("tale.md", &[]).code(1);
        assert!(ended.err.contains("woodcut doctor tale.woodcut"), "{}", ended.err);
    }
    fs::remove_file(&path).unwrap();
    let _ = shelf.run("tale.md", &[]).code(1);
    assert_eq!(shelf.tale().plates(), plates);
}

/// Needs the right to mount: skipped with a word where it is missing.
#[test]
fn a_full_disk_and_a_read_only_one() {
    let shelf = Shelf::new();
    shelf.book(40);
    let mount = shelf.path("disk");
    fs::create_dir(&mount).unwrap();
    let disk = mount.to_str().unwrap();
    let mut mounting = Command::new("mount");
    mounting.args(["-t", "tmpfs", "-o", "size=400k", "tmpfs", disk]);
    if !mounting.output().is_ok_and(|done| done.status.success()) {
        println!("skipped: mounting is not allowed here");
        return;
    }
    let _unmount = Unmount(disk.to_owned());
    let full = shelf.run("tale.md", &["-o", "disk/tale"]).code(1);
    said_why(&full);
    remount(disk, "ro");
    said_why(&shelf.run("tale.md", &["-o", "disk/tale"]).code(1));
    remount(disk, "rw,size=40m");
    let _ = shelf.run("tale.md", &["-o", "disk/tale"]).code(0);
    crate::support::Project(mount.join("tale")).assert_done(40);
}

fn said_why(ended: &Finished) {
    let last = ended.err.lines().last().unwrap_or_default();
    assert!(last.contains("disk/tale"), "{}", ended.err);
    let reasons = ["No space left", "Read-only file system"];
    assert!(reasons.iter().any(|reason| last.contains(reason)), "{}", ended.err);
}

fn remount(disk: &str, how: &str) {
    let options = format!("remount,{how}");
    assert!(Command::new("mount").args(["-o", &options, disk]).status().unwrap().success());
}

struct Unmount(String);

impl Drop for Unmount {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l", &self.0]).status();
    }
}
