//! `woodcut doctor`: what is wrong with a project, and mending it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use book::concept::ChapterConcepts;
use book::project::{self, ChapterPlates};
use manifest::crew::Ending;
use manifest::repair::{self, Health, Proof, Report};
use manifest::{ChapterId, Event, Interrupt, Listed, Options, Plate, Role, Source, Store};
use serde::Serialize;

use crate::probes::{self, Probed};
use crate::status::one_line;

/// Say what is wrong with a project or its engines and, if asked, mend the project
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The project
    #[arg(value_name = "DIR")]
    pub project: PathBuf,
    /// Mend it: damaged files are kept under another name, finished work is taken over
    #[arg(long)]
    pub repair: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// The book file, needed when no manifest can be read at all
    #[arg(long, value_name = "FILE")]
    pub book: Option<PathBuf>,
    /// The pattern by which its chapters were found, if there was one
    #[arg(long, value_name = "REGEX", requires = "book", value_parser = book::Reading::by_headings)]
    pub headings: Option<book::Reading>,
}

/// What is found, as it is printed.
#[derive(Debug, Serialize)]
struct Diagnosis {
    project: PathBuf,
    /// `sound`, `damaged`, `not_ours` or `no_project`, before anything was mended.
    health: &'static str,
    /// Why it is not ours to mend.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    files: Vec<FileHealth>,
    /// Where it is damaged: the event up to which whole files prove the state; null where they prove none.
    proven_event: Option<u64>,
    /// How many events after that are lost.
    lost_events: Option<u64>,
    /// What was mended, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    mended: Option<Mended>,
    /// The engines that are not built in.
    engines: Vec<Probed>,
    /// The command to type, if there is one.
    next: Option<String>,
}

#[derive(Debug, Serialize)]
struct FileHealth {
    name: &'static str,
    /// What is wrong with it; null where nothing is.
    damage: Option<String>,
}

#[derive(Debug, Serialize)]
struct Mended {
    /// The names under which damaged files are kept.
    kept: Vec<String>,
    /// The event that the project is at now.
    event: u64,
    lost_events: u64,
    /// Events made again from concepts and plates.
    made_again: usize,
}

impl Command {
    pub fn execute(&self, interrupt: &Interrupt) -> anyhow::Result<Ending> {
        let report = repair::examine(&self.project)?;
        let mut diagnosis = Diagnosis::of(&self.project, &report);
        let folder = self.project.display();
        match (&report.health, self.repair) {
            (Health::Sound, _) => diagnosis.engines = probes::probe(&self.project, interrupt)?,
            (Health::Damaged { .. }, false) => {
                diagnosis.next = Some(format!("woodcut doctor {folder} --repair"));
            }
            (Health::Damaged { .. }, true) => {
                diagnosis.mended = Some(self.mend()?);
                diagnosis.next = Some(format!("woodcut run {folder}"));
            }
            (Health::NoProject | Health::NotOurs(_), _) => {}
        }
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&diagnosis)?)?;
        } else {
            write!(out, "{diagnosis}")?;
        }
        let is_sound = diagnosis.health == "sound" && !diagnosis.engines.iter().any(Probed::is_bad);
        match report.health {
            Health::NoProject => {
                bail!("no project in {folder}; `woodcut run BOOK -o {folder}` makes one")
            }
            Health::NotOurs(why) => bail!("{why}"),
            _ if is_sound || diagnosis.mended.is_some() => Ok(Ending::Complete),
            _ => Ok(Ending::WithErrors),
        }
    }

    fn mend(&self) -> anyhow::Result<Mended> {
        let book = self.book.as_deref().map(|book| self.read_book(book)).transpose()?;
        let source = book.as_ref().map(|(source, _)| source);
        let repaired = repair::repair(&self.project, source, chrono::Utc::now())?;
        let store = Store::open(&self.project, Options::default())?;
        let worker = store.register(Role::Analyze)?;
        if let Some((_, chapters)) = book {
            store.update(|manifest| match manifest.chapters_listed {
                true => (Vec::new(), ()),
                false => (vec![Event::ChaptersListed { chapters }], ()),
            })?;
        }
        let numbers =
            store.view(|manifest| manifest.chapters().keys().copied().collect::<Vec<_>>())?;
        let proofs: Vec<Proof> = numbers.into_iter().filter_map(|id| proof(&store, id)).collect();
        let made_again = store.update(|manifest| {
            let events = repair::adopt(manifest, &proofs, worker.id());
            let count = events.len();
            (events, count)
        })?;
        let kept = repaired.kept.iter().map(ToString::to_string).collect();
        Ok(Mended { kept, event: repaired.serial.0, lost_events: repaired.lost, made_again })
    }

    fn read_book(&self, path: &Path) -> anyhow::Result<(Source, Vec<Listed>)> {
        let reading = self.headings.clone().unwrap_or_default();
        let book = book::read_as(path, &reading)?;
        let source = project::source(path, &book.title, &reading)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Ok((source, project::listed(&book)))
    }
}

/// What the records of a chapter prove; a record that cannot be read proves nothing.
fn proof(store: &Store, chapter: ChapterId) -> Option<Proof> {
    let concepts: ChapterConcepts = project::concepts(store, chapter).ok()??;
    let made: Option<ChapterPlates> =
        project::read(store, &project::plates_name(chapter)).unwrap_or(None);
    let mut plates = BTreeMap::new();
    for plate in made.map_or_else(Vec::new, |made| made.plates) {
        let whole =
            manifest::artifact::path(store.folder(), &plate.file).is_ok_and(|p| p.is_file());
        if whole {
            plates.insert(plate.concept, Plate { file: plate.file, key: plate.key });
        }
    }
    let concepts = u32::try_from(concepts.concepts.len()).ok()?;
    Some(Proof { chapter, concepts, plates })
}

impl Diagnosis {
    fn of(project: &Path, report: &Report) -> Self {
        let file = |finding: &repair::Finding| FileHealth {
            name: finding.name,
            damage: finding.damage.as_deref().map(one_line),
        };
        let (health, why) = match &report.health {
            Health::Sound => ("sound", None),
            Health::Damaged { .. } => ("damaged", None),
            Health::NotOurs(why) => ("not_ours", Some(one_line(why))),
            Health::NoProject => ("no_project", None),
        };
        let proven = match &report.health {
            Health::Damaged { proven: Some(proven), highest } => Some((proven.serial.0, highest.0)),
            _ => None,
        };
        Self {
            project: project.to_owned(),
            health,
            why,
            files: report.findings.iter().map(file).collect(),
            proven_event: proven.map(|(proven, _)| proven),
            lost_events: proven.map(|(proven, highest)| highest.saturating_sub(proven)),
            mended: None,
            engines: Vec::new(),
            next: None,
        }
    }
}

impl std::fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for file in &self.files {
            writeln!(f, "{:<22} {}", file.name, file.damage.as_deref().unwrap_or("sound"))?;
        }
        match (self.health, self.proven_event, self.lost_events) {
            ("sound", ..) => writeln!(f, "{} is sound", self.project.display())?,
            ("damaged", Some(proven), Some(lost)) => {
                writeln!(f, "proven up to event {proven}, {lost} events lost")?;
            }
            ("damaged", ..) => {
                writeln!(f, "no manifest can be read; `--book FILE` is needed to mend it")?;
            }
            _ => {}
        }
        if let Some(Mended { kept, event, lost_events, made_again }) = &self.mended {
            for kept in kept {
                writeln!(f, "kept the damaged file as {kept}")?;
            }
            writeln!(
                f,
                "mended: event {event}, {lost_events} events lost, {made_again} made again from concepts \
                 and plates"
            )?;
        }
        self.engines.iter().try_for_each(|probed| write!(f, "{probed}"))?;
        match (&self.next, &self.mended) {
            (Some(next), Some(_)) => writeln!(f, "`{next}` does what is missing"),
            (Some(next), None) => writeln!(f, "`{next}` mends it"),
            (None, _) => Ok(()),
        }
    }
}
