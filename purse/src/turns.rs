//! One graphics card for all: the processes of text and of pictures, of whatever projects, take turns.
//!
//! A turn is a [file in a folder](manifest::Turn) that all of them share: a process has it for as long as its calls
//! last, gives it up when another waits and it has had its time or nothing to do, and has its server free
//! the memory before. Whoever waits holds a second turn, the next one, by which the first sees him.
//!
//! **Invariants:** no call is made without the turn; whoever waits for it gets it before the one that had
//! it has it again; the kernel ends the turn of a process that dies.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use manifest::{StoreError, Turn};
use models::{Admission, CallError, Estimate, Gate, Permit, Settlement, Work};

use crate::Purse;

/// The turn of whoever uses the card.
const CARD: &str = "gpu.lock";
/// The turn of whoever waits for it.
const NEXT: &str = "gpu-next.lock";
/// How long a process may go on while another waits: loading a model takes seconds.
const SLICE: Duration = Duration::from_secs(60);
/// How long to wait before asking again for the card.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Frees the memory of the card, before somebody else uses it.
pub type Unload<'a> = Box<dyn Fn() + Send + Sync + 'a>;

/// The purse of a process that shares one graphics card, or need not care.
pub struct Turns<'a> {
    purse: Purse,
    folder: PathBuf,
    /// `None` where there is nothing to be shared.
    unload: Option<Unload<'a>>,
    card: Mutex<Card>,
}

/// What this process has of the card.
#[derive(Debug, Default)]
struct Card {
    turn: Option<Turn>,
    next: Option<Turn>,
    /// When the turn was taken, on the callers' clock.
    since: Duration,
    under_way: u32,
}

impl<'a> Turns<'a> {
    /// A purse whose calls need the card, whose turns lie in `folder`; with no way to unload they need
    /// nothing but the purse.
    #[must_use]
    pub fn new(purse: Purse, folder: &Path, unload: Option<Unload<'a>>) -> Self {
        Self { purse, folder: folder.to_owned(), unload, card: Mutex::default() }
    }

    fn turn(&self, name: &str) -> Result<Option<Turn>, StoreError> {
        Turn::take(&self.folder.join(name))
    }

    fn card(&self) -> MutexGuard<'_, Card> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that this process has nothing to do: whoever waits for the card gets it.
    pub fn rest(&self) {
        let mut card = self.card();
        // A place in the line is for those who want something.
        card.next = None;
        if card.turn.is_some() && card.under_way == 0 && self.is_wanted().unwrap_or(true) {
            self.give_up(&mut card);
        }
    }

    /// Whether another process waits for the card.
    fn is_wanted(&self) -> Result<bool, StoreError> {
        Ok(self.turn(NEXT)?.is_none())
    }

    fn give_up(&self, card: &mut Card) {
        if card.turn.is_some()
            && let Some(unload) = &self.unload
        {
            unload();
        }
        card.turn = None;
    }

    /// Whether this process may use the card now.
    fn take(&self, card: &mut Card, now: Duration) -> Result<bool, StoreError> {
        if card.turn.is_some() {
            let over = now.saturating_sub(card.since) >= SLICE;
            if !over || !self.is_wanted()? {
                return Ok(true);
            }
            // Calls that are under way are waited for.
            if card.under_way > 0 {
                return Ok(false);
            }
            self.give_up(card);
        }
        if card.next.is_none() {
            card.next = self.turn(NEXT)?;
        }
        if card.next.is_none() {
            return Ok(false);
        }
        card.turn = self.turn(CARD)?;
        if card.turn.is_some() {
            card.next = None;
            card.since = now;
        }
        Ok(card.turn.is_some())
    }
}

impl Gate for Turns<'_> {
    fn admit(&self, call: &Estimate, now: Duration) -> Result<Admission, CallError> {
        if self.unload.is_none() {
            return self.purse.admit(call, now);
        }
        let mut card = self.card();
        if !self.take(&mut card, now).map_err(|error| self.purse.no_books(&error))? {
            return Ok(Admission::Wait(ASK_AGAIN));
        }
        let admission = self.purse.admit(call, now)?;
        card.under_way += u32::from(matches!(admission, Admission::Go(_)));
        Ok(admission)
    }

    fn settle(&self, permit: Permit, settlement: Settlement, now: Duration) {
        self.purse.settle(permit, settlement, now);
        let mut card = self.card();
        card.under_way = card.under_way.saturating_sub(1);
    }

    fn hold_off(&self, work: Work, pause: Duration, now: Duration) {
        self.purse.hold_off(work, pause, now);
    }
}

impl Drop for Turns<'_> {
    fn drop(&mut self) {
        let mut card = self.card();
        self.give_up(&mut card);
    }
}
