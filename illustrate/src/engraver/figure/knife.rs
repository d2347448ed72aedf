//! The knife a figure is cut with: areas, slivers, and cutting one part free of another.

use resvg::tiny_skia::Point;

use super::curve::{Curve, sliver, stretches_inside};
use crate::engraver::drawing::{Drawing, Ink};

/// Width of a cut, as a part of the stature: one pixel of a figure a hundred pixels tall.
pub(super) const CUT: f32 = 0.0105;

/// Collects the parts of one figure.
#[derive(Debug)]
pub(super) struct Knife {
    pub(super) drawing: Drawing,
    stature: f32,
    /// Outlines of trunk and skirts, before which limbs have to be cut free.
    under: Vec<Vec<Point>>,
}

impl Knife {
    pub(super) fn new(stature: f32) -> Knife {
        Knife { drawing: Drawing::default(), stature, under: Vec::new() }
    }

    /// An area.
    pub(super) fn area(&mut self, ink: Ink, outline: &Curve) {
        if let Some(path) = outline.path() {
            self.drawing.fill(ink, path);
        }
    }

    /// An area that later limbs must be told from.
    pub(super) fn ground(&mut self, ink: Ink, outline: &Curve) {
        self.area(ink, outline);
        self.under.push(outline.flat());
    }

    /// A cut of `weight` times the usual width.
    pub(super) fn cut(&mut self, line: &[Point], weight: f32) {
        self.mark(Ink::Paper, line, weight);
    }

    /// A sliver of any ink.
    pub(super) fn mark(&mut self, ink: Ink, line: &[Point], weight: f32) {
        if let Some(path) = sliver(line, CUT * weight * self.stature) {
            self.drawing.fill(ink, path);
        }
    }

    /// An area, with a cut along its edge wherever that runs over what is under it, farther than
    /// `root.1` from the point it grows from.
    pub(super) fn limb(&mut self, ink: Ink, outline: &Curve, root: (Point, f32)) {
        self.area(ink, outline);
        let edge = outline.flat();
        let far = |p: &&Point| {
            let (dx, dy) = (p.x - root.0.x, p.y - root.0.y);
            dx * dx + dy * dy > root.1 * root.1
        };
        // Start where the outline is nearest the root, so that no stretch is broken in two.
        let start = edge.iter().position(|p| !far(&p)).unwrap_or(0);
        let mut runs: Vec<Vec<Point>> = vec![Vec::new()];
        for point in edge[start..].iter().chain(&edge[..start]) {
            match (far(&point), runs.last_mut()) {
                (true, Some(run)) => run.push(*point),
                _ => runs.push(Vec::new()),
            }
        }
        for under in self.under.clone() {
            for stretch in runs.iter().flat_map(|run| stretches_inside(run, &under)) {
                let thin: Vec<Point> = stretch.into_iter().step_by(3).collect();
                self.cut(&thin, 1.0);
            }
        }
    }
}
