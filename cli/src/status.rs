//! `woodcut status`: how far a project is, and who is at work.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use dashboard::Report;
use manifest::crew::Ending;
use manifest::progress::Progress;
use manifest::{Interrupt, Manifest, Options, Overall, Status, Store};
use models::Usd;
use runs::Highest;

use crate::left::Left;
use crate::overview;

/// Say how far a project is, and who is at work
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The project, or a folder of projects [default: the current folder]
    #[arg(value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print again whenever something changes, until all is done
    #[arg(long)]
    pub watch: bool,
}

impl Command {
    pub fn execute(&self, interrupt: &Interrupt) -> anyhow::Result<Ending> {
        let folder = match self.projects()?.as_slice() {
            [only] => only.clone(),
            several if self.watch => bail!(
                "{} projects here, and one can be watched: `woodcut status {} --watch`; \
                 `woodcut serve` shows all",
                several.len(),
                several[0].display()
            ),
            several => return overview::print(several, self.json),
        };
        let options = Options { interrupt: interrupt.clone(), ..Options::default() };
        let store = Store::open(&folder, options)?;
        let weights = dashboard::weights_of(&folder);
        let mut highest = Highest::of(&folder);
        // On a terminal the time goes on although nothing happens.
        let on_terminal = !self.json && std::io::stdout().is_terminal();
        let patience = Duration::from_secs(if on_terminal { 1 } else { 60 });
        loop {
            let report = Report::of(&store, &weights, &mut highest)?;
            self.print(&report)?;
            if !self.watch || report.overall.is_over() {
                return Ok(Ending::Complete);
            }
            let changed = |manifest: &Manifest| (manifest.serial > report.serial).then_some(());
            loop {
                match store.wait_for(patience, changed) {
                    Ok(Some(())) => break,
                    Ok(None) if on_terminal => break,
                    Ok(None) => {}
                    Err(error) if error.is_interrupt() => return Ok(Ending::Interrupted),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// The project that is named, or those in the folder that is.
    fn projects(&self) -> anyhow::Result<Vec<PathBuf>> {
        let folder = self.project.clone().unwrap_or_else(|| PathBuf::from("."));
        if !folder.is_dir() || folder.join(manifest::names::MANIFEST).is_file() {
            return Ok(vec![folder]);
        }
        let found = overview::projects_in(&folder)?;
        match (found.is_empty(), &self.project) {
            // Opening it says why it is none.
            (true, Some(named)) => Ok(vec![named.clone()]),
            (true, None) => bail!("no project here; name one: `woodcut status DIR`"),
            (false, _) => Ok(found),
        }
    }

    fn print(&self, report: &Report) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if self.json {
            let text = if self.watch {
                serde_json::to_string(report)?
            } else {
                serde_json::to_string_pretty(report)?
            };
            return Ok(writeln!(out, "{text}")?);
        }
        if self.watch && out.is_terminal() {
            // Home and clear: the next report stands where the last one did.
            write!(out, "\x1b[H\x1b[2J")?;
        }
        write!(out, "{}", text(report))?;
        if self.watch && out.is_terminal() {
            for line in last_words(report) {
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }
}

fn text(report: &Report) -> String {
    use std::fmt::Write;
    let mut text = format!("{}\n\n", one_line(&report.title));
    let stalled = report.overall == Overall::Stalled;
    let left = stalled.then(|| Left::of(&report.project, report.illustrate_complete));
    let overall =
        left.map_or_else(|| report.overall.to_string(), |left| left.in_short().to_owned());
    let _ = writeln!(text, "status        {overall}{}", time_left(report.eta_seconds));
    let phases = [
        ("elements", &report.progress.elements),
        ("analysis", &report.progress.analysis),
        ("illustration", &report.progress.illustration),
        ("binding", &report.progress.binding),
    ];
    for (name, phase) in phases {
        let settled = phase.done + phase.failed + phase.skipped;
        let _ = write!(text, "{name:<13} {:>5.1} %  {settled}/{}", phase.percentage, phase.total);
        if phase.failed > 0 {
            let _ = write!(text, ", {} failed", phase.failed);
        }
        text.push('\n');
    }
    let Progress { plates, concepts, percentage, .. } = report.progress;
    let rate = report.progress.plates_per_minute.filter(|_| !report.overall.is_over());
    let rate = rate.map_or_else(String::new, |rate| format!(", {rate:.1} a minute"));
    let _ = writeln!(text, "plates        {plates} of {concepts} wanted so far{rate}");
    let _ = writeln!(text, "overall       {percentage:>5.1} %\n");
    let folder = report.project.display();
    let _ = match report.overall {
        Overall::Pending | Overall::Stalled => {
            writeln!(text, "{}", left.unwrap_or(Left::Unsaid).what_next(&report.project))
        }
        Overall::Paused => writeln!(text, "`woodcut resume {folder}` goes on"),
        Overall::Cancelled => writeln!(text, "`woodcut resume {folder}` takes that back"),
        Overall::CompletedWithErrors | Overall::Failed => {
            writeln!(text, "`woodcut retry {folder}` tries again what failed or was refused")
        }
        Overall::RateLimited => writeln!(text, "a limit is waited for; the work goes on by itself"),
        Overall::Running | Overall::Waiting | Overall::Completed => Ok(()),
    };
    for worker in &report.workers {
        let _ = writeln!(text, "at work: {} (process {})", worker.role, worker.pid);
    }
    if let Some(chapter) = report.chapters.iter().find(|c| Some(c.chapter) == report.current) {
        let _ =
            writeln!(text, "in hand: chapter {}, {}", chapter.chapter, one_line(&chapter.title));
    }
    if let Some(why) = &report.elements_error {
        let _ = writeln!(text, "the elements pass failed: {}", one_line(why));
    }
    for chapter in report.chapters.iter().filter(|chapter| chapter.status == Status::Failed) {
        let why = chapter.reason.as_deref().unwrap_or_default();
        let _ = writeln!(text, "chapter {} failed: {}", chapter.chapter, one_line(why));
    }
    for chapter in &report.chapters {
        for (concept, why) in &chapter.blocked {
            let plate = format!("{}:{concept}", chapter.chapter);
            let _ = writeln!(text, "plate {plate} was refused: {}", one_line(why));
        }
    }
    text.push_str(&spent(report));
    if report.possible_duplicate_calls > 0 {
        let calls = report.possible_duplicate_calls;
        let _ = writeln!(text, "{calls} calls may have been paid for twice (died while waiting)");
    }
    text
}

/// What those who are at work said last.
fn last_words(report: &Report) -> Vec<String> {
    let runs = runs::of_project(&report.project).runs;
    let talks = |run: &&runs::Shown| run.state == runs::State::Running;
    runs.iter().find(talks).map_or_else(Vec::new, |run| runs::last_lines(&run.log, 3))
}

/// What was spent on models; empty where nothing ever was.
fn spent(report: &Report) -> String {
    let spent = &report.spent;
    if spent.calls == 0 && report.reserved_micros == 0 {
        return String::new();
    }
    let mut text = format!("spent {} on {} calls", Usd::from_micros(spent.micros), spent.calls);
    if spent.unpriced > 0 {
        text.push_str(&format!(", and what {} calls of unknown price cost", spent.unpriced));
    }
    if spent.uncertain > 0 {
        text.push_str(&format!("; {} of them may not have been billed", spent.uncertain));
    }
    if report.reserved_micros > 0 {
        let reserved = Usd::from_micros(report.reserved_micros);
        text.push_str(&format!("; at most {reserved} more is under way"));
    }
    text + "\n"
}

/// `, about 5 min left`; empty where that is not known, or nothing is left.
pub fn time_left(seconds: Option<u64>) -> String {
    match seconds {
        None | Some(0) => String::new(),
        Some(seconds @ ..90) => format!(", about {seconds} s left"),
        Some(seconds @ ..5400) => format!(", about {} min left", seconds.div_ceil(60)),
        Some(seconds) => format!(", about {} h left", seconds.div_ceil(3600)),
    }
}

/// Text of a book or an engine, without anything that a terminal could obey.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
