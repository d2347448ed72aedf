//! The questions: templates that come with the program and may be replaced by files of the same name
//! in the project's `templates` folder. A line `---` parts what the model is to be from what it is asked.

use std::path::{Path, PathBuf};

use models::TextRequest;
use serde::Serialize;
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

/// The templates in use.
#[derive(Debug, Clone)]
pub(super) struct Prompts {
    environment: minijinja::Environment<'static>,
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
    /// Those of a project, or those that come with the program.
    pub fn of(project: &Path) -> Result<Self, TemplateError> {
        let mut environment = minijinja::Environment::new();
        environment.set_fuel(Some(MOST_STEPS));
        environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        let mut all = String::new();
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
        Ok(Self { environment, text: all })
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
