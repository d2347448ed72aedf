//! One plate: its prompt, its key, the picture, the record, the event.
//!
//! A plate's name ends with the key of everything it is made from, and a file of that name appeared
//! whole: so a plate that is there is recorded and never drawn again, however the process that drew it
//! ended. Always the picture first, then its record, then the event.

use book::concept::{ChapterConcepts, Concept};
use book::project::{self, ChapterPlates, PlateRecord};
use manifest::{ChapterEvent, Plate};
use models::{Call, CallError, Notice};

use crate::IllustrateError;
use crate::duty::{Illustration, Unit};
use crate::engine::Order;
use crate::engraver::Colours;
use crate::message::Message;
use crate::prompt::soften::{self, soften};
use crate::prompt::template::Scene;
use crate::prompt::{self, draft, draft::Draft};

/// The endings that the name of a plate may have.
const KINDS: [&str; 4] = ["png", "jpg", "webp", "gif"];

/// A picture on disk: its name, and the softer words it took.
struct Found {
    file: String,
    softened: Option<String>,
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
        let (_, elements) = self.elements.read(self.store)?;
        let cast = prompt::cast(concept, &elements, chapter.chapter);
        let (number, title) = (chapter.chapter, chapter.title.as_str());
        let scene = Scene { book, chapter: number, title, concept, cast: &cast, style: self.style };
        let written = self.template.render(&scene)?;
        let draft = draft::settle(self.store, unit.chapter, concept.index, &written)?;
        let seed = draft.seed.unwrap_or_else(|| self.seed_of(book, number, concept.index));
        let key = self.key(&draft.text, seed);
        let moment = self.as_told(concept, &draft);
        let (text, avoid) = draft.split();
        let order = Order {
            book,
            colours: Colours::of(book, &elements.elements),
            chapter: number,
            chapter_title: title,
            concept: &moment,
            cast: &cast,
            prompt: text,
            avoid,
            references: &[],
            size: self.size,
            seed,
            request_id: &key,
        };
        let found = match self.picture(unit, &order)? {
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
        self.announce(unit, plate)?;
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

    /// The picture of an order, drawn if it is not there; a refused prompt is softened, within bounds.
    fn picture(
        &self,
        unit: Unit,
        order: &Order<'_>,
    ) -> Result<Result<Found, CallError>, IllustrateError> {
        let name = |kind: &str| {
            let title = order.chapter_title;
            let words = if title.is_empty() { &order.concept.quote } else { title };
            let (index, key) = (order.concept.index, order.request_id);
            project::plate_name(unit.chapter, index, words, key, kind)
        };
        for kind in KINDS {
            let path = manifest::artifact::path(self.store.folder(), &name(kind))?;
            if image::image_dimensions(&path).is_ok() {
                return Ok(Ok(Found { file: name(kind), softened: None }));
            }
        }
        let mut refusal = CallError::Interrupted;
        for step in 0..=soften::MOST {
            let softened = (step > 0).then(|| soften(order.prompt, step));
            let told = softened.as_deref().unwrap_or(order.prompt);
            let id = format!("{}-{step}", order.request_id);
            let id = if step == 0 { order.request_id } else { &id };
            match self.ask(unit, &Order { prompt: told, request_id: id, ..*order })? {
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

    /// One call of the engine, written down before it is made.
    fn ask(
        &self,
        unit: Unit,
        order: &Order<'_>,
    ) -> Result<Result<crate::engine::Drawing, CallError>, IllustrateError> {
        let (token, concept) = (unit.token, order.concept.index);
        if let Some(job) = self.engine.job(order.request_id) {
            self.record(unit, ChapterEvent::PlateQueued { token, concept, job })?;
        } else if self.engine.is_costly() {
            let key = order.request_id.to_owned();
            self.record(unit, ChapterEvent::PlateIntended { token, concept, key })?;
        }
        let flag = self.store.interrupt().flag();
        let notice = |notice: &Notice| (self.tell)(Message::Slow(notice.clone()));
        let call = Call::new(&flag).gate(self.gate).notice(&notice);
        Ok(self.engine.draw(order, &call))
    }

    /// Writes the record of a plate that is on disk, then the event.
    fn announce(&self, unit: Unit, plate: PlateRecord) -> Result<(), IllustrateError> {
        let name = project::plates_name(unit.chapter);
        // A damaged record is no reason to draw anything again: it is made anew from here on.
        let known: Option<ChapterPlates> = project::read(self.store, &name).unwrap_or(None);
        let mut plates = known.unwrap_or_else(|| ChapterPlates::new(unit.chapter));
        plates.record(plate.clone());
        project::write(self.store, &name, &plates)?;
        let (concept, token) = (plate.concept, unit.token);
        let recorded = Plate { file: plate.file.clone(), key: plate.key };
        self.record(unit, ChapterEvent::PlateRecorded { token, concept, plate: recorded })?;
        (self.tell)(Message::Drawn(unit.chapter, concept, plate.file));
        Ok(())
    }

    fn key(&self, prompt: &str, seed: u64) -> String {
        let [width, height] = self.size.map(|side| side.to_string());
        let (engine, seed, book) = (self.engine.name(), seed.to_string(), self.seed.to_string());
        project::key(&["plate", &engine, prompt, &width, &height, &seed, &book])
    }

    /// The seed of a plate depends on the book and its place in it alone, never on who draws it.
    fn seed_of(&self, book: &str, chapter: u32, concept: u32) -> u64 {
        let parts = [book, &chapter.to_string(), &concept.to_string(), &self.seed.to_string()];
        u64::from_str_radix(&project::key(&parts)[..8], 16).unwrap_or(self.seed)
    }
}
