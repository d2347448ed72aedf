//! The PDF of the plates, as a reader of PDF finds it.

use book::bind::{Binding, PageLayout, pdf, unprintable};
use lopdf::{Document, Object};

use crate::library::{Epub, Shelf, plates, prose};

/// A book of three chapters with a plate each.
fn shelf() -> (Shelf, Binding) {
    let page = |n: u32| format!("<h2>Chapter {n}</h2>\n{}", prose(3));
    let epub = (1..=3).fold(Epub::new(), |epub, n| epub.page(&format!("c{n}"), &page(n)));
    let shelf = epub.contents("c1 Chapter 1\nc2 Chapter 2\nc3 Chapter 3").shelve();
    let illustrations =
        plates(&shelf.read("book.epub").unwrap(), &shelf.picture("p.png", 200, 300));
    (shelf, Binding { illustrations, note: "Cut by hand.".to_owned(), ..Binding::default() })
}

fn bound(shelf: &Shelf, binding: &Binding) -> Document {
    pdf(&shelf.path("book.epub"), &shelf.path("out.pdf"), binding).unwrap();
    Document::load(shelf.path("out.pdf")).unwrap()
}

/// Every dictionary of the document, those of streams as well.
fn dictionaries(document: &Document) -> impl Iterator<Item = &lopdf::Dictionary> {
    document.objects.values().filter_map(|object| match object {
        Object::Dictionary(dictionary) => Some(dictionary),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    })
}

#[test]
fn a_picture_book_has_contents_captions_bookmarks_and_its_fonts() {
    let (shelf, binding) = shelf();
    let document = bound(&shelf, &binding);
    assert_eq!(document.get_pages().len(), 1 + 1 + 3 + 1);
    let text = document.extract_text(&[1, 2, 3, 6]).unwrap();
    for part in ["Contents", "Chapter 3", "It was late and the rain", "Cut by hand."] {
        assert!(text.replace('\n', " ").contains(part), "{part} in {text}");
    }
    let titles: Vec<String> =
        document.get_toc().unwrap().toc.into_iter().map(|entry| entry.title).collect();
    assert_eq!(titles, ["Chapter 1", "Chapter 2", "Chapter 3"]);
    let fonts: Vec<_> = dictionaries(&document).filter(|d| d.has_type(b"FontDescriptor")).collect();
    assert!(fonts.len() >= 2);
    assert!(fonts.iter().all(|font| font.has(b"FontFile2") || font.has(b"FontFile3")));
    let alternatives = dictionaries(&document).filter(|d| d.has(b"Alt")).count();
    assert_eq!(alternatives, 3);
}

#[test]
fn equal_plates_give_equal_bytes_in_every_layout() {
    let (shelf, binding) = shelf();
    for (layout, pages) in [
        (PageLayout::One, 6),
        (PageLayout::TwoByTwo, 4),
        (PageLayout::FourByOne, 4),
        (PageLayout::Strip, 2),
    ] {
        let binding = Binding { layout, ..binding.clone() };
        assert_eq!(bound(&shelf, &binding).get_pages().len(), pages, "{layout:?}");
        let once = std::fs::read(shelf.path("out.pdf")).unwrap();
        bound(&shelf, &binding);
        assert_eq!(std::fs::read(shelf.path("out.pdf")).unwrap(), once);
    }
}

#[test]
fn nothing_in_a_picture_book_tells_of_later_chapters() {
    let (shelf, binding) = shelf();
    let document = bound(&shelf, &binding.up_to_chapter(1));
    assert_eq!(document.get_pages().len(), 4);
    let text = document.extract_text(&[1, 2, 3, 4]).unwrap();
    assert!(text.contains("Chapter 1") && !text.contains("Chapter 2"));
    assert_eq!(document.get_toc().unwrap().toc.len(), 1);
}

#[test]
fn a_caption_that_no_font_can_print_is_left_out_and_named() {
    let (shelf, mut binding) = shelf();
    binding.illustrations[0].quote = "月 Москва".to_owned();
    binding.illustrations[1].quote = "Σ, Москва".to_owned();
    assert_eq!(unprintable(&binding).unwrap(), "月");
    let document = bound(&shelf, &binding);
    let text = document.extract_text(&[3, 4]).unwrap();
    assert_eq!(text.matches("Москва").count(), 1, "{text}");
    binding.font = Some(shelf.path("p.png"));
    let error = pdf(&shelf.path("book.epub"), &shelf.path("out.pdf"), &binding).unwrap_err();
    assert!(error.to_string().contains("cannot use the font"));
}
