//! The ways in which EPUBs are made of novels.

use super::novel::{Novel, Piece, Role, TITLE};
use crate::library::Epub;

/// How a novel is made into a book; `None` where it cannot be, or not be told apart.
pub type Making = fn(&Novel) -> Option<Epub>;

pub const MAKINGS: [(&str, Making); 22] = [
    ("a file each, contents", files_with_contents),
    ("a file each, contents with every page", contents_with_every_page),
    ("a file each, no contents", |novel| Some(files(novel, plain))),
    ("a file each, NCX", |novel| Some(files_with_contents(novel)?.version(2))),
    ("headings of one level", |novel| on_one_level(novel, one_level)),
    ("number and title in two headings", |novel| on_one_level(novel, two_headings)),
    ("number and title in one heading, two lines", |novel| on_one_level(novel, broken_heading)),
    ("title of the book above each heading", |novel| on_one_level(novel, book_above)),
    ("title of the book above each heading, contents", |novel| with_contents(novel, book_above)),
    ("headings as pictures, contents", |novel| with_contents(novel, picture)),
    ("number above the heading", |novel| with_contents(novel, number_above)),
    ("headings as styled paragraphs, contents", |novel| with_contents(novel, styled)),
    ("headings as styled paragraphs", |novel| on_one_level(novel, styled)),
    ("headings as bold paragraphs in one file", |novel| one_file(novel, bold)),
    ("one file, headings", |novel| one_file(novel, plain)),
    ("one file, fragments", |novel| chunks(novel, usize::MAX)),
    ("cut by size, fragments", |novel| chunks(novel, 24)),
    ("cut by size, no contents", |novel| Some(chunks(novel, 24)?.contents(""))),
    ("parts alone in the contents", parts_alone),
    ("chapters in two files", halves),
    ("declared", declared),
    ("nothing but files", nothing_but_files),
];

fn paragraphs(texts: &[String]) -> String {
    texts.iter().map(|text| format!("<p>{}</p>\n", text.replace('\n', "<br/>"))).collect()
}

fn text(piece: &Piece) -> String {
    match piece.kind.as_str() {
        "verse" => format!("<div class=\"poem\">{}</div>", paragraphs(&piece.text)),
        "list" => {
            let items = piece.text.iter().map(|text| format!("<li>{text}</li>"));
            format!("<ul>{}</ul>", items.collect::<String>())
        }
        _ => paragraphs(&piece.text),
    }
}

fn level(novel: &Novel, piece: &Piece) -> usize {
    novel.level(piece) + 1
}

fn plain(novel: &Novel, piece: &Piece) -> String {
    match piece.heading().as_str() {
        "" => String::new(),
        heading => format!("<h{0}>{heading}</h{0}>\n", level(novel, piece)),
    }
}

fn one_level(_: &Novel, piece: &Piece) -> String {
    match piece.heading().as_str() {
        "" => String::new(),
        heading => format!("<h2 class=\"title\">{heading}</h2>\n"),
    }
}

fn two_headings(_: &Novel, piece: &Piece) -> String {
    let first = |text: &str| format!("<h2>{text}</h2>\n");
    match (piece.number.as_str(), piece.title.as_str()) {
        ("", "") => String::new(),
        ("", only) | (only, "") => first(only),
        (number, title) => format!("{}<h3>{title}</h3>\n", first(number)),
    }
}

fn broken_heading(_: &Novel, piece: &Piece) -> String {
    match (piece.number.as_str(), piece.title.as_str()) {
        ("", "") => String::new(),
        ("", only) | (only, "") => format!("<h2>{only}</h2>\n"),
        (number, title) => format!("<h2>{number}<br/>{title}</h2>\n"),
    }
}

fn number_above(_: &Novel, piece: &Piece) -> String {
    match (piece.number.as_str(), piece.title.as_str()) {
        ("", "") => String::new(),
        ("", only) | (only, "") => format!("<h2>{only}</h2>\n"),
        (number, title) => format!("<p class=\"num\">{number}</p>\n<h2>{title}</h2>\n"),
    }
}

fn styled(_: &Novel, piece: &Piece) -> String {
    let line = |class: &str, text: &str| match text {
        "" => String::new(),
        text => format!("<p class=\"{class}\">{text}</p>\n"),
    };
    format!("{}{}", line("chapter-number", &piece.number), line("chapter-title", &piece.title))
}

fn bold(_: &Novel, piece: &Piece) -> String {
    match piece.heading().as_str() {
        "" => String::new(),
        heading => format!(
            "<p class=\"MsoNormal\" align=\"center\" style=\"text-align:center\"><b><span>{heading}</span></b></p>\n"
        ),
    }
}

fn book_above(novel: &Novel, piece: &Piece) -> String {
    let level = level(novel, piece) + 1;
    match piece.heading().as_str() {
        "" => format!("<h1>{TITLE}</h1>\n"),
        heading => format!("<h1>{TITLE}</h1>\n<h{level}>{heading}</h{level}>\n"),
    }
}

fn picture(_: &Novel, piece: &Piece) -> String {
    match piece.heading().as_str() {
        "" => String::new(),
        heading => format!("<div><img src=\"t.png\" alt=\"{heading}\"/></div>\n"),
    }
}

fn name(index: usize) -> String {
    format!("f{index:03}")
}

fn files(novel: &Novel, heading: fn(&Novel, &Piece) -> String) -> Epub {
    let mut pages: Vec<(usize, String)> = Vec::new();
    for (index, piece) in novel.pieces.iter().enumerate() {
        let page = format!("{}{}", heading(novel, piece), text(piece));
        match pages.last_mut().filter(|_| piece.role == Role::Section) {
            Some((_, chapter)) => chapter.push_str(&page),
            None => pages.push((index, page)),
        }
    }
    pages.iter().fold(Epub::new(), |epub, (index, page)| epub.page(&name(*index), page))
}

/// Where sections look like chapters, nothing tells them apart.
fn on_one_level(novel: &Novel, heading: fn(&Novel, &Piece) -> String) -> Option<Epub> {
    (!novel.has_sections()).then(|| files(novel, heading))
}

fn line(target: &str, piece: &Piece, label: &str) -> String {
    format!("{}{target} {label}\n", "  ".repeat(piece.level))
}

fn contents(novel: &Novel) -> String {
    let titled = novel
        .pieces
        .iter()
        .enumerate()
        .filter(|(_, piece)| piece.role != Role::Section && !piece.heading().is_empty());
    titled.map(|(index, piece)| line(&name(index), piece, &piece.heading())).collect()
}

fn with_contents(novel: &Novel, heading: fn(&Novel, &Piece) -> String) -> Option<Epub> {
    Some(files(novel, heading).contents(&contents(novel)))
}

fn files_with_contents(novel: &Novel) -> Option<Epub> {
    with_contents(novel, plain)
}

/// As publishers do: what has no title in the book has one in the contents.
fn contents_with_every_page(novel: &Novel) -> Option<Epub> {
    let label = |piece: &Piece| match (piece.heading().as_str(), piece.kind.as_str()) {
        ("", "titlepage") => "Title Page".to_owned(),
        ("", "copyright") => "Copyright".to_owned(),
        ("", "dedication") => "Dedication".to_owned(),
        ("", "epigraph") => "Epigraph".to_owned(),
        ("", "newsletter") => "Newsletter".to_owned(),
        (heading, _) => heading.to_owned(),
    };
    let lines = novel.pieces.iter().enumerate().filter(|(_, piece)| piece.role != Role::Section);
    let lines: String = lines.map(|(n, piece)| line(&name(n), piece, &label(piece))).collect();
    Some(files(novel, plain).contents(&lines))
}

fn one_file(novel: &Novel, heading: fn(&Novel, &Piece) -> String) -> Option<Epub> {
    let pieces = novel.pieces.iter();
    let body: String =
        pieces.map(|piece| format!("{}{}", heading(novel, piece), text(piece))).collect();
    // Headings that look alike do not tell sections from chapters.
    let told = novel.has_titles() && (!body.contains("MsoNormal") || !novel.has_sections());
    told.then(|| Epub::new().page("book", &body))
}

const HEADER: &str = "<section id=\"pg-header\"><h2>The Project Gutenberg eBook of The Tale</h2>\
    <p>This ebook is for the use of anyone anywhere in the United States and most other parts of the \
    world at no cost and with almost no restrictions whatsoever.</p>\
    <p>*** START OF THE PROJECT GUTENBERG EBOOK THE TALE ***</p></section>";
const FOOTER: &str = "<section id=\"pg-footer\"><p>*** END OF THE PROJECT GUTENBERG EBOOK THE TALE ***</p>\
    <h2>THE FULL PROJECT GUTENBERG LICENSE</h2><p>PLEASE READ THIS BEFORE YOU DISTRIBUTE OR USE THIS \
    WORK. To protect the Project Gutenberg mission of promoting the free distribution of electronic \
    works.</p></section>";

/// As Project Gutenberg does: files end after so many paragraphs, wherever that is.
fn chunks(novel: &Novel, size: usize) -> Option<Epub> {
    let mut blocks = vec![HEADER.to_owned()];
    let mut targets = Vec::new();
    for piece in &novel.pieces {
        let heading = piece.heading();
        if !heading.is_empty() {
            let (at, level) = (blocks.len(), level(novel, piece));
            let depth = piece.level + usize::from(piece.role == Role::Section);
            targets.push((at, depth, heading.clone()));
            blocks.push(format!("<h{level} id=\"id{at}\">{heading}</h{level}>"));
        }
        blocks.extend(piece.text.iter().map(|text| format!("<p>{text}</p>")));
    }
    blocks.push(FOOTER.to_owned());
    let size = size.min(blocks.len());
    let pages = blocks.chunks(size).enumerate();
    let epub =
        pages.fold(Epub::new().version(2), |epub, (n, page)| epub.page(&name(n), &page.join("\n")));
    let line = |(at, level, heading): &(usize, usize, String)| {
        format!("{}{}#id{at} {heading}\n", "  ".repeat(*level), name(at / size))
    };
    let epub = epub.contents(&targets.iter().map(line).collect::<String>());
    novel.has_titles().then_some(epub)
}

fn parts_alone(novel: &Novel) -> Option<Epub> {
    let groups = novel.pieces.iter().enumerate().filter(|(_, piece)| piece.role == Role::Group);
    let lines: String = groups.map(|(n, piece)| line(&name(n), piece, &piece.heading())).collect();
    (!lines.is_empty()).then(|| files(novel, plain).contents(&lines))
}

/// As converters do with long files; the contents know the first half alone.
fn halves(novel: &Novel) -> Option<Epub> {
    if novel.has_sections() {
        return None;
    }
    let epub = novel.pieces.iter().enumerate().fold(Epub::new(), |epub, (n, piece)| {
        if piece.text.len() < 6 {
            return epub.page(&name(n), &format!("{}{}", plain(novel, piece), text(piece)));
        }
        let (front, back) = piece.text.split_at(piece.text.len() / 2);
        let front = format!("{}{}", plain(novel, piece), paragraphs(front));
        epub.page(&name(n), &front).page(&format!("{}_split_001", name(n)), &paragraphs(back))
    });
    // Without titles, halves are all there is.
    let titled = novel.story().all(|(_, piece)| !piece.heading().is_empty());
    titled.then(|| epub.contents(&contents(novel)))
}

fn declared(novel: &Novel) -> Option<Epub> {
    if novel.has_sections() {
        return None;
    }
    let first = novel.pieces.iter().position(|piece| piece.role != Role::Apart).unwrap_or(0);
    let epub = novel.pieces.iter().enumerate().fold(Epub::new(), |epub, (n, piece)| {
        let (matter, kind) = match piece.role {
            Role::Story | Role::Section => ("bodymatter z3998:fiction", "chapter"),
            Role::Group => ("bodymatter z3998:fiction", "part"),
            Role::Apart if n < first => ("frontmatter", "z3998:front"),
            Role::Apart => ("backmatter", "z3998:back"),
        };
        let body = format!(
            "<body epub:type=\"{matter}\"><section epub:type=\"{kind}\">{}{}</section></body>",
            two_headings(novel, piece),
            text(piece)
        );
        epub.page(&name(n), &body)
    });
    Some(epub)
}

fn nothing_but_files(novel: &Novel) -> Option<Epub> {
    let long = novel.story().all(|(_, piece)| piece.text.concat().len() > 600);
    let epub = files(novel, |_, _| String::new());
    (long && !novel.has_essays() && !novel.has_groups()).then_some(epub)
}
