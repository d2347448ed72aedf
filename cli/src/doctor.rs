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

use crate::probes;
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
    /// The book file, needed when no manifest can be read at all
    #[arg(long, value_name = "FILE")]
    pub book: Option<PathBuf>,
    /// The pattern by which its chapters were found, if there was one
    #[arg(long, value_name = "REGEX", requires = "book", value_parser = book::Reading::by_headings)]
    pub headings: Option<book::Reading>,
}

impl Command {
    pub fn execute(&self, interrupt: &Interrupt) -> anyhow::Result<Ending> {
        let folder = self.project.display();
        let report = repair::examine(&self.project)?;
        let mut out = std::io::stdout().lock();
        write!(out, "{}", text(&report))?;
        match (&report.health, self.repair) {
            (Health::Sound, _) => {
                writeln!(out, "{folder} is sound")?;
                if probes::probe(&self.project, interrupt, &mut out)? {
                    return Ok(Ending::WithErrors);
                }
            }
            (Health::NoProject, _) => bail!("no project in {folder}"),
            (Health::NotOurs(why), _) => bail!("{why}"),
            (Health::Damaged { .. }, false) => {
                writeln!(out, "`woodcut doctor {folder} --repair` mends it")?;
                return Ok(Ending::WithErrors);
            }
            (Health::Damaged { .. }, true) => self.mend(&mut out)?,
        }
        Ok(Ending::Complete)
    }

    fn mend(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let book = self.book.as_deref().map(|book| self.read_book(book)).transpose()?;
        let source = book.as_ref().map(|(source, _)| source);
        let repaired = repair::repair(&self.project, source, chrono::Utc::now())?;
        for kept in &repaired.kept {
            writeln!(out, "kept the damaged file as {kept}")?;
        }
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
        let taken = store.update(|manifest| {
            let events = repair::adopt(manifest, &proofs, worker.id());
            let count = events.len();
            (events, count)
        })?;
        writeln!(
            out,
            "mended: event {}, {} events lost, {taken} made again from concepts and plates",
            repaired.serial, repaired.lost
        )?;
        let folder = self.project.display();
        Ok(writeln!(out, "`woodcut run {folder}` does what is missing")?)
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

fn text(report: &Report) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for finding in &report.findings {
        let state = finding.damage.as_deref().map_or_else(|| "sound".to_owned(), one_line);
        let _ = writeln!(text, "{:<22} {state}", finding.name);
    }
    if let Health::Damaged { proven, highest } = &report.health {
        let _ = match proven {
            Some(proven) => {
                let lost = highest.0.saturating_sub(proven.serial.0);
                writeln!(text, "proven up to event {}, {lost} events lost", proven.serial)
            }
            None => writeln!(text, "no manifest can be read; `--book FILE` is needed to mend it"),
        };
    }
    text
}
