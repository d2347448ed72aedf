//! The built-in engraver as an engine: offline, free, the same picture for the same order.

use config::Format;
use models::{Call, CallError};

use super::{Drawing, ImageEngine, Order};
use crate::engraver::{self, EngraveError, Sitting, Style};

/// From 1 to 100: lines stay sharp, and the files are small.
const JPEG_QUALITY: u8 = 88;

/// The built-in engraver: composes a cut print, offline.
#[derive(Debug, Clone, Copy, Default)]
pub struct Builtin {
    /// The manner of cutting.
    pub style: Style,
    /// The kind of file it writes.
    pub format: Format,
}

impl Builtin {
    fn engrave(self, sitting: &Sitting<'_>) -> Result<Drawing, EngraveError> {
        let picture = engraver::draw(sitting)?;
        Ok(match self.format {
            Format::Png => Drawing { bytes: picture.png()?, extension: "png" },
            Format::Jpeg => Drawing { bytes: picture.jpeg(JPEG_QUALITY)?, extension: "jpg" },
        })
    }
}

impl ImageEngine for Builtin {
    fn name(&self) -> String {
        let kind = match self.format {
            Format::Png => "",
            Format::Jpeg => " jpeg",
        };
        format!("builtin {} {}{kind}", engraver::VERSION, self.style)
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
            colours: order.colours,
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
        self.engrave(&sitting)
            .map_err(|error| CallError::Rejected { engine: self.name(), what: error.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use book::concept::Concept;

    use super::*;
    use crate::engraver::Colours;

    #[test]
    fn the_format_decides_the_file_its_ending_and_the_key() {
        let concept = Concept { quote: "The sea.".to_owned(), ..Concept::default() };
        let order = Order {
            book: "The Lantern",
            colours: Colours::of("The Lantern", &[]),
            chapter: 1,
            chapter_title: "",
            concept: &concept,
            cast: &[],
            prompt: "",
            avoid: "",
            references: &[],
            size: [96, 144],
            seed: 1,
            request_id: "1",
        };
        let flag = AtomicBool::new(false);
        let drawn = [Format::Png, Format::Jpeg].map(|format| {
            let engine = Builtin { format, ..Builtin::default() };
            (engine.name(), engine.draw(&order, &Call::new(&flag)).unwrap())
        });
        assert_ne!(drawn[0].0, drawn[1].0);
        assert_eq!(drawn.each_ref().map(|(_, plate)| plate.extension), ["png", "jpg"]);
        for ((_, plate), kind) in
            drawn.iter().zip([image::ImageFormat::Png, image::ImageFormat::Jpeg])
        {
            assert_eq!(image::guess_format(&plate.bytes).unwrap(), kind);
        }
    }
}
