//! What is found in books of every making.

use book::ReadError;

use crate::library::{Epub, PROSE, Shelf, archive, prose};

#[test]
fn several_chapters_in_a_file_by_fragments() {
    let body = format!("<h2 id='a'>One</h2>{0}<h2 id='b'>Two</h2>{0}", prose(2));
    let epub = Epub::new().page("c", &body).contents("c#a One\nc#b Two");
    assert_eq!(epub.chapters(), ["1 One", "2 Two"]);
}

#[test]
fn a_chapter_across_files_goes_on() {
    let epub = Epub::new()
        .page("c1", &format!("<h2>Chapter 1</h2>{}", prose(1)))
        .page("c2", &format!("{}<h2 id='x'>Chapter 2</h2>{}", prose(1), prose(1)))
        .contents("c1 Chapter 1\nc2#x Chapter 2");
    let book = epub.shelve().read("book.epub").unwrap();
    assert_eq!(book.chapters.len(), 2);
    assert_eq!(book.chapters[0].text.matches(PROSE).count(), 2);
    assert!(book.chapters[0].text.contains("them.\n\n0. It was"));
}

#[test]
fn number_and_title_on_lines_of_their_own_are_one_title() {
    let body = format!(
        "<h2 id='p'>BOOK ONE</h2><h3 id='n'>CHAPTER ONE</h3><h3 id='t'>THE EVE</h3>{}",
        prose(1)
    );
    let epub = Epub::new()
        .version(2)
        .page("a", &body)
        .page("b", &format!("<h3 id='n'>CHAPTER TWO</h3><h3 id='t'>THE STAR</h3>{}", prose(1)))
        .contents("a#p BOOK ONE\na#n CHAPTER ONE\na#t THE EVE\nb#n CHAPTER TWO\nb#t THE STAR");
    assert_eq!(epub.chapters(), ["1 CHAPTER ONE: THE EVE", "2 CHAPTER TWO: THE STAR"]);
}

#[test]
fn chapters_that_the_contents_leave_out_are_found() {
    let page = |n: u32| format!("<h2>Chapter {n}</h2>{}", prose(1));
    let epub = (1..=5).fold(Epub::new(), |epub, n| epub.page(&format!("c{n}"), &page(n)));
    assert_eq!(epub.contents("c1 Chapter 1\nc4 Chapter 4").chapters().len(), 5);
}

#[test]
fn sections_below_chapters_are_no_chapters_but_chapters_below_parts_are() {
    let body = format!("<h2>Chapter 1</h2>{0}<h3 id='s'>A Letter</h3>{0}", prose(3));
    let sections = Epub::new()
        .page("a", &body)
        .page("b", &format!("<h2>Chapter 2</h2>{}", prose(3)))
        .contents("a Chapter 1\n  a#s A Letter\nb Chapter 2");
    assert_eq!(sections.chapters(), ["1 Chapter 1", "2 Chapter 2"]);
    let parts = Epub::new()
        .page("p", "<h1>The Shire</h1>")
        .page("a", &format!("<h2>1</h2>{}", prose(3)))
        .page("q", "<h1>Part Two</h1><p>A motto of some kind.</p>")
        .page("b", &format!("<h2>1</h2>{}", prose(3)))
        .contents("p The Shire\n  a 1\nq Part Two\n  b 1");
    assert_eq!(parts.chapters(), ["1 1", "2 1"]);
}

#[test]
fn front_and_back_matter_is_told_by_what_it_declares() {
    let epub = Epub::new()
        .page("i", &format!("<body epub:type='frontmatter'><h2>Before</h2>{}</body>", prose(30)))
        .page("c", &format!("<body epub:type='bodymatter'><h2>Preface</h2>{}</body>", prose(3)))
        .page("e", &format!("<body epub:type='backmatter'><section epub:type='epilogue'><h2>After</h2>{}</section></body>", prose(2)))
        .page("n", &format!("<body epub:type='backmatter'><h2>Chapter 9</h2>{}</body>", prose(9)))
        .contents("i Before\nc Preface\ne After\nn Chapter 9");
    assert_eq!(epub.chapters(), ["1 Preface", "2 After"]);
}

#[test]
fn front_and_back_matter_is_told_by_title_text_and_place() {
    let chapter = |title: &str| format!("<h2>{title}</h2>{}", prose(20));
    let epub = Epub::new()
        .page("t", "<h1>The Tale</h1><p>by A. Hare</p>")
        .page("cr", "<p>Copyright © 2020 A. Hare. All rights reserved. ISBN 1.</p>")
        .page("d", "<p>For M.</p>")
        .page("in", &chapter("Introduction"))
        .page("a", &chapter("The Wolf"))
        .page("b", &chapter("Notes"))
        .page("c", &chapter("The Hare"))
        .page("ab", "<h2>About the Author</h2><p>A. Hare lives in a field.</p>")
        .page("ex", &format!("<h2>Excerpt from The Next Tale</h2>{}", prose(1)))
        .page("ex1", &chapter("Chapter 1"))
        .contents("in Introduction\na The Wolf\nb Notes\nc The Hare\nab About the Author\nex Excerpt from The Next Tale\nex1 Chapter 1");
    let found = epub.chapters();
    assert_eq!(found, ["1 The Wolf", "2 Notes", "3 The Hare"]);
}

#[test]
fn every_section_has_a_reason() {
    let epub = Epub::new()
        .page("d", "<h2>Dedication</h2><p>For M.</p>")
        .page("a", &format!("<h2>Chapter 1</h2>{}", prose(1)))
        .contents("d Dedication\na Chapter 1");
    let sections = epub.shelve().read("book.epub").unwrap().sections;
    let shown: Vec<_> =
        sections.iter().map(|s| (s.chapter, s.title.as_str(), s.reason.as_str())).collect();
    assert_eq!(
        shown,
        [(None, "Dedication", "titled “Dedication”"), (Some(1), "Chapter 1", "numbered")]
    );
}

#[test]
fn prologue_letters_and_epilogue_are_story() {
    let titles = ["Prologue", "Letter 1", "Stave II", "Interlude", "Epilogue"];
    let epub = titles.iter().enumerate().fold(Epub::new(), |epub, (n, title)| {
        epub.page(&format!("c{n}"), &format!("<h2>{title}</h2>{}", prose(1)))
    });
    let contents: String = titles.iter().enumerate().map(|(n, t)| format!("c{n} {t}\n")).collect();
    assert_eq!(epub.contents(&contents).chapters().len(), 5);
}

#[test]
fn short_and_twin_chapters_count() {
    let epub = Epub::new()
        .page("a", "<h2>Chapter 1</h2><p>No.</p>")
        .page("b", &format!("<h2>Night</h2>{}", prose(2)))
        .page("c", &format!("<h2>Night</h2>{}", prose(2)))
        .page("d", "<h2>Chapter 4</h2><p>Yes.</p>")
        .contents("a Chapter 1\nb Night\nc Night\nd Chapter 4");
    assert_eq!(epub.chapters(), ["1 Chapter 1", "2 Night", "3 Night", "4 Chapter 4"]);
}

#[test]
fn files_divide_a_book_that_says_nothing() {
    let epub = Epub::new().page("a", &prose(30)).page("b", &prose(30));
    assert_eq!(epub.chapters().len(), 2);
    assert_eq!(Epub::new().page("a", "<p>A very short tale.</p>").chapters(), ["1 "]);
}

#[test]
fn front_matter_alone_is_a_book_without_chapters() {
    let page = "<body epub:type='frontmatter'><h2>Preface</h2><p>Soon.</p></body>";
    let book =
        Epub::new().page("a", page).contents("a Preface").shelve().read("book.epub").unwrap();
    assert!(book.chapters.is_empty());
    assert_eq!(book.sections[0].reason, "declared as frontmatter");
}

#[test]
fn what_cannot_be_read_is_named() {
    let error = |epub: Epub| epub.shelve().read("book.epub").unwrap_err();
    assert!(matches!(
        error(Epub::new().page("a", "<p><img src='x.png' alt=''/></p>")),
        ReadError::NoText { .. }
    ));
    assert!(matches!(error(Epub::new()), ReadError::NoSpine { .. }));
    assert!(matches!(
        error(Epub::new().page("a", &"<div>".repeat(400))),
        ReadError::TooDeep { .. }
    ));
    let big = format!("<p>{}</p>", " ".repeat(33 << 20));
    assert!(matches!(error(Epub::new().page("a", &big)), ReadError::TooLarge { .. }));
    assert!(matches!(Shelf::with("a.epub", "").read("a.epub"), Err(ReadError::Empty { .. })));
    assert!(matches!(
        Shelf::with("a.epub", "text").read("a.epub"),
        Err(ReadError::NoArchive { .. })
    ));
    assert!(matches!(
        Shelf::with("a.xyz", "text").read("a.xyz"),
        Err(ReadError::UnknownFormat { .. })
    ));
    assert!(matches!(
        Shelf::with("a.txt", "a\0b").read("a.txt"),
        Err(ReadError::UnknownFormat { .. })
    ));
    assert!(matches!(Shelf::new().read("a.txt"), Err(ReadError::Io { .. })));
    let bytes = Epub::new().page("a", &prose(3)).bytes();
    let cut = Shelf::with("a.epub", &bytes[..bytes.len() / 2]);
    assert!(matches!(cut.read("a.epub"), Err(ReadError::Zip { .. })));
}

#[test]
fn locks_are_named_and_obfuscated_fonts_are_none() {
    let locked = |algorithm: &str, uri: &str| {
        let encryption = format!(
            "<encryption><EncryptedData><EncryptionMethod Algorithm=\"{algorithm}\"/>\
             <KeyInfo><resource xmlns=\"http://ns.adobe.com/adept\"/></KeyInfo>\
             <CipherReference URI=\"{uri}\"/></EncryptedData></encryption>"
        );
        let epub = Epub::new()
            .page("a", &prose(1))
            .entry("META-INF/encryption.xml", encryption.as_bytes());
        epub.shelve().read("book.epub").err().map(|error| error.to_string())
    };
    let aes = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
    assert!(locked(aes, "E/a.xhtml").unwrap().contains("Adobe ADEPT"));
    assert_eq!(locked("http://www.idpf.org/2008/embedding", "E/f.otf"), None);
}

#[test]
fn names_that_lead_outside_and_missing_parts_do_no_harm() {
    let epub = Epub::new()
        .page("a", &format!("<h2>Chapter 1</h2>{}", prose(1)))
        .entry("../../evil.txt", b"x")
        .without_container();
    assert_eq!(epub.chapters(), ["1 Chapter 1"]);
}

#[test]
fn other_formats_are_read_by_name() {
    let markdown = format!("# The Tale\n\n## One\n\n{PROSE}\n\n## Two\n\n{PROSE}\n");
    let book = Shelf::with("a.md", &markdown).read("a.md").unwrap();
    assert_eq!((book.title.as_str(), book.chapters.len()), ("The Tale", 2));
    let html = format!("<h1>The Tale</h1><h2>I</h2><p>{PROSE}</p><h2>II</h2><p>{PROSE}</p>");
    assert_eq!(Shelf::with("a.htm", &html).read("a.htm").unwrap().chapters.len(), 2);
    let text = format!("CHAPTER I\r\n\r\n{PROSE}\r\n\r\nCHAPTER II\r\n\r\n{PROSE}\r\n");
    let shelf =
        Shelf::with("tale.txt", text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    assert!(matches!(shelf.read("tale.txt"), Err(ReadError::UnknownFormat { .. })));
    let with_bom = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes);
    let book = Shelf::with("tale.txt", with_bom.collect::<Vec<_>>()).read("tale.txt").unwrap();
    assert_eq!((book.title.as_str(), book.chapters.len()), ("tale", 2));
}

#[test]
fn word_documents_and_fiction_books_are_read() {
    let chapter = |n: u32| {
        format!(
            "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Chapter {n}</w:t></w:r></w:p>\
             <w:p><w:r><w:t>{PROSE}</w:t></w:r></w:p>"
        )
    };
    let document =
        format!("<w:document><w:body>{}{}</w:body></w:document>", chapter(1), chapter(2));
    let core = "<cp:coreProperties><dc:title>The Tale</dc:title><dc:creator>A. Hare</dc:creator></cp:coreProperties>";
    let docx = archive(&[("word/document.xml", &document), ("docProps/core.xml", core)]);
    let book = Shelf::with("a.docx", docx).read("a.docx").unwrap();
    assert_eq!(
        (book.title.as_str(), book.author.as_str(), book.chapters.len()),
        ("The Tale", "A. Hare", 2)
    );
    let section =
        |n: u32| format!("<section><title><p>Chapter {n}</p></title><p>{PROSE}</p></section>");
    let fb2 = format!(
        "<FictionBook><description><title-info><book-title>The Tale</book-title></title-info></description>\
         <body>{}{}</body></FictionBook>",
        section(1),
        section(2)
    );
    assert_eq!(Shelf::with("a.fb2", &fb2).read("a.fb2").unwrap().chapters.len(), 2);
    let zipped = Shelf::with("a.fb2.zip", archive(&[("a.fb2", &fb2)]));
    assert_eq!(zipped.read("a.fb2.zip").unwrap().title, "The Tale");
}

#[test]
fn a_pattern_overrides_what_a_book_says() {
    let body = format!(
        "<p>Foreword</p>{0}<p>== One ==</p>{0}<h2>Chapter 7</h2>{0}<p>== Two ==</p>{0}",
        prose(1)
    );
    let shelf = Epub::new().page("a", &body).contents("a Chapter 7").shelve();
    let reading = book::Reading::by_headings("^== .* ==$").unwrap();
    let book = book::read_as(&shelf.path("book.epub"), &reading).unwrap();
    let found: Vec<&str> = book.chapters.iter().map(|chapter| chapter.title.as_str()).collect();
    assert_eq!(found, ["== One ==", "== Two =="]);
    assert!(
        book.chapters[0].text.starts_with("0. It was late")
            && book.chapters[0].text.contains("Chapter 7")
    );
    assert!(book::Reading::by_headings("(").is_err());
}
