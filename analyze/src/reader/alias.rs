//! Which names are one person's. Names are joined on strong evidence only; what is merely likely stays
//! apart and becomes a suggestion.
//! These are the rules; [`super::joining`] keeps them from joining what never is one.

use std::collections::BTreeSet;

use super::candidate::Candidate;
use super::joining::{Groups, Joining, differ, extends, short_of};
use super::lexicon::names;
use super::titles::compatible;
use super::titles::{is_praise, is_wife, long_form};

/// Joins the names of one person. `candidates` are sorted, most mentioned first.
pub(super) fn group(candidates: &[Candidate]) -> Groups {
    let mut joining = Joining::new(candidates);
    joining.same_full_names();
    joining.epithets();
    joining.praised_names();
    joining.given_names();
    joining.titled_given_names();
    joining.surnames();
    joining.titled_surnames();
    joining.short_forms();
    joining.bare_titles();
    joining.beings();
    joining.props();
    joining.houses();
    joining.finish()
}

impl Joining<'_> {
    /// `Thomas Sawyer` and `Tom Sawyer`; `Gabriel Utterson` and `Gabriel John Utterson`;
    /// `Sir Henry Baskerville` and `Henry Baskerville`.
    fn same_full_names(&mut self) {
        let full: Vec<usize> = self.people().filter(|i| self.is_full(*i)).collect();
        for (n, &a) in full.iter().enumerate() {
            for &b in &full[n + 1..] {
                let same_given =
                    self.given(a) == self.given(b) || short_of(self.given(a), self.given(b));
                if self.surname(a) == self.surname(b) && same_given {
                    self.join(a, b);
                }
            }
        }
    }

    /// `Rabbit` is the `White Rabbit`, where no other rabbit has a name.
    fn epithets(&mut self) {
        for short in self.people() {
            if !self.is_epithet(short) {
                continue;
            }
            let words = &self.candidates[short].words;
            let longer: Vec<usize> = self
                .people()
                .filter(|i| {
                    *i != short && self.is_epithet(*i) && extends(&self.candidates[*i].words, words)
                })
                .collect();
            // `Evil Spirit`, once, tells nothing of ninety mentions of `Spirit`.
            let mentions = self.candidates[short].mentions();
            let longer: Vec<usize> = longer
                .into_iter()
                .filter(|long| {
                    let long = &self.candidates[*long];
                    long.words.contains(&"of".to_owned()) || long.mentions() * 30 >= mentions
                })
                .collect();
            let before = longer.iter().find(|long| self.is_known_before(short, **long)).copied();
            if let Some(long) = before {
                self.suggest(short, long, "one name is part of the other");
            } else {
                self.join_with_main(short, &longer, "one name is part of the other");
            }
        }
    }

    /// `Great Oz` is `Oz`. Not `Old Sedley`, not `Young Cratchit`: those words tell two apart.
    fn praised_names(&mut self) {
        for long in 0..self.candidates.len() {
            let words = &self.candidates[long].words;
            if words.len() != 2 || !is_praise(&words[0]) {
                continue;
            }
            let short = self.people().find(|i| self.candidates[*i].words == words[1..]);
            if let Some(short) = short {
                self.join(long, short);
            }
        }
    }

    /// `Tom` is `Tom Sawyer`, where no other Tom has a surname.
    fn given_names(&mut self) {
        for short in self.people() {
            let candidate = &self.candidates[short];
            if candidate.core().len() != 1
                || !candidate.titles().is_empty()
                || self.is_epithet(short)
            {
                continue;
            }
            let full: Vec<usize> = self
                .people()
                .filter(|i| self.is_full(*i) && self.given(*i) == self.given(short))
                .collect();
            self.join_with_main(short, &full, "share a given name");
        }
    }

    /// `Aunt Polly` is `Polly`; `Sir Henry` is `Henry Baskerville`; `Captain Ahab` is `Ahab`.
    fn titled_given_names(&mut self) {
        for titled in self.people() {
            if self.candidates[titled].titles().is_empty()
                || self.candidates[titled].core().len() != 1
            {
                continue;
            }
            let name = self.given(titled).to_owned();
            let given_of: Vec<usize> =
                self.people().filter(|i| self.is_full(*i) && self.given(*i) == name).collect();
            if !given_of.is_empty() {
                self.join_with_main(titled, &given_of, "share a given name");
            }
        }
    }

    /// `Utterson` is `Gabriel Utterson`, where no other Utterson is named.
    fn surnames(&mut self) {
        for short in self.people() {
            let candidate = &self.candidates[short];
            if candidate.core().len() != 1
                || !candidate.titles().is_empty()
                || self.is_epithet(short)
            {
                continue;
            }
            if self.is_taken(short) {
                continue;
            }
            let name = self.given(short).to_owned();
            let full: Vec<usize> =
                self.people().filter(|i| self.is_full(*i) && self.surname(*i) == name).collect();
            let family = self.titles_of(&name).iter().any(|i| {
                let other = self.candidates[*i].gender;
                full.iter().any(|f| differ(other, self.candidates[*f].gender))
            });
            if full.len() == 1 && (family || self.given_dominates(full[0], candidate.mentions())) {
                self.suggest(short, full[0], "share a surname");
            } else {
                self.join_with_main(short, &full, "share a surname");
            }
        }
    }

    /// `Mr. Darcy` is `Darcy`; `Mr. Utterson` is `Gabriel Utterson`. Not where two Mr. could be meant,
    /// not `Mrs.`, and not where the full name's bearer goes by the given name: then the titled one is
    /// more likely the father.
    fn titled_surnames(&mut self) {
        for titled in self.people() {
            let candidate = &self.candidates[titled];
            if candidate.titles().is_empty() || candidate.core().len() != 1 || self.is_taken(titled)
            {
                continue;
            }
            let name = self.surname(titled).to_owned();
            let rivals = self.titles_of(&name);
            let rival = rivals.iter().any(|i| *i != titled && self.is_rival(*i, titled));
            let same_title = rivals.iter().find(|i| **i != titled && self.same_title(**i, titled));
            if let Some(same_title) = same_title {
                self.join(titled, *same_title);
            }
            let bare = self.people().find(|i| self.candidates[*i].words == [name.clone()]);
            let full: Vec<usize> =
                self.people().filter(|i| self.is_full(*i) && self.surname(*i) == name).collect();
            let mut same: Vec<usize> = full
                .iter()
                .copied()
                .filter(|i| !differ(self.candidates[*i].gender, candidate.gender))
                .collect();
            let mut roots = BTreeSet::new();
            same.retain(|i| roots.insert(self.root(*i)));
            // A `Master Sawyer` is not the father.
            let young = candidate.titles()[0] == "master" && !same.is_empty();
            if let Some(bare) = bare {
                let others =
                    rivals.iter().any(|i| differ(self.candidates[*i].gender, candidate.gender));
                let agrees =
                    candidate.gender.is_some() && self.candidates[bare].gender == candidate.gender;
                let sure = !rival
                    && (!is_wife(candidate) || agrees)
                    && (agrees
                        || !others && !differ(self.candidates[bare].gender, candidate.gender));
                let sure =
                    sure && (same.is_empty() || self.root(same[0]) == self.root(bare)) && !young;
                if sure && same.len() < 2 && self.join(titled, bare) {
                    continue;
                }
                self.suggest(titled, bare, "share a surname");
                continue;
            }
            match same.as_slice() {
                [one]
                    if !rival
                        && !is_wife(candidate)
                        && self.candidates[*one].gender.is_some()
                        && candidate
                            .gender
                            .is_none_or(|g| self.candidates[*one].gender == Some(g))
                        && !self.given_dominates(*one, candidate.mentions()) =>
                {
                    let _ = self.join(titled, *one);
                }
                [] => {}
                [first, ..] => self.suggest(titled, *first, "share a surname"),
            }
        }
    }

    /// `M. Krempe` and `Mr. Krempe`.
    fn same_title(&self, a: usize, b: usize) -> bool {
        let title = |i: usize| self.candidates[i].titles().first().map(|title| long_form(title));
        title(a) == title(b)
    }

    /// Whether another titled bearer of the surname, of the same gender, is somebody else and named
    /// often enough to be meant.
    fn is_rival(&self, other: usize, titled: usize) -> bool {
        let (other, titled) = (&self.candidates[other], &self.candidates[titled]);
        let boy = other.titles()[0] == "master" && other.mentions() * 3 < titled.mentions();
        !differ(other.gender, titled.gender)
            && !compatible(other.titles(), titled.titles())
            && !boy
            && other.mentions() * 8 > titled.mentions()
    }

    /// Whether a good part of the mentions of `short` stand in chapters before `long` is ever named:
    /// then the short name is not short for the long one, or not only.
    fn is_known_before(&self, short: usize, long: usize) -> bool {
        let first = self.candidates[long].chapters.keys().next().copied().unwrap_or(0);
        let before: u32 = self.candidates[short].chapters.range(..first).map(|(_, n)| n).sum();
        before * 4 > self.candidates[short].mentions()
    }

    /// `Lizzy` is `Elizabeth`, where only one Elizabeth is named and `Lizzy` is what she is called in
    /// speech.
    fn short_forms(&mut self) {
        for short in self.people() {
            let candidate = &self.candidates[short];
            if candidate.core().len() != 1 || !candidate.titles().is_empty() || self.is_taken(short)
            {
                continue;
            }
            let name = self.given(short).to_owned();
            let mut longer: Vec<usize> = self
                .people()
                .filter(|i| *i != short && !self.is_epithet(*i) && short_of(&name, self.given(*i)))
                .filter(|i| !differ(self.candidates[*i].gender, candidate.gender))
                .collect();
            longer.dedup_by_key(|i| self.root(*i));
            let roots: BTreeSet<usize> = longer.iter().map(|i| self.root(*i)).collect();
            let Some(&first) = longer.first() else { continue };
            // A lord or a lady goes by a short form among friends only: `Kitty` of the tale itself is not
            // `Lady Catherine`.
            let ranked = |i: usize| {
                let titles = self.candidates[i].titles();
                titles.first().is_some_and(|title| names().is(title, "crown"))
            };
            let all_ranked = longer.iter().all(|i| ranked(*i));
            let share = if all_ranked { 9 } else { 5 };
            let in_speech = candidate.evidence.spoken * 10 >= candidate.mentions() * share;
            if roots.len() == 1
                && in_speech
                && self.candidates[first].mentions() > candidate.mentions()
            {
                self.join(short, first);
            } else {
                self.suggest(short, first, "one is a short form of the other");
            }
        }
    }

    /// The bearer of the full name `full` goes by the given name, more often than the surname is used.
    fn given_dominates(&self, full: usize, surname_mentions: u32) -> bool {
        let given = self.given(full);
        let alone: u32 = self
            .people()
            .filter(|i| {
                let core = self.candidates[*i].core();
                core.len() == 1 && (core[0] == given || short_of(&core[0], given))
            })
            .map(|i| self.candidates[i].mentions())
            .sum();
        alone * 2 > surname_mentions
    }
}
