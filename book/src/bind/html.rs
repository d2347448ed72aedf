//! One HTML file that needs no other: the whole book to read, its pictures inside.

use std::io::{self, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderWriter;

use super::edits::escape;
use super::figure::{PORTRAITS, caption};
use super::flow::{Piece, flow};
use super::new_epub;
use super::ornament;
use super::output::TextOutput;
use super::picture::Picture;
use super::{BindError, Binding, Illustration, Portrait};
use crate::read::Layout;

/// Writes the book with its plates.
pub(crate) fn write(
    layout: &Layout,
    binding: &Binding,
    plates: &[&Illustration],
    output: &Path,
) -> Result<(), BindError> {
    let pieces = flow(layout, plates)?;
    let mut out = TextOutput::create(output)?;
    begin(layout, &format!("{STYLE}{}", initials(binding)?), &mut out)?;
    out.put(&contents(&pieces))?;
    out.put("<main>\n<section>\n")?;
    let mut part = 0;
    for piece in &pieces {
        match piece {
            Piece::Part { title, number } => {
                part += 1;
                out.put(&format!("</section>\n<section id=\"part-{part}\">\n"))?;
                if !title.is_empty() {
                    out.put(&format!("<h2>{}</h2>\n", escape(title)))?;
                }
                headpiece(*number, binding, &mut out)?;
            }
            Piece::Block(block) => out.put(&new_epub::block(block))?,
            Piece::Plate(plate) => {
                let id = format!("plate-{}-{}", plate.chapter, plate.concept);
                figure(&id, &plate.picture, &plate.alt, &plate.quote, binding, &mut out)?;
            }
        }
    }
    if !binding.portraits.is_empty() {
        out.put(&format!("</section>\n<section id=\"portraits\">\n<h2>{PORTRAITS}</h2>\n"))?;
    }
    for (portrait, nth) in binding.portraits.iter().zip(1..) {
        let Portrait { name, alt, picture } = portrait;
        figure(&format!("portrait-{nth}"), picture, alt, name, binding, &mut out)?;
    }
    out.put("</section>\n</main>\n")?;
    let note: String =
        paragraphs(&binding.note).map(|p| format!("<p>{}</p>\n", escape(&p))).collect();
    if !note.is_empty() {
        out.put(&format!("<footer>\n<h2>About the illustrations</h2>\n{note}</footer>\n"))?;
    }
    out.put("</body>\n</html>\n")?;
    out.finish(0, binding.max_size)
}

/// The headpiece of a chapter that has one.
fn headpiece(
    number: Option<u32>,
    binding: &Binding,
    out: &mut TextOutput,
) -> Result<(), BindError> {
    let found = binding.ornaments.iter().find(|ornament| Some(ornament.chapter) == number);
    let Some(ornament) = found else { return Ok(()) };
    let id = ornament.chapter;
    out.put(&format!("<div id=\"headpiece-{id}\" class=\"woodcut-headpiece\">"))?;
    image(&ornament.headpiece, "", binding, out)?;
    out.put("</div>\n")
}

/// The styles of all initials, their grounds within them.
fn initials(binding: &Binding) -> Result<String, BindError> {
    let mut styles = String::new();
    for ornament in &binding.ornaments {
        if styles.is_empty() {
            styles.push_str(ornament::STYLE);
        }
        let picture = Picture::inspect(&ornament.initial, binding.pictures)?;
        let mut bytes = Vec::new();
        // Memory takes whatever is written to it.
        let _ = picture.write(&ornament.initial, binding.pictures, &mut bytes)?;
        let kind = if picture.extension() == "jpg" { "jpeg" } else { "png" };
        let ground = format!("data:image/{kind};base64,{}", STANDARD.encode(&bytes));
        styles.push_str(&ornament::initial(&format!("#headpiece-{}", ornament.chapter), &ground));
    }
    Ok(styles)
}

/// The head of a page, with its styles and the title of the book.
pub(super) fn begin(layout: &Layout, style: &str, out: &mut TextOutput) -> Result<(), BindError> {
    let book = &layout.book;
    let language = escape(book.language.as_deref().unwrap_or("und"));
    let (title, author) = (escape(&book.title), escape(&book.author));
    out.put(&format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n<p>{author}</p>\n</header>\n"
    ))
}

/// Paragraphs of plain text.
pub(crate) fn paragraphs(text: &str) -> impl Iterator<Item = String> {
    let words = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    text.split("\n\n").map(words).filter(|paragraph| !paragraph.is_empty())
}

fn contents(pieces: &[Piece]) -> String {
    let parts = pieces.iter().filter_map(|piece| match piece {
        Piece::Part { title, number } => Some((title, number)),
        _ => None,
    });
    let line = |(index, (title, number)): (usize, (&&str, &Option<u32>))| {
        let label = match (title, number) {
            (&"", Some(number)) => format!("Chapter {number}"),
            (&"", None) => return None,
            (title, _) => escape(title),
        };
        Some(format!("<li><a href=\"#part-{}\">{label}</a></li>\n", index + 1))
    };
    let lines: String = parts.enumerate().filter_map(line).collect();
    format!("<nav>\n<ol>\n{lines}</ol>\n</nav>\n")
}

fn figure(
    id: &str,
    file: &Path,
    alt: &str,
    words: &str,
    binding: &Binding,
    out: &mut TextOutput,
) -> Result<(), BindError> {
    out.put(&format!("<figure id=\"{id}\">"))?;
    image(file, alt, binding, out)?;
    let caption = escape(&caption(words));
    let caption = match caption.as_str() {
        "" => String::new(),
        caption => format!("<figcaption>{caption}</figcaption>"),
    };
    out.put(&format!("{caption}</figure>\n"))
}

/// An element that has its picture within itself.
pub(crate) fn image(
    file: &Path,
    alt: &str,
    binding: &Binding,
    out: &mut TextOutput,
) -> Result<(), BindError> {
    let picture = Picture::inspect(file, binding.pictures)?;
    let (width, height) = picture.size;
    let media_type = if picture.extension() == "jpg" { "image/jpeg" } else { "image/png" };
    let alt = escape(alt.trim());
    out.put(&format!(
        "<img alt=\"{alt}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\" \
         src=\"data:{media_type};base64,"
    ))?;
    let mut encoder = EncoderWriter::new(&mut out.file, &STANDARD);
    let written = picture.write(file, binding.pictures, &mut encoder)?;
    let written: io::Result<()> = written.and_then(|()| encoder.finish().map(|_| ()));
    drop(encoder);
    written.and_then(|()| out.file.flush()).map_err(|source| out.failed(source))?;
    out.put("\">")
}

/// A page of a book on any screen, in the colours the reader prefers, and printable.
const STYLE: &str = "\
:root { color-scheme: light dark; }
body { max-width: 36rem; margin: 0 auto; padding: 1rem; font: 1.1rem/1.55 Georgia, 'Times New Roman', serif; }
header { margin: 20vh 0; text-align: center; }
h1, h2, h3 { font-weight: normal; line-height: 1.25; text-align: center; }
h2 { margin: 5rem 0 2rem; }
p { margin: 0; text-indent: 1.3em; hyphens: auto; }
h2 + p, h3 + p, figure + p, .break + p, header p, footer p { text-indent: 0; }
.verse { margin: 1rem 0 1rem 2rem; text-indent: 0; }
.break { margin: 1.2rem 0; text-align: center; text-indent: 0; }
figure { margin: 2.5rem 0; text-align: center; break-inside: avoid; }
figure img { max-width: 100%; max-height: 92vh; width: auto; height: auto; }
figcaption { margin: 0.6rem 8% 0; font-size: 0.85em; font-style: italic; line-height: 1.35; }
nav ol { padding: 0; list-style: none; }
nav a { color: inherit; }
footer { margin: 6rem 0 3rem; font-size: 0.9em; }
@media print { section { break-before: page; } header { margin: 30% 0; } }
";
