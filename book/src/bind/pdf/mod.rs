//! The plates as a picture book in PDF: typeset captions, contents, bookmarks, embedded fonts.
//!
//! [`sheet`] decides where everything stands, [`letters`] how text is set; here it is drawn. Every
//! picture has its alternative text in the tag tree. The document is made in memory with [`places`] for
//! the pictures, which are read one after the other when it is written.

mod letters;
mod matter;
mod places;
mod sheet;
mod strip;

use std::io;
use std::num::NonZeroU16;
use std::path::Path;

use krilla::Document;
use krilla::SerializeSettings;
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::luma;
use krilla::destination::XyzDestination;
use krilla::geom::{Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagTree,
};

use lopdf::Stream;

use super::figure::{PORTRAITS, caption};
use super::html::paragraphs;
use super::output::TextOutput;
use super::picture::Picture;
use super::place::paragraph;
use super::{BindError, Binding, Illustration};
use crate::read::Layout;
use letters::{Letters, Line};
use sheet::{Area, Item, Panel, Role, Sheet, Text};

/// Writes the plates in the order of the book.
pub(crate) fn write(
    layout: &Layout,
    binding: &Binding,
    plates: &[&Illustration],
    output: &Path,
) -> Result<(), BindError> {
    let given = font(binding)?;
    let letters = with_font(binding, given.as_deref())?;
    let mut pictures = Vec::with_capacity(plates.len());
    let mut panels = Vec::with_capacity(plates.len());
    let mut last = 0;
    for plate in plates {
        paragraph(layout, plate)?;
        let picture = Picture::inspect(&plate.picture, binding.pictures)?;
        let begins = std::mem::replace(&mut last, plate.chapter) != plate.chapter;
        let heading = begins.then(|| heading(layout, plate.chapter, &letters));
        let caption = printable(&letters, caption(&plate.quote));
        panels.push(Panel { size: picture.size, caption, heading });
        pictures.push((picture, plate.picture.as_path(), plate.alt.as_str()));
    }
    for (nth, portrait) in binding.portraits.iter().enumerate() {
        let picture = Picture::inspect(&portrait.picture, binding.pictures)?;
        let heading = (nth == 0).then(|| PORTRAITS.to_owned());
        let caption = printable(&letters, caption(&portrait.name));
        panels.push(Panel { size: picture.size, caption, heading });
        pictures.push((picture, portrait.picture.as_path(), portrait.alt.as_str()));
    }
    let book = &layout.book;
    let text = Text {
        title: printable(&letters, caption(&book.title)),
        author: printable(&letters, caption(&book.author)),
        note: paragraphs(&binding.note).map(|text| printable(&letters, text)).collect(),
    };
    let sheets = sheet::lay_out(binding.layout, &text, &panels, &letters);
    let mut press = Press { document: document(layout), tags: TagTree::new(), pictures };
    let mut outline = Outline::new();
    for (title, page, y) in &sheets.chapters {
        let place = XyzDestination::new(*page, Point::from_xy(0.0, *y));
        outline.push_child(OutlineNode::new(title.clone(), place));
    }
    for sheet in sheets.sheets {
        press.page(sheet, output)?;
    }
    press.document.set_outline(outline);
    press.document.set_tag_tree(press.tags.with_lang(book.language.clone()));
    let bytes = press.document.finish().map_err(|error| refused(output, &format!("{error:?}")))?;
    let mut out = TextOutput::create(output)?;
    let stream = |number: usize| -> Result<Stream, Failure> {
        let (picture, file, _) =
            press.pictures.get(number).ok_or(io::Error::other("a place without a picture"))?;
        Ok(stream(picture, file, binding)?)
    };
    places::write(&bytes, stream, &mut out.file).map_err(|failure| match failure {
        Failure::Bind(error) => error,
        Failure::Write(source) => out.failed(source),
    })?;
    out.finish(0, binding.max_size)
}

/// The letters of titles and captions that no font at hand has, each once.
pub(crate) fn unprintable(binding: &Binding) -> Result<String, BindError> {
    let given = font(binding)?;
    let letters = with_font(binding, given.as_deref())?;
    let captions = binding.illustrations.iter().map(|plate| caption(&plate.quote));
    let mut missing: Vec<char> =
        captions.flat_map(|caption| letters.lacks(&caption).collect::<Vec<_>>()).collect();
    missing.sort_unstable();
    missing.dedup();
    Ok(missing.into_iter().collect())
}

fn font(binding: &Binding) -> Result<Option<Vec<u8>>, BindError> {
    let read = |path: &std::path::PathBuf| {
        std::fs::read(path).map_err(|source| BindError::Font { path: path.clone(), source })
    };
    binding.font.as_ref().map(read).transpose()
}

fn with_font<'d>(binding: &Binding, given: Option<&'d [u8]>) -> Result<Letters<'d>, BindError> {
    Letters::new(given).ok_or_else(|| BindError::Font {
        path: binding.font.clone().unwrap_or_default(),
        source: std::io::Error::other("this is no TrueType or OpenType font"),
    })
}

/// A sentence of which letters are missing is another sentence: it is left out.
fn printable(letters: &Letters, text: String) -> String {
    if letters.has(&text) { text } else { String::new() }
}

/// The title of a chapter, or its number where it has none that can be printed.
fn heading(layout: &Layout, chapter: u32, letters: &Letters) -> String {
    let title = layout.book.chapters.get(chapter as usize - 1).map(|c| c.title.as_str());
    match printable(letters, caption(title.unwrap_or_default())) {
        title if title.is_empty() => format!("Chapter {chapter}"),
        title => title,
    }
}

fn document(layout: &Layout) -> Document {
    let book = &layout.book;
    let mut document = Document::new_with(SerializeSettings {
        enable_tagging: true,
        ..SerializeSettings::default()
    });
    let mut metadata = Metadata::new()
        .title(book.title.clone())
        .producer("woodcut".to_owned())
        .document_id(super::new_epub::identifier(layout));
    if !book.author.is_empty() {
        metadata = metadata.authors(vec![book.author.clone()]);
    }
    if let Some(language) = &book.language {
        metadata = metadata.language(language.clone());
    }
    document.set_metadata(metadata);
    document
}

fn refused(output: &Path, reason: &str) -> BindError {
    let source = std::io::Error::other(reason.to_owned());
    BindError::Write { path: output.to_owned(), source }
}

/// Why a picture could not be put in its place.
enum Failure {
    Bind(BindError),
    Write(io::Error),
}

impl From<BindError> for Failure {
    fn from(error: BindError) -> Self {
        Self::Bind(error)
    }
}

impl From<io::Error> for Failure {
    fn from(source: io::Error) -> Self {
        Self::Write(source)
    }
}

/// The picture as the document holds it.
fn stream(picture: &Picture, file: &Path, binding: &Binding) -> Result<Stream, BindError> {
    let failed =
        |source: io::Error| BindError::Picture { path: file.to_owned(), source: source.into() };
    let mut bytes = Vec::new();
    picture.write(file, binding.pictures, &mut bytes)?.map_err(failed)?;
    let stream = match picture.extension() {
        "jpg" => places::jpeg(bytes),
        _ => places::png(&bytes),
    };
    if let Some(stream) = stream {
        return Ok(stream);
    }
    places::pixels(&picture.pixels(file)?).map_err(failed)
}

/// What draws the pages.
struct Press<'a> {
    document: Document,
    tags: TagTree,
    /// Each with its file and its alternative text.
    pictures: Vec<(Picture, &'a Path, &'a str)>,
}

impl Press<'_> {
    fn page(&mut self, sheet: Sheet, output: &Path) -> Result<(), BindError> {
        let settings = PageSettings::from_wh(sheet.size.0, sheet.size.1)
            .ok_or_else(|| refused(output, "a page without a size"))?;
        let mut page = self.document.start_page_with(settings);
        let mut links = Vec::new();
        let mut surface = page.surface();
        for item in sheet.items {
            match item {
                Item::Text { role, size, lines } => {
                    text(&mut surface, &mut self.tags, role, size, &lines);
                }
                Item::Link { area, page } => links.push((area, page)),
                Item::Picture { panel, area } => {
                    let alt = self.pictures[panel].2;
                    let image = places::place(panel)
                        .ok_or_else(|| refused(output, "it has too many pictures"))?;
                    let drawn = picture(&mut surface, image, area);
                    let figure = Tag::Figure(Some(alt.trim().to_owned()));
                    self.tags.push(TagGroup::with_children(figure, vec![drawn.into()]));
                }
            }
        }
        surface.finish();
        for (area, target) in links {
            let Some(rect) = Rect::from_xywh(area.x, area.y, area.width, area.height) else {
                continue;
            };
            let place = XyzDestination::new(target, Point::from_xy(0.0, 0.0));
            let link = LinkAnnotation::new(rect, Target::Destination(place.into()));
            page.add_annotation(Annotation::new_link(link, None));
        }
        page.finish();
        Ok(())
    }
}

fn picture(surface: &mut Surface, image: Image, area: Area) -> Identifier {
    let drawn = surface.start_tagged(ContentTag::Other);
    surface.push_transform(&Transform::from_translate(area.x, area.y));
    if let Some(size) = Size::from_wh(area.width, area.height) {
        surface.draw_image(image, size);
    }
    surface.pop();
    surface.end_tagged();
    drawn
}

fn text(
    surface: &mut Surface,
    tags: &mut TagTree,
    role: Role,
    size: f32,
    lines: &[(f32, f32, Line)],
) {
    let shade = if matches!(role, Role::Apart) { 110 } else { 25 };
    surface.set_fill(Some(Fill { paint: luma::Color::new(shade).into(), ..Fill::default() }));
    let tag = match role {
        Role::Apart => ContentTag::Artifact(Artifact::new(ArtifactType::PaginationOther, None)),
        _ => ContentTag::Span(SpanTag::empty()),
    };
    let drawn = surface.start_tagged(tag);
    for (x, y, line) in lines {
        let mut x = *x;
        for run in &line.runs {
            let start = Point::from_xy(x, *y);
            surface.draw_glyphs(start, &run.glyphs, run.font.clone(), &run.text, size, false);
            x += run.width;
        }
    }
    surface.end_tagged();
    let children = vec![drawn.into()];
    let level = |level| Tag::Hn(NonZeroU16::MIN.saturating_add(level), None);
    tags.push(match role {
        Role::Apart => return,
        Role::Title => TagGroup::with_children(level(0), children),
        Role::Heading => TagGroup::with_children(level(1), children),
        Role::Caption => TagGroup::with_children(Tag::Caption, children),
        Role::Paragraph | Role::Entry => TagGroup::with_children(Tag::P, children),
    });
}
