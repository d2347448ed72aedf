//! Novels of every shape, told in a line for each piece, with text made up on the spot.
//!
//! A line is `+ title` for a piece of story, `- title` for one that is not, `= title` for the title of a
//! group, `. title` for a section within a chapter, indented where it belongs to the group above it. ` | ` divides the number from the title
//! proper, ` ~kind` says what the text is like, ` *n` how many words it has.

use std::fmt::Write as _;

/// Title of every novel; it is the title of some pieces too.
pub const TITLE: &str = "The Tale";

/// A novel, as it was meant.
pub struct Novel {
    pub name: &'static str,
    pub pieces: Vec<Piece>,
}

/// A chapter, a page of front matter, the title of a part.
#[derive(Debug, Clone)]
pub struct Piece {
    pub role: Role,
    /// 0, or how many groups it is in.
    pub level: usize,
    pub number: String,
    pub title: String,
    /// What its text is like.
    pub kind: String,
    pub text: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Story,
    Apart,
    Group,
    Section,
}

impl Novel {
    /// Reads the lines of a novel.
    pub fn new(name: &'static str, lines: &str) -> Self {
        let lines = lines.lines().filter(|line| !line.trim().is_empty());
        let pieces = lines.enumerate().map(|(index, line)| Piece::new(index, line)).collect();
        Self { name, pieces }
    }

    pub fn story(&self) -> impl Iterator<Item = (usize, &Piece)> {
        self.pieces.iter().enumerate().filter(|(_, piece)| piece.role == Role::Story)
    }

    /// Whether only titles tell what is story in it: it has essays before or after.
    pub fn has_essays(&self) -> bool {
        self.pieces.iter().any(|piece| piece.role == Role::Apart && !piece.is_page())
    }

    /// How many sections the chapter at `index` has.
    pub fn sections(&self, index: usize) -> usize {
        let after = self.pieces[index + 1..].iter();
        after.take_while(|piece| piece.role == Role::Section).count()
    }

    /// Whether its chapters have titles: without, only files tell them apart.
    pub fn has_titles(&self) -> bool {
        self.story().any(|(_, piece)| !piece.heading().is_empty())
    }

    pub fn has_sections(&self) -> bool {
        self.pieces.iter().any(|piece| piece.role == Role::Section)
    }

    /// Levels of headings: parts, chapters, sections.
    pub fn level(&self, piece: &Piece) -> usize {
        match piece.role {
            Role::Group => piece.level,
            Role::Section => self.groups() + 1,
            Role::Story | Role::Apart => self.groups(),
        }
    }

    fn groups(&self) -> usize {
        let groups = self.pieces.iter().filter(|piece| piece.role == Role::Group);
        groups.map(|piece| piece.level + 1).max().unwrap_or(0)
    }

    pub fn has_groups(&self) -> bool {
        self.pieces.iter().any(|piece| piece.role == Role::Group)
    }
}

impl Piece {
    fn new(index: usize, line: &str) -> Self {
        let level = line.len() - line.trim_start().len();
        let (sign, rest) = line.trim().split_once(' ').expect("a sign and a title");
        let role = match sign {
            "+" => Role::Story,
            "-" => Role::Apart,
            "." => Role::Section,
            _ => Role::Group,
        };
        let (rest, words) = match rest.rsplit_once(" *") {
            Some((rest, words)) => (rest, words.parse().ok()),
            None => (rest, None),
        };
        let (heading, kind) = match rest.rsplit_once('~') {
            Some((heading, kind)) => (heading.trim(), kind),
            None if role == Role::Apart => (rest, "essay"),
            None if role == Role::Group => (rest, "nothing"),
            None => (rest, "prose"),
        };
        let (number, title) = heading.split_once(" | ").unwrap_or(("", heading));
        let text = text(kind, words, index);
        let (number, title, kind) = (number.to_owned(), title.to_owned(), kind.to_owned());
        Self { role, level, number, title, kind, text }
    }

    /// Number and title as they stand on one line.
    pub fn heading(&self) -> String {
        match (self.number.as_str(), self.title.as_str()) {
            ("", title) => title.to_owned(),
            (number, "") => number.to_owned(),
            (number, title) if number.ends_with(['.', ':', '—']) => format!("{number} {title}"),
            (number, title) => format!("{number}. {title}"),
        }
    }

    /// A page of the book as an object, told by its text.
    pub fn is_page(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "copyright"
                | "dedication"
                | "epigraph"
                | "titlepage"
                | "newsletter"
                | "readon"
                | "nothing"
                | "list"
        )
    }
}

/// Words by which a piece is known: one in its first paragraph, one in its last.
pub fn marks(index: usize) -> (String, String) {
    (format!("qb{index}q"), format!("qe{index}q"))
}

fn text(kind: &str, words: Option<usize>, index: usize) -> Vec<String> {
    let mut dice = Dice(index as u32 * 7919 + 17);
    let mut text: Vec<String> = match kind {
        "nothing" => return Vec::new(),
        "prose" => dice.prose(words.unwrap_or(620), 2),
        // Description and thought, nobody speaks.
        "quiet" => dice.prose(words.unwrap_or(620), 0),
        "talk" => dice.prose(words.unwrap_or(620), 9),
        "essay" => dice.essay(words.unwrap_or(620)),
        // An essay that only its text tells from a chapter.
        "portrait" => {
            let mut text = dice.essay(words.unwrap_or(620));
            text[0].push_str(" Hare was born in a mill. When Hare began The Tale, she was forty.");
            text
        }
        "letter" => dice.letter(words.unwrap_or(520)),
        "play" => dice.play(words.unwrap_or(620)),
        "verse" => dice.verse(words.unwrap_or(60)),
        "list" => (0..12).map(|_| format!("The {}", dice.noun())).collect(),
        "dedication" => vec!["For M., who waited.".into()],
        "epigraph" => vec!["All rivers run into the sea.".into(), "— Ecclesiastes".into()],
        "titlepage" => vec![TITLE.into(), "by A. Hare".into(), "London, 1891".into()],
        "copyright" => vec![
            "Copyright © 2019 by A. Hare".into(),
            "All rights reserved. No part of this book may be reproduced without the prior permission of \
             the publisher."
                .into(),
            "First published 2019. ISBN 978-0-00-000000-2".into(),
        ],
        "about" => vec![
            "A. Hare lives in a field with two dogs. Her first book was called a marvel. She has \
             written seven others, and has been given two prizes for them."
                .into(),
        ],
        "readon" => vec!["Read on for the first chapter of A. Hare’s next novel.".into()],
        "newsletter" => vec![
            "Sign up for our newsletter to hear of new books at www.example.com and win prizes.".into(),
        ],
        _ => panic!("no text is of the kind {kind}"),
    };
    let (begin, end) = marks(index);
    let first = text.first_mut().expect("some text");
    first.push_str(&format!(" {begin}."));
    let last = text.last_mut().expect("some text");
    last.push_str(&format!(" {end}."));
    text
}

/// Chance that is the same every time.
struct Dice(u32);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % sides
    }

    fn of(&mut self, list: &[&'static str]) -> &'static str {
        list[self.roll(list.len())]
    }

    fn noun(&mut self) -> &'static str {
        self.of(&[
            "lantern",
            "river",
            "old mill",
            "gate",
            "kitchen",
            "harbour",
            "coach",
            "attic",
            "orchard",
            "church tower",
            "letter-box",
            "stair",
            "road to the sea",
            "garden wall",
            "bridge",
            "fair",
        ])
    }

    fn who(&mut self) -> &'static str {
        self.of(&[
            "Martha",
            "the captain",
            "old Tobias",
            "she",
            "he",
            "the boy",
            "Mr. Penn",
            "Aunt Lucy",
        ])
    }

    fn sentence(&mut self) -> String {
        let deed = self.of(&[
            "went down to",
            "looked long at",
            "could not forget",
            "had always been afraid of",
            "came back from",
            "stood in the rain before",
            "spoke of nothing but",
            "ran past",
        ]);
        let (who, noun, other) = (self.who(), self.noun(), self.noun());
        let tail = self.of(&[
            "and nobody had seen it but the dog",
            "though the night was already far gone",
            "because the wind had turned again",
            "and the snow lay deep upon everything",
            "as if there were all the time in the world",
            "where the others were waiting with their hats in their hands",
        ]);
        let sentence = format!("{who} {deed} the {noun} beyond the {other}, {tail}.");
        let mut letters = sentence.chars();
        letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default()
            + letters.as_str()
    }

    fn speech(&mut self) -> String {
        let said = self.of(&[
            "“You cannot mean it,”",
            "“Come in, both of you,”",
            "“It was never yours to give,”",
            "“Hush!”",
            "“Then we shall have to go tonight,”",
            "“What is that?”",
        ]);
        let (who, noun) = (self.who(), self.noun());
        format!("{said} said {who}, and turned to the {noun}.")
    }

    /// Paragraphs, of which so many in ten are speech.
    fn prose(&mut self, words: usize, spoken: usize) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let mut count = 0;
        while count < words {
            let paragraph = if self.roll(10) < spoken && !out.is_empty() {
                self.speech()
            } else {
                let sentences = (1 + self.roll(5)).min(1 + (words - count) / 20);
                (0..sentences).map(|_| self.sentence()).collect::<Vec<_>>().join(" ")
            };
            count += paragraph.split_whitespace().count();
            out.push(paragraph);
        }
        out
    }

    fn essay(&mut self, words: usize) -> Vec<String> {
        let sentence = |dice: &mut Self| {
            let what =
                dice.of(&["edition", "manuscript", "critic", "reader", "publisher", "author"]);
            let other =
                dice.of(&["first printing", "letters", "reception", "style", "sources", "century"]);
            format!(
                "The {what} must be thanked for what is known today of the {other} of this book, which \
                 was written in great haste and published in parts."
            )
        };
        let paragraphs = words.div_ceil(81);
        (0..paragraphs)
            .map(|_| (0..3).map(|_| sentence(self)).collect::<Vec<_>>().join(" "))
            .collect()
    }

    fn letter(&mut self, words: usize) -> Vec<String> {
        let mut out =
            vec!["To Mrs. Penn, in the country.".to_owned(), "My dear sister,".to_owned()];
        out.extend(self.prose(words, 0));
        out.push("Your affectionate brother,".into());
        out.push("R. W.".into());
        out
    }

    fn play(&mut self, words: usize) -> Vec<String> {
        let mut out = vec!["A room with two doors. It is evening.".to_owned()];
        let mut count = 0;
        while count < words {
            let who = self.of(&["MARTHA", "CAPTAIN", "TOBIAS"]);
            let line = format!("{who}. {}", self.sentence());
            count += line.split_whitespace().count();
            out.push(line);
        }
        out
    }

    fn verse(&mut self, words: usize) -> Vec<String> {
        let mut stanza = String::new();
        for line in 0..words.div_ceil(6) {
            let (noun, other) = (self.noun(), self.noun());
            let _ = write!(stanza, "{}The {noun}, O the {other}", if line > 0 { "\n" } else { "" });
        }
        vec![stanza]
    }
}
