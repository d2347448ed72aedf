//! `woodcut run`: both daemons side by side, then the bound book.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::bail;
use config::Sources;
use manifest::crew::Ending;
use manifest::eta::eta_seconds;
use manifest::progress::{Weights, progress};
use manifest::{Interrupt, Options, Status, Store};

use crate::bars::Bars;
use crate::bind;
use crate::migrate;
use crate::supervise::{Daemon, News};

/// How often the daemons are looked after.
const LOOK: Duration = Duration::from_millis(50);

/// Analyze and illustrate a book side by side, then bind it
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The book (EPUB, PDF, TXT, Markdown, HTML, DOCX, FB2), or the project of one
    #[arg(value_name = "BOOK|DIR")]
    pub book: PathBuf,
    /// Folder of the project [default: the book's name with `.woodcut`, in the current folder]
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// What the plates are to be like
    #[command(flatten)]
    pub plates: illustrate::command::Plates,
    /// How often there is to be a picture
    #[command(flatten)]
    pub density: analyze::command::Density,
    /// Only these chapters, by number: `1-5,10` [default: all, or as chosen before]
    #[arg(long, value_name = "CHAPTERS")]
    pub chapters: Option<book::Selection>,
    /// Every heading or paragraph that matches begins a chapter, and nothing else does [default: what
    /// the book says, or as chosen before]
    #[arg(long, value_name = "REGEX", value_parser = book::Reading::by_headings)]
    pub headings: Option<book::Reading>,
    /// How many chapters each daemon works on at the same time [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=16))]
    pub workers: Option<i64>,
    /// The most that may be spent on the book, in US dollars
    #[arg(long, value_name = "USD")]
    pub budget: Option<f64>,
    /// Analyze the whole book first and draw then, one after the other
    #[arg(long, conflicts_with = "concurrent")]
    pub sequential: bool,
    /// Draw chapters while others are still analyzed, as is usual
    #[arg(long)]
    pub concurrent: bool,
    /// Make a project of an old folder first, as `woodcut migrate` does
    #[arg(long, hide = true)]
    pub migrate_concurrent: bool,
}

impl Command {
    pub fn execute(&self, interrupt: &Interrupt) -> anyhow::Result<Ending> {
        match self.migrated()? {
            Some(project) => {
                let command = Self { book: project, output: None, ..self.clone() };
                command.run(interrupt)
            }
            None => self.run(interrupt),
        }
    }

    /// The project that stands for a folder of old files: just made, if asked for, or made before.
    fn migrated(&self) -> anyhow::Result<Option<PathBuf>> {
        if self.book.join(manifest::names::MANIFEST).is_file() || !self.book.is_dir() {
            return Ok(None);
        }
        if self.migrate_concurrent {
            return migrate::before_run(&self.book, self.output.as_ref()).map(Some);
        }
        let made = ::migrate::project_in(&self.book);
        if made.is_none() {
            let folder = self.book.display();
            bail!(
                "no project in {folder}; `woodcut migrate {folder}` makes one of what another program \
                 left there"
            );
        }
        Ok(made)
    }

    fn run(&self, interrupt: &Interrupt) -> anyhow::Result<Ending> {
        let started = Instant::now();
        let project = self.project();
        let concurrent = self.keep_and_check(&project)?;
        let bars = Bars::new();
        let ending = self.both_daemons(&project, concurrent, &bars, interrupt);
        bars.clear();
        let folder = project.display();
        match ending? {
            Ending::Interrupted => {
                eprintln!("interrupted; `woodcut run {folder}` goes on where this stopped");
                return Ok(Ending::Interrupted);
            }
            Ending::Cancelled => {
                eprintln!("cancelled; `woodcut resume {folder}` takes that back");
                return Ok(Ending::Cancelled);
            }
            Ending::Complete | Ending::WithErrors => {}
        }
        let store = Store::open(&project, Options::default())?;
        let book = bind::Format::Epub.bind_if_changed(&store, &bind::binding(&store)?)?;
        let ending = summary(&store, started.elapsed())?;
        writeln!(std::io::stdout(), "{}", book.display())?;
        Ok(ending)
    }

    fn project(&self) -> PathBuf {
        if self.book.join(manifest::names::MANIFEST).is_file() {
            return self.book.clone();
        }
        let given = self.output.clone();
        given.unwrap_or_else(|| analyze::command::default_project(&self.book))
    }

    /// Keeps with the project what was said of the book, so that the daemons find it there; whether
    /// they are to run side by side.
    fn keep_and_check(&self, project: &Path) -> anyhow::Result<bool> {
        let book = self.plates.flags().and(self.density.flags());
        // Where there is no book there will be no project to keep anything in.
        if self.book.is_file() || project.join(manifest::names::MANIFEST).is_file() {
            config::keep(project, &book)?;
        }
        let flags = book
            .with("run.workers", "--workers", self.workers)
            .with("money.budget", "--budget", self.budget)
            .with("run.concurrent", "--sequential", self.sequential.then_some(false))
            .with("run.concurrent", "--concurrent", self.concurrent.then_some(true));
        let sources = Sources::of_process(Some(project), &flags);
        Ok(config::load(&sources)?.config.run.concurrent)
    }

    /// Runs both daemons, side by side or one after the other, until both have ended.
    fn both_daemons(
        &self,
        project: &Path,
        concurrent: bool,
        bars: &Bars,
        interrupt: &Interrupt,
    ) -> anyhow::Result<Ending> {
        let mut analyze = Daemon::start("analyze", self.analyze_arguments(project))?;
        let start_drawing = || Daemon::start("illustrate", self.illustrate_arguments(project));
        let mut illustrate = concurrent.then(start_drawing).transpose()?;
        let mut last_words = [String::new(), String::new()];
        let mut watched: Option<Store> = None;
        // Where all had been done before, `illustrate` may end before `analyze` finds more to do.
        let mut drawn_after_analysis = false;
        while !interrupt.is_set() {
            let drawing = illustrate.as_mut().map(Daemon::look).transpose()?;
            let news = [analyze.look()?, drawing.unwrap_or_default()];
            for (said, news) in last_words.iter_mut().zip(news) {
                for item in news {
                    match item {
                        News::Line(line) => {
                            bars.say(&line);
                            *said = line;
                        }
                        News::Died(how) => bars.keep(&how),
                        News::Ended(1 | 2) => bail!("{}", without_name(said)),
                        News::Ended(_) => {}
                    }
                }
            }
            if watched.is_none() {
                watched = Store::open(project, Options::default()).ok();
            }
            if let Some(store) = &watched {
                let (progress, left) = store.view(|manifest| {
                    let left = eta_seconds(manifest, store.now());
                    (progress(manifest, Weights::default()), left)
                })?;
                bars.show(&progress, left);
            }
            let has_ended = |daemon: &Daemon| daemon.ended().is_some();
            let all_ended = has_ended(&analyze) && illustrate.as_ref().is_none_or(has_ended);
            if all_ended && watched.as_ref().is_some_and(is_cancelled) {
                return Ok(Ending::Cancelled);
            }
            if has_ended(&analyze) && illustrate.is_none() {
                illustrate = Some(start_drawing()?);
            } else if has_ended(&analyze) && illustrate.as_ref().is_some_and(has_ended) {
                let left = watched.as_ref().is_some_and(is_left_to_draw);
                if !left || drawn_after_analysis {
                    return Ok(Ending::Complete);
                }
                drawn_after_analysis = true;
                illustrate = Some(start_drawing()?);
            }
            std::thread::sleep(LOOK);
        }
        Ok(Ending::Interrupted)
    }

    fn analyze_arguments(&self, project: &Path) -> Vec<OsString> {
        let mut arguments = self.shared_arguments();
        if let Some(chapters) = &self.chapters {
            arguments.extend(["--chapters".into(), chapters.to_string().into()]);
        }
        if let Some(pattern) = self.headings.as_ref().and_then(book::Reading::headings) {
            // One argument: a pattern may begin with a dash.
            arguments.push(format!("--headings={pattern}").into());
        }
        if self.book != project {
            arguments.extend(["--output".into(), project.into()]);
        }
        arguments.extend(["--".into(), self.book.clone().into()]);
        arguments
    }

    fn illustrate_arguments(&self, project: &Path) -> Vec<OsString> {
        let mut arguments = self.shared_arguments();
        arguments.extend(["--".into(), project.into()]);
        arguments
    }

    /// What concerns this run and both daemons; all else they find with the project.
    fn shared_arguments(&self) -> Vec<OsString> {
        let workers = self.workers.map(|workers| format!("--workers={workers}"));
        let budget = self.budget.map(|budget| format!("--budget={budget}"));
        [workers, budget].into_iter().flatten().map(OsString::from).collect()
    }
}

fn is_left_to_draw(store: &Store) -> bool {
    store.view(|manifest| manifest.count(Status::Analyzed) > 0).unwrap_or(false)
}

fn is_cancelled(store: &Store) -> bool {
    store.view(|manifest| manifest.control.is_cancelled()).unwrap_or(false)
}

/// What a daemon said when it failed, without the name in front: that of this program comes there.
fn without_name(line: &str) -> &str {
    let text = line.strip_prefix("woodcut: ").unwrap_or(line);
    if text.is_empty() { "a daemon failed without a word" } else { text }
}

fn summary(store: &Store, took: Duration) -> anyhow::Result<Ending> {
    let progress = store.view(|manifest| progress(manifest, Weights::default()))?;
    let failed = progress.analysis.failed + progress.illustration.failed;
    eprintln!(
        "{} plates in {} chapters, {:.1} s",
        progress.plates,
        progress.illustration.done,
        took.as_secs_f64()
    );
    if failed == 0 && progress.plates == progress.concepts {
        return Ok(Ending::Complete);
    }
    let missing = progress.concepts - progress.plates;
    eprintln!(
        "{missing} plates are missing; `woodcut status {}` says why",
        store.folder().display()
    );
    Ok(Ending::WithErrors)
}
