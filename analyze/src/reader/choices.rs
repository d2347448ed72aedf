//! What a person decided about the elements: kept as a record, applied after every run.

use std::collections::BTreeSet;

use book::element::{Element, Elements, Suggestion, describe};
use serde::{Deserialize, Serialize};

/// One decision. Names are matched against an element's name and its aliases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "choice")]
pub enum Choice {
    /// `other` is another name of `keep`.
    Merge {
        /// The element that stays.
        keep: String,
        /// The element that is folded into it.
        other: String,
    },
    /// The element's names are different persons or things: one element for each of them.
    Split {
        /// Any of its names.
        name: String,
    },
    /// The element is to be called `to`; the name it had becomes an alias.
    Rename {
        /// Any of its names.
        from: String,
        /// The new name.
        to: String,
    },
}

/// Why a choice changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// No element has that name.
    #[error("no element is called `{name}`; names are matched exactly, see elements.json")]
    Unknown {
        /// The name that was asked for.
        name: String,
    },
    /// An element cannot be merged with itself.
    #[error("`{keep}` and `{other}` are one element already")]
    SameElement {
        /// The first name.
        keep: String,
        /// The second name.
        other: String,
    },
    /// There is nothing to take apart.
    #[error("`{name}` has only one name: there is nothing to split")]
    OneName {
        /// The name that was asked for.
        name: String,
    },
    /// Another element has that name.
    #[error("another element is called `{name}` already; merge the two instead")]
    NameTaken {
        /// The name that was asked for.
        name: String,
    },
}

/// Applies choices in their order. A choice that no longer fits (the book was read anew and the element
/// is gone) changes nothing and is reported with its place in `choices`.
#[must_use]
pub fn apply(elements: &Elements, choices: &[Choice]) -> (Elements, Vec<(usize, ChoiceError)>) {
    let mut result = elements.clone();
    let mut errors = Vec::new();
    for (index, choice) in choices.iter().enumerate() {
        if let Err(error) = apply_one(&mut result, choice) {
            errors.push((index, error));
        }
    }
    sort(&mut result.elements);
    (result, errors)
}

/// Applies one choice, or says why it does not fit and changes nothing.
///
/// # Errors
/// See [`ChoiceError`].
pub fn apply_one(elements: &mut Elements, choice: &Choice) -> Result<(), ChoiceError> {
    match choice {
        Choice::Merge { keep, other } => merge(elements, keep, other),
        Choice::Split { name } => split(elements, name),
        Choice::Rename { from, to } => rename(elements, from, to),
    }
}

/// Most mentioned first; ties by name.
pub(super) fn sort(elements: &mut [Element]) {
    elements.sort_by(|a, b| b.mentions.cmp(&a.mentions).then_with(|| a.name.cmp(&b.name)));
}

fn find(elements: &Elements, name: &str) -> Result<usize, ChoiceError> {
    let by_name = elements.elements.iter().position(|element| element.name == name);
    by_name
        .or_else(|| elements.elements.iter().position(|element| element.is_called(name)))
        .ok_or_else(|| ChoiceError::Unknown { name: name.to_owned() })
}

fn merge(elements: &mut Elements, keep: &str, other: &str) -> Result<(), ChoiceError> {
    let (into, from) = (find(elements, keep)?, find(elements, other)?);
    if into == from {
        return Err(ChoiceError::SameElement { keep: keep.to_owned(), other: other.to_owned() });
    }
    let from = elements.elements[from].clone();
    let merged = fold(&elements.elements[into], &from);
    let kept_name = merged.name.clone();
    elements.elements[into] = merged;
    elements.elements.retain(|element| element.name != from.name);
    retarget(&mut elements.suggestions, &from.name, &kept_name);
    Ok(())
}

/// A suggestion about a name that was folded away is now about the one that stays.
fn retarget(suggestions: &mut Vec<Suggestion>, from: &str, to: &str) {
    for suggestion in suggestions.iter_mut() {
        for name in [&mut suggestion.keep, &mut suggestion.merge] {
            if name == from {
                to.clone_into(name);
            }
        }
    }
    suggestions.retain(|suggestion| suggestion.keep != suggestion.merge);
    let mut seen = BTreeSet::new();
    suggestions.retain(|s| seen.insert((s.keep.clone(), s.merge.clone())));
}

/// Everything known of both, under the name and kind of `keep`.
fn fold(keep: &Element, other: &Element) -> Element {
    let mut element = keep.clone();
    let others = std::iter::once(&other.name).chain(&other.aliases);
    for alias in others {
        if !element.is_called(alias) {
            element.aliases.push(alias.clone());
        }
    }
    let chapters: BTreeSet<u32> = keep.chapters.iter().chain(&other.chapters).copied().collect();
    element.chapters = chapters.into_iter().collect();
    element.mentions = keep.mentions.saturating_add(other.mentions);
    element.gender = keep.gender.or(other.gender);
    element.quotes.extend(other.quotes.iter().cloned());
    element.quotes.sort_by_key(|quote| (quote.chapter, quote.offset));
    element.quotes.dedup();
    element.names.extend(other.names.iter().cloned());
    element.facts.extend(other.facts.iter().cloned());
    element.facts.sort_by_key(|fact| (fact.chapter, fact.offset));
    element.description = match (keep.facts.is_empty(), other.facts.is_empty()) {
        (true, _) if !keep.description.is_empty() => keep.description.clone(),
        (true, true) => other.description.clone(),
        _ => describe(element.facts.iter()),
    };
    element
}

fn split(elements: &mut Elements, name: &str) -> Result<(), ChoiceError> {
    let index = find(elements, name)?;
    let whole = elements.elements[index].clone();
    if whole.names.len() < 2 {
        return Err(ChoiceError::OneName { name: name.to_owned() });
    }
    elements.elements.remove(index);
    for part in &whole.names {
        let facts: Vec<_> =
            whole.facts.iter().filter(|fact| fact.named == part.name).cloned().collect();
        let quotes =
            whole.quotes.iter().filter(|quote| quote.text.contains(&part.name)).cloned().collect();
        elements.elements.push(Element {
            chapters: part.chapters.clone(),
            mentions: part.mentions,
            description: describe(facts.iter()),
            facts,
            quotes,
            gender: whole.gender,
            names: vec![part.clone()],
            ..Element::new(part.name.clone(), whole.kind)
        });
    }
    Ok(())
}

fn rename(elements: &mut Elements, from: &str, to: &str) -> Result<(), ChoiceError> {
    let index = find(elements, from)?;
    let taken = elements.elements.iter().enumerate().any(|(i, e)| i != index && e.name == to);
    if taken || to.trim().is_empty() {
        return Err(ChoiceError::NameTaken { name: to.to_owned() });
    }
    let element = &mut elements.elements[index];
    let old = std::mem::replace(&mut element.name, to.to_owned());
    element.aliases.retain(|alias| alias != to);
    if old != to && !element.aliases.contains(&old) {
        element.aliases.insert(0, old.clone());
    }
    retarget(&mut elements.suggestions, &old, to);
    Ok(())
}

#[cfg(test)]
mod tests {
    use book::element::{ElementType, NameCount};

    use super::*;

    fn element(name: &str, mentions: u32) -> Element {
        let names = vec![NameCount { name: name.to_owned(), mentions, chapters: vec![1] }];
        Element { mentions, chapters: vec![1], names, ..Element::new(name, ElementType::Character) }
    }

    fn elements() -> Elements {
        Elements {
            elements: vec![element("Tom Sawyer", 90), element("Mr. Sawyer", 8)],
            suggestions: vec![Suggestion {
                keep: "Tom Sawyer".into(),
                merge: "Mr. Sawyer".into(),
                reason: "share a surname".into(),
            }],
            ..Elements::default()
        }
    }

    fn merge_both() -> Choice {
        Choice::Merge { keep: "Tom Sawyer".into(), other: "Mr. Sawyer".into() }
    }

    #[test]
    fn a_merge_adds_up_and_settles_the_suggestion() {
        let (merged, errors) = apply(&elements(), &[merge_both()]);
        assert!(errors.is_empty());
        assert_eq!(merged.elements.len(), 1);
        assert_eq!(merged.elements[0].mentions, 98);
        assert_eq!(merged.elements[0].aliases, ["Mr. Sawyer"]);
        assert!(merged.suggestions.is_empty());
    }

    #[test]
    fn a_split_undoes_a_merge() {
        let split = Choice::Split { name: "Mr. Sawyer".into() };
        let (result, errors) = apply(&elements(), &[merge_both(), split]);
        assert!(errors.is_empty());
        let names: Vec<_> = result.elements.iter().map(|e| (&*e.name, e.mentions)).collect();
        assert_eq!(names, [("Tom Sawyer", 90), ("Mr. Sawyer", 8)]);
    }

    #[test]
    fn a_rename_keeps_the_old_name_as_an_alias() {
        let rename = Choice::Rename { from: "Mr. Sawyer".into(), to: "Sid".into() };
        let (result, errors) = apply(&elements(), &[rename]);
        assert!(errors.is_empty());
        assert_eq!(result.elements[1].name, "Sid");
        assert_eq!(result.elements[1].aliases, ["Mr. Sawyer"]);
    }

    #[test]
    fn a_choice_that_does_not_fit_is_reported_and_changes_nothing() {
        let choices = [
            Choice::Split { name: "Huck".into() },
            Choice::Split { name: "Tom Sawyer".into() },
            Choice::Merge { keep: "Tom Sawyer".into(), other: "Tom Sawyer".into() },
            Choice::Rename { from: "Mr. Sawyer".into(), to: "Tom Sawyer".into() },
        ];
        let (result, errors) = apply(&elements(), &choices);
        assert_eq!(errors.len(), 4);
        assert_eq!(result, elements());
    }

    #[test]
    fn choices_are_readable_json() {
        let json = serde_json::to_string(&merge_both()).unwrap();
        assert_eq!(json, r#"{"choice":"merge","keep":"Tom Sawyer","other":"Mr. Sawyer"}"#);
    }
}
