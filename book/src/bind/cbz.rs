//! The plates alone, as a comic book archive: a page each, with what readers of comics want to know.

use std::path::Path;

use zip::CompressionMethod;

use super::edits::escape;
use super::output::Output;
use super::picture::Picture;
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
    let mut pages = Vec::with_capacity(plates.len());
    for (index, plate) in plates.iter().enumerate() {
        paragraph(layout, plate)?;
        let picture = Picture::inspect(&plate.picture, binding.pictures)?;
        // Programs sort pages by name: zeros keep the order beyond any count of pages.
        let name = format!(
            "{:06}-{:04}-{}.{}",
            index + 1,
            plate.chapter,
            plate.concept,
            picture.extension()
        );
        pages.push((name, picture, *plate));
    }
    let mut out = Output::create(output)?;
    out.text("ComicInfo.xml", info(layout, binding, &pages).as_bytes())?;
    for (name, picture, plate) in &pages {
        out.start(name, CompressionMethod::Stored)?;
        let written = picture.write(&plate.picture, binding.pictures, &mut out.zip)?;
        written.map_err(|source| out.failed(source))?;
    }
    out.finish()
}

/// `ComicInfo.xml`, version 2.0 of the schema; a bookmark where a chapter begins.
fn info(layout: &Layout, binding: &Binding, pages: &[(String, Picture, &Illustration)]) -> String {
    let book = &layout.book;
    let element = |name: &str, value: &str| match value.trim() {
        "" => String::new(),
        value => format!("  <{name}>{}</{name}>\n", escape(value)),
    };
    let mut last = 0;
    let list: String = pages
        .iter()
        .enumerate()
        .map(|(index, (_, picture, plate))| {
            let (width, height) = picture.size;
            let begins = std::mem::replace(&mut last, plate.chapter) != plate.chapter;
            let title = book.chapters.get(plate.chapter as usize - 1).map(|c| c.title.as_str());
            let title = title.filter(|title| begins && !title.is_empty());
            let bookmark = title.map(|title| format!(" Bookmark=\"{}\"", escape(title)));
            format!(
                "    <Page Image=\"{index}\" Type=\"Story\" ImageWidth=\"{width}\" ImageHeight=\"{height}\"{}/>\n",
                bookmark.unwrap_or_default()
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <ComicInfo xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n{}{}{}  <PageCount>{}</PageCount>\n{}  <Manga>No</Manga>\n  <Pages>\n{list}  </Pages>\n</ComicInfo>\n",
        element("Title", &book.title),
        element("Notes", &binding.note),
        element("Writer", &book.author),
        pages.len(),
        element(
            "LanguageISO",
            book.language.as_deref().unwrap_or("").split('-').next().unwrap_or("")
        ),
    )
}
