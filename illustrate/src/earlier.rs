//! Sheets that earlier books of the series have: who looks the same as there is drawn after the same sheet,
//! which is neither drawn nor paid for again.
//!
//! The picture is copied into this project, so that neither the earlier one nor its folder is needed from
//! then on. What an earlier book is about to draw is waited for, with an end to patience.
//!
//! **Invariant:** nothing of an earlier book is changed, and only earlier books are waited for, so that no
//! two books wait for each other.

use std::path::Path;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use book::element::Element;
use book::likeness::{self, Kind, Likeness};
use book::series::looks::unchanged;
use book::series::recall::Known;
use book::series::{Earlier, Series, SeriesError};
use config::{Flags, Sources};
use manifest::{Interrupt, Options, Role, Store, artifact};
use models::Picture;

use crate::IllustrateError;
use crate::duty::Illustration;
use crate::likeness::main;
use crate::look::digest;
use crate::message::Message;

/// How long, in the whole of a run, sheets are waited for that earlier books are about to draw.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often they are looked for.
const LOOK: Duration = Duration::from_millis(250);

/// The earlier books of the series, as they are when first needed: by then whoever reads this book has
/// waited for them.
#[derive(Default)]
pub(crate) struct EarlierBooks {
    series: Option<Series>,
    known: OnceLock<Earlier>,
    patience_ends: OnceLock<Instant>,
}

impl EarlierBooks {
    /// Those of the series in this folder, if the book is in one.
    pub fn of(folder: Option<&Path>, interrupt: &Interrupt) -> Result<Self, SeriesError> {
        let series = folder.map(|folder| Series::at(folder, interrupt)).transpose()?;
        Ok(Self { series, ..Self::default() })
    }

    fn known(&self, project: &Path) -> Result<Option<&Earlier>, SeriesError> {
        match (&self.series, self.known.get()) {
            (None, _) => Ok(None),
            (Some(_), Some(known)) => Ok(Some(known)),
            (Some(series), None) => {
                let known = series.earlier(project)?;
                Ok(Some(self.known.get_or_init(|| known)))
            }
        }
    }

    fn is_patient(&self) -> bool {
        let ends = self.patience_ends.get_or_init(|| Instant::now() + PATIENCE);
        Instant::now() < *ends
    }
}

impl Illustration<'_> {
    /// The sheet of an element as the latest earlier book has it where it still looks the same, taken over
    /// into this project; `None` where there is none, or where a person wants another here.
    pub(crate) fn earlier_sheet(
        &self,
        element: &Element,
        waits: bool,
    ) -> Result<Option<Likeness>, IllustrateError> {
        let Some(earlier) = self.earlier.known(self.store.folder())? else { return Ok(None) };
        let here = likeness::read(self.store, Kind::Sheet, &element.name)?;
        // What was there once and is asked for again is to be another.
        if here.is_some_and(|record| record.file.is_some() || !record.versions.is_empty()) {
            return Ok(None);
        }
        for (book, there) in unchanged(element, &earlier.books, earlier.memory) {
            if let Some((record, picture)) = self.sheet_of(book, there, waits)? {
                return self.take_over(element, &book.title, record, &picture).map(Some);
            }
        }
        Ok(None)
    }

    /// The seed that an earlier book gives an element, for an engine that has nothing else to go by.
    pub(crate) fn earlier_seed(&self, element: &Element) -> Result<Option<u64>, IllustrateError> {
        let Some(earlier) = self.earlier.known(self.store.folder())? else { return Ok(None) };
        let mut books = unchanged(element, &earlier.books, earlier.memory).into_iter();
        Ok(books.find_map(|(book, there)| {
            Some(likeness::read_from(&book.project, Kind::Sheet, &there.name)?.seed)
        }))
    }

    /// The sheet of an earlier book, waited for if that book is about to draw it.
    fn sheet_of(
        &self,
        book: &Known,
        there: &Element,
        waits: bool,
    ) -> Result<Option<(Likeness, Picture)>, IllustrateError> {
        let mut told = false;
        loop {
            if let Some(found) = sheet_in(&book.project, &there.name) {
                return Ok(Some(found));
            }
            let goes_on = waits && is_about_to_draw(book, there) && self.earlier.is_patient();
            if !goes_on || !self.store.may_go_on()? {
                return Ok(None);
            }
            if !told {
                (self.tell)(Message::AwaitsSheet(there.name.clone(), book.project.clone()));
                told = true;
            }
            thread::sleep(LOOK);
        }
    }

    fn take_over(
        &self,
        element: &Element,
        title: &str,
        record: Likeness,
        picture: &Picture,
    ) -> Result<Likeness, IllustrateError> {
        let (name, key) = (&element.name, digest(&picture.bytes));
        let file = likeness::picture_name(Kind::Sheet, name, &key, picture.extension());
        self.store.put(&file, &picture.bytes)?;
        (self.tell)(Message::TookOver(name.clone(), title.to_owned(), file.clone()));
        let record = Likeness {
            element: name.clone(),
            // What earlier books tell is known from the first page on.
            chapter: 0,
            file: Some(file),
            key,
            softened: None,
            blocked: None,
            given: true,
            taken_from: Some(title.to_owned()),
            intended: None,
            versions: Vec::new(),
            ..record
        };
        likeness::write(self.store, Kind::Sheet, &record)?;
        Ok(record)
    }
}

/// The sheet that a project has of an element, if its picture opens.
fn sheet_in(project: &Path, element: &str) -> Option<(Likeness, Picture)> {
    let record = likeness::read_from(project, Kind::Sheet, element)?;
    let bytes = artifact::get(project, record.file.as_ref()?).ok()??;
    Some((record, Picture::check(bytes).ok()?))
}

/// Whether somebody alive is to draw a sheet of an element for an earlier book. A project that cannot be
/// read is not worth waiting for.
fn is_about_to_draw(book: &Known, there: &Element) -> bool {
    let is_refused = |record: Likeness| record.blocked.is_some();
    if likeness::read_from(&book.project, Kind::Sheet, &there.name).is_some_and(is_refused) {
        return false;
    }
    let Ok(store) = Store::open(&book.project, Options::default()) else { return false };
    let is_open = |manifest: &manifest::Manifest| {
        manifest.control.is_going() && !manifest.illustrate_complete()
    };
    let at_work = |store: &Store| -> Result<bool, manifest::StoreError> {
        let open = store.view(is_open)?;
        Ok(open && store.workers()?.iter().any(|worker| worker.role == Role::Illustrate))
    };
    at_work(&store).unwrap_or(false) && has_sheet_drawn(book, there)
}

/// Whether a book is configured so that an element has a sheet.
fn has_sheet_drawn(book: &Known, there: &Element) -> bool {
    let Ok(loaded) = config::load(&Sources::of_process(Some(&book.project), &Flags::new())) else {
        return false;
    };
    let config = loaded.config;
    let chosen: Vec<_> = config.look.main.iter().filter_map(|text| text.parse().ok()).collect();
    config.image.engine != models::ImageEngine::Builtin
        && config.look.sheets != Some(false)
        && main(&book.elements, &chosen, config.look.most).iter().any(|e| e.name == there.name)
}
