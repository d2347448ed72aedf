//! The press: prints a block on a sheet of paper, with all that makes a print a print.
//!
//! The edges of the cut wander a little, the colours do not lie exactly under the key, the ink is a
//! little thin here and there, the grain of the wood shows in it, and the sheet is not quite even.

use super::block::Block;
use super::chance::Grain;
use super::palette::{Palette, Rgb, blend};
use super::trig::{mix, smooth};
use super::{EngraveError, Style};

/// A finished picture: red, green and blue, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Three bytes a pixel.
    pub pixels: Vec<u8>,
}

impl Picture {
    /// The picture as a PNG file.
    ///
    /// # Errors
    /// When the encoder refuses the picture.
    pub fn png(&self) -> Result<Vec<u8>, EngraveError> {
        let mut file = Vec::with_capacity(self.pixels.len() / 2);
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(file)
    }

    /// The picture as a JPEG file of a quality from 1 to 100.
    ///
    /// # Errors
    /// When the encoder refuses the picture.
    pub fn jpeg(&self, quality: u8) -> Result<Vec<u8>, EngraveError> {
        let mut file = Vec::with_capacity(self.pixels.len() / 8);
        let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, quality.clamp(1, 100));
        encoder.encode(&self.pixels, self.width, self.height, image::ExtendedColorType::Rgb8)?;
        Ok(file)
    }
}

/// A sheet of paper, pixel by pixel, before it is handed out as a [`Picture`].
#[derive(Debug)]
pub struct Sheet {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Red, green and blue, row by row.
    pub pixels: Vec<u8>,
}

/// Where the block lies on the sheet, in pixels.
#[derive(Debug, Clone, Copy)]
pub struct Bed {
    /// Left edge of the block.
    pub left: usize,
    /// Top edge.
    pub top: usize,
    /// Width of the block.
    pub width: usize,
    /// Height of the block.
    pub height: usize,
}

impl Sheet {
    /// An empty sheet in the colour of the paper, with its texture.
    #[must_use]
    pub fn new(width: usize, height: usize, palette: &Palette) -> Self {
        let mut pixels = vec![0; width * height * 3];
        let grain = Grain::shared();
        let unit = ((width * height) as f32).sqrt() / 1254.0;
        for (y, row) in pixels.chunks_exact_mut(width * 3).enumerate() {
            let fy = y as f32 / unit.max(0.2);
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                let fx = x as f32 / unit.max(0.2);
                let tooth = tooth(grain, fx, fy);
                for (channel, paper) in pixel.iter_mut().zip(palette.paper) {
                    *channel = (paper * tooth).clamp(0.0, 255.0) as u8;
                }
            }
        }
        Self { width, height, pixels }
    }

    /// Prints a block on the sheet.
    pub fn print(&mut self, block: &Block, bed: Bed) {
        let grain = Grain::shared();
        let (palette, unit) = (block.palette, block.unit);
        let relief = block.style == Style::Woodcut;
        let paper_cut = block.style == Style::Papercut;
        let register = if relief { (1.3 * unit, -0.9 * unit) } else { (0.0, 0.0) };
        let wobble = if paper_cut { 1.2 * unit } else { 2.0 * unit };
        for y in 0..block.height.min(self.height.saturating_sub(bed.top)) {
            let fy = y as f32;
            for x in 0..block.width.min(self.width.saturating_sub(bed.left)) {
                let fx = x as f32;
                let edge = fx.min(fy).min(block.w() - 1.0 - fx).min(block.h() - 1.0 - fy) / unit;
                if edge < 2.5 && edge < grain.cloud(fx * 0.05 / unit, fy * 0.05 / unit, 2) * 3.4 - 1.0 {
                    continue;
                }
                let dx = (grain.at(fx * 0.05 / unit, fy * 0.05 / unit) - 0.5) * wobble;
                let dy = (grain.at(fy * 0.05 / unit + 91.0, fx * 0.05 / unit + 17.0) - 0.5) * wobble;
                let key = sample_key(block, fx + dx, fy + dy);
                let [r, g, b, _] = block.cells[nearest(block, fx + dx * 0.5 + register.0, fy + dy * 0.5 + register.1)];
                let mut colour = [f32::from(r), f32::from(g), f32::from(b)];
                let place = ((y + bed.top) * self.width + x + bed.left) * 3;
                let under = &mut self.pixels[place..place + 3];
                let (sx, sy) = (fx / unit, fy / unit);
                let speck = grain.at(sx * 0.55, sy * 0.55);
                if relief {
                    // The board's grain runs level; the press leaves a little paper showing in it.
                    let board = grain.cloud(sx * 0.006, sy * 0.19, 2);
                    let thin = smooth(0.52, 0.8, board) * 0.16 + smooth(0.7, 0.95, speck) * 0.2;
                    colour = blend(colour, palette.paper, thin);
                }
                let wear = if relief {
                    let patchy = grain.at(sx * 0.021 + 40.0, sy * 0.021);
                    smooth(mix(0.86, 0.74, patchy), 1.0, speck) * 0.75
                } else {
                    smooth(0.8, 1.0, speck) * 0.15
                };
                let key = key * (1.0 - wear);
                for channel in 0..3 {
                    let tooth = f32::from(under[channel]) / palette.paper[channel];
                    let value = mix(colour[channel], palette.key[channel], key) * mix(tooth, 1.0, 0.35 + 0.4 * key);
                    under[channel] = value.clamp(0.0, 255.0) as u8;
                }
            }
        }
    }

    /// Prints `cover` (0 to 255, rows of `width`) in one ink from the row `top` down.
    pub fn ink(&mut self, top: usize, width: usize, cover: &[u8], ink: Rgb) {
        let from = top * self.width * 3;
        let rows = self.pixels[from..].chunks_exact_mut(self.width * 3);
        for (row, cover) in rows.zip(cover.chunks_exact(width.max(1))) {
            for (pixel, &cover) in row.chunks_exact_mut(3).zip(cover) {
                if cover > 0 {
                    let share = f32::from(cover) / 255.0 * 0.94;
                    for (channel, ink) in pixel.iter_mut().zip(ink) {
                        *channel = mix(f32::from(*channel), ink, share) as u8;
                    }
                }
            }
        }
    }

    /// The finished picture.
    #[must_use]
    pub fn finish(self) -> Picture {
        Picture { width: self.width as u32, height: self.height as u32, pixels: self.pixels }
    }
}

/// How light the paper is at a point: laid lines, cloudiness and fibres.
fn tooth(grain: &Grain, x: f32, y: f32) -> f32 {
    let cloud = grain.at(x * 0.008, y * 0.008) - 0.5;
    let fibre = grain.at(x * 0.42, y * 0.42) - 0.5;
    1.0 + cloud * 0.03 + fibre * 0.045
}

fn nearest(block: &Block, x: f32, y: f32) -> usize {
    let x = (x + 0.5).clamp(0.0, block.w() - 1.0) as usize;
    let y = (y + 0.5).clamp(0.0, block.h() - 1.0) as usize;
    y * block.width + x
}

/// The key block between pixels.
fn sample_key(block: &Block, x: f32, y: f32) -> f32 {
    let x = x.clamp(0.0, block.w() - 1.001);
    let y = y.clamp(0.0, block.h() - 1.001);
    let (ix, iy) = (x as usize, y as usize);
    let (tx, ty) = (x - ix as f32, y - iy as f32);
    let (jx, jy) = ((ix + 1).min(block.width - 1), (iy + 1).min(block.height - 1));
    let key = |x: usize, y: usize| f32::from(block.cells[y * block.width + x][3]);
    let upper = mix(key(ix, iy), key(jx, iy), tx);
    let lower = mix(key(ix, jy), key(jx, jy), tx);
    mix(upper, lower, ty) / 255.0
}
