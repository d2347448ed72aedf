//! Curves of a figure: smooth outlines through points, tapered strokes, and the cuts of the knife.
//!
//! **Invariant:** everything is computed with `+ - * /`, square roots and [`trig`], which every machine
//! rounds alike.

use resvg::tiny_skia::{Path, PathBuilder, Point};

use crate::engraver::trig;

/// Shorthand for a point in metres.
pub(super) fn at(x: f32, y: f32) -> Point {
    Point::from_xy(x, y)
}

/// Sine of an angle in degrees.
fn sine(degrees: f32) -> f32 {
    trig::sin(degrees.to_radians())
}

/// Unit vector of a limb that hangs `degrees` forward of straight down.
pub(super) fn hanging(degrees: f32) -> Point {
    at(sine(degrees), sine(degrees + 90.0))
}

/// `from` plus `length` along a unit vector.
pub(super) fn along(from: Point, direction: Point, length: f32) -> Point {
    at(from.x + direction.x * length, from.y + direction.y * length)
}

/// The point a fraction `t` of the way from `a` to `b`.
pub(super) fn between(a: Point, b: Point, t: f32) -> Point {
    at(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t)
}

/// Unit vector from `a` to `b`; down where they coincide.
pub(super) fn direction(a: Point, b: Point) -> Point {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = (dx * dx + dy * dy).sqrt();
    if length > 1e-6 { at(dx / length, dy / length) } else { at(0.0, 1.0) }
}

/// The direction turned by a right angle: for a limb that hangs down, forward.
pub(super) fn across(direction: Point) -> Point {
    at(direction.y, -direction.x)
}

/// A knot of an outline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Knot {
    pub(super) point: Point,
    /// The outline may turn sharply here.
    pub(super) corner: bool,
}

/// A smooth line through knots.
#[derive(Debug, Clone, Default)]
pub(super) struct Curve {
    pub(super) knots: Vec<Knot>,
    pub(super) closed: bool,
}

/// Length of a handle as a part of the distance between two knots: a circle through four knots
/// wants 0.39, and less keeps long flat stretches from bulging.
const HANDLE: f32 = 0.36;

impl Curve {
    /// Closed, without corners.
    pub(super) fn round(points: impl IntoIterator<Item = Point>) -> Curve {
        Curve::with(points, true, false)
    }

    /// Closed, straight edges.
    pub(super) fn polygon(points: impl IntoIterator<Item = Point>) -> Curve {
        Curve::with(points, true, true)
    }

    fn with(points: impl IntoIterator<Item = Point>, closed: bool, corner: bool) -> Curve {
        let knots = points.into_iter().map(|point| Knot { point, corner });
        Curve { knots: knots.collect(), closed }
    }

    /// Makes a corner of every knot that is nearer than `reach` to one of `points`.
    pub(super) fn cornered(mut self, points: &[Point]) -> Curve {
        for knot in &mut self.knots {
            knot.corner |= points.contains(&knot.point);
        }
        self
    }

    fn knot(&self, i: isize) -> Knot {
        let n = self.knots.len() as isize;
        let i = if self.closed { i.rem_euclid(n) } else { i.clamp(0, n - 1) };
        self.knots[i as usize]
    }

    fn tangent(&self, i: isize) -> Point {
        if self.knot(i).corner {
            return at(0.0, 0.0);
        }
        let (before, after) = (self.knot(i - 1).point, self.knot(i + 1).point);
        direction(before, after)
    }

    /// The cubic from knot `i` to the next: two handles and the end.
    fn cubic(&self, i: usize) -> [Point; 4] {
        let i = i as isize;
        let (a, b) = (self.knot(i).point, self.knot(i + 1).point);
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let reach = HANDLE * (dx * dx + dy * dy).sqrt();
        let leave = along(a, self.tangent(i), reach);
        let arrive = along(b, self.tangent(i + 1), -reach);
        [a, leave, arrive, b]
    }

    fn pieces(&self) -> usize {
        match self.knots.len() {
            0 | 1 => 0,
            n if self.closed => n,
            n => n - 1,
        }
    }

    /// The curve as a path; `None` when it has no extent.
    pub(super) fn path(&self) -> Option<Path> {
        let mut builder = PathBuilder::new();
        let first = self.knots.first()?.point;
        builder.move_to(first.x, first.y);
        for i in 0..self.pieces() {
            let [_, c1, c2, end] = self.cubic(i);
            builder.cubic_to(c1.x, c1.y, c2.x, c2.y, end.x, end.y);
        }
        if self.closed {
            builder.close();
        }
        builder.finish()
    }

    /// Points along the curve, eight to a piece.
    pub(super) fn flat(&self) -> Vec<Point> {
        const STEPS: usize = 8;
        let mut points = Vec::with_capacity(self.pieces() * STEPS + 1);
        for i in 0..self.pieces() {
            let [a, b, c, d] = self.cubic(i);
            for step in 0..STEPS {
                let t = step as f32 / STEPS as f32;
                let (ab, bc, cd) = (between(a, b, t), between(b, c, t), between(c, d, t));
                points.push(between(between(ab, bc, t), between(bc, cd, t), t));
            }
        }
        points.extend(self.knots.last().filter(|_| !self.closed).map(|k| k.point));
        points
    }
}

/// A stroke along `spine` that is `widths[i]` wide at its i-th point, rounded at both ends.
pub(super) fn tapered(spine: &[Point], widths: &[f32]) -> Curve {
    let n = spine.len().min(widths.len());
    let mut front = Vec::with_capacity(n);
    let mut back = Vec::with_capacity(n);
    for i in 0..n {
        let before = spine[i.saturating_sub(1)];
        let after = spine[(i + 1).min(n - 1)];
        let side = across(direction(before, after));
        front.push(along(spine[i], side, widths[i] / 2.0));
        back.push(along(spine[i], side, -widths[i] / 2.0));
    }
    Curve::round(front.into_iter().chain(back.into_iter().rev()))
}

/// The mark of a knife: a sliver along `line`, pointed at both ends, `width` at its thickest.
pub(super) fn sliver(line: &[Point], width: f32) -> Option<Path> {
    let last = line.len().checked_sub(1).filter(|last| *last > 0)?;
    let spine = Curve::with(line.iter().copied(), false, false).flat();
    let n = spine.len() - 1;
    let mut front = vec![spine[0]];
    let mut back = Vec::new();
    for i in 1..n {
        let side = across(direction(spine[i - 1], spine[i + 1]));
        let half = width / 2.0 * sine(180.0 * i as f32 / n as f32).max(0.0);
        front.push(along(spine[i], side, half));
        back.push(along(spine[i], side, -half));
    }
    front.push(line[last]);
    Curve::polygon(front.into_iter().chain(back.into_iter().rev())).path()
}

/// Whether a point is inside a closed polyline (even-odd).
pub(super) fn inside(point: Point, outline: &[Point]) -> bool {
    let mut inside = false;
    for (i, a) in outline.iter().enumerate() {
        let b = outline[(i + 1) % outline.len()];
        if (a.y > point.y) != (b.y > point.y) {
            let x = a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x);
            inside ^= point.x < x;
        }
    }
    inside
}

/// The stretches of `line` that run inside `outline`: where a limb lies before the body and has to
/// be cut free of it to be seen.
pub(super) fn stretches_inside(line: &[Point], outline: &[Point]) -> Vec<Vec<Point>> {
    let mut stretches = Vec::new();
    let mut run = Vec::new();
    for point in line {
        if inside(*point, outline) {
            run.push(*point);
        } else if !run.is_empty() {
            stretches.push(std::mem::take(&mut run));
        }
    }
    stretches.push(run);
    stretches.retain(|stretch| stretch.len() > 4);
    stretches
}
