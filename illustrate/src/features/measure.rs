//! One picture in numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use image::{DynamicImage, Rgb};
use image_hasher::{HashAlg, HasherConfig};
use serde::{Deserialize, Serialize};

use super::{Features, Swatch, merged};

/// Side in pixels to which a picture is made smaller first: colours and light are seen from afar.
const SIDE: u32 = 96;

/// A colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(pub [u8; 3]);

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl FromStr for Colour {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, red, green, blue] =
            number.ok_or_else(|| format!("`{text}` is no colour"))?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl Colour {
    /// How different two colours look: 0 for the same, about 1 for black and white (Oklab, Ottosson
    /// 2020).
    #[must_use]
    pub fn distance(self, other: Self) -> f64 {
        let (a, b) = (oklab(self.0), oklab(other.0));
        (0..3).map(|n| (a[n] - b[n]).powi(2)).sum::<f64>().sqrt()
    }
}

fn oklab(colour: [u8; 3]) -> [f64; 3] {
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let [r, g, b] = colour.map(linear);
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

/// Measures a picture.
#[must_use]
pub fn measure(picture: &DynamicImage) -> Features {
    let small = picture.thumbnail(SIDE, SIDE).to_rgb8();
    let lightness: Vec<f64> = small.pixels().map(|Rgb(colour)| oklab(*colour)[0]).collect();
    let count = lightness.len().max(1) as f64;
    let brightness = lightness.iter().sum::<f64>() / count;
    let variance = lightness.iter().map(|l| (l - brightness).powi(2)).sum::<f64>() / count;
    let config = HasherConfig::new().hash_size(16, 16).hash_alg(HashAlg::Gradient);
    let hash = config.to_hasher().hash_image(picture);
    Features {
        palette: palette(small.pixels().map(|Rgb(colour)| *colour)),
        brightness: rounded(brightness),
        contrast: rounded(variance.sqrt()),
        hash: hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// The main colours: pixels are counted in cells of the colour cube, and cells that look alike are one.
fn palette(pixels: impl Iterator<Item = [u8; 3]>) -> Vec<Swatch> {
    let mut cells: BTreeMap<[u8; 3], (u64, [u64; 3])> = BTreeMap::new();
    let mut count = 0u64;
    for colour in pixels {
        let (number, sums) = cells.entry(colour.map(|value| value >> 4)).or_default();
        *number += 1;
        for (sum, value) in sums.iter_mut().zip(colour) {
            *sum += u64::from(value);
        }
        count += 1;
    }
    let swatch = |(number, sums): (u64, [u64; 3])| {
        let mean = sums.map(|sum| u8::try_from(sum / number).unwrap_or(u8::MAX));
        Swatch { colour: Colour(mean), share: number as f64 / count as f64 }
    };
    let mut palette = merged(cells.into_values().map(swatch).collect());
    palette.iter_mut().for_each(|swatch| swatch.share = rounded(swatch.share));
    palette
}

/// Three digits say enough, and a record is short.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(colour: impl Fn(u32, u32) -> [u8; 3]) -> DynamicImage {
        image::RgbImage::from_fn(200, 300, |x, y| Rgb(colour(x, y))).into()
    }

    #[test]
    fn black_and_white_are_as_far_apart_as_can_be() {
        assert!((Colour([0; 3]).distance(Colour([255; 3])) - 1.0).abs() < 1e-6);
        assert_eq!("#102030".parse::<Colour>().unwrap(), Colour([16, 32, 48]));
        assert_eq!(Colour([16, 32, 48]).to_string(), "#102030");
        assert!("102030".parse::<Colour>().is_err() && "#10203".parse::<Colour>().is_err());
    }

    #[test]
    fn light_contrast_and_colours_are_those_of_the_picture() {
        let flat = measure(&picture(|_, _| [255, 0, 0]));
        assert_eq!(flat.palette, [Swatch { colour: Colour([255, 0, 0]), share: 1.0 }]);
        assert!(flat.contrast < 1e-9);
        let halves = measure(&picture(|x, _| if x < 100 { [0; 3] } else { [255; 3] }));
        assert!((halves.brightness - 0.5).abs() < 0.02, "{halves:?}");
        assert!(halves.contrast > 0.45, "{halves:?}");
        assert!(halves.palette.len() >= 2, "{halves:?}");
    }

    #[test]
    fn a_smaller_copy_has_the_same_hash_and_another_picture_has_not() {
        let waves = |phase: u32| {
            picture(move |x, y| [((x + phase) % 97 * 2) as u8, (y % 61 * 4) as u8, 90])
        };
        let (a, b) = (waves(0), waves(40));
        let small = a.resize(100, 150, image::imageops::FilterType::Triangle);
        let bits = |a: &str, b: &str| {
            let value = |text: &str, at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
            (0..a.len())
                .step_by(2)
                .map(|at| (value(a, at) ^ value(b, at)).count_ones())
                .sum::<u32>()
        };
        let [a, small, b] = [&a, &small, &b].map(|picture| measure(picture).hash);
        assert!(bits(&a, &small) < 26, "{}", bits(&a, &small));
        assert!(bits(&a, &b) > 40, "{}", bits(&a, &b));
    }
}
