//! Skies: the hour's gradient, the sun or the moon with its rings or rays, stars and clouds.

use resvg::tiny_skia::{Path, PathBuilder};

use super::block::{Block, Cell, Smooth, Stencil, Surface, flat};
use super::chance::{Chance, Grain};
use super::palette::{Rgb, blend};
use super::reading::{Hour, Weather};
use super::ridge::Ridge;
use super::trig::{TAU, atan2, cos, floor, mix, sin, smooth};

/// Where a sky's light comes from.
#[derive(Debug, Clone, Copy)]
pub struct Luminary {
    /// Centre in pixels.
    pub x: f32,
    /// Centre in pixels.
    pub y: f32,
    /// Radius of the disc in pixels; zero when it is not to be seen.
    pub radius: f32,
    /// Whether it is a crescent.
    pub crescent: bool,
}

/// How the lines of a sky run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkyLines {
    /// Level, with a slow wave.
    Level,
    /// Rings about the light.
    Rings,
    /// Rays from the light.
    Rays,
    /// Streaming, as the wind goes.
    Streams,
}

/// A sky to be cut.
#[derive(Debug, Clone, Copy)]
pub struct Sky {
    /// Time of day.
    pub hour: Hour,
    /// Weather.
    pub weather: Weather,
    /// Height of the horizon in pixels from the top.
    pub horizon: f32,
    /// Where the light is.
    pub light: Luminary,
    /// The run of the lines.
    pub lines: SkyLines,
}

impl Sky {
    /// Lightness of the key block overhead and at the horizon.
    fn values(&self) -> (f32, f32) {
        let (top, low) = match self.hour {
            Hour::Dawn => (0.62, 1.0),
            Hour::Day => (0.66, 1.04),
            Hour::Dusk => (0.3, 0.92),
            Hour::Night => (0.08, 0.5),
        };
        match self.weather {
            Weather::Storm => (top * 0.45, low * 0.6),
            Weather::Rain => (top * 0.7, low * 0.82),
            Weather::Fog => (mix(top, 0.8, 0.5), low),
            Weather::Clear | Weather::Snow | Weather::Wind => (top, low),
        }
    }

    /// Cuts the sky down to a little below the horizon, with everything in it.
    pub fn cut(&self, block: &mut Block, chance: &Chance) {
        self.cut_ground(block);
        if self.hour == Hour::Night && matches!(self.weather, Weather::Clear | Weather::Wind) {
            self.cut_stars(block, &mut chance.branch("stars"));
        }
        self.cut_disc(block);
        self.cut_clouds(block, &mut chance.branch("clouds"));
    }

    /// The gradient and the lines over the whole picture.
    fn cut_ground(&self, block: &mut Block) {
        let surface = self.surface(block);
        // Land covers what is below the horizon, hills and all.
        let rows = (self.horizon + block.h() * 0.1).max(0.0) as usize;
        if self.lines == SkyLines::Rays {
            let (x, y) = (self.light.x, self.light.y);
            let radius = self.light.radius.max(40.0 * block.unit);
            block.flood_to(
                rows,
                &Rayed { ground: surface, centre: (x, y), radius, pitch: block.pitch(9.0) },
            );
        } else {
            block.flood_to(rows, &Smooth(|x, y| surface.at(x, y)));
        }
    }

    /// Cuts what of the sky, and of its light, is seen through an opening.
    pub fn cut_view(&self, block: &mut Block, opening: &Stencil) {
        let surface = self.surface(block);
        block.print(opening, &surface);
        let disc = PathBuilder::from_circle(self.light.x, self.light.y, self.light.radius);
        let disc = disc.and_then(|disc| block.stencil(&disc, None));
        if let Some(mut disc) = disc {
            for (i, cover) in disc.cover.iter_mut().enumerate() {
                let (x, y) = (disc.left + i % disc.width, disc.top + i / disc.width);
                *cover = (*cover).min(opening.cover(x as i64, y as i64));
            }
            let colour = self.disc_colour(block);
            block.print(&disc, &flat(colour, 0.0));
        }
    }

    /// The gradient and the lines.
    fn surface(&self, block: &Block) -> impl Surface + use<> {
        let palette = block.palette;
        let (top, low) = self.values();
        let light = self.light;
        let reach = 0.62 * self.horizon.max(block.w() * 0.6);
        let night = self.hour == Hour::Night;
        let visible = light.radius > 0.0;
        let pitch = block.pitch(if night { 8.5 } else { 9.5 });
        let grain = Grain::shared();
        let (lines, horizon) = (self.lines, self.horizon);
        let scale = 1.0 / (block.unit * 100.0);
        move |x: f32, y: f32| {
            let down = (y / horizon.max(1.0)).clamp(0.0, 1.0);
            let (dx, dy) = (x - light.x, y - light.y);
            let distance = (dx * dx + dy * dy).sqrt();
            let near = if visible { 1.0 - (distance / reach).min(1.0) } else { 0.0 };
            let base = mix(top, low, smooth(0.05, 1.0, down));
            let glow = near * near * if night { 0.78 } else { 0.6 };
            let drift = grain.cloud(x * scale * 0.35, y * scale * 1.3, 2) - 0.5;
            let value = base + glow * (1.0 - base * 0.6) + drift * if night { 0.16 } else { 0.22 };
            let colour = blend(palette.zenith, palette.haze, smooth(0.0, 1.0, down + drift * 0.25));
            let colour = blend(colour, palette.glow, (near * near * 1.25).min(1.0));
            let warp = (grain.at(x * scale * 0.7, y * scale * 0.7) - 0.5) * 1.6;
            let phase = match lines {
                SkyLines::Level => y / pitch + warp,
                SkyLines::Rings => distance / pitch + warp * 0.35,
                SkyLines::Streams => {
                    let sweep = grain.cloud(x * scale * 0.22 + y * scale * 0.1, y * scale * 0.3, 2);
                    y / pitch + (sweep - 0.5) * 26.0
                }
                // Rays are set in when the rest is drawn out.
                SkyLines::Rays => 0.0,
            };
            Cell { value, phase, pitch, colour }
        }
    }

    /// Stars as small cut lozenges, fewer near the moon.
    fn cut_stars(&self, block: &mut Block, chance: &mut Chance) {
        let mut path = PathBuilder::new();
        let unit = block.unit;
        for _ in 0..150 {
            let (x, y) = (chance.range(0.0, block.w()), chance.range(0.0, self.horizon * 0.92));
            let size = unit
                * if chance.happens(0.16) {
                    chance.range(3.6, 6.0)
                } else {
                    chance.range(1.4, 2.6)
                };
            let (dx, dy) = (x - self.light.x, y - self.light.y);
            let clear = (dx * dx + dy * dy).sqrt() > self.light.radius * 2.2;
            if clear && chance.happens(1.05 - 0.8 * y / self.horizon.max(1.0)) {
                push_star(&mut path, x, y, size);
            }
        }
        if let Some(path) = path.finish() {
            let colour = blend(block.palette.paper, block.palette.glow, 0.4);
            block.fill(&path, 0.0, &flat(colour, 0.0));
        }
    }

    /// The disc of the sun or the moon.
    fn cut_disc(&self, block: &mut Block) {
        let light = self.light;
        if light.radius <= 0.0 {
            return;
        }
        let colour = self.disc_colour(block);
        let palette = block.palette;
        if light.crescent {
            if let Some(path) = crescent(light) {
                block.fill(&path, 6.0, &flat(colour, 0.0));
            }
            return;
        }
        let Some(disc) = PathBuilder::from_circle(light.x, light.y, light.radius) else { return };
        if self.hour != Hour::Night {
            block.fill(&disc, 6.0, &flat(colour, 0.0));
            return;
        }
        // The seas of the moon: a few soft lines in the second tone.
        let (grain, pitch) = (Grain::shared(), block.pitch(5.0));
        let seas = move |x: f32, y: f32| {
            let spot = grain.cloud(
                (x - light.x) / light.radius * 1.7 + 9.0,
                (y - light.y) / light.radius * 1.7 + 4.0,
                2,
            );
            let sea = smooth(0.52, 0.72, spot);
            let shade = blend(colour, palette.zenith, sea * 0.45);
            Cell { value: 1.0, phase: y / pitch, pitch, colour: shade }
        };
        block.fill(&disc, 6.0, &seas);
    }

    fn disc_colour(&self, block: &Block) -> Rgb {
        let palette = block.palette;
        match self.hour {
            Hour::Night => blend(palette.glow, palette.paper, 0.55),
            Hour::Day => blend(palette.glow, palette.paper, 0.3),
            // The low sun is printed in the strong colour.
            Hour::Dawn => blend(palette.accent, palette.glow, 0.45),
            Hour::Dusk => blend(palette.accent, palette.glow, 0.2),
        }
    }

    /// Clouds, as many and as heavy as the weather wants.
    fn cut_clouds(&self, block: &mut Block, chance: &mut Chance) {
        let (count, size) = match self.weather {
            Weather::Clear if self.hour == Hour::Night => (chance.below(3), 0.7),
            Weather::Clear => (2 + chance.below(3), 0.9),
            Weather::Wind => (4, 1.0),
            Weather::Rain | Weather::Snow => (6, 1.25),
            Weather::Storm => (8, 1.5),
            Weather::Fog => (0, 1.0),
        };
        // A broad sky has more clouds, not broader ones.
        let side = block.w().min(block.h() * 0.9);
        let count = count * (block.w() / side).round().clamp(1.0, 4.0) as usize;
        for i in 0..count {
            // From the horizon upward: the nearer to us, the larger.
            let near = (i as f32 + chance.unit()) / count as f32;
            let y = self.horizon * mix(0.8, 0.16, near);
            let width = side * size * mix(0.26, 0.62, near) * chance.range(0.8, 1.25);
            let x = chance.range(-0.1, 1.1) * block.w();
            self.cut_cloud(block, chance, x, y, width);
        }
    }

    /// One heaped cloud with its base at `y`, lit from where the light is.
    pub fn cut_cloud(&self, block: &mut Block, chance: &mut Chance, x: f32, y: f32, width: f32) {
        let height = width * chance.range(0.2, 0.34);
        let crest = Ridge::heap(chance, x - width / 2.0, x + width / 2.0, y, height);
        let Some(path) = crest.cloud_path(y, height * 0.12) else { return };
        let palette = block.palette;
        let heavy = matches!(self.weather, Weather::Storm | Weather::Rain);
        let (lit, dim): (f32, f32) = match (self.hour, heavy) {
            (Hour::Night, _) => (0.62, 0.06),
            (_, true) => (0.86, 0.1),
            (Hour::Dusk, false) => (1.0, 0.3),
            (_, false) => (1.05, 0.5),
        };
        let lit_colour: Rgb = match self.hour {
            Hour::Night => blend(palette.haze, palette.glow, 0.45),
            Hour::Dusk | Hour::Dawn => blend(palette.paper, palette.glow, 0.6),
            Hour::Day => palette.paper,
        };
        let lit_colour = if heavy { blend(lit_colour, palette.zenith, 0.35) } else { lit_colour };
        let dim_colour = blend(palette.zenith, palette.haze, 0.4);
        let pitch = block.pitch(7.5);
        let grain = Grain::shared();
        let slope_of_light = if self.light.x < x { -1.0 } else { 1.0 };
        let unit = block.unit;
        let surface = Smooth(move |px: f32, py: f32| {
            let below = py - crest.at(px);
            let depth = (below / height).clamp(0.0, 1.2);
            // The crest's slope a little up the fall of the light gives each billow a lit flank.
            let rise = (crest.at(px + 6.0 * unit) - crest.at(px - 6.0 * unit)) / (12.0 * unit);
            let flank = (rise * slope_of_light).clamp(-0.7, 0.7) * 0.3 * (1.0 - depth);
            let drift = (grain.at(px * 0.012 / unit, py * 0.03 / unit) - 0.5) * 0.3;
            let value = mix(lit, dim, smooth(0.0, 0.95, depth + drift * 0.5)) + flank;
            let phase = (below * (1.0 - 0.25 * depth)
                + (grain.at(px * 0.02 / unit, 3.0) - 0.5) * pitch)
                / pitch;
            let colour = blend(lit_colour, dim_colour, smooth(0.15, 0.9, depth + drift));
            Cell { value, phase, pitch, colour }
        });
        block.fill(&path, 9.0, &surface);
    }
}

/// A surface cut in rays about a point: its tones and colours are `ground`'s.
#[derive(Debug, Clone, Copy)]
pub struct Rayed<S> {
    /// Tones and colours.
    pub ground: S,
    /// Where the rays come from.
    pub centre: (f32, f32),
    /// Where they begin, in pixels from the centre.
    pub radius: f32,
    /// Their distance from one another there, in pixels.
    pub pitch: f32,
}

impl<S: Surface> Surface for Rayed<S> {
    fn at(&self, x: f32, y: f32) -> Cell {
        self.ground.at(x, y)
    }

    fn sharpen(&self, cell: Cell, x: f32, y: f32) -> Cell {
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        let distance = (dx * dx + dy * dy).sqrt();
        let count = TAU * self.radius / self.pitch;
        ray_cell(distance, atan2(dy, dx), count, self.radius, cell.value, cell.colour)
    }

    fn stride(&self) -> usize {
        4
    }
}

/// A ray's cell: rays start as `count` about a disc; each forks where the gaps have grown too wide,
/// not all at one distance, so that the lines keep their spacing as in an engraved sky.
#[must_use]
fn ray_cell(distance: f32, angle: f32, count: f32, radius: f32, value: f32, colour: Rgb) -> Cell {
    let mut rays = count.round().max(4.0);
    let mut inner = radius.max(1.0);
    let turn = angle / TAU + 0.5;
    for _ in 0..16 {
        let phase = turn * rays;
        let ray = floor(phase);
        let pitch = TAU * distance.max(1.0) / rays;
        let fork = inner * (1.45 + 0.9 * Grain::shared().at(ray * 7.31, rays * 0.37 + 5.5));
        if distance < fork {
            return Cell { value, phase, pitch, colour };
        }
        let opened = (distance - fork) / (fork * 0.3);
        if opened < 1.0 {
            // Two half-lines side by side part like a tuning fork.
            let share = (1.0 - value).clamp(0.0, 1.0);
            let middle = mix(share * 0.25, 0.25, opened);
            let off = ((phase - ray - 0.5).abs() - middle).abs();
            return Cell { value, phase: 0.5 + (2.0 * off).min(0.5), pitch: pitch / 2.0, colour };
        }
        rays *= 2.0;
        inner *= 2.0;
    }
    Cell { value, phase: turn * rays, pitch: 2.0, colour }
}

/// A four-pointed star.
fn push_star(path: &mut PathBuilder, x: f32, y: f32, size: f32) {
    let waist = size * 0.26;
    path.move_to(x, y - size);
    path.line_to(x + waist, y - waist);
    path.line_to(x + size, y);
    path.line_to(x + waist, y + waist);
    path.line_to(x, y + size);
    path.line_to(x - waist, y + waist);
    path.line_to(x - size, y);
    path.line_to(x - waist, y - waist);
    path.close();
}

/// A crescent, open to the right and upward.
fn crescent(light: Luminary) -> Option<Path> {
    let mut path = PathBuilder::new();
    let outer =
        |turn: f32| (light.x + light.radius * cos(turn), light.y + light.radius * sin(turn));
    let (tip, span) = (-0.9, TAU * 0.62);
    let steps = 40;
    let (x, y) = outer(tip + 0.35);
    path.move_to(x, y);
    for i in 1..=steps {
        let (x, y) = outer(tip + 0.35 + span * i as f32 / steps as f32);
        path.line_to(x, y);
    }
    let (from, to) = (outer(tip + 0.35 + span), outer(tip + 0.35));
    let (cx, cy) = (light.x - light.radius * 0.18, light.y + light.radius * 0.16);
    path.quad_to(cx - (from.0 - cx) * 0.12, cy, to.0 * 0.5 + cx * 0.5, to.1 * 0.5 + cy * 0.5);
    path.line_to(to.0, to.1);
    path.close();
    path.finish()
}
