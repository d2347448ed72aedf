//! How somebody wears hair and beard.

use super::super::person::{Age, Beard, Hair, Seed, Sex, Species, Tone};
use super::words::Words;

pub(super) fn tone(words: &Words, seed: Seed, age: Age) -> Tone {
    const HAIR: &[&str] =
        &["hair", "haired", "locks", "curls", "ringlets", "tresses", "plaits", "braids", "beard"];
    const TONES: &[(&[&str], Tone)] = &[
        (&["white", "grey", "gray", "silver", "silvery", "hoary"], Tone::White),
        (
            &[
                "fair", "golden", "gold", "yellow", "flaxen", "blond", "blonde", "red", "auburn",
                "light",
            ],
            Tone::Fair,
        ),
        (&["dark", "black", "brown", "raven", "jet", "chestnut"], Tone::Dark),
    ];
    let said = TONES.iter().find(|(colours, _)| words.says_near(colours, HAIR));
    match said {
        Some((_, tone)) => *tone,
        None if words.says_any(&["blonde", "blond", "redhead"]) => Tone::Fair,
        None if age == Age::Old => Tone::White,
        None => seed.pick("tone", &[Tone::Dark, Tone::Dark, Tone::Fair]),
    }
}

pub(super) fn hair(words: &Words, seed: Seed, sex: Sex, age: Age) -> Hair {
    const HAIR: &[&str] = &["hair", "locks", "tresses"];
    const STYLES: &[(&[&str], Hair)] = &[
        (&["long", "flowing", "loose", "lustrous", "streaming"], Hair::Long),
        (&["curly", "curling", "curled"], Hair::Curls),
        (&["short", "cropped", "close"], Hair::Short),
        (&["wild", "unkempt", "shaggy", "matted", "tousled", "untidy"], Hair::Tousled),
    ];
    let said = words
        .first(&[
            (&["bald"] as &[&str], Hair::Bald),
            (&["plait", "braid", "pigtail"], Hair::Plait),
            (&["curl", "ringlet"], Hair::Curls),
            (&["bun", "knot of hair", "pinned up", "chignon"], Hair::Bun),
            (&["bobbed"], Hair::Bob),
            (&["shock of", "shock headed"], Hair::Tousled),
        ])
        .or_else(|| {
            let style = STYLES.iter().find(|(ways, _)| words.says_near(ways, HAIR));
            style.map(|(_, style)| *style)
        });
    let choices: &[Hair] = match (sex, age) {
        (Sex::Woman, Age::Child) => &[Hair::Long, Hair::Long, Hair::Plait, Hair::Bob, Hair::Curls],
        (Sex::Woman, Age::Young) => &[Hair::Long, Hair::Plait, Hair::Curls, Hair::Bun],
        (Sex::Woman, _) => &[Hair::Bun, Hair::Bun, Hair::Curls],
        (Sex::Man, Age::Old) => &[Hair::Bald, Hair::Short],
        (Sex::Man, _) => &[Hair::Short, Hair::Short, Hair::Tousled],
    };
    match said {
        Some(Hair::Curls | Hair::Bun | Hair::Plait) if sex == Sex::Man => Hair::Tousled,
        Some(said) => said,
        None => seed.pick("hair", choices),
    }
}

pub(super) fn beard(words: &Words, seed: Seed, sex: Sex, age: Age, species: Species) -> Beard {
    if sex == Sex::Woman || matches!(age, Age::Child) || !matches!(species, Species::Human) {
        return Beard::None;
    }
    let said = words.first(&[
        (
            &["long beard", "white beard", "flowing beard", "grey beard", "beard to", "great beard"]
                as &[&str],
            Beard::Long,
        ),
        (&["clean shaven", "beardless", "shaven", "smooth faced"], Beard::None),
        (&["beard", "bearded", "whisker"], Beard::Short),
        (&["moustache", "mustache", "moustached"], Beard::Moustache),
    ]);
    said.unwrap_or_else(|| match age {
        Age::Young => Beard::None,
        Age::Old => seed.pick("beard", &[Beard::None, Beard::Short, Beard::Long]),
        _ => seed.pick("beard", &[Beard::None, Beard::None, Beard::Moustache, Beard::Short]),
    })
}
