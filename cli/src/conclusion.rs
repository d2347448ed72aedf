//! The last words of a run of one book: what there is, what is missing, and what to type next.

use std::io::Write;
use std::path::Path;

use book::likeness::{self, Kind};
use illustrate::message::Message;
use manifest::crew::Ending;
use manifest::{Options, Store};
use models::Usd;

use crate::shelf::{self, Fate, counted};

/// Says where the sheets are and how to go on.
fn for_review(project: &Path) -> anyhow::Result<Ending> {
    let store = Store::open(project, Options::default())?;
    let sheets = likeness::all(&store, Kind::Sheet, &book::project::elements(&store)?)?;
    let files = sheets.into_iter().filter_map(|(_, sheet)| sheet.file).collect();
    eprintln!("{}", Message::ForReview(project.to_owned(), files, Vec::new()));
    Ok(Ending::ForReview)
}

/// Says what became of the only book of a run.
pub fn conclude_one(fate: &Fate) -> anyhow::Result<Ending> {
    let folder = fate.project.display();
    let Some(bound) = &fate.bound else {
        if fate.status == shelf::Status::ForReview {
            return for_review(&fate.project);
        }
        if fate.status == shelf::Status::Cancelled {
            eprintln!("cancelled; `woodcut resume {folder}` takes that back");
            return Ok(Ending::Cancelled);
        }
        eprintln!("interrupted; `woodcut run {folder}` goes on where this stopped");
        return Ok(Ending::Interrupted);
    };
    eprintln!("{}", in_numbers(fate));
    let ending = match fate.status {
        shelf::Status::OutOfBudget => {
            eprintln!(
                "the budget is spent; `woodcut run {folder} --budget N` with a larger one goes on"
            );
            Ending::OutOfBudget
        }
        shelf::Status::WithErrors => {
            eprintln!("{}", fate.what_is_missing());
            Ending::WithErrors
        }
        _ => Ending::Complete,
    };
    writeln!(std::io::stdout(), "{}", bound.display())?;
    Ok(ending)
}

/// `12 plates in 6 chapters, 1 chapter failed, 2 plates refused, spent $0.48, 61.0 s, 11.8 plates a minute`
fn in_numbers(fate: &Fate) -> String {
    let mut text = fate.in_short();
    for (count, what, how) in
        [(fate.failed, "chapter", "failed"), (fate.refused, "plate", "refused")]
    {
        if count > 0 {
            text.push_str(&format!(", {} {how}", counted(count, what)));
        }
    }
    if let Some(spent) = fate.spent_micros {
        text.push_str(&format!(", spent {}", Usd::from_micros(spent)));
    }
    text.push_str(&format!(", {:.1} s", fate.seconds));
    if fate.drawn > 0 && fate.seconds > 0.0 {
        let a_minute = f64::from(fate.drawn) * 60.0 / fate.seconds;
        text.push_str(&format!(", {a_minute:.1} plates a minute"));
    }
    text
}
