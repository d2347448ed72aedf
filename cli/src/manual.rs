//! `woodcut completions` and `woodcut man`: what shells and readers of manuals want to know, made from
//! the command line itself, so that it cannot say anything else.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man as Page;
use manifest::crew::Ending;

/// Print a script that completes the command line
#[derive(Debug, Clone, clap::Args)]
pub struct Completions {
    /// For this shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

impl Completions {
    pub fn execute(&self, mut command: Command) -> anyhow::Result<Ending> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "woodcut", &mut script);
        std::io::stdout().write_all(&script)?;
        Ok(Ending::Complete)
    }
}

/// Write the manual pages into a folder
#[derive(Debug, Clone, clap::Args)]
pub struct Man {
    /// The folder, made if need be: `~/.local/share/man/man1` is looked into by `man`
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

impl Man {
    pub fn execute(&self, command: Command) -> anyhow::Result<Ending> {
        for (name, page) in pages(command)? {
            manifest::artifact::put(&self.folder, &name, &page)
                .with_context(|| format!("cannot write into {}", self.folder.display()))?;
        }
        writeln!(std::io::stdout(), "{}", self.folder.display())?;
        Ok(Ending::Complete)
    }
}

/// Every manual page by its file's name: one for the command, one for each subcommand.
fn pages(command: Command) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = BTreeMap::new();
    let subcommands = command.get_subcommands().filter(|sub| !sub.is_hide_set()).cloned();
    let described = subcommands.map(|sub| sub.version(env!("CARGO_PKG_VERSION")));
    for command in described.chain([command.clone()]) {
        let name = format!("{}.1", command.get_display_name().unwrap_or(command.get_name()));
        let mut page = Vec::new();
        // No date: the same command line gives the same page.
        Page::new(command).date("").render(&mut page)?;
        pages.insert(name, page);
    }
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::CommandFactory;

    use super::*;

    /// The pages of the command line as it is; `UPDATE_EXPECT=1` writes them anew.
    #[test]
    fn the_manual_says_what_the_command_line_is() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/man");
        let made = pages(crate::Arguments::command()).unwrap();
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            let _ = std::fs::remove_dir_all(&folder);
            for (name, page) in &made {
                manifest::artifact::put(&folder, name, page).unwrap();
            }
        }
        let mut kept = BTreeMap::new();
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let name = entry.file_name().into_string().unwrap();
            kept.insert(name, std::fs::read(entry.path()).unwrap());
        }
        let names = |pages: &BTreeMap<String, Vec<u8>>| pages.keys().cloned().collect::<Vec<_>>();
        let again = "`UPDATE_EXPECT=1 cargo test -p cli manual` writes packaging/man anew";
        assert_eq!(names(&kept), names(&made), "{again}");
        for (name, page) in &made {
            assert!(kept[name] == *page, "{name} is stale: {again}");
        }
    }

    #[test]
    fn every_shell_gets_a_script() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
            let mut script = Vec::new();
            clap_complete::generate(
                shell,
                &mut crate::Arguments::command(),
                "woodcut",
                &mut script,
            );
            let script = String::from_utf8(script).unwrap();
            assert!(script.contains("illustrate") && script.contains("books-at-once"), "{shell}");
        }
    }
}
