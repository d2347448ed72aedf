//! Makes small EPUBs: `Epub::new().page("c1", "<h2>One</h2>…").contents(…)`.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use book::bind::Illustration;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A paragraph of thirty-odd words that tells something.
pub const PROSE: &str = "It was late and the rain had not stopped, and the old woman at the window \
    counted the lanterns that came up the hill, one after another, until there were seven of them.";

/// Paragraphs of prose, enough to be a chapter where nothing else says so.
pub fn prose(paragraphs: usize) -> String {
    (0..paragraphs).map(|n| format!("<p>{n}. {PROSE}</p>\n")).collect()
}

/// An EPUB in the making.
#[derive(Clone)]
pub struct Epub {
    version: u8,
    pages: Vec<(String, String)>,
    contents: Option<String>,
    head: String,
    guide: String,
    extra: Vec<(String, Vec<u8>)>,
    container: bool,
}

impl Epub {
    pub fn new() -> Self {
        Self {
            version: 3,
            pages: Vec::new(),
            contents: None,
            head: String::new(),
            guide: String::new(),
            extra: Vec::new(),
            container: true,
        }
    }

    pub fn version(mut self, version: u8) -> Self {
        self.version = version;
        self
    }

    /// Adds `name.xhtml` with this body to the spine.
    pub fn page(mut self, name: &str, body: &str) -> Self {
        let body = if body.starts_with("<body") {
            body.to_owned()
        } else {
            format!("<body>{body}</body>")
        };
        self.pages.push((name.to_owned(), body));
        self
    }

    /// The table of contents: `target label` a line, nested by two blanks.
    pub fn contents(mut self, lines: &str) -> Self {
        self.contents = Some(lines.to_owned());
        self
    }

    pub fn guide(mut self, kind: &str, href: &str) -> Self {
        self.guide.push_str(&format!("<reference type=\"{kind}\" title=\"t\" href=\"{href}\"/>"));
        self
    }

    pub fn metadata(mut self, element: &str) -> Self {
        self.head.push_str(element);
        self
    }

    /// Adds an entry that the package does not know.
    pub fn entry(mut self, name: &str, content: &[u8]) -> Self {
        self.extra.push((name.to_owned(), content.to_vec()));
        self
    }

    pub fn without_container(mut self) -> Self {
        self.container = false;
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let mut add = |name: &str, content: &[u8], method| {
            let options = SimpleFileOptions::default().compression_method(method);
            zip.start_file(name, options).unwrap();
            zip.write_all(content).unwrap();
        };
        add("mimetype", b"application/epub+zip", CompressionMethod::Stored);
        if self.container {
            let container =
                "<container><rootfiles><rootfile full-path=\"E/p.opf\"/></rootfiles></container>";
            add("META-INF/container.xml", container.as_bytes(), CompressionMethod::Deflated);
        }
        add("E/p.opf", self.package().as_bytes(), CompressionMethod::Deflated);
        match self.version {
            3 => add("E/nav.xhtml", self.nav().as_bytes(), CompressionMethod::Deflated),
            _ => add("E/toc.ncx", self.ncx().as_bytes(), CompressionMethod::Deflated),
        }
        for (name, body) in &self.pages {
            let page = format!(
                "<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>t</title></head>\n{body}</html>"
            );
            add(&format!("E/{name}.xhtml"), page.as_bytes(), CompressionMethod::Deflated);
        }
        for (name, content) in &self.extra {
            add(name, content, CompressionMethod::Stored);
        }
        zip.finish().unwrap().into_inner()
    }

    fn package(&self) -> String {
        let items: String = self
            .pages
            .iter()
            .map(|(n, _)| {
                format!(
                    "<item id=\"{n}\" href=\"{n}.xhtml\" media-type=\"application/xhtml+xml\"/>"
                )
            })
            .collect();
        let spine: String =
            self.pages.iter().map(|(n, _)| format!("<itemref idref=\"{n}\"/>")).collect();
        let (nav, toc) = match self.version {
            3 => (
                "<item id=\"nav\" properties=\"nav\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\"/>",
                "",
            ),
            _ => (
                "<item id=\"ncx\" href=\"toc.ncx\" media-type=\"application/x-dtbncx+xml\"/>",
                " toc=\"ncx\"",
            ),
        };
        let guide = if self.guide.is_empty() {
            String::new()
        } else {
            format!("<guide>{}</guide>", self.guide)
        };
        format!(
            "<package version=\"{}.0\" unique-identifier=\"i\"><metadata><dc:title>The Tale</dc:title>{}</metadata>\
             <manifest>{nav}{items}</manifest><spine{toc}>{spine}</spine>{guide}</package>",
            self.version, self.head
        )
    }

    fn lines(&self) -> Vec<(usize, String, String)> {
        let lines = self.contents.as_deref().unwrap_or_default().lines();
        lines
            .filter_map(|line| {
                let text = line.trim_start();
                let (target, label) = text.split_once(' ')?;
                let (page, fragment) = target.split_once('#').unwrap_or((target, ""));
                let hash = if fragment.is_empty() { "" } else { "#" };
                Some((
                    (line.len() - text.len()) / 2,
                    format!("{page}.xhtml{hash}{fragment}"),
                    label.to_owned(),
                ))
            })
            .collect()
    }

    fn nav(&self) -> String {
        let mut out = String::from("<html><body><nav epub:type=\"toc\"><ol>");
        let mut open = 0;
        for (index, (depth, href, label)) in self.lines().iter().enumerate() {
            if *depth > open {
                out.push_str("<ol>");
            } else if index > 0 {
                out.push_str("</li>");
                out.push_str(&"</ol></li>".repeat(open - depth));
            }
            open = *depth;
            out.push_str(&format!("<li><a href=\"{href}\">{label}</a>"));
        }
        format!("{out}{}</li></ol></nav></body></html>", "</li></ol>".repeat(open))
    }

    fn ncx(&self) -> String {
        let mut out = String::from("<ncx><navMap>");
        let mut open = 0;
        for (n, (depth, src, label)) in self.lines().iter().enumerate() {
            if n > 0 && *depth <= open {
                out.push_str(&"</navPoint>".repeat(open - depth + 1));
            }
            open = *depth;
            out.push_str(&format!(
                "<navPoint id=\"n{n}\" playOrder=\"{}\"><navLabel><text>{label}</text></navLabel><content src=\"{src}\"/>",
                n + 1
            ));
        }
        let close = if self.lines().is_empty() { 0 } else { open + 1 };
        format!("{out}{}</navMap></ncx>", "</navPoint>".repeat(close))
    }

    /// Puts the book on a shelf of its own.
    pub fn shelve(&self) -> Shelf {
        let shelf = Shelf::new();
        std::fs::write(shelf.path("book.epub"), self.bytes()).unwrap();
        shelf
    }

    /// Numbers and titles of the chapters, one a line.
    pub fn chapters(&self) -> Vec<String> {
        let book = self.shelve().read("book.epub").unwrap();
        book.chapters.iter().map(|c| format!("{} {}", c.number, c.title)).collect()
    }
}

/// An archive of these entries.
pub fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A folder with books, gone when it is dropped.
pub struct Shelf(TempDir);

impl Shelf {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        let shelf = Self::new();
        std::fs::write(shelf.path(name), content).unwrap();
        shelf
    }

    pub fn read(&self, name: &str) -> Result<book::Book, book::ReadError> {
        book::read(&self.path(name))
    }

    /// A picture file of this size.
    pub fn picture(&self, name: &str, width: u32, height: u32) -> PathBuf {
        let path = self.path(name);
        let picture = image::RgbaImage::from_fn(width, height, |x, y| {
            image::Rgba([(x % 256) as u8, (y % 256) as u8, 90, 200])
        });
        picture.save(&path).unwrap();
        path
    }
}

/// One picture for the first words of each chapter.
pub fn plates(book: &book::Book, picture: &Path) -> Vec<Illustration> {
    let plate = |chapter: &book::Chapter| Illustration {
        chapter: chapter.number,
        concept: 1,
        offset: 0,
        quote: chapter.text.chars().take(40).collect(),
        alt: format!("What <happens> in “{}” & after", chapter.title),
        picture: picture.to_owned(),
    };
    book.chapters.iter().map(plate).collect()
}

/// Every entry with its compressed bytes.
pub fn raw_entries(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index_raw(index).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// The text of an entry.
pub fn entry(path: &Path, name: &str) -> String {
    let mut zip = ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}
