//! Surnames that are words of the landscape as well: `Brook`, `Wood`, `Hall`. Who bears one by a title or
//! a given name tells what the bare word names.

use std::collections::BTreeSet;

use super::candidate::Candidate;
use super::lexicon::{names, places};
use super::names::is_given;

/// The surnames that somebody in the book bears with a title or a given name.
pub(super) struct Surnames(BTreeSet<String>);

impl Surnames {
    /// Reads them off all names of the book.
    pub fn of(candidates: &[Candidate]) -> Self {
        Self(candidates.iter().filter_map(borne).map(str::to_owned).collect())
    }

    /// Whether the bare word is used as one of them: `Hall`, where there is a `Mr. Hall`, and not
    /// `the Hall`.
    pub fn is_somebody(&self, candidate: &Candidate) -> bool {
        let evidence = &candidate.evidence;
        let article = evidence.the + evidence.indefinite;
        matches!(candidate.words.as_slice(), [word] if self.0.contains(word))
            && !candidate.common
            && article * 3 < candidate.mentions()
    }
}

/// Whether a word of the landscape is an English surname too.
pub(super) fn may_be_surname(word: &str) -> bool {
    places().is(word, "surname")
}

fn borne(candidate: &Candidate) -> Option<&str> {
    let last = candidate.words.last().filter(|_| !candidate.common && candidate.words.len() > 1)?;
    let evidence = &candidate.evidence;
    let somebody = evidence.speaks + evidence.acts + evidence.addressed + evidence.owns;
    let titled = candidate.titles().first().is_some_and(|title| !names().is(title, "crown"));
    let given = candidate.words.first().is_some_and(|first| is_given(first))
        && somebody >= evidence.inside + evidence.toward;
    let bears = candidate.core().len() == 1 && titled || candidate.core().len() == 2 && given;
    bears.then_some(last)
}
