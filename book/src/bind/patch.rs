//! Patches an EPUB: every entry that gets nothing new is copied as it is compressed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use quick_xml::events::Event;
use zip::{CompressionMethod, ZipArchive};

use super::edits::Edits;
use super::figure::{self, Figure};
use super::name::Names;
use super::ornament::{self, Placed};
use super::output::Output;
use super::package::{self, Additions};
use super::picture::Picture;
use super::place::paragraph;
use super::{BindError, Binding, Cover, Illustration};
use crate::mark::{self, PREFIX};
use crate::read::archive::is_safe;
use crate::read::encoding::Decoded;
use crate::read::epub::{Epub, text};
use crate::read::tokens::Tokens;
use crate::read::{Layout, ReadError};

/// Writes `source` with its pictures to `out`.
pub(crate) fn patch(
    source: &Path,
    layout: &Layout,
    binding: &Binding,
    plates: &[&Illustration],
    out: &mut Output,
) -> Result<(), BindError> {
    let mut epub = Epub::open(source)?;
    let folder = our_folder(&epub);
    let names = Names::of(plates);
    let mut figures = Vec::with_capacity(plates.len());
    let mut pictures = Vec::with_capacity(plates.len());
    let mut by_page: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (index, plate) in plates.iter().enumerate() {
        let (chapter, paragraph) = paragraph(layout, plate)?;
        let paragraph = &layout.paragraphs[chapter][paragraph];
        let (document, anchor) = (paragraph.document, paragraph.anchor);
        let picture = Picture::inspect(&plate.picture, binding.pictures)?;
        let name = format!("{}.{}", names.plate(plate), picture.extension());
        by_page.entry(document).or_default().push((anchor, index));
        figures.push(Figure {
            chapter: plate.chapter,
            concept: plate.concept,
            caption: figure::caption(&plate.quote),
            alt: plate.alt.trim().to_owned(),
            picture: format!("{folder}{name}"),
            size: picture.size,
            page: layout.manuscript.documents[document].name.clone(),
        });
        pictures.push(picture);
    }
    let (portraits, likenesses) = portraits(binding, &folder)?;
    pictures.extend(likenesses);
    let ornaments = ornament::placed(layout, binding, &folder)?;
    let added = Added { folder, figures, portraits, ornaments, note: &binding.note };
    let changed = added.changed_entries(&mut epub, layout, binding, &by_page)?;
    copy(source, &epub, &added, changed, out)?;
    let files = plates.iter().map(|plate| plate.picture.as_path());
    let files: Vec<_> =
        files.chain(binding.portraits.iter().map(|p| p.picture.as_path())).collect();
    added.write(&epub, binding, &files, &pictures, out)
}

/// The portraits of our page and their pictures.
fn portraits(binding: &Binding, folder: &str) -> Result<(Vec<Figure>, Vec<Picture>), BindError> {
    let mut figures = Vec::with_capacity(binding.portraits.len());
    let mut pictures = Vec::with_capacity(binding.portraits.len());
    for (portrait, nth) in binding.portraits.iter().zip(1..) {
        let picture = Picture::inspect(&portrait.picture, binding.pictures)?;
        figures.push(Figure {
            // No chapter has this number.
            chapter: 0,
            concept: nth,
            caption: figure::caption(&portrait.name),
            alt: portrait.alt.trim().to_owned(),
            picture: format!("{folder}portrait-{nth}.{}", picture.extension()),
            size: picture.size,
            page: page_in(folder),
        });
        pictures.push(picture);
    }
    Ok((figures, pictures))
}

/// Name of our page in our folder.
fn page_in(folder: &str) -> String {
    format!("{folder}illustrations.xhtml")
}

/// Our folder beside the package, with a slash at its end; another book's folder of that name is not
/// ours.
fn our_folder(epub: &Epub) -> String {
    let base = epub.package_path.rfind('/').map_or("", |slash| &epub.package_path[..=slash]);
    let free = |folder: &String| {
        let mut names = epub.archive.names().filter(|name| name.starts_with(folder.as_str()));
        names.all(|name| epub.ours.contains(name))
    };
    let numbered = (1..).map(|n| format!("{base}woodcut-{n}/"));
    std::iter::once(format!("{base}woodcut/")).chain(numbered).find(free).unwrap_or_default()
}

/// Everything that goes into the book.
struct Added<'a> {
    folder: String,
    figures: Vec<Figure>,
    portraits: Vec<Figure>,
    ornaments: Vec<Placed<'a>>,
    note: &'a str,
}

impl Added<'_> {
    /// Nothing goes in at all: then nothing is declared either.
    fn is_empty(&self) -> bool {
        self.figures.is_empty()
            && self.portraits.is_empty()
            && self.ornaments.is_empty()
            && self.note.trim().is_empty()
    }

    fn style(&self) -> String {
        format!("{}{}", self.folder, figure::STYLE_NAME)
    }

    fn page(&self) -> String {
        page_in(&self.folder)
    }

    /// The new content of every entry that changes, by name: those that get something, and those that
    /// had something of ours.
    fn changed_entries(
        &self,
        epub: &mut Epub,
        layout: &Layout,
        binding: &Binding,
        by_page: &BTreeMap<usize, Vec<(usize, usize)>>,
    ) -> Result<HashMap<String, Vec<u8>>, BindError> {
        let version = epub.package.version;
        let nav = epub.package.nav.clone().filter(|_| version >= 3);
        let ncx = epub.package.ncx.clone().filter(|_| nav.is_none());
        let nav = nav.and_then(|path| epub.archive.find(&path).map(str::to_owned));
        let ncx = ncx.and_then(|path| epub.archive.find(&path).map(str::to_owned));
        let mut changed = HashMap::new();
        for (index, document) in layout.manuscript.documents.iter().enumerate() {
            // The navigation document may be a page of the book as well.
            if nav.as_ref() == Some(&document.name) {
                continue;
            }
            let figures = by_page.get(&index).map(Vec::as_slice).unwrap_or_default();
            let Some(original) = text(&mut epub.archive, &document.name)? else { continue };
            let stripped = mark::strip(&original.text);
            let is_adorned = self.ornaments.iter().any(|ornament| ornament.document == index);
            let patched = if figures.is_empty() && !is_adorned {
                stripped.clone().into_owned()
            } else {
                self.illustrate(&stripped, version, (index, &document.name), figures)
            };
            keep_if_changed(&mut changed, &document.name, &original, &patched);
        }
        for (name, is_nav) in [(nav, true), (ncx, false)] {
            let Some(name) = name else { continue };
            let Some(original) = text(&mut epub.archive, &name)? else { continue };
            let stripped = mark::strip(&original.text).into_owned();
            let patched = match (self.is_empty(), is_nav) {
                (true, _) => stripped,
                (_, true) => package::patch_nav(&stripped, &name, &self.page(), &self.figures),
                (_, false) => package::patch_ncx(&stripped, &name, &self.page()),
            };
            keep_if_changed(&mut changed, &name, &original, &patched);
        }
        let name = epub.package_path.clone();
        let original = text(&mut epub.archive, &name)?.ok_or(ReadError::NoPackage)?;
        let stripped = mark::strip(&original.text);
        let patched = if self.is_empty() {
            stripped.into_owned()
        } else {
            let additions = Additions {
                path: &name,
                version,
                figures: &self.figures,
                portraits: &self.portraits,
                ornaments: &self.ornaments,
                style: &self.style(),
                page: &self.page(),
                cover: !self.figures.is_empty()
                    && match binding.cover {
                        Cover::Never => false,
                        Cover::IfMissing => !package::has_cover(&stripped),
                        Cover::Always => true,
                    },
                fallback_date: &binding.fallback_date,
            };
            package::patch(&stripped, stripped != original.text, &additions)
        };
        keep_if_changed(&mut changed, &name, &original, &patched);
        Ok(changed)
    }

    /// A page with its pictures and the link to our stylesheet; `document` is its index and its name.
    fn illustrate(
        &self,
        page: &str,
        version: u8,
        document: (usize, &str),
        figures: &[(usize, usize)],
    ) -> String {
        let mut edits = Edits::default();
        let mut head_end = None;
        let mut namespace = "";
        for (event, span) in Tokens::new(page) {
            match event {
                Event::Start(tag)
                    if tag.local_name().as_ref().eq_ignore_ascii_case("html")
                        && tag.name().prefix().is_some() =>
                {
                    namespace = r#" xmlns="http://www.w3.org/1999/xhtml""#;
                }
                Event::End(tag) if tag.local_name().as_ref().eq_ignore_ascii_case("head") => {
                    head_end.get_or_insert(span.start);
                }
                _ => {}
            }
        }
        if let Some(at) = head_end {
            let href = figure::relative(document.1, &self.style());
            let href = super::edits::escape(&href);
            edits.element(
                at,
                &format!(
                    r#"<link{namespace} id="{PREFIX}link" rel="stylesheet" type="text/css" href="{href}"/>"#
                ),
            );
        }
        for ornament in self.ornaments.iter().filter(|ornament| ornament.document == document.0) {
            edits.element(ornament.anchor, &ornament.markup(version, namespace));
        }
        for (anchor, index) in figures {
            edits.element(*anchor, &self.figures[*index].markup(version, namespace));
        }
        edits.apply(page)
    }

    /// Our stylesheet, with what it takes for each initial.
    fn styles(&self) -> String {
        let mut styles = figure::STYLE.to_owned();
        if !self.ornaments.is_empty() {
            styles.push_str(ornament::STYLE);
        }
        styles.extend(self.ornaments.iter().map(|ornament| ornament.initial(&self.style())));
        styles
    }

    /// Our own entries, after all others.
    fn write(
        &self,
        epub: &Epub,
        binding: &Binding,
        files: &[&Path],
        pictures: &[Picture],
        out: &mut Output,
    ) -> Result<(), BindError> {
        if self.is_empty() {
            return Ok(());
        }
        out.text(&self.style(), self.styles().as_bytes())?;
        let package = &epub.package;
        let page = figure::page(
            &self.figures,
            &self.portraits,
            self.note,
            &self.page(),
            package.version,
            package.language.as_deref(),
        );
        out.text(&self.page(), page.as_bytes())?;
        let figures = self.figures.iter().chain(&self.portraits);
        let plates = files.iter().zip(pictures).zip(figures);
        let plates = plates.map(|((file, picture), figure)| (&figure.picture, *file, picture));
        let ornaments = self.ornaments.iter().flat_map(|ornament| &ornament.pictures);
        let ornaments = ornaments.map(|(name, file, picture)| (name, *file, picture));
        for (name, file, picture) in plates.chain(ornaments) {
            out.start(name, CompressionMethod::Stored)?;
            let written = picture.write(file, binding.pictures, &mut out.zip)?;
            written.map_err(|source| out.failed(source))?;
        }
        Ok(())
    }
}

fn keep_if_changed(
    changed: &mut HashMap<String, Vec<u8>>,
    name: &str,
    original: &Decoded,
    patched: &str,
) {
    if patched != original.text {
        changed.insert(name.to_owned(), original.encode(patched));
    }
}

/// Copies every entry that stays, in its order; our old ones go, and so do names that lead outside.
fn copy(
    source: &Path,
    epub: &Epub,
    added: &Added,
    mut changed: HashMap<String, Vec<u8>>,
    out: &mut Output,
) -> Result<(), BindError> {
    let io = |error| ReadError::Io { path: source.to_owned(), source: error };
    let zip = |error| ReadError::Zip { path: source.to_owned(), source: error };
    let file = File::open(source).map_err(io)?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(zip)?;
    out.zip.set_raw_comment(archive.comment().into()).map_err(|error| out.zip_failed(error))?;
    let mut written: HashSet<String> = HashSet::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(zip)?;
        let name = entry.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        let ours = epub.ours.contains(&name) || name.starts_with(&added.folder);
        if !is_safe(&name) || ours || !written.insert(name.clone()) {
            continue;
        }
        match changed.remove(&name) {
            Some(content) => {
                drop(entry);
                out.text(&name, &content)?;
            }
            None => out.zip.raw_copy_file(entry).map_err(|error| out.zip_failed(error))?,
        }
    }
    Ok(())
}
