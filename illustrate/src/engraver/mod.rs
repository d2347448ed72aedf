//! The built-in engraver: composes a plate in the manner of a cut print, offline.
//!
//! A [`Sitting`] is everything a plate is made from. It is read into a scene (place, hour, weather,
//! light, who is there and what they do), the scene is composed layer by layer on printing blocks,
//! and the blocks are printed on paper with a frame and a caption. No artwork is loaded: every shape is
//! drawn by code of this module.
//!
//! **Invariant:** [`engrave`] is a pure function. The same sitting gives the same bytes on every
//! machine and in every thread: nothing reads a clock, a file, or the order in which other plates
//! are drawn, and no arithmetic depends on the platform's mathematical library (see [`trig`]).

mod block;
mod chance;
mod land;
mod palette;
mod press;
mod reading;
mod ridge;
mod sky;
mod trig;

pub mod drawing;

use book::concept::Concept;
use book::element::Element;
use thiserror::Error;

/// The smallest side of a plate, in pixels.
pub const MIN_SIDE: u32 = 64;
/// The largest side of a plate, in pixels.
pub const MAX_SIDE: u32 = 4096;

/// Everything a plate is made from.
#[derive(Debug, Clone, Copy)]
pub struct Sitting<'a> {
    /// Title of the book: with the seed, it chooses the book's family of colours and its frame.
    pub book: &'a str,
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
    /// Another seed gives another arrangement of the same scene.
    pub seed: u64,
    /// Whether the quote and the chapter are printed below the picture.
    pub caption: bool,
}

/// The manner a plate is cut in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// Carved lines in a dark ink over one or two colours, on warm paper.
    #[default]
    Woodcut,
    /// Layers of coloured paper with their shadows.
    Papercut,
    /// Fine hatching in one ink.
    Etching,
}

impl Style {
    /// Every style, in the order of the help text.
    pub const ALL: [Style; 3] = [Style::Woodcut, Style::Papercut, Style::Etching];

    /// The word that chooses the style on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Style::Woodcut => "woodcut",
            Style::Papercut => "papercut",
            Style::Etching => "etching",
        }
    }
}

impl std::fmt::Display for Style {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Style {
    type Err = EngraveError;

    fn from_str(text: &str) -> Result<Self, EngraveError> {
        let known = Style::ALL.into_iter().find(|style| style.name().eq_ignore_ascii_case(text));
        known.ok_or_else(|| EngraveError::UnknownStyle { name: text.to_owned() })
    }
}

/// Why a plate could not be engraved.
#[derive(Debug, Error)]
pub enum EngraveError {
    /// A side is too small to show anything, or too large to hold in memory.
    #[error("a plate of {width}x{height} pixels cannot be engraved; each side must be {MIN_SIDE} to {MAX_SIDE}")]
    Size {
        /// Width asked for.
        width: u32,
        /// Height asked for.
        height: u32,
    },
    /// No style has this name.
    #[error("no style is named `{name}`; choose woodcut, papercut or etching")]
    UnknownStyle {
        /// The name asked for.
        name: String,
    },
    /// The picture is there but could not be written as PNG.
    #[error("the plate could not be encoded as PNG")]
    Png(#[from] png::EncodingError),
    /// The picture is there but could not be written as JPEG.
    #[error("the plate could not be encoded as JPEG")]
    Jpeg(#[from] image::ImageError),
}

/// A first landscape.
pub fn sketch(hour: u8, style: Style, seed: u64, weather: u8) -> press::Picture {
    use reading::*;
    use palette::*;
    use sky::*;
    let hour = [Hour::Dawn, Hour::Day, Hour::Dusk, Hour::Night][hour as usize];
    let weather = [Weather::Clear, Weather::Rain, Weather::Storm, Weather::Fog][weather as usize];
    let palette = Palette::of("x", seed, hour, weather, Mood::Calm);
    let (w, h) = (920usize, 1250usize);
    let mut block = block::Block::new(w, h, palette, style);
    let chance = chance::Chance::new(seed);
    let horizon = 700.0;
    let light = Luminary { x: 620.0, y: 300.0, radius: 70.0, crescent: seed % 3 == 0 };
    let lines = match hour { Hour::Night => SkyLines::Rings, Hour::Dawn | Hour::Dusk => SkyLines::Rays, Hour::Day => SkyLines::Streams };
    Sky { hour, weather, horizon, light, lines }.cut(&mut block, &chance);
    let night = hour == Hour::Night;
    let k = if night { 0.35 } else { 1.0 };
    let mut c = chance.branch("land");
    let m = ridge::Ridge::mountains(&mut c, 920.0, 660.0, 200.0, 330.0);
    land::mountains(&mut block, &m, 760.0, &land::Ground { depth: 0.8, crest: 0.98 * mixk(k), foot: 0.5 * k, fall: 200.0, colour: blend(palette.zenith, palette.land, 0.2), light_x: light.x }, true);
    for i in 0..3 {
        let d = 0.65 - i as f32 * 0.25;
        let r = ridge::Ridge::rolling(&mut c, 920.0, 720.0 + i as f32 * 80.0, 70.0 + 20.0 * i as f32, 260.0 + 60.0 * i as f32);
        land::hill(&mut block, &r, 1250.0, &land::Ground { depth: d, crest: 0.95 * mixk(k) - 0.1 * i as f32, foot: (0.6 - 0.15 * i as f32) * k, fall: 120.0, colour: palette.land, light_x: light.x });
    }
    let r = ridge::Ridge::rolling(&mut c, 920.0, 980.0, 30.0, 500.0);
    land::field(&mut block, &r, 1250.0, &land::Ground { depth: 0.2, crest: 0.8 * mixk(k), foot: 0.3 * k, fall: 250.0, colour: palette.land, light_x: light.x });
    let road = land::Road { from: (300.0, 1260.0), to: (560.0, 975.0), widths: (330.0, 14.0), swing: 200.0 };
    road.cut(&mut block, if night { 0.5 } else { 1.0 });
    land::grass(&mut block, &mut c, |x| 1240.0 + (x * 0.01).sin() * 20.0, 90.0, 0.2, palette.key, 1.0);
    let mut sheet = press::Sheet::new(1024, 1536, &palette);
    sheet.print(&block, press::Bed { left: 52, top: 60 });
    sheet.finish()
}
fn mixk(k: f32) -> f32 { 0.5 + 0.5 * k }
