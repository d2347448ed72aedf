//! What a later book of a series knows from the earlier ones: a pure function of their elements.
//!
//! **Invariant:** whatever this book says of an element stays as it is; what earlier books say stands
//! beside it, each word with the book and the chapter it is from.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::looks::{Conflict, disagreements, of_another_kind};
use crate::Chapter;
use crate::element::{
    Aspect, Before, Element, ElementType, Elements, Fact, Look, Memory, Suggestion,
};

/// An earlier book of the series.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Its place in the series, counted from 1.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// Folder of its project.
    pub project: PathBuf,
    /// What it says itself, without what it knows from books before it.
    pub elements: Elements,
}

/// The elements without what was known from other books.
#[must_use]
pub fn own(elements: &Elements) -> Elements {
    let mut own = elements.clone();
    for element in &mut own.elements {
        element.before = None;
    }
    own
}

/// Adds what earlier books know to the elements of a book, and names where they disagree. Elements that
/// were not found in this book but are named in its `chapters` are added.
#[must_use]
pub fn recall(
    elements: &Elements,
    earlier: &[Known],
    memory: Memory,
    chapters: &[Chapter],
) -> (Elements, Vec<Conflict>) {
    let mut result = own(elements);
    let mut conflicts = Vec::new();
    for book in earlier {
        for old in &book.elements.elements {
            let same = places(&result, old);
            let Some(first) = same.first().copied() else {
                conflicts.extend(of_another_kind(&result, book, old));
                if let Some(named) = named_here(old, chapters, &result) {
                    result.elements.push(named);
                    remember(result.elements.last_mut(), book, old, memory);
                }
                continue;
            };
            conflicts.extend(disagreements(&result.elements[first], book, old));
            for other in &same[1..] {
                let suggestion = Suggestion {
                    keep: result.elements[first].name.clone(),
                    merge: result.elements[*other].name.clone(),
                    reason: format!("one in {}", book.title),
                };
                if !result.suggestions.contains(&suggestion) {
                    result.suggestions.push(suggestion);
                }
            }
            adopt_aliases(&mut result, first, old);
            remember(result.elements.get_mut(first), book, old, memory);
        }
    }
    conflicts.sort();
    conflicts.dedup();
    let elements = &mut result.elements;
    elements.sort_by(|a, b| b.mentions.cmp(&a.mentions).then_with(|| a.name.cmp(&b.name)));
    (result, conflicts)
}

/// Whether two elements of different books may be one: alive both, places both, or things both.
#[must_use]
pub fn of_one_kind(a: ElementType, b: ElementType) -> bool {
    let class = |kind| match kind {
        ElementType::Character | ElementType::Creature => 0,
        ElementType::Place => 1,
        ElementType::Item | ElementType::Object => 2,
    };
    class(a) == class(b)
}

/// All names of an element, as they are compared.
pub(super) fn names(element: &Element) -> BTreeSet<String> {
    let all = std::iter::once(&element.name).chain(&element.aliases);
    all.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect()
}

/// Where an element of an earlier book is among these, the one that bears its very name first.
pub(super) fn places(elements: &Elements, old: &Element) -> Vec<usize> {
    let (name, names_of_old) = (old.name.to_lowercase(), names(old));
    let here = elements.elements.iter().enumerate();
    let same = here.filter(|(_, element)| {
        of_one_kind(element.kind, old.kind) && !names(element).is_disjoint(&names_of_old)
    });
    let mut places: Vec<usize> = same.map(|(at, _)| at).collect();
    places.sort_by_key(|at| (elements.elements[*at].name.to_lowercase() != name, *at));
    places
}

/// Takes over the other names that an earlier book uses, unless they are somebody else's here.
fn adopt_aliases(elements: &mut Elements, at: usize, old: &Element) {
    for name in std::iter::once(&old.name).chain(&old.aliases) {
        let folded = name.trim().to_lowercase();
        let taken = elements.elements.iter().any(|element| names(element).contains(&folded));
        if !taken {
            elements.elements[at].aliases.push(name.clone());
        }
    }
}

/// Keeps what an earlier book says of an element's looks. Of several, the latest that speaks of a side
/// of its looks is kept, unless all are to be kept.
fn remember(element: Option<&mut Element>, book: &Known, old: &Element, memory: Memory) {
    let Some(element) = element else { return };
    let look = |fact: Fact| Look { book: book.title.clone(), number: book.number, fact };
    let mut new: Vec<Look> = old.facts.iter().cloned().map(look).collect();
    if new.is_empty() && !old.description.is_empty() {
        let text = old.description.clone();
        let (quote, named) = (String::new(), old.name.clone());
        new.push(look(Fact { chapter: 0, offset: 0, quote, text, aspect: Aspect::Form, named }));
    }
    if new.is_empty() {
        return;
    }
    let before = element.before.get_or_insert_with(|| Before { memory, looks: Vec::new() });
    match memory {
        Memory::Union => {}
        Memory::Enrich => before
            .looks
            .retain(|known| new.iter().all(|look| look.fact.aspect != known.fact.aspect)),
        Memory::Override => before.looks.clear(),
    }
    before.looks.extend(new);
}

/// An element of an earlier book that this one names, though too rarely to have been found.
fn named_here(old: &Element, chapters: &[Chapter], here: &Elements) -> Option<Element> {
    let is_a_name = |name: &&String| {
        name.chars().count() > 2 && name.chars().next().is_some_and(char::is_uppercase)
    };
    let taken: BTreeSet<String> = here.elements.iter().flat_map(names).collect();
    let all: Vec<&String> = std::iter::once(&old.name).chain(&old.aliases).collect();
    if all.iter().any(|name| taken.contains(&name.to_lowercase())) {
        return None;
    }
    // The first names are enough to know somebody by, and bound the work.
    let names: Vec<&String> = all.into_iter().filter(is_a_name).take(8).collect();
    let count = |chapter: &Chapter| -> usize {
        names.iter().map(|name| mentions(&chapter.text, name)).max().unwrap_or(0)
    };
    let counts: Vec<(u32, usize)> = chapters.iter().map(|c| (c.number, count(c))).collect();
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    (total > 0).then(|| Element {
        aliases: old.aliases.clone(),
        chapters: counts.iter().filter(|(_, n)| *n > 0).map(|(number, _)| *number).collect(),
        mentions: u32::try_from(total).unwrap_or(u32::MAX),
        gender: old.gender,
        ..Element::new(old.name.clone(), old.kind)
    })
}

/// How often a name stands in a text as a word of its own.
fn mentions(text: &str, name: &str) -> usize {
    let bare = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let alone = |at: usize| {
        bare(text[..at].chars().next_back()) && bare(text[at + name.len()..].chars().next())
    };
    text.match_indices(name).filter(|(at, _)| alone(*at)).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fact(chapter: u32, text: &str, aspect: Aspect) -> Fact {
        let (quote, named) = (text.to_owned(), String::new());
        Fact { chapter, offset: 0, quote, text: text.to_owned(), aspect, named }
    }

    fn person(name: &str, aliases: &[&str], facts: Vec<Fact>) -> Element {
        Element {
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            mentions: 5,
            facts,
            ..Element::new(name, ElementType::Character)
        }
    }

    fn of(elements: Vec<Element>) -> Elements {
        Elements { elements, ..Elements::default() }
    }

    fn known(number: u32, elements: Vec<Element>) -> Known {
        let (title, project) = (format!("Book {number}"), PathBuf::new());
        Known { number, title, project, elements: of(elements) }
    }

    fn text(text: &str) -> Chapter {
        Chapter { number: 1, title: String::new(), text: text.to_owned() }
    }

    #[test]
    fn looks_are_known_under_any_name_and_marked_with_their_book() {
        let one =
            known(1, vec![person("Ada Brook", &["Ada"], vec![fact(3, "red hair", Aspect::Hair)])]);
        let two = of(vec![person("ADA", &[], vec![])]);
        let (two, conflicts) = recall(&two, &[one], Memory::Enrich, &[]);
        assert!(conflicts.is_empty());
        let ada = &two.elements[0];
        assert_eq!((ada.name.as_str(), ada.description_at(1).as_str()), ("ADA", "red hair"));
        assert!(ada.is_called("Ada Brook"), "{:?}", ada.aliases);
        let look = &ada.before.as_ref().unwrap().looks[0];
        assert_eq!((look.book.as_str(), look.number, look.fact.chapter), ("Book 1", 1, 3));
    }

    #[test]
    fn the_latest_book_counts_unless_all_do() {
        let hair = |text| vec![person("Ada", &[], vec![fact(1, text, Aspect::Hair)])];
        let earlier = [known(1, hair("red hair")), known(2, hair("grey hair"))];
        let here = of(vec![person("Ada", &[], vec![])]);
        let at = |memory| recall(&here, &earlier, memory, &[]).0.elements[0].description_at(1);
        assert_eq!(at(Memory::Enrich), "grey hair");
        assert_eq!(at(Memory::Override), "grey hair");
        assert_eq!(at(Memory::Union), "red hair; grey hair");
    }

    #[test]
    fn books_that_disagree_are_named() {
        let one = person("Ada", &[], vec![fact(3, "long red hair", Aspect::Hair)]);
        let two = person("Ada", &[], vec![fact(1, "black hair", Aspect::Hair)]);
        let mill = Element { kind: ElementType::Place, ..person("Mill", &[], vec![]) };
        let earlier = [known(1, vec![one, mill])];
        let here = of(vec![two, person("Mill", &[], vec![])]);
        let (_, conflicts) = recall(&here, &earlier, Memory::Enrich, &[]);
        let said: Vec<_> = conflicts.iter().map(|c| (c.there.as_str(), c.here.as_str())).collect();
        let hair = ("long red hair (chapter 3)", "black hair (chapter 1)");
        assert_eq!(said, [hair, ("place", "character")]);
    }

    #[test]
    fn who_is_named_too_rarely_to_be_found_is_known_all_the_same() {
        let look = vec![fact(3, "tall man", Aspect::Form)];
        let earlier = [known(1, vec![person("Tom Hale", &["Tom"], look)])];
        let chapters = [text("Then Tom came, not Tomas.")];
        let (here, _) = recall(&Elements::default(), &earlier, Memory::Enrich, &chapters);
        assert_eq!(
            (here.elements[0].mentions, here.elements[0].chapters.as_slice()),
            (1, &[1][..])
        );
        assert_eq!(here.elements[0].description_at(1), "tall man");
        let (here, _) = recall(&Elements::default(), &earlier, Memory::Enrich, &[text("Tomas")]);
        assert!(here.elements.is_empty());
    }

    #[test]
    fn two_who_were_one_before_may_be_one() {
        let earlier = [known(1, vec![person("Tom Hale", &["Tom"], vec![])])];
        let here = of(vec![person("Tom", &[], vec![]), person("Tom Hale", &[], vec![])]);
        let (here, _) = recall(&here, &earlier, Memory::Enrich, &[]);
        assert_eq!(here.suggestions.len(), 1);
        assert_eq!((&*here.suggestions[0].keep, &*here.suggestions[0].merge), ("Tom Hale", "Tom"));
    }

    proptest! {
        /// Known again is known once, and what a book says itself is never lost.
        #[test]
        fn recalling_twice_changes_nothing(
            old in prop::collection::vec("[ABC][ab]{0,2}", 0..6),
            new in prop::collection::hash_set("[ABC][ab]{0,2}", 0..6),
        ) {
            let facts = |name: &str| vec![fact(1, &format!("{name} hair"), Aspect::Hair)];
            let people = |names: Vec<String>| {
                names.iter().map(|name| person(name, &[], facts(name))).collect::<Vec<_>>()
            };
            let earlier = [known(1, people(old))];
            let here = of(people(new.into_iter().collect()));
            let chapters = [text("Aab and Bb")];
            for memory in [Memory::Enrich, Memory::Union, Memory::Override] {
                let (once, _) = recall(&here, &earlier, memory, &chapters);
                let (twice, _) = recall(&once, &earlier, memory, &chapters);
                prop_assert_eq!(&once, &twice);
                for element in &here.elements {
                    let kept = once.elements.iter().find(|e| e.name == element.name).unwrap();
                    prop_assert_eq!(&kept.facts, &element.facts);
                }
            }
        }
    }
}
