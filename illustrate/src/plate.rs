//! One plate: its prompt, its key, the picture, the record, the event.
//!
//! A plate's name ends with the key of everything it is made from, and a file of that name appeared
//! whole: so a plate that is there is recorded and never drawn again, however the process that drew it
//! ended. Always the picture first, then its record, then the event.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use book::concept::{ChapterConcepts, Concept};
use book::project::{self, ChapterPlates, PlateRecord};
use manifest::{ChapterEvent, Plate};
use models::{Call, CallError, Notice};

use crate::IllustrateError;
use crate::duty::Illustration;
use crate::engine::{Drawing, Order};
use crate::engraver::Colours;
use crate::in_hand::Unit;
use crate::intent::{Intent, Noting};
use crate::likeness::References;
use crate::message::Message;
use crate::prompt::soften::{self, soften};
use crate::prompt::template::Scene;
use crate::prompt::{self, draft, draft::Draft};

/// The endings that the name of a plate may have.
const KINDS: [&str; 4] = ["png", "jpg", "webp", "gif"];

/// A picture on disk: its name, and the softer words it took.
pub(crate) struct Found {
    pub file: String,
    pub softened: Option<String>,
}

/// Keeps the intent of a call with its chapter.
struct OfPlate<'p> {
    duty: &'p Illustration<'p>,
    unit: Unit,
    concept: &'p Concept,
}

impl Intent for OfPlate<'_> {
    fn begin(&self, request_id: &str) -> Result<(), IllustrateError> {
        let (token, concept) = (self.unit.token, self.concept.index);
        let change = if let Some(job) = self.duty.engine.job(request_id) {
            ChapterEvent::PlateQueued { token, concept, job }
        } else if self.duty.engine.is_costly() {
            ChapterEvent::PlateIntended { token, concept, key: request_id.to_owned() }
        } else {
            return Ok(());
        };
        self.duty.record(self.unit, change)
    }

    fn end(&self) -> Result<(), IllustrateError> {
        let (token, concept) = (self.unit.token, self.concept.index);
        let is_intended = self.duty.store.view(|manifest| {
            let chapter = manifest.chapters().get(&self.unit.chapter);
            chapter.is_some_and(|chapter| chapter.intents.contains_key(&concept))
        })?;
        match is_intended {
            true => self.duty.record(self.unit, ChapterEvent::PlateNotDrawn { token, concept }),
            false => Ok(()),
        }
    }
}

impl Illustration<'_> {
    /// Makes sure that a concept has its plate or its reason; the inner error is the engine's.
    pub(crate) fn one_plate(
        &self,
        unit: Unit,
        book: &str,
        chapter: &ChapterConcepts,
        concept: &Concept,
    ) -> Result<Result<(), CallError>, IllustrateError> {
        if !self.store.may_go_on()? {
            return Ok(Err(CallError::Interrupted));
        }
        let begun = Instant::now();
        let (_, elements) = self.elements.read(self.store)?;
        let cast = prompt::cast(concept, &elements, chapter.chapter);
        let (number, title) = (chapter.chapter, chapter.title.as_str());
        let faces = match self.faces(book, &elements, &cast, number)? {
            Ok(faces) => faces,
            Err(error) => return Ok(Err(error)),
        };
        let names: Vec<&str> = faces.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        let manner = self.manner.read(self.store, self.look)?;
        let style = &manner.guide;
        let scene = Scene {
            book,
            chapter: number,
            title,
            concept,
            cast: &cast,
            style,
            references: &names,
            manner_shown: faces.manner.is_some(),
        };
        let written = self.template.render(&scene)?;
        let name = draft::name(unit.chapter, concept.index);
        let draft = draft::settle(self.store, &name, &written)?;
        let of_its_own = || faces.seed.unwrap_or_else(|| self.seed_of(book, number, concept.index));
        let seed = draft.seed.unwrap_or_else(of_its_own);
        let references = faces.into_references();
        let colours = Colours::of(book, &elements.elements);
        // Only the engraver prints in the book's colours.
        let inks = if self.engine.reads_prompts() { "" } else { colours.name() };
        let what = format!("plate {inks}");
        let key = self.key(what.trim_end(), &draft.text, seed, self.size, &references);
        let moment = self.as_told(concept, &draft);
        let (text, avoid) = draft.split();
        let order = Order {
            book,
            colours,
            chapter: number,
            chapter_title: title,
            concept: &moment,
            cast: &cast,
            prompt: text,
            avoid,
            references: &references.pictures,
            size: self.size,
            seed,
            request_id: &key,
        };
        let name = |kind: &str| {
            let words = if title.is_empty() { &concept.quote } else { title };
            project::plate_name(unit.chapter, concept.index, words, &key, kind)
        };
        let found = match self.picture(&name, &order, &OfPlate { duty: self, unit, concept })? {
            Ok(found) => found,
            Err(CallError::Refused { reason, .. }) => {
                (self.tell)(Message::Blocked(unit.chapter, concept.index, reason.clone()));
                let (token, concept) = (unit.token, concept.index);
                let blocked = ChapterEvent::PlateBlocked { token, concept, reason };
                return Ok(Ok(self.record(unit, blocked)?));
            }
            Err(error) => return Ok(Err(error)),
        };
        let plate = PlateRecord {
            concept: concept.index,
            file: found.file,
            key: key.clone(),
            prompt: draft.text.clone(),
            engine: self.engine.name(),
            size: self.size,
            seed,
            softened: found.softened,
        };
        self.announce(unit, plate, begun.elapsed())?;
        Ok(Ok(()))
    }

    /// The moment, for an engine that does not read prompts: where a person has changed the words, they
    /// are what is to be shown, and what the book says of light and weather is theirs to say.
    fn as_told(&self, concept: &Concept, draft: &Draft) -> Concept {
        if self.engine.reads_prompts() || !draft.edited {
            return concept.clone();
        }
        Concept {
            index: concept.index,
            quote: concept.quote.clone(),
            offset: concept.offset,
            description: draft.split().0.to_owned(),
            elements: concept.elements.clone(),
            unverified: concept.unverified,
            ..Concept::default()
        }
    }

    /// A picture that is on disk under one of the names it may have.
    pub(crate) fn found(
        &self,
        name: &dyn Fn(&str) -> String,
    ) -> Result<Option<String>, IllustrateError> {
        for kind in KINDS {
            let path = manifest::artifact::path(self.store.folder(), &name(kind))?;
            if image::image_dimensions(&path).is_ok() {
                return Ok(Some(name(kind)));
            }
        }
        Ok(None)
    }

    /// The picture of an order, drawn if it is not there; a refused prompt is softened, within bounds.
    /// `intent` hears of every call before it is made.
    pub(crate) fn picture(
        &self,
        name: &dyn Fn(&str) -> String,
        order: &Order<'_>,
        intent: &dyn Intent,
    ) -> Result<Result<Found, CallError>, IllustrateError> {
        if let Some(file) = self.found(name)? {
            return Ok(Ok(Found { file, softened: None }));
        }
        let mut refusal = CallError::Interrupted;
        for step in 0..=soften::MOST {
            let softened = (step > 0).then(|| soften(order.prompt, step));
            let told = softened.as_deref().unwrap_or(order.prompt);
            let id = format!("{}-{step}", order.request_id);
            let id = if step == 0 { order.request_id } else { &id };
            let order = Order { prompt: told, request_id: id, ..*order };
            match self.ask(&order, intent)? {
                Ok(drawing) => {
                    let file = name(drawing.extension);
                    self.store.put(&file, &drawing.bytes)?;
                    return Ok(Ok(Found { file, softened }));
                }
                Err(error @ CallError::Refused { .. }) => refusal = error,
                Err(error) => return Ok(Err(error)),
            }
            if !self.engine.reads_prompts() {
                break;
            }
        }
        Ok(Err(refusal))
    }

    /// One call of the engine.
    fn ask(
        &self,
        order: &Order<'_>,
        intent: &dyn Intent,
    ) -> Result<Result<Drawing, CallError>, IllustrateError> {
        let flag = self.store.interrupt().flag();
        let notice = |notice: &Notice| (self.tell)(Message::Slow(notice.clone()));
        let gate = Noting::new(self.gate, intent, order.request_id);
        let drawn = self.engine.draw(order, &Call::new(&flag).gate(&gate).notice(&notice));
        let was_noted = gate.was_noted()?;
        // What came of a call that was let go of, nobody knows.
        if was_noted && drawn.as_ref().is_err_and(|error| *error != CallError::Interrupted) {
            intent.end()?;
        }
        Ok(drawn)
    }

    /// Writes the record of a plate that is on disk, then the event.
    fn announce(
        &self,
        unit: Unit,
        plate: PlateRecord,
        took: Duration,
    ) -> Result<(), IllustrateError> {
        let name = project::plates_name(unit.chapter);
        // Other plates of the chapter may be finished at this moment.
        let alone = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        // A damaged record is no reason to draw anything again: it is made anew from here on.
        let known: Option<ChapterPlates> = project::read(self.store, &name).unwrap_or(None);
        let mut plates = known.unwrap_or_else(|| ChapterPlates::new(unit.chapter));
        plates.record(plate.clone());
        project::write(self.store, &name, &plates)?;
        drop(alone);
        let (concept, token) = (plate.concept, unit.token);
        let recorded = Plate { file: plate.file.clone(), key: plate.key };
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let event = ChapterEvent::PlateRecorded { token, concept, plate: recorded, millis };
        self.record(unit, event)?;
        (self.tell)(Message::Drawn(unit.chapter, concept, plate.file));
        Ok(())
    }

    /// The key of a picture: everything it is made from.
    pub(crate) fn key(
        &self,
        what: &str,
        prompt: &str,
        seed: u64,
        size: [u32; 2],
        references: &References,
    ) -> String {
        let [width, height] = size.map(|side| side.to_string());
        let (engine, seed, book) = (self.engine.name(), seed.to_string(), self.seed.to_string());
        let mut parts = vec![what, &engine, prompt, &width, &height, &seed, &book];
        parts.extend(references.keys.iter().map(String::as_str));
        project::key(&parts)
    }

    /// The seed of a plate depends on the book and its place in it alone, never on who draws it.
    fn seed_of(&self, book: &str, chapter: u32, concept: u32) -> u64 {
        let parts = [book, &chapter.to_string(), &concept.to_string(), &self.seed.to_string()];
        u64::from_str_radix(&project::key(&parts)[..8], 16).unwrap_or(self.seed)
    }
}
