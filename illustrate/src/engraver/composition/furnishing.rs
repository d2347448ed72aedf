//! What stands and hangs in rooms: furniture, hearth, lamps, curtains, shelves.

use resvg::tiny_skia::{PathBuilder, Rect};

use super::super::block::{Block, Cell, flat};
use super::super::cast::Accent;
use super::super::chance::{Chance, Grain};
use super::super::motif::{Kind, Placement};
use super::super::palette::{Rgb, blend};
use super::super::scene::Scene;
use super::super::trig::{floor, sin, smooth};
use super::interior::{Interior, arrives};

/// Curtains drawn back on both sides of a window.
pub fn curtains(block: &mut Block, at: (f32, f32), size: (f32, f32)) {
    let palette = block.palette;
    let (unit, grain) = (block.unit, Grain::shared());
    let (top, bottom) = (at.1 - size.1 * 0.62, at.1 + size.1 * 0.72);
    for side in [-1.0, 1.0] {
        let outer = at.0 + side * size.0 * 0.8;
        let mut path = PathBuilder::new();
        path.move_to(outer, top);
        path.line_to(at.0 + side * size.0 * 0.2, top);
        path.cubic_to(
            at.0 + side * size.0 * 0.3,
            at.1,
            at.0 + side * size.0 * 0.62,
            at.1,
            at.0 + side * size.0 * 0.6,
            at.1 + size.1 * 0.22,
        );
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
pub fn picture_on_wall(block: &mut Block, at: (f32, f32), size: (f32, f32)) {
    let palette = block.palette;
    let Some(rect) = Rect::from_xywh(at.0 - size.0 / 2.0, at.1 - size.1 / 2.0, size.0, size.1)
    else {
        return;
    };
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
pub fn mirror_on_wall(block: &mut Block, at: (f32, f32), radius: f32) {
    let palette = block.palette;
    let Some(path) = PathBuilder::from_circle(at.0, at.1, radius) else { return };
    let pitch = block.pitch(6.0);
    block.line(&path, 16.0 * block.unit, &flat(palette.key, 1.0));
    block.fill(&path, 4.0, &move |x: f32, y: f32| {
        let across = (x - at.0 + y - at.1) / radius;
        let glint = smooth(0.35, 0.15, (across + 0.3).abs());
        Cell {
            value: 0.55 + glint * 0.6,
            phase: (x - y) / pitch,
            pitch,
            colour: blend(palette.haze, palette.paper, glint),
        }
    });
    block.line(&path, 7.0 * block.unit, &flat(blend(palette.land, palette.glow, 0.6), 0.0));
}

/// Beams under a low ceiling.
pub fn rafters(block: &mut Block, scene: &Scene) {
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
pub fn fireplace(block: &mut Block, foot: (f32, f32), size: (f32, f32)) {
    let palette = block.palette;
    let unit = block.unit;
    let (x, y) = foot;
    let (half, tall) = (size.0 / 2.0, size.1);
    let stone = blend(palette.land, palette.paper, 0.25);
    let grain = Grain::shared();
    let pitch = block.pitch(6.0);
    let slab = |l: f32, t: f32, r: f32, b: f32| {
        Rect::from_ltrb(x + l * half, y - t * tall, x + r * half, y - b * tall)
    };
    for rect in [slab(-1.0, 1.0, 1.0, 0.0), slab(-1.12, 1.08, 1.12, 0.96)].into_iter().flatten() {
        let path = PathBuilder::from_rect(rect);
        block.line(&path, 5.0 * unit, &flat(palette.key, 1.0));
        block.fill(&path, 8.0, &move |px: f32, py: f32| {
            let row = floor((y - py) / (26.0 * unit));
            let joint = (
                (px / (48.0 * unit) + (row as i64 % 2) as f32 * 0.5) * 1.0,
                (y - py) / (26.0 * unit) - row,
            );
            let seam = smooth(0.9, 0.98, ((joint.0 - floor(joint.0)) * 2.0 - 1.0).abs())
                .max(smooth(0.85, 0.97, (joint.1 * 2.0 - 1.0).abs()));
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
            Cell {
                value: near * 1.1,
                phase: distance / pitch,
                pitch,
                colour: blend(palette.accent, palette.glow, near),
            }
        });
    }
    for (size, colour) in [(1.0, blend(palette.accent, palette.glow, 0.35)), (0.62, palette.glow)] {
        let mut flames = PathBuilder::new();
        for (shift, high) in [(-0.3, 0.26), (-0.12, 0.4), (0.06, 0.5), (0.2, 0.36), (0.34, 0.22)] {
            let (fx, top, wide) = (x + shift * half, tall * high * size, half * 0.15 * size);
            flames.move_to(fx - wide, y - 2.0);
            flames.cubic_to(
                fx - wide * 1.5,
                y - top * 0.5,
                fx + wide * 0.4,
                y - top * 0.6,
                fx + wide * 0.2,
                y - top,
            );
            flames.cubic_to(
                fx + wide * 1.3,
                y - top * 0.55,
                fx + wide * 1.3,
                y - top * 0.3,
                fx + wide,
                y - 2.0,
            );
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
pub fn hanging_lamp(block: &mut Block, at: (f32, f32), size: f32) {
    let palette = block.palette;
    let mut cord = PathBuilder::new();
    if let Some(rect) =
        Rect::from_ltrb(at.0 - 1.5 * block.unit, -5.0, at.0 + 1.5 * block.unit, at.1 - size)
    {
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
pub fn furniture(block: &mut Block, scene: &Scene, room: &Interior) {
    furniture_at(block, scene, room, &[0.13, 0.9, 0.46]);
}

pub fn furniture_at(block: &mut Block, scene: &Scene, room: &Interior, places: &[f32]) {
    let h = block.h();
    let mut free = places.iter().copied();
    for prop in scene.cast.of_kind(Kind::Furniture) {
        // The room has its own window and its own table where they belong.
        if ["window", "table", "round-table", "curtain", "fireplace"].contains(&prop.motif.name) {
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

/// A shelf with pots and books.
pub fn shelf(block: &mut Block, scene: &Scene, at: (f32, f32), width: f32) {
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
pub fn books(block: &mut Block, chance: &mut Chance, (left, right): (f32, f32), y: f32, tall: f32) {
    let palette = block.palette;
    let inks: [Rgb; 4] =
        [palette.land, blend(palette.accent, palette.land, 0.3), palette.zenith, palette.haze];
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
            if let Some(band) =
                Rect::from_xywh(x + width * 0.15, y - height * 0.8, width * 0.7, tall * 0.05)
            {
                block.fill(&PathBuilder::from_rect(band), 0.0, &flat(palette.glow, 0.0));
            }
        }
        x += width;
    }
}

/// Shade over what stands away from the light, so that rows of books do not shout.
pub fn dim(block: &mut Block, room: &Interior, (left, right): (f32, f32), top: f32, bottom: f32) {
    let Some(rect) = Rect::from_ltrb(left, top, right, bottom) else { return };
    let Some(mut stencil) = block.stencil(&PathBuilder::from_rect(rect), None) else { return };
    let pitch = block.pitch(5.0);
    let reach = block.h() * 0.7;
    for row in 0..stencil.height {
        for column in 0..stencil.width {
            let (x, y) = ((column + stencil.left) as f32, (row + stencil.top) as f32);
            let share =
                0.7 - arrives(x, y, room.light, reach) * if room.by_lamp { 1.2 } else { 1.0 };
            let shut = block.opening(share, y / pitch, pitch);
            let cover = &mut stencil.cover[row * stencil.width + column];
            *cover = (f32::from(*cover) * shut) as u8;
        }
    }
    let key = block.palette.key;
    block.print(&stencil, &flat(key, 1.0));
}
