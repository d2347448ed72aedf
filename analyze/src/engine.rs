//! What answers: the door between the daemon and whatever reads the text.

use book::Chapter;
use book::concept::ChapterConcepts;
use book::element::Elements;
use models::CallError;
use serde_json::Value;

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
    fn survey(&self, chapter: &Chapter) -> Result<Value, CallError>;

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
    ) -> Result<ChapterConcepts, CallError>;
}

/// The built-in reader: rules and statistics, offline.
#[derive(Debug, Clone, Copy, Default)]
pub struct Builtin;

impl TextEngine for Builtin {
    fn name(&self) -> String {
        "builtin".to_owned()
    }

    fn survey(&self, chapter: &Chapter) -> Result<Value, CallError> {
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
    ) -> Result<ChapterConcepts, CallError> {
        Ok(reader::concepts(chapter, elements, pages_per_image))
    }
}

fn useless(error: &serde_json::Error) -> CallError {
    CallError::BadAnswer { engine: "builtin".to_owned(), what: error.to_string() }
}
