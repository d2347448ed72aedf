//! Plates drawn again, and taken back.

use std::fs;

use illustrate::prompt::draft;
use illustrate::redraw::{self, RedrawError, Target, Wish};
use manifest::ChapterId;
use manifest::crew::Ending;

use crate::desk::Desk;
use crate::models_draw::draws;

const PLATE: (ChapterId, u32) = (ChapterId(2), 1);

fn drawn() -> Desk {
    let desk = Desk::new(3, draws);
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    desk
}

#[test]
fn an_edited_prompt_is_drawn_again_and_nothing_else() {
    let desk = drawn();
    let before = desk.prompts().len();
    let file = desk.path().join(draft::name(PLATE.0, PLATE.1));
    let text = fs::read_to_string(&file).unwrap().replace("Ada murders time", "Ada naps");
    fs::write(&file, &text).unwrap();
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), before + 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), text, "a person's words are kept");
    let plates = desk.plates(2);
    assert!(plates.plates[0].prompt.contains("Ada naps"));
    assert_eq!(plates.versions.len(), 3);
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), before + 1, "once is enough");
}

#[test]
fn a_plate_is_drawn_again_with_other_words_and_taken_back() {
    let desk = drawn();
    let (store, before) = (desk.store(), desk.prompts().len());
    let first = desk.plates(2).plates[0].clone();
    let wish = Wish { prompt: Some("A ferry at dawn".to_owned()), seed: None };
    redraw::order(&store, &[PLATE], &wish).unwrap();
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    let second = desk.plates(2).plates[0].clone();
    assert_eq!(second.prompt, "A ferry at dawn");
    assert!(second.file != first.file && second.seed != first.seed);
    assert!(desk.path().join(&first.file).is_file(), "history is kept");
    assert_eq!(redraw::undo(&store, &[PLATE]).unwrap().concat(), first.file);
    assert_eq!(desk.plates(2).plates[0], first);
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    let now = store.view(|m| m.chapters()[&PLATE.0].plate(1).unwrap().file.clone()).unwrap();
    assert_eq!((now, desk.prompts().len()), (first.file, before + 1));
    let error = redraw::undo(&store, &[PLATE]).unwrap_err();
    assert!(matches!(error, RedrawError::NothingBefore(..)), "{error}");
}

#[test]
fn each_redraw_has_another_seed() {
    let desk = drawn();
    let store = desk.store();
    for _ in 0..3 {
        redraw::order(&store, &[PLATE], &Wish::default()).unwrap();
        assert_eq!(desk.draw().unwrap(), Ending::Complete);
    }
    let seeds: std::collections::BTreeSet<u64> =
        desk.plates(2).versions.iter().filter(|v| v.concept == 1).map(|v| v.seed).collect();
    assert_eq!(seeds.len(), 4);
}

#[test]
fn what_is_no_plate_is_refused() {
    let desk = drawn();
    let store = desk.store();
    let plates = |text: &str| redraw::plates(&store, &[text.parse().unwrap()]);
    assert_eq!(plates("2").unwrap(), [(ChapterId(2), 1), (ChapterId(2), 2)]);
    assert!(matches!(plates("2:9"), Err(RedrawError::NoSuchPlate(..))));
    assert!(matches!(plates("9"), Err(RedrawError::NoSuchChapter(..))));
    for wrong in ["", "0", "1:0", "a", "1:2:3", "-1"] {
        assert!(wrong.parse::<Target>().is_err(), "{wrong}");
    }
}
