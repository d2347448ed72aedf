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
    /// The picture with its inks thinned: `share` of each pixel becomes paper.
    #[must_use]
    pub fn thinned(mut self, share: f32, paper: Rgb) -> Self {
        for pixel in self.pixels.chunks_exact_mut(3) {
            for (channel, paper) in pixel.iter_mut().zip(paper) {
                *channel = mix(f32::from(*channel), paper, share) as u8;
            }
        }
        self
    }

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
        let mut encoder =
            image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, quality.clamp(1, 100));
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
    /// Whether its edge is rough, as it is where no rule covers it.
    pub rough: bool,
}

impl Sheet {
    /// An empty sheet in the colour of the paper, with its texture.
    #[must_use]
    pub fn new(width: usize, height: usize, palette: &Palette) -> Self {
        let mut pixels = vec![0; width * height * 3];
        let grain = Grain::shared();
        let unit = ((width * height) as f32).sqrt() / 1254.0;
        let scale = 1.0 / unit.max(0.2);
        let mut clouds = vec![0.0; width];
        for (y, row) in pixels.chunks_exact_mut(width * 3).enumerate() {
            let fy = y as f32 * scale;
            draw_out(&mut clouds, 32, |x| (grain.at(x * 0.008 * scale, fy * 0.008) - 0.5) * 0.03);
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                let fibre = grain.speck(x + 131, y + 57) - 0.5;
                let tooth = 1.0 + clouds[x] + fibre * 0.045;
                for (channel, paper) in pixel.iter_mut().zip(palette.paper) {
                    *channel = (paper * tooth).clamp(0.0, 255.0) as u8;
                }
            }
        }
        Self { width, height, pixels }
    }

    /// Prints a block on the sheet.
    pub fn print(&mut self, block: &Block, bed: Bed) {
        let press = Press::of(block);
        let mut unevenness = Unevenness::new(block.width);
        for y in 0..block.height.min(self.height.saturating_sub(bed.top)) {
            unevenness.move_to(block, y as f32);
            let start = ((y + bed.top) * self.width + bed.left) * 3;
            let row = &mut self.pixels[start..];
            for (x, under) in
                row.chunks_exact_mut(3).take(block.width.min(self.width - bed.left)).enumerate()
            {
                if !(bed.rough && press.is_worn_off(block, x as f32, y as f32)) {
                    press.print(block, (x, y), &unevenness, under);
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

/// What is the same for all points of a print.
struct Press {
    grain: &'static Grain,
    palette: Palette,
    unit: f32,
    /// Whether the ink comes from a carved block, with all its faults.
    relief: bool,
    /// How far the colours lie off the key, in pixels.
    register: (f32, f32),
}

impl Press {
    fn of(block: &Block) -> Self {
        let relief = block.style == Style::Woodcut;
        let register = if relief { (1.3 * block.unit, -0.9 * block.unit) } else { (0.0, 0.0) };
        Self { grain: Grain::shared(), palette: block.palette, unit: block.unit, relief, register }
    }

    /// Whether the rough edge of the block leaves this point bare.
    fn is_worn_off(&self, block: &Block, x: f32, y: f32) -> bool {
        let edge = x.min(y).min(block.w() - 1.0 - x).min(block.h() - 1.0 - y) / self.unit;
        let at = 0.05 / self.unit;
        edge < 2.5 && edge < Grain::shared().cloud(x * at, y * at, 2) * 3.4 - 1.0
    }

    /// Prints one point of the block on the three channels of the paper under it.
    #[inline]
    fn print(&self, block: &Block, (x, y): (usize, usize), uneven: &Unevenness, under: &mut [u8]) {
        let (fx, fy) = (x as f32, y as f32);
        let (dx, dy) = (uneven.dx[x], uneven.dy[x]);
        let key = sample_key(block, fx + dx, fy + dy);
        let place =
            nearest(block, fx + dx * 0.5 + self.register.0, fy + dy * 0.5 + self.register.1);
        let [r, g, b, _] = block.cells[place];
        let mut colour = [f32::from(r), f32::from(g), f32::from(b)];
        let speck = self.grain.speck(x, y);
        let wear = if self.relief {
            // The board's grain runs level; the press leaves a little paper showing in it.
            let thin = uneven.board[x] + smooth(0.7, 0.95, speck) * 0.2;
            colour = blend(colour, self.palette.paper, thin);
            smooth(uneven.firm[x], 1.0, speck) * 0.75
        } else {
            smooth(0.8, 1.0, speck) * 0.15
        };
        let key = key * (1.0 - wear);
        let hide = 0.35 + 0.4 * key;
        for (channel, under) in under.iter_mut().enumerate() {
            let tooth = f32::from(*under) / self.palette.paper[channel];
            let value =
                mix(colour[channel], self.palette.key[channel], key) * mix(tooth, 1.0, hide);
            *under = value.clamp(0.0, 255.0) as u8;
        }
    }
}

/// The slow faults of a print along one row of pixels. They change little from pixel to pixel, so they
/// are worked out at every eighth or sixteenth and drawn out between.
struct Unevenness {
    /// How far the cutter's hand strayed, in pixels.
    dx: Vec<f32>,
    dy: Vec<f32>,
    /// How much paper shows in the grain of the board.
    board: Vec<f32>,
    /// The speck from which on the ink is missing.
    firm: Vec<f32>,
}

impl Unevenness {
    fn new(width: usize) -> Self {
        let row = || vec![0.0; width];
        Self { dx: row(), dy: row(), board: row(), firm: row() }
    }

    fn move_to(&mut self, block: &Block, y: f32) {
        let (grain, unit) = (Grain::shared(), block.unit);
        let wobble = if block.style == Style::Papercut { 1.2 * unit } else { 2.0 * unit };
        let at = 0.05 / unit;
        draw_out(&mut self.dx, 8, |x| (grain.at(x * at, y * at) - 0.5) * wobble);
        draw_out(&mut self.dy, 8, |x| (grain.at(y * at + 91.0, x * at + 17.0) - 0.5) * wobble);
        if block.style != Style::Woodcut {
            return;
        }
        let (sy, scale) = (y / unit, 1.0 / unit);
        draw_out(&mut self.board, 16, |x| {
            smooth(0.52, 0.8, grain.cloud(x * 0.006 * scale, sy * 0.19, 2)) * 0.16
        });
        draw_out(&mut self.firm, 16, |x| {
            mix(0.86, 0.74, grain.at(x * 0.021 * scale + 40.0, sy * 0.021))
        });
    }
}

/// Fills a row with a function worked out at every `step`-th place and drawn out straight between.
fn draw_out(row: &mut [f32], step: usize, value: impl Fn(f32) -> f32) {
    let mut from = value(0.0);
    for (i, stretch) in row.chunks_mut(step).enumerate() {
        let to = value(((i + 1) * step) as f32);
        let slope = (to - from) / step as f32;
        stretch.iter_mut().enumerate().for_each(|(j, cell)| *cell = from + slope * j as f32);
        from = to;
    }
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
