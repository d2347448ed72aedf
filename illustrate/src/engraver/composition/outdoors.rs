//! Compositions under the open sky.

use super::super::block::Block;
use super::super::land::{self, Road};
use super::super::palette::blend;
use super::super::reading::{Place, Weather};
use super::super::ridge::Ridge;
use super::super::scene::{Scene, level};
use super::super::wood;

/// Fields and hills, with mountains or woods behind, a road or none.
pub fn country(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("country");
    let horizon = h * [0.56, 0.48, 0.63][scene.turn as usize % 3];
    let light = scene.sky(block, horizon);
    let place = scene.reading.place;
    if place == Some(Place::Mountain) || scene.turn % 3 == 0 {
        let ridge = Ridge::mountains(&mut chance, w, horizon, h * 0.16, w * 0.34);
        let ground = scene.ground(&palette, 0.82, h * 0.16, light.x);
        let ground = land::Ground { colour: blend(palette.zenith, palette.land, 0.25), ..ground };
        land::mountains(block, &ridge, horizon + h * 0.12, &ground, true);
    }
    for i in 0..3 {
        let depth = 0.78 - 0.22 * i as f32;
        let y = horizon + h * (0.015 + 0.055 * i as f32);
        let ridge = Ridge::rolling(&mut chance, w, y, h * (0.045 + 0.02 * i as f32), w * (0.3 + 0.08 * i as f32));
        land::hill(block, &ridge, h, &scene.ground(&palette, depth, h * 0.1, light.x));
        let mut trees = chance.branch("trees");
        let leafage = scene.leafage(blend(palette.land, palette.zenith, 0.4), depth, (light.x, light.y));
        for _ in 0..(3 + trees.below(5)) {
            let x = trees.range(0.0, w);
            let size = h * (0.03 + 0.035 * i as f32) * trees.range(0.8, 1.3);
            if scene.turn % 2 == 0 {
                wood::broadleaf(block, &mut trees, x, ridge.at(x) + size * 0.06, size, &leafage);
            } else {
                wood::fir(block, &mut trees, x, ridge.at(x) + size * 0.06, size * 1.2, &leafage);
            }
        }
    }
    let front = level(&mut chance, block, horizon + h * 0.2, 26.0);
    land::field(block, &front, h, &scene.ground(&palette, 0.3, h * 0.22, light.x));
    if place == Some(Place::Road) || scene.turn % 2 == 1 {
        let far = scene.x(block, 0.6);
        let road = Road {
            from: (scene.x(block, 0.34), h * 1.01),
            to: (far, front.at(far) + 2.0),
            widths: (w * 0.34, w * 0.014),
            swing: w * 0.2 * if scene.flipped { -1.0 } else { 1.0 },
        };
        road.cut(block, scene.brightness().sqrt());
    }
    let wind = if scene.reading.weather == Weather::Wind { 1.0 } else { 0.15 };
    let mut grass = chance.branch("grass");
    land::grass(block, &mut grass, |x| h * 1.0 - (x / w - 0.5).abs() * h * 0.05, h * 0.06, wind, palette.key, 1.0);
    let corner = (scene.x(block, 0.0), h * 0.02);
    if scene.turn % 3 == 1 {
        wood::bough(block, &mut grass, corner, if scene.flipped { 2.6 } else { 0.5 }, w * 0.42);
    }
}
