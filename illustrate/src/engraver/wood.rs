//! Trees: leafy, needled and bare, single, in rows and as the pillars of a forest.

use resvg::tiny_skia::{Path, PathBuilder};

use super::block::{Block, Cell, Smooth, flat};
use super::chance::{Chance, Grain};
use super::palette::{Rgb, blend};
use super::trig::{PI, TAU, cos, mix, sin, smooth};

/// What all trees of a stretch have in common.
#[derive(Debug, Clone, Copy)]
pub struct Leafage {
    /// 0 at our feet, 1 lost in the haze.
    pub depth: f32,
    /// Where the light comes from, in pixels.
    pub light: (f32, f32),
    /// Lightness of what faces the light.
    pub lit: f32,
    /// Lightness of what does not.
    pub dark: f32,
    /// The colour block's ink, before haze.
    pub colour: Rgb,
}

/// A leafy tree with its foot at `(x, y)`.
pub fn broadleaf(
    block: &mut Block,
    chance: &mut Chance,
    x: f32,
    y: f32,
    height: f32,
    leafage: &Leafage,
) {
    let trunk = height * 0.035;
    let lean = chance.about(0.06) * height;
    let mut path = PathBuilder::new();
    path.move_to(x - trunk * 1.9, y);
    path.quad_to(x - trunk * 0.8, y - height * 0.08, x - trunk * 0.7 + lean, y - height * 0.55);
    path.line_to(x + trunk * 0.7 + lean, y - height * 0.55);
    path.quad_to(x + trunk * 0.8, y - height * 0.08, x + trunk * 1.9, y);
    path.close();
    if let Some(path) = path.finish() {
        let ink = blend(block.palette.key, block.palette.haze, leafage.depth);
        block.fill(&path, 3.0, &flat(ink, 1.0 - leafage.depth * 0.7));
    }
    let (crown_x, crown_y) = (x + lean, y - height * 0.62);
    let (wide, tall) = (height * chance.range(0.27, 0.36), height * chance.range(0.3, 0.38));
    let count = 13;
    let mut clumps: Vec<(f32, f32, f32)> = (0..count)
        .map(|i| {
            // Sunflower spacing fills the crown evenly; chance loosens it.
            let turn = i as f32 * 2.4 + chance.about(0.5);
            let out = ((i as f32 + 0.5) / count as f32).sqrt() * 0.82;
            let size = height * chance.range(0.1, 0.15) * (1.15 - 0.35 * out);
            (crown_x + wide * out * cos(turn), crown_y + tall * out * sin(turn), size)
        })
        .collect();
    // Low ones first: each is overlapped by the one above it that catches the light.
    clumps.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (cx, cy, radius) in clumps {
        clump(block, chance, cx, cy, radius, leafage);
    }
}

/// One round mass of leaves with a scalloped edge; lines run around the point that the light strikes.
pub fn clump(
    block: &mut Block,
    chance: &mut Chance,
    cx: f32,
    cy: f32,
    radius: f32,
    leafage: &Leafage,
) {
    let Some(path) = scalloped(chance, cx, cy, radius) else { return };
    let palette = block.palette;
    let (dx, dy) = (leafage.light.0 - cx, leafage.light.1 - cy);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let (dx, dy) = (dx / length, dy / length);
    let pole = (cx + dx * radius * 0.75, cy + dy * radius * 0.75 - radius * 0.25);
    let pitch = block.pitch(mix(6.5, 4.5, leafage.depth)).min((radius * 0.3).max(1.5));
    let unit = block.unit;
    let grain = Grain::shared();
    let base = palette.hazed(leafage.colour, leafage.depth * 0.85);
    let lit = blend(base, palette.glow, 0.3);
    let leafage = *leafage;
    let surface = Smooth(move |x: f32, y: f32| {
        let (px, py) = (x - pole.0, y - pole.1);
        let distance = (px * px + py * py).sqrt();
        let rough = grain.at(x * 0.09 / unit, y * 0.09 / unit) - 0.5;
        let t = smooth(0.15, 1.65, distance / radius + rough * 0.4);
        let value = mix(leafage.lit, leafage.dark, t);
        Cell { value, phase: distance / pitch + rough * 0.55, pitch, colour: blend(lit, base, t) }
    });
    block.fill(&path, 5.0, &surface);
}

/// A circle with an edge of leaves.
fn scalloped(chance: &mut Chance, cx: f32, cy: f32, radius: f32) -> Option<Path> {
    let lobes = 9 + chance.below(4);
    let start = chance.range(0.0, TAU);
    let mut path = PathBuilder::new();
    let point = |turn: f32, r: f32| (cx + r * cos(turn), cy + r * sin(turn) * 0.9);
    let (x, y) = point(start, radius * 0.92);
    path.move_to(x, y);
    for lobe in 0..lobes {
        let (a, b) = (lobe as f32 / lobes as f32 * TAU, (lobe + 1) as f32 / lobes as f32 * TAU);
        let bulge = radius * chance.range(1.12, 1.32);
        let (mx, my) = point(start + (a + b) / 2.0, bulge);
        let (x, y) = point(
            start + b,
            radius * if lobe + 1 == lobes { 0.92 } else { chance.range(0.84, 0.98) },
        );
        path.quad_to(mx, my, x, y);
    }
    path.close();
    path.finish()
}

/// A fir with its foot at `(x, y)`.
pub fn fir(block: &mut Block, chance: &mut Chance, x: f32, y: f32, height: f32, leafage: &Leafage) {
    let mut path = PathBuilder::new();
    let mut cuts = PathBuilder::new();
    let tiers = 7 + chance.below(4);
    let half = height * chance.range(0.15, 0.21);
    let side = if leafage.light.0 < x { -1.0 } else { 1.0 };
    path.move_to(x - height * 0.02, y);
    path.line_to(x - height * 0.02, y - height * 0.12);
    let edge = |tier: usize| {
        let t = tier as f32 / tiers as f32;
        (y - height * (0.08 + 0.92 * t), half * (1.0 - t) + height * 0.006)
    };
    let mut right = Vec::new();
    for tier in 0..tiers {
        let (low, wide) = edge(tier);
        let (high, _) = edge(tier + 1);
        let droop = height * 0.02 * chance.range(0.4, 1.4);
        let (left_tip, right_tip) =
            (wide * chance.range(0.82, 1.1), wide * chance.range(0.82, 1.1));
        let waist = wide * 0.42;
        path.line_to(x - left_tip, low + droop);
        path.quad_to(x - waist, low - (low - high) * 0.4, x - waist * 0.8, high);
        right.push((
            x + right_tip,
            low + droop,
            x + waist,
            low - (low - high) * 0.4,
            x + waist * 0.8,
            high,
        ));
        for stroke in 0..4 {
            let t = 0.25 + 0.2 * stroke as f32;
            let (sx, sy) =
                (x + side * wide * t, low - (low - high) * (0.75 - 0.55 * t) + droop * t);
            let long = height * 0.028 * chance.range(0.7, 1.3);
            let half = (height * 0.0035).max(0.4);
            cuts.move_to(sx - half, sy);
            cuts.line_to(sx + side * long * 0.55, sy + long);
            cuts.line_to(sx + half, sy);
            cuts.close();
        }
    }
    path.line_to(x, y - height * 1.04);
    for &(tip_x, tip_y, cx, cy, ex, ey) in right.iter().rev() {
        path.line_to(ex, ey);
        path.quad_to(cx, cy, tip_x, tip_y);
    }
    path.line_to(x + height * 0.02, y - height * 0.12);
    path.line_to(x + height * 0.02, y);
    path.close();
    let palette = block.palette;
    let base = palette.hazed(blend(leafage.colour, palette.key, 0.25), leafage.depth * 0.9);
    let pitch = block.pitch(mix(5.5, 4.0, leafage.depth));
    let leafage = *leafage;
    if let Some(path) = path.finish() {
        let surface = move |px: f32, py: f32| {
            let across = (px - x) / half * side;
            let value = mix(leafage.dark, leafage.lit, smooth(-0.1, 0.9, across) * 0.7);
            Cell { value, phase: (py + (px - x).abs() * 0.6) / pitch, pitch, colour: base }
        };
        block.fill(&path, 5.0, &surface);
    }
    if leafage.depth < 0.6
        && let Some(cuts) = cuts.finish()
    {
        let colour = blend(base, palette.glow, 0.55);
        block.fill(&cuts, 0.0, &flat(colour, 0.0));
    }
}

/// A leafless tree with its foot at `(x, y)`.
pub fn bare(
    block: &mut Block,
    chance: &mut Chance,
    x: f32,
    y: f32,
    height: f32,
    leafage: &Leafage,
) {
    let mut path = PathBuilder::new();
    let turn = -PI / 2.0 + chance.about(0.15);
    limb(&mut path, chance, (x, y), turn, height * 0.36, height * 0.05, 6);
    if let Some(path) = path.finish() {
        let ink = blend(block.palette.key, block.palette.haze, leafage.depth);
        block.fill(&path, 5.0, &flat(ink, 1.0 - leafage.depth * 0.75));
    }
}

/// A limb and the limbs that grow from it; it ends after `forks` forks.
fn limb(
    path: &mut PathBuilder,
    chance: &mut Chance,
    from: (f32, f32),
    turn: f32,
    length: f32,
    width: f32,
    forks: u32,
) {
    let bend = turn + chance.about(0.25);
    let (mx, my) = (from.0 + cos(turn) * length * 0.5, from.1 + sin(turn) * length * 0.5);
    let (tx, ty) = (mx + cos(bend) * length * 0.5, my + sin(bend) * length * 0.5);
    let (nx, ny) = (-sin(turn), cos(turn));
    let (foot, tip) = (width / 2.0, width * 0.31);
    path.move_to(from.0 + nx * foot, from.1 + ny * foot);
    path.quad_to(mx + nx * tip * 1.1, my + ny * tip * 1.1, tx + nx * tip, ty + ny * tip);
    path.line_to(tx - nx * tip, ty - ny * tip);
    path.quad_to(mx - nx * tip * 1.1, my - ny * tip * 1.1, from.0 - nx * foot, from.1 - ny * foot);
    path.close();
    if forks == 0 {
        return;
    }
    let branches = if forks > 4 || chance.happens(0.35) { 3 } else { 2 };
    for branch in 0..branches {
        let spread = (branch as f32 / (branches - 1) as f32 - 0.5) * 1.25 + chance.about(0.22);
        // Twigs reach up again, as they do towards the light.
        let turn = bend + spread - cos(bend) * 0.12;
        let length = length * chance.range(0.62, 0.82);
        limb(path, chance, (tx, ty), turn, length, width * 0.62, forks - 1);
    }
}

/// A great trunk from top to bottom of the picture, as one stands before it in a forest.
pub fn pillar(
    block: &mut Block,
    chance: &mut Chance,
    x: f32,
    foot: f32,
    width: f32,
    leafage: &Leafage,
) {
    let sway = chance.about(0.5) * width;
    let half = width / 2.0;
    let mut path = PathBuilder::new();
    path.move_to(x - half * 2.1, foot + width * 0.1);
    path.cubic_to(
        x - half * 1.1,
        foot - width * 0.25,
        x - half,
        foot - width,
        x - half + sway * 0.4,
        foot * 0.5,
    );
    path.line_to(x - half * 0.8 + sway, -10.0);
    path.line_to(x + half * 0.8 + sway, -10.0);
    path.line_to(x + half + sway * 0.4, foot * 0.5);
    path.cubic_to(
        x + half,
        foot - width,
        x + half * 1.2,
        foot - width * 0.3,
        x + half * 2.3,
        foot + width * 0.12,
    );
    path.quad_to(x, foot - width * 0.12, x - half * 2.1, foot + width * 0.1);
    path.close();
    let Some(path) = path.finish() else { return };
    let palette = block.palette;
    let base = palette.hazed(blend(leafage.colour, palette.key, 0.2), leafage.depth);
    let lit = blend(base, palette.glow, 0.35);
    let side = if leafage.light.0 < x { -1.0 } else { 1.0 };
    let pitch = block.pitch(mix(8.0, 5.0, leafage.depth));
    let (unit, grain, leafage) = (block.unit, Grain::shared(), *leafage);
    let surface = Smooth(move |px: f32, py: f32| {
        let middle = x + sway * 0.4 * (1.0 - py / foot.max(1.0));
        let across = (px - middle) / half * side;
        let bark = grain.cloud(px * 0.022 / unit, py * 0.005 / unit, 2) - 0.5;
        let light = smooth(-0.15, 1.05, across + bark * 0.5);
        let value = mix(leafage.dark, leafage.lit, light) + bark * 0.25;
        let knot = grain.at(px * 0.01 / unit + 7.0, py * 0.008 / unit) * 3.0;
        Cell {
            value,
            phase: (px + bark * 26.0 * unit) / pitch + knot,
            pitch,
            colour: blend(base, lit, light),
        }
    });
    block.fill(&path, 12.0, &surface);
}

/// A leafy bough that reaches into the picture from a corner, `reach` pixels long.
pub fn bough(block: &mut Block, chance: &mut Chance, corner: (f32, f32), turn: f32, reach: f32) {
    let mut path = PathBuilder::new();
    let mut at = corner;
    let mut heading = turn;
    let steps = 9;
    for step in 0..steps {
        let t = step as f32 / steps as f32;
        let length = reach / steps as f32;
        let next = (at.0 + cos(heading) * length, at.1 + sin(heading) * length);
        let width = reach * 0.022 * (1.1 - t);
        let (nx, ny) = (-sin(heading) * width, cos(heading) * width);
        path.move_to(at.0 + nx, at.1 + ny);
        path.line_to(next.0 + nx * 0.85, next.1 + ny * 0.85);
        path.line_to(next.0 - nx * 0.85, next.1 - ny * 0.85);
        path.line_to(at.0 - nx, at.1 - ny);
        path.close();
        for _ in 0..7 {
            let out = heading + chance.about(1.5);
            let stem = reach * chance.range(0.03, 0.1);
            leaf(
                &mut path,
                (at.0 + cos(out) * stem, at.1 + sin(out) * stem),
                out,
                reach * chance.range(0.045, 0.075),
            );
        }
        at = next;
        heading += chance.about(0.22) + 0.02;
    }
    if let Some(path) = path.finish() {
        let key = block.palette.key;
        block.fill(&path, 10.0, &flat(key, 1.0));
    }
}

/// A pointed leaf that starts at `from`.
fn leaf(path: &mut PathBuilder, from: (f32, f32), turn: f32, length: f32) {
    let (dx, dy) = (cos(turn), sin(turn));
    let (nx, ny) = (-dy * length * 0.34, dx * length * 0.34);
    let (mx, my) = (from.0 + dx * length * 0.45, from.1 + dy * length * 0.45);
    let tip = (from.0 + dx * length, from.1 + dy * length);
    path.move_to(from.0, from.1);
    path.quad_to(mx + nx, my + ny, tip.0, tip.1);
    path.quad_to(mx - nx, my - ny, from.0, from.1);
    path.close();
}
