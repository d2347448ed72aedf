//! Drawing again what went wrong: one plate, several, or all of a chapter, with other words or another
//! seed; and taking the earlier one back.
//!
//! [`order`] changes the prompts and puts the plates back in one event each: any daemon that is at work
//! draws them, and with none the next one does. Nothing is deleted: earlier pictures stay under the
//! names that their keys gave them, and `plates/009.json` lists all versions, so that [`undo`] only
//! restores the words and the seed of the one before: its picture is found by its key and not drawn
//! again.
//!
//! **Invariant:** a prompt is only changed while nobody draws its chapter.

pub mod likeness;

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use book::project::{self, ChapterPlates, PlateRecord, RecordError};
use config::Flags;
use manifest::crew::Ending;
use manifest::{
    ChapterEvent, ChapterId, Event, Interrupt, Manifest, Plate, Role, Status, Step, Store,
    StoreError, Token,
};

use crate::choice::Choice;
use crate::prompt::draft::{self, Draft};
use crate::{IllustrateError, Tell};

/// How long somebody who draws the chapter is waited for at a time.
const BUSY: Duration = Duration::from_secs(1);
/// How often.
const MOST_WAITS: u32 = 15 * 60;

/// One plate, or all plates of a chapter: `9:1`, `9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The chapter.
    pub chapter: ChapterId,
    /// 1-based index of the concept; `None` for all.
    pub concept: Option<u32>,
}

/// Not a plate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no plate; write chapter and number, as in `9:1`, or a chapter, `9`, for all of it"
)]
pub struct TargetError(String);

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let error = || TargetError(text.to_owned());
        let number = |text: &str| text.parse::<u32>().ok().filter(|n| *n > 0).ok_or_else(error);
        let (chapter, concept) = match text.split_once(':') {
            Some((chapter, concept)) => (chapter, Some(number(concept)?)),
            None => (text, None),
        };
        Ok(Self { chapter: ChapterId(number(chapter)?), concept })
    }
}

/// Why nothing is drawn again.
#[derive(Debug, thiserror::Error)]
pub enum RedrawError {
    /// The project cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record cannot be used.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// There is no such plate.
    #[error("there is no plate {1} in chapter {0}; `woodcut plates DIR` lists what there is")]
    NoSuchPlate(ChapterId, u32),
    /// The chapter has no moments yet, or never will.
    #[error("chapter {0} is `{1}`: there is nothing to draw again; `woodcut status DIR` says more")]
    NotAnalyzed(ChapterId, Status),
    /// There is no such chapter.
    #[error("there is no chapter {0}; `woodcut status DIR --json` lists what there is")]
    NoSuchChapter(ChapterId),
    /// Somebody draws the chapter and does not end.
    #[error("chapter {0} is being drawn; try again when it is done")]
    Busy(ChapterId),
    /// The plate has no version before the present one.
    #[error("plate {1} of chapter {0} has no earlier version")]
    NothingBefore(ChapterId, u32),
    /// Nobody in the book is called so.
    #[error("there is no `{0}` in the book; `woodcut elements DIR` lists who and what there is")]
    NoSuchElement(String),
    /// Somebody draws the likeness and does not end.
    #[error("`{0}` is being drawn; try again when it is done")]
    BeingDrawn(String),
    /// The likeness has no version before the present one.
    #[error("`{0}` has no earlier picture")]
    NoEarlier(String),
    /// The picture of the earlier version was deleted.
    #[error("{0} was deleted and cannot be taken back")]
    Deleted(String),
}

/// How plates are to be drawn again.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// In these words, instead of what stands in the prompt.
    pub prompt: Option<String>,
    /// With this seed; `None` for another one than before.
    pub seed: Option<u64>,
}

/// The plates that are meant, each with its concept; in the order of the book, each once.
///
/// # Errors
/// [`RedrawError`] where there is no such plate.
pub fn plates(store: &Store, targets: &[Target]) -> Result<Vec<(ChapterId, u32)>, RedrawError> {
    let found = store.view(|manifest| {
        let all = targets.iter().map(|target| of_target(manifest, *target));
        all.collect::<Result<Vec<_>, RedrawError>>()
    })??;
    let mut found = found.concat();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn of_target(manifest: &Manifest, target: Target) -> Result<Vec<(ChapterId, u32)>, RedrawError> {
    let id = target.chapter;
    let chapter = manifest.chapters().get(&id).ok_or(RedrawError::NoSuchChapter(id))?;
    let concepts = chapter.concepts.unwrap_or(0);
    if concepts == 0 {
        return Err(RedrawError::NotAnalyzed(id, chapter.state.status()));
    }
    match target.concept {
        None => Ok((1..=concepts).map(|concept| (id, concept)).collect()),
        Some(concept) if concept <= concepts => Ok(vec![(id, concept)]),
        Some(concept) => Err(RedrawError::NoSuchPlate(id, concept)),
    }
}

/// Asks for plates to be drawn again.
///
/// # Errors
/// [`RedrawError`]; what was asked for before it stays asked for.
pub fn order(store: &Store, plates: &[(ChapterId, u32)], wish: &Wish) -> Result<(), RedrawError> {
    for &(chapter, concept) in plates {
        let made = versions(store, chapter)?;
        let made: Vec<_> = made.versions.iter().filter(|plate| plate.concept == concept).collect();
        let draft = draft::read(store, &draft::name(chapter, concept))?.unwrap_or_default();
        let draft = match &wish.prompt {
            Some(text) => Draft { text: text.trim().to_owned(), edited: true, seed: None },
            None => draft,
        };
        let used: Vec<u64> = made.iter().map(|plate| plate.seed).collect();
        let of = [chapter.to_string(), concept.to_string()];
        let of = of.each_ref().map(String::as_str);
        let seed = wish.seed.or_else(|| fresh_seed(&of, &used));
        let draft = Draft { seed: seed.or(draft.seed), ..draft };
        when_idle(
            store,
            chapter,
            |manifest| {
                let change = ChapterEvent::PlateMissing { concept };
                let failed = manifest.chapters()[&chapter].state.status() == Status::Failed;
                let retried = failed.then_some(ChapterEvent::Retried { afresh: true });
                let changes = retried.into_iter().chain([change]);
                changes.map(|change| Event::Chapter { chapter, change }).collect()
            },
            || draft::write(store, &draft::name(chapter, concept), &draft),
        )?;
    }
    Ok(())
}

/// A seed that the picture of this name has not had yet.
fn fresh_seed(of: &[&str], used: &[u64]) -> Option<u64> {
    let nth = |n: u64| {
        let number = n.to_string();
        let parts = [of, &[number.as_str()]].concat();
        u64::from_str_radix(&project::key(&parts)[..8], 16).ok()
    };
    let first = used.len() as u64;
    (first..=2 * first + 1).filter_map(nth).find(|seed| !used.contains(seed))
}

/// Takes back the version before the present one of each plate; says which file each has now.
///
/// # Errors
/// [`RedrawError`]; what was taken back before it stays so.
pub fn undo(store: &Store, plates: &[(ChapterId, u32)]) -> Result<Vec<String>, RedrawError> {
    let worker = store.register(Role::Illustrate)?;
    let mut files = Vec::new();
    for &(chapter, concept) in plates {
        let record = versions(store, chapter)?;
        let now = record.plates.iter().find(|plate| plate.concept == concept);
        let before = now.and_then(|now| record.before(concept, &now.file));
        let before = before.ok_or(RedrawError::NothingBefore(chapter, concept))?.clone();
        if !manifest::artifact::path(store.folder(), &before.file)?.is_file() {
            return Err(RedrawError::Deleted(before.file));
        }
        // Put back and claimed in one update: nobody draws it in between.
        let claim = |_: &Manifest| {
            let missing = ChapterEvent::PlateMissing { concept };
            let claimed = ChapterEvent::IllustrationClaimed { worker: worker.id().clone() };
            [missing, claimed].map(|change| Event::Chapter { chapter, change }).to_vec()
        };
        when_idle(store, chapter, claim, || Ok(()))?;
        restore(store, chapter, record, &before)?;
        files.push(before.file);
    }
    Ok(files)
}

/// Makes an earlier version the present one, under a claim on the chapter.
fn restore(
    store: &Store,
    chapter: ChapterId,
    mut record: ChapterPlates,
    before: &PlateRecord,
) -> Result<(), RedrawError> {
    let concept = before.concept;
    let name = draft::name(chapter, concept);
    let there = draft::read(store, &name)?.unwrap_or_default();
    let edited = there.edited || there.text != before.prompt;
    let draft = Draft { text: before.prompt.clone(), seed: Some(before.seed), edited };
    draft::write(store, &name, &draft)?;
    record.record(before.clone());
    project::write(store, &project::plates_name(chapter), &record)?;
    store.update(|manifest| {
        let state = &manifest.chapters()[&chapter];
        let Some((Step::Illustration, claim)) = state.state.claim() else { return (vec![], ()) };
        let token: Token = claim.token;
        let plate = Plate { file: before.file.clone(), key: before.key.clone() };
        let rest = state.missing_concepts().iter().any(|missing| *missing != concept);
        let end = match rest {
            true => ChapterEvent::GivenBack { token },
            false => ChapterEvent::Illustrated { token },
        };
        let changes = [ChapterEvent::PlateRecorded { token, concept, plate, millis: 0 }, end];
        (changes.map(|change| Event::Chapter { chapter, change }).to_vec(), ())
    })?;
    Ok(())
}

/// Leaves the drawing of plates that were ordered to daemons that are at work, and does it where there
/// are none, or where those that there were have ended without it.
///
/// # Errors
/// As [`crate::command::draw`].
pub fn draw(
    store: &Store,
    plates: &[(ChapterId, u32)],
    flags: &Flags,
    interrupt: &Interrupt,
    tell: &Tell,
) -> Result<Ending, IllustrateError> {
    while is_at_work(store)? {
        match store.wait_for(BUSY, |manifest| are_settled(manifest, plates).then_some(())) {
            Ok(Some(())) => return Ok(Ending::Complete),
            Ok(None) => {}
            Err(error) if error.is_interrupt() => return Ok(Ending::Interrupted),
            Err(error) => return Err(error.into()),
        }
    }
    let chapters: BTreeSet<u32> = plates.iter().map(|(chapter, _)| chapter.0).collect();
    let choice = Choice { chapters: Some(chapters.into_iter().collect()), ..Choice::default() };
    crate::command::draw(store.folder(), flags, choice, false, interrupt, tell)
}

/// Whether anybody is alive who draws.
///
/// # Errors
/// When the project cannot be read.
pub fn is_at_work(store: &Store) -> Result<bool, StoreError> {
    Ok(store.workers()?.iter().any(|worker| worker.role == Role::Illustrate))
}

/// Whether every one of these plates is there, or has been refused.
fn are_settled(manifest: &Manifest, plates: &[(ChapterId, u32)]) -> bool {
    plates.iter().all(|(chapter, concept)| {
        manifest.chapters().get(chapter).is_some_and(|c| c.outcomes.contains_key(concept))
    })
}

fn versions(store: &Store, chapter: ChapterId) -> Result<ChapterPlates, RedrawError> {
    let mut record = project::read(store, &project::plates_name(chapter))?
        .unwrap_or_else(|| ChapterPlates::new(chapter));
    // Records of before there were versions.
    for plate in record.plates.clone() {
        record.record(plate);
    }
    Ok(record)
}

/// Does `first` and then writes what `events` says, once nobody draws the chapter.
fn when_idle(
    store: &Store,
    chapter: ChapterId,
    events: impl Fn(&Manifest) -> Vec<Event>,
    first: impl Fn() -> Result<(), StoreError>,
) -> Result<(), RedrawError> {
    let is_busy = |manifest: &Manifest| {
        let status = manifest.chapters().get(&chapter).map(|chapter| chapter.state.status());
        status.is_none_or(|status| matches!(status, Status::Illustrating | Status::Analyzing))
    };
    for _ in 0..MOST_WAITS {
        let done = store.update(|manifest| {
            if is_busy(manifest) {
                return (Vec::new(), Ok(false));
            }
            match first() {
                Ok(()) => (events(manifest), Ok(true)),
                Err(error) => (Vec::new(), Err(error)),
            }
        })?;
        if done? {
            return Ok(());
        }
        store.recover(&BTreeSet::new())?;
        store.wait_for(BUSY, |manifest| (!is_busy(manifest)).then_some(()))?;
    }
    Err(RedrawError::Busy(chapter))
}
