//! `woodcut run`: both daemons side by side, then the bound book.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::builder::RangedU64ValueParser;
use manifest::crew::Ending;
use manifest::progress::{Weights, progress};
use manifest::{Interrupt, Options, Status, Store};

use crate::bars::Bars;
use crate::bind;
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
    /// Pages of 300 words to one picture
    #[arg(long, default_value = "10", value_name = "N")]
    pub pages_per_image: String,
    /// Only these chapters, by number: `1-5,10` [default: all, or as chosen before]
    #[arg(long, value_name = "CHAPTERS")]
    pub chapters: Option<book::Selection>,
    /// Every heading or paragraph that matches begins a chapter, and nothing else does [default: what
    /// the book says, or as chosen before]
    #[arg(long, value_name = "REGEX", value_parser = book::Reading::by_headings)]
    pub headings: Option<book::Reading>,
    /// How many chapters each daemon works on at the same time
    #[arg(long, default_value_t = 2, value_parser = RangedU64ValueParser::<usize>::new().range(1..=16))]
    pub workers: usize,
}

impl Command {
    pub fn execute(&self, interrupt: &Interrupt) -> anyhow::Result<Ending> {
        let started = Instant::now();
        let project = self.project();
        let bars = Bars::new();
        let ending = self.side_by_side(&project, &bars, interrupt);
        bars.clear();
        if ending? == Ending::Interrupted {
            let folder = project.display();
            eprintln!("interrupted; `woodcut run {folder}` goes on where this stopped");
            return Ok(Ending::Interrupted);
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

    /// Runs both daemons until both have ended.
    fn side_by_side(
        &self,
        project: &Path,
        bars: &Bars,
        interrupt: &Interrupt,
    ) -> anyhow::Result<Ending> {
        let mut analyze = Daemon::start("analyze", self.analyze_arguments(project))?;
        let mut illustrate = Daemon::start("illustrate", self.illustrate_arguments(project))?;
        let mut last_words = [String::new(), String::new()];
        let mut watched: Option<Store> = None;
        // Where all had been done before, `illustrate` may end before `analyze` finds more to do.
        let mut drawn_after_analysis = false;
        while !interrupt.is_set() {
            let news = [analyze.look()?, illustrate.look()?];
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
                bars.show(&store.view(|manifest| progress(manifest, Weights::default()))?);
            }
            if analyze.ended().is_some() && illustrate.ended().is_some() {
                let left = watched.as_ref().is_some_and(is_left_to_draw);
                if !left || drawn_after_analysis {
                    return Ok(Ending::Complete);
                }
                drawn_after_analysis = true;
                illustrate = Daemon::start("illustrate", self.illustrate_arguments(project))?;
            }
            std::thread::sleep(LOOK);
        }
        Ok(Ending::Interrupted)
    }

    fn analyze_arguments(&self, project: &Path) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec![
            "--workers".into(),
            self.workers.to_string().into(),
            "--pages-per-image".into(),
            self.pages_per_image.clone().into(),
        ];
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
        let plates = &self.plates;
        let options = [
            ("--workers", self.workers.to_string()),
            ("--style", plates.style.to_string()),
            ("--size", plates.size.to_string()),
            ("--seed", plates.seed.to_string()),
        ];
        let options = options.into_iter().flat_map(|(name, value)| [name.into(), value.into()]);
        options.chain(["--".into(), project.into()]).collect()
    }
}

fn is_left_to_draw(store: &Store) -> bool {
    store.view(|manifest| manifest.count(Status::Analyzed) > 0).unwrap_or(false)
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
