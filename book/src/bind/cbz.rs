//! The plates alone, as a comic book archive: a page each, with what readers of comics want to know.

use std::path::Path;

use zip::CompressionMethod;

use super::edits::escape;
use super::figure::PORTRAITS;
use super::name::{Names, numbered};
use super::output::Output;
use super::picture::Picture;
use super::place::paragraph;
use super::{BindError, Binding, Illustration};
use crate::read::Layout;

/// One page of the archive.
struct Page<'a> {
    name: String,
    picture: Picture,
    file: &'a Path,
    /// Number of its chapter; `None` in the appendix.
    chapter: Option<u32>,
}

/// Writes the plates in the order of the book.
pub(crate) fn write(
    layout: &Layout,
    binding: &Binding,
    plates: &[&Illustration],
    output: &Path,
) -> Result<(), BindError> {
    let mut pages = Vec::with_capacity(plates.len());
    let names = Names::of(plates);
    let count = plates.len() + binding.portraits.len();
    for (index, plate) in plates.iter().enumerate() {
        paragraph(layout, plate)?;
        let picture = Picture::inspect(&plate.picture, binding.pictures)?;
        // Programs sort pages by name.
        let page = numbered(index + 1, count);
        let name = format!("{page}-{}.{}", names.plate(plate), picture.extension());
        let file = plate.picture.as_path();
        pages.push(Page { name, picture, file, chapter: Some(plate.chapter) });
    }
    for portrait in &binding.portraits {
        let picture = Picture::inspect(&portrait.picture, binding.pictures)?;
        let page = numbered(pages.len() + 1, count);
        let name = format!("{page}-portrait.{}", picture.extension());
        pages.push(Page { name, picture, file: &portrait.picture, chapter: None });
    }
    let mut out = Output::create(output)?;
    out.text("ComicInfo.xml", info(layout, binding, &pages).as_bytes())?;
    for Page { name, picture, file, .. } in &pages {
        out.start(name, CompressionMethod::Stored)?;
        let written = picture.write(file, binding.pictures, &mut out.zip)?;
        written.map_err(|source| out.failed(source))?;
    }
    out.finish(binding.max_size)
}

/// `ComicInfo.xml`, version 2.0 of the schema; a bookmark where a chapter begins.
fn info(layout: &Layout, binding: &Binding, pages: &[Page<'_>]) -> String {
    let book = &layout.book;
    let element = |name: &str, value: &str| match value.trim() {
        "" => String::new(),
        value => format!("  <{name}>{}</{name}>\n", escape(value)),
    };
    let mut last = None;
    let list: String = pages
        .iter()
        .enumerate()
        .map(|(index, page)| {
            let (width, height) = page.picture.size;
            let begins = last.replace(page.chapter) != Some(page.chapter);
            let title = match page.chapter {
                Some(number) => book.chapters.get(number as usize - 1).map(|c| c.title.as_str()),
                None => Some(PORTRAITS),
            };
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
