//! Castle and village.

use resvg::tiny_skia::{Path, PathBuilder, Rect};

use super::super::block::{Block, Cell, flat};
use super::super::cast::Accent;
use super::super::chance::{Chance, Grain};
use super::super::land::{self, Road};
use super::super::motif::Kind;
use super::super::palette::blend;
use super::super::reading::{Hour, Weather};
use super::super::ridge::Ridge;
use super::super::scene::{Scene, level};
use super::super::sky::Luminary;
use super::super::trig::{mix, smooth};
use super::super::wood;
use super::country;
use super::theatre::Theatre;

/// Whether windows are lit.
pub fn lamps_are_lit(scene: &Scene) -> bool {
    matches!(scene.reading.hour, Hour::Night | Hour::Dusk)
        || matches!(scene.reading.weather, Weather::Storm)
}

/// A castle or a lonely house on a hill, a road that winds up to it.
pub fn castle(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("castle");
    let horizon = h * scene.framing.height([0.62, 0.56, 0.66]);
    let light = scene.sky(block, horizon);
    let top = scene.x(block, scene.vary([0.44, 0.3, 0.56, 0.66]));
    let hill = Ridge::new(-8.0, w + 8.0, 3.0, |x| {
        let off = ((x - top).abs() / (w * 0.5)).min(1.0);
        let rough = Grain::shared().cloud(x / (w * 0.1), 8.0, 3) - 0.5;
        horizon + h * 0.07 - h * 0.2 * (1.0 - off * off) * (1.0 - off * off) + rough * h * 0.03
    });
    let (x, y) = (top, hill.at(top));
    let theatre = country::theatre(block, scene, horizon, light);
    let building = scene.cast.of_kind(Kind::Building).next().copied();
    match building {
        Some(prop) => {
            let drawing = prop.motif.drawing();
            let scale =
                (h * 0.26 / drawing.height().max(0.1)).min(w * 0.5 / drawing.width().max(0.1));
            theatre.hang(block, drawing, Accent::Plate, (x, y + h * 0.02), scale, 0.18);
        }
        None => keep(block, scene, &mut chance, (x, y + h * 0.02), h * 0.25, light),
    }
    land::hill(block, &hill, h, &scene.ground(&palette, 0.4, h * 0.18, light.x));
    let leafage = scene.leafage(blend(palette.land, palette.zenith, 0.5), 0.35, (light.x, light.y));
    for i in 0..12 {
        let x = (i as f32 + chance.unit()) / 12.0 * w;
        if (x - top).abs() > w * 0.12 {
            let size = h * chance.range(0.035, 0.07);
            wood::fir(block, &mut chance, x, hill.at(x) + size * 0.4, size, &leafage);
        }
    }
    let front = Ridge::rolling(&mut chance, w, h * 0.8, h * 0.05, w * 0.5);
    land::field(block, &front, h, &scene.ground(&palette, 0.2, h * 0.2, light.x));
    let far = scene.x(block, 0.62);
    let road = Road {
        from: (scene.x(block, 0.4), h * 1.01),
        to: (far, front.at(far) + 3.0),
        widths: (w * 0.3, w * 0.02),
        swing: w * 0.16 * if scene.flipped { -1.0 } else { 1.0 },
    };
    road.cut(block, scene.brightness().sqrt());
    without_buildings(&theatre, block, scene);
    country::foreground(block, scene);
}

/// The people and beasts of a scene whose buildings stand already.
pub fn without_buildings(theatre: &Theatre, block: &mut Block, scene: &Scene) {
    let mut rest = scene.clone();
    rest.cast.props.retain(|prop| prop.motif.kind != Kind::Building);
    theatre.fill(block, &rest);
}

/// A castle of our own: towers of several heights about a keep.
fn keep(
    block: &mut Block,
    scene: &Scene,
    chance: &mut Chance,
    foot: (f32, f32),
    tall: f32,
    light: Luminary,
) {
    let palette = block.palette;
    let mut towers: Vec<(f32, f32, f32)> = (0..6)
        .map(|i| {
            let off = (i as f32 - 2.5) / 2.5;
            let height = tall * (1.0 - off.abs() * 0.55) * chance.range(0.72, 1.0);
            (foot.0 + off * tall * 0.52, height, tall * chance.range(0.075, 0.12))
        })
        .collect();
    towers.push((foot.0, tall * 0.42, tall * 0.5));
    let mut walls = PathBuilder::new();
    let mut windows = PathBuilder::new();
    for &(x, height, half) in &towers {
        let top = foot.1 - height;
        let wide = half > tall * 0.3;
        if let Some(rect) = Rect::from_ltrb(x - half, top, x + half, foot.1 + tall * 0.08) {
            walls.push_rect(rect);
        }
        if !wide && chance.happens(0.7) {
            walls.move_to(x - half * 1.25, top + 1.0);
            walls.line_to(x, top - half * 3.0);
            walls.line_to(x + half * 1.25, top + 1.0);
            walls.close();
        } else {
            let teeth = if wide { 9 } else { 3 };
            for tooth in 0..teeth {
                let at = x - half + (tooth as f32 + 0.1) * 2.0 * half / teeth as f32;
                let size = 1.2 * half / teeth as f32;
                if let Some(rect) = Rect::from_xywh(at, top - size, size, size * 1.2) {
                    walls.push_rect(rect);
                }
            }
        }
        if let Some(rect) = Rect::from_xywh(
            x - half * 0.16,
            top + height * 0.16,
            (half * 0.32).min(tall * 0.03),
            tall * 0.05,
        ) {
            windows.push_rect(rect);
        }
    }
    let Some(path) = walls.finish() else { return };
    facade(block, scene, &path, foot.0, tall * 0.6, light.x, 0.2);
    if let Some(path) = windows.finish() {
        let colour = if lamps_are_lit(scene) { palette.glow } else { palette.haze };
        block.fill(&path, 0.0, &flat(colour, 0.0));
    }
}

/// Cuts walls: dark on the side away from the light, upright lines.
fn facade(
    block: &mut Block,
    scene: &Scene,
    path: &Path,
    middle: f32,
    half: f32,
    light_x: f32,
    depth: f32,
) {
    let palette = block.palette;
    let side = if light_x < middle { -1.0 } else { 1.0 };
    let bright = scene.brightness();
    let (unit, grain) = (block.unit, Grain::shared());
    let pitch = block.pitch(5.5);
    let colour = palette.hazed(blend(palette.land, palette.haze, 0.3), depth);
    block.fill(path, 10.0, &move |x: f32, y: f32| {
        let across = (x - middle) / half * side;
        let patch = grain.cloud(x * 0.01 / unit, y * 0.03 / unit, 2) - 0.5;
        let value = mix(0.02, 0.7 * mix(0.5, 1.0, bright), smooth(-0.7, 1.0, across))
            + patch * 0.3
            + depth * 0.3;
        Cell { value, phase: y / pitch + patch, pitch, colour }
    });
}

/// Cottages among trees, a lane between them.
pub fn village(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("village");
    let horizon = h * scene.framing.height([0.55, 0.48, 0.6]);
    let light = scene.sky(block, horizon);
    country::hills(block, scene, &mut chance, horizon - h * 0.03, light);
    let leafage = scene.leafage(blend(palette.land, palette.zenith, 0.4), 0.35, (light.x, light.y));
    let front = level(&mut chance, block, horizon + h * 0.13, 14.0);
    land::field(block, &front, h, &scene.ground(&palette, 0.35, h * 0.25, light.x));
    let far = scene.x(block, 0.53);
    let road = Road {
        from: (scene.x(block, 0.42), h * 1.01),
        to: (far, horizon + h * 0.13),
        widths: (w * 0.36, w * 0.03),
        swing: w * 0.12 * if scene.flipped { -1.0 } else { 1.0 },
    };
    let mut houses =
        vec![(0.64, 0.15, 0.09), (0.36, 0.16, 0.1), (0.83, 0.19, 0.14), (0.13, 0.21, 0.16)];
    if !scene.flipped {
        houses.pop();
    }
    for (share, down, size) in houses {
        let foot = (scene.x(block, share), horizon + h * down);
        let size = h * size * chance.range(0.9, 1.15);
        wood::broadleaf(block, &mut chance, foot.0 + size * 0.75, foot.1, size * 1.5, &leafage);
        cottage(block, scene, &mut chance, foot, size, light.x);
    }
    road.cut(block, scene.brightness().sqrt());
    let theatre = country::theatre(block, scene, horizon, light);
    without_buildings(&theatre, block, scene);
    country::foreground(block, scene);
}

/// A cottage with its gable to us or its long side, smoke from the chimney.
fn cottage(
    block: &mut Block,
    scene: &Scene,
    chance: &mut Chance,
    foot: (f32, f32),
    size: f32,
    light_x: f32,
) {
    let palette = block.palette;
    let (x, y) = foot;
    let (half, eaves, ridge) = (size * chance.range(0.62, 0.78), y - size * 0.48, y - size);
    let snow = scene.reading.weather == Weather::Snow;
    let mut walls = PathBuilder::new();
    if let Some(rect) = Rect::from_ltrb(x - half, eaves - 2.0, x + half, y) {
        walls.push_rect(rect);
    }
    if let Some(path) = walls.finish() {
        facade(block, scene, &path, x, half, light_x, 0.3);
    }
    if let Some(rect) = Rect::from_ltrb(
        x + half * 0.42,
        ridge - size * 0.16,
        x + half * 0.42 + size * 0.13,
        ridge + size * 0.2,
    ) {
        block.fill(&PathBuilder::from_rect(rect), 3.0, &flat(palette.key, 1.0));
        smoke(block, chance, (x + half * 0.42 + size * 0.065, ridge - size * 0.18), size * 1.2);
    }
    let mut roof = PathBuilder::new();
    roof.move_to(x - half * 1.16, eaves + size * 0.05);
    roof.quad_to(x - half * 0.9, eaves - size * 0.25, x - half * 0.72, ridge);
    roof.line_to(x + half * 0.72, ridge);
    roof.quad_to(x + half * 0.9, eaves - size * 0.25, x + half * 1.16, eaves + size * 0.05);
    roof.close();
    if let Some(path) = roof.finish() {
        let pitch = block.pitch(4.5);
        let colour = if snow { palette.paper } else { blend(palette.accent, palette.land, 0.55) };
        let colour = palette.hazed(colour, 0.25);
        let (top, bright) = (ridge, scene.brightness());
        block.fill(&path, 6.0, &move |px: f32, py: f32| {
            let down = (py - top) / (size * 0.55);
            let value =
                if snow { 1.0 - down * 0.15 } else { mix(0.75, 0.3, down) * mix(0.6, 1.0, bright) };
            Cell { value, phase: (py + (px - x).abs() * 0.08) / pitch, pitch, colour }
        });
    }
    let lit =
        if lamps_are_lit(scene) { palette.glow } else { blend(palette.zenith, palette.key, 0.35) };
    for at in [-0.5, 0.5] {
        if let Some(rect) = Rect::from_xywh(
            x + half * at - size * 0.07,
            eaves + size * 0.13,
            size * 0.14,
            size * 0.16,
        ) {
            let pane = PathBuilder::from_rect(rect);
            block.line(&pane, size * 0.03, &flat(palette.key, 1.0));
            block.fill(&pane, 0.0, &flat(lit, 0.0));
        }
    }
    if let Some(rect) = Rect::from_xywh(x - size * 0.075, y - size * 0.32, size * 0.15, size * 0.32)
    {
        block.fill(&PathBuilder::from_rect(rect), 0.0, &flat(palette.key, 1.0));
    }
}

/// Smoke that curls up from a chimney.
fn smoke(block: &mut Block, chance: &mut Chance, from: (f32, f32), tall: f32) {
    let palette = block.palette;
    let mut at = from;
    let drift = chance.range(0.2, 0.5) * if chance.happens(0.5) { -1.0 } else { 1.0 };
    for i in 0..7 {
        let t = i as f32 / 6.0;
        let radius = tall * mix(0.035, 0.12, t);
        if let Some(path) = PathBuilder::from_circle(at.0, at.1, radius) {
            let pitch = block.pitch(4.5);
            let (cx, cy) = at;
            let colour = blend(palette.paper, palette.haze, 0.35);
            block.fill(&path, 2.0, &move |x: f32, y: f32| {
                let (dx, dy) = (x - cx + radius * 0.4, y - cy + radius * 0.5);
                let distance = (dx * dx + dy * dy).sqrt();
                Cell {
                    value: mix(1.1, 0.55, distance / radius / 1.6),
                    phase: distance / pitch,
                    pitch,
                    colour,
                }
            });
        }
        at = (at.0 + drift * radius + chance.about(radius * 0.5), at.1 - radius * 1.1);
    }
}
