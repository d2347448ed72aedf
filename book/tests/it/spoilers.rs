//! What is bound up to a chapter tells nothing of later ones.

use std::io::Read;
use std::path::Path;

use book::bind::{self, Binding, Portrait};

use crate::binding::{Binder, bind, binding, pictures_in, tale};
use crate::library::{Shelf, entry};

#[test]
fn portraits_stand_in_an_appendix_and_go_when_the_end_is_not_to_be_told() {
    let shelf = tale().shelve();
    let portrait = Portrait {
        name: "Ada <Brook>".to_owned(),
        alt: "red hair".to_owned(),
        picture: shelf.picture("ada.png", 20, 30),
    };
    let binding = Binding { portraits: vec![portrait], ..binding(&shelf, &[1]) };
    bind(&shelf, "book.epub", "out.epub", &binding);
    let page = entry(&shelf.path("out.epub"), "E/woodcut/illustrations.xhtml");
    let figure = page.find("<figcaption>Ada &lt;Brook&gt;</figcaption>").unwrap();
    assert!(figure < page.find("<h2>Illustrations</h2>").unwrap(), "{page}");
    assert!(page.contains(r#"src="portrait-1.jpg" alt="red hair""#), "{page}");
    let package = entry(&shelf.path("out.epub"), "E/p.opf");
    assert!(package.contains(r#"href="woodcut/portrait-1.jpg""#), "{package}");
    assert!(package.contains("2 illustrations added"), "{package}");
    assert_eq!(pictures_in(&shelf.path("out.epub")), 2);
    let html = shelf.path("out.html");
    book::bind::html(&shelf.path("book.epub"), &html, &binding).unwrap();
    assert!(std::fs::read_to_string(&html).unwrap().contains("<h2>Portraits</h2>"));
    let cbz = shelf.path("out.cbz");
    book::bind::cbz(&shelf.path("book.epub"), &cbz, &binding).unwrap();
    assert!(entry(&cbz, "ComicInfo.xml").contains("Bookmark=\"Portraits\""));
    book::bind::markdown(&shelf.path("book.epub"), &shelf.path("out.md"), &binding).unwrap();
    assert!(shelf.path("out-pictures/portrait-1.jpg").is_file());
    bind(&shelf, "book.epub", "out.epub", &binding.up_to_chapter(1));
    assert_eq!(pictures_in(&shelf.path("out.epub")), 1);
}

/// Two plates and a portrait; whatever belongs to the second plate or to the portrait says so.
fn telling(shelf: &Shelf) -> Binding {
    let mut binding = binding(shelf, &[1, 2]);
    let later = &mut binding.illustrations[1];
    later.alt = "SECRET death of the miller".to_owned();
    later.quote = "SECRET".to_owned();
    later.picture = shelf.picture("secret.png", 31, 41);
    binding.portraits = vec![Portrait {
        name: "SECRET heir".to_owned(),
        alt: "SECRET crown".to_owned(),
        picture: shelf.picture("secret-heir.png", 33, 43),
    }];
    binding
}

/// Everything a file says: its bytes, the names and contents of its entries, the text of a PDF.
fn everything(path: &Path) -> String {
    let mut said = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    if let Ok(mut zip) = zip::ZipArchive::new(std::fs::File::open(path).unwrap()) {
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).unwrap();
            said.push_str(&entry.name().unwrap());
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            said.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    if let Ok(pdf) = lopdf::Document::load(path) {
        let pages: Vec<u32> = pdf.get_pages().into_keys().collect();
        said.push_str(&pdf.extract_text(&pages).unwrap());
    }
    said
}

const FORMATS: [(&str, Binder); 6] = [
    ("out.epub", bind::epub),
    ("out.html", bind::html),
    ("gallery.html", bind::gallery),
    ("out.cbz", bind::cbz),
    ("out.pdf", bind::pdf),
    ("out.md", bind::markdown),
];

#[test]
fn nothing_bound_in_any_format_tells_of_later_chapters() {
    let shelf = tale().shelve();
    let whole = telling(&shelf);
    let part = whole.clone().up_to_chapter(1);
    for (name, format) in FORMATS {
        let output = shelf.path(name);
        let of = |binding: &Binding| {
            format(&shelf.path("book.epub"), &output, binding).unwrap();
            everything(&output).to_uppercase()
        };
        let tells = |said: &str| said.contains("SECRET") || said.contains("002-1");
        // The larger book first: what it leaves behind must not tell either.
        assert!(tells(&of(&whole)), "{name}: nothing would be found");
        assert!(!tells(&of(&part)), "{name}");
    }
    let left = std::fs::read_dir(shelf.path("out-pictures")).unwrap();
    let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["001-1.jpg"]);
}
