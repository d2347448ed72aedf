//! The colours of a book: one family of inks for all its plates, chosen from what it speaks of.
//!
//! A tale of the sea is printed in petrol and amber, one of ghosts in midnight and copper. What a book
//! speaks of is asked of its elements, their names and descriptions and the passages that show them: they
//! are all known before the first plate is drawn, and come from every chapter.

use book::element::Element;

use super::chance::hash_text;
use super::lexicon::Words;

/// Which family of colours a book has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colours(usize);

impl Colours {
    /// The colours of a book: those whose words it uses most beyond what is usual. A book that uses none
    /// of them, as one in another language does, has colours by its title.
    #[must_use]
    pub fn of(title: &str, elements: &[Element]) -> Self {
        let mut texts = vec![Words::of(title)];
        for element in elements {
            texts.push(Words::of(&element.name));
            texts.push(Words::of(&element.description));
            texts.extend(element.quotes.iter().map(|quote| Words::of(&quote.text)));
        }
        let weight = |family: &Family| {
            let found: usize = texts.iter().map(|words| words.count(family.words)).sum();
            found as f32 / family.usual
        };
        let mut best = (0.0, (hash_text(title) % FAMILIES.len() as u64) as usize);
        for (number, family) in FAMILIES.iter().enumerate() {
            let weight = weight(family);
            if weight > best.0 {
                best = (weight, number);
            }
        }
        Self(best.1)
    }

    /// The name of the family: part of the key of everything that is printed in it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.family().name
    }

    pub(super) fn family(self) -> &'static Family {
        &FAMILIES[self.0 % FAMILIES.len()]
    }
}

/// Colours that go together, and the words of the books they suit.
#[derive(Debug)]
pub struct Family {
    /// Its two inks.
    name: &'static str,
    /// What such a book speaks of.
    words: &'static str,
    /// How many of a thousand words are among these in a book that they do not suit more than others.
    usual: f32,
    pub paper: u32,
    pub key: u32,
    pub cool: u32,
    pub warm: u32,
    pub land: u32,
    pub glow: u32,
    pub accent: u32,
}

/// Families that were mixed by eye, each around one pair of inks.
const FAMILIES: [Family; 9] = [
    Family {
        name: "indigo and ochre",
        words: "star sky blue dream time moon twilight machine space planet heaven future",
        usual: 4.2,
        paper: 0xF3E9D2,
        key: 0x1B2438,
        cool: 0x6E8FA6,
        warm: 0xDFA550,
        land: 0xB9A26A,
        glow: 0xF8DFA0,
        accent: 0xB93E26,
    },
    Family {
        name: "bottle green and terracotta",
        words: "forest wood tree green garden field farm grass leaf meadow hill bird flower country",
        usual: 5.3,
        paper: 0xF2E8D5,
        key: 0x16302B,
        cool: 0x86A79B,
        warm: 0xD98F5C,
        land: 0x9FA36B,
        glow: 0xF6E0A8,
        accent: 0xB6452C,
    },
    Family {
        name: "sepia and slate",
        words: "street city town clerk lodging coach office money poor shop lawyer letter winter",
        usual: 3.8,
        paper: 0xF1E6CF,
        key: 0x2E211B,
        cool: 0x8497A0,
        warm: 0xD6A465,
        land: 0xB29873,
        glow: 0xF7E2B0,
        accent: 0x9E3B2B,
    },
    Family {
        name: "prussian blue and rose",
        words: "love ball rose pink miss lady dance marry dress pretty sister mother heart",
        usual: 3.2,
        paper: 0xF4EADA,
        key: 0x14263F,
        cool: 0x7397B4,
        warm: 0xDD8F82,
        land: 0x9DA58F,
        glow: 0xF9E3B4,
        accent: 0xC24A4A,
    },
    Family {
        name: "aubergine and gold",
        words: "king queen magic witch wizard crown golden gold palace castle fairy jewel prince princess",
        usual: 5.3,
        paper: 0xF2E7D3,
        key: 0x2B1C30,
        cool: 0x8D89A8,
        warm: 0xD9A24C,
        land: 0xAE9A74,
        glow: 0xF8E09A,
        accent: 0xA83A3A,
    },
    Family {
        name: "lamp black and vermilion",
        words: "war blood red fire gun soldier battle army kill smoke sword burning enemy",
        usual: 2.9,
        paper: 0xF3EBDA,
        key: 0x1D1C1E,
        cool: 0x93A09F,
        warm: 0xD9A871,
        land: 0xB5AA8C,
        glow: 0xF5E3B8,
        accent: 0xCB3B22,
    },
    Family {
        name: "petrol and amber",
        words: "sea ship sailor captain island boat wave ocean storm sail harbour river shore water",
        usual: 1.5,
        paper: 0xF1E9D3,
        key: 0x0F2A33,
        cool: 0x6B9DA3,
        warm: 0xE0A046,
        land: 0xA9A473,
        glow: 0xFAE1A0,
        accent: 0xB8492A,
    },
    Family {
        name: "umber and sage",
        words: "dog horse rabbit mouse cat brown house kitchen bread cottage old father village",
        usual: 7.8,
        paper: 0xF3E8D0,
        key: 0x2A2620,
        cool: 0x92A58C,
        warm: 0xD89B63,
        land: 0xA7A275,
        glow: 0xF6E2AA,
        accent: 0x9C4A2A,
    },
    Family {
        name: "midnight and copper",
        words: "night dark ghost grave monster horror fear murder shadow terror creature spirit darkness dead",
        usual: 5.5,
        paper: 0xF2E8D6,
        key: 0x191B30,
        cool: 0x7D88B0,
        warm: 0xCF8757,
        land: 0x9B9A86,
        glow: 0xF7DDA6,
        accent: 0xB2502F,
    },
];

#[cfg(test)]
mod tests {
    use book::element::{ElementType, Quote};

    use super::*;

    fn book(title: &str, passages: &[&str]) -> Colours {
        let quote = |text: &&str| Quote { chapter: 1, offset: 0, text: (*text).to_owned() };
        let quotes = passages.iter().map(quote).collect();
        let element = Element { quotes, ..Element::new("Ann", ElementType::Character) };
        Colours::of(title, &[element])
    }

    #[test]
    fn a_book_has_the_colours_of_what_it_speaks_of() {
        let sea =
            book("One", &["The ship ran before the storm.", "The captain looked at the sea."]);
        let ghosts = book("One", &["A ghost walked at night.", "Her fear of the dark grew."]);
        assert!(FAMILIES[sea.0].words.starts_with("sea"));
        assert!(FAMILIES[ghosts.0].words.starts_with("night"));
    }

    #[test]
    fn a_book_that_says_nothing_has_colours_by_its_title() {
        let titles = ["Eins", "Zwei", "Drei", "Vier", "Fünf", "Sechs"];
        let colours: std::collections::HashSet<_> =
            titles.iter().map(|title| book(title, &["Er ging fort."])).collect();
        assert!(colours.len() > 2);
        assert_eq!(book("Eins", &[]), book("Eins", &["Er ging fort."]));
    }
}
