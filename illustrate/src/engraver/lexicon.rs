//! The words by which places, hours, weather, moods and lights are known.

use super::reading::{Hour, Light, Mood, Place, Weather};

/// The words of a text in lower case.
#[derive(Debug)]
pub struct Words(Vec<String>);

impl Words {
    /// Cuts a text into words.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let words =
            text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '’');
        Self(words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect())
    }

    /// How often any of these words, written with spaces between, is there, in the singular or the
    /// plural.
    #[must_use]
    pub fn count(&self, known: &str) -> usize {
        let is_known = |word: &str| {
            let stem = word.trim_end_matches("'s").trim_end_matches("’s");
            let singular = stem.strip_suffix('s').unwrap_or(stem);
            known.split_whitespace().any(|known| known == stem || known == singular)
        };
        self.0.iter().filter(|word| is_known(word)).count()
    }
}

/// The meaning whose words weigh most in the texts; the earlier one on a tie.
#[must_use]
pub fn best<T: Copy>(table: &[(T, &str)], texts: &[(&Words, usize)]) -> Option<T> {
    let weight = |known: &str| -> usize {
        texts.iter().map(|(words, weight)| words.count(known) * weight).sum()
    };
    let mut best = (0, None);
    for &(meaning, known) in table {
        let weight = weight(known);
        if weight > best.0 {
            best = (weight, Some(meaning));
        }
    }
    best.1
}

/// Words of places; what is more special comes first.
pub const PLACES: &[(Place, &str)] = &[
    (Place::Graveyard, "graveyard churchyard cemetery grave tomb tombstone gravestone"),
    (Place::Deep, "underwater seabed coral undersea"),
    (
        Place::Cave,
        "cave cavern grotto tunnel den lair burrow rabbit-hole pit underground catacomb mineshaft",
    ),
    (
        Place::Cell,
        "prison cell dungeon gaol jail cellar attic garret vault crypt scullery shed stable",
    ),
    (
        Place::Hall,
        "hall throne court courtroom courthouse palace church cathedral chapel temple \
         ballroom theatre theater gallery",
    ),
    (
        Place::Study,
        "study library laboratory workshop office counting-house observatory schoolroom \
         classroom museum bookshop counting",
    ),
    (
        Place::Table,
        "kitchen table tavern inn dinner supper breakfast tea-party dining feast banquet \
         meal dining-room luncheon",
    ),
    (
        Place::Room,
        "room parlour parlor bedroom chamber drawing-room sitting-room bedside bed fireside \
         hearth fireplace apartment window indoors cabin staircase stair passage doorstep \
         corridor nursery smoking-room dressing-room",
    ),
    (
        Place::Street,
        "street city town square alley lane pavement shop market bridge london paris \
         crossroad railway station marketplace courtyard rooftop roof chimney cart wagon \
         carriage omnibus cab pavement cobble",
    ),
    (
        Place::Shore,
        "harbour harbor quay pier dock port shore beach coast jetty lighthouse seashore \
         wharf bay",
    ),
    (Place::Sea, "sea ocean ship deck boat sail aboard mast vessel raft schooner"),
    (Place::Ice, "ice arctic glacier iceberg frozen snowfield icy floe"),
    (Place::Desert, "desert sand dune oasis"),
    (
        Place::River,
        "river lake pool stream brook pond riverbank bank waterfall ford canal thames marsh \
         swamp",
    ),
    (
        Place::Forest,
        "forest wood woods tree grove jungle thicket woodland glade clearing copse \
         undergrowth",
    ),
    (
        Place::Garden,
        "garden orchard park lawn hedge rosebush arbour terrace flower-bed croquet flower \
         greenhouse",
    ),
    (
        Place::Mountain,
        "mountain peak cliff summit alp ravine gorge crag precipice valley jura blanc \
         canyon",
    ),
    (Place::Castle, "castle tower fortress manor mansion ruin abbey citadel"),
    (
        Place::Village,
        "village farm cottage hut farmhouse hamlet mill yard homestead farmyard barnyard barn",
    ),
    (Place::Road, "road path track highway lane roadside trail crossroads"),
    (Place::Sky, "balloon flight space aloft"),
    (
        Place::Open,
        "field hill moor meadow heath plain prairie country countryside grass \
         pasture hillside landscape outdoors wilderness poppy battlefield camp outside",
    ),
];

/// Words that say a place only when nothing else does.
pub const VAGUE_PLACES: &[(Place, &str)] = &[
    (Place::Room, "house home door upstairs downstairs inside floor wall chair"),
    (Place::Open, "outside gate land sun wind"),
    (Place::Sky, "sky air cloud heaven stars"),
];

/// Words of hours.
pub const HOURS: &[(Hour, &str)] = &[
    (
        Hour::Night,
        "night midnight moon moonlight moonlit starlight star starry nightfall nighttime \
         darkness candlelight",
    ),
    (Hour::Dusk, "dusk sunset evening twilight sundown gloaming dim nightfall"),
    (Hour::Dawn, "dawn sunrise daybreak early"),
    (
        Hour::Day,
        "day daylight noon midday afternoon morning sun sunlight sunny sunshine bright \
         daytime forenoon",
    ),
];

/// Words of weather.
pub const WEATHERS: &[(Weather, &str)] = &[
    (
        Weather::Storm,
        "storm stormy thunder lightning tempest thunderstorm gale cyclone hurricane \
         whirlwind tornado squall",
    ),
    (Weather::Snow, "snow snowy snowing blizzard snowfall snowstorm snowflake"),
    (Weather::Rain, "rain rainy raining drizzle shower downpour rained"),
    (Weather::Fog, "fog foggy mist misty haze hazy"),
    (Weather::Wind, "wind windy breeze gust blowing breezy"),
    (Weather::Clear, "clear fine fair sunny cloudless mild"),
];

/// Words of moods.
pub const MOODS: &[(Mood, &str)] = &[
    (
        Mood::Wild,
        "tense angry violent furious frantic urgent chaotic dangerous desperate fierce \
         battle excited panic thrilling alarm terror terrified fight",
    ),
    (
        Mood::Dark,
        "sad melancholy fear fearful grim gloomy ominous mysterious sorrowful eerie dark \
         lonely solemn dread horror mournful despair sombre grief death haunted bleak \
         uneasy",
    ),
    (
        Mood::Bright,
        "joyful happy cheerful hopeful merry playful warm tender whimsical comic gay glad \
         curious wonder delight festive peaceful serene laugh laughing joy",
    ),
];

/// Words of lights.
pub const LIGHTS: &[(Light, &str)] = &[
    (
        Light::Fire,
        "fire firelight hearth fireplace flame torch torchlight bonfire campfire fireside \
         blaze burning",
    ),
    (Light::Lamp, "lamp lamplight candle candlelight lantern gaslight taper match"),
    (Light::Stars, "starlight stars starry moonless"),
    (Light::Sky, "sun sunlight moon moonlight daylight sunset sunrise sunshine"),
];

/// Words of many people.
pub const CROWD: &str = "crowd crowded mob throng multitude audience army procession villager guest troop passenger \
     jury people";

/// Words by which a table is known to stand under the sky.
pub const OPEN_AIR: &str =
    "tree garden lawn outside grass picnic meadow orchard arbour outdoors terrace";

/// Words of a meal, by which a table is the place.
pub const MEAL: &str = "tea breakfast dinner supper luncheon lunch feast picnic meal party";

/// Words by which the light of the sky is in the picture, whatever the weather.
pub const LUMINARIES: &str = "sun moon";

/// Words of a road, by which one leads through whatever the place is.
pub const ROADS: &str = "road path track trail lane footpath pathway";

/// Words by which people are on board.
pub const DECK: &str = "deck board aboard gunwale forecastle bulwark";

/// Words of talk.
pub const TALK: &str = "talk talking speak speaking conversation argue arguing discuss whisper tell told ask \
     reply explain explaining converse";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_and_possessives_count() {
        assert_eq!(Words::of("The forests, the wood's edge").count("forest wood"), 2);
    }

    #[test]
    fn the_setting_outweighs_the_quote() {
        let (setting, quote) = (Words::of("kitchen"), Words::of("the sea, the sea"));
        assert_eq!(best(PLACES, &[(&setting, 6), (&quote, 1)]), Some(Place::Table));
    }

    #[test]
    fn nothing_said_is_nothing_found() {
        assert_eq!(best(PLACES, &[(&Words::of("he thought of it"), 1)]), None);
    }
}
