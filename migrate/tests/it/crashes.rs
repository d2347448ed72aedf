//! All or nothing: a migration that fails or dies at any step leaves the old files, no half project, and
//! nothing in the way of the next one.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use migrate::Made;

use crate::folder::{Folder, contents};

fn folder() -> Folder {
    Folder::of("era-e")
        .with_book()
        .picture("chapter_2_scene_1.png")
        .picture("chapter_3_scene_1.png")
}

/// Counts the steps of a whole migration.
fn steps() -> usize {
    let count = Cell::new(0);
    let whole = folder().request().carry_out(&|_| {
        count.set(count.get() + 1);
        Ok(())
    });
    assert_eq!(whole.unwrap().made, Made::New);
    count.get()
}

#[test]
fn a_migration_that_fails_at_any_step_leaves_everything_as_it_was() {
    let folder = folder();
    let before = contents(&folder.path(""));
    for nth in 0..steps() {
        let count = Cell::new(0);
        let failed = folder.request().carry_out(&|_| {
            count.set(count.get() + 1);
            if count.get() > nth { Err(io::Error::other("the disk is full")) } else { Ok(()) }
        });
        assert!(failed.is_err());
        assert_eq!(contents(&folder.path("")), before, "step {nth}");
    }
}

#[test]
fn a_migration_that_dies_at_any_step_leaves_no_half_project_and_is_done_by_the_next() {
    for nth in 0..steps() {
        let folder = folder();
        let before = folder.contents();
        let count = Cell::new(0);
        // What a panic leaves on the disk is what a kill leaves: nothing is cleaned up.
        let died = catch_unwind(AssertUnwindSafe(|| {
            folder.request().carry_out(&|what| {
                count.set(count.get() + 1);
                assert!(count.get() <= nth, "killed before: {what}");
                Ok(())
            })
        }));
        assert!(died.is_err() && !folder.project().exists(), "step {nth}");
        let after = folder.contents();
        assert!(before.iter().all(|(name, bytes)| after.get(name) == Some(bytes)), "step {nth}");
        assert_eq!(folder.migrate().unwrap().made, Made::New);
        let left = folder.contents().into_keys().filter(|name| name.contains(".migrating-"));
        assert_eq!(left.collect::<Vec<_>>(), Vec::<String>::new(), "step {nth}");
    }
}

#[test]
fn a_picture_that_changes_meanwhile_ends_the_migration() {
    let folder = folder();
    let picture = folder.old().join("chapter_3_scene_1.png");
    let failed = folder.request().carry_out(&|what| {
        if what == "begin the project" { std::fs::write(&picture, "x") } else { Ok(()) }
    });
    assert!(failed.unwrap_err().to_string().contains("was changed while"));
    assert!(!folder.project().exists());
}
