//! `woodcut pause`, `resume`, `cancel`, `retry` and `reset`: what a person asks of a book.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;
use book::project;
use clap::ValueEnum;
use manifest::crew::Ending;
use manifest::{ChapterId, Options, Refusal, Request, Step, Store, control};

use crate::shelf;

/// A book, and nothing else to say
#[derive(Debug, Clone, clap::Args)]
pub struct Simple {
    /// The project
    #[arg(value_name = "DIR")]
    pub project: PathBuf,
}

/// Try again what failed or was refused
#[derive(Debug, Clone, clap::Args)]
pub struct Retry {
    /// The project
    #[arg(value_name = "DIR")]
    pub project: PathBuf,
    /// Only what failed: leave alone what an engine has refused to draw
    #[arg(long)]
    pub failed: bool,
}

/// Do a step again from its start, without its old results
#[derive(Debug, Clone, clap::Args)]
pub struct Reset {
    /// The project
    #[arg(value_name = "DIR")]
    pub project: PathBuf,
    /// Which step; the plates of a chapter go with its analysis
    #[arg(long, value_name = "STEP")]
    pub step: StepName,
    /// Only this chapter
    #[arg(long, value_name = "N")]
    pub chapter: Option<u32>,
    /// Only say which files would be removed
    #[arg(long)]
    pub dry_run: bool,
}

/// A step as it is written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StepName {
    /// Finding what to draw.
    Analysis,
    /// Drawing it.
    Illustration,
}

impl Simple {
    pub fn pause(&self) -> anyhow::Result<Ending> {
        let goes_on = format!("`woodcut resume {}` goes on", self.project.display());
        ask(&self.project, &Request::Pause, |events| match events {
            0 => format!("paused already; {goes_on}"),
            _ => format!("paused: what is in hand is finished, nothing new is begun; {goes_on}"),
        })
    }

    pub fn resume(&self) -> anyhow::Result<Ending> {
        ask(&self.project, &Request::Resume, |events| match events {
            0 => "neither paused nor cancelled".to_owned(),
            _ => "goes on".to_owned(),
        })?;
        self.say_if_nobody_works()
    }

    pub fn cancel(&self) -> anyhow::Result<Ending> {
        let back = format!("`woodcut resume {}` takes that back", self.project.display());
        ask(&self.project, &Request::Cancel, |events| match events {
            0 => format!("cancelled already; {back}"),
            _ => format!("cancelled: whoever is at work gives back what is in hand; {back}"),
        })
    }

    fn say_if_nobody_works(&self) -> anyhow::Result<Ending> {
        let store = Store::open(&self.project, Options::default())?;
        let left = store.view(|manifest| !manifest.illustrate_complete())?;
        if left && store.workers()?.is_empty() {
            let folder = self.project.display();
            eprintln!("nobody is at work; `woodcut run {folder}` does what is left");
        }
        Ok(Ending::Complete)
    }
}

impl Retry {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let request = Request::Retry { failed_only: self.failed };
        ask(&self.project, &request, |events| match events {
            0 => "nothing is there to be tried again".to_owned(),
            1 => "1 thing is tried again".to_owned(),
            many => format!("{many} things are tried again"),
        })?;
        Simple { project: self.project.clone() }.say_if_nobody_works()
    }
}

impl Reset {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let step = match self.step {
            StepName::Analysis => Step::Analysis,
            StepName::Illustration => Step::Illustration,
        };
        let request = Request::Reset { step, chapter: self.chapter.map(ChapterId) };
        if self.dry_run {
            return would(&self.project, &request);
        }
        ask(&self.project, &request, |events| match events {
            0 => "nothing has been done yet that could be done again".to_owned(),
            1 => "1 chapter is done again".to_owned(),
            many => format!("{many} chapters are done again"),
        })?;
        Simple { project: self.project.clone() }.say_if_nobody_works()
    }
}

fn ask(folder: &Path, request: &Request, said: impl Fn(usize) -> String) -> anyhow::Result<Ending> {
    let store = Store::open(folder, Options::default())?;
    let before = |manifest: &_, events: &[_]| project::remove_results(&store, manifest, events);
    match store.request(request, before)? {
        Ok(events) => writeln!(std::io::stdout(), "{}", said(events))?,
        Err(why) => bail!("{}", refusal(&why, folder)),
    }
    Ok(Ending::Complete)
}

/// Lists the files that would be removed by what is asked for; nothing is changed.
fn would(folder: &Path, request: &Request) -> anyhow::Result<Ending> {
    let store = Store::open(folder, Options::default())?;
    let decided = store.view(|manifest| {
        control::decide(manifest, request)
            .map(|events| (events.len(), project::results(manifest, &events)))
    })?;
    let (chapters, files) = match decided {
        Ok(decided) => decided,
        Err(why) => bail!("{}", refusal(&why, folder)),
    };
    let mut out = std::io::stdout().lock();
    for file in files.iter().filter(|file| folder.join(file).is_file()) {
        writeln!(out, "{file}")?;
    }
    let chapters = shelf::counted(u32::try_from(chapters).unwrap_or(u32::MAX), "chapter");
    eprintln!("{chapters} would be done again; nothing was changed");
    Ok(Ending::Complete)
}

/// The reason, with the project as people type it.
fn refusal(why: &Refusal, folder: &Path) -> String {
    why.to_string().replace("DIR", &folder.display().to_string())
}
