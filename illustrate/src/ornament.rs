//! Ornaments of a bound book: a headpiece for each chapter and the ground of its initial.
//!
//! They show the place and the light of the chapter's first moment, without anybody in it, in the colours
//! of the book. What is drawn is kept under a name that ends with its key, so a book that is bound again
//! has them at once, and one that was interrupted goes on.

use book::bind::Ornament;
use book::project;
use config::Style;
use manifest::Store;

use crate::IllustrateError;
use crate::engraver::{self, Colours, Decoration, Sitting};

/// Width and height of a headpiece, in pixels.
const HEADPIECE: [u32; 2] = [1200, 340];
/// Width and height of the ground of an initial.
const INITIAL: [u32; 2] = [288, 288];
/// Folder of the ornaments in a project.
const FOLDER: &str = "ornaments";

/// The ornaments of every chapter of a project that has a moment, drawn if they are not there.
///
/// # Errors
/// [`IllustrateError`] when a record cannot be read or an ornament not be written.
pub fn ornaments(store: &Store, style: Style, seed: u64) -> Result<Vec<Ornament>, IllustrateError> {
    let elements = project::elements(store)?;
    let (book, chapters) = store.view(|manifest| {
        let chapters: Vec<_> = manifest.chapters().keys().copied().collect();
        (manifest.source.title.clone(), chapters)
    })?;
    let colours = Colours::of(&book, &elements.elements);
    let mut ornaments = Vec::new();
    for number in chapters {
        let Some(chapter) = project::concepts(store, number)? else { continue };
        let Some(moment) = chapter.concepts.first() else { continue };
        let sitting = Sitting {
            book: &book,
            colours,
            chapter: number.0,
            chapter_title: "",
            concept: moment,
            cast: &[],
            style,
            width: HEADPIECE[0],
            height: HEADPIECE[1],
            seed,
            caption: false,
        };
        let headpiece = kept(store, "headpiece", &sitting, Decoration::Headpiece)?;
        let [width, height] = INITIAL;
        let sitting = Sitting { width, height, ..sitting };
        let initial = kept(store, "initial", &sitting, Decoration::Initial)?;
        ornaments.push(Ornament { chapter: number.0, headpiece, initial });
    }
    Ok(ornaments)
}

/// The file of an ornament, drawn if there is none of its key.
fn kept(
    store: &Store,
    what: &str,
    sitting: &Sitting<'_>,
    decoration: Decoration,
) -> Result<std::path::PathBuf, IllustrateError> {
    let version = format!("{} {} {}", engraver::VERSION, sitting.style, sitting.colours.name());
    let seed = sitting.seed.to_string();
    let concept = sitting.concept;
    let light = [&concept.time_of_day, &concept.weather, &concept.mood, &concept.lighting];
    let mut parts = vec![what, &version, sitting.book, &seed, &concept.description, &concept.quote];
    parts.push(&concept.setting);
    parts.extend(light.map(String::as_str));
    let key = project::key(&parts);
    let name = format!("{FOLDER}/{:03}-{what}-{}.png", sitting.chapter, &key[..8]);
    let path = manifest::artifact::path(store.folder(), &name)?;
    if image::image_dimensions(&path).is_err() {
        let drawn = engraver::decorate(sitting, decoration).and_then(|picture| picture.png());
        let bytes = drawn.map_err(IllustrateError::Ornament)?;
        store.put(&name, &bytes)?;
    }
    Ok(path)
}
