//! Many people, and those the text names raised above them.

use std::collections::BTreeMap;

use resvg::tiny_skia::{PathBuilder, Rect};

use super::super::block::{Block, Cell};
use super::super::cast::Accent;
use super::super::chance::Chance;
use super::super::drawing::Drawing;
use super::super::figure::{self, Facing, Person, Pose};
use super::super::land;
use super::super::palette::blend;
use super::super::ridge::Ridge;
use super::super::scene::Scene;
use super::super::sky::Luminary;
use super::super::stage;
use super::super::trig::mix;
use super::super::weather;
use super::theatre::{self, Theatre};

/// Many people: rows of heads, those of the text in front or raised above them.
pub fn crowd(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("crowd");
    let horizon = h * scene.framing.height([0.5, 0.38, 0.58]);
    let light: Luminary = scene.sky(block, horizon);
    let far = Ridge::rolling(&mut chance, w, horizon, h * 0.04, w * 0.4);
    land::hill(block, &far, h, &scene.ground(&palette, 0.6, h * 0.1, light.x));
    let theatre = Theatre {
        horizon: h * 0.3,
        front: h * 0.95,
        scale: h.min(w * 1.5) * 0.19,
        light: (light.x, light.y),
        strength: 1.0,
        glow: theatre::lamplight(scene),
        shadow: 0.0,
        water: None,
    };
    let leaders = &scene.cast.people;
    // Far off, heads beside heads; nearer, whole figures; before all, those whose backs we see.
    let mut passers_by = Passers::default();
    for row in 0..4 {
        let t = row as f32 / 3.0;
        let count = 16 - 2 * row;
        let scale = theatre.scale * mix(0.42, 0.72, t);
        let depth = mix(0.72, 0.28, t);
        passers_by.stand(
            block,
            scene,
            &theatre,
            &mut chance,
            (mix(horizon + h * 0.07, h * 0.82, t), count, scale, depth),
        );
    }
    if !leaders.is_empty() {
        let top = h * scene.framing.height([0.66, 0.62, 0.69]);
        stage::shine(block, (scene.x(block, 0.52), top - h * 0.12), h * 0.2);
        steps(block, scene, top);
        for (i, player) in leaders.iter().take(2).enumerate() {
            let right = (i == 0) != scene.flipped;
            let drawing = player.drawing(if right { Facing::Right } else { Facing::Left });
            let large = theatre.scale * if leaders.len() == 1 { 1.45 } else { 1.25 };
            let most = w * 0.4 / drawing.width().max(0.05);
            let at = (scene.x(block, [0.44, 0.62][i]), top + h * 0.005);
            theatre.hang(block, &drawing, player.accent, at, large.min(most), 0.0);
        }
    }
    let near = theatre.scale * scene.framing.distance([2.1, 1.8, 1.5]);
    passers_by.stand(block, scene, &theatre, &mut chance, (h * 1.2, 7, near * 0.78, 0.12));
    let foot = h * 0.74 + near * 1.72;
    passers_by.stand(block, scene, &theatre, &mut chance, (foot, 5, near, 0.0));
    weather::cut(block, scene);
}

/// People of no name, each cut once however often they are met.
#[derive(Default)]
struct Passers(BTreeMap<(u64, bool), Drawing>);

/// How many different ones there are.
const PASSERS: u64 = 23;

impl Passers {
    /// A row of them: where their feet are, how many, their pixels of a metre, how far off.
    fn stand(
        &mut self,
        block: &mut Block,
        scene: &Scene,
        theatre: &Theatre,
        chance: &mut Chance,
        (foot, count, scale, depth): (f32, usize, f32, f32),
    ) {
        let (w, h) = (block.w(), block.h());
        for i in 0..count {
            let x = (i as f32 + 0.5 + chance.about(0.34)) / count as f32 * w;
            let number = chance.bits() % PASSERS;
            let left = (x > scene.x(block, 0.52)) != chance.happens(0.12);
            let facing = if left { Facing::Left } else { Facing::Right };
            let cut = || figure::draw(&Person::passer_by(number), Pose::InCrowd, facing);
            let drawing = self.0.entry((number, left)).or_insert_with(cut);
            let accent = Accent::Personal((chance.bits() % 8) as u8);
            let at = (x, foot + chance.about(h * 0.02));
            let scale = scale * chance.range(0.92, 1.06);
            theatre.hang(block, drawing, accent, at, scale, depth);
        }
    }
}

/// Stone steps in the middle of the crowd.
fn steps(block: &mut Block, scene: &Scene, top: f32) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let pitch = block.pitch(6.0);
    let bright = mix(0.6, 1.0, scene.brightness());
    let colour = blend(palette.land, palette.paper, 0.35);
    for step in (0..4).rev() {
        let (half, y) = (w * (0.2 + 0.05 * step as f32), top + h * 0.028 * step as f32);
        let Some(rect) = Rect::from_ltrb(w / 2.0 - half, y, w / 2.0 + half, h) else { continue };
        block.fill(&PathBuilder::from_rect(rect), 5.0, &move |_: f32, py: f32| {
            let value = if py - y < h * 0.008 { 1.0 } else { 0.45 };
            Cell { value: value * bright, phase: py / pitch, pitch, colour }
        });
    }
}
