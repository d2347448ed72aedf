//! Small pictures, made on the spot.

use std::io::Cursor;

use base64::Engine as _;

/// A PNG of this size, with a pattern that depends on `seed`.
pub fn png(width: u32, height: u32, seed: u64) -> Vec<u8> {
    let shade = seed.wrapping_mul(0x9E37_79B9) as u8;
    let image = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([x as u8 ^ shade, y as u8, (x / 8 + y / 8) as u8])
    });
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).expect("a PNG can be written to memory");
    bytes.into_inner()
}

/// The same in base64.
pub fn png_base64(width: u32, height: u32, seed: u64) -> String {
    base64::engine::general_purpose::STANDARD.encode(png(width, height, seed))
}
