//! Softer words for a prompt that a content filter refused.
//!
//! A pure function: the first time hard words give way to gentle ones, the second time whole sentences
//! that held one are left out. Filters judge words, and a picture of the moment just before the blow
//! is nearly always a better plate anyway.

/// How often a prompt is softened before the plate is given up.
pub const MOST: u32 = 2;

/// Hard words, by their beginnings, and what may stand in their place.
const HARD: &[(&str, &str)] = &[
    ("assassin", "pursuer"),
    ("bleed", "weaken"),
    ("blood", "shadow"),
    ("bloodi", "stormi"),
    ("breast", "chest"),
    ("corpse", "still figure"),
    ("crucif", "captive"),
    ("dagger", "glint of metal"),
    ("dead", "still"),
    ("drunk", "merry"),
    ("execut", "judge"),
    ("gore", "shadow"),
    ("gun", "long case"),
    ("hang", "await"),
    ("kill", "confront"),
    ("knife", "glint of metal"),
    ("lust", "longing"),
    ("massacre", "ruin"),
    ("murder", "menace"),
    ("naked", "cloaked"),
    ("nude", "cloaked"),
    ("pistol", "long case"),
    ("rape", "menace"),
    ("rifle", "long case"),
    ("scream", "call"),
    ("slaughter", "ruin"),
    ("slave", "captive"),
    ("slay", "confront"),
    ("stab", "confront"),
    ("strangl", "confront"),
    ("suicid", "despair"),
    ("torture", "menace"),
    ("whip", "threaten"),
    ("wound", "weary"),
];

const GENTLE: &str =
    "A tasteful book illustration for all ages: nothing violent or graphic is seen.";

/// The prompt in softer words: `step` 1 or 2.
#[must_use]
pub fn soften(prompt: &str, step: u32) -> String {
    let kept = if step < MOST { prompt.to_owned() } else { without_hard_sentences(prompt) };
    let softer = words(&kept, |word| gentle(word).unwrap_or(word).to_owned());
    format!("{softer}\n{GENTLE}")
}

fn gentle(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    // The longest beginning wins, so that `bloodied` is not read as `blood`.
    let found = HARD.iter().filter(|(hard, _)| is_form_of(&word, hard));
    found.max_by_key(|(hard, _)| hard.len()).map(|(_, gentle)| *gentle)
}

/// `stabbed` is a form of `stab`; `stable` and `deadline` are other words.
fn is_form_of(word: &str, hard: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "", "s", "es", "e", "ed", "d", "er", "ers", "ing", "bed", "bing", "y", "ly", "ied", "n",
        "ness", "ful", "ous", "al", "ion", "ioner", "ixion", "able",
    ];
    word.strip_prefix(hard).is_some_and(|ending| ENDINGS.contains(&ending))
}

/// Every word through `change`, everything between the words as it is.
fn words(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphabetic) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        out.push_str(&change(&rest[..end]));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn without_hard_sentences(prompt: &str) -> String {
    let hard = |text: &str| text.split(|c: char| !c.is_alphabetic()).any(|w| gentle(w).is_some());
    let line = |line: &str| {
        let kept: Vec<&str> =
            line.split_inclusive(['.', '!', '?', ';']).filter(|part| !hard(part)).collect();
        kept.concat().trim().to_owned()
    };
    let lines: Vec<String> = prompt.lines().map(line).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hard_words_give_way_and_others_stay() {
        let soft = soften("He stabbed the stable boy with a Knife, and she was killed.", 1);
        assert!(soft.starts_with("He confront the stable boy with a glint of metal"), "{soft}");
        assert!(!soft.contains("killed") && soft.ends_with(GENTLE), "{soft}");
    }

    #[test]
    fn the_second_time_whole_sentences_go() {
        let soft =
            soften("The hall is dark. Blood runs down the wall. Ada waits.\nMood: murderous", 2);
        assert_eq!(soft, format!("The hall is dark. Ada waits.\n{GENTLE}"));
    }

    proptest! {
        #[test]
        fn what_is_softened_holds_no_hard_word(text in "[a-zA-Z ,.\\n]{0,80}", step in 1u32..=2) {
            let text = format!("{text} murder. Blood");
            let soft = soften(&text, step);
            let soft = soft.strip_suffix(GENTLE).unwrap();
            prop_assert!(soft.split(|c: char| !c.is_alphabetic()).all(|word| gentle(word).is_none()));
        }
    }
}
