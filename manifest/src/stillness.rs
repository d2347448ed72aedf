//! How long something has not changed, on the observer's own clock.
//!
//! Only time that was really watched counts: a gap between two looks, in which the observer was
//! stopped, starved or suspended, adds no more than a little. So a laptop that sleeps for a night
//! wakes up without taking everything for dead, and no two clocks are ever compared.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The most that one gap between two looks counts for. Whoever looks more rarely than this judges
/// later than it might, never earlier.
pub const LONGEST_GAP: Duration = Duration::from_secs(60);

/// Remembers for each thing its last value and for how long it has been the same.
#[derive(Debug)]
pub struct Stillness<K, V> {
    seen: BTreeMap<K, (V, Duration)>,
    last_look: Option<Instant>,
    longest_gap: Duration,
}

impl<K: Ord + Clone, V: PartialEq> Stillness<K, V> {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(longest_gap: Duration) -> Self {
        Self { seen: BTreeMap::new(), last_look: None, longest_gap }
    }

    /// Looks at all things that there are now; those that are gone are forgotten. Returns for how long
    /// each has been seen unchanged.
    pub fn observe(
        &mut self,
        things: impl IntoIterator<Item = (K, V)>,
        now: Instant,
    ) -> BTreeMap<K, Duration> {
        let gap = self.last_look.map_or(Duration::ZERO, |then| now.saturating_duration_since(then));
        self.last_look = Some(now);
        let gap = gap.min(self.longest_gap);
        let mut seen = BTreeMap::new();
        for (key, value) in things {
            let still = match self.seen.remove(&key) {
                Some((before, still)) if before == value => still + gap,
                _ => Duration::ZERO,
            };
            seen.insert(key, (value, still));
        }
        self.seen = seen;
        self.seen.iter().map(|(key, (_, still))| (key.clone(), *still)).collect()
    }
}
