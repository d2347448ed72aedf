//! A chapter cut into tokens, sentences and paragraphs, with what is spoken told from what is narrated.
//!
//! Everything above works on [`Document`]. **Invariant:** every `start..end` is a range of whole
//! characters of the chapter's text, so that slicing it never panics and a quote cut by it is verbatim.

use std::ops::Range;

use super::lexicon::words;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, with inner hyphens and apostrophes.
    Word,
    /// What follows the apostrophe of `Alice’s`, `don’t`, `I’ll`: the apostrophe and the letters.
    Clitic,
    /// Digits.
    Number,
    /// An opening or closing quotation mark.
    Quote,
    /// A full stop, question or exclamation mark, or ellipsis.
    Stop,
    /// A comma, semicolon, colon, dash, bracket or anything else.
    Mark,
}

/// One token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    pub kind: Kind,
    /// Starts with a capital.
    pub capital: bool,
    /// Several letters, all capitals: a heading, a sign, a shout.
    pub shouted: bool,
    /// Capitalised by position (sentence, speech, line), so that the capital tells nothing.
    pub initial: bool,
    /// Inside quotation marks.
    pub spoken: bool,
    /// Number of the sentence it stands in.
    pub sentence: u32,
}

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

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

/// Cuts text into tokens; spaces and the underscores of plain-text italics fall away.
fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut rest = 0;
    while let Some(c) = text[rest..].chars().next() {
        let end = if c.is_alphabetic() {
            push_word(text, rest, &mut tokens)
        } else if c.is_whitespace() || c == '_' || c.is_control() || c == '\u{feff}' {
            rest + c.len_utf8()
        } else {
            push_mark(text, rest, c, &mut tokens)
        };
        debug_assert!(end > rest, "the tokenizer always moves on");
        rest = end;
    }
    tokens
}

fn push(tokens: &mut Vec<Token>, text: &str, range: Range<usize>, kind: Kind) -> usize {
    let print = &text[range.clone()];
    let capital = print.chars().next().is_some_and(char::is_uppercase);
    let shouted = capital
        && print.chars().filter(|c| c.is_alphabetic()).count() > 1
        && !print.chars().any(char::is_lowercase);
    let end = range.end;
    tokens.push(Token {
        start: range.start,
        end,
        kind,
        capital,
        shouted,
        initial: false,
        spoken: false,
        sentence: 0,
    });
    end
}

/// A word from `start`: letters with inner hyphens and apostrophes; a clitic becomes its own token.
fn push_word(text: &str, start: usize, tokens: &mut Vec<Token>) -> usize {
    let mut end = start;
    let mut chars = text[start..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        if c.is_alphabetic() || is_combining(c) {
            end = start + at + c.len_utf8();
        } else if c == '-' && next.is_some_and(char::is_alphabetic) {
            continue;
        } else if is_apostrophe(c) && next.is_some_and(char::is_alphabetic) {
            let after = start + at + c.len_utf8();
            let tail = letters(&text[after..]);
            if is_clitic(tail) && !(start + at - start == 1 && tail.starts_with(char::is_uppercase))
            {
                push(tokens, text, start..start + at, Kind::Word);
                return push(tokens, text, start + at..after + tail.len(), Kind::Clitic);
            }
        } else if is_apostrophe(c) && text[start..start + at].ends_with(['s', 'z']) {
            // `the ladies’ hats`: taken for a possessive where a word follows, for a closing
            // quotation mark otherwise.
            let after = &text[start + at + c.len_utf8()..];
            if after.starts_with(' ') && after[1..].starts_with(char::is_lowercase) {
                push(tokens, text, start..start + at, Kind::Word);
                return push(tokens, text, start + at..start + at + c.len_utf8(), Kind::Clitic);
            }
            break;
        } else {
            break;
        }
    }
    push(tokens, text, start..end, Kind::Word)
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn letters(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    &text[..end]
}

fn is_clitic(tail: &str) -> bool {
    ["s", "t", "ll", "ve", "d", "m", "re"].iter().any(|clitic| tail.eq_ignore_ascii_case(clitic))
}

fn push_mark(text: &str, start: usize, c: char, tokens: &mut Vec<Token>) -> usize {
    let run = |same: fn(char) -> bool| {
        start + text[start..].find(|c: char| !same(c)).unwrap_or(text.len() - start)
    };
    match c {
        '0'..='9' => push(tokens, text, start..run(|c| c.is_ascii_digit()), Kind::Number),
        '.' | '!' | '?' | '…' => {
            push(tokens, text, start..run(|c| matches!(c, '.' | '!' | '?' | '…')), Kind::Stop)
        }
        '-' => push(tokens, text, start..run(|c| c == '-'), Kind::Mark),
        '“' | '”' | '"' | '‘' | '’' | '\'' | '«' | '»' | '„' => {
            push(tokens, text, start..start + c.len_utf8(), Kind::Quote)
        }
        _ => push(tokens, text, start..start + c.len_utf8(), Kind::Mark),
    }
}

/// Tells speech from narration by the marks the text itself uses for speech: double ones, or single
/// ones where those are more frequent. A speech ends with its paragraph at the latest.
fn mark_spoken(text: &str, tokens: &mut [Token]) {
    let marks = |find: &[char]| text.chars().filter(|c| find.contains(c)).count();
    let double = marks(&['“', '"', '«']);
    let single = tokens.iter().filter(|t| t.kind == Kind::Quote && opens_single(text, t)).count();
    let by_single = single > double * 2;
    let mut open = false;
    let mut previous_end = 0;
    for token in tokens.iter_mut() {
        if text[previous_end..token.start].matches('\n').count() > 1 {
            open = false;
        }
        previous_end = token.end;
        let print = &text[token.start..token.end];
        if token.kind == Kind::Quote {
            let (opens, closes) = match (by_single, print) {
                (false, "“" | "«" | "„") => (true, false),
                (false, "”" | "»") => (false, true),
                (false, "\"") => (!open, open),
                (true, "‘" | "'" | "’") => {
                    (!open && opens_single(text, token), open && !opens_single(text, token))
                }
                _ => (false, false),
            };
            open = (open || opens) && !closes;
        }
        token.spoken = open;
    }
}

/// Whether a single quotation mark opens: a space before it and none after it.
fn opens_single(text: &str, token: &Token) -> bool {
    let print = &text[token.start..token.end];
    let before = text[..token.start].chars().next_back();
    let after = text[token.end..].chars().next();
    let free_before = before.is_none_or(|c| c.is_whitespace() || matches!(c, '—' | '(' | '“'));
    let bound_after = after.is_some_and(|c| !c.is_whitespace());
    matches!(print, "‘" | "'") && free_before && bound_after
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
    fn speech_is_told_from_narration() {
        let text = "He said, “Come here,” and went. 'Tis the ladies' hats.";
        let document = Document::new(text);
        let spoken: Vec<_> = (0..document.tokens.len())
            .filter(|i| document.tokens[*i].spoken && document.tokens[*i].kind == Kind::Word)
            .map(|i| document.word(i).to_owned())
            .collect();
        assert_eq!(spoken, ["come", "here"]);
    }

    #[test]
    fn single_marks_are_speech_where_the_book_uses_them() {
        let text = "‘Don’t go,’ said Tom’s aunt. ‘The boys’ hats are wet,’ he said.";
        let document = Document::new(text);
        let narrated: Vec<_> = (0..document.tokens.len())
            .filter(|i| !document.tokens[*i].spoken && document.tokens[*i].kind == Kind::Word)
            .map(|i| document.word(i).to_owned())
            .collect();
        assert_eq!(narrated, ["said", "tom", "aunt", "he", "said"]);
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
