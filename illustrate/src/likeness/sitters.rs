//! Who of a book has a likeness: its main elements.

use book::element::{Element, Elements};

use crate::choice::Pattern;

/// An element is main only if it is named at least one time for so many of the most often named one.
const OFTEN: u32 = 20;

/// The main elements of a book: those that are chosen, the most often named first.
#[must_use]
pub fn main<'e>(elements: &'e Elements, chosen: &[Pattern], most: usize) -> Vec<&'e Element> {
    let top = elements.elements.iter().map(|element| element.mentions).max().unwrap_or(0);
    let is_main = |element: &&Element| {
        let often = element.mentions.saturating_mul(OFTEN) >= top;
        often && chosen.iter().any(|pattern| pattern.fits(element))
    };
    elements.elements.iter().filter(is_main).take(most).collect()
}

#[cfg(test)]
mod tests {
    use book::element::ElementType;

    use super::*;

    #[test]
    fn main_are_those_who_are_named_often_and_chosen() {
        let element = |name: &str, kind, mentions| Element { mentions, ..Element::new(name, kind) };
        let elements = Elements {
            elements: vec![
                element("Ada", ElementType::Character, 200),
                element("The River", ElementType::Place, 90),
                element("Tom", ElementType::Character, 40),
                element("Rex", ElementType::Creature, 10),
                element("A Carter", ElementType::Character, 9),
            ],
            ..Elements::default()
        };
        let names = |patterns: &[&str], most| {
            let chosen: Vec<Pattern> = patterns.iter().map(|p| p.parse().unwrap()).collect();
            let main = main(&elements, &chosen, most);
            main.into_iter().map(|element| element.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&["character:*", "creature:*"], 6), ["Ada", "Tom", "Rex"]);
        assert_eq!(names(&["character:*", "creature:*"], 2), ["Ada", "Tom"]);
        assert_eq!(names(&["place:*river"], 6), ["The River"]);
        assert_eq!(names(&[], 6), Vec::<String>::new());
    }
}
