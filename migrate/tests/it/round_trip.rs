//! To the predecessor's files and back again.

use std::collections::BTreeMap;
use std::fs;

use book::concept::ChapterConcepts;
use manifest::{ChapterId, Options, Store};
use migrate::Request;

use crate::folder::{Folder, contents, example_book};

/// Concepts and the bytes of their plates, by chapter.
fn holds(project: &std::path::Path) -> BTreeMap<u32, (ChapterConcepts, Vec<Vec<u8>>)> {
    let store = Store::open(project, Options::default()).unwrap();
    let chapters = store.view(|manifest| manifest.chapters().clone()).unwrap();
    let mut found = BTreeMap::new();
    for (ChapterId(number), chapter) in chapters {
        let Some(record) = book::project::concepts(&store, ChapterId(number)).unwrap() else {
            continue;
        };
        let plates = record.concepts.iter().filter_map(|concept| chapter.plate(concept.index));
        let plates = plates.map(|plate| store.get(&plate.file).unwrap().unwrap()).collect();
        found.insert(number, (record, plates));
    }
    found
}

#[test]
fn a_project_written_for_an_old_reader_is_read_back_as_it_was() {
    let folder = Folder::of("era-e")
        .with_book()
        .picture("chapter_2_scene_1.png")
        .picture("chapter_5_scene_1.jpg");
    let project = folder.migrate().unwrap().project;
    let back = folder.path("back");
    assert!(migrate::back::write(&project, &back).unwrap());
    assert!(!migrate::back::write(&project, &back).unwrap());
    let again = Request { folder: back.clone(), book: Some(example_book()), ..Request::default() };
    let again = again.carry_out(&|_| Ok(())).unwrap();
    assert_eq!(holds(&again.project), holds(&project));
    let elements = |project: &std::path::Path| {
        let store = Store::open(project, Options::default()).unwrap();
        book::project::elements(&store).unwrap()
    };
    assert_eq!(elements(&again.project), elements(&project));
    let manifest = fs::read(back.join(".imaginize.manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["version"], "3.0.0");
    assert_eq!(manifest["chapters"]["1"]["status"], "analyzed");
    assert_eq!(manifest["chapters"]["4"]["status"], "illustration_complete");
}

#[test]
fn a_portrait_goes_there_and_back() {
    let folder = Folder::of("era-b").with_book().picture("element_margery.png");
    let project = folder.migrate().unwrap().project;
    let back = folder.path("back");
    assert!(migrate::back::write(&project, &back).unwrap());
    let again = Request { folder: back, book: Some(example_book()), ..Request::default() };
    let again = again.carry_out(&|_| Ok(())).unwrap();
    assert_eq!(again.report.portraits, 1, "{}", again.report);
    let portraits = |project: &std::path::Path| {
        let kept = contents(project).into_iter().filter(|(name, _)| name.ends_with(".png"));
        kept.filter(|(name, _)| !name.starts_with("backup/")).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(portraits(&again.project).len(), 2);
    assert_eq!(portraits(&again.project), portraits(&project));
}

#[test]
fn what_is_there_is_never_overwritten() {
    let folder = Folder::of("era-e").with_book().file("../back/mine.txt", "mine");
    let project = folder.migrate().unwrap().project;
    let before = contents(&folder.path("back"));
    assert!(migrate::back::write(&project, &folder.path("back")).is_err());
    assert_eq!(contents(&folder.path("back")), before);
}
