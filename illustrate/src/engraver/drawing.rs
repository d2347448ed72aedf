//! Drawings: flat shapes in metres, each in one of a few inks.
//!
//! A drawing knows nothing of colours, light or pixels: a motif or a figure says *what* is dark and
//! what is cut away, the engraver decides what that looks like tonight. Shapes are painted in order.
//!
//! **Invariant:** x runs to the right, y down; the drawing stands on y = 0 (above is negative) and
//! is centred on x = 0. Units are metres of the world it shows.

use resvg::tiny_skia::{Path, Rect, Transform};

use super::trig;

/// What part of the print a shape belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ink {
    /// The dark silhouette.
    Body,
    /// The second tone, between the silhouette and the paper.
    Shade,
    /// Cut away: the white lines inside a silhouette that make it readable.
    Paper,
    /// The colour accent of the element shown: a scarf, a dress, a flag.
    Accent,
    /// Gives light: a lit window, a flame, a lamp.
    Light,
}

/// One area (or one line, when `stroke` is given) of one ink.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Outline in metres.
    pub path: Path,
    /// Ink it is printed in.
    pub ink: Ink,
    /// Width in metres of a line drawn along the path (round caps and joins); `None` fills it
    /// (non-zero winding).
    pub stroke: Option<f32>,
}

/// Shapes painted one over the other.
#[derive(Debug, Clone, Default)]
pub struct Drawing {
    /// In painting order.
    pub shapes: Vec<Shape>,
}

impl Drawing {
    /// Paints an area over what is there.
    pub fn fill(&mut self, ink: Ink, path: Path) {
        self.shapes.push(Shape { path, ink, stroke: None });
    }

    /// Paints a line of `width` metres over what is there.
    pub fn line(&mut self, ink: Ink, path: Path, width: f32) {
        self.shapes.push(Shape { path, ink, stroke: Some(width) });
    }

    /// Paints another drawing over this one.
    pub fn over(&mut self, other: Drawing) {
        self.shapes.extend(other.shapes);
    }

    /// The box around everything drawn, line widths included; empty at the origin when nothing is.
    pub fn bounds(&self) -> Rect {
        let origin = Rect::from_xywh(0.0, 0.0, 0.0, 0.0);
        self.shapes
            .iter()
            .map(Shape::bounds)
            .reduce(|a, b| {
                Rect::from_ltrb(
                    a.left().min(b.left()),
                    a.top().min(b.top()),
                    a.right().max(b.right()),
                    a.bottom().max(b.bottom()),
                )
                .unwrap_or(a)
            })
            .or(origin)
            .expect("the empty box at the origin is a box")
    }

    /// Height in metres of [`Drawing::bounds`].
    pub fn height(&self) -> f32 {
        self.bounds().height()
    }

    /// Width in metres of [`Drawing::bounds`].
    pub fn width(&self) -> f32 {
        self.bounds().width()
    }

    /// The same drawing, scaled by a positive factor about the middle of its base.
    #[must_use]
    pub fn scaled(self, factor: f32) -> Drawing {
        self.transformed(Transform::from_scale(factor, factor))
    }

    /// The same drawing, looking the other way.
    #[must_use]
    pub fn mirrored(self) -> Drawing {
        self.transformed(Transform::from_scale(-1.0, 1.0))
    }

    /// The same drawing, moved by metres.
    #[must_use]
    pub fn moved(self, dx: f32, dy: f32) -> Drawing {
        self.transformed(Transform::from_translate(dx, dy))
    }

    /// The same drawing, turned clockwise by degrees about the origin.
    #[must_use]
    pub fn turned(self, degrees: f32) -> Drawing {
        let (sin, cos) = (trig::sin(degrees.to_radians()), trig::cos(degrees.to_radians()));
        self.transformed(Transform::from_row(cos, sin, -sin, cos, 0.0, 0.0))
    }

    /// The same drawing under any transform; line widths follow its mean scale. A shape that the
    /// transform squashes to nothing is dropped.
    #[must_use]
    pub fn transformed(self, transform: Transform) -> Drawing {
        let (sx, sy) = transform.get_scale();
        let scale = (sx * sy).sqrt();
        let shapes = self.shapes.into_iter().filter_map(|shape| {
            Some(Shape {
                path: shape.path.transform(transform)?,
                ink: shape.ink,
                stroke: shape.stroke.map(|width| width * scale),
            })
        });
        Drawing { shapes: shapes.collect() }
    }

    /// Put where the invariant wants it: base on y = 0, middle on x = 0, `height` metres tall.
    #[must_use]
    pub fn standing(self, height: f32) -> Drawing {
        let bounds = self.bounds();
        let factor = height / bounds.height().max(f32::EPSILON);
        let middle = (bounds.left() + bounds.right()) / 2.0;
        self.moved(-middle, -bounds.bottom()).scaled(factor)
    }
}

impl Shape {
    fn bounds(&self) -> Rect {
        let tight = self.path.compute_tight_bounds().unwrap_or_else(|| self.path.bounds());
        let half = self.stroke.unwrap_or(0.0) / 2.0;
        tight.outset(half, half).unwrap_or(tight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use resvg::tiny_skia::PathBuilder;

    fn square() -> Drawing {
        let mut drawing = Drawing::default();
        let area = Rect::from_xywh(10.0, 10.0, 4.0, 2.0).unwrap();
        drawing.fill(Ink::Body, PathBuilder::from_rect(area));
        drawing
    }

    #[test]
    fn nothing_drawn_has_an_empty_box() {
        assert_eq!(Drawing::default().bounds().width(), 0.0);
    }

    #[test]
    fn standing_puts_the_base_on_the_ground() {
        let bounds = square().standing(1.0).bounds();
        assert_eq!(
            (bounds.left(), bounds.top(), bounds.right(), bounds.bottom()),
            (-1.0, -1.0, 1.0, 0.0)
        );
    }

    #[test]
    fn a_mirrored_drawing_keeps_its_size() {
        let bounds = square().mirrored().bounds();
        assert_eq!((bounds.left(), bounds.right()), (-14.0, -10.0));
    }

    #[test]
    fn lines_grow_with_the_drawing_and_count_in_its_box() {
        let mut drawing = Drawing::default();
        let mut path = PathBuilder::new();
        path.move_to(0.0, 0.0);
        path.line_to(1.0, 0.0);
        drawing.line(Ink::Paper, path.finish().unwrap(), 0.5);
        assert_eq!(drawing.scaled(2.0).height(), 1.0);
    }
}
