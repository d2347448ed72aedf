//! What a package, a navigation document and an NCX have to say of the pictures.

use std::ops::Range;
use std::sync::LazyLock;

use quick_xml::events::{BytesStart, Event};

use regex::Regex;

use super::edits::{Edits, escape};
use super::figure::{Figure, relative};
use super::ornament::Placed;
use crate::mark::{self, PREFIX};
use crate::read::tokens::{Tokens, attribute};

/// Written where a book states no date and the caller gives none.
const SOME_DATE: &str = "2000-01-01T00:00:00Z";

/// What goes into a package.
pub(crate) struct Additions<'a> {
    /// Name of the package document's entry.
    pub path: &'a str,
    pub version: u8,
    pub figures: &'a [Figure],
    /// Figures of our own page.
    pub portraits: &'a [Figure],
    pub ornaments: &'a [Placed<'a>],
    /// Names of the entries of our stylesheet and of our page.
    pub style: &'a str,
    pub page: &'a str,
    /// The first picture becomes the cover.
    pub cover: bool,
    pub fallback_date: &'a str,
}

/// Patches a package document. `text` is stripped; `bound_before` says that something was stripped.
pub(crate) fn patch(text: &str, bound_before: bool, additions: &Additions) -> String {
    let dated = if bound_before { text.to_owned() } else { next_date(text, additions) };
    let text = dated.as_str();
    let scan = Scan::of(text);
    let mut edits = Edits::default();
    let prefix = scan.prefix;
    if let Some(at) = scan.metadata_end {
        for element in metadata(&scan, additions) {
            edits.element(at, &element);
        }
        for cut in scan.cover.iter().filter(|_| additions.cover) {
            edits.element(at, &mark::cut(prefix, cut.start, &text[cut.clone()]));
        }
    }
    if let Some(at) = scan.manifest_end {
        for (id, path, media_type, properties) in items(additions) {
            let href = escape(&relative(additions.path, path));
            let properties = if properties.is_empty() || additions.version < 3 {
                String::new()
            } else {
                format!(r#" properties="{properties}""#)
            };
            edits.element(
                at,
                &format!(r#"<{prefix}item id="{id}" href="{href}" media-type="{media_type}"{properties}/>"#),
            );
        }
    }
    if let Some(at) = scan.spine_end {
        edits.element(at, &format!(r#"<{prefix}itemref idref="{PREFIX}page"/>"#));
    }
    if let Some(at) = scan.guide_end.filter(|_| additions.version < 3) {
        let href = escape(&relative(additions.path, additions.page));
        let kind = if additions.figures.is_empty() { "colophon" } else { "loi" };
        // The guide has no ids; the fragment is the mark.
        edits.element(
            at,
            &format!(r##"<{prefix}reference type="{kind}" title="Illustrations" href="{href}#{PREFIX}body"/>"##),
        );
    }
    for cut in scan.cover.iter().filter(|_| additions.cover) {
        edits.cut(cut.clone());
    }
    edits.apply(text)
}

/// The package with its date moved on by a second.
fn next_date(text: &str, additions: &Additions) -> String {
    let Some(value) = Scan::of(text).modified else { return text.to_owned() };
    let date = next_second(text[value.clone()].trim())
        .unwrap_or_else(|| date_or_some(additions.fallback_date).to_owned());
    format!("{}{date}{}", &text[..value.start], &text[value.end..])
}

/// A date given by the caller, or a fixed one.
pub(crate) fn date_or_some(given: &str) -> &str {
    if next_second(given).is_some() { given } else { SOME_DATE }
}

/// The date a second later: newer than the source, the same on every day and every machine.
fn next_second(date: &str) -> Option<String> {
    let date = chrono::DateTime::parse_from_rfc3339(date).ok()?.to_utc();
    let next = date.checked_add_signed(chrono::TimeDelta::seconds(1))?;
    Some(next.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Id, entry, media type and properties of everything we add.
fn items<'a>(additions: &Additions<'a>) -> Vec<(String, &'a str, &'static str, &'static str)> {
    let mut items = vec![
        (format!("{PREFIX}style"), additions.style, "text/css", ""),
        (format!("{PREFIX}page"), additions.page, "application/xhtml+xml", ""),
    ];
    for (index, figure) in additions.figures.iter().chain(additions.portraits).enumerate() {
        let media_type = media_type(&figure.picture);
        let properties = if index == 0 && additions.cover { "cover-image" } else { "" };
        let id = format!("{PREFIX}picture-{}-{}", figure.chapter, figure.concept);
        items.push((id, &figure.picture, media_type, properties));
    }
    for ornament in additions.ornaments {
        for ((path, ..), what) in ornament.pictures.iter().zip(["headpiece", "initial"]) {
            let id = format!("{PREFIX}{what}-{}", ornament.chapter);
            items.push((id, path, media_type(path), ""));
        }
    }
    items
}

fn media_type(picture: &str) -> &'static str {
    if picture.ends_with(".jpg") { "image/jpeg" } else { "image/png" }
}

/// Metadata that is not there yet.
fn metadata(scan: &Scan, additions: &Additions) -> Vec<String> {
    let prefix = scan.prefix;
    let mut wanted: Vec<(&str, String)> = Vec::new();
    let count = additions.figures.len() + additions.portraits.len();
    if count > 0 {
        let has = |property: &str, value: &str| {
            scan.stated.iter().any(|(p, v)| p == property && (value.is_empty() || v == value))
        };
        let mut want = |property, value: &str, whatever: bool| {
            if !has(property, if whatever { "" } else { value }) {
                wanted.push((property, value.to_owned()));
            }
        };
        want("schema:accessMode", "textual", false);
        want("schema:accessMode", "visual", false);
        want("schema:accessModeSufficient", "textual", false);
        want("schema:accessibilityFeature", "alternativeText", false);
        want("schema:accessibilityHazard", "none", true);
        let summary = format!(
            "The text can be read without the pictures. {} added by woodcut {} a text alternative.",
            match count {
                1 => "One illustration".to_owned(),
                count => format!("{count} illustrations"),
            },
            if count == 1 { "has" } else { "have" },
        );
        want("schema:accessibilitySummary", &summary, true);
    }
    let mut out = vec![format!(r#"<{prefix}meta name="{PREFIX}format" content="1"/>"#)];
    for (index, (property, value)) in wanted.iter().enumerate() {
        let value = escape(value);
        out.push(match additions.version {
            3 => format!(r#"<{prefix}meta id="{PREFIX}meta-{index}" property="{property}">{value}</{prefix}meta>"#),
            _ => format!(r#"<{prefix}meta id="{PREFIX}meta-{index}" name="{property}" content="{value}"/>"#),
        });
    }
    if additions.version >= 3 && scan.modified.is_none() {
        let date = date_or_some(additions.fallback_date);
        out.push(format!(
            r#"<{prefix}meta id="{PREFIX}modified" property="dcterms:modified">{date}</{prefix}meta>"#
        ));
    }
    if additions.cover
        && let Some(first) = additions.figures.first()
    {
        let id = format!("{PREFIX}picture-{}-{}", first.chapter, first.concept);
        out.push(format!(r#"<{prefix}meta name="cover" content="{id}"/>"#));
    }
    out
}

/// Where things are in a package document.
#[derive(Debug, Default)]
struct Scan<'t> {
    /// `opf:` or nothing.
    prefix: &'t str,
    metadata_end: Option<usize>,
    manifest_end: Option<usize>,
    spine_end: Option<usize>,
    guide_end: Option<usize>,
    /// The text of `dcterms:modified`.
    modified: Option<Range<usize>>,
    /// Properties and their values.
    stated: Vec<(String, String)>,
    has_cover: bool,
    /// What says which picture is the cover.
    cover: Vec<Range<usize>>,
}

impl<'t> Scan<'t> {
    fn of(text: &'t str) -> Self {
        let mut scan = Scan::default();
        let mut property: Option<(String, usize)> = None;
        for (event, span) in Tokens::new(text) {
            match event {
                Event::Start(tag) | Event::Empty(tag) => {
                    scan.start(&tag);
                    scan.cover.extend(names_cover(&tag, &text[span.clone()], span.start));
                    property = attribute(&tag, "property")
                        .filter(|_| attribute(&tag, "refines").is_none())
                        .map(|property| (property, span.end));
                }
                Event::End(tag) => {
                    let at = Some(span.start);
                    match tag.local_name().as_ref() {
                        "metadata" => scan.metadata_end = at,
                        "manifest" => {
                            scan.manifest_end = at;
                            let start = span.start + 2;
                            let name = &text[start..start + tag.name().as_ref().len()];
                            scan.prefix = name.strip_suffix("manifest").unwrap_or("");
                        }
                        "spine" => scan.spine_end = at,
                        "guide" => scan.guide_end = at,
                        "meta" => {
                            if let Some((property, start)) = property.take() {
                                let value = text[start..span.start].trim().to_owned();
                                if property == "dcterms:modified" {
                                    scan.modified = Some(start..span.start);
                                }
                                scan.stated.push((property, value));
                            }
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        scan
    }

    fn start(&mut self, tag: &BytesStart) {
        let value = |key| attribute(tag, key).unwrap_or_default();
        match tag.local_name().as_ref() {
            "meta" => {
                self.has_cover |= value("name") == "cover";
                if let Some(name) = attribute(tag, "name") {
                    self.stated.push((name, value("content")));
                }
            }
            "item" => {
                self.has_cover |=
                    value("properties").split_whitespace().any(|p| p == "cover-image");
            }
            "reference" => self.has_cover |= value("type") == "cover",
            _ => {}
        }
    }
}

/// The part of a tag that makes a picture the cover: the property of an item, or the whole `meta`.
fn names_cover(tag: &BytesStart, text: &str, at: usize) -> Option<Range<usize>> {
    static PROPERTY: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"\s+properties\s*=\s*(?:"\s*cover-image\s*"|'\s*cover-image\s*')|\bcover-image\s+|\s+cover-image\b"#).ok()
    });
    let local = tag.local_name();
    if local.as_ref() == "meta" && attribute(tag, "name").is_some_and(|name| name == "cover") {
        return text.ends_with("/>").then_some(at..at + text.len());
    }
    let is_cover = attribute(tag, "properties")
        .is_some_and(|all| all.split_whitespace().any(|property| property == "cover-image"));
    let found = PROPERTY.as_ref()?.find(text).filter(|_| local.as_ref() == "item" && is_cover)?;
    Some(at + found.start()..at + found.end())
}

/// Whether a package names a cover.
pub(crate) fn has_cover(text: &str) -> bool {
    Scan::of(text).has_cover
}

/// Patches a navigation document: a hidden list of illustrations, and a line of the contents that
/// leads to our page.
pub(crate) fn patch_nav(text: &str, path: &str, page: &str, figures: &[Figure]) -> String {
    let mut edits = Edits::default();
    let mut in_contents = false;
    let mut depth = 0;
    let mut contents_end = None;
    let mut body_end = None;
    for (event, span) in Tokens::new(text) {
        match &event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "nav" => {
                    let kind = attribute(tag, "type").unwrap_or_default();
                    in_contents =
                        contents_end.is_none() && kind.split_whitespace().any(|k| k == "toc");
                    depth = 0;
                }
                "ol" => depth += 1,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "ol" => {
                    depth -= 1;
                    if in_contents && depth == 0 {
                        contents_end = Some(span.start);
                        in_contents = false;
                    }
                }
                "body" => body_end = Some(span.start),
                _ => {}
            },
            _ => {}
        }
    }
    let page = escape(&relative(path, page));
    if let Some(at) = contents_end {
        edits.element(
            at,
            &format!(r#"<li id="{PREFIX}contents"><a href="{page}">Illustrations</a></li>"#),
        );
    }
    if let Some(at) = body_end.filter(|_| !figures.is_empty()) {
        let lines: String = figures
            .iter()
            .map(|figure| {
                let href = escape(&relative(path, &figure.page));
                format!("<li><a href=\"{href}#{}\">{}</a></li>\n", figure.id(), figure.label())
            })
            .collect();
        edits.element(
            at,
            &format!(
                "<nav epub:type=\"loi\" id=\"{PREFIX}loi\" hidden=\"hidden\">\n<h2>Illustrations</h2>\n<ol>\n{lines}</ol>\n</nav>"
            ),
        );
    }
    edits.apply(text)
}

/// Patches an NCX: a point that leads to our page.
pub(crate) fn patch_ncx(text: &str, path: &str, page: &str) -> String {
    let mut edits = Edits::default();
    let mut last = 0;
    let mut map_end = None;
    for (event, span) in Tokens::new(text) {
        match event {
            Event::Start(tag) if tag.local_name().as_ref() == "navPoint" => {
                let order = attribute(&tag, "playOrder").and_then(|order| order.parse().ok());
                last = last.max(order.unwrap_or(0_u32));
            }
            Event::End(tag) if tag.local_name().as_ref() == "navMap" => map_end = Some(span.start),
            _ => {}
        }
    }
    if let Some(at) = map_end {
        let page = escape(&relative(path, page));
        let order = if last > 0 {
            format!(r#" playOrder="{}""#, last.saturating_add(1))
        } else {
            String::new()
        };
        edits.element(
            at,
            &format!(
                r#"<navPoint id="{PREFIX}point"{order}><navLabel><text>Illustrations</text></navLabel><content src="{page}"/></navPoint>"#
            ),
        );
    }
    edits.apply(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_moves_on_by_a_second() {
        assert_eq!(next_second("2015-12-31T23:59:59Z").as_deref(), Some("2016-01-01T00:00:00Z"));
        assert_eq!(
            next_second("2015-05-12T00:01:00+01:00").as_deref(),
            Some("2015-05-11T23:01:01Z")
        );
        assert_eq!(next_second("2015-05-12"), None);
    }
}
