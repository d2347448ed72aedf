//! Ridges: outlines of land, cloud, foliage and water as one height for each column.
//!
//! A ridge knows its crest everywhere, so that the carved lines of a surface can follow it.

use resvg::tiny_skia::{Path, PathBuilder};

use super::chance::{Chance, Grain};

/// A crest line: the y of each column from `left` on, `step` pixels apart.
#[derive(Debug, Clone)]
pub struct Ridge {
    left: f32,
    step: f32,
    tops: Vec<f32>,
}

impl Ridge {
    /// A crest from a function of x.
    #[must_use]
    pub fn new(left: f32, right: f32, step: f32, top: impl Fn(f32) -> f32) -> Self {
        let step = step.max(0.5);
        let count = (((right - left) / step).ceil().clamp(1.0, 20_000.0)) as usize + 1;
        Self { left, step, tops: (0..count).map(|i| top(left + i as f32 * step)).collect() }
    }

    /// Rolling ground: `rise` pixels high about `y`, waves of about `length` pixels.
    #[must_use]
    pub fn rolling(chance: &mut Chance, width: f32, y: f32, rise: f32, length: f32) -> Self {
        let (a, b) = (chance.range(0.0, 200.0), chance.range(0.0, 200.0));
        let grain = Grain::shared();
        Self::new(-8.0, width + 8.0, 3.0, |x| {
            let broad = grain.at(x / length + a, b) - 0.5;
            let fine = grain.at(x / length * 3.1 + b, a) - 0.5;
            y + rise * (broad * 1.7 + fine * 0.28)
        })
    }

    /// Mountains: sharp crests and broken flanks.
    #[must_use]
    pub fn mountains(chance: &mut Chance, width: f32, y: f32, rise: f32, length: f32) -> Self {
        let (a, b) = (chance.range(0.0, 200.0), chance.range(0.0, 200.0));
        let grain = Grain::shared();
        Self::new(-8.0, width + 8.0, 2.0, |x| {
            let mut height = 0.0;
            let (mut scale, mut weight) = (1.0 / length, 1.0);
            for octave in 0..5 {
                let fold =
                    1.0 - (grain.at(x * scale + a + octave as f32 * 17.0, b) * 2.0 - 1.0).abs();
                height += fold * weight;
                weight *= 0.46;
                scale *= 2.07;
            }
            y - rise * (height / 1.85 - 0.25)
        })
    }

    /// A heap of round billows between `left` and `right` on the base `y`.
    #[must_use]
    pub fn heap(chance: &mut Chance, left: f32, right: f32, y: f32, height: f32) -> Self {
        let width = right - left;
        let count = 9 + chance.below(6);
        let lean = chance.range(0.3, 0.7);
        // The heap's broad outline rises to its summit at `lean` and dies away to both ends.
        let arch = move |t: f32| {
            let u = if t < lean { t / lean } else { (1.0 - t) / (1.0 - lean) };
            (u.clamp(0.0, 1.0) * (2.0 - u.clamp(0.0, 1.0))).sqrt()
        };
        let billows: Vec<(f32, f32, f32)> = (0..count)
            .map(|i| {
                let t = (i as f32 + chance.range(0.2, 0.8)) / count as f32;
                let radius = width * chance.range(0.05, 0.11) * (0.35 + 0.75 * arch(t));
                let peak = height * arch(t) * chance.range(0.62, 1.0);
                (left + width * (0.03 + 0.94 * t), y - (peak - radius * 0.7).max(0.0), radius)
            })
            .collect();
        Self::new(left, right, (width / 240.0).max(1.0), move |x| {
            let top = |&(cx, cy, radius): &(f32, f32, f32)| {
                let dx = (x - cx) / radius;
                if dx.abs() >= 1.0 { y } else { cy - radius * (1.0 - dx * dx).sqrt() }
            };
            let body = y - height * 0.6 * arch((x - left) / width);
            billows.iter().map(top).fold(body.min(y), f32::min)
        })
    }

    /// The crest's y at a column; the end's value beyond the ends.
    #[must_use]
    pub fn at(&self, x: f32) -> f32 {
        let place = ((x - self.left) / self.step).max(0.0);
        let i = (place as usize).min(self.tops.len() - 1);
        let j = (i + 1).min(self.tops.len() - 1);
        let t = (place - i as f32).min(1.0);
        self.tops[i] + (self.tops[j] - self.tops[i]) * t
    }

    /// The area from the crest down to `bottom`.
    #[must_use]
    pub fn path(&self, bottom: f32) -> Option<Path> {
        let mut path = PathBuilder::new();
        path.move_to(self.left, bottom);
        for (i, &y) in self.tops.iter().enumerate() {
            path.line_to(self.left + i as f32 * self.step, y);
        }
        path.line_to(self.left + (self.tops.len() - 1) as f32 * self.step, bottom);
        path.close();
        path.finish()
    }

    /// The area between the crest and a softly rounded base at `y`, `belly` pixels deep.
    #[must_use]
    pub fn cloud_path(&self, y: f32, belly: f32) -> Option<Path> {
        let mut path = PathBuilder::new();
        let right = self.left + (self.tops.len() - 1) as f32 * self.step;
        let width = right - self.left;
        path.move_to(self.left, y);
        for (i, &top) in self.tops.iter().enumerate() {
            path.line_to(self.left + i as f32 * self.step, top);
        }
        path.line_to(right, y);
        path.cubic_to(
            right - width * 0.2,
            y + belly * 1.6,
            right - width * 0.3,
            y + belly * 0.2,
            right - width * 0.45,
            y + belly,
        );
        path.cubic_to(
            right - width * 0.6,
            y + belly * 1.8,
            self.left + width * 0.15,
            y + belly * 0.4,
            self.left,
            y,
        );
        path.close();
        path.finish()
    }
}
