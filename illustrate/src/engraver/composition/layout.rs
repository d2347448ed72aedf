//! Who stands where across the picture: nobody hides another, and nobody is cut off by the edge.

/// A stretch across the picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Its middle.
    pub x: f32,
    /// Half its width.
    pub half: f32,
}

/// How much of the narrower of two may be hidden: those who belong together overlap a little.
const HIDDEN: f32 = 0.16;
/// What stays free at either edge, in parts of the width.
const EDGE: f32 = 0.015;
/// Rounds of pushing apart; a handful of spans is at rest long before.
const ROUNDS: usize = 16;

/// Moves spans apart and into a picture of `width`, in the order they are in; returns the factor by
/// which all must shrink where there is no room for them side by side.
pub fn spread(spans: &mut [Span], width: f32) -> f32 {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by(|&a, &b| spans[a].x.total_cmp(&spans[b].x));
    let distance = |a: Span, b: Span| a.half + b.half - 2.0 * a.half.min(b.half) * HIDDEN;
    let pairs = order.windows(2).map(|pair| distance(spans[pair[0]], spans[pair[1]])).sum::<f32>();
    let ends = [order.first(), order.last()].into_iter().flatten().map(|&end| spans[end].half);
    let needed = pairs + ends.sum::<f32>();
    let factor = (width * (1.0 - 2.0 * EDGE) / needed.max(1.0)).min(1.0);
    spans.iter_mut().for_each(|span| span.half *= factor);
    // Both of a pair give way, as long as the edges let them.
    for _ in 0..ROUNDS {
        for pair in order.windows(2) {
            let (left, right) = (spans[pair[0]], spans[pair[1]]);
            let over = distance(left, right) - (right.x - left.x);
            if over > 0.0 {
                spans[pair[0]].x -= over / 2.0;
                spans[pair[1]].x += over / 2.0;
            }
        }
    }
    // What is out of the picture comes in and moves its neighbours on.
    let mut least = width * EDGE;
    for (nth, &i) in order.iter().enumerate() {
        let from = if nth == 0 {
            least + spans[i].half
        } else {
            least + distance(spans[order[nth - 1]], spans[i])
        };
        spans[i].x = spans[i].x.max(from);
        least = spans[i].x;
    }
    let mut most = width * (1.0 - EDGE);
    for (nth, &i) in order.iter().rev().enumerate() {
        let to = if nth == 0 {
            most - spans[i].half
        } else {
            most - distance(spans[i], spans[order[order.len() - nth]])
        };
        spans[i].x = spans[i].x.min(to);
        most = spans[i].x;
    }
    factor
}

/// Of some places for the middle of a span, the one that is least hidden by what is there already, the
/// earlier on a tie; with the share of the span that is hidden there.
pub fn freest(places: &[f32], half: f32, taken: &[Span], width: f32) -> (f32, f32) {
    let margin = (half + width * 0.01).min(width / 2.0);
    let hidden = |x: f32| {
        let covers = |span: &Span| {
            let (left, right) =
                ((x - half).max(span.x - span.half), (x + half).min(span.x + span.half));
            (right - left).max(0.0)
        };
        taken.iter().map(covers).sum::<f32>() / (2.0 * half).max(1.0)
    };
    let mut best = (width / 2.0, f32::MAX);
    for x in places.iter().map(|x| x.clamp(margin, width - margin)) {
        let share = hidden(x);
        if share + 0.04 < best.1 {
            best = (x, share);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nobody_is_hidden_or_cut_off(
            wanted in prop::collection::vec((0.0f32..1000.0, 10.0f32..400.0), 1..5),
        ) {
            let mut spans: Vec<Span> = wanted.iter().map(|&(x, half)| Span { x, half }).collect();
            let factor = spread(&mut spans, 1000.0);
            prop_assert!(factor > 0.0 && factor <= 1.0);
            for (i, a) in spans.iter().enumerate() {
                prop_assert!(a.x - a.half > -1.0 && a.x + a.half < 1001.0);
                for b in &spans[i + 1..] {
                    let over = a.half + b.half - (a.x - b.x).abs();
                    prop_assert!(over <= 2.0 * a.half.min(b.half) * HIDDEN + 1.0, "{spans:?}");
                }
            }
        }
    }

    #[test]
    fn the_freest_place_is_beside_what_stands_there() {
        let taken = [Span { x: 300.0, half: 100.0 }];
        assert_eq!(freest(&[320.0, 700.0], 80.0, &taken, 1000.0), (700.0, 0.0));
        assert_eq!(freest(&[900.0, 700.0], 80.0, &taken, 1000.0).0, 900.0);
    }
}
