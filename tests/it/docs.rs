//! The documentation: every command in it is run, and prints what the page says it prints.
//!
//! A block `console` is run line by line in a folder with the example book, its finished project (except
//! on the first page) and a small shelf; what follows a command is its standard output, in which `...`
//! stands for any lines and `[..]` for anything in a line. The commands of a block `console,code=5` end with
//! that code; those of `console,server` find a server of pictures behind every engine's address; those of
//! `console,serves` run until they are stopped, which is when they have said their first line. A block `toml` must be a configuration, and one marked as a mistake must be refused.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use models::fakes::{Asked, Reply, Server, png_base64, replies};

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

/// `woodcut`, in a folder, with small plates and a port that is free.
fn command_of(folder: &Path, arguments: &[String]) -> Command {
    let home = folder.join("home");
    let mut command = Command::new(program_file("woodcut"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command.env("HOME", home).env("WOODCUT_PLATES_SIZE", "64x96").env("WOODCUT_SERVE_PORT", "0");
    command
}

fn woodcut(folder: &Path, arguments: &[String]) -> Output {
    command_of(folder, arguments).output().unwrap()
}

/// What is true of the commands of a block beside what they print.
struct How {
    code: i32,
    server: Option<Server>,
    serves: bool,
}

impl How {
    /// `None` where the block is no console.
    fn of(kind: &str) -> Option<Self> {
        let mut parts = kind.split(',');
        if parts.next() != Some("console") {
            return None;
        }
        let mut how = Self { code: 0, server: None, serves: false };
        for part in parts {
            match part.split_once('=') {
                Some(("code", code)) => how.code = code.parse().unwrap(),
                None if part == "server" => how.server = Some(Server::start(paint)),
                None if part == "serves" => how.serves = true,
                _ => panic!("nobody knows what `{kind}` is"),
            }
        }
        Some(how)
    }

    fn output(&self, folder: &Path, arguments: &[String]) -> Output {
        if self.serves {
            // The port that the page names may be taken here.
            let free = |word: &String| if word == "8417" { "0".to_owned() } else { word.clone() };
            return until_stopped(command_of(
                folder,
                &arguments.iter().map(free).collect::<Vec<_>>(),
            ));
        }
        let mut command = command_of(folder, arguments);
        if let Some(server) = &self.server {
            command.env("WOODCUT_IMAGE_BASE_URL", server.url()).env("OPENAI_API_KEY", "fake");
        }
        command.output().unwrap()
    }
}

fn paint(asked: &Asked) -> Reply {
    replies::image_base64(&png_base64(96, 64, asked.body.len() as u64))
}

/// What a command says until it has said a line and is stopped.
fn until_stopped(mut command: Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut stdout = Vec::new();
    out.read_until(b'\n', &mut stdout).unwrap();
    let pid = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let mut ended = child.wait_with_output().unwrap();
    out.read_to_end(&mut stdout).unwrap();
    ended.stdout = stdout;
    ended
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
        if page == "migrating.md" {
            leave_old_files(&folder);
        }
        for block in blocks(&text) {
            if let Some(how) = How::of(block.kind) {
                run(&folder, &page, &how, &block.lines);
                continue;
            }
            match block.kind {
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

/// A folder as another program leaves it.
fn leave_old_files(folder: &Path) {
    let back = "migrate --back the-borrowed-bell.woodcut -o old-folder";
    assert!(woodcut(folder, &words(back)).status.success());
    fs::copy(folder.join("the-borrowed-bell.epub"), folder.join("alice.epub")).unwrap();
}

fn run(folder: &Path, page: &str, how: &How, lines: &[&str]) {
    let mut rest = lines;
    while let Some((first, more)) = rest.split_first() {
        let command = command(first);
        let end = more.iter().position(|line| line.starts_with("$ ")).unwrap_or(more.len());
        let output = how.output(folder, &words(command));
        let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        let code = output.status.code().filter(|code| !how.serves || *code != 130);
        assert_eq!(code.unwrap_or(0), how.code, "{page}: `woodcut {command}`: {err}");
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
        let how = How::of("console").unwrap();
        run(&folder(&shelf, "page"), "page", &how, &["$ woodcut --version", "woodcut 99"]);
    });
    assert!(wrong.is_err());
}
