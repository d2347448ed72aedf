//! Whether the text says `he` or `she` of somebody, or `they` of several.

use book::element::Gender;

use super::candidate::Candidate;
use super::evidence::Evidence;
use super::kinds::{Head, head_of};
use super::lexicon::{beings, names, singular};

/// So much more likely than the other, and a gender is taken as told by pronouns.
const LEAST_ODDS: f64 = 1.8;

/// Gender by title or noun, then by given name, then by pronouns; and whether it is sure, which
/// pronouns alone never are. `usual` is how many `he` stand for one `she` near any name of the book.
pub(super) fn of(candidate: &Candidate, usual: f64) -> (Option<Gender>, bool) {
    if let Some(told) = by_title(candidate).or_else(|| by_noun(candidate)) {
        return (Some(told), true);
    }
    let evidence = &candidate.evidence;
    // Where a beast or a being is `it`, a `she` nearby is somebody else.
    let nobody = matches!(head_of(candidate.head()), Head::Animal | Head::Monster | Head::Thing);
    let (most, least) = (evidence.he.max(evidence.she), evidence.he.min(evidence.she));
    let doubtful = nobody && (evidence.it > most || most < 3 * least);
    let pronouns = by_pronouns(evidence, usual, is_people(candidate))
        .filter(|g| !doubtful || *g == Gender::Group);
    match (by_given_name(candidate), pronouns) {
        // Pronouns overrule a given name only when there are many and all but unanimous.
        (Some(given), Some(other)) if given != other => {
            let (most, least) = (evidence.he.max(evidence.she), evidence.he.min(evidence.she));
            let overruled = most >= 8 && most >= 4 * least;
            (Some(if overruled { other } else { given }), !overruled)
        }
        (given, pronouns) => (given.or(pronouns), given.is_some()),
    }
}

/// Gender by the pronouns that follow the name.
pub(super) fn by_pronouns(evidence: &Evidence, usual: f64, plural: bool) -> Option<Gender> {
    let (he, she) = (evidence.he, evidence.she);
    let odds = (f64::from(he) + 0.5) / (f64::from(she) + 0.5) / usual;
    if evidence.they >= 2 && plural && evidence.they * 2 > he + she {
        Some(Gender::Group)
    } else if he.max(she) < 3 && he.min(she) > 0 || he.max(she) < 2 || evidence.it > 2 * (he + she)
    {
        None
    } else if odds >= LEAST_ODDS {
        Some(Gender::Male)
    } else if odds <= 1.0 / LEAST_ODDS {
        Some(Gender::Female)
    } else {
        None
    }
}

/// Whether the name is one of several: a noun in the plural, or an unknown word that has `the` before
/// it and `they` after it, as `the Eloi`.
pub(super) fn is_people(candidate: &Candidate) -> bool {
    let evidence = &candidate.evidence;
    let unknown = !candidate.common && head_of(candidate.head()) == Head::Unknown;
    let they = evidence.they > evidence.he + evidence.she + evidence.it;
    singular(candidate.head()).is_some()
        || unknown && they && evidence.the * 2 > evidence.mentions()
}

fn by_title(candidate: &Candidate) -> Option<Gender> {
    candidate.titles().iter().find_map(|title| {
        match (names().is(title, "title-male"), names().is(title, "title-female")) {
            (true, _) => Some(Gender::Male),
            (_, true) => Some(Gender::Female),
            _ => None,
        }
    })
}

fn by_noun(candidate: &Candidate) -> Option<Gender> {
    match beings().label(candidate.head()) {
        Some("person-male" | "kin-male" | "bland-male") => Some(Gender::Male),
        Some("person-female" | "kin-female" | "bland-female") => Some(Gender::Female),
        _ if candidate.words.len() == 1 && names().is(candidate.head(), "title-female") => {
            Some(Gender::Female)
        }
        _ => None,
    }
}

fn by_given_name(candidate: &Candidate) -> Option<Gender> {
    let first = candidate.core().first()?;
    match (names().is(first, "given-male"), names().is(first, "given-female")) {
        (true, false) => Some(Gender::Male),
        (false, true) => Some(Gender::Female),
        _ => None,
    }
}
