//! The documentation: every command in it is run, and prints what the page says it prints.
//!
//! A block `console` is run line by line in a folder with the example book, its finished project (except
//! on the first page) and a small shelf; what follows a command is its standard output, in which `...`
//! stands for any lines and `[..]` for anything in a line. The commands of a block `console,parse` need
//! what is not here (a server, a service, somebody else's files): they are only read by the command line.
//! A block `toml` must be a configuration, and one marked as a mistake must be refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::support::{Shelf, program_file, tale};

/// The page that begins without a project.
const FIRST: &str = "quick-start.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every page of the book, by its file's name.
fn pages() -> Vec<(String, String)> {
    let entries = fs::read_dir(root().join("docs/src")).unwrap().flatten();
    let page = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read_to_string(entry.path()).unwrap())
    };
    let mut pages: Vec<_> = entries.map(page).collect();
    pages.sort();
    pages
}

/// A fenced block: what it is marked as, and its lines.
struct Block<'a> {
    kind: &'a str,
    lines: Vec<&'a str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(kind), None) => open = Some(Block { kind, lines: Vec::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.lines.push(line),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block has no end");
    blocks
}

/// The words of a command, in which double quotes keep words together.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (nth, part) in command.split('"').enumerate() {
        match nth % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// Runs `woodcut`, in a folder, with small plates.
fn woodcut(folder: &Path, arguments: &[String]) -> Output {
    let home = folder.join("home");
    let mut command = Command::new(program_file("woodcut"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command.env("HOME", home).env("WOODCUT_PLATES_SIZE", "64x96").output().unwrap()
}

fn is_like(expected: &str, line: &str) -> bool {
    let mut rest = line;
    let parts: Vec<&str> = expected.split("[..]").collect();
    let (Some((first, inner)), Some(last)) = (parts.split_first(), parts.last()) else {
        return false;
    };
    if inner.is_empty() {
        return expected == line;
    }
    if !rest.starts_with(first) || !rest.ends_with(last) {
        return false;
    }
    rest = &rest[first.len()..];
    inner.iter().all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

fn are_like(expected: &[&str], lines: &[&str]) -> bool {
    match (expected.split_first(), lines.split_first()) {
        (None, None) => true,
        (Some((&"...", rest)), _) => (0..=lines.len()).any(|n| are_like(rest, &lines[n..])),
        (Some((first, rest)), Some((line, lines))) => is_like(first, line) && are_like(rest, lines),
        _ => false,
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// The folder that a page is tried in.
fn folder(shelf: &Shelf, page: &str) -> PathBuf {
    let folder = shelf.path(page);
    fs::create_dir_all(folder.join("shelf")).unwrap();
    let book = "the-borrowed-bell.epub";
    fs::copy(root().join("examples").join(book), folder.join(book)).unwrap();
    fs::write(folder.join("shelf/the-ford.md"), tale(2)).unwrap();
    folder
}

#[test]
fn every_command_of_the_book_does_what_its_page_says() {
    let shelf = Shelf::new();
    let base = folder(&shelf, "base");
    let made = woodcut(&base, &words("run the-borrowed-bell.epub"));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for (page, text) in pages() {
        let folder = folder(&shelf, &page);
        if page != FIRST {
            let project = "the-borrowed-bell.woodcut";
            copy(&base.join(project), &folder.join(project));
        }
        for block in blocks(&text) {
            match block.kind {
                "console" => run(&folder, &page, &block.lines),
                "console,parse" => {
                    block.lines.iter().for_each(|line| parse(&folder, &page, command(line)));
                }
                "toml" => configure(&folder, &page, &block.lines, true),
                "toml,mistake" => configure(&folder, &page, &block.lines, false),
                _ => {
                    let untried = block.lines.iter().find(|line| line.starts_with("woodcut "));
                    assert!(untried.is_none(), "{page}: a command that nobody tries: {untried:?}");
                }
            }
        }
    }
}

fn command<'a>(line: &&'a str) -> &'a str {
    line.strip_prefix("$ woodcut ").unwrap_or_else(|| panic!("no command: {line}"))
}

fn run(folder: &Path, page: &str, lines: &[&str]) {
    let mut rest = lines;
    while let Some((first, more)) = rest.split_first() {
        let command = command(first);
        let end = more.iter().position(|line| line.starts_with("$ ")).unwrap_or(more.len());
        let output = woodcut(folder, &words(command));
        let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        assert!(output.status.success(), "{page}: `woodcut {command}`: {err}");
        let said: Vec<&str> = out.lines().collect();
        assert!(are_like(&more[..end], &said), "{page}: `woodcut {command}` prints\n{out}");
        rest = &more[end..];
    }
}

fn parse(folder: &Path, page: &str, command: &str) {
    let output = woodcut(folder, &words(&format!("{command} --help")));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{page}: `woodcut {command}`: {error}");
}

fn configure(folder: &Path, page: &str, lines: &[&str], is_good: bool) {
    let project = folder.join("configured");
    fs::create_dir_all(&project).unwrap();
    fs::write(project.join("woodcut.toml"), lines.join("\n")).unwrap();
    let output = woodcut(folder, &words("config configured"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), is_good, "{page}: {error}");
}

#[test]
fn every_command_of_the_readme_is_one() {
    let shelf = Shelf::new();
    let text = fs::read_to_string(root().join("README.md")).unwrap();
    let commands = text.lines().filter_map(|line| {
        let line = line.strip_prefix("    ")?.split("  #").next()?;
        line.strip_prefix("woodcut ").or_else(|| line.strip_prefix("cargo run --release -- "))
    });
    let commands: Vec<&str> = commands.collect();
    assert!(commands.len() > 10, "{commands:?}");
    commands.iter().for_each(|command| parse(&shelf.path(""), "README.md", command));
}

#[test]
fn every_page_of_the_book_can_be_reached() {
    let pages = pages();
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    let targets = |text: &str| -> Vec<String> {
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let pages = links.filter(|link| !link.contains("://"));
        pages.map(|link| link.split('#').next().unwrap_or_default().to_owned()).collect()
    };
    let summary = &pages.iter().find(|(name, _)| name == "SUMMARY.md").unwrap().1;
    let listed = targets(summary);
    for name in &names {
        assert!(*name == "SUMMARY.md" || listed.iter().any(|page| page == name), "{name}");
    }
    for (page, text) in &pages {
        for target in targets(text) {
            assert!(
                names.contains(&target.as_str()),
                "{page} leads to {target}, which is not there"
            );
        }
    }
}

#[test]
fn a_page_that_says_something_else_is_found_out() {
    assert!(are_like(&["a", "...", "c [..]!"], &["a", "b", "b", "c is!"]));
    assert!(are_like(&["..."], &[]) && is_like("[..]x[..]", "axb"));
    assert!(!are_like(&["a"], &["a", "b"]) && !are_like(&["a", "b"], &["a"]));
    assert!(!is_like("a[..]c", "ab") && !is_like("ab[..]bc", "abc"));
    let wrong = std::panic::catch_unwind(|| {
        let shelf = Shelf::new();
        run(&folder(&shelf, "page"), "page", &["$ woodcut --version", "woodcut 99"]);
    });
    assert!(wrong.is_err());
}
