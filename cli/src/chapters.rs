//! `woodcut chapters`: what was found in a book, and why.

use std::io::Write;
use std::path::PathBuf;

use book::Section;
use manifest::crew::Ending;

use crate::status::one_line;

/// Say which chapters a book has, and why
#[derive(Debug, Clone, clap::Args)]
pub struct Command {
    /// The book
    #[arg(value_name = "BOOK")]
    pub book: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

impl Command {
    pub fn execute(&self) -> anyhow::Result<Ending> {
        let sections = book::read(&self.book)?.sections;
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&sections)?)?;
        } else {
            write!(out, "{}", table(&sections))?;
        }
        Ok(Ending::Complete)
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
