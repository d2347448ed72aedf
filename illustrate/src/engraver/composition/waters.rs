//! Sea, shore, river, and what is under water.

use resvg::tiny_skia::{PathBuilder, Rect};

use super::super::block::{Block, Cell, Smooth, flat};
use super::super::cast::Accent;
use super::super::chance::Grain;
use super::super::land;
use super::super::motif::Placement;
use super::super::palette::blend;
use super::super::reading::Weather;
use super::super::ridge::Ridge;
use super::super::scene::{Scene, level};
use super::super::trig::{TAU, cos, mix, sin, smooth};
use super::super::weather;
use super::super::wood;
use super::country;
use super::theatre::{self, Theatre, facing};

/// The open sea: what floats rides at a strong point, waves before and behind it.
pub fn sea(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let horizon = h * scene.framing.height([0.5, 0.56, 0.46]);
    let light = scene.sky(block, horizon);
    let rough = match scene.reading.weather {
        Weather::Storm => 1.0,
        Weather::Wind | Weather::Rain => 0.55,
        Weather::Clear | Weather::Snow | Weather::Fog => 0.2,
    };
    let glitter = if light.radius > 0.0 { light.x } else { -w };
    land::water(block, horizon, h, glitter, 1.0 - rough, 0.12 * scene.brightness());
    let theatre =
        Theatre { front: h * 0.93, shadow: 0.0, ..country::theatre(block, scene, horizon, light) };
    let mut chance = scene.chance.branch("waves");
    let line = h * mix(0.7, 0.74, rough);
    let rows = 5;
    // Those on board see the sea from their ship, not the ship.
    let on_deck = !scene.cast.people.is_empty()
        && (scene.reading.on_deck || scene.framing.height([true, false, true]));
    let afloat = scene.cast.props.iter().find(|prop| prop.motif.place == Placement::Floats);
    let afloat = afloat.filter(|_| !on_deck);
    let swimmer = scene.cast.props.iter().find(|prop| prop.motif.place == Placement::Swims);
    for row in 0..rows {
        let t = row as f32 / (rows - 1) as f32;
        let y = mix(horizon + h * 0.05, h * 0.95, t * t * 0.6 + t * 0.4);
        if row == 2
            && let Some(prop) = afloat
        {
            let drawing = prop.motif.drawing();
            let (tall, wide, share) = scene.vary([
                (0.44, 0.66, 0.42),
                (0.26, 0.4, 0.32),
                (0.56, 0.84, 0.5),
                (0.36, 0.54, 0.62),
            ]);
            let size =
                (h * tall / drawing.height().max(0.1)).min(w * wide / drawing.width().max(0.1));
            let tilt = chance.about(4.0 + 9.0 * rough);
            let drawing = facing(drawing.clone(), !scene.flipped).turned(tilt);
            theatre.hang(block, &drawing, Accent::Plate, (scene.x(block, share), line), size, 0.1);
        }
        if row == 3
            && let Some(prop) = swimmer
        {
            let drawing = prop.motif.drawing();
            let size =
                (h * 0.2 / drawing.height().max(0.05)).min(w * 0.45 / drawing.width().max(0.05));
            let drawing = facing(drawing.clone(), scene.flipped);
            theatre.hang(block, &drawing, Accent::Plate, (scene.x(block, 0.66), y), size, 0.1);
        }
        if rough > 0.1 {
            wave(
                block,
                scene,
                y,
                h * mix(0.012, 0.075, rough) * (0.35 + t),
                w * mix(0.24, 0.85, t),
                chance.unit(),
            );
        }
    }
    birds_if_empty(block, scene, horizon);
    if afloat.is_none() && (on_deck || swimmer.is_none()) && !scene.cast.people.is_empty() {
        deck(block, scene, &theatre);
    }
    weather::cut(block, scene);
}

/// Somebody at sea and no ship named: they stand on its deck, at the rail.
fn deck(block: &mut Block, scene: &Scene, theatre: &Theatre) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let unit = block.unit;
    let top = h * 0.8;
    let boards = Ridge::new(-8.0, w + 8.0, 16.0, |x| top + (x / w - 0.5).abs() * h * 0.02);
    let pitch = block.pitch(11.0);
    let bright = scene.brightness();
    let Some(path) = boards.path(h) else { return };
    let vanish = (w / 2.0, h * 0.35);
    block.fill(&path, 8.0, &move |x: f32, y: f32| {
        let along = (x - vanish.0) / (y - vanish.1).max(1.0) * 60.0;
        let value = mix(0.7, 0.35, (y - top) / (h - top)) * mix(0.6, 1.0, bright);
        Cell {
            value,
            phase: along,
            pitch: pitch * 1.2,
            colour: blend(palette.land, palette.glow, 0.2),
        }
    });
    let mut rail = PathBuilder::new();
    let height = theatre.scale * 0.9;
    if let Some(bar) = Rect::from_xywh(-5.0, top - height, w + 10.0, 12.0 * unit) {
        rail.push_rect(bar);
    }
    for i in 0..12 {
        let x = (i as f32 + 0.5) / 12.0 * w;
        if let Some(post) = Rect::from_xywh(x, top - height, 8.0 * unit, height + 4.0 * unit) {
            rail.push_rect(post);
        }
    }
    if let Some(path) = rail.finish() {
        block.fill(&path, 6.0, &flat(palette.key, 1.0));
    }
    let theatre = Theatre { front: h * 0.93, horizon: h * 0.42, ..*theatre };
    theatre.fill(block, scene);
}

/// A crest of a wave from side to side, white where it breaks.
fn wave(block: &mut Block, scene: &Scene, y: f32, rise: f32, length: f32, shift: f32) {
    let palette = block.palette;
    let unit = block.unit;
    let w = block.w();
    // Crests lean with the wind, no two alike, with broad troughs between.
    let lean = if scene.flipped { -1.0 } else { 1.0 };
    let crest = Ridge::new(-8.0, w + 8.0, 2.0, |x| {
        let place = x / length + shift * 40.0;
        let drift = Grain::shared().at(place * 0.9, shift * 31.0) - 0.5;
        let turn = (place + drift * 0.5) * TAU;
        let skewed = turn + lean * 0.75 * sin(turn);
        let swell = 0.5 + 0.5 * cos(skewed);
        let height = 0.45 + 1.1 * Grain::shared().at(place * 0.7 + 9.0, shift * 17.0);
        y - rise * height * (swell * (0.55 + 0.5 * swell) + 0.09 * sin(turn * 3.1))
    });
    let Some(path) = crest.path(y + rise * 2.0 + 8.0 * unit) else { return };
    let pitch = block.pitch(7.0);
    let grain = Grain::shared();
    let dim = scene.brightness();
    let surface = Smooth(move |x: f32, py: f32| {
        let below = (py - crest.at(x)).max(0.0);
        let t = (below / (rise * 1.6 + 1.0)).clamp(0.0, 1.0);
        let high = smooth(0.0, rise * 0.9, y - crest.at(x));
        let foam =
            smooth(0.26, 0.06, t + (grain.at(x * 0.05 / unit, py * 0.05 / unit) - 0.5) * 0.3)
                * high;
        let value = mix(mix(0.62, 0.14, t) * mix(0.7, 1.0, dim), 1.1, foam);
        let bend = grain.at(x * 0.01 / unit, py * 0.02 / unit) * 1.5;
        let colour = blend(
            blend(palette.zenith, palette.haze, 0.4),
            blend(palette.paper, palette.haze, 0.2),
            foam,
        );
        Cell { value, phase: below / pitch + bend, pitch, colour }
    });
    block.fill(&path, 7.0, &surface);
}

/// A few gulls where nothing else is to be seen.
fn birds_if_empty(block: &mut Block, scene: &Scene, horizon: f32) {
    let mut chance = scene.chance.branch("birds");
    let mut path = PathBuilder::new();
    for _ in 0..(3 + chance.below(4)) {
        let (x, y) = (block.w() * chance.range(0.1, 0.6), horizon * chance.range(0.3, 0.75));
        let span = block.unit * chance.range(9.0, 20.0);
        let lift = span * chance.range(0.3, 0.6);
        let x = if scene.flipped { block.w() - x } else { x };
        path.move_to(x - span, y - lift * 0.6);
        path.quad_to(x - span * 0.45, y - lift, x, y);
        path.quad_to(x + span * 0.45, y - lift, x + span, y - lift * 0.6);
        path.quad_to(x + span * 0.4, y - lift * 0.6, x, y + span * 0.14);
        path.quad_to(x - span * 0.4, y - lift * 0.6, x - span, y - lift * 0.6);
        path.close();
    }
    if let Some(path) = path.finish() {
        block.fill(&path, 3.0, &flat(block.palette.key, 0.95));
    }
}

/// A beach or a quay: land in front, the sea behind, a headland on one side.
pub fn shore(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("shore");
    let horizon = h * 0.5;
    let light = scene.sky(block, horizon);
    let edge = h * 0.77;
    let glitter = if light.radius > 0.0 { light.x } else { -w };
    land::water(block, horizon, edge + h * 0.05, glitter, 0.75, 0.35 * scene.brightness());
    let side = scene.x(block, 0.0);
    let rise = h * 0.13;
    let headland = Ridge::new(-8.0, w + 8.0, 3.0, |x| {
        let off = ((x - side).abs() / (w * 0.55)).min(1.0);
        let rough = Grain::shared().cloud(x / (w * 0.08), 5.0, 3) - 0.5;
        horizon + h * 0.012
            - rise
                * (1.0 - off * off)
                * (1.0 - off * 0.5)
                * (1.0 + rough * 0.7)
                * smooth(1.0, 0.9, off)
    });
    land::hill(block, &headland, horizon + h * 0.012, &scene.ground(&palette, 0.55, rise, light.x));
    let theatre = Theatre { water: Some(edge), ..country::theatre(block, scene, horizon, light) };
    let afloat = scene.cast.placed(Placement::Floats).take(2);
    for (i, prop) in afloat.enumerate() {
        let drawing = prop.motif.drawing();
        let size = [0.34, 0.16][i];
        let scale = (h * size / drawing.height().max(0.1)).min(w * 0.5 / drawing.width().max(0.1));
        let drawing = facing(drawing.clone(), scene.flipped);
        let at = (scene.x(block, [0.68, 0.3][i]), mix(horizon, edge, [0.62, 0.2][i]));
        theatre.hang(block, &drawing, Accent::Plate, at, scale, [0.22, 0.5][i]);
    }
    if scene.reading.weather == Weather::Storm {
        wave(block, scene, edge - h * 0.06, h * 0.05, w * 0.4, chance.unit());
    }
    let sand = level(&mut chance, block, edge, 40.0);
    wash(block, &sand, palette.paper);
    let ground = scene.ground(&palette, 0.2, h * 0.2, light.x);
    let ground = land::Ground {
        crest: 0.98 * mix(0.6, 1.0, scene.brightness()),
        colour: blend(palette.land, palette.paper, 0.35),
        ..ground
    };
    land::field(block, &sand, h, &ground);
    let without_ships = Theatre { water: None, ..theatre };
    without_ships.fill(block, scene);
    birds_if_empty(block, scene, horizon);
    weather::cut(block, scene);
}

/// The line of foam where the water ends.
fn wash(block: &mut Block, edge: &Ridge, paper: super::super::palette::Rgb) {
    let lift = 9.0 * block.unit;
    let foam = Ridge::new(-8.0, block.w() + 8.0, 4.0, |x| {
        edge.at(x) - lift * (0.6 + 0.4 * sin(x * 0.05 / block.unit))
    });
    if let Some(path) = foam.path(block.h()) {
        block.fill(&path, 3.0, &flat(paper, 0.0));
    }
}

/// A river between its banks, with reeds in front.
pub fn river(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let mut chance = scene.chance.branch("river");
    let horizon = h * 0.46;
    let light = scene.sky(block, horizon);
    country::hills(block, scene, &mut chance, horizon - h * 0.06, light);
    let far_bank = h * 0.6;
    land::water(block, far_bank, h * 0.9, light.x, 0.95, 0.3 * scene.brightness());
    let bank = Ridge::rolling(&mut chance, w, far_bank - h * 0.02, h * 0.015, w * 0.3);
    let leafage = scene.leafage(blend(palette.land, palette.zenith, 0.4), 0.4, (light.x, light.y));
    for i in 0..9 {
        let x = (i as f32 + chance.unit()) / 9.0 * w;
        let size = h * chance.range(0.02, 0.055);
        wood::clump(block, &mut chance, x, bank.at(x), size, &leafage);
    }
    let theatre =
        Theatre { water: Some(h * 0.8), ..country::theatre(block, scene, horizon, light) };
    let watery = scene
        .cast
        .props
        .iter()
        .filter(|p| matches!(p.motif.place, Placement::Floats | Placement::Swims));
    for (i, prop) in watery.take(2).enumerate() {
        let drawing = prop.motif.drawing();
        let scale = (h * 0.2 / drawing.height().max(0.1)).min(w * 0.42 / drawing.width().max(0.1));
        let drawing = facing(drawing.clone(), scene.flipped);
        let at = (scene.x(block, [0.64, 0.3][i]), h * [0.75, 0.68][i]);
        theatre.hang(block, &drawing, Accent::Plate, at, scale, 0.2);
    }
    let side = scene.x(block, 0.0);
    let near = Ridge::new(-8.0, w + 8.0, 4.0, |x| {
        let off = (x - side).abs() / w;
        h * mix(0.8, 0.95, smooth(0.1, 1.0, off))
            + Grain::shared().at(x / (w * 0.1), 2.0) * h * 0.012
    });
    land::field(block, &near, h, &scene.ground(&palette, 0.1, h * 0.15, light.x));
    Theatre { water: None, front: h * 0.92, ..theatre }.fill(block, scene);
    reeds(block, scene, scene.x(block, 0.9));
    weather::cut(block, scene);
}

/// Bulrushes that frame one side.
fn reeds(block: &mut Block, scene: &Scene, x: f32) {
    let (h, unit) = (block.h(), block.unit);
    let mut chance = scene.chance.branch("reeds");
    let mut path = PathBuilder::new();
    for _ in 0..26 {
        let foot = x + chance.about(block.w() * 0.13);
        let tall = h * chance.range(0.12, 0.3);
        let lean = chance.about(tall * 0.16);
        let half = unit * chance.range(1.3, 2.6);
        path.move_to(foot - half, h + 4.0);
        path.quad_to(foot - half, h - tall * 0.6, foot + lean, h - tall);
        path.quad_to(foot + half, h - tall * 0.6, foot + half, h + 4.0);
        path.close();
        if chance.happens(0.4) {
            let (left, top) = (foot + lean * 0.9 - 4.5 * unit, h - tall - 8.0 * unit);
            if let Some(head) = Rect::from_xywh(left, top, 9.0 * unit, 42.0 * unit) {
                path.push_oval(head);
            }
        }
    }
    if let Some(path) = path.finish() {
        block.fill(&path, 8.0, &flat(block.palette.key, 1.0));
    }
}

/// Under water: shafts of light from above, weeds, the floor of the sea.
pub fn deep(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let (unit, grain) = (block.unit, Grain::shared());
    let source = (scene.x(block, scene.vary([0.62, 0.3, 0.8, 0.46])), -h * 0.15);
    // Near the surface it is light, on the bottom of the sea it is not.
    let sunk = scene.framing.height([0.0, 0.45, -0.3]);
    let pitch = block.pitch(8.0);
    block.flood(&Smooth(move |x: f32, y: f32| {
        let down = y / h;
        let (dx, dy) = (x - source.0, y - source.1);
        let fan = super::super::trig::atan2(dx, dy) * 9.0;
        let shaft = smooth(0.45, 0.75, grain.at(fan + 30.0, 4.0)) * (1.0 - down).max(0.0);
        let wave = grain.cloud(x * 0.004 / unit, y * 0.012 / unit, 2) - 0.5;
        let value = mix(0.85, 0.08, smooth(0.0, 0.95, down + sunk)) + shaft * 0.45 + wave * 0.2;
        let colour = blend(
            blend(palette.haze, palette.zenith, smooth(0.0, 0.8, down + sunk)),
            palette.glow,
            shaft * 0.6,
        );
        Cell { value, phase: y / pitch + wave * 3.0, pitch, colour }
    }));
    let mut chance = scene.chance.branch("deep");
    let floor = Ridge::rolling(
        &mut chance,
        w,
        h * scene.framing.height([0.84, 0.74, 0.9]),
        h * 0.08,
        w * 0.4,
    );
    land::hill(block, &floor, h, &scene.ground(&palette, 0.2, h * 0.12, source.0));
    let theatre = Theatre {
        horizon: h * 0.5,
        front: h * 0.9,
        scale: h.min(w * 1.5) * scene.framing.distance([0.25, 0.19, 0.14]),
        light: source,
        strength: 0.8,
        glow: theatre::lamplight(scene),
        shadow: 0.0,
        water: Some(h * 0.75),
    };
    theatre.fill(block, scene);
    let mut weeds = PathBuilder::new();
    for _ in 0..22 {
        let foot = chance.unit() * w;
        let (tall, sway) = (h * chance.range(0.08, 0.3), chance.range(0.6, 1.4) * 14.0 * unit);
        let steps = 14;
        let at = |t: f32| (foot + sin(t * 9.0 + foot) * sway * t, h - tall * t);
        let width = |t: f32| unit * mix(6.0, 0.5, t);
        for i in 0..=steps {
            let t = i as f32 / steps as f32;
            let (x, y) = at(t);
            if i == 0 { weeds.move_to(x - width(t), y) } else { weeds.line_to(x - width(t), y) }
        }
        for i in (0..=steps).rev() {
            let t = i as f32 / steps as f32;
            let (x, y) = at(t);
            weeds.line_to(x + width(t) * (1.0 + 0.5 * cos(t * 30.0)), y);
        }
        weeds.close();
    }
    if let Some(path) = weeds.finish() {
        block.fill(&path, 8.0, &flat(palette.key, 1.0));
    }
}
