//! Chapters chosen by number: `1-5,10`.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A choice of chapters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection(Vec<RangeInclusive<u32>>);

/// Why a text chooses no chapters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no choice of chapters; write numbers and ranges, for example `1-5,10` or `3-`")]
pub struct SelectionError(String);

impl Selection {
    /// Whether chapter `number` is chosen.
    pub fn contains(&self, number: u32) -> bool {
        self.0.iter().any(|range| range.contains(&number))
    }

    /// The chosen numbers that a book of `chapters` chapters does not have, for a warning: the first of
    /// each range that lies wholly beyond its end.
    pub fn beyond(&self, chapters: u32) -> Vec<u32> {
        self.0.iter().map(|range| *range.start()).filter(|&start| start > chapters).collect()
    }
}

impl FromIterator<u32> for Selection {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        Self(numbers.into_iter().map(|number| number..=number).collect())
    }
}

impl FromStr for Selection {
    type Err = SelectionError;

    /// Numbers and ranges, separated by commas; `3-` is from the third on, `-3` up to the third.
    fn from_str(text: &str) -> Result<Self, SelectionError> {
        let error = || SelectionError(text.to_owned());
        let number = |text: &str| text.parse::<u32>().ok().filter(|&number| number > 0);
        let range = |part: &str| match part.trim().split_once('-') {
            None => number(part.trim()).map(|number| number..=number),
            Some((start, end)) => {
                let (start, end) = (start.trim(), end.trim());
                let first = if start.is_empty() { Some(1) } else { number(start) };
                let last = if end.is_empty() { Some(u32::MAX) } else { number(end) };
                let open = start.is_empty() && end.is_empty();
                first.zip(last).filter(|(first, last)| first <= last && !open).map(|(a, b)| a..=b)
            }
        };
        let ranges: Option<Vec<_>> = text.split(',').map(range).collect();
        ranges.map(Self).ok_or_else(error)
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (index, range) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            match (*range.start(), *range.end()) {
                (start, end) if start == end => write!(f, "{comma}{start}")?,
                (start, u32::MAX) => write!(f, "{comma}{start}-")?,
                (start, end) => write!(f, "{comma}{start}-{end}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chosen(text: &str) -> Option<Vec<u32>> {
        let selection: Selection = text.parse().ok()?;
        Some((1..=12).filter(|&number| selection.contains(number)).collect())
    }

    #[test]
    fn numbers_and_ranges() {
        assert_eq!(chosen("1-3,10").unwrap(), [1, 2, 3, 10]);
        assert_eq!(chosen(" 7 , 2 - 3 ").unwrap(), [2, 3, 7]);
        assert_eq!(chosen("11-").unwrap(), [11, 12]);
        assert_eq!(chosen("-2").unwrap(), [1, 2]);
        for wrong in ["", "0", "3-1", "a", "1,,2", "-", "1-2-3", "1.5"] {
            assert_eq!(chosen(wrong), None, "{wrong}");
        }
        assert_eq!("1-3,20,30-".parse::<Selection>().unwrap().beyond(12), [20, 30]);
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_again(text in "[0-9,\\- ]{0,12}") {
            if let Ok(selection) = text.parse::<Selection>() {
                prop_assert_eq!(selection.to_string().parse::<Selection>().unwrap(), selection);
            }
        }
    }
}
