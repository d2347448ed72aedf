//! How the plates of a book are to look: its style guide.
//!
//! What a person has said wins, then what an engine has found out, then the preset of the genre.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use book::project::{self, RecordError};
use book::style::{Origin, STYLE, StyleGuide};
use config::{Genre, Look};
use manifest::Store;
use models::Picture;
use sha2::{Digest, Sha256};

use crate::IllustrateError;
use crate::likeness::Sheet;

/// The genre of a book of which nothing is known.
const ANY: &str = "any";

static GENRES: LazyLock<BTreeMap<String, StyleGuide>> =
    LazyLock::new(|| toml::from_str(include_str!("../data/genres.toml")).unwrap_or_default());

/// The names of all presets.
pub fn genres() -> impl Iterator<Item = &'static str> {
    GENRES.keys().map(String::as_str).filter(|name| *name != ANY)
}

/// The preset of a genre; that of any book where there is none of that name.
#[must_use]
pub fn preset(genre: &str) -> StyleGuide {
    let genre = genre.trim().to_lowercase();
    let known = genre.parse().map(Genre::name).unwrap_or(ANY);
    let found = GENRES.get(known).or_else(|| GENRES.get(ANY)).cloned().unwrap_or_default();
    StyleGuide { genre, origin: Origin::Preset, ..found }
}

/// How the plates of a book are to look: in words, and perhaps in a picture.
#[derive(Default)]
pub(crate) struct Manner {
    pub guide: StyleGuide,
    /// A picture that shows it, for engines that take references.
    pub shown: Option<Sheet>,
}

/// The manner of a project as first needed: by then whoever read the book has had a say.
#[derive(Default)]
pub(crate) struct KnownManner(Mutex<Option<Arc<Manner>>>);

impl KnownManner {
    pub fn read(&self, store: &Store, look: &Look) -> Result<Arc<Manner>, IllustrateError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(manner) = &*known {
            return Ok(Arc::clone(manner));
        }
        let guide = guide(store, look)?;
        let manner = Arc::new(Manner { shown: shown(store, look, &guide)?, guide });
        Ok(Arc::clone(known.insert(manner)))
    }

    /// Reads it again when it is next needed.
    pub fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The style guide of a project, as far as the configuration does not say otherwise. What both leave
/// open is filled in from the preset.
///
/// # Errors
/// When the record is there and cannot be understood.
pub fn guide(store: &Store, look: &Look) -> Result<StyleGuide, RecordError> {
    let found: Option<StyleGuide> = project::read(store, STYLE)?;
    Ok(completed(found, look))
}

/// The picture that shows the manner: the configured one, or the first of the style guide.
///
/// # Errors
/// [`IllustrateError::Manner`] when it cannot be used.
pub(crate) fn shown(
    store: &Store,
    look: &Look,
    style: &StyleGuide,
) -> Result<Option<Sheet>, IllustrateError> {
    let path = match (&look.picture, style.pictures.first()) {
        (Some(path), _) => path.clone(),
        (None, Some(name)) => manifest::artifact::path(store.folder(), name)?,
        (None, None) => return Ok(None),
    };
    let wrong = |why: String| IllustrateError::Manner { path: path.clone(), why };
    let bytes = std::fs::read(&path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let key = digest(&bytes);
    let picture = Picture::check(bytes).map_err(|why| wrong(format!("cannot be used: {why}")))?;
    Ok(Some(Sheet { name: String::new(), key, picture }))
}

/// What stands for a picture that somebody brought.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn completed(found: Option<StyleGuide>, look: &Look) -> StyleGuide {
    let mut found = found.unwrap_or_else(|| preset(""));
    if let Some(genre) = look.genre {
        // What nobody but an engine has said gives way to the kind of book that a person names.
        let of_genre = StyleGuide { pictures: found.pictures.clone(), ..preset(genre.name()) };
        found = if found.origin == Origin::Given { found } else { of_genre };
        genre.name().clone_into(&mut found.genre);
    }
    if let Some(words) = &look.words {
        found = StyleGuide {
            palette: Vec::new(),
            words: words.clone(),
            origin: Origin::Given,
            ..found
        };
    }
    let preset = preset(&found.genre);
    StyleGuide {
        words: if found.words.trim().is_empty() { preset.words } else { found.words },
        avoid: if found.avoid.trim().is_empty() { preset.avoid } else { found.avoid },
        ..found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_genre_has_words_of_its_own() {
        assert_eq!(genres().count(), 5);
        let words: std::collections::BTreeSet<String> = genres().map(|g| preset(g).words).collect();
        assert!(genres().all(|genre| genre.parse::<Genre>().is_ok()));
        assert_eq!(
            preset("Science Fiction"),
            StyleGuide { genre: "science fiction".to_owned(), ..preset("science-fiction") }
        );
        assert_eq!(preset("children's").words, preset("children").words);
        assert!(words.len() == 5 && words.iter().all(|words| !words.is_empty()));
        assert_eq!(preset("cookery").words, preset("").words);
    }

    #[test]
    fn a_guide_that_names_a_genre_alone_is_filled_in() {
        let fantasy = StyleGuide { genre: "Fantasy".to_owned(), ..StyleGuide::default() };
        assert_eq!(completed(Some(fantasy), &Look::default()).words, preset("fantasy").words);
        let own = StyleGuide { words: "Chalk.".to_owned(), ..StyleGuide::default() };
        let own = completed(Some(own), &Look::default());
        assert_eq!((own.words.as_str(), own.avoid), ("Chalk.", preset("").avoid));
    }

    #[test]
    fn what_a_person_says_wins_over_what_an_engine_has_found_out() {
        let read = StyleGuide {
            words: "Oil.".to_owned(),
            palette: vec!["ochre".to_owned()],
            genre: "romance".to_owned(),
            origin: Origin::Text,
            ..StyleGuide::default()
        };
        let look = |genre, words: Option<&str>| Look {
            genre,
            words: words.map(str::to_owned),
            ..Look::default()
        };
        let completed = |look: &Look| completed(Some(read.clone()), look);
        assert_eq!(completed(&look(None, None)).words, "Oil.");
        let mystery = completed(&look(Some(Genre::Mystery), None));
        assert_eq!((mystery.words, mystery.palette.len()), (preset("mystery").words, 0));
        let chalk = completed(&look(Some(Genre::Mystery), Some("Chalk.")));
        assert_eq!((chalk.manner().as_str(), chalk.avoid), ("Chalk.", preset("mystery").avoid));
    }
}
