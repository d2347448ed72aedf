//! `woodcut bind`: the illustrated book from a project.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use book::bind::{self, BindError, Binding, Cover, PageLayout, Pictures};
use book::project;
use clap::ValueEnum;
use config::{Flags, Sources};
use manifest::crew::Ending;
use manifest::{Event, Options, Role, Store};
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
    /// Store the pictures smaller until each book has at most this size, for example 50MB
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_size: Option<u64>,
    /// Make the first plate the cover even of a book that has one
    #[arg(long)]
    pub cover: bool,
    /// How the pages of a PDF are filled
    #[arg(long, default_value = "1x1", value_name = "LAYOUT")]
    pub layout: Layout,
    /// A TrueType or OpenType font for the letters that the fonts of a PDF do not have
    #[arg(long, value_name = "FILE")]
    pub font: Option<PathBuf>,
    /// Adorn the book: a headpiece and a drawn initial at the beginning of each chapter [default: as
    /// chosen before]
    #[arg(long)]
    pub ornaments: bool,
    /// Leave out every picture of a later chapter, so that nothing is given away; such a book has a name of
    /// its own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub up_to_chapter: Option<u32>,
}

/// A kind of bound book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The book with its pictures, for readers.
    Epub,
    /// One self-contained file, for browsers.
    Html,
    /// The pictures alone in one self-contained file, for browsers.
    Gallery,
    /// The pictures alone, for comic readers.
    Cbz,
    /// The pictures alone as a picture book with captions and contents.
    Pdf,
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

/// How the pages of a PDF are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Layout {
    /// One plate a page, its caption below.
    #[value(name = "1x1")]
    One,
    /// Two by two plates a page.
    #[value(name = "2x2")]
    TwoByTwo,
    /// Four plates below one another, their captions beside them.
    #[value(name = "4x1")]
    FourByOne,
    /// One long strip to scroll.
    Strip,
}

impl From<Layout> for PageLayout {
    fn from(layout: Layout) -> Self {
        match layout {
            Layout::One => Self::One,
            Layout::TwoByTwo => Self::TwoByTwo,
            Layout::FourByOne => Self::FourByOne,
            Layout::Strip => Self::Strip,
        }
    }
}

impl Command {
    /// Binds, and prints where the books are.
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let store = Store::open(&self.project, Options::default())?;
        let record = Run::begin(&self.project, "bind", None)?;
        record.stage("binding");
        let _binder = store.register(Role::Bind)?;
        let result = self.bind(&store);
        record.end_as(&result);
        result
    }

    fn bind(&self, store: &Store) -> anyhow::Result<Ending> {
        let begun = Instant::now();
        let mut binding = binding(store, self.ornaments.then_some(true))?;
        binding.pictures = match self.image_format {
            ImageFormat::Jpeg => Pictures::default(),
            ImageFormat::Png => Pictures::Png { long_side: 1600 },
            ImageFormat::Original => Pictures::Original,
        };
        binding.max_size = self.max_size;
        binding.layout = self.layout.into();
        binding.font.clone_from(&self.font);
        if self.cover {
            binding.cover = Cover::Always;
        }
        if let Some(chapter) = self.up_to_chapter {
            binding = binding.up_to_chapter(chapter);
        }
        if self.format.contains(&Format::Pdf) {
            warn_of_missing_letters(&binding)?;
        }
        let part = self.up_to_chapter.map(|chapter| format!("-to-chapter-{chapter}"));
        for format in &self.format {
            let book = format.bind_part(store, &binding, part.as_deref().unwrap_or_default())?;
            writeln!(std::io::stdout(), "{}", book.display())?;
        }
        if self.up_to_chapter.is_none() {
            announce(store, begun.elapsed())?;
        }
        Ok(Ending::Complete)
    }
}

impl Format {
    /// Binds the plates of a project unless just that has been bound already; returns the file.
    pub fn bind_if_changed(self, store: &Store, binding: &Binding) -> anyhow::Result<PathBuf> {
        self.bind_part(store, binding, "")
    }

    /// The same with `part` behind the book's name: what is bound of a part leaves the whole alone.
    fn bind_part(self, store: &Store, binding: &Binding, part: &str) -> anyhow::Result<PathBuf> {
        type Binder = fn(&Path, &Path, &Binding) -> Result<Pictures, BindError>;
        let (kind, bind): (_, Binder) = match self {
            Self::Epub => ("epub", bind::epub),
            Self::Html => ("html", bind::html),
            Self::Gallery => ("gallery.html", bind::gallery),
            Self::Cbz => ("cbz", bind::cbz),
            Self::Pdf => ("pdf", bind::pdf),
            Self::Md => ("md", bind::markdown),
        };
        let (source, sha256) = store.view(|manifest| {
            (PathBuf::from(&manifest.source.path), manifest.source.sha256.clone())
        })?;
        let stem = source.file_stem().unwrap_or_default().to_string_lossy();
        let folder = store.folder().join("out");
        let output = folder.join(format!("{stem}{part}.{kind}"));
        let name = format!("{kind}{part}");
        let key = project::key(&[&sha256, &format!("{binding:?}"), env!("CARGO_PKG_VERSION")]);
        // A damaged record is no reason to fail: the book is bound again.
        let mut bound: BTreeMap<String, String> =
            project::read(store, BOUND).unwrap_or_default().unwrap_or_default();
        if output.is_file() && bound.get(&name) == Some(&key) {
            return Ok(output);
        }
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        let stored = bind(&project::book_file(store)?, &output, binding)
            .with_context(|| format!("cannot bind {}", output.display()))?;
        if stored != binding.pictures {
            eprintln!("{}: {}, to stay within --max-size", output.display(), described(stored));
        }
        bound.insert(name, key);
        project::write(store, BOUND, &bound)?;
        Ok(output)
    }
}

/// How pictures were stored, in words.
fn described(pictures: Pictures) -> String {
    match pictures {
        Pictures::Original => "pictures as they were drawn".to_owned(),
        Pictures::Jpeg { long_side, quality } => {
            format!("pictures of at most {long_side} pixels, quality {quality}")
        }
        Pictures::Png { long_side } => format!("pictures of at most {long_side} pixels"),
    }
}

/// A caption with a letter that no font has is left out of a PDF: whoever binds should know.
fn warn_of_missing_letters(binding: &Binding) -> anyhow::Result<()> {
    let missing = bind::unprintable(binding)?;
    if !missing.is_empty() {
        let some: String = missing.chars().take(20).collect();
        eprintln!(
            "some captions are left out of the PDF: its fonts do not have `{some}`; \
             name one that does with --font FILE"
        );
    }
    Ok(())
}

/// Says that a book is bound, where all of it is drawn.
pub fn announce(store: &Store, took: Duration) -> anyhow::Result<()> {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let bound = store.update(|manifest| {
        let is_news = !matches!(manifest.binding, manifest::Binding::Bound { .. });
        let is_due = is_news && manifest.illustrate_complete();
        (if is_due { vec![Event::Bound { millis }] } else { Vec::new() }, is_due)
    })?;
    if bound {
        store.fold()?;
    }
    Ok(())
}

/// Bytes from `50MB`, `900 kB`, `1.5GB`, `64MiB` or a bare number.
fn size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        _ => return Err("give a size as 50MB, 900kB or 1.5GB".to_owned()),
    };
    let number: f64 =
        text[..digits].parse().map_err(|_| "give a size as 50MB, 900kB or 1.5GB".to_owned())?;
    let bytes = number * unit;
    if !(1.0..1e15).contains(&bytes) {
        return Err("a size is between one byte and a million gigabytes".to_owned());
    }
    Ok(bytes as u64)
}

/// What is to be bound by now.
///
/// `ornaments` is what the command line says of them; else the configuration does.
pub fn binding(store: &Store, ornaments: Option<bool>) -> anyhow::Result<Binding> {
    let flags = Flags::new().with("plates.ornaments", "--ornaments", ornaments);
    let plates = config::load(&Sources::of_process(Some(store.folder()), &flags))?.config.plates;
    let mut binding = project::binding(store, NOTE.to_owned())?;
    if plates.ornaments {
        binding.ornaments = illustrate::ornaments(store, plates.style, plates.seed)?;
    }
    Ok(Binding { fallback_date: NO_DATE.to_owned(), ..binding })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_units() {
        assert_eq!(size("50MB"), Ok(50_000_000));
        assert_eq!(size("1.5 GB"), Ok(1_500_000_000));
        assert_eq!(size("64MiB"), Ok(67_108_864));
        assert_eq!(size("1200"), Ok(1200));
        for wrong in ["", "MB", "-1MB", "1.2.3MB", "5 parsecs", "0", "1e99"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
