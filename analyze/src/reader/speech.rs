//! What is spoken, told from what is narrated.

use super::token::{Kind, Token};

/// Tells speech from narration by the marks the text itself uses for speech: double ones, or single
/// ones where those are more frequent. A speech ends with its paragraph at the latest.
pub(super) fn mark_spoken(text: &str, tokens: &mut [Token]) {
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
    use crate::reader::text::{Document, Kind};

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
}
