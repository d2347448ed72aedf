//! `woodcut runs` and `woodcut clean`: what ran, and removing what is over of it.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use ::runs::{Listing, Shown, State, clean, state};
use anyhow::bail;
use chrono::{DateTime, TimeDelta, Utc};
use manifest::crew::Ending;
use manifest::names;

use crate::status::one_line;

/// List what ran, newest first
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The project [default: all that you have run]
    #[arg(value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Only what is running
    #[arg(long)]
    pub active: bool,
    /// Only what began in the last so many hours
    #[arg(long, value_name = "N", value_parser = hours)]
    pub hours: Option<TimeDelta>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Remove the records and logs of runs that are over, and what dead processes left
#[derive(Debug, Clone, clap::Args)]
pub struct Clean {
    /// The project [default: all that you have run]
    #[arg(value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Only what has been over for so long: 30m, 24h, 7d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = span)]
    pub older_than: Duration,
    /// Only say what would be removed
    #[arg(long)]
    pub dry_run: bool,
}

impl Command {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let now = Utc::now();
        let Listing { runs, warnings } = ::runs::of_projects(&projects(self.project.as_ref())?);
        for warning in warnings {
            eprintln!("woodcut: {}", one_line(&warning.to_string()));
        }
        let shown = runs.into_iter().filter(|run| self.wants(run, now)).take(self.limit);
        let shown: Vec<Shown> = shown.collect();
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&shown)?)?;
        } else {
            for run in &shown {
                writeln!(out, "{}", line(run, now))?;
            }
            if shown.is_empty() {
                eprintln!("{}", self.nothing());
            }
        }
        Ok(Ending::Complete)
    }

    /// What is said where there is nothing to list.
    fn nothing(&self) -> &'static str {
        match (self.active, self.hours) {
            (true, _) => "nothing is running; `woodcut runs` lists what ran",
            (false, Some(_)) => "nothing ran in that time; `woodcut runs` lists all",
            (false, None) => "nothing has run yet; `woodcut run BOOK` does",
        }
    }

    fn wants(&self, run: &Shown, now: DateTime<Utc>) -> bool {
        let recent = |hours: TimeDelta| now.signed_duration_since(run.record.started_at) <= hours;
        (!self.active || run.state == State::Running) && self.hours.is_none_or(recent)
    }
}

impl Clean {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let mut out = std::io::stdout().lock();
        let mut none = true;
        for project in projects(self.project.as_ref())? {
            let now = Utc::now();
            let removed = if self.dry_run {
                clean::plan(&project, self.older_than, now)
            } else {
                clean::clean(&project, self.older_than, now)
            };
            for path in removed {
                none = false;
                writeln!(out, "{}", one_line(&path.display().to_string()))?;
            }
        }
        if none {
            eprintln!("nothing to remove; `--older-than` says how old what is removed has to be");
        }
        Ok(Ending::Complete)
    }
}

/// The one that is named, or all that are known.
fn projects(named: Option<&PathBuf>) -> anyhow::Result<Vec<PathBuf>> {
    match named {
        Some(folder) if folder.join(names::MANIFEST).is_file() => Ok(vec![folder.clone()]),
        Some(folder) => bail!("no project in {}; `woodcut run BOOK` makes one", folder.display()),
        None => Ok(state::projects()),
    }
}

/// `20261125T142601123-4f3a12bc  illustrate  crashed  12 min ago  tale.woodcut  illustration, 9 plates`
fn line(run: &Shown, now: DateTime<Utc>) -> String {
    let record = &run.record;
    let how = match (run.state, record.exit_code) {
        (State::Ended, Some(0)) => "done".to_owned(),
        (State::Ended, Some(code)) => format!("exit {code}"),
        (state, _) => state.to_string(),
    };
    let project = run.project.file_name().unwrap_or(run.project.as_os_str()).to_string_lossy();
    let counts = record.counts;
    let counted = [
        (counts.chapters, "chapters"),
        (counts.plates, "plates"),
        (counts.failed, "failed"),
        (counts.blocked, "refused"),
    ];
    let counted = counted.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
    let did: Vec<_> = std::iter::once(record.stage.clone()).chain(counted).collect();
    let (id, command, did) = (&record.id, &record.command, did.join(", "));
    let ago = ago(now.signed_duration_since(record.started_at));
    let text = format!("{id}  {command:<10}  {how:<8}  {ago:>10}  {project}  {did}");
    let last = record.errors.last().filter(|_| run.state != State::Running);
    one_line(&match last {
        Some(error) => format!("{text}; {error}"),
        None => text,
    })
}

fn ago(age: TimeDelta) -> String {
    match age.num_seconds() {
        ..0 => "now".to_owned(),
        seconds @ ..90 => format!("{seconds} s ago"),
        seconds @ ..5_400 => format!("{} min ago", seconds / 60),
        seconds @ ..172_800 => format!("{} h ago", seconds / 3_600),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}

fn hours(text: &str) -> Result<TimeDelta, String> {
    let hours: f64 = text.parse().map_err(|_| "a number of hours is wanted".to_owned())?;
    if !(0.0..=1e6).contains(&hours) {
        return Err("a number of hours from 0 to 1000000 is wanted".to_owned());
    }
    Ok(TimeDelta::milliseconds((hours * 3_600_000.0) as i64))
}

fn span(text: &str) -> Result<Duration, String> {
    let wanted = || "a number with s, m, h or d is wanted, as in 24h".to_owned();
    let unit = text.chars().last().ok_or_else(wanted)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wanted()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wanted())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wanted)
}
