//! What plates look like in numbers, and whether they belong together.
//!
//! Every plate is [measured](measure()) once, by as many threads as there are, and written down by one;
//! what is common to all of them is the book's [`Profile`], and how near a plate is to it its
//! consistency. An outlier is named, never drawn again unasked: it may be the best plate of the book.
//!
//! **Invariants:** a plate that has been measured is not measured again; one that cannot be is recorded
//! with the reason and stops nothing; the profile depends on the plates alone, not on their order.

mod gallery;
mod measure;

use serde::{Deserialize, Serialize};

pub use gallery::{FeaturesError, Gallery, Hung, Measured, gallery, hung};
pub use measure::{Colour, measure};

/// Below this consistency a plate is an outlier.
pub const OUTLIER: f64 = 0.5;
/// With fewer plates nobody can say what is common to them.
const FEWEST: usize = 5;
/// Deviations, in robust standard deviations, at which a plate is halfway out.
const FAR: f64 = 3.0;
/// Distance below which two colours look alike.
const ALIKE: f64 = 0.08;
/// Colours in a palette.
const COLOURS: usize = 6;

/// A plate in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// Its main colours, the largest first.
    pub palette: Vec<Swatch>,
    /// Mean lightness, 0 black to 1 white.
    pub brightness: f64,
    /// Standard deviation of the lightness, 0 to 0.5.
    pub contrast: f64,
    /// Perceptual hash of 16 by 16 gradients, in hexadecimal: near copies differ in few bits.
    pub hash: String,
}

/// A colour and its share of the picture, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Swatch {
    /// The colour.
    pub colour: Colour,
    /// How much of the picture is like it.
    pub share: f64,
}

/// What is common to the plates of a book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// How many plates it is made from.
    pub plates: usize,
    /// The colours of all plates together, the largest first.
    pub palette: Vec<Swatch>,
    /// Lightness of the middle plate, and how far the plates lie from it.
    pub brightness: Spread,
    /// The same of the contrast.
    pub contrast: Spread,
    /// The same of the distance of a plate's colours from the book's.
    pub colours: Spread,
}

/// The middle of a number of values, and how far they lie from it: both are told wrongly by no outlier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The median.
    pub middle: f64,
    /// Median distance from it, scaled to a standard deviation.
    pub deviation: f64,
}

/// How well a plate belongs to the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Consistency {
    /// From 1, like all others, to 0.
    pub score: f64,
    /// In what it differs most: `brightness`, `contrast`, `colours`.
    pub differs_in: &'static str,
}

impl Consistency {
    /// Whether the plate is to be named to a person.
    #[must_use]
    pub fn is_outlier(&self) -> bool {
        self.score < OUTLIER
    }
}

impl Spread {
    fn of(values: &[f64], least: f64) -> Self {
        let middle = median(values);
        let distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
        // 1.4826 times the median distance is the standard deviation of a normal distribution.
        Self { middle, deviation: (1.4826 * median(&distances)).max(least) }
    }

    fn deviations(&self, value: f64) -> f64 {
        (value - self.middle).abs() / self.deviation
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

impl Profile {
    /// What is common to these plates; `None` where they are too few.
    #[must_use]
    pub fn of(plates: &[&Features]) -> Option<Self> {
        if plates.len() < FEWEST {
            return None;
        }
        let share = 1.0 / plates.len() as f64;
        let all = plates.iter().flat_map(|plate| &plate.palette);
        let all = merged(all.map(|s| Swatch { share: s.share * share, ..*s }).collect());
        let palette = common(all, plates);
        let of = |number: fn(&Features) -> f64, least| {
            Spread::of(&plates.iter().map(|plate| number(plate)).collect::<Vec<_>>(), least)
        };
        let distances: Vec<f64> =
            plates.iter().map(|plate| distance(&plate.palette, &palette)).collect();
        Some(Self {
            plates: plates.len(),
            // Differences smaller than these nobody sees.
            brightness: of(|plate| plate.brightness, 0.03),
            contrast: of(|plate| plate.contrast, 0.02),
            colours: Spread::of(&distances, 0.02),
            palette,
        })
    }

    /// How well a plate belongs to the others.
    #[must_use]
    pub fn consistency(&self, plate: &Features) -> Consistency {
        let colours = distance(&plate.palette, &self.palette);
        let far = [
            ("brightness", self.brightness.deviations(plate.brightness)),
            ("contrast", self.contrast.deviations(plate.contrast)),
            // Colours nearer to the book's than usual are no fault.
            (
                "colours",
                if colours < self.colours.middle { 0.0 } else { self.colours.deviations(colours) },
            ),
        ];
        let most = far.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or(("colours", 0.0));
        let score = 1.0 / (1.0 + (most.1 / FAR).powi(2));
        Consistency { score: (score * 1000.0).round() / 1000.0, differs_in: most.0 }
    }
}

/// How far the colours of a picture are from the nearest of a palette, on average.
fn distance(picture: &[Swatch], palette: &[Swatch]) -> f64 {
    let nearest = |swatch: &Swatch| {
        let distances = palette.iter().map(|other| swatch.colour.distance(other.colour));
        distances.fold(1.0, f64::min) * swatch.share
    };
    picture.iter().map(nearest).sum()
}

/// Those colours that more than one plate, and at least every fourth, has: what a single plate brings is
/// what makes it an outlier. All of them where the plates have nothing in common.
fn common(palette: Vec<Swatch>, plates: &[&Features]) -> Vec<Swatch> {
    let is_common = |swatch: &Swatch| {
        let has = |other: &Swatch| other.colour.distance(swatch.colour) < ALIKE;
        let count = plates.iter().filter(|plate| plate.palette.iter().any(has)).count();
        count > 1 && 4 * count >= plates.len()
    };
    let common: Vec<Swatch> = palette.iter().copied().filter(is_common).collect();
    if common.is_empty() { palette } else { common }
}

/// The largest of many swatches, those that look alike taken together.
fn merged(mut swatches: Vec<Swatch>) -> Vec<Swatch> {
    let by_share =
        |a: &Swatch, b: &Swatch| b.share.total_cmp(&a.share).then_with(|| a.colour.cmp(&b.colour));
    swatches.sort_by(by_share);
    let mut merged: Vec<Swatch> = Vec::new();
    for swatch in swatches {
        let like = merged.iter_mut().find(|kept| kept.colour.distance(swatch.colour) < ALIKE);
        match like {
            Some(kept) => kept.share += swatch.share,
            None => merged.push(swatch),
        }
    }
    merged.sort_by(by_share);
    merged.truncate(COLOURS);
    merged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plate(brightness: f64, colour: [u8; 3]) -> Features {
        let palette = vec![Swatch { colour: Colour(colour), share: 1.0 }];
        Features { palette, brightness, contrast: 0.2, hash: String::new() }
    }

    #[test]
    fn the_one_that_differs_is_the_outlier_and_says_in_what() {
        let mut plates: Vec<_> =
            (0..9).map(|n| plate(0.5 + f64::from(n) * 0.01, [200, 180, 150])).collect();
        plates.push(plate(0.54, [0, 0, 255]));
        plates.push(plate(0.05, [200, 180, 150]));
        let profile = Profile::of(&plates.iter().collect::<Vec<_>>()).unwrap();
        let found: Vec<_> = plates
            .iter()
            .map(|plate| profile.consistency(plate))
            .enumerate()
            .filter(|(_, consistency)| consistency.is_outlier())
            .map(|(nth, consistency)| (nth, consistency.differs_in))
            .collect();
        assert_eq!(found, [(9, "colours"), (10, "brightness")]);
    }

    #[test]
    fn too_few_plates_have_nothing_in_common() {
        let one = plate(0.5, [9, 9, 9]);
        assert_eq!(Profile::of(&[&one; 4]), None);
        let profile = Profile::of(&[&one; 5]).unwrap();
        assert!(profile.consistency(&one).score > 0.99);
    }

    proptest! {
        #[test]
        fn a_profile_does_not_depend_on_the_order(
            values in prop::collection::vec((0.0..1.0, any::<[u8; 3]>()), 5..12),
            turn in 0usize..12,
        ) {
            let plates: Vec<_> = values.into_iter().map(|(b, c)| plate(b, c)).collect();
            let mut turned: Vec<_> = plates.iter().collect();
            let by = turn % turned.len();
            turned.rotate_left(by);
            let (a, b) = (Profile::of(&plates.iter().collect::<Vec<_>>()), Profile::of(&turned));
            let (a, b) = (a.unwrap(), b.unwrap());
            prop_assert_eq!(a.brightness, b.brightness);
            for plate in &plates {
                let scores = [a.consistency(plate).score, b.consistency(plate).score];
                prop_assert!((0.0..=1.0).contains(&scores[0]));
                prop_assert!((scores[0] - scores[1]).abs() < 0.01, "{scores:?}");
            }
        }
    }
}
