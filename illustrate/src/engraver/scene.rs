//! A scene: a reading, those who are in it, and the chances of this plate.

use super::Sitting;
use super::block::Block;
use super::cast::Cast;
use super::chance::{Chance, mingle};
use super::land::Ground;
use super::palette::{Palette, Rgb, blend};
use super::reading::{Hour, Light, Reading, Weather};
use super::ridge::Ridge;
use super::sky::{Luminary, Sky, SkyLines};
use super::trig::mix;
use super::wood::Leafage;

/// Everything a composition needs to know.
#[derive(Debug, Clone)]
pub struct Scene {
    /// What the text says.
    pub reading: Reading,
    /// Who and what is there.
    pub cast: Cast,
    /// Chance, from the plate's seed.
    pub chance: Chance,
    /// Counts the plates of a book: neighbours differ by one. Compositions take turns by it.
    pub turn: u32,
    /// Whether the picture is composed the other way round.
    pub flipped: bool,
}

impl Scene {
    /// Reads a sitting; `seed` is the number that all its chances come from.
    #[must_use]
    pub fn of(sitting: &Sitting<'_>, seed: u64) -> Self {
        let concept = sitting.concept;
        let reading = Reading::of(concept);
        let cast = Cast::of(concept, sitting.cast, &reading);
        // Neighbours in a chapter differ by one; the factor keeps the first plates of neighbouring
        // chapters apart without knowing how many concepts the other chapter has.
        let turn = sitting.chapter.wrapping_mul(7).wrapping_add(concept.index);
        let seed = mingle(mingle(seed, u64::from(sitting.chapter)), u64::from(concept.index));
        Self { reading, cast, chance: Chance::new(seed), turn, flipped: turn % 2 == 1 }
    }

    /// A position across the picture from 0 to 1, in pixels; mirrored in every other plate.
    #[must_use]
    pub fn x(&self, block: &Block, share: f32) -> f32 {
        block.w() * if self.flipped { 1.0 - share } else { share }
    }

    /// How much of the day's light is left.
    #[must_use]
    pub fn brightness(&self) -> f32 {
        let hour = match self.reading.hour {
            Hour::Dawn => 0.85,
            Hour::Day => 1.0,
            Hour::Dusk => 0.66,
            Hour::Night => 0.34,
        };
        let weather = match self.reading.weather {
            Weather::Storm => 0.72,
            Weather::Rain => 0.85,
            Weather::Clear | Weather::Snow | Weather::Fog | Weather::Wind => 1.0,
        };
        hour * weather
    }

    /// A stretch of land at a depth from 0 (at our feet) to 1 (at the horizon).
    #[must_use]
    pub fn ground(&self, palette: &Palette, depth: f32, fall: f32, light_x: f32) -> Ground {
        let bright = self.brightness();
        let snow = self.reading.weather == Weather::Snow;
        let crest = mix(0.78, 1.02, depth) * mix(0.62, 1.0, bright);
        let foot = mix(0.26, 0.78, depth) * bright;
        let (crest, foot) = if snow { (crest.max(0.9), foot.max(0.62)) } else { (crest, foot) };
        let colour = if snow { blend(palette.paper, palette.haze, 0.25) } else { palette.land };
        Ground { depth, crest, foot, fall, colour, light_x }
    }

    /// Trees at a depth.
    #[must_use]
    pub fn leafage(&self, colour: Rgb, depth: f32, light: (f32, f32)) -> Leafage {
        let bright = self.brightness();
        let lit = mix(0.8, 1.0, depth) * mix(0.55, 1.0, bright);
        let dark = mix(0.04, 0.62, depth) * mix(0.7, 1.0, bright);
        Leafage { depth, light, lit, dark, colour }
    }

    /// Cuts a sky down to the horizon and says where its light is.
    pub fn sky(&self, block: &mut Block, horizon: f32) -> Luminary {
        let mut chance = self.chance.branch("sky");
        let (hour, weather) = (self.reading.hour, self.reading.weather);
        let small = block.w().min(block.h());
        let low = matches!(hour, Hour::Dawn | Hour::Dusk);
        let across = chance.range(0.6, 0.8);
        let height = if low { chance.range(0.66, 0.86) } else { chance.range(0.24, 0.42) };
        let hidden = match weather {
            Weather::Storm | Weather::Rain | Weather::Fog => true,
            Weather::Snow => hour == Hour::Day,
            Weather::Clear | Weather::Wind => self.reading.light == Light::Stars,
        };
        let radius = small * if low { 0.085 } else { 0.068 };
        let light = Luminary {
            x: self.x(block, across),
            y: horizon * height,
            radius: if hidden { 0.0 } else { radius },
            crescent: hour == Hour::Night && chance.happens(0.35),
        };
        let lines = match (hour, weather) {
            (_, Weather::Storm | Weather::Wind) => SkyLines::Streams,
            (_, Weather::Rain | Weather::Fog | Weather::Snow) => SkyLines::Level,
            (Hour::Night, _) if hidden => SkyLines::Streams,
            (Hour::Night, _) => SkyLines::Rings,
            (Hour::Dawn | Hour::Dusk, _) if self.turn % 3 != 2 => SkyLines::Rays,
            (Hour::Dawn | Hour::Dusk, _) => SkyLines::Rings,
            (Hour::Day, _) => {
                [SkyLines::Level, SkyLines::Streams, SkyLines::Rays][self.turn as usize % 3]
            }
        };
        Sky { hour, weather, horizon, light, lines }.cut(block, &self.chance);
        light
    }
}

/// A crest through the whole picture that is level but for a little unevenness.
#[must_use]
pub fn level(chance: &mut Chance, block: &Block, y: f32, rise: f32) -> Ridge {
    Ridge::rolling(chance, block.w(), y, rise * block.unit, block.w() * 0.55)
}
