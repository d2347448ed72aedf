//! Somebody whom the text shows without a name.

use book::element::{Element, ElementType};

use super::cast::shown;
use super::motif;

/// Whom a text shows without a name, and how many of them: "a footman", "the old woman", "two children".
pub fn bystander(description: &str) -> Option<(Element, usize)> {
    const PEOPLE: &[&str] = &[
        "footman",
        "soldier",
        "sailor",
        "fiddler",
        "boy",
        "girl",
        "man",
        "woman",
        "child",
        "children",
        "lady",
        "gentleman",
        "beggar",
        "servant",
        "maid",
        "priest",
        "monk",
        "knight",
        "king",
        "queen",
        "prince",
        "princess",
        "witch",
        "wizard",
        "shepherd",
        "fisherman",
        "policeman",
        "traveller",
        "stranger",
        "peasant",
        "hunter",
        "huntsman",
        "farmer",
        "nurse",
        "captain",
        "men",
        "women",
    ];
    let text = shown(description);
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let is_before = |word: &&str| {
        let word = word.to_lowercase();
        motif::is_determiner(&word) || motif::is_adjective(&word)
    };
    let said = words.iter().enumerate().find(|(at, word)| {
        PEOPLE.contains(word)
            && *at > 0
            && is_before(&words[at - 1])
            && words.get(at + 1) != Some(&"of")
    });
    let (at, noun) = said?;
    let start =
        words[..at].iter().rposition(|word| !is_before(word)).map_or(0, |before| before + 1);
    let name = words[start..=at].join(" ");
    let count = if noun.ends_with("men") || *noun == "children" { 2 } else { 1 };
    let element =
        Element { description: name.clone(), ..Element::new(name, ElementType::Character) };
    Some((element, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_a_text_shows_without_a_name_is_there() {
        let found = |text: &str| bystander(text).map(|(element, count)| (element.name, count));
        let footman = found("Suddenly a tall footman came running out of the wood.");
        assert_eq!(footman, Some(("a tall footman".to_owned(), 1)));
        assert_eq!(found("They met two children."), Some(("two children".to_owned(), 2)));
        assert_eq!(found("It rose like a man. “The king!” The sea was calm."), None);
        assert_eq!(found("The fine form of man was gone."), None);
    }
}
