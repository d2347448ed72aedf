//! What is remembered about this user's machine between runs: which projects there are, and how long
//! the engines take.
//!
//! A file in the user's state folder. It is a convenience: nothing depends on it, whatever stands in
//! it is only looked at where it still makes sense, and where it cannot be written it is not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use manifest::pace::Rates;
use manifest::{artifact, names};
use serde::{Deserialize, Serialize};

/// The list of projects: one absolute path a line, the last one the newest.
const PROJECTS: &str = "projects";
/// How long engines take.
const RATES: &str = "rates.json";
/// More engines are not remembered.
const ENGINES: usize = 200;
/// No more of a file of state is read.
const LONGEST: u64 = 1 << 20;
/// More projects are not remembered.
const MOST: usize = 2_000;

/// The folder of this program's state: in `$XDG_STATE_HOME`, else in `~/.local/state`, on Windows in
/// `%LOCALAPPDATA%`.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let set =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")));
    Some(folder.or_else(|| set("LOCALAPPDATA"))?.join("woodcut"))
}

/// The projects that this user has run and that are still there, the newest first.
#[must_use]
pub fn projects() -> Vec<PathBuf> {
    folder().map_or_else(Vec::new, |folder| projects_in(&folder))
}

fn projects_in(folder: &Path) -> Vec<PathBuf> {
    let text = read(&folder.join(PROJECTS)).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let paths = text.lines().rev().map(PathBuf::from);
    paths
        .filter(|path| path.is_absolute() && seen.insert(path.clone()))
        .filter(|path| path.join(names::MANIFEST).is_file())
        .take(MOST)
        .collect()
}

pub(crate) fn remember_project(project: &Path) {
    if let (Some(folder), Ok(project)) = (folder(), fs::canonicalize(project)) {
        // Only a list to choose from: whoever names the project does not need it.
        let _ = remember_in(&folder, &project);
    }
}

fn remember_in(folder: &Path, project: &Path) -> std::io::Result<()> {
    let Some(line) = project.to_str().filter(|path| !path.contains(['\n', '\r'])) else {
        return Ok(());
    };
    let path = folder.join(PROJECTS);
    let text = read(&path).unwrap_or_default();
    if text.lines().any(|known| known == line) {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    if text.len() as u64 > LONGEST / 2 {
        // What is gone is forgotten. Somebody else's line that comes at this very moment may be too.
        let known = projects_in(folder).into_iter().rev();
        let known: String = known.map(|path| format!("{}\n", path.display())).collect();
        artifact::put(folder, PROJECTS, known.as_bytes()).map_err(std::io::Error::other)?;
    }
    let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
    file.write_all(format!("{line}\n").as_bytes())
}

/// How long each engine took when it was last seen at work, by its name.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Learnt {
    text: BTreeMap<String, Rates>,
    image: BTreeMap<String, Rates>,
}

/// Names of the engines of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engines {
    /// What finds elements and concepts.
    pub text: String,
    /// What draws.
    pub image: String,
}

/// How long these engines took on this machine, as far as is known.
#[must_use]
pub fn rates(engines: &Engines) -> Rates {
    folder().map_or_else(Rates::default, |folder| learnt(&folder).of(engines))
}

/// Remembers how long these engines take now.
pub fn remember_rates(engines: &Engines, rates: Rates) {
    if let Some(folder) = folder() {
        // Without, the next run has to find out for itself.
        let _ = remember_rates_in(&folder, engines, rates);
    }
}

fn learnt(folder: &Path) -> Learnt {
    let text = read(&folder.join(RATES)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn remember_rates_in(folder: &Path, engines: &Engines, rates: Rates) -> std::io::Result<()> {
    let mut learnt = learnt(folder);
    let new = rates.or(&learnt.of(engines));
    for (known, name, rates) in [
        (&mut learnt.text, &engines.text, Rates { illustration: None, binding: None, ..new }),
        (&mut learnt.image, &engines.image, Rates { elements: None, analysis: None, ..new }),
    ] {
        if known.len() >= ENGINES && !known.contains_key(name) {
            known.pop_first();
        }
        known.insert(name.clone(), rates);
    }
    fs::create_dir_all(folder)?;
    let text = serde_json::to_vec_pretty(&learnt)?;
    artifact::put(folder, RATES, &text).map_err(std::io::Error::other)
}

impl Learnt {
    fn of(&self, engines: &Engines) -> Rates {
        let text = self.text.get(&engines.text).copied().unwrap_or_default();
        // What makes no sense is left out.
        text.or(&self.image.get(&engines.image).copied().unwrap_or_default())
    }
}

/// The text of a file of state; what is not text in it is left out.
pub(crate) fn read(path: &Path) -> Option<String> {
    if !fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "nobody else reads the files of a test")]
    fn absent_doubled_and_hostile_lines_are_no_projects() {
        let home = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "two"].map(|name| home.path().join(name));
        for project in [&one, &two] {
            fs::create_dir(project).unwrap();
            fs::write(project.join(names::MANIFEST), "{}").unwrap();
        }
        let hostile = b"relative\n/nowhere/at/all\n\xff\xfe\0\n/etc\n../..\n";
        fs::write(home.path().join(PROJECTS), hostile).unwrap();
        for project in [&one, &two, &one] {
            remember_in(home.path(), project).unwrap();
        }
        assert_eq!(projects_in(home.path()), [two, one]);
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "nobody else reads the files of a test")]
    fn what_engines_take_is_remembered_and_nonsense_is_not_believed() {
        let home = tempfile::tempdir().unwrap();
        let engines = |image: &str| Engines { text: "builtin".into(), image: image.into() };
        let first = Rates { elements: Some(0.1), illustration: Some(900.0), ..Rates::default() };
        remember_rates_in(home.path(), &engines("a"), first).unwrap();
        let second = Rates { analysis: Some(0.5), ..Rates::default() };
        remember_rates_in(home.path(), &engines("b"), second).unwrap();
        let known = learnt(home.path());
        let both = Rates { analysis: Some(0.5), ..first };
        assert_eq!(known.of(&engines("a")), both);
        assert_eq!(known.of(&engines("b")), Rates { illustration: None, ..both });
        for nonsense in ["", "[]", "{\"text\":{\"builtin\":{\"analysis\":-1,\"elements\":0}}}"] {
            fs::write(home.path().join(RATES), nonsense).unwrap();
            assert_eq!(learnt(home.path()).of(&engines("a")), Rates::default(), "{nonsense}");
        }
    }

    #[test]
    fn without_a_list_there_are_no_projects() {
        assert!(projects_in(Path::new("/nowhere")).is_empty());
    }
}
