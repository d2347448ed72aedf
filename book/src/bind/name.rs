//! Names of files and entries that sort in the order of the book, however many there are.

use super::Illustration;

/// How wide the numbers in the names of a book's pictures are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    chapter: usize,
    concept: usize,
}

impl Names {
    pub fn of(plates: &[&Illustration]) -> Self {
        let most = |number: fn(&Illustration) -> u32| plates.iter().map(|p| number(p)).max();
        Self {
            chapter: width(most(|plate| plate.chapter).unwrap_or(0) as usize).max(3),
            concept: width(most(|plate| plate.concept).unwrap_or(0) as usize),
        }
    }

    /// Chapter and concept of a plate.
    pub fn plate(self, plate: &Illustration) -> String {
        let (wide, narrow) = (self.chapter, self.concept);
        format!("{:0wide$}-{:0narrow$}", plate.chapter, plate.concept)
    }
}

/// A number with zeros before it, as wide as the last one, and at least three digits.
pub(crate) fn numbered(number: usize, last: usize) -> String {
    format!("{number:0width$}", width = width(last).max(3))
}

fn width(number: usize) -> usize {
    number.max(1).ilog10() as usize + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plate(chapter: u32, concept: u32) -> Illustration {
        Illustration {
            chapter,
            concept,
            offset: 0,
            quote: String::new(),
            alt: String::new(),
            picture: "p".into(),
        }
    }

    #[test]
    fn few_plates_have_short_names() {
        assert_eq!(Names::of(&[&plate(7, 2)]).plate(&plate(7, 2)), "007-2");
        assert_eq!(Names::of(&[&plate(1000, 12)]).plate(&plate(7, 2)), "0007-02");
    }

    proptest! {
        #[test]
        fn names_sort_like_plates(places in prop::collection::vec((1u32..12_000, 1u32..300), 1..40)) {
            let mut places = places;
            places.sort_unstable();
            let plates: Vec<Illustration> = places.iter().map(|(c, n)| plate(*c, *n)).collect();
            let plates: Vec<&Illustration> = plates.iter().collect();
            let names: Vec<String> = plates.iter().map(|p| Names::of(&plates).plate(p)).collect();
            prop_assert!(names.is_sorted(), "{:?}", names);
        }
    }
}
