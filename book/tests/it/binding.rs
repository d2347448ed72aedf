//! What binding leaves alone, and what it puts in.

use std::path::Path;

use book::bind::{BindError, Binding, Cover, Pictures, epub};
use proptest::prelude::*;

use crate::library::{Epub, Shelf, entry, plates, prose, raw_entries};

/// What binds into a format.
pub type Binder = fn(&Path, &Path, &Binding) -> Result<Pictures, BindError>;

/// A book of two chapters and a dedication.
pub fn tale() -> Epub {
    let page = |n: u32| format!("<h2>Chapter {n}</h2>\n{}<ul><li>a</li></ul>", prose(3));
    Epub::new()
        .page("d", "<h2>Dedication</h2><p>For M.</p>")
        .page("c1", &page(1))
        .page("c2", &page(2))
        .contents("d Dedication\nc1 Chapter 1\nc2 Chapter 2")
        .metadata("<meta property=\"dcterms:modified\">2020-01-01T00:00:00Z</meta>")
        .entry("E/font.otf", b"not really a font")
}

/// A picture for each of these chapters.
pub fn binding(shelf: &Shelf, chapters: &[u32]) -> Binding {
    let book = shelf.read("book.epub").unwrap();
    let picture = shelf.picture("p.png", 20, 30);
    let mut illustrations = plates(&book, &picture);
    illustrations.retain(|plate| chapters.contains(&plate.chapter));
    Binding {
        illustrations,
        note: "Cut in pear wood.\n\nBy hand.".to_owned(),
        ..Binding::default()
    }
}

pub fn bind(shelf: &Shelf, from: &str, to: &str, binding: &Binding) {
    epub(&shelf.path(from), &shelf.path(to), binding).unwrap();
}

pub fn bytes(shelf: &Shelf, name: &str) -> Vec<u8> {
    std::fs::read(shelf.path(name)).unwrap()
}

pub fn pictures_in(path: &Path) -> usize {
    raw_entries(path).iter().filter(|(name, _)| name.ends_with(".jpg")).count()
}

#[test]
fn entries_without_pictures_stay_byte_identical_and_in_order() {
    let shelf = tale().shelve();
    bind(&shelf, "book.epub", "out.epub", &binding(&shelf, &[2]));
    let before = raw_entries(&shelf.path("book.epub"));
    let after = raw_entries(&shelf.path("out.epub"));
    let changed: Vec<&str> =
        before.iter().zip(&after).filter(|(a, b)| a != b).map(|(a, _)| a.0.as_str()).collect();
    assert_eq!(changed, ["E/p.opf", "E/nav.xhtml", "E/c2.xhtml"]);
    let names: Vec<&str> = after[before.len()..].iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["E/woodcut/woodcut.css", "E/woodcut/illustrations.xhtml", "E/woodcut/002-1.jpg"]
    );
}

#[test]
fn a_figure_stands_right_after_its_paragraph() {
    let shelf = tale().shelve();
    bind(&shelf, "book.epub", "out.epub", &binding(&shelf, &[1]));
    let page = entry(&shelf.path("out.epub"), "E/c1.xhtml");
    let figure = page.find("</p>\n<figure ").unwrap();
    assert_eq!(page.find("</p>"), Some(figure), "after the first paragraph");
    assert!(page.contains("alt=\"What &lt;happens&gt; in “Chapter 1” &amp; after\""));
    assert!(page.contains("<figcaption>0. It was late and the rain had not"));
    assert!(page.contains("href=\"woodcut/woodcut.css\"/></head>"));
}

#[test]
fn binding_again_replaces_and_reading_sees_no_difference() {
    let shelf = tale().shelve();
    let full = binding(&shelf, &[1, 2]);
    bind(&shelf, "book.epub", "once.epub", &full);
    bind(&shelf, "once.epub", "twice.epub", &full);
    assert_eq!(bytes(&shelf, "once.epub"), bytes(&shelf, "twice.epub"));
    assert_eq!(shelf.read("once.epub").unwrap(), shelf.read("book.epub").unwrap());
    let less = binding(&shelf, &[2]);
    bind(&shelf, "once.epub", "less.epub", &less);
    bind(&shelf, "book.epub", "direct.epub", &less);
    let contents = |name: &str| entry(&shelf.path(name), "E/c1.xhtml");
    assert_eq!(contents("less.epub"), contents("book.epub"));
    let names =
        |name: &str| raw_entries(&shelf.path(name)).into_iter().map(|(n, _)| n).collect::<Vec<_>>();
    assert_eq!(names("less.epub"), names("direct.epub"));
}

#[test]
fn a_book_can_be_bound_onto_itself() {
    let shelf = tale().shelve();
    let binding = binding(&shelf, &[1]);
    bind(&shelf, "book.epub", "out.epub", &binding);
    bind(&shelf, "book.epub", "book.epub", &binding);
    assert_eq!(bytes(&shelf, "book.epub"), bytes(&shelf, "out.epub"));
}

#[test]
fn the_package_declares_what_was_added() {
    let shelf = tale().shelve();
    bind(&shelf, "book.epub", "out.epub", &binding(&shelf, &[1]));
    let package = entry(&shelf.path("out.epub"), "E/p.opf");
    for part in [
        "<meta property=\"dcterms:modified\">2020-01-01T00:00:01Z</meta>",
        "property=\"schema:accessMode\">visual<",
        "property=\"schema:accessibilityFeature\">alternativeText<",
        "href=\"woodcut/001-1.jpg\" media-type=\"image/jpeg\" properties=\"cover-image\"/>",
        "<itemref idref=\"woodcut-bound-page\"/>",
    ] {
        assert!(package.contains(part), "{part} in {package}");
    }
    let nav = entry(&shelf.path("out.epub"), "E/nav.xhtml");
    assert!(
        nav.contains("<nav epub:type=\"loi\"")
            && nav.contains("href=\"c1.xhtml#woodcut-bound-1-1\"")
    );
    let page = entry(&shelf.path("out.epub"), "E/woodcut/illustrations.xhtml");
    assert!(
        page.contains("<p>Cut in pear wood.</p>") && page.contains("../c1.xhtml#woodcut-bound-1-1")
    );
}

#[test]
fn a_cover_is_added_only_where_there_is_none() {
    let covered = tale().metadata("<meta name=\"cover\" content=\"x\"/>").shelve();
    bind(&covered, "book.epub", "out.epub", &binding(&covered, &[1]));
    assert!(!entry(&covered.path("out.epub"), "E/p.opf").contains("cover-image"));
    let shelf = tale().shelve();
    let binding = Binding { cover: Cover::Never, ..binding(&shelf, &[1]) };
    bind(&shelf, "book.epub", "out.epub", &binding);
    assert!(!entry(&shelf.path("out.epub"), "E/p.opf").contains("cover"));
}

#[test]
fn a_cover_on_request_takes_the_place_of_the_books_own_and_gives_it_back() {
    for version in [2, 3] {
        let own = "<meta name=\"cover\" content=\"own\"/>";
        let shelf = tale().version(version).metadata(own).shelve();
        let usual = binding(&shelf, &[1]);
        let asked = Binding { cover: Cover::Always, ..usual.clone() };
        bind(&shelf, "book.epub", "asked.epub", &asked);
        let package = entry(&shelf.path("asked.epub"), "E/p.opf");
        let first = "<meta name=\"cover\" content=\"woodcut-bound-picture-1-1\"/>";
        assert!(package.contains(first) && !package.contains(own), "{package}");
        bind(&shelf, "asked.epub", "again.epub", &asked);
        assert_eq!(bytes(&shelf, "again.epub"), bytes(&shelf, "asked.epub"));
        bind(&shelf, "asked.epub", "back.epub", &usual);
        let package = entry(&shelf.path("back.epub"), "E/p.opf");
        assert!(package.contains(own) && !package.contains("cover-image"), "{package}");
    }
}

#[test]
fn a_book_is_made_to_fit_a_size_or_says_that_it_cannot() {
    let shelf = tale().shelve();
    let noise = image::RgbImage::from_fn(900, 1200, |x, y| {
        let hash = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(97);
        image::Rgb([(hash >> 8) as u8, (hash >> 16) as u8, (hash >> 4) as u8])
    });
    noise.save(shelf.path("noise.png")).unwrap();
    let mut full = binding(&shelf, &[1, 2]);
    full.illustrations[0].picture = shelf.path("noise.png");
    for (bind, name) in [
        (book::bind::epub as Binder, "a.epub"),
        (book::bind::html, "a.html"),
        (book::bind::gallery, "b.html"),
        (book::bind::cbz, "a.cbz"),
        (book::bind::pdf, "a.pdf"),
        (book::bind::markdown, "a.md"),
    ] {
        let output = shelf.path(name);
        let bound = |max_size| {
            bind(&shelf.path("book.epub"), &output, &Binding { max_size, ..full.clone() })
        };
        assert_eq!(bound(Some(50_000_000)).unwrap(), Pictures::default(), "{name}");
        let limit = 700_000;
        let stored = bound(Some(limit)).unwrap();
        assert_ne!(stored, Pictures::default(), "{name}");
        assert!(std::fs::metadata(&output).unwrap().len() <= limit);
        let before = bytes(&shelf, name);
        let error = bound(Some(900)).unwrap_err();
        assert!(matches!(error, BindError::TooLarge { limit: 900, .. }), "{error}");
        assert_eq!(bytes(&shelf, name), before, "what was there stays");
    }
}

#[test]
fn names_keep_the_order_beyond_nine_hundred_ninety_nine() {
    let text: String =
        (1..=1002).map(|n| format!("## Chapter {n}\n\nIt rained, said {n}.\n\n")).collect();
    let shelf = Shelf::with("a.md", format!("# Long\n\n{text}"));
    let book = shelf.read("a.md").unwrap();
    assert_eq!(book.chapters.len(), 1002);
    let mut illustrations = plates(&book, &shelf.picture("p.png", 2, 3));
    illustrations.retain(|plate| matches!(plate.chapter, 9 | 998..));
    let binding = Binding { illustrations, ..Binding::default() };
    bind(&shelf, "a.md", "out.epub", &binding);
    let sorted = |names: Vec<String>| names.is_sorted();
    let entries = |path: &Path, ending: &str| -> Vec<String> {
        let names = raw_entries(path).into_iter().map(|(name, _)| name);
        names.filter(|name| name.ends_with(ending) && !name.contains("title")).collect()
    };
    let epub = shelf.path("out.epub");
    assert!(sorted(entries(&epub, ".jpg")) && entries(&epub, ".jpg")[0].ends_with("0009-1.jpg"));
    let pages: Vec<String> =
        entries(&epub, ".xhtml").into_iter().filter(|name| name.contains("chapter-")).collect();
    assert!(pages.len() == 1002 && sorted(pages));
    book::bind::cbz(&shelf.path("a.md"), &shelf.path("out.cbz"), &binding).unwrap();
    assert!(sorted(entries(&shelf.path("out.cbz"), ".jpg")));
}

#[test]
fn epub_2_stays_epub_2() {
    let shelf = tale().version(2).guide("text", "c1.xhtml").shelve();
    bind(&shelf, "book.epub", "out.epub", &binding(&shelf, &[1]));
    let page = entry(&shelf.path("out.epub"), "E/c1.xhtml");
    assert!(page.contains("<div id=\"woodcut-bound-1-1\"") && !page.contains("<figure"));
    let package = entry(&shelf.path("out.epub"), "E/p.opf");
    assert!(
        package.contains("<reference type=\"loi\"")
            && package.contains("name=\"schema:accessMode\"")
    );
    assert!(entry(&shelf.path("out.epub"), "E/toc.ncx").contains("playOrder=\"4\""));
    assert_eq!(shelf.read("out.epub").unwrap(), shelf.read("book.epub").unwrap());
}

#[test]
fn nothing_to_add_adds_nothing() {
    let shelf = tale().shelve();
    bind(&shelf, "book.epub", "same.epub", &Binding::default());
    assert_eq!(raw_entries(&shelf.path("same.epub")), raw_entries(&shelf.path("book.epub")));
}

#[test]
fn names_that_lead_outside_are_not_carried_on() {
    let shelf = tale().entry("../evil.txt", b"x").shelve();
    bind(&shelf, "book.epub", "out.epub", &binding(&shelf, &[1]));
    assert!(raw_entries(&shelf.path("out.epub")).iter().all(|(name, _)| !name.contains("evil")));
}

#[test]
fn a_folder_of_our_name_that_is_not_ours_is_left_alone() {
    let shelf = tale().entry("E/woodcut/block.txt", b"pear").shelve();
    bind(&shelf, "book.epub", "out.epub", &binding(&shelf, &[1]));
    assert_eq!(entry(&shelf.path("out.epub"), "E/woodcut/block.txt"), "pear");
    assert!(entry(&shelf.path("out.epub"), "E/c1.xhtml").contains("woodcut-1/001-1.jpg"));
}

#[test]
fn pictures_are_stored_as_asked() {
    let shelf = tale().shelve();
    let picture = shelf.picture("big.png", 60, 90);
    let stored = |pictures, name: &str| {
        let mut binding = Binding { pictures, ..binding(&shelf, &[1]) };
        binding.illustrations[0].picture.clone_from(&picture);
        bind(&shelf, "book.epub", "out.epub", &binding);
        let entries = raw_entries(&shelf.path("out.epub"));
        let found = entries.into_iter().find(|(entry, _)| entry == name);
        image::load_from_memory(&found.unwrap().1).unwrap().into_rgba8().dimensions()
    };
    assert_eq!(stored(Pictures::Original, "E/woodcut/001-1.png"), (60, 90));
    assert_eq!(
        stored(Pictures::Jpeg { long_side: 30, quality: 50 }, "E/woodcut/001-1.jpg"),
        (20, 30)
    );
    assert_eq!(stored(Pictures::Png { long_side: 45 }, "E/woodcut/001-1.png"), (30, 45));
}

#[test]
fn what_cannot_be_bound_is_named_and_leaves_nothing_behind() {
    let shelf = tale().shelve();
    let good = binding(&shelf, &[1]);
    let error = |change: &dyn Fn(&mut Binding)| {
        let mut bad = good.clone();
        change(&mut bad);
        epub(&shelf.path("book.epub"), &shelf.path("bad.epub"), &bad).unwrap_err()
    };
    assert!(matches!(
        error(&|b| b.illustrations[0].chapter = 9),
        BindError::NoChapter { chapter: 9, chapters: 2 }
    ));
    assert!(matches!(error(&|b| b.illustrations[0].alt = " ".into()), BindError::NoAlt { .. }));
    assert!(matches!(
        error(&|b| b.illustrations.push(b.illustrations[0].clone())),
        BindError::Twice { .. }
    ));
    assert!(matches!(
        error(&|b| b.illustrations[0].picture = "none.png".into()),
        BindError::Picture { .. }
    ));
    let left = std::fs::read_dir(shelf.path(""))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap());
    assert!(left.into_iter().all(|name| !name.contains("bad") && !name.contains("binding")));
}

#[test]
fn chapters_by_a_pattern_are_bound_by_it() {
    let body = format!("<p>== One ==</p>{0}<p>== Two ==</p>{0}", prose(2));
    let shelf = Epub::new().page("a", &body).shelve();
    let reading = book::Reading::by_headings("^==").unwrap();
    let book = book::read_as(&shelf.path("book.epub"), &reading).unwrap();
    let illustrations = plates(&book, &shelf.picture("p.png", 2, 3));
    let binding = Binding { illustrations, reading: reading.clone(), ..Binding::default() };
    bind(&shelf, "book.epub", "out.epub", &binding);
    assert_eq!(book::read_as(&shelf.path("out.epub"), &reading).unwrap(), book);
    assert_eq!(pictures_in(&shelf.path("out.epub")), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_body_is_bound_and_read_the_same(parts in prop::collection::vec(
        prop::sample::select(vec!["<p>a b.</p>", "<div>", "</div>", "<b>", "</b>", "<li>c", "<h2>Chapter 1</h2>",
            "<h2>Chapter 2</h2>", "text", "<br/>", "<table><tr><td>d", "</table>", "<!-- x -->", "&nbsp;", "<", "&",
            "<blockquote>", "</blockquote>", "<svg/>", "\n"]), 1..25)
    ) {
        let shelf = Epub::new().page("a", &parts.concat()).contents("a One").shelve();
        if let Ok(book) = shelf.read("book.epub") {
            let illustrations = plates(&book, &shelf.picture("p.png", 2, 3));
            let binding = Binding { illustrations, ..Binding::default() };
            bind(&shelf, "book.epub", "out.epub", &binding);
            prop_assert_eq!(shelf.read("out.epub").unwrap(), book);
        }
    }
}
