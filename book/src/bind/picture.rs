//! Pictures as they are stored in a book: what they are, how large, and their bytes.
//!
//! **Invariant:** one picture is in memory at a time.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Write};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::FilterType as Resampling;
use image::{DynamicImage, ImageError, ImageFormat, ImageReader, Limits, RgbImage};

use super::{BindError, Pictures};

/// Memory one picture may take when it is decoded.
const MAX_DECODED: u64 = 512 << 20;

/// A picture that is to go into a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Picture {
    /// PNG or JPEG, as it will be stored.
    pub format: ImageFormat,
    /// Pixels, as it will be stored.
    pub size: (u32, u32),
    /// The file can be copied as it is.
    verbatim: bool,
}

impl Picture {
    /// Looks at a picture file, at its head alone.
    pub fn inspect(path: &Path, pictures: Pictures) -> Result<Self, BindError> {
        let reader = open(path)?;
        let source = reader.format().unwrap_or(ImageFormat::Pnm);
        let (width, height) = reader.into_dimensions().map_err(|source| failed(path, source))?;
        let (format, long_side) = match pictures {
            Pictures::Original if matches!(source, ImageFormat::Png | ImageFormat::Jpeg) => {
                (source, u32::MAX)
            }
            // What no reader is bound to show becomes what all of them do.
            Pictures::Original => (ImageFormat::Png, u32::MAX),
            Pictures::Jpeg { long_side, .. } => (ImageFormat::Jpeg, long_side),
            Pictures::Png { long_side } => (ImageFormat::Png, long_side),
        };
        let size = fitted((width, height), long_side.max(1));
        Ok(Self { format, size, verbatim: format == source && size == (width, height) })
    }

    pub fn extension(&self) -> &'static str {
        if self.format == ImageFormat::Jpeg { "jpg" } else { "png" }
    }

    /// Writes the picture as it is to be stored. Errors of `out` are kept apart from those of the file.
    pub fn write(
        &self,
        path: &Path,
        pictures: Pictures,
        out: &mut impl Write,
    ) -> Result<io::Result<()>, BindError> {
        if self.verbatim {
            let mut file = File::open(path).map_err(|source| failed(path, source.into()))?;
            return Ok(io::copy(&mut file, out).map(|_| ()));
        }
        let decoded = self.decoded(path)?;
        let mut bytes = Cursor::new(Vec::new());
        let encoded = match pictures {
            Pictures::Jpeg { quality, .. } => {
                let encoder = JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100));
                on_white(&decoded).write_with_encoder(encoder)
            }
            Pictures::Original | Pictures::Png { .. } => {
                let encoder = PngEncoder::new_with_quality(
                    &mut bytes,
                    CompressionType::Default,
                    FilterType::Adaptive,
                );
                decoded.write_with_encoder(encoder)
            }
        };
        encoded.map_err(|source| failed(path, source))?;
        Ok(out.write_all(bytes.get_ref()))
    }

    /// The pixels as they are to be stored, on white paper.
    pub fn pixels(&self, path: &Path) -> Result<RgbImage, BindError> {
        Ok(on_white(&self.decoded(path)?))
    }

    fn decoded(&self, path: &Path) -> Result<DynamicImage, BindError> {
        let decoded = open(path)?.decode().map_err(|source| failed(path, source))?;
        if (decoded.width(), decoded.height()) == self.size {
            return Ok(decoded);
        }
        Ok(decoded.resize_exact(self.size.0, self.size.1, Resampling::CatmullRom))
    }
}

fn open(path: &Path) -> Result<ImageReader<BufReader<File>>, BindError> {
    let reader = ImageReader::open(path).and_then(ImageReader::with_guessed_format);
    let mut reader = reader.map_err(|source| failed(path, source.into()))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    Ok(reader)
}

fn failed(path: &Path, source: ImageError) -> BindError {
    BindError::Picture { path: path.to_owned(), source }
}

/// The size at which the longer side is at most `long_side`.
fn fitted((width, height): (u32, u32), long_side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= long_side {
        return (width, height);
    }
    let scale = |side: u32| {
        let scaled =
            (u64::from(side) * u64::from(long_side) + u64::from(longest) / 2) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
    };
    (scale(width), scale(height))
}

/// JPEG has no transparency: what shines through is paper.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let rgba = picture.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, alpha] = rgba.get_pixel(x, y).0;
        let over = |c: u8| {
            let blended = u32::from(c) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            u8::try_from(blended / 255).unwrap_or(255)
        };
        image::Rgb([over(r), over(g), over(b)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_fitted_and_never_enlarged() {
        assert_eq!(fitted((1024, 1536), 1600), (1024, 1536));
        assert_eq!(fitted((2000, 3000), 1500), (1000, 1500));
        assert_eq!(fitted((10_000, 1), 100), (100, 1));
    }
}
