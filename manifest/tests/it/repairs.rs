//! A damaged project is mended from what is whole, and nothing is thrown away.

use std::collections::BTreeMap;

use chrono::DateTime;
use manifest::repair::{self, Health, Proof, Repaired};
use manifest::{ChapterId, Manifest, Status};

use crate::acts::{self, plate, worker};
use crate::project::{Acts, Project};

/// Two folds and events after the second; at every file there is something to lose.
fn project() -> (Project, Manifest) {
    let project = Project::new(3);
    let store = project.open();
    store.go_on(4);
    store.fold().unwrap();
    store.go_on(4);
    store.fold().unwrap();
    store.go_on(4);
    let state = store.state();
    (project, state)
}

fn mend(project: &Project) -> Repaired {
    repair::repair(project.folder(), Some(&acts::source()), DateTime::UNIX_EPOCH).unwrap()
}

/// Damages one file; nothing may be lost, and the damaged file is kept.
fn loses_nothing(name: &str, damage: impl FnOnce(&mut Vec<u8>)) {
    let (project, state) = project();
    project.change(name, damage);
    let damaged = project.read(name);
    assert!(project.try_open().is_err());
    let repaired = mend(&project);
    assert_eq!((repaired.lost, repaired.serial), (0, state.serial));
    assert_eq!(project.open().state(), state);
    assert_eq!(project.read(&format!("{name}.damaged-1")), damaged);
    project.open().go_on(2);
    project.open().fold().unwrap();
}

#[test]
fn a_snapshot_is_made_again_from_the_one_before() {
    loses_nothing("manifest.json", |bytes| bytes.truncate(200));
    loses_nothing("manifest.json", |bytes| bytes.fill(0));
}

#[test]
fn a_lost_snapshot_too() {
    let (project, state) = project();
    std::fs::remove_file(project.path("manifest.json")).unwrap();
    assert_eq!(mend(&project).lost, 0);
    assert_eq!(project.open().state(), state);
}

#[test]
fn what_a_journal_has_lost_is_counted_and_the_rest_kept() {
    let (project, state) = project();
    project.replace("manifest.journal", "\"serial\":11", "\"serial\":77");
    let repaired = mend(&project);
    assert_eq!((repaired.lost, repaired.serial), (3, state.serial));
    let after = project.open().state();
    assert_eq!(after.serial, state.serial, "a serial never goes back");
    assert!(repaired.kept.contains(&"manifest.journal.damaged-1".to_owned()));
}

#[test]
fn another_books_journal_is_set_aside() {
    let (project, _) = project();
    let other = Project::new(5);
    project.write("manifest.journal", other.read("manifest.journal"));
    assert_eq!(mend(&project).serial.0, 9);
    assert_eq!(project.open().state().chapters().len(), 3);
}

#[test]
fn a_sound_project_is_left_alone() {
    let (project, state) = project();
    let report = repair::examine(project.folder()).unwrap();
    assert_eq!(report.health, Health::Sound);
    assert!(report.findings.iter().all(|finding| finding.damage.is_none()), "{report:?}");
    let before = project.read("manifest.journal");
    assert_eq!(mend(&project).kept, Vec::<String>::new());
    assert_eq!((project.read("manifest.journal"), project.open().state()), (before, state));
}

#[test]
fn what_a_later_version_wrote_is_not_repaired() {
    let (project, _) = project();
    let later = r#"{"version":"4.0.0","lineage":"l"}"#;
    project.write("manifest.json", later);
    assert!(repair::repair(project.folder(), None, DateTime::UNIX_EPOCH).is_err());
    assert_eq!(project.read("manifest.json"), later.as_bytes());
}

#[test]
fn examining_says_what_is_wrong_with_each_file() {
    let (project, _) = project();
    project.write("manifest.json", "");
    let report = repair::examine(project.folder()).unwrap();
    let damaged: Vec<_> =
        report.findings.iter().filter(|f| f.damage.is_some()).map(|f| f.name).collect();
    assert_eq!(damaged, ["manifest.json"]);
    assert!(matches!(report.health, Health::Damaged { proven: Some(_), .. }));
}

/// Everything of the manifest is gone; the book file, the concepts and the plates are left.
#[test]
fn concepts_and_plates_bring_back_what_the_manifest_has_lost() {
    let (project, _) = project();
    for name in ["manifest.json", "manifest.json.prev", "manifest.journal", "manifest.journal.prev"]
    {
        project.write(name, "");
    }
    assert!(repair::repair(project.folder(), None, DateTime::UNIX_EPOCH).is_err());
    mend(&project);
    let store = project.open();
    store.apply([acts::listed(3)]);
    let proof = |n, plates: &[u32]| Proof {
        chapter: ChapterId(n),
        concepts: 2,
        plates: plates.iter().map(|c| (*c, plate(ChapterId(n), *c))).collect::<BTreeMap<_, _>>(),
    };
    let proofs = [proof(1, &[1, 2]), proof(2, &[2, 9]), proof(3, &[])];
    store.update(|manifest| (repair::adopt(manifest, &proofs, &worker("doctor")), ())).unwrap();
    let state = store.state();
    let status = |n| state.chapters()[&ChapterId(n)].state.status();
    assert_eq!([1, 2, 3].map(status), [Status::Illustrated, Status::Analyzed, Status::Analyzed]);
    assert_eq!(state.chapters()[&ChapterId(2)].missing_concepts(), [1]);
    store.update(|manifest| (repair::adopt(manifest, &proofs, &worker("doctor")), ())).unwrap();
    assert_eq!(store.serial(), state.serial.0, "adopting twice adds nothing");
}
