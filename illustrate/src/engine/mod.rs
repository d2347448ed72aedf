//! What draws: the door between the daemon and whatever makes pictures.

mod builtin;
mod model;

use book::concept::Concept;
use book::element::Element;
use models::{Call, CallError, Picture};

use crate::engraver::Colours;

pub use builtin::Builtin;
pub use model::{EngineError, Model};

/// One plate to be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// Title of the book.
    pub book: &'a str,
    /// The colours of the book, for an engine that mixes its own.
    pub colours: Colours,
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
    /// What is not to be drawn, in words; may be empty.
    pub avoid: &'a str,
    /// Pictures of what is to look the same, for engines that can use them.
    pub references: &'a [Picture],
    /// Width and height in pixels; an engine with fixed sizes takes the nearest shape.
    pub size: [u32; 2],
    /// Another seed gives another arrangement.
    pub seed: u64,
    /// The caller's name for this picture, the same after a restart.
    pub request_id: &'a str,
}

/// A picture that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// The file: whole, and decodable.
    pub bytes: Vec<u8>,
    /// The ending of its name: `png`, `jpg`, `webp`, `gif`.
    pub extension: &'static str,
}

/// Draws plates. Called from several threads.
pub trait ImageEngine: Send + Sync {
    /// Its name and everything of its configuration that changes its pictures. Part of the key of
    /// every plate.
    fn name(&self) -> String;

    /// Whether a call may cost money, so that the intention is recorded before it is made.
    fn is_costly(&self) -> bool;

    /// The engine's own name for the picture of this `request_id`, where a restart can ask for it
    /// instead of drawing again.
    fn job(&self, request_id: &str) -> Option<String> {
        let _ = request_id;
        None
    }

    /// Whether it is told what to draw by the prompt; `false` means by the concept and the cast.
    fn reads_prompts(&self) -> bool;

    /// How many reference pictures it uses of those that are given; the others are dropped.
    fn most_references(&self) -> usize {
        0
    }

    /// Frees the graphics memory for another engine, where the server can.
    ///
    /// # Errors
    /// [`CallError`] where the server can but does not.
    fn unload(&self, call: &Call<'_>) -> Result<(), CallError> {
        let _ = call;
        Ok(())
    }

    /// Draws a plate.
    ///
    /// # Errors
    /// [`CallError`] says whether to try again.
    fn draw(&self, order: &Order<'_>, call: &Call<'_>) -> Result<Drawing, CallError>;
}
