//! The prompt of a plate: the moment, who and what is in it as the book describes them by then, the
//! light, the manner. A pure function of the records, so that the same concept gives the same key.

pub mod draft;
pub mod soften;
pub mod template;

use book::concept::Concept;
use book::element::{Element, Elements};

/// The elements that a concept names, in its order, as far as `chapter` may know them: a picture must
/// not give away what the book tells later.
#[must_use]
pub fn cast(concept: &Concept, elements: &Elements, chapter: u32) -> Vec<Element> {
    let present = concept.elements.iter();
    let found = present.filter_map(|name| elements.elements.iter().find(|e| e.is_called(name)));
    found.map(|element| as_known(element, chapter)).collect()
}

/// An element as far as `chapter` may know it.
#[must_use]
pub fn as_known(element: &Element, chapter: u32) -> Element {
    Element {
        description: element.description_at(chapter),
        facts: element.facts.iter().filter(|fact| fact.chapter <= chapter).cloned().collect(),
        ..element.clone()
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use book::element::{Aspect, ElementType, Fact};

    use super::*;

    #[test]
    fn a_picture_does_not_know_what_a_later_chapter_tells() {
        let fact = |chapter: u32, text: &str| Fact {
            chapter,
            offset: 0,
            quote: text.to_owned(),
            text: text.to_owned(),
            aspect: Aspect::Hair,
            named: "Ada".to_owned(),
        };
        let mut ada = Element::new("Ada", ElementType::Character);
        ada.facts = vec![fact(1, "red hair"), fact(9, "white hair")];
        let elements = Elements { elements: vec![ada], ..Elements::default() };
        let names = vec!["Ada".to_owned(), "Nobody".to_owned()];
        let concept = Concept { elements: names, ..Concept::default() };
        let known = |chapter| cast(&concept, &elements, chapter)[0].description.clone();
        assert_eq!((known(1).as_str(), known(9).as_str()), ("red hair", "red hair; white hair"));
    }
}
