//! Reads a Kindle book: MOBI, AZW and AZW3.
//!
//! A file holds an old book (one page of HTML), a new one (KF8: files in pieces), or both; the new one
//! is read where there is one. Either becomes documents of markup, with anchors where the table of
//! contents points, and from there on is read as any other.

mod database;
mod header;
mod huffman;
mod index;
mod kf8;

use std::path::Path;

use super::ReadError;
use super::block::{Document, Entry, Manuscript};
use super::encoding::decode;
use super::markup;
use super::promote::promote_if_unmarked;
use super::run::collapse;
use crate::mark;
use database::Database;
use header::{Compression, Header};
use huffman::Huffman;
use index::Index;

/// Bytes the text of a book may inflate to.
const MAX_TEXT: usize = 32 << 20;
/// The start of the ids that we put where the contents point.
const ANCHOR: &str = "contents-";

/// The files of a book, each with the byte of the text at which it starts.
type Files = Vec<(usize, Vec<u8>)>;
/// The table of contents: byte of the text, depth, label.
type Contents = Vec<(usize, usize, String)>;

/// Reads a book.
pub(crate) fn read(path: &Path) -> Result<Manuscript, ReadError> {
    let mut database = Database::open(path)?;
    let record = database.needed(0, "it has no header")?;
    let old = Header::parse(&record).ok_or_else(|| database.damaged("its header is not one"))?;
    let (start, header) = match new_book(&mut database, &old)? {
        Some(new) => new,
        None => (0, old),
    };
    if header.locked {
        return Err(ReadError::Locked { lock: "Amazon Kindle" });
    }
    let raw = text(&mut database, start, &header)?;
    let contents = match header.contents {
        Some(number) => Index::read(&mut database, start + number)?,
        None => Index::default(),
    };
    let (files, contents) = if header.version >= 8 {
        kf8::files(&mut database, start, &header, raw, &contents)?
    } else {
        let contents = contents.entries.iter().filter_map(|entry| {
            Some((
                entry.value(1, 0)?,
                entry.value(4, 0).unwrap_or(0),
                label(&contents, entry, header.utf8),
            ))
        });
        let contents: Contents =
            contents.filter_map(|(at, depth, label)| Some((at, depth, label?))).collect();
        (pages(&raw), contents)
    };
    manuscript(&header, &files, contents)
}

/// The header of the new book behind the old one, and the number of its record.
fn new_book(database: &mut Database, old: &Header) -> Result<Option<(usize, Header)>, ReadError> {
    let boundary = old.value(121).and_then(|value| database::u32_at(value, 0));
    let Some(start) =
        boundary.map(|start| start as usize).filter(|&start| start != 0 && start < database.len())
    else {
        return Ok(None);
    };
    let before = database.record(start - 1)?;
    if old.version >= 8 || before.as_deref().is_none_or(|record| !record.starts_with(b"BOUNDARY")) {
        return Ok(None);
    }
    let header = database.record(start)?.and_then(|record| Header::parse(&record));
    Ok(header.filter(|header| header.version >= 8).map(|header| (start, header)))
}

/// The whole text of a book, as bytes.
fn text(database: &mut Database, start: usize, header: &Header) -> Result<Vec<u8>, ReadError> {
    let nonsense = |database: &Database| database.damaged("its text cannot be decompressed");
    let Some(compression) = header.compression else { return Err(nonsense(database)) };
    let huffman = match compression {
        Compression::Huffman { first, count } => {
            let codes = database.needed(start + first, "its dictionary is missing")?;
            let mut dictionaries = Vec::new();
            for nth in 1..count.min(1024) {
                dictionaries
                    .push(database.needed(start + first + nth, "its dictionary is cut short")?);
            }
            Some(Huffman::new(&codes, &dictionaries).map_err(|_| nonsense(database))?)
        }
        _ => None,
    };
    let mut text = Vec::new();
    for nth in 1..=header.records {
        let record = database.needed(start + nth, "its text is cut short")?;
        let record = without_trailers(&record, header.trailers);
        match (compression, &huffman) {
            (_, Some(huffman)) => {
                text.extend(huffman.inflate(record).map_err(|_| nonsense(database))?);
            }
            (Compression::Palm, _) => text
                .extend(palmdoc_compression::decompress(record).map_err(|_| nonsense(database))?),
            _ => text.extend_from_slice(record),
        }
        if text.len() > MAX_TEXT {
            let limit_mib = (MAX_TEXT >> 20) as u64;
            return Err(ReadError::TooLarge { entry: "its text".to_owned(), limit_mib });
        }
    }
    Ok(text)
}

/// A record without the data that follow its text.
fn without_trailers(record: &[u8], trailers: u16) -> &[u8] {
    let mut rest = record;
    for _ in 0..(trailers >> 1).count_ones() {
        let tail = &rest[rest.len().saturating_sub(4)..];
        let size = tail.iter().fold(0_usize, |size, byte| {
            let size = if byte & 0x80 != 0 { 0 } else { size };
            size << 7 | (byte & 0x7f) as usize
        });
        rest = &rest[..rest.len().saturating_sub(size)];
    }
    if trailers & 1 != 0
        && let Some(last) = rest.last()
    {
        // The bytes of a letter that was cut in two, and how many they are.
        rest = &rest[..rest.len().saturating_sub((last & 3) as usize + 1)];
    }
    rest
}

/// The pages of an old book, which is one text with marks where a page begins.
fn pages(raw: &[u8]) -> Files {
    const BREAK: &[u8] = b"<mbp:pagebreak";
    let mut starts: Vec<usize> = vec![0];
    let mut at = 0;
    while let Some(found) =
        raw[at..].windows(BREAK.len()).position(|w| w.eq_ignore_ascii_case(BREAK))
    {
        starts.push(at + found);
        at += found + BREAK.len();
    }
    let ends = starts[1..].iter().copied().chain([raw.len()]);
    starts.iter().zip(ends).map(|(&start, end)| (start, raw[start..end].to_vec())).collect()
}

/// The label of a line of the contents.
fn label(index: &Index, entry: &index::Entry, utf8: bool) -> Option<String> {
    let label = index.text(entry.value(3, 0)?)?;
    Some(collapse(&decoded(label, utf8)))
}

fn decoded(bytes: &[u8], utf8: bool) -> String {
    if utf8 {
        String::from_utf8_lossy(bytes).into_owned()
    } else {
        encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
    }
}

/// Puts the files together, each with the byte of the text at which it starts.
fn manuscript(
    header: &Header,
    files: &[(usize, Vec<u8>)],
    mut contents: Contents,
) -> Result<Manuscript, ReadError> {
    contents.sort_by_key(|(at, ..)| *at);
    let said =
        |number: u32| header.values(number).map(|value| collapse(&decoded(value, header.utf8)));
    let mut book = Manuscript {
        title: said(503).next().unwrap_or_else(|| collapse(&decoded(&header.title, header.utf8))),
        author: said(100).collect::<Vec<_>>().join(", "),
        language: said(524).next().filter(|language| !language.is_empty()),
        ..Manuscript::default()
    };
    let mut lines = contents.into_iter().peekable();
    for (nth, (start, file)) in files.iter().enumerate() {
        let last = nth + 1 == files.len();
        let end = start + file.len();
        let mut here = Vec::new();
        while let Some(line) = lines.next_if(|(at, ..)| *at < end || last) {
            here.push(line);
        }
        add_file(&mut book, header.utf8, *start, file, &here)?;
    }
    if book.contents.len() < 2 {
        promote_if_unmarked(&mut book.blocks, &book.title);
    }
    Ok(book)
}

/// Reads one file, with anchors where the contents point.
fn add_file(
    book: &mut Manuscript,
    utf8: bool,
    start: usize,
    file: &[u8],
    contents: &[(usize, usize, String)],
) -> Result<(), ReadError> {
    let mut anchored = Vec::with_capacity(file.len());
    let mut done = 0;
    for (nth, (at, ..)) in contents.iter().enumerate() {
        let at = tag_start(file, at.saturating_sub(start).min(file.len())).max(done);
        anchored.extend_from_slice(&file[done..at]);
        anchored.extend(format!("<a id=\"{ANCHOR}{nth}\"></a>").bytes());
        done = at;
    }
    anchored.extend_from_slice(&file[done..]);
    let text = if utf8 { decode(&anchored).text } else { decoded(&anchored, false) };
    let parsed = markup::parse(&mark::strip(&text))
        .map_err(|_| ReadError::TooDeep { entry: "its text".to_owned() })?;
    let (index, first) = (book.documents.len(), book.blocks.len());
    book.documents.push(Document { start: first, ..Document::default() });
    for (nth, (_, depth, label)) in contents.iter().enumerate() {
        let at = parsed.ids.get(&format!("{ANCHOR}{nth}")).copied().unwrap_or(0);
        book.contents.push(Entry { label: label.clone(), depth: *depth, at: first + at });
    }
    book.blocks.extend(
        parsed.blocks.into_iter().map(|block| super::block::Block { document: index, ..block }),
    );
    let end = book.blocks.len();
    if end > markup::MAX_BLOCKS {
        return Err(ReadError::TooDeep { entry: "its text".to_owned() });
    }
    for entry in &mut book.contents {
        entry.at = entry.at.min(end);
    }
    Ok(())
}

/// The place itself, or the start of the tag that it is in.
fn tag_start(file: &[u8], at: usize) -> usize {
    let before = &file[..at];
    match before.iter().rposition(|byte| matches!(byte, b'<' | b'>')) {
        Some(found) if before[found] == b'<' => found,
        _ => at,
    }
}
