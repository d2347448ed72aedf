use super::*;
use book::element::{Element, ElementType};

fn element(name: &str, description: &str) -> Element {
    let mut element = Element::new(name, ElementType::Character);
    description.clone_into(&mut element.description);
    element
}

fn of(name: &str, description: &str) -> Person {
    Person::of(&element(name, description))
}

#[test]
fn the_same_words_are_the_same_person() {
    assert_eq!(of("Ebenezer Scrooge", "an old man"), of("Ebenezer Scrooge", "an old man"));
}
