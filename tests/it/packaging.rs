//! What is put around the programs: services, the container, workflows. What of them can be run here is run
//! here; the rest is read, and held against the source.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Shelf, program_file};

const PROGRAMS: [&str; 3] = ["woodcut", "woodcut-analyze", "woodcut-illustrate"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A folder in which the programs lie under their own names.
fn installed(shelf: &Shelf) -> PathBuf {
    let folder = shelf.path("bin");
    fs::create_dir_all(&folder).unwrap();
    for name in PROGRAMS {
        let place = folder.join(name);
        if !place.exists() {
            symlink(program_file(name), place).unwrap();
        }
    }
    folder
}

/// The oldest Rust that is promised.
fn oldest() -> String {
    let cargo: toml::Table = read("Cargo.toml").parse().unwrap();
    cargo["workspace"]["package"]["rust-version"].as_str().unwrap().to_owned()
}

/// A program in a shelf's folder, with the installed programs in its path.
fn program(shelf: &Shelf, words: &[String]) -> Command {
    let mut command = Command::new(&words[0]);
    let path = format!("{}:/usr/bin:/bin", installed(shelf).display());
    command.args(&words[1..]).current_dir(shelf.path("")).env_clear().env("PATH", path);
    command.env("XDG_STATE_HOME", shelf.path("state")).env("WOODCUT_PLATES_SIZE", "64x96");
    command.env("WOODCUT_SERVE_PORT", "0").stdin(Stdio::null());
    command
}

fn run(shelf: &Shelf, words: &[String]) -> bool {
    program(shelf, words).output().unwrap().status.success()
}

/// A shelf with the example book as `alice.epub`.
fn alice() -> Shelf {
    let shelf = Shelf::new();
    fs::copy(root().join("examples/the-borrowed-bell.epub"), shelf.path("alice.epub")).unwrap();
    shelf
}

/// The words of what a unit starts, for the instance `alice`.
fn started(unit: &str) -> Vec<String> {
    let text = read(&format!("packaging/systemd/{unit}"));
    let line = text.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let mut words = Vec::new();
    for (nth, part) in line.replace("%i", "alice").split('\'').enumerate() {
        match nth % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    assert!(words[0].starts_with('/'), "{unit}: systemd looks for no program in a path");
    words
}

#[test]
fn the_services_of_the_daemons_make_a_book_in_any_order() {
    let shelf = alice();
    let second = started("woodcut-illustrate@.service");
    let mut waiting = program(&shelf, &second).stderr(Stdio::null()).spawn().unwrap();
    // From the book the first time, from its project afterwards.
    let first = started("woodcut-analyze@.service");
    assert!(run(&shelf, &first));
    assert!(waiting.wait().unwrap().success());
    fs::remove_file(shelf.path("alice.epub")).unwrap();
    assert!(!run(&shelf, &first), "it is the project that is gone on with, and its book is gone");
    assert!(fs::read_dir(shelf.path("alice.woodcut/plates")).unwrap().count() > 0);
    assert!(run(&shelf, &second));
}

#[test]
fn the_service_of_the_page_answers_until_it_is_stopped() {
    let shelf = Shelf::new();
    let words = started("woodcut-serve.service");
    let mut page = program(&shelf, &words).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(page.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let pid = i32::try_from(page.id()).ok().and_then(rustix::process::Pid::from_raw).unwrap();
    let answer = line.split_whitespace().find(|word| word.starts_with("http://")).map(|address| {
        ureq::get(format!("{}api/v1/books", address.split('#').next().unwrap())).call()
    });
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let status = page.wait().unwrap();
    assert!(answer.is_some_and(|answer| answer.is_ok()), "{line}");
    assert!(status.code().is_some_and(|code| [0, 130].contains(&code)), "{status}");
}

#[test]
fn systemd_has_nothing_to_say_against_the_services() {
    let shelf = Shelf::new();
    let names = fs::read_dir(root().join("packaging/systemd")).unwrap().flatten();
    let files: Vec<PathBuf> = names.map(|entry| entry.path()).collect();
    let mut verify = Command::new("systemd-analyze");
    verify.args(["verify", "--user", "--man=no"]).args(&files);
    match verify.env("XDG_RUNTIME_DIR", shelf.path("")).output() {
        Ok(said) => {
            let said = String::from_utf8_lossy(&said.stderr).into_owned();
            let ours: Vec<&str> = said.lines().filter(|line| line.contains("woodcut")).collect();
            assert!(ours.is_empty(), "{said}");
        }
        Err(_) => eprintln!("skipped: there is no systemd-analyze here"),
    }
}

/// The instructions of the Containerfile: each its name and what follows it.
fn instructions() -> Vec<(String, String)> {
    let text = read("packaging/Containerfile").replace("\\\n", " ");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let split = |line: &str| line.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
    lines.map(|line| split(line).unwrap_or_else(|| panic!("{line}"))).collect()
}

fn only(name: &str) -> String {
    let mut found = instructions().into_iter().filter(|(instruction, _)| instruction == name);
    let (_, text) = found.next().unwrap_or_else(|| panic!("no {name}"));
    assert_eq!(found.next(), None, "{name} twice");
    text
}

#[test]
fn the_container_is_made_of_what_is_there() {
    let known =
        ["FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD"];
    let all = instructions();
    assert!(all.iter().all(|(name, _)| known.contains(&name.as_str())), "{all:?}");
    let rust = format!("docker.io/library/rust:{}-slim AS build", oldest());
    assert_eq!(all[0], ("FROM".to_owned(), rust));
    // What is installed there is what is copied out of there.
    let cargo: toml::Table = read("cli/Cargo.toml").parse().unwrap();
    let programs = cargo["bin"].as_array().unwrap().iter();
    let programs: Vec<&str> = programs.map(|bin| bin["name"].as_str().unwrap()).collect();
    assert_eq!(programs, PROGRAMS);
    let install = "cargo install --locked --path cli --root /out".to_owned();
    assert!(all.contains(&("RUN".to_owned(), install)), "{all:?}");
    let copy = "--from=build /out/bin/woodcut /usr/local/bin/woodcut".to_owned();
    assert!(all.contains(&("COPY".to_owned(), copy)), "{all:?}");
    let list = |text: &str| serde_json::from_str::<Vec<String>>(text).unwrap();
    let whole = [list(&only("ENTRYPOINT")), list(&only("CMD"))].concat();
    assert!(run(&Shelf::new(), &whole));
    // Where it works, projects are found by the health check.
    assert!(
        all.contains(&("WORKDIR".to_owned(), "/books".to_owned())) && only("VOLUME") == "/books"
    );
}

#[test]
fn the_health_check_tells_a_sound_project_from_a_damaged_one() {
    let shelf = alice();
    let check = only("HEALTHCHECK");
    let (options, script) = check.split_once(" CMD ").unwrap();
    assert!(options.split_whitespace().all(|option| option.starts_with("--")), "{options}");
    let script = script.replace("/books", &shelf.path("").to_string_lossy());
    let healthy = || run(&shelf, &["/bin/sh".to_owned(), "-c".to_owned(), script.clone()]);
    assert!(healthy(), "an empty volume is fine");
    assert!(run(&shelf, &["woodcut", "analyze", "alice.epub"].map(str::to_owned)));
    assert!(healthy());
    for file in ["manifest.json", "manifest.previous.json"] {
        fs::write(shelf.path("alice.woodcut").join(file), "{").unwrap();
    }
    assert!(!healthy());
}

/// The jobs of a workflow, by name, and in each the steps as (uses, run).
fn jobs(workflow: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let text = read(&format!(".github/workflows/{workflow}"));
    let whole: Value = serde_yaml_ng::from_str(&text).unwrap();
    let word = |node: &Value, key: &str| node[key].as_str().unwrap_or_default().to_owned();
    let job = |(name, job): (&String, &Value)| {
        assert!(!word(job, "runs-on").is_empty(), "{workflow}: {name} runs nowhere");
        let steps = job["steps"].as_array().unwrap().iter();
        let steps = steps.map(|step| (word(step, "uses"), word(step, "run"))).collect();
        (name.clone(), steps)
    };
    whole["jobs"].as_object().unwrap().iter().map(job).collect()
}

#[test]
fn workflows_use_what_is_pinned_and_run_what_is_there() {
    let mut commands = Vec::new();
    for workflow in ["ci.yml", "release.yml"] {
        for (job, steps) in jobs(workflow) {
            for (uses, run) in steps {
                assert!(uses.is_empty() != run.is_empty(), "{workflow}, {job}: one of both");
                assert!(uses.is_empty() || uses.contains('@'), "{workflow}, {job}: {uses}");
                if let Some(version) = uses.strip_prefix("dtolnay/rust-toolchain@") {
                    let is_oldest = version == "master" || version.starts_with(&oldest());
                    assert!(is_oldest, "{workflow}, {job}: Rust {version}");
                }
                commands.extend(run.lines().map(|line| line.trim().to_owned()));
            }
        }
    }
    let count = |beginning: &str| commands.iter().filter(|c| c.starts_with(beginning)).count();
    assert_eq!((count("bash .ci/run"), count("cargo test --workspace --locked")), (1, 1));
    assert_eq!(count("cargo build --release --locked -p cli"), 1);
    assert_eq!(count("cargo check --workspace --all-targets --locked"), 1);
    assert!(root().join(".ci/run").is_file());
    // The recipe that people use writes the same list.
    let materials = commands.iter().find(|command| command.starts_with("syft ")).unwrap();
    let recipe = materials.replace("woodcut.cdx.json", "target/woodcut.cdx.json");
    assert!(read("justfile").contains(&format!("    {recipe}\n")), "{recipe}");
}

#[test]
fn the_oldest_rust_is_read_off_the_source_as_the_workflow_does() {
    let steps = &jobs("ci.yml")["oldest"];
    let script = &steps.iter().find(|(_, run)| run.contains("rust-version")).unwrap().1;
    let shelf = Shelf::new();
    let output = shelf.path("output");
    let mut bash = Command::new("bash");
    bash.args(["-ec", script]).current_dir(root()).env("GITHUB_OUTPUT", &output);
    assert!(bash.status().unwrap().success());
    assert_eq!(fs::read_to_string(output).unwrap(), format!("version={}\n", oldest()));
}

#[test]
fn a_release_is_packed_with_all_programs_and_the_manual() {
    let steps = &jobs("release.yml")["build"];
    let script = &steps.iter().find(|(_, run)| run.contains("tar czf")).unwrap().1;
    let script = script.replace("${{ matrix.target }}", "here").replace("${{ matrix.exe }}", "");
    let script = script.replace("${{ github.ref_name }}", "v1");
    let shelf = Shelf::new();
    let release = shelf.path("target/here/release");
    fs::create_dir_all(&release).unwrap();
    for name in PROGRAMS {
        fs::write(release.join(name), name).unwrap();
    }
    for name in ["README.md", "LICENSE-APACHE", "LICENSE-MIT", "packaging"] {
        symlink(root().join(name).canonicalize().unwrap(), shelf.path(name)).unwrap();
    }
    let mut bash = Command::new("bash");
    assert!(bash.args(["-ec", &script]).current_dir(shelf.path("")).status().unwrap().success());
    let mut list = Command::new("tar");
    let list = list.args(["tzf", "woodcut-v1-here.tar.gz"]).current_dir(shelf.path(""));
    let list = String::from_utf8(list.output().unwrap().stdout).unwrap();
    for name in [&PROGRAMS[..], &["README.md", "LICENSE-MIT", "man/woodcut.1"]].concat() {
        assert!(list.lines().any(|line| line == format!("./{name}")), "{name}: {list}");
    }
}
