//! A crew at work, and a person who pauses and cancels.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use manifest::crew::{self, Duty, Ending, Next};
use manifest::{
    ChapterEvent, ChapterId, Event, Manifest, Request, Step, Store, StoreError, Token, WorkerId,
    decide,
};

use crate::acts::{of, worker};
use crate::project::{Acts, Project};

/// Nothing here takes longer; a wait that does has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Analyzes chapters that have no end until `ends` is set.
struct Reading<'a> {
    store: &'a Store,
    worker: WorkerId,
    ends: AtomicBool,
    /// In the middle of a part only the interrupt is looked at, as by a call to an engine.
    in_one_part: bool,
    waits: Sender<()>,
}

impl Duty for Reading<'_> {
    type Unit = (ChapterId, Token);
    type Error = StoreError;

    fn next(&self, manifest: &Manifest, token: Token) -> Next<Self::Unit> {
        match decide::claim(manifest, Step::Analysis, &self.worker) {
            Some((chapter, claim)) => Next::Take((chapter, token), claim),
            None if manifest.analyze_complete() => Next::Finished,
            None => Next::Wait,
        }
    }

    fn perform(&self, (chapter, token): Self::Unit) -> Result<(), StoreError> {
        let goes_on = || match self.in_one_part {
            true => Ok(!self.store.interrupt().is_set()),
            false => self.store.may_go_on(),
        };
        let change = loop {
            if self.ends.load(Ordering::SeqCst) {
                break ChapterEvent::Analyzed { token, concepts: 0 };
            }
            if !goes_on()? {
                break ChapterEvent::GivenBack { token };
            }
            thread::yield_now();
        };
        self.store.update(|_| (vec![of(chapter.0, change)], ()))
    }

    fn waiting(&self) {
        let _ = self.waits.send(());
    }
}

fn reading(store: &Store, in_one_part: bool) -> (Reading<'_>, Receiver<()>) {
    let (waits, waited) = mpsc::channel();
    let ends = AtomicBool::new(false);
    (Reading { store, worker: worker("w"), ends, in_one_part, waits }, waited)
}

fn ask(store: &Store, request: Request) {
    assert_eq!(store.request(&request, |_, _: &[Event]| Ok(())).unwrap(), Ok(1), "{request:?}");
}

fn wait_for_claims(store: &Store, count: usize) {
    let look = |manifest: &Manifest| (manifest.claims().count() == count).then_some(());
    store.wait_for(PATIENCE, look).unwrap().unwrap();
}

#[test]
fn a_paused_crew_gives_back_and_waits_and_then_goes_on() {
    let project = Project::new(3);
    let (ours, theirs) = (project.open(), project.open());
    let registered = ours.register(manifest::Role::Analyze).unwrap();
    let (mut duty, waited) = reading(&ours, false);
    duty.worker = registered.id().clone();
    thread::scope(|scope| {
        let crew = scope.spawn(|| crew::work(&ours, 2, &duty).unwrap());
        wait_for_claims(&theirs, 2);
        ask(&theirs, Request::Pause);
        wait_for_claims(&theirs, 0);
        let serial = theirs.serial();
        waited.recv_timeout(PATIENCE).unwrap();
        assert_eq!(theirs.serial(), serial);
        duty.ends.store(true, Ordering::SeqCst);
        ask(&theirs, Request::Resume);
        assert_eq!(crew.join().unwrap(), None);
    });
    assert!(theirs.state().analyze_complete());
}

#[test]
fn a_cancelled_crew_ends_in_the_middle_of_a_call() {
    let project = Project::new(3);
    let (ours, theirs) = (project.open(), project.open());
    let registered = ours.register(manifest::Role::Analyze).unwrap();
    let (mut duty, _waited) = reading(&ours, true);
    duty.worker = registered.id().clone();
    thread::scope(|scope| {
        let crew = scope.spawn(|| crew::work(&ours, 2, &duty).unwrap());
        wait_for_claims(&theirs, 2);
        ask(&theirs, Request::Cancel);
        assert_eq!(crew.join().unwrap(), Some(Ending::Cancelled));
    });
    assert_eq!(theirs.state().claims().count(), 0);
}
