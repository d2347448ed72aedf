//! The same faces from book to book: sheets that earlier books of a series have.

use std::fs;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use book::element::{Aspect, Element, ElementType, Elements, Fact};
use book::likeness::{self, Kind, Likeness};
use book::series::Series;
use manifest::Interrupt;
use manifest::crew::Ending;
use models::fakes::{Asked, Reply, png_base64, replies};
use tempfile::TempDir;

use crate::desk::Desk;

fn draws(asked: &Asked) -> Reply {
    replies::image_base64(&png_base64(96, 64, asked.body.len() as u64))
}

/// Ada as a book has her: with this hair from this chapter on.
fn ada(hair: &[(u32, &str)]) -> Element {
    let fact = |(chapter, text): &(u32, &str)| Fact {
        chapter: *chapter,
        offset: 0,
        quote: (*text).to_owned(),
        text: (*text).to_owned(),
        aspect: Aspect::Hair,
        named: "Ada".to_owned(),
    };
    let facts: Vec<Fact> = hair.iter().map(fact).collect();
    let description = facts.iter().map(|fact| fact.text.as_str()).collect::<Vec<_>>().join("; ");
    let (chapters, mentions) = (vec![1], 9);
    Element {
        facts,
        description,
        chapters,
        mentions,
        ..Element::new("Ada", ElementType::Character)
    }
}

/// Two books of a series, in which Ada looks so.
struct Saga {
    folder: TempDir,
    one: Desk,
    two: Desk,
}

impl Saga {
    fn new(
        answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
        first: &[(u32, &str)],
        then: &[(u32, &str)],
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = |mut desk: Desk, title: &str, ada: Element| {
            let series = Series::at(folder.path(), &Interrupt::new()).unwrap();
            desk.config.model = Some("gpt-image-1".to_owned());
            desk.cast(vec![ada.clone()]);
            let elements = Elements { elements: vec![ada], ..Elements::default() };
            series.contribute(&desk.path(), title, &elements, None).unwrap();
            desk.series = Some(folder.path().to_owned());
            let config = "[image]\nengine = 'openai'\nmodel = 'gpt-image-1'\n";
            fs::write(desk.path().join("woodcut.toml"), config).unwrap();
            desk
        };
        let one = desk(Desk::new(1, answer), "One", ada(first));
        let two = desk(Desk::new(1, draws), "Two", ada(then));
        Self { folder, one, two }
    }

    fn catalogue(&self) -> String {
        fs::read_to_string(self.folder.path().join("Series.md")).unwrap()
    }
}

fn sheet(desk: &Desk) -> Likeness {
    likeness::read(&desk.store(), Kind::Sheet, "Ada").unwrap().unwrap()
}

/// How many sheets were bought.
fn bought(desk: &Desk) -> usize {
    desk.server.asked().iter().filter(|asked| asked.path == "/images/generations").count()
}

#[test]
fn a_sheet_of_an_earlier_book_is_known_in_a_later_one_and_in_the_catalogue() {
    // The later book tells nothing of her looks before a chapter that it does not have.
    let saga = Saga::new(draws, &[(1, "red hair")], &[(9, "copper hair")]);
    assert_eq!(saga.one.draw().unwrap(), Ending::Complete, "{}", saga.one.messages());
    assert_eq!(saga.two.draw().unwrap(), Ending::Complete, "{}", saga.two.messages());
    assert_eq!((bought(&saga.one), bought(&saga.two)), (1, 0));
    let (there, here) = (sheet(&saga.one), sheet(&saga.two));
    assert_eq!((here.taken_from.as_deref(), here.chapter), (Some("One"), 0));
    let picture = |desk: &Desk, record: &Likeness| {
        fs::read(desk.path().join(record.file.as_ref().unwrap())).unwrap()
    };
    assert_eq!(picture(&saga.two, &here), picture(&saga.one, &there));
    let edits = saga.two.server.asked();
    assert!(edits.iter().all(|asked| {
        String::from_utf8_lossy(&asked.body).contains("Reference pictures: 1. Ada.")
    }));
    assert!(saga.two.messages().contains("Ada as in \"One\""), "{}", saga.two.messages());
    assert_eq!(saga.catalogue().matches("[sheet](<").count(), 2, "{}", saga.catalogue());
    // A person who throws it away wants another.
    fs::remove_file(saga.two.path().join(here.file.unwrap())).unwrap();
    let mut two = saga.two;
    two.review = true;
    assert_eq!(two.draw().unwrap(), Ending::ForReview);
    assert_eq!((bought(&two), sheet(&two).taken_from), (1, None));
}

#[test]
fn who_looks_otherwise_in_a_later_book_has_a_sheet_of_their_own() {
    let saga = Saga::new(draws, &[(1, "red hair")], &[(1, "white hair")]);
    assert_eq!(saga.one.draw().unwrap(), Ending::Complete, "{}", saga.one.messages());
    assert_eq!(saga.two.draw().unwrap(), Ending::Complete, "{}", saga.two.messages());
    assert_eq!((bought(&saga.one), bought(&saga.two)), (1, 1));
    assert_eq!(sheet(&saga.two).taken_from, None);
}

#[test]
fn an_edited_sheet_is_drawn_although_an_earlier_book_has_one() {
    let mut saga = Saga::new(draws, &[(1, "red hair")], &[]);
    saga.two.review = true;
    assert_eq!(saga.two.draw().unwrap(), Ending::ForReview);
    assert_eq!(saga.one.draw().unwrap(), Ending::Complete, "{}", saga.one.messages());
    let prompt = saga.two.path().join(likeness::prompt_name(Kind::Sheet, "Ada"));
    let text = fs::read_to_string(&prompt).unwrap().replace("Ada", "Ada, who smiles,");
    fs::write(&prompt, text).unwrap();
    assert_eq!(saga.two.draw().unwrap(), Ending::ForReview);
    assert_eq!((bought(&saga.two), sheet(&saga.two).taken_from), (2, None));
}

#[test]
fn of_two_books_at_the_same_time_the_later_waits_for_the_sheet_of_the_earlier() {
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let slow = move |asked: &Asked| {
        if asked.path == "/images/generations" {
            let _ = released.lock().unwrap().recv_timeout(Duration::from_secs(60));
        }
        draws(asked)
    };
    let saga = Saga::new(slow, &[(1, "red hair")], &[]);
    thread::scope(|scope| {
        let one = scope.spawn(|| saga.one.draw());
        assert!(saga.one.server.await_asked(1));
        let two = scope.spawn(|| saga.two.draw());
        let deadline = Instant::now() + Duration::from_secs(60);
        while !saga.two.messages().contains("waiting for the sheet of Ada") {
            assert!(Instant::now() < deadline, "{}", saga.two.messages());
            thread::yield_now();
        }
        release.send(()).unwrap();
        assert_eq!(one.join().unwrap().unwrap(), Ending::Complete);
        assert_eq!(two.join().unwrap().unwrap(), Ending::Complete);
    });
    assert_eq!((bought(&saga.one), bought(&saga.two)), (1, 0));
    assert_eq!(sheet(&saga.two).taken_from.as_deref(), Some("One"));
}

#[test]
fn an_engine_without_references_has_the_seed_of_the_earlier_book() {
    let mut saga = Saga::new(draws, &[(1, "red hair")], &[]);
    saga.one.config.references = Some(0);
    saga.two.config.references = Some(0);
    let _ = saga.one.draw().unwrap();
    let _ = saga.two.draw().unwrap();
    assert_eq!(sheet(&saga.two).seed, sheet(&saga.one).seed);
    assert_eq!(saga.two.plates(1).plates[0].seed, sheet(&saga.one).seed);
}
