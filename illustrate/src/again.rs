//! What has to be drawn again when a daemon starts: a restart trusts the manifest and checks the files.
//!
//! A plate whose picture is gone, or whose prompt a person has edited since, loses its event; nothing
//! on disk is touched.

use book::project::{self, ChapterPlates, PlateRecord};
use manifest::{ChapterEvent, ChapterId, Event, Outcome, Status, Store};

use crate::IllustrateError;
use crate::message::Message;
use crate::prompt::draft;

/// Puts back every plate that is gone or was made from other words than now stand in its prompt.
pub(crate) fn put_back(
    store: &Store,
    tell: &(dyn Fn(Message) + Send + Sync),
) -> Result<(), IllustrateError> {
    let recorded = store.view(|manifest| {
        let settled = [Status::Analyzed, Status::Illustrated];
        let chapters = settled.into_iter().flat_map(|status| manifest.with_status(status));
        let plates = chapters.flat_map(|id| {
            let outcomes = manifest.chapters()[&id].outcomes.iter();
            outcomes.filter_map(move |(concept, outcome)| match outcome {
                Outcome::Drawn(plate) => Some((id, *concept, plate.file.clone())),
                Outcome::Blocked(_) => None,
            })
        });
        plates.collect::<Vec<_>>()
    })?;
    let mut known: Option<(ChapterId, Option<ChapterPlates>)> = None;
    for (chapter, concept, file) in recorded {
        let gone = !manifest::artifact::path(store.folder(), &file)?.is_file();
        if known.as_ref().is_none_or(|(of, _)| *of != chapter) {
            let name = project::plates_name(chapter);
            known = Some((chapter, project::read(store, &name).unwrap_or(None)));
        }
        let records = known.iter().filter_map(|(_, record)| record.as_ref());
        let made = records.flat_map(|record| &record.plates).find(|plate| plate.file == file);
        let edited = match made {
            Some(made) if !gone => is_edited(store, chapter, made)?,
            _ => false,
        };
        if (gone || edited) && put_one_back(store, chapter, concept, &file)? {
            tell(if gone { Message::Gone(chapter, file) } else { Message::Edited(chapter, file) });
        }
    }
    Ok(())
}

fn is_edited(
    store: &Store,
    chapter: ChapterId,
    made: &PlateRecord,
) -> Result<bool, IllustrateError> {
    let draft = draft::read(store, &draft::name(chapter, made.concept))?;
    Ok(draft.is_some_and(|draft| draft.differs_from(&made.prompt, made.seed)))
}

fn put_one_back(
    store: &Store,
    chapter: ChapterId,
    concept: u32,
    file: &str,
) -> Result<bool, IllustrateError> {
    Ok(store.update(|manifest| {
        let record = &manifest.chapters()[&chapter];
        let idle = matches!(record.state.status(), Status::Analyzed | Status::Illustrated);
        let still = idle && record.plate(concept).is_some_and(|plate| plate.file == file);
        let change = ChapterEvent::PlateMissing { concept };
        (if still { vec![Event::Chapter { chapter, change }] } else { vec![] }, still)
    })?)
}
