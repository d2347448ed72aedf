//! Daemons with a model server, a fake one in this process: what is bought, what is not, what it may
//! cost.

use std::fs;

use models::fakes::{Asked, Reply, Server, png_base64, replies};

use crate::support::Shelf;

/// A server that draws.
fn painter() -> Server {
    let paint = |asked: &Asked| {
        replies::image_base64(&png_base64(96, 64, asked.body.len() as u64)) as Reply
    };
    Server::start(paint)
}

/// Pictures of a server whose price is known from a table: one dollar each.
fn priced(server: &Server) -> Shelf {
    let shelf = Shelf::new();
    shelf.book(6);
    let prices = "as_of = '2026-01-01'\n[[price]]\nengine = 'openai'\nmodel = 'dear'\npicture = [1.0, 1.0]\n";
    fs::create_dir(shelf.path("tale.woodcut")).unwrap();
    shelf.file("tale.woodcut/prices.toml", prices);
    let url = server.url();
    let config = format!(
        "[image]\nengine = 'openai'\nmodel = 'dear'\nbase_url = '{url}'\n[money]\nprices = 'prices.toml'\n"
    );
    shelf.file("tale.woodcut/woodcut.toml", config);
    shelf
}

#[test]
fn a_killed_run_buys_no_saved_picture_again() {
    let server = painter();
    let shelf = priced(&server);
    let run = shelf.woodcut(&["run", "tale.md"]);
    shelf.tale().wait_until(|m| m.chapters().values().any(|c| !c.outcomes.is_empty()));
    let _ = run.kill();
    let _ = shelf.run("tale.md", &[]).code(0);
    shelf.tale().assert_done(6);
    let (plates, lost) = (6, 2);
    // Two chapters are drawn at a time: so many calls may have been under way when it was killed.
    assert!((plates..=plates + lost).contains(&server.asked().len()), "{}", server.asked().len());
    let bought = server.asked().len();
    let _ = shelf.run("tale.md", &[]).code(0);
    assert_eq!(server.asked().len(), bought, "all is there");
}

#[test]
fn a_budget_stops_the_run_and_a_larger_one_goes_on() {
    let server = painter();
    let shelf = priced(&server);
    let ended = shelf.run("tale.md", &["--budget", "2"]).code(6);
    assert!(ended.err.contains("budget of $2.00 reached"), "{}", ended.err);
    assert_eq!(server.asked().len(), 2);
    assert_eq!(shelf.tale().plates().len(), 2);
    let _ = shelf.run("tale.md", &["--budget", "6"]).code(0);
    assert_eq!(server.asked().len(), 6);
    shelf.tale().assert_done(6);
    let status = shelf.woodcut(&["status"]).finish().code(0).out;
    assert!(status.contains("spent $6.00 on 6 calls\n"), "{status}");
}

#[test]
fn what_is_refused_is_left_out_and_listed() {
    let refuses = |_: &Asked| replies::openai_error(400, "moderation_blocked", "too dark");
    let server = Server::start(refuses);
    let shelf = priced(&server);
    let _ = shelf.run("tale.md", &[]).code(3);
    assert!(shelf.tale().plates().is_empty());
    let status = shelf.woodcut(&["status"]).finish().code(0).out;
    assert_eq!(status.matches(" was refused: ").count(), 6, "{status}");
}

#[test]
fn a_model_is_never_replaced_by_another_engine() {
    let shelf = Shelf::new();
    shelf.book(2);
    fs::create_dir(shelf.path("tale.woodcut")).unwrap();
    shelf.file("tale.woodcut/woodcut.toml", "[image]\nengine = 'openai'\nmodel = 'gpt-image-1'\n");
    let ended = shelf.run("tale.md", &[]).code(1);
    assert!(ended.err.contains("OPENAI_API_KEY"), "{}", ended.err);
    assert!(shelf.tale().plates().is_empty());
}

#[test]
fn an_estimate_asks_nobody_and_never_takes_an_unknown_price_for_none() {
    let server = painter();
    let shelf = priced(&server);
    let said = shelf.woodcut(&["estimate", "tale.md"]).finish().code(0).out;
    assert!(said.contains("text     builtin: 0 calls") && said.contains("$6.00"), "{said}");
    fs::remove_file(shelf.path("tale.woodcut/prices.toml")).unwrap();
    let config = "[image]\nengine = 'openai'\nmodel = 'nobody-knows'\n";
    shelf.file("tale.woodcut/woodcut.toml", config);
    let said = shelf.woodcut(&["estimate", "tale.md"]).finish().code(0).out;
    assert!(said.contains("together unknown price"), "{said}");
    let free = Shelf::new();
    free.book(2);
    let said = free.woodcut(&["estimate", "tale.md"]).finish().code(0).out;
    assert!(said.contains("together free"), "{said}");
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn doctor_says_what_keeps_an_engine_from_working() {
    let shelf = Shelf::new();
    shelf.book(1);
    let _ = shelf.run("tale.md", &[]).code(0);
    let sound = shelf.woodcut(&["doctor", "tale.woodcut"]).finish().code(0).out;
    assert!(!sound.contains("[image]"), "the built-in engines need no looking at: {sound}");
    shelf.file("tale.woodcut/woodcut.toml", "[image]\nengine = 'openai'\nmodel = 'gpt-image-1'\n");
    let said = shelf.woodcut(&["doctor", "tale.woodcut"]).finish().code(3).out;
    assert!(said.contains("bad: [image] key") && said.contains("OPENAI_API_KEY"), "{said}");
}
