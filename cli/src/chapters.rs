//! `woodcut chapters`: what was found in a book, and why.

use std::io::Write;
use std::path::PathBuf;

use book::{Reading, Section, project};
use manifest::crew::Ending;
use manifest::{Options, Store, names};

use crate::status::one_line;

/// Say which chapters a book has, and why
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The book, or the project of one
    #[arg(value_name = "BOOK|DIR")]
    pub book: PathBuf,
    /// Every heading or paragraph that matches begins a chapter, and nothing else does
    #[arg(long, value_name = "REGEX", value_parser = Reading::by_headings)]
    pub headings: Option<Reading>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

impl Command {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let (book, reading) = self.book_and_reading()?;
        let sections = book::read_as(&book, &reading)?.sections;
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&sections)?)?;
        } else {
            write!(out, "{}", table(&sections))?;
        }
        Ok(Ending::Complete)
    }

    /// A project reads its book the way it was made.
    fn book_and_reading(&self) -> anyhow::Result<(PathBuf, Reading)> {
        if self.book.join(names::MANIFEST).is_file() {
            let store = Store::open(&self.book, Options::default())?;
            let source = store.view(|manifest| manifest.source.clone())?;
            let kept = project::reading(&source)?;
            return Ok((project::book_file(&store)?, self.headings.clone().unwrap_or(kept)));
        }
        Ok((self.book.clone(), self.headings.clone().unwrap_or_default()))
    }
}

fn table(sections: &[Section]) -> String {
    use std::fmt::Write;
    let mut table =
        String::from("chapter   words  title                                     why\n");
    for section in sections {
        let number = section.chapter.map_or_else(|| "-".to_owned(), |number| number.to_string());
        let title: String = one_line(&section.title).chars().take(40).collect();
        let (words, why) = (section.words, one_line(&section.reason));
        let _ = writeln!(table, "{number:>7} {words:>7}  {title:<40}  {why}");
    }
    table
}
