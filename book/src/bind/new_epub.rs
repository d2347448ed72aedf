//! Makes a clean EPUB 3 of a book that is none: title page, contents, chapters, a stylesheet.
//!
//! **Invariant:** reading the result gives the chapters it was made from, letter by letter.

use std::ops::Range;
use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use zip::CompressionMethod;

use super::edits::escape;
use super::name::numbered;
use super::output::Output;
use super::package::date_or_some;
use super::{BindError, Binding};
use crate::read::block::Block;
use crate::read::{Layout, Part};

/// A page of the new book.
struct Page {
    /// Name within the folder of the package.
    name: String,
    title: String,
    /// What the page and its section are, in the words of EPUB.
    matter: &'static str,
    kind: &'static str,
    body: String,
}

/// Writes a book without pictures to a temporary file beside `output`.
pub(crate) fn write(
    layout: &Layout,
    binding: &Binding,
    output: &Path,
) -> Result<NamedTempFile, BindError> {
    let mut out = Output::create(output)?;
    let language = layout.book.language.clone().unwrap_or_else(|| "und".to_owned());
    let pages = pages(layout);
    out.start("mimetype", CompressionMethod::Stored)?;
    std::io::Write::write_all(&mut out.zip, b"application/epub+zip").map_err(|e| out.failed(e))?;
    out.text("META-INF/container.xml", CONTAINER.as_bytes())?;
    out.text("EPUB/package.opf", package(layout, &pages, &language, binding).as_bytes())?;
    out.text("EPUB/nav.xhtml", nav(&pages, &language).as_bytes())?;
    out.text("EPUB/style.css", STYLE.as_bytes())?;
    for page in &pages {
        out.text(&format!("EPUB/{}", page.name), markup(page, &language).as_bytes())?;
    }
    out.into_temporary()
}

fn pages(layout: &Layout) -> Vec<Page> {
    let mut pages = vec![title_page(layout)];
    let is_chapter = |(_, number): &(Part, Option<u32>)| number.is_some();
    let first = layout.parts.iter().position(is_chapter).unwrap_or(0);
    for (index, (part, number)) in layout.parts.iter().enumerate() {
        let (name, matter, kind) = match number {
            Some(number) => {
                let number = numbered(*number as usize, layout.book.chapters.len());
                (format!("chapter-{number}"), "bodymatter", "chapter")
            }
            None if !layout.is_kept(part) => continue,
            None => {
                let (matter, kind) = match part.words {
                    0 => ("bodymatter", "part"),
                    _ if index < first => ("frontmatter", "preamble"),
                    _ => ("backmatter", "afterword"),
                };
                (format!("page-{}", numbered(pages.len(), layout.parts.len())), matter, kind)
            }
        };
        let heading = match part.title.as_str() {
            "" => String::new(),
            title => format!("<h2>{}</h2>\n", escape(title)),
        };
        let title = match (part.title.as_str(), number) {
            // Not the title of the book: a first line that says it would be taken for a heading.
            ("", Some(number)) => format!("Chapter {number}"),
            (title, _) => title.to_owned(),
        };
        let blocks = &layout.manuscript.blocks[part.body..part.range.end];
        let body: String = std::iter::once(heading).chain(blocks.iter().map(block)).collect();
        pages.push(Page { name: format!("text/{name}.xhtml"), title, matter, kind, body });
    }
    pages
}

fn title_page(layout: &Layout) -> Page {
    let book = &layout.book;
    let author = match book.author.as_str() {
        "" => String::new(),
        author => format!("<p class=\"author\">{}</p>\n", escape(author)),
    };
    Page {
        name: "text/title.xhtml".to_owned(),
        title: book.title.clone(),
        matter: "frontmatter",
        kind: "titlepage",
        body: format!("<h1>{}</h1>\n{author}", escape(&book.title)),
    }
}

/// A paragraph or a heading within a chapter.
pub(crate) fn block(block: &Block) -> String {
    let inner = inline(&block.text, &block.emphasis);
    match block.heading {
        Some(_) => format!("<h3>{inner}</h3>\n"),
        None if block.text.contains('\n') => format!("<p class=\"verse\">{inner}</p>\n"),
        None if is_break(&block.text) => format!("<p class=\"break\">{inner}</p>\n"),
        None => format!("<p>{inner}</p>\n"),
    }
}

/// Asterisks between two scenes.
pub(crate) fn is_break(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_whitespace() || "*—–-·•⁂~#".contains(c))
}

pub(crate) fn inline(text: &str, emphasis: &[Range<usize>]) -> String {
    let mut out = String::new();
    let mut done = 0;
    for range in emphasis {
        let (Some(before), Some(inside)) = (text.get(done..range.start), text.get(range.clone()))
        else {
            break;
        };
        out.push_str(&lines(before));
        out.push_str(&format!("<i>{}</i>", lines(inside)));
        done = range.end;
    }
    out.push_str(&lines(&text[done..]));
    out
}

fn lines(text: &str) -> String {
    text.split('\n').map(escape).collect::<Vec<_>>().join("<br/>\n")
}

fn markup(page: &Page, language: &str) -> String {
    let (title, language) = (escape(&page.title), escape(language));
    let Page { matter, kind, body, .. } = page;
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}">
<head>
<title>{title}</title>
<link rel="stylesheet" type="text/css" href="../style.css"/>
</head>
<body epub:type="{matter}">
<section epub:type="{kind}" class="{kind}">
{body}</section>
</body>
</html>
"#
    )
}

fn nav(pages: &[Page], language: &str) -> String {
    let language = escape(language);
    let titled = pages.iter().filter(|page| !page.title.is_empty());
    let lines: String = titled
        .map(|page| format!("<li><a href=\"{}\">{}</a></li>\n", page.name, escape(&page.title)))
        .collect();
    let body = pages.iter().find(|page| page.matter == "bodymatter");
    let landmarks = body.map_or(String::new(), |page| {
        format!(
            r#"<nav epub:type="landmarks" id="landmarks" hidden="hidden">
<h2>Landmarks</h2>
<ol>
<li><a epub:type="bodymatter" href="{}">{}</a></li>
</ol>
</nav>
"#,
            page.name,
            escape(&page.title)
        )
    });
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" xml:lang="{language}">
<head>
<title>Contents</title>
<link rel="stylesheet" type="text/css" href="style.css"/>
</head>
<body>
<nav epub:type="toc" id="toc">
<h1>Contents</h1>
<ol>
{lines}</ol>
</nav>
{landmarks}</body>
</html>
"#
    )
}

fn package(layout: &Layout, pages: &[Page], language: &str, binding: &Binding) -> String {
    let book = &layout.book;
    let creator = match book.author.as_str() {
        "" => String::new(),
        author => format!("<dc:creator>{}</dc:creator>\n", escape(author)),
    };
    let ids: Vec<String> = (0..pages.len()).map(|index| format!("page-{index}")).collect();
    let items: String = ids
        .iter()
        .zip(pages)
        .map(|(id, page)| {
            format!(
                "<item id=\"{id}\" href=\"{}\" media-type=\"application/xhtml+xml\"/>\n",
                page.name
            )
        })
        .collect();
    let spine: String = ids.iter().map(|id| format!("<itemref idref=\"{id}\"/>\n")).collect();
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{id}</dc:identifier>
<dc:title>{title}</dc:title>
{creator}<dc:language>{language}</dc:language>
<meta property="dcterms:modified">{date}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">displayTransformability</meta>
<meta property="schema:accessibilityFeature">readingOrder</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="style.css" media-type="text/css"/>
{items}</manifest>
<spine>
{spine}</spine>
</package>
"#,
        language = escape(language),
        id = identifier(layout),
        title = escape(&book.title),
        date = date_or_some(&binding.fallback_date),
    )
}

/// A name-based UUID of the text: the same book has the same one everywhere.
pub(crate) fn identifier(layout: &Layout) -> String {
    let book = &layout.book;
    let mut hash = Sha256::new();
    for text in [&book.title, &book.author].into_iter().chain(book.chapters.iter().map(|c| &c.text))
    {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    let hash = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    // Version 8 (custom) of RFC 9562, variant 10.
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

const CONTAINER: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"#;

/// Old-fashioned and quiet: indented paragraphs, centred headings, room above them.
const STYLE: &str = "\
body {
  margin: 0 5%;
  line-height: 1.45;
  text-align: justify;
  hyphens: auto;
  -webkit-hyphens: auto;
  orphans: 2;
  widows: 2;
}
h1, h2, h3 {
  font-weight: normal;
  line-height: 1.25;
  text-align: center;
  hyphens: none;
  -webkit-hyphens: none;
  page-break-after: avoid;
  break-after: avoid;
}
h1 {
  margin: 30% 0 1em 0;
  font-size: 2em;
}
h2 {
  margin: 15% 0 2em 0;
  font-size: 1.4em;
}
h3 {
  margin: 2em 0 1em 0;
  font-size: 1.1em;
  font-variant: small-caps;
}
p {
  margin: 0;
  text-indent: 1.3em;
}
h2 + p, h3 + p, p.break + p, section > p:first-child {
  text-indent: 0;
}
p.verse {
  margin: 1em 0 1em 2em;
  text-align: left;
  text-indent: 0;
}
p.break {
  margin: 1.2em 0;
  text-align: center;
  text-indent: 0;
}
p.author {
  margin: 2em 0;
  font-size: 1.1em;
  font-variant: small-caps;
  text-align: center;
  text-indent: 0;
}
section.part h2 {
  margin-top: 35%;
}
nav ol {
  padding: 0;
  list-style-type: none;
  text-align: left;
}
nav li {
  margin: 0.4em 0;
}
";
