//! Surfaces: how light a shape is at a point, along which lines it is cut, what colour lies beneath.

use super::palette::{Rgb, blend};
use super::trig::mix;

/// A surface at one point.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// Lightness: 0 is solid key ink, 1 is none.
    pub value: f32,
    /// Counts the lines: a whole number in the middle between two lines.
    pub phase: f32,
    /// Distance between two lines, in pixels.
    pub pitch: f32,
    /// The colour block's ink.
    pub colour: Rgb,
}

impl Cell {
    /// A cell between this one and another.
    #[inline]
    #[must_use]
    pub fn towards(&self, other: &Cell, t: f32) -> Cell {
        Cell {
            value: mix(self.value, other.value, t),
            phase: mix(self.phase, other.phase, t),
            pitch: mix(self.pitch, other.pitch, t),
            colour: blend(self.colour, other.colour, t),
        }
    }
}

/// Says what a shape's surface is like at a point, in pixels of the picture.
pub trait Surface {
    /// The surface at `(x, y)`.
    fn at(&self, x: f32, y: f32) -> Cell;

    /// Sharpens a cell that was drawn out between two places: what changes too fast for that.
    fn sharpen(&self, cell: Cell, _x: f32, _y: f32) -> Cell {
        cell
    }

    /// Pixels along a row over which the surface may be drawn out straight: 1 where it has edges.
    fn stride(&self) -> usize {
        1
    }
}

/// A surface that changes slowly along a row: worked out at every fourth pixel, it looks the same and
/// is ready three times as soon.
#[derive(Debug, Clone, Copy)]
pub struct Smooth<F>(pub F);

impl<F: Fn(f32, f32) -> Cell> Surface for Smooth<F> {
    fn at(&self, x: f32, y: f32) -> Cell {
        self.0(x, y)
    }

    fn stride(&self) -> usize {
        4
    }
}

impl<F: Fn(f32, f32) -> Cell> Surface for F {
    fn at(&self, x: f32, y: f32) -> Cell {
        self(x, y)
    }
}

/// A surface of one colour without lines: `ink` of the key block from 0 to 1.
#[must_use]
pub fn flat(colour: Rgb, ink: f32) -> impl Surface {
    move |_: f32, _: f32| Cell { value: 1.0 - ink, phase: 0.0, pitch: 0.0, colour }
}

/// The coverage of a shape, 0 to 255, in a box of the picture.
#[derive(Debug, Clone)]
pub struct Stencil {
    /// Left edge of the box in pixels of the picture.
    pub left: usize,
    /// Top edge.
    pub top: usize,
    /// Width of the box.
    pub width: usize,
    /// Height of the box.
    pub height: usize,
    /// Row by row.
    pub cover: Vec<u8>,
}

impl Stencil {
    /// Coverage at a pixel of the picture; nothing outside the box.
    #[must_use]
    pub fn cover(&self, x: i64, y: i64) -> u8 {
        let (x, y) = (x - self.left as i64, y - self.top as i64);
        let inside = (0..self.width as i64).contains(&x) && (0..self.height as i64).contains(&y);
        if inside { self.cover[y as usize * self.width + x as usize] } else { 0 }
    }
}
