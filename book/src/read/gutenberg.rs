//! The header and footer that Project Gutenberg puts around a text.

use std::ops::Range;

use super::block::Block;

/// The blocks between them; all blocks where there are none.
pub(crate) fn text_between_licences(blocks: &[Block]) -> Range<usize> {
    // Between the two ways of marking it, texts were given both, one after the other.
    let start = blocks[..(blocks.len() / 2 + 40).min(blocks.len())].iter().rposition(is_start);
    let start = start.map_or(0, |at| at + 1);
    let end = blocks[start..].iter().position(is_end).map_or(blocks.len(), |at| start + at);
    start..end
}

fn is_start(block: &Block) -> bool {
    let text = lower(block);
    text.contains("gutenberg") && (text.contains("*** start of") || text.contains("***start of"))
        || text.contains("*end*the small print")
        || text.contains("*end the small print")
}

fn is_end(block: &Block) -> bool {
    let text = lower(block);
    let ends = text.contains("*** end of") || text.contains("***end of");
    text.contains("gutenberg") && (ends || text.starts_with("end of"))
}

/// The start of a block in lower case: the markers stand at the end of no chapter's paragraph.
fn lower(block: &Block) -> String {
    block.text.chars().take(4096).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(texts: &[&str]) -> Range<usize> {
        let block = |text: &&str| Block { text: (*text).to_owned(), ..Block::default() };
        text_between_licences(&texts.iter().map(block).collect::<Vec<_>>())
    }

    #[test]
    fn the_markers_of_all_times_are_known() {
        let start = "*** START OF THE PROJECT GUTENBERG EBOOK ALICE ***";
        let old = "***START OF THIS PROJECT GUTENBERG EBOOK ALICE***";
        assert_eq!(between(&["a", start, "b", "End of Project Gutenberg’s Alice", "c"]), 2..3);
        assert_eq!(between(&["a", old, "b", "*** END OF THIS PROJECT GUTENBERG EBOOK ***"]), 2..3);
        let small = "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*";
        assert_eq!(between(&["a", old, "b", small, "c", "d", "e", "f"]), 4..8);
        assert_eq!(between(&["a", "He spoke of the end of Gutenberg", "b"]), 0..3);
    }
}
