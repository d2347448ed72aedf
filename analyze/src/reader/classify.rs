//! What a name is: a character, a creature, a place, a thing, or nothing to draw.

use book::element::{ElementType, Gender};

use super::candidate::Candidate;
use super::kinds::{Head, ends_as_place, head_of, is_place_word};
use super::lexicon::{beings, names, singular, things};
use super::names::is_given;
use super::surnames::{Surnames, may_be_surname};

/// What the candidate is; `None` where it is nothing to draw.
pub(super) fn kind(candidate: &Candidate, surnames: &Surnames) -> Option<ElementType> {
    let evidence = &candidate.evidence;
    let human = evidence.speaks * 3
        + evidence.acts * 2
        + evidence.addressed * 3
        + evidence.he
        + evidence.she
        + evidence.owns;
    let local = evidence.inside * 4 + evidence.toward;
    let speaks = evidence.speaks >= 2 || evidence.speaks >= 1 && evidence.mentions() < 10;
    let head = head_of(candidate.head());
    if candidate.common {
        return common_kind(candidate, head);
    }
    // `the Thunder Child`, of which nothing is said but that it sails.
    let article = evidence.the * 2 >= evidence.mentions();
    if evidence.aboard > 0 && evidence.speaks == 0 && article {
        return Some(ElementType::Object);
    }
    // `at the Old Lion`: an inn. Not `to the Duchess`, who may be silent as well.
    let silent = evidence.speaks + evidence.acts + evidence.addressed + evidence.owns == 0;
    let housed = evidence.inside > 0
        && (evidence.inside + evidence.toward) * 2 >= evidence.mentions()
        && candidate.words.len() > 1;
    if article && silent && housed && matches!(head, Head::Animal | Head::Monster) {
        return Some(ElementType::Place);
    }
    let last = candidate.words.last().map_or("", String::as_str);
    if let Some(kind) = landscape_kind(candidate, surnames, human, local) {
        return Some(kind);
    }
    if candidate.words.len() > 1 && is_place_word(last) && human < local + 6 {
        return Some(ElementType::Place);
    }
    if !candidate.titles().is_empty() {
        let saint = candidate.words[0] == "st" || candidate.words[0] == "saint";
        return Some(if saint && local > human {
            ElementType::Place
        } else {
            ElementType::Character
        });
    }
    let whole = candidate.words.join(" ");
    let label = |label| names().is(&whole, label) || names().phrase_is(&whole, label);
    if label("divine") && evidence.speaks < 3 || label("nation") {
        return None;
    }
    match head {
        Head::Person => (human > 2).then_some(ElementType::Character),
        Head::Monster | Head::Animal if speaks => Some(ElementType::Character),
        Head::Monster | Head::Animal => Some(ElementType::Creature),
        Head::Place if human > local + 10 && speaks => Some(ElementType::Character),
        Head::Place => (local > 0 || candidate.words.len() > 1).then_some(ElementType::Place),
        Head::Thing if speaks => Some(ElementType::Character),
        Head::Thing => {
            Some(if evidence.aboard > 0 { ElementType::Object } else { ElementType::Item })
        }
        Head::Unknown => unknown_kind(candidate, human, local),
    }
}

/// `Mr. Wood`, `Ada Brook`, and `Brook` where she is named in full: a person under a word that is also a
/// place's. `None` where nothing says so.
fn landscape_kind(
    candidate: &Candidate,
    surnames: &Surnames,
    human: u32,
    local: u32,
) -> Option<ElementType> {
    let (first, last) = (candidate.words.first()?, candidate.words.last()?);
    if !is_place_word(last) {
        return None;
    }
    let titled = candidate.titles().first().is_some_and(|title| !names().is(title, "crown"));
    let somebody = match candidate.words.len() {
        1 => surnames.is_somebody(candidate) && human > local,
        _ if titled && candidate.core().len() == 1 => true,
        _ => {
            may_be_surname(last) && { (titled || is_given(first)) && (human > local || local == 0) }
        }
    };
    somebody.then_some(ElementType::Character)
}

fn common_kind(candidate: &Candidate, head: Head) -> Option<ElementType> {
    let evidence = &candidate.evidence;
    let alive = evidence.speaks + evidence.acts;
    // `the murderer` is mostly spoken of; who is present does things.
    let least = match beings().label(candidate.head()) {
        Some(label) if label.starts_with("kin") => 20,
        Some(label) if label.starts_with("role") => 3,
        _ => 7,
    };
    let enough = alive >= 3 && alive * least >= evidence.mentions();
    match head {
        Head::Animal => {
            let often = evidence.mentions() >= 8 && evidence.acts >= 3;
            match (evidence.speaks >= 3, often) {
                (true, _) => Some(ElementType::Character),
                (false, true) => Some(ElementType::Creature),
                (false, false) => None,
            }
        }
        Head::Thing => Some(match things().label(candidate.head()) {
            Some("vessel") => ElementType::Object,
            _ => ElementType::Item,
        }),
        Head::Monster if evidence.speaks < 2 => enough.then_some(ElementType::Creature),
        _ => enough.then_some(ElementType::Character),
    }
}

/// A name whose words tell nothing: what the sentences say.
fn unknown_kind(candidate: &Candidate, human: u32, local: u32) -> Option<ElementType> {
    let evidence = &candidate.evidence;
    let first = candidate.words.first().map_or("", String::as_str);
    let given = is_given(first);
    let whole = candidate.words.join(" ");
    let mentions = evidence.mentions();
    if evidence.aboard >= 2 && evidence.the * 2 > mentions {
        return Some(ElementType::Object);
    }
    if names().is(&whole, "gazetteer") || names().phrase_is(&whole, "gazetteer") {
        let enough = if given { human > local } else { human > 2 * local };
        let person = evidence.speaks >= 3 && enough;
        return Some(if person { ElementType::Character } else { ElementType::Place });
    }
    if given {
        let place = local > 2 * human && evidence.speaks == 0;
        return Some(if place { ElementType::Place } else { ElementType::Character });
    }
    if candidate.gender == Some(Gender::Group) {
        return Some(if evidence.speaks >= 2 {
            ElementType::Character
        } else {
            ElementType::Creature
        });
    }
    let last = candidate.words.last().map_or("", String::as_str);
    let local = local + if ends_as_place(last) { mentions / 3 + 1 } else { 0 };
    let article = evidence.the * 2 > mentions;
    if local > human && local * 3 >= mentions && !article {
        return Some(ElementType::Place);
    }
    if article && singular(last).is_some() && evidence.they > 0 && human > 0 {
        return Some(ElementType::Creature);
    }
    let somebody = evidence.speaks + evidence.addressed + evidence.he + evidence.she;
    if article && (evidence.speaks == 0 || evidence.it > evidence.he + evidence.she) {
        // `the Heat-Ray`: something that acts, and nobody.
        let river = local * 2 > mentions;
        let kind = if river { ElementType::Place } else { ElementType::Object };
        return (mentions >= 5 && candidate.words.len() + last.matches('-').count() > 1 || river)
            .then_some(kind);
    }
    let sure = evidence.speaks > 0 || evidence.addressed > 1 || evidence.acts >= 2 && somebody > 0;
    (human * 3 >= mentions && sure && somebody > 0).then_some(ElementType::Character)
}
