//! A scene: a reading, those who are in it, and the chances of this plate.

use super::Sitting;
use super::block::Block;
use super::cast::{Cast, Player, Prop};
use super::chance::{Chance, mingle};
use super::land::Ground;
use super::motif::Placement;
use super::palette::{Palette, Rgb, blend};
use super::reading::{Hour, Light, Mood, Reading, Weather};
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
    /// How the plate is framed; no two neighbours are framed alike.
    pub framing: Framing,
    /// Whether the picture is composed the other way round.
    pub flipped: bool,
    /// Counts on from plate to plate of a book.
    turn: u32,
}

/// One of six ways to frame the same place: the side of the light, the height of the horizon and of
/// what goes with it, the distance of the people and where the first of them stands.
///
/// Any two of them differ in the side and in one other thing at least, or in the horizon and in the
/// distance. Chance decides the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing(u32);

impl Framing {
    /// Every framing.
    #[cfg(test)]
    pub const ALL: [Framing; 6] =
        [Framing(0), Framing(1), Framing(2), Framing(3), Framing(4), Framing(5)];

    /// The framing of a plate, from the number of its chapter and its own number there: three take
    /// turns in a chapter, and the next chapter has the other three. Chapters of one plate go through
    /// all six.
    #[must_use]
    pub fn of(chapter: u32, index: u32) -> Self {
        Self(chapter % 2 * 3 + (index % 3 + chapter / 2 % 3) % 3)
    }

    /// Whether the light comes from the other side than usual.
    #[must_use]
    pub fn flipped(self) -> bool {
        self.0 % 2 == 1
    }

    /// Chooses among three for the height of the horizon, and for what varies with it.
    #[must_use]
    pub fn height<T: Copy>(self, choice: [T; 3]) -> T {
        choice[self.0 as usize % 3]
    }

    /// Chooses among three for the distance of the people: near, middling, far.
    #[must_use]
    pub fn distance<T: Copy>(self, choice: [T; 3]) -> T {
        choice[[0, 2, 2, 1, 1, 0][self.0 as usize]]
    }
}

impl Scene {
    /// Reads a sitting; `seed` is the number that all its chances come from.
    #[must_use]
    pub fn of(sitting: &Sitting<'_>, seed: u64) -> Self {
        let concept = sitting.concept;
        let mut reading = Reading::of(concept);
        let turn = sitting.chapter.wrapping_mul(3).wrapping_add(concept.index);
        if !reading.hour_is_told {
            reading.hour = free_hour(reading.mood, turn);
        }
        let cast = Cast::of(concept, sitting.cast, &reading);
        let framing = Framing::of(sitting.chapter, concept.index);
        let seed = mingle(mingle(seed, u64::from(sitting.chapter)), u64::from(concept.index));
        Self { reading, cast, chance: Chance::new(seed), framing, flipped: framing.flipped(), turn }
    }

    /// Chooses among four or five, another one for each of the next plates: within a chapter, and from
    /// chapter to chapter when they have up to three plates each.
    #[must_use]
    pub fn vary<T: Copy, const CHOICES: usize>(&self, choice: [T; CHOICES]) -> T {
        choice[self.turn as usize % CHOICES]
    }

    /// Whether the people are seen from so near that the edge of the picture cuts them at the thigh:
    /// one or two who stand upright, with nothing on the ground that would be cut off too.
    #[must_use]
    pub fn is_close_up(&self) -> bool {
        let stands = |player: &Player| !player.is_beast() && player.pose.is_upright();
        let grounded = |prop: &Prop| prop.motif.place == Placement::Stands;
        self.framing.distance([true, false, false])
            && matches!(self.cast.people.len(), 1 | 2)
            && self.cast.people.iter().all(stands)
            && !self.cast.props.iter().any(grounded)
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
            Weather::Storm | Weather::Rain => true,
            Weather::Fog => !self.reading.shows_luminary,
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
            (Hour::Dawn | Hour::Dusk, _) if self.framing.height([true, true, false]) => {
                SkyLines::Rays
            }
            (Hour::Dawn | Hour::Dusk, _) => SkyLines::Rings,
            (Hour::Day, _) => {
                self.framing.height([SkyLines::Level, SkyLines::Streams, SkyLines::Rays])
            }
        };
        Sky { hour, weather, horizon, light, lines }.cut(block, &self.chance);
        light
    }
}

/// The hour of a moment that has none: the light that becomes its mood, another one from plate to plate.
fn free_hour(mood: Mood, turn: u32) -> Hour {
    use Hour::{Dawn, Day, Dusk, Night};
    let hours = match mood {
        Mood::Calm => [Day, Dusk, Day, Dawn],
        Mood::Bright => [Day, Dawn, Day, Dusk],
        Mood::Dark => [Dusk, Day, Night, Dusk],
        Mood::Wild => [Dusk, Day, Dusk, Dawn],
    };
    hours[turn as usize % hours.len()]
}

/// A crest through the whole picture that is level but for a little unevenness.
#[must_use]
pub fn level(chance: &mut Chance, block: &Block, y: f32, rise: f32) -> Ridge {
    Ridge::rolling(chance, block.w(), y, rise * block.unit, block.w() * 0.55)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn neighbours_are_never_framed_alike(chapter in 0u32..999, index in 0u32..99, next in 0u32..9) {
            let framing = Framing::of(chapter, index);
            prop_assert_ne!(framing, Framing::of(chapter, index + 1));
            prop_assert_ne!(framing, Framing::of(chapter + 1, next));
        }
    }

    #[test]
    fn framings_differ_in_two_things_at_least() {
        let things = |framing: Framing| {
            (framing.flipped(), framing.height([0, 1, 2]), framing.distance([0, 1, 2]))
        };
        for (i, one) in Framing::ALL.into_iter().enumerate() {
            for other in Framing::ALL.into_iter().skip(i + 1) {
                let (one, other) = (things(one), things(other));
                let differ = [one.0 != other.0, one.1 != other.1, one.2 != other.2];
                assert!(differ.into_iter().filter(|&differs| differs).count() > 1);
            }
        }
    }
}
