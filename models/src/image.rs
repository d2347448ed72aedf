//! Image models: one prompt, one picture.

use crate::call::Call;
use crate::error::CallError;
use crate::fault::Fault;
use crate::gate::Usage;
use crate::money::Price;
use crate::picture::Picture;
use crate::probe::Finding;
use crate::report::excerpt;
use crate::retry::Answered;

pub(crate) mod chat;
pub(crate) mod comfyui;
pub(crate) mod command;
pub(crate) mod openai;
pub(crate) mod webui;
pub(crate) mod workflow;

/// Reference pictures that are sent at most, where the configuration does not say.
pub(crate) const USUAL_REFERENCES: usize = 4;

/// A picture to be drawn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImageRequest {
    /// What to draw.
    pub prompt: String,
    /// What not to draw; dropped by engines that know no such thing.
    pub negative: String,
    /// Width in pixels; engines with fixed sizes take the one of the nearest shape.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// For engines that can repeat a picture.
    pub seed: Option<u64>,
    /// Pictures of what is to look the same; dropped by engines that cannot use them.
    pub references: Vec<Picture>,
    /// The caller's name for this picture, the same after a restart: an engine that can, gives
    /// the picture made for it earlier instead of drawing again.
    pub request_id: String,
}

/// A picture that was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageAnswer {
    /// The picture: decodable, at least 64 pixels each way, not of one flat colour.
    pub picture: Picture,
    /// The seed it was drawn with, where the engine has one.
    pub seed: Option<u64>,
    /// The prompt as the engine changed it, where it says so.
    pub revised_prompt: Option<String>,
    /// Tokens and price.
    pub usage: Usage,
}

/// An image model on some server, or a program.
pub trait ImageModel: Send + Sync {
    /// Draws one picture, with retries.
    ///
    /// # Errors
    /// [`CallError`], sorted by what to do about it.
    fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> Result<ImageAnswer, CallError>;

    /// How many reference pictures are used of those that are given; the others are dropped.
    fn most_references(&self) -> usize;

    /// The engine's own name for the picture of this `request_id`, where it will know it again
    /// after a restart; `None` where every request is a new one.
    fn job(&self, request_id: &str) -> Option<String> {
        let _ = request_id;
        None
    }

    /// The price of its work, where it is known.
    fn price(&self) -> Option<Price>;

    /// Looks whether a call can succeed, without making a paid one.
    fn probe(&self, call: &Call<'_>) -> Vec<Finding>;

    /// Frees the graphics memory for another engine, where the server can.
    ///
    /// # Errors
    /// [`CallError`] where the server can but does not.
    fn unload(&self, call: &Call<'_>) -> Result<(), CallError> {
        let _ = call;
        Ok(())
    }
}

/// What an engine brought, before the bytes are checked.
pub(crate) struct RawPicture {
    pub bytes: Vec<u8>,
    pub seed: Option<u64>,
    pub revised_prompt: Option<String>,
    pub usage: Usage,
}

/// The request as it is made after `useless` useless answers: the same seed would only bring the
/// same useless picture again.
pub(crate) fn reseeded(request: &ImageRequest, useless: u64) -> ImageRequest {
    ImageRequest { seed: request.seed.map(|seed| seed.wrapping_add(useless)), ..request.clone() }
}

/// Checks that the bytes are a picture.
pub(crate) fn accept(raw: RawPicture) -> Result<Answered<ImageAnswer>, Fault> {
    let RawPicture { bytes, seed, revised_prompt, usage } = raw;
    let picture = Picture::check(bytes).map_err(|why| Fault::useless(why, usage))?;
    let value = ImageAnswer { picture, seed, revised_prompt, usage };
    Ok(Answered { value, usage })
}

/// The prompt for an engine that knows no negative one: said in words instead.
pub(crate) fn prompt_with_negative(request: &ImageRequest) -> String {
    if request.negative.trim().is_empty() {
        return request.prompt.clone();
    }
    format!("{}\n\nAvoid: {}", request.prompt, request.negative)
}

/// What to say of an answer of words where a picture was asked for.
pub(crate) fn no_picture(words: &str) -> String {
    match excerpt(words) {
        words if words.is_empty() => "no picture in the answer".to_owned(),
        words => format!("words instead of a picture: {words}"),
    }
}

/// The one of `shapes` (width to height) nearest in proportion.
pub(crate) fn nearest_shape(shapes: &[(u32, u32)], width: u32, height: u32) -> (u32, u32) {
    let wanted = (f64::from(width.max(1)) / f64::from(height.max(1))).ln();
    let distance = |&(w, h): &(u32, u32)| ((f64::from(w) / f64::from(h)).ln() - wanted).abs();
    shapes
        .iter()
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .copied()
        .unwrap_or((width, height))
}

/// The proportions that Gemini and OpenRouter draw in.
pub(crate) const ASPECTS: &[(u32, u32)] =
    &[(1, 1), (2, 3), (3, 2), (3, 4), (4, 3), (4, 5), (5, 4), (9, 16), (16, 9), (21, 9)];

/// `3:2` for the nearest of [`ASPECTS`].
pub(crate) fn aspect(width: u32, height: u32) -> String {
    let (w, h) = nearest_shape(ASPECTS, width, height);
    format!("{w}:{h}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_shape_is_nearest_in_proportion() {
        assert_eq!(aspect(1200, 800), "3:2");
        assert_eq!(aspect(800, 1200), "2:3");
        assert_eq!(aspect(1000, 1000), "1:1");
        assert_eq!(aspect(9000, 100), "21:9");
        assert_eq!(aspect(0, 0), "1:1");
    }
}
