//! Prompts as files: `prompts/009-1.md`, to be read and edited by people.
//!
//! A file says what its plate is drawn from. Its head carries a hash of the text as it was written by
//! us, so that a text somebody has changed is known without remembering anything elsewhere: it then
//! wins over whatever would be written now, and is kept. A head without that line, or a file without a
//! head, was written by a person.

use book::project;
use manifest::{ChapterId, Store, StoreError};

/// What a last paragraph begins with that says what is not to be drawn.
const AVOID: &str = "Avoid:";
const FENCE: &str = "---";

/// A prompt as it stands in its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// The seed, where one was chosen for this plate.
    pub seed: Option<u64>,
    /// Whether a person wrote the text, or changed it.
    pub edited: bool,
}

/// Name of the prompt of a plate.
#[must_use]
pub fn name(chapter: ChapterId, concept: u32) -> String {
    format!("prompts/{:03}-{concept}.md", chapter.0)
}

impl Draft {
    /// Reads a file.
    #[must_use]
    pub fn parse(file: &str) -> Self {
        let file = file.replace("\r\n", "\n");
        let rest = file.strip_prefix(FENCE).filter(|rest| rest.starts_with('\n'));
        let parts = rest.and_then(|rest| rest.split_once("\n---\n"));
        let (head, text) = parts.unwrap_or(("", &file));
        let text = text.trim().to_owned();
        let field = |name: &str| {
            let named = head.lines().filter_map(|line| line.split_once(':'));
            named.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim()).next()
        };
        Self {
            seed: field("seed").and_then(|seed| seed.parse().ok()),
            edited: field("written") != Some(&mark(&text)),
            text,
        }
    }

    /// The file for it.
    #[must_use]
    pub fn print(&self) -> String {
        let mut head = String::new();
        if let Some(seed) = self.seed {
            head.push_str(&format!("seed: {seed}\n"));
        }
        if !self.edited {
            head.push_str(&format!("written: {}\n", mark(self.text.trim())));
        }
        format!("{FENCE}\n{head}{FENCE}\n\n{}\n", self.text.trim())
    }

    /// Whether a person has written other words, or chosen another seed, than a picture was made from.
    #[must_use]
    pub fn differs_from(&self, prompt: &str, seed: u64) -> bool {
        let other_words = self.edited && !self.text.is_empty() && self.text != prompt;
        other_words || self.seed.is_some_and(|chosen| chosen != seed)
    }

    /// What is to be drawn, and what is not.
    #[must_use]
    pub fn split(&self) -> (&str, &str) {
        match self.text.rsplit_once("\n\n") {
            Some((text, last)) if last.starts_with(AVOID) => {
                (text.trim(), last[AVOID.len()..].trim())
            }
            _ => (self.text.as_str(), ""),
        }
    }
}

fn mark(text: &str) -> String {
    project::key(&["prompt", text])[..12].to_owned()
}

/// A prompt, as far as it was ever written.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read(store: &Store, name: &str) -> Result<Option<Draft>, StoreError> {
    let file = store.get(name)?;
    Ok(file.map(|bytes| Draft::parse(&String::from_utf8_lossy(&bytes))))
}

/// Writes a prompt.
///
/// # Errors
/// When it cannot be written.
pub fn write(store: &Store, name: &str, draft: &Draft) -> Result<(), StoreError> {
    store.put(name, draft.print().as_bytes())
}

/// The prompt that a picture is to be drawn from: the edited one, else `written`, which is then on disk.
///
/// # Errors
/// When the file cannot be read or written.
pub fn settle(store: &Store, name: &str, written: &str) -> Result<Draft, StoreError> {
    let there = read(store, name)?;
    match there {
        Some(draft) if draft.edited && !draft.text.is_empty() => Ok(draft),
        Some(draft) if !draft.edited && draft.text == written.trim() => Ok(draft),
        other => {
            let seed = other.and_then(|draft| draft.seed);
            let draft = Draft { text: written.trim().to_owned(), seed, edited: false };
            write(store, name, &draft)?;
            Ok(draft)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ours(text: &str) -> Draft {
        Draft { text: text.to_owned(), seed: Some(7), edited: false }
    }

    #[test]
    fn a_changed_text_is_known_to_be_changed() {
        let file = ours("A ford in the rain").print();
        assert!(!Draft::parse(&file).edited);
        let changed = Draft::parse(&file.replace("rain", "snow"));
        assert!(changed.edited);
        assert_eq!((changed.text.as_str(), changed.seed), ("A ford in the snow", Some(7)));
        assert!(Draft::parse("Only words").edited);
        assert!(!Draft::parse(&file.replace('\n', "\r\n")).edited, "an editor's line ends");
    }

    #[test]
    fn what_is_not_to_be_drawn_stands_at_the_end() {
        let draft = Draft::parse("A ford.\n\nAvoid: text, frames");
        assert_eq!(draft.split(), ("A ford.", "text, frames"));
        assert_eq!(ours("A ford.").split(), ("A ford.", ""));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_again(text: String, seed: Option<u64>, edited: bool) {
            let text = text.replace("\r\n", "\n").trim().to_owned();
            let draft = Draft { text, seed, edited };
            prop_assert_eq!(Draft::parse(&draft.print()), draft);
        }
    }
}
