//! Rooms: a window, a table, books, pillars, bars. What light there is lies in a pool, the rest is dark.

use resvg::tiny_skia::{Path, PathBuilder, Rect};

use super::super::block::{Block, Cell, Smooth, flat};
use super::super::cast::{Accent, Prop};
use super::super::chance::{Chance, Grain};
use super::super::drawing::Ink;
use super::super::figure::{Facing, Pose};
use super::super::motif::{Kind, Placement};
use super::super::palette::{Rgb, blend};
use super::super::reading::{Hour, Light};
use super::super::scene::Scene;
use super::super::sky::{Luminary, Sky, SkyLines};
use super::super::trig::{PI, mix, sin, smooth, floor};
use super::theatre::{self, Theatre, facing};

/// A room to be furnished, in pixels.
struct Interior {
    floor: f32,
    light: (f32, f32),
    by_lamp: bool,
    theatre: Theatre,
}

/// Builds walls and floor in the light of the scene.
fn interior(block: &mut Block, scene: &Scene, floor: f32, window: (f32, f32), lamp: (f32, f32)) -> Interior {
    let (w, h) = (block.w(), block.h());
    let by_lamp = matches!(scene.reading.light, Light::Lamp | Light::Fire) || scene.reading.hour == Hour::Night;
    let light = if by_lamp { lamp } else { window };
    wall(block, scene, light, by_lamp);
    boards(block, scene, floor, light, by_lamp);
    let theatre = Theatre {
        horizon: floor - h * 0.2,
        front: h * 0.93,
        scale: h.min(w * 1.5) * 0.215,
        light,
        strength: 1.0,
        glow: theatre::lamplight(scene),
        shadow: 0.0,
        water: None,
    };
    Interior { floor, light, by_lamp, theatre }
}

/// A lamp or a candle that the text names, small enough to stand on a table.
fn table_lamp(scene: &Scene) -> bool {
    let shines = |prop: &Prop| prop.motif.drawing().shapes.iter().any(|shape| shape.ink == Ink::Light);
    scene.cast.of_kind(Kind::Thing).any(|prop| prop.motif.height_m < 1.3 && shines(prop))
}

/// Things that lie on a table or a desk, those that give light first: what stands in their light is
/// printed after it.
fn table_things(scene: &Scene, most: usize) -> Vec<&Prop> {
    let small = |prop: &&Prop| prop.motif.kind == Kind::Thing && prop.motif.height_m < 1.3;
    let mut things: Vec<&Prop> = scene.cast.props.iter().filter(small).take(most).collect();
    things.sort_by_key(|prop| !prop.motif.drawing().shapes.iter().any(|shape| shape.ink == Ink::Light));
    things
}

/// How much of the light arrives at a distance.
fn arrives(x: f32, y: f32, light: (f32, f32), reach: f32) -> f32 {
    let (dx, dy) = (x - light.0, y - light.1);
    1.0 - ((dx * dx + dy * dy).sqrt() / reach).min(1.0)
}

/// The back wall: papered or panelled, light about the lamp or the window.
fn wall(block: &mut Block, scene: &Scene, light: (f32, f32), by_lamp: bool) {
    let palette = block.palette;
    let (unit, grain) = (block.unit, Grain::shared());
    let pitch = block.pitch(8.0);
    let reach = block.h() * if by_lamp { 0.66 } else { 0.95 };
    let bright = scene.brightness();
    let (ambient, strength) = if by_lamp { (0.02, 1.0) } else { (0.3 * bright * bright, 0.75 * mix(0.7, 1.0, bright)) };
    let colour = blend(palette.land, palette.accent, [0.1, 0.28, 0.0][scene.turn as usize % 3]);
    let dark = blend(colour, palette.zenith, 0.45);
    let stripes = scene.turn % 2 == 0;
    block.flood(&Smooth(move |x: f32, y: f32| {
        let near = arrives(x, y, light, reach);
        let rough = grain.cloud(x * 0.008 / unit, y * 0.008 / unit, 2) - 0.5;
        let value = ambient + near * near.sqrt() * strength + rough * 0.16;
        let paper = if stripes {
            let stripe = x / (46.0 * unit);
            if (stripe - floor(stripe)) < 0.5 { 0.1 } else { 0.0 }
        } else {
            0.0
        };
        let phase = if by_lamp {
            let (dx, dy) = (x - light.0, y - light.1);
            (dx * dx + dy * dy).sqrt() / pitch + rough * 0.8
        } else {
            x / pitch + rough * 0.6
        };
        let colour = blend(blend(dark, colour, smooth(0.0, 0.5, near)), palette.glow, smooth(0.45, 1.0, near) * 0.8);
        Cell { value: value - paper, phase, pitch, colour }
    }));
}

/// Floor boards that run to a vanishing point.
fn boards(block: &mut Block, scene: &Scene, top: f32, light: (f32, f32), by_lamp: bool) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let Some(rect) = Rect::from_ltrb(-9.0, top, w + 9.0, h + 9.0) else { return };
    let (unit, grain) = (block.unit, Grain::shared());
    let vanish = (scene.x(block, 0.55), top - h * 0.3);
    let pitch = block.pitch(6.0);
    let reach = h * if by_lamp { 0.6 } else { 0.9 };
    let colour = blend(palette.land, palette.zenith, 0.25);
    block.fill(&PathBuilder::from_rect(rect), 5.0, &move |x: f32, y: f32| {
        let down = (y - vanish.1).max(1.0);
        let across = (x - vanish.0) / down * 9.0;
        let joint = ((across - floor(across)) * 2.0 - 1.0).abs();
        let board = grain.at(floor(across) * 7.3, 3.0) - 0.5;
        let veins = grain.cloud(across * 3.0, y * 0.008 / unit, 2) - 0.5;
        let near = arrives(x, light.1 + (y - light.1) * 1.15, light, reach);
        let value = if by_lamp { 0.07 } else { 0.2 } + near * 0.85 + board * 0.22 * (0.3 + near) + veins * 0.2
            - smooth(0.93, 1.0, joint) * 0.5;
        let colour = blend(colour, palette.glow, smooth(0.4, 1.0, near) * 0.6);
        Cell { value, phase: y / pitch + veins * 1.5, pitch, colour }
    });
}

/// A window with a view of the sky, its bars, and the light it throws.
fn window(block: &mut Block, scene: &Scene, middle: (f32, f32), size: (f32, f32), bars: (usize, usize), arched: bool) {
    let palette = block.palette;
    let Some(opening) = opening(middle, size, arched) else { return };
    let unit = block.unit;
    let day = scene.reading.hour;
    let luminary = Luminary {
        x: middle.0 + size.0 * 0.12,
        y: middle.1 - size.1 * 0.12,
        radius: if scene.reading.weather == super::super::reading::Weather::Clear { size.0 * 0.14 } else { 0.0 },
        crescent: false,
    };
    let Some(stencil) = block.stencil(&opening, None) else { return };
    let horizon = middle.1 + size.1 * 0.62;
    let lines = if day == Hour::Night { SkyLines::Rings } else { SkyLines::Level };
    block.line(&opening, 15.0 * unit, &flat(palette.key, 1.0));
    Sky { hour: day, weather: scene.reading.weather, horizon, light: luminary, lines }.cut_view(block, &stencil);
    let mut frame = PathBuilder::new();
    for i in 1..bars.0 {
        let x = middle.0 - size.0 / 2.0 + size.0 * i as f32 / bars.0 as f32;
        if let Some(rect) = Rect::from_ltrb(x - 2.6 * unit, middle.1 - size.1 / 2.0, x + 2.6 * unit, middle.1 + size.1 / 2.0) {
            frame.push_rect(rect);
        }
    }
    for i in 1..bars.1 {
        let y = middle.1 - size.1 / 2.0 + size.1 * i as f32 / bars.1 as f32;
        if let Some(rect) = Rect::from_ltrb(middle.0 - size.0 / 2.0, y - 2.2 * unit, middle.0 + size.0 / 2.0, y + 2.2 * unit) {
            frame.push_rect(rect);
        }
    }
    if let Some(path) = frame.finish() {
        block.fill(&path, 0.0, &flat(palette.key, 1.0));
    }
    block.line(&opening, 9.0 * unit, &flat(blend(palette.land, palette.paper, 0.45), 0.0));
    block.line(&opening, 5.0 * unit, &flat(palette.key, 1.0));
    if let Some(sill) = Rect::from_xywh(middle.0 - size.0 * 0.6, middle.1 + size.1 / 2.0, size.0 * 1.2, 15.0 * unit) {
        let path = PathBuilder::from_rect(sill);
        block.fill(&path, 8.0, &flat(blend(palette.land, palette.paper, 0.4), 0.15));
        block.line(&path, 2.4 * unit, &flat(palette.key, 1.0));
    }
}

fn opening(middle: (f32, f32), size: (f32, f32), arched: bool) -> Option<Path> {
    let (l, r) = (middle.0 - size.0 / 2.0, middle.0 + size.0 / 2.0);
    let (t, b) = (middle.1 - size.1 / 2.0, middle.1 + size.1 / 2.0);
    let mut path = PathBuilder::new();
    path.move_to(l, b);
    if arched {
        let spring = t + size.0 * 0.5;
        path.line_to(l, spring);
        path.cubic_to(l, t + size.0 * 0.1, middle.0 - size.0 * 0.2, t, middle.0, t - size.0 * 0.1);
        path.cubic_to(middle.0 + size.0 * 0.2, t, r, t + size.0 * 0.1, r, spring);
    } else {
        path.line_to(l, t);
        path.line_to(r, t);
    }
    path.line_to(r, b);
    path.close();
    path.finish()
}

/// Light that falls slantwise from a window to the floor.
fn beam(block: &mut Block, from: (f32, f32), size: (f32, f32), to: (f32, f32), strength: f32) {
    let mut path = PathBuilder::new();
    let sill = from.1 + size.1 / 2.0 + 15.0 * block.unit;
    path.move_to(from.0 - size.0 / 2.0, sill);
    path.line_to(from.0 + size.0 / 2.0, sill);
    path.line_to(to.0 + size.0 * 0.95, to.1);
    path.line_to(to.0 - size.0 * 0.75, to.1);
    path.close();
    let Some(path) = path.finish() else { return };
    let Some(mut stencil) = block.stencil(&path, None) else { return };
    let pitch = block.pitch(9.0);
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let (nx, ny) = (-dy / length, dx / length);
    for row in 0..stencil.height {
        for column in 0..stencil.width {
            let (x, y) = ((column + stencil.left) as f32, (row + stencil.top) as f32);
            let along = ((x - from.0) * dx + (y - from.1) * dy) / (length * length);
            let share = strength * mix(0.6, 0.25, along.clamp(0.0, 1.0));
            let within = (x * nx + y * ny) / pitch;
            let line = ((within - floor(within)) * 2.0 - 1.0).abs();
            let open = ((share - line) * pitch * 0.5 + 0.5).clamp(0.0, 1.0);
            let cover = &mut stencil.cover[row * stencil.width + column];
            *cover = (f32::from(*cover) * open) as u8;
        }
    }
    let palette = block.palette;
    let colour = blend(palette.haze, palette.glow, 0.6);
    block.print(&stencil, &flat(colour, 0.0));
}

/// A lived-in room with a window.
pub fn room(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let turn = scene.turn as usize;
    let at = (scene.x(block, [0.7, 0.64, 0.74][turn % 3]), h * [0.33, 0.3, 0.36][turn % 3]);
    let size = (w * [0.3, 0.24, 0.34][turn % 3], h * [0.32, 0.36, 0.26][turn % 3]);
    let hearth = scene.reading.light == Light::Fire || (scene.reading.hour == Hour::Night && turn % 2 == 1);
    let lamp = if hearth { (scene.x(block, 0.2), h * 0.62) } else { (scene.x(block, [0.34, 0.42, 0.28][turn % 3]), h * 0.4) };
    let room = interior(block, scene, h * [0.7, 0.73, 0.68][turn % 3], at, lamp);
    window(block, scene, at, size, [(2, 3), (2, 4), (3, 2)][turn % 3], turn % 3 == 1);
    if !room.by_lamp {
        beam(block, at, size, (scene.x(block, 0.42), h * 0.96), 0.8);
    }
    if turn % 2 == 0 {
        curtains(block, at, size);
    }
    if turn % 4 == 3 {
        rafters(block, scene);
    }
    if hearth {
        fireplace(block, (scene.x(block, 0.2), room.floor), (w * 0.34, h * 0.27));
    } else {
        match turn % 4 {
            0 => picture_on_wall(block, (scene.x(block, 0.24), h * 0.24), (w * 0.15, w * 0.19)),
            1 => shelf(block, scene, (scene.x(block, 0.24), h * 0.3), w * 0.26),
            2 => mirror_on_wall(block, (scene.x(block, 0.26), h * 0.28), w * 0.1),
            _ => {}
        }
    }
    furniture_at(block, scene, &room, if hearth { &[0.9, 0.5] } else { &[0.13, 0.9, 0.46] });
    if room.by_lamp && !hearth {
        hanging_lamp(block, room.light, h * 0.05);
    }
    people(block, scene, &room, &[0.36, 0.62, 0.16, 0.84]);
    frame_of_dark(block, scene);
}

/// Curtains drawn back on both sides of a window.
fn curtains(block: &mut Block, at: (f32, f32), size: (f32, f32)) {
    let palette = block.palette;
    let (unit, grain) = (block.unit, Grain::shared());
    let (top, bottom) = (at.1 - size.1 * 0.62, at.1 + size.1 * 0.72);
    for side in [-1.0, 1.0] {
        let outer = at.0 + side * size.0 * 0.8;
        let mut path = PathBuilder::new();
        path.move_to(outer, top);
        path.line_to(at.0 + side * size.0 * 0.2, top);
        path.cubic_to(at.0 + side * size.0 * 0.3, at.1, at.0 + side * size.0 * 0.62, at.1, at.0 + side * size.0 * 0.6, at.1 + size.1 * 0.22);
        path.quad_to(at.0 + side * size.0 * 0.5, bottom, at.0 + side * size.0 * 0.48, bottom);
        path.line_to(outer, bottom);
        path.close();
        let Some(path) = path.finish() else { continue };
        let pitch = block.pitch(7.0);
        let colour = blend(palette.accent, palette.land, 0.25);
        block.fill(&path, 10.0, &move |x: f32, y: f32| {
            let fold = (x - outer) * side + (y - top) * 0.12;
            let wave = sin(fold * 0.11 / unit + grain.at(y * 0.004 / unit, 1.0) * 2.0);
            Cell { value: 0.48 + wave * 0.42, phase: (x * 1.0 + y * 0.1) / pitch, pitch, colour }
        });
    }
}

/// A framed picture, to break a wall.
fn picture_on_wall(block: &mut Block, at: (f32, f32), size: (f32, f32)) {
    let palette = block.palette;
    let Some(rect) = Rect::from_xywh(at.0 - size.0 / 2.0, at.1 - size.1 / 2.0, size.0, size.1) else { return };
    let path = PathBuilder::from_rect(rect);
    let pitch = block.pitch(4.0);
    block.line(&path, 13.0 * block.unit, &flat(palette.key, 1.0));
    let middle = at;
    block.fill(&path, 4.0, &move |x: f32, y: f32| {
        let hill = middle.1 + (sin((x - middle.0) / size.0 * 5.0)) * size.1 * 0.1;
        let value = if y > hill { 0.35 } else { 0.85 };
        Cell { value, phase: y / pitch, pitch, colour: blend(palette.land, palette.haze, 0.4) }
    });
    block.line(&path, 6.0 * block.unit, &flat(blend(palette.land, palette.glow, 0.5), 0.0));
}

/// A round mirror with a glint.
fn mirror_on_wall(block: &mut Block, at: (f32, f32), radius: f32) {
    let palette = block.palette;
    let Some(path) = PathBuilder::from_circle(at.0, at.1, radius) else { return };
    let pitch = block.pitch(6.0);
    block.line(&path, 16.0 * block.unit, &flat(palette.key, 1.0));
    block.fill(&path, 4.0, &move |x: f32, y: f32| {
        let across = (x - at.0 + y - at.1) / radius;
        let glint = smooth(0.35, 0.15, (across + 0.3).abs());
        Cell { value: 0.55 + glint * 0.6, phase: (x - y) / pitch, pitch, colour: blend(palette.haze, palette.paper, glint) }
    });
    block.line(&path, 7.0 * block.unit, &flat(blend(palette.land, palette.glow, 0.6), 0.0));
}

/// Beams under a low ceiling.
fn rafters(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let vanish = scene.x(block, 0.55);
    let mut path = PathBuilder::new();
    for i in 0..6 {
        let t = (i as f32 - 2.5) / 2.5;
        let (top, foot) = (vanish + t * w * 0.95, vanish + t * w * 0.55);
        let (wide, slim) = (w * 0.045, w * 0.026);
        path.move_to(top - wide, -9.0);
        path.line_to(top + wide, -9.0);
        path.line_to(foot + slim, h * 0.1);
        path.line_to(foot - slim, h * 0.1);
        path.close();
    }
    if let Some(bar) = Rect::from_ltrb(-9.0, h * 0.1, w + 9.0, h * 0.125) {
        path.push_rect(bar);
    }
    if let Some(path) = path.finish() {
        block.fill(&path, 10.0, &flat(palette.key, 1.0));
    }
}

/// A hearth with a fire in it, standing on the floor at `foot`.
fn fireplace(block: &mut Block, foot: (f32, f32), size: (f32, f32)) {
    let palette = block.palette;
    let unit = block.unit;
    let (x, y) = foot;
    let (half, tall) = (size.0 / 2.0, size.1);
    let stone = blend(palette.land, palette.paper, 0.25);
    let grain = Grain::shared();
    let pitch = block.pitch(6.0);
    let slab = |l: f32, t: f32, r: f32, b: f32| Rect::from_ltrb(x + l * half, y - t * tall, x + r * half, y - b * tall);
    for rect in [slab(-1.0, 1.0, 1.0, 0.0), slab(-1.12, 1.08, 1.12, 0.96)].into_iter().flatten() {
        let path = PathBuilder::from_rect(rect);
        block.line(&path, 5.0 * unit, &flat(palette.key, 1.0));
        block.fill(&path, 8.0, &move |px: f32, py: f32| {
            let row = floor((y - py) / (26.0 * unit));
            let joint = ((px / (48.0 * unit) + (row as i64 % 2) as f32 * 0.5) * 1.0, (y - py) / (26.0 * unit) - row);
            let seam = smooth(0.9, 0.98, ((joint.0 - floor(joint.0)) * 2.0 - 1.0).abs()).max(smooth(0.85, 0.97, (joint.1 * 2.0 - 1.0).abs()));
            let patch = grain.at(floor(joint.0) * 3.3, row * 5.7) - 0.5;
            Cell { value: 0.6 + patch * 0.5 - seam * 0.5, phase: py / pitch, pitch, colour: stone }
        });
    }
    let mut mouth = PathBuilder::new();
    mouth.move_to(x - half * 0.62, y);
    mouth.line_to(x - half * 0.62, y - tall * 0.52);
    mouth.quad_to(x, y - tall * 0.86, x + half * 0.62, y - tall * 0.52);
    mouth.line_to(x + half * 0.62, y);
    mouth.close();
    if let Some(path) = mouth.finish() {
        let middle = (x, y - tall * 0.12);
        let pitch = block.pitch(6.5);
        block.fill(&path, 4.0, &move |px: f32, py: f32| {
            let (dx, dy) = (px - middle.0, py - middle.1);
            let distance = (dx * dx + dy * dy).sqrt();
            let near = 1.0 - (distance / (tall * 0.6)).min(1.0);
            Cell { value: near * 1.1, phase: distance / pitch, pitch, colour: blend(palette.accent, palette.glow, near) }
        });
    }
    for (size, colour) in [(1.0, blend(palette.accent, palette.glow, 0.35)), (0.62, palette.glow)] {
        let mut flames = PathBuilder::new();
        for (shift, high) in [(-0.3, 0.26), (-0.12, 0.4), (0.06, 0.5), (0.2, 0.36), (0.34, 0.22)] {
            let (fx, top, wide) = (x + shift * half, tall * high * size, half * 0.15 * size);
            flames.move_to(fx - wide, y - 2.0);
            flames.cubic_to(fx - wide * 1.5, y - top * 0.5, fx + wide * 0.4, y - top * 0.6, fx + wide * 0.2, y - top);
            flames.cubic_to(fx + wide * 1.3, y - top * 0.55, fx + wide * 1.3, y - top * 0.3, fx + wide, y - 2.0);
            flames.close();
        }
        if let Some(path) = flames.finish() {
            block.fill(&path, 2.0, &flat(colour, 0.0));
        }
    }
    if let Some(log) = slab(-0.42, 0.05, 0.42, 0.0) {
        block.fill(&PathBuilder::from_rect(log), 2.0, &flat(palette.key, 1.0));
    }
}

/// A lamp that hangs where the light is.
fn hanging_lamp(block: &mut Block, at: (f32, f32), size: f32) {
    let palette = block.palette;
    let mut cord = PathBuilder::new();
    if let Some(rect) = Rect::from_ltrb(at.0 - 1.5 * block.unit, -5.0, at.0 + 1.5 * block.unit, at.1 - size) {
        cord.push_rect(rect);
    }
    cord.move_to(at.0 - size * 1.1, at.1 - size * 0.1);
    cord.quad_to(at.0 - size * 0.9, at.1 - size * 1.1, at.0, at.1 - size * 1.15);
    cord.quad_to(at.0 + size * 0.9, at.1 - size * 1.1, at.0 + size * 1.1, at.1 - size * 0.1);
    cord.close();
    if let Some(flame) = PathBuilder::from_circle(at.0, at.1 - size * 0.05, size * 0.45) {
        block.fill(&flame, 0.0, &flat(blend(palette.glow, palette.paper, 0.4), 0.0));
    }
    if let Some(path) = cord.finish() {
        block.fill(&path, 6.0, &flat(palette.key, 1.0));
    }
}

/// Furniture that the text names, along the wall.
fn furniture(block: &mut Block, scene: &Scene, room: &Interior) {
    furniture_at(block, scene, room, &[0.13, 0.9, 0.46]);
}

fn furniture_at(block: &mut Block, scene: &Scene, room: &Interior, places: &[f32]) {
    let h = block.h();
    let mut free = places.iter().copied();
    for prop in scene.cast.of_kind(Kind::Furniture) {
        // The room has its own window and its own table where they belong.
        if ["window", "table", "curtain", "curtains", "fireplace"].contains(&prop.motif.name) {
            continue;
        }
        let Some(share) = free.next() else { break };
        let drawing = prop.motif.drawing();
        let scale = (room.theatre.scale * 0.74).min(h * 0.36 / drawing.height().max(0.1));
        let hangs = prop.motif.place == Placement::Hangs;
        let y = if hangs { h * 0.3 } else { room.floor + h * 0.03 };
        // Furniture is the ground for people; it must not outshine them.
        let stain = Accent::Named(blend(block.palette.accent, block.palette.zenith, 0.45));
        room.theatre.hang(block, drawing, stain, (scene.x(block, share), y), scale, 0.08);
    }
}

/// The people of a room, feet on the boards.
fn people(block: &mut Block, scene: &Scene, room: &Interior, shares: &[f32]) {
    let h = block.h();
    let creatures = scene.cast.of_kind(Kind::Creature).take(2);
    for (i, prop) in creatures.enumerate() {
        let drawing = prop.motif.drawing();
        let scale = (room.theatre.scale).min(h * 0.4 / drawing.height().max(0.05)).max(h * 0.07 / drawing.height().max(0.05));
        let share = if scene.cast.people.is_empty() { 0.45 } else { [0.8, 0.12][i] };
        let drawing = facing(drawing.clone(), !scene.flipped);
        room.theatre.hang(block, &drawing, Accent::Plate, (scene.x(block, share), h * 0.94), scale, 0.0);
    }
    // Who carries a light comes first: the others stand in it.
    let mut order: Vec<usize> = (0..scene.cast.people.len()).collect();
    order.sort_by_key(|&i| (scene.cast.people[i].pose != Pose::CarryingLight, std::cmp::Reverse(i)));
    for i in order {
        let player = &scene.cast.people[i];
        let share = shares[i.min(shares.len() - 1)];
        let right = (share < 0.5) != scene.flipped;
        let drawing = player.drawing(if right { Facing::Right } else { Facing::Left });
        let y = h * (0.93 - 0.025 * (i % 3) as f32);
        let least = if player.is_beast() { h * 0.15 / drawing.height().max(0.05) } else { 0.0 };
        let most = block.w() * 0.5 / drawing.width().max(0.05);
        let scale = room.theatre.scale.max(least).min(most);
        room.theatre.hang(block, &drawing, player.accent, (scene.x(block, share), y), scale, 0.0);
    }
}

/// Darkness at the edges of the picture, like the jambs of a door we look through.
fn frame_of_dark(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    if scene.turn % 2 == 1 {
        return;
    }
    let palette = block.palette;
    let side = scene.x(block, 0.0);
    let inward = if scene.flipped { -1.0 } else { 1.0 };
    let mut path = PathBuilder::new();
    path.move_to(side - inward * 9.0, -9.0);
    path.line_to(side + inward * w * 0.075, -9.0);
    path.line_to(side + inward * w * 0.06, h + 9.0);
    path.line_to(side - inward * 9.0, h + 9.0);
    path.close();
    if let Some(path) = path.finish() {
        block.fill(&path, 14.0, &flat(palette.key, 1.0));
        let mut edge = PathBuilder::new();
        edge.move_to(side + inward * w * 0.068, -9.0);
        edge.line_to(side + inward * w * 0.054, h + 9.0);
        if let Some(edge) = edge.finish() {
            block.line(&edge, 2.0 * block.unit, &flat(blend(palette.haze, palette.glow, 0.5), 0.0));
        }
    }
}

/// A table before us, people behind it, a lamp over it and things on it.
pub fn table(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let at = (scene.x(block, 0.76), h * 0.26);
    let lamp = (scene.x(block, 0.5), h * if table_lamp(scene) { 0.66 } else { 0.27 });
    let room = interior(block, scene, h * 0.72, at, lamp);
    window(block, scene, at, (w * 0.22, h * 0.24), (2, 2), false);
    shelf(block, scene, (scene.x(block, 0.2), h * 0.26), w * 0.26);
    furniture(block, scene, &room);
    let top = h * 0.7;
    let scale = h.min(w * 1.5) * 0.3;
    let seats: &[f32] = match scene.cast.people.len() {
        0 | 1 => &[0.44],
        2 => &[0.27, 0.73],
        3 => &[0.2, 0.5, 0.8],
        _ => &[0.15, 0.38, 0.62, 0.85],
    };
    for (i, player) in scene.cast.people.iter().enumerate().rev() {
        let share = seats[i.min(seats.len() - 1)];
        let right = (share < 0.5) != scene.flipped;
        let mut seated = player.clone();
        // Whoever sits at a table is seen to the waist: a standing figure, sunk behind it.
        let postures = [Pose::Sitting, Pose::SittingOnGround, Pose::Walking, Pose::Lying, Pose::Riding];
        if postures.contains(&seated.pose) {
            seated.pose = if scene.reading.talk && i == 0 { Pose::Talking } else { Pose::Standing };
        }
        let drawing = seated.drawing(if right { Facing::Right } else { Facing::Left });
        let sunk = top + drawing.height() * scale * 0.47;
        room.theatre.hang(block, &drawing, player.accent, (scene.x(block, share), sunk), scale, 0.0);
    }
    board(block, &room, top);
    on_table(block, scene, &room, top);
    if room.by_lamp && !table_lamp(scene) {
        hanging_lamp(block, room.light, h * 0.055);
    }
}

/// The table's top and its cloth, which hides the knees.
fn board(block: &mut Block, room: &Interior, top: f32) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let (unit, grain) = (block.unit, Grain::shared());
    let light = room.light;
    let mut slab = PathBuilder::new();
    slab.move_to(w * 0.1, top);
    slab.line_to(w * 0.9, top);
    slab.line_to(w * 1.04, top + h * 0.1);
    slab.line_to(-w * 0.04, top + h * 0.1);
    slab.close();
    let pitch = block.pitch(7.0);
    if let Some(path) = slab.finish() {
        let warm = blend(palette.paper, palette.glow, 0.5);
        block.fill(&path, 8.0, &move |x: f32, y: f32| {
            let near = arrives(x, y, (light.0, top), w * 0.75);
            let veins = grain.cloud(x * 0.004 / unit, y * 0.05 / unit, 2) - 0.5;
            Cell { value: 0.35 + near * 0.75 + veins * 0.4, phase: y / pitch + veins, pitch, colour: blend(palette.land, warm, near) }
        });
    }
    let Some(rect) = Rect::from_ltrb(-9.0, top + h * 0.1, w + 9.0, h + 9.0) else { return };
    let colour = blend(palette.accent, palette.land, 0.35);
    block.fill(&PathBuilder::from_rect(rect), 6.0, &move |x: f32, y: f32| {
        let down = ((y - top - h * 0.1) / (h * 0.2)).clamp(0.0, 1.0);
        let fold = sin(x * 0.045 / unit + grain.at(x * 0.01 / unit, 2.0) * 4.0);
        let near = arrives(x, y, (light.0, top), w * 0.9);
        let value = mix(0.62, 0.1, down) * (0.35 + near) + fold * 0.2 * (1.0 - down * 0.5);
        Cell { value, phase: (x + fold * 7.0 * unit) / pitch, pitch, colour }
    });
    let mut hem = PathBuilder::new();
    hem.move_to(-9.0, top + h * 0.1);
    hem.line_to(w + 9.0, top + h * 0.1);
    if let Some(hem) = hem.finish() {
        block.line(&hem, 4.0 * unit, &flat(blend(palette.paper, palette.glow, 0.3), 0.0));
    }
}

/// Things on the table, larger than life, so that they can be seen.
fn on_table(block: &mut Block, scene: &Scene, room: &Interior, top: f32) {
    let (w, h) = (block.w(), block.h());
    let things = table_things(scene, 4);
    let shares = [0.5, 0.32, 0.68, 0.84];
    for (i, prop) in things.iter().enumerate() {
        let drawing = prop.motif.drawing();
        let scale = (h * 0.085 / drawing.height().max(0.01)).min(w * 0.15 / drawing.width().max(0.01));
        let at = (scene.x(block, shares[i]), top + h * (0.055 + 0.02 * (i % 2) as f32));
        room.theatre.hang(block, drawing, Accent::Plate, at, scale, 0.0);
    }
}

/// A shelf with pots and books.
fn shelf(block: &mut Block, scene: &Scene, at: (f32, f32), width: f32) {
    let unit = block.unit;
    let palette = block.palette;
    let mut chance = scene.chance.branch("shelf");
    for row in 0..2 {
        let y = at.1 + row as f32 * 92.0 * unit;
        books(block, &mut chance, (at.0 - width / 2.0, at.0 + width / 2.0), y, 62.0 * unit);
        if let Some(rect) = Rect::from_xywh(at.0 - width * 0.54, y, width * 1.08, 8.0 * unit) {
            block.fill(&PathBuilder::from_rect(rect), 4.0, &flat(palette.key, 1.0));
        }
    }
}

/// A row of books that stand on `y`.
fn books(block: &mut Block, chance: &mut Chance, (left, right): (f32, f32), y: f32, tall: f32) {
    let palette = block.palette;
    let inks: [Rgb; 4] = [palette.land, blend(palette.accent, palette.land, 0.3), palette.zenith, palette.haze];
    let mut x = left;
    while x < right {
        let width = tall * chance.range(0.14, 0.34);
        let height = tall * chance.range(0.68, 1.0);
        if chance.happens(0.1) {
            x += width;
            continue;
        }
        if let Some(rect) = Rect::from_ltrb(x, y - height, (x + width).min(right), y) {
            let path = PathBuilder::from_rect(rect);
            let ink = [0.1, 0.35, 0.75, 1.0][chance.below(4)];
            block.fill(&path, 2.0, &flat(inks[chance.below(4)], ink));
            block.line(&path, 1.8 * block.unit, &flat(palette.key, 1.0));
            if let Some(band) = Rect::from_xywh(x + width * 0.15, y - height * 0.8, width * 0.7, tall * 0.05) {
                block.fill(&PathBuilder::from_rect(band), 0.0, &flat(palette.glow, 0.0));
            }
        }
        x += width;
    }
}

/// A study: walls of books, a tall window, a desk lamp.
pub fn study(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let at = (scene.x(block, 0.66), h * 0.34);
    let size = (w * 0.26, h * 0.4);
    let lamp = if table_lamp(scene) { (scene.x(block, 0.76), h * 0.8) } else { (scene.x(block, 0.5), h * 0.4) };
    let room = interior(block, scene, h * 0.74, at, lamp);
    let mut chance = scene.chance.branch("study");
    let near_edge = scene.x(block, 0.02);
    let far_edge = scene.x(block, 0.46);
    let (left, right) = (near_edge.min(far_edge), near_edge.max(far_edge));
    for row in 0..6 {
        let y = h * (0.16 + 0.108 * row as f32);
        books(block, &mut chance, (left, right), y, h * 0.088);
        if let Some(rect) = Rect::from_ltrb(left - 6.0, y, right + 6.0, y + 9.0 * block.unit) {
            block.fill(&PathBuilder::from_rect(rect), 5.0, &flat(block.palette.key, 1.0));
        }
    }
    dim(block, &room, (left, right), h * 0.05, h * 0.74);
    window(block, scene, at, size, (2, 4), true);
    if !room.by_lamp {
        beam(block, at, size, (scene.x(block, 0.4), h * 0.97), 0.7);
    }
    furniture(block, scene, &room);
    people(block, scene, &room, &[0.4, 0.66, 0.2, 0.84]);
    let desk = h * 0.86;
    let things = table_things(scene, 3);
    if !things.is_empty() {
        desk_top(block, scene, desk);
        for (i, prop) in things.iter().enumerate() {
            let drawing = prop.motif.drawing();
            let scale = (h * 0.08 / drawing.height().max(0.01)).min(w * 0.15 / drawing.width().max(0.01));
            let at = (scene.x(block, [0.76, 0.9, 0.62][i]), desk + h * 0.012);
            room.theatre.hang(block, drawing, Accent::Plate, at, scale, 0.0);
        }
    }
    if room.by_lamp && !table_lamp(scene) {
        hanging_lamp(block, room.light, h * 0.05);
    }
}

/// Shade over what stands away from the light, so that rows of books do not shout.
fn dim(block: &mut Block, room: &Interior, (left, right): (f32, f32), top: f32, bottom: f32) {
    let Some(rect) = Rect::from_ltrb(left, top, right, bottom) else { return };
    let Some(mut stencil) = block.stencil(&PathBuilder::from_rect(rect), None) else { return };
    let pitch = block.pitch(5.0);
    let reach = block.h() * 0.5;
    for row in 0..stencil.height {
        for column in 0..stencil.width {
            let (x, y) = ((column + stencil.left) as f32, (row + stencil.top) as f32);
            let share = 0.85 - arrives(x, y, room.light, reach) * if room.by_lamp { 1.3 } else { 1.0 };
            let within = y / pitch;
            let line = ((within - floor(within)) * 2.0 - 1.0).abs();
            let shut = ((share - line) * pitch * 0.5 + 0.5).clamp(0.0, 1.0) * if share > 0.0 { 1.0 } else { 0.0 };
            let cover = &mut stencil.cover[row * stencil.width + column];
            *cover = (f32::from(*cover) * shut) as u8;
        }
    }
    let key = block.palette.key;
    block.print(&stencil, &flat(key, 1.0));
}

/// The end of a desk that reaches into the picture.
fn desk_top(block: &mut Block, scene: &Scene, y: f32) {
    let h = block.h();
    let palette = block.palette;
    let (near, far) = (scene.x(block, 1.02), scene.x(block, 0.54));
    let mut path = PathBuilder::new();
    path.move_to(near, y);
    path.line_to(far, y);
    path.line_to(far, y + h * 0.03);
    path.line_to(mix(far, near, 0.06), y + h * 0.03);
    path.line_to(mix(far, near, 0.1), h + 9.0);
    path.line_to(near, h + 9.0);
    path.close();
    let Some(path) = path.finish() else { return };
    let pitch = block.pitch(6.0);
    let (unit, grain) = (block.unit, Grain::shared());
    block.fill(&path, 10.0, &move |x: f32, py: f32| {
        let veins = grain.cloud(x * 0.006 / unit, py * 0.04 / unit, 2) - 0.5;
        let value = if py < y + h * 0.03 { 0.85 } else { 0.16 } + veins * 0.35;
        Cell { value, phase: py / pitch + veins * 2.0, pitch, colour: blend(palette.land, palette.accent, 0.15) }
    });
    let mut edge = PathBuilder::new();
    edge.move_to(near, y);
    edge.line_to(far, y);
    if let Some(edge) = edge.finish() {
        block.line(&edge, 4.0 * unit, &flat(blend(palette.paper, palette.glow, 0.4), 0.0));
    }
}

/// A hall: arches on pillars that lead to a high window.
pub fn hall(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let at = (scene.x(block, 0.54), h * 0.36);
    let size = (w * 0.19, h * 0.34);
    let room = interior(block, scene, h * 0.68, at, (at.0, h * 0.45));
    window(block, scene, at, size, (2, 5), true);
    beam(block, at, size, (scene.x(block, 0.4), h * 0.97), if room.by_lamp { 0.35 } else { 0.9 });
    furniture(block, scene, &room);
    // Pairs of pillars with the arch they carry, from far to near.
    for (t, depth) in [(0.36, 0.45), (0.58, 0.25), (0.98, 0.0)] {
        arch(block, at.0, t, depth, &room);
    }
    people(block, scene, &room, &[0.4, 0.62, 0.26, 0.78]);
}

/// One arch through the whole hall; `t` is how near it is.
fn arch(block: &mut Block, middle: f32, t: f32, depth: f32, room: &Interior) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let half = w * 0.47 * t;
    let thick = w * 0.1 * t;
    let (spring, foot) = (h * mix(0.36, 0.2, t), room.floor + (h - room.floor) * smooth(0.2, 1.0, t) * 1.02);
    let crown = spring - half * 0.85;
    for side in [-1.0, 1.0] {
        let inner = middle + side * half;
        let outer = inner + side * thick;
        let mut path = PathBuilder::new();
        path.move_to(inner, foot);
        path.line_to(inner, spring);
        path.cubic_to(inner, spring - half * 0.55, middle + side * half * 0.55, crown, middle, crown - half * 0.12);
        path.line_to(middle, crown - thick * 1.2 - half * 0.12);
        path.cubic_to(middle + side * half * 0.8, crown - thick * 0.6, outer, spring - half * 0.6, outer, spring);
        path.line_to(outer, foot);
        path.close();
        let Some(path) = path.finish() else { continue };
        let pitch = block.pitch(mix(6.0, 8.0, t));
        let colour = palette.hazed(blend(palette.land, palette.zenith, 0.4), depth * 0.5);
        let light = room.light;
        let grain = Grain::shared();
        let unit = block.unit;
        block.fill(&path, 12.0, &move |x: f32, y: f32| {
            let across = ((x - inner) * side / thick).clamp(0.0, 1.0);
            let flute = sin(across * PI * 5.0) * 0.12;
            let near = arrives(x, y, light, h * 0.75);
            let rough = grain.cloud(x * 0.01 / unit, y * 0.01 / unit, 2) - 0.5;
            let value = near * smooth(0.85, 0.0, across) * 0.95 + flute * near + depth * 0.3 + rough * 0.2;
            Cell { value, phase: x / pitch + rough, pitch, colour: blend(colour, palette.glow, near * 0.5) }
        });
    }
    for side in [-1.0, 1.0] {
        // Capital and base part the pillar from the arch.
        for (y, tall) in [(spring, 0.16), (foot - thick * 0.14, 0.2)] {
            let (a, b) = (middle + side * (half - thick * 0.14), middle + side * (half + thick * 1.14));
            if let Some(rect) = Rect::from_ltrb(a.min(b), y, a.max(b), y + thick * tall) {
                let path = PathBuilder::from_rect(rect);
                block.fill(&path, 3.0, &flat(palette.hazed(palette.key, depth), 1.0 - depth));
            }
        }
    }
}

/// Bare walls, one barred window high up, a shaft of light.
pub fn cell(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let at = (scene.x(block, 0.68), h * 0.24);
    let size = (w * 0.2, h * 0.15);
    let room = interior(block, scene, h * 0.74, at, (scene.x(block, 0.42), h * 0.55));
    masonry(block, scene, room.floor, at);
    window(block, scene, at, size, (5, 1), false);
    beam(block, at, size, (scene.x(block, 0.36), h * 0.97), 1.0);
    furniture(block, scene, &room);
    let lit_from_window = Interior { light: at, theatre: Theatre { light: at, ..room.theatre }, ..room };
    people(block, scene, &lit_from_window, &[0.38, 0.66, 0.2, 0.84]);
}

/// Great stones, lit towards the window.
fn masonry(block: &mut Block, scene: &Scene, bottom: f32, light: (f32, f32)) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let Some(rect) = Rect::from_ltrb(-9.0, -9.0, w + 9.0, bottom) else { return };
    let (unit, grain) = (block.unit, Grain::shared());
    let pitch = block.pitch(7.0);
    let colour = blend(palette.land, palette.zenith, 0.5);
    let bright = mix(0.6, 1.0, scene.brightness());
    block.fill(&PathBuilder::from_rect(rect), 0.0, &move |x: f32, y: f32| {
        let row = floor(y / (64.0 * unit));
        let across = x / (118.0 * unit) + (row as i64 % 2) as f32 * 0.5 + grain.at(row * 3.1, 1.0) * 0.4;
        let stone = grain.at(floor(across) * 5.3, row * 4.7) - 0.5;
        let joint_x = ((across - floor(across)) * 2.0 - 1.0).abs();
        let joint_y = ((y / (64.0 * unit) - row) * 2.0 - 1.0).abs();
        let joint = smooth(0.95, 0.985, joint_x).max(smooth(0.91, 0.97, joint_y));
        let near = arrives(x, y, light, h * 0.62);
        let value = (near * 0.95 + 0.03) * bright + stone * 0.35 * (0.15 + near) - joint * 0.7;
        let phase = (x * 0.5 + y * 0.8 + stone * 40.0 * unit) / pitch;
        Cell { value, phase, pitch, colour: blend(colour, palette.glow, near * 0.45) }
    });
}
