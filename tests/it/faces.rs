//! The same faces from outside: review, portraits, another engine for one plate; and a text model whose
//! daemon is killed in the middle.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::time::Duration;

use models::fakes::{Asked, Reply, Server, png_base64, replies};
use serde_json::json;

use crate::support::Shelf;

/// A shelf whose project is made beforehand, with this configuration.
fn configured(chapters: usize, config: &str) -> Shelf {
    let shelf = Shelf::new();
    shelf.book(chapters);
    fs::create_dir(shelf.path("tale.woodcut")).unwrap();
    shelf.file("tale.woodcut/woodcut.toml", config);
    shelf
}

fn paint(asked: &Asked) -> Reply {
    replies::image_base64(&png_base64(96, 64, asked.body.len() as u64))
}

#[test]
fn portraits_are_drawn_offline_and_bound_into_an_appendix() {
    let shelf = Shelf::new();
    shelf.book(3);
    let _ = shelf.run("tale.md", &["--portraits"]).code(0);
    shelf.tale().assert_done(3);
    let view = fs::read_to_string(shelf.path("tale.woodcut/Elements.md")).unwrap();
    assert!(view.contains("![Tom Hale](./portraits/tom-hale-"), "{view}");
    let epub = fs::File::open(shelf.path("tale.woodcut/out/tale.epub")).unwrap();
    let mut epub = zip::ZipArchive::new(epub).unwrap();
    let mut page = String::new();
    epub.by_name("EPUB/woodcut/illustrations.xhtml").unwrap().read_to_string(&mut page).unwrap();
    assert!(
        page.contains("<h2>Portraits</h2>") && page.contains("Tom Hale</figcaption>"),
        "{page}"
    );
    let portraits = fs::read_dir(shelf.path("tale.woodcut/portraits")).unwrap().flatten();
    let names = |files: &mut dyn Iterator<Item = fs::DirEntry>| -> BTreeSet<_> {
        files.map(|file| (file.file_name(), file.metadata().unwrap().modified().unwrap())).collect()
    };
    let before = names(&mut portraits.into_iter());
    // What is said once of the book holds, and nothing is drawn twice.
    let _ = shelf.run("tale.md", &[]).code(0);
    let after = fs::read_dir(shelf.path("tale.woodcut/portraits")).unwrap().flatten();
    assert_eq!(before, names(&mut after.into_iter()));
}

#[test]
fn a_run_stops_for_review_and_goes_on_when_asked() {
    let server = Server::start(paint);
    let url = server.url();
    let shelf = configured(
        2,
        &format!("[image]\nengine = 'openai'\nmodel = 'gpt-image-1'\nbase_url = '{url}'\n"),
    );
    let said = shelf.run("tale.md", &["--review"]).code(5);
    assert!(said.err.contains("sheets to look at"), "{}", said.err);
    assert!(said.err.contains("`woodcut run tale.woodcut` goes on"), "{}", said.err);
    let sheets = server.asked().len();
    assert!(sheets >= 1 && shelf.tale().plates().is_empty());
    let _ = shelf.run("tale.md", &[]).code(0);
    shelf.tale().assert_done(2);
    assert_eq!(server.asked().len(), sheets + 2, "the sheets are not drawn again");
    let edits = server.asked().iter().filter(|asked| asked.path == "/images/edits").count();
    assert!(edits >= 1, "a plate with Ada in it gets her sheet");
}

#[test]
fn one_plate_may_be_drawn_by_another_engine() {
    let server = Server::start(paint);
    let shelf = configured(2, &format!("[image]\nbase_url = '{}'\n", server.url()));
    let _ = shelf.run("tale.md", &[]).code(0);
    let before = shelf.tale().plates();
    let redraw = ["redraw", "tale.woodcut", "1:1", "--engine"];
    let wrong = shelf.woodcut(&[&redraw[..], &["crayon"]].concat()).finish().code(1);
    assert!(wrong.err.contains("it is one of `builtin`"), "{}", wrong.err);
    let with = [&redraw[..], &["openai", "--model", "fake"]].concat();
    let _ = shelf.woodcut(&with).finish().code(0);
    assert_eq!(server.asked().len(), 1);
    let record = fs::read_to_string(shelf.path("tale.woodcut/plates/001.json")).unwrap();
    assert!(record.contains("\"engine\": \"openai fake\""), "{record}");
    // The other plates, and the next run, are the configured engine's.
    let _ = shelf.run("tale.md", &[]).code(0);
    assert_eq!(server.asked().len(), 1);
    assert!(before.iter().all(|(file, inode)| shelf.tale().plates().get(file) == Some(inode)));
    let _ = shelf.woodcut(&["redraw", "tale.woodcut", "1:1", "--undo"]).finish().code(0);
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn plates_are_measured_and_named() {
    let shelf = Shelf::new();
    shelf.book(6);
    let _ = shelf.run("tale.md", &[]).code(0);
    let measured = ["plates", "tale.woodcut", "--measure", "--json"];
    let json = shelf.woodcut(&measured).finish().code(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["profile"]["plates"], 6, "{json}");
    let plates = json["plates"].as_array().unwrap();
    assert!(plates.iter().all(|plate| plate["consistency"]["score"].is_f64()), "{json}");
    // One that cannot be read is named, and the others stay measured.
    let file = shelf.path("tale.woodcut").join(plates[2]["file"].as_str().unwrap());
    fs::write(file, "no picture").unwrap();
    fs::remove_file(shelf.path("tale.woodcut/features.json")).unwrap();
    let table = shelf.woodcut(&["plates", "tale.woodcut", "--measure"]).finish().code(0).out;
    assert_eq!(table.matches("cannot be measured").count(), 1, "{table}");
    assert_eq!(table.lines().count(), 7, "{table}");
}

/// A text model that reads as far as it must.
fn tell(asked: &Asked) -> Reply {
    let question = asked.json()["messages"].to_string();
    let answer = if question.contains("most visual moments") {
        json!({"concepts": [{
            "quote": "Rain fell on the reeds, and Ada held the lantern high.",
            "description": "Ada holds a lantern over the boat", "elements": ["Ada Brook"],
            "setting": "river", "time_of_day": "night", "weather": "rain", "mood": "", "lighting": "",
        }]})
    } else if question.contains("an illustrator would want") {
        json!({"elements": [{
            "name": "Ada Brook", "type": "character", "gender": "female", "aliases": ["Ada"],
            "looks": [], "quotes": [],
        }]})
    } else {
        json!({"words": "Ink.", "palette": ["grey"], "avoid": "cars", "genre": "mystery"})
    };
    replies::chat(&answer.to_string()).late(Duration::from_millis(20))
}

#[test]
fn a_text_model_is_asked_nothing_twice_after_a_kill() {
    const CHAPTERS: usize = 8;
    let server = Server::start(tell);
    let url = server.url();
    let config = format!("[text]\nengine = 'llamacpp'\nbase_url = '{url}'\n");
    let shelf = configured(CHAPTERS, &config);
    // In the elements pass, between the passes, among the moments.
    for calls in [3, CHAPTERS + 2, CHAPTERS + 5] {
        let analyze = shelf.analyze();
        assert!(server.await_asked(calls));
        let _ = analyze.kill();
    }
    let _ = shelf.analyze().finish().code(0);
    let _ = shelf.illustrate().finish().code(0);
    shelf.tale().assert_done(CHAPTERS);
    let asked = server.asked();
    let different: BTreeSet<&Vec<u8>> = asked.iter().map(|asked| &asked.body).collect();
    assert_eq!(different.len(), 2 * CHAPTERS + 1);
    // Two threads had a call under way at each of the three kills.
    assert!(asked.len() <= different.len() + 3 * 2, "{} of {}", asked.len(), different.len());
}
