//! Seeds, chance and noise: where the variety of the plates comes from.
//!
//! Everything is integer hashing with fixed constants, so that a seed means the same picture for ever.

use std::sync::OnceLock;

use super::trig::floor;

/// Mixes two numbers into one that looks random (the finalizer of SplitMix64).
#[must_use]
pub fn mingle(a: u64, b: u64) -> u64 {
    let mut z =
        a.wrapping_add(b.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number from a text (FNV-1a), the same for ever.
#[must_use]
pub fn hash_text(text: &str) -> u64 {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    text.bytes().fold(0xCBF2_9CE4_8422_2325, fold)
}

/// A stream of chance numbers from a seed.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(mingle(seed, 0x7769_6F6F))
    }

    /// Another stream, for a part of the picture that may draw more or fewer numbers without
    /// disturbing the others.
    #[must_use]
    pub fn branch(&self, name: &str) -> Self {
        Self(mingle(self.0, hash_text(name)))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mingle(self.0, 0)
    }

    /// From 0 to 1, without 1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / 16_777_216.0
    }

    /// From `low` to `high`.
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// From minus `spread` to plus `spread`.
    pub fn about(&mut self, spread: f32) -> f32 {
        self.range(-spread, spread)
    }

    /// From 0 to `count - 1`; zero when `count` is zero.
    pub fn below(&mut self, count: usize) -> usize {
        (self.bits() % count.max(1) as u64) as usize
    }

    /// True once in `1 / share` times.
    pub fn happens(&mut self, share: f32) -> bool {
        self.unit() < share
    }
}

/// Cells along one side of the noise tile.
const TILE: usize = 128;
/// Pixels along one side of the tile of specks two pixels wide.
const FINE: usize = 2 * TILE;

/// Smooth noise that repeats every 128 units, about 0.5 on average, within 0 to 1.
#[derive(Debug)]
pub struct Grain {
    cells: Vec<f32>,
    fine: Vec<f32>,
}

impl Grain {
    /// The one tile that every plate uses; made on first use.
    #[must_use]
    pub fn shared() -> &'static Grain {
        static GRAIN: OnceLock<Grain> = OnceLock::new();
        GRAIN.get_or_init(|| {
            let cell = |i: usize| (mingle(i as u64, 0x67_7261_696E) >> 40) as f32 / 16_777_216.0;
            let mut grain = Grain { cells: (0..TILE * TILE).map(cell).collect(), fine: Vec::new() };
            let half = |i: usize| grain.at((i % FINE) as f32 * 0.5, (i / FINE) as f32 * 0.5);
            grain.fine = (0..FINE * FINE).map(half).collect();
            grain
        })
    }

    /// The noise at a point: features are about one unit wide.
    #[inline]
    #[must_use]
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (fx, fy) = (floor(x), floor(y));
        let (tx, ty) = (x - fx, y - fy);
        let (tx, ty) = (tx * tx * (3.0 - 2.0 * tx), ty * ty * (3.0 - 2.0 * ty));
        let (ix, iy) = (fx as i32 as usize & (TILE - 1), fy as i32 as usize & (TILE - 1));
        let (jx, jy) = ((ix + 1) & (TILE - 1), (iy + 1) & (TILE - 1));
        let (top, bottom) = (iy * TILE, jy * TILE);
        let upper = self.cells[top + ix] + (self.cells[top + jx] - self.cells[top + ix]) * tx;
        let lower =
            self.cells[bottom + ix] + (self.cells[bottom + jx] - self.cells[bottom + ix]) * tx;
        upper + (lower - upper) * ty
    }

    /// Noise at a pixel whose features are two pixels wide, ready made.
    #[inline]
    #[must_use]
    pub fn speck(&self, x: usize, y: usize) -> f32 {
        self.fine[(y & (FINE - 1)) * FINE + (x & (FINE - 1))]
    }

    /// Several octaves of noise: coarse shapes with finer ones on them, about 0.5 on average.
    #[must_use]
    pub fn cloud(&self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut weight, mut total, mut scale) = (0.0, 1.0, 0.0, 1.0);
        for octave in 0..octaves {
            let shift = octave as f32 * 37.3;
            sum += weight * self.at(x * scale + shift, y * scale - shift);
            total += weight;
            weight *= 0.5;
            scale *= 2.0;
        }
        sum / total.max(f32::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_the_same_for_ever() {
        let mut chance = Chance::new(1);
        assert_eq!(
            [chance.bits(), chance.bits()],
            [Chance::new(1).bits(), {
                let mut again = Chance::new(1);
                again.bits();
                again.bits()
            }]
        );
        assert_eq!(hash_text("woodcut"), hash_text("woodcut"));
        assert_ne!(Chance::new(1).branch("sky").bits(), Chance::new(1).branch("land").bits());
    }

    #[test]
    fn noise_stays_within_bounds_and_repeats() {
        let grain = Grain::shared();
        for i in 0..1000 {
            let (x, y) = (i as f32 * 0.37 - 100.0, i as f32 * -0.11);
            let value = grain.cloud(x, y, 4);
            assert!((0.0..=1.0).contains(&value));
            assert!((grain.at(x, y) - grain.at(x + 128.0, y)).abs() < 1e-3);
        }
    }
}
