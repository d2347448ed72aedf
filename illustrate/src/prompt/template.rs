//! Templates: how a concept, its cast and the style guide become words.
//!
//! `templates/plate.md` in the project takes the place of the one that is built in, and so do
//! `templates/sheet.md` and `templates/portrait.md`. A template is data
//! from a folder that may come from anywhere: it can read nothing, and its steps are counted.

use book::concept::Concept;
use book::element::Element;
use book::likeness::Kind;
use book::style::StyleGuide;
use manifest::{Store, StoreError};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, context};

use super::one_line;

/// Where a project's own templates stand, and those that are built in.
const TEMPLATES: [(&str, &str); 3] = [
    (PLATE, include_str!("../../data/plate.md")),
    (SHEET, include_str!("../../data/sheet.md")),
    (PORTRAIT, include_str!("../../data/portrait.md")),
];
const PLATE: &str = "templates/plate.md";
const SHEET: &str = "templates/sheet.md";
const PORTRAIT: &str = "templates/portrait.md";
/// More steps than any sensible template takes.
const MOST_STEPS: u64 = 100_000;

/// Why there is no prompt.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The template cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The template is wrong.
    #[error("{0} cannot be used: {1}; mend it, or delete it to use the one that is built in")]
    Wrong(&'static str, String),
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
    /// Whose sheets go along as reference pictures, in their order.
    pub references: &'a [&'a str],
    /// Whether a picture that shows the manner goes along as the last one.
    pub manner_shown: bool,
}

/// Everything the prompt of a likeness is made from.
#[derive(Debug, Clone, Copy)]
pub struct Sitter<'a> {
    /// Title of the book.
    pub book: &'a str,
    /// Who or what it is, as far as it may be known.
    pub element: &'a Element,
    /// The manner.
    pub style: &'a StyleGuide,
    /// Whether its own sheet goes along as a reference picture.
    pub has_sheet: bool,
}

/// The words of a project for its plates.
#[derive(Debug)]
pub struct Template(Environment<'static>);

impl Template {
    /// The project's own templates, or those that are built in.
    ///
    /// # Errors
    /// [`TemplateError`] names the file and what is wrong with it.
    pub fn of(store: &Store) -> Result<Self, TemplateError> {
        let mut texts = Vec::new();
        for (name, built_in) in TEMPLATES {
            let own = store.get(name)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            texts.push((name, own.unwrap_or_else(|| built_in.to_owned())));
        }
        Self::parse(texts)
    }

    fn parse(texts: Vec<(&'static str, String)>) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_fuel(Some(MOST_STEPS));
        let mut syntax = SyntaxConfig::builder();
        let syntax = syntax.trim_blocks(true).lstrip_blocks(true).build().map_err(wrong(PLATE))?;
        environment.set_syntax(syntax);
        // A misspelt name is a mistake, and no prompt is drawn without what it should have said.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, text) in texts {
            environment.add_template_owned(name, text).map_err(wrong(name))?;
        }
        Ok(Self(environment))
    }

    fn filled(
        &self,
        name: &'static str,
        values: minijinja::Value,
    ) -> Result<String, TemplateError> {
        let template = self.0.get_template(name).map_err(wrong(name))?;
        Ok(template.render(values).map_err(wrong(name))?.trim().to_owned())
    }

    /// The prompt of a likeness.
    ///
    /// # Errors
    /// [`TemplateError::Wrong`] where the template asks for what there is not.
    pub fn render_likeness(
        &self,
        kind: Kind,
        sitter: &Sitter<'_>,
    ) -> Result<String, TemplateError> {
        let Sitter { element, style, .. } = sitter;
        let values = context! {
            book => one_line(sitter.book),
            name => one_line(&element.name),
            kind => format!("{:?}", element.kind).to_lowercase(),
            description => one_line(&element.description),
            references => sitter.has_sheet,
            style => style.manner(),
            avoid => one_line(&style.avoid),
            genre => &style.genre,
        };
        let name = match kind {
            Kind::Sheet => SHEET,
            Kind::Portrait => PORTRAIT,
        };
        self.filled(name, values)
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
            references => scene.references.iter().map(|name| one_line(name)).collect::<Vec<_>>(),
            manner_shown => scene.manner_shown,
        };
        self.filled(PLATE, values)
    }
}

fn wrong(name: &'static str) -> impl FnOnce(minijinja::Error) -> TemplateError {
    move |error| TemplateError::Wrong(name, error.to_string())
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
        let scene = Scene {
            book: "B",
            chapter: 3,
            title: "T",
            concept,
            cast: &cast,
            style: &style,
            references: &[],
            manner_shown: false,
        };
        Template::parse(vec![(PLATE, template.to_owned())])?.render(&scene)
    }

    fn built_in() -> Vec<(&'static str, String)> {
        TEMPLATES.map(|(name, text)| (name, text.to_owned())).to_vec()
    }

    #[test]
    fn reference_pictures_are_named_in_their_order() {
        let style = StyleGuide { words: "Loose ink.".to_owned(), ..StyleGuide::default() };
        let concept = concept();
        let scene = Scene {
            book: "B",
            chapter: 3,
            title: "T",
            concept: &concept,
            cast: &[],
            style: &style,
            references: &["Ada", "Tom"],
            manner_shown: true,
        };
        let prompt = Template::parse(built_in()).unwrap().render(&scene).unwrap();
        assert!(prompt.contains("\nReference pictures: 1. Ada; 2. Tom. Keep faces"), "{prompt}");
        assert!(prompt.contains("\nThe last reference picture shows the manner"), "{prompt}");
    }

    #[test]
    fn a_sheet_shows_a_person_twice_and_a_place_once() {
        let style = StyleGuide::default();
        let templates = Template::parse(built_in()).unwrap();
        let prompt = |kind, name: &str, of| {
            let element =
                Element { description: "grey walls".to_owned(), ..Element::new(name, of) };
            let sitter = Sitter { book: "B", element: &element, style: &style, has_sheet: false };
            templates.render_likeness(kind, &sitter).unwrap()
        };
        let ada = prompt(Kind::Sheet, "Ada", ElementType::Character);
        assert!(ada.starts_with("Character sheet of Ada, a character"), "{ada}");
        let castle = prompt(Kind::Sheet, "The Castle", ElementType::Place);
        assert!(castle.starts_with("Reference picture of The Castle, a place"), "{castle}");
        assert!(castle.contains("\nLooks: grey walls\n"), "{castle}");
        assert!(
            prompt(Kind::Portrait, "Ada", ElementType::Character).starts_with("Portrait of Ada")
        );
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
        assert_eq!(rendered(TEMPLATES[0].1, &concept()).unwrap(), expected);
    }

    #[test]
    fn a_project_may_have_words_of_its_own() {
        let template = "{{ cast[0].name }}, {{ cast[0].kind }}, in chapter {{ chapter }}";
        assert_eq!(rendered(template, &concept()).unwrap(), "Ada, character, in chapter 3");
    }

    #[test]
    fn the_text_of_a_book_is_no_template() {
        let hostile = Concept { description: "{{ 7 * 7 }}".to_owned(), ..concept() };
        assert!(rendered(TEMPLATES[0].1, &hostile).unwrap().starts_with("{{ 7 * 7 }}\n"));
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
