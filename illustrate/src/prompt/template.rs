//! Templates: how a concept, its cast and the style guide become words.
//!
//! `templates/plate.md` in the project takes the place of the one that is built in. A template is data
//! from a folder that may come from anywhere: it can read nothing, and its steps are counted.

use book::concept::Concept;
use book::element::Element;
use book::style::StyleGuide;
use manifest::{Store, StoreError};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, context};

use super::one_line;

/// Where a project's own template stands.
pub const PLATE: &str = "templates/plate.md";
const BUILT_IN: &str = include_str!("../../data/plate.md");
/// More steps than any sensible template takes.
const MOST_STEPS: u64 = 100_000;

/// Why there is no prompt.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The template cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The template is wrong.
    #[error("{PLATE} cannot be used: {0}; mend it, or delete it to use the one that is built in")]
    Wrong(String),
}

/// Everything a prompt is made from.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Title of the book.
    pub book: &'a str,
    /// Number of the chapter.
    pub chapter: u32,
    /// Title of the chapter.
    pub title: &'a str,
    /// The moment.
    pub concept: &'a Concept,
    /// Who and what is there, as known by this chapter.
    pub cast: &'a [Element],
    /// The manner.
    pub style: &'a StyleGuide,
}

/// The words of a project for its plates.
#[derive(Debug)]
pub struct Template(Environment<'static>);

impl Template {
    /// The project's own template, or the one that is built in.
    ///
    /// # Errors
    /// [`TemplateError`] names the file and what is wrong with it.
    pub fn of(store: &Store) -> Result<Self, TemplateError> {
        match store.get(PLATE)? {
            Some(bytes) => Self::parse(String::from_utf8_lossy(&bytes).into_owned()),
            None => Self::parse(BUILT_IN.to_owned()),
        }
    }

    fn parse(text: String) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_fuel(Some(MOST_STEPS));
        let mut syntax = SyntaxConfig::builder();
        let syntax = syntax.trim_blocks(true).lstrip_blocks(true).build().map_err(wrong)?;
        environment.set_syntax(syntax);
        // A misspelt name is a mistake, and no prompt is drawn without what it should have said.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_template_owned("plate", text).map_err(wrong)?;
        Ok(Self(environment))
    }

    /// The prompt of a plate.
    ///
    /// # Errors
    /// [`TemplateError::Wrong`] where the template asks for what there is not.
    pub fn render(&self, scene: &Scene<'_>) -> Result<String, TemplateError> {
        let Scene { concept, style, .. } = scene;
        let one = |element: &Element| {
            let kind = format!("{:?}", element.kind).to_lowercase();
            context! { name => &element.name, kind, description => one_line(&element.description) }
        };
        let cast: Vec<_> = scene.cast.iter().map(one).collect();
        let values = context! {
            book => one_line(scene.book),
            chapter => scene.chapter,
            title => one_line(scene.title),
            description => one_line(&concept.description),
            quote => one_line(&concept.quote),
            setting => one_line(&concept.setting),
            time_of_day => one_line(&concept.time_of_day),
            weather => one_line(&concept.weather),
            mood => one_line(&concept.mood),
            lighting => one_line(&concept.lighting),
            cast,
            style => style.manner(),
            avoid => one_line(&style.avoid),
            genre => &style.genre,
        };
        let template = self.0.get_template("plate").map_err(wrong)?;
        Ok(template.render(values).map_err(wrong)?.trim().to_owned())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
fn wrong(error: minijinja::Error) -> TemplateError {
    TemplateError::Wrong(error.to_string())
}

#[cfg(test)]
mod tests {
    use book::element::ElementType;

    use super::*;

    fn rendered(template: &str, concept: &Concept) -> Result<String, TemplateError> {
        let ada = Element {
            description: "red hair".to_owned(),
            ..Element::new("Ada", ElementType::Character)
        };
        let style = StyleGuide {
            words: "Loose ink.".to_owned(),
            avoid: "text".to_owned(),
            ..StyleGuide::default()
        };
        let cast = [ada];
        let scene =
            Scene { book: "B", chapter: 3, title: "T", concept, cast: &cast, style: &style };
        Template::parse(template.to_owned())?.render(&scene)
    }

    fn concept() -> Concept {
        Concept {
            index: 1,
            quote: "The  ford\nwas high.".to_owned(),
            description: "Ada wades the ford".to_owned(),
            setting: "river".to_owned(),
            weather: "rain".to_owned(),
            ..Concept::default()
        }
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        let expected = "Ada wades the ford\nAda: red hair\nSetting: river\nWeather: rain\n\
                        Passage: The ford was high.\nStyle: Loose ink.\n\nAvoid: text";
        assert_eq!(rendered(BUILT_IN, &concept()).unwrap(), expected);
    }

    #[test]
    fn a_project_may_have_words_of_its_own() {
        let template = "{{ cast[0].name }}, {{ cast[0].kind }}, in chapter {{ chapter }}";
        assert_eq!(rendered(template, &concept()).unwrap(), "Ada, character, in chapter 3");
    }

    #[test]
    fn the_text_of_a_book_is_no_template() {
        let hostile = Concept { description: "{{ 7 * 7 }}".to_owned(), ..concept() };
        assert!(rendered(BUILT_IN, &hostile).unwrap().starts_with("{{ 7 * 7 }}\n"));
    }

    #[test]
    fn a_template_that_is_wrong_or_without_end_is_said_to_be() {
        let endless =
            "{% for a in range(9000) %}{% for b in range(9000) %}x{% endfor %}{% endfor %}";
        for template in ["{{ descripton }}", "{% if %}", endless, "{% include '/etc/passwd' %}"] {
            let error = rendered(template, &concept()).unwrap_err();
            assert!(error.to_string().contains(PLATE), "{error}");
        }
    }
}
