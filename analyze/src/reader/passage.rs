//! Passages: runs of one to five sentences that could be a plate's caption.
//!
//! **Invariant:** a passage starts and ends at the ends of sentences, and no quotation mark is opened
//! in it without being closed.

use std::ops::Range;

use super::text::{Document, Kind};

/// Words of a printed page.
const WORDS_PER_PAGE: f64 = 300.0;
/// A caption of fewer words says too little, of more it is no caption.
const FEWEST_WORDS: usize = 8;
const MOST_WORDS: usize = 80;
const MOST_SENTENCES: usize = 5;

/// How many plates a chapter of `words` words gets: one for every `pages_per_image` pages, at least
/// one, none for a chapter without words. A density that is no positive number counts as 10.
pub(super) fn plates_wanted(words: usize, pages_per_image: f64) -> usize {
    if words == 0 {
        return 0;
    }
    let pages =
        if pages_per_image > 0.0 && pages_per_image.is_finite() { pages_per_image } else { 10.0 };
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of words is far below 2^52, the quotient is positive, and `as` saturates"
    )]
    let wanted = (words as f64 / (WORDS_PER_PAGE * pages)).round() as usize;
    // Never more plates than there are caption-sized pieces of text.
    wanted.clamp(1, words.div_ceil(FEWEST_WORDS))
}

/// One run of sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    /// Bytes of the text.
    pub bytes: Range<usize>,
    /// Numbers of its sentences.
    pub sentences: Range<usize>,
    /// Tokens of the document.
    pub tokens: Range<usize>,
    /// How many words it has.
    pub words: usize,
}

impl Passage {
    /// Every passage of the text, in reading order. Where no run of sentences makes a caption (one
    /// word, one endless sentence), the first sentences that there are.
    pub fn all(document: &Document<'_>) -> Vec<Self> {
        let mut passages = Vec::new();
        for start in 0..document.sentences.len() {
            Self::from(document, start, &mut passages);
        }
        if passages.is_empty() {
            passages.extend(Self::shortest(document));
        }
        passages
    }

    /// The passages that begin with sentence `start`.
    fn from(document: &Document<'_>, start: usize, passages: &mut Vec<Self>) {
        let sentences = &document.sentences;
        let mut words = 0;
        for end in start..sentences.len().min(start + MOST_SENTENCES) {
            let sentence = &sentences[end];
            if sentence.heading || sentence.paragraph != sentences[start].paragraph {
                break;
            }
            words += word_count(document, &sentence.tokens);
            if words > MOST_WORDS {
                break;
            }
            if words >= FEWEST_WORDS {
                let passage = Self::new(document, start..end + 1, words);
                if passage.is_closed(document) {
                    passages.push(passage);
                }
            }
        }
    }

    fn new(document: &Document<'_>, run: Range<usize>, words: usize) -> Self {
        let first = &document.sentences[run.start];
        let last = &document.sentences[run.end - 1];
        Self {
            bytes: first.bytes.start..last.bytes.end,
            tokens: first.tokens.start..last.tokens.end,
            sentences: run,
            words,
        }
    }

    /// The first sentence with a word in it, cut at [`MOST_WORDS`] words.
    fn shortest(document: &Document<'_>) -> Option<Self> {
        let index = (0..document.sentences.len())
            .find(|i| word_count(document, &document.sentences[*i].tokens) > 0)?;
        let mut passage = Self::new(document, index..index + 1, 0);
        let mut end = passage.tokens.start;
        while end < passage.tokens.end && passage.words < MOST_WORDS {
            passage.words += usize::from(document.tokens[end].kind == Kind::Word);
            end += 1;
        }
        if passage.words == MOST_WORDS {
            passage.tokens.end = end;
        }
        passage.bytes.end = document.tokens[passage.tokens.end - 1].end;
        Some(passage)
    }

    /// Whether it neither begins nor ends inside a speech, and closes every mark that it opens.
    fn is_closed(&self, document: &Document<'_>) -> bool {
        let first = self.tokens.start;
        let begins_inside =
            document.tokens[first].spoken && document.tokens[first].kind != Kind::Quote;
        let text = &document.text[self.bytes.clone()];
        let count = |mark: char| text.matches(mark).count();
        let straight = count('"').is_multiple_of(2);
        let brackets = count('(') == count(')') && count('[') == count(']');
        let ends = matches!(document.tokens[self.tokens.end - 1].kind, Kind::Stop | Kind::Quote)
            || text.ends_with(')');
        !begins_inside
            && ends
            && straight
            && brackets
            && count('“') == count('”')
            && count('‘') <= count('’')
            && self.single_marks_closed(document)
    }

    /// In a text whose speech stands in single marks, a passage may not end inside one.
    fn single_marks_closed(&self, document: &Document<'_>) -> bool {
        document.told || !document.tokens[self.tokens.end - 1].spoken
    }
}

/// How many words stand in a run of tokens.
pub(super) fn word_count(document: &Document<'_>, tokens: &Range<usize>) -> usize {
    document.tokens[tokens.clone()].iter().filter(|token| token.kind == Kind::Word).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn density_gives_at_least_one_plate() {
        assert_eq!(plates_wanted(0, 10.0), 0);
        assert_eq!(plates_wanted(1, 10.0), 1);
        assert_eq!(plates_wanted(6_000, 10.0), 2);
        assert_eq!(plates_wanted(6_000, 1.0), 20);
        assert_eq!(plates_wanted(6_000, f64::NAN), 2);
        assert_eq!(plates_wanted(6_000, 0.0), 2);
        assert_eq!(plates_wanted(16, 1e-12), 2);
    }

    #[test]
    fn a_passage_never_begins_or_ends_inside_a_speech() {
        let text = "The old king stood by the window. “I saw a ship upon the grey sea. It had no \
                    sails at all,” he said, and he closed the heavy curtain.";
        let document = Document::new(text);
        for passage in Passage::all(&document) {
            let quote = &text[passage.bytes];
            assert_eq!(quote.matches('“').count(), quote.matches('”').count(), "{quote}");
            assert!(!quote.starts_with("It had"), "{quote}");
        }
    }

    #[test]
    fn one_word_and_one_endless_sentence_still_give_a_passage() {
        assert_eq!(Passage::all(&Document::new("Silence.")).len(), 1);
        let endless = "on and ".repeat(500);
        let document = Document::new(&endless);
        let passages = Passage::all(&document);
        assert_eq!(passages.len(), 1);
        assert!(passages[0].words <= MOST_WORDS);
        assert!(Passage::all(&Document::new("")).is_empty());
        assert!(Passage::all(&Document::new("* * *")).is_empty());
    }
}
