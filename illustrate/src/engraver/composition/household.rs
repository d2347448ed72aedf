//! Who is in a room: people on its boards, beasts beside them, and a small table where there is room.

use super::super::block::Block;
use super::super::cast::{Accent, Player, Prop};
use super::super::drawing::Drawing;
use super::super::figure::{Facing, Pose};
use super::super::motif::Kind;
use super::super::scene::Scene;
use super::interior::Interior;
use super::layout::{Span, freest, spread};
use super::tabletop::side_table;
use super::theatre::{self, facing};

/// The people of a room, feet on the boards, the beasts beside them, and a table with what lies on it.
pub fn people(block: &mut Block, scene: &Scene, room: &Interior, has_table: bool) {
    let (w, h) = (block.w(), block.h());
    let mut players = placed(block, scene, room);
    let span = |one: &Placed<'_>| Span { x: one.at.0, half: one.drawing.width() * one.scale / 2.0 };
    let mut taken: Vec<Span> = players.iter().map(span).collect();
    let mut beasts = Vec::new();
    let is_company = |prop: &&Prop| {
        prop.motif.kind == Kind::Creature || prop.motif.kind == Kind::Vehicle && prop.is_element
    };
    for prop in scene.cast.props.iter().filter(is_company).take(2) {
        let drawing = prop.motif.drawing();
        let (tall, wide) = (drawing.height().max(0.05), drawing.width().max(0.05));
        let least = if prop.is_great { 0.3 } else { 0.07 };
        let scale =
            room.theatre.scale.min(h * 0.4 / tall).max(h * least / tall).min(w * 0.42 / wide);
        let places = [0.45, 0.8, 0.12, 0.62].map(|share| scene.x(block, share));
        let (x, _) = freest(&places, wide * scale / 2.0, &taken, w);
        taken.push(Span { x, half: wide * scale / 2.0 });
        beasts.push((facing(drawing.clone(), x > w / 2.0), x, scale));
    }
    if has_table {
        side_table(block, scene, room, &taken);
    }
    for (drawing, x, scale) in beasts {
        room.theatre.hang(block, &drawing, Accent::Plate, (x, h * 0.94), scale, 0.0);
    }
    // From the back to the front; who carries a light comes first: the others stand in it.
    players.sort_by(|one, other| {
        let dark = |placed: &Placed<'_>| placed.player.pose != Pose::CarryingLight;
        dark(one).cmp(&dark(other)).then(one.at.1.total_cmp(&other.at.1))
    });
    for Placed { player, drawing, at, scale } in players {
        room.theatre.hang(block, &drawing, player.accent, at, scale, 0.0);
    }
}

/// Somebody who has found a place in a room.
struct Placed<'a> {
    player: &'a Player,
    drawing: Drawing,
    at: (f32, f32),
    scale: f32,
}

/// Where the people of a room stand and how large they are.
fn placed<'a>(block: &Block, scene: &'a Scene, room: &Interior) -> Vec<Placed<'a>> {
    let (w, h) = (block.w(), block.h());
    let places = theatre::grouped(scene.cast.people.len());
    let place = |(player, &(share, back)): (&'a Player, &(f32, f32))| {
        let right = (share < 0.5) != scene.flipped;
        let drawing = player.drawing(if right { Facing::Right } else { Facing::Left });
        let y = h * 0.935 - (h * 0.935 - room.floor) * back;
        let size = drawing.height().max(drawing.width() * 0.5).max(0.05);
        let least = if player.is_beast() { h * 0.13 / size } else { 0.0 };
        let most = w * 0.5 / drawing.width().max(0.05);
        let scale = (room.theatre.scale_at(y)).max(least).min(most);
        Placed { player, drawing, at: (scene.x(block, share), y), scale }
    };
    let mut placed: Vec<_> = scene.cast.people.iter().zip(places).map(place).collect();
    let span = |one: &Placed<'_>| Span { x: one.at.0, half: one.drawing.width() * one.scale / 2.0 };
    let mut spans: Vec<Span> = placed.iter().map(span).collect();
    let factor = spread(&mut spans, w);
    for (one, span) in placed.iter_mut().zip(spans) {
        one.at.0 = span.x;
        one.scale *= factor;
    }
    placed
}
