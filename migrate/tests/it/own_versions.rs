//! Projects of our own older versions, read for ever. A fixture is never changed: a new version adds
//! one of its own.

use std::path::Path;

use book::project::{self, ChapterPlates};
use book::series::{self, Series};
use manifest::{Interrupt, Options, Status, Store};

use crate::folder::{Folder, contents};

/// The projects that are kept, by the version of their manifest.
const KEPT: [&str; 1] = ["project-3.1.0"];
/// The series that are kept, by the version of their record.
const KEPT_SERIES: [&str; 1] = ["series-1.0"];

#[test]
fn a_project_of_any_version_is_read_whole() {
    for kept in KEPT {
        // A copy: whoever opens a project makes its lock.
        let folder = Folder::of(kept);
        let store = Store::open(&folder.old(), Options::default()).unwrap();
        let manifest = store.view(Clone::clone).unwrap();
        assert_eq!(manifest.count(Status::Illustrated), 2, "{kept}");
        let elements = project::elements(&store).unwrap().elements;
        assert!(elements.iter().any(|element| element.name == "Tom Hale"), "{kept}: {elements:?}");
        for (id, chapter) in manifest.chapters() {
            let concepts = project::concepts(&store, *id).unwrap().unwrap().concepts;
            assert_eq!(Some(u32::try_from(concepts.len()).unwrap()), chapter.concepts, "{kept}");
            let made: ChapterPlates =
                project::read(&store, &project::plates_name(*id)).unwrap().unwrap();
            for plate in &made.plates {
                assert_eq!(chapter.plate(plate.concept).unwrap().key, plate.key, "{kept}");
                let path = manifest::artifact::path(&folder.old(), &plate.file).unwrap();
                assert!(image::open(path).is_ok(), "{kept}: {}", plate.file);
            }
        }
        store.update(|_| (vec![manifest::Event::ElementsReset], ())).unwrap();
    }
}

#[test]
fn a_series_of_any_version_is_read_whole_and_gone_on_with() {
    for kept in KEPT_SERIES {
        let folder = Folder::of(kept);
        let series = Series::at(&folder.old(), &Interrupt::new()).unwrap();
        let two = folder.path("two.woodcut");
        let earlier = series.earlier(&two).unwrap();
        assert_eq!(earlier.books[0].title, "The Ferry, Book One", "{kept}");
        let martha = &earlier.books[0].elements.elements[0];
        assert_eq!((martha.name.as_str(), martha.facts.is_empty()), ("Martha", false), "{kept}");
        series.add(&folder.path("three.woodcut")).unwrap();
        let catalogue = series.write_catalogue().unwrap();
        assert_eq!(catalogue.books.len(), 3, "{kept}");
        assert!(catalogue.elements.iter().all(|member| member.appearances.len() == 2), "{kept}");
    }
}

#[test]
fn what_is_written_today_is_among_what_is_kept() {
    let today = format!("project-{}", manifest::format::VERSION);
    assert!(KEPT.contains(&today.as_str()), "{today} wants a fixture of its own");
    let today = format!("series-{}", series::VERSION);
    assert!(KEPT_SERIES.contains(&today.as_str()), "{today} wants a fixture of its own");
}

#[test]
fn every_kept_project_is_opened() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let names = contents(&fixtures).into_keys();
    let mut projects: Vec<String> = names
        .filter_map(|name| name.split_once('/').map(|(folder, _)| folder.to_owned()))
        .filter(|folder| folder.starts_with("project-") || folder.starts_with("series-"))
        .collect();
    projects.dedup();
    assert_eq!(projects, [&KEPT[..], &KEPT_SERIES].concat());
}
