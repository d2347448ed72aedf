//! What answers: the door between the daemon and whatever reads the text.
//!
//! **Invariant:** [`build`] makes the configured engine or none.

use std::path::Path;

use book::concept::ChapterConcepts;
use book::element::Elements;
use book::style::StyleGuide;
use book::{Book, Chapter};
use config::Genre;
use models::{BuildError, Call, CallError, Surroundings, TextConfig, build_text};
use serde_json::Value;

use crate::model::ModelEngine;
use crate::model::prompts::TemplateError;
use crate::reader::{self, Survey};

/// Finds the elements and the concepts of a book. Called from several threads.
pub trait TextEngine: Send + Sync {
    /// Its name and everything of its configuration that changes its answers. Part of the key of
    /// every record it makes.
    fn name(&self) -> String;

    /// Pass 1, on one chapter: whatever [`TextEngine::merge`] wants to know of it.
    ///
    /// # Errors
    /// [`CallError`] says whether to try again.
    fn survey(&self, chapter: &Chapter, call: &Call<'_>) -> Result<Value, CallError>;

    /// Pass 1, over the whole book.
    ///
    /// # Errors
    /// [`CallError`] says whether to try again.
    fn merge(&self, surveys: Vec<Value>) -> Result<Elements, CallError>;

    /// Pass 2, on one chapter: about one concept for every `pages_per_image` pages of 300 words.
    ///
    /// # Errors
    /// [`CallError`] says whether to try again.
    fn concepts(
        &self,
        chapter: &Chapter,
        elements: &Elements,
        pages_per_image: f64,
        call: &Call<'_>,
    ) -> Result<ChapterConcepts, CallError>;

    /// How the plates of the book are to look, judged by its text; `None` from an engine that cannot
    /// say.
    ///
    /// # Errors
    /// [`CallError`] says whether to try again.
    fn style(
        &self,
        book: &Book,
        elements: &Elements,
        call: &Call<'_>,
    ) -> Result<Option<StyleGuide>, CallError> {
        let _ = (book, elements, call);
        Ok(None)
    }

    /// Frees the graphics memory for another engine, where the server can.
    ///
    /// # Errors
    /// [`CallError`] where the server can but does not.
    fn unload(&self, call: &Call<'_>) -> Result<(), CallError> {
        let _ = call;
        Ok(())
    }
}

/// Why an engine cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Its configuration is wrong, or its key cannot be had.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A template of the project cannot be used.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// Builds the configured engine for a book of some kind and its project's folder.
///
/// # Errors
/// [`EngineError`] says what to set. No other engine is taken in its place.
pub fn build(
    config: &TextConfig,
    around: &Surroundings<'_>,
    book: &str,
    project: &Path,
    genre: Option<Genre>,
) -> Result<Box<dyn TextEngine>, EngineError> {
    if config.engine == models::TextEngine::Builtin {
        return Ok(Box::new(Builtin));
    }
    let model = build_text(config, around)?;
    Ok(Box::new(ModelEngine::new(model, &identity(config), book, project, genre)?))
}

/// What of a configuration changes the answers: not the key, the limits, or the patience.
fn identity(config: &TextConfig) -> String {
    let model = config.model.as_deref().unwrap_or("");
    let parts = [
        config.base_url.clone().unwrap_or_default(),
        format!("{:?} {:?} {:?}", config.context, config.max_output_tokens, config.temperature),
        config.extra.to_string(),
    ];
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let rest = book::project::key(&parts);
    let engine = serde_json::to_value(config.engine).unwrap_or_default();
    let engine = engine.as_str().unwrap_or_default();
    format!("{engine} {model} {}", rest.get(..8).unwrap_or_default())
}

/// The built-in reader: rules and statistics, offline.
#[derive(Debug, Clone, Copy, Default)]
pub struct Builtin;

impl TextEngine for Builtin {
    fn name(&self) -> String {
        "builtin".to_owned()
    }

    fn survey(&self, chapter: &Chapter, _: &Call<'_>) -> Result<Value, CallError> {
        serde_json::to_value(reader::survey(chapter)).map_err(|error| useless(&error))
    }

    fn merge(&self, surveys: Vec<Value>) -> Result<Elements, CallError> {
        let surveys: Result<Vec<Survey>, _> =
            surveys.into_iter().map(serde_json::from_value).collect();
        Ok(reader::merge(&surveys.map_err(|error| useless(&error))?))
    }

    fn concepts(
        &self,
        chapter: &Chapter,
        elements: &Elements,
        pages_per_image: f64,
        _: &Call<'_>,
    ) -> Result<ChapterConcepts, CallError> {
        Ok(reader::concepts(chapter, elements, pages_per_image))
    }
}

fn useless(error: &serde_json::Error) -> CallError {
    CallError::BadAnswer { engine: "builtin".to_owned(), what: error.to_string() }
}
