//! Names that are nouns, `the fiend`, `the Count`, `the Heights`, `the machine`: which of them are another
//! name of somebody or something. The same bounds hold as for other names: what is merely likely becomes a
//! suggestion.

use std::collections::BTreeSet;

use book::element::ElementType;

use super::joining::Joining;
use super::kinds::{Head, head_of, is_place_word};
use super::lexicon::{beings, names, places};
use super::props::is_prop;
use super::titles::long_form;

impl Joining<'_> {
    /// `the fiend` is `the monster`: beings without a name, that share most of their chapters. They are
    /// joined where both words are only what one is called, and the text says `he` of both or `she`.
    pub(super) fn beings(&mut self) {
        let nameless: Vec<usize> = (0..self.candidates.len())
            .filter(|i| self.candidates[*i].common)
            .filter(|i| matches!(head_of(self.candidates[*i].head()), Head::Monster))
            .collect();
        let called = |i: usize| {
            let candidate = &self.candidates[i];
            let word = candidate.words.len() == 1 && beings().is(candidate.head(), "abuse");
            candidate.gender.filter(|_| word)
        };
        let called: Vec<_> = nameless.iter().map(|i| called(*i)).collect();
        let Some((&main, others)) = nameless.split_first() else { return };
        for (n, &other) in others.iter().enumerate() {
            let chapters = &self.candidates[other].chapters;
            let known = &self.candidates[main].chapters;
            let shared = chapters.keys().filter(|chapter| known.contains_key(chapter)).count();
            let one = called[0].is_some() && called[0] == called[n + 1];
            let near = shared * 2 >= chapters.len();
            if near && !(one && self.join(main, other)) {
                self.suggest(main, other, "may be one being under two names");
            }
        }
    }

    /// `the Count` is `Count Dracula`, `the squire` is `Squire Trelawney`: where nobody else bears the title
    /// and he is in nearly every chapter that speaks of it.
    pub(super) fn bare_titles(&mut self) {
        for short in 0..self.candidates.len() {
            let [title] = self.candidates[short].words.as_slice() else { continue };
            if !names().is(title, "rank") || self.candidates[short].kind != ElementType::Character {
                continue;
            }
            let title = long_form(title).to_owned();
            let bears = |i: &usize| {
                let candidate = &self.candidates[*i];
                candidate.titles().iter().any(|own| long_form(own) == title)
            };
            let bearers: BTreeSet<usize> =
                self.people().filter(bears).map(|i| self.root(i)).collect();
            let Some(&one) = bearers.first() else { continue };
            let (mut mentions, mut chapters) = (0, BTreeSet::new());
            for member in self.members(one) {
                mentions += self.candidates[member].mentions();
                chapters.extend(self.candidates[member].chapters.keys().copied());
            }
            let spoken_of = &self.candidates[short].chapters;
            let shared = spoken_of.keys().filter(|chapter| chapters.contains(chapter)).count();
            let sure = bearers.len() == 1
                && mentions * 4 >= self.candidates[short].mentions()
                && shared * 10 >= spoken_of.len() * 7;
            if !sure || !self.join(short, one) {
                self.suggest(short, one, "may be the one who bears the title");
            }
        }
    }

    /// `the Heights` are `Wuthering Heights`; `Netherfield` is `Netherfield Park`. Not `Putney` and
    /// `Putney Hill`.
    pub(super) fn houses(&mut self) {
        let is_place = |i: &usize| self.candidates[*i].kind == ElementType::Place;
        let all: Vec<usize> = (0..self.candidates.len()).filter(is_place).collect();
        for &short in &all {
            let words = &self.candidates[short].words;
            let whole = words.join(" ");
            let known = names().is(&whole, "gazetteer") || names().phrase_is(&whole, "gazetteer");
            let bare = words.len() == 1 && is_place_word(&words[0]);
            let longer: Vec<usize> = all
                .iter()
                .copied()
                .filter(|long| {
                    let long = &self.candidates[*long].words;
                    let noun = bare && long.len() > 1 && long.ends_with(words);
                    let house = !bare
                        && !known
                        && long.len() == words.len() + 1
                        && long.starts_with(words)
                        && long.last().is_some_and(|last| places().is(last, "estate"));
                    noun || house
                })
                .collect();
            match longer.as_slice() {
                [one] if self.is_house_of(short, *one) => {
                    self.join(short, *one);
                }
                [first, ..] => self.suggest(short, *first, "one name is part of the other"),
                [] => {}
            }
        }
    }

    /// Whether the short name of a place is heard where the long one is, and the long one is no rarity.
    fn is_house_of(&self, short: usize, long: usize) -> bool {
        let (short, long) = (&self.candidates[short], &self.candidates[long]);
        let shared = short.chapters.keys().filter(|chapter| long.chapters.contains_key(chapter));
        long.mentions() >= 2
            && long.mentions() * 12 >= short.mentions()
            && (shared.count() * 2 >= short.chapters.len()
                || short.words.len() + 1 == long.words.len() && !is_place_word(&short.words[0]))
    }

    /// `the machine` is the `Time Machine`, where only one machine has a name.
    pub(super) fn props(&mut self) {
        for small in 0..self.candidates.len() {
            if !is_prop(&self.candidates[small]) {
                continue;
            }
            let head = self.candidates[small].head();
            let named: Vec<usize> = (0..self.candidates.len())
                .filter(|i| {
                    let other = &self.candidates[*i];
                    let thing = matches!(other.kind, ElementType::Item | ElementType::Object);
                    !other.common && thing && other.words.len() > 1 && other.head() == head
                })
                .collect();
            match named.as_slice() {
                [one]
                    if self.candidates[*one].mentions() * 4 > self.candidates[small].mentions() =>
                {
                    self.join(small, *one);
                }
                [first, ..] => self.suggest(small, *first, "one name is part of the other"),
                [] => {}
            }
        }
    }
}
