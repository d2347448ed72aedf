//! The prompt of a plate: the moment, who and what is in it as the book describes them, the light,
//! the manner. A pure function, so that the same concept gives the same key.

use std::fmt::Write as _;

use book::concept::Concept;
use book::element::{Element, Elements};

/// The elements that a concept names, in its order, as far as `chapter` may know them: a picture must
/// not give away what the book tells later.
#[must_use]
pub fn cast(concept: &Concept, elements: &Elements, chapter: u32) -> Vec<Element> {
    let present = concept.elements.iter();
    let found = present.filter_map(|name| elements.elements.iter().find(|e| e.is_called(name)));
    let as_known = |element: &Element| Element {
        description: if element.facts.is_empty() {
            element.description.clone()
        } else {
            element.description_at(chapter)
        },
        facts: element.facts.iter().filter(|fact| fact.chapter <= chapter).cloned().collect(),
        ..element.clone()
    };
    found.map(as_known).collect()
}

/// The prompt, in plain English.
#[must_use]
pub fn prompt(concept: &Concept, cast: &[Element], style: &str) -> String {
    let mut prompt = format!("{}\n", one_line(&concept.description));
    for element in cast.iter().filter(|element| !element.description.is_empty()) {
        let _ = writeln!(prompt, "{}: {}", element.name, one_line(&element.description));
    }
    let details = [
        ("Setting", &concept.setting),
        ("Time of day", &concept.time_of_day),
        ("Weather", &concept.weather),
        ("Mood", &concept.mood),
        ("Light", &concept.lighting),
    ];
    for (name, value) in details.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(prompt, "{name}: {}", one_line(value));
    }
    let _ = writeln!(prompt, "Passage: {}", one_line(&concept.quote));
    let _ = write!(prompt, "Style: {style}");
    prompt
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use book::element::{Aspect, ElementType, Fact};

    use super::*;

    fn concept() -> Concept {
        Concept {
            index: 1,
            quote: "The  ford\nwas high.".to_owned(),
            offset: 0,
            description: "Ada wades the ford".to_owned(),
            elements: vec!["Ada".to_owned(), "Nobody".to_owned()],
            setting: "river".to_owned(),
            time_of_day: String::new(),
            weather: "rain".to_owned(),
            mood: String::new(),
            lighting: String::new(),
            unverified: false,
        }
    }

    fn ada(facts: &[(u32, &str)]) -> Elements {
        let fact = |&(chapter, text): &(u32, &str)| Fact {
            chapter,
            offset: 0,
            quote: text.to_owned(),
            text: text.to_owned(),
            aspect: Aspect::Hair,
            named: "Ada".to_owned(),
        };
        let mut ada = Element::new("Ada", ElementType::Character);
        ada.facts = facts.iter().map(fact).collect();
        ada.description = ada.description_at(u32::MAX);
        Elements { elements: vec![ada], ..Elements::default() }
    }

    #[test]
    fn a_picture_does_not_know_what_a_later_chapter_tells() {
        let elements = ada(&[(1, "red hair"), (9, "white hair")]);
        let early = prompt(&concept(), &cast(&concept(), &elements, 1), "woodcut");
        assert!(early.contains("red hair") && !early.contains("white hair"), "{early}");
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        let text = prompt(&concept(), &cast(&concept(), &ada(&[]), 1), "woodcut");
        let expected = "Ada wades the ford\nSetting: river\nWeather: rain\n\
                        Passage: The ford was high.\nStyle: woodcut";
        assert_eq!(text, expected);
    }
}
