//! Inks: one family of colours per book, tuned by the hour and the mood of each plate.
//!
//! A family is chosen by the book alone, so that all plates of a book belong together. A
//! plate prints the dark key ink and two or three of the family's colours on the warm paper.

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

/// The colours of one book.
#[derive(Debug, Clone, Copy)]
struct Family {
    paper: u32,
    key: u32,
    cool: u32,
    warm: u32,
    land: u32,
    glow: u32,
    accent: u32,
}

/// Families that were mixed by eye, each around one pair of inks.
const FAMILIES: [Family; 9] = [
    // Indigo and ochre.
    Family {
        paper: 0xF3E9D2,
        key: 0x1B2438,
        cool: 0x6E8FA6,
        warm: 0xDFA550,
        land: 0xB9A26A,
        glow: 0xF8DFA0,
        accent: 0xB93E26,
    },
    // Bottle green and terracotta.
    Family {
        paper: 0xF2E8D5,
        key: 0x16302B,
        cool: 0x86A79B,
        warm: 0xD98F5C,
        land: 0x9FA36B,
        glow: 0xF6E0A8,
        accent: 0xB6452C,
    },
    // Sepia and slate.
    Family {
        paper: 0xF1E6CF,
        key: 0x2E211B,
        cool: 0x8497A0,
        warm: 0xD6A465,
        land: 0xB29873,
        glow: 0xF7E2B0,
        accent: 0x9E3B2B,
    },
    // Prussian blue and rose.
    Family {
        paper: 0xF4EADA,
        key: 0x14263F,
        cool: 0x7397B4,
        warm: 0xDD8F82,
        land: 0x9DA58F,
        glow: 0xF9E3B4,
        accent: 0xC24A4A,
    },
    // Aubergine and gold.
    Family {
        paper: 0xF2E7D3,
        key: 0x2B1C30,
        cool: 0x8D89A8,
        warm: 0xD9A24C,
        land: 0xAE9A74,
        glow: 0xF8E09A,
        accent: 0xA83A3A,
    },
    // Lamp black and vermilion.
    Family {
        paper: 0xF3EBDA,
        key: 0x1D1C1E,
        cool: 0x93A09F,
        warm: 0xD9A871,
        land: 0xB5AA8C,
        glow: 0xF5E3B8,
        accent: 0xCB3B22,
    },
    // Petrol and amber.
    Family {
        paper: 0xF1E9D3,
        key: 0x0F2A33,
        cool: 0x6B9DA3,
        warm: 0xE0A046,
        land: 0xA9A473,
        glow: 0xFAE1A0,
        accent: 0xB8492A,
    },
    // Umber and sage.
    Family {
        paper: 0xF3E8D0,
        key: 0x2A2620,
        cool: 0x92A58C,
        warm: 0xD89B63,
        land: 0xA7A275,
        glow: 0xF6E2AA,
        accent: 0x9C4A2A,
    },
    // Midnight and copper.
    Family {
        paper: 0xF2E8D6,
        key: 0x191B30,
        cool: 0x7D88B0,
        warm: 0xCF8757,
        land: 0x9B9A86,
        glow: 0xF7DDA6,
        accent: 0xB2502F,
    },
];

fn rgb(hex: u32) -> Rgb {
    [(hex >> 16 & 255) as f32, (hex >> 8 & 255) as f32, (hex & 255) as f32]
}

impl Palette {
    /// The inks for a plate of the book that has this number.
    #[must_use]
    pub fn of(book: u64, hour: Hour, weather: Weather, mood: Mood) -> Self {
        let family = FAMILIES[(book % FAMILIES.len() as u64) as usize];
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
