//! `woodcut bind`: the illustrated book from a project.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use book::bind::{self, BindError, Binding, Pictures};
use book::project;
use clap::ValueEnum;
use manifest::crew::Ending;
use manifest::{Options, Store};
use runs::Run;

/// What stands in every bound book about its pictures.
const NOTE: &str = "The pictures in this edition were made by woodcut, a program that reads a book, \
decides which moments deserve a picture, and draws them. The text is the text of the original.";

/// The record of what each bound book was made from, by its kind.
const BOUND: &str = "bound.json";

/// Modification date of a book whose source states none: a fixed one, so that the same plates give the
/// same bytes.
const NO_DATE: &str = "2000-01-01T00:00:00Z";

/// Bind the illustrated book
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The project
    #[arg(value_name = "DIR")]
    pub project: PathBuf,
    /// What to bind, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "epub", value_name = "FORMATS")]
    pub format: Vec<Format>,
    /// How the pictures are stored
    #[arg(long, default_value = "jpeg", value_name = "KIND")]
    pub image_format: ImageFormat,
    /// Leave out every picture of a later chapter, so that nothing is given away
    #[arg(long, value_name = "N")]
    pub up_to_chapter: Option<u32>,
}

/// A kind of bound book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The book with its pictures, for readers.
    Epub,
    /// One self-contained file, for browsers.
    Html,
    /// The pictures alone, for comic readers.
    Cbz,
    /// Markdown, with a folder of pictures.
    Md,
}

/// How pictures are stored in a bound book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImageFormat {
    /// At most 1600 pixels, quality 82.
    Jpeg,
    /// At most 1600 pixels.
    Png,
    /// As they were drawn.
    Original,
}

impl Command {
    /// Binds, and prints where the books are.
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let store = Store::open(&self.project, Options::default())?;
        let record = Run::begin(&self.project, "bind", None)?;
        record.stage("binding");
        let result = self.bind(&store);
        record.end_as(&result);
        result
    }

    fn bind(&self, store: &Store) -> anyhow::Result<Ending> {
        let mut binding = binding(store)?;
        binding.pictures = match self.image_format {
            ImageFormat::Jpeg => Pictures::default(),
            ImageFormat::Png => Pictures::Png { long_side: 1600 },
            ImageFormat::Original => Pictures::Original,
        };
        if let Some(chapter) = self.up_to_chapter {
            binding = binding.up_to_chapter(chapter);
        }
        for format in &self.format {
            let book = format.bind_if_changed(store, &binding)?;
            writeln!(std::io::stdout(), "{}", book.display())?;
        }
        Ok(Ending::Complete)
    }
}

impl Format {
    /// Binds the plates of a project unless just that has been bound already; returns the file.
    pub fn bind_if_changed(self, store: &Store, binding: &Binding) -> anyhow::Result<PathBuf> {
        type Binder = fn(&Path, &Path, &Binding) -> Result<(), BindError>;
        let (kind, bind): (_, Binder) = match self {
            Self::Epub => ("epub", bind::epub),
            Self::Html => ("html", bind::html),
            Self::Cbz => ("cbz", bind::cbz),
            Self::Md => ("md", bind::markdown),
        };
        let (source, sha256) = store.view(|manifest| {
            (PathBuf::from(&manifest.source.path), manifest.source.sha256.clone())
        })?;
        let stem = source.file_stem().unwrap_or_default().to_string_lossy();
        let folder = store.folder().join("out");
        let output = folder.join(format!("{stem}.{kind}"));
        let key = project::key(&[&sha256, &format!("{binding:?}"), env!("CARGO_PKG_VERSION")]);
        // A damaged record is no reason to fail: the book is bound again.
        let mut bound: BTreeMap<String, String> =
            project::read(store, BOUND).unwrap_or_default().unwrap_or_default();
        if output.is_file() && bound.get(kind) == Some(&key) {
            return Ok(output);
        }
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        bind(&source, &output, binding)
            .with_context(|| format!("cannot bind {}", output.display()))?;
        bound.insert(kind.to_owned(), key);
        project::write(store, BOUND, &bound)?;
        Ok(output)
    }
}

/// What is to be bound by now.
pub fn binding(store: &Store) -> anyhow::Result<Binding> {
    let binding = project::binding(store, NOTE.to_owned())?;
    Ok(Binding { fallback_date: NO_DATE.to_owned(), ..binding })
}
