//! `woodcut redraw`: draws again what went wrong, or takes the earlier picture back.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command as Program;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use book::likeness::{self, Kind};
use book::project;
use illustrate::prompt::draft;
use illustrate::redraw::likeness::Sitter;
use illustrate::redraw::{self, Target, Wish};
use manifest::crew::Ending;
use manifest::{ChapterId, Interrupt, Options, Outcome, Store};

use crate::status::one_line;

/// One of the pictures of a project, as it is named on the command line.
#[derive(Debug, Clone)]
pub enum Named {
    Plates(Target),
    Likeness(Sitter),
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plates = || text.parse().map(Self::Plates);
        let error = |error| format!("{error}; `sheet:NAME` and `portrait:NAME` are likenesses");
        text.parse().map(Self::Likeness).or_else(|_| plates()).map_err(error)
    }
}

/// The pictures that are meant.
struct Pictures {
    plates: Vec<(ChapterId, u32)>,
    likenesses: Vec<(Kind, String)>,
}

/// Draw plates again, with other words or another seed; earlier pictures are kept
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The project
    #[arg(value_name = "DIR")]
    pub project: PathBuf,
    /// Which: `9:1` is plate 1 of chapter 9, `9` all plates of chapter 9, `sheet:ada` and `portrait:ada`
    /// the likenesses of an element
    #[arg(value_name = "PLATE", required = true)]
    pub plates: Vec<Named>,
    /// What is to be seen, in place of the present prompt
    #[arg(long, value_name = "TEXT", group = "how")]
    pub prompt: Option<String>,
    /// Edit the prompt first, in `$EDITOR`
    #[arg(long, group = "how")]
    pub edit: bool,
    /// Take back the picture that was there before
    #[arg(long, group = "how")]
    pub undo: bool,
    /// Another image engine for these plates alone, as `[image] engine` in `woodcut.toml` names it
    #[arg(long, value_name = "ENGINE", conflicts_with = "undo")]
    pub engine: Option<String>,
    /// The model of that engine
    #[arg(long, value_name = "MODEL", requires = "engine")]
    pub model: Option<String>,
    /// What the plates are to be like; the seed is that of these plates alone [default: one that the
    /// plate has not had yet]
    #[command(flatten)]
    pub like: illustrate::command::Plates,
}

impl Command {
    pub fn execute(&self, interrupt: &Interrupt) -> anyhow::Result<Ending> {
        let options = Options { interrupt: interrupt.clone(), ..Options::default() };
        let store = Store::open(&self.project, options)?;
        let pictures = self.pictures(&store)?;
        let folder = self.project.display();
        ensure!(
            self.engine.is_none() || !redraw::is_at_work(&store)?,
            "a daemon is at work and would draw with its own engine; come back when it is done, or end it \
             first: `woodcut cancel {folder}`, and `woodcut resume {folder}` afterwards"
        );
        // What is wrong with the engine is said before anything is asked for.
        config::load(&config::Sources::of_process(Some(&self.project), &self.flags()))?;
        let ending = if self.undo {
            redraw::undo(&store, &pictures.plates)?;
            redraw::likeness::undo(&store, &pictures.likenesses)?;
            project::write_views(&store)?;
            Ending::Complete
        } else {
            self.order(&store, &pictures)?;
            self.draw(&store, &pictures, interrupt)?
        };
        if ending == Ending::Interrupted {
            return Ok(ending);
        }
        let missing = self.print(&store, &pictures)?;
        eprintln!("`woodcut bind {}` puts them into the book", self.project.display());
        Ok(if missing { Ending::WithErrors } else { Ending::Complete })
    }

    fn pictures(&self, store: &Store) -> anyhow::Result<Pictures> {
        let (mut plates, mut likenesses) = (Vec::new(), Vec::new());
        for named in &self.plates {
            match named {
                Named::Plates(target) => plates.push(*target),
                Named::Likeness(sitter) => likenesses.push(sitter.clone()),
            }
        }
        let plates = redraw::plates(store, &plates)?;
        let likenesses = redraw::likeness::find(store, &likenesses)?;
        Ok(Pictures { plates, likenesses })
    }

    fn order(&self, store: &Store, pictures: &Pictures) -> anyhow::Result<()> {
        let seed = self.like.seed.and_then(|seed| u64::try_from(seed).ok());
        let wish = |of: &str, prompt: String| -> anyhow::Result<Wish> {
            let prompt =
                if self.edit { Some(edited(store, of, &prompt)?) } else { self.prompt.clone() };
            Ok(Wish { prompt, seed })
        };
        for &(chapter, concept) in &pictures.plates {
            let name = format!("plate {chapter}:{concept}");
            let wish = wish(&name, draft::name(chapter, concept))?;
            redraw::order(store, &[(chapter, concept)], &wish)?;
        }
        for one @ (kind, name) in &pictures.likenesses {
            let wish = wish(name, likeness::prompt_name(*kind, name))?;
            redraw::likeness::order(store, std::slice::from_ref(one), &wish)?;
        }
        Ok(())
    }

    /// Leaves the drawing of plates to a daemon that is at work, or does it.
    fn draw(
        &self,
        store: &Store,
        pictures: &Pictures,
        interrupt: &Interrupt,
    ) -> anyhow::Result<Ending> {
        let Pictures { plates, likenesses } = pictures;
        let tell: illustrate::Tell = Arc::new(|message| eprintln!("illustrate: {message}"));
        if !likenesses.is_empty() {
            let flags = self.flags();
            let ending = redraw::likeness::draw(store, likenesses, &flags, interrupt, &tell)?;
            if plates.is_empty() || !matches!(ending, Ending::Complete | Ending::WithErrors) {
                return Ok(ending);
            }
        }
        if redraw::is_at_work(store)? {
            eprintln!("a daemon is at work and draws them");
        }
        Ok(redraw::draw(store, plates, &self.flags(), interrupt, &tell)?)
    }

    /// The seed has gone into the order of each plate; that of the book stays as it is.
    fn flags(&self) -> config::Flags {
        let like = illustrate::command::Plates { seed: None, ..self.like.clone() };
        let like = like.flags().with("image.engine", "--engine", self.engine.clone());
        like.with("image.model", "--model", self.model.clone())
    }

    /// Prints what became of each picture; whether any is missing.
    fn print(&self, store: &Store, pictures: &Pictures) -> anyhow::Result<bool> {
        let Pictures { plates, likenesses } = pictures;
        let outcomes = store.view(|manifest| {
            let outcome = |(chapter, concept): &(ChapterId, u32)| {
                manifest.chapters().get(chapter)?.outcomes.get(concept).cloned()
            };
            plates.iter().map(outcome).collect::<Vec<_>>()
        })?;
        let mut out = std::io::stdout().lock();
        let mut missing = false;
        for ((chapter, concept), outcome) in plates.iter().zip(outcomes) {
            match outcome {
                Some(Outcome::Drawn(plate)) => {
                    let path = manifest::artifact::path(store.folder(), &plate.file)?;
                    writeln!(out, "{}", path.display())?;
                }
                Some(Outcome::Blocked(why)) => {
                    missing = true;
                    eprintln!("no plate {chapter}:{concept}: {}", one_line(&why));
                }
                None => {
                    missing = true;
                    let folder = self.project.display();
                    eprintln!("no plate {chapter}:{concept}; `woodcut status {folder}` says why");
                }
            }
        }
        for (kind, name) in likenesses {
            let record = likeness::read(store, *kind, name)?.unwrap_or_default();
            match &record.file {
                Some(file) => {
                    let path = manifest::artifact::path(store.folder(), file)?;
                    writeln!(out, "{}", path.display())?;
                }
                None => {
                    missing = true;
                    let why = record.blocked.unwrap_or_else(|| "it was not drawn".to_owned());
                    eprintln!("no picture of {}: {}", one_line(name), one_line(&why));
                }
            }
        }
        Ok(missing)
    }
}

/// The prompt of a picture as a person leaves it in their editor.
fn edited(store: &Store, of: &str, prompt: &str) -> anyhow::Result<String> {
    let draft = draft::read(store, prompt)?
        .with_context(|| format!("{of} has no prompt yet; draw it first"))?;
    let mut file = tempfile::Builder::new().prefix("woodcut-prompt-").suffix(".md").tempfile()?;
    writeln!(file, "{}", draft.text)?;
    let path = file.into_temp_path();
    edit(&path)?;
    let text = std::fs::read_to_string(&path)?;
    ensure!(!text.trim().is_empty(), "the prompt is empty: nothing is drawn again");
    Ok(text)
}

/// Runs the person's editor. Like everywhere, `VISUAL` and `EDITOR` may hold arguments.
fn edit(path: &Path) -> anyhow::Result<()> {
    let chosen = std::env::var("VISUAL").or_else(|_| std::env::var("EDITOR"));
    let Ok(chosen) = chosen else { bail!("no editor: set `EDITOR`, or say `--prompt \"…\"`") };
    let mut words = chosen.split_whitespace();
    let program = words.next().context("`EDITOR` is empty; say `--prompt \"…\"` instead")?;
    let status = Program::new(program).args(words).arg(path).status();
    let status = status.with_context(|| format!("cannot start the editor `{program}`"))?;
    ensure!(status.success(), "the editor ended with {status}: nothing is drawn again");
    Ok(())
}
