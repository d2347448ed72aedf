//! The plates alone as one HTML file: a page of pictures by chapter, each of which opens large.

use std::path::Path;

use super::edits::escape;
use super::figure::{PORTRAITS, caption};
use super::html::{begin, image, paragraphs};
use super::output::TextOutput;
use super::place::paragraph;
use super::{BindError, Binding, Illustration};
use crate::read::Layout;

/// Writes the plates in the order of the book.
pub(crate) fn write(
    layout: &Layout,
    binding: &Binding,
    plates: &[&Illustration],
    output: &Path,
) -> Result<(), BindError> {
    let mut out = TextOutput::create(output)?;
    begin(layout, STYLE, &mut out)?;
    out.put("<main>\n")?;
    let mut last = 0;
    for (index, plate) in plates.iter().enumerate() {
        paragraph(layout, plate)?;
        if std::mem::replace(&mut last, plate.chapter) != plate.chapter {
            let end = if index == 0 { "" } else { "</div>\n</section>\n" };
            let heading = escape(&heading(layout, plate.chapter));
            let number = plate.chapter;
            out.put(&format!(
                "{end}<section id=\"chapter-{number}\">\n<h2>{heading}</h2>\n<div class=\"plates\">\n"
            ))?;
        }
        let before = index.checked_sub(1).and_then(|before| plates.get(before));
        one(plate, [before, plates.get(index + 1)], binding, &mut out)?;
    }
    let end = if plates.is_empty() { "" } else { "</div>\n</section>\n" };
    out.put(end)?;
    if !binding.portraits.is_empty() {
        out.put(&format!("<section>\n<h2>{PORTRAITS}</h2>\n<div class=\"plates\">\n"))?;
        for portrait in &binding.portraits {
            out.put("<figure>")?;
            image(&portrait.picture, &portrait.alt, binding, &mut out)?;
            let name = escape(&caption(&portrait.name));
            out.put(&format!("<figcaption>{name}</figcaption></figure>\n"))?;
        }
        out.put("</div>\n</section>\n")?;
    }
    out.put("</main>\n")?;
    let note: String =
        paragraphs(&binding.note).map(|p| format!("<p>{}</p>\n", escape(&p))).collect();
    out.put(&format!("<footer>\n{note}</footer>\n</body>\n</html>\n"))?;
    out.finish(0, binding.max_size)
}

/// A chapter's title, or its number.
fn heading(layout: &Layout, chapter: u32) -> String {
    let title = layout.book.chapters.get(chapter as usize - 1).map(|c| c.title.trim());
    match title.unwrap_or_default() {
        "" => format!("Chapter {chapter}"),
        title => title.to_owned(),
    }
}

/// A picture that is small among the others, and large when its address is the page's.
fn one(
    plate: &Illustration,
    neighbours: [Option<&&Illustration>; 2],
    binding: &Binding,
    out: &mut TextOutput,
) -> Result<(), BindError> {
    let id = id(plate);
    out.put(&format!("<figure id=\"{id}\"><a class=\"open\" href=\"#{id}\">"))?;
    image(&plate.picture, &plate.alt, binding, out)?;
    let caption = escape(&caption(&plate.quote));
    let [before, after] = neighbours;
    let link = |to: Option<&&Illustration>, class: &str, sign: &str, label: &str| match to {
        Some(to) => format!(
            "<a class=\"{class}\" href=\"#{}\" aria-label=\"{label}\">{sign}</a>",
            self::id(to)
        ),
        None => String::new(),
    };
    out.put(&format!(
        "</a><figcaption>{caption}</figcaption>{}{}<a class=\"close\" href=\"#chapter-{}\" \
         aria-label=\"Close\">×</a></figure>\n",
        link(before, "before", "‹", "Previous"),
        link(after, "after", "›", "Next"),
        plate.chapter
    ))
}

fn id(plate: &Illustration) -> String {
    format!("plate-{}-{}", plate.chapter, plate.concept)
}

/// Nothing but the style makes a picture large: the page works without scripts, from a disk, for ever.
const STYLE: &str = "\
:root { color-scheme: light dark; }
body { max-width: 75rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 Georgia, 'Times New Roman', serif; }
header { margin: 4rem 0; text-align: center; }
h1, h2 { font-weight: normal; line-height: 1.25; }
h2 { margin: 3rem 0 1rem; }
.plates { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 1.5rem; }
figure { margin: 0; }
figure img { display: block; width: 100%; height: auto; }
figcaption { margin-top: 0.5rem; font-size: 0.8rem; font-style: italic; line-height: 1.35; }
.before, .after, .close { display: none; }
figure:target { position: fixed; inset: 0; z-index: 1; display: flex; flex-direction: column; align-items: center;
  justify-content: center; padding: 1rem; background: Canvas; }
figure:target .open { min-height: 0; flex: 0 1 auto; display: flex; }
figure:target img { max-width: 100%; max-height: 100%; width: auto; margin: 0 auto; object-fit: contain; }
figure:target figcaption { max-width: 40rem; font-size: 1rem; text-align: center; }
figure:target .before, figure:target .after, figure:target .close { display: block; position: fixed; top: 50%;
  padding: 0.5rem 1rem; font-size: 2.5rem; line-height: 1; color: inherit; text-decoration: none; }
figure:target .before { left: 0; }
figure:target .after { right: 0; }
figure:target .close { top: 0; right: 0; }
footer { margin: 4rem 0 2rem; font-size: 0.9rem; }
@media print { figure { break-inside: avoid; } }
";
