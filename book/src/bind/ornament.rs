//! What adorns the beginning of a chapter: a headpiece after its heading, and the ground of its initial.
//!
//! The initial stays the letter of the text: a style enlarges it and lays its ground beneath it. Nothing
//! of a page's own bytes changes, and who cannot see the pictures misses nothing.

use std::path::Path;

use super::edits::escape;
use super::figure::relative;
use super::picture::Picture;
use super::{BindError, Binding};
use crate::mark::PREFIX;
use crate::read::Layout;

/// An ornament that has found its place in an EPUB.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    pub chapter: u32,
    /// Index of the document, and the place in it right after the heading.
    pub document: usize,
    pub anchor: usize,
    /// Name of that document's entry.
    page: &'a str,
    /// The headpiece and the ground: the entry, the file, how it is stored.
    pub pictures: [(String, &'a Path, Picture); 2],
}

/// Where the ornaments of a binding go; a chapter without a heading in the text has none.
pub(crate) fn placed<'a>(
    layout: &'a Layout,
    binding: &'a Binding,
    folder: &str,
) -> Result<Vec<Placed<'a>>, BindError> {
    let mut placed = Vec::new();
    for ornament in &binding.ornaments {
        let chapter = ornament.chapter;
        let part = layout.parts.iter().find(|(_, number)| *number == Some(chapter));
        let Some((part, _)) = part.filter(|(part, _)| part.body > part.range.start) else {
            continue;
        };
        let blocks = &layout.manuscript.blocks;
        let (heading, first) = (&blocks[part.body - 1], blocks.get(part.body));
        // A heading on a page of its own has its text on the next.
        if first.is_none_or(|first| first.document != heading.document) {
            continue;
        }
        let entry = |what: &str, file: &'a Path| {
            let picture = Picture::inspect(file, binding.pictures)?;
            let name = format!("{folder}{what}-{chapter}.{}", picture.extension());
            Ok::<_, BindError>((name, file, picture))
        };
        placed.push(Placed {
            chapter,
            document: heading.document,
            anchor: heading.anchor,
            page: &layout.manuscript.documents[heading.document].name,
            pictures: [
                entry("headpiece", &ornament.headpiece)?,
                entry("initial", &ornament.initial)?,
            ],
        });
    }
    Ok(placed)
}

impl Placed<'_> {
    /// The headpiece as it stands in its page.
    pub fn markup(&self, version: u8, namespace: &str) -> String {
        let src = escape(&relative(self.page, &self.pictures[0].0));
        let role = if version == 3 { r#" role="presentation""# } else { "" };
        let (chapter, (width, height)) = (self.chapter, self.pictures[0].2.size);
        format!(
            r#"<div{namespace} id="{PREFIX}headpiece-{chapter}" class="woodcut-headpiece"><img{role} src="{src}" alt="" width="{width}" height="{height}"/></div>"#
        )
    }

    /// The style of the initial, in the stylesheet named `style`.
    pub fn initial(&self, style: &str) -> String {
        let ground = relative(style, &self.pictures[1].0);
        initial(&format!("#{PREFIX}headpiece-{}", self.chapter), &ground)
    }
}

/// The first letter after the element `selector`, on its ground.
pub(crate) fn initial(selector: &str, ground: &str) -> String {
    format!("{selector} + p::first-letter {{\n  background-image: url(\"{ground}\");\n}}\n")
}

/// The style that all headpieces and initials share.
pub(crate) const STYLE: &str = "\
.woodcut-headpiece {
  margin: 0.5em 0 1.5em 0;
  padding: 0;
  text-align: center;
  text-indent: 0;
  page-break-inside: avoid;
  break-inside: avoid;
}
.woodcut-headpiece img {
  height: auto;
  max-width: 100%;
}
.woodcut-headpiece + p {
  text-indent: 0;
}
.woodcut-headpiece + p::first-letter {
  float: left;
  margin: 0.06em 0.12em 0 0;
  padding: 0.12em 0.2em;
  font-size: 3.2em;
  line-height: 1;
  font-weight: bold;
  background-size: cover;
  background-position: center;
}
";

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::super::{Ornament, epub};
    use super::*;
    use crate::read::read_layout;

    /// A book of three chapters, the last of which has no heading of its own.
    fn book(folder: &Path) -> (PathBuf, Binding) {
        let source = folder.join("tale.md");
        let text = "# Tale\n\n## One\n\nIt rained.\n\nIt snowed.\n\n## Two\n\nThe sun rose.\n";
        manifest::artifact::put(folder, "tale.md", text.as_bytes()).unwrap();
        let ground = folder.join("ground.png");
        image::RgbImage::new(8, 8).save(&ground).unwrap();
        let ornament =
            |chapter| Ornament { chapter, headpiece: ground.clone(), initial: ground.clone() };
        let ornaments = [1, 2, 9].map(ornament).to_vec();
        (source, Binding { ornaments, ..Binding::default() })
    }

    #[test]
    fn every_heading_gets_its_ornament_and_the_book_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (source, binding) = book(folder.path());
        let [plain, adorned] = ["plain.epub", "adorned.epub"].map(|name| folder.path().join(name));
        epub(&source, &plain, &Binding::default()).unwrap();
        epub(&source, &adorned, &binding).unwrap();
        let layout = read_layout(&adorned, &crate::read::Reading::default()).unwrap();
        let placed = placed(&layout, &binding, "EPUB/woodcut/").unwrap();
        assert_eq!(placed.iter().map(|ornament| ornament.chapter).collect::<Vec<_>>(), [1, 2]);
        let text = |path: &Path| {
            let book = crate::read::read(path).unwrap();
            book.chapters.into_iter().map(|chapter| chapter.text).collect::<Vec<_>>()
        };
        assert_eq!(text(&plain), text(&adorned));
        let page = |path: &Path, name: &str| {
            let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
            std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
        };
        let adorned = page(&adorned, "EPUB/text/chapter-001.xhtml");
        assert!(
            adorned.contains("class=\"woodcut-headpiece\"><img role=\"presentation\""),
            "{adorned}"
        );
        assert_eq!(crate::mark::strip(&adorned), page(&plain, "EPUB/text/chapter-001.xhtml"));
    }

    #[test]
    fn an_initial_is_a_style_of_the_first_letter() {
        let style = initial("#x", "../a.png");
        assert!(style.starts_with("#x + p::first-letter {") && style.contains("url(\"../a.png\")"));
    }
}
