//! Seen from close by: one face, two faces, one thing.

use resvg::tiny_skia::{PathBuilder, Rect};

use super::super::block::{Block, Cell, Smooth, flat};
use super::super::cast::{Accent, Player, Prop};
use super::super::chance::Grain;
use super::super::figure::{Facing, Pose};
use super::super::land;
use super::super::motif::Kind;
use super::super::palette::blend;
use super::super::reading::{Hour, Place};
use super::super::scene::{Scene, level};
use super::super::sky::Rayed;
use super::super::trig::{mix, smooth};
use super::country;
use super::interior::{interior, window};
use super::theatre::{Theatre, facing};

/// The stage of a picture without ground.
fn close_stage(light: (f32, f32)) -> Theatre {
    Theatre {
        horizon: 0.0,
        front: 1.0,
        scale: 1.0,
        light,
        strength: 1.0,
        glow: 0.0,
        shadow: 0.0,
        water: None,
    }
}

/// A backdrop that shines behind a head: rays or rings, dark at the corners.
fn halo(block: &mut Block, scene: &Scene, at: (f32, f32), reach: f32) {
    let palette = block.palette;
    let (unit, grain) = (block.unit, Grain::shared());
    let pitch = block.pitch(9.0);
    let night = matches!(scene.reading.hour, Hour::Night);
    let rays = !scene.flipped;
    let (ambient, strength) = if night { (0.02, 0.95) } else { (0.28, 0.85) };
    let cool = if night { palette.zenith } else { blend(palette.zenith, palette.haze, 0.35) };
    let ground = Smooth(move |x: f32, y: f32| {
        let (dx, dy) = (x - at.0, y - at.1);
        let distance = (dx * dx + dy * dy).sqrt();
        let near = 1.0 - (distance / reach).min(1.0);
        let rough = grain.cloud(x * 0.006 / unit, y * 0.006 / unit, 2) - 0.5;
        let value = ambient + smooth(0.0, 0.9, near) * strength + rough * 0.14;
        let colour = blend(cool, palette.glow, smooth(0.25, 1.0, near) * 0.85);
        Cell { value, phase: distance / pitch + rough * 0.7, pitch, colour }
    });
    if rays {
        block.flood(&Rayed { ground, centre: at, radius: 60.0 * unit, pitch });
    } else {
        block.flood(&ground);
    }
}

/// One person to the waist behind a ledge, with what is theirs upon it.
pub fn portrait(block: &mut Block, scene: &Scene) {
    let h = block.h();
    let Some(player) = scene.cast.people.first() else { return thing(block, scene) };
    let middle = scene.x(block, 0.48);
    let variant = scene.framing.height([0, 1, 2]);
    // A landscape lies behind every third sitter, as the old painters liked it.
    let landscape = variant == 1 && !scene.reading.place.is_some_and(Place::indoors);
    if landscape {
        landscape_behind(block, scene, h * 0.6);
    } else {
        halo(block, scene, (scene.x(block, 0.56), h * 0.34), h * 0.62);
    }
    let light = (scene.x(block, 0.95), h * 0.12);
    let (top, share) = [(0.17, 0.52), (0.2, 0.46), (0.13, 0.6)][variant];
    bust(block, player, middle, scene.flipped, light, h * top, share);
    ledge_for_things(block, scene, h * 0.85, light);
    if variant == 0 {
        arch(block, scene);
    }
}

/// Somebody from the head to the waist, the crown of the head at `top`; `share` of the picture's
/// height is what is seen of them.
fn bust(
    block: &mut Block,
    player: &Player,
    x: f32,
    left: bool,
    light: (f32, f32),
    top: f32,
    share: f32,
) {
    let mut near = player.clone();
    // An arm that is stretched out would end in the other's chest.
    if near.pose == Pose::Pointing {
        near.pose = Pose::Talking;
    } else if !near.pose.is_upright() {
        near.pose = Pose::Standing;
    }
    let drawing = near.drawing(if left { Facing::Left } else { Facing::Right });
    let tall = drawing.height().max(0.1);
    let wide = drawing.width().max(0.1);
    let beast = player.is_beast();
    let seen = if beast { 1.0 } else { 0.42 };
    let scale = (block.h() * share * 1.25 / (tall * seen)).min(block.w() * 1.3 / wide);
    let scale = if beast { scale.min(block.w() * 0.8 / wide) } else { scale };
    let foot = if beast { block.h() * 0.87 } else { top + tall * scale };
    close_stage(light).hang(block, &drawing, player.accent, (x, foot), scale, 0.0);
}

/// A ledge with what belongs to those above it; where nothing does, the edge of the picture cuts them.
fn ledge_for_things(block: &mut Block, scene: &Scene, top: f32, light: (f32, f32)) {
    let beast = scene.cast.people.iter().any(Player::is_beast);
    let things = scene.cast.props.iter().any(|prop| is_small(prop) || is_lap_beast(prop));
    if beast || things {
        ledge(block, scene, top);
        attributes(block, scene, top, light);
    }
}

/// A thing that lies on a ledge.
fn is_small(prop: &Prop) -> bool {
    matches!(prop.motif.kind, Kind::Thing) && prop.motif.height_m < 1.5
}

/// A beast that sits on one.
fn is_lap_beast(prop: &Prop) -> bool {
    prop.motif.kind == Kind::Creature && prop.motif.height_m < 1.2
}

/// A stone ledge along the lower edge.
fn ledge(block: &mut Block, scene: &Scene, top: f32) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let (unit, grain) = (block.unit, Grain::shared());
    let pitch = block.pitch(7.0);
    let bright = mix(0.6, 1.0, scene.brightness());
    let Some(rect) = Rect::from_ltrb(-9.0, top, w + 9.0, h + 9.0) else { return };
    let lip = h * 0.035;
    let colour = blend(palette.land, palette.haze, 0.25);
    block.fill(&PathBuilder::from_rect(rect), 12.0, &move |x: f32, y: f32| {
        let down = y - top;
        let rough = grain.cloud(x * 0.008 / unit, y * 0.02 / unit, 3) - 0.5;
        let value = if down < lip { 0.92 } else { mix(0.42, 0.08, (down - lip) / (h - top - lip)) };
        Cell {
            value: value * bright + rough * 0.35,
            phase: (y + x * 0.02) / pitch + rough * 1.2,
            pitch,
            colour,
        }
    });
    let mut edge = PathBuilder::new();
    edge.move_to(-9.0, top + lip);
    edge.line_to(w + 9.0, top + lip);
    if let Some(edge) = edge.finish() {
        block.line(&edge, 3.0 * unit, &flat(palette.key, 1.0));
    }
}

/// Things on the ledge, and beasts beside the person.
fn attributes(block: &mut Block, scene: &Scene, top: f32, light: (f32, f32)) {
    let (w, h) = (block.w(), block.h());
    let things: Vec<&Prop> =
        scene.cast.props.iter().filter(|prop| is_small(prop)).take(3).collect();
    for (prop, share) in things.iter().zip([0.78, 0.2, 0.6]) {
        let drawing = prop.motif.drawing();
        let scale =
            (h * 0.12 / drawing.height().max(0.01)).min(w * 0.2 / drawing.width().max(0.01));
        let at = (scene.x(block, share), top + h * 0.018);
        close_stage(light).hang(block, drawing, Accent::Plate, at, scale, 0.0);
    }
    let beast = scene.cast.props.iter().find(|prop| is_lap_beast(prop));
    if let Some(prop) = beast
        && things.len() < 2
    {
        let drawing = prop.motif.drawing();
        let scale =
            (h * 0.14 / drawing.height().max(0.01)).min(w * 0.24 / drawing.width().max(0.01));
        let drawing = facing(drawing.clone(), scene.flipped);
        close_stage(light).hang(
            block,
            &drawing,
            Accent::Plate,
            (scene.x(block, 0.2), top + h * 0.018),
            scale,
            0.0,
        );
    }
}

/// The corners above a round arch, as a frame within the frame.
fn arch(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let unit = block.unit;
    let spring = h * 0.3;
    let inset = w * 0.055;
    let mut path = PathBuilder::new();
    path.move_to(-9.0, -9.0);
    path.line_to(w + 9.0, -9.0);
    path.line_to(w + 9.0, h + 9.0);
    path.line_to(w - inset, h + 9.0);
    path.line_to(w - inset, spring);
    let k = 0.552;
    let (rx, top) = (w / 2.0 - inset, inset);
    path.cubic_to(w - inset, spring - (spring - top) * k, w / 2.0 + rx * k, top, w / 2.0, top);
    path.cubic_to(w / 2.0 - rx * k, top, inset, spring - (spring - top) * k, inset, spring);
    path.line_to(inset, h + 9.0);
    path.line_to(-9.0, h + 9.0);
    path.close();
    let Some(path) = path.finish() else { return };
    block.fill(&path, 12.0, &flat(palette.key, 1.0));
    block.line(&path, 3.0 * unit, &flat(blend(palette.haze, palette.glow, 0.6), 0.0));
    // A leaf spray in each corner, cut pale out of the dark.
    let mut spray = PathBuilder::new();
    for side in [-1.0, 1.0] {
        let corner = (w / 2.0 + side * (w / 2.0 - inset * 0.9), inset * 0.9);
        for i in 0..5 {
            let t = i as f32 / 4.0;
            let length = w * mix(0.1, 0.06, (t - 0.5).abs() * 2.0);
            let turn = mix(0.1, 1.45, t);
            let (dx, dy) = (-side * super::super::trig::cos(turn), super::super::trig::sin(turn));
            let tip = (corner.0 + dx * length, corner.1 + dy * length);
            let bend = (-dy * length * 0.16, dx * length * 0.16);
            let half = ((corner.0 + tip.0) / 2.0, (corner.1 + tip.1) / 2.0);
            spray.move_to(corner.0, corner.1);
            spray.quad_to(half.0 + bend.0, half.1 + bend.1, tip.0, tip.1);
            spray.quad_to(half.0 - bend.0, half.1 - bend.1, corner.0, corner.1);
            spray.close();
        }
    }
    let leafy = scene.framing.distance([true, true, false]);
    if let Some(spray) = spray.finish().filter(|_| leafy) {
        block.fill(&spray, 3.0, &flat(blend(palette.land, palette.glow, 0.3), 0.0));
    }
}

/// Two people from close by, towards one another, the light between them.
pub fn dialogue(block: &mut Block, scene: &Scene) {
    let h = block.h();
    let people = &scene.cast.people;
    let (Some(first), Some(second)) = (people.first(), people.get(1)) else {
        return portrait(block, scene);
    };
    let light = behind_two(block, scene);
    let (near, far) = (scene.x(block, 0.26), scene.x(block, 0.74));
    let (first_top, second_top, share) =
        scene.vary([(0.22, 0.28, 0.5), (0.34, 0.27, 0.46), (0.16, 0.3, 0.56), (0.3, 0.3, 0.44)]);
    bust(block, second, far, !scene.flipped, light, h * second_top, share - 0.04);
    bust(block, first, near, scene.flipped, light, h * first_top, share);
    ledge_for_things(block, scene, h * 0.86, light);
}

/// What lies behind two who talk, and where its light is: rays or rings, the country, or a window.
fn behind_two(block: &mut Block, scene: &Scene) -> (f32, f32) {
    let (w, h) = (block.w(), block.h());
    let indoors = scene.reading.place.is_some_and(Place::indoors);
    let middle = (w * 0.5, h * 0.3);
    match (scene.vary([0, 1, 0, 1]), indoors) {
        (0, _) => {
            halo(block, scene, middle, h * 0.6);
            middle
        }
        (_, true) => {
            let size = (w * 0.34, h * 0.42);
            let room = interior(block, scene, h * 0.99, middle, (middle.0, h * 0.2));
            window(block, scene, middle, size, (2, 4), scene.flipped);
            if room.by_lamp { room.light } else { middle }
        }
        (_, false) => {
            let horizon = h * scene.framing.height([0.56, 0.5, 0.64]);
            landscape_behind(block, scene, horizon)
        }
    }
}

/// Hills and a field behind those who are seen from close by; says where the light is.
fn landscape_behind(block: &mut Block, scene: &Scene, horizon: f32) -> (f32, f32) {
    let h = block.h();
    let mut chance = scene.chance.branch("behind");
    let sky = scene.sky(block, horizon);
    country::hills(block, scene, &mut chance, horizon, sky);
    let field = level(&mut chance, block, horizon + h * 0.19, 20.0);
    let ground = scene.ground(&block.palette, 0.25, h * 0.2, sky.x);
    land::field(block, &field, h, &ground);
    (sky.x, sky.y)
}

/// One thing, large, on a cloth, in its own light.
pub fn thing(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let Some(prop) = scene.cast.props.first() else { return country::country(block, scene) };
    let middle = (w * 0.5, h * 0.47);
    halo(block, scene, middle, h * 0.58);
    ledge(block, scene, h * 0.7);
    let drawing = prop.motif.drawing();
    let scale = (h * 0.46 / drawing.height().max(0.01)).min(w * 0.66 / drawing.width().max(0.01));
    let light = (scene.x(block, 0.9), h * 0.1);
    let at = (middle.0, h * 0.735);
    close_stage(light).hang(block, drawing, Accent::Plate, at, scale, 0.0);
    for (other, share) in scene
        .cast
        .of_kind(Kind::Thing)
        .filter(|p| p.motif.name != prop.motif.name)
        .zip([0.16, 0.85])
    {
        let drawing = other.motif.drawing();
        let scale =
            (h * 0.14 / drawing.height().max(0.01)).min(w * 0.2 / drawing.width().max(0.01));
        close_stage(light).hang(
            block,
            drawing,
            Accent::Plate,
            (scene.x(block, share), h * 0.8),
            scale,
            0.0,
        );
    }
    arch(block, scene);
}
