//! `woodcut elements`: who and what was found, and correcting it for good.

use std::io::Write;
use std::path::PathBuf;

use analyze::reader::choices::{self, Choice};
use book::element::Elements;
use book::project;
use book::series::Series;
use config::{Flags, Sources};
use manifest::crew::Ending;
use manifest::{Interrupt, Options, Store};

use crate::status::one_line;

/// List the elements of a book, or say which are the same; the choice is kept
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The project
    #[arg(value_name = "DIR")]
    pub project: PathBuf,
    /// Two names for one element: the first stays
    #[arg(long, num_args = 2, value_names = ["KEEP", "OTHER"], group = "choice")]
    pub merge: Option<Vec<String>>,
    /// One element for each of its names
    #[arg(long, value_name = "NAME", group = "choice")]
    pub split: Option<String>,
    /// Another name for an element
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"], group = "choice")]
    pub rename: Option<Vec<String>>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

impl Command {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let store = Store::open(&self.project, Options::default())?;
        if let Some(choice) = self.choice() {
            choose(&store, choice)?;
        }
        let elements = project::elements(&store)?;
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&elements)?)?;
        } else {
            write!(out, "{}", table(&elements))?;
        }
        Ok(Ending::Complete)
    }

    fn choice(&self) -> Option<Choice> {
        let two = |names: &Option<Vec<String>>| match names.as_deref() {
            Some([first, second]) => Some((first.clone(), second.clone())),
            _ => None,
        };
        if let Some((keep, other)) = two(&self.merge) {
            return Some(Choice::Merge { keep, other });
        }
        if let Some((from, to)) = two(&self.rename) {
            return Some(Choice::Rename { from, to });
        }
        self.split.clone().map(|name| Choice::Split { name })
    }
}

/// Applies a choice and keeps it, so that it is applied again whenever the book is read anew.
fn choose(store: &Store, choice: Choice) -> anyhow::Result<()> {
    let mut elements = project::elements(store)?;
    choices::apply_one(&mut elements, &choice)?;
    let mut kept: Vec<Choice> = project::read(store, analyze::reader::CHOICES)?.unwrap_or_default();
    kept.push(choice);
    project::write(store, analyze::reader::CHOICES, &kept)?;
    project::write(store, project::ELEMENTS, &elements)?;
    project::write_views(store)?;
    let config = config::load(&Sources::of_process(Some(store.folder()), &Flags::new()))?.config;
    if let Some(folder) = config.series.folder {
        let series = Series::at(&folder, &Interrupt::new())?;
        analyze::series::contribute(&series, store, &elements)?;
    }
    Ok(())
}

fn table(elements: &Elements) -> String {
    use std::fmt::Write;
    let mut table = String::from("mentions  type       name\n");
    for element in &elements.elements {
        let kind = format!("{:?}", element.kind).to_lowercase();
        let mut name = one_line(&element.name);
        if !element.aliases.is_empty() {
            let _ = write!(name, " ({})", one_line(&element.aliases.join(", ")));
        }
        let _ = writeln!(table, "{:>8}  {kind:<9}  {name}", element.mentions);
    }
    for suggestion in &elements.suggestions {
        let (keep, merge) = (one_line(&suggestion.keep), one_line(&suggestion.merge));
        let _ = writeln!(table, "perhaps the same: --merge {keep:?} {merge:?}");
    }
    table
}
