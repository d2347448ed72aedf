//! Reads a PDF: text that knows where it stands on a page becomes headings and paragraphs again.
//!
//! `lopdf` opens the file and decodes fonts; [`page`] follows the text of each page, [`layout`] tells
//! running heads, headings and paragraphs apart, [`outline`] reads the bookmarks, which are the table of
//! contents. Pictures are dropped while the file is loaded.
//!
//! **Invariant:** what a file can cost is bounded: its size, each stream, all streams together, the
//! depth of forms and bookmarks.

mod font;
mod layout;
mod outline;
mod page;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use lopdf::{Dictionary, Document as Pdf, LoadOptions, Object, ObjectId};

use super::ReadError;
use super::block::{Document, Manuscript};
use super::run::collapse;
use page::Pages;

/// Bytes of a file that is read. Larger ones are scans.
const MAX_FILE: u64 = 96 << 20;
/// Bytes one stream may inflate to.
pub(super) const MAX_STREAM: usize = 16 << 20;
/// Letters on an average page, below which a book is pictures of text.
const LETTERS: usize = 25;

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Manuscript, ReadError> {
    let pdf = open(path)?;
    let pages: Vec<ObjectId> = pdf.page_iter().take(page::MAX_PAGES).collect();
    let lines = Pages::new(&pdf).lines(&pages);
    let letters: usize =
        lines.iter().map(|line| line.text.chars().filter(|c| c.is_alphabetic()).count()).sum();
    if letters < LETTERS * pages.len() {
        return Err(match has_pictures(&pdf) {
            true => ReadError::Scanned { path: path.to_owned() },
            false => ReadError::NoText { path: path.to_owned() },
        });
    }
    let laid_out = layout::blocks(lines, pages.len());
    let mut book = Manuscript {
        title: information(&pdf, b"Title").filter(|title| is_title(title)).unwrap_or_default(),
        author: information(&pdf, b"Author").unwrap_or_default(),
        language: pdf.catalog().ok().and_then(|catalog| text(catalog, b"Lang")),
        documents: vec![Document::default()],
        ..Manuscript::default()
    };
    book.contents = outline::entries(&pdf, &pages, &laid_out);
    book.blocks = laid_out.blocks;
    if book.title.is_empty() {
        book.title = laid_out.title;
    }
    Ok(book)
}

fn open(path: &Path) -> Result<Pdf, ReadError> {
    let io = |source| ReadError::Io { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).map_err(io)?.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_FILE {
        let entry = path.display().to_string();
        return Err(ReadError::TooLarge { entry, limit_mib: MAX_FILE >> 20 });
    }
    let options = LoadOptions {
        filter: Some(without_picture),
        max_decompressed_size: Some(MAX_STREAM),
        ..LoadOptions::default()
    };
    let damaged = |source: lopdf::Error| ReadError::Pdf { path: path.to_owned(), source };
    match Pdf::load_mem_with_options(&bytes, options) {
        Ok(pdf) if pdf.is_encrypted() => Err(ReadError::Locked { lock: lock(&bytes) }),
        Ok(pdf) => Ok(pdf),
        Err(lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_)) => {
            Err(ReadError::Locked { lock: lock(&bytes) })
        }
        Err(source) => Err(damaged(source)),
    }
}

/// The name of a lock, by the handler that the file names.
fn lock(bytes: &[u8]) -> &'static str {
    let names = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    if names(b"EBX_HANDLER") || names(b"ADEPT") {
        "Adobe ADEPT"
    } else if names(b"FOPN_f") {
        "FileOpen"
    } else {
        "a PDF password"
    }
}

/// Pictures are not read: of one, only its description stays.
fn without_picture(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    if let Object::Stream(stream) = object
        && stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image")
    {
        stream.content = Vec::new();
    }
    // What counts is the object as it was left; what is returned only says that it stays.
    Some((id, Object::Null))
}

fn has_pictures(pdf: &Pdf) -> bool {
    pdf.objects.values().any(|object| {
        let dict = object.as_stream().map(|stream| &stream.dict);
        dict.and_then(|dict| dict.get(b"Subtype"))
            .and_then(Object::as_name)
            .is_ok_and(|name| name == b"Image")
    })
}

/// An entry of the document information.
fn information(pdf: &Pdf, key: &[u8]) -> Option<String> {
    let info = pdf.trailer.get(b"Info").and_then(|info| pdf.dereference(info)).ok()?;
    text(info.1.as_dict().ok()?, key)
}

/// A text string of a dictionary, if there is anything in it.
pub(super) fn text(dict: &Dictionary, key: &[u8]) -> Option<String> {
    let text = lopdf::decode_text_string(dict.get(key).ok()?).ok()?;
    Some(collapse(&text)).filter(|text| !text.is_empty())
}

/// What programs write where nobody gave a title is none.
fn is_title(title: &str) -> bool {
    let title = title.to_lowercase();
    let endings = [".doc", ".docx", ".pdf", ".tex", ".dvi", ".indd", ".qxd", ".rtf", ".txt"];
    let by_a_program = title.starts_with("microsoft word") || title.starts_with("untitled");
    !by_a_program && endings.iter().all(|ending| !title.ends_with(ending))
}
