//! Kindle books, made on the spot: the old kind, the new kind, both in one file, and broken ones.

use book::{Book, ReadError};
use proptest::prelude::*;

use crate::library::{PROSE, Shelf};

/// A book in the making.
#[derive(Clone)]
pub struct Kindle {
    /// 6 is the old kind, 8 the new one.
    version: u32,
    palm: bool,
    utf8: bool,
    locked: bool,
    text: Vec<u8>,
    /// Position in the text, label.
    contents: Vec<(usize, String)>,
    /// For each file: its skeleton's length, and its fragments' places and lengths.
    files: Vec<(usize, Vec<(usize, usize)>)>,
}

impl Kindle {
    /// A page of HTML with a page break before each chapter.
    pub fn old(chapters: &[&str]) -> Self {
        let mut text = b"<html><head></head><body><p>The Tale</p>".to_vec();
        let mut contents = Vec::new();
        for chapter in chapters {
            text.extend(b"<mbp:pagebreak/>");
            contents.push((text.len(), (*chapter).to_owned()));
            text.extend(format!("<h2>{chapter}</h2><p>{PROSE}</p><p>Café.</p>").bytes());
        }
        text.extend(b"</body></html>");
        Self {
            version: 6,
            palm: true,
            utf8: true,
            locked: false,
            text,
            contents,
            files: Vec::new(),
        }
    }

    /// A page of HTML without a table of contents.
    pub fn page(body: &str) -> Self {
        let text = format!("<html><head></head><body>{body}</body></html>").into_bytes();
        Self { text, ..Self::old(&[]) }
    }

    /// A file for each chapter, in pieces.
    pub fn new(chapters: &[&str]) -> Self {
        let file = |chapter: &&str| {
            let pieces = [format!("<h2>{chapter}</h2><p>{PROSE}</p>"), "<p>Café.</p>".to_owned()];
            (Some((*chapter).to_owned()), pieces)
        };
        Self::files(chapters.iter().map(file))
    }

    /// Files of two pieces each, named in the table of contents or not.
    pub fn files(files: impl IntoIterator<Item = (Option<String>, [String; 2])>) -> Self {
        let mut book =
            Self { text: Vec::new(), contents: Vec::new(), version: 8, ..Self::old(&[]) };
        for (label, pieces) in files {
            let (head, tail) = ("<html><head></head><body>", "</body></html>");
            let start = book.text.len();
            book.text.extend(format!("{head}{tail}{}{}", pieces[0], pieces[1]).bytes());
            let first = start + head.len();
            let fragments =
                vec![(first, pieces[0].len()), (first + pieces[0].len(), pieces[1].len())];
            book.contents.extend(label.map(|label| (first, label)));
            book.files.push((head.len() + tail.len(), fragments));
        }
        book
    }

    /// The records of this book.
    fn records(&self) -> Vec<Vec<u8>> {
        let mut texts = Vec::new();
        for part in self.text.chunks(4096) {
            texts.push(if self.palm { palmdoc_compression::compress(part) } else { part.to_vec() });
        }
        let count = texts.len();
        let mut records = vec![Vec::new()];
        records.extend(texts);
        let mut labels = Vec::new();
        let mut offsets = Vec::new();
        for (_, label) in &self.contents {
            offsets.push(labels.len());
            labels.extend(number(label.len()));
            labels.extend(label.bytes());
        }
        let fragments: Vec<(usize, usize)> =
            self.files.iter().flat_map(|(_, fragments)| fragments.clone()).collect();
        let line = |(nth, (at, _)): (usize, &(usize, String))| {
            let place = match self.version {
                6 => number(*at),
                _ => {
                    let fragment = fragments.iter().position(|(insert, _)| insert == at).unwrap();
                    [number(fragment), number(0)].concat()
                }
            };
            (nth.to_string(), vec![place, number(offsets[nth]), number(0)])
        };
        let tags: &[(u8, u8)] =
            if self.version == 6 { &[(1, 1), (3, 1), (4, 1)] } else { &[(6, 2), (3, 1), (4, 1)] };
        let lines: Vec<_> = self.contents.iter().enumerate().map(line).collect();
        let contents = records.len();
        records.extend(index(tags, &lines, Some(labels)));
        let pieces: Vec<_> = fragments
            .iter()
            .map(|(insert, length)| {
                (format!("{insert:010}"), vec![[number(0), number(*length)].concat()])
            })
            .collect();
        let fragment_index = records.len();
        records.extend(index(&[(6, 2)], &pieces, None));
        let mut position = 0;
        let mut skeletons = Vec::new();
        for (nth, (length, own)) in self.files.iter().enumerate() {
            let place = [number(position), number(*length)].concat();
            skeletons.push((format!("SKEL{nth:010}"), vec![number(own.len()), place]));
            position += length + own.iter().map(|(_, length)| length).sum::<usize>();
        }
        let skeleton_index = records.len();
        records.extend(index(&[(1, 1), (6, 2)], &skeletons, None));
        records[0] = self.header(count, [contents, fragment_index, skeleton_index]);
        records
    }

    fn header(&self, count: usize, [contents, fragments, skeletons]: [usize; 3]) -> Vec<u8> {
        let mut head = vec![0; 16 + 256];
        let mut put = |at: usize, value: usize| {
            head[at..at + 4].copy_from_slice(&u32::try_from(value).unwrap().to_be_bytes());
        };
        for none in [0xc0, 0xf4, 0xf8, 0xfc] {
            put(none, u32::MAX as usize);
        }
        put(0, if self.palm { 0x2_0000 } else { 0x1_0000 });
        put(4, self.text.len());
        put(8, count << 16 | 4096);
        put(12, usize::from(self.locked) << 17);
        put(20, 256);
        put(0x1c, if self.utf8 { 65001 } else { 1252 });
        put(0x24, self.version as usize);
        put(0x80, 0x40);
        put(0xf4, contents);
        if self.version == 8 {
            put(0xf8, fragments);
            put(0xfc, skeletons);
        }
        head[16..20].copy_from_slice(b"MOBI");
        head
    }

    pub fn bytes(&self) -> Vec<u8> {
        database(&self.with_metadata(None))
    }

    /// The records with title and author; `boundary` is the number of the new book's header.
    fn with_metadata(&self, boundary: Option<u32>) -> Vec<Vec<u8>> {
        let mut records = self.records();
        let mut values: Vec<(u32, Vec<u8>)> =
            vec![(503, b"The Tale".to_vec()), (100, b"A. Hare".to_vec()), (524, b"en".to_vec())];
        values.extend(boundary.map(|number| (121, number.to_be_bytes().to_vec())));
        let mut exth = Vec::new();
        for (number, value) in &values {
            exth.extend(number.to_be_bytes());
            exth.extend(u32::try_from(value.len() + 8).unwrap().to_be_bytes());
            exth.extend(value);
        }
        records[0].extend(b"EXTH");
        records[0].extend(u32::try_from(exth.len() + 12).unwrap().to_be_bytes());
        records[0].extend(u32::try_from(values.len()).unwrap().to_be_bytes());
        records[0].extend(exth);
        records
    }

    fn read(&self) -> Result<Book, ReadError> {
        Shelf::with("a.azw3", self.bytes()).read("a.azw3")
    }
}

/// A number of seven bits a byte.
fn number(value: usize) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7f) as u8 | 0x80];
    let mut rest = value >> 7;
    while rest > 0 {
        bytes.insert(0, (rest & 0x7f) as u8);
        rest >>= 7;
    }
    bytes
}

/// An index: its head, its entries, the labels they refer to.
fn index(
    tags: &[(u8, u8)],
    entries: &[(String, Vec<Vec<u8>>)],
    labels: Option<Vec<u8>>,
) -> Vec<Vec<u8>> {
    let mut head = vec![0; 192];
    head[..4].copy_from_slice(b"INDX");
    head[7] = 192;
    head[27] = 1;
    head[55] = u8::from(labels.is_some());
    head.extend(b"TAGX");
    head.extend(u32::try_from(12 + 4 * (tags.len() + 1)).unwrap().to_be_bytes());
    head.extend(1_u32.to_be_bytes());
    for (nth, (tag, values)) in tags.iter().enumerate() {
        head.extend([*tag, *values, 1 << nth, 0]);
    }
    head.extend([0, 0, 0, 1]);
    let mut body = vec![0; 192];
    body[..4].copy_from_slice(b"INDX");
    let mut places = b"IDXT".to_vec();
    for (name, values) in entries {
        places.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        body.push(u8::try_from(name.len()).unwrap());
        body.extend(name.bytes());
        body.push((1 << tags.len()) - 1);
        body.extend(values.concat());
    }
    let start = u32::try_from(body.len()).unwrap();
    body[20..24].copy_from_slice(&start.to_be_bytes());
    body[24..28].copy_from_slice(&u32::try_from(entries.len()).unwrap().to_be_bytes());
    body.extend(places);
    [head, body].into_iter().chain(labels).collect()
}

fn database(records: &[Vec<u8>]) -> Vec<u8> {
    let mut out = vec![0; 60];
    out.extend(b"BOOKMOBI");
    out.extend([0; 8]);
    out.extend(u16::try_from(records.len()).unwrap().to_be_bytes());
    let mut at = 78 + 8 * records.len() + 2;
    for record in records {
        out.extend(u32::try_from(at).unwrap().to_be_bytes());
        out.extend([0; 4]);
        at += record.len();
    }
    out.extend([0; 2]);
    out.extend(records.concat());
    out
}

fn titles(book: &Book) -> Vec<&str> {
    book.chapters.iter().map(|chapter| chapter.title.as_str()).collect()
}

pub const CHAPTERS: [&str; 3] = ["Chapter 1", "Chapter 2: The Wolf", "Épilogue"];

/// What the book of these chapters has to be.
fn assert_whole(book: &Book) {
    assert_eq!(titles(book), CHAPTERS, "{:#?}", book.sections);
    assert_eq!((book.title.as_str(), book.author.as_str()), ("The Tale", "A. Hare"));
    assert_eq!(book.language.as_deref(), Some("en"));
    for chapter in &book.chapters {
        assert_eq!(chapter.text, format!("{PROSE}\n\nCafé."));
    }
}

#[test]
fn old_and_new_books_are_read() {
    for palm in [true, false] {
        assert_whole(&Kindle { palm, ..Kindle::old(&CHAPTERS) }.read().unwrap());
        assert_whole(&Kindle { palm, ..Kindle::new(&CHAPTERS) }.read().unwrap());
    }
}

#[test]
fn windows_1252_is_read() {
    let mut book = Kindle { utf8: false, ..Kindle::old(&["Chapter 1", "Chapter 2"]) };
    let text = String::from_utf8(book.text.clone()).unwrap();
    book.text = text.chars().map(|c| u8::try_from(c as u32).unwrap_or(b'?')).collect();
    book.contents.clear();
    let read = book.read().unwrap();
    assert!(read.chapters[0].text.ends_with("Café."));
}

#[test]
fn of_two_books_in_a_file_the_new_one_is_read() {
    let old = Kindle::old(&["An old chapter", "Another"]);
    let boundary = u32::try_from(old.records().len() + 1).unwrap();
    let mut records = old.with_metadata(Some(boundary));
    records.push(b"BOUNDARY".to_vec());
    records.extend(Kindle::new(&CHAPTERS).with_metadata(None));
    let shelf = Shelf::with("both.mobi", database(&records));
    assert_whole(&shelf.read("both.mobi").unwrap());
}

#[test]
fn pages_and_headings_divide_a_book_without_contents() {
    let book = Kindle { contents: Vec::new(), ..Kindle::old(&["Chapter 1", "Chapter 2"]) };
    assert_eq!(titles(&book.read().unwrap()), ["Chapter 1", "Chapter 2"]);
}

#[test]
fn locked_and_broken_books_are_named() {
    let locked = Kindle { locked: true, ..Kindle::old(&CHAPTERS) };
    assert!(matches!(locked.read(), Err(ReadError::Locked { lock: "Amazon Kindle" })));
    let read = |name: &str, bytes: &[u8]| Shelf::with(name, bytes).read(name).unwrap_err();
    let bytes = Kindle::new(&CHAPTERS).bytes();
    let cut = read("a.azw3", &bytes[..bytes.len() / 3]);
    assert!(matches!(cut, ReadError::Mobi { .. }), "{cut}");
    let empty = [&[0; 60][..], b"BOOKMOBI", &[0; 200]].concat();
    assert!(matches!(read("a.mobi", &empty), ReadError::Mobi { what: "it has no header", .. }));
    assert!(matches!(read("a.kfx", b"\xEADRMION\xEE.."), ReadError::Locked { lock: "Amazon KFX" }));
    assert!(matches!(read("a.azw", b"TPZ0...."), ReadError::Kindle { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn damaged_books_end_in_a_book_or_a_reason(
        new in any::<bool>(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        end in any::<prop::sample::Index>(), cut in any::<bool>(),
    ) {
        let book = if new { Kindle::new(&CHAPTERS) } else { Kindle::old(&CHAPTERS) };
        let mut bytes = book.bytes();
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if cut {
            bytes.truncate(end.index(bytes.len()));
        }
        let _ = Shelf::with("a.azw3", bytes).read("a.azw3");
    }
}
