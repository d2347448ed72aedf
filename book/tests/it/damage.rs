//! Books of every format, damaged at random: the readers end, in a book or in a reason.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::kindle::{CHAPTERS, Kindle};
use crate::library::{Epub, PROSE, Shelf, archive, prose};

/// A small sound book of every format, by the name of its file. They are the seeds of the fuzzers too:
/// `WOODCUT_CORPUS=fuzz/corpus cargo test -p book --test it seeds`.
fn specimens() -> Vec<(&'static str, Vec<u8>)> {
    let page = |n: u32| format!("<h2 id='h'>Chapter {n}</h2>\n{}<ul><li>a</li></ul>", prose(3));
    let epub = Epub::new()
        .page("c1", &page(1))
        .page("c2", &page(2))
        .contents("c1#h Chapter 1\nc2 Chapter 2");
    let paragraph = format!("<w:p><w:r><w:t>{PROSE}</w:t></w:r></w:p>");
    let heading =
        "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Chapter 1</w:t></w:r></w:p>";
    let document = format!("<w:document><w:body>{heading}{paragraph}</w:body></w:document>");
    let section = format!("<section><title><p>Chapter 1</p></title><p>{PROSE}</p></section>");
    let fb2 = format!("<FictionBook><body>{section}{section}</body></FictionBook>");
    let html = format!("<html><body><h1>The Tale</h1>{0}{0}</body></html>", page(1));
    let markdown = format!("# The Tale\n\n## One\n\n{PROSE}\n\n## Two\n\n*{PROSE}*\n");
    let text = format!("CHAPTER I\n\n{PROSE}\n\nCHAPTER II\n\n{PROSE}\n");
    vec![
        ("epub3.epub", epub.clone().bytes()),
        ("epub2.epub", epub.version(2).guide("text", "c1.xhtml").bytes()),
        ("word.docx", archive(&[("word/document.xml", &document)])),
        ("fiction.fb2", fb2.into_bytes()),
        ("page.html", html.into_bytes()),
        ("plain.md", markdown.into_bytes()),
        ("plain.txt", text.into_bytes()),
        ("print.pdf", crate::pdf::tale_bytes()),
        ("old.mobi", Kindle::old(&CHAPTERS).bytes()),
        ("new.azw3", Kindle::new(&CHAPTERS).bytes()),
    ]
}

#[test]
fn the_seeds_are_sound() {
    let corpus = std::env::var_os("WOODCUT_CORPUS").map(std::path::PathBuf::from);
    for (name, bytes) in specimens() {
        let book = Shelf::with(name, &bytes).read(name).unwrap();
        assert!(!book.chapters.is_empty(), "{name}");
        let Some(corpus) = &corpus else { continue };
        let (stem, format) = name.split_once('.').unwrap();
        let folder = corpus.join(match format {
            "azw3" => "mobi",
            format => format,
        });
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(stem), &bytes).unwrap();
    }
}

/// One thing that may happen to a file.
#[derive(Debug, Clone)]
enum Damage {
    Byte(Index, u8),
    Lost(Index, usize),
    Doubled(Index, usize),
    Cut(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        2 => (any::<Index>(), 1usize..200).prop_map(|(at, length)| Damage::Lost(at, length)),
        2 => (any::<Index>(), 1usize..200).prop_map(|(at, length)| Damage::Doubled(at, length)),
        1 => any::<Index>().prop_map(Damage::Cut),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        let size = bytes.len();
        let part = |at: &Index, length: usize| {
            let at = at.index(size);
            at..(at + length).min(size)
        };
        match damage {
            Damage::Byte(at, byte) => {
                bytes[at.index(size)] = *byte;
            }
            Damage::Lost(at, length) => drop(bytes.drain(part(at, *length))),
            Damage::Doubled(at, length) => {
                let range = part(at, *length);
                let copy = bytes[range.clone()].to_vec();
                bytes.splice(range.start..range.start, copy);
            }
            Damage::Cut(at) => bytes.truncate(at.index(size)),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn damaged_files_end_in_a_book_or_a_reason(
        which in any::<Index>(), damages in prop::collection::vec(damage(), 1..10),
    ) {
        let (name, bytes) = specimens().swap_remove(which.index(10));
        let _ = Shelf::with(name, damaged(bytes, &damages)).read(name);
    }

    #[test]
    fn damaged_pages_in_a_sound_archive_are_read(damages in prop::collection::vec(damage(), 1..16)) {
        let page = format!("<h2>Chapter 1</h2>{}<!-- x --><table><tr><td>d</td></tr></table>", prose(2));
        let page = String::from_utf8_lossy(&damaged(page.into_bytes(), &damages)).into_owned();
        let epub = Epub::new().page("a", &page).page("b", &prose(3)).contents("a One\nb Two");
        let book = epub.shelve().read("book.epub").unwrap();
        prop_assert!(book.sections.iter().map(|section| section.words).sum::<usize>() > 90);
    }
}
