//! The built-in engraver: composes a plate in the manner of a cut print, offline.
//!
//! A [`Sitting`] is everything a plate is made from. It is read into a scene (place, hour, weather,
//! light, who is there and what they do), the scene is composed layer by layer on printing blocks,
//! and the blocks are printed on paper with a frame and a caption. All shapes are our own: land, sky,
//! rooms and people are drawn by code, things and beasts come from the drawings under `motifs/`.
//!
//! **Invariant:** [`engrave`] is a pure function. The same sitting gives the same bytes on every
//! machine and in every thread: nothing reads a clock, a file, or the order in which other plates
//! are drawn, and no arithmetic depends on the platform's mathematical library (see `trig.rs`).

mod action;
mod block;
mod bystander;
mod caption;
mod cast;
mod chance;
mod colours;
mod composition;
mod land;
mod lexicon;
mod page;
mod palette;
mod press;
mod reading;
mod ridge;
mod scene;
mod sky;
mod stage;
mod surface;
mod trig;
mod weather;
mod wood;

pub mod drawing;
pub mod figure;
pub mod motif;

use book::concept::Concept;
use book::element::Element;
use thiserror::Error;

pub use colours::Colours;
pub use config::{MAX_SIDE, MIN_SIDE, Style};
pub use press::Picture;

use block::Block;
use chance::{hash_text, mingle};
use composition::Composition;
use page::Page;
use palette::Palette;
use press::Sheet;
use scene::Scene;

/// Counts up when the same sitting gives another picture than before. Part of the key of every plate:
/// what is drawn is never drawn again for it, but a plate that is asked for again is a new one.
pub const VERSION: u32 = 3;

/// Everything a plate is made from.
#[derive(Debug, Clone, Copy)]
pub struct Sitting<'a> {
    /// Title of the book. It chooses the frame, so that all plates of a book belong together.
    pub book: &'a str,
    /// The book's family of colours.
    pub colours: Colours,
    /// Number of the chapter. With the concept's index it keeps neighbouring plates apart.
    pub chapter: u32,
    /// Title of the chapter as printed; may be empty. Stands in the caption.
    pub chapter_title: &'a str,
    /// The moment to show.
    pub concept: &'a Concept,
    /// The elements present, with their descriptions; others are ignored.
    pub cast: &'a [Element],
    /// The manner of cutting.
    pub style: Style,
    /// Width in pixels, [`MIN_SIDE`] to [`MAX_SIDE`].
    pub width: u32,
    /// Height in pixels, [`MIN_SIDE`] to [`MAX_SIDE`].
    pub height: u32,
    /// Another seed gives another arrangement of the same scene, in the same colours and frame.
    pub seed: u64,
    /// Whether the quote and the chapter are printed below the picture.
    pub caption: bool,
}

impl Sitting<'_> {
    fn check(&self) -> Result<(), EngraveError> {
        let allowed = MIN_SIDE..=MAX_SIDE;
        let (width, height) = (self.width, self.height);
        let fits = allowed.contains(&width) && allowed.contains(&height);
        if fits { Ok(()) } else { Err(EngraveError::Size { width, height }) }
    }
}

/// Why a plate could not be engraved.
#[derive(Debug, Error)]
pub enum EngraveError {
    /// A side is too small to show anything, or too large to hold in memory.
    #[error(
        "a plate of {width}x{height} pixels cannot be engraved; each side must be {MIN_SIDE} to {MAX_SIDE}"
    )]
    Size {
        /// Width asked for.
        width: u32,
        /// Height asked for.
        height: u32,
    },
    /// The picture is there but could not be written as PNG.
    #[error("the plate could not be encoded as PNG")]
    Png(#[from] png::EncodingError),
    /// The picture is there but could not be written as JPEG.
    #[error("the plate could not be encoded as JPEG")]
    Jpeg(#[from] image::ImageError),
}

/// Engraves a plate and encodes it as PNG.
///
/// # Errors
/// When a side is out of bounds, or the encoder fails.
pub fn engrave(sitting: &Sitting<'_>) -> Result<Vec<u8>, EngraveError> {
    draw(sitting)?.png()
}

/// Engraves a plate.
///
/// # Errors
/// When a side is out of bounds.
pub fn draw(sitting: &Sitting<'_>) -> Result<Picture, EngraveError> {
    Ok(Proof::compose(sitting)?.print())
}

/// What a picture that is no plate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoration {
    /// A strip over the beginning of a chapter.
    Headpiece,
    /// The ground of an initial: so light that a dark letter stands out.
    Initial,
}

/// Engraves an ornament: the place and the light of a moment, without a caption, up to the edge.
///
/// # Errors
/// When a side is out of bounds.
pub fn decorate(sitting: &Sitting<'_>, decoration: Decoration) -> Result<Picture, EngraveError> {
    sitting.check()?;
    let page = Page::trimmed(sitting.width as usize, sitting.height as usize);
    let proof = Proof::cut(sitting, page, None, false);
    let (picture, paper) = (proof.print(), proof.block.palette.paper);
    Ok(match decoration {
        Decoration::Headpiece => picture,
        Decoration::Initial => picture.thinned(0.55, paper),
    })
}

/// A block that is cut but not yet printed.
#[derive(Debug)]
pub struct Proof {
    page: Page,
    block: Block,
}

impl Proof {
    /// Reads the sitting and cuts the composition that suits it.
    ///
    /// # Errors
    /// When a side is out of bounds.
    pub fn compose(sitting: &Sitting<'_>) -> Result<Self, EngraveError> {
        Self::compose_as(sitting, None)
    }

    /// Cuts a composition, the one that suits the sitting unless another is asked for.
    fn compose_as(
        sitting: &Sitting<'_>,
        composition: Option<Composition>,
    ) -> Result<Self, EngraveError> {
        sitting.check()?;
        let (width, height) = (sitting.width as usize, sitting.height as usize);
        let text = sitting.caption.then_some((sitting.concept.caption(), sitting.chapter_title));
        let page = Page::new(width, height, text, hash_text(sitting.book));
        Ok(Self::cut(sitting, page, composition, true))
    }

    /// Cuts a composition for a page, with the people of the scene or without them.
    fn cut(
        sitting: &Sitting<'_>,
        page: Page,
        composition: Option<Composition>,
        peopled: bool,
    ) -> Self {
        let mut scene = Scene::of(sitting, mingle(hash_text(sitting.book), sitting.seed));
        if !peopled {
            scene.cast.people.clear();
        }
        let palette = Palette::of(
            sitting.colours,
            scene.reading.hour,
            scene.reading.weather,
            scene.reading.mood,
        );
        let mut block = Block::new(page.bed.width, page.bed.height, palette, sitting.style);
        composition.unwrap_or_else(|| Composition::of(&scene)).cut(&mut block, &scene);
        block.settle();
        Self { page, block }
    }

    /// Prints the block on paper, with frame and caption.
    #[must_use]
    pub fn print(&self) -> Picture {
        let palette = &self.block.palette;
        let mut sheet = Sheet::new(self.page.width, self.page.height, palette);
        sheet.print(&self.block, self.page.bed);
        self.page.finish(&mut sheet, palette.key);
        sheet.finish()
    }
}

#[cfg(test)]
mod tests;
