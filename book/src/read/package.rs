//! The package document of an EPUB: what the book says of itself, its files and their order.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::archive::resolve;
use super::run::collapse;
use super::tokens::{Tokens, attribute, push_reference};

/// Path of the file that names the package.
pub(crate) const CONTAINER: &str = "META-INF/container.xml";

/// A package document, read.
#[derive(Debug, Default)]
pub(crate) struct Package {
    /// `2` or `3`; what is not stated counts as 2.
    pub version: u8,
    pub title: String,
    /// Names of the authors, joined with commas.
    pub author: String,
    pub language: Option<String>,
    /// Every file of the publication, by id.
    pub items: HashMap<String, Item>,
    /// Ids in reading order, and whether they are part of the main flow.
    pub spine: Vec<(String, bool)>,
    /// The navigation document of EPUB 3.
    pub nav: Option<String>,
    /// The NCX of EPUB 2.
    pub ncx: Option<String>,
    /// What the guide says of a file: `type`, path, fragment.
    pub guide: Vec<(String, String, Option<String>)>,
}

/// A file of the publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// Name of the archive's entry, as the package writes it; `None` if it leads outside.
    pub path: Option<String>,
    pub media_type: String,
    pub properties: String,
}

/// The path of the package document, from `META-INF/container.xml`.
pub(crate) fn package_path(container: &str) -> Option<String> {
    Tokens::new(container).find_map(|(event, _)| match event {
        Event::Start(tag) | Event::Empty(tag) if is(&tag, "rootfile") => {
            let (path, _) = resolve("", &attribute(&tag, "full-path")?)?;
            Some(path)
        }
        _ => None,
    })
}

/// Reads a package document that is the entry `path`.
pub(crate) fn parse(text: &str, path: &str) -> Package {
    let mut package = Package { version: 2, ..Package::default() };
    let mut metadata = Metadata::default();
    let mut toc_id = None;
    for (event, _) in Tokens::new(text) {
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                if is(&tag, "package") {
                    let version = attribute(&tag, "version").unwrap_or_default();
                    package.version = if version.starts_with('3') { 3 } else { 2 };
                } else if is(&tag, "item") {
                    package.add_item(&tag, path);
                } else if is(&tag, "itemref") {
                    let linear = attribute(&tag, "linear").is_none_or(|linear| linear != "no");
                    package.spine.extend(attribute(&tag, "idref").map(|id| (id, linear)));
                } else if is(&tag, "spine") {
                    toc_id = attribute(&tag, "toc");
                } else if is(&tag, "reference") {
                    let target = attribute(&tag, "href").and_then(|href| resolve(path, &href));
                    if let (Some(kind), Some((path, at))) = (attribute(&tag, "type"), target) {
                        package.guide.push((kind, path, at));
                    }
                } else {
                    metadata.start(&tag);
                }
            }
            Event::Text(text) => metadata.text.push_str(&text),
            Event::CData(text) => metadata.text.push_str(&text),
            Event::GeneralRef(reference) => {
                push_reference(&mut metadata.text, &reference);
            }
            Event::End(tag) => metadata.end(tag.local_name().as_ref()),
            _ => {}
        }
    }
    let path_of = |item: &Item| item.path.clone();
    let by_type = |kind: &str| package.items.values().find(|item| item.media_type == kind);
    package.ncx = toc_id
        .and_then(|id| package.items.get(&id))
        .or_else(|| by_type("application/x-dtbncx+xml"))
        .and_then(path_of);
    let is_nav = |item: &&Item| item.properties.split_whitespace().any(|p| p == "nav");
    package.nav = package.items.values().find(is_nav).and_then(path_of);
    package.title = metadata.title();
    package.author = metadata.authors();
    package.language = metadata.language.filter(|tag| !tag.is_empty());
    package
}

impl Package {
    fn add_item(&mut self, tag: &BytesStart, path: &str) {
        let (Some(id), Some(href)) = (attribute(tag, "id"), attribute(tag, "href")) else { return };
        let item = Item {
            path: resolve(path, &href).map(|(path, _)| path),
            media_type: attribute(tag, "media-type").unwrap_or_default().to_ascii_lowercase(),
            properties: attribute(tag, "properties").unwrap_or_default(),
        };
        self.items.entry(id).or_insert(item);
    }
}

fn is(tag: &BytesStart, name: &str) -> bool {
    tag.local_name().as_ref().eq_ignore_ascii_case(name)
}

/// Collects titles, authors and language while the package is read.
#[derive(Debug, Default)]
struct Metadata {
    /// Text since the last start tag.
    text: String,
    id: Option<String>,
    role: Option<String>,
    /// Of a `meta`: the property and what it refines.
    property: Option<(String, Option<String>)>,
    titles: Vec<(Option<String>, String)>,
    creators: Vec<(Option<String>, Option<String>, String)>,
    language: Option<String>,
    /// `(refined id, property, value)`.
    refinements: Vec<(String, String, String)>,
}

impl Metadata {
    fn start(&mut self, tag: &BytesStart) {
        self.text.clear();
        self.id = attribute(tag, "id");
        self.role = attribute(tag, "role");
        self.property = attribute(tag, "property").map(|property| {
            let refines = attribute(tag, "refines");
            (property, refines.and_then(|id| id.strip_prefix('#').map(str::to_owned)))
        });
    }

    fn end(&mut self, name: &str) {
        let value = collapse(&self.text);
        self.text.clear();
        if value.is_empty() {
            return;
        }
        match name {
            "title" => self.titles.push((self.id.take(), value)),
            "creator" => self.creators.push((self.id.take(), self.role.take(), value)),
            "language" => {
                self.language.get_or_insert(value);
            }
            "meta" => {
                if let Some((property, Some(id))) = self.property.take() {
                    self.refinements.push((id, property, value));
                }
            }
            _ => {}
        }
    }

    /// Whether `id` is refined by `property` at all, and whether with this value.
    fn refined(&self, id: Option<&str>, property: &str, value: &str) -> (bool, bool) {
        let of = |(of, p, _): &&(String, String, String)| Some(of.as_str()) == id && p == property;
        let values = self.refinements.iter().filter(of);
        values.fold((false, false), |(_, hit), (_, _, v)| (true, hit || v == value))
    }

    fn title(&self) -> String {
        let main = |id: &Option<String>| self.refined(id.as_deref(), "title-type", "main").1;
        let title = self.titles.iter().find(|(id, _)| main(id)).or(self.titles.first());
        title.map(|(_, title)| title.clone()).unwrap_or_default()
    }

    /// Those who wrote the book; everyone named where no roles are given.
    fn authors(&self) -> String {
        let wrote = |(id, role, _): &&(Option<String>, Option<String>, String)| {
            let (any, author) = self.refined(id.as_deref(), "role", "aut");
            author || role.as_deref().map_or(!any, |role| role == "aut")
        };
        let names: Vec<&str> =
            self.creators.iter().filter(wrote).map(|(_, _, name)| name.as_str()).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPF: &str = r##"<?xml version="1.0"?>
<opf:package xmlns:opf="http://www.idpf.org/2007/opf" version="3.0">
 <metadata><dc:title id="sub">Or, the Prometheus</dc:title><dc:title id="t">Frank &amp; Stein</dc:title>
 <meta property="title-type" refines="#t">main</meta>
 <dc:creator id="a">Mary Shelley</dc:creator><meta property="role" refines="#a">art</meta>
 <meta property="role" refines="#a">aut</meta><dc:creator id="i">An Illustrator</dc:creator>
 <meta property="role" refines="#i">ill</meta><dc:language>en-GB</dc:language></metadata>
 <manifest><item id="n" href="toc.xhtml" properties="nav" media-type="application/xhtml+xml"/>
 <item id="c" href="text/c%201.xhtml" media-type="application/xhtml+xml"/>
 <item id="evil" href="../../etc/passwd" media-type="text/plain"/>
 <item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>
 <spine toc="ncx"><itemref idref="c"/><itemref idref="n" linear="no"/></spine>
 <guide><reference type="text" href="text/c%201.xhtml#x"/></guide></opf:package>"##;

    #[test]
    fn a_package_says_what_the_book_is() {
        let package = parse(OPF, "OEBPS/content.opf");
        assert_eq!(package.version, 3);
        assert_eq!(
            (package.title.as_str(), package.author.as_str()),
            ("Frank & Stein", "Mary Shelley")
        );
        assert_eq!(package.language.as_deref(), Some("en-GB"));
        assert_eq!(package.items["c"].path.as_deref(), Some("OEBPS/text/c 1.xhtml"));
        assert_eq!(package.items["evil"].path, None);
        assert_eq!(package.spine, [("c".to_owned(), true), ("n".to_owned(), false)]);
        assert_eq!(package.nav.as_deref(), Some("OEBPS/toc.xhtml"));
        assert_eq!(package.ncx.as_deref(), Some("OEBPS/toc.ncx"));
        assert_eq!(package.guide[0].2.as_deref(), Some("x"));
    }

    #[test]
    fn entity_bombs_are_not_expanded() {
        let bomb = r#"<!DOCTYPE package [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>
            <package><metadata><dc:creator>&b;</dc:creator><dc:title>T</dc:title></metadata></package>"#;
        let package = parse(bomb, "c.opf");
        assert_eq!((package.title.as_str(), package.author.as_str()), ("T", ""));
    }

    #[test]
    fn the_container_names_the_package() {
        let text =
            r#"<container><rootfiles><rootfile full-path="a/b.opf"/></rootfiles></container>"#;
        assert_eq!(package_path(text).as_deref(), Some("a/b.opf"));
        assert_eq!(package_path("<container/>"), None);
    }
}
