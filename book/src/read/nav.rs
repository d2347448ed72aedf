//! Tables of contents: the navigation document of EPUB 3 and the NCX of EPUB 2.

use quick_xml::events::Event;

use super::archive::resolve;
use super::run::collapse;
use super::tokens::{Tokens, attribute, push_reference};

/// A line of a table of contents as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub label: String,
    /// 0 for the outermost.
    pub depth: usize,
    /// Entry and fragment; `None` for a heading without a link, or a link that leads outside.
    pub target: Option<(String, Option<String>)>,
    /// `epub:type` of a landmark.
    pub kind: String,
}

/// The lists of a navigation document.
#[derive(Debug, Default)]
pub(crate) struct Navigation {
    pub contents: Vec<Line>,
    pub landmarks: Vec<Line>,
}

/// Reads a navigation document that is the entry `path`.
pub(crate) fn parse_nav(text: &str, path: &str) -> Navigation {
    let mut out = Navigation::default();
    let mut list = List::None;
    let mut depth: usize = 0;
    let mut line: Option<Line> = None;
    for (event, _) in Tokens::new(text) {
        match &event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "nav" => {
                    let kind = attribute(tag, "type").or_else(|| attribute(tag, "role"));
                    list = List::of(kind.as_deref(), out.contents.is_empty());
                    depth = 0;
                }
                "ol" | "ul" => {
                    list.take(&mut out, line.take());
                    depth += 1;
                }
                "a" | "span" if line.is_none() => {
                    let href = attribute(tag, "href");
                    line = Some(Line {
                        depth: depth.saturating_sub(1),
                        target: href.and_then(|href| resolve(path, &href)),
                        kind: attribute(tag, "type").unwrap_or_default(),
                        ..Line::default()
                    });
                }
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "nav" => list = List::None,
                "li" | "a" => list.take(&mut out, line.take()),
                "ol" | "ul" => depth = depth.saturating_sub(1),
                _ => {}
            },
            other => {
                if let Some(line) = &mut line {
                    push_text(&mut line.label, other);
                }
            }
        }
    }
    out
}

/// The list a line of a navigation document belongs to.
#[derive(Clone, Copy)]
enum List {
    None,
    Contents,
    Landmarks,
}

impl List {
    /// A `nav` of no kind is the contents if there are none yet.
    fn of(kind: Option<&str>, no_contents: bool) -> Self {
        let has = |term: &str| {
            kind.is_some_and(|kind| {
                kind.split_whitespace().any(|k| k.trim_start_matches("doc-") == term)
            })
        };
        if has("toc") || (kind.is_none() && no_contents) {
            List::Contents
        } else if has("landmarks") {
            List::Landmarks
        } else {
            List::None
        }
    }

    fn take(self, out: &mut Navigation, line: Option<Line>) {
        let Some(mut line) = line else { return };
        line.label = collapse(&line.label);
        match self {
            List::Contents => out.contents.push(line),
            List::Landmarks => out.landmarks.push(line),
            List::None => {}
        }
    }
}

/// Reads an NCX that is the entry `path`.
pub(crate) fn parse_ncx(text: &str, path: &str) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut depth: usize = 0;
    let mut in_map = false;
    let mut in_label = false;
    for (event, _) in Tokens::new(text) {
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                let empty = matches!(event, Event::Empty(_));
                match tag.local_name().as_ref() {
                    "navMap" => in_map = !empty,
                    "navPoint" if in_map && !empty => {
                        out.push(Line { depth, ..Line::default() });
                        depth += 1;
                    }
                    "text" if in_map => in_label = !empty,
                    "content" if in_map => {
                        if let Some(line) = out.last_mut().filter(|line| line.target.is_none()) {
                            line.target = attribute(tag, "src").and_then(|src| resolve(path, &src));
                        }
                    }
                    _ => {}
                }
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                "navMap" => in_map = false,
                "navPoint" => depth = depth.saturating_sub(1),
                "text" => in_label = false,
                _ => {}
            },
            other if in_label => {
                if let Some(line) = out.last_mut() {
                    push_text(&mut line.label, other);
                }
            }
            _ => {}
        }
    }
    for line in &mut out {
        line.label = collapse(&line.label);
    }
    out
}

fn push_text(out: &mut String, event: &Event) {
    match event {
        Event::Text(text) => out.push_str(text),
        Event::CData(text) => out.push_str(text),
        Event::GeneralRef(reference) => {
            push_reference(out, reference);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(lines: &[Line]) -> Vec<String> {
        let target = |line: &Line| match &line.target {
            Some((path, Some(at))) => format!("{path}#{at}"),
            Some((path, None)) => path.clone(),
            None => "-".to_owned(),
        };
        lines
            .iter()
            .map(|l| format!("{}{} > {}", "  ".repeat(l.depth), l.label, target(l)))
            .collect()
    }

    #[test]
    fn nested_lists_and_headings_without_links() {
        let nav = parse_nav(
            r##"<nav epub:type="toc"><h1>Contents</h1><ol>
              <li><span>Part <b>I</b></span><ol><li><a href="c1.xhtml#s">One &amp; all</a></li></ol></li>
              <li><a href="../../x">Two</a></li></ol></nav>
              <nav epub:type="page-list"><ol><li><a href="c1.xhtml">1</a></li></ol></nav>
              <nav epub:type="landmarks"><ol><li><a epub:type="bodymatter" href="c1.xhtml">B</a></li></ol></nav>"##,
            "E/nav.xhtml",
        );
        assert_eq!(show(&nav.contents), ["Part I > -", "  One & all > E/c1.xhtml#s", "Two > -"]);
        assert_eq!(nav.landmarks[0].kind, "bodymatter");
    }

    #[test]
    fn nested_points_of_an_ncx() {
        let ncx = r##"<ncx><docTitle><text>T</text></docTitle><navMap>
          <navPoint id="a"><navLabel><text>Book
            One</text></navLabel><content src="a.html#p"/>
            <navPoint id="b"><navLabel><text>I</text></navLabel><content src="a.html#q"/></navPoint></navPoint>
          <navPoint id="c"><navLabel><text>End</text></navLabel><content src="b.html"/></navPoint></navMap>
          <pageList><pageTarget><navLabel><text>1</text></navLabel><content src="a.html"/></pageTarget></pageList></ncx>"##;
        assert_eq!(
            show(&parse_ncx(ncx, "toc.ncx")),
            ["Book One > a.html#p", "  I > a.html#q", "End > b.html"]
        );
    }
}
