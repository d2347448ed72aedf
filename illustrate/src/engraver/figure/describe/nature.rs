//! What somebody is by nature: age, figure, stature, and whether they are human at all.

use book::element::{Element, ElementType};

use super::super::person::{Age, Beast, Build, Seed, Sex, Species};
use super::sex::{HE, MEN, SHE, WOMEN};
use super::words::{Words, padded};
use crate::engraver::motif::{Kind, find_in};

/// Only who is called old is old: old shoes make nobody so.
pub(super) fn age(words: &Words) -> Age {
    const OLD: &[&str] = &["old", "aged", "elderly", "ancient", "venerable", "grey", "hoary"];
    const PEOPLE: &[&str] = &[
        "man",
        "woman",
        "lady",
        "gentleman",
        "fellow",
        "person",
        "king",
        "queen",
        "witch",
        "wizard",
        "sailor",
        "soldier",
        "servant",
        "farmer",
        "clerk",
        "miser",
        "priest",
        "nurse",
        "maid",
    ];
    const AGES: &[(&[&str], Age)] = &[
        (
            &[
                "wrinkled",
                "shrivelled",
                "wizened",
                "decrepit",
                "frosty rime",
                "white haired",
                "white hair",
                "grey haired",
                "white beard",
                "grey beard",
                "crone",
                "hag",
            ],
            Age::Old,
        ),
        (
            &[
                "young man",
                "young woman",
                "youth",
                "young lady",
                "student",
                "apprentice",
                "lad",
                "maiden",
                "young stranger",
                "young fellow",
            ],
            Age::Young,
        ),
        (
            &[
                "child",
                "little girl",
                "little boy",
                "boy",
                "girl",
                "infant",
                "schoolboy",
                "schoolgirl",
                "toddler",
            ],
            Age::Child,
        ),
    ];
    if words.is_called(&["old", "grandfather", "grandmother", "granny", "grandpa", "granddad"])
        || words.says_near(OLD, PEOPLE)
    {
        return Age::Old;
    }
    words.first(AGES).unwrap_or_else(|| {
        let small = words.is_called(&["tiny", "little", "alice", "dorothy"]);
        if small { Age::Child } else { Age::Adult }
    })
}

pub(super) fn species(words: &Words) -> Species {
    const HEADS: &[(&[&str], Beast)] = &[
        (&["rabbit", "hare"], Beast::Rabbit),
        (&["mouse", "dormouse", "rat"], Beast::Mouse),
        (&["frog", "toad"], Beast::Frog),
        (&["fish footman"], Beast::Fish),
        (&["hedgehog", "mole", "badger"], Beast::Mouse),
        (&["wolf", "fox"], Beast::Wolf),
        (&["cat"], Beast::Cat),
        (&["pig"], Beast::Pig),
        (&["dog", "hound"], Beast::Dog),
        (&["dodo", "duck", "eaglet", "lory", "parrot", "crow", "stork", "owl"], Beast::Bird),
    ];
    const UPRIGHT: &[&str] = &[
        "waistcoat",
        "coat",
        "gloves",
        "fan",
        "wig",
        "livery",
        "footman",
        "hat",
        "dressed",
        "trousers",
        "boots",
        "waistcoat pocket",
        "teacup",
        "slate",
        "cane",
        "herald",
        "gown",
        "bonnet",
    ];
    if words.is_called(&["scarecrow"]) {
        return Species::Straw;
    }
    if words.is_called(&["tin woodman", "tin man", "tin soldier"]) {
        return Species::Tin;
    }
    let named = |name: &[&str]| words.is_called(name);
    if let Some((_, head)) = HEADS.iter().find(|(names, _)| named(names)) {
        // A rabbit that speaks wears a coat, as every reader knows.
        let coated = *head == Beast::Rabbit && words.is_character;
        if coated || words.says_any(UPRIGHT) {
            return Species::Dressed(*head);
        }
    }
    match words.beast {
        Some(name) => Species::Motif(name),
        None => Species::Human,
    }
}

/// The creature an element is: "the Cowardly Lion", or "Toto", described as "a little black dog".
pub(super) fn beast(element: &Element) -> Option<&'static str> {
    let names = std::iter::once(&element.name).chain(&element.aliases);
    names.filter_map(|name| beast_called(name)).next().or_else(|| beast_described(element))
}

/// A name whose last word is a creature, unless a title or a given name goes before it.
fn beast_called(name: &str) -> Option<&'static str> {
    let words = padded(name);
    let first = words.split_whitespace().next()?;
    let is_human = HE.contains(&first) || SHE.contains(&first);
    if is_human || WOMEN.contains(&first) || MEN.contains(&first) {
        return None;
    }
    let one_word = words.split_whitespace().count() == 1;
    let text = if one_word { name.to_owned() } else { format!("the {name}") };
    let found = find_in(&text).into_iter().last()?;
    let is_last = found.at + found.len == text.trim_end().len();
    (is_last && found.motif.kind == Kind::Creature).then_some(found.motif.name)
}

/// A description that opens with a creature: "a sleek grey cat with ...".
fn beast_described(element: &Element) -> Option<&'static str> {
    let text = element.description.trim_start();
    let found = find_in(text).into_iter().find(|found| found.motif.kind == Kind::Creature)?;
    let before = padded(&text[..found.at]);
    let human = |word: &str| HE.contains(&word) || SHE.contains(&word);
    let opens = before.split_whitespace().count() <= 4
        && before.starts_with(" a")
        && !before.split(' ').any(human);
    (opens || element.kind == ElementType::Creature).then_some(found.motif.name)
}

pub(super) fn build(words: &Words, seed: Seed) -> Build {
    words
        .first(&[
            (
                &[
                    "fat",
                    "stout",
                    "corpulent",
                    "plump",
                    "portly",
                    "heavy",
                    "burly",
                    "broad",
                    "round",
                ] as &[&str],
                Build::Stout,
            ),
            (
                &[
                    "thin",
                    "slender",
                    "slight",
                    "lean",
                    "gaunt",
                    "skinny",
                    "slim",
                    "emaciated",
                    "delicate",
                    "lank",
                ],
                Build::Slight,
            ),
        ])
        .unwrap_or_else(|| {
            seed.pick(
                "build",
                &[Build::Average, Build::Average, Build::Average, Build::Slight, Build::Stout],
            )
        })
}

pub(super) fn stature(words: &Words, seed: Seed, sex: Sex, age: Age) -> f32 {
    let usual = match (age, sex) {
        (Age::Child, _) => 1.22,
        (Age::Young, Sex::Woman) => 1.60,
        (Age::Young, Sex::Man) => 1.68,
        (Age::Old, Sex::Woman) => 1.58,
        (Age::Old, Sex::Man) => 1.68,
        (Age::Adult, Sex::Woman) => 1.66,
        (Age::Adult, Sex::Man) => 1.76,
    };
    let word = words
        .first(&[
            (&["giant", "gigantic", "eight feet"] as &[&str], 1.32),
            (&["very tall", "enormous"], 1.14),
            (&["tall", "towering"], 1.08),
            (&["dwarf", "munchkin", "elf", "gnome", "goblin"], 0.66),
            (&["short", "small", "tiny", "diminutive"], 0.92),
        ])
        .unwrap_or(1.0);
    usual * word * (1.0 + 0.025 * seed.swing("stature"))
}
