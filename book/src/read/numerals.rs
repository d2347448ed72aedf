//! Numbers as headings write them: in digits, as roman numerals, in words.

use super::heading::split_word;

/// A number at the start of `text` and what follows it. `named` says that a word like "chapter" came
/// before, which lets words and small roman numerals be numbers.
pub(super) fn number(text: &str, named: bool) -> Option<(u32, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if digits > 0 {
        let follows_letter = text[digits..].starts_with(char::is_alphabetic);
        let number = text[..digits].parse().ok().filter(|&n: &u32| n < 10_000)?;
        return (!follows_letter).then(|| (number, &text[digits..]));
    }
    let (word, rest) = split_word(text);
    let is_upper = word.chars().all(char::is_uppercase);
    if is_upper || named {
        // A lone C, D, L or M is more often a letter of an index than a number.
        let alone = !named && word.len() == 1 && !matches!(word, "I" | "V" | "X");
        if let Some(number) = roman(word).filter(|&n| !alone && (named || n <= 400)) {
            return Some((number, rest));
        }
    }
    if named && let Some(number) = foreign(word) {
        return Some((number, rest));
    }
    worded(text).filter(|(_, rest)| {
        named || rest.trim_start().is_empty() || rest.starts_with(['.', ':', '\n'])
    })
}

const ROMAN: [(&str, u32); 13] = [
    ("M", 1000),
    ("CM", 900),
    ("D", 500),
    ("CD", 400),
    ("C", 100),
    ("XC", 90),
    ("L", 50),
    ("XL", 40),
    ("X", 10),
    ("IX", 9),
    ("V", 5),
    ("IV", 4),
    ("I", 1),
];

/// A well-formed roman numeral, in either case; `IIII` and `XXXX` as old books print them.
fn roman(word: &str) -> Option<u32> {
    if word.is_empty() || word.len() > 15 {
        return None;
    }
    let word = word.to_ascii_uppercase();
    let mut value = 0;
    let mut rest = word.as_str();
    let mut canonical = String::new();
    for (digits, worth) in ROMAN {
        while let Some(tail) = rest.strip_prefix(digits) {
            rest = tail;
            value += worth;
        }
    }
    let mut left = value;
    for (digits, worth) in ROMAN {
        while left >= worth {
            canonical.push_str(digits);
            left -= worth;
        }
    }
    let is_canonical = canonical == word.replace("XXXX", "XL").replace("IIII", "IV");
    (rest.is_empty() && is_canonical).then_some(value)
}

const ONES: [(&str, &str); 19] = [
    ("one", "first"),
    ("two", "second"),
    ("three", "third"),
    ("four", "fourth"),
    ("five", "fifth"),
    ("six", "sixth"),
    ("seven", "seventh"),
    ("eight", "eighth"),
    ("nine", "ninth"),
    ("ten", "tenth"),
    ("eleven", "eleventh"),
    ("twelve", "twelfth"),
    ("thirteen", "thirteenth"),
    ("fourteen", "fourteenth"),
    ("fifteen", "fifteenth"),
    ("sixteen", "sixteenth"),
    ("seventeen", "seventeenth"),
    ("eighteen", "eighteenth"),
    ("nineteen", "nineteenth"),
];
const TENS: [(&str, &str); 8] = [
    ("twenty", "twentieth"),
    ("thirty", "thirtieth"),
    ("forty", "fortieth"),
    ("fifty", "fiftieth"),
    ("sixty", "sixtieth"),
    ("seventy", "seventieth"),
    ("eighty", "eightieth"),
    ("ninety", "ninetieth"),
];

/// A number in words, up to ninety-nine.
fn worded(text: &str) -> Option<(u32, &str)> {
    let find = |table: &[(&str, &str)], word: &str| {
        let word = word.to_lowercase();
        let found =
            table.iter().position(|(cardinal, ordinal)| *cardinal == word || *ordinal == word);
        found.and_then(|index| u32::try_from(index).ok())
    };
    let (word, rest) = split_word(text);
    if let Some(ones) = find(&ONES, word) {
        return Some((ones + 1, rest));
    }
    let tens = (find(&TENS, word)? + 2) * 10;
    let (unit, after) = split_word(rest.trim_start_matches([' ', '-', '\u{2011}', '–']));
    match find(&ONES[..9], unit) {
        Some(ones) => Some((tens + ones + 1, after)),
        None => Some((tens, rest)),
    }
}

/// The stems of ordinals in German, Dutch, Swedish, French, Spanish, Italian and Russian, each followed
/// by the letters of its endings.
const STEMS: [(&str, u32); 76] = [
    ("erst", 1),
    ("eerst", 1),
    ("först", 1),
    ("premi", 1),
    ("primer", 1),
    ("prim", 1),
    ("перв", 1),
    ("zweit", 2),
    ("tweed", 2),
    ("andra", 2),
    ("deuxièm", 2),
    ("second", 2),
    ("segund", 2),
    ("втор", 2),
    ("dritt", 3),
    ("derd", 3),
    ("tredj", 3),
    ("troisièm", 3),
    ("tercer", 3),
    ("terz", 3),
    ("трет", 3),
    ("viert", 4),
    ("vierd", 4),
    ("fjärd", 4),
    ("quatrièm", 4),
    ("cuart", 4),
    ("quart", 4),
    ("четвёрт", 4),
    ("четверт", 4),
    ("fünft", 5),
    ("vijfd", 5),
    ("femt", 5),
    ("cinquièm", 5),
    ("quint", 5),
    ("пят", 5),
    ("sechst", 6),
    ("zesd", 6),
    ("sjätt", 6),
    ("sixièm", 6),
    ("sext", 6),
    ("sest", 6),
    ("шест", 6),
    ("siebent", 7),
    ("siebt", 7),
    ("zevend", 7),
    ("septièm", 7),
    ("séptim", 7),
    ("settim", 7),
    ("седьм", 7),
    ("acht", 8),
    ("huitièm", 8),
    ("octav", 8),
    ("ottav", 8),
    ("восьм", 8),
    ("neunt", 9),
    ("negend", 9),
    ("neuvièm", 9),
    ("noven", 9),
    ("nono", 9),
    ("девят", 9),
    ("zehnt", 10),
    ("tiend", 10),
    ("dixièm", 10),
    ("décim", 10),
    ("decim", 10),
    ("десят", 10),
    ("elft", 11),
    ("onzièm", 11),
    ("undécim", 11),
    ("одиннадцат", 11),
    ("zwölft", 12),
    ("twaalfd", 12),
    ("douzièm", 12),
    ("duodécim", 12),
    ("двенадцат", 12),
    ("treizièm", 13),
];

/// An ordinal of another language, which counts only beside a word like `Kapitel`.
fn foreign(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let matches = |(stem, _): &&(&str, u32)| {
        word.strip_prefix(stem).is_some_and(|ending| ending.chars().count() <= 3)
    };
    STEMS.iter().find(matches).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals() {
        assert_eq!(roman("XCIX"), Some(99));
        assert_eq!(roman("iv"), Some(4));
        assert_eq!(roman("XVIIII"), None);
        assert_eq!(roman("VIIII"), None);
        assert_eq!(roman("XIIII"), Some(14));
        for wrong in ["", "VV", "IC", "ABC", "IXI", "XXL", "IIIII"] {
            assert_eq!(roman(wrong), None, "{wrong}");
        }
        assert_eq!(worded("Ninety-ninth and"), Some((99, " and")));
    }

    #[test]
    fn ordinals_of_other_languages() {
        for (word, value) in
            [("Erstes", 1), ("PREMIER", 1), ("PREMIÈRE", 1), ("segunda", 2), ("третья", 3)]
        {
            assert_eq!(number(word, true), Some((value, "")), "{word}");
        }
        assert_eq!(number("Premier", false), None);
        assert_eq!(number("primogeniture", true), None);
    }
}
