//! Servers of our own that play the model servers, their answers and their faults, and a clock
//! that passes only when it is told to. For tests, here and end to end; nothing else builds it.
//!
//! ```
//! use models::fakes::{Reply, Server};
//!
//! let server = Server::script([Reply::status(503, ""), Reply::status(200, "{}")]);
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! ```

mod clock;
pub mod comfyui;
mod pictures;
pub mod replies;
mod server;

pub use clock::FakeClock;
pub use pictures::{png, png_base64};
pub use server::{Asked, Reply, Server};
