//! Captions: the quote in italics and the chapter in small capitals, set below the picture.
//!
//! Text is data: it is escaped before it becomes markup, wrapped by the real widths of the typeface,
//! and cut at a sentence or a word. A script that no font of ours has is left out, so that nobody
//! ever sees empty boxes.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Text that is ready to be printed: lines that fit, and how high they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    quote: Vec<String>,
    title: Option<String>,
    size: f32,
}

/// Height of a line of the quote, in sizes of its type.
const LEADING: f32 = 1.32;
/// Size of the title's type, in sizes of the quote's.
const TITLE: f32 = 0.86;
/// Space between the small capitals of a title, in sizes of its type.
const SPACING: f32 = 0.09;
/// Letters smaller than this many pixels cannot be read and are not set.
const SMALLEST: f32 = 7.0;

impl Caption {
    /// Sets a quote and a title in type of `size` pixels, no line wider than `width` pixels and no
    /// more than `lines` of the quote; `None` when there is nothing to print.
    #[must_use]
    pub fn set(quote: &str, title: &str, size: f32, width: f32, lines: usize) -> Option<Self> {
        if size < SMALLEST {
            return None;
        }
        let fonts = Fonts::shared();
        let quote = fonts.printable(quote).map(|text| quoted(&text));
        let title = fonts.printable(title).filter(|title| !title.is_empty());
        let title = title.map(|title| uncapitalized(&title));
        let quote = quote.map_or_else(Vec::new, |text| wrap(&text, width / size, lines));
        let title = title.map(|text| fit(&text, width / (size * TITLE)));
        let caption = Self { quote, title, size };
        (!caption.quote.is_empty() || caption.title.is_some()).then_some(caption)
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> f32 {
        let quote = self.quote.len() as f32 * LEADING;
        let title = if self.title.is_some() { LEADING * 1.15 } else { 0.0 };
        (quote + title) * self.size
    }

    /// The coverage of the letters, 0 to 255, on a strip as wide as the sheet.
    #[must_use]
    pub fn cover(&self, width: usize) -> Option<(usize, Vec<u8>)> {
        let height = (self.height() + self.size).ceil() as u32;
        let svg = self.markup(width as u32, height);
        let options =
            usvg::Options { fontdb: Fonts::shared().database.clone(), ..usvg::Options::default() };
        let tree = usvg::Tree::from_str(&svg, &options).ok()?;
        let mut pixmap = Pixmap::new(width as u32, height)?;
        resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
        let cover = pixmap.pixels().iter().map(|pixel| pixel.alpha()).collect();
        Some((height as usize, cover))
    }

    fn markup(&self, width: u32, height: u32) -> String {
        let mut svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="Libertinus Serif" text-anchor="middle" xml:space="preserve">"#
        );
        let middle = width as f32 / 2.0;
        let mut y = self.size;
        for line in &self.quote {
            let text = escape(line);
            // Writing to a string cannot fail.
            let _ = write!(
                svg,
                r#"<text x="{middle}" y="{y}" font-size="{}" font-style="italic">{text}</text>"#,
                self.size
            );
            y += LEADING * self.size;
        }
        if let Some(title) = &self.title {
            let (y, size) = (y + 0.2 * self.size, TITLE * self.size);
            let (text, spacing) = (escape(title), SPACING * size);
            let _ = write!(
                svg,
                r#"<text x="{middle}" y="{y}" font-size="{size}" font-variant="small-caps" letter-spacing="{spacing}">{text}</text>"#
            );
        }
        svg.push_str("</svg>");
        svg
    }
}

/// Makes text safe inside markup; what markup cannot carry at all is dropped.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

/// A title that shouts in capitals, with its words' first letters alone in capitals: set in small
/// capitals it would be the one title in large ones. In a title of both kinds numbers keep theirs.
fn uncapitalized(title: &str) -> String {
    let shouts = !title.chars().any(char::is_lowercase);
    let calm = |word: &str| {
        let number = word.chars().all(|letter| "IVXLCDM.,:;-–—".contains(letter));
        if word.chars().any(char::is_lowercase) || (number && !shouts) {
            return word.to_owned();
        }
        let mut inside = false;
        let mut calm = String::with_capacity(word.len());
        for letter in word.chars() {
            if inside {
                calm.extend(letter.to_lowercase());
            } else {
                calm.push(letter);
            }
            inside = letter.is_alphabetic() || matches!(letter, '\'' | '’');
        }
        calm
    };
    title.split(' ').map(calm).collect::<Vec<_>>().join(" ")
}

/// A quote in quotation marks, unless it brings its own.
fn quoted(text: &str) -> String {
    let marks = ['"', '“', '”', '„', '«', '»', '‘', '’', '「', '『', '—'];
    let own = text.starts_with(marks) || text.is_empty();
    if own { curly(text) } else { format!("“{}”", curly(text)) }
}

/// Straight double quotes turned the way they are meant.
fn curly(text: &str) -> String {
    let mut before = ' ';
    let turn = |letter: char| {
        let opens = before.is_whitespace() || matches!(before, '(' | '—' | '-' | '[');
        before = letter;
        match letter {
            '"' if opens => '“',
            '"' => '”',
            '\'' if opens => '‘',
            '\'' => '’',
            other => other,
        }
    };
    text.chars().map(turn).collect()
}

/// Lines of at most `width` times the type's size, `lines` of them, about equally long.
fn wrap(text: &str, width: f32, lines: usize) -> Vec<String> {
    let fonts = Fonts::shared();
    let fits = |text: &str| fill(fonts, text, width).len() <= lines;
    let text = if fits(text) { text.to_owned() } else { shortened(text, fits) };
    let count = fill(fonts, &text, width).len();
    // The narrowest measure that still gives as many lines sets them about equally long.
    let (mut narrow, mut wide) = (width * 0.3, width);
    for _ in 0..12 {
        let middle = (narrow + wide) / 2.0;
        if fill(fonts, &text, middle).len() <= count { wide = middle } else { narrow = middle }
    }
    fill(fonts, &text, wide)
}

/// The longest beginning of a text that fits, ended at a sentence if that keeps the better part of
/// it, otherwise at a word.
fn shortened(text: &str, fits: impl Fn(&str) -> bool) -> String {
    let opened = text.starts_with('“');
    let ended = |end: usize, mark: &str| {
        let kept = text[..end].trim_end().trim_end_matches([',', ';', ':', '—', '-', '…']);
        // A quotation that is cut open in the middle is closed again.
        let open = opened && kept.matches('“').count() > kept.matches('”').count();
        format!("{kept}{mark}{}", if open { "”" } else { "" })
    };
    let words: Vec<usize> = breaks(text).collect();
    let fitting = words.partition_point(|&end| fits(&ended(end, " …")));
    let Some(&longest) = words[..fitting].last() else { return "…".to_owned() };
    let sentence = words[..fitting].iter().rev().find(|&&end| {
        let kept = text[..end].trim_end().trim_end_matches(['”', '’', '"']);
        kept.ends_with(['.', '!', '?', '。', '！', '？']) && end * 2 >= longest
    });
    // Next best is the end of a clause that loses little.
    let clause = words[..fitting].iter().rev().find(|&&end| {
        text[..end].trim_end().ends_with([',', ';', ':', '—']) && end * 4 >= longest * 3
    });
    sentence.or(clause).map_or_else(|| ended(longest, " …"), |&end| ended(end, " …"))
}

/// Places a line may end: after white space, and between the letters of scripts that know no spaces.
fn breaks(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices().filter_map(|(at, letter)| {
        let end = at + letter.len_utf8();
        (letter.is_whitespace() || is_ideograph(letter)).then_some(end)
    })
}

fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}')
}

fn is_shapeless(letter: char) -> bool {
    let joiners = matches!(letter, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
    joiners || letter.is_control() || matches!(letter, '\u{FE00}'..='\u{FE0F}')
}

/// Greedy line filling; a word wider than a line is broken.
fn fill(fonts: &Fonts, text: &str, width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut start = 0;
    let (mut length, mut last) = (0.0, 0);
    let mut stops = breaks(text).chain(std::iter::once(text.len())).peekable();
    for (at, letter) in text.char_indices() {
        while stops.next_if(|&stop| stop <= at).is_some() {
            last = at;
        }
        length += fonts.advance(letter);
        if length > width && !letter.is_whitespace() && at > start {
            let end = if last > start { last } else { at };
            lines.push(text[start..end].trim().to_owned());
            start = end;
            length = text[start..at].chars().map(|letter| fonts.advance(letter)).sum::<f32>()
                + fonts.advance(letter);
        }
    }
    lines.push(text[start..].trim().to_owned());
    lines.retain(|line| !line.is_empty());
    lines
}

/// One line of small capitals, of at most `width` times the type's size, cut at a word.
fn fit(text: &str, width: f32) -> String {
    let fits = |text: &str| small_capitals_width(text) <= width;
    if fits(text) { text.to_owned() } else { shortened(text, fits) }
}

/// How wide a text is in letter-spaced small capitals, in sizes of its type: a small capital is about
/// five sixths as wide as the capital.
fn small_capitals_width(text: &str) -> f32 {
    let fonts = Fonts::shared();
    let width = |letter: char| {
        let capital = letter.to_uppercase().next().unwrap_or(letter);
        fonts.advance(capital) * if letter == capital { 1.0 } else { 0.84 } + SPACING
    };
    text.chars().map(width).sum()
}

/// The typefaces of the captions.
struct Fonts {
    database: Arc<fontdb::Database>,
    faces: Vec<FontRef<'static>>,
    italic: Option<FontRef<'static>>,
}

impl Fonts {
    fn shared() -> &'static Fonts {
        static FONTS: OnceLock<Fonts> = OnceLock::new();
        FONTS.get_or_init(|| {
            let mut database = fontdb::Database::new();
            let (mut faces, mut italic) = (Vec::new(), None);
            for data in typst_assets::fonts() {
                let Ok(face) = FontRef::new(data) else { continue };
                let name =
                    |id| face.localized_strings(id).english_or_first().map(|name| name.to_string());
                let name = name(skrifa::string::StringId::FULL_NAME).unwrap_or_default();
                // The first two are the book's hand; the last has the scripts that they lack.
                let wanted =
                    ["Libertinus Serif Regular", "Libertinus Serif Italic", "DejaVu Sans Mono"];
                if !wanted.contains(&name.as_str()) && name != "Libertinus Serif" {
                    continue;
                }
                database.load_font_source(fontdb::Source::Binary(Arc::new(data)));
                if name.ends_with("Italic") {
                    italic = Some(face.clone());
                }
                faces.push(face);
            }
            Fonts { database: Arc::new(database), faces, italic }
        })
    }

    /// The text with its white space made plain; `None` when a letter of it is in no font, because a
    /// quote without a name that it has is another quote.
    fn printable(&self, text: &str) -> Option<String> {
        let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // What has no shape of its own is no loss: marks of direction, joiners, variants of a glyph.
        let plain: String = plain.chars().filter(|&letter| !is_shapeless(letter)).collect();
        let has = |letter: char| self.faces.iter().any(|face| face.charmap().map(letter).is_some());
        (!plain.is_empty() && plain.chars().all(has)).then_some(plain)
    }

    /// Width of a letter in sizes of its type.
    fn advance(&self, letter: char) -> f32 {
        let width = self.italic.as_ref().and_then(|face| {
            let glyph = face.charmap().map(letter)?;
            face.glyph_metrics(Size::new(1.0), LocationRef::default()).advance_width(glyph)
        });
        width.unwrap_or(if is_ideograph(letter) { 1.0 } else { 0.6 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_nothing() {
        let text = "It was a bright cold day, and the clocks of the harbour were striking four.";
        let lines = wrap(text, 18.0, 9);
        assert!(lines.len() > 1);
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn long_text_ends_at_a_sentence_with_an_ellipsis() {
        let text =
            "The sea rose. The ship went down with all her lights burning and nobody saw it go.";
        let lines = wrap(text, 16.0, 2);
        assert!(lines.len() <= 2);
        assert!(lines.concat().ends_with('…'), "{lines:?}");
    }

    #[test]
    fn scripts_without_a_font_are_left_out() {
        assert_eq!(Caption::set("日本語の文章です", "", 20.0, 400.0, 3), None);
        assert!(Caption::set("Дождь шёл всю ночь", "", 20.0, 400.0, 3).is_some());
        assert!(Caption::set("Μῆνιν ἄειδε θεά", "", 20.0, 400.0, 3).is_some());
    }

    #[test]
    fn a_quote_with_a_name_in_another_script_is_left_out_whole() {
        let quote =
            "In the evening the old gardener called for 李小龍 and gave him the key of the gate.";
        let quote = quote.repeat(3);
        assert_eq!(Caption::set(&quote, "", 20.0, 400.0, 9), None);
        let soft = Caption::set("The gar\u{AD}dener went.", "", 20.0, 400.0, 9).unwrap();
        assert_eq!(soft.quote, ["“The gardener went.”"]);
    }

    #[test]
    fn markup_in_a_quote_stays_text() {
        let caption = Caption::set("</text><script> & co", "<b>", 20.0, 400.0, 3).unwrap();
        let svg = caption.markup(400, 100);
        assert!(!svg.contains("<script>") && svg.contains("&lt;script&gt; &amp; co"));
    }

    #[test]
    fn letters_that_cannot_be_read_are_not_set() {
        assert_eq!(Caption::set("A word", "", 3.0, 60.0, 3), None);
    }

    #[test]
    fn a_long_title_keeps_to_its_line() {
        let title = "What I Saw of the Destruction of Weybridge and Shepperton and More";
        let line = fit(title, 20.0);
        assert!(small_capitals_width(&line) <= 20.0 && line.ends_with('…'), "{line}");
    }

    #[test]
    fn titles_in_capitals_are_calmed() {
        assert_eq!(uncapitalized("THE EVE OF WAR"), "The Eve Of War");
        assert_eq!(uncapitalized("IV: The Rabbit"), "IV: The Rabbit");
        assert_eq!(uncapitalized("CHAPTER IV. The Rabbit"), "Chapter IV. The Rabbit");
    }

    #[test]
    fn quotation_marks_are_added_once() {
        assert_eq!(quoted("He went."), "“He went.”");
        assert_eq!(quoted("\"Go!\" he said."), "“Go!” he said.");
    }
}
