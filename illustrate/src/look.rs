//! How the plates of a book are to look: its style guide.
//!
//! What a person has said wins, then what an engine has found out, then the preset of the genre.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use book::project::{self, RecordError};
use book::style::{Origin, STYLE, StyleGuide};
use manifest::Store;

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
    let found = GENRES.get(&genre).or_else(|| GENRES.get(ANY)).cloned().unwrap_or_default();
    StyleGuide { genre, origin: Origin::Preset, ..found }
}

/// The style guide of a project. What its record leaves open is filled in from the preset.
///
/// # Errors
/// When the record is there and cannot be understood.
pub fn guide(store: &Store) -> Result<StyleGuide, RecordError> {
    let found: Option<StyleGuide> = project::read(store, STYLE)?;
    Ok(completed(found))
}

fn completed(found: Option<StyleGuide>) -> StyleGuide {
    let Some(found) = found else { return preset("") };
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
        assert!(words.len() == 5 && words.iter().all(|words| !words.is_empty()));
        assert_eq!(preset("cookery").words, preset("").words);
    }

    #[test]
    fn a_guide_that_names_a_genre_alone_is_filled_in() {
        let fantasy = StyleGuide { genre: "Fantasy".to_owned(), ..StyleGuide::default() };
        assert_eq!(completed(Some(fantasy)).words, preset("fantasy").words);
        let own = StyleGuide { words: "Chalk.".to_owned(), ..StyleGuide::default() };
        let own = completed(Some(own));
        assert_eq!((own.words.as_str(), own.avoid), ("Chalk.", preset("").avoid));
    }
}
