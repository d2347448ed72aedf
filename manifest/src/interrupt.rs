//! A request to stop, shared by the threads of a process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set once, by a signal or a caller; every wait of this crate looks at it several times a second.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// An interrupt that nobody has set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the interrupt on Ctrl-C and SIGTERM. A second signal ends the process at once: what it
    /// held is then freed by whoever notices its death.
    ///
    /// # Errors
    /// When the system refuses a handler.
    pub fn on_signals() -> std::io::Result<Self> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let interrupt = Self::new();
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register_conditional_shutdown(signal, 130, interrupt.flag())?;
            signal_hook::flag::register(signal, interrupt.flag())?;
        }
        Ok(interrupt)
    }

    /// Also sets the interrupt when standard input ends: a daemon that is started with a pipe then ends
    /// with the process that holds the other end, however that one dies.
    pub fn at_end_of_input(&self) {
        let interrupt = self.clone();
        // Ends with the input or with the process; there is nothing to join.
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
            interrupt.set();
        });
    }

    /// Asks everything that waits to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// The flag itself, for signal handlers and for crates that know nothing of manifests.
    #[must_use]
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}
