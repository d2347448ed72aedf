//! A text model as the engine that reads a book.
//!
//! Pass 1 asks of every chapter who and what is in it, and merges the answers by our own rules; pass 2
//! asks for the moments. A chapter that is longer than the model's context is asked about in pieces.
//! What comes back is the work of a stranger: see `answers` and `locate`.
//!
//! **Invariant:** what a record gives as the book's own words stands in the book, or is marked as
//! unverified; an element that the text does not name does not exist.

mod answers;
mod locate;
mod merge;
pub mod prompts;
mod split;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::{Path, PathBuf};

use book::concept::{ChapterConcepts, Concept};
use book::element::{Element, Elements, Fact, Quote};
use book::style::{Origin, StyleGuide};
use book::{Book, Chapter, project};
use config::Genre;
use models::{Call, CallError, StopCause, TextModel, TextRequest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::answers::{ConceptAnswer, ConceptsAnswer, SeenAnswer, StyleAnswer, SurveyAnswer};
use self::locate::{Word, locate, words};
use self::merge::{ChapterSurvey, Seen};
use self::prompts::{Prompts, TemplateError};
use crate::engine::TextEngine;

/// Tokens of a question besides the text it is about.
const AROUND: u64 = 1500;
/// How often a text that the server finds too long is cut smaller.
const CUTS: u32 = 4;
/// Where the answers about pieces of chapters are kept.
const PIECES: &str = "pieces";
/// Most elements that a question about moments names.
const MOST_NAMED: usize = 40;
/// Words to a page.
const PAGE: f64 = 300.0;

/// A text model as an engine.
pub struct ModelEngine {
    model: Box<dyn TextModel>,
    name: String,
    book: String,
    prompts: Prompts,
    project: PathBuf,
}

impl ModelEngine {
    /// An engine that asks `model`. `name` says which it is and all of its configuration that changes
    /// its answers; `project` may hold templates of its own, and `genre` chooses what is looked for.
    ///
    /// # Errors
    /// [`TemplateError`] where one of those cannot be used.
    pub fn new(
        model: Box<dyn TextModel>,
        name: &str,
        book: &str,
        project: &Path,
        genre: Option<Genre>,
    ) -> Result<Self, TemplateError> {
        let prompts = Prompts::of(project, genre)?;
        let templates = project::key(&[&prompts.text]);
        let name = format!("{name} {}", templates.get(..8).unwrap_or_default());
        let (book, project) = (answers::line(book, 200), project.to_owned());
        Ok(Self { model, name, book, prompts, project })
    }

    /// Tokens of text that fit into one question.
    fn room(&self) -> u64 {
        let context = u64::from(self.model.context());
        // A quarter is left for the answer.
        (context - context / 4).saturating_sub(AROUND).max(context / 4)
    }

    /// Asks about every piece of a text; pieces that turn out too long are cut smaller.
    fn ask_in_pieces<T: DeserializeOwned>(
        &self,
        text: &str,
        call: &Call<'_>,
        question: impl Fn(Range<usize>) -> Result<TextRequest, CallError>,
    ) -> Result<Vec<(Range<usize>, T)>, CallError> {
        let mut room = self.room();
        for cut in 0.. {
            let pieces = split::pieces(text, room);
            let several = pieces.len() > 1;
            let ask = |piece: Range<usize>| {
                let request = question(piece.clone())?;
                let answer =
                    if several { self.ask_once(&request, call) } else { self.ask(&request, call) };
                Ok((piece, answer?))
            };
            match pieces.into_iter().map(ask).collect() {
                Err(CallError::TooLong { .. }) if cut < CUTS => room /= 2,
                answers => return answers,
            }
        }
        Ok(Vec::new())
    }

    /// Asks about a piece of a chapter, or finds the answer that came before a crash: a chapter has its
    /// record only when all of its pieces are answered, and none is to be paid for twice.
    fn ask_once<T: DeserializeOwned>(
        &self,
        request: &TextRequest,
        call: &Call<'_>,
    ) -> Result<T, CallError> {
        let schema = request.schema.as_ref().map(Value::to_string).unwrap_or_default();
        let key = project::key(&["piece", &self.name, &request.system, &request.user, &schema]);
        let name = format!("{PIECES}/{}.json", key.get(..16).unwrap_or(&key));
        let kept = manifest::artifact::get(&self.project, &name).ok().flatten();
        if let Some(found) = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            return Ok(found);
        }
        let answer: Value = self.ask(request, call)?;
        // What cannot be kept is asked for again after a crash, and is no reason to fail now.
        let _ = manifest::artifact::put(&self.project, &name, answer.to_string().as_bytes());
        serde_json::from_value(answer).map_err(|error| self.useless(&error))
    }

    fn ask<T: DeserializeOwned>(
        &self,
        request: &TextRequest,
        call: &Call<'_>,
    ) -> Result<T, CallError> {
        let answer = self.model.complete(request, call)?;
        serde_json::from_value(answer.json.unwrap_or_default()).map_err(|e| self.useless(&e))
    }

    fn request(
        &self,
        template: &str,
        facts: &impl Serialize,
        schema: Value,
    ) -> Result<TextRequest, CallError> {
        self.prompts.request(template, facts, schema).map_err(|error| CallError::Stop {
            engine: self.name.clone(),
            cause: StopCause::Setup,
            what: error.to_string(),
            next: "mend the file, or delete it to use the one that comes with woodcut".to_owned(),
        })
    }

    fn useless(&self, what: &dyn std::fmt::Display) -> CallError {
        CallError::BadAnswer { engine: self.name.clone(), what: what.to_string() }
    }
}

impl TextEngine for ModelEngine {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn unload(&self, call: &Call<'_>) -> Result<(), CallError> {
        self.model.unload(call)
    }

    fn survey(&self, chapter: &Chapter, call: &Call<'_>) -> Result<Value, CallError> {
        let question = |piece: Range<usize>| {
            let facts = json!({
                "book": self.book,
                "chapter": chapter.number,
                "title": answers::line(&chapter.title, 200),
                "preset": self.prompts.preset,
                "text": &chapter.text[piece],
            });
            self.request("survey.txt", &facts, answers::survey_schema())
        };
        let found: Vec<(_, SurveyAnswer)> = self.ask_in_pieces(&chapter.text, call, question)?;
        let words = words(&chapter.text);
        let seen = found.into_iter().flat_map(|(_, answer)| answer.cleaned());
        let seen = seen.filter_map(|answer| seen_in(chapter, &words, &answer)).collect();
        let survey = ChapterSurvey { chapter: chapter.number, seen };
        serde_json::to_value(survey).map_err(|error| self.useless(&error))
    }

    fn merge(&self, surveys: Vec<Value>) -> Result<Elements, CallError> {
        let surveys: Result<Vec<ChapterSurvey>, _> =
            surveys.into_iter().map(serde_json::from_value).collect();
        Ok(merge::merge(surveys.map_err(|error| self.useless(&error))?))
    }

    fn concepts(
        &self,
        chapter: &Chapter,
        elements: &Elements,
        pages_per_image: f64,
        call: &Call<'_>,
    ) -> Result<ChapterConcepts, CallError> {
        let words = words(&chapter.text);
        let known = named_in(elements, &words, chapter.number);
        let wanted = wanted(words.len(), pages_per_image);
        let question = |piece: Range<usize>| {
            let share = piece.len() as f64 / chapter.text.len().max(1) as f64;
            let facts = json!({
                "book": self.book,
                "chapter": chapter.number,
                "title": answers::line(&chapter.title, 200),
                "elements": known,
                "preset": self.prompts.preset,
                "count": (wanted as f64 * share).round().max(1.0) as u64,
                "text": &chapter.text[piece],
            });
            self.request("concepts.txt", &facts, answers::concepts_schema())
        };
        let found: Vec<(Range<usize>, ConceptsAnswer)> =
            self.ask_in_pieces(&chapter.text, call, question)?;
        let answers = found.into_iter().flat_map(|(piece, answer)| {
            answer.concepts.into_iter().map(move |concept| (piece.start, concept.cleaned()))
        });
        let concepts = answers
            .take(4 * wanted + 4)
            .filter(|(_, answer)| !answer.description.is_empty())
            .map(|(start, answer)| concept(chapter, &words, elements, start, answer))
            .collect();
        let concepts = chosen(concepts, wanted);
        if concepts.is_empty() && wanted > 0 {
            return Err(self.useless(&"it names no moment of the chapter"));
        }
        let (chapter, title) = (chapter.number, chapter.title.clone());
        Ok(ChapterConcepts { chapter, title, concepts })
    }

    fn style(
        &self,
        book: &Book,
        elements: &Elements,
        call: &Call<'_>,
    ) -> Result<Option<StyleGuide>, CallError> {
        let names: Vec<&str> = elements.elements.iter().take(15).map(|e| e.name.as_str()).collect();
        let beginning = book.chapters.first().map_or("", |chapter| chapter.text.as_str());
        let room = (self.room() / 2).min(1500);
        let piece = split::pieces(beginning, room).into_iter().next().unwrap_or_default();
        let facts = json!({
            "book": self.book,
            "author": answers::line(&book.author, 200),
            "elements": names.join(", "),
            "text": &beginning[piece],
        });
        let request = self.request("style.txt", &facts, answers::style_schema())?;
        let mut answer: StyleAnswer = self.ask(&request, call)?;
        answer.palette.truncate(8);
        let words = answers::line(&answer.words, answers::PASSAGE);
        Ok((!words.is_empty()).then(|| StyleGuide {
            words,
            palette: answer.palette.iter().map(|colour| answers::line(colour, 40)).collect(),
            avoid: answers::line(&answer.avoid, 300),
            genre: answers::line(&answer.genre, 40).to_lowercase(),
            pictures: Vec::new(),
            origin: Origin::Text,
        }))
    }
}

/// What an answer says of one element, as far as the chapter bears it out.
fn seen_in(chapter: &Chapter, text: &[Word], answer: &SeenAnswer) -> Option<Seen> {
    let names = std::iter::once(&answer.name).chain(&answer.aliases);
    let counted = names.filter_map(|name| {
        let count = locate::count(text, &words(name));
        (count > 0).then(|| (name.clone(), u32::try_from(count).unwrap_or(u32::MAX)))
    });
    let names: std::collections::BTreeMap<String, u32> = counted.collect();
    let name = if names.contains_key(&answer.name) {
        answer.name.clone()
    } else {
        names.iter().max_by_key(|(_, count)| **count)?.0.clone()
    };
    let quoted = |quote: &str| {
        let at = locate(&chapter.text, text, quote)?;
        (at.len() <= 2 * answers::PASSAGE).then_some(at)
    };
    let fact = |looks: &answers::LooksAnswer| {
        let at = quoted(&looks.quote).filter(|_| !looks.words.is_empty())?;
        Some(Fact {
            chapter: chapter.number,
            offset: at.start,
            quote: chapter.text[at].to_owned(),
            text: looks.words.clone(),
            aspect: answers::aspect(&looks.aspect),
            named: name.clone(),
        })
    };
    let quote = |quote: &String| {
        let at = quoted(quote)?;
        let (chapter, text) = (chapter.number, &chapter.text);
        Some(Quote { chapter, offset: at.start, text: text[at].to_owned() })
    };
    Some(Seen {
        kind: answers::kind(&answer.kind),
        gender: answer.gender.as_deref().and_then(answers::gender),
        facts: answer.looks.iter().filter_map(fact).collect(),
        quotes: answer.quotes.iter().filter_map(quote).collect(),
        names,
        name,
    })
}

/// An element as a question names it.
#[derive(Debug, Serialize)]
struct Named<'a> {
    name: &'a str,
    kind: Value,
    looks: String,
}

/// The elements that a chapter names, as far as the reader knows them by then.
fn named_in<'a>(elements: &'a Elements, text: &[Word], chapter: u32) -> Vec<Named<'a>> {
    let is_here = |element: &&Element| {
        let mut names = std::iter::once(&element.name).chain(&element.aliases);
        element.chapters.contains(&chapter)
            || names.any(|name| locate::find(text, &words(name)).is_some())
    };
    let named = |element: &'a Element| Named {
        name: &element.name,
        kind: json!(element.kind),
        looks: answers::line(&element.description_at(chapter), 300),
    };
    elements.elements.iter().filter(is_here).take(MOST_NAMED).map(named).collect()
}

/// How many moments a chapter of so many words is to have.
pub(crate) fn wanted(words: usize, pages_per_image: f64) -> usize {
    let sound = pages_per_image.is_finite() && pages_per_image > 0.0;
    let pages_per_image = if sound { pages_per_image } else { 10.0 };
    let wanted = (words as f64 / PAGE / pages_per_image).round();
    if words == 0 { 0 } else { (wanted as usize).clamp(1, 500) }
}

fn concept(
    chapter: &Chapter,
    text: &[Word],
    elements: &Elements,
    piece: usize,
    answer: ConceptAnswer,
) -> Concept {
    let found = locate(&chapter.text, text, &answer.quote);
    let quote = match &found {
        Some(at) => chapter.text[at.clone()].to_owned(),
        None => answers::line(&answer.quote, answers::PASSAGE),
    };
    let mut present: Vec<String> = Vec::new();
    for name in &answer.elements {
        let key = merge::key(name);
        let is_it = |e: &&Element| {
            std::iter::once(&e.name).chain(&e.aliases).any(|name| merge::key(name) == key)
        };
        let element = elements.elements.iter().find(is_it).map(|element| element.name.clone());
        present.extend(element.filter(|name| !present.contains(name)));
    }
    Concept {
        index: 0,
        unverified: found.is_none(),
        offset: found.map_or(piece, |at| at.start),
        quote,
        description: answer.description,
        elements: present,
        setting: answer.setting,
        time_of_day: answer.time_of_day,
        weather: answer.weather,
        mood: answer.mood,
        lighting: answer.lighting,
    }
}

/// At most so many moments, those with a quote of the book first, in reading order and numbered.
fn chosen(mut concepts: Vec<Concept>, wanted: usize) -> Vec<Concept> {
    concepts.sort_by_key(|concept| concept.unverified);
    concepts.truncate(wanted);
    concepts.sort_by_key(|concept| concept.offset);
    concepts.dedup_by(|a, b| !a.unverified && !b.unverified && a.offset == b.offset);
    for (concept, index) in concepts.iter_mut().zip(1..) {
        concept.index = index;
    }
    concepts
}
