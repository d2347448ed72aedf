//! From the words of a description to a [`Person`].
//!
//! **Invariant:** what the words say wins; the seed decides the rest, each decision by itself.

mod dress;
mod hair;
mod nature;
mod sex;
mod words;

use super::person::{Age, Beard, Bearing, Dress, Hat, Person, Profile, Seed, Sex, Species};
pub(super) use words::Words;

/// Everything the words say, and the seed for the rest.
pub(in crate::engraver::figure) fn person(words: &Words, seed: Seed) -> Person {
    let sex = sex::sex(words, seed);
    let age = nature::age(words);
    let species = nature::species(words);
    let dress = dress::dress(words, seed, sex, age, species);
    let hat = dress::hat(words, seed, sex, age, dress, species);
    let cloak = words.says_any(&["cloak", "cape", "mantle", "shawl", "hood", "wrapper"])
        || (dress == Dress::Tunic
            && species == Species::Human
            && seed.pick("cloak", &[true, false]));
    let (accent_on, accent_word) = dress::accent(words, seed, sex, dress, cloak);
    Person {
        species,
        age,
        sex,
        build: nature::build(words, seed),
        hair: hair::hair(words, seed, sex, age),
        tone: hair::tone(words, seed, age),
        beard: hair::beard(words, seed, sex, age, species),
        hat,
        dress,
        cloak,
        apron: words.says_any(&["apron", "pinafore", "cook", "maid", "servant girl", "housemaid"]),
        spectacles: words.says_any(&["spectacles", "glasses", "eyeglass", "pince nez"]),
        carries: carries(words),
        accent: seed.pick("accent", &[0, 1, 2, 3, 4, 5, 6, 7]),
        accent_word,
        accent_on,
        bearing: bearing(seed, sex, age),
        profile: Profile {
            nose: feature(words, seed, "nose", &["long nose", "hooked nose", "aquiline"]),
            chin: feature(words, seed, "chin", &["square jaw", "strong chin", "resolute"]),
            brow: feature(words, seed, "brow", &["beetling", "heavy brow", "shaggy eyebrows"]),
        },
        height_m: nature::stature(words, seed, sex, age),
    }
}

/// Turns a passer-by into a child.
pub(in crate::engraver::figure) fn make_child(person: &mut Person, seed: Seed) {
    person.age = Age::Child;
    person.beard = Beard::None;
    person.dress = dress::dress(&Words::default(), seed, person.sex, Age::Child, Species::Human);
    person.hat = Hat::None;
    person.tone = hair::tone(&Words::default(), seed, Age::Child);
    person.height_m = nature::stature(&Words::default(), seed, person.sex, Age::Child);
}

/// A thing that goes with a person; never a creature, which would walk by itself.
fn carries(words: &Words) -> Option<&'static str> {
    words.first(&[
        (&["staff", "shepherd", "pilgrim"] as &[&str], "staff"),
        (&["walking stick", "cane", "crutch", "stick"], "walking-stick"),
        (&["sword", "cutlass", "sabre", "rapier"], "sword"),
        (&["axe", "woodman", "woodcutter"], "axe"),
        (&["umbrella", "parasol"], "umbrella"),
        (&["lantern"], "lantern"),
        (&["basket"], "basket"),
        (&["spear", "lance", "halberd"], "spear"),
        (&["gun", "rifle", "musket"], "gun"),
        (&["carpet bag", "handbag", "satchel", "bag"], "bag"),
        (&["fan"], "fan"),
    ])
}

fn bearing(seed: Seed, sex: Sex, age: Age) -> Bearing {
    let choices: &[Bearing] = match (sex, age) {
        (_, Age::Child) => &[Bearing::Plain, Bearing::Behind, Bearing::Clasped],
        (Sex::Woman, _) => &[Bearing::Plain, Bearing::Clasped, Bearing::Clasped, Bearing::Akimbo],
        (Sex::Man, _) => &[Bearing::Plain, Bearing::Plain, Bearing::Akimbo, Bearing::Behind],
    };
    seed.pick("bearing", choices)
}

fn feature(words: &Words, seed: Seed, what: &str, strong: &[&str]) -> f32 {
    if words.says_any(strong) { 1.0 } else { 0.9 * seed.swing(what) }
}
