//! What somebody wears, and which piece of it is printed in their accent.

use super::super::person::{AccentOn, Age, Dress, Hat, Seed, Sex, Species};
use super::words::Words;

pub(super) fn dress(words: &Words, seed: Seed, sex: Sex, age: Age, species: Species) -> Dress {
    match species {
        Species::Tin => return Dress::Armour,
        Species::Straw => return Dress::Tunic,
        Species::Dressed(_) if sex == Sex::Man => return Dress::TailCoat,
        _ => {}
    }
    let robed = words.first(&[
        (&["armour", "armor", "knight", "breastplate"] as &[&str], Dress::Armour),
        (
            &["nightgown", "nightshirt", "night shirt", "dressing gown", "nightcap"],
            Dress::Nightshirt,
        ),
        (
            &[
                "robe", "robed", "monk", "priest", "wizard", "judge", "toga", "cassock", "friar",
                "ghost", "spirit", "angel",
            ],
            Dress::Robe,
        ),
    ]);
    if let Some(robed) = robed {
        return robed;
    }
    let said = words.first(&[
        (
            &["tunic", "archer", "huntsman", "hunter", "minstrel", "elf", "munchkin", "peasant"]
                as &[&str],
            Dress::Tunic,
        ),
        (
            &[
                "tail coat",
                "tailcoat",
                "livery",
                "footman",
                "wig",
                "knee breeches",
                "pirate",
                "evening dress",
                "count",
            ],
            Dress::TailCoat,
        ),
        (
            &[
                "frock coat",
                "gentleman",
                "professor",
                "doctor",
                "clergyman",
                "curate",
                "lawyer",
                "banker",
                "overcoat",
                "greatcoat",
                "top hat",
                "hatter",
            ],
            Dress::FrockCoat,
        ),
        (
            &[
                "shirt",
                "shirt sleeves",
                "waistcoat",
                "farmer",
                "blacksmith",
                "labourer",
                "sailor",
                "workman",
                "fisherman",
                "miner",
                "miller",
            ],
            Dress::Shirt,
        ),
        (
            &[
                "jacket",
                "uniform",
                "soldier",
                "suit",
                "policeman",
                "tweed",
                "officer",
                "artilleryman",
                "lieutenant",
                "captain",
                "trousers",
            ],
            Dress::Jacket,
        ),
    ]);
    match (sex, age) {
        (Sex::Woman, Age::Child) => Dress::Frock,
        (Sex::Woman, _) => Dress::Gown,
        (Sex::Man, Age::Child) => Dress::Breeches,
        (Sex::Man, Age::Young) => {
            said.unwrap_or(seed.pick("dress", &[Dress::Jacket, Dress::Shirt]))
        }
        (Sex::Man, _) => said.unwrap_or(
            seed.pick("dress", &[Dress::FrockCoat, Dress::FrockCoat, Dress::Jacket, Dress::Shirt]),
        ),
    }
}

pub(super) fn hat(
    words: &Words,
    seed: Seed,
    sex: Sex,
    age: Age,
    dress: Dress,
    species: Species,
) -> Hat {
    match species {
        Species::Tin => return Hat::Funnel,
        Species::Straw => return Hat::Pointed,
        Species::Dressed(_) => {}
        Species::Human | Species::Motif(_) => {}
    }
    let said = words.first(&[
        (&["bareheaded", "hatless"] as &[&str], Hat::None),
        (&["crown", "king", "queen", "coronet", "tiara", "emperor", "empress"], Hat::Crown),
        (&["top hat", "silk hat", "tall hat", "hatter", "chimney pot hat"], Hat::Top),
        (&["bowler", "round hat", "derby"], Hat::Bowler),
        (&["pointed hat", "wizard", "witch", "steeple hat"], Hat::Pointed),
        (&["sunbonnet", "bonnet"], Hat::Bonnet),
        (&["straw hat", "boater"], Hat::Boater),
        (&["nightcap"], Hat::Nightcap),
        (&["helmet", "knight", "armour", "armor"], Hat::Helmet),
        (&["turban"], Hat::Turban),
        (&["kerchief", "headscarf"], Hat::Kerchief),
        (&["mob cap", "cook", "housemaid", "white cap"], Hat::MobCap),
        (&["cocked hat", "tricorne", "three cornered", "pirate"], Hat::Tricorne),
        (&["hood", "hooded", "monk", "riding hood"], Hat::Hood),
        (&["cap"], Hat::Cap),
        (&["hat"], Hat::Wide),
    ]);
    let grown = matches!(age, Age::Adult | Age::Old);
    let choices: &[Hat] = match (dress, sex) {
        (Dress::FrockCoat, _) if grown => &[Hat::None, Hat::Top, Hat::Bowler],
        (Dress::Jacket, Sex::Man) if grown => &[Hat::None, Hat::Bowler, Hat::Wide, Hat::Cap],
        (Dress::Shirt, Sex::Man) => &[Hat::None, Hat::Cap, Hat::Wide],
        (Dress::TailCoat, Sex::Man) => &[Hat::None, Hat::Tricorne],
        (Dress::Gown, _) if grown => &[Hat::None, Hat::None, Hat::Bonnet],
        (Dress::Breeches, _) => &[Hat::None, Hat::None, Hat::Cap],
        _ => &[Hat::None],
    };
    match said {
        Some(hat) => hat,
        None if matches!(species, Species::Human) => seed.pick("hat", choices),
        None => Hat::None,
    }
}

/// Where the accent is worn, and its colour if the text names it: "a red cloak" beats the seed.
pub(super) fn accent(
    words: &Words,
    seed: Seed,
    sex: Sex,
    dress: Dress,
    cloak: bool,
) -> (AccentOn, Option<&'static str>) {
    const COLOURS: &[&str] = &[
        "red", "scarlet", "crimson", "blue", "green", "yellow", "white", "purple", "violet",
        "pink", "orange", "gold", "golden", "brown", "grey", "black",
    ];
    const PIECES: &[(&str, AccentOn)] = &[
        ("cloak", AccentOn::Cloak),
        ("cape", AccentOn::Cloak),
        ("shawl", AccentOn::Cloak),
        ("hood", AccentOn::Cloak),
        ("mantle", AccentOn::Cloak),
        ("dress", AccentOn::Dress),
        ("gown", AccentOn::Dress),
        ("frock", AccentOn::Dress),
        ("coat", AccentOn::Dress),
        ("jacket", AccentOn::Dress),
        ("robe", AccentOn::Dress),
        ("robes", AccentOn::Dress),
        ("tunic", AccentOn::Dress),
        ("uniform", AccentOn::Dress),
        ("gingham", AccentOn::Dress),
        ("scarf", AccentOn::Scarf),
        ("comforter", AccentOn::Scarf),
        ("muffler", AccentOn::Scarf),
        ("cravat", AccentOn::Scarf),
        ("neckerchief", AccentOn::Scarf),
        ("ribbon", AccentOn::Ribbon),
        ("sash", AccentOn::Sash),
        ("belt", AccentOn::Sash),
        ("waistcoat", AccentOn::Waistcoat),
        ("vest", AccentOn::Waistcoat),
    ];
    for (piece, on) in PIECES {
        let colour = COLOURS.iter().find(|colour| words.says_near(&[colour], &[piece]));
        if let Some(colour) = colour {
            return (*on, Some(colour));
        }
    }
    if let Some((_, on)) = PIECES[14..].iter().find(|(piece, _)| words.says(piece)) {
        return (*on, None);
    }
    let choices: &[AccentOn] = match (sex, dress) {
        _ if cloak => &[AccentOn::Cloak],
        (_, Dress::Frock) => &[AccentOn::Dress, AccentOn::Sash, AccentOn::Ribbon],
        (Sex::Woman, _) => &[AccentOn::Sash, AccentOn::Dress, AccentOn::Scarf],
        (Sex::Man, Dress::Robe | Dress::Tunic | Dress::Armour) => &[AccentOn::Sash],
        (Sex::Man, Dress::Nightshirt) => &[AccentOn::Scarf],
        (Sex::Man, _) => &[AccentOn::Scarf, AccentOn::Waistcoat, AccentOn::Waistcoat],
    };
    (seed.pick("accent piece", choices), None)
}
