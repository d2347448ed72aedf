//! Events: every change that a manifest can undergo, as it stands in the journal.
//!
//! An event is data about what happened, never an instruction; what it does to the state is said in
//! [`crate::state`] and [`crate::manifest`] alone. Names here are written to disk: a new event may be
//! added, an old one is never renamed and keeps its meaning for ever.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{ChapterId, Serial, Token, WorkerId};
use crate::ledger::{Amount, Charge, Work};
use crate::state::Step;

/// Number and time of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Its number.
    pub serial: Serial,
    /// Wall clock of its writer; for people to read, never compared.
    pub at: DateTime<Utc>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// One change of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The book has been read: these are its chapters. Happens once.
    ChaptersListed {
        /// All of them, by number.
        chapters: Vec<Listed>,
    },
    /// A worker takes the elements pass.
    ElementsClaimed {
        /// Who.
        worker: WorkerId,
    },
    /// One chapter's part of the elements pass is on disk.
    ElementsRead {
        /// The claim it was done under.
        token: Token,
        /// The chapter.
        chapter: ChapterId,
        /// How many milliseconds that took; 0 where it is not known.
        #[serde(default, skip_serializing_if = "is_zero")]
        millis: u64,
    },
    /// `elements.json` is on disk.
    ElementsCompleted {
        /// The claim it was done under.
        token: Token,
        /// How many elements were found.
        count: u32,
    },
    /// The worker gave the elements pass back unfinished.
    ElementsGivenBack {
        /// Its claim.
        token: Token,
    },
    /// The worker died or hung; the elements pass is free again.
    ElementsReclaimed {
        /// Its claim.
        token: Token,
        /// Why.
        cause: Cause,
    },
    /// The elements pass failed.
    ElementsFailed {
        /// Its claim.
        token: Token,
        /// What went wrong, in one line.
        message: String,
        /// Not before this instant; `None` when only a person can help.
        retry_at: Option<DateTime<Utc>>,
    },
    /// The elements pass is to be done again: after an error, or because its file is gone.
    ElementsReset,
    /// A change of one chapter.
    Chapter {
        /// Which.
        chapter: ChapterId,
        /// What happened to it.
        #[serde(flatten)]
        change: ChapterEvent,
    },
    /// A person asked for nothing new to be begun.
    Paused,
    /// A person asked for the work to go on, after a pause or a cancellation.
    Resumed,
    /// A person asked for the work to end.
    Cancelled,
    /// Whoever runs the book will bind it when all is drawn.
    BindingWanted,
    /// All that is drawn is bound.
    Bound {
        /// How many milliseconds that took.
        millis: u64,
    },
    /// A call to an engine that is limited or costs something.
    Call {
        /// What happened to it.
        #[serde(flatten)]
        change: CallEvent,
    },
}

/// One change of the [ledger](crate::ledger).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum CallEvent {
    /// A call is about to be made; the event's serial is its permit.
    Reserved {
        /// Who makes it.
        worker: WorkerId,
        /// Of which kind.
        work: Work,
        /// Engine and model, as data.
        engine: String,
        /// What it may take at most.
        most: Amount,
    },
    /// A call is over, well or not.
    Settled {
        /// The serial of its reservation.
        permit: Serial,
        /// Whether it was paid for.
        charge: Charge,
        /// What it took; where that is not known, what was reserved.
        used: Amount,
    },
    /// Calls were made for what is no unit of work, and whoever made them died before the result was on
    /// disk: they may have been paid for, and are made again.
    Lost {
        /// How many.
        calls: u32,
    },
    /// A server asked to be left alone for a while.
    HeldOff {
        /// By calls of which kind.
        work: Work,
        /// For how many milliseconds; more than a minute is not kept.
        millis: u64,
    },
}

/// A chapter as the book's reader lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its number.
    pub number: ChapterId,
    /// Its title, as data: it never becomes a path, a command or markup.
    pub title: String,
    /// Its length in words; the weight of its analysis.
    pub words: u32,
}

/// One change of a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ChapterEvent {
    /// A worker takes the analysis; the event's serial is the claim's token.
    AnalysisClaimed {
        /// Who.
        worker: WorkerId,
    },
    /// `concepts/NNN.json` is on disk.
    Analyzed {
        /// The claim it was done under.
        token: Token,
        /// How many concepts it holds.
        concepts: u32,
    },
    /// A worker takes the illustration; the event's serial is the claim's token.
    IllustrationClaimed {
        /// Who.
        worker: WorkerId,
    },
    /// A call that costs something is about to be made for a plate.
    PlateIntended {
        /// The claim it is made under.
        token: Token,
        /// 1-based index of the concept.
        concept: u32,
        /// Hash of what makes the plate.
        key: String,
    },
    /// The engine is about to be asked for a plate under a name by which it will know it again: a
    /// restart asks for the result and nothing is drawn, or paid for, twice.
    PlateQueued {
        /// The claim it is asked for under.
        token: Token,
        /// 1-based index of the concept.
        concept: u32,
        /// The engine's name for the job.
        job: String,
    },
    /// A plate is on disk.
    PlateRecorded {
        /// The claim it was drawn under.
        token: Token,
        /// 1-based index of the concept.
        concept: u32,
        /// The plate.
        plate: Plate,
        /// How many milliseconds it took, from when it was begun; 0 where it is not known.
        #[serde(default, skip_serializing_if = "is_zero")]
        millis: u64,
    },
    /// A call that was intended for a plate has ended in a way that is known, and brought none.
    PlateNotDrawn {
        /// The claim it was made under.
        token: Token,
        /// 1-based index of the concept.
        concept: u32,
    },
    /// The engine refuses to draw a concept; the book goes on without it.
    PlateBlocked {
        /// The claim it was tried under.
        token: Token,
        /// 1-based index of the concept.
        concept: u32,
        /// The engine's reason.
        reason: String,
    },
    /// Every concept has its plate or its reason.
    Illustrated {
        /// The claim it was done under.
        token: Token,
    },
    /// The worker gave the chapter back unfinished; the attempt is not counted.
    GivenBack {
        /// Its claim.
        token: Token,
    },
    /// The worker died or hung; the attempt stays counted.
    Reclaimed {
        /// Its claim.
        token: Token,
        /// Why.
        cause: Cause,
    },
    /// The step failed.
    Failed {
        /// The claim it was tried under.
        token: Token,
        /// What went wrong, in one line.
        message: String,
        /// Not before this instant; `None` when only a person can help.
        retry_at: Option<DateTime<Utc>>,
    },
    /// A failed step is to be tried again.
    Retried {
        /// Whether its attempts are counted from zero: a person asked, not the clock.
        afresh: bool,
    },
    /// The chapter is not to be illustrated.
    Skipped {
        /// Why.
        reason: String,
    },
    /// A skipped chapter is wanted after all.
    Selected,
    /// A recorded plate is no longer on disk, or is to be drawn anew.
    PlateMissing {
        /// 1-based index of the concept.
        concept: u32,
    },
    /// The recorded concepts are no longer on disk.
    ConceptsMissing,
    /// A step is to be done again from the start.
    Reset {
        /// Which.
        step: Step,
    },
}

/// Why a claim was taken from a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// Its process is gone.
    Died,
    /// Its process lives but has shown no progress for too long.
    Stuck,
}

/// A finished plate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plate {
    /// Name of the artifact in the project, with forward slashes: `plates/009-1-the-ford.png`.
    pub file: String,
    /// Hash of what made it: text, prompt, engine, size, seed.
    pub key: String,
}

impl ChapterEvent {
    /// The event's name as it stands in the journal, with its token where it has one.
    #[must_use]
    pub fn name(&self) -> String {
        let (name, token) = match self {
            Self::AnalysisClaimed { .. } => ("analysis_claimed", None),
            Self::Analyzed { token, .. } => ("analyzed", Some(token)),
            Self::IllustrationClaimed { .. } => ("illustration_claimed", None),
            Self::PlateIntended { token, .. } => ("plate_intended", Some(token)),
            Self::PlateQueued { token, .. } => ("plate_queued", Some(token)),
            Self::PlateRecorded { token, .. } => ("plate_recorded", Some(token)),
            Self::PlateNotDrawn { token, .. } => ("plate_not_drawn", Some(token)),
            Self::PlateBlocked { token, .. } => ("plate_blocked", Some(token)),
            Self::Illustrated { token } => ("illustrated", Some(token)),
            Self::GivenBack { token } => ("given_back", Some(token)),
            Self::Reclaimed { token, .. } => ("reclaimed", Some(token)),
            Self::Failed { token, .. } => ("failed", Some(token)),
            Self::Retried { .. } => ("retried", None),
            Self::Skipped { .. } => ("skipped", None),
            Self::Selected => ("selected", None),
            Self::PlateMissing { .. } => ("plate_missing", None),
            Self::ConceptsMissing => ("concepts_missing", None),
            Self::Reset { .. } => ("reset", None),
        };
        match token {
            Some(token) => format!("{name} (token {token})"),
            None => name.to_owned(),
        }
    }
}
