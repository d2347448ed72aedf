//! Pictures as bytes, and the check that they are pictures.

use std::io::Cursor;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use image::{DynamicImage, GenericImageView, ImageFormat, ImageReader, Limits};

/// The shortest side of a picture worth printing.
const LEAST_SIDE: u32 = 64;

/// The longest side that is decoded; nothing that draws is asked for more.
const MOST_SIDE: u32 = 16_384;

/// Memory a picture may take while it is decoded.
const MOST_MEMORY: u64 = 1 << 30;

/// A picture: the bytes of a PNG, JPEG, WebP or GIF file.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// What the bytes are, whatever somebody called them: `image/png`, ….
    pub media_type: &'static str,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

impl Picture {
    /// An even grey, which shows nothing.
    pub(crate) fn grey() -> Self {
        let grey = image::GrayImage::from_pixel(512, 512, image::Luma([128]));
        let mut bytes = Cursor::new(Vec::new());
        // Writing to memory fails for want of memory alone; what is empty is refused by the server.
        let _ = grey.write_to(&mut bytes, ImageFormat::Png);
        Self { bytes: bytes.into_inner(), media_type: "image/png" }
    }

    /// Takes bytes that are a whole picture, large enough to print and not of one flat colour.
    ///
    /// # Errors
    /// In words: why they are not.
    pub fn check(bytes: Vec<u8>) -> Result<Self, String> {
        let media_type = media_type(&bytes)?;
        let mut reader = ImageReader::new(Cursor::new(&bytes))
            .with_guessed_format()
            .map_err(|error| error.to_string())?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(MOST_SIDE);
        limits.max_image_height = Some(MOST_SIDE);
        limits.max_alloc = Some(MOST_MEMORY);
        reader.limits(limits);
        let image = reader
            .decode()
            .map_err(|error| format!("the picture ({media_type}) cannot be decoded: {error}"))?;
        let (width, height) = (image.width(), image.height());
        if width < LEAST_SIDE || height < LEAST_SIDE {
            return Err(format!("the picture has only {width} x {height} pixels"));
        }
        if is_flat(&image) {
            // What a local safety checker, or a sampler that went astray, puts out.
            return Err("the picture is one flat colour".to_owned());
        }
        Ok(Self { bytes, media_type })
    }

    /// The usual ending of a file name for it.
    pub fn extension(&self) -> &'static str {
        match self.media_type {
            "image/jpeg" => "jpg",
            "image/webp" => "webp",
            "image/gif" => "gif",
            _ => "png",
        }
    }

    pub(crate) fn to_base64(&self) -> String {
        base64::engine::general_purpose::STANDARD.encode(&self.bytes)
    }

    pub(crate) fn to_data_url(&self) -> String {
        format!("data:{};base64,{}", self.media_type, self.to_base64())
    }
}

fn media_type(bytes: &[u8]) -> Result<&'static str, String> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Png) => Ok("image/png"),
        Ok(ImageFormat::Jpeg) => Ok("image/jpeg"),
        Ok(ImageFormat::WebP) => Ok("image/webp"),
        Ok(ImageFormat::Gif) => Ok("image/gif"),
        _ if bytes.is_empty() => Err("no bytes at all".to_owned()),
        _ if bytes.trim_ascii_start().starts_with(b"<") => {
            Err("a web page or an SVG instead of a picture".to_owned())
        }
        _ => Err("the bytes are not a PNG, JPEG, WebP or GIF".to_owned()),
    }
}

/// Bytes from base64, with or without a `data:` prefix. Some servers wrap base64 into lines, or leave its padding away.
pub(crate) fn decode_base64(text: &str) -> Result<Vec<u8>, String> {
    const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let text = match text.strip_prefix("data:") {
        Some(url) => url.split_once(',').ok_or("a data URL without data")?.1,
        None => text,
    };
    let packed: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    ANY_PADDING.decode(packed).map_err(|error| format!("the base64 has a mistake: {error}"))
}

fn is_flat(image: &DynamicImage) -> bool {
    let mut colours = image.pixels().map(|(_, _, colour)| colour);
    let first = colours.next();
    colours.all(|colour| Some(colour) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(width: u32, height: u32, format: ImageFormat, flat: bool) -> Vec<u8> {
        let image = image::RgbImage::from_fn(width, height, |x, y| {
            if flat { image::Rgb([0; 3]) } else { image::Rgb([x as u8, y as u8, 9]) }
        });
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn pictures_are_known_by_their_bytes() {
        for (format, media_type, extension) in [
            (ImageFormat::Png, "image/png", "png"),
            (ImageFormat::Jpeg, "image/jpeg", "jpg"),
            (ImageFormat::WebP, "image/webp", "webp"),
        ] {
            let picture = Picture::check(encoded(64, 80, format, false)).unwrap();
            assert_eq!((picture.media_type, picture.extension()), (media_type, extension));
        }
    }

    #[test]
    fn what_is_no_picture_is_not_taken() {
        let mut cut = encoded(64, 64, ImageFormat::Png, false);
        cut.truncate(cut.len() / 2);
        for (bytes, why) in [
            (Vec::new(), "no bytes"),
            (b"<html><body>nope".to_vec(), "web page"),
            (b"{\"error\": 1}".to_vec(), "not a PNG"),
            (cut, "cannot be decoded"),
            (encoded(1, 1, ImageFormat::Png, false), "only 1 x 1"),
            (encoded(64, 64, ImageFormat::Png, true), "flat"),
        ] {
            let error = Picture::check(bytes).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn base64_is_taken_in_every_dress() {
        let picture = Picture::check(encoded(64, 64, ImageFormat::Png, false)).unwrap();
        let plain = picture.to_base64();
        let wrapped: String = plain
            .as_bytes()
            .chunks(76)
            .map(|l| format!("{}\r\n", str::from_utf8(l).unwrap()))
            .collect();
        for text in [&plain, &picture.to_data_url(), &wrapped, plain.trim_end_matches('=')] {
            assert_eq!(decode_base64(text).as_ref(), Ok(&picture.bytes));
        }
        assert!(decode_base64("data:image/png").is_err());
        assert!(decode_base64("*").is_err());
    }
}
