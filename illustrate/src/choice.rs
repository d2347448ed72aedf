//! What of a book is to be drawn now: chapters, elements, so many plates at most.
//!
//! What is not chosen is left as it is, for another run.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use book::Selection;
use book::concept::Concept;
use book::element::{Element, ElementType, Elements};
use book::likeness::Kind;
use manifest::ChapterId;

use crate::confirm::Confirm;

/// What is to be drawn; everything, unless something is said.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Only these chapters.
    pub chapters: Option<Selection>,
    /// Only moments that show one of these.
    pub elements: Vec<Pattern>,
    /// At most so many plates in this run.
    pub limit: Option<u32>,
    /// How many plates the book had, drawn or refused, when the run was begun; `None` for as many as it
    /// has now. So a daemon that is started again in the course of a run goes on with its limit.
    pub had: Option<u32>,
    /// These sheets and portraits by the names of their elements, and no plate.
    pub likenesses: Vec<(Kind, String)>,
    /// Who is asked before each.
    pub confirm: Option<Arc<dyn Confirm>>,
}

impl Choice {
    /// Whether everything is chosen.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        let all = self.chapters.is_none() && self.elements.is_empty() && self.limit.is_none();
        all && self.confirm.is_none() && self.likenesses.is_empty()
    }

    /// How many plates may still be begun, in a book that has so many.
    #[must_use]
    pub fn left(&self, has: u32) -> u32 {
        let since = has.saturating_sub(self.had.unwrap_or(has));
        self.limit.map_or(u32::MAX, |limit| limit.saturating_sub(since))
    }

    /// Whether a chapter is chosen.
    #[must_use]
    pub fn has_chapter(&self, chapter: ChapterId) -> bool {
        self.chapters.as_ref().is_none_or(|chapters| chapters.contains(chapter.0))
    }

    /// Whether a moment is chosen.
    #[must_use]
    pub fn has_moment(&self, concept: &Concept, elements: &Elements) -> bool {
        let shown =
            |element: &&Element| concept.elements.iter().any(|name| element.is_called(name));
        let fits = |element: &Element| self.elements.iter().any(|pattern| pattern.fits(element));
        self.elements.is_empty() || elements.elements.iter().filter(shown).any(fits)
    }
}

/// One or several elements: `character:*`, `place:castle`, `*:ada*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    kind: Option<ElementType>,
    /// In lower case; `*` stands for anything.
    name: String,
}

/// Not a choice of elements.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` chooses no elements; write a kind and a name, as in `character:*` or `place:castle`, \
     the kind one of character, creature, place, item, object or `*`"
)]
pub struct PatternError(String);

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Some(kind) => write!(f, "{}:{}", format!("{kind:?}").to_lowercase(), self.name),
            None => write!(f, "*:{}", self.name),
        }
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let error = || PatternError(text.to_owned());
        let (kind, name) = text.trim().split_once(':').ok_or_else(error)?;
        let kind = match kind.trim().to_lowercase().as_str() {
            "*" => None,
            "character" => Some(ElementType::Character),
            "creature" => Some(ElementType::Creature),
            "place" => Some(ElementType::Place),
            "item" => Some(ElementType::Item),
            "object" => Some(ElementType::Object),
            _ => return Err(error()),
        };
        let name = name.trim().to_lowercase();
        if name.is_empty() { Err(error()) } else { Ok(Self { kind, name }) }
    }
}

impl Pattern {
    /// Whether an element is meant.
    #[must_use]
    pub fn fits(&self, element: &Element) -> bool {
        let mut names = element.aliases.iter().chain([&element.name]);
        self.kind.is_none_or(|kind| kind == element.kind)
            && names.any(|name| is_like(&name.to_lowercase(), &self.name))
    }
}

/// Whether `text` is like `pattern`, in which `*` stands for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_are_chosen_by_kind_and_name() {
        let mut ada = Element::new("Ada Brook", ElementType::Character);
        ada.aliases = vec!["the ferrywoman".to_owned()];
        let fits = |text: &str| text.parse::<Pattern>().unwrap().fits(&ada);
        for yes in ["character:*", "*:ada*", "character: Ada Brook", "*:*ferry*", "*:a*b*k"] {
            assert!(fits(yes), "{yes}");
        }
        for no in ["place:*", "character:ada", "*:*tom*", "*:brook*"] {
            assert!(!fits(no), "{no}");
        }
        for text in ["character:*", "*:*tom*"] {
            assert_eq!(text.parse::<Pattern>().unwrap().to_string(), text);
        }
        for wrong in ["", "ada", "hero:*", "place:", ":x"] {
            assert!(wrong.parse::<Pattern>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_moment_is_chosen_by_what_it_shows() {
        let ada = Element::new("Ada", ElementType::Character);
        let elements = Elements { elements: vec![ada], ..Elements::default() };
        let choice =
            |text: &str| Choice { elements: vec![text.parse().unwrap()], ..Choice::default() };
        let shows = Concept { elements: vec!["Ada".to_owned()], ..Concept::default() };
        assert!(choice("character:*").has_moment(&shows, &elements));
        assert!(!choice("place:*").has_moment(&shows, &elements));
        assert!(!choice("character:*").has_moment(&Concept::default(), &elements));
        assert!(Choice::default().has_moment(&Concept::default(), &elements));
    }

    #[test]
    fn a_limit_counts_from_the_beginning_of_the_run() {
        let left = |limit, had, has| Choice { limit, had, ..Choice::default() }.left(has);
        assert_eq!([left(None, None, 7), left(None, Some(7), 9)], [u32::MAX; 2]);
        assert_eq!([left(Some(3), None, 7), left(Some(3), Some(7), 9)], [3, 1]);
        // Another process of the run may have drawn, and a plate may have been put back.
        assert_eq!([left(Some(3), Some(7), 12), left(Some(3), Some(7), 5)], [0, 3]);
    }

    proptest! {
        #[test]
        fn stars_stand_for_anything(text in "[ab]{0,6}", pattern in "[ab*]{0,6}") {
            fn slow(text: &[u8], pattern: &[u8]) -> bool {
                match (pattern.split_first(), text.split_first()) {
                    (None, rest) => rest.is_none(),
                    (Some((b'*', more)), None) => slow(text, more),
                    (Some((b'*', more)), Some((_, rest))) => slow(text, more) || slow(rest, pattern),
                    (Some((p, more)), Some((t, rest))) => p == t && slow(rest, more),
                    (Some(_), None) => false,
                }
            }
            prop_assert_eq!(is_like(&text, &pattern), slow(text.as_bytes(), pattern.as_bytes()));
        }
    }
}
