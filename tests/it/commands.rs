//! The commands beside `run`, on a finished project.

use std::fs;

use crate::support::Shelf;

fn finished() -> Shelf {
    let shelf = Shelf::new();
    shelf.book(4);
    let _ = shelf.run("tale.md", &[]).code(0);
    shelf
}

#[test]
fn status_says_how_far_it_is() {
    let shelf = finished();
    let text = shelf.woodcut(&["status"]).finish().code(0).out;
    assert!(text.contains("The Ferry") && text.contains("100.0 %"), "{text}");
    let json = shelf.woodcut(&["status", "tale.woodcut", "--json"]).finish().code(0).out;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["illustrate_complete"], true);
    assert_eq!(report["chapters"][3]["status"], "illustration_complete");
    assert_eq!(report["progress"]["percentage"], 100.0);
}

#[test]
fn asked_again_and_again_it_never_says_less() {
    let shelf = Shelf::new();
    shelf.book(60);
    let run = shelf.woodcut(&["run", "tale.md", "--size", "64x96"]);
    shelf.tale().wait_until(|manifest| manifest.chapters_listed);
    let mut said = vec![];
    for _ in 0..1000 {
        let status = shelf.woodcut(&["status", "tale.woodcut", "--json"]).finish().code(0).out;
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        if status["workers"].as_array().is_some_and(|workers| !workers.is_empty()) {
            said.push(status["progress"]["percentage"].as_f64().unwrap());
        }
        if status["illustrate_complete"] == true {
            break;
        }
    }
    let _ = run.finish().code(0);
    assert!(said.is_sorted() && said.first() < said.last(), "{said:?}");
}

#[test]
fn bind_makes_every_format() {
    let shelf = finished();
    let arguments = ["bind", "tale.woodcut", "--format", "epub,html,cbz,md"];
    let ended = shelf.woodcut(&arguments).finish().code(0);
    assert_eq!(ended.out.lines().count(), 4);
    assert!(ended.out.lines().all(|file| shelf.path(file).is_file()), "{}", ended.out);
}

#[test]
fn bound_up_to_a_chapter_nothing_tells_of_a_later_one() {
    let shelf = finished();
    let arguments = ["bind", "tale.woodcut", "--format", "md", "--up-to-chapter", "2"];
    let ended = shelf.woodcut(&arguments).finish().code(0);
    let md = fs::read_to_string(shelf.path(ended.out.trim_end())).unwrap();
    assert_eq!(md.matches("![").count(), 2, "{md}");
}

#[test]
fn what_is_bound_of_a_part_leaves_the_whole_alone() {
    let shelf = finished();
    let whole = fs::read(shelf.path("tale.woodcut/out/tale.epub")).unwrap();
    let arguments = ["bind", "tale.woodcut", "--up-to-chapter", "2"];
    let part = shelf.woodcut(&arguments).finish().code(0).out;
    assert_eq!(part.trim_end(), "tale.woodcut/out/tale-to-chapter-2.epub");
    assert!(fs::read(shelf.path("tale.woodcut/out/tale.epub")).unwrap() == whole);
}

#[test]
fn chapters_says_what_was_found_and_why() {
    let shelf = Shelf::new();
    shelf.book(3);
    let table = shelf.woodcut(&["chapters", "tale.md"]).finish().code(0).out;
    assert!(table.contains("Crossing 3"), "{table}");
    let json = shelf.woodcut(&["chapters", "tale.md", "--json"]).finish().code(0).out;
    let sections: serde_json::Value = serde_json::from_str(&json).unwrap();
    let stories = sections.as_array().unwrap().iter().filter(|s| s["chapter"].is_u64());
    assert_eq!(stories.count(), 3, "{json}");
}

#[test]
fn a_pattern_for_chapters_is_kept_and_cannot_be_changed() {
    let shelf = Shelf::new();
    shelf.book(3);
    let found = shelf.woodcut(&["chapters", "tale.md", "--headings", "[13]$"]).finish().code(0).out;
    assert!(found.contains("its heading matches"), "{found}");
    let _ = shelf.run("tale.md", &["--headings", "[13]$"]).code(0);
    shelf.tale().assert_done(2);
    let kept = shelf.woodcut(&["chapters", "tale.woodcut"]).finish().code(0).out;
    assert_eq!(kept, found);
    let again = shelf.run("tale.md", &[]).code(0);
    assert_eq!(again.lines_with("drew plate"), 0, "{}", again.err);
    let other = shelf.run("tale.md", &["--headings", "2$"]).code(1);
    assert!(other.err.contains("`[13]$`") && other.err.contains("`2$`"), "{}", other.err);
    assert!(shelf.run("tale.md", &["--headings", "("]).code(2).err.contains("regular expression"));
    let bound = shelf.woodcut(&["bind", "tale.woodcut", "--format", "md"]).finish().code(0).out;
    let md = fs::read_to_string(shelf.path(bound.trim_end())).unwrap();
    assert_eq!(md.matches("![").count(), 2, "{md}");
}

#[test]
fn only_the_chosen_chapters_are_done_until_more_are_chosen() {
    let shelf = Shelf::new();
    shelf.book(5);
    let _ = shelf.run("tale.md", &["--chapters", "2,4-"]).code(0);
    shelf.tale().assert_done(3);
    let _ = shelf.run("tale.woodcut", &[]).code(0);
    shelf.tale().assert_done(3);
    let again = shelf.run("tale.woodcut", &["--chapters", "1-5"]).code(0);
    assert_eq!(again.lines_with("drew plate"), 2, "{}", again.err);
    shelf.tale().assert_done(5);
}

#[test]
fn every_choice_about_the_elements_survives_the_next_run() {
    let shelf = finished();
    let names = || {
        let json = shelf.woodcut(&["elements", "tale.woodcut", "--json"]).finish().code(0).out;
        let elements: serde_json::Value = serde_json::from_str(&json).unwrap();
        let list = elements["elements"].as_array().unwrap().clone();
        list.iter().map(|e| e["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let bears = |name: &str| names().contains(&name.to_owned());
    let choose = |choice: &[&str]| {
        let arguments: Vec<&str> =
            ["elements", "tale.woodcut"].iter().chain(choice).copied().collect();
        let _ = shelf.woodcut(&arguments).finish().code(0);
    };
    let run_again = || {
        fs::remove_file(shelf.tale().0.join("elements.json")).unwrap();
        let _ = shelf.run("tale.woodcut", &[]).code(0);
    };
    assert!(bears("Ada Brook") && bears("Tom Hale") && !bears("Ada"), "{:?}", names());

    choose(&["--split", "Ada Brook"]);
    run_again();
    assert!(bears("Ada Brook") && bears("Ada"), "two now: {:?}", names());

    choose(&["--merge", "Tom Hale", "Ada"]);
    run_again();
    assert!(bears("Tom Hale") && !bears("Ada"), "another name of his: {:?}", names());

    choose(&["--rename", "Ada Brook", "The Ferrywoman"]);
    run_again();
    assert!(bears("The Ferrywoman") && !bears("Ada Brook") && !bears("Ada"), "{:?}", names());

    let twice = ["elements", "tale.woodcut", "--rename", "Nobody", "X"];
    assert!(shelf.woodcut(&twice).finish().code(1).err.contains("`Nobody`"));
}

#[test]
fn plates_are_listed_and_put_on_a_sheet() {
    let shelf = finished();
    let list = shelf.woodcut(&["plates", "tale.woodcut"]).finish().code(0).out;
    assert_eq!(list.lines().count(), 4);
    let _ = shelf.woodcut(&["plates", "tale.woodcut", "--sheet", "sheet.png"]).finish().code(0);
    assert!(fs::read(shelf.path("sheet.png")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn doctor_mends_what_is_damaged() {
    let shelf = finished();
    let (plates, manifest) = (shelf.tale().plates(), shelf.tale().0.join("manifest.json"));
    assert!(shelf.woodcut(&["doctor", "tale.woodcut"]).finish().code(0).out.contains("is sound"));
    for damage in [Some("{"), None] {
        match damage {
            Some(text) => fs::write(&manifest, text).unwrap(),
            None => fs::remove_file(&manifest).unwrap(),
        }
        let _ = shelf.run("tale.md", &[]).code(1);
        let found = shelf.woodcut(&["doctor", "tale.woodcut"]).finish().code(3);
        assert!(found.out.contains("--repair"), "{}", found.out);
        let _ = shelf.woodcut(&["doctor", "tale.woodcut", "--repair"]).finish().code(0);
        let again = shelf.run("tale.md", &[]).code(0);
        assert_eq!(again.lines_with("drew plate"), 0, "{}", again.err);
        assert_eq!(shelf.tale().plates(), plates);
    }
}

#[test]
fn doctor_begins_anew_from_the_book_and_the_plates_when_every_manifest_is_lost() {
    let shelf = finished();
    let plates = shelf.tale().plates();
    for name in ["manifest.json", "manifest.json.prev", "manifest.journal", "manifest.journal.prev"]
    {
        fs::write(shelf.tale().0.join(name), "garbage").unwrap();
    }
    let arguments = ["doctor", "tale.woodcut", "--repair", "--book", "tale.md"];
    let _ = shelf.woodcut(&arguments).finish().code(0);
    let again = shelf.run("tale.md", &[]).code(0);
    assert_eq!(again.lines_with("drew plate"), 0, "{}", again.err);
    assert_eq!(shelf.tale().plates(), plates);
    shelf.tale().assert_done(4);
}
