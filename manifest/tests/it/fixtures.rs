//! Files of earlier versions are read for ever, and mean what they meant.

use std::collections::{BTreeMap, BTreeSet};

use manifest::ledger::{Amount, Charge, Work};
use manifest::pace::{Paces, Sample};
use manifest::{
    Binding, Chapter, ChapterId, ChapterState, Control, ElementsState, Event, Manifest, Outcome,
    Serial, Status, Step, StoreError, Token, journal,
};
use serde_json::Value;

use crate::acts;
use crate::project::{Acts, Project};

/// The project of a fixture, in a folder of its own.
fn fixture(folder: &str, names: &[&str]) -> Project {
    let project = Project::none();
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    for name in names {
        project.write(name, std::fs::read(from.join(name)).unwrap());
    }
    project
}

fn ours(folder: &str) -> Project {
    fixture(&format!("3.1.0/{folder}"), &["manifest.json", "manifest.journal"])
}

fn chapter(manifest: &Manifest, number: u32) -> &Chapter {
    &manifest.chapters()[&ChapterId(number)]
}

#[test]
fn a_journal_and_its_fold_are_read_alike() {
    let [replayed, folded] = ["replayed", "folded"].map(|folder| ours(folder).open().state());
    // What the journal tells of the pace of the work was not kept yet when that was folded.
    let timeless = |mut state: Manifest| {
        state.paces = Paces::default();
        let text = manifest::format::print(&state).unwrap();
        let mut value: Value = serde_json::from_str(&text).unwrap();
        value.as_object_mut().unwrap().remove("checksum");
        for chapter in value["chapters"].as_object_mut().unwrap().values_mut() {
            chapter.as_object_mut().unwrap().remove("drawn_at");
        }
        value
    };
    assert_eq!(timeless(replayed), timeless(folded));
}

#[test]
fn the_whole_state_means_what_it_meant() {
    let state = ours("replayed").open().state();
    assert_eq!((state.serial, state.lineage.as_str()), (Serial(64), "e840cd9802d3b2d3"));
    assert_eq!(state.source.title, "The Bell — «Glocke»");
    assert_eq!(state.elements, ElementsState::Complete { count: 12 });
    assert!(state.chapters_listed && !state.analyze_complete());
    assert_eq!(state.possible_duplicate_calls, 1);
    let claims: Vec<_> =
        state.claims().map(|(unit, claim)| (unit, claim.worker.to_string(), claim.token)).collect();
    let claim = |n, worker: &str, token| (Some(ChapterId(n)), worker.to_owned(), Token(token));
    assert_eq!(
        claims,
        [claim(8, "00000000000000a3", 64), claim(2, "00000000000000b2", 38)],
        "who works on what"
    );
    let status: Vec<_> = state.chapters().values().map(|c| c.state.status()).collect();
    use Status as S;
    assert_eq!(
        status,
        [
            S::Illustrated,
            S::Illustrating,
            S::Failed,
            S::Failed,
            S::Skipped,
            S::Pending,
            S::Analyzed,
            S::Analyzing,
            S::Pending
        ]
    );
}

#[test]
fn the_chapters_mean_what_they_meant() {
    let state = ours("replayed").open().state();
    let [first, second] = [1, 2].map(|n| chapter(&state, n));
    assert_eq!(first.title, "1. \"Of the ford\" \\ \u{1F514}\n<b>");
    assert_eq!((first.words, first.concepts), (1001, Some(2)));
    let drawn = Outcome::Drawn(acts::plate(ChapterId(1), 1));
    let blocked = Outcome::Blocked("refused".to_owned());
    assert_eq!(first.outcomes, BTreeMap::from([(1, drawn), (2, blocked)]));
    let time = first.illustrated_at.unwrap().to_rfc3339();
    assert_eq!(time, "2026-03-01T08:03:09.125+00:00");
    assert_eq!(second.intents, BTreeMap::from([(2, "k2-2".to_owned())]));
    assert_eq!((second.attempts, second.missing_concepts()), (1, vec![2, 3]));
    let failure = |n| match &chapter(&state, n).state {
        ChapterState::Failed(Step::Analysis, failure) => {
            (failure.message.clone(), failure.retry_at.is_some())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(failure(3), ("too long".to_owned(), false));
    assert_eq!(failure(4), ("busy again".to_owned(), true));
    assert_eq!(chapter(&state, 4).attempts, 2);
    let reason = "front matter".to_owned();
    assert_eq!(chapter(&state, 5).state, ChapterState::Skipped { reason });
    let lost = chapter(&state, 7);
    assert!(lost.outcomes.is_empty() && lost.illustrated_at.is_none());
    assert_eq!(chapter(&state, 8).concepts, None);
}

#[test]
fn the_account_means_what_it_meant() {
    let ledger = ours("replayed").open().state().ledger;
    let total = ledger.total();
    assert_eq!((total.calls, total.uncertain, total.unpriced), (2, 1, 0));
    assert_eq!((total.tokens, total.pictures, total.micros), (3100, 1, 56_500));
    assert_eq!(ledger.spent[&Work::Text]["openai gpt-5"].micros, 16_500);
    let open = &ledger.open[&Serial(19)];
    let most = Amount { tokens: 900, pictures: 0, micros: Some(5_000) };
    assert_eq!((open.work, open.most), (Work::Text, most));
    assert_eq!((open.engine.as_str(), ledger.reserved()), ("openai gpt-5", 5_000));
    let calls = ledger.recent.iter().map(|second| (second.work, second.calls, second.tokens));
    let image = (Work::Image, 1, 0);
    assert_eq!(
        calls.collect::<Vec<_>>(),
        [(Work::Text, 1, 3100), image, image, (Work::Text, 1, 900)]
    );
    let quiet = ledger.quiet_until[&Work::Image].to_rfc3339();
    assert_eq!(quiet, "2026-03-01T08:02:40.125+00:00");
    assert!(!ledger.quiet_until.contains_key(&Work::Text));
}

#[test]
fn what_a_person_asked_for_means_what_it_meant() {
    let state = ours("asked").open().state();
    let Control::Cancelled { since } = state.control else { panic!("{:?}", state.control) };
    assert_eq!(
        (state.serial, since.to_rfc3339().as_str()),
        (Serial(3), "2026-03-01T08:00:11.125+00:00")
    );
    assert!(ours("replayed").open().state().control.is_going());
    let bound = ours("bound").open().state();
    assert!(matches!(bound.binding, Binding::Bound { .. }), "{:?}", bound.binding);
    assert_eq!(bound.paces.binding.recent, [Sample(1250, 1, 1, None)]);
}

#[test]
fn what_was_drawn_and_what_was_lost_means_what_it_meant() {
    let state = ours("drawn").open().state();
    assert_eq!(state.paces.illustration.recent, [Sample(2000, 1, 1, None)]);
    assert_eq!(chapter(&state, 1).missing_concepts(), [2]);
    // The call for the second plate ended and brought none: only those are lost that are said to be.
    assert_eq!(state.possible_duplicate_calls, 2);
}

#[test]
fn the_work_goes_on_where_an_earlier_version_left_it() {
    for folder in ["replayed", "folded"] {
        let project = ours(folder);
        let store = project.open();
        let settled = manifest::CallEvent::Settled {
            permit: Serial(19),
            charge: Charge::Yes,
            used: Amount { tokens: 800, pictures: 0, micros: Some(4_000) },
        };
        let token = Token(38);
        let plate = acts::plate(ChapterId(2), 2);
        let recorded =
            manifest::ChapterEvent::PlateRecorded { token, concept: 2, plate, millis: 0 };
        store.apply([Event::Call { change: settled }, acts::of(2, recorded)]);
        store.fold().unwrap();
        let state = project.open().state();
        assert_eq!((state.serial, state.ledger.total().micros), (Serial(66), 60_500));
        assert_eq!(chapter(&state, 2).missing_concepts(), [3]);
    }
}

/// A new event needs a new fixture; an old one is printed as it was.
#[test]
fn every_event_is_in_the_fixture_and_is_printed_as_it_was() {
    let name = |entry: &journal::Entry| {
        let event = serde_json::to_value(&entry.event).unwrap();
        let word = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
        format!("{} {}", word("type"), word("change")).trim().to_owned()
    };
    let mut names = BTreeSet::new();
    for folder in ["replayed", "asked", "bound", "drawn"] {
        let bytes = ours(folder).read("manifest.journal");
        let (_, header) = journal::header(&bytes).unwrap();
        let tail = journal::tail(&bytes[header..], Serial(0)).unwrap();
        let printed: String =
            tail.entries.iter().map(|entry| journal::line(entry).unwrap()).collect();
        assert_eq!(printed.as_bytes(), &bytes[header..]);
        names.extend(tail.entries.iter().map(name));
    }
    let source = include_str!("../../src/event.rs");
    let kinds = source.lines().filter(|line| is_a_variant_of_an_event(source, line)).count();
    // `Chapter` and `Call` hold the events of their kind and are none themselves.
    assert_eq!(names.len(), kinds - 2, "{names:?}");
}

/// Whether a line of `event.rs` begins a variant: all of its enums but `Cause` are events.
fn is_a_variant_of_an_event(source: &str, line: &str) -> bool {
    let name = line.strip_prefix("    ").and_then(|line| line.strip_suffix([',', '{']));
    let name = name.map(str::trim_end).unwrap_or_default();
    let cause = &source[source.find("pub enum Cause").unwrap()..];
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && !cause.contains(&format!("    {name},\n"))
}

#[test]
fn the_manifest_of_another_program_is_left_alone() {
    let project = fixture("3.0.0", &["manifest.json"]);
    let before = project.read("manifest.json");
    for refused in [project.try_open(), project.create()] {
        assert!(matches!(refused, Err(StoreError::Foreign { .. })), "{refused:?}");
    }
    assert_eq!(project.read("manifest.json"), before);
}

/// A reader of 3.0.0 knows these fields and these words for a chapter that is done or waits.
#[test]
fn a_reader_of_3_0_0_finds_its_fields_in_ours() {
    let read = |bytes: Vec<u8>| serde_json::from_slice::<Value>(&bytes).unwrap();
    let theirs = read(fixture("3.0.0", &["manifest.json"]).read("manifest.json"));
    let ours = read(ours("folded").read("manifest.json"));
    for (field, value) in theirs.as_object().unwrap() {
        let same = std::mem::discriminant(&ours[field]) == std::mem::discriminant(value);
        assert!(same, "{field}: {}", ours[field]);
    }
    let status = |n: &str| ours["chapters"][n]["status"].as_str().unwrap();
    let words = ["1", "2", "4", "6", "7"].map(status);
    let expected =
        ["illustration_complete", "illustration_inprogress", "error", "pending", "analyzed"];
    assert_eq!(words, expected);
    assert_eq!(ours["chapters"]["4"]["error"], "busy again");
}
