//! Claims whose worker lives and yet gets nowhere.
//!
//! A worker that hangs keeps its lock, so nobody takes it for dead. Its claim is taken from it when the
//! unit has shown no progress for `stuck_after` of watched time; what it brings later is refused by its
//! token.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::ids::Token;
use crate::manifest::Manifest;
use crate::stillness::{LONGEST_GAP, Stillness};

/// How much work of a claim is on record.
type Progress = (usize, Vec<(u32, String)>);

/// Watches the claims of a manifest for progress.
#[derive(Debug)]
pub struct Watchdog {
    stuck_after: Duration,
    claims: Stillness<Token, Progress>,
}

impl Watchdog {
    /// A watchdog that calls a claim stuck after this much watched time without progress.
    #[must_use]
    pub fn new(stuck_after: Duration) -> Self {
        Self { stuck_after, claims: Stillness::new(LONGEST_GAP) }
    }

    /// Looks at every claim; returns the tokens of those that are stuck. To be called at least once a
    /// minute: time between two looks counts for no more than that.
    pub fn observe(&mut self, manifest: &Manifest, now: Instant) -> BTreeSet<Token> {
        let claims = manifest.claims().map(|(unit, claim)| {
            let chapter = unit.and_then(|id| manifest.chapters().get(&id));
            let progress = match chapter {
                None => (manifest.elements_read.len(), Vec::new()),
                Some(chapter) => (
                    chapter.outcomes.len(),
                    chapter.intents.iter().map(|(n, key)| (*n, key.clone())).collect(),
                ),
            };
            (claim.token, progress)
        });
        let still = self.claims.observe(claims, now);
        let stuck = still.into_iter().filter(|(_, still)| *still >= self.stuck_after);
        stuck.map(|(token, _)| token).collect()
    }
}
