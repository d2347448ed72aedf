//! Inks: one family of colours per book, tuned by the hour and the mood of each plate.
//!
//! A family is chosen by the book alone (see `colours.rs`), so that all its plates belong together. A
//! plate prints the dark key ink and two or three of the family's colours on the warm paper.

use super::colours::Colours;
use super::reading::{Hour, Mood, Weather};
use super::trig::mix;

/// A colour, each channel 0 to 255.
pub type Rgb = [f32; 3];

/// A blend of two colours: `a` at 0, `b` at 1.
#[must_use]
pub fn blend(a: Rgb, b: Rgb, t: f32) -> Rgb {
    [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)]
}

/// How light a colour is, 0 to 1.
#[must_use]
pub fn lightness(colour: Rgb) -> f32 {
    (0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]) / 255.0
}

/// The inks of one plate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// The sheet.
    pub paper: Rgb,
    /// The dark ink that carries the lines.
    pub key: Rgb,
    /// The sky overhead.
    pub zenith: Rgb,
    /// The sky above the horizon, and what haze turns things into.
    pub haze: Rgb,
    /// Fields, ground, floors.
    pub land: Rgb,
    /// Light: sun, moon, lamp, lit windows.
    pub glow: Rgb,
    /// The strong colour, used sparingly.
    pub accent: Rgb,
}

impl Palette {
    /// What a far thing of this colour looks like: nothing changes at 0, all haze at 1.
    #[must_use]
    pub fn hazed(&self, colour: Rgb, depth: f32) -> Rgb {
        blend(colour, self.haze, depth.clamp(0.0, 1.0))
    }
}

fn rgb(hex: u32) -> Rgb {
    [(hex >> 16 & 255) as f32, (hex >> 8 & 255) as f32, (hex & 255) as f32]
}

impl Palette {
    /// The inks for a plate of a book that has these colours.
    #[must_use]
    pub fn of(colours: Colours, hour: Hour, weather: Weather, mood: Mood) -> Self {
        let family = colours.family();
        let [paper, key, cool, warm] =
            [family.paper, family.key, family.cool, family.warm].map(rgb);
        let [land, glow, accent] = [family.land, family.glow, family.accent].map(rgb);
        let (zenith, haze, land) = match hour {
            Hour::Dawn => {
                (blend(cool, paper, 0.25), blend(warm, paper, 0.45), blend(land, warm, 0.15))
            }
            Hour::Day => (cool, blend(cool, paper, 0.72), land),
            Hour::Dusk => (blend(cool, key, 0.35), warm, blend(land, warm, 0.35)),
            Hour::Night => {
                (blend(cool, key, 0.52), blend(cool, key, 0.12), blend(land, cool, 0.55))
            }
        };
        let grey = blend(cool, paper, 0.35);
        let veil = match weather {
            Weather::Fog => 0.55,
            Weather::Rain | Weather::Storm => 0.4,
            Weather::Snow => 0.3,
            Weather::Clear | Weather::Wind => 0.0,
        };
        let grey = if hour == Hour::Night { blend(grey, key, 0.3) } else { grey };
        let (zenith, haze, land) =
            (blend(zenith, grey, veil), blend(haze, grey, veil), blend(land, grey, veil * 0.6));
        let (zenith, haze, glow) = match mood {
            Mood::Bright => (blend(zenith, paper, 0.15), blend(haze, glow, 0.2), glow),
            Mood::Dark => {
                (blend(zenith, key, 0.2), blend(haze, cool, 0.2), blend(glow, warm, 0.15))
            }
            Mood::Wild => {
                (blend(zenith, key, 0.1), blend(haze, warm, 0.15), blend(glow, warm, 0.1))
            }
            Mood::Calm => (zenith, haze, glow),
        };
        Self { paper, key, zenith, haze, land, glow, accent }
    }
}
