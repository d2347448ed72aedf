//! Open country: fields, hills, roads, mountains.

use super::super::block::Block;
use super::super::chance::Chance;
use super::super::land::{self, Ground, Road};
use super::super::palette::blend;
use super::super::reading::{Place, Weather};
use super::super::ridge::Ridge;
use super::super::scene::{Scene, level};
use super::super::sky::Luminary;
use super::super::trig::mix;
use super::super::weather;
use super::super::wood;
use super::theatre::{self, Theatre};

/// Fields and hills, with mountains or woods behind, a road or none.
pub fn country(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("country");
    let horizon = h * scene.framing.height([0.56, 0.5, 0.62]);
    let light = scene.sky(block, horizon);
    if scene.framing.distance([false, false, true]) {
        peaks(block, scene, &mut chance, horizon, 0.15, light);
    }
    hills(block, scene, &mut chance, horizon, light);
    let front = level(&mut chance, block, horizon + h * 0.19, 26.0);
    land::field(block, &front, h, &scene.ground(&palette, 0.3, h * 0.22, light.x));
    if scene.reading.place == Some(Place::Road)
        || scene.reading.has_road
        || scene.framing.height([false, true, false])
    {
        let far = scene.x(block, 0.6);
        let road = Road {
            from: (scene.x(block, 0.36), h * 1.01),
            to: (far, front.at(far) + 2.0),
            widths: (w * 0.34, w * 0.014),
            swing: w * 0.2 * if scene.flipped { -1.0 } else { 1.0 },
        };
        road.cut(block, scene.brightness().sqrt());
    }
    theatre(block, scene, horizon, light).fill(block, scene);
    foreground(block, scene);
}

/// High mountains over a pass.
pub fn mountain(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("mountain");
    let horizon = h * scene.framing.height([0.66, 0.58, 0.7]);
    let light = scene.sky(block, horizon * 0.9);
    let rise = scene.vary([0.34, 0.42, 0.28, 0.38]);
    peaks(block, scene, &mut chance, horizon - h * 0.06, rise, light);
    let nearer = Ridge::mountains(&mut chance, w, horizon + h * 0.02, h * 0.16, w * 0.3);
    let ground = scene.ground(&palette, 0.5, h * 0.16, light.x);
    land::mountains(block, &nearer, h, &ground, false);
    weather::mist(block, &mut chance, horizon + h * 0.03, h * 0.05, 0.8);
    let firs = Ridge::rolling(&mut chance, w, horizon + h * 0.1, h * 0.07, w * 0.5);
    land::hill(block, &firs, h, &scene.ground(&palette, 0.34, h * 0.12, light.x));
    let leafage = scene.leafage(blend(palette.land, palette.zenith, 0.5), 0.3, (light.x, light.y));
    for i in 0..14 {
        let x = (i as f32 + chance.unit()) / 14.0 * w;
        let size = h * chance.range(0.05, 0.1);
        wood::fir(block, &mut chance, x, firs.at(x) + size * 0.1, size, &leafage);
    }
    let front = Ridge::rolling(&mut chance, w, h * 0.84, h * 0.05, w * 0.6);
    land::hill(block, &front, h, &scene.ground(&palette, 0.05, h * 0.14, light.x));
    theatre(block, scene, horizon, light).fill(block, scene);
    foreground(block, scene);
}

/// A range of peaks, `rise` of the picture high.
pub fn peaks(
    block: &mut Block,
    scene: &Scene,
    chance: &mut Chance,
    base: f32,
    rise: f32,
    light: Luminary,
) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let ridge = Ridge::mountains(chance, w, base, h * rise, w * 0.42);
    let ground = scene.ground(&palette, 0.8, h * rise, light.x);
    let ground = Ground { colour: blend(palette.zenith, palette.land, 0.25), ..ground };
    land::mountains(block, &ridge, base + h * 0.14, &ground, true);
}

/// Three rows of hills with trees on them.
pub fn hills(block: &mut Block, scene: &Scene, chance: &mut Chance, horizon: f32, light: Luminary) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    for i in 0..3 {
        let depth = 0.78 - 0.22 * i as f32;
        let y = horizon + h * (0.012 + 0.055 * i as f32);
        let ridge = Ridge::rolling(
            chance,
            w,
            y,
            h * (0.045 + 0.02 * i as f32),
            w * (0.3 + 0.08 * i as f32),
        );
        // The next row covers what is further down.
        land::hill(block, &ridge, y + h * 0.19, &scene.ground(&palette, depth, h * 0.1, light.x));
        let mut trees = chance.branch("trees");
        let leafage =
            scene.leafage(blend(palette.land, palette.zenith, 0.45), depth, (light.x, light.y));
        // Trees stand in groups, as they are left between fields.
        let groups = 2 + trees.below(3);
        for _ in 0..groups {
            let middle = trees.range(0.0, w);
            for _ in 0..(1 + trees.below(4)) {
                let size = h * (0.028 + 0.032 * i as f32) * trees.range(0.75, 1.3);
                let x = middle + trees.about(size * 1.3);
                let foot = ridge.at(x) + size * 0.07;
                if !scene.flipped {
                    wood::broadleaf(block, &mut trees, x, foot, size, &leafage);
                } else {
                    wood::fir(block, &mut trees, x, foot, size * 1.25, &leafage);
                }
            }
        }
    }
}

/// The usual stage of a picture under the open sky.
#[must_use]
pub fn theatre(block: &Block, scene: &Scene, horizon: f32, light: Luminary) -> Theatre {
    let h = block.h();
    // A picture wider than high shows the same people, not giants.
    let side = h.min(block.w() * 1.5);
    let near = if scene.cast.people.len() > 2 { 0.24 } else { 0.3 };
    let (front, size) = if scene.is_close_up() {
        (1.24, 0.46)
    } else {
        (0.915, scene.framing.distance([near, 0.215, 0.165]))
    };
    let shadow = if scene.reading.weather == Weather::Clear { -0.45 } else { 0.0 };
    Theatre {
        horizon,
        front: h * front,
        scale: side * size,
        light: (light.x, light.y),
        strength: if scene.reading.weather == Weather::Fog { 0.4 } else { 1.0 },
        glow: theatre::lamplight(scene),
        shadow,
        water: None,
    }
}

/// What is nearest: grass at the foot, in some plates a bough above, and the weather before all.
pub fn foreground(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let mut chance = scene.chance.branch("foreground");
    let windy = matches!(scene.reading.weather, Weather::Wind | Weather::Storm);
    let wind = if windy { 0.9 } else { 0.12 } * if scene.flipped { -1.0 } else { 1.0 };
    let snow = scene.reading.weather == Weather::Snow;
    if !snow {
        let key = block.palette.key;
        let dip = move |x: f32| h * 1.005 - (x / w - 0.5).abs() * h * 0.06;
        land::grass(block, &mut chance, dip, h * 0.055, wind, key, 1.0);
    }
    if !matches!(scene.reading.place, Some(Place::Forest | Place::Ice | Place::Desert)) {
        match scene.vary([0, 1, 2, 3, 1]) {
            0 => {
                let corner = (scene.x(block, -0.02), h * 0.03);
                let turn = if scene.flipped { 2.65 } else { 0.5 };
                wood::bough(block, &mut chance, corner, turn, w * 0.5);
            }
            1 => framing_tree(block, scene, &mut chance),
            _ => {}
        }
    }
    weather::cut(block, scene);
}

/// A great tree close at hand: its dark trunk stands at one side, its crown closes the picture above.
fn framing_tree(block: &mut Block, scene: &Scene, chance: &mut Chance) {
    let (w, h) = (block.w(), block.h());
    let light = (scene.x(block, 0.7), h * 0.3);
    let leafage = scene.leafage(blend(block.palette.land, block.palette.key, 0.3), 0.0, light);
    let leafage = wood::Leafage { lit: leafage.lit * 0.6, ..leafage };
    wood::pillar(block, chance, scene.x(block, 0.035), h * 0.985, w * 0.13, &leafage);
    for i in 0..12 {
        let share = (i as f32 + chance.unit()) / 12.0;
        let radius = h * mix(0.075, 0.03, share) * chance.range(0.8, 1.2);
        let y = h * mix(0.08, -0.01, share) * chance.range(0.4, 1.1);
        wood::clump(block, chance, scene.x(block, share * 0.72 - 0.04), y, radius, &leafage);
    }
}
