//! Drawing the plates of a chapter, as a crew's duty.
//!
//! A plate's name ends with the key of everything it is made from, and a file of that name appeared
//! whole: so a plate that is there is recorded and never drawn again, however the process that drew it
//! ended. Always the picture first, then its record, then the event.

use book::concept::{ChapterConcepts, Concept};
use book::project::{self, ChapterPlates, KnownElements, PlateRecord};
use manifest::crew::{self, Duty, Next};
use manifest::{
    ChapterEvent, ChapterId, ElementsState, Event, IllegalTransition, Manifest, Plate, Status,
    Step, Store, Token, WorkerId, decide,
};
use models::CallError;

use crate::engine::{ImageEngine, Order};
use crate::message::{Message, Waiting};
use crate::{IllustrateError, prompt};

/// One process's part in the illustration of a book.
pub(crate) struct Illustration<'a> {
    pub store: &'a Store,
    pub worker: &'a WorkerId,
    pub engine: &'a dyn ImageEngine,
    pub size: [u32; 2],
    /// Part of the seed of every plate.
    pub seed: u64,
    pub elements: KnownElements,
    pub waiting: Waiting,
    pub tell: &'a (dyn Fn(Message) + Send + Sync),
}

/// A chapter to illustrate, and the token it was claimed under.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    chapter: ChapterId,
    token: Token,
}

impl Duty for Illustration<'_> {
    type Unit = Unit;
    type Error = IllustrateError;

    fn next(&self, manifest: &Manifest, token: Token) -> Next<Unit> {
        if let Some((chapter, claim)) = decide::claim(manifest, Step::Illustration, self.worker) {
            return Next::Take(Unit { chapter, token }, claim);
        }
        let hopeless = match &manifest.elements {
            ElementsState::Failed(failure) => failure.retry_at.is_none(),
            _ => false,
        };
        let busy = manifest.count(Status::Illustrating) + manifest.count(Status::Analyzing) > 0;
        if manifest.illustrate_complete() || (hopeless && !busy) {
            Next::Finished
        } else {
            Next::Wait
        }
    }

    fn perform(&self, unit: Unit) -> Result<(), IllustrateError> {
        match self.illustrate(unit)? {
            Ok(()) => Ok(()),
            Err(CallError::Interrupted) => {
                self.record(unit, ChapterEvent::GivenBack { token: unit.token })
            }
            Err(error) if error.stops_the_run() => {
                self.record(unit, ChapterEvent::GivenBack { token: unit.token })?;
                Err(IllustrateError::Engine(error))
            }
            Err(error) => self.fail(unit, &error),
        }
    }

    fn waiting(&self) {
        if let Ok(Some(why)) = self.waiting.changed(self.store) {
            (self.tell)(Message::Waiting(why));
        }
    }
}

impl Illustration<'_> {
    /// Draws what is missing of a chapter; the inner error is the engine's.
    fn illustrate(&self, unit: Unit) -> Result<Result<(), CallError>, IllustrateError> {
        let Some(record) = project::concepts(self.store, unit.chapter)? else {
            self.record(unit, ChapterEvent::GivenBack { token: unit.token })?;
            self.record(unit, ChapterEvent::ConceptsMissing)?;
            return Ok(Ok(()));
        };
        let (title, missing) = self.store.view(|manifest| {
            let chapter = manifest.chapters().get(&unit.chapter);
            let missing = chapter.map_or_else(Vec::new, manifest::Chapter::missing_concepts);
            (manifest.source.title.clone(), missing)
        })?;
        for concept in record.concepts.iter().filter(|concept| missing.contains(&concept.index)) {
            if let Err(error) = self.one_plate(unit, &title, &record, concept)? {
                return Ok(Err(error));
            }
        }
        self.record(unit, ChapterEvent::Illustrated { token: unit.token })?;
        (self.tell)(Message::Illustrated(unit.chapter, record.title.clone()));
        Ok(Ok(()))
    }

    fn one_plate(
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
        let engine = self.engine.name();
        let text = prompt::prompt(concept, &cast, &engine);
        let seed = self.seed_of(book, chapter.chapter, concept.index);
        let key = self.key(&text, seed);
        let words = if chapter.title.is_empty() { &concept.quote } else { &chapter.title };
        let file = project::plate_name(unit.chapter, concept.index, words, &key, "png");
        let plate = PlateRecord {
            concept: concept.index,
            file,
            key,
            prompt: text,
            engine,
            size: self.size,
            seed,
        };
        let order = Order {
            book,
            chapter: chapter.chapter,
            chapter_title: &chapter.title,
            concept,
            cast: &cast,
            prompt: &plate.prompt,
            size: self.size,
            seed,
        };
        match self.drawn(unit, &plate, &order)? {
            Ok(()) => {}
            Err(CallError::Refused { reason, .. }) => {
                (self.tell)(Message::Blocked(unit.chapter, concept.index, reason.clone()));
                let blocked = ChapterEvent::PlateBlocked {
                    token: unit.token,
                    concept: concept.index,
                    reason,
                };
                return Ok(Ok(self.record(unit, blocked)?));
            }
            Err(error) => return Ok(Err(error)),
        }
        self.announce(unit, plate)?;
        Ok(Ok(()))
    }

    /// Makes sure that the picture is on disk, drawing it if need be.
    fn drawn(
        &self,
        unit: Unit,
        plate: &PlateRecord,
        order: &Order<'_>,
    ) -> Result<Result<(), CallError>, IllustrateError> {
        let path = manifest::artifact::path(self.store.folder(), &plate.file)?;
        if image::image_dimensions(&path).is_ok() {
            return Ok(Ok(()));
        }
        if self.engine.is_costly() {
            let (concept, key) = (plate.concept, plate.key.clone());
            self.record(unit, ChapterEvent::PlateIntended { token: unit.token, concept, key })?;
        }
        match self.engine.draw(order) {
            Ok(picture) => Ok(Ok(self.store.put(&plate.file, &picture)?)),
            Err(error) => Ok(Err(error)),
        }
    }

    /// Writes the record of a plate that is on disk, then the event.
    fn announce(&self, unit: Unit, plate: PlateRecord) -> Result<(), IllustrateError> {
        let name = project::plates_name(unit.chapter);
        // A damaged record is no reason to draw anything again: it is made anew from here on.
        let known: Option<ChapterPlates> = project::read(self.store, &name).unwrap_or(None);
        let mut plates = known.map_or_else(Vec::new, |known| known.plates);
        plates.retain(|other| other.concept != plate.concept);
        plates.push(plate.clone());
        plates.sort_by_key(|plate| plate.concept);
        project::write(self.store, &name, &ChapterPlates { chapter: unit.chapter.0, plates })?;
        let (concept, token) = (plate.concept, unit.token);
        let recorded = Plate { file: plate.file.clone(), key: plate.key };
        self.record(unit, ChapterEvent::PlateRecorded { token, concept, plate: recorded })?;
        (self.tell)(Message::Drawn(unit.chapter, concept, plate.file));
        Ok(())
    }

    fn fail(&self, unit: Unit, error: &CallError) -> Result<(), IllustrateError> {
        (self.tell)(Message::Failed(unit.chapter, error.to_string()));
        let attempts = self.store.view(|manifest| {
            manifest.chapters().get(&unit.chapter).map_or(0, |chapter| chapter.attempts)
        })?;
        let retry_at = decide::retry_at(attempts, error.retry_after(), self.store.now());
        let (token, message) = (unit.token, error.to_string());
        self.record(unit, ChapterEvent::Failed { token, message, retry_at })
    }

    fn record(&self, unit: Unit, change: ChapterEvent) -> Result<(), IllustrateError> {
        let event = Event::Chapter { chapter: unit.chapter, change };
        let late = |refused: IllegalTransition| (self.tell)(Message::Late(refused.to_string()));
        Ok(crew::report(self.store, event, late)?)
    }

    fn key(&self, prompt: &str, seed: u64) -> String {
        let [width, height] = self.size.map(|side| side.to_string());
        project::key(&["plate", &self.engine.name(), prompt, &width, &height, &seed.to_string()])
    }

    /// The seed of a plate depends on the book and its place in it alone, never on who draws it.
    fn seed_of(&self, book: &str, chapter: u32, concept: u32) -> u64 {
        let parts = [book, &chapter.to_string(), &concept.to_string(), &self.seed.to_string()];
        u64::from_str_radix(&project::key(&parts)[..16], 16).unwrap_or(self.seed)
    }
}
