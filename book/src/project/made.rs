//! What is made of the records: the views that people read, and what is to be bound.
//!
//! **Invariant:** the same records give the same views, whatever the order they came in.

use std::collections::BTreeMap;

use manifest::{ChapterId, Manifest, Outcome, Store};

use super::{RecordError, concepts, elements, reading};
use crate::bind::{Binding, Illustration, Portrait};
use crate::likeness::{self, Kind};
use crate::view::{self, ChapterView};

/// How often views are made anew because the project changed meanwhile.
const VIEW_AGAIN: usize = 100;

/// Makes all views anew. If the project changes meanwhile they are made again, so that of several
/// processes that end at the same time the last one leaves views of the last state.
///
/// # Errors
/// When a record cannot be read or a view not be written.
pub fn write_views(store: &Store) -> Result<(), RecordError> {
    for _ in 0..VIEW_AGAIN {
        let (serial, chapters, title) = store.view(|manifest| {
            (manifest.serial, chapter_views(manifest), manifest.source.title.clone())
        })?;
        let chapters = with_concepts(store, chapters)?;
        let elements = elements(store)?;
        let portraits = likeness::all(store, Kind::Portrait, &elements)?;
        let portraits = portraits
            .into_iter()
            .filter_map(|(element, portrait)| Some((element.name, portrait.file?)))
            .collect();
        let text = view::elements_md(&title, &elements, &portraits);
        store.put("Elements.md", text.as_bytes())?;
        store.put("Chapters.md", view::chapters_md(&title, &chapters).as_bytes())?;
        store.put("Contents.md", view::contents_md(&title, &chapters).as_bytes())?;
        store.put("plates.csv", view::plates_csv(&chapters).as_bytes())?;
        if store.view(|manifest| manifest.serial)? == serial {
            break;
        }
    }
    Ok(())
}

fn chapter_views(manifest: &Manifest) -> Vec<ChapterView> {
    let view = |(number, chapter): (&ChapterId, &manifest::Chapter)| {
        let mut view = ChapterView {
            number: number.0,
            title: chapter.title.clone(),
            words: chapter.words,
            concepts: None,
            plates: BTreeMap::new(),
            blocked: BTreeMap::new(),
        };
        for (concept, outcome) in &chapter.outcomes {
            match outcome {
                Outcome::Drawn(plate) => drop(view.plates.insert(*concept, plate.file.clone())),
                Outcome::Blocked(why) => drop(view.blocked.insert(*concept, why.clone())),
            }
        }
        view
    };
    manifest.chapters().iter().map(view).collect()
}

fn with_concepts(
    store: &Store,
    mut chapters: Vec<ChapterView>,
) -> Result<Vec<ChapterView>, RecordError> {
    for chapter in &mut chapters {
        chapter.concepts = concepts(store, ChapterId(chapter.number))?;
    }
    Ok(chapters)
}

/// What is to be bound: every plate that is on disk, at the passage it shows.
///
/// # Errors
/// When a record cannot be read.
pub fn binding(store: &Store, note: String) -> Result<Binding, RecordError> {
    let chapters = with_concepts(store, store.view(chapter_views)?)?;
    let mut illustrations = Vec::new();
    for chapter in &chapters {
        for concept in chapter.concepts.iter().flat_map(|record| &record.concepts) {
            let Some(file) = chapter.plates.get(&concept.index) else { continue };
            illustrations.push(Illustration {
                chapter: chapter.number,
                concept: concept.index,
                offset: concept.offset,
                quote: concept.caption().to_owned(),
                alt: alt_text(&concept.description, &concept.quote),
                picture: manifest::artifact::path(store.folder(), file)?,
            });
        }
    }
    let reading = reading(&store.view(|manifest| manifest.source.clone())?)?;
    let portraits = portraits(store)?;
    Ok(Binding { illustrations, portraits, note, reading, ..Binding::default() })
}

/// The portraits that are on disk, those of the most often named first.
fn portraits(store: &Store) -> Result<Vec<Portrait>, RecordError> {
    let mut portraits = Vec::new();
    for (element, record) in likeness::all(store, Kind::Portrait, &elements(store)?)? {
        let Some(file) = record.file else { continue };
        portraits.push(Portrait {
            alt: alt_text(&element.description, &element.name),
            picture: manifest::artifact::path(store.folder(), &file)?,
            name: element.name,
        });
    }
    Ok(portraits)
}

/// What a plate shows, for those who cannot see it: never empty.
fn alt_text(description: &str, quote: &str) -> String {
    let text = if description.trim().is_empty() { quote } else { description };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { "Illustration".to_owned() } else { text }
}
