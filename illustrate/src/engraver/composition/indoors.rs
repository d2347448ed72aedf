//! Rooms: a window, a table, books, pillars, bars. What light there is lies in a pool, the rest is dark.

use resvg::tiny_skia::{PathBuilder, Rect};

use super::super::block::{Block, Cell, flat};
use super::super::cast::Accent;
use super::super::chance::Grain;
use super::super::figure::{Facing, Pose};
use super::super::land;
use super::super::palette::blend;
use super::super::reading::{Hour, Light};
use super::super::scene::{Scene, level};
use super::super::trig::{PI, mix, sin, smooth};
use super::super::wood;
use super::country;
use super::furnishing::{
    books, curtains, dim, fireplace, furniture, furniture_at, hanging_lamp, mirror_on_wall,
    picture_on_wall, rafters, shelf,
};
use super::household::people;
use super::interior::{Interior, arrives, beam, interior, is_by_lamp, masonry, upright, window};
use super::tabletop::{board, desk_top, on_table, table_lamp, table_things};
use super::theatre::Theatre;

/// A lived-in room with a window.
pub fn room(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let framing = scene.framing;
    let at =
        (scene.x(block, framing.height([0.7, 0.64, 0.74])), h * framing.height([0.33, 0.3, 0.36]));
    let size = (w * framing.height([0.3, 0.24, 0.34]), h * framing.height([0.32, 0.36, 0.26]));
    let size = upright(size);
    let hearth =
        scene.reading.light == Light::Fire || (scene.reading.hour == Hour::Night && scene.flipped);
    let lamp = if hearth {
        (scene.x(block, 0.2), h * 0.62)
    } else {
        (scene.x(block, framing.height([0.34, 0.42, 0.28])), h * 0.4)
    };
    let room = interior(block, scene, h * framing.height([0.7, 0.73, 0.68]), at, lamp);
    window(
        block,
        scene,
        at,
        size,
        framing.height([(2, 3), (2, 4), (3, 2)]),
        framing.height([false, true, false]),
    );
    if !room.by_lamp {
        beam(block, at, size, (scene.x(block, 0.42), h * 0.96), 0.8);
    }
    if !scene.flipped {
        curtains(block, at, size);
    }
    if framing.distance([false, true, false]) {
        rafters(block, scene);
    }
    if hearth {
        fireplace(block, (scene.x(block, 0.2), room.floor), (w.min(h) * 0.34, h * 0.27));
    } else if !room.has_corner {
        let side = w.min(h);
        match framing.height([0, 1, 2]) {
            0 => {
                picture_on_wall(
                    block,
                    (scene.x(block, 0.24), h * 0.24),
                    (side * 0.15, side * 0.19),
                );
            }
            1 => shelf(block, scene, (scene.x(block, 0.24), h * 0.3), side * 0.26),
            _ => mirror_on_wall(block, (scene.x(block, 0.26), h * 0.28), side * 0.1),
        }
    }
    furniture_at(block, scene, &room, if hearth { &[0.9, 0.5] } else { &[0.3, 0.9, 0.5] });
    if room.by_lamp && !hearth {
        hanging_lamp(block, room.light, h * 0.05);
    }
    people(block, scene, &room, true);
    frame_of_dark(block, scene);
}

/// Darkness at the edges of the picture, like the jambs of a door we look through.
fn frame_of_dark(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    if scene.flipped {
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
    let room =
        if scene.reading.open_air { under_a_tree(block, scene) } else { dining_room(block, scene) };
    let top = h * scene.framing.height([0.7, 0.64, 0.75]);
    let scale = h.min(w * 1.5) * 0.3;
    // Where they sit and how large they are: more than two sit round the table, not in a row.
    let seats: &[(f32, f32)] = match scene.cast.people.len() {
        0 | 1 => &[(0.44, 1.0)],
        2 => &[(0.27, 1.0), (0.73, 1.0)],
        3 => &[(0.24, 1.0), (0.78, 0.94), (0.53, 0.78)],
        _ => &[(0.2, 1.0), (0.83, 0.96), (0.43, 0.76), (0.63, 0.7)],
    };
    for (i, (player, &(share, near))) in scene.cast.people.iter().zip(seats).enumerate().rev() {
        let right = (share < 0.5) != scene.flipped;
        let mut seated = player.clone();
        // Whoever sits at a table is seen to the waist: a standing figure, sunk behind it.
        let postures =
            [Pose::Sitting, Pose::SittingOnGround, Pose::Walking, Pose::Lying, Pose::Riding];
        if postures.contains(&seated.pose) {
            seated.pose = if scene.reading.talk && i == 0 { Pose::Talking } else { Pose::Standing };
        }
        let drawing = seated.drawing(if right { Facing::Right } else { Facing::Left });
        let (tall, wide) = (drawing.height().max(0.05), drawing.width().max(0.05));
        // Beasts sit up at the table, whatever their size.
        let beast = player.is_beast();
        let scale = near * if beast { (h * 0.2 / tall).min(w * 0.3 / wide) } else { scale };
        // Heads are at one height, so that of those further off less is hidden.
        let sunk = top + tall * scale * if beast { 0.12 } else { 1.0 - 0.53 / near };
        room.theatre.hang(
            block,
            &drawing,
            player.accent,
            (scene.x(block, share), sunk),
            scale,
            0.0,
        );
    }
    board(block, &room, top);
    on_table(block, scene, &room, top);
    if room.by_lamp && !table_lamp(scene) && !scene.reading.open_air {
        hanging_lamp(block, room.light, h * 0.055);
    }
}

/// The country behind a table that stands under a tree.
fn under_a_tree(block: &mut Block, scene: &Scene) -> Interior {
    let (w, h) = (block.w(), block.h());
    let mut chance = scene.chance.branch("tree");
    let horizon = h * scene.framing.height([0.52, 0.47, 0.56]);
    let light = scene.sky(block, horizon);
    country::hills(block, scene, &mut chance, horizon, light);
    let lawn = level(&mut chance, block, horizon + h * 0.1, 8.0);
    let ground = scene.ground(&block.palette, 0.35, h * 0.3, light.x);
    land::field(block, &lawn, h, &ground);
    let leaves = blend(block.palette.land, block.palette.zenith, 0.35);
    let leafage = scene.leafage(leaves, 0.12, (light.x, light.y));
    wood::broadleaf(block, &mut chance, scene.x(block, 0.2), h * 0.7, h * 0.62, &leafage);
    let theatre = country::theatre(block, scene, horizon, light);
    Interior {
        floor: h * 0.72,
        light: (light.x, light.y),
        by_lamp: false,
        has_corner: false,
        theatre: Theatre { scale: h.min(w * 1.5) * 0.24, shadow: 0.0, ..theatre },
    }
}

/// A room about a table, before anybody sits there.
fn dining_room(block: &mut Block, scene: &Scene) -> Interior {
    let (w, h) = (block.w(), block.h());
    // A lamp hangs in the middle, and not before the window.
    let middle = if is_by_lamp(scene) { 0.8 } else { 0.5 };
    let at = (scene.x(block, scene.framing.height([0.76, middle, 0.7])), h * 0.26);
    let lamp = (scene.x(block, 0.5), h * if table_lamp(scene) { 0.66 } else { 0.27 });
    let room = interior(block, scene, h * 0.72, at, lamp);
    let size = scene.framing.height([(0.22, 0.24), (0.3, 0.3), (0.18, 0.3)]);
    let size = upright((w * size.0, h * size.1));
    let side = w.min(h);
    let arched = scene.framing.height([false, false, true]);
    window(block, scene, at, size, (2, 3), arched);
    match scene.vary([0, 1, 2, 3]) {
        0 if !room.has_corner => shelf(block, scene, (scene.x(block, 0.2), h * 0.26), side * 0.26),
        1 => rafters(block, scene),
        2 => {
            let hung = (scene.x(block, 0.2), h * 0.27);
            picture_on_wall(block, hung, (side * 0.17, side * 0.22));
        }
        _ if scene.framing.height([false, true, false]) => {
            curtains(block, at, size);
        }
        _ => {}
    }
    furniture(block, scene, &room);
    room
}

/// A study: walls of books, a tall window, a desk lamp.
pub fn study(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let at = (scene.x(block, scene.vary([0.66, 0.74, 0.7, 0.68])), h * 0.34);
    let size = upright((w * scene.framing.height([0.26, 0.2, 0.3]), h * 0.4));
    let lamp = if table_lamp(scene) {
        (scene.x(block, 0.76), h * 0.8)
    } else {
        (scene.x(block, 0.5), h * 0.4)
    };
    let floor = h * scene.framing.height([0.74, 0.69, 0.78]);
    let room = interior(block, scene, floor, at, lamp);
    let mut chance = scene.chance.branch("study");
    let near_edge = scene.x(block, 0.02);
    let far_edge = scene.x(block, scene.framing.height([0.46, 0.3, 0.54]));
    let (left, right) = (near_edge.min(far_edge), near_edge.max(far_edge));
    for row in 0..6 {
        let y = h * (0.16 + 0.108 * row as f32);
        books(block, &mut chance, (left, right), y, h * 0.088);
        if let Some(rect) = Rect::from_ltrb(left - 6.0, y, right + 6.0, y + 9.0 * block.unit) {
            block.fill(&PathBuilder::from_rect(rect), 5.0, &flat(block.palette.key, 1.0));
        }
    }
    dim(block, &room, (left, right), h * 0.05, h * 0.74);
    window(block, scene, at, size, (2, 4), scene.framing.height([true, false, true]));
    if !room.by_lamp {
        beam(block, at, size, (scene.x(block, 0.4), h * 0.97), 0.7);
    }
    furniture(block, scene, &room);
    people(block, scene, &room, false);
    let desk = h * 0.86;
    let things = table_things(scene, 3);
    if !things.is_empty() {
        desk_top(block, scene, desk);
        for (i, prop) in things.iter().enumerate() {
            let drawing = prop.motif.drawing();
            let scale =
                (h * 0.08 / drawing.height().max(0.01)).min(w * 0.15 / drawing.width().max(0.01));
            let at = (scene.x(block, [0.76, 0.9, 0.62][i]), desk + h * 0.012);
            room.theatre.hang(block, drawing, Accent::Plate, at, scale, 0.0);
        }
    }
    if room.by_lamp && !table_lamp(scene) {
        hanging_lamp(block, room.light, h * 0.05);
    }
}

/// A hall: arches on pillars that lead to a high window.
pub fn hall(block: &mut Block, scene: &Scene) {
    let (w, h) = (block.w(), block.h());
    let at = (scene.x(block, scene.vary([0.54, 0.36, 0.6, 0.44])), h * 0.36);
    let size =
        (w * scene.framing.height([0.19, 0.13, 0.22]), h * scene.framing.height([0.34, 0.3, 0.26]));
    let size = upright(size);
    let room =
        interior(block, scene, h * scene.framing.height([0.68, 0.62, 0.72]), at, (at.0, h * 0.45));
    window(block, scene, at, size, (2, 5), true);
    beam(block, at, size, (scene.x(block, 0.4), h * 0.97), if room.by_lamp { 0.35 } else { 0.9 });
    furniture(block, scene, &room);
    // Pairs of pillars with the arch they carry, from far to near.
    let arches: &[(f32, f32)] = scene.framing.height([
        &[(0.36, 0.45), (0.58, 0.25), (0.98, 0.0)],
        &[(0.3, 0.6), (0.44, 0.4), (0.66, 0.2), (1.02, 0.0)],
        &[(0.5, 0.35), (0.9, 0.0)],
    ]);
    for &(t, depth) in arches {
        arch(block, at.0, t, depth, &room);
    }
    people(block, scene, &room, true);
}

/// One arch through the whole hall; `t` is how near it is.
fn arch(block: &mut Block, middle: f32, t: f32, depth: f32, room: &Interior) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let half = w * 0.47 * t;
    let thick = w * 0.1 * t;
    let (spring, foot) =
        (h * mix(0.36, 0.2, t), room.floor + (h - room.floor) * smooth(0.2, 1.0, t) * 1.02);
    let crown = spring - half * 0.85;
    for side in [-1.0, 1.0] {
        let inner = middle + side * half;
        let outer = inner + side * thick;
        let mut path = PathBuilder::new();
        path.move_to(inner, foot);
        path.line_to(inner, spring);
        path.cubic_to(
            inner,
            spring - half * 0.55,
            middle + side * half * 0.55,
            crown,
            middle,
            crown - half * 0.12,
        );
        path.line_to(middle, crown - thick * 1.2 - half * 0.12);
        path.cubic_to(
            middle + side * half * 0.8,
            crown - thick * 0.6,
            outer,
            spring - half * 0.6,
            outer,
            spring,
        );
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
            let value =
                near * smooth(0.85, 0.0, across) * 0.95 + flute * near + depth * 0.3 + rough * 0.2;
            Cell {
                value,
                phase: x / pitch + rough,
                pitch,
                colour: blend(colour, palette.glow, near * 0.5),
            }
        });
    }
    for side in [-1.0, 1.0] {
        // Capital and base part the pillar from the arch.
        for (y, tall) in [(spring, 0.16), (foot - thick * 0.14, 0.2)] {
            let (a, b) =
                (middle + side * (half - thick * 0.14), middle + side * (half + thick * 1.14));
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
    let at = (
        scene.x(block, scene.framing.height([0.68, 0.5, 0.78])),
        h * scene.framing.height([0.24, 0.2, 0.3]),
    );
    let size = scene.framing.height([(0.2, 0.15), (0.26, 0.11), (0.13, 0.22)]);
    let size = ((w * size.0).min(h * size.1 * 2.0), h * size.1);
    let room = interior(
        block,
        scene,
        h * scene.framing.height([0.74, 0.68, 0.78]),
        at,
        (scene.x(block, 0.42), h * 0.55),
    );
    masonry(block, scene, room.floor, at);
    window(block, scene, at, size, (5, 1), false);
    beam(block, at, size, (scene.x(block, 0.36), h * 0.97), 1.0);
    furniture(block, scene, &room);
    let lit_from_window =
        Interior { light: at, theatre: Theatre { light: at, ..room.theatre }, ..room };
    people(block, scene, &lit_from_window, false);
}
