//! Who says `I`: in a book told in the first person the narrator is somebody to draw.

use book::element::{Element, ElementType, Gender, NameCount};

use super::candidate::{Candidate, plain_words};
use super::evidence::Evidence;
use super::survey::Survey;

/// What the element is called.
pub(super) const NAME: &str = "the narrator";
/// What the text calls him, and an alias of his element.
pub(super) const I: &str = "I";
/// In a tale told by one who is in it, more than one word in so many is `I`.
const WORDS_PER_I: u32 = 110;
/// In so large a part of the chapters, in percent.
const LEAST_CHAPTERS: usize = 50;

/// Who the narrator is, as one of `groups`: the only one by whose name he calls himself (`Call me Ruth`), or
/// the only one who is spoken to by name again and again, and hardly named by who tells the tale. `None`
/// where two could be meant: a book may have several narrators.
pub(super) fn named(
    surveys: &[Survey],
    candidates: &[Candidate],
    groups: &[Vec<usize>],
) -> Option<usize> {
    let persons = |group: &usize| {
        let somebody =
            |i: &usize| candidates[*i].kind == ElementType::Character && !candidates[*i].common;
        groups[*group].iter().all(somebody)
    };
    let himself = |group: &usize| {
        let own = |i: &usize| {
            surveys.iter().any(|survey| {
                survey.called_himself.iter().any(|name| plain_words(name) == candidates[*i].words)
            })
        };
        groups[*group].iter().any(own)
    };
    let mut by_himself = (0..groups.len()).filter(persons).filter(himself);
    match (by_himself.next(), by_himself.next()) {
        (Some(only), None) => return Some(only),
        (Some(_), Some(_)) => return None,
        _ => {}
    }
    let mut spoken_to: Vec<(u32, usize)> =
        (0..groups.len()).filter(persons).map(|g| (answers(candidates, &groups[g]), g)).collect();
    spoken_to.sort_unstable_by(|a, b| b.cmp(a));
    match spoken_to.as_slice() {
        [(most, only), rest @ ..] if *most >= 5 => {
            let rival = rest.first().map_or(0, |(next, _)| *next);
            let throughout = is_throughout(surveys, candidates, &groups[*only]);
            (rival * 3 < *most && throughout).then_some(*only)
        }
        _ => None,
    }
}

/// Whether one is named in most of the chapters that are told in the first person: where letters and
/// tales of others come between, each has a narrator of its own.
fn is_throughout(surveys: &[Survey], candidates: &[Candidate], group: &[usize]) -> bool {
    let told: Vec<u32> = surveys.iter().filter(|s| tells(s)).map(|s| s.chapter).collect();
    let named =
        |chapter: &&u32| group.iter().any(|i| candidates[*i].chapters.contains_key(chapter));
    told.iter().filter(named).count() * 2 >= told.len()
}

/// Whether the chapter is told by one who is in it.
fn tells(survey: &Survey) -> bool {
    survey.narrator.saturating_mul(WORDS_PER_I) > survey.words
}

/// How often somebody is spoken to by name, who is hardly named outside speech; 0 for all others.
fn answers(candidates: &[Candidate], group: &[usize]) -> u32 {
    let mut evidence = Evidence::default();
    group.iter().for_each(|i| evidence.add(&candidates[*i].evidence));
    let in_speech = evidence.spoken * 10 >= evidence.mentions() * 8;
    if in_speech && evidence.speaks * 20 <= evidence.mentions() { evidence.addressed } else { 0 }
}

/// Folds the narrator into the element that bears his name.
pub(super) fn fold(narrator: Element, into: &mut Element) {
    let aliases = std::iter::once(narrator.name).chain(narrator.aliases);
    into.aliases.extend(aliases);
    into.chapters.extend(narrator.chapters);
    into.chapters.sort_unstable();
    into.chapters.dedup();
    into.mentions = into.mentions.saturating_add(narrator.mentions);
    into.names.extend(narrator.names);
    into.gender = into.gender.or(narrator.gender);
}

/// Who may be the narrator under a name: spoken to again and again, hardly ever named by who tells the
/// tale. Two at most, by their places in `candidates`.
pub(super) fn names(candidates: &[Candidate]) -> Vec<usize> {
    const MOST: usize = 2;
    let mut spoken_to: Vec<usize> = (0..candidates.len())
        .filter(|i| {
            let candidate = &candidates[*i];
            let evidence = &candidate.evidence;
            let person = candidate.kind == ElementType::Character && !candidate.common;
            person
                && evidence.addressed >= 3
                && evidence.spoken * 10 >= candidate.mentions() * 8
                && evidence.speaks == 0
        })
        .collect();
    spoken_to.sort_by_key(|i| (std::cmp::Reverse(candidates[*i].evidence.addressed), *i));
    spoken_to.truncate(MOST);
    spoken_to
}

/// Whoever speaks of `my wife` is a man; else the gender of all who may be the narrator, where they have
/// the same.
fn gender(surveys: &[Survey], candidates: &[Candidate]) -> Option<Gender> {
    let told_of = |nth: usize| surveys.iter().map(|survey| survey.spouse[nth]).sum::<u32>();
    match (told_of(0), told_of(1)) {
        (2.., 0) => return Some(Gender::Male),
        (0, 2..) => return Some(Gender::Female),
        _ => {}
    }
    let mut genders = names(candidates).into_iter().filter_map(|i| candidates[i].gender);
    let first = genders.next()?;
    genders.all(|other| other == first).then_some(first)
}

/// The narrator, where the book has one who is in the story.
pub(super) fn element(surveys: &[Survey], candidates: &[Candidate]) -> Option<Element> {
    let mut chapters: Vec<u32> =
        surveys.iter().filter(|survey| tells(survey)).map(|survey| survey.chapter).collect();
    if chapters.is_empty() || chapters.len() * 100 < surveys.len() * LEAST_CHAPTERS {
        return None;
    }
    chapters.sort_unstable();
    chapters.dedup();
    let mentions = surveys.iter().map(|survey| survey.narrator).fold(0, u32::saturating_add);
    let name = NameCount { name: NAME.to_owned(), mentions, chapters: chapters.clone() };
    Some(Element {
        aliases: vec![I.to_owned()],
        chapters,
        mentions,
        names: vec![name],
        gender: gender(surveys, candidates),
        ..Element::new(NAME, ElementType::Character)
    })
}
