//! A clock that a wait moves on at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::call::Clock;

/// A clock whose waits take no time and are remembered.
#[derive(Debug, Default)]
pub struct FakeClock {
    waits: Mutex<Vec<Duration>>,
    moved: Mutex<Duration>,
}

impl FakeClock {
    /// The waits so far, in order.
    pub fn waits(&self) -> Vec<Duration> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Duration {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Always the first second of 2026.
    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)
    }

    fn wait(&self, time: Duration, interrupt: &AtomicBool) {
        if !interrupt.load(Ordering::Relaxed) {
            self.waits.lock().unwrap_or_else(PoisonError::into_inner).push(time);
            self.pass(time);
        }
    }

    /// No jitter.
    fn chance(&self) -> f64 {
        0.0
    }
}
