//! A text cut into tokens: words, clitics, numbers, marks.

use std::ops::Range;

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

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

/// Cuts text into tokens; spaces and the underscores of plain-text italics fall away.
pub(super) fn tokenize(text: &str) -> Vec<Token> {
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
    let first_is_capital = print.chars().next().is_some_and(char::is_uppercase);
    let capital = first_is_capital || is_elided_name(print);
    let shouted = first_is_capital
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

/// `d’Urberville`, `l’Olonnais`: a name for all its small first letter.
fn is_elided_name(print: &str) -> bool {
    let mut chars = print.chars();
    matches!(chars.next(), Some('d' | 'l'))
        && chars.next().is_some_and(is_apostrophe)
        && chars.next().is_some_and(char::is_uppercase)
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
