//! A chapter cut into tokens, sentences and paragraphs, with what is spoken told from what is narrated.
//!
//! Everything above works on [`Document`]. **Invariant:** every `start..end` is a range of whole
//! characters of the chapter's text, so that slicing it never panics and a quote cut by it is verbatim.

use std::ops::Range;

use super::lexicon::words;
use super::speech::mark_spoken;
use super::token::tokenize;
pub(super) use super::token::{Kind, Token};

/// One sentence, trimmed, with the marks and quotes that close it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Bytes of the text.
    pub bytes: Range<usize>,
    /// Tokens of the document.
    pub tokens: Range<usize>,
    /// Number of its paragraph.
    pub paragraph: u32,
    /// A heading, a line of capitals, a row of asterisks: printed matter, not prose.
    pub heading: bool,
}

/// A chapter's text, cut up.
pub(super) struct Document<'a> {
    pub text: &'a str,
    /// The text in ASCII lower case: the same length, so that the same ranges apply.
    lower: String,
    pub tokens: Vec<Token>,
    pub sentences: Vec<Sentence>,
    /// Most of the chapter stands in quotation marks (a tale told by somebody): what is said there is
    /// what is narrated, and [`Token::spoken`] is false throughout.
    pub told: bool,
}

impl<'a> Document<'a> {
    /// Cuts `text` up. Never fails; linear in the length of the text.
    pub fn new(text: &'a str) -> Self {
        let mut tokens = tokenize(text);
        let lower = text.to_ascii_lowercase();
        mark_spoken(text, &mut tokens);
        let words = tokens.iter().filter(|t| t.kind == Kind::Word).count();
        let spoken = tokens.iter().filter(|t| t.kind == Kind::Word && t.spoken).count();
        let told = words > 0 && spoken * 5 > words * 4;
        if told {
            tokens.iter_mut().for_each(|token| token.spoken = false);
        }
        let mut document = Self { text, lower, tokens, sentences: Vec::new(), told };
        document.split_sentences();
        document
    }

    /// The token's text as printed.
    pub fn print(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| &self.text[token.start..token.end])
    }

    /// The token's text in lower case; empty beyond either end of the text.
    pub fn word(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| &self.lower[token.start..token.end])
    }

    /// The token `back` places before `index`, in lower case; empty before the start of its sentence.
    pub fn before(&self, index: usize, back: usize) -> &str {
        match index.checked_sub(back) {
            Some(at) if self.same_sentence(at, index) => self.word(at),
            _ => "",
        }
    }

    /// The token `ahead` places after `index`, in lower case; empty after the end of its sentence.
    pub fn after(&self, index: usize, ahead: usize) -> &str {
        if self.same_sentence(index, index + ahead) { self.word(index + ahead) } else { "" }
    }

    /// Whether both tokens exist and stand in one sentence.
    pub fn same_sentence(&self, a: usize, b: usize) -> bool {
        match (self.tokens.get(a), self.tokens.get(b)) {
            (Some(a), Some(b)) => a.sentence == b.sentence,
            _ => false,
        }
    }

    /// The verbatim text from the first to the last of `tokens`.
    pub fn slice(&self, tokens: Range<usize>) -> &'a str {
        match (self.tokens.get(tokens.start), tokens.end.checked_sub(1)) {
            (Some(first), Some(last)) if last >= tokens.start && last < self.tokens.len() => {
                &self.text[first.start..self.tokens[last].end]
            }
            _ => "",
        }
    }

    /// Whether the token is `’s` or a bare possessive apostrophe.
    pub fn is_possessive(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.kind == Kind::Clitic)
            && matches!(self.word(index), "'s" | "’s" | "'" | "’")
    }

    /// How many words the text has.
    pub fn word_count(&self) -> usize {
        self.tokens.iter().filter(|token| token.kind == Kind::Word).count()
    }

    fn split_sentences(&mut self) {
        let mut start = 0;
        let mut paragraph = 0;
        let count = self.tokens.len();
        for at in 0..count {
            let gap = self.gap_after(at);
            if at + 1 < count && !gap.paragraph && !self.ends_sentence(at, gap) {
                continue;
            }
            self.push_sentence(start..at + 1, paragraph);
            start = at + 1;
            paragraph += u32::from(gap.paragraph);
        }
        self.mark_initials();
    }

    fn push_sentence(&mut self, tokens: Range<usize>, paragraph: u32) {
        let number = u32::try_from(self.sentences.len()).unwrap_or(u32::MAX);
        for token in &mut self.tokens[tokens.clone()] {
            token.sentence = number;
        }
        let bytes = self.tokens[tokens.start].start..self.tokens[tokens.end - 1].end;
        let heading = self.looks_like_heading(&tokens);
        self.sentences.push(Sentence { bytes, tokens, paragraph, heading });
    }

    /// A line of capitals, a title-cased line without an end, or no words at all.
    fn looks_like_heading(&self, tokens: &Range<usize>) -> bool {
        let mut all = 0;
        let mut capital = 0;
        let mut shouted = 0;
        for token in self.tokens[tokens.clone()].iter().filter(|t| t.kind == Kind::Word) {
            if !words().is(&self.lower[token.start..token.end], "function") || token.shouted {
                all += 1;
                capital += usize::from(token.capital);
                shouted += usize::from(token.shouted);
            }
        }
        let ends = self.tokens[tokens.end - 1].kind;
        all == 0 && !matches!(ends, Kind::Stop | Kind::Quote)
            || shouted * 5 >= all * 4 && shouted > 0
            || capital == all && all > 0 && !matches!(ends, Kind::Stop | Kind::Quote)
    }

    fn gap_after(&self, at: usize) -> Gap {
        let from = self.tokens[at].end;
        let to = self.tokens.get(at + 1).map_or(self.text.len(), |next| next.start);
        let breaks = self.text[from..to].bytes().filter(|byte| *byte == b'\n').count();
        Gap { space: to > from, line: breaks > 0, paragraph: breaks > 1 }
    }

    /// Whether the sentence ends with token `at`, given what follows.
    fn ends_sentence(&self, at: usize, gap: Gap) -> bool {
        if !gap.space {
            return false;
        }
        let Some(stop) = self.closing_stop(at) else { return false };
        let next = &self.tokens[at + 1];
        let next_word = self.tokens[at + 1..].iter().take(3).find(|t| t.kind != Kind::Quote);
        let Some(next_word) = next_word else { return true };
        let closed = self.tokens[at].kind == Kind::Quote;
        if next_word.kind == Kind::Word && !next_word.capital {
            // `“Oh dear!” cried she`; after a bare full stop a small letter is a slip or an
            // abbreviation; a new speech may begin with a small letter after a pause.
            return false;
        }
        if matches!(next_word.kind, Kind::Mark) && next.kind != Kind::Quote {
            return self.print(at + 1).starts_with(['—', '-', '(', '[']) && !closed;
        }
        if self.word(stop) != "." || closed {
            // `“Oh!” Alice cried` is one sentence in sense, yet two for a caption that may start
            // with `Alice cried`; a tag with its verb stays with the speech.
            return !(closed && self.is_speech_tag(at + 1));
        }
        !self.is_abbreviation(stop)
    }

    /// The stop that closes a sentence at `at`: itself, or the one before closing quotes.
    fn closing_stop(&self, at: usize) -> Option<usize> {
        (0..3).map_while(|back| at.checked_sub(back)).find_map(|i| match self.tokens[i].kind {
            Kind::Stop => Some(Some(i)),
            Kind::Quote => None,
            _ if i < at && self.print(i) == ")" => None,
            _ => Some(None),
        })?
    }

    /// `Alice cried`, `the King said`, after a closed speech.
    fn is_speech_tag(&self, from: usize) -> bool {
        (from..from + 4).any(|i| words().is(self.word(i), "speech"))
            && self.tokens[from].kind == Kind::Word
            && (from..from + 4)
                .take_while(|i| !words().is(self.word(*i), "speech"))
                .all(|i| i < self.tokens.len() && self.tokens[i].kind == Kind::Word)
    }

    /// Whether the full stop at `stop` belongs to an abbreviation or an initial.
    fn is_abbreviation(&self, stop: usize) -> bool {
        let Some(before) = stop.checked_sub(1) else { return false };
        let token = &self.tokens[before];
        if token.end != self.tokens[stop].start || token.kind != Kind::Word {
            return false;
        }
        let single = token.end - token.start == 1 && token.capital && self.word(before) != "i";
        single || words().is(self.word(before), "abbreviation")
    }

    fn mark_initials(&mut self) {
        for index in 0..self.tokens.len() {
            let initial = match index.checked_sub(1) {
                None => true,
                Some(previous) => {
                    let gap = self.gap_after(previous);
                    let token = &self.tokens[previous];
                    token.sentence != self.tokens[index].sentence
                        || gap.line
                        || match token.kind {
                            Kind::Stop => !self.is_abbreviation(previous),
                            Kind::Quote => {
                                gap_is_empty(self.text, token.end, self.tokens[index].start)
                                    || self.tokens[previous.saturating_sub(1)].kind == Kind::Stop
                            }
                            Kind::Mark => matches!(self.print(previous), ":" | "(" | "["),
                            _ => false,
                        }
                }
            };
            self.tokens[index].initial = initial;
        }
    }
}

fn gap_is_empty(text: &str, from: usize, to: usize) -> bool {
    text.get(from..to).is_some_and(str::is_empty)
}

/// What lies between two tokens.
#[derive(Debug, Clone, Copy)]
struct Gap {
    space: bool,
    line: bool,
    paragraph: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<&str> {
        Document::new(text).sentences.iter().map(|s| &text[s.bytes.clone()]).collect()
    }

    #[test]
    fn a_title_or_initial_does_not_end_a_sentence() {
        assert_eq!(
            sentences("Mr. Bennet met Dr. H. G. Wells. They spoke."),
            ["Mr. Bennet met Dr. H. G. Wells.", "They spoke."]
        );
    }

    #[test]
    fn a_speech_tag_stays_with_its_speech() {
        assert_eq!(
            sentences("“Oh dear!” cried Alice. “I shall be late!” She ran."),
            ["“Oh dear!” cried Alice.", "“I shall be late!”", "She ran."]
        );
        assert_eq!(sentences("“Oh!” Alice cried. He ran."), ["“Oh!” Alice cried.", "He ran."]);
    }

    #[test]
    fn a_paragraph_always_ends_a_sentence() {
        assert_eq!(sentences("One two\n\nthree four."), ["One two", "three four."]);
    }

    #[test]
    fn a_clitic_is_its_own_token() {
        let document = Document::new("Alice’s cat didn’t see O’Brien at one o’clock.");
        let words: Vec<_> = (0..document.tokens.len()).map(|i| document.word(i)).collect();
        assert_eq!(
            words,
            ["alice", "’s", "cat", "didn", "’t", "see", "o’brien", "at", "one", "o’clock", "."]
        );
    }

    #[test]
    fn a_tale_told_in_quotation_marks_is_narration() {
        let text = "“I walked.\n\n“I saw the sea and the hills.\n\n“I slept.";
        let document = Document::new(text);
        assert!(document.told && document.tokens.iter().all(|t| !t.spoken));
    }
}
