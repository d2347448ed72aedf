//! A whole analysis by a fake model, with the answers a real one may give.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use manifest::crew::Ending;
use manifest::{Interrupt, Options, Status, Store};
use models::fakes::{Asked, Reply, Server, replies};
use models::{Limits, PriceTable, Surroundings, TextConfig, Usd};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::{AnalyzeError, Settings, engine};

struct Shelf {
    folder: TempDir,
}

const CHAPTERS: usize = 4;

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut text = String::from("# The Ferry\n");
        for n in 1..=CHAPTERS {
            text.push_str(&format!(
                "\n## Crossing {n}\n\nAda Brook pushed the black boat into the river at crossing \
                 {n}. Rain fell on the reeds, and Ada held the lantern high.\n\n“Row!” said Tom \
                 Hale, whose long white beard shone in the rain.\n"
            ));
        }
        crate::model::tests::write(&folder.path().join("tale.md"), &text);
        Self { folder }
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("tale.woodcut")
    }

    fn settings(&self, rules: purse::Rules) -> Settings {
        Settings {
            book: self.folder.path().join("tale.md"),
            project: self.project(),
            threads: 3,
            pages_per_image: 10.0,
            chapters: None,
            reading: None,
            series: None,
            rules,
        }
    }

    fn analyze(&self, server: &Server, rules: purse::Rules) -> Result<Ending, AnalyzeError> {
        let mut config: TextConfig = toml::from_str(
            "engine = 'openai'\nmodel = 'gpt-5-mini'\n[patience]\nattempts = 4\nidle_timeout = 20",
        )
        .unwrap();
        config.base_url = Some(server.url());
        let env = |name: &str| (name == "OPENAI_API_KEY").then(|| "sk-test".into());
        let prices = PriceTable::bundled();
        let around = Surroundings { env: &env, prices: &prices };
        let engine = engine::build(&config, &around, "The Ferry", &self.project(), None).unwrap();
        let tell: crate::Tell = Arc::new(|_| {});
        crate::run(&self.settings(rules), engine.as_ref(), &Interrupt::new(), &tell)
    }

    fn store(&self) -> Store {
        Store::open(&self.project(), Options::default()).unwrap()
    }
}

fn write(path: &Path, text: &str) {
    manifest::artifact::put(path.parent().unwrap(), "tale.md", text.as_bytes()).unwrap();
}

/// Answers as a model that means well and errs: curly marks made straight, an alias, an invented
/// quote, an element that is not in the book.
fn answer(asked: &Asked) -> Reply {
    let question = asked.json()["messages"].to_string();
    let element = |name: &str, alias: &str, looks: &str, quote: &str| {
        json!({
            "name": name, "type": "character", "gender": "unknown", "aliases": [alias],
            "looks": [{"words": looks, "aspect": "hair", "quote": quote}], "quotes": [quote],
        })
    };
    let text = if question.contains("an illustrator would want") {
        let tom = "\"Row!\" said Tom Hale, whose long white beard shone in the rain.";
        json!({"elements": [
            element("Ada Brook", "Ada", "purple hair", "Ada's purple hair was on fire at midnight."),
            element("Tom Hale", "old Tom", "long white beard", tom),
            element("The Dragon", "", "green scales", "The dragon roared over the burning town."),
        ]})
    } else if question.contains("most visual moments") {
        json!({"concepts": [{
            "quote": "Rain fell on the reeds,  and Ada held the lantern high!",
            "description": "Ada in the boat\u{1b}[31m holds up a lantern", "elements": ["ada", "Gandalf"],
            "setting": "river", "time_of_day": "unknown", "weather": "rain", "mood": "", "lighting": "",
        }]})
    } else {
        json!({"words": "Ink and wash.", "palette": ["grey"], "avoid": "cars", "genre": "Adventure"})
    };
    replies::chat(&format!("<think>hm</think>```json\n{text}\n```"))
}

#[test]
fn a_book_is_analyzed_and_nothing_invented_gets_in() {
    let (shelf, server) = (Shelf::new(), Server::start(answer));
    assert_eq!(shelf.analyze(&server, purse::Rules::default()).unwrap(), Ending::Complete);
    let store = shelf.store();
    let elements = book::project::elements(&store).unwrap();
    let names: Vec<&str> = elements.elements.iter().map(|e| e.name.as_str()).collect();
    assert_eq!(names, ["Ada Brook", "Tom Hale"]);
    assert_eq!(elements.elements[0].description, "", "her purple hair is not in the book");
    assert_eq!(elements.elements[1].description, "long white beard");
    let concepts = book::project::concepts(&store, manifest::ChapterId(2)).unwrap().unwrap();
    let concept = &concepts.concepts[0];
    assert_eq!(concept.quote, "Rain fell on the reeds, and Ada held the lantern high.");
    assert_eq!(
        (concept.elements.as_slice(), concept.unverified),
        (&["Ada Brook".to_owned()][..], false)
    );
    assert_eq!(concept.description, "Ada in the boat [31m holds up a lantern");
    assert_eq!(concept.time_of_day, "");
    let style: StyleGuide = book::project::read(&store, book::style::STYLE).unwrap().unwrap();
    assert_eq!((style.words.as_str(), style.genre.as_str()), ("Ink and wash.", "adventure"));
    let total = store.view(|m| m.ledger.total()).unwrap();
    assert_eq!(total.calls as usize, 2 * CHAPTERS + 1);
    assert!(total.micros > 0 && store.view(|m| m.ledger.open.is_empty()).unwrap());
    // Done is done: nothing is asked, or paid for, again.
    let asked = server.asked().len();
    shelf.analyze(&server, purse::Rules::default()).unwrap();
    assert_eq!(server.asked().len(), asked);
}

#[test]
fn a_fault_at_every_third_call_loses_nothing_and_buys_nothing_twice() {
    let (shelf, calls) = (Shelf::new(), AtomicUsize::new(0));
    let answered = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&answered);
    let server = Server::start(move |asked| {
        if calls.fetch_add(1, Ordering::SeqCst) % 3 == 2 {
            return Reply::status(503, "").header("retry-after-ms", "5");
        }
        heard.lock().unwrap().push(asked.json()["messages"].to_string());
        answer(asked)
    });
    assert_eq!(shelf.analyze(&server, purse::Rules::default()).unwrap(), Ending::Complete);
    let answered = answered.lock().unwrap();
    assert_eq!(answered.len(), 2 * CHAPTERS + 1);
    assert_eq!(answered.iter().collect::<BTreeSet<_>>().len(), answered.len());
}

#[test]
fn the_budget_stops_the_run_and_a_larger_one_goes_on_where_it_stopped() {
    let (shelf, server) = (Shelf::new(), Server::start(answer));
    // What a call may cost at most is far more than what these cost.
    let rules = |dollars| purse::Rules {
        budget: Some(Usd::from_dollars(dollars)),
        text: Limits { concurrency: Some(1), ..Limits::default() },
        ..purse::Rules::default()
    };
    assert_eq!(shelf.analyze(&server, rules(0.0085)).unwrap(), Ending::OutOfBudget);
    let store = shelf.store();
    assert_eq!(store.view(|m| m.claims().count()).unwrap(), 0, "claims are given back");
    let spent = store.view(|m| m.ledger.total()).unwrap();
    assert!(spent.micros <= 8500, "{spent:?}");
    let before = server.asked().len();
    assert!(before < 2 * CHAPTERS + 1, "{before}");
    assert_eq!(shelf.analyze(&server, rules(1.0)).unwrap(), Ending::Complete);
    assert_eq!(server.asked().len(), 2 * CHAPTERS + 1, "what was answered is not asked again");
}

#[test]
fn a_bad_key_stops_the_run_with_one_line() {
    let shelf = Shelf::new();
    let server = Server::start(|_| replies::openai_error(401, "invalid_api_key", "no such key"));
    let error = shelf.analyze(&server, purse::Rules::default()).unwrap_err();
    assert!(matches!(&error, AnalyzeError::Engine(error) if error.stops_the_run()), "{error}");
    assert_eq!(error.to_string().lines().count(), 1);
    let store = shelf.store();
    assert_eq!(store.view(|m| m.claims().count() + m.count(Status::Failed)).unwrap(), 0);
    assert_eq!(store.view(|m| m.ledger.total().calls).unwrap(), 0, "nothing was paid");
}

#[test]
fn a_template_of_the_project_takes_the_place_of_ours() {
    let (shelf, server) = (Shelf::new(), Server::start(answer));
    let folder = shelf.project().join(prompts::FOLDER);
    std::fs::create_dir_all(&folder).unwrap();
    let own = "Be brief.\n---\nan illustrator would want, in {{ title }}: {{ text }}";
    manifest::artifact::put(&folder, "survey.txt", own.as_bytes()).unwrap();
    shelf.analyze(&server, purse::Rules::default()).unwrap();
    let asked = server.asked();
    let own = asked.iter().filter(|a| a.json()["messages"].to_string().contains("Be brief."));
    assert_eq!(own.count(), CHAPTERS);
}

#[test]
fn an_answered_piece_of_a_chapter_is_not_paid_for_again_after_a_crash() {
    let shelf = Shelf::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    // As a run that ends in the middle of a chapter: the third question is the last one answered.
    let server = Server::start(move |asked| match counted.fetch_add(1, Ordering::SeqCst) {
        3 => replies::openai_error(401, "invalid_api_key", "no"),
        _ => answer(asked),
    });
    let mut config: TextConfig =
        toml::from_str("engine = 'openai'\nmodel = 'small'\ncontext = 4096").unwrap();
    config.base_url = Some(server.url());
    let prices = PriceTable::bundled();
    let env = |_: &str| Some("sk-test".to_owned());
    let around = Surroundings { env: &env, prices: &prices };
    let text: String = (0..1200).map(|n| format!("Ada Brook saw heron {n} rise.\n\n")).collect();
    let chapter = book::Chapter { number: 1, title: "Herons".to_owned(), text };
    let ask = || {
        let engine = engine::build(&config, &around, "The Ferry", &shelf.project(), None).unwrap();
        engine.survey(&chapter, &models::Call::new(&std::sync::atomic::AtomicBool::new(false)))
    };
    assert!(ask().is_err());
    ask().unwrap();
    let all = calls.load(Ordering::SeqCst);
    assert!(all > 4, "the chapter has several pieces: {all}");
    let bodies: Vec<Vec<u8>> = server.asked().into_iter().map(|asked| asked.body).collect();
    let different: std::collections::BTreeSet<&Vec<u8>> = bodies.iter().collect();
    assert_eq!(bodies.len(), different.len() + 1, "only the one that failed is asked twice");
}

#[test]
fn a_kind_of_book_has_questions_and_records_of_its_own() {
    let shelf = Shelf::new();
    let server = Server::start(answer);
    let mut config: TextConfig = toml::from_str("engine = 'openai'\nmodel = 'small'").unwrap();
    config.base_url = Some(server.url());
    let prices = PriceTable::bundled();
    let env = |_: &str| Some("sk-test".to_owned());
    let around = Surroundings { env: &env, prices: &prices };
    let text = "Ada Brook rowed. Rain fell on the reeds, and Ada held the lantern high.".to_owned();
    let chapter = book::Chapter { number: 1, title: "Herons".to_owned(), text };
    let flag = std::sync::atomic::AtomicBool::new(false);
    let names = [None, Some(config::Genre::Mystery)].map(|genre| {
        let engine = engine::build(&config, &around, "The Ferry", &shelf.project(), genre).unwrap();
        let call = models::Call::new(&flag);
        engine.survey(&chapter, &call).unwrap();
        let _ = engine.concepts(&chapter, &Default::default(), 1.0, &call);
        engine.name()
    });
    assert_ne!(names[0], names[1], "what was asked in another way is asked again");
    let asked: Vec<String> = server.asked().iter().map(|asked| asked.json().to_string()).collect();
    let speaks = |question: &String| question.contains("mystery book");
    assert!(!speaks(&asked[0]) && !speaks(&asked[1]), "{asked:#?}");
    assert!(speaks(&asked[2]) && asked[2].contains("clues, rooms and houses"), "{asked:#?}");
    assert!(speaks(&asked[3]) && asked[3].contains("never the solution"), "{asked:#?}");
}
