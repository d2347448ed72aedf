//! The page in a real browser.
//!
//! `WOODCUT_CHROMEDRIVER` names the driver of Chromium, `WOODCUT_AXE` the file `axe.min.js`, and they
//! make the checks mandatory; without the driver they are skipped with a word.

mod driver;

use driver::Browser;
use manifest::{ChapterEvent, ChapterId, Event, Listed, Options, Source, Store, Token, WorkerId};

use crate::support::{Process, Shelf};

const DESK: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (360, 740);

/// A server of everything on a shelf, and where it is.
fn serve(shelf: &Shelf, port: &str) -> (Process, String) {
    let mut server = shelf.woodcut(&["serve", "--port", port]);
    let url = server.first_line();
    (server, url)
}

fn phase(nth: usize, status: &str) -> String {
    format!("document.querySelectorAll('.pipeline li')[{nth}]?.dataset.status === '{status}'")
}

fn is_shown(text: &str) -> String {
    format!("document.querySelector('main').innerText.includes({text:?})")
}

/// A title that would do harm if it were ever taken for markup.
const TITLE: &str = "<img src=x onerror=\"window.harmed=1\"> & <script>window.harmed=1</script>";

fn harmful_book(shelf: &Shelf) -> Store {
    let source =
        Source { path: "/b".into(), sha256: "5e".into(), title: TITLE.into(), headings: None };
    let store = Store::create(&shelf.path("bad.woodcut"), source, Options::default()).unwrap();
    let listed = |n| Listed { number: ChapterId(n), title: TITLE.into(), words: 9 };
    let chapters = (1..=30).map(listed).collect();
    store.update(|_| (vec![Event::ChaptersListed { chapters }], ())).unwrap();
    store
}

fn fail(store: &Store, chapter: u32) {
    store
        .update(|manifest| {
            let token = Token(manifest.serial.next().0);
            let worker = WorkerId("somebody".into());
            let failed = ChapterEvent::Failed { token, message: TITLE.into(), retry_at: None };
            let changes = [ChapterEvent::AnalysisClaimed { worker }, failed];
            let event = |change| Event::Chapter { chapter: ChapterId(chapter), change };
            (changes.map(event).to_vec(), ())
        })
        .unwrap();
}

#[test]
fn a_run_is_seen_from_its_start_to_its_end() {
    let Some(browser) = Browser::open(DESK.0, DESK.1) else { return };
    let shelf = Shelf::new();
    let (_server, url) = serve(&shelf, "0");
    browser.go(&url);
    browser.wait(&is_shown("No project lies below the folders"));
    shelf.book(24);
    let run = shelf.woodcut(&["run", "tale.md", "--size", "64x96"]);
    browser.click(".card a");
    browser.wait("document.getElementById('link').dataset.state === 'live'");
    browser.wait("document.querySelectorAll('.gallery img').length > 0");
    let _ = run.finish().code(0);
    browser.wait(&is_shown("Completed"));
    browser.wait("document.querySelectorAll('.gallery img').length === 24");
    browser.wait("document.querySelectorAll('.block[role=option][data-state=illustration_complete]').length === 24");
    for nth in 0..3 {
        browser.wait(&phase(nth, "completed"));
    }
    browser.wait("document.querySelectorAll('.log li').length > 0");
    browser.wait("document.querySelectorAll('.runs tbody tr').length >= 2");
    browser.click(".runs tbody button");
    browser.wait("document.querySelector('#run').checkVisibility() && document.querySelector('#run').innerText.includes('process')");
    browser.click(".gallery a");
    browser.wait("document.querySelector('.frame img')?.naturalWidth === 64");
    browser.wait("document.querySelector('blockquote').innerText.length > 20");
    browser.wait("document.querySelector('#prompt').value.length > 20");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_plate_is_drawn_again_and_taken_back() {
    let Some(browser) = Browser::open(DESK.0, DESK.1) else { return };
    let shelf = Shelf::new();
    shelf.book(2);
    let _ = shelf.run("tale.md", &[]).code(0);
    let (_server, url) = serve(&shelf, "0");
    browser.go(&url);
    browser.click(".card a");
    browser.click(".gallery a");
    browser.wait("document.querySelector('.frame img')?.naturalWidth === 64");
    let first = browser.get("document.querySelector('.frame img').src");
    browser.click(".plate button.strong");
    // Between the two there is no picture.
    let is_there = "document.querySelector('.frame img')?.naturalWidth === 64";
    browser.wait(&format!("{is_there} && document.querySelector('.frame img').src !== {first}"));
    browser.click(".plate button[type=button]");
    browser.wait(&format!("{is_there} && document.querySelector('.frame img').src === {first}"));
    browser.wait("!document.querySelector('.plate button.strong').disabled");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_hand_over_from_one_phase_to_the_next_is_seen() {
    let Some(browser) = Browser::open(DESK.0, DESK.1) else { return };
    let shelf = Shelf::new();
    shelf.book(6);
    let (_server, url) = serve(&shelf, "0");
    browser.go(&url);
    let _ = shelf.analyze().finish().code(0);
    browser.click(".card a");
    browser.wait(&phase(0, "completed"));
    browser.wait(&phase(1, "completed"));
    browser.wait(&phase(2, "pending"));
    browser.wait(&is_shown("No plate is drawn yet"));
    let _ = shelf.illustrate().finish().code(0);
    browser.wait(&phase(2, "completed"));
    browser.wait("document.querySelectorAll('.gallery img').length === 6");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_failed_chapter_is_seen_and_tried_again_by_keyboard() {
    let Some(browser) = Browser::open(DESK.0, DESK.1) else { return };
    let shelf = Shelf::new();
    let store = harmful_book(&shelf);
    let (_server, url) = serve(&shelf, "0");
    browser.go(&url);
    browser.click(".card a");
    browser.wait("document.getElementById('link').dataset.state === 'live'");
    fail(&store, 7);
    browser
        .wait("document.querySelector('.block[role=option][data-state=error]')?.innerText === '7'");
    browser.wait("document.querySelector('.chapter .notice')?.innerText.includes('onerror')");
    browser.get("document.querySelector('.block[role=option][aria-selected=true]').focus()");
    browser.press("\u{E014}");
    browser.wait("document.activeElement.innerText === '8' && document.querySelector('.chapter h3').innerText.startsWith('8.')");
    browser.get("[...document.querySelectorAll('button')].find((b) => b.innerText === 'Try failures again').focus()");
    browser.press("\u{E007}");
    browser.wait("!document.querySelector('.block[role=option][data-state=error]')");
    browser.get(
        "[...document.querySelectorAll('button')].find((b) => b.innerText === 'Pause').focus()",
    );
    browser.press("\u{E007}");
    browser.wait(&is_shown("Paused"));
    browser.wait("document.activeElement.innerText === 'Resume'");
    assert!(store.view(|manifest| !manifest.control.is_going()).unwrap());
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn the_page_goes_on_when_the_server_was_started_again() {
    let Some(browser) = Browser::open(DESK.0, DESK.1) else { return };
    let shelf = Shelf::new();
    let store = harmful_book(&shelf);
    let (server, url) = serve(&shelf, "0");
    browser.go(&url);
    browser.click(".card a");
    browser.wait("document.getElementById('link').dataset.state === 'live'");
    let _ = server.kill();
    browser.wait("document.getElementById('link').dataset.state === 'lost'");
    fail(&store, 3);
    let port = url.trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
    let (_server, again) = serve(&shelf, &port);
    assert_eq!(url, again);
    browser
        .wait("document.querySelector('.block[role=option][data-state=error]')?.innerText === '3'");
    browser.wait("document.getElementById('link').dataset.state === 'live'");
    fail(&store, 4);
    browser.wait("document.querySelectorAll('.block[role=option][data-state=error]').length === 2");
    // A connection that is refused is told to the console by the browser itself.
    let others = |complaint: &String| !complaint.contains("\"network\"");
    assert!(!browser.complaints().iter().any(others));
}

#[test]
fn a_title_full_of_markup_is_text() {
    let Some(browser) = Browser::open(DESK.0, DESK.1) else { return };
    let shelf = Shelf::new();
    fail(&harmful_book(&shelf), 1);
    let (_server, url) = serve(&shelf, "0");
    browser.go(&url);
    browser.wait(&format!("document.querySelector('.card a')?.textContent === {TITLE:?}"));
    browser.click(".card a");
    browser.wait(&format!("document.querySelector('h1')?.textContent === {TITLE:?}"));
    browser.wait(&format!("document.querySelector('.log')?.textContent.includes({TITLE:?})"));
    browser.wait("document.title.includes('onerror')");
    assert_eq!(browser.get("window.harmed ?? document.querySelectorAll('img[src=x]').length"), 0);
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_phone_shows_everything_and_nothing_sideways() {
    let Some(browser) = Browser::open(PHONE.0, PHONE.1) else { return };
    let shelf = Shelf::new();
    shelf.book(6);
    harmful_book(&shelf);
    let _ = shelf.run("tale.md", &[]).code(0);
    let (_server, url) = serve(&shelf, "0");
    let fits = "document.documentElement.scrollWidth <= innerWidth && innerWidth === 360";
    browser.go(&url);
    browser.wait("document.querySelectorAll('.card').length === 2");
    browser.wait(fits);
    browser.click(".card:has(img) a");
    browser.wait("document.querySelectorAll('.gallery img').length === 6");
    browser.wait(fits);
    browser.click(".gallery a");
    browser.wait("document.querySelector('.frame img')");
    browser.wait(fits);
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn nobody_is_kept_out_by_how_the_page_is_made() {
    for dark in [false, true] {
        let Some(browser) = Browser::open(DESK.0, DESK.1) else { return };
        if dark {
            browser.dark();
        }
        let shelf = Shelf::new();
        shelf.book(6);
        fail(&harmful_book(&shelf), 2);
        let _ = shelf.run("tale.md", &[]).code(0);
        let (_server, url) = serve(&shelf, "0");
        browser.go(&url);
        browser.wait("document.querySelectorAll('.card').length === 2");
        assert_eq!(browser.barriers(), [""; 0], "the shelf");
        browser.click(".card:not(:has(img)) a");
        browser.wait("document.querySelector('.chapter .notice')");
        assert_eq!(browser.barriers(), [""; 0], "a failed book");
        browser.go(&url);
        browser.click(".card:has(img) a");
        browser.wait("document.querySelectorAll('.gallery img').length === 6");
        browser.wait("document.querySelectorAll('.runs tbody tr').length >= 2");
        browser.click(".runs tbody button");
        browser.wait("document.querySelector('#run pre').checkVisibility()");
        assert_eq!(browser.barriers(), [""; 0], "a book");
        browser.click(".gallery a");
        browser.wait("document.querySelector('.frame img')");
        assert_eq!(browser.barriers(), [""; 0], "a plate");
        // A checker that finds nothing wrong has to find what is.
        browser.get("document.querySelector('main').append(document.createElement('button'))");
        assert_ne!(browser.barriers(), [""; 0]);
        assert_eq!(browser.complaints(), [""; 0]);
    }
}
