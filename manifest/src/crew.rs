//! A crew: the threads of one daemon, each taking the next unit of work until none is left.
//!
//! The loop is the same for every daemon: free what dead workers held, put back what is due for
//! another try, take the next unit in one locked update, do it with no lock held; when there is
//! nothing to take, wait until the state says that there is. A unit is handed out under a claim, so
//! it does not matter how many crews work on a project; threads of the crew that holds the claim may
//! share a unit of several parts.
//!
//! While a person has paused the book, nothing is there to take. When one cancels it, the crew's
//! interrupt is set, so that units in hand are given back at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::decide;
use crate::error::StoreError;
use crate::event::Event;
use crate::ids::Token;
use crate::manifest::Manifest;
use crate::state::IllegalTransition;
use crate::store::Store;
use crate::watchdog::Watchdog;

/// How often the state is looked at for a cancellation while all threads are busy.
const LOOK: Duration = Duration::from_millis(250);
/// How long an idle thread waits before it asks again who has died.
const IDLE: Duration = Duration::from_secs(1);
/// How long a unit may usually go without any progress.
const STUCK_AFTER: Duration = Duration::from_secs(30 * 60);

/// What a thread is to do next.
#[derive(Debug)]
pub enum Next<U> {
    /// Take this unit by writing this event.
    Take(U, Event),
    /// Help with this unit, which another thread of the crew has taken.
    Help(U),
    /// Nothing can be taken now, but something may be later.
    Wait,
    /// There is nothing left, now or later.
    Finished,
}

/// A daemon's part in the loop.
pub trait Duty: Sync {
    /// One unit of work.
    type Unit: Send;
    /// What stops the whole crew.
    type Error: From<StoreError> + Send;

    /// What to do next in this state; `token` is the one that a claim made now would get.
    fn next(&self, manifest: &Manifest, token: Token) -> Next<Self::Unit>;

    /// Does a unit and records how it went. It must obey the store's interrupt within a second, and
    /// give back what it then holds; where the unit has several parts, it must look before each of them
    /// whether it [may go on](Store::may_go_on).
    ///
    /// # Errors
    /// Only what concerns every unit, such as a full disk.
    fn perform(&self, unit: Self::Unit) -> Result<(), Self::Error>;

    /// Hears about once a second that a thread found nothing to take.
    fn waiting(&self);

    /// How long a unit may go without any progress before it is taken from a worker that lives.
    fn stuck_after(&self) -> Duration {
        STUCK_AFTER
    }
}

/// How a daemon's run ended, when nothing kept it from running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything is done.
    Complete,
    /// Nothing is left to do, but something failed or was refused.
    WithErrors,
    /// The interrupt was set.
    Interrupted,
    /// A person has cancelled the book.
    Cancelled,
    /// What a person asked to look at first is there; the rest is for another run.
    ForReview,
    /// What may be spent is spent; what is finished is kept.
    OutOfBudget,
}

impl Ending {
    /// The exit status that says so.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Complete => 0,
            Self::WithErrors => 3,
            Self::Cancelled => 4,
            Self::ForReview => 5,
            Self::OutOfBudget => 6,
            Self::Interrupted => 130,
        }
    }
}

enum Step<U> {
    Do(U),
    Again,
    Wait,
    Finished,
}

/// Writes what came of a unit. A claim that was lost meanwhile is no error: somebody else does the
/// unit, the token kept the late result out, and `late` hears why.
///
/// # Errors
/// As [`Store::update`], but for the lost claim.
pub fn report(
    store: &Store,
    event: Event,
    late: impl FnOnce(IllegalTransition),
) -> Result<(), StoreError> {
    match store.update(|_| (vec![event], ())) {
        Err(StoreError::Illegal(refused)) => {
            late(refused);
            Ok(())
        }
        other => other,
    }
}

/// Works with so many threads until nothing is left, the store's interrupt is set, or a duty fails; says
/// why it ended early, where it did. A cancellation sets the store's interrupt.
///
/// # Errors
/// The first error of any thread; the others stop after their unit.
pub fn work<D: Duty>(store: &Store, threads: usize, duty: &D) -> Result<Option<Ending>, D::Error> {
    let stop = AtomicBool::new(false);
    let watchdog = Mutex::new(Watchdog::new(duty.stuck_after()));
    let done = thread::scope(|scope| {
        let (at_work, ended) = mpsc::channel::<()>();
        scope.spawn(move || obey_cancellation(store, &ended));
        let hand = || one_hand(store, duty, &stop, &watchdog);
        let hands: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(hand)).collect();
        let ends = hands.into_iter().map(|hand| match hand.join() {
            Ok(end) => end,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        let done = ends.fold(Ok(()), Result::and);
        drop(at_work);
        done
    });
    done?;
    if store.view(|manifest| manifest.control.is_cancelled())? {
        return Ok(Some(Ending::Cancelled));
    }
    Ok(store.interrupt().is_set().then_some(Ending::Interrupted))
}

/// Sets the store's interrupt when the book is cancelled, until the sender is gone.
fn obey_cancellation(store: &Store, ended: &Receiver<()>) {
    while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        // Trouble with the state is for the threads at work to report.
        if store.view(|manifest| manifest.control.is_cancelled()).unwrap_or(false) {
            store.interrupt().set();
            break;
        }
    }
}

fn one_hand<D: Duty>(
    store: &Store,
    duty: &D,
    stop: &AtomicBool,
    watchdog: &Mutex<Watchdog>,
) -> Result<(), D::Error> {
    while !stop.load(Ordering::SeqCst) && !store.interrupt().is_set() {
        match one_step(store, duty, watchdog) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                stop.store(true, Ordering::SeqCst);
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Takes and does one unit, or waits; `false` when nothing is left.
fn one_step<D: Duty>(
    store: &Store,
    duty: &D,
    watchdog: &Mutex<Watchdog>,
) -> Result<bool, D::Error> {
    let observe = |manifest: &Manifest| {
        let mut watchdog = watchdog.lock().unwrap_or_else(PoisonError::into_inner);
        watchdog.observe(manifest, Instant::now())
    };
    let stuck = store.view(observe)?;
    store.recover(&stuck)?;
    // Looking first keeps off the lock whoever has nothing to write.
    let step = match store.view(|manifest| look(store, duty, manifest))? {
        (events, step) if events.is_empty() => step,
        _ => store.update(|manifest| look(store, duty, manifest))?,
    };
    match step {
        Step::Do(unit) => duty.perform(unit)?,
        Step::Again => {}
        Step::Finished => return Ok(false),
        Step::Wait => {
            let can_go_on = |manifest: &Manifest| match look(store, duty, manifest).1 {
                Step::Wait => None,
                _ => Some(()),
            };
            match store.wait_for(IDLE, can_go_on) {
                Ok(Some(())) => {}
                Ok(None) => duty.waiting(),
                Err(error) if error.is_interrupt() => return Ok(false),
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(true)
}

fn look<D: Duty>(store: &Store, duty: &D, manifest: &Manifest) -> (Vec<Event>, Step<D::Unit>) {
    if manifest.control.is_cancelled() {
        return (Vec::new(), Step::Finished);
    }
    let retries = decide::due_retries(manifest, store.now());
    if !retries.is_empty() {
        return (retries, Step::Again);
    }
    match duty.next(manifest, Token(manifest.serial.next().0)) {
        Next::Take(unit, claim) => (vec![claim], Step::Do(unit)),
        Next::Help(unit) => (Vec::new(), Step::Do(unit)),
        Next::Wait => (Vec::new(), Step::Wait),
        Next::Finished => (Vec::new(), Step::Finished),
    }
}
