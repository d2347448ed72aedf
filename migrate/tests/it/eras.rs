//! Every kind of folder that was ever written.

use std::fs;

use book::likeness::{self, Kind};
use book::project;
use manifest::{ElementsState, Options, Status, Store};
use migrate::Made;

use crate::folder::{Folder, chapter, contents, says};

#[test]
fn era_a_has_its_scenes_from_the_document_and_its_pictures_by_number() {
    let folder = Folder::of("era-a").with_book().picture("chapter_2_scene_2.png");
    let migrated = folder.migrate().unwrap();
    let lost = ["Margery", "element_margery.png is not there"];
    assert!(says(&migrated.report.repaired, &lost), "{}", migrated.report);
    let project = folder.project();
    assert_eq!(chapter(&project, 1), (Status::Analyzed, 2, 1));
    assert_eq!(chapter(&project, 2), (Status::Analyzed, 1, 0));
    assert_eq!(chapter(&project, 4), (Status::Pending, 0, 0));
    let repaired = &migrated.report.repaired;
    assert!(says(repaired, &["chapter 5", "no scene of it is there"]), "{repaired:?}");
    assert!(says(repaired, &["chapter 2", "1 of 2 pictures"]), "{repaired:?}");
    assert!(says(repaired, &["chapter 4", "429 rate limited"]), "{repaired:?}");
    assert_eq!(migrated.report.read[".illustrate.state.json"], "state file of era A");
}

#[test]
fn era_b_has_a_picture_filed_under_another_chapter() {
    let folder = Folder::of("era-b")
        .with_book()
        .picture("chapter_3_scene_1.png")
        .picture("chapter_4_whoever_is_lost_scene_1.png");
    let migrated = folder.migrate().unwrap();
    assert_eq!(migrated.report.read[".imaginize.state.json"], "state file of era B");
    assert_eq!(chapter(&folder.project(), 1), (Status::Analyzed, 2, 0));
    assert_eq!(chapter(&folder.project(), 2), (Status::Illustrated, 1, 1));
    assert_eq!(chapter(&folder.project(), 3), (Status::Illustrated, 1, 1));
    let repaired = &migrated.report.repaired;
    assert!(says(repaired, &["chapter_3_scene_1.png", "filed under chapter 2"]), "{repaired:?}");
}

#[test]
fn a_picture_of_an_element_is_its_portrait_and_its_sheet() {
    let folder = Folder::of("era-b").with_book().picture("element_margery.png");
    let report = folder.migrate().unwrap().report;
    assert_eq!((report.portraits, report.pictures), (1, 1), "{report}");
    assert!(report.to_string().contains("1 of 1 pictures (0 plates, 1 portraits)"), "{report}");
    assert!(report.unplaced.is_empty(), "{report}");
    let project = folder.project();
    let store = Store::open(&project, Options::default()).unwrap();
    let old = fs::read(folder.old().join("element_margery.png")).unwrap();
    for kind in [Kind::Portrait, Kind::Sheet] {
        let record = likeness::read(&store, kind, "Margery").unwrap().unwrap();
        assert!(record.given && record.chapter > 0, "{record:?}");
        assert_eq!(store.get(&record.file.unwrap()).unwrap().unwrap(), old);
    }
    let view = fs::read_to_string(project.join("Elements.md")).unwrap();
    assert!(view.contains("![Margery](./portraits/margery-"), "{view}");
}

#[test]
fn a_broken_or_twice_claimed_picture_of_an_element_is_named() {
    let element = |name: &str, picture: &str| serde_json::json!({"type": "character", "name": name, "imageUrl": picture});
    let state = serde_json::json!({
        "version": "2.0.0", "bookTitle": "T",
        "phases": {"analyze": {"chapters": {
            "1": {"sceneConcepts": [{"quote": "a", "description": "one", "imageUrl": "./chapter_1_scene_1.png"}]},
        }}},
        "elements": [
            element("Ada", "./portrait.png"), element("Bea", "./portrait.png"),
            element("Cid", "./chapter_1_scene_1.png"), element("Dot", "./broken.png"),
        ],
    });
    let folder = Folder::empty()
        .file(".imaginize.state.json", state.to_string())
        .file("broken.png", "no picture")
        .picture("portrait.png")
        .picture("chapter_1_scene_1.png");
    let report = folder.migrate().unwrap().report;
    assert_eq!((report.plates, report.portraits), (1, 1), "{report}");
    for lines in [["Bea", "portrait.png shows"], ["Cid", "chapter_1_scene_1.png shows"]] {
        assert!(says(&report.repaired, &lines), "{report}");
    }
    assert!(says(&report.unplaced, &["broken.png", "does not open"]), "{report}");
}

#[test]
fn era_c_joins_its_elements_with_those_of_the_document() {
    let folder = Folder::of("era-c").with_book().picture("chapter_2_scene_1.png");
    let migrated = folder.migrate().unwrap();
    assert_eq!(migrated.report.read[".imaginize.state.json"], "state file of era C");
    let store = Store::open(&folder.project(), Options::default()).unwrap();
    let elements = project::elements(&store).unwrap().elements;
    let names: Vec<&str> = elements.iter().map(|element| element.name.as_str()).collect();
    for name in ["Ibby Rudd", "Barnacle", "Margery", "Mr Lovage", "Orsley Wood"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let ibby = elements.iter().find(|element| element.name == "Ibby Rudd").unwrap();
    assert!(ibby.mentions > 20 && ibby.chapters.contains(&1), "{ibby:?}");
    assert_eq!(ibby.quotes[0].chapter, 1);
}

#[test]
fn era_d_matches_gapped_numbers_to_the_book_and_places_every_quote() {
    let folder = Folder::of("era-d")
        .with_book()
        .picture("chapter_2_scene_1.png")
        .picture("chapter_2_scene_2.png")
        .picture("chapter_4_scene_1.webp")
        .picture("chapter_5_scene_1.png");
    let migrated = folder.migrate().unwrap();
    let report = &migrated.report;
    assert_eq!(report.read[".imaginize.state.json"], "state file of era D");
    let numbers: Vec<_> =
        report.chapters.iter().filter_map(|line| Some((line.was?, line.number))).collect();
    let expected =
        [(2, Some(1)), (3, Some(2)), (4, Some(3)), (5, Some(4)), (9, Some(7)), (1, None)];
    assert_eq!(numbers, expected);
    assert_eq!(chapter(&folder.project(), 1), (Status::Illustrated, 2, 2));
    // A scene that names a PNG is shown by the WebP that has its number.
    assert_eq!(chapter(&folder.project(), 3), (Status::Illustrated, 1, 1));
    assert_eq!(chapter(&folder.project(), 7).0, Status::Pending);
    let store = Store::open(&folder.project(), Options::default()).unwrap();
    let book = book::read(&crate::folder::example_book()).unwrap();
    for number in 1..=4 {
        let record = project::concepts(&store, manifest::ChapterId(number)).unwrap().unwrap();
        let text = &book.chapters[number as usize - 1].text;
        for concept in record.concepts {
            assert!(text[concept.offset..].starts_with(&concept.quote), "{concept:?}");
            assert!(!concept.unverified);
        }
    }
}

#[test]
fn era_e_keeps_style_registry_and_series_and_does_not_believe_its_manifest() {
    let folder = Folder::of("era-e").with_book().picture("chapter_2_scene_1.png");
    let before = folder.contents();
    let migrated = folder.migrate().unwrap();
    let project = folder.project();
    assert_eq!(migrated.report.read[".imaginize.state.json"], "state file of era E");
    assert_eq!(chapter(&project, 1), (Status::Analyzed, 2, 1));
    assert_eq!(chapter(&project, 2), (Status::Analyzed, 1, 0));
    let store = Store::open(&project, Options::default()).unwrap();
    let (complete, elements) =
        store.view(|m| (m.illustrate_complete(), m.elements.clone())).unwrap();
    assert!(!complete);
    assert_eq!(elements, ElementsState::Complete { count: 4 });
    let lovage = project::elements(&store).unwrap().elements;
    let lovage = lovage.iter().find(|element| element.name == "Mr Lovage").unwrap();
    assert_eq!(lovage.description, "clothing: bitten hat, black coat; hair: white");
    let style: book::style::StyleGuide =
        project::read(&store, book::style::STYLE).unwrap().unwrap();
    assert_eq!(
        style.manner(),
        "Ink and wash. Lighting: diffuse. Mood: wry. Composition: low horizon. Palette: slate, ochre."
    );
    // The same scenes stand in the state file and in the document: each is kept once.
    assert_eq!(migrated.report.concepts, 5);
    // Everything that was read has a copy, and nothing that was there has changed.
    for (name, bytes) in &before {
        assert_eq!(&fs::read(project.join("backup").join(name)).unwrap(), bytes, "{name}");
        assert_eq!(&fs::read(folder.old().join(name)).unwrap(), bytes, "{name}");
    }
}

#[test]
fn a_manifest_alone_proves_nothing() {
    let folder = Folder::of("manifest");
    let migrated = folder.migrate().unwrap();
    assert_eq!((migrated.report.concepts, migrated.report.plates), (0, 0));
    assert_eq!(migrated.book, None);
    for number in [2, 3, 4, 5, 9] {
        assert_eq!(chapter(&migrated.project, number), (Status::Pending, 0, 0));
    }
}

#[test]
fn a_progress_file_makes_chapters_of_its_chunks() {
    let folder = Folder::of("progress")
        .picture("in/lamp one.png")
        .picture("in/quay.png")
        .picture("in/mole.png");
    let migrated = folder.migrate().unwrap();
    let project = &migrated.project;
    // Two names share one key, and the picture of one of them is not there.
    assert_eq!(chapter(project, 1), (Status::Analyzed, 2, 1));
    // One was interrupted and is made again, whatever is in its file.
    assert_eq!(chapter(project, 2), (Status::Analyzed, 2, 1));
    let report = &migrated.report;
    assert!(says(&report.repaired, &["lamp_one_png", "several pictures"]), "{report}");
    assert!(says(&report.unplaced, &["in/quay.png", "interrupted"]), "{report}");
    assert!(says(&report.unplaced, &["lost_png"]), "{report}");
}

#[test]
fn a_progress_file_with_single_quotes_is_read() {
    let folder =
        Folder::of("progress-quoted").picture("in/lamp one.png").picture("in/the keeper's hat.png");
    let migrated = folder.migrate().unwrap();
    assert_eq!(chapter(&migrated.project, 1), (Status::Illustrated, 1, 1));
    assert_eq!(chapter(&migrated.project, 2), (Status::Analyzed, 1, 0));
}

#[test]
fn the_second_time_nothing_changes() {
    let folder = Folder::of("era-e").with_book().picture("chapter_2_scene_1.png");
    assert_eq!(folder.migrate().unwrap().made, Made::New);
    let before = folder.contents();
    assert_eq!(folder.migrate().unwrap().made, Made::Before);
    assert_eq!(folder.contents(), before);
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = Folder::of("era-e").with_book().picture("chapter_2_scene_1.png");
    let before = contents(&folder.path(""));
    let mut request = folder.request();
    request.dry_run = true;
    let would = request.carry_out(&|_| Ok(())).unwrap();
    assert_eq!((would.made, would.project.exists()), (Made::Nothing, false));
    assert_eq!(contents(&folder.path("")), before);
    assert_eq!(folder.migrate().unwrap().report, would.report);
}

#[test]
fn old_files_that_changed_since_are_not_mixed_with_the_project_of_before() {
    let folder = Folder::of("era-c").with_book();
    folder.migrate().unwrap();
    let folder = folder.picture("chapter_2_scene_1.png");
    let before = folder.contents();
    let error = folder.migrate().unwrap_err().to_string();
    assert!(error.contains("choose another folder with `-o`"), "{error}");
    assert_eq!(folder.contents(), before);
}

#[test]
fn two_chapters_of_one_title_whose_pictures_were_confused_are_named() {
    let state = serde_json::json!({
        "version": "2.0.0", "bookTitle": "T",
        "phases": {"analyze": {"chapters": {
            "3": {"sceneConcepts": [{"quote": "a", "description": "one", "imageUrl": "./chapter_3_scene_1.png"}]},
            "8": {"sceneConcepts": [{"quote": "b", "description": "two", "imageUrl": "./chapter_3_scene_1.png"}]},
        }}},
        "toc": {"chapters": [{"number": 3, "title": "Interlude"}, {"number": 8, "title": "Interlude"}]},
    });
    let folder = Folder::empty()
        .file(".imaginize.state.json", state.to_string())
        .picture("chapter_3_scene_1.png");
    let migrated = folder.migrate().unwrap();
    let repaired = &migrated.report.repaired;
    assert!(says(repaired, &["claimed by the scenes 3:1, 8:1: 3:1 has it"]), "{repaired:?}");
    assert_eq!(chapter(&migrated.project, 3).0, Status::Illustrated);
    assert_eq!(chapter(&migrated.project, 8).0, Status::Analyzed);
}

#[test]
fn what_the_book_has_not_is_named_and_its_file_kept() {
    let folder = Folder::of("era-d").with_book().file(
        "Chapters.md",
        "# Chapters - T\n### Chapter 20: Of Whales\n#### Scene 1\n**Source Text:**\n> A whale sang under the ice all winter long.\n",
    );
    let migrated = folder.migrate().unwrap();
    let unplaced = &migrated.report.unplaced;
    assert!(says(unplaced, &["chapter 20", "A whale sang"]), "{unplaced:?}");
    assert!(folder.project().join("backup/Chapters.md").is_file());
}
