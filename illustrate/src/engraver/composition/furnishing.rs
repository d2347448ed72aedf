//! What stands and hangs in rooms: furniture, hearth, lamps, shelves, tables and what lies on them.

use resvg::tiny_skia::{PathBuilder, Rect};

use super::super::block::{Block, Cell, flat};
use super::super::cast::{Accent, Prop};
use super::super::chance::{Chance, Grain};
use super::super::drawing::Ink;
use super::super::motif::{self, Kind, Motif, Placement};
use super::super::palette::{Rgb, blend};
use super::super::scene::Scene;
use super::super::trig::{floor, mix, sin, smooth};
use super::interior::{Interior, arrives};
use super::layout::{Span, freest};

/// A lamp or a candle that the text names, small enough to stand on a table.
pub fn table_lamp(scene: &Scene) -> bool {
    let shines =
        |prop: &Prop| prop.motif.drawing().shapes.iter().any(|shape| shape.ink == Ink::Light);
    scene.cast.of_kind(Kind::Thing).any(|prop| prop.motif.height_m < 1.3 && shines(prop))
}

/// Things that lie on a table or a desk, those that give light first: what stands in their light is
/// printed after it.
pub fn table_things(scene: &Scene, most: usize) -> Vec<&Prop> {
    let small = |prop: &&Prop| prop.motif.kind == Kind::Thing && prop.motif.height_m < 1.3;
    let mut things: Vec<&Prop> = scene.cast.props.iter().filter(small).take(most).collect();
    things.sort_by_key(|prop| {
        !prop.motif.drawing().shapes.iter().any(|shape| shape.ink == Ink::Light)
    });
    things
}

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

/// A small table with what the text names on it, where the people leave room for it: beside one, behind
/// and between two.
pub fn side_table(block: &mut Block, scene: &Scene, room: &Interior, taken: &[Span]) {
    let h = block.h();
    let named = scene.cast.of_kind(Kind::Furniture).find(|prop| TABLES.contains(&prop.motif.name));
    let mut things = table_things(scene, 2);
    if named.is_none() {
        things.retain(|prop| LIES_ON_TABLES.contains(&prop.motif.name));
        if things.is_empty() {
            return;
        }
    }
    let crowd = scene.cast.people.len();
    let y = if crowd < 2 { h * 0.93 } else { mix(room.floor, h * 0.93, 0.35) };
    let Some(motif) = named.map(|prop| prop.motif).or_else(|| motif::get("round-table")) else {
        return;
    };
    let drawing = motif.drawing();
    let scale = (room.theatre.scale_at(y)).min(block.w() * 0.34 / drawing.width().max(0.1));
    let places = [0.64, 0.48, 0.8, 0.2].map(|share| scene.x(block, share));
    let (x, _) = freest(&places, drawing.width() * scale / 2.0, taken, block.w());
    let stain = Accent::Named(blend(block.palette.accent, block.palette.zenith, 0.45));
    room.theatre.hang(block, drawing, stain, (x, y), scale, 0.0);
    let (top, wide) = (y - drawing.height() * scale * 0.97, drawing.width() * scale);
    for (i, prop) in things.iter().enumerate() {
        let thing = prop.motif.drawing();
        let size = (h * 0.07 / thing.height().max(0.01)).min(wide * 0.4 / thing.width().max(0.01));
        let shift = if things.len() == 1 { 0.0 } else { [-0.24, 0.24][i] };
        room.theatre.hang(block, thing, Accent::Plate, (x + wide * shift, top), size, 0.0);
    }
}

/// Things that lie about on tables, where none is named.
const LIES_ON_TABLES: [&str; 14] = [
    "book",
    "letter",
    "candle",
    "lamp",
    "cup",
    "glass",
    "teapot",
    "jug",
    "key",
    "skull",
    "clock",
    "crystal-ball",
    "scroll",
    "bottle",
];

/// Motifs on which things lie.
const TABLES: [&str; 2] = ["table", "round-table"];

/// The table's top and its cloth, which hides the knees.
pub fn board(block: &mut Block, room: &Interior, top: f32) {
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
            Cell {
                value: 0.35 + near * 0.75 + veins * 0.4,
                phase: y / pitch + veins,
                pitch,
                colour: blend(palette.land, warm, near),
            }
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
pub fn on_table(block: &mut Block, scene: &Scene, room: &Interior, top: f32) {
    let (w, h) = (block.w(), block.h());
    let named: Vec<&Motif> = table_things(scene, 4).iter().map(|prop| prop.motif).collect();
    // A table of which nothing is said is laid all the same.
    let laid = || ["bread", "jug", "glass"].into_iter().filter_map(motif::get);
    let bare = 3usize.saturating_sub(named.len());
    let is_new = |motif: &&Motif| named.iter().all(|known| known.name != motif.name);
    let more: Vec<&Motif> = laid().filter(is_new).take(bare).collect();
    let things = [named, more].concat();
    let shares = [0.5, 0.32, 0.68, 0.84];
    for (i, motif) in things.iter().enumerate() {
        let drawing = motif.drawing();
        let scale =
            (h * 0.085 / drawing.height().max(0.01)).min(w * 0.15 / drawing.width().max(0.01));
        let at = (scene.x(block, shares[i]), top + h * (0.055 + 0.02 * (i % 2) as f32));
        room.theatre.hang(block, drawing, Accent::Plate, at, scale, 0.0);
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

/// The end of a desk that reaches into the picture.
pub fn desk_top(block: &mut Block, scene: &Scene, y: f32) {
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
        Cell {
            value,
            phase: py / pitch + veins * 2.0,
            pitch,
            colour: blend(palette.land, palette.accent, 0.15),
        }
    });
    let mut edge = PathBuilder::new();
    edge.move_to(near, y);
    edge.line_to(far, y);
    if let Some(edge) = edge.finish() {
        block.line(&edge, 4.0 * unit, &flat(blend(palette.paper, palette.glow, 0.4), 0.0));
    }
}
