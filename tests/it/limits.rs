//! Hostile books under limits: `woodcut chapters` with 256 MB of memory and ten seconds of processor time.
//!
//! The kernel keeps the limits, so no clock is read: a program that passes one is killed or fails to
//! allocate, which is another exit code than the 0 or 1 expected here.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::{Shelf, program_file};

/// What the kernel allows: kilobytes of address space, seconds of processor time.
const LIMITS: &str = "ulimit -v 262144 && ulimit -t 10 && exec \"$@\"";

/// What a program ended with under limits, and what it said.
fn under_limits(program: &[&str], book: &Path) -> (Option<i32>, String) {
    let mut command = Command::new("sh");
    let ended = command.args(["-c", LIMITS, "sh"]).args(program).arg(book).env_clear().output();
    let ended = ended.expect("a shell");
    let said = [ended.stdout, ended.stderr].concat();
    (ended.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// What reading this book under limits ended with, and what was said.
fn limited(book: &Path) -> (Option<i32>, String) {
    under_limits(&[program_file("woodcut"), "chapters"], book)
}

#[test]
fn there_is_a_limit() {
    let shelf = Shelf::new();
    let lines = shelf.file("one-line.txt", vec![b'a'; 300 << 20]);
    // `sort` has to hold a line as a whole.
    let (code, said) = under_limits(&["/usr/bin/env", "sort"], &lines);
    assert!(code != Some(0), "{code:?} {said}");
}

/// An EPUB of these entries, well packed.
fn epub(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in entries {
        zip.start_file(*name, deflated).expect("an entry");
        zip.write_all(content).expect("an entry");
    }
    zip.finish().expect("an archive").into_inner()
}

const CONTAINER: (&str, &[u8]) = (
    "META-INF/container.xml",
    b"<container><rootfiles><rootfile full-path=\"p.opf\"/></rootfiles></container>",
);

fn package(doctype: &str, title: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>{doctype}<package version=\"3.0\"><metadata><dc:title>{title}</dc:title></metadata>\
         <manifest><item id=\"a\" href=\"a.xhtml\" media-type=\"application/xhtml+xml\"/></manifest>\
         <spine><itemref idref=\"a\"/></spine></package>"
    )
}

/// An EPUB of one page with this package, this page and one more entry.
fn book(package: &str, page: &[u8], more: (&str, &[u8])) -> Vec<u8> {
    epub(&[CONTAINER, ("p.opf", package.as_bytes()), ("a.xhtml", page), more])
}

const PAGE: &str = "<html><body><h2>Chapter 1</h2><p>It was late and the rain had not stopped, and \
    the old woman at the window counted the lanterns that came up the hill.</p></body></html>";

#[test]
fn entities_and_names_that_lead_outside_do_no_harm() {
    let shelf = Shelf::new();
    let _ = shelf.file("secret.txt", "root:secret ".repeat(9));
    let laughs: String = (1..30)
        .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
        .collect();
    let bomb = format!("<!DOCTYPE p [<!ENTITY l0 \"ha\">{laughs}]>");
    let secret = format!(
        "<!DOCTYPE p [<!ENTITY x SYSTEM \"file://{}\">]>",
        shelf.path("secret.txt").display()
    );
    let page = format!("{bomb}{}", PAGE.replace("late", "late &l29; "));
    let spying = format!("{secret}{}", PAGE.replace("late", "late &x; "));
    let plain = package("", "The Tale");
    for (name, bytes) in [
        ("laughs-package", book(&package(&bomb, "&l29;"), PAGE.as_bytes(), ("x", b""))),
        ("laughs-page", book(&plain, page.as_bytes(), ("x", b""))),
        ("external-package", book(&package(&secret, "&x;"), PAGE.as_bytes(), ("x", b""))),
        ("external-page", book(&plain, spying.as_bytes(), ("x", b""))),
        ("slip", book(&plain, PAGE.as_bytes(), ("../slipped.txt", b"x"))),
    ] {
        let file = shelf.file(&format!("{name}.epub"), bytes);
        let (code, said) = limited(&file);
        // What the file says would be more words than the page has.
        let words =
            said.lines().nth(1).and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        assert!(
            code == Some(0) && words.is_some_and(|words: usize| (24..=25).contains(&words)),
            "{name}: {code:?} {said}"
        );
    }
    assert!(!shelf.path("..").join("slipped.txt").exists());
    assert_eq!(fs::read_dir(shelf.path("")).unwrap().count(), 6, "a file more than was put there");
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let shelf = Shelf::new();
    let plain = package("", "The Tale");
    let zeros = vec![b' '; 150 << 20];
    let paragraphs = "<p>a".repeat(6 << 20);
    let ids = (0..1_500_000).map(|n| format!("<a id=\"{n}\"/>")).collect::<String>();
    let deep = "<div>".repeat(1 << 20);
    let lines = "a\n\n".repeat(8 << 20);
    let document =
        format!("<w:document>{}</w:document>", "<w:p><w:t>a</w:t></w:p>".repeat(1 << 20));
    let sections = format!("<FictionBook><body>{}", "<section><p>a</p>".repeat(1 << 20));
    for (name, bytes) in [
        ("zeros.epub", book(&plain, &zeros, ("x", b""))),
        ("paragraphs.epub", book(&plain, paragraphs.as_bytes(), ("x", b""))),
        ("ids.epub", book(&plain, ids.as_bytes(), ("x", b""))),
        ("deep.epub", book(&plain, deep.as_bytes(), ("x", b""))),
        ("document.docx", epub(&[("word/document.xml", document.as_bytes())])),
        ("sections.fb2", sections.into_bytes()),
        ("lines.txt", lines.into_bytes()),
        ("paragraphs.html", paragraphs.clone().into_bytes()),
        ("large.txt", vec![b'a'; 40 << 20]),
    ] {
        let file = shelf.file(name, bytes);
        let (code, said) = limited(&file);
        let words = ["inflates beyond", "too deeply"];
        assert!(
            code == Some(1) && words.iter().any(|word| said.contains(word)),
            "{name}: {code:?} {said}"
        );
    }
}

/// `content` as a stream of a PDF, compressed.
fn deflated(content: &[u8]) -> Vec<u8> {
    let archive = epub(&[("a", content)]);
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut stream = vec![0x78, 0x9c];
    archive.by_index_raw(0).unwrap().read_to_end(&mut stream).unwrap();
    stream
}

/// A PDF of one page whose text is this stream.
fn page_of(stream: &[u8]) -> Vec<u8> {
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 600 800] >>".to_vec(),
        [
            format!("<< /Filter /FlateDecode /Length {} >>\nstream\n", stream.len()).as_bytes(),
            stream,
            b"\nendstream",
        ]
        .concat(),
    ];
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut table = String::from("xref\n0 5\n0000000000 65535 f \n");
    for (object, id) in objects.iter().zip(1..) {
        let _ = writeln!(table, "{:010} 00000 n ", pdf.len());
        pdf.extend(format!("{id} 0 obj\n").bytes());
        pdf.extend(object);
        pdf.extend(b"\nendobj\n");
    }
    let start = pdf.len();
    let trailer = format!("trailer\n<< /Root 1 0 R /Size 5 >>\nstartxref\n{start}\n%%EOF\n");
    pdf.extend(table.bytes().chain(trailer.bytes()));
    pdf
}

/// What a header promises is not believed.
#[test]
fn headers_that_promise_the_world_cost_nothing() {
    let shelf = Shelf::new();
    let words = "BT (It was late) Tj ET\n".repeat(12 << 20);
    let table = "%PDF-1.7\nxref\n0 4000000000\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 4000000000 >>\nstartxref\n9\n%%EOF";
    let mut mobi = vec![0; 60];
    mobi.extend(b"BOOKMOBI\0\0\0\0\0\0\0\0\xff\xff");
    mobi.extend(
        (0..65_535_u32).flat_map(|n| [(600_000 + n).to_be_bytes(), n.to_be_bytes()].concat()),
    );
    mobi.resize(600_000, 0);
    // Sixty-five thousand records of a text that says that it has four gigabytes.
    mobi.extend([0, 2, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x10, 0, 0, 0, 0, 0]);
    mobi.extend(b"MOBI\0\0\0\xe8\0\0\0\x02\0\0\xfd\xe9");
    mobi.resize(700_000, 0xff);
    for (name, bytes) in [
        ("stream.pdf", page_of(&deflated(words.as_bytes()))),
        ("spaces.pdf", page_of(&deflated(&vec![b' '; 200 << 20]))),
        ("table.pdf", table.as_bytes().to_vec()),
        ("records.mobi", mobi),
    ] {
        let file = shelf.file(name, bytes);
        let (code, said) = limited(&file);
        assert!(
            code == Some(1) && said.starts_with("woodcut: ") && !said.contains("panicked"),
            "{name}: {code:?} {said}"
        );
    }
}

#[test]
fn what_is_cut_short_empty_or_something_else_says_so() {
    let shelf = Shelf::new();
    let whole = book(&package("", "The Tale"), PAGE.as_bytes(), ("x", b""));
    for (name, bytes, words) in [
        ("cut.epub", &whole[..whole.len() / 2], "cut short"),
        ("empty.epub", b"", "is empty"),
        ("text.epub", b"This is no archive.", "not one"),
        ("noise.pdf", b"%PDF-1.7 \x00\x01\x02 stream", "cut short"),
        ("stump.mobi", &[&[0; 60][..], b"BOOKMOBI", &[0xff; 40]].concat(), "cut short"),
    ] {
        let file = shelf.file(name, bytes);
        let (code, said) = limited(&file);
        assert!(code == Some(1) && said.contains(words), "{name}: {code:?} {said}");
    }
}

/// The folder of odd books, each with what it has to come to: chapters, or words of the error.
#[test]
fn the_odd_books_at_hand_come_to_what_they_should() {
    let Some(folder) = std::env::var_os("WOODCUT_TEST_BOOKS") else {
        println!("skipped: WOODCUT_TEST_BOOKS names no folder of novels");
        return;
    };
    let expected: [(&str, Result<usize, &str>); 26] = [
        ("00", Ok(12)),
        ("01", Ok(12)),
        ("02", Ok(12)),
        ("04", Ok(12)),
        ("06", Err("Adobe ADEPT")),
        ("07", Err("Readium LCP")),
        ("09", Ok(12)),
        ("10", Ok(12)),
        ("11", Ok(12)),
        ("12", Ok(12)),
        ("13", Ok(12)),
        ("15", Ok(12)),
        ("17", Ok(12)),
        ("19", Ok(12)),
        ("20", Ok(12)),
        ("21", Err("cut short")),
        ("23", Err("not one")),
        ("24", Err("is empty")),
        ("25", Ok(3)),
        ("27", Ok(11)),
        ("29", Ok(12)),
        ("30", Err("inflates beyond")),
        ("31", Ok(12)),
        ("32", Ok(12)),
        ("33", Err("no text")),
        ("35", Ok(12)),
    ];
    let mut files: Vec<_> = fs::read_dir(Path::new(&folder).join("tricky"))
        .expect("the folder of odd books")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert_eq!(files.len(), expected.len());
    for (file, (number, expected)) in files.iter().zip(expected) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        assert!(name.starts_with(number), "{name}");
        let (code, said) = limited(file);
        match expected {
            Ok(count) => {
                let numbers = said.lines().filter_map(|line| line.split_whitespace().next());
                let last = numbers.filter_map(|word| word.parse().ok()).max();
                assert_eq!((code, last), (Some(0), Some(count)), "{name}: {said}");
                assert!(!said.contains("root:"), "{name}");
            }
            Err(words) => assert!(code == Some(1) && said.contains(words), "{name}: {said}"),
        }
    }
}
