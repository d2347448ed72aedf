//! An image model, on some server or as a program, as an engine.
//!
//! **Invariant:** what is returned was decoded before, whatever the server called it; no caption is
//! ever drawn into the picture of a model, since the bound book has one beside it.

use std::path::PathBuf;

use models::{
    BuildError, Call, CallError, ImageConfig, ImageModel, ImageRequest, Price, PriceTable,
    Surroundings, build_image,
};
use sha2::{Digest, Sha256};

use super::{Drawing, ImageEngine, Order};

/// Why an engine cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Its configuration does not do.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The workflow is part of what a plate is made from, and cannot be read.
    #[error("[image] the workflow {} cannot be read", path.display())]
    Workflow {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// An image model.
pub struct Model {
    name: String,
    model: Box<dyn ImageModel>,
}

impl Model {
    /// Builds the configured model.
    ///
    /// # Errors
    /// [`EngineError`] names the setting and what to do.
    pub fn new(
        config: &ImageConfig,
        env: models::Env<'_>,
        prices: &PriceTable,
    ) -> Result<Self, EngineError> {
        let model = build_image(config, &Surroundings { env, prices })?;
        Ok(Self { name: name(config)?, model })
    }
}

/// The engine, the model, and what else of the configuration changes the pictures. Where the server
/// listens does not.
fn name(config: &ImageConfig) -> Result<String, EngineError> {
    let engine = serde_json::to_value(config.engine).unwrap_or_default();
    let mut words = vec![engine.as_str().unwrap_or_default().to_owned()];
    words.extend(config.model.clone());
    words.extend(config.quality.clone());
    let mut rest = Sha256::new();
    let mut has_rest = false;
    for part in config.command.iter().cloned().chain(
        (!config.extra.is_empty()).then(|| toml::to_string(&config.extra).unwrap_or_default()),
    ) {
        rest.update(part.as_bytes());
        rest.update([0]);
        has_rest = true;
    }
    if let Some(path) = &config.workflow {
        let read = std::fs::read(path);
        rest.update(read.map_err(|source| EngineError::Workflow { path: path.clone(), source })?);
        has_rest = true;
    }
    if has_rest {
        words.push(rest.finalize()[..4].iter().map(|byte| format!("{byte:02x}")).collect());
    }
    Ok(words.join(" "))
}

impl ImageEngine for Model {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn is_costly(&self) -> bool {
        // What it costs is not always known; then it may cost something.
        self.model.price() != Some(Price::Free)
    }

    fn job(&self, request_id: &str) -> Option<String> {
        self.model.job(request_id)
    }

    fn reads_prompts(&self) -> bool {
        true
    }

    fn most_references(&self) -> usize {
        self.model.most_references()
    }

    fn unload(&self, call: &Call<'_>) -> Result<(), CallError> {
        self.model.unload(call)
    }

    fn draw(&self, order: &Order<'_>, call: &Call<'_>) -> Result<Drawing, CallError> {
        let request = ImageRequest {
            prompt: order.prompt.to_owned(),
            negative: order.avoid.to_owned(),
            width: order.size[0],
            height: order.size[1],
            // More than 32 bits of a seed are refused by some servers.
            seed: Some(order.seed & u64::from(u32::MAX)),
            references: order.references.to_vec(),
            request_id: order.request_id.to_owned(),
        };
        let answer = self.model.draw(&request, call)?;
        let extension = answer.picture.extension();
        Ok(Drawing { bytes: answer.picture.bytes, extension })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(toml: &str) -> String {
        name(&toml::from_str(toml).unwrap()).unwrap()
    }

    #[test]
    fn the_name_says_what_changes_the_pictures_and_not_where_the_server_is() {
        let plain = "engine = 'openai'\nmodel = 'gpt-image-1'\nquality = 'high'";
        assert_eq!(named(plain), "openai gpt-image-1 high");
        assert_eq!(named(&format!("{plain}\nbase_url = 'http://elsewhere'")), named(plain));
        assert_ne!(named(&format!("{plain}\n[extra]\nbackground = 'opaque'")), named(plain));
        let programs = ["'draw'", "'draw', '-x'"]
            .map(|p| named(&format!("engine = 'command'\ncommand = [{p}]")));
        assert_ne!(programs[0], programs[1]);
    }
}
