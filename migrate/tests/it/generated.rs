//! Generated state files: nothing panics, nothing is lost, the second time nothing changes.

use migrate::Made;
use migrate::report::Report;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::folder::Folder;

fn words() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z’,. ]{0,24}", ".{0,12}"]
}

fn scene() -> impl Strategy<Value = Value> {
    let url = prop_oneof![
        Just(None),
        words().prop_map(Some),
        (1u32..6, 1u32..4).prop_map(|(n, k)| Some(format!("./chapter_{n}_scene_{k}.png")))
    ];
    (words(), words(), words(), url, 0u32..8).prop_map(|(quote, description, mood, url, own)| {
        json!({"quote": quote, "description": description, "mood": mood, "imageUrl": url, "chapterNumber": own, "elements_present": null})
    })
}

fn element() -> impl Strategy<Value = Value> {
    (words(), words(), vec(words(), 0..3), vec(words(), 0..3)).prop_map(|(name, description, quotes, aliases)| {
        let quotes: Vec<Value> = quotes.into_iter().map(|text| json!({"text": text, "page": "3"})).collect();
        json!({"type": "place", "name": name, "description": description, "quotes": quotes, "aliases": aliases})
    })
}

fn state() -> impl Strategy<Value = Value> {
    let chapter = (vec(scene(), 0..4), vec(element(), 0..2), any::<bool>()).prop_map(|(scenes, elements, done)| {
        json!({"status": if done { "completed" } else { "failed" }, "sceneConcepts": scenes, "elements": elements, "concepts": 2})
    });
    let contents = vec((1u32..8, words()), 0..6);
    (btree_map((1u32..8).prop_map(|n| n.to_string()), chapter, 0..5), contents, vec(element(), 0..4), words())
        .prop_map(|(analyze, contents, elements, title)| {
            let contents: Vec<Value> = contents.into_iter().map(|(number, title)| json!({"number": number, "title": title})).collect();
            json!({"version": "2.0.0", "bookTitle": title, "phases": {"analyze": {"chapters": analyze}}, "toc": {"chapters": contents}, "elements": elements})
        })
}

fn listed(report: &Report, text: &str) -> bool {
    let quoted = format!("{text:?}");
    report
        .repaired
        .iter()
        .chain(&report.unplaced)
        .any(|line| line.contains(text) || line.contains(&quoted))
}

/// Every text that must be somewhere afterwards.
fn texts(state: &Value) -> (Vec<String>, Vec<String>) {
    let (mut scenes, mut elements) = (Vec::new(), Vec::new());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let chapters = state["phases"]["analyze"]["chapters"].as_object().unwrap();
    let mut all = state["elements"].as_array().unwrap().clone();
    for chapter in chapters.values() {
        for scene in chapter["sceneConcepts"].as_array().unwrap() {
            scenes.extend([text(&scene["quote"]), text(&scene["description"])]);
        }
        all.extend(chapter["elements"].as_array().unwrap().iter().cloned());
    }
    for element in all.iter().filter(|element| !text(&element["name"]).trim().is_empty()) {
        elements.push(text(&element["name"]).trim().to_owned());
        elements
            .extend(element["quotes"].as_array().unwrap().iter().map(|quote| text(&quote["text"])));
        elements.extend(element["aliases"].as_array().unwrap().iter().map(text));
    }
    (scenes, elements)
}

/// What two copies of a text may differ in: anything but letters and digits.
fn letters(text: &str) -> String {
    migrate::fold(text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn everything_is_kept_or_listed_and_the_second_time_changes_nothing(state in state()) {
        let folder = Folder::empty()
            .file(".imaginize.state.json", state.to_string())
            .picture("chapter_1_scene_1.png")
            .picture("chapter_3_scene_2.png");
        let migrated = folder.migrate().unwrap();
        prop_assert_eq!(migrated.made, Made::New);
        let store = manifest::Store::open(&migrated.project, manifest::Options::default()).unwrap();
        let mut concepts = Vec::new();
        for number in 1..8 {
            let record = book::project::concepts(&store, manifest::ChapterId(number)).unwrap();
            for concept in record.into_iter().flat_map(|record| record.concepts) {
                concepts.extend([letters(&concept.quote), letters(&concept.description)]);
            }
        }
        let elements = serde_json::to_value(book::project::elements(&store).unwrap()).unwrap();
        let mut known = Vec::new();
        for element in elements["elements"].as_array().unwrap() {
            known.push(element["name"].as_str().unwrap().to_owned());
            known.extend(element["aliases"].as_array().unwrap().iter().map(|a| a.as_str().unwrap().to_owned()));
            known.extend(element["quotes"].as_array().unwrap().iter().map(|q| q["text"].as_str().unwrap().to_owned()));
        }
        let (scene_texts, element_texts) = texts(&state);
        for text in scene_texts {
            let kept = concepts.contains(&letters(&text)) || listed(&migrated.report, &text);
            prop_assert!(kept, "{text:?} is gone: {}", migrated.report);
        }
        for text in element_texts.iter().filter(|text| !text.trim().is_empty()) {
            prop_assert!(known.contains(text), "{text:?} is gone: {known:?}");
        }
        for picture in ["chapter_1_scene_1.png", "chapter_3_scene_2.png"] {
            let plates = serde_json::to_string(&migrated.report.unplaced).unwrap();
            let drawn = folder.contents().iter().any(|(name, bytes)| {
                name.contains("/plates/") && name.ends_with(".json") && String::from_utf8_lossy(bytes).contains(picture)
            });
            prop_assert!(drawn != plates.contains(picture), "{picture}: {}", migrated.report);
        }
        let before = folder.contents();
        prop_assert_eq!(folder.migrate().unwrap().made, Made::Before);
        prop_assert_eq!(folder.contents(), before);
    }

    #[test]
    fn no_file_makes_it_panic(bytes in vec(any::<u8>(), 0..200), name in 0usize..5) {
        let names = [".imaginize.state.json", ".imaginize.manifest.json", "Chapters.md", "Elements.md", "training_progress.json"];
        let prefix = ["{\"phases\":", "{\"elements_md_status\":", "# Chapters - ", "# Elements - ", "{'chunks':"][name];
        for bytes in [bytes.clone(), [prefix.as_bytes(), &bytes].concat()] {
            let folder = Folder::empty().file(names[name], bytes);
            let mut request = folder.request();
            request.dry_run = true;
            let _ = request.carry_out(&|_| Ok(()));
        }
    }
}
