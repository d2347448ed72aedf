//! Every engine against servers of our own that play the real ones and their faults.
//!
//! No test calls out, sleeps or looks at a clock: waits go through the fake clock, except where a
//! real socket or process must be let go of, and there the waiting is bounded.

#![expect(clippy::unwrap_used, reason = "a test that unwraps an error has failed")]
#![expect(clippy::disallowed_methods, reason = "nobody else reads the files of a test")]

mod anthropic;
mod chat_images;
mod comfyui;
mod command;
mod gemini;
mod loops;
mod ollama;
mod openai_images;
mod openai_text;
mod play;
mod secrets;
mod webui;
