//! Whether a text is English, told by the share of its most common words.

use super::lexicon::grammar;
use super::text::{Document, Kind};

/// In English prose three to four words of ten are among the common ones; in other languages under one.
const LEAST_SHARE: f64 = 0.16;

/// Fewer words than this decide nothing: taken for English.
const FEWEST_WORDS: u32 = 60;

/// How many words of the text are common English ones.
pub(super) fn common_words(document: &Document<'_>) -> u32 {
    let is_common = |i: &usize| {
        document.tokens[*i].kind == Kind::Word && grammar().is(document.word(*i), "common")
    };
    u32::try_from((0..document.tokens.len()).filter(is_common).count()).unwrap_or(u32::MAX)
}

/// Whether `common` of `words` words is what English prose has.
pub(super) fn is_english(words: u32, common: u32) -> bool {
    words < FEWEST_WORDS || f64::from(common) >= f64::from(words) * LEAST_SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(text: &str) -> bool {
        let document = Document::new(text);
        is_english(u32::try_from(document.word_count()).unwrap(), common_words(&document))
    }

    #[test]
    fn english_is_told_from_its_neighbours() {
        assert!(english(
            &"The boat went down the river, and they saw that it was dark under the trees. "
                .repeat(5)
        ));
        for other in [
            "Das Boot fuhr den Fluss hinab, und sie sahen, dass es unter den Bäumen dunkel war. ",
            "Le bateau descendait la rivière, et ils virent qu’il faisait sombre sous les arbres. ",
            "De boot voer de rivier af en zij zagen dat het donker was onder de bomen. ",
            "La barca bajaba por el río y vieron que estaba oscuro debajo de los árboles. ",
        ] {
            assert!(!english(&other.repeat(6)), "{other}");
        }
    }
}
