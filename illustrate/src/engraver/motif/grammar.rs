//! Just enough English to tell whether a word is there as a thing: singular forms, numbers, and
//! what stands before it.

/// Plurals no rule makes.
const IRREGULAR: [(&str, &str); 22] = [
    ("calves", "calf"),
    ("children", "child"),
    ("deer", "deer"),
    ("elves", "elf"),
    ("feet", "foot"),
    ("fish", "fish"),
    ("geese", "goose"),
    ("halves", "half"),
    ("hooves", "hoof"),
    ("knives", "knife"),
    ("leaves", "leaf"),
    ("loaves", "loaf"),
    ("men", "man"),
    ("mice", "mouse"),
    ("oxen", "ox"),
    ("sheaves", "sheaf"),
    ("shelves", "shelf"),
    ("teeth", "tooth"),
    ("thieves", "thief"),
    ("wharves", "wharf"),
    ("wolves", "wolf"),
    ("women", "woman"),
];

/// What a plural may be the plural of, likeliest first. The caller knows which of them is a word.
pub(super) fn singulars(word: &str) -> Vec<String> {
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == word) {
        return vec![(*one).to_owned()];
    }
    let mut found = Vec::new();
    if let Some(stem) = word.strip_suffix("ies") {
        found.push(format!("{stem}y"));
    }
    if let Some(stem) = word.strip_suffix("men") {
        found.push(format!("{stem}man"));
    }
    if let Some(stem) = word.strip_suffix('s')
        && !stem.ends_with('s')
    {
        found.push(stem.to_owned());
    }
    if let Some(stem) = word.strip_suffix("es")
        && ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| stem.ends_with(end))
    {
        found.push(stem.to_owned());
    }
    found
}

/// Words that begin the mention of a thing.
pub(in crate::engraver) fn is_determiner(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "the"
            | "this"
            | "these"
            | "those"
            | "his"
            | "her"
            | "its"
            | "my"
            | "your"
            | "our"
            | "their"
            | "whose"
            | "another"
            | "each"
            | "every"
            | "some"
            | "several"
            | "many"
    ) || word.ends_with("'s")
        || number(word).is_some()
}

/// Adjectives that may stand between a determiner and its noun.
pub(in crate::engraver) fn is_adjective(word: &str) -> bool {
    const COMMON: &[&str] = &[
        "ancient",
        "angry",
        "beautiful",
        "big",
        "black",
        "blue",
        "bright",
        "broken",
        "brown",
        "cold",
        "common",
        "crimson",
        "cruel",
        "dark",
        "dead",
        "dear",
        "deep",
        "dusty",
        "empty",
        "enormous",
        "faint",
        "fair",
        "fat",
        "fierce",
        "fine",
        "fresh",
        "gay",
        "gentle",
        "giant",
        "gigantic",
        "glass",
        "gold",
        "golden",
        "good",
        "grand",
        "great",
        "green",
        "grey",
        "gray",
        "heavy",
        "high",
        "huge",
        "immense",
        "iron",
        "large",
        "last",
        "lighted",
        "little",
        "lone",
        "lonely",
        "long",
        "loose",
        "lovely",
        "low",
        "monstrous",
        "narrow",
        "new",
        "next",
        "noble",
        "old",
        "open",
        "oval",
        "own",
        "pale",
        "pink",
        "poor",
        "pretty",
        "purple",
        "quiet",
        "red",
        "rich",
        "round",
        "rusty",
        "sad",
        "same",
        "shabby",
        "sharp",
        "short",
        "silver",
        "single",
        "slender",
        "small",
        "smooth",
        "soft",
        "solitary",
        "splendid",
        "square",
        "steep",
        "stone",
        "strange",
        "strong",
        "tall",
        "terrible",
        "thick",
        "thin",
        "tiny",
        "vast",
        "warm",
        "wet",
        "white",
        "wicked",
        "wide",
        "wild",
        "wild",
        "wooden",
        "yellow",
        "young",
    ];
    COMMON.contains(&word)
}

/// Adjectives by which a thing is larger than its kind.
pub(super) fn is_great(word: &str) -> bool {
    matches!(
        word,
        "great" | "huge" | "giant" | "gigantic" | "enormous" | "immense" | "monstrous" | "vast"
    )
}

/// What dead things are made of.
pub(super) fn is_matter(word: &str) -> bool {
    matches!(
        word,
        "silver"
            | "gold"
            | "brass"
            | "bronze"
            | "copper"
            | "iron"
            | "stone"
            | "marble"
            | "china"
            | "porcelain"
            | "glass"
            | "wood"
            | "ivory"
            | "wax"
            | "paper"
            | "lead"
            | "clay"
    )
}

/// Words after which a plain noun may follow without a determiner: "a flock of sheep".
pub(super) fn is_preposition(word: &str) -> bool {
    matches!(word, "of" | "with" | "by" | "in" | "on")
}

/// Words after which a thing is not there: denied.
pub(super) fn is_denial(word: &str) -> bool {
    matches!(word, "no" | "without" | "neither" | "nor")
}

/// How many a number word means; "a pair of" and the like are read as their noun.
pub(super) fn number(word: &str) -> Option<u32> {
    const SMALL: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    if let Some(n) = SMALL.iter().position(|small| *small == word) {
        return u32::try_from(n).ok();
    }
    match word {
        "both" | "pair" | "couple" => Some(2),
        "few" | "several" | "some" => Some(3),
        "dozen" | "score" | "hundred" | "hundreds" | "thousand" | "thousands" | "many"
        | "flock" | "flocks" | "herd" | "herds" | "swarm" | "swarms" | "crowd" | "pack"
        | "rows" | "heaps" => Some(MANY),
        _ => None,
    }
}

/// How many are drawn when the text says only that there are more than one.
pub(super) const SEVERAL: u32 = 3;
/// How many are drawn for a flock.
const MANY: u32 = 8;
