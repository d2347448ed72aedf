//! The stage: puts drawings into the picture, at a place and a scale, in the light of the scene.
//!
//! A drawing says what is dark and what is cut away; here it gets the haze of its distance, a rim of
//! light on the side that faces the light, a pale line that parts it from what lies behind, and a
//! shadow on the ground.

use resvg::tiny_skia::{PathBuilder, Transform};

use super::block::{Block, Cell, Stencil, flat};
use super::chance::Grain;
use super::drawing::{Drawing, Ink, Shape};
use super::palette::{Rgb, blend};
use super::trig::{mix, smooth};

/// How a drawing is placed and lit.
#[derive(Debug, Clone, Copy)]
pub struct Placing {
    /// Where the middle of its base stands, in pixels.
    pub x: f32,
    /// Where its base stands, in pixels.
    pub y: f32,
    /// Pixels of one metre.
    pub scale: f32,
    /// 0 at our feet, 1 lost in the haze.
    pub depth: f32,
    /// Where the light comes from, in pixels.
    pub light: (f32, f32),
    /// How strong the light is, 0 to 1.
    pub strength: f32,
    /// Colour of the element's accent.
    pub accent: Rgb,
    /// How far the light of its own flames and lamps reaches, in pixels; zero for none.
    pub glow: f32,
    /// Length of the shadow thrown on the ground, in heights of the drawing; negative towards the
    /// horizon, zero for none.
    pub shadow: f32,
}

/// Prints a drawing.
pub fn place(block: &mut Block, drawing: &Drawing, placing: &Placing) {
    if drawing.shapes.is_empty() || placing.scale <= 0.0 || !placing.scale.is_finite() {
        return;
    }
    let transform =
        Transform::from_row(placing.scale, 0.0, 0.0, placing.scale, placing.x, placing.y);
    cast_shadow(block, drawing, placing);
    let cut = stencils(block, drawing, transform, |_| true);
    let Some(whole) = union(cut.iter().map(|(_, stencil)| stencil)) else { return };
    part_from_ground(block, &whole, placing);
    for (ink, stencil) in &cut {
        print(block, stencil, *ink, placing);
    }
    rim(block, &whole, placing);
}

/// Prints the light that a drawing's lamps and flames throw about them; before anything is placed
/// that stands in it.
pub fn kindle(block: &mut Block, drawing: &Drawing, placing: &Placing) {
    if placing.glow <= 0.0 || placing.scale <= 0.0 {
        return;
    }
    let transform =
        Transform::from_row(placing.scale, 0.0, 0.0, placing.scale, placing.x, placing.y);
    let lights = stencils(block, drawing, transform, |ink| ink == Ink::Light);
    if let Some(flames) = union(lights.iter().map(|(_, stencil)| stencil)) {
        let middle = |from: usize, length: usize| from as f32 + length as f32 / 2.0;
        shine(
            block,
            (middle(flames.left, flames.width), middle(flames.top, flames.height)),
            placing.glow,
        );
    }
}

/// Rings of light about a lamp, thinning out into the dark.
pub fn shine(block: &mut Block, at: (f32, f32), reach: f32) {
    let Some(path) = PathBuilder::from_circle(at.0, at.1, reach) else { return };
    let Some(mut stencil) = block.stencil(&path, None) else { return };
    let pitch = block.pitch(6.5);
    for row in 0..stencil.height {
        for column in 0..stencil.width {
            let (dx, dy) =
                ((column + stencil.left) as f32 - at.0, (row + stencil.top) as f32 - at.1);
            let distance = (dx * dx + dy * dy).sqrt();
            let share = (1.0 - distance / reach).max(0.0) * 1.1 - 0.04;
            let open = block.opening(share, distance / pitch, pitch);
            let cover = &mut stencil.cover[row * stencil.width + column];
            *cover = (f32::from(*cover) * open) as u8;
        }
    }
    let palette = block.palette;
    block.print(&stencil, &flat(palette.glow, 0.0));
}

/// The coverage of each shape of a drawing whose ink is wanted.
fn stencils(
    block: &Block,
    drawing: &Drawing,
    transform: Transform,
    wanted: impl Fn(Ink) -> bool,
) -> Vec<(Ink, Stencil)> {
    let scale = transform.get_scale().0;
    let shapes = drawing.shapes.iter().filter(|shape| wanted(shape.ink));
    let stencil = |shape: &Shape| {
        let path = shape.path.clone().transform(transform)?;
        let line = shape.stroke.map(|width| (width * scale).max(0.7 * block.unit));
        Some((shape.ink, block.stencil(&path, line)?))
    };
    shapes.filter_map(stencil).collect()
}

/// What any of some stencils covers.
fn union<'s>(stencils: impl Iterator<Item = &'s Stencil> + Clone) -> Option<Stencil> {
    let left = stencils.clone().map(|s| s.left).min()?;
    let top = stencils.clone().map(|s| s.top).min()?;
    let right = stencils.clone().map(|s| s.left + s.width).max()?;
    let bottom = stencils.clone().map(|s| s.top + s.height).max()?;
    let (width, height) = (right - left, bottom - top);
    let mut cover = vec![0u8; width * height];
    for stencil in stencils {
        for row in 0..stencil.height {
            let start = (row + stencil.top - top) * width + stencil.left - left;
            let from = &stencil.cover[row * stencil.width..(row + 1) * stencil.width];
            for (into, &from) in cover[start..].iter_mut().zip(from) {
                *into = (*into).max(from);
            }
        }
    }
    Some(Stencil { left, top, width, height, cover })
}

fn print(block: &mut Block, stencil: &Stencil, ink: Ink, placing: &Placing) {
    let palette = block.palette;
    let depth = placing.depth;
    let unit = block.unit;
    let pitch = block.pitch(6.0);
    let grain = Grain::shared();
    let lines = move |value: f32, colour: Rgb, slope: f32| {
        move |x: f32, y: f32| {
            let wander = grain.at(x * 0.02 / unit, y * 0.02 / unit) * 1.4;
            let patch = grain.at(x * 0.03 / unit, y * 0.05 / unit) - 0.5;
            Cell {
                value: value + patch * 0.25,
                phase: (y + x * slope) / pitch + wander,
                pitch,
                colour,
            }
        }
    };
    match ink {
        Ink::Body => {
            let body = blend(palette.key, palette.haze, depth * 0.9);
            let body = blend(body, palette.zenith, 0.35 * depth);
            let large = stencil.height.min(stencil.width) as f32 / unit;
            let carve = smooth(26.0, 70.0, large) * placing.strength * (1.0 - depth * 2.0).max(0.0);
            if carve <= 0.0 {
                block.print(stencil, &lines(depth * 0.62 - 0.12, body, 0.25));
                return;
            }
            // What is large and near is not flat: white lines round it towards the light.
            let half = (stencil.width as f32 / 2.0, stencil.height as f32 / 2.0);
            let middle = (stencil.left as f32 + half.0, stencil.top as f32 + half.1);
            let (dx, dy) = (placing.light.0 - middle.0, placing.light.1 - middle.1);
            let far = (dx * dx + dy * dy).sqrt().max(1.0);
            let (dx, dy) = (dx / far, dy / far * 0.6);
            let lit = blend(palette.haze, palette.glow, 0.45);
            block.print(stencil, &move |x: f32, y: f32| {
                let (ax, ay) = ((x - middle.0) / half.0, (y - middle.1) / half.1);
                let patch = grain.cloud(x * 0.01 / unit, y * 0.006 / unit, 2) - 0.5;
                let turn = smooth(0.15, 1.1, ax * dx + ay * dy + patch * 0.5);
                // The lines bend with the form.
                let bow = (ax * ax * 0.5 + ax * 0.3) * half.1.min(half.0) * 0.35;
                let phase = (y + x * 0.2 - bow) / pitch + patch * 1.2;
                let value = depth * 0.62 - 0.12 + turn * carve * 0.62;
                Cell { value, phase, pitch, colour: blend(body, lit, turn) }
            });
        }
        Ink::Shade => {
            let colour = palette.hazed(blend(palette.land, palette.zenith, 0.35), depth);
            block.print(stencil, &lines(mix(0.5, 0.85, depth), colour, -0.5));
        }
        Ink::Accent => {
            // Cloth is rounded: its folds darken away from the light.
            let colour = palette.hazed(placing.accent, depth * 0.8);
            let (middle, half) =
                (stencil.left as f32 + stencil.width as f32 / 2.0, stencil.width as f32 / 2.0);
            let side = if placing.light.0 < middle { -1.0 } else { 1.0 };
            block.print(stencil, &move |x: f32, y: f32| {
                let across = (x - middle) / half * side;
                let fold = grain.cloud(x * 0.03 / unit, y * 0.006 / unit, 2) - 0.5;
                let value = mix(0.42, 1.0, smooth(-1.0, 0.5, across + fold * 1.3)) + depth * 0.2;
                Cell { value, phase: (x + y * 0.12 + fold * 14.0 * unit) / pitch, pitch, colour }
            });
        }
        Ink::Paper => {
            let colour = palette.hazed(blend(palette.paper, palette.glow, 0.25), depth * 0.7);
            block.print(stencil, &flat(colour, 0.0));
        }
        Ink::Light => block.print(stencil, &flat(blend(palette.glow, palette.paper, 0.15), 0.0)),
    }
}

/// A pale line around the whole, as a cutter leaves it to part dark from dark.
fn part_from_ground(block: &mut Block, whole: &Stencil, placing: &Placing) {
    let reach = ((2.6 - 1.6 * placing.depth) * block.unit).round().max(1.0) as usize;
    let grown = grown(block, whole, reach);
    let palette = block.palette;
    let colour = blend(palette.haze, palette.glow, 0.35 * placing.strength);
    block.print(&grown, &flat(colour, 0.0));
}

/// A stencil grown by some pixels to every side.
fn grown(block: &Block, stencil: &Stencil, reach: usize) -> Stencil {
    let left = stencil.left.saturating_sub(reach);
    let top = stencil.top.saturating_sub(reach);
    let right = (stencil.left + stencil.width + reach).min(block.width);
    let bottom = (stencil.top + stencil.height + reach).min(block.height);
    let (width, height) = (right - left, bottom - top);
    // Widest value along the rows, then along the columns: a square brush.
    let mut wide = vec![0u8; width * stencil.height];
    for row in 0..stencil.height {
        let from = &stencil.cover[row * stencil.width..(row + 1) * stencil.width];
        let into = &mut wide[row * width..(row + 1) * width];
        for (column, &value) in from.iter().enumerate().filter(|(_, value)| **value > 0) {
            let x = column + stencil.left - left;
            let span = x.saturating_sub(reach)..(x + reach + 1).min(width);
            into[span].iter_mut().for_each(|cell| *cell = (*cell).max(value));
        }
    }
    let mut cover = vec![0u8; width * height];
    for row in 0..stencil.height {
        let y = row + stencil.top - top;
        for target in y.saturating_sub(reach)..(y + reach + 1).min(height) {
            let into = &mut cover[target * width..(target + 1) * width];
            into.iter_mut()
                .zip(&wide[row * width..(row + 1) * width])
                .for_each(|(a, &b)| *a = (*a).max(b));
        }
    }
    Stencil { left, top, width, height, cover }
}

/// The edge that faces the light: a bare rim, and carved lines behind it that round the form.
fn rim(block: &mut Block, whole: &Stencil, placing: &Placing) {
    if placing.strength <= 0.0 {
        return;
    }
    let (mx, my) = (
        whole.left as f32 + whole.width as f32 / 2.0,
        whole.top as f32 + whole.height as f32 / 2.0,
    );
    let (dx, dy) = (placing.light.0 - mx, placing.light.1 - my);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let (dx, dy) = (dx / length, dy / length);
    let size = whole.height.min(whole.width) as f32;
    let edge = (size * 0.018).clamp(1.0 * block.unit, 5.0 * block.unit) * placing.strength;
    let (ex, ey) = ((dx * edge).round() as i64, (dy * edge).round() as i64);
    if ex == 0 && ey == 0 {
        return;
    }
    let mut cover = whole.cover.clone();
    for row in 0..whole.height {
        for column in 0..whole.width {
            let cell = &mut cover[row * whole.width + column];
            if *cell > 0 {
                let (x, y) = ((column + whole.left) as i64, (row + whole.top) as i64);
                *cell = (*cell).min(255 - whole.cover(x + ex, y + ey));
            }
        }
    }
    let palette = block.palette;
    let colour = blend(palette.haze, palette.glow, 0.75);
    block.print(&Stencil { cover, ..whole.clone() }, &flat(colour, 0.0));
}

/// The drawing's shadow on the ground, away from the light.
fn cast_shadow(block: &mut Block, drawing: &Drawing, placing: &Placing) {
    if placing.shadow == 0.0 {
        return;
    }
    let away = ((placing.x - placing.light.0) / (block.w() * 0.6)).clamp(-1.4, 1.4);
    let flat_scale = -placing.scale * placing.shadow;
    let shear = -placing.scale * away * placing.shadow.abs() * 1.2;
    let transform =
        Transform::from_row(placing.scale, 0.0, shear, flat_scale, placing.x, placing.y);
    let cut = stencils(block, drawing, transform, |ink| {
        ink == Ink::Body || ink == Ink::Accent || ink == Ink::Shade
    });
    let Some(stencil) = union(cut.iter().map(|(_, stencil)| stencil)) else { return };
    let palette = block.palette;
    let colour = palette.hazed(blend(palette.land, palette.key, 0.45), placing.depth);
    let pitch = block.pitch(5.0);
    let value = mix(0.2, 0.75, placing.depth);
    block.print(&stencil, &move |_: f32, y: f32| Cell { value, phase: y / pitch, pitch, colour });
}
