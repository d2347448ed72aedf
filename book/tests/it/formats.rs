//! Books bound from other formats than EPUB, and into other formats.

use book::bind::Binding;
use proptest::prelude::*;

use crate::binding::{Binder, bind, binding, bytes, pictures_in, tale};
use crate::library::{Shelf, entry, plates, raw_entries};

/// Binds a book that is no EPUB and compares what is read.
fn same_when_bound(shelf: &Shelf, name: &str) {
    let book = shelf.read(name).unwrap();
    let illustrations = plates(&book, &shelf.picture("p.png", 20, 30));
    let binding = Binding { illustrations, ..Binding::default() };
    bind(shelf, name, "out.epub", &binding);
    let bound = shelf.read("out.epub").unwrap();
    let text = |book: &book::Book| book.chapters.iter().map(|c| c.text.clone()).collect::<Vec<_>>();
    assert_eq!(text(&bound), text(&book));
    assert_eq!((bound.title, bound.author), (book.title, book.author));
    assert_eq!(pictures_in(&shelf.path("out.epub")), book.chapters.len());
}

#[test]
fn a_source_of_another_format_becomes_an_epub() {
    let prose = crate::library::PROSE;
    let text = format!(
        "---\ntitle: A <Tale> & more\nauthor: A. Hare\n---\n\n## Dedication\n\nFor M.\n\n## Part One\n\n## One\n\n{prose}\n\n*Late*, he said.  \nAnd *gone*.\n\n### In the night\n\n* * *\n\n{prose}\n\n## Two\n\n{}\n",
        format!("{prose}\n\n").repeat(12)
    );
    let shelf = Shelf::with("a.md", text);
    same_when_bound(&shelf, "a.md");
    let page = entry(&shelf.path("out.epub"), "EPUB/text/chapter-001.xhtml");
    assert!(page.contains("<i>Late</i>, he said.<br/>\nAnd <i>gone</i>."));
    assert!(page.contains("<h3>In the night</h3>"));
    assert!(raw_entries(&shelf.path("out.epub")).iter().any(|(name, _)| name.contains("page-001")));
}

/// A book with two plates, bound by `format`.
fn bound_as(name: &str, format: Binder) -> Shelf {
    let shelf = tale().metadata("<dc:creator>A. <i> Hare</dc:creator>").shelve();
    format(&shelf.path("book.epub"), &shelf.path(name), &binding(&shelf, &[1, 2])).unwrap();
    shelf
}

#[test]
fn html_is_one_file_with_everything_in_it() {
    let shelf = bound_as("out.html", book::bind::html);
    let page = String::from_utf8(bytes(&shelf, "out.html")).unwrap();
    assert_eq!(page.matches("src=\"data:image/jpeg;base64,/9j/").count(), 2);
    assert!(!page.contains("src=\"p.png") && page.contains("For M."));
    assert!(page.contains("What &lt;happens&gt;") && page.contains("<p>By hand.</p>"));
    let read = shelf.read("out.html").unwrap();
    assert_eq!(read.chapters.len(), 2);
}

#[test]
fn a_gallery_is_one_file_with_the_plates_alone() {
    let shelf = bound_as("out.html", book::bind::gallery);
    let page = String::from_utf8(bytes(&shelf, "out.html")).unwrap();
    assert_eq!(page.matches("src=\"data:image/jpeg;base64,/9j/").count(), 2);
    assert!(page.contains("<h2>Chapter 2</h2>") && page.contains("href=\"#plate-2-1\""));
    assert!(page.contains("What &lt;happens&gt;") && !page.contains("For M."));
    assert!(!page.contains("http") && !page.contains("<script"));
}

#[test]
fn a_comic_book_has_its_pages_in_order_and_says_what_they_are() {
    let shelf = bound_as("out.cbz", book::bind::cbz);
    let entries = raw_entries(&shelf.path("out.cbz"));
    let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["ComicInfo.xml", "001-001-1.jpg", "002-002-1.jpg"]);
    let info = entry(&shelf.path("out.cbz"), "ComicInfo.xml");
    assert!(info.contains("<PageCount>2</PageCount>") && info.contains("Bookmark=\"Chapter 2\""));
}

#[test]
fn markdown_has_its_pictures_beside_it_and_reads_the_same() {
    let shelf = bound_as("out.md", book::bind::markdown);
    let text = String::from_utf8(bytes(&shelf, "out.md")).unwrap();
    assert!(text.contains("](<out-pictures/001-1.jpg>)") && text.contains("What \\<happens>"));
    assert!(shelf.path("out-pictures/002-1.jpg").exists());
    assert_eq!(shelf.read("out.md").unwrap().chapters.len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_survives_being_bound(words in prop::collection::vec("(\\PC{1,8}|I|\\*|_|#|<b>|&amp;|\n|\n\n)", 1..40)) {
        let shelf = Shelf::with("a.txt", words.join(" "));
        if shelf.read("a.txt").is_ok() {
            same_when_bound(&shelf, "a.txt");
        }
    }
}
