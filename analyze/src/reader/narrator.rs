//! Who says `I`: in a book told in the first person the narrator is somebody to draw.

use book::element::{Element, ElementType, Gender, NameCount};

use super::candidate::Candidate;
use super::survey::Survey;

/// What the element is called.
pub(super) const NAME: &str = "the narrator";
/// In a tale told by one who is in it, more than one word in so many is `I`.
const WORDS_PER_I: u32 = 110;
/// In so large a part of the chapters, in percent.
const LEAST_CHAPTERS: usize = 50;

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
    let tells = |survey: &&Survey| survey.narrator.saturating_mul(WORDS_PER_I) > survey.words;
    let mut chapters: Vec<u32> =
        surveys.iter().filter(tells).map(|survey| survey.chapter).collect();
    if chapters.is_empty() || chapters.len() * 100 < surveys.len() * LEAST_CHAPTERS {
        return None;
    }
    chapters.sort_unstable();
    chapters.dedup();
    let mentions = surveys.iter().map(|survey| survey.narrator).fold(0, u32::saturating_add);
    let name = NameCount { name: NAME.to_owned(), mentions, chapters: chapters.clone() };
    Some(Element {
        aliases: vec!["I".to_owned()],
        chapters,
        mentions,
        names: vec![name],
        gender: gender(surveys, candidates),
        ..Element::new(NAME, ElementType::Character)
    })
}
