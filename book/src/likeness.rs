//! Likenesses: pictures of one element by itself. The records behind `sheets/` and `portraits/`.
//!
//! A *sheet* shows plainly what an element looks like; engines that can are given it along with every
//! prompt, so that the same face is on every page. A *portrait* is a plate of its own, for `Elements.md`
//! and the appendix of the bound book.
//!
//! **Invariant:** the names depend on the element's name alone, so that whoever looks for the likeness
//! of an element, in this book or in the next one of a series, finds it without a list.

use std::path::Path;

use manifest::{Store, StoreError, artifact};
use serde::{Deserialize, Serialize};

use crate::element::{Element, Elements};
use crate::project::{self, RecordError};

/// What a likeness is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A reference for whoever draws.
    Sheet,
    /// A plate of its own.
    Portrait,
}

impl Kind {
    /// The folder they stand in.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Sheet => "sheets",
            Self::Portrait => "portraits",
        }
    }
}

/// One element's picture by itself: `sheets/ada-brook-1f2e3d.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Likeness {
    /// Name of the element.
    pub element: String,
    /// It shows the element as it is known by the end of this chapter; it is no reference for a plate
    /// of an earlier one.
    pub chapter: u32,
    /// Name of the picture in the project; `None` where there is none, and only the seed is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// [`project::key`] of everything the picture was made from.
    pub key: String,
    /// What the engine was told.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prompt: String,
    /// Which engine drew it; empty where nobody did.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub engine: String,
    /// The seed of the element: for its pictures, and for plates of engines without references.
    pub seed: u64,
    /// The softer words that were accepted, where `prompt` was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub softened: Option<String>,
    /// Why the engine refused to draw it; the book goes on without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<String>,
    /// A person, or an earlier volume, brought the picture: it is used as it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub given: bool,
    /// Title of the earlier book of the series that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_from: Option<String>,
    /// Key of a picture that a call was made for whose end nobody has seen yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intended: Option<String>,
    /// Every picture that there ever was, in the order in which they came; none of them has versions of
    /// its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<Likeness>,
}

impl Likeness {
    /// The same in place of the one that was there before, which stays among the versions.
    #[must_use]
    pub fn after(self, before: Option<Self>) -> Self {
        let mut versions = Vec::new();
        let earlier = before.into_iter().flat_map(|mut before| {
            let versions = std::mem::take(&mut before.versions);
            versions.into_iter().chain([before])
        });
        for mut version in earlier.chain([self.clone()]) {
            (version.versions, version.intended) = (Vec::new(), None);
            let is_new = versions.iter().all(|known: &Self| known.file != version.file);
            if version.file.is_some() && is_new {
                versions.push(version);
            }
        }
        Self { versions, ..self }
    }

    /// The version before the present one.
    #[must_use]
    pub fn before(&self) -> Option<&Self> {
        self.versions.iter().take_while(|version| version.file != self.file).last()
    }
}

/// The stem of the names of an element's files: names may be alike as slugs, or have no letters left.
fn stem(kind: Kind, element: &str) -> String {
    let slug = artifact::slug(element);
    let hash = project::key(&["element", element]);
    format!("{}/{slug}-{}", kind.folder(), hash.get(..6).unwrap_or_default())
}

/// Name of the record.
#[must_use]
pub fn record_name(kind: Kind, element: &str) -> String {
    format!("{}.json", stem(kind, element))
}

/// Name of the turn of whoever draws it.
#[must_use]
pub fn turn_name(kind: Kind, element: &str) -> String {
    format!("{}.lock", stem(kind, element))
}

/// Name of the prompt, to be read and edited by people.
#[must_use]
pub fn prompt_name(kind: Kind, element: &str) -> String {
    format!("prompts/{}.md", stem(kind, element))
}

/// Name of a picture. Like a plate's it ends with the start of its key, so that a file of this name is
/// that picture, whole.
#[must_use]
pub fn picture_name(kind: Kind, element: &str, key: &str, ending: &str) -> String {
    format!("{}-{}.{ending}", stem(kind, element), key.get(..8).unwrap_or(key))
}

/// Reads the record of an element; `None` where there is none.
///
/// # Errors
/// As [`project::read`].
pub fn read(store: &Store, kind: Kind, element: &str) -> Result<Option<Likeness>, RecordError> {
    project::read(store, &record_name(kind, element))
}

/// The record of an element in another project, as far as there is one that can be used.
#[must_use]
pub fn read_from(project: &Path, kind: Kind, element: &str) -> Option<Likeness> {
    let bytes = artifact::get(project, &record_name(kind, element)).ok()??;
    serde_json::from_slice(&bytes).ok()
}

/// Writes the record of an element.
///
/// # Errors
/// As [`project::write`].
pub fn write(store: &Store, kind: Kind, record: &Likeness) -> Result<(), RecordError> {
    project::write(store, &record_name(kind, &record.element), record)
}

/// Whether the picture of a record is there.
///
/// # Errors
/// When its name is none of a project's.
pub fn is_there(store: &Store, record: &Likeness) -> Result<bool, StoreError> {
    let Some(file) = &record.file else { return Ok(false) };
    Ok(artifact::path(store.folder(), file)?.is_file())
}

/// Every likeness that has its picture, in the order of the elements.
///
/// # Errors
/// When a record cannot be read.
pub fn all(
    store: &Store,
    kind: Kind,
    elements: &Elements,
) -> Result<Vec<(Element, Likeness)>, RecordError> {
    let mut found = Vec::new();
    if !store.folder().join(kind.folder()).is_dir() {
        return Ok(found);
    }
    for element in &elements.elements {
        if let Some(record) = read(store, kind, &element.name)?
            && is_there(store, &record)?
        {
            found.push((element.clone(), record));
        }
    }
    Ok(found)
}

/// The chapter by which the looks of an element are first told: what its sheet may know. Without any
/// facts, the first that names it.
#[must_use]
pub fn first_seen(element: &Element) -> u32 {
    let told = element.facts.iter().map(|fact| fact.chapter).min();
    told.or_else(|| element.chapters.first().copied()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::{Aspect, ElementType, Fact};

    #[test]
    fn elements_of_different_names_never_share_a_file() {
        let names = ["Ada", "ada", "Ада", "Ева", "A d a", "../Ada"];
        let files: std::collections::BTreeSet<_> =
            names.iter().map(|name| record_name(Kind::Sheet, name)).collect();
        assert_eq!(files.len(), names.len(), "{files:?}");
        assert!(files.iter().all(|file| !file.contains("..")), "{files:?}");
    }

    #[test]
    fn a_picture_that_gives_way_is_found_again() {
        let picture = |file: &str| Likeness { file: Some(file.to_owned()), ..Likeness::default() };
        let blocked = Likeness { blocked: Some("too dark".to_owned()), ..Likeness::default() };
        let second = picture("b").after(Some(picture("a").after(Some(blocked))));
        assert_eq!(second.before(), Some(&picture("a")));
        let back = Likeness { versions: second.versions.clone(), ..picture("a") };
        assert_eq!(back.before(), None);
        let files = |of: &Likeness| of.versions.iter().map(|v| v.file.clone()).collect::<Vec<_>>();
        let third = picture("c").after(Some(back));
        assert_eq!(files(&third), ["a", "b", "c"].map(|file| Some(file.to_owned())));
    }

    #[test]
    fn a_sheet_knows_what_is_told_first() {
        let fact = |chapter| Fact {
            chapter,
            offset: 0,
            quote: String::new(),
            text: "red hair".to_owned(),
            aspect: Aspect::Hair,
            named: String::new(),
        };
        let mut ada = Element::new("Ada", ElementType::Character);
        assert_eq!(first_seen(&ada), 1);
        ada.chapters = vec![2, 5];
        assert_eq!(first_seen(&ada), 2);
        ada.facts = vec![fact(9), fact(3)];
        assert_eq!(first_seen(&ada), 3);
    }
}
