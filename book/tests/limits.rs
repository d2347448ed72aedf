//! Hostile books under limits: 256 MB of memory and ten seconds of processor time for reading one.
//!
//! The kernel keeps the limits, so no clock is read: a reader that passes one is killed or fails to
//! allocate, which is another exit code than the 0 or 1 expected here. This program starts itself, with
//! the limits on, for each book; it has no test harness, whose threads would take memory of their own.

#![expect(clippy::disallowed_methods, reason = "nobody else reads the files of a test")]

use std::fmt::Write as _;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What the kernel allows: kilobytes of address space, seconds of processor time.
const LIMITS: &str = "ulimit -v 262144 && ulimit -t 10 && exec \"$@\"";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == "--read") {
        return match arguments.next() {
            Some(book) => read(&PathBuf::from(book)),
            // No book: more memory than the limit, to show that there is one.
            None => ExitCode::from(u8::from(vec![1_u8; 300 << 20].contains(&0))),
        };
    }
    let mut hog = Command::new("sh");
    let hog = hog.args(["-c", LIMITS, "sh"]).arg(std::env::current_exe().expect("this program"));
    assert!(!hog.arg("--read").output().expect("a shell").status.success(), "no limit is on");
    entities_and_names_that_lead_outside_do_no_harm();
    bombs_are_refused_before_they_go_off();
    what_is_cut_short_empty_or_something_else_says_so();
    the_odd_books_at_hand_come_to_what_they_should();
    ExitCode::SUCCESS
}

/// Says which chapters a book has, or why it has none.
fn read(path: &Path) -> ExitCode {
    match book::read(path) {
        Ok(book) => {
            let mut said = String::new();
            for chapter in &book.chapters {
                let secret = if chapter.text.contains("root:") { "root:" } else { "" };
                let _ = writeln!(said, "{} {}{secret}", chapter.number, chapter.title);
            }
            println!("{}{said}", book.title);
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What reading this book under limits ended with, and what was said.
fn limited(book: &Path) -> (Option<i32>, String) {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new("sh");
    let ended = child.args(["-c", LIMITS, "sh"]).arg(program).arg("--read").arg(book).output();
    let ended = ended.expect("a shell");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr)
    );
    (ended.status.code(), said)
}

/// A folder that goes away.
struct Shelf(TempDir);

impl Shelf {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), bytes).expect("a file on the shelf");
        self.path(name)
    }
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

fn entities_and_names_that_lead_outside_do_no_harm() {
    let shelf = Shelf::new();
    shelf.file("secret.txt", "root:secret");
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
        assert!(
            code == Some(0) && said.contains("Chapter 1") && !said.contains("root:"),
            "{name}: {code:?} {said}"
        );
    }
    let outside = shelf.path("..").join("slipped.txt");
    assert!(!outside.exists());
}

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
    let mut files: Vec<_> = std::fs::read_dir(Path::new(&folder).join("tricky"))
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
                let last =
                    said.lines().filter_map(|line| line.split(' ').next()?.parse().ok()).max();
                assert_eq!((code, last), (Some(0), Some(count)), "{name}");
                assert!(!said.contains("root:"), "{name}");
            }
            Err(words) => assert!(code == Some(1) && said.contains(words), "{name}: {said}"),
        }
    }
}
