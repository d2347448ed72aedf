//! The words of a description, and asking what they say.

use book::element::{Element, ElementType, Gender};

use super::nature::beast;

/// The words of an element: its names apart, because they say what it is; the description says what
/// it looks like.
#[derive(Debug, Default)]
pub(in crate::engraver::figure) struct Words {
    pub(super) names: String,
    all: String,
    pub(super) gender: Option<Gender>,
    /// Acts and speaks as a person.
    pub(super) is_character: bool,
    /// The motif it is, when its names or the first words of its description say that it is a beast.
    pub(super) beast: Option<&'static str>,
}

impl Words {
    pub(in crate::engraver::figure) fn of(element: &Element) -> Words {
        let names = format!("{} {}", element.name, element.aliases.join(" "));
        Words {
            all: padded(&format!("{names} {}", element.description)),
            names: padded(&names),
            gender: element.gender,
            is_character: element.kind == ElementType::Character,
            beast: beast(element),
        }
    }

    pub(super) fn says(&self, phrase: &str) -> bool {
        says(&self.all, phrase)
    }

    pub(super) fn says_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.says(phrase))
    }

    pub(super) fn is_called(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| says(&self.names, phrase))
    }

    /// One of the words stands at most two words before one of the others: "long, dark hair".
    pub(super) fn says_near(&self, before: &[&str], after: &[&str]) -> bool {
        let words: Vec<&str> = self.all.split_whitespace().collect();
        let hit = |i: usize| before.contains(&words[i]);
        (0..words.len())
            .filter(|i| after.contains(&words[*i]))
            .any(|i| (i.saturating_sub(3)..i).any(hit))
    }

    /// How often any of the words stands there.
    pub(super) fn count(&self, words: &[&str]) -> usize {
        self.all.split(' ').filter(|word| words.contains(word)).count()
    }

    /// The first row one of whose phrases is said.
    pub(super) fn first<T: Copy>(&self, rows: &[(&[&str], T)]) -> Option<T> {
        rows.iter().find(|(phrases, _)| self.says_any(phrases)).map(|row| row.1)
    }
}

/// Lower case, words only, single spaces, one at either end: so that a phrase is found as words.
pub(super) fn padded(text: &str) -> String {
    let mut out = String::from(" ");
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.ends_with(' ') && !matches!(c, '\'' | '’') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// A phrase stands there, in the singular or with a plural s, and is not denied right before it.
fn says(text: &str, phrase: &str) -> bool {
    ["", "s"].iter().any(|ending| {
        let needle = format!(" {phrase}{ending} ");
        text.match_indices(&needle).any(|(found, _)| {
            let before = text[..found].rsplit(' ').next().unwrap_or_default();
            !matches!(before, "no" | "not" | "without" | "never")
        })
    })
}
