use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;

use super::*;

fn names(text: &str) -> Vec<&'static str> {
    find_in(text).iter().map(|found| found.motif.name).collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(names(text), expected, "{text}");
}

#[test]
fn every_file_is_in_the_list_and_every_name_in_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("motifs");
    let mut on_disk = BTreeSet::new();
    for kind in std::fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for file in std::fs::read_dir(kind.path()).unwrap().flatten() {
            let stem = file.path().file_stem().unwrap().to_string_lossy().into_owned();
            on_disk.insert((kind.file_name().to_string_lossy().into_owned(), stem));
        }
    }
    let listed: BTreeSet<_> = files::FILES
        .iter()
        .map(|(name, kind, _)| (format!("{kind:?}").to_lowercase(), (*name).to_owned()))
        .collect();
    assert_eq!(listed, on_disk);
    let tabled: BTreeSet<_> = table().motif.into_keys().collect();
    let listed: BTreeSet<_> = listed.into_iter().map(|(_, name)| name).collect();
    assert_eq!(listed, tabled);
}

#[test]
fn every_motif_is_drawn_and_stands_on_the_ground() {
    for motif in all() {
        let bounds = motif.drawing().bounds();
        assert!(
            motif.drawing().shapes.len() > 1 || motif.kind == Kind::Sky,
            "{} is bare",
            motif.name
        );
        assert!(bounds.bottom().abs() < 1e-3 * motif.height_m, "{} floats", motif.name);
        let middle = (bounds.left() + bounds.right()) / 2.0;
        assert!(middle.abs() < 1e-3 * motif.height_m, "{} is off centre", motif.name);
        assert!((bounds.height() / motif.height_m - 1.0).abs() < 1e-3, "{}", motif.name);
        let shape = bounds.width() / bounds.height();
        assert!((0.02..8.0).contains(&shape), "{} is {shape} wide", motif.name);
    }
}

#[test]
fn every_shape_of_every_file_has_an_ink() {
    for (name, _, source) in files::FILES {
        let drawn = svg::read(source).unwrap().shapes.len();
        let written = ["<path", "<circle", "<ellipse", "<rect"]
            .iter()
            .map(|tag| source.matches(tag).count())
            .sum::<usize>();
        assert_eq!(drawn, written, "{name}");
    }
}

#[test]
fn no_phrase_means_two_things() {
    let table = table();
    let mut meanings = BTreeMap::new();
    let never = table.never.iter().map(|phrase| (phrase, "nothing"));
    let motifs = table.motif.iter().flat_map(|(name, entry)| {
        entry.words.iter().chain(&entry.nouns).map(move |phrase| (phrase, name.as_str()))
    });
    for (phrase, meaning) in never.chain(motifs) {
        let other = meanings.insert(phrase.clone(), meaning);
        assert_eq!(other, None, "{phrase} is {meaning} and also {other:?}");
    }
}

#[test]
fn every_phrase_is_found_again() {
    for (name, entry) in table().motif {
        assert!(!entry.words.is_empty() || !entry.nouns.is_empty(), "{name} has no words");
        for phrase in entry.words.iter().chain(&entry.nouns) {
            check(&format!("There was the {phrase}."), &[&name]);
        }
    }
}

#[test]
fn phrases_that_mean_something_else_find_nothing() {
    for phrase in table().never {
        check(&format!("there was the {phrase}"), &[]);
    }
}

#[test]
fn kinds_and_synonyms() {
    check("a schooner and a spaniel", &["sailing-ship", "dog"]);
    check("the sperm whale", &["whale"]);
    check("She sat in the rocking-chair by the hearth.", &["rocking-chair", "fireplace"]);
    check("an old oak-tree and a writing-table", &["oak", "desk"]);
    check("Two mice, three geese and the wolves", &["mouse", "goose", "wolf"]);
}

#[test]
fn there_is_enough_of_every_kind() {
    let of = |kinds: &[Kind]| all().filter(|motif| kinds.contains(&motif.kind)).count();
    assert!(of(&[Kind::Creature]) >= 25);
    assert!(of(&[Kind::Building]) >= 30 && of(&[Kind::Building, Kind::Furniture]) >= 50);
    assert!(of(&[Kind::Plant]) >= 15);
    assert!(of(&[Kind::Vehicle]) >= 12);
    assert!(of(&[Kind::Thing]) >= 50);
}

#[test]
fn what_stories_are_full_of_is_found() {
    for thing in
        ["lamp", "book", "letter", "key", "sword", "clock", "cup", "mirror", "crown", "candle"]
    {
        assert!(!names(&format!("There was a {thing}.")).is_empty(), "{thing}");
    }
    check("a steamer, a barouche and a locomotive", &["steamship", "carriage", "train"]);
    check("a mastiff and a kitten beside the mare", &["dog", "cat", "horse"]);
    check("There was a quaternion and an idea.", &[]);
}

#[test]
fn counts() {
    let count = |text: &str| find_in(text)[0].count;
    assert_eq!(count("a horse"), 1);
    assert_eq!(count("horses"), grammar::SEVERAL);
    assert_eq!(count("five black horses"), 5);
    assert_eq!(count("a flock of sheep"), 1);
    assert_eq!(count("many candles"), 8);
}

#[test]
fn names_verbs_and_comparisons_are_left_out() {
    check("Bill and Rose went with Mr. Wolf.", &[]);
    check("He rose, and bear in mind that she could not duck.", &[]);
    check("The sun rose.", &["sun"]);
    check("brave as a lion, quick like a cat, no dog, without a lantern", &[]);
    check("He felt well, as well as ever.", &[]);
    check("The crane lifted the bill.", &[]);
}

#[test]
fn words_that_only_look_like_plurals_are_left_out() {
    check("roaring fires at Barnes, which does well; hats that rose high", &["hat"]);
}

#[test]
fn creatures_by_title_are_found() {
    check("\"Oh dear!\" said the White Rabbit to the Cowardly Lion.", &["rabbit", "lion"]);
}

#[test]
fn offsets_are_those_of_the_words() {
    let text = "Überall the “looking-glass” shone";
    let found = find_in(text)[0];
    assert_eq!(&text[found.at..found.at + found.len], "looking-glass");
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        for found in find_in(&text) {
            prop_assert!(text.get(found.at..found.at + found.len).is_some());
        }
    }

    #[test]
    fn any_words_are_read(words in prop::collection::vec("(the|a|no|like|horse|ships|Rose|well|-|'|’|two|\\. )", 0..30)) {
        find_in(&words.join(" "));
    }
}
