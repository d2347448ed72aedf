//! The markup of what we add: figures, the list of illustrations, the note, the stylesheet.

use super::edits::escape;
use crate::mark::PREFIX;

/// The heading over the portraits.
pub(crate) const PORTRAITS: &str = "Portraits";
/// Longest caption in characters; a longer quote is cut at a word.
const CAPTION: usize = 280;

/// What a page shows of a plate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    pub chapter: u32,
    pub concept: u32,
    pub caption: String,
    pub alt: String,
    /// Name of the archive's entry of the picture.
    pub picture: String,
    /// Pixels.
    pub size: (u32, u32),
    /// Name of the archive's entry of the page.
    pub page: String,
}

impl Figure {
    pub fn id(&self) -> String {
        format!("{PREFIX}{}-{}", self.chapter, self.concept)
    }

    /// The element for a page of an EPUB of this version. `namespace` is needed on pages that do not
    /// have XHTML as their default.
    pub fn markup(&self, version: u8, namespace: &str) -> String {
        let id = self.id();
        let alt = escape(&self.alt);
        let caption = escape(&self.caption);
        let src = escape(&relative(&self.page, &self.picture));
        let width = width(self.size);
        let img = format!(r#"<img src="{src}" alt="{alt}" style="width: {width}%"/>"#);
        match (version, caption.is_empty()) {
            (3, true) => {
                format!(r#"<figure{namespace} id="{id}" class="woodcut-plate">{img}</figure>"#)
            }
            (3, false) => format!(
                r#"<figure{namespace} id="{id}" class="woodcut-plate">{img}<figcaption>{caption}</figcaption></figure>"#
            ),
            (_, true) => format!(r#"<div{namespace} id="{id}" class="woodcut-plate">{img}</div>"#),
            (_, false) => format!(
                r#"<div{namespace} id="{id}" class="woodcut-plate">{img}<p class="woodcut-caption">{caption}</p></div>"#
            ),
        }
    }

    /// How the list of illustrations names it.
    pub fn label(&self) -> String {
        let label = if self.caption.is_empty() { &self.alt } else { &self.caption };
        escape(label)
    }
}

/// Percent of the page's width at which a picture and its caption fit on a page of 3 by 4.
fn width((width, height): (u32, u32)) -> u32 {
    let fits = u64::from(width) * 110 / u64::from(height.max(1));
    u32::try_from(fits.clamp(20, 100)).unwrap_or(100)
}

/// A quote as a caption: on one line, and not longer than a few lines of a page.
pub(crate) fn caption(quote: &str) -> String {
    let words = quote.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((cut, _)) = words.char_indices().nth(CAPTION) else { return words };
    let end = words[..cut].rfind(' ').unwrap_or(cut);
    format!("{}…", words[..end].trim_end_matches([',', ';', ':', ' ', '—', '-', '.']))
}

/// The path from the entry `from` to the entry `to`, as a reference.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let folders = &from[..from.len() - 1];
    let shared = folders.iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", folders.len() - shared);
    let parts: Vec<String> = up.chain(to[shared..].iter().copied()).map(percent_encode).collect();
    parts.join("/")
}

/// Letters and digits of all scripts stay; what means something in a reference is encoded.
fn percent_encode(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for character in part.chars() {
        if character.is_alphanumeric() || "-._~!$'()*+,;=@".contains(character) {
            out.push(character);
        } else {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}

/// The page at the end of the book: portraits, the list of illustrations, and how they were made.
pub(crate) fn page(
    figures: &[Figure],
    portraits: &[Figure],
    note: &str,
    page: &str,
    version: u8,
    language: Option<&str>,
) -> String {
    let language =
        language.map(|tag| format!(r#" xml:lang="{}""#, escape(tag))).unwrap_or_default();
    let mut body = String::new();
    if !portraits.is_empty() {
        let portraits: Vec<_> =
            portraits.iter().map(|portrait| portrait.markup(version, "")).collect();
        let tag = if version == 3 { "section" } else { "div" };
        body.push_str(&format!(
            "<{tag} class=\"woodcut-list\">\n<h2>{PORTRAITS}</h2>\n{}\n</{tag}>\n",
            portraits.join("\n")
        ));
    }
    if !figures.is_empty() {
        let open = match version {
            3 => r#"<section epub:type="loi" class="woodcut-list">"#,
            _ => r#"<div class="woodcut-list">"#,
        };
        body.push_str(&format!("{open}\n<h2>Illustrations</h2>\n<ol{language}>\n"));
        for figure in figures {
            let href = escape(&relative(page, &figure.page));
            let (id, label) = (figure.id(), figure.label());
            body.push_str(&format!("<li><a href=\"{href}#{id}\">{label}</a></li>\n"));
        }
        body.push_str(if version == 3 { "</ol>\n</section>\n" } else { "</ol>\n</div>\n" });
    }
    let paragraphs: Vec<String> = note
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| format!("<p>{}</p>\n", escape(&paragraph)))
        .collect();
    if !paragraphs.is_empty() {
        let open = match version {
            3 => r#"<section epub:type="colophon" class="woodcut-note">"#,
            _ => r#"<div class="woodcut-note">"#,
        };
        body.push_str(&format!(
            "{open}\n<h2>About the illustrations</h2>\n{}",
            paragraphs.concat()
        ));
        body.push_str(if version == 3 { "</section>\n" } else { "</div>\n" });
    }
    let (doctype, namespaces, body_type) = match version {
        3 => (
            "<!DOCTYPE html>",
            r#" xmlns:epub="http://www.idpf.org/2007/ops" lang="en""#,
            r#" epub:type="backmatter""#,
        ),
        _ => (
            r#"<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">"#,
            "",
            "",
        ),
    };
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
{doctype}
<html xmlns="http://www.w3.org/1999/xhtml"{namespaces} xml:lang="en">
<head>
<title>Illustrations</title>
<link rel="stylesheet" type="text/css" href="{STYLE_NAME}"/>
</head>
<body{body_type} id="{PREFIX}body">
{body}</body>
</html>
"#
    )
}

/// Name of the stylesheet, in our folder.
pub(crate) const STYLE_NAME: &str = "woodcut.css";

/// Widths are in percent and breaks are avoided in both the old and the new way: readers differ.
pub(crate) const STYLE: &str = "\
.woodcut-plate {
  clear: both;
  margin: 1.5em 0;
  padding: 0;
  border: 0;
  text-align: center;
  text-indent: 0;
  page-break-inside: avoid;
  break-inside: avoid;
}
.woodcut-plate img {
  display: block;
  height: auto;
  max-width: 100%;
  margin: 0 auto;
  page-break-after: avoid;
  break-after: avoid;
}
.woodcut-plate figcaption, .woodcut-plate .woodcut-caption {
  margin: 0.6em 8% 0 8%;
  font-size: 0.85em;
  font-style: italic;
  line-height: 1.3;
  text-align: center;
  text-indent: 0;
}
.woodcut-list h2, .woodcut-note h2 {
  margin: 2em 0 1em 0;
  text-align: center;
}
.woodcut-list li {
  margin: 0.4em 0;
}
.woodcut-note p {
  margin: 0.6em 0;
  text-indent: 0;
}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_from_page_to_picture() {
        assert_eq!(relative("OEBPS/text/c1.xhtml", "OEBPS/woodcut/1.jpg"), "../woodcut/1.jpg");
        assert_eq!(relative("c1.xhtml", "woodcut/1.jpg"), "woodcut/1.jpg");
        assert_eq!(relative("a/w/p.x", "a/Kapitel eins ä.xhtml"), "../Kapitel%20eins%20ä.xhtml");
        assert_eq!(relative("a/c#1.x", "b/d%.x"), "../b/d%25.x");
    }

    #[test]
    fn captions_are_cut_at_a_word() {
        assert_eq!(caption(" a\n b "), "a b");
        let long = caption(&"word, ".repeat(100));
        assert!(long.ends_with("word…") && long.chars().count() <= CAPTION + 1);
    }

    #[test]
    fn quotes_never_become_markup() {
        let figure = Figure {
            chapter: 1,
            concept: 2,
            caption: "</figcaption><script>&".into(),
            alt: "\"><b>".into(),
            picture: "w/1.jpg".into(),
            size: (2, 3),
            page: "c.x".into(),
        };
        for version in [2, 3] {
            let markup = figure.markup(version, "");
            assert!(!markup.contains("<script") && !markup.contains("\"><b>"), "{markup}");
            assert!(markup.contains(r#"style="width: 73%""#));
        }
    }
}
