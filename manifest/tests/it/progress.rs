//! The percentage rises and never falls, whatever happens that nobody asked for.

use chrono::DateTime;
use manifest::event::Stamp;
use manifest::progress::{Weights, WeightsError, progress};
use manifest::{ChapterEvent, ElementsState, Event, Manifest, Overall};
use proptest::prelude::*;

use crate::acts;

fn fresh() -> Manifest {
    Manifest::new("l".into(), "b".into(), acts::source(), DateTime::UNIX_EPOCH)
}

/// Events that take something back because a person, or a missing file, says so.
fn takes_back(event: &Event) -> bool {
    use ChapterEvent as E;
    match event {
        Event::ElementsReset => true,
        Event::Chapter { change, .. } => matches!(
            change,
            E::Reset { .. }
                | E::PlateMissing { .. }
                | E::ConceptsMissing
                | E::Retried { .. }
                | E::Selected
        ),
        _ => false,
    }
}

fn is_settled(manifest: &Manifest) -> bool {
    let read =
        matches!(manifest.elements, ElementsState::Complete { .. } | ElementsState::Failed(_));
    read && manifest.illustrate_complete()
}

fn apply(manifest: &mut Manifest, event: &Event) {
    let stamp = Stamp { serial: manifest.serial.next(), at: manifest.last_updated };
    manifest.apply(event, &stamp).unwrap();
}

fn percentage(manifest: &Manifest) -> f64 {
    progress(manifest, Weights::default()).percentage
}

#[test]
fn a_book_without_trouble_ends_at_100() {
    let mut manifest = fresh();
    while !is_settled(&manifest) {
        let before = percentage(&manifest);
        assert!(before < 100.0);
        let event = acts::onward(&manifest).unwrap();
        apply(&mut manifest, &event);
        assert!(percentage(&manifest) >= before, "{event:?}");
    }
    assert_eq!(percentage(&manifest), 100.0);
    assert_eq!(Overall::of(&manifest, &std::collections::BTreeSet::new()), Overall::Completed);
}

#[test]
fn a_plate_counts_at_once() {
    let mut manifest = fresh();
    let drawn = |event: &Event| {
        matches!(event, Event::Chapter { change: ChapterEvent::PlateRecorded { .. }, .. })
    };
    let mut plates = 0;
    while !is_settled(&manifest) {
        let before = percentage(&manifest);
        let event = acts::onward(&manifest).unwrap();
        apply(&mut manifest, &event);
        if drawn(&event) {
            plates += 1;
            assert!(percentage(&manifest) > before);
        }
    }
    assert_eq!(plates, 6);
}

proptest! {
    #[test]
    fn nothing_lowers_it(picks in prop::collection::vec(0usize..40, 1..80)) {
        let mut manifest = fresh();
        for pick in picks {
            let legal: Vec<_> =
                acts::legal(&manifest).into_iter().filter(|event| !takes_back(event)).collect();
            let Some(event) = legal.get(pick % legal.len().max(1)) else { break };
            let before = percentage(&manifest);
            apply(&mut manifest, event);
            let after = percentage(&manifest);
            prop_assert!(after >= before, "{event:?}: {before} then {after}");
            prop_assert!((after == 100.0) == is_settled(&manifest), "{after} after {event:?}");
        }
    }
}

#[test]
fn weights_that_make_no_whole_are_refused() {
    assert_eq!(Weights::new(0.1, 0.2, 0.7), Ok(Weights::default()));
    assert_eq!(Weights::new(-0.1, 0.4, 0.7), Err(WeightsError::OutOfRange(-0.1)));
    assert_eq!(Weights::new(0.5, 0.5, 0.5), Err(WeightsError::Sum(1.5)));
}
