//! The built-in engraver as an engine: offline, free, the same picture for the same order.

use models::{Call, CallError};

use super::{Drawing, ImageEngine, Order};
use crate::engraver::{self, EngraveError, Sitting, Style};

/// The built-in engraver: composes a cut print, offline.
#[derive(Debug, Clone, Copy, Default)]
pub struct Builtin {
    /// The manner of cutting.
    pub style: Style,
}

impl ImageEngine for Builtin {
    fn name(&self) -> String {
        format!("builtin {} {}", engraver::VERSION, self.style)
    }

    fn is_costly(&self) -> bool {
        false
    }

    fn reads_prompts(&self) -> bool {
        false
    }

    fn draw(&self, order: &Order<'_>, _: &Call<'_>) -> Result<Drawing, CallError> {
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
        let rejected = |error: EngraveError| CallError::Rejected {
            engine: self.name(),
            what: error.to_string(),
        };
        let bytes = engraver::engrave(&sitting).map_err(rejected)?;
        Ok(Drawing { bytes, extension: "png" })
    }
}
