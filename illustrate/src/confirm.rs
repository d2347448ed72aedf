//! Asking a person before each picture.
//!
//! The question goes to the terminal that the process belongs to and not through its streams, which may
//! be somebody else's. **Invariant:** a wait for an answer ends when the interrupt is set.

use std::fmt::Debug;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use manifest::Interrupt;

/// How often a wait for an answer looks at the interrupt.
const LOOK: Duration = Duration::from_millis(100);

/// What a person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Draw it.
    Draw,
    /// Leave it for another run.
    Skip,
    /// End here.
    Stop,
}

/// Somebody who can be asked.
pub trait Confirm: Send + Sync + Debug {
    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// When nobody can be asked any more.
    fn ask(&self, question: &str, interrupt: &Interrupt) -> io::Result<Answer>;
}

/// The person at the terminal.
#[derive(Debug)]
pub struct Terminal {
    lines: Mutex<Receiver<String>>,
    screen: File,
}

impl Terminal {
    /// The terminal that this process belongs to.
    ///
    /// # Errors
    /// When it belongs to none.
    pub fn open() -> io::Result<Self> {
        let (keyboard, screen) =
            if cfg!(windows) { ("CONIN$", "CONOUT$") } else { ("/dev/tty", "/dev/tty") };
        let keyboard = File::open(keyboard)?;
        let screen = OpenOptions::new().write(true).open(screen)?;
        let (typed, lines) = mpsc::channel();
        // Ends with the terminal or with the process; a read cannot be given up.
        std::thread::Builder::new().spawn(move || {
            for line in BufReader::new(keyboard).lines().map_while(Result::ok) {
                if typed.send(line).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { lines: Mutex::new(lines), screen })
    }
}

impl Confirm for Terminal {
    fn ask(&self, question: &str, interrupt: &Interrupt) -> io::Result<Answer> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        // What was typed before the question was no answer to it.
        while lines.try_recv().is_ok() {}
        loop {
            write!(&self.screen, "{question} [Y/n/q] ")?;
            (&self.screen).flush()?;
            let line = loop {
                match lines.recv_timeout(LOOK) {
                    Ok(line) => break line,
                    Err(RecvTimeoutError::Timeout) if interrupt.is_set() => {
                        return Ok(Answer::Stop);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => {
                        return Err(io::Error::other("the terminal is gone"));
                    }
                }
            };
            if let Some(answer) = understood(&line) {
                return Ok(answer);
            }
        }
    }
}

/// The answer that a line is; `None` where it is none.
fn understood(line: &str) -> Option<Answer> {
    match line.trim().to_lowercase().as_str() {
        "" | "y" | "yes" => Some(Answer::Draw),
        "n" | "no" => Some(Answer::Skip),
        "q" | "quit" => Some(Answer::Stop),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_an_answer_is_understood() {
        let words = ["", " Y ", "yes", "n", "NO", "q", "quit", "maybe"];
        let answers = words.map(understood);
        let (draw, skip, stop) = (Some(Answer::Draw), Some(Answer::Skip), Some(Answer::Stop));
        assert_eq!(answers, [draw, draw, draw, skip, skip, stop, stop, None]);
    }
}
