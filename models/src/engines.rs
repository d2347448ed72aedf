//! From configuration to engine.
//!
//! Invariant: nothing but the configured engine is ever built.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use serde_json::{Map, Value};

use crate::base_url::UrlError;
use crate::config::{ImageConfig, ImageEngine, TextConfig, TextEngine};
use crate::gemini::{Gemini, GeminiImages, GeminiText};
use crate::image::chat::ChatImages;
use crate::image::comfyui::ComfyUi;
use crate::image::command::CommandImages;
use crate::image::openai::OpenAiImages;
use crate::image::webui::WebUi;
use crate::image::{ImageModel, USUAL_REFERENCES, workflow};
use crate::money::{Price, PriceTable};
use crate::secret::{Env, KeyError};
use crate::settings::{Settings, usual_image, usual_text};
use crate::template::mentions;
use crate::text::TextModel;
use crate::text::anthropic::{self, AnthropicText};
use crate::text::ollama::OllamaText;
use crate::text::openai::{Dialect, OpenAiText};

/// Why an engine cannot be built from its configuration.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// `builtin` is no model.
    #[error("the built-in engine is not a model")]
    Builtin,
    /// The address is no address.
    #[error("[{section}] base_url")]
    Url {
        /// `text` or `image`.
        section: &'static str,
        /// What is wrong with it.
        source: UrlError,
    },
    /// The key cannot be had.
    #[error("[{section}] key")]
    Key {
        /// `text` or `image`.
        section: &'static str,
        /// What is wrong with it.
        source: KeyError,
    },
    /// The key would travel where everybody can read it.
    #[error(
        "[{section}] base_url: a key is not sent to `{host}` without encryption; use `https://`"
    )]
    OpenKey {
        /// `text` or `image`.
        section: &'static str,
        /// The host.
        host: String,
    },
    /// The engine cannot do without a setting.
    #[error("[{section}] the engine `{engine}` needs `{setting}`")]
    Missing {
        /// `text` or `image`.
        section: &'static str,
        /// The engine.
        engine: &'static str,
        /// The setting.
        setting: &'static str,
    },
    /// A setting cannot be expressed in a request.
    #[error("[{section}] extra: {why}")]
    Extra {
        /// `text` or `image`.
        section: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The workflow file cannot be read or used.
    #[error("[image] the workflow {} {why}", path.display())]
    Workflow {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        why: String,
    },
}

/// What engines are built with, besides their section.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Where keys are looked up; [`crate::process_env`] outside of tests.
    pub env: Env<'a>,
    /// Prices.
    pub prices: &'a PriceTable,
}

fn extra(section: &'static str, table: &toml::Table) -> Result<Map<String, Value>, BuildError> {
    let wrong = |why: String| BuildError::Extra { section, why };
    match serde_json::to_value(table).map_err(|error| wrong(error.to_string()))? {
        Value::Object(fields) => Ok(fields),
        _ => Err(wrong("it is not a table".to_owned())),
    }
}

/// Builds the configured text engine.
///
/// ```
/// use std::sync::atomic::AtomicBool;
///
/// use models::{Call, PriceTable, Surroundings, TextConfig, TextRequest, build_text};
/// # use models::fakes::{Server, replies};
/// # let server = Server::script([replies::ollama("Three.", 9, "stop")]);
///
/// let mut config: TextConfig = toml::from_str("engine = 'ollama'\nmodel = 'qwen3:8b'")?;
/// # config.base_url = Some(server.url());
/// let prices = PriceTable::bundled();
/// let around = Surroundings { env: &models::process_env, prices: &prices };
/// let model = build_text(&config, &around)?;
///
/// let interrupt = AtomicBool::new(false);
/// let request = TextRequest { user: "How many mice?".into(), ..TextRequest::default() };
/// let answer = model.complete(&request, &Call::new(&interrupt))?;
/// assert_eq!(answer.text, "Three.");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`BuildError`] names the section, the setting and what to do.
pub fn build_text(
    config: &TextConfig,
    around: &Surroundings<'_>,
) -> Result<Box<dyn TextModel>, BuildError> {
    let usual = usual_text(config.engine).ok_or(BuildError::Builtin)?;
    let settings = Settings {
        section: "text",
        base_url: config.base_url.as_deref(),
        model: config.model.as_deref(),
        key_env: config.key_env.as_deref(),
        key_file: config.key_file.as_ref(),
        patience: config.patience,
    };
    let mut endpoint = settings.endpoint(&usual, around)?;
    let extra = extra("text", &config.extra)?;
    let key_variable = usual.key_variable;
    let context = config.context.unwrap_or(usual.context);
    let max_output_tokens = config.max_output_tokens.unwrap_or(4096).min(context / 2).max(1);
    let temperature = config.temperature;
    Ok(match config.engine {
        TextEngine::Ollama => {
            endpoint.base = endpoint.base.without("/v1");
            Box::new(OllamaText { endpoint, context, max_output_tokens, temperature, extra })
        }
        TextEngine::Anthropic => {
            endpoint.headers.push((anthropic::VERSION.0, anthropic::VERSION.1.to_owned()));
            Box::new(AnthropicText {
                endpoint,
                context,
                max_output_tokens,
                temperature,
                extra,
                key_variable,
                without_schema: AtomicBool::default(),
                without_temperature: AtomicBool::default(),
            })
        }
        TextEngine::Gemini => Box::new(GeminiText {
            gemini: Gemini { endpoint, extra, key_variable },
            context,
            max_output_tokens,
            temperature,
            without_schema: AtomicBool::default(),
        }),
        engine => Box::new(OpenAiText {
            endpoint,
            context,
            max_output_tokens,
            temperature,
            extra,
            key_variable,
            dialect: Mutex::new(match engine {
                TextEngine::OpenAi => Dialect::of_openai(),
                TextEngine::OpenRouter => Dialect::of_others(),
                _ => Dialect::of_local_servers(),
            }),
        }),
    })
}

/// Builds the configured image engine.
///
/// # Errors
/// [`BuildError`] names the section, the setting and what to do.
pub fn build_image(
    config: &ImageConfig,
    around: &Surroundings<'_>,
) -> Result<Box<dyn ImageModel>, BuildError> {
    let references = config.references.map_or(USUAL_REFERENCES, |most| most as usize);
    if config.engine == ImageEngine::Command {
        return build_command(config, around);
    }
    let usual = usual_image(config.engine).ok_or(BuildError::Builtin)?;
    let settings = Settings {
        section: "image",
        base_url: config.base_url.as_deref(),
        model: config.model.as_deref(),
        key_env: config.key_env.as_deref(),
        key_file: config.key_file.as_ref(),
        patience: config.patience,
    };
    let mut endpoint = settings.endpoint(&usual, around)?;
    let extra = extra("image", &config.extra)?;
    let (quality, key_variable) = (config.quality.clone(), usual.key_variable);
    Ok(match config.engine {
        ImageEngine::OpenRouter => Box::new(ChatImages {
            endpoint,
            quality,
            references,
            extra,
            key_variable,
            pictures_only: AtomicBool::default(),
        }),
        ImageEngine::Gemini => {
            let gemini = Gemini { endpoint, extra, key_variable };
            Box::new(GeminiImages { gemini, quality, references })
        }
        ImageEngine::WebUi | ImageEngine::SdServer => {
            let is_sd_server = config.engine == ImageEngine::SdServer;
            endpoint.base = endpoint.base.without("/v1").without("/sdapi");
            Box::new(WebUi { endpoint, references, extra, is_sd_server })
        }
        ImageEngine::ComfyUi => {
            let workflow = read_workflow(config)?;
            if endpoint.model.is_empty() && mentions(&workflow, "model") {
                let (section, engine, setting) = ("image", "comfyui", "model");
                return Err(BuildError::Missing { section, engine, setting });
            }
            let patience = config.patience.idle();
            Box::new(ComfyUi { endpoint, workflow, references, patience })
        }
        ImageEngine::OpenAi | ImageEngine::Builtin | ImageEngine::Command => {
            Box::new(OpenAiImages {
                references: OpenAiImages::references(&endpoint.model, config.references),
                endpoint,
                quality,
                extra,
                key_variable,
                unwanted: Mutex::default(),
            })
        }
    })
}

fn build_command(
    config: &ImageConfig,
    around: &Surroundings<'_>,
) -> Result<Box<dyn ImageModel>, BuildError> {
    if config.command.first().is_none_or(String::is_empty) {
        let (section, engine, setting) = ("image", "command", "command");
        return Err(BuildError::Missing { section, engine, setting });
    }
    Ok(Box::new(CommandImages {
        argv: config.command.clone(),
        timeout: config.patience.idle(),
        policy: config.patience.policy(),
        price: around.prices.price("command", "").or(Some(Price::Free)),
        // A program that does not look at them would have them drawn for nothing.
        references: config.references.map_or(0, |most| most as usize),
    }))
}

fn read_workflow(config: &ImageConfig) -> Result<Value, BuildError> {
    let Some(path) = &config.workflow else { return Ok(workflow::plain()) };
    let wrong = |why| BuildError::Workflow { path: path.clone(), why };
    let text =
        std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    workflow::check(&text).map_err(wrong)
}
