//! `woodcut config` and `woodcut init`: what is in force and where it comes from; a file to begin with.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use config::{FILE, Flags, Origin, Sources};
use manifest::crew::Ending;
use serde_json::json;

/// Print the configuration that is in force
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The project [default: no project, the user's file alone]
    #[arg(value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Say of every value where it was written
    #[arg(long)]
    pub show_origin: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print the JSON schema of the file instead, for editors
    #[arg(long, conflicts_with_all = ["project", "show_origin", "json"])]
    pub schema: bool,
}

impl Command {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let mut out = std::io::stdout().lock();
        if self.schema {
            writeln!(out, "{}", serde_json::to_string_pretty(&config::schema())?)?;
            return Ok(Ending::Complete);
        }
        let flags = Flags::new();
        let effective = config::load(&Sources::of_process(self.project.as_deref(), &flags))?;
        if self.json {
            let values = effective.values.iter().map(|value| {
                json!({ "key": value.key, "value": value.shown, "origin": value.origin.to_string() })
            });
            let values: Vec<_> = values.collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&values)?)?;
            return Ok(Ending::Complete);
        }
        for value in &effective.values {
            let shown = value.shown.as_ref().map_or("(not set)".to_owned(), ToString::to_string);
            let line = format!("{} = {shown}", value.key);
            match &value.origin {
                origin if self.show_origin => writeln!(out, "{line:<48} # {origin}")?,
                Origin::BuiltIn if value.shown.is_none() => {}
                _ => writeln!(out, "{line}")?,
            }
        }
        Ok(Ending::Complete)
    }
}

/// Write a commented configuration file to begin with
#[derive(Debug, Clone, clap::Args)]
pub struct Init {
    /// Folder of the project, made if need be; of the current folder if that is a project
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    pub folder: PathBuf,
    /// Write the user's file instead, which counts for every project
    #[arg(long, conflicts_with = "folder")]
    pub user: bool,
}

impl Init {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let path = if self.user {
            config::user_file(&models::process_env)
                .context("neither XDG_CONFIG_HOME nor HOME says where your files are")?
        } else {
            self.checked()?
        };
        if path.exists() {
            bail!("{0} is there already; edit it, or see `woodcut config`", path.display());
        }
        let folder = path.parent().context("a file lies in a folder")?;
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        manifest::artifact::put(folder, FILE, config::sample().as_bytes())?;
        writeln!(std::io::stdout(), "{}", path.display())?;
        Ok(Ending::Complete)
    }

    /// The file of the project. Nobody would ever read one that lies in any other folder.
    fn checked(&self) -> anyhow::Result<PathBuf> {
        let full = std::path::absolute(&self.folder)?;
        let is_project = self.folder.join(manifest::names::MANIFEST).is_file()
            || full.extension().is_some_and(|extension| extension == "woodcut")
            || (self.folder.as_os_str() != "." && !self.folder.exists());
        if !is_project {
            bail!(
                "{} is no project; name one, as in `woodcut init alice.woodcut`, or write the file of \
                 all your projects with `woodcut init --user`",
                self.folder.display()
            );
        }
        Ok(self.folder.join(FILE))
    }
}
