//! Elements: who and what recurs in a book. The record behind `elements.json` and `Elements.md`.

use serde::{Deserialize, Serialize};

/// What an element is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum ElementType {
    /// A person, or anything that acts and speaks as one.
    Character,
    /// An animal or being that does not act as a person.
    Creature,
    /// Somewhere the story goes.
    Place,
    /// A thing that is carried, sought or used.
    Item,
    /// Anything else worth drawing the same way twice.
    #[default]
    Object,
}

impl ElementType {
    /// Every kind, in the order in which they are listed for people.
    pub const ALL: [Self; 5] =
        [Self::Character, Self::Creature, Self::Place, Self::Item, Self::Object];

    /// The heading over the elements of this kind.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Character => "Characters",
            Self::Creature => "Creatures",
            Self::Place => "Places",
            Self::Item => "Items",
            Self::Object => "Objects",
        }
    }
}

/// How the text speaks of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// The text says `he`.
    Male,
    /// The text says `she`.
    Female,
    /// The text says `they` of several: a people, a pack, a crew.
    Group,
}

/// A character, creature, place, item or object that recurs in the book.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// The fullest name the text uses; unique within a book.
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ElementType,
    /// Other names the text uses for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it looks like, made of what the text says; empty when the text says nothing.
    #[serde(default)]
    pub description: String,
    /// Numbers of the chapters it is named in, ascending.
    #[serde(default)]
    pub chapters: Vec<u32>,
    /// How often it is named in the whole book.
    #[serde(default)]
    pub mentions: u32,
    /// Verbatim passages that show or introduce it.
    #[serde(default)]
    pub quotes: Vec<Quote>,
    /// How the text speaks of it; `None` when it does not say, or for a thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// What the text says of its looks, in reading order: what `description` is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// Every name that was folded into this element, with its own count, so that a wrong fold can
    /// be taken apart again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<NameCount>,
    /// What earlier books of the series say of its looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
}

impl Element {
    /// An element of which only name and kind are known.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: ElementType) -> Self {
        Self { name: name.into(), kind, ..Self::default() }
    }

    /// What it looks like as far as the text has told by the end of `chapter`, so that an early
    /// picture gives nothing away. Where nothing has been told yet, the text's later words are not
    /// used: the answer is empty.
    ///
    /// An element without facts (described by a model, or by hand) has one description for all
    /// chapters. What earlier books of the series say is known from the first page on.
    #[must_use]
    pub fn description_at(&self, chapter: u32) -> String {
        let told: Vec<&Fact> = self.facts.iter().filter(|fact| fact.chapter <= chapter).collect();
        let own = if self.facts.is_empty() {
            self.description.clone()
        } else {
            describe(told.iter().copied())
        };
        let Some(before) = &self.before else { return own };
        let looks = before.looks.iter().map(|look| &look.fact);
        match before.memory {
            Memory::Override if !own.is_empty() => own,
            _ if own.is_empty() => describe(looks),
            Memory::Union if told.is_empty() => format!("{own}; {}", describe(looks)),
            Memory::Union => describe(told.into_iter().chain(looks)),
            // A whole description leaves nothing open.
            Memory::Enrich | Memory::Override if told.is_empty() => own,
            Memory::Enrich | Memory::Override => {
                let open = |fact: &&Fact| told.iter().all(|own| own.aspect != fact.aspect);
                let looks: Vec<&Fact> = looks.filter(open).collect();
                describe(told.into_iter().chain(looks))
            }
        }
    }

    /// Whether `name` is one of its names.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }
}

/// What counts where an earlier book of a series and a later one speak of the same element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Memory {
    /// The later book, and the earlier ones for those sides of its looks that it leaves open.
    #[default]
    Enrich,
    /// What all of them say, together.
    Union,
    /// The later book alone, as soon as it says anything.
    Override,
}

/// What earlier books of a series say of an element's looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// How it goes together with what this book says.
    pub memory: Memory,
    /// Each with the book it is from, in the order of the series.
    pub looks: Vec<Look>,
}

/// One thing that an earlier book of the series says of an element's looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Title of the book.
    pub book: String,
    /// Its place in the series, counted from 1.
    pub number: u32,
    /// What it says; chapter and offset are that book's, 0 where it does not say where.
    pub fact: Fact,
}

/// Joins what facts say into one description, in the order of [`Aspect`] and then of reading.
/// A phrase that another one already contains is left out.
pub fn describe<'a>(facts: impl Iterator<Item = &'a Fact>) -> String {
    /// More than this makes a prompt worse, not better.
    const MOST_PHRASES: usize = 10;
    let mut facts: Vec<&Fact> = facts.collect();
    facts.sort_by_key(|fact| (fact.aspect, fact.chapter, fact.offset));
    let mut phrases: Vec<&str> = Vec::new();
    for fact in facts {
        let text = fact.text.as_str();
        if text.is_empty() || phrases.iter().any(|kept| kept.contains(text)) {
            continue;
        }
        // `a large caterpillar`, `a large blue caterpillar`: the fuller one of the same noun.
        if fact.aspect == Aspect::Form {
            let noun = text.rsplit(' ').next().unwrap_or(text);
            let same = |kept: &&str| kept.rsplit(' ').next() == Some(noun);
            if phrases.iter().any(|kept| same(kept) && kept.len() >= text.len()) {
                continue;
            }
            phrases.retain(|kept| !same(kept));
        }
        phrases.retain(|kept| !text.contains(kept));
        phrases.push(text);
    }
    phrases.truncate(MOST_PHRASES);
    phrases.join("; ")
}

/// Which side of its looks a fact is about. The order is the order in a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// What it is at a glance: `a tall thin man`, `an old grey house`.
    Form,
    /// How old it is.
    Age,
    /// How large, tall or stout it is.
    Build,
    /// Face and skin.
    Face,
    /// Hair, beard, fur, feathers.
    Hair,
    /// Eyes.
    Eyes,
    /// Limbs, tail, wings and the rest of the body.
    Body,
    /// What it wears and carries.
    Clothes,
    /// For a place or thing: what is seen of it.
    Sight,
}

/// One thing the text says of an element's looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The chapter from which it is known.
    pub chapter: u32,
    /// Byte offset of `quote` in [`crate::Chapter::text`].
    pub offset: usize,
    /// The passage that says so, exactly as it stands there.
    pub quote: String,
    /// The words of the passage that matter: `long white beard`.
    pub text: String,
    /// Which side of its looks this is.
    pub aspect: Aspect,
    /// The name the passage was attached to; one of the element's names.
    #[serde(default)]
    pub named: String,
}

/// How often, and where, one name of an element stands in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameCount {
    /// The name as printed.
    pub name: String,
    /// How often it stands in the whole book, not counting longer names that contain it.
    pub mentions: u32,
    /// Numbers of the chapters it stands in, ascending.
    pub chapters: Vec<u32>,
}

/// A verbatim passage and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Chapter number.
    pub chapter: u32,
    /// Byte offset into [`crate::Chapter::text`].
    pub offset: usize,
    /// The passage, exactly as it stands there.
    pub text: String,
}

/// Two elements that may be one, with the reason; a person decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Suggestion {
    /// The more often named one.
    pub keep: String,
    /// The one that may be another name of it.
    pub merge: String,
    /// Why they may be one.
    pub reason: String,
}

/// All elements of a book: the content of `elements.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elements {
    /// Most mentioned first; ties by name.
    pub elements: Vec<Element>,
    /// Pairs that may be one and were kept apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// The book is not in a language whose words the engine knows: no elements were looked for, and
    /// concepts are evenly spread passages.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub language_unsupported: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(chapter: u32, text: &str, aspect: Aspect) -> Fact {
        Fact {
            chapter,
            offset: 0,
            quote: text.to_owned(),
            text: text.to_owned(),
            aspect,
            named: String::new(),
        }
    }

    #[test]
    fn an_early_chapter_gives_nothing_away() {
        let element = Element {
            facts: vec![
                fact(1, "tall thin man", Aspect::Form),
                fact(9, "scar across one cheek", Aspect::Face),
            ],
            ..Element::new("Silver", ElementType::Character)
        };
        assert_eq!(element.description_at(1), "tall thin man");
        assert_eq!(element.description_at(9), "tall thin man; scar across one cheek");
        assert_eq!(element.description_at(0), "");
    }

    #[test]
    fn a_fuller_phrase_takes_the_place_of_the_shorter() {
        let facts =
            [fact(1, "white beard", Aspect::Hair), fact(2, "long white beard", Aspect::Hair)];
        assert_eq!(describe(facts.iter()), "long white beard");
    }

    #[test]
    fn what_an_earlier_book_says_fills_what_this_one_leaves_open() {
        let looks = ["red hair", "green eyes"].into_iter().zip([Aspect::Hair, Aspect::Eyes]);
        let look =
            |(text, aspect)| Look { book: "One".into(), number: 1, fact: fact(3, text, aspect) };
        let looks: Vec<Look> = looks.map(look).collect();
        let element = |memory| Element {
            facts: vec![fact(2, "white hair", Aspect::Hair)],
            before: Some(Before { memory, looks: looks.clone() }),
            ..Element::new("Ada", ElementType::Character)
        };
        let at = |memory, chapter| element(memory).description_at(chapter);
        for memory in [Memory::Enrich, Memory::Union, Memory::Override] {
            assert_eq!(at(memory, 1), "red hair; green eyes", "nothing told yet");
        }
        assert_eq!(at(Memory::Enrich, 2), "white hair; green eyes");
        assert_eq!(at(Memory::Union, 2), "white hair; red hair; green eyes");
        assert_eq!(at(Memory::Override, 2), "white hair");
        let described = |memory| Element {
            facts: Vec::new(),
            description: "old".to_owned(),
            ..element(memory)
        };
        assert_eq!(described(Memory::Enrich).description_at(1), "old");
        assert_eq!(described(Memory::Union).description_at(1), "old; red hair; green eyes");
    }

    #[test]
    fn a_record_without_the_newer_fields_is_read() {
        let json = r#"{"elements":[{"name":"Alice","type":"character"}]}"#;
        let elements: Elements = serde_json::from_str(json).unwrap();
        assert_eq!(elements.elements[0], Element::new("Alice", ElementType::Character));
    }
}
