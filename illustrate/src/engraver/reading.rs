//! Reads a concept into a scene: where, when, in what weather, under what light.
//!
//! Everything is decided by words, the concept's own fields first, then its description, then the
//! quote. What the text does not say is left to the composition; it is never made up here.

use book::concept::Concept;

use super::lexicon::{self, Words};

/// The time of day, as far as light is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hour {
    /// The sun comes up.
    Dawn,
    /// Full light.
    Day,
    /// The sun goes down.
    Dusk,
    /// Moon, stars and lamps.
    Night,
}

/// The weather, as far as it can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weather {
    /// Nothing but sky.
    Clear,
    /// Falling slantwise.
    Rain,
    /// Falling and lying.
    Snow,
    /// Hides what is far.
    Fog,
    /// Rain, lightning and torn clouds.
    Storm,
    /// Bends grass and drives clouds.
    Wind,
}

/// The mood, as far as colours show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mood {
    /// Nothing in particular.
    Calm,
    /// Joy, hope, comfort.
    Bright,
    /// Sorrow, fear, mystery.
    Dark,
    /// Anger, danger, haste.
    Wild,
}

/// The light that the picture is lit by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Light {
    /// Sun or moon, whichever the hour has.
    Sky,
    /// No moon: stars alone.
    Stars,
    /// Lamp, candle, lantern.
    Lamp,
    /// Hearth, torch, camp fire, burning house.
    Fire,
}

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Fields, hills, moor.
    Open,
    /// A road or a path.
    Road,
    /// The open sea.
    Sea,
    /// Harbour, quay, beach.
    Shore,
    /// River, lake, pool.
    River,
    /// Trees on all sides.
    Forest,
    /// Cave, tunnel, mine.
    Cave,
    /// Garden, orchard, park.
    Garden,
    /// Mountains, cliffs, pass.
    Mountain,
    /// Castle, palace or lonely house from outside.
    Castle,
    /// Farm, cottage, village.
    Village,
    /// City street.
    Street,
    /// Ice and snow.
    Ice,
    /// Sand.
    Desert,
    /// Graveyard.
    Graveyard,
    /// A lived-in room.
    Room,
    /// Kitchen, inn: a room about a table.
    Table,
    /// Study, library, laboratory.
    Study,
    /// Hall of a castle, court, church.
    Hall,
    /// Prison, cellar, attic: a bare dark room.
    Cell,
    /// In the air, among the stars.
    Sky,
    /// Under water.
    Deep,
}

impl Place {
    /// Whether there is a roof above.
    #[must_use]
    pub fn indoors(self) -> bool {
        matches!(self, Place::Room | Place::Table | Place::Study | Place::Hall | Place::Cell)
    }
}

/// A concept as the engraver understands it.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Time of day.
    pub hour: Hour,
    /// Whether the text says the time of day, or its light leaves no choice; else it is the
    /// composition's to choose.
    pub hour_is_told: bool,
    /// Weather.
    pub weather: Weather,
    /// Mood.
    pub mood: Mood,
    /// Light.
    pub light: Light,
    /// Where; `None` when nothing in the text says.
    pub place: Option<Place>,
    /// Whether a table that is spoken of stands under the sky.
    pub open_air: bool,
    /// Whether sun or moon are spoken of, so that no fog hides them.
    pub shows_luminary: bool,
    /// Whether a road is spoken of.
    pub has_road: bool,
    /// Whether people are on board and not on land.
    pub on_deck: bool,
    /// Whether many people are there.
    pub crowd: bool,
    /// Whether people speak with one another.
    pub talk: bool,
}

impl Reading {
    /// Reads a concept.
    #[must_use]
    pub fn of(concept: &Concept) -> Self {
        let setting = Words::of(&concept.setting);
        let description = Words::of(&concept.description);
        let quote = Words::of(&concept.quote);
        let time = Words::of(&concept.time_of_day);
        let weather = Words::of(&concept.weather);
        let mood = Words::of(&concept.mood);
        let lighting = Words::of(&concept.lighting);
        let story = [(&description, 2), (&quote, 1)];
        // The setting is said to be the place; elsewhere a word may only be spoken of.
        let told = [(&description, 3), (&quote, 2)];
        let place = lexicon::best(lexicon::PLACES, &[(&setting, 1)])
            .or_else(|| lexicon::best(lexicon::PLACES, &told))
            .or_else(|| lexicon::best(lexicon::VAGUE_PLACES, &[(&setting, 1)]))
            .or_else(|| lexicon::best(lexicon::VAGUE_PLACES, &told));
        let said = |words: &str| [&setting, &description, &quote].map(|text| text.count(words));
        let is_said = |words: &str| said(words).iter().any(|count| *count > 0);
        let open_air = is_said(lexicon::OPEN_AIR);
        // A table that is laid under a tree is what the moment is about, not the garden.
        let place = match place {
            Some(place)
                if !place.indoors() && open_air && is_said("table") && is_said(lexicon::MEAL) =>
            {
                Some(Place::Table)
            }
            place => place,
        };
        let hour = lexicon::best(lexicon::HOURS, &[(&time, 20), (&lighting, 6), (&setting, 4)])
            .or_else(|| lexicon::best(lexicon::HOURS, &story));
        // A night in which the sun shines is its end.
        let sunlit = lighting.count("sun sunlight sunshine daylight") > 0;
        let hour = if hour == Some(Hour::Night) && sunlit { Some(Hour::Dusk) } else { hour };
        let light =
            lexicon::best(lexicon::LIGHTS, &[(&lighting, 12), (&description, 2), (&quote, 1)]);
        // A fire or a lamp and nothing else said: people sit about it in a room.
        let by_fire = matches!(light, Some(Light::Lamp | Light::Fire));
        let place = if place.is_none() && by_fire { Some(Place::Room) } else { place };
        let indoors = place.is_some_and(Place::indoors);
        let dark = matches!(place, Some(Place::Cell | Place::Cave)) || light == Some(Light::Stars);
        let by_lamp = matches!(light, Some(Light::Lamp | Light::Fire));
        let default_hour = if dark || (by_lamp && indoors) { Hour::Night } else { Hour::Day };
        let weather = lexicon::best(lexicon::WEATHERS, &[(&weather, 20), (&setting, 3)])
            .or_else(|| lexicon::best(lexicon::WEATHERS, &story));
        let weather = weather.unwrap_or(if place == Some(Place::Ice) {
            Weather::Snow
        } else {
            Weather::Clear
        });
        Self {
            hour: hour.unwrap_or(default_hour),
            hour_is_told: hour.is_some() || default_hour == Hour::Night,
            weather,
            mood: lexicon::best(lexicon::MOODS, &[(&mood, 20), (&description, 1), (&quote, 1)])
                .unwrap_or(Mood::Calm),
            light: light.unwrap_or(Light::Sky),
            place,
            open_air: place == Some(Place::Table) && open_air,
            shows_luminary: is_said(lexicon::LUMINARIES),
            has_road: is_said(lexicon::ROADS),
            on_deck: is_said(lexicon::DECK),
            crowd: lexicon::best(
                &[(true, lexicon::CROWD)],
                &[(&description, 1), (&quote, 1), (&setting, 1)],
            )
            .is_some(),
            talk: concept.quote.contains(['“', '"', '«', '„'])
                || lexicon::best(&[(true, lexicon::TALK)], &[(&description, 1), (&quote, 1)])
                    .is_some(),
        }
    }
}
