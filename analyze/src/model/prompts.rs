//! The questions: templates that come with the program and may be replaced by files of the same name
//! in the project's `templates` folder. A line `---` parts what the model is to be from what it is asked.
//! A preset for the kind of book says what is to be looked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use config::Genre;
use models::TextRequest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Folder of a project's own templates.
pub const FOLDER: &str = "templates";

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file cannot be read.
    #[error("cannot read the template {}", .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// It is not a template.
    #[error("the template {name}: {why}")]
    Malformed {
        /// Which.
        name: String,
        /// What is wrong with it, and where.
        why: String,
    },
}

/// What is looked for in a kind of book; empty words leave it to the template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Preset {
    /// The kind of book.
    #[serde(default)]
    pub genre: String,
    /// Whom and what besides people.
    pub elements: String,
    /// Which moments.
    pub moments: String,
}

static PRESETS: LazyLock<BTreeMap<String, Preset>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../templates/genres.toml")).unwrap_or_default()
});

impl Preset {
    fn of(genre: Option<Genre>) -> Self {
        let Some(name) = genre.map(Genre::name) else { return Self::default() };
        let preset = PRESETS.get(name).cloned().unwrap_or_default();
        Self { genre: name.replace('-', " "), ..preset }
    }
}

/// The templates in use.
#[derive(Debug, Clone)]
pub(super) struct Prompts {
    environment: minijinja::Environment<'static>,
    pub preset: Preset,
    /// All of their text, for the key of what is made with them.
    pub text: String,
}

/// Steps that filling in a template may take: what never ends is a mistake.
const MOST_STEPS: u64 = 1_000_000;

const SHIPPED: [(&str, &str); 3] = [
    ("survey.txt", include_str!("../../templates/survey.txt")),
    ("concepts.txt", include_str!("../../templates/concepts.txt")),
    ("style.txt", include_str!("../../templates/style.txt")),
];

impl Prompts {
    /// Those of a project, or those that come with the program, for a kind of book.
    pub fn of(project: &Path, genre: Option<Genre>) -> Result<Self, TemplateError> {
        let mut environment = minijinja::Environment::new();
        environment.set_fuel(Some(MOST_STEPS));
        environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        let preset = Preset::of(genre);
        let mut all = format!("{}{}", preset.elements, preset.moments);
        for (name, shipped) in SHIPPED {
            let path = project.join(FOLDER).join(name);
            let text = match std::fs::read_to_string(&path) {
                Ok(text) => text,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => shipped.to_owned(),
                Err(error) => return Err(TemplateError::Unreadable(path, error)),
            };
            all.push_str(&text);
            let added = environment.add_template_owned(name, text);
            added.map_err(|error| malformed(name, &error))?;
        }
        Ok(Self { environment, preset, text: all })
    }

    /// A question made from a template.
    pub fn request(
        &self,
        name: &str,
        facts: &impl Serialize,
        schema: Value,
    ) -> Result<TextRequest, TemplateError> {
        let template = self.environment.get_template(name).map_err(|e| malformed(name, &e))?;
        let text = template
            .render(minijinja::value::Serde(facts))
            .map_err(|error| malformed(name, &error))?;
        let (system, user) = text.split_once("\n---\n").unwrap_or(("", &text));
        let (system, user) = (system.trim().to_owned(), user.trim().to_owned());
        Ok(TextRequest { system, user, schema: Some(schema), ..TextRequest::default() })
    }
}

fn malformed(name: &str, error: &minijinja::Error) -> TemplateError {
    TemplateError::Malformed { name: name.to_owned(), why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_genre_has_a_preset_of_its_own() {
        let presets = Genre::ALL.map(|genre| Preset::of(Some(genre)));
        for preset in &presets {
            assert!(!preset.elements.is_empty() && !preset.moments.is_empty(), "{preset:?}");
            assert_eq!(presets.iter().filter(|other| other.moments == preset.moments).count(), 1);
        }
        assert_eq!(PRESETS.len(), presets.len());
        assert_eq!(Preset::of(None), Preset::default());
    }
}
