//! From the predecessor's files to a finished book, with real processes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Project, Shelf};

/// A folder of old files of a book of four chapters: the third has lost its picture, the fourth was
/// never analyzed.
fn old_files(shelf: &Shelf) -> PathBuf {
    shelf.book(4);
    let _ = shelf.run("tale.md", &[]).code(0);
    let _ = shelf.woodcut(&["migrate", "--back", "tale.woodcut", "-o", "old"]).finish().code(0);
    let old = shelf.path("old");
    fs::remove_file(old.join("chapter_3_scene_1.png")).unwrap();
    fs::remove_file(old.join("chapter_4_scene_1.png")).unwrap();
    fs::remove_file(old.join("Chapters.md")).unwrap();
    let file = old.join(".imaginize.state.json");
    let mut state: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    state["phases"]["analyze"]["chapters"].as_object_mut().unwrap().remove("4").unwrap();
    fs::write(file, state.to_string()).unwrap();
    fs::remove_dir_all(shelf.path("tale.woodcut")).unwrap();
    old
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_file());
    files
        .map(|entry| {
            (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Every picture in a bound book.
fn pictures(epub: &Path) -> Vec<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(fs::File::open(epub).unwrap()).unwrap();
    let mut found = Vec::new();
    for nth in 0..archive.len() {
        let mut entry = archive.by_index(nth).unwrap();
        if entry.name().unwrap().ends_with(".png") {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            found.push(bytes);
        }
    }
    found
}

#[test]
fn after_a_migration_only_what_is_missing_is_done_and_the_old_pictures_are_bound() {
    let shelf = Shelf::new();
    let old = old_files(&shelf);
    let before = files(&old);
    let migrated = shelf.woodcut(&["migrate", "old", "--json"]).finish().code(0).out;
    let migrated: Value = serde_json::from_str(&migrated).unwrap();
    assert_eq!(migrated["made"], "new");
    assert_eq!(migrated["report"]["plates"], 2, "{migrated}");
    let project = Project(old.join("tale.woodcut"));
    let kept = project.plates();
    assert_eq!(kept.len(), 2);

    let ran = shelf.run("old", &[]).code(0);
    assert_eq!(ran.lines_with("drew plate"), 2, "{}", ran.err);
    assert_eq!(ran.lines_with("looking for who and what"), 0, "{}", ran.err);
    project.assert_done(4);
    let now = project.plates();
    assert!(kept.iter().all(|(name, inode)| now.get(name) == Some(inode)), "{kept:?} {now:?}");

    let bind = ["bind", "old/tale.woodcut", "--image-format", "original"];
    let epub = shelf.woodcut(&bind).finish().code(0).out;
    let bound = pictures(&shelf.path(epub.trim_end()));
    for name in ["chapter_1_scene_1.png", "chapter_2_scene_1.png"] {
        assert!(bound.contains(&before[name]), "{name}");
    }
    assert_eq!(files(&old), before);
    let again = shelf.woodcut(&["migrate", "old"]).finish().code(0).out;
    assert!(again.contains("nothing was changed"), "{again}");
    assert_eq!(project.plates(), now);
}

#[test]
fn the_flag_of_the_predecessor_migrates_and_without_it_nothing_is_migrated() {
    let shelf = Shelf::new();
    let old = old_files(&shelf);
    let refused = shelf.run("old", &[]).code(1);
    assert!(refused.err.contains("`woodcut migrate old`"), "{}", refused.err);
    assert!(!old.join("tale.woodcut").exists() && !shelf.path("old.woodcut").exists());
    let plan = shelf.woodcut(&["--migrate-concurrent", "old", "--dry-run"]).finish().code(0).out;
    assert!(
        plan.contains("2 of 2 pictures (2 plates, 0 portraits)")
            && !old.join("tale.woodcut").exists(),
        "{plan}"
    );
    let ran = shelf.run("old", &["--migrate-concurrent"]).code(0);
    assert_eq!(ran.lines_with("drew plate"), 2, "{}", ran.err);
    Project(old.join("tale.woodcut")).assert_done(4);
    let again = shelf.run("old", &["--migrate-concurrent"]).code(0);
    assert_eq!(again.lines_with("drew plate"), 0, "{}", again.err);
}

/// A copy of a project that an earlier version wrote.
fn kept_project(shelf: &Shelf, version: &str) -> Project {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrate/tests/fixtures");
    let (from, to) = (fixtures.join(format!("project-{version}")), shelf.path("tale.woodcut"));
    for inner in ["", "concepts", "elements", "plates"] {
        fs::create_dir_all(to.join(inner)).unwrap();
        for (name, bytes) in files(&from.join(inner)) {
            fs::write(to.join(inner).join(name), bytes).unwrap();
        }
    }
    Project(to)
}

#[test]
fn what_an_earlier_version_left_is_gone_on_with() {
    let shelf = Shelf::new();
    let project = kept_project(&shelf, "3.1.0");
    let kept = project.plates();
    let lost = kept.keys().next().unwrap();
    fs::remove_file(project.0.join("plates").join(lost)).unwrap();
    let drawn = shelf.illustrate().finish().code(0);
    assert_eq!(drawn.lines_with("drew plate"), 1, "{}", drawn.err);
    project.assert_done(2);
    let now = project.plates();
    assert!(kept.iter().skip(1).all(|(name, inode)| now.get(name) == Some(inode)));
    let status = shelf.woodcut(&["status", "tale.woodcut"]).finish().code(0).out;
    assert!(status.contains("The Ferry"), "{status}");
}

#[test]
fn what_a_later_version_has_written_is_left_alone_and_said_in_words() {
    let shelf = Shelf::new();
    let project = kept_project(&shelf, "3.1.0");
    let later = r#"{"version":"4.0.0","lineage":"l","chapters":[{"new":true}]}"#;
    fs::write(project.0.join("manifest.json"), later).unwrap();
    fs::remove_file(project.0.join("manifest.journal")).unwrap();
    let before = files(&project.0);
    let refused = shelf.illustrate().finish().code(1);
    let words = "written by a later version of woodcut (format 4.0.0)";
    assert!(
        refused.err.contains(words) && refused.err.contains("update woodcut"),
        "{}",
        refused.err
    );
    let now = files(&project.0);
    assert!(before.iter().all(|(name, bytes)| now.get(name) == Some(bytes)));
}

#[test]
fn what_is_damaged_is_named_and_nothing_is_written() {
    let shelf = Shelf::new();
    fs::create_dir(shelf.path("old")).unwrap();
    shelf.file("old/.imaginize.state.json", "{\"phases\": {\"analyze\": 7}}");
    let ended = shelf.woodcut(&["migrate", "old"]).finish().code(1);
    assert!(
        ended.err.contains("`phases.analyze`") && ended.err.contains("line 1 column"),
        "{}",
        ended.err
    );
    assert_eq!(files(&shelf.path("old")).len(), 1);
}
