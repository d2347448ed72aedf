//! The same faces: a sheet of each main element, drawn before its first plate and given along with every
//! prompt; and portraits, which are plates of their own.
//!
//! Whoever needs a likeness first draws it, in a turn of its own that the kernel ends if he dies; the
//! others wait for it. The picture is on disk before its record, and the file of its name is that
//! picture, whole: so none is bought twice.
//!
//! **Invariants:** a likeness that is there is used as it is until a person edits its prompt, chooses
//! another seed or deletes it, whatever else changes; a sheet shows nothing that the chapter it is used
//! in does not know yet.

mod intent;
mod sitters;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use book::concept::Concept;
use book::element::{Element, ElementType, Elements};
use book::likeness::{self, Kind, Likeness};
use book::project;
use models::{CallError, Picture};

use crate::IllustrateError;
use crate::duty::Illustration;
use crate::engine::Order;
use crate::engraver::Colours;
use crate::message::Message;
use crate::prompt;
use crate::prompt::draft::{self, Draft};
use crate::prompt::template::Sitter;

use intent::OfLikeness;
pub use sitters::main;

/// How often somebody else's turn is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Longest side of a sheet in pixels.
const SHEET: u32 = 1024;
/// What goes along with a prompt so that faces and manner stay the same.
#[derive(Default)]
pub(crate) struct Faces {
    pub sheets: Vec<Sheet>,
    /// A picture that shows the manner.
    pub manner: Option<Sheet>,
    /// The seed of the first of those who are there, for an engine that has nothing else to go by.
    pub seed: Option<u64>,
}

/// A reference picture.
#[derive(Clone)]
pub(crate) struct Sheet {
    pub name: String,
    pub key: String,
    pub picture: Picture,
}

/// Reference pictures, and what of them goes into the key of what is drawn with them.
#[derive(Default)]
pub(crate) struct References {
    pub keys: Vec<String>,
    pub has_sheet: bool,
    pub pictures: Vec<Picture>,
}

impl Faces {
    pub fn into_references(self) -> References {
        let has_sheet = !self.sheets.is_empty();
        let all = self.sheets.into_iter().chain(self.manner);
        let (keys, pictures) = all.map(|sheet| (sheet.key, sheet.picture)).unzip();
        References { keys, has_sheet, pictures }
    }
}

impl Illustration<'_> {
    /// What is known of the faces of those who are in a plate of `chapter`; the inner error is the
    /// engine's, that could not draw a sheet.
    pub(crate) fn faces(
        &self,
        book: &str,
        elements: &Elements,
        cast: &[Element],
        chapter: u32,
    ) -> Result<Result<Faces, CallError>, IllustrateError> {
        let mut faces = Faces::default();
        if !self.engine.reads_prompts() {
            return Ok(Ok(faces));
        }
        let room = self.engine.most_references();
        let shown = self.manner.read(self.store, self.look)?.shown.clone();
        faces.manner = shown.filter(|_| room > 0);
        let room = room - usize::from(faces.manner.is_some());
        let main = main(elements, self.main, self.look.most);
        let is_present = |e: &&Element| cast.iter().any(|present| present.name == e.name);
        let mut present = main.iter().copied().filter(is_present).peekable();
        if let (0, Some(first)) = (room, present.peek()) {
            faces.seed = Some(self.stored_seed(book, first)?);
        }
        if !self.sheets || room == 0 {
            return Ok(Ok(faces));
        }
        for element in present {
            if faces.sheets.len() < room {
                match self.sheet_for(book, element, chapter)? {
                    Ok(sheet) => faces.sheets.extend(sheet),
                    Err(error) => return Ok(Err(error)),
                }
            }
        }
        // Of whoever is not main no sheet is drawn, but an earlier book may have one.
        let is_main = |e: &Element| main.iter().any(|main| main.name == e.name);
        for element in elements.elements.iter().filter(is_present).filter(|e| !is_main(e)) {
            if faces.sheets.len() < room
                && let Some(record) = self.brought(element)?
            {
                faces.sheets.extend(self.sheet(record)?);
            }
        }
        Ok(Ok(faces))
    }

    /// The sheet of a main element for a plate of `chapter`, drawn if need be; none where the text has not
    /// told yet what it looks like.
    fn sheet_for(
        &self,
        book: &str,
        element: &Element,
        chapter: u32,
    ) -> Result<Result<Option<Sheet>, CallError>, IllustrateError> {
        if likeness::first_seen(element) > chapter {
            return match self.brought(element)? {
                Some(record) if record.chapter <= chapter => self.sheet(record).map(Ok),
                _ => Ok(Ok(None)),
            };
        }
        Ok(match self.likeness(Kind::Sheet, book, element)? {
            Ok(record) => Ok(self.sheet(record)?),
            Err(error) => Err(error),
        })
    }

    /// The sheet of an element that an earlier book has brought, or brings now.
    fn brought(&self, element: &Element) -> Result<Option<Likeness>, IllustrateError> {
        match likeness::read(self.store, Kind::Sheet, &element.name)? {
            Some(known) if known.taken_from.is_some() => Ok(Some(known)),
            Some(known) if known.file.is_some() => Ok(None),
            _ => self.earlier_sheet(element, false),
        }
    }

    /// The picture of a sheet, where it has one that can be used.
    fn sheet(&self, record: Likeness) -> Result<Option<Sheet>, IllustrateError> {
        let Some(file) = &record.file else { return Ok(None) };
        let Some(bytes) = self.store.get(file)? else { return Ok(None) };
        Ok(match Picture::check(bytes) {
            Ok(picture) => Some(Sheet { name: record.element, key: record.key, picture }),
            Err(why) => {
                (self.tell)(Message::NoLikeness(record.element, format!("{file}: {why}")));
                None
            }
        })
    }

    /// The seed of an element, kept with the project from its first use on.
    fn stored_seed(&self, book: &str, element: &Element) -> Result<u64, IllustrateError> {
        if let Some(known) = likeness::read(self.store, Kind::Sheet, &element.name)? {
            return Ok(known.seed);
        }
        let seed = match self.earlier_seed(element)? {
            Some(seed) => seed,
            None => self.seed_of_element(book, &element.name),
        };
        let chapter = likeness::first_seen(element);
        let record =
            Likeness { element: element.name.clone(), chapter, seed, ..Likeness::default() };
        likeness::write(self.store, Kind::Sheet, &record)?;
        Ok(seed)
    }

    fn seed_of_element(&self, book: &str, name: &str) -> u64 {
        let parts = ["element", book, name, &self.seed.to_string()];
        u64::from_str_radix(&project::key(&parts)[..8], 16).unwrap_or(self.seed)
    }

    /// The likenesses of all main elements; see [`Self::likenesses`].
    pub(crate) fn main_likenesses(
        &self,
        kind: Kind,
        threads: usize,
    ) -> Result<Result<Vec<Likeness>, CallError>, IllustrateError> {
        let (_, elements) = self.elements.read(self.store)?;
        let main = main(&elements, self.main, self.look.most);
        let wanted: Vec<_> = main.into_iter().map(|element| (kind, element)).collect();
        self.likenesses(&wanted, threads)
    }

    /// Likenesses, drawn with so many threads; the inner error is the engine's, the first that concerns
    /// more than one of them.
    pub(crate) fn likenesses(
        &self,
        wanted: &[(Kind, &Element)],
        threads: usize,
    ) -> Result<Result<Vec<Likeness>, CallError>, IllustrateError> {
        let book = self.store.view(|manifest| manifest.source.title.clone())?;
        let next = AtomicUsize::new(0);
        let done = Mutex::new(vec![None; wanted.len()]);
        let one_thread = || -> Result<Result<(), CallError>, IllustrateError> {
            loop {
                let nth = next.fetch_add(1, Ordering::SeqCst);
                let Some((kind, element)) = wanted.get(nth) else { return Ok(Ok(())) };
                match self.likeness(*kind, &book, element)? {
                    Ok(record) => {
                        done.lock().unwrap_or_else(PoisonError::into_inner)[nth] = Some(record);
                    }
                    Err(error) => {
                        // The other threads end after theirs.
                        next.store(wanted.len(), Ordering::SeqCst);
                        return Ok(Err(error));
                    }
                }
            }
        };
        let ends = thread::scope(|scope| {
            let hands: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(one_thread)).collect();
            let ends = hands.into_iter().map(|hand| match hand.join() {
                Ok(end) => end,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            ends.collect::<Result<Vec<_>, _>>()
        })?;
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(ends
            .into_iter()
            .collect::<Result<(), _>>()
            .map(|()| done.into_iter().flatten().collect()))
    }

    /// The likeness of an element, drawn where there is none; the inner error is the engine's.
    fn likeness(
        &self,
        kind: Kind,
        book: &str,
        element: &Element,
    ) -> Result<Result<Likeness, CallError>, IllustrateError> {
        loop {
            if let Some(known) = self.settled(kind, &element.name)? {
                return Ok(Ok(known));
            }
            if !self.store.may_go_on()? {
                return Ok(Err(CallError::Interrupted));
            }
            let turn = self.store.take_turn(&likeness::turn_name(kind, &element.name))?;
            if turn.is_none() {
                thread::sleep(LOOK);
                continue;
            }
            // Whoever had the turn before may have been drawing it.
            if let Some(known) = self.settled(kind, &element.name)? {
                return Ok(Ok(known));
            }
            if kind == Kind::Sheet {
                if let Some(known) = self.earlier_sheet(element, true)? {
                    return Ok(Ok(known));
                }
                if !self.store.may_go_on()? {
                    return Ok(Err(CallError::Interrupted));
                }
            }
            return self.draw_likeness(kind, book, element);
        }
    }

    /// The record of a likeness that needs no drawing.
    fn settled(&self, kind: Kind, name: &str) -> Result<Option<Likeness>, IllustrateError> {
        let Some(record) = likeness::read(self.store, kind, name)? else { return Ok(None) };
        let there = likeness::is_there(self.store, &record)?;
        if record.given && there {
            return Ok(Some(record));
        }
        let draft = draft::read(self.store, &likeness::prompt_name(kind, name))?;
        let edited = draft.is_some_and(|draft| draft.differs_from(&record.prompt, record.seed));
        Ok(((there || record.blocked.is_some()) && !edited).then_some(record))
    }

    fn draw_likeness(
        &self,
        kind: Kind,
        book: &str,
        element: &Element,
    ) -> Result<Result<Likeness, CallError>, IllustrateError> {
        let chapter = match kind {
            Kind::Sheet => likeness::first_seen(element),
            Kind::Portrait => element.chapters.last().copied().unwrap_or(u32::MAX),
        };
        let known = prompt::as_known(element, chapter);
        let (_, elements) = self.elements.read(self.store)?;
        let references = match self.references_of(kind, book, element)? {
            Ok(references) => references,
            Err(error) => return Ok(Err(error)),
        };
        let has_sheet = kind == Kind::Portrait && references.has_sheet;
        let manner = self.manner.read(self.store, self.look)?;
        let sitter = Sitter { book, element: &known, style: &manner.guide, has_sheet };
        let written = self.template.render_likeness(kind, &sitter)?;
        let name = &element.name;
        let draft = draft::settle(self.store, &likeness::prompt_name(kind, name), &written)?;
        let before = likeness::read(self.store, kind, name)?;
        let kept = before.as_ref().map(|record| record.seed);
        let seed = draft.seed.or(kept).unwrap_or_else(|| self.seed_of_element(book, name));
        let size = match kind {
            Kind::Sheet => [self.size[0].max(self.size[1]).min(SHEET); 2],
            Kind::Portrait => self.size,
        };
        let key = self.key(kind.folder(), &draft.text, seed, size, &references);
        let concept = sitting(&known, &draft);
        let (text, avoid) = draft.split();
        let order = Order {
            book,
            colours: Colours::of(book, &elements.elements),
            chapter,
            chapter_title: name,
            concept: &concept,
            cast: std::slice::from_ref(&known),
            prompt: text,
            avoid,
            references: &references.pictures,
            size,
            seed,
            request_id: &key,
        };
        let file = |ending: &str| likeness::picture_name(kind, name, &key, ending);
        let nobody = Likeness { element: name.clone(), chapter, seed, ..Likeness::default() };
        let kept = self.without_lost(kind, before.clone().unwrap_or(nobody))?;
        let intent = OfLikeness { duty: self, kind, kept };
        let (file, softened, blocked) = match self.picture(&file, &order, &intent)? {
            Ok(found) => (Some(found.file), found.softened, None),
            Err(CallError::Refused { reason, .. }) => (None, None, Some(reason)),
            // What is wrong with this picture need not be wrong with any other.
            Err(
                error @ (CallError::Rejected { .. }
                | CallError::BadAnswer { .. }
                | CallError::TooLong { .. }),
            ) => (None, None, Some(error.to_string())),
            Err(error) => return Ok(Err(error)),
        };
        let record = Likeness {
            element: name.clone(),
            chapter,
            file,
            key,
            prompt: draft.text.clone(),
            engine: self.engine.name(),
            seed,
            softened,
            blocked,
            ..Likeness::default()
        };
        let record = record.after(before);
        likeness::write(self.store, kind, &record)?;
        (self.tell)(match (&record.file, &record.blocked) {
            (Some(file), _) => Message::Likeness(record.element.clone(), file.clone()),
            (None, why) => {
                Message::NoLikeness(record.element.clone(), why.clone().unwrap_or_default())
            }
        });
        Ok(Ok(record))
    }

    /// What a likeness is drawn after: a portrait after the sheet, and both in the manner that is shown.
    fn references_of(
        &self,
        kind: Kind,
        book: &str,
        element: &Element,
    ) -> Result<Result<References, CallError>, IllustrateError> {
        let room = if self.engine.reads_prompts() { self.engine.most_references() } else { 0 };
        let mut faces = Faces::default();
        if kind == Kind::Portrait && self.sheets && room > 0 {
            match self.likeness(Kind::Sheet, book, element)? {
                Ok(record) => faces.sheets.extend(self.sheet(record)?),
                Err(error) => return Ok(Err(error)),
            }
        }
        let shown = self.manner.read(self.store, self.look)?.shown.clone();
        faces.manner = shown.filter(|_| room > faces.sheets.len());
        Ok(Ok(faces.into_references()))
    }
}

/// The moment in which somebody sits for a picture, for an engine that does not read prompts.
fn sitting(element: &Element, draft: &Draft) -> Concept {
    let stands = match element.kind {
        ElementType::Character | ElementType::Creature => "stands",
        ElementType::Place | ElementType::Item | ElementType::Object => "is seen",
    };
    let description = if draft.edited {
        draft.split().0.to_owned()
    } else {
        format!("{} {stands}.", element.name)
    };
    let elements = vec![element.name.clone()];
    Concept { index: 1, description, elements, unverified: true, ..Concept::default() }
}
