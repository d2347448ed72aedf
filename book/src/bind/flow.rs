//! A book as one stream of headings, paragraphs and plates, for the formats that are written whole.

use super::place::paragraph;
use super::{BindError, Illustration};
use crate::read::Layout;
use crate::read::block::Block;

/// The next thing in the book.
pub(crate) enum Piece<'a> {
    /// A chapter or another part begins; its number and title, either of which may be missing.
    Part {
        number: Option<u32>,
        title: &'a str,
    },
    Block(&'a Block),
    Plate(&'a Illustration),
}

/// The book with its plates, in reading order. `plates` are in the order of the book.
pub(crate) fn flow<'a>(
    layout: &'a Layout,
    plates: &[&'a Illustration],
) -> Result<Vec<Piece<'a>>, BindError> {
    let mut placed = Vec::with_capacity(plates.len());
    for plate in plates {
        placed.push((paragraph(layout, plate)?, *plate));
    }
    // A plate may be for an earlier passage than one before it of the same chapter.
    placed.sort_by_key(|(place, _)| *place);
    let mut placed = placed.into_iter().peekable();
    let mut pieces = Vec::new();
    for (part, number) in &layout.parts {
        if number.is_none() && !layout.is_kept(part) {
            continue;
        }
        pieces.push(Piece::Part { number: *number, title: &part.title });
        for (index, block) in layout.manuscript.blocks[part.body..part.range.end].iter().enumerate()
        {
            pieces.push(Piece::Block(block));
            let here = number.map(|number| (number as usize - 1, index));
            while let Some((_, plate)) = placed.next_if(|(place, _)| Some(*place) == here) {
                pieces.push(Piece::Plate(plate));
            }
        }
    }
    Ok(pieces)
}
