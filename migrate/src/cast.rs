//! The elements of the new project: the old ones, counted and quoted from the book where it is known.
//!
//! **Invariant:** no element is lost, and a quote that is not in the book is kept and reported.

use std::collections::BTreeSet;

use book::element::{Element, Elements, Quote};

use crate::legacy::{self, Legacy};
use crate::matching::{Found, fold};
use crate::plan::Places;
use crate::report::Report;

/// The names of so many elements are counted in the text.
const MOST_COUNTED: usize = 5000;

pub(crate) fn elements(legacy: &Legacy, places: &Places<'_>, report: &mut Report) -> Elements {
    let mut elements: Vec<Element> = Vec::new();
    for (nth, old) in legacy.elements.values().enumerate() {
        let mut chapters: BTreeSet<u32> =
            old.chapters.iter().filter_map(|was| places.of(*was)).collect();
        let mut mentions = 0;
        for text in places.texts.into_iter().flatten().filter(|_| nth < MOST_COUNTED) {
            let count = text.mentions([&old.name].into_iter().chain(&old.aliases));
            if count > 0 {
                chapters.insert(text.chapter().number);
                mentions += count;
            }
        }
        let (quotes, lost) = quotes(old, &chapters, places);
        if lost > 0 {
            report.repaired.push(format!("{}: quotes that are not in the book: {lost}", old.name));
        }
        elements.push(Element {
            aliases: old.aliases.clone(),
            description: old.description.clone(),
            chapters: chapters.into_iter().collect(),
            mentions,
            quotes,
            ..Element::new(old.name.clone(), old.kind)
        });
    }
    elements.sort_by(|a, b| (b.mentions, &a.name).cmp(&(a.mentions, &b.name)));
    Elements { elements, ..Elements::default() }
}

/// The quotes of an element, and how many of them are not in the book.
fn quotes(
    old: &legacy::Element,
    chapters: &BTreeSet<u32>,
    places: &Places<'_>,
) -> (Vec<Quote>, usize) {
    let first = chapters.first().copied().unwrap_or(1);
    let mut lost = 0;
    let quote = |text: &String| {
        let folded = fold(text);
        let found =
            places.texts.into_iter().flatten().find_map(|chapter| match chapter.find(&folded) {
                Some(Found::Whole(range)) => Some((chapter.chapter(), range)),
                _ => None,
            });
        if let Some((chapter, range)) = found {
            let text = chapter.text[range.clone()].to_owned();
            return Quote { chapter: chapter.number, offset: range.start, text };
        }
        lost += usize::from(places.texts.is_some());
        Quote { chapter: first, offset: 0, text: text.clone() }
    };
    let quotes = old.quotes.iter().map(quote).collect();
    (quotes, lost)
}
