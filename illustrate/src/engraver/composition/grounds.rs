//! Tended ground: gardens and graveyards.

use resvg::tiny_skia::PathBuilder;

use super::super::block::{Block, Cell, flat};
use super::super::chance::Chance;
use super::super::land::{self};
use super::super::palette::blend;
use super::super::ridge::Ridge;
use super::super::scene::{Scene, level};
use super::super::sky::Luminary;
use super::super::trig::{TAU, cos, mix, sin, smooth};
use super::super::weather;
use super::super::wood;
use super::country;

/// A garden: clipped hedges, a path, beds of flowers in front.
pub fn garden(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("garden");
    let horizon = h * scene.framing.height([0.5, 0.45, 0.55]);
    let light = scene.sky(block, horizon);
    let green = blend(palette.land, palette.zenith, 0.35);
    let back = scene.leafage(green, 0.55, (light.x, light.y));
    for i in 0..4 {
        let x = (i as f32 + 0.5 + chance.about(0.3)) / 4.0 * w;
        let size = h * chance.range(0.2, 0.3);
        wood::broadleaf(block, &mut chance, x, horizon + h * 0.05, size, &back);
    }
    let hedge = scene.leafage(green, 0.4, (light.x, light.y));
    for i in 0..15 {
        let x = (i as f32 + 0.5) / 15.0 * w;
        wood::clump(block, &mut chance, x, horizon + h * 0.055, h * 0.045, &hedge);
    }
    let lawn = level(&mut chance, block, horizon + h * 0.085, 6.0);
    land::field(block, &lawn, h, &scene.ground(&palette, 0.4, h * 0.3, light.x));
    let far = scene.x(block, 0.55);
    let path = land::Road {
        from: (scene.x(block, 0.44), h * 1.01),
        to: (far, lawn.at(far) + 2.0),
        widths: (w * 0.36, w * 0.05),
        swing: w * 0.07,
    };
    path.cut(block, scene.brightness().sqrt());
    let near = scene.leafage(green, 0.2, (light.x, light.y));
    for (share, size) in [(0.06, 0.075), (0.93, 0.085), (0.84, 0.05), (0.17, 0.045)] {
        let x = scene.x(block, share);
        wood::clump(block, &mut chance, x, h * 0.74, h * size, &near);
        flowers(block, &mut chance, (x, h * 0.74), h * size, 16);
    }
    country::theatre(block, scene, horizon, light).fill(block, scene);
    bed(block, scene, &mut chance);
    weather::cut(block, scene);
}

/// Blossoms scattered over a bush.
fn flowers(block: &mut Block, chance: &mut Chance, at: (f32, f32), spread: f32, count: usize) {
    let mut petals = PathBuilder::new();
    let mut hearts = PathBuilder::new();
    for _ in 0..count {
        let (turn, out) = (chance.range(0.0, TAU), spread * chance.unit().sqrt() * 0.95);
        let (x, y) = (at.0 + out * cos(turn), at.1 + out * sin(turn));
        blossom(&mut petals, &mut hearts, x, y, block.unit * chance.range(5.0, 9.0), chance.unit());
    }
    bloom(block, petals, hearts);
}

fn blossom(
    petals: &mut PathBuilder,
    hearts: &mut PathBuilder,
    x: f32,
    y: f32,
    size: f32,
    turn: f32,
) {
    for petal in 0..5 {
        let turn = (petal as f32 / 5.0 + turn) * TAU;
        petals.push_circle(x + cos(turn) * size * 0.55, y + sin(turn) * size * 0.55, size * 0.52);
    }
    hearts.push_circle(x, y, size * 0.3);
}

fn bloom(block: &mut Block, petals: PathBuilder, hearts: PathBuilder) {
    let palette = block.palette;
    if let Some(path) = petals.finish() {
        block.line(&path, 2.4 * block.unit, &flat(palette.key, 1.0));
        block.fill(&path, 4.0, &flat(blend(palette.accent, palette.paper, 0.1), 0.0));
    }
    if let Some(path) = hearts.finish() {
        block.fill(&path, 0.0, &flat(palette.glow, 0.0));
    }
}

/// Tall flowers along the lower edge.
fn bed(block: &mut Block, scene: &Scene, chance: &mut Chance) {
    let (w, h, unit) = (block.w(), block.h(), block.unit);
    let mut stems = PathBuilder::new();
    let (mut petals, mut hearts) = (PathBuilder::new(), PathBuilder::new());
    for i in 0..34 {
        let x = (i as f32 + chance.unit()) / 34.0 * w;
        // The middle stays low and free for the view.
        let edge = (x / w - if scene.flipped { 0.6 } else { 0.4 }).abs();
        let tall = h * (0.025 + 0.15 * edge) * chance.range(0.6, 1.2);
        let lean = chance.about(tall * 0.2);
        stems.move_to(x - 1.8 * unit, h + 3.0);
        stems.quad_to(x - 1.5 * unit, h - tall * 0.5, x + lean, h - tall);
        stems.quad_to(x + 1.8 * unit, h - tall * 0.5, x + 1.8 * unit, h + 3.0);
        stems.close();
        for side in [-1.0, 1.0] {
            let y = h - tall * chance.range(0.2, 0.6);
            stems.move_to(x, y);
            stems.quad_to(
                x + side * 14.0 * unit,
                y - 18.0 * unit,
                x + side * 24.0 * unit,
                y - 12.0 * unit,
            );
            stems.quad_to(x + side * 12.0 * unit, y - 4.0 * unit, x, y);
            stems.close();
        }
        if chance.happens(0.6) {
            blossom(
                &mut petals,
                &mut hearts,
                x + lean,
                h - tall,
                unit * chance.range(9.0, 16.0),
                chance.unit(),
            );
        }
    }
    if let Some(path) = stems.finish() {
        block.fill(&path, 5.0, &flat(block.palette.key, 1.0));
    }
    bloom(block, petals, hearts);
}

/// Graves under a bare tree.
pub fn graveyard(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("graves");
    let horizon = h * scene.framing.height([0.58, 0.52, 0.62]);
    let light = scene.sky(block, horizon);
    let hill = Ridge::rolling(&mut chance, w, horizon + h * 0.02, h * 0.07, w * 0.45);
    land::hill(block, &hill, h, &scene.ground(&palette, 0.5, h * 0.14, light.x));
    let x = scene.x(block, scene.vary([0.16, 0.84, 0.24, 0.7]));
    let leafage = scene.leafage(palette.land, 0.12, (light.x, light.y));
    wood::bare(block, &mut chance, x, hill.at(x) + h * 0.12, h * 0.5, &leafage);
    for row in 0..3 {
        let ground = Ridge::rolling(
            &mut chance,
            w,
            horizon + h * (0.09 + 0.08 * row as f32),
            h * 0.02,
            w * 0.4,
        );
        land::field(
            block,
            &ground,
            h,
            &scene.ground(&palette, 0.42 - 0.14 * row as f32, h * 0.12, light.x),
        );
        for i in 0..(6 - row) {
            let x = (i as f32 + 0.5 + chance.about(0.28)) / (6 - row) as f32 * w;
            let tall = h * (0.035 + 0.02 * row as f32) * chance.range(0.8, 1.25);
            headstone(
                block,
                &mut chance,
                (x, ground.at(x) + tall * 0.3),
                tall,
                light,
                0.42 - 0.16 * row as f32,
            );
        }
    }
    country::theatre(block, scene, horizon, light).fill(block, scene);
    country::foreground(block, scene);
}

/// A headstone or a cross, a little aslant.
fn headstone(
    block: &mut Block,
    chance: &mut Chance,
    foot: (f32, f32),
    tall: f32,
    light: Luminary,
    depth: f32,
) {
    let palette = block.palette;
    let half = tall * 0.3;
    let lean = chance.about(0.12) * tall;
    let mut path = PathBuilder::new();
    if chance.happens(0.3) {
        let arm = tall * 0.07;
        for (l, t, r, b) in
            [(-arm, -tall * 1.15, arm, 0.0), (-half, -tall * 0.9, half, -tall * 0.9 + 2.0 * arm)]
        {
            path.move_to(foot.0 + l + lean * -t / tall, foot.1 + t);
            path.line_to(foot.0 + r + lean * -t / tall, foot.1 + t);
            path.line_to(foot.0 + r + lean * -b / tall, foot.1 + b);
            path.line_to(foot.0 + l + lean * -b / tall, foot.1 + b);
            path.close();
        }
    } else {
        path.move_to(foot.0 - half, foot.1);
        path.line_to(foot.0 - half + lean * 0.7, foot.1 - tall * 0.7);
        path.cubic_to(
            foot.0 - half + lean,
            foot.1 - tall * 1.08,
            foot.0 + half + lean,
            foot.1 - tall * 1.08,
            foot.0 + half + lean * 0.7,
            foot.1 - tall * 0.7,
        );
        path.line_to(foot.0 + half, foot.1);
        path.close();
    }
    let Some(path) = path.finish() else { return };
    let side = if light.x < foot.0 { -1.0 } else { 1.0 };
    let pitch = block.pitch(5.5);
    let colour = palette.hazed(blend(palette.haze, palette.zenith, 0.45), depth);
    block.fill(&path, 6.0, &move |x: f32, y: f32| {
        let across = (x - foot.0) / half * side;
        Cell {
            value: mix(0.06, 0.9, smooth(-0.4, 1.0, across)) + depth * 0.2,
            phase: (x + y * 0.3) / pitch,
            pitch,
            colour,
        }
    });
}
