//! The percentage rises and never falls, whatever happens that nobody asked for.

use chrono::DateTime;
use manifest::event::Stamp;
use manifest::progress::{Gauge, PhaseStatus, Shares, Weights, WeightsError, progress};
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
        Event::ElementsReset | Event::BindingWanted => true,
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
    read && manifest.illustrate_complete() && !manifest.binding.is_wanted()
}

fn apply(manifest: &mut Manifest, event: &Event) {
    let stamp = Stamp { serial: manifest.serial.next(), at: manifest.last_updated };
    manifest.apply(event, &stamp).unwrap();
}

/// By shares that somebody chose.
fn percentage(manifest: &Manifest) -> f64 {
    let shares = Shares::new(0.1, 0.2, 0.6, 0.1).unwrap();
    progress(manifest, &Weights::Chosen(shares), manifest.last_updated).percentage
}

/// By what is usual, shown again and again.
fn shown(manifest: &Manifest, gauge: &mut Gauge) -> f64 {
    let mut progress = progress(manifest, &Weights::default(), manifest.last_updated);
    gauge.raise(&mut progress, true);
    progress.percentage
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
    let nobody = std::collections::BTreeSet::new();
    assert_eq!(Overall::of(&manifest, &nobody, manifest.last_updated), Overall::Completed);
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
        let (mut manifest, mut gauge) = (fresh(), Gauge::default());
        for pick in picks {
            let legal: Vec<_> =
                acts::legal(&manifest).into_iter().filter(|event| !takes_back(event)).collect();
            let Some(event) = legal.get(pick % legal.len().max(1)) else { break };
            let before = (percentage(&manifest), shown(&manifest, &mut gauge));
            apply(&mut manifest, event);
            let after = (percentage(&manifest), shown(&manifest, &mut gauge));
            prop_assert!(after.0 >= before.0 && after.1 >= before.1, "{event:?}: {before:?} then {after:?}");
            for after in [after.0, after.1] {
                prop_assert!((after == 100.0) == is_settled(&manifest), "{after} after {event:?}");
            }
        }
    }
}

#[test]
fn weights_that_make_no_whole_are_refused() {
    assert!(Shares::new(0.1, 0.2, 0.6, 0.1).is_ok());
    assert_eq!(Shares::new(-0.1, 0.4, 0.7, 0.0), Err(WeightsError::OutOfRange(-0.1)));
    assert_eq!(Shares::new(0.5, 0.5, 0.5, 0.0), Err(WeightsError::Sum(1.5)));
    assert!(matches!(Shares::new(f64::NAN, 0.0, 1.0, 0.0), Err(WeightsError::OutOfRange(_))));
}

#[test]
fn who_binds_is_not_done_before_it_is_bound() {
    let mut manifest = fresh();
    apply(&mut manifest, &acts::listed(3));
    apply(&mut manifest, &Event::BindingWanted);
    let early = Event::Bound { millis: 5 };
    let stamp = Stamp { serial: manifest.serial.next(), at: manifest.last_updated };
    assert!(manifest.apply(&early, &stamp).is_err(), "nothing is drawn yet");
    while !manifest.illustrate_complete() {
        let event = acts::onward(&manifest).unwrap();
        apply(&mut manifest, &event);
    }
    let now = manifest.last_updated;
    let before = progress(&manifest, &Weights::default(), now);
    assert!(before.percentage < 100.0 && before.binding.status == PhaseStatus::Running);
    apply(&mut manifest, &Event::Bound { millis: 5 });
    let after = progress(&manifest, &Weights::default(), now);
    assert_eq!(
        (after.percentage, after.binding.percentage, after.eta_seconds),
        (100.0, 100.0, Some(0))
    );
    let change = ChapterEvent::PlateMissing { concept: 1 };
    apply(&mut manifest, &acts::of(1, change));
    assert!(progress(&manifest, &Weights::default(), now).percentage < 100.0);
}

#[test]
fn a_book_without_chapters_is_done_once_that_is_known() {
    let mut manifest = fresh();
    assert_eq!(progress(&manifest, &Weights::default(), manifest.last_updated).percentage, 0.0);
    apply(&mut manifest, &acts::listed(0));
    let progress = progress(&manifest, &Weights::default(), manifest.last_updated);
    assert_eq!(progress.illustration.percentage, 100.0);
}
