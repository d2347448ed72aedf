//! From groups of names to elements: the name, what it looks like, where it is named.

use std::collections::{BTreeMap, BTreeSet};

use book::element::{Element, ElementType, Elements, Gender, NameCount, Suggestion};

use super::alias;
use super::candidate::Candidate;
use super::cast::Cast;
use super::choices::sort;
use super::evidence::Evidence;
use super::gender;
use super::joining::Groups;
use super::kinds::{Head, head_of};
use super::likeness::Owners;
use super::narrator;
use super::survey::Survey;

/// More elements than this are no help to anybody.
const MOST_ELEMENTS: usize = 150;
/// Quotes kept of one element.
const MOST_QUOTES: usize = 4;

/// The elements of the book that `surveys` describe.
pub(super) fn elements(surveys: &[Survey]) -> Elements {
    let cast = Cast::of(surveys);
    let Cast { candidates, usual, .. } = &cast;
    let Groups { groups, suggestions } = alias::group(candidates);
    let mut owner_of: BTreeMap<(bool, Vec<String>), usize> = BTreeMap::new();
    let mut elements: Vec<Element> = Vec::new();
    let mut taken = BTreeSet::new();
    let mut element_of = vec![usize::MAX; candidates.len()];
    let mut may_be_it = Vec::new();
    let frequent = |members: &&Vec<usize>| {
        cast.is_frequent(members) && !is_somebody_named(candidates, members)
    };
    for members in groups.iter().filter(frequent) {
        let element = element(candidates, members, *usual, &mut taken);
        for member in members {
            let candidate = &candidates[*member];
            owner_of.insert((candidate.common, candidate.words.clone()), elements.len());
            owner_of.entry((!candidate.common, candidate.words.clone())).or_insert(elements.len());
            element_of[*member] = elements.len();
        }
        may_be_it.push(members.iter().any(|i| is_often_it(&candidates[*i])));
        elements.push(element);
    }
    if let Some(narrator) = narrator::element(surveys, candidates) {
        let named = narrator::named(surveys, candidates, &groups)
            .and_then(|group| elements.get_mut(element_of[groups[group][0]]));
        match named {
            Some(named) => narrator::fold(narrator, named),
            None => {
                elements.push(narrator);
                may_be_it.push(false);
            }
        }
    }
    let owners =
        Owners { by_name: owner_of, may_be_it, narrator: narrator_of(&elements, candidates) };
    owners.attach(surveys, &mut elements);
    let spoken_to = narrator::names(candidates).into_iter().filter_map(|named| {
        let named = elements.get(element_of[named])?;
        let told = elements.iter().any(|element| element.name == narrator::NAME);
        told.then(|| Suggestion {
            keep: named.name.clone(),
            merge: narrator::NAME.to_owned(),
            reason: "is spoken to by name, and hardly named by who tells".to_owned(),
        })
    });
    let spoken_to: Vec<Suggestion> = spoken_to.collect();
    let suggestions = suggestions.iter().filter_map(|(a, b, reason)| {
        let (a, b) = (elements.get(element_of[*a])?, elements.get(element_of[*b])?);
        let (keep, merge) = if a.mentions >= b.mentions { (a, b) } else { (b, a) };
        Some(Suggestion {
            keep: keep.name.clone(),
            merge: merge.name.clone(),
            reason: (*reason).to_owned(),
        })
    });
    let mut suggestions: Vec<Suggestion> = suggestions.chain(spoken_to).collect();
    suggestions.sort();
    suggestions.dedup();
    sort(&mut elements);
    elements.truncate(MOST_ELEMENTS);
    let kept: BTreeSet<&str> = elements.iter().map(|element| element.name.as_str()).collect();
    suggestions.retain(|s| kept.contains(s.keep.as_str()) && kept.contains(s.merge.as_str()));
    Elements { elements, suggestions, language_unsupported: false }
}

/// The element whom `my` means: the narrator, where nobody's name may be his and he may be anybody's.
fn narrator_of(elements: &[Element], candidates: &[Candidate]) -> Option<usize> {
    let at = elements.iter().position(|element| element.is_called(narrator::I))?;
    let sure = elements[at].name != narrator::NAME || narrator::names(candidates).is_empty();
    sure.then_some(at)
}

fn element(
    candidates: &[Candidate],
    members: &[usize],
    usual: f64,
    taken: &mut BTreeSet<String>,
) -> Element {
    let main = &candidates[members[0]];
    let total: u32 = members.iter().map(|i| candidates[*i].mentions()).sum();
    let name = unique(&fullest(candidates, members, total), taken);
    let mut aliases: Vec<String> = Vec::new();
    for member in members {
        let alias = &candidates[*member].name;
        if *alias != name && !aliases.contains(alias) {
            aliases.push(alias.clone());
        }
    }
    let chapters: BTreeSet<u32> =
        members.iter().flat_map(|i| candidates[*i].chapters.keys().copied()).collect();
    let mut quotes: Vec<_> = members.iter().flat_map(|i| candidates[*i].quotes.clone()).collect();
    quotes.sort_by_key(|quote| (quote.chapter, quote.offset));
    quotes.dedup();
    quotes.truncate(MOST_QUOTES);
    let alive = matches!(main.kind, ElementType::Character | ElementType::Creature);
    Element {
        aliases,
        chapters: chapters.into_iter().collect(),
        mentions: total,
        quotes,
        gender: gender_of(candidates, members, usual).filter(|_| alive),
        names: members.iter().map(|i| name_count(&candidates[*i])).collect(),
        ..Element::new(name, kind(candidates, members))
    }
}

/// `the little girl`, where a girl with a name is in every chapter that speaks of her and named far more
/// often: another word for her.
fn is_somebody_named(candidates: &[Candidate], members: &[usize]) -> bool {
    let [only] = members else { return false };
    let epithet = &candidates[*only];
    let young = |word: &String| matches!(word.as_str(), "little" | "young" | "small");
    if !epithet.common || epithet.words.len() != 2 || !epithet.words.first().is_some_and(young) {
        return false;
    }
    candidates.iter().any(|named| {
        let here = epithet.chapters.keys().filter(|c| named.chapters.contains_key(c)).count();
        !named.common
            && named.gender.is_some()
            && named.gender == epithet.gender
            && named.mentions() >= 5 * epithet.mentions()
            && here * 10 >= epithet.chapters.len() * 9
    })
}

/// A beast, a being or a thing, of which the text says `it` as well.
fn is_often_it(candidate: &Candidate) -> bool {
    let evidence = &candidate.evidence;
    let nobody = matches!(head_of(candidate.head()), Head::Animal | Head::Monster | Head::Thing);
    nobody || evidence.it * 2 > evidence.he + evidence.she
}

/// What a title or given name among the names tells; else what the pronouns near all of them tell.
fn gender_of(candidates: &[Candidate], members: &[usize], usual: f64) -> Option<Gender> {
    let sure = members.iter().map(|i| &candidates[*i]).find(|candidate| candidate.gender_sure);
    if let Some(sure) =
        sure.or_else(|| members.first().map(|i| &candidates[*i]).filter(|_| members.len() == 1))
    {
        return sure.gender;
    }
    let mut evidence = Evidence::default();
    members.iter().for_each(|i| evidence.add(&candidates[*i].evidence));
    let plural = members.iter().any(|i| gender::is_people(&candidates[*i]));
    gender::by_pronouns(&evidence, usual, plural)
}

/// A character where any of the names is one: `the cat` that speaks under one name speaks under all.
fn kind(candidates: &[Candidate], members: &[usize]) -> ElementType {
    members.iter().map(|i| candidates[*i].kind).min().unwrap_or_default()
}

fn name_count(candidate: &Candidate) -> NameCount {
    NameCount {
        name: candidate.name.clone(),
        mentions: candidate.mentions(),
        chapters: candidate.chapters.keys().copied().collect(),
    }
}

/// The fullest of the names that are used often enough to be no slip: most words after the titles, then
/// with a title, then most often used.
fn fullest(candidates: &[Candidate], members: &[usize], total: u32) -> String {
    let least = 2.min(total).max(total / 200);
    members
        .iter()
        .map(|i| &candidates[*i])
        .filter(|candidate| candidate.mentions() >= least)
        .filter(|candidate| candidate.words.len() < 2 || candidate.words[0] != "great")
        .max_by_key(|c| {
            (c.core().len(), c.titles().len(), c.mentions(), std::cmp::Reverse(&c.name))
        })
        .or(members.first().map(|i| &candidates[*i]))
        .map(|candidate| candidate.name.clone())
        .unwrap_or_default()
}

/// Names are the key of an element: a second one of the same name gets a number.
fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut free = name.to_owned();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{name} ({number})");
        number += 1;
    }
    free
}
