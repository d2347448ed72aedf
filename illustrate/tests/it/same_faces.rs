//! Sheets, seeds, reference pictures, portraits: the same faces from chapter to chapter.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use book::element::{Aspect, Element, ElementType, Fact};
use book::likeness::{self, Kind, Likeness};
use illustrate::redraw::{self, RedrawError, Wish};
use manifest::crew::Ending;
use models::fakes::{Asked, Reply, png_base64, replies};

use crate::desk::Desk;

fn draws(asked: &Asked) -> Reply {
    replies::image_base64(&png_base64(96, 64, asked.body.len() as u64))
}

/// Ada has red hair, and white hair from chapter 3 on.
fn ada() -> Element {
    let fact = |chapter: u32, text: &str| Fact {
        chapter,
        offset: 0,
        quote: text.to_owned(),
        text: text.to_owned(),
        aspect: Aspect::Hair,
        named: "Ada".to_owned(),
    };
    Element {
        facts: vec![fact(1, "red hair"), fact(3, "white hair")],
        description: "red hair; white hair".to_owned(),
        chapters: vec![1, 3],
        mentions: 9,
        ..Element::new("Ada", ElementType::Character)
    }
}

/// A desk whose model takes reference pictures.
fn desk(chapters: u32) -> Desk {
    let mut desk = Desk::new(chapters, draws);
    desk.config.model = Some("gpt-image-1".to_owned());
    desk.cast(vec![ada()]);
    desk
}

/// What was asked at `/images/generations`, and what at `/images/edits`, as text.
fn asked(desk: &Desk, path: &str) -> Vec<String> {
    let all = desk.server.asked();
    let of_path = all.iter().filter(|asked| asked.path == path);
    of_path.map(|asked| String::from_utf8_lossy(&asked.body).into_owned()).collect()
}

#[test]
fn a_sheet_is_drawn_once_before_any_plate_and_goes_along_with_each() {
    let desk = desk(3);
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    let sheets = asked(&desk, "/images/generations");
    assert_eq!(sheets.len(), 1, "{}", desk.messages());
    assert!(sheets[0].contains("Character sheet of Ada") && sheets[0].contains("red hair"));
    assert!(!sheets[0].contains("white hair"), "a sheet gives nothing away: {}", sheets[0]);
    let plates = asked(&desk, "/images/edits");
    assert_eq!(plates.len(), 6);
    assert!(plates.iter().all(|plate| plate.contains("Reference pictures: 1. Ada.")));
    assert!(plates.iter().all(|plate| plate.contains("filename=\"reference-1")));
    assert_eq!(plates.iter().filter(|plate| plate.contains("white hair")).count(), 2);
    let record = likeness::read(&desk.store(), Kind::Sheet, "Ada").unwrap().unwrap();
    assert_eq!((record.chapter, record.engine.as_str()), (1, "openai gpt-image-1"));
    assert!(desk.path().join(record.file.unwrap()).is_file());
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.server.asked().len(), 7, "nothing is bought twice");
}

#[test]
fn a_picture_of_a_sheet_without_its_record_is_not_bought_again() {
    let desk = desk(1);
    let _ = desk.draw().unwrap();
    let before = desk.server.asked().len();
    // As a kill between the picture and the record leaves it.
    fs::remove_file(desk.path().join(likeness::record_name(Kind::Sheet, "Ada"))).unwrap();
    let mut desk = desk;
    desk.review = true;
    assert_eq!(desk.draw().unwrap(), Ending::ForReview);
    assert_eq!(desk.server.asked().len(), before);
}

#[test]
fn a_sheet_is_drawn_again_in_other_words_and_taken_back() {
    let mut desk = desk(1);
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    let (store, bought) = (desk.store(), desk.server.asked().len());
    let record = || likeness::read(&store, Kind::Sheet, "Ada").unwrap().unwrap();
    let first = record();
    let named = |text: &str| redraw::likeness::find(&store, &[text.parse().unwrap()]);
    let sheet = named("sheet:ada").unwrap();
    assert!(matches!(named("portrait:tom"), Err(RedrawError::NoSuchElement(_))));
    let wish = Wish { prompt: Some("Ada, grown old".to_owned()), seed: None };
    redraw::likeness::order(&store, &sheet, &wish).unwrap();
    desk.choice.likenesses = sheet.clone();
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    let second = record();
    assert_eq!((second.prompt.as_str(), second.versions.len()), ("Ada, grown old", 2));
    assert!(second.file != first.file && second.seed != first.seed);
    assert_eq!(desk.server.asked().len(), bought + 1, "the plates stay as they are");
    assert_eq!(redraw::likeness::undo(&store, &sheet).unwrap(), [first.file.clone().unwrap()]);
    desk.choice.likenesses = Vec::new();
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!((record().file, desk.server.asked().len()), (first.file, bought + 1));
    let error = redraw::likeness::undo(&store, &sheet).unwrap_err();
    assert!(matches!(error, RedrawError::NoEarlier(_)), "{error}");
}

#[test]
fn a_call_for_a_sheet_that_nobody_saw_the_end_of_is_counted_once() {
    let record: Arc<OnceLock<PathBuf>> = Arc::default();
    let intended = Arc::clone(&record);
    let mut desk = Desk::new(1, move |asked| {
        let record = fs::read_to_string(intended.get().unwrap()).unwrap_or_default();
        let is_sheet = asked.path == "/images/generations";
        assert_eq!(record.contains("\"intended\""), is_sheet, "{record}");
        draws(asked)
    });
    record.set(desk.path().join(likeness::record_name(Kind::Sheet, "Ada"))).unwrap();
    desk.config.model = Some("gpt-image-1".to_owned());
    desk.cast(vec![ada()]);
    let store = desk.store();
    // As a kill while the call was under way leaves it.
    let intended = Some("0123456789abcdef".to_owned());
    let lost = Likeness { element: "Ada".to_owned(), intended, ..Likeness::default() };
    likeness::write(&store, Kind::Sheet, &lost).unwrap();
    for _ in 0..2 {
        assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
        assert_eq!(store.view(|m| m.possible_duplicate_calls).unwrap(), 1);
    }
    assert_eq!(desk.server.asked().len(), 3);
}

#[test]
fn review_stops_after_the_sheets_and_an_edited_one_is_drawn_again() {
    let mut desk = desk(2);
    desk.review = true;
    assert_eq!(desk.draw().unwrap(), Ending::ForReview);
    assert!(desk.messages().contains("1 sheets to look at"), "{}", desk.messages());
    assert_eq!(desk.server.asked().len(), 1);
    let prompt = desk.path().join(likeness::prompt_name(Kind::Sheet, "Ada"));
    let text = fs::read_to_string(&prompt).unwrap().replace("red hair", "copper hair");
    fs::write(&prompt, text).unwrap();
    assert_eq!(desk.draw().unwrap(), Ending::ForReview);
    assert!(asked(&desk, "/images/generations")[1].contains("copper hair"));
    desk.review = false;
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.server.asked().len(), 6, "two sheets, four plates");
}

#[test]
fn a_refused_sheet_is_asked_for_once_and_the_plates_do_without() {
    let refuses_sheets = |asked: &Asked| match asked.json()["prompt"].as_str() {
        Some(prompt) if prompt.contains("Character sheet") => replies::moderation_blocked("input"),
        _ => draws(asked),
    };
    let mut desk = Desk::new(2, refuses_sheets);
    desk.config.model = Some("gpt-image-1".to_owned());
    desk.cast(vec![ada()]);
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    let record = likeness::read(&desk.store(), Kind::Sheet, "Ada").unwrap().unwrap();
    assert!(record.blocked.is_some() && record.file.is_none());
    assert_eq!(desk.server.asked().len(), 3 + 4, "thrice in softer words, then the plates");
    assert!(desk.messages().contains("no picture of Ada"), "{}", desk.messages());
}

#[test]
fn an_engine_without_references_gets_the_seed_of_who_is_there() {
    let mut desk = Desk::new(2, draws);
    desk.config.references = Some(0);
    desk.cast(vec![ada()]);
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    let seeds: Vec<u64> = [1, 2]
        .into_iter()
        .flat_map(|chapter| desk.plates(chapter).plates.into_iter().map(|plate| plate.seed))
        .collect();
    let stored = likeness::read(&desk.store(), Kind::Sheet, "Ada").unwrap().unwrap();
    assert_eq!(seeds, vec![stored.seed; 4]);
    assert!(stored.file.is_none());
}

#[test]
fn portraits_know_the_whole_book_and_stand_in_elements_md() {
    let mut desk = desk(1);
    desk.look.portraits = true;
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    let edits = asked(&desk, "/images/edits");
    let portraits: Vec<_> = edits.iter().filter(|e| e.contains("Portrait of Ada")).collect();
    assert_eq!(portraits.len(), 1);
    assert!(portraits[0].contains("red hair; white hair"), "{}", portraits[0]);
    assert!(portraits[0].contains("The first reference picture shows Ada"));
    let record = likeness::read(&desk.store(), Kind::Portrait, "Ada").unwrap().unwrap();
    let view = fs::read_to_string(desk.path().join("Elements.md")).unwrap();
    assert!(view.contains(&format!("![Ada](./{})", record.file.unwrap())), "{view}");
}

#[test]
fn a_picture_of_one_s_own_is_used_as_it_is() {
    let desk = desk(1);
    let store = desk.store();
    let name = "sheets/mine.png";
    store.put(name, &models::fakes::png(96, 96, 4)).unwrap();
    let record = likeness::Likeness {
        element: "Ada".to_owned(),
        file: Some(name.to_owned()),
        key: "mine".to_owned(),
        given: true,
        ..likeness::Likeness::default()
    };
    likeness::write(&store, Kind::Sheet, &record).unwrap();
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    assert!(asked(&desk, "/images/generations").is_empty());
    assert_eq!(asked(&desk, "/images/edits").len(), 2);
}

#[test]
fn a_picture_shows_the_manner_to_an_engine_that_takes_one() {
    let mut desk = desk(1);
    let path = desk.path().join("manner.png");
    fs::write(&path, models::fakes::png(96, 96, 8)).unwrap();
    desk.look.picture = Some(path.clone());
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    let edits = asked(&desk, "/images/edits");
    assert_eq!(edits.len(), 3, "the sheet too");
    let with_both = edits.iter().filter(|edit| edit.contains("filename=\"reference-2"));
    assert_eq!(with_both.count(), 2);
    assert!(edits.iter().any(|edit| edit.contains("The last reference picture shows the manner")));
    fs::write(&path, "no picture").unwrap();
    let error = desk.draw().unwrap_err().to_string();
    assert!(error.starts_with("[look] picture: ") && error.contains("cannot be used"), "{error}");
}

#[test]
fn a_model_that_sees_puts_the_first_plates_into_words_once() {
    let answers = |asked: &Asked| match asked.path.as_str() {
        "/chat/completions" => replies::chat(
            r#"{"words": "Copper plates, fine lines.", "palette": ["sepia"], "avoid": ""}"#,
        ),
        _ => draws(asked),
    };
    let mut desk = Desk::new(6, answers);
    let mut eye: models::TextConfig =
        toml::from_str("engine = 'llamacpp'\ncontext = 16000").unwrap();
    eye.base_url = Some(desk.server.url());
    desk.eye = Some(eye);
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    let looks = asked(&desk, "/chat/completions");
    assert_eq!(looks.len(), 1);
    assert_eq!(looks[0].matches("data:image/png;base64,").count(), 3);
    let prompts = desk.prompts();
    let said = "Style: Copper plates, fine lines. Palette: sepia.";
    let after = prompts.iter().filter(|prompt| prompt.contains(said));
    // The other thread goes on while the model looks.
    assert!((1..=9).contains(&after.count()), "{prompts:#?}");
    let guide = fs::read_to_string(desk.path().join("style.json")).unwrap();
    assert!(guide.contains("\"origin\": \"plates\""), "{guide}");
    assert!(guide.contains("\"avoid\": \"text"), "what was known stays: {guide}");
    let _ = desk.draw().unwrap();
    assert_eq!(asked(&desk, "/chat/completions").len(), 1);
}

#[test]
fn where_a_person_has_said_the_manner_nobody_looks() {
    let mut desk = desk(3);
    desk.look.words = Some("Chalk on black paper.".to_owned());
    let mut eye: models::TextConfig = toml::from_str("engine = 'llamacpp'").unwrap();
    eye.base_url = Some(desk.server.url());
    desk.eye = Some(eye);
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    assert!(asked(&desk, "/chat/completions").is_empty());
    let edits = asked(&desk, "/images/edits");
    assert!(edits.iter().all(|edit| edit.contains("Chalk on black paper.")));
}
