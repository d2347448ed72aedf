//! Thin clients of text and image models, local and hosted.
//!
//! [`build_text`] and [`build_image`] turn a section of the configuration into a [`TextModel`] or
//! an [`ImageModel`]; one call to [`TextModel::complete`] or [`ImageModel::draw`] makes as many
//! requests as it takes, within bounds. Every request passes the [`Gate`] (rate limit and budget),
//! every failure becomes a [`CallError`] that says what to do, and every wait ends within a second
//! of the interrupt flag in [`Call`].
//!
//! The order of things in a call: the gate admits the request; the request runs on a thread of its
//! own; the answer is judged; the gate settles the account; a passing fault is waited out and a
//! useless answer is asked for again, a bounded number of times.
//!
//! This crate knows nothing of books, elements or the manifest. It never prints and never exits.
//!
//! Invariants: a key is sent to its own host alone and appears in no text; redirects are not
//! followed with it; an answer is a picture that can be decoded, or JSON that fits its schema, or
//! an error; the size of an answer is bounded.

mod base_url;
mod call;
mod config;
mod endpoint;
mod engines;
mod error;
#[cfg(any(test, feature = "fakes"))]
pub mod fakes;
mod fault;
mod gate;
mod gemini;
mod http;
mod image;
mod limit;
mod money;
mod multipart;
mod picture;
mod probe;
mod program;
mod report;
mod retry;
mod retry_after;
mod schema;
mod secret;
mod settings;
mod sse;
mod structured;
mod template;
mod text;

pub use base_url::{BaseUrl, UrlError};
pub use call::{Call, Clock, Notice, SystemClock};
pub use config::{ImageConfig, ImageEngine, Patience, TextConfig, TextEngine};

pub use engines::{BuildError, Surroundings, build_image, build_text};
pub use error::{CallError, Stage, StopCause};
pub use gate::{Admission, Charged, Estimate, Gate, Open, Permit, Settlement, Usage, Work};
pub use image::{ImageAnswer, ImageModel, ImageRequest};
pub use limit::{Entry, Limits, LocalGate, WINDOW, next_slot};
pub use money::{Price, PriceError, PriceTable, Usd, Workload, estimate, estimate_tokens};
pub use picture::Picture;
pub use probe::{Finding, Health};
pub use schema::check as check_schema;
pub use secret::{Env, KeyError, Secret, process_env};
pub use structured::find_json;
pub use text::{Finish, TextAnswer, TextModel, TextRequest};
