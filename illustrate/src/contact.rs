//! Contact sheets: many plates on one page, to be judged at a glance.

use std::path::{Path, PathBuf};

use image::imageops::{self, FilterType};
use image::{ImageError, Rgb, RgbImage};

/// Width and height of a plate on the sheet, in pixels.
const CELL: [u32; 2] = [320, 480];
/// Paper around each plate, in pixels.
const MARGIN: u32 = 12;
/// Plates side by side.
const COLUMNS: u32 = 6;
/// The sheet's own colour.
const GREY: Rgb<u8> = Rgb([96, 96, 96]);

/// Writes a sheet of these pictures, in their order; the ending of `sheet` chooses PNG or JPEG.
///
/// # Errors
/// When a picture cannot be read or the sheet not be written.
pub fn write(plates: &[PathBuf], sheet: &Path) -> Result<(), ImageError> {
    let count = u32::try_from(plates.len()).unwrap_or(u32::MAX).max(1);
    let [width, height] = [count.min(COLUMNS), count.div_ceil(COLUMNS)];
    let [cell_width, cell_height] = CELL.map(|side| side + MARGIN);
    let mut page =
        RgbImage::from_pixel(width * cell_width + MARGIN, height * cell_height + MARGIN, GREY);
    for (nth, plate) in (0..count).zip(plates) {
        let picture = image::open(plate)?.resize(CELL[0], CELL[1], FilterType::Triangle).to_rgb8();
        let x = MARGIN + nth % COLUMNS * cell_width + (CELL[0] - picture.width()) / 2;
        let y = MARGIN + nth / COLUMNS * cell_height + (CELL[1] - picture.height()) / 2;
        imageops::replace(&mut page, &picture, x.into(), y.into());
    }
    page.save(sheet)
}
