//! Titles: which of them one person may bear, and what they tell of it.

use super::candidate::Candidate;
use super::lexicon::beings;

/// Words before a name that do not tell its bearer from another.
pub(super) fn is_praise(word: &str) -> bool {
    matches!(word, "great" | "little" | "big" | "tiny" | "mad" | "wee" | "fat")
}

/// A title that a woman has by her husband's name.
pub(super) fn is_wife(candidate: &Candidate) -> bool {
    candidate.titles().iter().any(|title| matches!(long_form(title), "mrs" | "lady"))
}

/// Whether one person may bear both titles in one book: `Mr.` and `Uncle`, `Mr.` and `Dr.`; a `Captain`
/// and a `Colonel`, a `Mrs.` and a `Miss` are two.
pub(super) fn compatible(a: &[String], b: &[String]) -> bool {
    let (Some(a), Some(b)) = (a.first(), b.first()) else { return true };
    let (a, b) = (long_form(a), long_form(b));
    let kin = |title: &str| beings().label(title).is_some_and(|label| label.starts_with("kin"));
    let plain = |title: &str| matches!(title, "mr" | "sir" | "squire" | "miss" | "saint");
    let learned = |title: &str| matches!(title, "doctor" | "professor" | "judge" | "inspector");
    a == b || kin(a) || kin(b) || learned(a) && (learned(b) || plain(b)) || learned(b) && plain(a)
}

/// The title that an abbreviation stands for.
pub(super) fn long_form(title: &str) -> &str {
    match title {
        "capt" => "captain",
        "col" => "colonel",
        "lieut" | "lt" => "lieutenant",
        "rev" | "revd" => "reverend",
        "sergt" | "sgt" => "sergeant",
        "dr" => "doctor",
        "prof" => "professor",
        "m" | "mons" | "monsieur" | "mister" | "esquire" | "esq" => "mr",
        "mme" | "madame" | "mistress" | "madam" => "mrs",
        "mlle" | "mademoiselle" | "ms" => "miss",
        "st" => "saint",
        other => other,
    }
}
