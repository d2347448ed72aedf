//! Names on their way to become one person's: who is joined with whom, and what forbids it.
//!
//! **Invariant:** a `Mr.` and a `Mrs.`, two titles of one gender, or two given names that are not short
//! forms of one another never end up in one element.

use std::collections::BTreeMap;

use book::element::{ElementType, Gender};

use super::candidate::Candidate;
use super::kinds::{Head, head_of};
use super::lexicon::nicknames;
use super::names::is_given;
use super::titles::compatible;

/// Groups of candidates, by index, and pairs that may be one.
pub(super) struct Groups {
    /// Each group's members, most mentioned first.
    pub groups: Vec<Vec<usize>>,
    /// Two candidates and why they may be one.
    pub suggestions: Vec<(usize, usize, &'static str)>,
}

pub(super) struct Joining<'a> {
    pub candidates: &'a [Candidate],
    group_of: Vec<usize>,
    suggestions: Vec<(usize, usize, &'static str)>,
}

impl<'a> Joining<'a> {
    /// Every name by itself.
    pub(super) fn new(candidates: &'a [Candidate]) -> Self {
        Self { candidates, group_of: (0..candidates.len()).collect(), suggestions: Vec::new() }
    }
}

impl Joining<'_> {
    pub(super) fn people(&self) -> impl Iterator<Item = usize> + use<> {
        let people: Vec<usize> = (0..self.candidates.len())
            .filter(|i| {
                let candidate = &self.candidates[*i];
                !candidate.common
                    && matches!(candidate.kind, ElementType::Character | ElementType::Creature)
            })
            .collect();
        people.into_iter()
    }

    /// Given name and surname, with or without titles.
    pub(super) fn is_full(&self, i: usize) -> bool {
        let core = self.candidates[i].core();
        core.len() > 1 && !core.iter().any(|word| word == "of") && !self.is_epithet(i)
    }

    /// Named by a noun: `White Rabbit`, `Queen of Hearts`.
    pub(super) fn is_epithet(&self, i: usize) -> bool {
        let candidate = &self.candidates[i];
        // `Stephen Guest` and `Mary Cook` have surnames.
        let baptised = candidate.words.len() > 1
            && is_given(&candidate.words[0])
            && !candidate.words.iter().any(|word| word == "of");
        candidate.titles().is_empty()
            && !baptised
            && (candidate.words.iter().any(|word| word == "of")
                || matches!(head_of(candidate.head()), Head::Person | Head::Monster | Head::Animal))
    }

    pub(super) fn given(&self, i: usize) -> &str {
        self.candidates[i].core().first().map_or("", String::as_str)
    }

    pub(super) fn surname(&self, i: usize) -> &str {
        self.candidates[i].core().last().map_or("", String::as_str)
    }

    pub(super) fn titles_of(&self, surname: &str) -> Vec<usize> {
        self.people()
            .filter(|i| {
                let candidate = &self.candidates[*i];
                !candidate.titles().is_empty() && candidate.core() == [surname.to_owned()]
            })
            .collect()
    }

    /// Joins with the only one of `longer`, or with the one that all but has the name to itself;
    /// otherwise suggests the most mentioned.
    pub(super) fn join_with_main(&mut self, short: usize, longer: &[usize], reason: &'static str) {
        let mut by_root: BTreeMap<usize, u32> = BTreeMap::new();
        for i in longer {
            *by_root.entry(self.root(*i)).or_default() += self.candidates[*i].mentions();
        }
        let Some((&main, &most)) =
            by_root.iter().max_by_key(|(root, n)| (**n, std::cmp::Reverse(**root)))
        else {
            return;
        };
        let rest: u32 = by_root.values().sum::<u32>() - most;
        if rest * 5 > most || !self.join(short, main) {
            self.suggest(short, main, reason);
        }
    }

    pub(super) fn is_taken(&self, i: usize) -> bool {
        (0..self.candidates.len()).any(|other| other != i && self.root(other) == self.root(i))
    }

    pub(super) fn root(&self, i: usize) -> usize {
        self.group_of[i]
    }

    pub(super) fn members(&self, i: usize) -> Vec<usize> {
        (0..self.candidates.len()).filter(|other| self.root(*other) == self.root(i)).collect()
    }

    /// Joins the groups of two names unless that would break the invariant; whether they are one now.
    pub(super) fn join(&mut self, a: usize, b: usize) -> bool {
        if self.root(a) == self.root(b) {
            return true;
        }
        let (left, right) = (self.members(a), self.members(b));
        if left.iter().any(|l| right.iter().any(|r| self.conflict(*l, *r))) {
            self.suggest(a, b, "share a name");
            return false;
        }
        let (into, from) = (self.root(a).min(self.root(b)), self.root(a).max(self.root(b)));
        for group in &mut self.group_of {
            if *group == from {
                *group = into;
            }
        }
        true
    }

    /// Whether two names can never be one person's.
    pub(super) fn conflict(&self, a: usize, b: usize) -> bool {
        let (left, right) = (&self.candidates[a], &self.candidates[b]);
        // Pronouns alone are no proof against a name that contains the other.
        if differ(left.gender, right.gender) && (left.gender_sure || right.gender_sure) {
            return true;
        }
        let titles = match (left.titles(), right.titles()) {
            ([], _) | (_, []) => false,
            (l, r) => l != r && !compatible(l, r),
        };
        let full = self.is_full(a)
            && self.is_full(b)
            && (self.surname(a) != self.surname(b)
                || self.given(a) != self.given(b) && !short_of(self.given(a), self.given(b)));
        titles || full
    }

    pub(super) fn suggest(&mut self, a: usize, b: usize, reason: &'static str) {
        if self.root(a) != self.root(b) && !self.conflict(a, b) {
            self.suggestions.push((a.min(b), a.max(b), reason));
        }
    }

    pub(super) fn finish(self) -> Groups {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (i, root) in self.group_of.iter().enumerate() {
            groups.entry(*root).or_default().push(i);
        }
        let mut suggestions: Vec<_> = self
            .suggestions
            .into_iter()
            .filter(|(a, b, _)| self.group_of[*a] != self.group_of[*b])
            .collect();
        suggestions.sort_unstable();
        suggestions.dedup_by_key(|(a, b, _)| (*a, *b));
        Groups { groups: groups.into_values().collect(), suggestions }
    }
}

/// Whether both genders are known and not the same.
pub(super) fn differ(a: Option<Gender>, b: Option<Gender>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}

/// Whether `longer` is `short` with words before it, or with `of …` after it.
pub(super) fn extends(longer: &[String], short: &[String]) -> bool {
    longer.len() > short.len()
        && (longer.ends_with(short) || longer.starts_with(short) && longer[short.len()] == "of")
}

/// Whether one is a short form of the other, or both of one given name.
pub(super) fn short_of(a: &str, b: &str) -> bool {
    a != b && (nicknames().is(a, b) || nicknames().is(b, a))
}
