//! Tables, and what lies on them: the long board before us, a small one in a room, the end of a desk.

use resvg::tiny_skia::{PathBuilder, Rect};

use super::super::block::{Block, Cell, flat};
use super::super::cast::{Accent, Prop};
use super::super::chance::Grain;
use super::super::drawing::Ink;
use super::super::motif::{self, Kind, Motif};
use super::super::palette::blend;
use super::super::scene::Scene;
use super::super::trig::{mix, sin};
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
