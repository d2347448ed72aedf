//! Printed pages, made on the spot, read back as chapters.

use book::ReadError;
use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, Stream, dictionary};

use crate::library::Shelf;

/// Where a line stands, how large it is, and what it says.
pub type Line<'a> = (i64, i64, i64, &'a str);

/// A PDF of these pages, with bookmarks that lead to pages by index.
pub fn pdf(pages: &[Vec<Line>], bookmarks: &[(&str, usize)]) -> Document {
    let mut pdf = Document::with_version("1.5");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier",
        "Encoding" => "WinAnsiEncoding", "FirstChar" => 0,
        "Widths" => vec![Object::Integer(600); 256],
    });
    let resources = dictionary! { "Font" => dictionary! { "F" => font } };
    let mut kids = Vec::new();
    for lines in pages {
        let operations = lines.iter().flat_map(|(x, y, size, text)| {
            [
                Operation::new("BT", vec![]),
                Operation::new("Tf", vec!["F".into(), (*size).into()]),
                Operation::new("Td", vec![(*x).into(), (*y).into()]),
                Operation::new("Tj", vec![Object::string_literal(win_ansi(text))]),
                Operation::new("ET", vec![]),
            ]
        });
        let content = Content { operations: operations.collect::<Vec<_>>() }.encode().unwrap();
        let content = pdf.add_object(Stream::new(dictionary! {}, content));
        kids.push(pdf.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content,
            "Resources" => resources.clone(),
        }));
    }
    let mut next: Option<lopdf::ObjectId> = None;
    for (title, page) in bookmarks.iter().rev() {
        let mut item = dictionary! {
            "Title" => lopdf::text_string(title),
            "Dest" => vec![kids[*page].into(), "Fit".into()],
        };
        if let Some(next) = next {
            item.set("Next", next);
        }
        next = Some(pdf.add_object(item));
    }
    let count = i64::try_from(kids.len()).unwrap();
    let kids: Vec<Object> = kids.into_iter().map(Object::from).collect();
    pdf.objects
        .insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => tree };
    if let Some(first) = next {
        // The last points back to the first: a cycle has to end.
        catalog.set("Outlines", pdf.add_object(dictionary! { "First" => first }));
    }
    let catalog = pdf.add_object(catalog);
    pdf.trailer.set("Root", catalog);
    let info = dictionary! { "Title" => Object::string_literal("The Tale"),
    "Author" => Object::string_literal("A. Hare") };
    let info = pdf.add_object(info);
    pdf.trailer.set("Info", info);
    pdf
}

/// As the font of these pages has its letters.
pub fn win_ansi(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(text).0.into_owned()
}

fn shelve(mut pdf: Document) -> Shelf {
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    Shelf::with("tale.pdf", bytes)
}

const ROW: &str = "It was late and the rain had not stopped, and the old woman";

/// The tale as a file.
pub fn tale_bytes() -> Vec<u8> {
    let mut bytes = Vec::new();
    pdf(&tale(), &[("The Wolf", 0), ("The Hare", 2)]).save_to(&mut bytes).unwrap();
    bytes
}

/// Two chapters of two pages, with running heads and page numbers.
fn tale() -> Vec<Vec<Line<'static>>> {
    let numbers = ["11", "12", "13", "14"];
    (0..4)
        .map(|page| {
            let mut lines = vec![(50, 800, 9, "A. HARE")];
            if page % 2 == 0 {
                lines.push((50, 760, 16, if page == 0 { "Chapter 1" } else { "Chapter 2" }));
            }
            lines.extend((0..20).map(|row| (50, 720 - 12 * row, 10, ROW)));
            lines.push((50, 480, 10, if page % 2 == 0 { "sat by the win-" } else { "end." }));
            lines.push((300, 20, 9, numbers[page]));
            lines
        })
        .collect()
}

#[test]
fn headings_are_chapters_and_what_repeats_at_the_edge_is_not_text() {
    let book = shelve(pdf(&tale(), &[])).read("tale.pdf").unwrap();
    assert_eq!((book.title.as_str(), book.author.as_str()), ("The Tale", "A. Hare"));
    let titles: Vec<&str> = book.chapters.iter().map(|chapter| chapter.title.as_str()).collect();
    assert_eq!(titles, ["Chapter 1", "Chapter 2"]);
    for chapter in &book.chapters {
        assert!(!chapter.text.contains("HARE") && !chapter.text.contains("1"), "{}", chapter.text);
        assert_eq!(chapter.text.matches(ROW).count(), 40);
    }
}

#[test]
fn bookmarks_are_the_table_of_contents() {
    let mut pages = tale();
    for page in &mut pages {
        page.retain(|(_, _, size, _)| *size != 16);
    }
    let book = shelve(pdf(&pages, &[("The Wolf", 0), ("The Hare", 2)])).read("tale.pdf").unwrap();
    let titles: Vec<&str> = book.chapters.iter().map(|chapter| chapter.title.as_str()).collect();
    assert_eq!(titles, ["The Wolf", "The Hare"]);
}

#[test]
fn bookmarks_that_go_in_a_circle_end() {
    let mut pdf = pdf(&tale(), &[("The Wolf", 0), ("The Hare", 2)]);
    let outlines = pdf.catalog().unwrap().get(b"Outlines").unwrap().as_reference().unwrap();
    let first = pdf.get_dictionary(outlines).unwrap().get(b"First").unwrap().clone();
    let item = pdf.get_dictionary_mut(first.as_reference().unwrap()).unwrap();
    item.set("Next", first.clone());
    item.set("First", first);
    assert_eq!(shelve(pdf).read("tale.pdf").unwrap().chapters.len(), 2);
}

#[test]
fn a_scan_and_a_stump_are_errors_that_say_so() {
    let mut scan = pdf(&[vec![], vec![]], &[]);
    scan.add_object(Stream::new(dictionary! { "Subtype" => "Image" }, vec![0; 64]));
    assert!(matches!(shelve(scan).read("tale.pdf"), Err(ReadError::Scanned { .. })));
    let empty = pdf(&[vec![], vec![]], &[]);
    assert!(matches!(shelve(empty).read("tale.pdf"), Err(ReadError::NoText { .. })));
    let stump = Shelf::with("a.pdf", "%PDF-1.5\n1 0 obj\n<< /Type /Cat");
    assert!(matches!(stump.read("a.pdf"), Err(ReadError::Pdf { .. })));
}
