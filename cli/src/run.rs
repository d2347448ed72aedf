//! `woodcut run`: both daemons side by side, then the bound book.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use book::series::Series;
use config::{Config, Sources};
use manifest::crew::Ending;
use manifest::progress::{Weights, progress};
use manifest::{Binding, Event, Interrupt, Options, Outcome, Role, Status, Store, StoreError};
use runs::{Highest, Run};

use crate::bars::{Bars, Look};
use crate::bind;
use crate::conclusion::conclude_one;
use crate::migrate;
use crate::series;
use crate::shelf::{self, Fate, Planned};
use crate::supervise::{Daemon, News};

/// The exit code of a daemon that stopped for its sheets to be looked at.
const FOR_REVIEW: i32 = Ending::ForReview.exit_code() as i32;
/// How often the daemons are looked after.
const LOOK: Duration = Duration::from_millis(50);

/// Analyze and illustrate books, both steps side by side, then bind them
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// Books (EPUB, PDF, TXT, Markdown, HTML, DOCX, FB2), projects, and folders of them
    #[arg(value_name = "BOOK|DIR", required = true)]
    pub books: Vec<PathBuf>,
    /// Folder of the project [default: the book's name with `.woodcut`, in the current folder]; of
    /// several books, the folder that their projects are in
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// How many of several books are worked on at the same time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=16))]
    pub books_at_once: u8,
    /// The folder of a series that these books belong to, in the order they are named in: later ones
    /// know what earlier ones have told
    #[arg(long, value_name = "DIR")]
    pub series: Option<PathBuf>,
    /// Print what became of every book as JSON, in place of where the bound books are
    #[arg(long)]
    pub json: bool,
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
    /// Only moments that show one of these elements: `character:*,place:castle`
    #[arg(long, value_name = "ELEMENTS", value_delimiter = ',')]
    pub elements: Vec<illustrate::choice::Pattern>,
    /// At most so many plates in this run; the next one goes on behind them
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
    /// Draw the character sheets and stop, so that they can be looked at before any plate is drawn
    #[arg(long)]
    pub review: bool,
    /// How many chapters are read, and how many plates drawn, at the same time [default: 2]
    #[arg(long, value_name = "N", value_parser = config::flag::<i64>("run.workers"))]
    pub workers: Option<i64>,
    /// Ask before each picture, on the terminal; one is drawn at a time
    #[arg(long, conflicts_with_all = ["workers", "books_at_once"])]
    pub confirm: bool,
    /// The most that may be spent on each book, in US dollars
    #[arg(long, value_name = "USD", value_parser = config::flag::<f64>("money.budget"))]
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
        let started = Instant::now();
        ensure!(
            !self.confirm || std::io::stderr().is_terminal(),
            "`--confirm` asks on a terminal, and there is none"
        );
        let (books, refused) = self.plan()?;
        if let Some(folder) = &self.series {
            let series = Series::at(folder, interrupt)?;
            books.iter().try_for_each(|book| series::add(&series, &book.project))?;
            // What is known of a book already, nobody who analyzes it will tell.
            books.iter().try_for_each(|book| series::refresh(&series, &book.project))?;
        }
        match books.as_slice() {
            [only] if refused.is_empty() && !self.json => {
                let bars = self.bars();
                let fate = self.one(only, &bars, interrupt)?;
                conclude_one(&fate)
            }
            _ => {
                let mut fates = self.shelf(&books, interrupt);
                fates.extend(refused);
                shelf::conclude(&fates, started.elapsed(), self.json)
            }
        }
    }

    /// Bars, but where questions are asked: they would be drawn over.
    fn bars(&self) -> Bars {
        if self.confirm { Bars::plain() } else { Bars::new() }
    }

    /// The books of this run, and what was named and cannot be one of them.
    fn plan(&self) -> anyhow::Result<(Vec<Planned>, Vec<Fate>)> {
        let (mut run, mut refused) = (Vec::new(), Vec::new());
        for named in &self.books {
            let planned = match self.named(named) {
                Ok(planned) => planned,
                Err(error) if self.books.len() == 1 => return Err(error),
                Err(error) => {
                    refused.push(Fate::refused(named, &error));
                    continue;
                }
            };
            for book in planned {
                let named = book.book.clone();
                if let Err(error) = shelf::add(&mut run, book) {
                    refused.push(Fate::refused(&named, &error));
                }
            }
        }
        Ok((run, refused))
    }

    /// What a word of the command line stands for.
    fn named(&self, named: &Path) -> anyhow::Result<Vec<Planned>> {
        let one = |book: &Path, project: PathBuf| vec![Planned { book: book.to_owned(), project }];
        if named.join(manifest::names::MANIFEST).is_file() {
            return Ok(one(named, named.to_owned()));
        }
        if !named.is_dir() {
            let default = analyze::command::default_project(named);
            let project = match &self.output {
                Some(only) if self.books.len() == 1 => only.clone(),
                Some(folder) => folder.join(default),
                None => default,
            };
            return Ok(one(named, project));
        }
        if let Some(project) = self.migrated(named)? {
            return Ok(one(&project, project.clone()));
        }
        let books = shelf::books_in(named)?;
        let folder = named.display();
        ensure!(!books.is_empty(), "{folder} holds neither books nor projects");
        Ok(books.iter().map(|book| self.in_folder(named, book)).collect())
    }

    /// A book or a project of a folder. A project that lies beside its book is gone on with there.
    fn in_folder(&self, folder: &Path, book: &Path) -> Planned {
        let default = analyze::command::default_project(book);
        let beside = folder.join(&default);
        let project = match &self.output {
            _ if book.is_dir() => book.to_owned(),
            Some(output) => output.join(default),
            None if beside.join(manifest::names::MANIFEST).is_file() => beside,
            None => default,
        };
        Planned { book: book.to_owned(), project }
    }

    /// The project that stands for a folder of another program's files: just made, if asked for, or
    /// made before.
    fn migrated(&self, folder: &Path) -> anyhow::Result<Option<PathBuf>> {
        if self.migrate_concurrent {
            return migrate::before_run(folder, self.output.as_ref()).map(Some);
        }
        let made = ::migrate::project_in(folder);
        if made.is_none() && ::migrate::detect::read(folder).is_ok_and(|old| !old.files.is_empty())
        {
            let folder = folder.display();
            bail!(
                "no project in {folder}; `woodcut migrate {folder}` makes one of what another program \
                 left there"
            );
        }
        Ok(made)
    }

    fn shelf(&self, books: &[Planned], interrupt: &Interrupt) -> Vec<Fate> {
        let at_once = usize::from(self.books_at_once);
        shelf::work_through(books, at_once, interrupt, |nth, planned| {
            let name = shelf::name(&planned.book);
            let bars = if at_once == 1 { self.bars() } else { Bars::lines(name.clone()) };
            bars.keep(&format!("book {} of {}: {name}", nth + 1, books.len()));
            self.one(planned, &bars, interrupt)
        })
    }

    /// Runs one book to its end, and binds it. The record of the run begins as soon as there is a
    /// project to keep it in.
    fn one(&self, book: &Planned, bars: &Bars, interrupt: &Interrupt) -> anyhow::Result<Fate> {
        let started = Instant::now();
        let mut record = None;
        let fate = self.to_its_end(book, &mut record, bars, interrupt);
        if let Some(record) = record {
            match &fate {
                Ok(fate) => record.end(fate.status.exit_code(), None),
                Err(error) => record.end(1, Some(&format!("{error:#}"))),
            }
        }
        Ok(Fate { seconds: started.elapsed().as_secs_f64(), ..fate? })
    }

    fn to_its_end(
        &self,
        book: &Planned,
        record: &mut Option<Run>,
        bars: &Bars,
        interrupt: &Interrupt,
    ) -> anyhow::Result<Fate> {
        let config = self.keep_and_check(book)?;
        let before =
            Store::open(&book.project, Options::default()).ok().and_then(|s| plates(&s).ok());
        let ending = self.both_daemons(book, &config, record, bars, interrupt);
        bars.clear();
        let status = match ending? {
            Ending::Interrupted => return Ok(Fate::of(book, shelf::Status::Interrupted)),
            Ending::Cancelled => return Ok(Fate::of(book, shelf::Status::Cancelled)),
            Ending::ForReview => return Ok(Fate::of(book, shelf::Status::ForReview)),
            Ending::OutOfBudget => Some(shelf::Status::OutOfBudget),
            Ending::Complete | Ending::WithErrors => None,
        };
        if let Some(record) = record {
            record.stage("binding");
        }
        let store = Store::open(&book.project, Options::default())?;
        let bound = bound(book, &store)?;
        dashboard::learn(&store, &config)?;
        let drawn = bound.plates.saturating_sub(before.unwrap_or(0));
        Ok(Fate { drawn, status: status.unwrap_or(bound.status), ..bound })
    }

    /// Keeps with the project what was said of the book, so that the daemons find it there; how it is to
    /// be run.
    fn keep_and_check(&self, planned: &Planned) -> anyhow::Result<Config> {
        let project = planned.project.as_path();
        let book = self.plates.flags().and(self.density.flags());
        // Where there is no book there will be no project to keep anything in.
        if planned.book.is_file() || project.join(manifest::names::MANIFEST).is_file() {
            config::keep(project, &book)?;
        }
        let flags = book
            .with("run.workers", "--workers", self.workers)
            .with("money.budget", "--budget", self.budget)
            .with("run.concurrent", "--sequential", self.sequential.then_some(false))
            .with("run.concurrent", "--concurrent", self.concurrent.then_some(true));
        let sources = Sources::of_process(Some(project), &flags);
        Ok(config::load(&sources)?.config)
    }

    /// Runs both daemons, side by side or one after the other, until both have ended.
    fn both_daemons(
        &self,
        book: &Planned,
        config: &Config,
        record: &mut Option<Run>,
        bars: &Bars,
        interrupt: &Interrupt,
    ) -> anyhow::Result<Ending> {
        let project = book.project.as_path();
        let mut analyze = Daemon::start("analyze", self.analyze_arguments(book))?;
        let start_drawing = || Daemon::start("illustrate", self.illustrate_arguments(project));
        let mut illustrate = config.run.concurrent.then(start_drawing).transpose()?;
        let weights = dashboard::weights(config);
        let mut highest = Highest::of(project);
        let mut last_words = [String::new(), String::new()];
        let mut watched: Option<Store> = None;
        // Where all had been done before, `illustrate` may end before `analyze` finds more to do.
        let mut drawn_after_analysis = false;
        let mut out_of_budget = false;
        while !interrupt.is_set() {
            let drawing = illustrate.as_mut().map(Daemon::look).transpose()?;
            let news = [analyze.look()?, drawing.unwrap_or_default()];
            for (said, news) in last_words.iter_mut().zip(news) {
                for item in news {
                    match item {
                        News::Line(line) => {
                            tracing::info!("{line}");
                            // What ends a daemon is said once, by this program.
                            if !line.starts_with("woodcut: ") {
                                bars.say(&line);
                            }
                            *said = line;
                        }
                        News::Died(how) => {
                            tracing::warn!("{how}");
                            if let Some(record) = record {
                                record.error(&how);
                            }
                            bars.keep(&how);
                        }
                        News::Ended(1 | 2) => bail!("{}", without_name(said)),
                        News::Ended(6) => out_of_budget = true,
                        News::Ended(_) => {}
                    }
                }
            }
            if watched.is_none() {
                watched = Store::open(project, Options::default()).ok();
                if let Some(store) = &watched {
                    want_binding(store)?;
                    let begun = record.insert(Run::begin(project, "run", None)?);
                    begun.stage("daemons");
                }
            }
            if let Some(store) = &watched {
                let mut look = store.view(|manifest| Look::at(manifest, &weights, store.now()))?;
                highest.raise(&mut look.progress, &store.workers()?);
                bars.show(&look);
            }
            if out_of_budget {
                analyze.ask_to_end();
                illustrate.iter_mut().for_each(Daemon::ask_to_end);
                return Ok(Ending::OutOfBudget);
            }
            let has_ended = |daemon: &Daemon| daemon.ended().is_some();
            let all_ended = has_ended(&analyze) && illustrate.as_ref().is_none_or(has_ended);
            if all_ended && watched.as_ref().is_some_and(is_cancelled) {
                return Ok(Ending::Cancelled);
            }
            if has_ended(&analyze) && illustrate.is_none() {
                illustrate = Some(start_drawing()?);
            } else if has_ended(&analyze) && illustrate.as_ref().is_some_and(has_ended) {
                if illustrate.as_ref().and_then(Daemon::ended) == Some(FOR_REVIEW) {
                    return Ok(Ending::ForReview);
                }
                // What is left beyond a limit is for another run.
                let left = self.limit.is_none() && watched.as_ref().is_some_and(is_left_to_draw);
                if !left || drawn_after_analysis {
                    return Ok(Ending::Complete);
                }
                drawn_after_analysis = true;
                illustrate = Some(start_drawing()?);
            }
            std::thread::sleep(LOOK);
        }
        // Both are asked before either is waited for.
        analyze.ask_to_end();
        illustrate.iter_mut().for_each(Daemon::ask_to_end);
        Ok(Ending::Interrupted)
    }

    fn analyze_arguments(&self, planned: &Planned) -> Vec<OsString> {
        let Planned { book, project } = planned;
        let mut arguments = self.shared_arguments();
        if let Some(chapters) = &self.chapters {
            arguments.extend(["--chapters".into(), chapters.to_string().into()]);
        }
        if let Some(pattern) = self.headings.as_ref().and_then(book::Reading::headings) {
            // One argument: a pattern may begin with a dash.
            arguments.push(format!("--headings={pattern}").into());
        }
        if book != project {
            arguments.extend(["--output".into(), project.into()]);
        }
        arguments.extend(["--".into(), book.into()]);
        arguments
    }

    fn illustrate_arguments(&self, project: &Path) -> Vec<OsString> {
        let mut arguments = self.shared_arguments();
        if let Some(chapters) = &self.chapters {
            arguments.extend(["--chapters".into(), chapters.to_string().into()]);
        }
        if !self.elements.is_empty() {
            let patterns: Vec<_> = self.elements.iter().map(ToString::to_string).collect();
            arguments.extend(["--elements".into(), patterns.join(",").into()]);
        }
        if let Some(limit) = self.limit {
            arguments.push(format!("--limit={limit}").into());
            // A project that is not there yet has none.
            let store = Store::open(project, Options::default());
            let had = store.and_then(|store| store.view(illustrate::plates)).unwrap_or(0);
            arguments.push(format!("--had={had}").into());
        }
        arguments.extend(self.review.then(|| "--review".into()));
        if self.confirm {
            arguments.push("--confirm".into());
        }
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

/// Says that the book will be bound, so that nobody takes it for finished before.
fn want_binding(store: &Store) -> Result<(), StoreError> {
    store.update(|manifest| {
        let is_asked = manifest.binding != Binding::Unasked;
        (if is_asked { Vec::new() } else { vec![Event::BindingWanted] }, ())
    })
}

fn plates(store: &Store) -> Result<u32, StoreError> {
    store.view(|manifest| progress(manifest, &Weights::default(), store.now()).plates)
}

/// Binds what is drawn of a book, and says what there is.
fn bound(planned: &Planned, store: &Store) -> anyhow::Result<Fate> {
    let _binder = store.register(Role::Bind)?;
    let begun = Instant::now();
    let bound = bind::Format::Epub.bind_if_changed(store, &bind::binding(store, None)?)?;
    bind::announce(store, begun.elapsed())?;
    let (progress, refused, spent) = store.view(|manifest| {
        let outcomes = manifest.chapters().values().flat_map(|chapter| chapter.outcomes.values());
        let refused = outcomes.filter(|outcome| matches!(outcome, Outcome::Blocked(_))).count();
        let progress = progress(manifest, &Weights::default(), store.now());
        (progress, refused, manifest.ledger.total())
    })?;
    let phases = [&progress.elements, &progress.analysis, &progress.illustration];
    let failed: u32 = phases.into_iter().map(|phase| phase.failed).sum();
    let missing = progress.concepts.saturating_sub(progress.plates);
    let done = failed == 0 && missing == 0;
    let status = if done { shelf::Status::Complete } else { shelf::Status::WithErrors };
    Ok(Fate {
        plates: progress.plates,
        missing,
        chapters: progress.illustration.done,
        failed: progress.illustration.failed,
        refused: u32::try_from(refused).unwrap_or(u32::MAX),
        spent_micros: (spent.calls > 0).then_some(spent.micros),
        bound: Some(bound),
        ..Fate::of(planned, status)
    })
}
