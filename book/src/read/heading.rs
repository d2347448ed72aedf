//! What a heading says: a chapter's number, a part, a prologue, a preface.
//!
//! Everything here judges one line of text by its words alone; whether it is a heading at all, and
//! whether what follows is story, is decided where the text around it is known.

use super::numerals::number;

/// What kind of division a heading names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// `Chapter 4`, `Letter IV`, `Stave the First`.
    Chapter,
    /// `IV`, `4.`, `Four`: a number alone, or before a title.
    Number,
    /// `Prologue`, `Epilogue`: story without a number.
    Named,
    /// `Part One`, `Book II`: a group of chapters.
    Part,
}

/// A heading that names a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark<'t> {
    pub kind: Kind,
    pub number: Option<u32>,
    /// What follows the number: the title proper.
    pub title: &'t str,
}

const CHAPTER_WORDS: [&str; 34] = [
    "chapter",
    "chap",
    "ch",
    "letter",
    "stave",
    "canto",
    "scene",
    "adventure",
    "episode",
    "tale",
    "story",
    "night",
    "lecture",
    "fit",
    "fytte",
    "idyll",
    "section",
    "verse",
    "day",
    "journal",
    "entry",
    "kapitel",
    "kapittel",
    "brief",
    "chapitre",
    "lettre",
    "capítulo",
    "capitulo",
    "capitolo",
    "hoofdstuk",
    "carta",
    "lettera",
    "письмо",
    "глава",
];
const NAMED: [&str; 21] = [
    "prologue",
    "epilogue",
    "prelude",
    "interlude",
    "intermezzo",
    "coda",
    "finale",
    "overture",
    "prolog",
    "epilog",
    "proem",
    "prologo",
    "epilogo",
    "envoi",
    "denouement",
    "épilogue",
    "prólogo",
    "epílogo",
    "пролог",
    "эпилог",
    "intermission",
];
const PART_WORDS: [&str; 18] = [
    "part",
    "book",
    "volume",
    "vol",
    "act",
    "division",
    "teil",
    "buch",
    "partie",
    "parte",
    "часть",
    "deel",
    "libro",
    "livre",
    "tome",
    "band",
    "книга",
    "том",
];

/// Reads a heading; `None` if it names no division.
pub(crate) fn mark(line: &str) -> Option<Mark<'_>> {
    let line = line.trim_matches(|c: char| c.is_whitespace() || "*_=~[]—–-•·".contains(c));
    let (first, rest) = split_word(line);
    let word = first.to_lowercase();
    if NAMED.contains(&word.as_str()) {
        return ends_cleanly(rest).map(|title| Mark { kind: Kind::Named, number: None, title });
    }
    let kind = if CHAPTER_WORDS.contains(&word.as_str()) {
        Some(Kind::Chapter)
    } else if PART_WORDS.contains(&word.as_str()) {
        Some(Kind::Part)
    } else {
        None
    };
    if let Some(kind) = kind {
        let rest = rest.trim_start_matches(['.', ' ', '\n', ':', '#']);
        let rest = ["the ", "no. ", "number "]
            .iter()
            .find_map(|skip| strip_prefix_folded(rest, skip))
            .unwrap_or(rest);
        let (number, title) = match last(rest) {
            Some(title) => (None, title),
            None => number(rest, true).map(|(number, title)| (Some(number), title))?,
        };
        return Some(Mark { kind, number, title: ends_cleanly(title)? });
    }
    ordinal_chapter(line).or_else(|| {
        let (number, rest) = number(line, false)?;
        let title = rest.trim_start();
        let separated = title.is_empty() || title.starts_with(['.', ':', ')', '—', '–', '-']);
        let separated = separated || rest.starts_with('\n');
        let title = ends_cleanly(rest).filter(|_| separated)?;
        Some(Mark { kind: Kind::Number, number: Some(number), title })
    })
}

/// What follows `the last`, which is a chapter's number in old books.
fn last(rest: &str) -> Option<&str> {
    let (word, rest) = split_word(rest);
    matches!(word.to_lowercase().as_str(), "last" | "final").then_some(rest)
}

/// `The First Chapter`, `First Letter`.
fn ordinal_chapter(line: &str) -> Option<Mark<'_>> {
    let line = strip_prefix_folded(line, "the ").unwrap_or(line);
    let (number, rest) = number(line, true)?;
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    let (word, rest) = split_word(rest.trim_start());
    let word = word.to_lowercase();
    let kind = if CHAPTER_WORDS.contains(&word.as_str()) {
        Kind::Chapter
    } else if PART_WORDS.contains(&word.as_str()) {
        Kind::Part
    } else {
        return None;
    };
    Some(Mark { kind, number: Some(number), title: ends_cleanly(rest)? })
}

/// What follows a number, without the separator; `None` if it reads on like a sentence.
fn ends_cleanly(rest: &str) -> Option<&str> {
    let title = rest.trim_start_matches(|c: char| c.is_whitespace() || ".:)—–-|,".contains(c));
    let separated = rest.trim_start_matches(' ').len() > title.len();
    let title = title.trim();
    let begins_like_a_title =
        title.chars().find(|c| c.is_alphanumeric()).is_none_or(|c| !c.is_lowercase());
    (title.is_empty() || separated || begins_like_a_title).then_some(title)
}

/// Splits off the first run of letters.
pub(super) fn split_word(line: &str) -> (&str, &str) {
    let end = line.find(|c: char| !c.is_alphabetic()).unwrap_or(line.len());
    line.split_at(end)
}

fn strip_prefix_folded<'t>(line: &'t str, prefix: &str) -> Option<&'t str> {
    let head = line.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &line[prefix.len()..])
}

/// A title as it is compared: lower case, letters and digits, single blanks.
pub(crate) fn folded(title: &str) -> String {
    let plain = title.replace(['’', '\''], "");
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(line: &str) -> Option<(Kind, Option<u32>, &str)> {
        mark(line).map(|mark| (mark.kind, mark.number, mark.title))
    }

    #[test]
    fn chapters_in_every_dress() {
        use Kind::{Chapter, Named, Number, Part};
        for (line, kind, number, title) in [
            ("CHAPTER I. Down the Rabbit-Hole", Chapter, 1, "Down the Rabbit-Hole"),
            ("Chapter 10: The Lobster Quadrille", Chapter, 10, "The Lobster Quadrille"),
            ("Chapter Twenty-One", Chapter, 21, ""),
            ("CHAPTER THE LAST. In which", Chapter, 0, "In which"),
            ("CHAPTER THE FIRST", Chapter, 1, ""),
            ("Chapter the Second. Of Whales", Chapter, 2, "Of Whales"),
            ("The Third Chapter", Chapter, 3, ""),
            ("Letter IV", Chapter, 4, ""),
            ("Stave One: Marley’s Ghost", Chapter, 1, "Marley’s Ghost"),
            ("Chapter xii", Chapter, 12, ""),
            ("Kapitel 3", Chapter, 3, ""),
            ("CHAPTER 7\nThe Storm", Chapter, 7, "The Storm"),
            ("XIV", Number, 14, ""),
            ("IV.", Number, 4, ""),
            ("12.  The Search for the Wicked Witch", Number, 12, "The Search for the Wicked Witch"),
            ("I: The Cyclone", Number, 1, "The Cyclone"),
            ("Seven", Number, 7, ""),
            ("* 3 *", Number, 3, ""),
            ("PART TWO", Part, 2, ""),
            ("Book I — The Coming of the Martians", Part, 1, "The Coming of the Martians"),
        ] {
            let number = (number > 0).then_some(number);
            assert_eq!(read(line), Some((kind, number, title)), "{line}");
        }
        assert_eq!(read("Epilogue"), Some((Named, None, "")));
        assert_eq!(read("PROLOGUE: The Wolf"), Some((Named, None, "The Wolf")));
    }

    #[test]
    fn prose_is_no_mark() {
        for line in [
            "I am born",
            "I",
            "Letter writing was her joy",
            "Part of the way they walked",
            "Book in hand, he left",
            "Chapter and verse",
            "MIX",
            "C",
            "One day a wolf came",
            "1984 was a cold year",
            "Three men in a boat",
            "The first chapter of it was dull",
            "Day broke over the hills",
            "3rd of May",
            "Ten little boys",
            "Scene by scene",
        ] {
            let found = read(line);
            assert!(found.is_none() || line == "I", "{line}: {found:?}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read(line in "\\PC{0,40}") {
            mark(&line);
            folded(&line);
        }

        #[test]
        fn numbers_are_found_after_the_word_chapter(n in 1u32..4000) {
            prop_assert_eq!(mark(&format!("Chapter {n}")).unwrap().number, Some(n));
        }
    }
}
