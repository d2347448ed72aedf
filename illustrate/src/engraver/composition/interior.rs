//! The shell of a room: walls, floor, windows and the light that falls through them.

use resvg::tiny_skia::{Path, PathBuilder, Rect};

use super::super::block::{Block, Cell, Smooth, flat};
use super::super::chance::Grain;
use super::super::palette::blend;
use super::super::reading::{Hour, Light};
use super::super::scene::Scene;
use super::super::sky::{Luminary, Sky, SkyLines};
use super::super::trig::{floor, mix, smooth};
use super::theatre::{self, Theatre};

/// A room to be furnished, in pixels.
pub struct Interior {
    /// Where the wall meets the floor.
    pub floor: f32,
    /// Where the light is.
    pub light: (f32, f32),
    /// Whether it is a lamp or a fire and not the window.
    pub by_lamp: bool,
    /// Whether a side wall is seen, so that nothing hangs there.
    pub has_corner: bool,
    /// Where people stand.
    pub theatre: Theatre,
}

/// Whether a room is lit by a lamp or a fire and not by its window.
pub fn is_by_lamp(scene: &Scene) -> bool {
    matches!(scene.reading.light, Light::Lamp | Light::Fire) || scene.reading.hour == Hour::Night
}

/// Builds walls and floor in the light of the scene.
pub fn interior(
    block: &mut Block,
    scene: &Scene,
    floor: f32,
    window: (f32, f32),
    lamp: (f32, f32),
) -> Interior {
    let (w, h) = (block.w(), block.h());
    let by_lamp = is_by_lamp(scene);
    let light = if by_lamp { lamp } else { window };
    wall(block, scene, light, by_lamp);
    boards(block, scene, floor, light, by_lamp);
    let corner = scene.vary([None, Some(0.2), None, Some(0.13)]);
    if let Some(share) = corner {
        side_wall(block, scene, floor, scene.x(block, share), light);
    }
    let size: f32 = scene.framing.distance([0.285, 0.24, 0.21]);
    let size = if scene.cast.people.len() > 2 { size.min(0.24) } else { size };
    let theatre = Theatre {
        horizon: floor - h * 0.2,
        front: h * 0.93,
        scale: h.min(w * 1.5) * size,
        light,
        strength: 1.0,
        glow: theatre::lamplight(scene),
        shadow: 0.0,
        water: None,
    };
    Interior { floor, light, by_lamp, has_corner: corner.is_some(), theatre }
}

/// How much of the light arrives at a distance.
pub fn arrives(x: f32, y: f32, light: (f32, f32), reach: f32) -> f32 {
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
    let (ambient, strength) =
        if by_lamp { (0.02, 1.0) } else { (0.3 * bright * bright, 0.75 * mix(0.7, 1.0, bright)) };
    let colour = blend(palette.land, palette.accent, scene.framing.height([0.1, 0.28, 0.0]));
    let dark = blend(colour, palette.zenith, 0.45);
    let stripes = !scene.flipped;
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
        let colour = blend(
            blend(dark, colour, smooth(0.0, 0.5, near)),
            palette.glow,
            smooth(0.45, 1.0, near) * 0.8,
        );
        Cell { value: value - paper, phase, pitch, colour }
    }));
}

/// The wall at the side, in perspective: panelled to the height of a chair's back, a cornice above.
fn side_wall(block: &mut Block, scene: &Scene, floor: f32, corner: f32, light: (f32, f32)) {
    let h = block.h();
    let palette = block.palette;
    let edge = scene.x(block, -0.02);
    let (unit, grain) = (block.unit, Grain::shared());
    // The floor and the cornice fall away from the corner to the edge of the picture.
    let slope = (corner - edge).abs() * 0.55;
    let near = move |x: f32| ((x - corner) / (edge - corner)).clamp(0.0, 1.2);
    let line = |level: f32| {
        let at_corner = mix(h * 0.06, floor, level);
        (at_corner, at_corner + slope * mix(-1.0, 1.0, level))
    };
    let mut path = PathBuilder::new();
    path.move_to(corner, -9.0);
    path.line_to(corner, line(1.0).0);
    path.line_to(edge, line(1.0).1);
    path.line_to(edge, -9.0);
    path.close();
    let Some(path) = path.finish() else { return };
    let pitch = block.pitch(7.0);
    let bright = mix(0.5, 1.0, scene.brightness());
    let colour = blend(palette.land, palette.zenith, 0.55);
    block.fill(&path, 8.0, &move |x: f32, y: f32| {
        let lit = arrives(x, y, light, h * 0.9);
        let rough = grain.cloud(x * 0.008 / unit, y * 0.008 / unit, 2) - 0.5;
        let value = 0.04 + lit * 0.6 * bright * mix(1.0, 0.35, near(x)) + rough * 0.2;
        // Lines run towards the same point as those of the floor.
        let level = (y - h * 0.06) / (floor - h * 0.06);
        let phase = (y - slope * near(x) * mix(-1.0, 1.0, level)) / pitch + rough * 0.6;
        Cell { value, phase, pitch, colour: blend(colour, palette.glow, lit * 0.4) }
    });
    let ink = flat(blend(palette.haze, palette.glow, 0.4), 0.15);
    for (level, width) in [(0.0, 5.0), (0.66, 3.6), (0.97, 3.0)] {
        let (from, to) = line(level);
        let mut rail = PathBuilder::new();
        rail.move_to(corner, from);
        rail.line_to(edge, to);
        if let Some(rail) = rail.finish() {
            block.line(&rail, width * 2.2 * unit, &flat(palette.key, 1.0));
            block.line(&rail, width * unit, &ink);
        }
    }
    let mut upright = PathBuilder::new();
    upright.move_to(corner, -9.0);
    upright.line_to(corner, floor);
    if let Some(upright) = upright.finish() {
        block.line(&upright, 4.0 * unit, &flat(palette.key, 1.0));
    }
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
        let value = if by_lamp { 0.07 } else { 0.2 }
            + near * 0.85
            + board * 0.22 * (0.3 + near)
            + veins * 0.2
            - smooth(0.93, 1.0, joint) * 0.5;
        let colour = blend(colour, palette.glow, smooth(0.4, 1.0, near) * 0.6);
        Cell { value, phase: y / pitch + veins * 1.5, pitch, colour }
    });
}

/// The size of a window or of a picture on the wall in a room that may be broader than high: it is never
/// much broader than high itself.
#[must_use]
pub fn upright(size: (f32, f32)) -> (f32, f32) {
    (size.0.min(size.1 * 1.15), size.1.min(size.0 * 2.6))
}

/// A window with a view of the sky, its bars, and the light it throws.
pub fn window(
    block: &mut Block,
    scene: &Scene,
    middle: (f32, f32),
    size: (f32, f32),
    bars: (usize, usize),
    arched: bool,
) {
    let palette = block.palette;
    let Some(opening) = opening(middle, size, arched) else { return };
    let unit = block.unit;
    let day = scene.reading.hour;
    let luminary = Luminary {
        x: middle.0 + size.0 * 0.12,
        y: middle.1 - size.1 * 0.12,
        radius: if scene.reading.weather == super::super::reading::Weather::Clear {
            size.0 * 0.14
        } else {
            0.0
        },
        crescent: false,
    };
    let Some(stencil) = block.stencil(&opening, None) else { return };
    let horizon = middle.1 + size.1 * 0.62;
    let lines = if day == Hour::Night { SkyLines::Rings } else { SkyLines::Level };
    block.line(&opening, 15.0 * unit, &flat(palette.key, 1.0));
    Sky { hour: day, weather: scene.reading.weather, horizon, light: luminary, lines }
        .cut_view(block, &stencil);
    let mut frame = PathBuilder::new();
    for i in 1..bars.0 {
        let x = middle.0 - size.0 / 2.0 + size.0 * i as f32 / bars.0 as f32;
        if let Some(rect) = Rect::from_ltrb(
            x - 2.6 * unit,
            middle.1 - size.1 / 2.0,
            x + 2.6 * unit,
            middle.1 + size.1 / 2.0,
        ) {
            frame.push_rect(rect);
        }
    }
    for i in 1..bars.1 {
        let y = middle.1 - size.1 / 2.0 + size.1 * i as f32 / bars.1 as f32;
        if let Some(rect) = Rect::from_ltrb(
            middle.0 - size.0 / 2.0,
            y - 2.2 * unit,
            middle.0 + size.0 / 2.0,
            y + 2.2 * unit,
        ) {
            frame.push_rect(rect);
        }
    }
    if let Some(path) = frame.finish() {
        block.fill(&path, 0.0, &flat(palette.key, 1.0));
    }
    block.line(&opening, 9.0 * unit, &flat(blend(palette.land, palette.paper, 0.45), 0.0));
    block.line(&opening, 5.0 * unit, &flat(palette.key, 1.0));
    if let Some(sill) =
        Rect::from_xywh(middle.0 - size.0 * 0.6, middle.1 + size.1 / 2.0, size.0 * 1.2, 15.0 * unit)
    {
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
pub fn beam(block: &mut Block, from: (f32, f32), size: (f32, f32), to: (f32, f32), strength: f32) {
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
            let open = block.opening(share, (x * nx + y * ny) / pitch, pitch);
            let cover = &mut stencil.cover[row * stencil.width + column];
            *cover = (f32::from(*cover) * open) as u8;
        }
    }
    let palette = block.palette;
    let colour = blend(palette.haze, palette.glow, 0.6);
    block.print(&stencil, &flat(colour, 0.0));
}

/// Great stones, lit towards the window.
pub fn masonry(block: &mut Block, scene: &Scene, bottom: f32, light: (f32, f32)) {
    let (w, h) = (block.w(), block.h());
    let palette = block.palette;
    let Some(rect) = Rect::from_ltrb(-9.0, -9.0, w + 9.0, bottom) else { return };
    let (unit, grain) = (block.unit, Grain::shared());
    let pitch = block.pitch(7.0);
    let colour = blend(palette.land, palette.zenith, 0.5);
    let bright = mix(0.6, 1.0, scene.brightness());
    block.fill(&PathBuilder::from_rect(rect), 0.0, &move |x: f32, y: f32| {
        let row = floor(y / (64.0 * unit));
        let across =
            x / (118.0 * unit) + (row as i64 % 2) as f32 * 0.5 + grain.at(row * 3.1, 1.0) * 0.4;
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
