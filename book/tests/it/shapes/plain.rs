//! The ways in which books of one file are made of novels.

use std::fmt::Write as _;

use super::novel::{Novel, Piece, Role, TITLE};
use super::printed;
use crate::kindle::Kindle;
use crate::library::archive;

/// How a novel is made into a book of one file.
pub type Making = fn(&Novel) -> Option<Vec<u8>>;

/// By the name of the file: `what it is.ending`.
pub const MAKINGS: [(&str, Making); 29] = [
    ("plain.txt", |novel| text(novel, &PLAIN)),
    ("wrapped by Gutenberg.txt", |novel| text(novel, &GUTENBERG)),
    ("titles below numbers.txt", |novel| text(novel, &Layout { title: "\n\n", ..GUTENBERG })),
    ("titles in the next line.txt", |novel| text(novel, &Layout { title: "\n", ..GUTENBERG })),
    ("centred.txt", |novel| text(novel, &Layout { indent: 24, title: "\n\n", ..GUTENBERG })),
    ("contents with pages.txt", |novel| {
        text(novel, &Layout { pages: true, indent: 8, ..GUTENBERG })
    }),
    ("no contents.txt", |novel| text(novel, &Layout { contents: false, ..GUTENBERG })),
    ("underscores.txt", |novel| text(novel, &Layout { around: "_", ..PLAIN })),
    ("a line for each paragraph.txt", |novel| text(novel, &Layout { width: 0, blank: 0, ..PLAIN })),
    ("page numbers.txt", |novel| text(novel, &Layout { folios: true, ..PLAIN })),
    ("gutenberg.htm", gutenberg_page),
    ("plain.html", plain_page),
    ("word.htm", word_page),
    ("hashes.md", |novel| Some(markdown(novel, hashes))),
    ("underlined.md", |novel| Some(markdown(novel, underlined))),
    ("bold.md", |novel| (!novel.has_sections()).then(|| markdown(novel, bold))),
    ("no title.md", |novel| {
        let body = String::from_utf8(markdown(novel, hashes)).ok()?;
        Some(body.replacen("# The Tale\n\n", "", 1).replace("##", "#").into_bytes())
    }),
    ("no title.html", |novel| {
        let body = String::from_utf8(plain_page(novel)?).ok()?;
        let body =
            body.replacen("<h1>The Tale</h1>", "", 1).replacen("The Tale, by A. Hare", "", 1);
        Some(body.replace("h2>", "h1>").replace("h3>", "h2>").into_bytes())
    }),
    ("metadata.md", |novel| {
        let body = String::from_utf8(markdown(novel, hashes)).ok()?;
        Some(format!("---\ntitle: {TITLE}\nauthor: A. Hare\n---\n\n{body}").into_bytes())
    }),
    ("styles.docx", |novel| Some(word(novel, by_style))),
    ("custom styles.docx", |novel| (!novel.has_sections()).then(|| word(novel, by_custom_style))),
    ("bold.docx", |novel| (!novel.has_sections()).then(|| word(novel, by_bold))),
    ("old.mobi", kindle),
    ("new.azw3", |novel| new_kindle(novel, true)),
    ("no contents.azw3", |novel| new_kindle(novel, false)),
    ("bookmarks.pdf", |novel| printed::pages(novel, true)),
    ("no bookmarks.pdf", |novel| printed::pages(novel, false)),
    ("nested.fb2", nested),
    ("flat.fb2", flat),
];

/// How plain text is set.
struct Layout {
    wrapped: bool,
    contents: bool,
    /// Page numbers in the contents.
    pages: bool,
    /// Blanks before headings and lines of the contents.
    indent: usize,
    /// What stands between number and title.
    title: &'static str,
    /// What stands around headings.
    around: &'static str,
    /// Characters of a line; 0 for all of a paragraph.
    width: usize,
    /// Empty lines between paragraphs.
    blank: usize,
    /// Numbers of pages within the text.
    folios: bool,
}

const PLAIN: Layout = Layout {
    wrapped: false,
    contents: false,
    pages: false,
    indent: 0,
    title: ". ",
    around: "",
    width: 72,
    blank: 1,
    folios: false,
};

const GUTENBERG: Layout = Layout { wrapped: true, contents: true, ..PLAIN };

fn joined(piece: &Piece, title: &str) -> String {
    match (piece.number.as_str(), piece.title.as_str()) {
        ("", only) | (only, "") => only.to_owned(),
        (number, text) if title == ". " && number.ends_with('.') => format!("{number} {text}"),
        (number, text) => format!("{number}{title}{text}"),
    }
}

fn text(novel: &Novel, layout: &Layout) -> Option<Vec<u8>> {
    if novel.has_sections() {
        return None;
    }
    let mut out = String::new();
    if layout.wrapped {
        let _ = write!(
            out,
            "The Project Gutenberg eBook of {TITLE}\n\nThis ebook is for the use of anyone anywhere in \
             the United States.\n\nTitle: {TITLE}\n\nAuthor: A. Hare\n\nLanguage: English\n\n\
             *** START OF THE PROJECT GUTENBERG EBOOK THE TALE ***\n\n\n\n\nTHE TALE\n\nby A. Hare\n\n\n"
        );
    }
    let indent = " ".repeat(layout.indent);
    if layout.contents {
        out.push_str(&format!("{indent}CONTENTS\n\n"));
        let titled = novel.pieces.iter().filter(|piece| !piece.heading().is_empty());
        for (nth, piece) in titled.enumerate() {
            let heading = joined(piece, ". ");
            let page =
                if layout.pages { format!(" {:.>30} {}", "", nth * 17 + 3) } else { String::new() };
            let _ = writeln!(out, "{indent}{}{heading}{page}", " ".repeat(piece.level));
        }
        out.push_str("\n\n\n");
    }
    let gap = "\n".repeat(layout.blank + 1);
    let mut page = 1;
    for piece in &novel.pieces {
        if layout.blank > 0 {
            out.push_str("\n\n\n");
        }
        if !piece.heading().is_empty() {
            let around = layout.around;
            for line in joined(piece, layout.title).split('\n') {
                match line {
                    "" => out.push('\n'),
                    line => drop(writeln!(out, "{indent}{around}{line}{around}")),
                }
            }
            out.push_str(&"\n".repeat(layout.blank));
        }
        for (nth, paragraph) in piece.text.iter().enumerate() {
            out.push_str(&wrap(paragraph, layout.width));
            out.push_str(&gap);
            if layout.folios && nth % 6 == 5 {
                page += 1;
                let _ = write!(out, "{page}{gap}");
            }
        }
    }
    if layout.wrapped {
        out.push_str(
            "\n\n*** END OF THE PROJECT GUTENBERG EBOOK THE TALE ***\n\nSection 1. General Terms of Use and \
             Redistributing Project Gutenberg electronic works\n\n1.A. By reading or using any part of this \
             work you agree.\n",
        );
    }
    // Nothing but headings tells pieces apart in plain text, and only their words tell headings there.
    let titled = |piece: &Piece| matches!(piece.role, Role::Apart) || !piece.heading().is_empty();
    let numbered =
        novel.story().all(|(_, piece)| !piece.number.is_empty() || piece.title.len() < 8);
    (novel.pieces.iter().all(titled) && (layout.blank > 0 || numbered)).then(|| out.into_bytes())
}

fn wrap(paragraph: &str, width: usize) -> String {
    if width == 0 {
        return paragraph.replace('\n', " / ");
    }
    let mut out = String::new();
    for line in paragraph.split('\n') {
        let mut length = 0;
        for word in line.split(' ') {
            if length + word.chars().count() > width {
                out.push('\n');
                length = 0;
            }
            if length > 0 {
                out.push(' ');
            }
            out.push_str(word);
            length += word.chars().count() + 1;
        }
        out.push('\n');
    }
    out.trim_end().to_owned()
}

fn html_text(piece: &Piece) -> String {
    piece.text.iter().map(|text| format!("<p>{}</p>\n", text.replace('\n', "<br>"))).collect()
}

/// The title of the book is above all.
fn level(novel: &Novel, piece: &Piece) -> usize {
    novel.level(piece) + 2
}

fn page(body: &str) -> Option<Vec<u8>> {
    let head = format!("<title>{TITLE}, by A. Hare</title><meta charset=\"utf-8\">");
    Some(
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head>{head}</head><body>\n{body}</body></html>"
        )
        .into(),
    )
}

fn gutenberg_page(novel: &Novel) -> Option<Vec<u8>> {
    let mut body = format!(
        "<section id=\"pg-header\"><p>The Project Gutenberg eBook of {TITLE}</p>\
         <p>*** START OF THE PROJECT GUTENBERG EBOOK THE TALE ***</p></section>\n\
         <h1>{TITLE}</h1><h2 class=\"no-break\">by A. Hare</h2>\n<h2>CONTENTS</h2><table>"
    );
    for (n, piece) in
        novel.pieces.iter().enumerate().filter(|(_, piece)| !piece.heading().is_empty())
    {
        let _ = writeln!(body, "<tr><td><a href=\"#c{n}\">{}</a></td></tr>", piece.heading());
    }
    body.push_str("</table>\n");
    for (n, piece) in novel.pieces.iter().enumerate() {
        if !piece.heading().is_empty() {
            let (level, heading) = (level(novel, piece), joined(piece, "<br>"));
            let _ = writeln!(
                body,
                "<div class=\"chapter\"><h{level}><a name=\"c{n}\"></a><span class=\"pagenum\">[{n}]</span>{heading}</h{level}></div>"
            );
        }
        body.push_str(&html_text(piece));
    }
    body.push_str("<section id=\"pg-footer\"><p>*** END OF THE PROJECT GUTENBERG EBOOK THE TALE ***</p><p>x</p></section>");
    page(&body)
}

fn plain_page(novel: &Novel) -> Option<Vec<u8>> {
    let mut body = format!("<h1>{TITLE}</h1>\n");
    for piece in &novel.pieces {
        if !piece.heading().is_empty() {
            let _ = writeln!(body, "<h{0}>{1}</h{0}>", level(novel, piece), piece.heading());
        }
        body.push_str(&html_text(piece));
    }
    page(&body)
}

fn word_page(novel: &Novel) -> Option<Vec<u8>> {
    if novel.has_sections() {
        return None;
    }
    let mut body = String::new();
    for piece in &novel.pieces {
        for line in [&piece.number, &piece.title].into_iter().filter(|line| !line.is_empty()) {
            let _ = writeln!(
                body,
                "<p class=MsoNormal align=center style='text-align:center'><b><span lang=EN-GB>{line}<o:p></o:p></span></b></p>"
            );
        }
        body.push_str(&html_text(piece).replace("<p>", "<p class=MsoNormal>"));
        body.push_str("<b><span><br clear=all style='page-break-before:always'></span></b>\n");
    }
    page(&body)
}

/// As converters of old did: headings are large letters.
fn kindle(novel: &Novel) -> Option<Vec<u8>> {
    let mut body = String::new();
    for piece in &novel.pieces {
        body.push_str("<mbp:pagebreak/>");
        if !piece.heading().is_empty() {
            let _ = writeln!(
                body,
                "<p align=\"center\" width=\"0pt\"><font size=\"5\">{}</font></p>",
                piece.heading()
            );
        }
        body.push_str(&html_text(piece));
    }
    (!novel.has_sections()).then(|| Kindle::page(&body).bytes())
}

/// As publishers make them: a file for each piece, in fragments.
fn new_kindle(novel: &Novel, contents: bool) -> Option<Vec<u8>> {
    let file = |piece: &Piece| {
        let heading = piece.heading();
        let (level, label) = (level(novel, piece) - 1, (!heading.is_empty()).then_some(&heading));
        let title = label.map_or_else(String::new, |text| format!("<h{level}>{text}</h{level}>"));
        (label.filter(|_| contents).cloned(), [title, html_text(piece)])
    };
    (!novel.has_sections()).then(|| Kindle::files(novel.pieces.iter().map(file)).bytes())
}

fn markdown(novel: &Novel, heading: fn(&Novel, &Piece) -> String) -> Vec<u8> {
    let mut out = format!("# {TITLE}\n\n");
    for piece in &novel.pieces {
        if !piece.heading().is_empty() {
            out.push_str(&heading(novel, piece));
        }
        for paragraph in &piece.text {
            let _ = write!(out, "{}\n\n", paragraph.replace('\n', "  \n"));
        }
    }
    out.into_bytes()
}

/// `1.` at the start of a line would be a list.
fn safe(text: &str) -> String {
    text.replacen(". ", "\\. ", 1)
}

fn hashes(novel: &Novel, piece: &Piece) -> String {
    format!("{} {}\n\n", "#".repeat(level(novel, piece)), piece.heading())
}

fn underlined(novel: &Novel, piece: &Piece) -> String {
    match level(novel, piece) {
        2 => format!("{}\n======\n\n", safe(&piece.heading())),
        3 => format!("{}\n------\n\n", safe(&piece.heading())),
        _ => hashes(novel, piece),
    }
}

fn bold(_: &Novel, piece: &Piece) -> String {
    format!("**{}**\n\n", piece.heading())
}

fn word(novel: &Novel, heading: fn(&Novel, &Piece) -> String) -> Vec<u8> {
    let mut body = String::new();
    for piece in &novel.pieces {
        if !piece.heading().is_empty() {
            body.push_str(&heading(novel, piece));
        }
        for text in piece.text.iter().flat_map(|text| text.split('\n')) {
            let _ = write!(body, "<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
        }
    }
    let styles = "<w:styles><w:style w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/></w:style>\
        <w:style w:styleId=\"Heading2\"><w:name w:val=\"heading 2\"/></w:style>\
        <w:style w:styleId=\"Heading3\"><w:name w:val=\"heading 3\"/></w:style>\
        <w:style w:styleId=\"Heading4\"><w:name w:val=\"heading 4\"/></w:style>\
        <w:style w:styleId=\"CT\"><w:name w:val=\"Chapter Title\"/></w:style></w:styles>";
    let core = format!("<c><dc:title>{TITLE}</dc:title><dc:creator>A. Hare</dc:creator></c>");
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    archive(&[
        ("word/document.xml", &document),
        ("word/styles.xml", styles),
        ("docProps/core.xml", &core),
    ])
}

fn by_style(novel: &Novel, piece: &Piece) -> String {
    let level = level(novel, piece) - 1;
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"Heading{level}\"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>",
        piece.heading()
    )
}

fn by_custom_style(_: &Novel, piece: &Piece) -> String {
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"CT\"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>",
        piece.heading()
    )
}

fn by_bold(_: &Novel, piece: &Piece) -> String {
    let line = |text: &str| {
        format!(
            "<w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let lines = [&piece.number, &piece.title].into_iter().filter(|line| !line.is_empty());
    lines.map(|text| line(text)).collect()
}

fn fiction_book(body: &str) -> Option<Vec<u8>> {
    Some(
        format!(
            "<?xml version=\"1.0\"?><FictionBook><description><title-info><author><first-name>A.</first-name>\
             <last-name>Hare</last-name></author><book-title>{TITLE}</book-title><lang>en</lang></title-info>\
             </description><body><title><p>A. Hare</p><p>{TITLE}</p></title>{body}</body></FictionBook>"
        )
        .into(),
    )
}

fn section(piece: &Piece) -> String {
    let lines = [&piece.number, &piece.title].into_iter().filter(|line| !line.is_empty());
    let title: String = lines.map(|line| format!("<p>{line}</p>")).collect();
    let title = if title.is_empty() { title } else { format!("<title>{title}</title>") };
    let text = piece.text.iter().flat_map(|text| text.split('\n'));
    format!("{title}{}", text.map(|text| format!("<p>{text}</p>")).collect::<String>())
}

fn nested(novel: &Novel) -> Option<Vec<u8>> {
    let mut body = String::new();
    let mut open: usize = 0;
    for (index, piece) in novel.pieces.iter().enumerate() {
        let depth = match piece.role {
            Role::Section => piece.level + 1,
            _ => piece.level,
        };
        body.push_str(&"</section>".repeat(open.saturating_sub(depth)));
        body.push_str(&format!("<section>{}", section(piece)));
        open = depth + 1;
        if piece.role != Role::Group && novel.sections(index) == 0 {
            body.push_str("</section>");
            open = depth;
        }
    }
    fiction_book(&format!("{body}{}", "</section>".repeat(open)))
}

fn flat(novel: &Novel) -> Option<Vec<u8>> {
    if novel.has_sections() {
        return None;
    }
    let sections =
        novel.pieces.iter().map(|piece| format!("<section>{}</section>", section(piece)));
    fiction_book(&sections.collect::<String>())
}
