//! Looks given to elements: each sighting to the only one that its name or pronoun fits, or to nobody.

use std::collections::{BTreeMap, BTreeSet};

use book::element::{Aspect, Element, ElementType, Fact, Gender, describe};

use super::candidate::plain_words;
use super::kinds::is_place_word;
use super::lexicon::settings;
use super::narrator;
use super::sighting::{OwnerName, Sighting};
use super::survey::Survey;

/// More facts than this say the same again.
const MOST_FACTS: usize = 40;
/// More views of one place than this.
const MOST_VIEWS: usize = 6;

/// Whose a name or a pronoun is, by index of the element.
pub(super) struct Owners {
    /// By whether the name is a common noun, and its words.
    pub by_name: BTreeMap<(bool, Vec<String>), usize>,
    /// Whether the text says `it` of the element.
    pub may_be_it: Vec<bool>,
    /// Whom `my` means.
    pub narrator: Option<usize>,
}

impl Owners {
    /// Gives each sighting to its element, where gender and kind agree.
    pub fn attach(&self, surveys: &[Survey], elements: &mut [Element]) {
        let mut surveys: Vec<&Survey> = surveys.iter().collect();
        surveys.sort_by_key(|survey| survey.chapter);
        for survey in surveys {
            for sighting in &survey.sightings {
                let Some((owner, name)) = self.owner(sighting, elements) else { continue };
                let facts = &mut elements[owner].facts;
                let views = facts.iter().filter(|fact| fact.aspect == Aspect::Sight).count();
                let room = sighting.aspect != Aspect::Sight || views < MOST_VIEWS;
                if facts.len() < MOST_FACTS && room {
                    facts.push(fact(sighting, name, survey.chapter));
                }
            }
        }
        for element in elements {
            let mut said = BTreeSet::new();
            element.facts.retain(|fact| said.insert(fact.text.to_lowercase()));
            element.description = describe(element.facts.iter());
        }
    }

    /// Whether the name is an element's, or that of one out of a people: `some Munchkin`.
    fn knows(&self, name: &OwnerName) -> bool {
        let words = plain_words(&name.name);
        let mut several = words.clone();
        if let Some(last) = several.last_mut() {
            last.push('s');
        }
        [words, several].into_iter().any(|words| self.by_name.contains_key(&(name.common, words)))
    }

    /// The only one of the names before the pronoun that its gender fits, and that name.
    fn owner<'a>(&self, sighting: &'a Sighting, elements: &[Element]) -> Option<(usize, &'a str)> {
        if matches!(sighting.pronoun.as_deref(), Some("my" | "i")) {
            return self.narrator.map(|narrator| (narrator, narrator::NAME));
        }
        let mut fitting = BTreeMap::new();
        // Somebody nearer may be meant who is no element.
        let mut strangers = sighting.owners.iter().rev().take_while(|name| !self.knows(name));
        if strangers.any(|name| name.subject) {
            return None;
        }
        for name in &sighting.owners {
            let owner = self.by_name.get(&(name.common, plain_words(&name.name)));
            let fits = |owner: &&usize| fits(sighting, &elements[**owner], self.may_be_it[**owner]);
            if let Some(&owner) = owner.filter(fits) {
                fitting.insert(owner, name.name.as_str());
            }
        }
        // One in the paragraph, and the rest before it.
        let near = sighting.owners.last().filter(|last| last.near);
        if fitting.len() > 1
            && let Some(near) = near
        {
            let owner = self.by_name.get(&(near.common, plain_words(&near.name)));
            let others = sighting
                .owners
                .iter()
                .filter(|name| self.by_name.get(&(name.common, plain_words(&name.name))) != owner);
            if others.clone().all(|other| !other.here) {
                fitting.retain(|element, _| owner == Some(element));
            }
        }
        if fitting.len() == 1 { fitting.pop_first() } else { None }
    }
}

fn fits(sighting: &Sighting, element: &Element, may_be_it: bool) -> bool {
    let alive = matches!(element.kind, ElementType::Character | ElementType::Creature);
    let pronoun_fits = match (sighting.pronoun.as_deref(), element.gender) {
        (None, _) => true,
        (Some("he" | "his"), gender) => gender == Some(Gender::Male),
        (Some("she" | "her"), gender) => gender == Some(Gender::Female),
        (Some("they" | "their"), gender) => gender == Some(Gender::Group),
        (Some(_), _) if sighting.aspect == Aspect::Form && element.kind == ElementType::Place => {
            true
        }
        (Some(_), _) => may_be_it && alive,
    };
    let side_fits = match sighting.aspect {
        Aspect::Sight => !alive,
        // Of a place, what kind of place it is: not the `red glow` over it.
        Aspect::Form if element.kind == ElementType::Place => {
            sighting.text.contains(' ') && names_place(&sighting.text)
        }
        Aspect::Form => true,
        Aspect::Age | Aspect::Build => true,
        _ => alive,
    };
    pronoun_fits && side_fits
}

fn names_place(text: &str) -> bool {
    let noun = text.rsplit(' ').next().unwrap_or(text);
    settings().has(noun) || is_place_word(noun)
}

fn fact(sighting: &Sighting, named: &str, chapter: u32) -> Fact {
    Fact {
        chapter,
        offset: sighting.offset,
        quote: sighting.quote.clone(),
        text: sighting.text.clone(),
        aspect: sighting.aspect,
        named: named.to_owned(),
    }
}
