//! What the manifest promises, tried on real files, on disks that fail, on processes that die, and on
//! a model.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "what goes wrong in a test is to fail it, and files are spoiled here on purpose"
)]

mod acts;
mod basics;
mod crashes;
mod crew;
mod damage;
mod fixtures;
mod folds;
mod ledger;
mod liveness;
mod machine;
mod memory;
mod model;
mod processes;
mod progress;
mod project;
mod repairs;
mod states;
mod steady;
#[cfg(target_os = "linux")]
mod surroundings;
#[cfg(target_os = "linux")]
mod syscalls;
#[cfg(unix)]
mod torture;
