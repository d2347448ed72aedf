//! Cutting a chapter into pieces that fit a model's context, at paragraphs.

use std::ops::Range;

use models::estimate_tokens;

/// The pieces of a text, in order and without gaps, each of at most so many tokens. A paragraph that is
/// longer by itself is cut between words.
pub(super) fn pieces(text: &str, tokens: u64) -> Vec<Range<usize>> {
    let tokens = tokens.max(64);
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut held = 0;
    for part in text.split_inclusive("\n\n").flat_map(|part| short_enough(part, tokens)) {
        let needed = estimate_tokens(part);
        match pieces.last_mut().filter(|_| held + needed <= tokens) {
            Some(piece) => {
                piece.end += part.len();
                held += needed;
            }
            None => {
                let start = pieces.last().map_or(0, |piece| piece.end);
                pieces.push(start..start + part.len());
                held = needed;
            }
        }
    }
    pieces
}

fn short_enough(paragraph: &str, tokens: u64) -> Vec<&str> {
    if estimate_tokens(paragraph) <= tokens {
        return vec![paragraph];
    }
    let (mut parts, mut rest) = (Vec::new(), paragraph);
    while estimate_tokens(rest) > tokens {
        // One character is at most one token.
        let most = usize::try_from(tokens).unwrap_or(usize::MAX);
        let end = rest.char_indices().nth(most).map_or(rest.len(), |(at, _)| at);
        let end = rest[..end].rfind(char::is_whitespace).filter(|at| *at > 0).unwrap_or(end);
        let (part, left) = rest.split_at(end);
        parts.push(part);
        rest = left;
    }
    parts.push(rest);
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_is_lost_and_every_piece_fits(text in "([a-z]{1,9}[ ]|\n\n|é){0,300}", tokens in 64u64..200) {
            let pieces = pieces(&text, tokens);
            let whole: String = pieces.iter().map(|piece| &text[piece.clone()]).collect();
            prop_assert_eq!(&whole, &text);
            for piece in &pieces {
                // Rounding up is done once a part.
                prop_assert!(estimate_tokens(&text[piece.clone()]) <= tokens + 1);
            }
        }
    }
}
