//! Why work is left on a book with nobody at it: what the last run says of its end.
//!
//! `stalled` is the same word for a run that was killed and for one that drew all it was asked for; a
//! person wants to know which, and what to type.

use std::path::Path;

use runs::{Shown, State};

/// Commands that do what is left of a book.
const WORKING: [&str; 3] = ["run", "illustrate", "analyze"];
/// Flags by which a run leaves a part of the book for another one.
const CHOOSING: [&str; 3] = ["--limit", "--elements", "--chapters"];

/// Why nobody is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The last run was asked for a part of it, and did that.
    ByChoice,
    /// The sheets are there to be looked at.
    ForReview,
    /// What may be spent is spent.
    OutOfBudget,
    /// Somebody stopped the last run.
    Interrupted,
    /// The last run died.
    Died,
    /// All is drawn, and not bound as it is now.
    Unbound,
    /// The last run says nothing about it.
    Unsaid,
}

impl Left {
    /// Why work is left in a project; `drawn`: nothing is left but the binding.
    pub fn of(project: &Path, drawn: bool) -> Self {
        if drawn { Self::Unbound } else { Self::after(&runs::of_project(project).runs) }
    }

    /// What the newest of these runs leaves; newest first.
    fn after(runs: &[Shown]) -> Self {
        let mut working = runs.iter().filter(|run| WORKING.contains(&run.record.command.as_str()));
        let Some(newest) = working.next() else { return Self::Unsaid };
        // A daemon ends before the `run` that started it, which says how both ended.
        let begun = newest.record.started_at;
        let is_above = |run: &&Shown| {
            run.record.command == "run" && run.record.ended_at.is_none_or(|end| end >= begun)
        };
        let last = working.find(is_above).unwrap_or(newest);
        let chosen = |argument: &String| {
            let flag = argument.split('=').next().unwrap_or_default();
            CHOOSING.contains(&flag)
        };
        match (last.state, last.record.exit_code) {
            (State::Crashed, _) => Self::Died,
            (_, Some(5)) => Self::ForReview,
            (_, Some(6)) => Self::OutOfBudget,
            (_, Some(130)) => Self::Interrupted,
            (_, Some(0 | 3)) if last.record.arguments.iter().any(chosen) => Self::ByChoice,
            _ => Self::Unsaid,
        }
    }

    /// In a few words, in place of `stalled`.
    pub fn in_short(self) -> &'static str {
        match self {
            Self::ByChoice => "left by choice",
            Self::ForReview => "left for review",
            Self::OutOfBudget => "out of budget",
            Self::Interrupted => "interrupted",
            Self::Died => "stalled, the last run died",
            Self::Unbound => "to be bound again",
            Self::Unsaid => "stalled",
        }
    }

    /// What there is to know, and to type.
    pub fn what_next(self, project: &Path) -> String {
        let folder = project.display();
        match self {
            Self::ByChoice => {
                format!(
                    "the last run did what it was asked for; `woodcut run {folder}` does the rest"
                )
            }
            Self::ForReview => format!(
                "the sheets in {folder}/sheets are there to be looked at; `woodcut run {folder}` goes on"
            ),
            Self::OutOfBudget => format!(
                "what may be spent is spent; `woodcut run {folder} --budget N` with a larger one goes on"
            ),
            Self::Interrupted => {
                format!("the last run was interrupted; `woodcut run {folder}` goes on")
            }
            Self::Died => format!(
                "nobody is at work; `woodcut run {folder}` goes on, `woodcut runs {folder}` says what died"
            ),
            Self::Unbound => {
                format!("all is drawn, not all of it bound; `woodcut bind {folder}` binds it")
            }
            Self::Unsaid => format!("nobody is at work; `woodcut run {folder}` goes on"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run that began at this minute and took so many.
    fn run(command: &str, at: i64, took: i64, code: Option<u8>, arguments: &[&str]) -> Shown {
        let minute = |n: i64| chrono::DateTime::from_timestamp(n * 60, 0).unwrap();
        let text = serde_json::json!({
            "id": "x", "command": command, "host": "h", "pid": 1, "version": "0", "stage": "waiting",
            "arguments": arguments, "started_at": minute(at), "exit_code": code,
            "ended_at": code.map(|_| minute(at + took)),
        });
        Shown {
            project: "a.woodcut".into(),
            state: if code.is_some() { State::Ended } else { State::Crashed },
            log: "x.log".into(),
            record: serde_json::from_value(text).unwrap(),
        }
    }

    #[test]
    fn a_run_that_did_what_it_was_asked_for_is_not_stalled() {
        let drawn = run("illustrate", 1, 4, Some(0), &["illustrate", "--limit=2", "--had=0"]);
        let whole = run("run", 0, 9, Some(3), &["run", "a.epub", "--limit", "2"]);
        assert_eq!(Left::after(&[drawn.clone(), whole.clone()]), Left::ByChoice);
        assert_eq!(Left::after(&[whole]), Left::ByChoice);
        assert_eq!(Left::after(&[drawn]), Left::ByChoice);
    }

    #[test]
    fn how_a_run_ended_is_said_by_the_run_above_its_daemons() {
        let daemon = run("illustrate", 1, 4, Some(0), &[]);
        for (code, left) in [
            (Some(130), Left::Interrupted),
            (Some(6), Left::OutOfBudget),
            (Some(5), Left::ForReview),
            (Some(0), Left::Unsaid),
            (None, Left::Died),
        ] {
            let above = run("run", 0, 9, code, &["run", "a.epub"]);
            assert_eq!(Left::after(&[daemon.clone(), above]), left, "{code:?}");
        }
    }

    #[test]
    fn an_earlier_run_says_nothing_of_a_later_one() {
        let later = run("illustrate", 20, 4, Some(0), &[]);
        let earlier = run("run", 0, 9, Some(130), &[]);
        assert_eq!(Left::after(&[later, earlier]), Left::Unsaid);
        assert_eq!(Left::after(&[run("bind", 0, 1, Some(0), &["--limit"])]), Left::Unsaid);
        assert_eq!(Left::after(&[]), Left::Unsaid);
    }
}
