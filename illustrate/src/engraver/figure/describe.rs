//! From the words of a description to a [`Person`].

use book::element::{Element, ElementType, Gender};

use crate::engraver::motif::{Kind, find_in};

use super::person::{
    AccentOn, Age, Beard, Bearing, Beast, Build, Dress, Hair, Hat, Person, Profile, Seed, Sex,
    Species, Tone,
};

/// The words of an element: its names apart, because they say what it is; the description says what
/// it looks like.
#[derive(Debug, Default)]
pub(super) struct Words {
    names: String,
    all: String,
    gender: Option<Gender>,
    /// The motif it is, when its names or the first words of its description say that it is a beast.
    beast: Option<&'static str>,
}

impl Words {
    pub(super) fn of(element: &Element) -> Words {
        let names = format!("{} {}", element.name, element.aliases.join(" "));
        Words {
            all: padded(&format!("{names} {}", element.description)),
            names: padded(&names),
            gender: element.gender,
            beast: beast(element),
        }
    }

    fn says(&self, phrase: &str) -> bool {
        says(&self.all, phrase)
    }

    fn says_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.says(phrase))
    }

    fn is_called(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| says(&self.names, phrase))
    }

    /// One of the words stands at most two words before one of the others: "long, dark hair".
    fn says_near(&self, before: &[&str], after: &[&str]) -> bool {
        let words: Vec<&str> = self.all.split_whitespace().collect();
        let hit = |i: usize| before.contains(&words[i]);
        (0..words.len())
            .filter(|i| after.contains(&words[*i]))
            .any(|i| (i.saturating_sub(3)..i).any(hit))
    }

    /// How often any of the words stands there.
    fn count(&self, words: &[&str]) -> usize {
        self.all.split(' ').filter(|word| words.contains(word)).count()
    }

    /// The first row one of whose phrases is said.
    fn first<T: Copy>(&self, rows: &[(&[&str], T)]) -> Option<T> {
        rows.iter().find(|(phrases, _)| self.says_any(phrases)).map(|row| row.1)
    }
}

/// Lower case, words only, single spaces, one at either end: so that a phrase is found as words.
fn padded(text: &str) -> String {
    let mut out = String::from(" ");
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.ends_with(' ') && !matches!(c, '\'' | '’') {
            out.push(' ');
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// A phrase stands there, in the singular or with a plural s, and is not denied right before it.
fn says(text: &str, phrase: &str) -> bool {
    ["", "s"].iter().any(|ending| {
        let needle = format!(" {phrase}{ending} ");
        text.match_indices(&needle).any(|(found, _)| {
            let before = text[..found].rsplit(' ').next().unwrap_or_default();
            !matches!(before, "no" | "not" | "without" | "never")
        })
    })
}

/// Everything the words say, and the seed for the rest.
pub(super) fn person(words: &Words, seed: Seed) -> Person {
    let sex = sex(words, seed);
    let age = age(words);
    let species = species(words);
    let dress = dress(words, seed, sex, age, species);
    let hat = hat(words, seed, sex, age, dress, species);
    let cloak = words.says_any(&["cloak", "cape", "mantle", "shawl", "hood", "wrapper"])
        || (dress == Dress::Tunic
            && species == Species::Human
            && seed.pick("cloak", &[true, false]));
    let (accent_on, accent_word) = accent(words, seed, sex, dress, cloak);
    Person {
        species,
        age,
        sex,
        build: build(words, seed),
        hair: hair(words, seed, sex, age),
        tone: tone(words, seed, age),
        beard: beard(words, seed, sex, age, species),
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
        height_m: stature(words, seed, sex, age),
    }
}

/// Turns a passer-by into a child.
pub(super) fn make_child(person: &mut Person, seed: Seed) {
    person.age = Age::Child;
    person.beard = Beard::None;
    person.dress = dress(&Words::default(), seed, person.sex, Age::Child, Species::Human);
    person.hat = Hat::None;
    person.tone = tone(&Words::default(), seed, Age::Child);
    person.height_m = stature(&Words::default(), seed, person.sex, Age::Child);
}

const SHE: &[&str] = &[
    "she",
    "her",
    "hers",
    "herself",
    "woman",
    "girl",
    "lady",
    "mrs",
    "miss",
    "mother",
    "sister",
    "daughter",
    "queen",
    "princess",
    "duchess",
    "countess",
    "witch",
    "aunt",
    "wife",
    "widow",
    "niece",
    "maid",
    "nurse",
    "governess",
    "grandmother",
    "housekeeper",
    "madame",
    "mme",
    "dame",
    "empress",
    "heroine",
    "hostess",
    "goddess",
    "nun",
    "actress",
    "landlady",
    "mistress",
    "milkmaid",
    "bride",
    "aunty",
    "auntie",
];
const HE: &[&str] = &[
    "he",
    "his",
    "him",
    "himself",
    "man",
    "boy",
    "mr",
    "sir",
    "lord",
    "father",
    "brother",
    "son",
    "king",
    "prince",
    "duke",
    "count",
    "wizard",
    "uncle",
    "husband",
    "nephew",
    "gentleman",
    "captain",
    "doctor",
    "dr",
    "professor",
    "clerk",
    "grandfather",
    "soldier",
    "curate",
    "monk",
    "emperor",
    "hero",
    "sailor",
    "fisherman",
    "artilleryman",
    "policeman",
    "butler",
    "footman",
    "knave",
    "hatter",
    "landlord",
    "master",
    "monsieur",
    "m",
    "farmer",
    "woodman",
    "huntsman",
    "constable",
    "colonel",
    "lieutenant",
    "general",
    "priest",
    "parson",
    "blacksmith",
    "traveller",
    "pirate",
    "wolf",
    "rabbit",
    "frog",
    "gryphon",
    "psychologist",
    "editor",
    "journalist",
    "mayor",
    "coachman",
    "groom",
    "beggar",
    "miller",
];

/// Given names that say it, from the commonest of English fiction.
const WOMEN: &[&str] = &[
    "alice",
    "anna",
    "anne",
    "ann",
    "agatha",
    "belle",
    "betsy",
    "caroline",
    "catherine",
    "charlotte",
    "clara",
    "dora",
    "dorothy",
    "elizabeth",
    "ellen",
    "emily",
    "emma",
    "em",
    "fanny",
    "fan",
    "grace",
    "harriet",
    "helen",
    "jane",
    "jenny",
    "joan",
    "julia",
    "justine",
    "kate",
    "kitty",
    "lily",
    "lizzie",
    "lucy",
    "lydia",
    "maria",
    "margaret",
    "martha",
    "mary",
    "molly",
    "nancy",
    "nelly",
    "polly",
    "rose",
    "ruth",
    "safie",
    "sarah",
    "sophia",
    "susan",
    "weena",
    "glinda",
    "marian",
];

const MEN: &[&str] = &[
    "albert", "alphonse", "arthur", "ben", "bob", "charles", "david", "dick", "ebenezer", "edward",
    "ernest", "felix", "frank", "fred", "george", "henry", "herbert", "hugh", "jack", "jacob",
    "james", "joe", "john", "joseph", "ned", "nicholas", "oliver", "oz", "paul", "peter", "philip",
    "ralph", "richard", "robert", "robin", "sam", "thomas", "tim", "tom", "topper", "victor",
    "walter", "william",
];

fn sex(words: &Words, seed: Seed) -> Sex {
    match words.gender {
        Some(Gender::Female) => return Sex::Woman,
        Some(Gender::Male) => return Sex::Man,
        Some(Gender::Group) | None => {}
    }
    let called = |list: &[&str]| words.names.split(' ').filter(|word| list.contains(word)).count();
    let she = 3 * called(SHE) + 3 * called(WOMEN) + words.count(SHE);
    let he = 3 * called(HE) + 3 * called(MEN) + words.count(HE);
    match she.cmp(&he) {
        std::cmp::Ordering::Greater => Sex::Woman,
        std::cmp::Ordering::Less => Sex::Man,
        std::cmp::Ordering::Equal => seed.pick("sex", &[Sex::Man, Sex::Man, Sex::Woman]),
    }
}

fn age(words: &Words) -> Age {
    if words.is_called(&["old", "grandfather", "grandmother", "granny", "grandpa"]) {
        return Age::Old;
    }
    words
        .first(&[
            (
                &[
                    "old man",
                    "old woman",
                    "old lady",
                    "old gentleman",
                    "aged",
                    "elderly",
                    "ancient man",
                    "wrinkled",
                    "white haired",
                    "white hair",
                    "grey haired",
                    "white beard",
                    "crone",
                    "grandfather",
                    "grandmother",
                    "blind father",
                ] as &[&str],
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
                    "teenager",
                    "maiden",
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
                    "years old child",
                    "toddler",
                ],
                Age::Child,
            ),
            (&["old"], Age::Old),
        ])
        .unwrap_or_else(|| {
            if words.is_called(&["tiny", "little", "alice", "dorothy"]) {
                Age::Child
            } else {
                Age::Adult
            }
        })
}

fn species(words: &Words) -> Species {
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
    if let Some((_, head)) = HEADS.iter().find(|(names, _)| named(names))
        && words.says_any(UPRIGHT)
    {
        return Species::Dressed(*head);
    }
    match words.beast {
        Some(name) => Species::Motif(name),
        None => Species::Human,
    }
}

/// The creature an element is: "the Cowardly Lion", or "Toto", described as "a little black dog".
fn beast(element: &Element) -> Option<&'static str> {
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

fn build(words: &Words, seed: Seed) -> Build {
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

fn stature(words: &Words, seed: Seed, sex: Sex, age: Age) -> f32 {
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

fn tone(words: &Words, seed: Seed, age: Age) -> Tone {
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

fn hair(words: &Words, seed: Seed, sex: Sex, age: Age) -> Hair {
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

fn beard(words: &Words, seed: Seed, sex: Sex, age: Age, species: Species) -> Beard {
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

fn hat(words: &Words, seed: Seed, sex: Sex, age: Age, dress: Dress, species: Species) -> Hat {
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

fn dress(words: &Words, seed: Seed, sex: Sex, age: Age, species: Species) -> Dress {
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

/// A thing that goes with a person; never a creature, which would walk by itself.
fn carries(words: &Words) -> Option<&'static str> {
    words.first(&[
        (&["walking stick", "cane", "staff", "crutch", "stick"] as &[&str], "walking-stick"),
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

/// Where the accent is worn, and its colour if the text names it: "a red cloak" beats the seed.
fn accent(
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
