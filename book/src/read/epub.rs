//! Reads an EPUB 2 or 3 into a manuscript.
//!
//! Broken books are read as far as they make sense: a missing container, names in the wrong case, files
//! that are not there. Books that are locked are refused by the name of the lock.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use quick_xml::events::Event;

use super::ReadError;
use super::archive::Archive;
use super::block::{Declared, Document, Entry, Manuscript, declared};
use super::encoding::{Decoded, decode};
use super::nav::{self, Line};
use super::package::{self, CONTAINER, Package};
use super::promote::promote_if_unmarked;
use super::tokens::{Tokens, attribute};
use super::{markup, tokens};
use crate::mark;

/// Font obfuscation, which locks nothing.
const OBFUSCATIONS: [&str; 2] =
    ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// An EPUB that has been opened: its package, read.
pub(crate) struct Epub {
    pub archive: Archive,
    /// The package document's entry.
    pub package_path: String,
    pub package: Package,
    /// Names of the entries that an earlier binding added.
    pub ours: HashSet<String>,
}

impl Epub {
    /// Opens an EPUB and reads its package document.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let mut archive = Archive::open(path)?;
        refuse_locked(&mut archive)?;
        let container = text(&mut archive, CONTAINER)?;
        let named = container.and_then(|container| package::package_path(&container.text));
        let package_path = named
            .and_then(|path| archive.find(&path).map(str::to_owned))
            .or_else(|| archive.first_ending_in(".opf").map(str::to_owned))
            .ok_or(ReadError::NoPackage)?;
        let opf = text(&mut archive, &package_path)?.ok_or(ReadError::NoPackage)?;
        let stripped = mark::strip(&opf.text);
        let package = package::parse(&stripped, &package_path);
        let mut ours = HashSet::new();
        if stripped != opf.text {
            let items = package::parse(&opf.text, &package_path).items;
            ours.extend(
                items.into_iter().filter(|(id, _)| mark::is_our_id(id)).filter_map(|(_, i)| i.path),
            );
        }
        if package.spine.is_empty() {
            return Err(ReadError::NoSpine { entry: package_path });
        }
        Ok(Self { archive, package_path, package, ours })
    }
}

/// An entry as text; `None` if there is none of that name.
pub(crate) fn text(archive: &mut Archive, name: &str) -> Result<Option<Decoded>, ReadError> {
    Ok(archive.read(name)?.map(|bytes| decode(&bytes)))
}

/// Reads an EPUB.
pub(crate) fn read(path: &Path) -> Result<Manuscript, ReadError> {
    let mut epub = Epub::open(path)?;
    let package = &epub.package;
    let mut book = Manuscript {
        title: package.title.clone(),
        author: package.author.clone(),
        language: package.language.clone(),
        ..Manuscript::default()
    };
    let mut places = Places::default();
    for (id, linear) in &package.spine {
        let Some(item) = package.items.get(id) else { continue };
        if item.media_type.starts_with("image/") {
            continue;
        }
        let Some(path) = &item.path else { continue };
        let name = epub.archive.find(path).unwrap_or(path).to_owned();
        if places.documents.contains_key(&name) {
            continue;
        }
        let auxiliary = (!linear).then_some(Declared::Apart("auxiliary content"));
        read_document(&mut epub.archive, &name, auxiliary, &mut book, &mut places)?;
    }
    let lines = navigation(&mut epub.archive, &epub.package, &mut book, &places)?;
    book.contents = lines
        .into_iter()
        .filter_map(|line| {
            let at = places.find(&epub.archive, line.target.as_ref()?)?;
            Some(Entry { at: at.min(book.blocks.len()), label: line.label, depth: line.depth })
        })
        .collect();
    if book.contents.len() < 2 {
        promote_if_unmarked(&mut book.blocks, &book.title);
    }
    Ok(book)
}

/// Where ids are in the manuscript.
#[derive(Debug, Default)]
struct Places {
    /// Index of the document by the name of its entry.
    documents: HashMap<String, usize>,
    /// First block of each document, and its ids with the blocks they name.
    ids: Vec<(usize, HashMap<String, usize>)>,
}

impl Places {
    /// The block that a reference leads to. A fragment that is not there leads to its file.
    fn find(&self, archive: &Archive, target: &(String, Option<String>)) -> Option<usize> {
        let name = archive.find(&target.0)?;
        let (start, ids) = &self.ids[*self.documents.get(name)?];
        let inside = target.1.as_ref().and_then(|fragment| ids.get(fragment));
        Some(start + inside.copied().unwrap_or(0))
    }
}

fn read_document(
    archive: &mut Archive,
    name: &str,
    declared: Option<Declared>,
    book: &mut Manuscript,
    places: &mut Places,
) -> Result<(), ReadError> {
    let index = book.documents.len();
    let start = book.blocks.len();
    let content = text(archive, name)?;
    let missing = content.is_none();
    let content = content.map(|content| content.text).unwrap_or_default();
    let parsed = markup::parse(&mark::strip(&content))
        .map_err(|_| ReadError::TooDeep { entry: name.to_owned() })?;
    places.documents.insert(name.to_owned(), index);
    places.ids.push((start, parsed.ids));
    book.documents.push(Document { name: name.to_owned(), start, declared, missing });
    book.blocks.extend(parsed.blocks.into_iter().map(|mut block| {
        block.document = index;
        block
    }));
    if book.blocks.len() > markup::MAX_BLOCKS {
        return Err(ReadError::TooDeep { entry: name.to_owned() });
    }
    Ok(())
}

/// Reads the table of contents, and notes what landmarks and guide say of whole files.
fn navigation(
    archive: &mut Archive,
    package: &Package,
    book: &mut Manuscript,
    places: &Places,
) -> Result<Vec<Line>, ReadError> {
    let mut lines = Vec::new();
    let mut landmarks: Vec<(String, (String, Option<String>))> = Vec::new();
    if let Some(path) = &package.nav {
        if let Some(nav) = text(archive, path)? {
            let nav = nav::parse_nav(&mark::strip(&nav.text), path);
            lines = nav.contents;
            let targets = nav.landmarks.into_iter();
            landmarks.extend(targets.filter_map(|line| Some((line.kind, line.target?))));
        }
        if let Some(&document) = archive.find(path).and_then(|name| places.documents.get(name)) {
            book.documents[document].declared = Some(Declared::Apart("toc"));
        }
    }
    let useful = |lines: &[Line]| lines.iter().any(|line| line.target.is_some());
    if !useful(&lines)
        && let Some(path) = &package.ncx
        && let Some(ncx) = text(archive, path)?
    {
        lines = nav::parse_ncx(&mark::strip(&ncx.text), path);
    }
    landmarks.extend(package.guide.iter().cloned().map(|(kind, path, at)| (kind, (path, at))));
    for (kind, target) in landmarks {
        let Some(at) = places.find(archive, &target) else { continue };
        match declared(&kind, None) {
            // A landmark of the body is its start, not the whole of it.
            Some(Declared::Story(_)) => {
                book.body_start.get_or_insert(at);
            }
            Some(apart) if target.1.is_none() => {
                let document = archive.find(&target.0).and_then(|name| places.documents.get(name));
                if let Some(&document) = document {
                    book.documents[document].declared.get_or_insert(apart);
                }
            }
            _ => {}
        }
    }
    Ok(lines)
}

/// Refuses books whose text is encrypted; obfuscated fonts are no lock.
fn refuse_locked(archive: &mut Archive) -> Result<(), ReadError> {
    if archive.find("META-INF/sinf.xml").is_some() {
        return Err(ReadError::Locked { lock: "Apple FairPlay" });
    }
    let Some(encryption) = text(archive, "META-INF/encryption.xml")? else { return Ok(()) };
    let mut algorithm = String::new();
    let locked = Tokens::new(&encryption.text).any(|(event, _)| {
        let (Event::Start(tag) | Event::Empty(tag)) = event else { return false };
        match tag.local_name().as_ref() {
            "EncryptedData" => algorithm.clear(),
            "EncryptionMethod" => {
                algorithm = attribute(&tag, "Algorithm").unwrap_or_default();
            }
            "CipherReference" => {
                let uri = tokens::attribute(&tag, "URI").unwrap_or_default().to_lowercase();
                let is_font = [".otf", ".ttf", ".woff", ".woff2"].iter().any(|e| uri.ends_with(e));
                return !OBFUSCATIONS.contains(&algorithm.as_str()) && !is_font;
            }
            _ => {}
        }
        false
    });
    if !locked {
        return Ok(());
    }
    let rights =
        text(archive, "META-INF/rights.xml")?.map(|rights| rights.text).unwrap_or_default();
    let lock = if archive.find("META-INF/license.lcpl").is_some()
        || encryption.text.contains("readium.org/2014/01/lcp")
    {
        "Readium LCP"
    } else if rights.contains("kobo") {
        "Kobo"
    } else if rights.contains("ns.adobe.com/adept")
        || encryption.text.contains("ns.adobe.com/adept")
    {
        "Adobe ADEPT"
    } else {
        "an unknown scheme"
    };
    Err(ReadError::Locked { lock })
}
