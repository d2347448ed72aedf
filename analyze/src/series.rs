//! A book's part in its series: telling what it says, and taking in what earlier books say.

use std::path::Path;
use std::time::{Duration, Instant};

use book::project::{self, RecordError};
use book::series::looks::Conflict;
use book::series::recall::recall;
use book::series::{Earlier, Series};
use book::style::STYLE;
use manifest::{ElementsState, Options, Role, Store};

use crate::AnalyzeError;
use crate::message::Message;

/// How long an earlier book is waited for whose elements are being looked for.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// Tells the series what a book says itself, and makes the catalogue anew.
///
/// # Errors
/// When the series or the project cannot be read or written.
pub fn contribute(
    series: &Series,
    store: &Store,
    elements: &book::element::Elements,
) -> Result<(), AnalyzeError> {
    let title = store.view(|manifest| manifest.source.title.clone())?;
    let style = project::read(store, STYLE)?;
    series.contribute(store.folder(), &title, elements, style.as_ref())?;
    series.write_catalogue()?;
    Ok(())
}

/// Brings a book whose elements are known up to date with its series, in both directions; says where
/// they disagree. `None` where its elements are not known yet.
///
/// # Errors
/// When the series or the project cannot be read or written.
pub fn refresh(series: &Series, store: &Store) -> Result<Option<Vec<Conflict>>, AnalyzeError> {
    if !store.view(|manifest| matches!(manifest.elements, ElementsState::Complete { .. }))? {
        return Ok(None);
    }
    let elements = project::elements(store)?;
    contribute(series, store, &elements)?;
    let earlier = series.earlier(store.folder())?;
    let source = store.view(|manifest| manifest.source.clone())?;
    let reading = project::reading(&source).map_err(RecordError::from)?;
    // Without the book file it is not known who else is named in it; all the rest is.
    let book = project::book_file(store).ok().and_then(|path| book::read_as(&path, &reading).ok());
    let chapters = book.map(|book| book.chapters).unwrap_or_default();
    let (now, conflicts) = recall(&elements, &earlier.books, earlier.memory, &chapters);
    if now != elements {
        project::write(store, project::ELEMENTS, &now)?;
        project::write_views(store)?;
    }
    Ok(Some(conflicts))
}

/// What the books before this one know, once none of them is about to know more; `None` if this one is
/// to stop meanwhile.
pub(crate) fn await_earlier(
    series: &Series,
    store: &Store,
    tell: &(dyn Fn(Message) + Send + Sync),
) -> Result<Option<Earlier>, AnalyzeError> {
    let start = Instant::now();
    let mut told = false;
    loop {
        let earlier = series.earlier(store.folder())?;
        let awaited = earlier.unknown.iter().find(|project| is_being_analyzed(project));
        let Some(project) = awaited.filter(|_| start.elapsed() < PATIENCE) else {
            for project in &earlier.unknown {
                tell(Message::EarlierUnknown(project.clone()));
            }
            return Ok(Some(earlier));
        };
        if !store.may_go_on()? {
            return Ok(None);
        }
        if !told {
            tell(Message::WaitingForEarlier(project.clone()));
            told = true;
        }
        std::thread::sleep(LOOK);
    }
}

/// Whether somebody alive is about to know the elements of a project. One that cannot be read is not
/// worth waiting for.
fn is_being_analyzed(project: &Path) -> bool {
    let Ok(store) = Store::open(project, Options::default()) else { return false };
    let is_open = |manifest: &manifest::Manifest| {
        matches!(manifest.elements, ElementsState::Pending | ElementsState::Reading(_))
    };
    let at_work = |store: &Store| -> Result<bool, manifest::StoreError> {
        let open = store.view(|manifest| is_open(manifest) && manifest.control.is_going())?;
        Ok(open && store.workers()?.iter().any(|worker| worker.role == Role::Analyze))
    };
    at_work(&store).unwrap_or(false)
}
