//! The mood of a passage: what its words and those around it are coloured by.

use std::collections::BTreeMap;
use std::ops::Range;

use super::lexicon::moods;
use super::text::Document;

/// One or two moods of a passage, the stronger first; empty when its words have none.
pub(super) fn mood(document: &Document<'_>, sentences: &Range<usize>) -> String {
    const AROUND: usize = 4;
    let from = sentences.start.saturating_sub(AROUND);
    let to = (sentences.end + AROUND).min(document.sentences.len());
    let mut weights: BTreeMap<&'static str, u32> = BTreeMap::new();
    for number in from..to {
        let weight = if sentences.contains(&number) { 3 } else { 1 };
        for at in document.sentences[number].tokens.clone() {
            let denied = matches!(document.before(at, 1), "no" | "not" | "never" | "without");
            if let Some((label, _)) = moods().label_at(document, at).filter(|_| !denied) {
                *weights.entry(label).or_default() += weight;
            }
        }
    }
    let mut ranked: Vec<(&str, u32)> = weights.into_iter().collect();
    ranked.sort_by_key(|(label, weight)| (std::cmp::Reverse(*weight), *label));
    match ranked.as_slice() {
        [(first, most), (second, next), ..]
            if *most >= 3 && next * 10 >= most * 7 && *next >= 3 =>
        {
            format!("{first}, {second}")
        }
        [(first, most), ..] if *most >= 3 => (*first).to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mood_is_what_the_words_say() {
        let text = "She screamed in terror at the hideous thing.";
        let document = Document::new(text);
        assert_eq!(mood(&document, &(0..1)), "terrifying");
    }
}
