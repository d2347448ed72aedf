//! Drawing sheets and portraits again, and taking the earlier one back: `sheet:ada`, `portrait:tom hale`.
//!
//! As with plates the prompt is changed and what differs from it is drawn; earlier pictures stay, and the
//! record of a likeness lists all its versions. A plate that is there stays as it is, whatever sheet it
//! was drawn after.
//!
//! **Invariant:** a prompt is only changed in the turn of whoever may draw the likeness.

use std::str::FromStr;
use std::thread;
use std::time::Duration;

use book::likeness::{self, Kind, Likeness};
use book::project;
use config::Flags;
use manifest::crew::Ending;
use manifest::{Interrupt, Store, Turn};

use super::{RedrawError, Wish, fresh_seed};
use crate::choice::Choice;
use crate::prompt::draft::{self, Draft};
use crate::{IllustrateError, Tell};

/// How often somebody else's turn is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How many times.
const MOST_LOOKS: u32 = 15 * 60 * 10;

/// A likeness as a person names it: `sheet:ada`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sitter {
    kind: Kind,
    name: String,
}

/// Not a likeness.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `sheet:NAME` nor `portrait:NAME`")]
pub struct SitterError(String);

impl FromStr for Sitter {
    type Err = SitterError;

    fn from_str(text: &str) -> Result<Self, SitterError> {
        let error = || SitterError(text.to_owned());
        let (kind, name) = text.split_once(':').ok_or_else(error)?;
        let kind = match kind.trim().to_lowercase().as_str() {
            "sheet" => Kind::Sheet,
            "portrait" => Kind::Portrait,
            _ => return Err(error()),
        };
        let name = name.trim().to_owned();
        if name.is_empty() { Err(error()) } else { Ok(Self { kind, name }) }
    }
}

/// The likenesses that are meant, each with the name of its element, each once.
///
/// # Errors
/// [`RedrawError::NoSuchElement`] where nobody is called so.
pub fn find(store: &Store, sitters: &[Sitter]) -> Result<Vec<(Kind, String)>, RedrawError> {
    let elements = project::elements(store)?;
    let mut found = Vec::new();
    for Sitter { kind, name } in sitters {
        let called = |wanted: &str| wanted.to_lowercase() == name.to_lowercase();
        let by_name = elements.elements.iter().find(|element| called(&element.name));
        let by_alias = || elements.elements.iter().find(|e| e.aliases.iter().any(|a| called(a)));
        let element = by_name.or_else(by_alias);
        let element = element.ok_or_else(|| RedrawError::NoSuchElement(name.clone()))?;
        let one = (*kind, element.name.clone());
        if !found.contains(&one) {
            found.push(one);
        }
    }
    Ok(found)
}

/// Asks for likenesses to be drawn again.
///
/// # Errors
/// [`RedrawError`]; what was asked for before it stays asked for.
pub fn order(store: &Store, of: &[(Kind, String)], wish: &Wish) -> Result<(), RedrawError> {
    for (kind, name) in of {
        let _turn = turn(store, *kind, name)?;
        let record = likeness::read(store, *kind, name)?.unwrap_or_default();
        let prompt = likeness::prompt_name(*kind, name);
        let there = draft::read(store, &prompt)?.unwrap_or_default();
        let used: Vec<u64> = record.versions.iter().chain([&record]).map(|v| v.seed).collect();
        let seed = wish.seed.or_else(|| fresh_seed(&[kind.folder(), name], &used));
        let draft = match &wish.prompt {
            Some(text) => Draft { text: text.trim().to_owned(), edited: true, seed },
            None => Draft { seed: seed.or(there.seed), ..there },
        };
        draft::write(store, &prompt, &draft)?;
        // A refusal was of the words that stood there before; what was brought has been enough till now.
        let record = Likeness { element: name.clone(), blocked: None, given: false, ..record };
        likeness::write(store, *kind, &record)?;
    }
    Ok(())
}

/// Takes back the version before the present one of each; says which file each has now.
///
/// # Errors
/// [`RedrawError`]; what was taken back before it stays so.
pub fn undo(store: &Store, of: &[(Kind, String)]) -> Result<Vec<String>, RedrawError> {
    let mut files = Vec::new();
    for (kind, name) in of {
        let _turn = turn(store, *kind, name)?;
        let record = likeness::read(store, *kind, name)?.unwrap_or_default();
        let before = record.before().ok_or_else(|| RedrawError::NoEarlier(name.clone()))?.clone();
        if !likeness::is_there(store, &before)? {
            return Err(RedrawError::Deleted(before.file.unwrap_or_default()));
        }
        let prompt = likeness::prompt_name(*kind, name);
        let there = draft::read(store, &prompt)?.unwrap_or_default();
        let edited = there.edited || there.text != before.prompt;
        let draft = Draft { text: before.prompt.clone(), seed: Some(before.seed), edited };
        draft::write(store, &prompt, &draft)?;
        files.extend(before.file.clone());
        let record = Likeness { versions: record.versions, intended: record.intended, ..before };
        likeness::write(store, *kind, &record)?;
    }
    Ok(files)
}

/// Draws likenesses that were ordered, unless a daemon that needs them has done it by then.
///
/// # Errors
/// As [`crate::command::draw`].
pub fn draw(
    store: &Store,
    of: &[(Kind, String)],
    flags: &Flags,
    interrupt: &Interrupt,
    tell: &Tell,
) -> Result<Ending, IllustrateError> {
    let choice = Choice { likenesses: of.to_vec(), ..Choice::default() };
    crate::command::draw(store.folder(), flags, choice, false, interrupt, tell)
}

/// The turn of whoever draws a likeness; waits for who has it.
fn turn(store: &Store, kind: Kind, name: &str) -> Result<Turn, RedrawError> {
    for _ in 0..MOST_LOOKS {
        if let Some(turn) = store.take_turn(&likeness::turn_name(kind, name))? {
            return Ok(turn);
        }
        if store.interrupt().is_set() {
            break;
        }
        thread::sleep(LOOK);
    }
    Err(RedrawError::BeingDrawn(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_likeness_is_named_by_its_kind_and_its_element() {
        let sitter: Sitter = " Sheet : Ada Brook".parse().unwrap();
        assert_eq!(sitter, Sitter { kind: Kind::Sheet, name: "Ada Brook".to_owned() });
        assert_eq!("portrait:a:b".parse::<Sitter>().unwrap().name, "a:b");
        for wrong in ["", "sheet", "sheet:", "plate:ada", "9:1"] {
            assert!(wrong.parse::<Sitter>().is_err(), "{wrong}");
        }
    }
}
