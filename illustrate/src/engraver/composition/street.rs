//! A street: facades in perspective, a strip of sky, lamps.

use resvg::tiny_skia::{PathBuilder, Rect};

use super::super::block::{Block, Cell, flat};
use super::super::chance::{Chance, Grain};
use super::super::palette::{Rgb, blend};
use super::super::reading::{Light, Weather};
use super::super::scene::Scene;
use super::super::stage;
use super::super::trig::{floor, mix, smooth};
use super::super::weather;
use super::theatre::{self, Theatre};
use super::town::{lamps_are_lit, without_buildings};

/// A street: facades in perspective on both sides, a strip of sky, wet or dry stones.
pub fn street(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let mut chance = scene.chance.branch("street");
    let horizon = h * scene.framing.height([0.56, 0.5, 0.6]);
    let light = scene.sky(block, horizon);
    let vanish = (scene.x(block, scene.framing.height([0.58, 0.7, 0.5])), horizon);
    skyline(block, scene, &mut chance, vanish);
    for left in [true, false] {
        let edge = if left { -w * 0.02 } else { w * 1.02 };
        // Houses from the far end towards us; `t` is how near their front edge is.
        let cuts = [0.1, 0.2, 0.34, 0.54, 0.78, 1.06];
        for pair in cuts.windows(2) {
            house(block, scene, &mut chance, vanish, edge, (pair[0], pair[1]), light.x);
        }
    }
    stones(block, scene, vanish);
    let theatre = Theatre {
        horizon: horizon - h * 0.02,
        front: h * 0.92,
        scale: h.min(w * 1.5) * scene.framing.distance([0.25, 0.205, 0.17]),
        light: (light.x, light.y),
        strength: 0.9,
        glow: theatre::lamplight(scene),
        shadow: if scene.reading.weather == Weather::Clear { -0.35 } else { 0.0 },
        water: None,
    };
    if lamps_are_lit(scene) || scene.reading.light == Light::Lamp {
        lamp_post(block, (scene.x(block, 0.8), h * 0.86), h * 0.36);
    }
    without_buildings(&theatre, block, scene);
    weather::cut(block, scene);
}

/// Roofs and a spire at the end of the street.
fn skyline(block: &mut Block, scene: &Scene, chance: &mut Chance, vanish: (f32, f32)) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut path = PathBuilder::new();
    for i in 0..7 {
        let x = vanish.0 + (i as f32 - 3.0) * w * 0.06 + chance.about(w * 0.02);
        let (half, tall) = (w * chance.range(0.025, 0.045), h * chance.range(0.05, 0.11));
        path.move_to(x - half, vanish.1 + h * 0.02);
        path.line_to(x - half, vanish.1 - tall);
        path.line_to(x, vanish.1 - tall - half * if i == 3 { 5.0 } else { 1.2 });
        path.line_to(x + half, vanish.1 - tall);
        path.line_to(x + half, vanish.1 + h * 0.02);
        path.close();
    }
    let Some(path) = path.finish() else { return };
    let pitch = block.pitch(5.5);
    let colour = palette.hazed(palette.zenith, 0.55);
    let bright = scene.brightness();
    block.fill(&path, 5.0, &move |_: f32, y: f32| {
        let value = mix(0.45, 0.95, smooth(-h * 0.15, 0.0, y - vanish.1)) * mix(0.55, 1.0, bright);
        Cell { value, phase: y / pitch, pitch, colour }
    });
}

/// One house of a street: a wall in perspective, a gable, rows of windows.
fn house(
    block: &mut Block,
    scene: &Scene,
    chance: &mut Chance,
    vanish: (f32, f32),
    edge: f32,
    (far, near): (f32, f32),
    light_x: f32,
) {
    let (h, palette) = (block.h(), block.palette);
    let storeys = 2 + chance.below(3);
    let tall = h * (0.2 + 0.13 * storeys as f32) * chance.range(0.9, 1.15);
    // A point of the wall: `t` along the street, `v` up from the ground.
    let point = move |t: f32, v: f32| {
        let x = mix(vanish.0, edge, t);
        (x, vanish.1 + h * 0.45 * t - (tall + h * 0.12) * v * t)
    };
    let quad = |t0: f32, t1: f32, v0: f32, v1: f32| {
        let mut path = PathBuilder::new();
        for (i, (t, v)) in [(t0, v0), (t1, v0), (t1, v1), (t0, v1)].into_iter().enumerate() {
            let (x, y) = point(t, v);
            if i == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
        path.close();
        path.finish()
    };
    let depth = (1.0 - near).clamp(0.0, 1.0) * 0.7;
    let facing = (light_x < vanish.0) == (edge > vanish.0);
    let bright = scene.brightness();
    let (unit, grain) = (block.unit, Grain::shared());
    let pitch = block.pitch(6.0);
    let tint: Rgb =
        blend(palette.land, [palette.accent, palette.zenith, palette.haze][chance.below(3)], 0.3);
    let colour = palette.hazed(tint, depth);
    let wall = move |x: f32, y: f32| {
        let t = ((x - vanish.0) / (edge - vanish.0)).max(0.02);
        let v = (vanish.1 + h * 0.45 * t - y) / (tall * t);
        let patch = grain.cloud(x * 0.008 / unit, y * 0.02 / unit, 2) - 0.5;
        let lit = if facing { 0.62 } else { 0.2 };
        let value = lit * mix(0.5, 1.0, bright) + patch * 0.35 + depth * 0.35 + (v - 0.5) * 0.12;
        // Courses run to the vanishing point; far off every other one is left out.
        let courses = tall * if t < 0.3 { 0.32 } else { 0.64 } / pitch;
        Cell { value, phase: v * courses, pitch: tall * t / courses, colour }
    };
    let gable = chance.range(0.08, 0.2);
    let mut outline = PathBuilder::new();
    let middle = (far + near) / 2.0;
    for (i, (t, v)) in [(far, 0.0), (far, 1.0), (middle, 1.0 + gable), (near, 1.0), (near, 0.0)]
        .into_iter()
        .enumerate()
    {
        let (x, y) = point(t, v);
        if i == 0 { outline.move_to(x, y) } else { outline.line_to(x, y) }
    }
    outline.close();
    if let Some(path) = outline.finish() {
        block.fill(&path, 10.0, &wall);
        block.line(&path, 1.6 * unit, &flat(palette.hazed(palette.key, depth), 1.0 - depth));
    }
    let lit = lamps_are_lit(scene);
    let columns = 2;
    for storey in 0..storeys + 1 {
        for column in 0..columns {
            let t0 = mix(far, near, (column as f32 + 0.25) / columns as f32);
            let t1 = mix(far, near, (column as f32 + 0.72) / columns as f32);
            let v0 = (storey as f32 + 0.32) / (storeys as f32 + 1.0);
            let v1 = (storey as f32 + 0.76) / (storeys as f32 + 1.0);
            let door = storey == 0 && column == 0;
            let Some(pane) = quad(t0, t1, if door { 0.0 } else { v0 }, v1) else { continue };
            let shines = lit && !door && chance.happens(0.42);
            let ink = if shines {
                palette.glow
            } else {
                palette.hazed(blend(palette.zenith, palette.key, 0.55), depth)
            };
            block.fill(&pane, 0.0, &flat(ink, if shines { 0.0 } else { 0.85 - depth * 0.7 }));
            block.line(
                &pane,
                (4.0 * near).max(1.0) * unit,
                &flat(palette.hazed(palette.paper, depth), 0.1),
            );
        }
    }
}

/// Paving that runs to the vanishing point.
fn stones(block: &mut Block, scene: &Scene, vanish: (f32, f32)) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut path = PathBuilder::new();
    path.move_to(vanish.0, vanish.1);
    path.line_to(w * 1.06, vanish.1 + h * 0.46);
    path.line_to(w * 1.06, h + 9.0);
    path.line_to(-w * 0.06, h + 9.0);
    path.line_to(-w * 0.06, vanish.1 + h * 0.46);
    path.close();
    let Some(path) = path.finish() else { return };
    let wet = matches!(scene.reading.weather, Weather::Rain | Weather::Storm);
    let snow = scene.reading.weather == Weather::Snow;
    let bright = scene.brightness();
    let grain = Grain::shared();
    let (unit, base) = (block.unit, block.pitch(5.0));
    let colour = if snow { palette.paper } else { blend(palette.land, palette.haze, 0.35) };
    block.fill(&path, 4.0, &move |x: f32, y: f32| {
        let down = (y - vanish.1).max(1.0);
        let t = down / (h - vanish.1);
        let root = (down / base + 1.0).sqrt();
        // Rows of stones: the joints across are shifted from row to row.
        let row = floor(root * 3.2);
        let across = (x - vanish.0) / down * 11.0 + (row as i64 % 2) as f32 * 0.5;
        let joint = ((across - floor(across)) * 2.0 - 1.0).abs();
        let stone = grain.at(floor(across) * 3.7, row * 5.1) - 0.5;
        let shine =
            if wet { smooth(0.3, 0.0, ((x - vanish.0) / (down * 0.9)).abs()) * 0.4 } else { 0.0 };
        let value = mix(0.85, 0.35, t) * mix(0.6, 1.0, bright)
            + stone * 0.4
            + shine
            + if snow { 0.35 } else { 0.0 }
            - smooth(0.86, 1.0, joint) * 0.35
            + (grain.at(x * 0.02 / unit, y * 0.04 / unit) - 0.5) * 0.2;
        Cell {
            value,
            phase: root * 3.2 + 0.5,
            pitch: base * root / 1.6,
            colour: blend(colour, palette.glow, shine),
        }
    });
}

/// A street lamp with its light about it.
fn lamp_post(block: &mut Block, foot: (f32, f32), tall: f32) {
    let palette = block.palette;
    let (x, top) = (foot.0, foot.1 - tall);
    stage::shine(block, (x, top), tall * 0.42);
    let half = tall * 0.012;
    let mut post = PathBuilder::new();
    for (l, t, r, b) in [
        (-half, top + tall * 0.07, half, foot.1),
        (-half * 2.6, foot.1 - tall * 0.06, half * 2.6, foot.1),
        (-half * 5.0, top + tall * 0.13, half * 5.0, top + tall * 0.14),
    ] {
        if let Some(rect) = Rect::from_ltrb(x + l, t, x + r, b) {
            post.push_rect(rect);
        }
    }
    let (wide, high) = (tall * 0.042, tall * 0.085);
    post.move_to(x - wide, top - high * 0.55);
    post.line_to(x, top - high * 1.25);
    post.line_to(x + wide, top - high * 0.55);
    post.close();
    if let Some(path) = post.finish() {
        block.line(&path, 3.0 * block.unit, &flat(palette.glow, 0.0));
        block.fill(&path, 5.0, &flat(palette.key, 1.0));
    }
    let mut glass = PathBuilder::new();
    glass.move_to(x - wide * 0.85, top - high * 0.5);
    glass.line_to(x + wide * 0.85, top - high * 0.5);
    glass.line_to(x + wide * 0.5, top + high * 0.75);
    glass.line_to(x - wide * 0.5, top + high * 0.75);
    glass.close();
    if let Some(path) = glass.finish() {
        block.line(&path, 3.4 * block.unit, &flat(palette.key, 1.0));
        block.fill(&path, 0.0, &flat(blend(palette.glow, palette.paper, 0.3), 0.0));
    }
}
