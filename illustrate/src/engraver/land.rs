//! Land and water: hills, mountains, fields, roads, the sea, and the grass at our feet.

use resvg::tiny_skia::{Path, PathBuilder};

use super::block::{Block, Cell, Smooth, flat};
use super::chance::{Chance, Grain};
use super::palette::{Rgb, blend};
use super::ridge::Ridge;
use super::trig::{mix, sin, smooth};

/// How a stretch of land is lit and how far off it is.
#[derive(Debug, Clone, Copy)]
pub struct Ground {
    /// 0 at our feet, 1 at the horizon.
    pub depth: f32,
    /// Lightness at the crest, and further down.
    pub crest: f32,
    /// Lightness well below the crest.
    pub foot: f32,
    /// Pixels over which crest turns into foot.
    pub fall: f32,
    /// The colour block's ink, before haze.
    pub colour: Rgb,
    /// Where the light is, for the flanks that face it.
    pub light_x: f32,
}

/// Cuts a hill: lines follow the crest and flatten out below it.
pub fn hill(block: &mut Block, ridge: &Ridge, bottom: f32, ground: &Ground) {
    let Some(path) = ridge.path(bottom) else { return };
    let palette = block.palette;
    let unit = block.unit;
    let pitch = block.pitch(mix(10.0, 6.5, ground.depth));
    let grain = Grain::shared();
    let ground = *ground;
    let far = palette.hazed(ground.colour, ground.depth * 0.85);
    let lit = blend(far, palette.glow, 0.28);
    let side = move |x: f32| ((x - ground.light_x) / (160.0 * unit)).clamp(-1.0, 1.0);
    let surface = Smooth(move |x: f32, y: f32| {
        let crest = ridge.at(x);
        let below = y - crest;
        let t = (below / ground.fall).clamp(0.0, 1.0);
        let rise = (ridge.at(x + 10.0 * unit) - ridge.at(x - 10.0 * unit)) / (20.0 * unit);
        let flank = (rise * side(x)).clamp(-0.6, 0.6) * -0.5 * (1.0 - t * 0.6);
        let patch = grain.cloud(x * 0.006 / unit + ground.depth * 31.0, y * 0.02 / unit, 2) - 0.5;
        let value = mix(ground.crest, ground.foot, smooth(0.0, 1.0, t)) + flank + patch * 0.42;
        let phase = below / pitch + patch * 1.6;
        let colour = blend(lit, far, smooth(0.0, 0.5, t - flank * 0.6));
        Cell { value, phase, pitch, colour }
    });
    block.fill(&path, mix(14.0, 5.0, ground.depth), &surface);
}

/// Cuts mountains: facets fall away from the crest, light on one side and dark on the other.
pub fn mountains(block: &mut Block, ridge: &Ridge, bottom: f32, ground: &Ground, snow: bool) {
    let Some(path) = ridge.path(bottom) else { return };
    let palette = block.palette;
    let unit = block.unit;
    let pitch = block.pitch(mix(9.0, 7.0, ground.depth));
    let grain = Grain::shared();
    let ground = *ground;
    let base = palette.hazed(ground.colour, ground.depth * 0.8);
    let lit = blend(base, palette.paper, if snow { 0.75 } else { 0.4 });
    let surface = Smooth(move |x: f32, y: f32| {
        let side = ((x - ground.light_x) / (160.0 * unit)).clamp(-1.0, 1.0);
        let wander = (grain.at(x * 0.012 / unit, y * 0.012 / unit) - 0.5) * 60.0 * unit;
        let from = x + wander * 0.6 - side * (y - ridge.at(x)).max(0.0) * 0.5;
        // Further down the small folds run together into broad facets.
        let fold = 5.0 * unit + (y - ridge.at(x)).max(0.0) * 0.3;
        let slope = (ridge.at(from + fold) - ridge.at(from - fold)) / (2.0 * fold);
        let facing = (-slope * side * 1.6).clamp(-1.0, 1.0);
        let below = ((y - ridge.at(x)) / ground.fall).clamp(0.0, 1.0);
        let light = smooth(-0.25, 0.3, -facing);
        let value =
            mix(mix(ground.foot, ground.crest, light), 0.92, below * below * 0.5 * ground.depth);
        let phase = (x * 0.45 + y * 0.9 + wander * 0.7) / pitch;
        let colour = blend(blend(base, lit, light), palette.haze, below * 0.45);
        Cell { value, phase, pitch, colour }
    });
    block.fill(&path, 10.0, &surface);
}

/// Cuts level ground from the crest to the bottom: lines grow wider apart towards us.
pub fn field(block: &mut Block, ridge: &Ridge, bottom: f32, ground: &Ground) {
    let Some(path) = ridge.path(bottom) else { return };
    let palette = block.palette;
    let unit = block.unit;
    let grain = Grain::shared();
    let ground = *ground;
    let near = ground.colour;
    let far = palette.hazed(near, ground.depth);
    let pitch = block.pitch(6.0);
    let surface = Smooth(move |x: f32, y: f32| {
        let below = (y - ridge.at(x)).max(0.0);
        let t = (below / ground.fall).clamp(0.0, 1.0);
        let patch = grain.cloud(x * 0.004 / unit, y * 0.018 / unit, 3) - 0.5;
        let value =
            mix(ground.crest, ground.foot, smooth(0.0, 1.0, t)) + patch * 0.7 * mix(0.6, 1.0, t);
        // The root spreads the lines as perspective does, but never so far that they stop being texture.
        let root = (below / pitch + 1.0).sqrt();
        let phase = below / pitch * 0.45 + root * 2.0 + patch * 2.2;
        let colour = blend(far, near, smooth(0.0, 0.7, t));
        let spread = pitch / (0.45 + 1.0 / root);
        Cell { value, phase, pitch: spread, colour }
    });
    block.fill(&path, 10.0, &surface);
}

/// The sea or a lake: level lines broken by glints under the light.
pub fn water(block: &mut Block, top: f32, bottom: f32, light_x: f32, calm: f32, dark: f32) {
    let Some(path) = Ridge::new(-8.0, block.w() + 8.0, 64.0, |_| top).path(bottom) else { return };
    let palette = block.palette;
    let unit = block.unit;
    let grain = Grain::shared();
    let pitch = block.pitch(5.5);
    let depth = (bottom - top).max(1.0);
    let surface = Smooth(move |x: f32, y: f32| {
        let t = ((y - top) / depth).clamp(0.0, 1.0);
        let root = ((y - top).max(0.0) / pitch + 1.0).sqrt();
        // Waves are long at the horizon and round near us.
        let stretch = mix(0.05, 0.012, t.sqrt()) / unit;
        let wave = grain.cloud(x * stretch * 0.5, root * 2.1, 2) - 0.5;
        let wander = mix(60.0, 190.0, t) * unit;
        let glint = 1.0 - ((x - light_x).abs() / wander).min(1.0);
        let spark =
            smooth(0.35, 0.62, grain.at(x * stretch * 1.5, root * 3.4) * 0.55 + glint * 0.4)
                * glint.sqrt();
        let value =
            mix(0.72, dark, smooth(0.0, 0.9, t)) + wave * mix(0.5, 0.9, 1.0 - calm) + spark * 0.85;
        let phase = root * 3.0 + wave * mix(2.6, 0.9, calm);
        let colour = blend(palette.haze, palette.zenith, smooth(0.0, 0.6, t));
        let colour = blend(colour, palette.glow, (spark * 1.2).min(1.0));
        Cell { value, phase, pitch: pitch * root * 0.66, colour }
    });
    block.fill(&path, 6.0, &surface);
}

/// A road from our feet to a point on the ground, winding as it goes.
#[derive(Debug, Clone, Copy)]
pub struct Road {
    /// Where it starts at the bottom, and where it ends.
    pub from: (f32, f32),
    /// Its far end.
    pub to: (f32, f32),
    /// Width in pixels at our feet, and far off.
    pub widths: (f32, f32),
    /// How far it swings to one side and back, in pixels.
    pub swing: f32,
}

impl Road {
    /// Middle and half width at `t` from near (0) to far (1).
    #[must_use]
    pub fn at(&self, t: f32) -> (f32, f32, f32) {
        // Perspective squeezes the far part: most of the way lies in little height.
        let y = mix(self.from.1, self.to.1, t);
        let near = (1.0 - t) * (1.0 - t);
        // Multiplied out: `powi` may round otherwise on another machine.
        let start = near * near * near;
        let bend = sin(t * 5.2 + 0.4) * self.swing * (0.12 + near) * (1.0 - start);
        let x = mix(self.from.0, self.to.0, t) + bend;
        (x, y, mix(self.widths.1, self.widths.0, near) / 2.0)
    }

    /// The road's area.
    #[must_use]
    pub fn path(&self) -> Option<Path> {
        let steps = 48;
        let points: Vec<_> = (0..=steps).map(|i| self.at(i as f32 / steps as f32)).collect();
        let mut path = PathBuilder::new();
        for (i, &(x, y, half)) in points.iter().enumerate() {
            if i == 0 { path.move_to(x - half, y) } else { path.line_to(x - half, y) }
        }
        for &(x, y, half) in points.iter().rev() {
            path.line_to(x + half, y);
        }
        path.close();
        path.finish()
    }

    /// Cuts the road into the ground: nearly bare, with a few ruts along it.
    pub fn cut(&self, block: &mut Block, lightness: f32) {
        let Some(path) = self.path() else { return };
        let palette = block.palette;
        let colour = blend(palette.paper, palette.glow, 0.5);
        let colour = blend(palette.haze, colour, lightness);
        let (grain, unit) = (Grain::shared(), block.unit);
        let pitch = block.pitch(9.0);
        let road = *self;
        let span = self.from.1 - self.to.1;
        let surface = Smooth(move |x: f32, y: f32| {
            let t = ((road.from.1 - y) / span).clamp(0.0, 1.0);
            let (middle, _, half) = road.at(t);
            let across = (x - middle) / half.max(1.0);
            let rough = grain.cloud(x * 0.01 / unit, y * 0.03 / unit, 2) - 0.5;
            let rut = 1.0 - smooth(0.06, 0.2, (across.abs() - 0.45).abs());
            let edge = smooth(0.7, 1.0, across.abs());
            let value = mix(0.55, 1.04, lightness) - rut * 0.25 - edge * 0.4 + rough * 0.5;
            Cell { value, phase: y / pitch + across * across * 1.2 + rough * 1.4, pitch, colour }
        });
        block.fill(&path, 0.0, &surface);
    }
}

/// Grass: blades of `height` pixels along a crest, blown by `wind` (-1 to 1).
pub fn grass(
    block: &mut Block,
    chance: &mut Chance,
    crest: impl Fn(f32) -> f32,
    height: f32,
    wind: f32,
    colour: Rgb,
    ink: f32,
) {
    let mut blades = PathBuilder::new();
    let spacing = (height * 0.13).max(1.5);
    let count = ((block.w() / spacing) as usize).min(4000);
    for _ in 0..count {
        let x = chance.range(-height, block.w() + height);
        let foot = crest(x) + height * 0.25;
        let tall = height * chance.range(0.35, 1.0) * chance.range(0.6, 1.0);
        let lean = tall * (chance.about(0.35) + wind * 0.7);
        let half = (tall * 0.045).max(0.6);
        blades.move_to(x - half, foot);
        blades.quad_to(x - half, foot - tall * 0.6, x + lean, foot - tall);
        blades.quad_to(x + half * 1.6, foot - tall * 0.55, x + half, foot);
        blades.close();
    }
    if let Some(path) = blades.finish() {
        block.fill(&path, 3.0, &flat(colour, ink));
    }
}
