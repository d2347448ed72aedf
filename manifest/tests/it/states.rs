//! The table of the state machine: every state, every event, and what comes of it.

use std::fmt::Write;

use chrono::DateTime;
use expect_test::expect_file;
use manifest::event::Stamp;
use manifest::{
    Cause, ChapterEvent, ChapterId, ChapterState, Claim, Control, Event, Failure, Serial, Step,
    Token,
};

use crate::acts::{plate, worker};

fn every_state() -> Vec<ChapterState> {
    use ChapterState as S;
    let claim = Claim { worker: worker("w"), token: Token(7), at: DateTime::UNIX_EPOCH };
    let failure = Failure { message: "no".into(), retry_at: None };
    vec![
        S::Pending,
        S::Analyzing(claim.clone()),
        S::Analyzed,
        S::Illustrating(claim),
        S::Illustrated,
        S::Failed(Step::Analysis, failure.clone()),
        S::Failed(Step::Illustration, failure),
        S::Skipped { reason: "index".into() },
    ]
}

fn every_event(token: Token) -> Vec<ChapterEvent> {
    use ChapterEvent as E;
    let worker = worker("w");
    let of_the_book = [
        E::AnalysisClaimed { worker: worker.clone() },
        E::IllustrationClaimed { worker },
        E::Retried { afresh: true },
        E::Retried { afresh: false },
        E::Skipped { reason: "index".into() },
        E::Selected,
        E::PlateMissing { concept: 1 },
        E::ConceptsMissing,
        E::Reset { step: Step::Analysis },
        E::Reset { step: Step::Illustration },
    ];
    of_the_book.into_iter().chain(every_result(token)).collect()
}

fn every_result(token: Token) -> Vec<ChapterEvent> {
    use ChapterEvent as E;
    vec![
        E::Analyzed { token, concepts: 1 },
        E::PlateIntended { token, concept: 1, key: "k".into() },
        E::PlateRecorded { token, concept: 1, plate: plate(ChapterId(1), 1), millis: 0 },
        E::PlateNotDrawn { token, concept: 1 },
        E::PlateBlocked { token, concept: 1, reason: "no".into() },
        E::Illustrated { token },
        E::GivenBack { token },
        E::Reclaimed { token, cause: Cause::Died },
        E::Failed { token, message: "no".into(), retry_at: None },
    ]
}

fn name(state: &ChapterState) -> String {
    match state {
        ChapterState::Failed(step, _) => format!("{} ({step:?})", state.status()),
        _ => state.status().to_string(),
    }
}

fn label(event: &ChapterEvent) -> String {
    match event {
        ChapterEvent::Reset { step } => format!("reset ({step:?})"),
        ChapterEvent::Retried { afresh: true } => "retried (afresh)".into(),
        other => other.name(),
    }
}

const STAMP: Stamp = Stamp { serial: Serial(8), at: DateTime::UNIX_EPOCH };

#[test]
fn the_table_is_as_committed() {
    let mut table = String::new();
    for state in every_state() {
        writeln!(table, "{}", name(&state)).unwrap();
        let mut refused = Vec::new();
        for event in every_event(Token(7)) {
            match state.next(&event, &STAMP) {
                Ok(next) => {
                    writeln!(table, "    {:<28} -> {}", label(&event), name(&next)).unwrap();
                }
                Err(_) => refused.push(label(&event)),
            }
        }
        writeln!(table, "    refused: {}\n", refused.join(", ")).unwrap();
    }
    let since = DateTime::UNIX_EPOCH;
    for control in [Control::Going, Control::Paused { since }, Control::Cancelled { since }] {
        writeln!(table, "the book, {}", control.word()).unwrap();
        let events = [Event::Paused, Event::Resumed, Event::Cancelled];
        for (name, event) in ["paused", "resumed", "cancelled"].iter().zip(events) {
            match control.next(&event, &STAMP) {
                Ok(next) => writeln!(table, "    {name:<28} -> {}", next.word()).unwrap(),
                Err(_) => writeln!(table, "    {name:<28} refused").unwrap(),
            }
        }
        writeln!(table).unwrap();
    }
    expect_file!["states.txt"].assert_eq(&table);
}

#[test]
fn no_result_counts_under_another_token() {
    for state in every_state() {
        for result in every_result(Token(6)) {
            assert!(state.next(&result, &STAMP).is_err(), "{state:?} {result:?}");
        }
    }
}

#[test]
fn a_claim_is_the_only_way_into_work_and_its_token_is_its_serial() {
    for state in every_state() {
        for event in every_event(Token(7)) {
            let Ok(next) = state.next(&event, &STAMP) else { continue };
            if let (None, Some((_, claim))) = (state.claim(), next.claim()) {
                assert_eq!(claim.token, Token(8));
            }
        }
    }
}
