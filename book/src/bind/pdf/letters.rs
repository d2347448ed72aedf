//! Sets text in the fonts that are built in: which font has which letter, how wide a line comes out,
//! where it breaks.
//!
//! **Invariant:** what is measured is what is drawn: both are the same shaped glyphs.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, UnicodeBuffer};

/// The book's hand first, then those that have the letters it lacks.
const FONTS: [&str; 5] = [
    "LibertinusSerif-Regular",
    "LibertinusSerif-Italic",
    "NewCM10-Regular",
    "DejaVuSansMono",
    "NewCMMath-Regular",
];

/// Upright, or slanted as captions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    Upright,
    Italic,
}

/// Size of the letters and distance between the lines, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Type {
    pub hand: Hand,
    pub size: f32,
    pub leading: f32,
}

impl Type {
    pub const fn upright(size: f32, leading: f32) -> Self {
        Self { hand: Hand::Upright, size, leading }
    }

    pub const fn italic(size: f32, leading: f32) -> Self {
        Self { hand: Hand::Italic, size, leading }
    }
}

/// Letters of one font that stand beside one another.
pub(crate) struct Run {
    pub font: Font,
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    /// In points.
    pub width: f32,
    /// Read from right to left.
    backwards: bool,
}

/// One line of text.
pub(crate) struct Line {
    pub runs: Vec<Run>,
    /// In points.
    pub width: f32,
}

struct Face<'d> {
    parsed: rustybuzz::Face<'d>,
    font: Font,
}

/// The fonts of a book.
pub(crate) struct Letters<'d> {
    faces: Vec<Face<'d>>,
}

impl<'d> Letters<'d> {
    /// The built-in fonts, and one more if the reader gave one; `None` if that one is no font.
    pub fn new(given: Option<&'d [u8]>) -> Option<Self> {
        let parsed = typst_assets::fonts().filter_map(|data| {
            let face = rustybuzz::Face::from_slice(data, 0)?;
            let place = FONTS.iter().position(|name| *name == postscript_name(&face))?;
            Some((place, Face { parsed: face, font: Font::new(data.into(), 0)? }))
        });
        let mut found: Vec<(usize, Face)> = parsed.collect();
        found.sort_by_key(|(place, _)| *place);
        let mut faces: Vec<Face> = found.into_iter().map(|(_, face)| face).collect();
        if let Some(data) = given {
            let parsed = rustybuzz::Face::from_slice(data, 0)?;
            let font = Font::new(data.to_vec().into(), 0)?;
            faces.insert(faces.len().min(2), Face { parsed, font });
        }
        Some(Self { faces })
    }

    /// The letters of `text` that no font has.
    pub fn lacks<'t>(&'t self, text: &'t str) -> impl Iterator<Item = char> + 't {
        text.chars().filter(|&letter| !has_no_shape(letter) && self.face_of(letter, 0).is_none())
    }

    /// Whether every letter can be printed.
    pub fn has(&self, text: &str) -> bool {
        self.lacks(text).next().is_none()
    }

    /// Breaks `text` into lines of at most `width` points. Of more than `most` lines the rest is cut,
    /// with an ellipsis.
    pub fn lines(&self, text: &str, letters: Type, width: f32, most: usize) -> Vec<Line> {
        let mut broken: Vec<String> = Vec::new();
        let space = self.width(" ", letters);
        let mut room = 0.0;
        for word in text.split_whitespace() {
            for piece in self.fitting(word, letters, width) {
                let wide = self.width(&piece, letters);
                match broken.last_mut().filter(|_| room >= space + wide) {
                    Some(line) => {
                        line.push(' ');
                        line.push_str(&piece);
                        room -= space + wide;
                    }
                    None => {
                        broken.push(piece);
                        room = width - wide;
                    }
                }
            }
        }
        if broken.len() > most {
            broken.truncate(most);
            if let Some(last) = broken.last_mut() {
                *last = self.cut(last, letters, width);
            }
        }
        broken.iter().map(|line| self.line(line, letters)).collect()
    }

    /// One line, however long.
    pub fn line(&self, text: &str, letters: Type) -> Line {
        let mut runs: Vec<(usize, String)> = Vec::new();
        for letter in text.chars().filter(|&letter| !has_no_shape(letter) || letter == ' ') {
            let before = runs.last().map(|(face, _)| *face);
            let first = usize::from(letters.hand == Hand::Italic);
            let face = match before {
                // A blank or a mark stays with what it follows.
                Some(face) if letter == ' ' && self.faces[face].has(letter) => face,
                _ => self.face_of(letter, first).unwrap_or(first),
            };
            match runs.last_mut() {
                Some((last, run)) if *last == face => run.push(letter),
                _ => runs.push((face, letter.to_string())),
            }
        }
        let mut runs: Vec<Run> = runs
            .into_iter()
            .map(|(face, text)| self.faces[face].shape(text, letters.size))
            .collect();
        if runs.first().is_some_and(|run| run.backwards) {
            runs.reverse();
        }
        let width = runs.iter().map(|run| run.width).sum();
        Line { runs, width }
    }

    fn width(&self, text: &str, letters: Type) -> f32 {
        self.line(text, letters).width
    }

    /// A word that is wider than a line is broken between letters.
    fn fitting(&self, word: &str, letters: Type, width: f32) -> Vec<String> {
        if self.width(word, letters) <= width {
            return vec![word.to_owned()];
        }
        let mut pieces = vec![String::new()];
        let mut wide = 0.0;
        for letter in word.chars() {
            let advance = self.width(letter.encode_utf8(&mut [0; 4]), letters);
            // Kerning and ligatures make a piece narrower than its letters, hardly ever wider.
            if wide + advance > width * 0.98 && wide > 0.0 {
                pieces.push(String::new());
                wide = 0.0;
            }
            wide += advance;
            if let Some(piece) = pieces.last_mut() {
                piece.push(letter);
            }
        }
        pieces
    }

    /// A line with an ellipsis at its end, shortened to fit.
    fn cut(&self, line: &str, letters: Type, width: f32) -> String {
        let mut kept = line.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned();
        while self.width(&format!("{kept}…"), letters) > width && kept.pop().is_some() {}
        format!("{kept}…")
    }

    /// The first face with a letter, beginning with the hand's own.
    fn face_of(&self, letter: char, first: usize) -> Option<usize> {
        let own = Some(first).filter(|&face| self.faces.get(face).is_some_and(|f| f.has(letter)));
        own.or_else(|| self.faces.iter().position(|face| face.has(letter)))
    }
}

fn postscript_name(face: &rustybuzz::Face) -> String {
    let mut names = face.names().into_iter().filter(|name| name.name_id == 6);
    names.find_map(|name| name.to_string()).unwrap_or_default()
}

impl Face<'_> {
    fn has(&self, letter: char) -> bool {
        self.parsed.glyph_index(letter).is_some()
    }

    fn shape(&self, text: String, size: f32) -> Run {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.guess_segment_properties();
        let backwards = buffer.direction() == Direction::RightToLeft;
        let shaped = rustybuzz::shape(&self.parsed, &[], buffer);
        let font = self.font.clone();
        let units = font.units_per_em();
        // The letters of a glyph are those up to the next glyph's, whichever way they are read.
        let mut starts: Vec<usize> =
            shaped.glyph_infos().iter().map(|glyph| glyph.cluster as usize).collect();
        starts.sort_unstable();
        let end = |start: usize| {
            let next = starts.partition_point(|&other| other <= start);
            starts.get(next).copied().unwrap_or(text.len())
        };
        let scaled = |value: i32| value as f32 / units;
        let set = shaped.glyph_infos().iter().zip(shaped.glyph_positions());
        let glyphs: Vec<KrillaGlyph> = set
            .map(|(glyph, position)| {
                let start = glyph.cluster as usize;
                KrillaGlyph::new(
                    GlyphId::new(glyph.glyph_id),
                    scaled(position.x_advance),
                    scaled(position.x_offset),
                    scaled(position.y_offset),
                    scaled(position.y_advance),
                    start..end(start),
                    None,
                )
            })
            .collect();
        let advance: i32 = shaped.glyph_positions().iter().map(|position| position.x_advance).sum();
        Run { font, width: scaled(advance) * size, glyphs, text, backwards }
    }
}

/// Marks of direction, joiners, variants: no font has to have them.
fn has_no_shape(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: Type = Type::italic(10.0, 13.0);

    fn letters() -> Letters<'static> {
        Letters::new(None).unwrap()
    }

    #[test]
    fn many_scripts_are_at_hand_and_what_is_not_is_known() {
        let letters = letters();
        assert_eq!(letters.faces.len(), FONTS.len());
        assert!(letters.has("Ça, “Ωμέγα”, Война и мир — אבג السلام ½ ♠"));
        assert_eq!(letters.lacks("月 rises").collect::<String>(), "月");
    }

    #[test]
    fn a_text_too_long_ends_in_an_ellipsis() {
        let lines = letters().lines(&"word ".repeat(50), TEXT, 60.0, 2);
        let text: Vec<String> = lines
            .iter()
            .map(|line| line.runs.iter().map(|run| run.text.as_str()).collect())
            .collect();
        assert_eq!(text.len(), 2);
        assert!(text[1].ends_with("word…") || text[1].ends_with('…'), "{text:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn lines_fit_and_lose_no_letter(text in "(\\PC{1,30}|[a-zé ]{1,60}|[אבג ]{1,9}|W{90}| ){1,4}") {
            let lines = letters().lines(&text, TEXT, 80.0, usize::MAX);
            let set: String = lines.iter().flat_map(|line| &line.runs).map(|run| run.text.as_str()).collect();
            let plain = |text: &str| {
                let mut letters: Vec<char> = text.chars().filter(|&c| !has_no_shape(c)).collect();
                letters.sort_unstable();
                letters
            };
            prop_assert_eq!(plain(&set), plain(&text));
            for line in &lines {
                prop_assert!(line.width <= 80.0 * 1.05 || line.runs[0].text.chars().count() == 1, "{}", line.width);
                for run in &line.runs {
                    let on_letters = |glyph| run.text.get(krilla::text::Glyph::text_range(glyph)).is_some();
                    prop_assert!(run.glyphs.iter().all(on_letters), "{:?}", run.text);
                }
            }
        }
    }
}
