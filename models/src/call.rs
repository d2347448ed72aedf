//! The surroundings of one call: the interrupt flag, the gate, the clock.
//!
//! Nothing in this crate sleeps or reads the time except through [`Clock`], so that every wait is
//! interruptible and every test decides how much time passes.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use crate::error::CallError;
use crate::gate::{Gate, OPEN};

/// How long at most passes before an interrupt is noticed.
pub(crate) const TICK: Duration = Duration::from_millis(50);

/// Shorter waits are not told about.
const WORTH_TELLING: Duration = Duration::from_millis(250);

/// Time, waiting and chance.
pub trait Clock: Send + Sync {
    /// Monotonic time since a fixed but arbitrary moment.
    fn now(&self) -> Duration;

    /// The time of day, needed only for a `Retry-After` that is a date.
    fn wall(&self) -> SystemTime;

    /// Waits for `time`, or less when `interrupt` is raised meanwhile.
    fn wait(&self, time: Duration, interrupt: &AtomicBool);

    /// A random number in `0.0..1.0`, for jitter.
    fn chance(&self) -> f64;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        START.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn wait(&self, time: Duration, interrupt: &AtomicBool) {
        let until = self.now() + time;
        while !interrupt.load(Ordering::Relaxed) {
            let left = until.saturating_sub(self.now());
            if left.is_zero() {
                break;
            }
            std::thread::sleep(left.min(TICK));
        }
    }

    fn chance(&self) -> f64 {
        // 53 bits, the mantissa of an f64, of a hash seeded by the system.
        let bits = RandomState::new().build_hasher().finish() >> 11;
        bits as f64 / (1u64 << 53) as f64
    }
}

/// A call that waits says so: for a progress line or a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Engine and host.
    pub engine: String,
    /// Why the call waits.
    pub why: String,
    /// For how long.
    pub pause: Duration,
}

/// The surroundings of one call.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// Raised by the caller to be let go within a second, whatever the server does.
    pub interrupt: &'a AtomicBool,
    /// Rate limit and budget.
    pub gate: &'a dyn Gate,
    /// Time.
    pub clock: &'a dyn Clock,
    /// On `clock`, the moment at which the call gives up; `None` for never.
    pub deadline: Option<Duration>,
    /// Told about every wait worth telling.
    pub notice: Option<&'a (dyn Fn(&Notice) + Sync)>,
}

impl<'a> Call<'a> {
    /// A call on the machine's clock, with no limit, no budget and no deadline.
    pub fn new(interrupt: &'a AtomicBool) -> Self {
        Self { interrupt, gate: &OPEN, clock: &SystemClock, deadline: None, notice: None }
    }

    /// The same call behind `gate`.
    #[must_use]
    pub fn gate(self, gate: &'a dyn Gate) -> Self {
        Self { gate, ..self }
    }

    /// The same call on `clock`.
    #[must_use]
    pub fn clock(self, clock: &'a dyn Clock) -> Self {
        Self { clock, ..self }
    }

    /// The same call, given up `time` from now, or earlier if it was to be anyway.
    #[must_use]
    pub fn within(self, time: Duration) -> Self {
        let deadline = self.clock.now() + time;
        Self { deadline: Some(self.deadline.map_or(deadline, |old| old.min(deadline))), ..self }
    }

    /// The same call, telling `notice` about its waits.
    #[must_use]
    pub fn notice(self, notice: &'a (dyn Fn(&Notice) + Sync)) -> Self {
        Self { notice: Some(notice), ..self }
    }

    pub(crate) fn interrupted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed)
    }

    pub(crate) fn past_deadline(&self) -> bool {
        self.deadline.is_some_and(|deadline| self.clock.now() >= deadline)
    }

    /// Waits for `pause`, telling the caller why.
    pub(crate) fn wait(&self, engine: &str, why: &str, pause: Duration) -> Result<(), CallError> {
        if self.deadline.is_some_and(|deadline| self.clock.now() + pause >= deadline) {
            return Err(CallError::Wait {
                engine: engine.to_owned(),
                what: format!("no time left to wait ({why})"),
                after: pause,
            });
        }
        if let Some(notice) = self.notice.filter(|_| pause >= WORTH_TELLING) {
            notice(&Notice { engine: engine.to_owned(), why: why.to_owned(), pause });
        }
        self.clock.wait(pause, self.interrupt);
        if self.interrupted() { Err(CallError::Interrupted) } else { Ok(()) }
    }
}
