//! What is usual for each engine, and the server that the settings of a section lead to.
//!
//! Invariant: the usual key of a provider goes to that provider's own address and nowhere else
//! unless the configuration names it.

use std::path::PathBuf;

use crate::base_url::BaseUrl;
use crate::config::{ImageEngine, Patience, TextEngine};
use crate::endpoint::{Endpoint, KeyStyle};
use crate::engines::{BuildError, Surroundings};
use crate::http::Http;
use crate::money::Price;
use crate::secret::{KeyError, Secret};

/// What is usual for an engine.
pub(crate) struct Usual {
    pub name: &'static str,
    pub base_url: &'static str,
    pub key_variable: Option<&'static str>,
    pub key_style: KeyStyle,
    pub needs_model: bool,
    /// A careful guess, as local servers start with small contexts.
    pub context: u32,
}

const LOCAL: Usual = Usual {
    name: "",
    base_url: "",
    key_variable: None,
    key_style: KeyStyle::Bearer,
    needs_model: false,
    context: 8192,
};

const OPENAI: Usual = Usual {
    name: "openai",
    base_url: "https://api.openai.com/v1",
    key_variable: Some("OPENAI_API_KEY"),
    key_style: KeyStyle::Bearer,
    needs_model: true,
    context: 128_000,
};

const OPENROUTER: Usual = Usual {
    name: "openrouter",
    base_url: "https://openrouter.ai/api/v1",
    key_variable: Some("OPENROUTER_API_KEY"),
    ..OPENAI
};

const GEMINI: Usual = Usual {
    name: "gemini",
    base_url: "https://generativelanguage.googleapis.com/v1beta",
    key_variable: Some("GEMINI_API_KEY"),
    key_style: KeyStyle::Header("x-goog-api-key"),
    ..OPENAI
};

pub(crate) fn usual_text(engine: TextEngine) -> Option<Usual> {
    let local = |name, base_url| Usual { name, base_url, ..LOCAL };
    Some(match engine {
        TextEngine::Builtin => return None,
        TextEngine::OpenAi => OPENAI,
        TextEngine::OpenRouter => OPENROUTER,
        TextEngine::LlamaCpp => local("llamacpp", "http://127.0.0.1:8080/v1"),
        TextEngine::LmStudio => local("lmstudio", "http://127.0.0.1:1234/v1"),
        TextEngine::Vllm => local("vllm", "http://127.0.0.1:8000/v1"),
        TextEngine::Ollama => {
            Usual { needs_model: true, ..local("ollama", "http://127.0.0.1:11434") }
        }
        TextEngine::Anthropic => Usual {
            name: "anthropic",
            base_url: "https://api.anthropic.com/v1",
            key_variable: Some("ANTHROPIC_API_KEY"),
            key_style: KeyStyle::Header("x-api-key"),
            ..OPENAI
        },
        TextEngine::Gemini => GEMINI,
    })
}

pub(crate) fn usual_image(engine: ImageEngine) -> Option<Usual> {
    let local = |name, base_url| Usual { name, base_url, ..LOCAL };
    Some(match engine {
        ImageEngine::Builtin | ImageEngine::Command => return None,
        ImageEngine::OpenAi => OPENAI,
        ImageEngine::OpenRouter => OPENROUTER,
        ImageEngine::Gemini => GEMINI,
        ImageEngine::WebUi => {
            Usual { key_style: KeyStyle::Basic, ..local("webui", "http://127.0.0.1:7860") }
        }
        ImageEngine::SdServer => local("sd-server", "http://127.0.0.1:1234"),
        ImageEngine::ComfyUi => local("comfyui", "http://127.0.0.1:8188"),
    })
}

/// The settings that both sections have.
pub(crate) struct Settings<'a> {
    pub section: &'static str,
    pub base_url: Option<&'a str>,
    pub model: Option<&'a str>,
    pub key_env: Option<&'a str>,
    pub key_file: Option<&'a PathBuf>,
    pub patience: Patience,
}

impl Settings<'_> {
    pub fn endpoint(
        &self,
        usual: &Usual,
        around: &Surroundings<'_>,
    ) -> Result<Endpoint, BuildError> {
        let section = self.section;
        let base = BaseUrl::new(self.base_url.unwrap_or(usual.base_url))
            .map_err(|source| BuildError::Url { section, source })?;
        let key = self.key(usual, &base, around)?;
        if key.is_set() && base.would_leak_a_key() {
            return Err(BuildError::OpenKey { section, host: base.host().to_owned() });
        }
        let model = self.model.unwrap_or_default().trim().to_owned();
        if model.is_empty() && usual.needs_model {
            let (engine, setting) = (usual.name, "model");
            return Err(BuildError::Missing { section, engine, setting });
        }
        let price = around.prices.price(usual.name, &model);
        let local = usual.key_variable.is_none() || !self.is_at_home(usual, &base);
        let free = (local && base.is_private()).then_some(Price::Free);
        Ok(Endpoint {
            kind: usual.name,
            base,
            key,
            key_style: usual.key_style,
            headers: Vec::new(),
            model,
            policy: self.patience.policy(),
            // A server at home may pass requests on to a paid model that the table knows.
            price: price.or(free),
            http: Http::new(self.patience.idle(), self.patience.connect()),
        })
    }

    /// Whether the address is the provider's own.
    fn is_at_home(&self, usual: &Usual, base: &BaseUrl) -> bool {
        BaseUrl::new(usual.base_url).is_ok_and(|home| home.host() == base.host())
    }

    fn key(
        &self,
        usual: &Usual,
        base: &BaseUrl,
        around: &Surroundings<'_>,
    ) -> Result<Secret, BuildError> {
        let section = self.section;
        let wrong = |source| BuildError::Key { section, source };
        if let Some(path) = self.key_file {
            return Secret::from_file(path).map_err(wrong);
        }
        if let Some(name) = self.key_env {
            let key = Secret::from_env(name, around.env).map_err(wrong)?;
            return if key.is_set() { Ok(key) } else { Err(wrong(KeyError::NotSet(name.into()))) };
        }
        match usual.key_variable.filter(|_| self.is_at_home(usual, base)) {
            Some(name) => {
                let key = Secret::from_env(name, around.env).map_err(wrong)?;
                if key.is_set() { Ok(key) } else { Err(wrong(KeyError::NotSet(name.into()))) }
            }
            None => Ok(Secret::none()),
        }
    }
}
