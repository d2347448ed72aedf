//! What draws: the door between the daemon and whatever makes pictures.

use book::concept::Concept;
use book::element::Element;
use models::{CallError, Stage};

use crate::engraver::{self, EngraveError, Sitting, Style};

/// One plate to be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// Title of the book.
    pub book: &'a str,
    /// Number of the chapter.
    pub chapter: u32,
    /// Title of the chapter; may be empty.
    pub chapter_title: &'a str,
    /// The moment to show.
    pub concept: &'a Concept,
    /// The elements present, as far as they are known by this chapter.
    pub cast: &'a [Element],
    /// The same in words, for engines that read.
    pub prompt: &'a str,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Another seed gives another arrangement.
    pub seed: u64,
}

/// Draws plates. Called from several threads.
pub trait ImageEngine: Send + Sync {
    /// Its name and everything of its configuration that changes its pictures. Part of the key of
    /// every plate.
    fn name(&self) -> String;

    /// Whether a call may cost money, so that the intention is recorded before it is made.
    fn is_costly(&self) -> bool;

    /// Draws a plate: the bytes of a PNG.
    ///
    /// # Errors
    /// [`CallError`] says whether to try again.
    fn draw(&self, order: &Order<'_>) -> Result<Vec<u8>, CallError>;
}

/// The built-in engraver: composes a cut print, offline.
#[derive(Debug, Clone, Copy, Default)]
pub struct Builtin {
    /// The manner of cutting.
    pub style: Style,
}

impl ImageEngine for Builtin {
    fn name(&self) -> String {
        format!("builtin {}", self.style)
    }

    fn is_costly(&self) -> bool {
        false
    }

    fn draw(&self, order: &Order<'_>) -> Result<Vec<u8>, CallError> {
        let sitting = Sitting {
            book: order.book,
            chapter: order.chapter,
            chapter_title: order.chapter_title,
            concept: order.concept,
            cast: order.cast,
            style: self.style,
            width: order.size[0],
            height: order.size[1],
            seed: order.seed,
            caption: true,
        };
        engraver::engrave(&sitting).map_err(|error: EngraveError| CallError::Refused {
            engine: self.name(),
            reason: error.to_string(),
            stage: Stage::Input,
        })
    }
}
