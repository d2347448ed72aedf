//! The `[text]` and `[image]` sections of the configuration.
//!
//! Everything but the engine has a default, so that a section may be two lines long. A key itself
//! never stands in the configuration: only the variable or the file it lies in.

use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limit::Limits;

/// What answers questions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TextEngine {
    /// The reader that comes with the program; not built here.
    #[default]
    Builtin,
    /// OpenAI itself, or with `base_url` any server that speaks like it.
    OpenAi,
    /// OpenRouter.
    OpenRouter,
    /// The server of llama.cpp.
    LlamaCpp,
    /// LM Studio.
    LmStudio,
    /// vLLM.
    Vllm,
    /// Ollama, by its own API.
    Ollama,
    /// Anthropic.
    Anthropic,
    /// Google Gemini.
    Gemini,
}

/// What draws.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImageEngine {
    /// The engraver that comes with the program; not built here.
    #[default]
    Builtin,
    /// OpenAI itself, or with `base_url` any server with `/images/generations`.
    OpenAi,
    /// A chat model of OpenRouter that answers with pictures.
    OpenRouter,
    /// A Gemini model that answers with pictures.
    Gemini,
    /// Stable Diffusion WebUI, or Forge, started with `--api`.
    WebUi,
    /// The server of stable-diffusion.cpp.
    #[serde(rename = "sd-server")]
    SdServer,
    /// ComfyUI.
    ComfyUi,
    /// Any program.
    Command,
}

/// The `[text]` section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TextConfig {
    /// What answers.
    pub engine: TextEngine,
    /// The server's address, where it is not the usual one.
    pub base_url: Option<String>,
    /// The model, as the server names it.
    pub model: Option<String>,
    /// The environment variable the key lies in, where it is not the usual one.
    pub key_env: Option<String>,
    /// The file the key lies in, readable by its owner alone.
    #[schemars(extend("x-path" = true))]
    pub key_file: Option<PathBuf>,
    /// Tokens of question and answer together that the model takes.
    #[schemars(range(min = 256, max = 100_000_000))]
    pub context: Option<u32>,
    /// The longest answer in tokens.
    #[schemars(range(min = 16, max = 10_000_000))]
    pub max_output_tokens: Option<u32>,
    /// Chance in the answer, from 0.
    #[schemars(range(min = 0.0, max = 2.0))]
    pub temperature: Option<f32>,
    /// Fields to be added to the body of every request, as the server understands them.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub extra: toml::Table,
    /// Rate limits.
    pub limits: Limits,
    /// Patience.
    pub patience: Patience,
}

/// The `[image]` section.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImageConfig {
    /// What draws.
    pub engine: ImageEngine,
    /// The server's address, where it is not the usual one.
    pub base_url: Option<String>,
    /// The model or checkpoint, as the server names it.
    pub model: Option<String>,
    /// The environment variable the key lies in, where it is not the usual one.
    pub key_env: Option<String>,
    /// The file the key lies in, readable by its owner alone.
    #[schemars(extend("x-path" = true))]
    pub key_file: Option<PathBuf>,
    /// `low`, `medium`, `high` and the like, as the model understands it; for Gemini and
    /// OpenRouter `1K`, `2K`, `4K`.
    pub quality: Option<String>,
    /// Reference pictures sent at most; where it is not said four, but none to a program, nor to a server
    /// that speaks like OpenAI with a model that is not known to take them.
    #[schemars(range(min = 0, max = 16))]
    pub references: Option<u32>,
    /// For ComfyUI: a workflow exported in the API format, with `%prompt%` and other places to
    /// fill in.
    #[schemars(extend("x-path" = true))]
    pub workflow: Option<PathBuf>,
    /// For `command`: the program and its arguments; `{out}` is where the picture may be written.
    pub command: Vec<String>,
    /// Fields to be added to the body of every request, as the server understands them.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub extra: toml::Table,
    /// Rate limits.
    pub limits: Limits,
    /// Patience.
    pub patience: Patience,
}

/// How long to wait and how often to try. Times are in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Patience {
    /// How long a server may be silent; for `command`, how long a picture may take.
    #[schemars(range(min = 0.001, max = 86_400.0))]
    pub idle_timeout: f64,
    /// How long a connection may take to be made.
    #[schemars(range(min = 0.001, max = 86_400.0))]
    pub connect_timeout: f64,
    /// Attempts in the face of passing faults.
    #[schemars(range(min = 1, max = 100))]
    pub attempts: u32,
    /// Further asks after a useless answer.
    #[schemars(range(min = 0, max = 10))]
    pub reasks: u32,
    /// The longest wait a call sits through before it gives its work back.
    #[schemars(range(min = 0.001, max = 86_400.0))]
    pub longest_wait: f64,
}

impl Default for Patience {
    fn default() -> Self {
        // Ten minutes: a large model on a slow machine is silent while it reads a chapter.
        Self {
            idle_timeout: 600.0,
            connect_timeout: 15.0,
            attempts: 5,
            reasks: 2,
            longest_wait: 120.0,
        }
    }
}

impl Patience {
    pub(crate) fn idle(&self) -> Duration {
        seconds(self.idle_timeout)
    }

    pub(crate) fn connect(&self) -> Duration {
        seconds(self.connect_timeout)
    }

    pub(crate) fn policy(&self) -> crate::retry::Policy {
        crate::retry::Policy {
            attempts: self.attempts.clamp(1, 100),
            reasks: self.reasks.min(10),
            longest_wait: seconds(self.longest_wait),
        }
    }
}

/// Between a millisecond and a day, whatever was written.
fn seconds(seconds: f64) -> Duration {
    let seconds = if seconds.is_nan() { 0.0 } else { seconds };
    Duration::from_secs_f64(seconds.clamp(0.001, 86_400.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_may_be_two_lines_long() {
        let config: TextConfig = toml::from_str("engine = 'ollama'\nmodel = 'qwen3:8b'").unwrap();
        assert_eq!(config.engine, TextEngine::Ollama);
        assert_eq!(config.patience, Patience::default());
        let config: ImageConfig = toml::from_str("engine = 'sd-server'").unwrap();
        assert_eq!(config.engine, ImageEngine::SdServer);
        assert_eq!(toml::from_str::<TextConfig>("").unwrap().engine, TextEngine::Builtin);
    }

    #[test]
    fn unknown_names_are_mistakes() {
        assert!(toml::from_str::<TextConfig>("modle = 'x'").is_err());
        assert!(toml::from_str::<ImageConfig>("engine = 'crayon'").is_err());
        assert!(toml::from_str::<TextConfig>("[limits]\nper_minute = 1").is_err());
        assert!(toml::from_str::<TextConfig>("key = 'sk-1'").is_err(), "keys do not belong here");
    }

    #[test]
    fn no_number_of_seconds_is_too_odd() {
        for odd in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
            assert!(seconds(odd) >= Duration::from_millis(1));
        }
    }

    #[test]
    fn a_section_survives_being_written_and_read() {
        let text = "engine = 'comfyui'\nworkflow = 'flux.json'\n[extra]\nsteps = 4\n";
        let config: ImageConfig = toml::from_str(text).unwrap();
        let again: ImageConfig = toml::from_str(&toml::to_string(&config).unwrap()).unwrap();
        assert_eq!(config, again);
    }
}
