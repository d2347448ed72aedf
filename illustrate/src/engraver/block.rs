//! Printing blocks: where shapes become carved lines.
//!
//! A [`Block`] holds the colour blocks and the key block of a picture, pixel by pixel. Shapes are laid
//! over one another back to front; each has a [`Surface`] that says how light it is at a point, along
//! which lines it is cut and what colour lies beneath. What that looks like is the style's affair: the
//! surface's lightness becomes the width of carved lines, a sheet of coloured paper, or hatching.

use resvg::tiny_skia::{FillRule, LineCap, LineJoin, Mask, Path, Stroke, Transform};

use super::Style;
use super::chance::Grain;
use super::palette::{Palette, Rgb, blend, lightness};
pub use super::surface::{Cell, Smooth, Stencil, Surface, flat};
use super::trig::{floor, mix, smooth};

/// The blocks of one picture.
#[derive(Debug)]
pub struct Block {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// One thousandth of the picture's mean side, in pixels: the unit of all line widths.
    pub unit: f32,
    /// The inks.
    pub palette: Palette,
    /// The manner of cutting.
    pub style: Style,
    /// Red, green and blue of the colour blocks, and the coverage of the key block.
    pub cells: Vec<[u8; 4]>,
    /// Of an etching, what is still to be hatched: most of what is laid is covered before the end.
    pending: Vec<Tone>,
}

/// What a point of an etching is hatched by.
#[derive(Debug, Clone, Copy)]
struct Tone {
    /// How dark it is; negative where nothing is to be hatched any more.
    dark: f32,
    /// As of a [`Cell`].
    phase: f32,
    pitch: f32,
}

impl Tone {
    const DONE: Tone = Tone { dark: -1.0, phase: 0.0, pitch: 0.0 };

    fn of(cell: &Cell) -> Self {
        let tone = cell.value * (0.35 + 0.65 * lightness(cell.colour));
        let dark = 1.0 - tone.clamp(0.0, 1.0);
        Tone { dark: dark * mix(0.45, 1.0, dark), phase: cell.phase, pitch: cell.pitch }
    }
}

/// Sheets of paper that a full range of tones is made of.
const SHEETS: f32 = 6.0;

/// How far a carved line's width wanders, as by hand.
const SWELL: f32 = 0.16;

impl Block {
    /// Bare paper.
    #[must_use]
    pub fn new(width: usize, height: usize, palette: Palette, style: Style) -> Self {
        let [r, g, b] = palette.paper.map(|channel| channel as u8);
        let unit = ((width * height) as f32).sqrt() / 1000.0;
        let needled = if style == Style::Etching { width * height } else { 0 };
        Self {
            width,
            height,
            unit,
            palette,
            style,
            cells: vec![[r, g, b, 0]; width * height],
            pending: vec![Tone::DONE; needled],
        }
    }

    /// Width as a number to calculate with.
    #[must_use]
    pub fn w(&self) -> f32 {
        self.width as f32
    }

    /// Height as a number to calculate with.
    #[must_use]
    pub fn h(&self) -> f32 {
        self.height as f32
    }

    /// A pitch of lines in pixels from thousandths of the picture; never so fine that it only blurs.
    #[must_use]
    pub fn pitch(&self, thousandths: f32) -> f32 {
        (thousandths * self.unit).max(2.5)
    }

    /// The coverage of a filled path, or of a line along it; `None` when it is out of the picture.
    #[must_use]
    pub fn stencil(&self, path: &Path, line: Option<f32>) -> Option<Stencil> {
        let stroked = match line {
            Some(width) => {
                let stroke = Stroke {
                    width: width.max(0.05),
                    line_cap: LineCap::Round,
                    line_join: LineJoin::Round,
                    ..Stroke::default()
                };
                Some(path.stroke(&stroke, 1.0)?)
            }
            None => None,
        };
        let path = stroked.as_ref().unwrap_or(path);
        let bounds = path.bounds();
        let left = (bounds.left() - 1.0).floor().clamp(0.0, self.w()) as usize;
        let top = (bounds.top() - 1.0).floor().clamp(0.0, self.h()) as usize;
        let right = (bounds.right() + 2.0).ceil().clamp(0.0, self.w()) as usize;
        let bottom = (bounds.bottom() + 2.0).ceil().clamp(0.0, self.h()) as usize;
        let (width, height) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
        let mut mask = Mask::new(width as u32, height as u32)?;
        let shift = Transform::from_translate(-(left as f32), -(top as f32));
        mask.fill_path(path, FillRule::Winding, true, shift);
        Some(Stencil { left, top, width, height, cover: mask.take() })
    }

    /// Lays a surface over the whole picture.
    pub fn flood(&mut self, surface: &impl Surface) {
        self.flood_to(self.height, surface);
    }

    /// Lays a surface over the uppermost rows of the picture.
    pub fn flood_to(&mut self, rows: usize, surface: &impl Surface) {
        let covers = vec![255; self.width];
        for y in 0..rows.min(self.height) {
            self.print_row(0, y, &covers, surface);
        }
    }

    /// Lays a filled shape; `lift` is how far above what lies beneath it is glued (paper layers only),
    /// in thousandths of the picture.
    pub fn fill(&mut self, path: &Path, lift: f32, surface: &impl Surface) {
        if let Some(stencil) = self.stencil(path, None) {
            if self.style == Style::Papercut && lift > 0.0 {
                self.shadow(&stencil, lift);
            }
            self.print(&stencil, surface);
            if self.style == Style::Etching && lift > 0.0 {
                self.line(path, 1.3 * self.unit, &flat(self.palette.paper, 1.0));
            }
        }
    }

    /// Draws a line of `width` pixels along a path.
    pub fn line(&mut self, path: &Path, width: f32, surface: &impl Surface) {
        if let Some(stencil) = self.stencil(path, Some(width)) {
            self.print(&stencil, surface);
        }
    }

    /// Lays a surface where a stencil is open.
    pub fn print(&mut self, stencil: &Stencil, surface: &impl Surface) {
        for row in 0..stencil.height {
            let covers = &stencil.cover[row * stencil.width..(row + 1) * stencil.width];
            self.print_row(stencil.left, stencil.top + row, covers, surface);
        }
    }

    /// Lays a surface on a stretch of a row.
    fn print_row(&mut self, left: usize, y: usize, covers: &[u8], surface: &impl Surface) {
        let stride = surface.stride();
        let fy = y as f32 + 0.5;
        // Only a knife swells its lines.
        let carves = self.style == Style::Woodcut;
        let sample = |x: usize| {
            let fx = x as f32 + 0.5;
            (surface.at(fx, fy), if carves { swell(fx, fy) } else { 0.0 })
        };
        // The end of one stretch is the beginning of the next.
        let mut known = None;
        for (i, stretch) in covers.chunks(stride).enumerate() {
            let x = left + i * stride;
            if stretch.iter().all(|&cover| cover == 0) {
                known = None;
                continue;
            }
            let from = known.take().unwrap_or_else(|| sample(x));
            if stride == 1 {
                let cell = surface.sharpen(from.0, x as f32 + 0.5, fy);
                self.lay(x, y, stretch[0], &cell, from.1);
                continue;
            }
            let to = sample(x + stride);
            for (j, &cover) in stretch.iter().enumerate().filter(|(_, cover)| **cover > 0) {
                let t = j as f32 / stride as f32;
                let cell = surface.sharpen(from.0.towards(&to.0, t), (x + j) as f32 + 0.5, fy);
                self.lay(x + j, y, cover, &cell, mix(from.1, to.1, t));
            }
            known = Some(to);
        }
    }

    /// Lays a cell on one pixel of the picture.
    #[inline]
    fn lay(&mut self, x: usize, y: usize, cover: u8, cell: &Cell, swell: f32) {
        let (colour, key) = match self.style {
            Style::Woodcut => (cell.colour, carved(cell, swell)),
            Style::Papercut => (self.sheet(cell), 0.0),
            Style::Etching => (self.wash(cell), self.etch((x, y), cover, cell)),
        };
        let under = &mut self.cells[y * self.width + x];
        let over = [colour[0], colour[1], colour[2], key * 255.0];
        if cover == 255 {
            *under = over.map(|channel| (channel + 0.5) as u8);
            return;
        }
        let share = f32::from(cover) / 255.0;
        for (channel, value) in under.iter_mut().zip(over) {
            *channel = (f32::from(*channel) + (value - f32::from(*channel)) * share + 0.5) as u8;
        }
    }

    /// The colour of a sheet of paper that is as light as a cell.
    fn sheet(&self, cell: &Cell) -> Rgb {
        // Tones are stacked sheets, each with its edge and the shade that the next one throws on it.
        let level = cell.value.clamp(0.0, 1.0) * SHEETS;
        let sheet = floor(level);
        let within = level - sheet;
        let shade = smooth(0.3, 0.0, within) * if sheet > 0.0 { 0.09 } else { 0.0 };
        let value = (sheet + smooth(0.0, 0.06, within) - 0.5) / SHEETS + 0.1 - shade;
        blend(self.palette.key, cell.colour, value.clamp(0.0, 1.0))
    }

    /// How far a layer that covers only `share` of the ground is open at a point: between its lines, or
    /// evenly where the style has none.
    #[must_use]
    pub fn opening(&self, share: f32, phase: f32, pitch: f32) -> f32 {
        if share <= 0.02 {
            0.0
        } else if self.style == Style::Papercut {
            let level = share.min(1.0) * SHEETS;
            (floor(level) + smooth(0.0, 0.08, level - floor(level))) / SHEETS * 0.8
        } else {
            let line = ((phase - floor(phase)) * 2.0 - 1.0).abs();
            ((share - line) * pitch * 0.5 + 0.5).clamp(0.0, 1.0)
        }
    }

    /// The faint colour left on the plate by wiping.
    fn wash(&self, cell: &Cell) -> Rgb {
        blend(self.palette.paper, cell.colour, 0.16)
    }

    /// The key ink of a cell of an etching: that of a solid one is left for the end.
    fn etch(&mut self, (x, y): (usize, usize), cover: u8, cell: &Cell) -> f32 {
        let tone = Tone::of(cell);
        let place = y * self.width + x;
        if cover == 255 {
            self.pending[place] = tone;
            return 0.0;
        }
        self.settle_at(x, y);
        self.hatched(tone, x as f32 + 0.5, y as f32 + 0.5)
    }

    /// Hatches what is still to be hatched. A block is not printed before.
    pub fn settle(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        for y in 0..self.height {
            for x in 0..self.width {
                self.settle_at(x, y);
            }
        }
    }

    #[inline]
    fn settle_at(&mut self, x: usize, y: usize) {
        let place = y * self.width + x;
        let tone = std::mem::replace(&mut self.pending[place], Tone::DONE);
        if tone.dark >= 0.0 {
            let key = self.hatched(tone, x as f32 + 0.5, y as f32 + 0.5);
            self.cells[place][3] = (key * 255.0 + 0.5) as u8;
        }
    }

    /// Coverage of the hatching at a point: one set of lines in the half tones, a second and a third
    /// across it in the shadows.
    fn hatched(&self, tone: Tone, x: f32, y: f32) -> f32 {
        let Tone { dark, .. } = tone;
        let pitch = self.pitch(5.2);
        let first = if tone.pitch > 0.0 {
            let steps = (tone.pitch / pitch).round().max(1.0);
            stroke(tone.phase * steps, tone.pitch / steps, (dark * 1.1).min(0.55))
        } else {
            stroke((x - y) * 0.707 / pitch, pitch, dark.min(0.55))
        };
        let mut open = 1.0 - first;
        if dark > 0.3 {
            // The needle bends the lines that cross.
            let stray = Grain::shared().at(x * 0.02, y * 0.02) * 6.0;
            let across = ((x + y) * 0.707 + stray) / pitch;
            open *= 1.0 - stroke(across, pitch, ((dark - 0.3) * 0.9).min(0.6));
            if dark > 0.62 {
                let third = (x * 0.94 - y * 0.34 + stray) / pitch;
                open *= 1.0 - stroke(third, pitch, (dark - 0.62) * 1.3);
            }
        }
        (1.0 - open) * 0.96
    }

    /// The soft shadow of a layer of paper on what lies beneath it.
    fn shadow(&mut self, stencil: &Stencil, lift: f32) {
        let reach = (lift * self.unit).max(1.0);
        let (dx, dy) = ((reach * 0.45) as i64, (reach * 0.8) as i64);
        let pad = reach.ceil() as usize + 1;
        let (width, height) = (stencil.width + 2 * pad, stencil.height + 2 * pad);
        let mut soft = vec![0u8; width * height];
        for row in 0..stencil.height {
            let from = &stencil.cover[row * stencil.width..(row + 1) * stencil.width];
            let start = (row + pad) * width + pad;
            soft[start..start + stencil.width].copy_from_slice(from);
        }
        let radius = (reach * 0.5) as usize;
        for _ in 0..2 {
            blur_rows(&mut soft, width, radius);
            blur_columns(&mut soft, width, radius);
        }
        for row in 0..height {
            let y = (row + stencil.top) as i64 - pad as i64 + dy;
            if !(0..self.height as i64).contains(&y) {
                continue;
            }
            for column in 0..width {
                let x = (column + stencil.left) as i64 - pad as i64 + dx;
                let shade = soft[row * width + column];
                if shade == 0 || !(0..self.width as i64).contains(&x) {
                    continue;
                }
                let under = &mut self.cells[y as usize * self.width + x as usize];
                let dim = 1.0 - 0.42 * f32::from(shade) / 255.0;
                for (channel, key) in under.iter_mut().take(3).zip(self.palette.key) {
                    *channel = (key + (f32::from(*channel) - key) * dim).clamp(0.0, 255.0) as u8;
                }
            }
        }
    }
}

/// Coverage of the key block where lines are carved out of it: dark lines as wide as the surface is
/// dark, their edges as sharp as the pixels allow.
#[inline]
fn carved(cell: &Cell, swell: f32) -> f32 {
    let dark = 1.0 - cell.value;
    if cell.pitch <= 0.0 || dark <= 0.0 || dark >= 1.0 {
        return dark.clamp(0.0, 1.0);
    }
    // Near both ends of the scale the lines die away in points instead of thinning for ever.
    let width = dark + swell * (4.0 * dark * (1.0 - dark)).min(1.0);
    let width = (width - 0.5) * 1.16 + 0.5;
    stroke(cell.phase, cell.pitch, width)
}

/// How much wider or narrower than meant a line is cut at a point.
#[inline]
fn swell(x: f32, y: f32) -> f32 {
    (Grain::shared().at(x * 0.045, y * 0.11) - 0.5) * SWELL * 2.0
}

/// Coverage of a line of the given share of its pitch, around each half-integer of the phase.
#[inline]
fn stroke(phase: f32, pitch: f32, share: f32) -> f32 {
    let within = phase - floor(phase);
    let distance = (within * 2.0 - 1.0).abs();
    ((share - distance) * pitch * 0.5 + 0.5).clamp(0.0, 1.0) * f32::from(u8::from(share > 0.0))
}

/// Running mean along rows.
fn blur_rows(cover: &mut [u8], width: usize, radius: usize) {
    let mut copy = vec![0u8; width];
    for row in cover.chunks_exact_mut(width) {
        copy.copy_from_slice(row);
        blur_line(&copy, radius, |i, value| row[i] = value);
    }
}

/// Running mean along columns.
fn blur_columns(cover: &mut [u8], width: usize, radius: usize) {
    let height = cover.len() / width.max(1);
    let span = 2 * radius as u32 + 1;
    let source = cover.to_vec();
    let mut sums = vec![0u32; width];
    for row in source.chunks_exact(width).take(radius) {
        sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += u32::from(value));
    }
    for y in 0..height {
        if let Some(row) = source.get((y + radius) * width..(y + radius + 1) * width) {
            sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += u32::from(value));
        }
        let target = &mut cover[y * width..(y + 1) * width];
        target.iter_mut().zip(&sums).for_each(|(value, &sum)| *value = (sum / span) as u8);
        if y >= radius {
            let row = &source[(y - radius) * width..(y - radius + 1) * width];
            sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum -= u32::from(value));
        }
    }
}

fn blur_line(line: &[u8], radius: usize, mut put: impl FnMut(usize, u8)) {
    let span = 2 * radius as u32 + 1;
    let mut sum: u32 = line.iter().take(radius).map(|&v| u32::from(v)).sum();
    for i in 0..line.len() {
        sum += line.get(i + radius).map_or(0, |&v| u32::from(v));
        put(i, (sum / span) as u8);
        if i >= radius {
            sum -= u32::from(line[i - radius]);
        }
    }
}
