//! Weather in front of the scene: rain, snow, mist, lightning.

use resvg::tiny_skia::PathBuilder;

use super::block::{Block, Cell, flat};
use super::chance::{Chance, Grain};
use super::palette::blend;
use super::reading::{Hour, Weather};
use super::ridge::Ridge;
use super::scene::Scene;
use super::trig::{mix, smooth};

/// Cuts the weather over everything that is there.
pub fn cut(block: &mut Block, scene: &Scene) {
    let mut chance = scene.chance.branch("weather");
    let lean = if scene.flipped { -1.0 } else { 1.0 };
    match scene.reading.weather {
        Weather::Rain => rain(block, &mut chance, 230, 0.22 * lean, scene.reading.hour),
        Weather::Storm => rain(block, &mut chance, 330, 0.5 * lean, scene.reading.hour),
        Weather::Snow => snow(block, &mut chance),
        Weather::Clear | Weather::Wind | Weather::Fog => {}
    }
}

/// Lays fog over what is far, before anybody is put on the stage.
pub fn veil(block: &mut Block, scene: &Scene, horizon: f32, front: f32) {
    if scene.reading.weather != Weather::Fog {
        return;
    }
    let mut chance = scene.chance.branch("fog");
    let depth = (front - horizon).max(1.0);
    for (share, thickness) in [(-0.12, 0.95), (0.22, 0.8), (0.5, 0.6)] {
        mist(block, &mut chance, horizon + depth * share, depth * 0.2, thickness);
    }
}

/// Slanting streaks, cut pale out of the dark and bitten dark into the light.
fn rain(block: &mut Block, chance: &mut Chance, count: usize, lean: f32, hour: Hour) {
    let palette = block.palette;
    for (share, colour, ink) in [
        (
            0.62,
            blend(palette.haze, palette.paper, if hour == Hour::Night { 0.35 } else { 0.7 }),
            0.0,
        ),
        (0.38, palette.key, 0.85),
    ] {
        let mut streaks = PathBuilder::new();
        for _ in 0..(count as f32 * share) as usize {
            let (x, y) =
                (chance.range(-0.2, 1.2) * block.w(), chance.range(-0.05, 1.0) * block.h());
            let length = block.unit * chance.range(45.0, 120.0);
            let half = block.unit * chance.range(0.9, 1.7);
            streaks.move_to(x - half, y);
            streaks.line_to(x - length * lean - half * 0.4, y + length);
            streaks.line_to(x + half, y);
            streaks.close();
        }
        if let Some(path) = streaks.finish() {
            block.fill(&path, 0.0, &flat(colour, ink));
        }
    }
}

/// Flakes of several sizes.
fn snow(block: &mut Block, chance: &mut Chance) {
    let mut flakes = PathBuilder::new();
    for _ in 0..420 {
        let (x, y) = (chance.unit() * block.w(), chance.unit() * block.h());
        let near = chance.unit();
        let radius = block.unit * mix(1.2, 4.8, near * near * near);
        flakes.push_circle(x, y, radius);
    }
    if let Some(path) = flakes.finish() {
        let colour = blend(block.palette.paper, [255.0; 3], 0.35);
        block.fill(&path, 2.0, &flat(colour, 0.0));
    }
}

/// A bank of mist about `y`; `thickness` from 0 to 1.
pub fn mist(block: &mut Block, chance: &mut Chance, y: f32, height: f32, thickness: f32) {
    let w = block.w();
    let crest = Ridge::rolling(chance, w, y, height * 1.4, w * 0.35);
    let lower = Ridge::rolling(chance, w, y + height * 1.3, height, w * 0.3);
    let Some(path) = crest.path(y + height * 3.0) else { return };
    let Some(mut stencil) = block.stencil(&path, None) else { return };
    let grain = Grain::shared();
    let (unit, pitch) = (block.unit, block.pitch(7.0));
    // Mist is cut in broken level lines that leave what is behind it standing.
    for row in 0..stencil.height {
        let py = (row + stencil.top) as f32;
        for column in 0..stencil.width {
            let px = (column + stencil.left) as f32;
            let cover = &mut stencil.cover[row * stencil.width + column];
            if *cover == 0 {
                continue;
            }
            let below = smooth(0.0, height * 0.8, py - crest.at(px));
            let above = smooth(lower.at(px) + height, lower.at(px) - height * 0.4, py);
            let drift = grain.cloud(px * 0.005 / unit, py * 0.03 / unit, 2) - 0.5;
            let share = (below * above * thickness + drift * 0.5 * below * above).clamp(0.0, 1.0);
            let open = block.opening(
                share,
                py / pitch + grain.at(px * 0.006 / unit, py * 0.02 / unit) * 2.5,
                pitch,
            );
            *cover = (f32::from(*cover) * open) as u8;
        }
    }
    let palette = block.palette;
    let colour = blend(palette.haze, palette.paper, 0.25);
    block.print(&stencil, &move |_: f32, _: f32| Cell {
        value: 1.0,
        phase: 0.0,
        pitch: 0.0,
        colour,
    });
}
