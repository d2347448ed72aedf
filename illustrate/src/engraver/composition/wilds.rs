//! Forest, cave, ice, desert, and the air.

use resvg::tiny_skia::{Path, PathBuilder, Rect};

use super::super::block::{Block, Cell, Smooth, flat};
use super::super::chance::{Chance, Grain};
use super::super::land::{self};
use super::super::motif::Placement;
use super::super::palette::blend;
use super::super::reading::{Hour, Light};
use super::super::ridge::Ridge;
use super::super::scene::{Scene, level};
use super::super::sky::{self};
use super::super::trig::{TAU, cos, mix, sin, smooth};
use super::super::weather;
use super::super::wood;
use super::country;
use super::theatre::{self, Theatre};

/// Between great trunks: light falls in from behind, the nearest trunks frame the picture.
pub fn forest(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("forest");
    let opening = (scene.x(block, scene.framing.height([0.6, 0.52, 0.66])), h * 0.42);
    glade(block, scene, opening);
    let foot = h * 0.62;
    let colour = blend(palette.land, palette.zenith, 0.35);
    for row in 0..3 {
        let depth = 0.8 - 0.26 * row as f32;
        let ground =
            Ridge::rolling(&mut chance, w, foot + h * 0.06 * row as f32, h * 0.03, w * 0.3);
        let count = 9 - 2 * row;
        for i in 0..count {
            let x = (i as f32 + 0.5 + chance.about(0.4)) / count as f32 * w;
            // The way to the light stays open.
            let clear = w * (0.1 + 0.06 * row as f32);
            if (x - opening.0).abs() < clear {
                continue;
            }
            let width = w * (0.02 + 0.018 * row as f32) * chance.range(0.8, 1.3);
            let leafage = scene.leafage(colour, depth, opening);
            wood::pillar(block, &mut chance, x, ground.at(x) + h * 0.02, width, &leafage);
        }
        land::hill(block, &ground, h, &scene.ground(&palette, depth * 0.8, h * 0.08, opening.0));
    }
    let front = level(&mut chance, block, h * 0.79, 30.0);
    land::field(block, &front, h, &scene.ground(&palette, 0.15, h * 0.18, opening.0));
    if scene.reading.has_road {
        let road = land::Road {
            from: (scene.x(block, 0.4), h * 1.01),
            to: (opening.0, front.at(opening.0) + 2.0),
            widths: (w * 0.3, w * 0.02),
            swing: w * 0.14 * if scene.flipped { -1.0 } else { 1.0 },
        };
        road.cut(block, scene.brightness().sqrt() * 0.85);
    }
    let theatre = Theatre {
        horizon: h * 0.52,
        front: h * 0.91,
        scale: h.min(w * 1.5) * scene.framing.distance([0.27, 0.21, 0.165]),
        light: opening,
        strength: 1.0,
        glow: theatre::lamplight(scene),
        shadow: -0.35,
        water: None,
    };
    theatre.fill(block, scene);
    let near = scene.leafage(colour, 0.0, opening);
    wood::pillar(block, &mut chance, scene.x(block, 0.04), h * 0.97, w * 0.15, &near);
    if !scene.flipped {
        wood::pillar(block, &mut chance, scene.x(block, 0.97), h * 0.99, w * 0.11, &near);
    }
    canopy(block, scene, &mut chance);
    country::foreground(block, scene);
}

/// The light at the end of the trees.
fn glade(block: &mut Block, scene: &Scene, opening: (f32, f32)) {
    let palette = block.palette;
    let (h, unit) = (block.h(), block.unit);
    let bright = scene.brightness();
    let pitch = block.pitch(8.0);
    let grain = Grain::shared();
    let night = scene.reading.hour == Hour::Night;
    block.flood(&Smooth(move |x: f32, y: f32| {
        let (dx, dy) = ((x - opening.0) * 1.35, y - opening.1);
        let distance = (dx * dx + dy * dy).sqrt();
        let near = 1.0 - (distance / (h * 0.48)).min(1.0);
        let leaf = grain.cloud(x * 0.02 / unit, y * 0.02 / unit, 2) - 0.5;
        let value = mix(
            0.04,
            if night { 0.85 } else { 1.05 },
            smooth(0.0, 0.78, near * mix(0.8, 1.1, bright)),
        ) + leaf * 0.25
            + smooth(0.75, 0.9, near) * 0.4;
        let colour = blend(
            blend(palette.zenith, palette.haze, smooth(0.0, 0.6, near)),
            palette.glow,
            smooth(0.4, 1.0, near) * 0.8,
        );
        Cell { value, phase: distance / pitch + leaf * 1.2, pitch, colour }
    }));
}

/// Leaves that close the picture above.
fn canopy(block: &mut Block, scene: &Scene, chance: &mut Chance) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let leafage = scene.leafage(blend(palette.land, palette.key, 0.3), 0.05, (w / 2.0, h * 0.5));
    let leafage = wood::Leafage { lit: leafage.lit * 0.55, ..leafage };
    for i in 0..15 {
        let x = (i as f32 + chance.unit()) / 15.0 * w;
        let dip = (x / w - 0.5).abs() * h * 0.13;
        let radius = h * chance.range(0.04, 0.075);
        let y = dip + h * chance.range(-0.03, 0.02);
        wood::clump(block, chance, x, y, radius, &leafage);
    }
}

/// In a cave: its dark mouth frames what is lit, outside by day, inside by lamp.
pub fn cave(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("cave");
    let lit_within = matches!(scene.reading.light, Light::Lamp | Light::Fire)
        || scene.reading.hour == Hour::Night;
    let middle = (
        scene.x(block, scene.framing.height([0.56, 0.5, 0.62])),
        h * scene.framing.height([0.52, 0.46, 0.55]),
    );
    let light = if lit_within {
        glow_of(block, (scene.x(block, 0.4), h * 0.68), 0.55, 0.05);
        (scene.x(block, 0.4), h * 0.68)
    } else {
        let light = scene.sky(block, h * 0.6);
        let mut hills = scene.chance.branch("outside");
        let ridge = Ridge::rolling(&mut hills, w, h * 0.58, h * 0.06, w * 0.3);
        land::hill(block, &ridge, h, &scene.ground(&palette, 0.6, h * 0.1, light.x));
        (light.x, light.y)
    };
    for layer in 0..3 {
        let size = 1.0 - 0.17 * (2 - layer) as f32;
        let (broad, high) = scene.framing.height([(0.4, 0.4), (0.3, 0.44), (0.46, 0.3)]);
        let mouth = mouth(&mut chance, block, middle, (w * broad * size, h * high * size));
        let Some(path) = mouth else { continue };
        rock(block, &path, light, 0.55 - 0.26 * layer as f32, lit_within);
    }
    let front = level(&mut chance, block, h * 0.8, 40.0);
    let ground = scene.ground(&palette, 0.1, h * 0.14, light.0);
    let ground = land::Ground {
        crest: 0.5,
        foot: 0.05,
        colour: blend(palette.land, palette.zenith, 0.4),
        ..ground
    };
    land::field(block, &front, h, &ground);
    let theatre = Theatre {
        horizon: h * 0.5,
        front: h * 0.9,
        scale: h.min(w * 1.5) * scene.framing.distance([0.24, 0.19, 0.15]),
        light,
        strength: 1.0,
        glow: theatre::lamplight(scene),
        shadow: 0.0,
        water: None,
    };
    theatre.fill(block, scene);
    teeth(block, &mut chance);
}

/// Warm light about a point, falling off into the dark, in rings.
pub fn glow_of(block: &mut Block, at: (f32, f32), reach: f32, ambient: f32) {
    let palette = block.palette;
    let (reach, unit) = (block.h() * reach, block.unit);
    let pitch = block.pitch(8.0);
    let grain = Grain::shared();
    block.flood(&Smooth(move |x: f32, y: f32| {
        let (dx, dy) = (x - at.0, y - at.1);
        let distance = (dx * dx + dy * dy).sqrt();
        let near = 1.0 - (distance / reach).min(1.0);
        let rough = grain.cloud(x * 0.012 / unit, y * 0.012 / unit, 2) - 0.5;
        let value = ambient + near * near * 1.05 + rough * 0.22;
        let colour = blend(palette.zenith, palette.glow, smooth(0.0, 0.75, near));
        Cell { value, phase: distance / pitch + rough * 1.4, pitch, colour }
    }));
}

/// Everything but a rough opening.
fn mouth(chance: &mut Chance, block: &Block, middle: (f32, f32), size: (f32, f32)) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(-9.0, -9.0, block.w() + 18.0, block.h() + 18.0)?);
    let points = 40;
    // Against the direction of the outer box, so that the winding cuts a hole.
    for i in 0..points {
        let turn = -(i as f32) / points as f32 * TAU;
        let rough = chance.range(0.86, 1.1);
        let (x, y) = (middle.0 + size.0 * cos(turn) * rough, middle.1 + size.1 * sin(turn) * rough);
        if i == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    path.close();
    path.finish()
}

/// Cuts rock: broken facets that catch the light where they face it.
fn rock(block: &mut Block, path: &Path, light: (f32, f32), depth: f32, warm: bool) {
    let palette = block.palette;
    let (unit, grain) = (block.unit, Grain::shared());
    let pitch = block.pitch(mix(9.0, 7.0, depth));
    let reach = block.h() * 0.62;
    let base = palette.hazed(blend(palette.land, palette.zenith, 0.6), depth * 0.5);
    let lit = blend(base, palette.glow, if warm { 0.6 } else { 0.3 });
    block.fill(
        path,
        16.0,
        &Smooth(move |x: f32, y: f32| {
            let (dx, dy) = (x - light.0, y - light.1);
            let distance = (dx * dx + dy * dy).sqrt();
            let near = 1.0 - (distance / reach).min(1.0);
            let facet = grain.cloud(x * 0.0065 / unit, y * 0.004 / unit, 2) - 0.5;
            let value = near * mix(0.6, 0.9, depth) + depth * 0.2 + facet * 1.0 * near;
            let phase = (x * 0.55 + y * 0.3 + facet * 150.0 * unit) / pitch;
            Cell { value, phase, pitch, colour: blend(base, lit, near) }
        }),
    );
}

/// Stalactites along the upper edge.
fn teeth(block: &mut Block, chance: &mut Chance) {
    let (w, h) = (block.w(), block.h());
    let mut path = PathBuilder::new();
    let mut x = -w * 0.05;
    while x < w * 1.05 {
        let width = w * chance.range(0.03, 0.09);
        let long = h * chance.range(0.04, 0.16) * (0.45 + (x / w - 0.5).abs() * 1.3);
        path.move_to(x, -5.0);
        path.quad_to(x + width * 0.42, long * 0.4, x + width * 0.5, long);
        path.quad_to(x + width * 0.62, long * 0.35, x + width * 1.1, -5.0);
        path.close();
        x += width * 0.9;
    }
    if let Some(path) = path.finish() {
        block.fill(&path, 12.0, &flat(block.palette.key, 1.0));
    }
}

/// Ice: floes, an iceberg, cold light.
pub fn ice(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("ice");
    let horizon = h * scene.framing.height([0.54, 0.47, 0.6]);
    let light = scene.sky(block, horizon);
    land::water(block, horizon, h, light.x, 0.9, 0.12);
    for (share, rise) in scene.vary([
        [(0.2, 0.2), (0.78, 0.13)],
        [(0.3, 0.12), (0.82, 0.26)],
        [(0.12, 0.3), (0.6, 0.1)],
        [(0.5, 0.16), (0.86, 0.1)],
    ]) {
        let middle = scene.x(block, share);
        let broad = w * 0.24;
        let (a, b) = (chance.range(0.0, 99.0), chance.range(0.0, 99.0));
        let berg = Ridge::new(middle - broad, middle + broad, 2.0, |x| {
            let off = ((x - middle) / broad).abs();
            let rough = Grain::shared().cloud(x / (w * 0.06) + a, b, 3);
            horizon + h * 0.02 - h * rise * (1.0 - off).max(0.0) * (0.5 + rough)
        });
        let ground = land::Ground {
            depth: 0.4,
            crest: 1.05,
            foot: 0.5,
            fall: h * 0.12,
            colour: blend(palette.paper, palette.haze, 0.3),
            light_x: light.x,
        };
        land::mountains(block, &berg, horizon + h * 0.02, &ground, true);
    }
    let theatre = country::theatre(block, scene, horizon, light);
    for row in 0..3 {
        let t = row as f32 / 2.0;
        let y = mix(horizon + h * 0.07, h * 0.8, t);
        for i in 0..(4 - row) {
            let x = (i as f32 + 0.5 + chance.about(0.35)) / (4 - row) as f32 * w;
            floe(block, &mut chance, (x, y), w * mix(0.1, 0.34, t));
        }
    }
    floe(block, &mut chance, (scene.x(block, 0.44), h * 0.93), w * 0.62);
    theatre.fill(block, scene);
    weather::cut(block, scene);
}

/// A flat cake of ice with a dark side.
fn floe(block: &mut Block, chance: &mut Chance, middle: (f32, f32), half: f32) {
    let palette = block.palette;
    let points: Vec<(f32, f32)> = (0..11)
        .map(|i| {
            let turn = i as f32 / 11.0 * TAU;
            let r = chance.range(0.78, 1.06);
            (middle.0 + half * cos(turn) * r, middle.1 + half * 0.2 * sin(turn) * r)
        })
        .collect();
    for (drop, colour, ink) in [
        (half * 0.07, blend(palette.zenith, palette.key, 0.2), 0.5),
        (0.0, blend(palette.paper, palette.haze, 0.15), 0.0),
    ] {
        let mut path = PathBuilder::new();
        for (i, &(x, y)) in points.iter().enumerate() {
            if i == 0 { path.move_to(x, y + drop) } else { path.line_to(x, y + drop) }
        }
        path.close();
        let Some(path) = path.finish() else { continue };
        let pitch = block.pitch(6.0);
        let (unit, grain) = (block.unit, Grain::shared());
        block.fill(&path, 4.0, &move |x: f32, y: f32| {
            let drift = grain.cloud(x * 0.006 / unit, y * 0.03 / unit, 2) - 0.42;
            let value = if ink > 0.0 { 0.3 } else { 1.0 - (drift * 1.3).max(0.0) };
            Cell { value, phase: y / pitch + drift * 2.0, pitch, colour }
        });
    }
}

/// Dunes under a great sky.
pub fn desert(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("desert");
    let horizon = h * scene.framing.height([0.55, 0.48, 0.62]);
    let light = scene.sky(block, horizon);
    let sand = blend(palette.land, palette.glow, 0.45);
    for i in 0..5 {
        let t = i as f32 / 4.0;
        let dune = Ridge::rolling(
            &mut chance,
            w,
            mix(horizon, h * 0.82, t),
            h * mix(0.03, 0.09, t),
            w * mix(0.3, 0.75, t),
        );
        let ground = scene.ground(&palette, 0.8 * (1.0 - t), h * mix(0.07, 0.2, t), light.x);
        land::hill(
            block,
            &dune,
            h,
            &land::Ground { colour: sand, crest: ground.crest.max(0.9), ..ground },
        );
    }
    country::theatre(block, scene, horizon, light).fill(block, scene);
    weather::cut(block, scene);
}

/// In the air: clouds below, the land far down.
pub fn aloft(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let mut chance = scene.chance.branch("aloft");
    let horizon = h * 0.8;
    let light = scene.sky(block, horizon);
    country::hills(block, scene, &mut chance, h * 0.86, light);
    let sky = sky::Sky {
        hour: scene.reading.hour,
        weather: scene.reading.weather,
        horizon,
        light,
        lines: sky::SkyLines::Level,
    };
    for i in 0..5 {
        let x = (i as f32 + chance.unit()) / 5.0 * w;
        sky.cut_cloud(block, &mut chance, x, h * (0.86 + 0.03 * i as f32), w * 0.5);
    }
    let theatre = Theatre {
        horizon: h * 0.1,
        front: h * 0.72,
        scale: h.min(w * 1.5) * 0.13,
        light: (light.x, light.y),
        strength: 1.0,
        glow: theatre::lamplight(scene),
        shadow: 0.0,
        water: None,
    };
    // What stands on the ground has no place among the clouds.
    let mut above = scene.clone();
    above.cast.props.retain(|prop| prop.motif.place == Placement::Flies);
    theatre.fill(block, &above);
    weather::cut(block, scene);
}
