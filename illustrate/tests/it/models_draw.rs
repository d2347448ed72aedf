//! What a model draws, refuses, or has drawn before a crash.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock};
use std::time::{Duration, Instant};

use book::project;
use illustrate::IllustrateError;
use illustrate::confirm::{Answer, Confirm};
use manifest::crew::Ending;
use manifest::{ChapterEvent, ChapterId, Event, Interrupt, Outcome, Status};
use models::fakes::comfyui::{ComfyUi, Mood};
use models::fakes::{Asked, Reply, png_base64, replies};
use models::{CallError, ImageEngine, StopCause};

use crate::desk::Desk;

pub fn draws(asked: &Asked) -> Reply {
    replies::image_base64(&png_base64(96, 64, asked.body.len() as u64))
}

#[test]
fn a_whole_book_is_drawn_and_nothing_is_drawn_twice() {
    let desk = Desk::new(5, draws);
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), 10);
    assert!(desk.prompts()[0].contains("Style: "), "{}", desk.prompts()[0]);
    for plate in &desk.plates(3).plates {
        let path = desk.path().join(&plate.file);
        assert_eq!(image::image_dimensions(path).unwrap(), (96, 64));
        assert_eq!(plate.engine, "openai fake-1");
    }
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), 10);
}

#[test]
fn the_plates_of_one_chapter_are_drawn_by_all_threads() {
    let under_way: Arc<(Mutex<usize>, Condvar)> = Arc::default();
    let seen = Arc::clone(&under_way);
    let desk = Desk::new(1, move |asked| {
        let (count, changed) = &*seen;
        let mut count = count.lock().unwrap();
        *count += 1;
        changed.notify_all();
        // Each waits for the other; alone it waits in vain.
        let patience = Duration::from_secs(10);
        drop(changed.wait_timeout_while(count, patience, |count| *count < 2).unwrap());
        draws(asked)
    });
    let begun = Instant::now();
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    assert!(begun.elapsed() < Duration::from_secs(10), "one after the other");
    let plates = desk.plates(1);
    assert_eq!(plates.plates.iter().map(|plate| plate.concept).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(plates.versions.iter().map(|plate| plate.concept).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(desk.prompts().len(), 2);
}

#[test]
fn a_plate_keeps_the_format_it_came_in() {
    let jpeg = |_: &Asked| {
        let picture = image::RgbImage::from_fn(96, 64, |x, y| image::Rgb([x as u8, y as u8, 7]));
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
        Reply::bytes(bytes.into_inner())
    };
    let desk = Desk::new(1, move |asked| match asked.path.as_str() {
        "/picture" => jpeg(asked),
        _ => {
            let host = asked.header("host").unwrap();
            replies::image_link(&format!("http://{host}/picture"))
        }
    });
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    assert!(desk.plates(1).plates.iter().all(|plate| plate.file.ends_with(".jpg")));
    let before = desk.prompts().len();
    fs::remove_file(desk.path().join("plates/001.json")).unwrap();
    let missing = ChapterEvent::PlateMissing { concept: 1 };
    let event = Event::Chapter { chapter: ChapterId(1), change: missing };
    desk.store().update(|_| (vec![event], ())).unwrap();
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), before, "found again under its own ending");
}

#[test]
fn a_refused_prompt_is_softened() {
    let desk = Desk::new(1, |asked| match asked.json()["prompt"].as_str() {
        Some(prompt) if prompt.contains("murders") => replies::moderation_blocked("input"),
        _ => draws(asked),
    });
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    assert_eq!(desk.prompts().len(), 4);
    let plate = &desk.plates(1).plates[0];
    assert!(plate.prompt.contains("murders"));
    assert!(!plate.softened.as_ref().unwrap().contains("murders"));
}

#[test]
fn what_stays_refused_is_blocked_and_the_book_goes_on() {
    let desk = Desk::new(3, |asked| match asked.json()["prompt"].as_str() {
        Some(prompt) if prompt.contains("crossing 2.1") => replies::moderation_blocked("output"),
        _ => draws(asked),
    });
    assert_eq!(desk.draw().unwrap(), Ending::WithErrors);
    assert_eq!(Ending::WithErrors.exit_code(), 3);
    let refused = desk.prompts().iter().filter(|p| p.contains("crossing 2.1")).count();
    assert_eq!(refused, 3, "once, and twice in softer words");
    let outcomes = desk.store().view(|m| m.chapters()[&ChapterId(2)].outcomes.clone()).unwrap();
    assert!(matches!(&outcomes[&1], Outcome::Blocked(why) if why.contains("safety system")));
    assert!(matches!(&outcomes[&2], Outcome::Drawn(_)));
    assert!(desk.store().view(manifest::Manifest::illustrate_complete).unwrap());
    assert!(desk.messages().contains("no plate 1 of chapter 2"), "{}", desk.messages());
}

#[test]
fn no_credit_stops_the_run_and_gives_the_claims_back() {
    let desk = Desk::new(3, |_| replies::openai_error(429, "insufficient_quota", "no money"));
    let error = desk.draw().unwrap_err();
    let stop =
        matches!(&error, IllustrateError::Engine(CallError::Stop { cause: StopCause::Credit, .. }));
    assert!(stop, "{error}");
    let (given_back, lost) =
        desk.store().view(|m| (m.count(Status::Analyzed), m.possible_duplicate_calls)).unwrap();
    assert_eq!((given_back, lost), (3, 0), "a call that was turned away is paid for by nobody");
}

#[test]
fn a_picture_that_was_saved_and_not_recorded_is_not_bought_again() {
    let desk = Desk::new(2, draws);
    let _ = desk.draw().unwrap();
    let bought = desk.prompts().len();
    // As a kill between the rename and the record leaves it: the picture, and nothing that tells of it.
    fs::remove_file(desk.path().join("plates/001.json")).unwrap();
    for concept in [1, 2] {
        let change = ChapterEvent::PlateMissing { concept };
        let event = Event::Chapter { chapter: ChapterId(1), change };
        desk.store().update(|_| (vec![event], ())).unwrap();
    }
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), bought);
    assert_eq!(desk.plates(1).plates.len(), 2);
}

#[test]
fn a_job_that_comfyui_has_done_before_a_crash_is_asked_for() {
    let comfy = ComfyUi::new(Mood::Draws);
    let project: Arc<OnceLock<PathBuf>> = Arc::default();
    let unnamed: Arc<Mutex<Vec<String>>> = Arc::default();
    let (playing, folder, missed) = (comfy.clone(), Arc::clone(&project), Arc::clone(&unnamed));
    let mut desk = Desk::new(1, move |asked| {
        if let Some(job) = asked.json()["prompt_id"].as_str() {
            // A fold may have come between: it keeps the journal before.
            let journals = ["manifest.journal.prev", "manifest.journal"];
            let read = |name| fs::read_to_string(folder.get().unwrap().join(name)).ok();
            if !journals.into_iter().filter_map(read).any(|journal| journal.contains(job)) {
                missed.lock().unwrap().push(job.to_owned());
            }
        }
        playing.answer(asked)
    });
    project.set(desk.path()).unwrap();
    desk.config.engine = ImageEngine::ComfyUi;
    assert_eq!(desk.draw().unwrap(), Ending::Complete, "{}", desk.messages());
    assert_eq!(comfy.submitted().len(), 2);
    assert!(unnamed.lock().unwrap().is_empty(), "a job is written down before it is queued");
    // As a kill while the job was under way leaves it: no picture, and no event.
    for plate in desk.plates(1).plates {
        fs::remove_file(desk.path().join(plate.file)).unwrap();
    }
    fs::remove_file(desk.path().join("plates/001.json")).unwrap();
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(comfy.submitted().len(), 2, "asked for, not drawn again");
    assert_eq!(desk.store().view(|m| m.possible_duplicate_calls).unwrap(), 0);
}

#[test]
fn only_what_is_chosen_is_drawn() {
    let mut desk = Desk::new(4, draws);
    desk.choice.chapters = Some("2-3".parse().unwrap());
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), 4);
    desk.choice.chapters = None;
    desk.choice.limit = Some(3);
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), 7);
    // A daemon that is started again in the same run has drawn all that it may.
    desk.choice.had = Some(4);
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), 7);
    (desk.choice.limit, desk.choice.had) = (None, None);
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), 8);
    assert!(desk.store().view(manifest::Manifest::illustrate_complete).unwrap());
    assert!(project::concepts(&desk.store(), ChapterId(4)).unwrap().is_some());
}

/// Agrees to every other plate, and ends at the seventh question.
#[derive(Debug, Default)]
struct Person(AtomicUsize);

impl Confirm for Person {
    fn ask(&self, question: &str, _: &Interrupt) -> std::io::Result<Answer> {
        assert!(question.starts_with("draw plate ") && question.contains("Ada murders time"));
        Ok(match self.0.fetch_add(1, Ordering::SeqCst) {
            6 => Answer::Stop,
            nth if nth % 2 == 0 => Answer::Draw,
            _ => Answer::Skip,
        })
    }
}

#[test]
fn only_what_a_person_agrees_to_is_drawn() {
    let mut desk = Desk::new(3, draws);
    desk.choice.confirm = Some(Arc::new(Person::default()));
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), 3, "every second one; the others are left");
    // The others are asked for in another run, which is ended at its first question.
    assert_eq!(desk.draw().unwrap(), Ending::Interrupted);
    assert_eq!(desk.prompts().len(), 3);
    desk.choice.confirm = None;
    assert_eq!(desk.draw().unwrap(), Ending::Complete);
    assert_eq!(desk.prompts().len(), 6);
}
