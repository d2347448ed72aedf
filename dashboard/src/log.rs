//! Events in words, for the log.

use chrono::{DateTime, Utc};
use manifest::event::{CallEvent, Cause};
use manifest::journal::Entry;
use manifest::{ChapterEvent, Event, Serial, Step};
use serde::Serialize;

/// One event, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogEntry {
    /// Its number.
    pub serial: Serial,
    /// When its writer wrote it.
    pub at: DateTime<Utc>,
    /// The chapter it is about.
    pub chapter: Option<u32>,
    /// Whether it is something that a person should look at.
    pub alarming: bool,
    /// What happened, as data: it may quote a model's answer.
    pub text: String,
    /// Whether it may have changed more than the chapter it is about.
    #[serde(skip)]
    pub is_sweeping: bool,
}

impl LogEntry {
    /// Puts an event into words.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        let chapter = match &entry.event {
            Event::Chapter { chapter, .. } | Event::ElementsRead { chapter, .. } => Some(chapter.0),
            _ => None,
        };
        Self {
            serial: entry.serial,
            at: entry.at,
            chapter,
            alarming: is_alarming(&entry.event),
            text: words(&entry.event),
            is_sweeping: matches!(entry.event, Event::ChaptersListed { .. }),
        }
    }
}

fn is_alarming(event: &Event) -> bool {
    match event {
        Event::ElementsFailed { .. } | Event::ElementsReclaimed { .. } | Event::Cancelled => true,
        Event::Chapter { change, .. } => matches!(
            change,
            ChapterEvent::Failed { .. }
                | ChapterEvent::PlateBlocked { .. }
                | ChapterEvent::Reclaimed { .. }
        ),
        _ => false,
    }
}

fn words(event: &Event) -> String {
    match event {
        Event::ChaptersListed { chapters } => format!("The book has {} chapters", chapters.len()),
        Event::ElementsClaimed { .. } => "The search for elements begins".to_owned(),
        Event::ElementsRead { .. } => "Read for its elements".to_owned(),
        Event::ElementsCompleted { count, .. } => format!("{count} elements found"),
        Event::ElementsGivenBack { .. } => "The search for elements was given back".to_owned(),
        Event::ElementsReclaimed { cause, .. } => {
            format!("The search for elements is free again: its worker {}", fate(*cause))
        }
        Event::ElementsFailed { message, .. } => {
            format!("The search for elements failed: {message}")
        }
        Event::ElementsReset => "The elements are searched for again".to_owned(),
        Event::Chapter { change, .. } => of_chapter(change),
        Event::Paused => "Paused".to_owned(),
        Event::Resumed => "Resumed".to_owned(),
        Event::Cancelled => "Cancelled".to_owned(),
        Event::BindingWanted => "It will be bound when all is drawn".to_owned(),
        Event::Bound { .. } => "Bound".to_owned(),
        Event::Call { change } => of_call(change),
    }
}

fn of_call(change: &CallEvent) -> String {
    match change {
        CallEvent::Reserved { engine, .. } => format!("{engine} is called"),
        CallEvent::Settled { .. } => "A call is over".to_owned(),
        CallEvent::Lost { calls: 1 } => "A call was lost and may be paid for twice".to_owned(),
        CallEvent::Lost { calls } => format!("{calls} calls were lost and may be paid for twice"),
        CallEvent::HeldOff { millis, .. } => {
            format!("A server asked to be left alone for {} s", millis.div_ceil(1000))
        }
    }
}

fn of_chapter(change: &ChapterEvent) -> String {
    match change {
        ChapterEvent::AnalysisClaimed { .. } => "Analysis begins".to_owned(),
        ChapterEvent::Analyzed { concepts: 1, .. } => "Analyzed: 1 moment to draw".to_owned(),
        ChapterEvent::Analyzed { concepts, .. } => format!("Analyzed: {concepts} moments to draw"),
        ChapterEvent::IllustrationClaimed { .. } => "Illustration begins".to_owned(),
        ChapterEvent::PlateIntended { concept, .. } => format!("Plate {concept} is ordered"),
        ChapterEvent::PlateQueued { concept, .. } => format!("Plate {concept} is queued"),
        ChapterEvent::PlateRecorded { concept, .. } => format!("Plate {concept} is drawn"),
        ChapterEvent::PlateNotDrawn { concept, .. } => format!("No plate {concept} came of a call"),
        ChapterEvent::PlateBlocked { concept, reason, .. } => {
            format!("Plate {concept} was refused: {reason}")
        }
        ChapterEvent::Illustrated { .. } => "Illustrated".to_owned(),
        ChapterEvent::GivenBack { .. } => "Given back unfinished".to_owned(),
        ChapterEvent::Reclaimed { cause, .. } => format!("Free again: its worker {}", fate(*cause)),
        ChapterEvent::Failed { message, .. } => format!("Failed: {message}"),
        ChapterEvent::Retried { .. } => "Tried again".to_owned(),
        ChapterEvent::Skipped { reason } => format!("Left out: {reason}"),
        ChapterEvent::Selected => "Wanted after all".to_owned(),
        ChapterEvent::PlateMissing { concept } => format!("Plate {concept} is to be drawn again"),
        ChapterEvent::ConceptsMissing => "To be analyzed again: its concepts are gone".to_owned(),
        ChapterEvent::Reset { step: Step::Analysis } => "To be analyzed again".to_owned(),
        ChapterEvent::Reset { step: Step::Illustration } => "To be drawn again".to_owned(),
    }
}

fn fate(cause: Cause) -> &'static str {
    match cause {
        Cause::Died => "died",
        Cause::Stuck => "made no progress",
    }
}
