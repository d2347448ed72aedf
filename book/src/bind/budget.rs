//! Making a bound book fit a size: pictures are stored smaller, step by step, until it does.

use super::{BindError, Binding, Pictures};

/// Longest side in pixels and quality of the steps. A step makes pictures smaller by a quarter to a
/// third, never by more than half.
const STEPS: [(u32, u8); 8] =
    [(1600, 74), (1600, 66), (1400, 62), (1200, 58), (1000, 54), (840, 50), (700, 46), (560, 42)];

/// Binds with the best pictures that keep the result within [`Binding::max_size`]; returns how they
/// were stored.
pub(crate) fn fit(
    binding: &Binding,
    mut bind: impl FnMut(&Binding) -> Result<(), BindError>,
) -> Result<Pictures, BindError> {
    let mut steps = steps(binding.pictures).into_iter();
    let mut pictures = binding.pictures;
    loop {
        match bind(&Binding { pictures, ..binding.clone() }) {
            Ok(()) => return Ok(pictures),
            Err(BindError::TooLarge { path, size, limit }) => {
                let Some(next) = steps.nth(hopeless(size, limit)) else {
                    return Err(BindError::TooLarge { path, size, limit });
                };
                pictures = next;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Steps that cannot be enough, because none of them more than halves the book.
fn hopeless(size: u64, limit: u64) -> usize {
    let ratio = size / limit.max(1);
    (ratio.max(1).ilog2() as usize).min(STEPS.len() - 2)
}

/// How pictures may be stored instead, each smaller than the one before.
fn steps(pictures: Pictures) -> Vec<Pictures> {
    match pictures {
        Pictures::Original => Vec::new(),
        Pictures::Jpeg { long_side, quality } => STEPS
            .into_iter()
            .filter(|step| step.0 <= long_side && step.1 < quality)
            .map(|(long_side, quality)| Pictures::Jpeg { long_side, quality })
            .collect(),
        Pictures::Png { long_side } => {
            let mut sides: Vec<u32> = STEPS.map(|(side, _)| side).to_vec();
            sides.dedup();
            let smaller = sides.into_iter().filter(|side| *side < long_side);
            smaller.map(|long_side| Pictures::Png { long_side }).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn weight(pictures: Pictures) -> u64 {
        match pictures {
            Pictures::Jpeg { long_side, quality } => {
                u64::from(long_side) * u64::from(long_side) * u64::from(quality) / 1000
            }
            _ => 1 << 30,
        }
    }

    fn fit_in(limit: u64) -> (Result<Pictures, BindError>, usize) {
        let mut tries = 0;
        let fitted = fit(&Binding::default(), |binding| {
            tries += 1;
            let size = weight(binding.pictures);
            let path = PathBuf::new();
            if size > limit { Err(BindError::TooLarge { path, size, limit }) } else { Ok(()) }
        });
        (fitted, tries)
    }

    #[test]
    fn the_first_step_that_fits_is_taken() {
        let whole = weight(Pictures::default());
        assert_eq!(fit_in(whole).0.unwrap(), Pictures::default());
        for limit in (20_000..whole).step_by(7_000) {
            let (fitted, tries) = fit_in(limit);
            let best = steps(Pictures::default()).into_iter().find(|step| weight(*step) <= limit);
            assert_eq!(fitted.unwrap(), best.unwrap());
            assert!(tries <= STEPS.len() + 1);
        }
    }

    #[test]
    fn what_cannot_fit_ends_after_few_tries() {
        let (fitted, tries) = fit_in(10);
        assert!(matches!(fitted, Err(BindError::TooLarge { limit: 10, .. })));
        assert!(tries <= 3, "{tries}");
        assert!(steps(Pictures::Original).is_empty());
        assert_eq!(steps(Pictures::Png { long_side: 800 }).len(), 2);
    }
}
