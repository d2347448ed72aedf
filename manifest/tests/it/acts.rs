//! Every event that is legal in a state: what tests choose from.

use manifest::event::Stamp;
use manifest::ledger::{Amount, Charge, Work};
use manifest::{
    CallEvent, Cause, ChapterEvent, ChapterId, ElementsState, Event, Listed, Manifest, Plate,
    Source, Status, Step, Token, WorkerId,
};

pub fn worker(name: &str) -> WorkerId {
    WorkerId(name.to_owned())
}

pub fn source() -> Source {
    Source {
        path: "/books/bell.epub".into(),
        sha256: "5e1f".into(),
        title: "The Bell".into(),
        headings: None,
    }
}

pub fn listed(count: u32) -> Event {
    let chapter =
        |n| Listed { number: ChapterId(n), title: format!("Chapter {n}"), words: 100 * n };
    Event::ChaptersListed { chapters: (1..=count).map(chapter).collect() }
}

pub fn plate(chapter: ChapterId, concept: u32) -> Plate {
    Plate {
        file: format!("plates/{chapter:03}-{concept}.png"),
        key: format!("k{chapter}-{concept}"),
    }
}

pub fn of(chapter: u32, change: ChapterEvent) -> Event {
    Event::Chapter { chapter: ChapterId(chapter), change }
}

/// The next event of a book that is made without any trouble, three chapters and two plates each.
pub fn onward(manifest: &Manifest) -> Option<Event> {
    legal(manifest).into_iter().next()
}

/// Every kind of event that fits, those that bring the book onward first.
pub fn legal(manifest: &Manifest) -> Vec<Event> {
    if !manifest.chapters_listed {
        return vec![listed(3)];
    }
    let mut acts = on_elements(manifest);
    for (id, chapter) in manifest.chapters() {
        let token = chapter.state.claim().map_or(Token(0), |(_, claim)| claim.token);
        let missing = chapter.missing_concepts().first().copied();
        let changes = on_chapter(*id, chapter.state.status(), token, missing);
        acts.extend(changes.into_iter().map(|change| Event::Chapter { chapter: *id, change }));
    }
    acts.extend(on_calls(manifest).map(|change| Event::Call { change }));
    acts.extend([Event::Paused, Event::Resumed, Event::Cancelled]);
    acts.extend([Event::BindingWanted, Event::Bound { millis: 9 }]);
    let fits = |event: &Event| {
        let stamp = Stamp { serial: manifest.serial.next(), at: manifest.last_updated };
        manifest.clone().apply(event, &stamp).is_ok()
    };
    acts.retain(fits);
    let backward = |event: &Event| match event {
        Event::ElementsReset | Event::Call { .. } => true,
        Event::Paused | Event::Resumed | Event::Cancelled => true,
        Event::BindingWanted | Event::Bound { .. } => true,
        Event::Chapter { change, .. } => matches!(
            change,
            ChapterEvent::Reset { .. }
                | ChapterEvent::PlateMissing { .. }
                | ChapterEvent::ConceptsMissing
        ),
        _ => false,
    };
    acts.sort_by_key(backward);
    acts
}

fn on_calls(manifest: &Manifest) -> impl Iterator<Item = CallEvent> {
    let most = Amount { tokens: 900, pictures: 1, micros: Some(40_000) };
    let (worker, engine) = (worker("i"), "openai gpt-image-1".to_owned());
    let reserved = CallEvent::Reserved { worker, work: Work::Image, engine, most };
    let used = Amount { tokens: 700, ..most };
    let settled = manifest.ledger.open.keys().next().map(|permit| CallEvent::Settled {
        permit: *permit,
        charge: Charge::Yes,
        used,
    });
    let held_off = CallEvent::HeldOff { work: Work::Text, millis: 900 };
    settled.into_iter().chain([reserved, held_off, CallEvent::Lost { calls: 1 }])
}

fn on_elements(manifest: &Manifest) -> Vec<Event> {
    match &manifest.elements {
        ElementsState::Pending => vec![Event::ElementsClaimed { worker: worker("e") }],
        ElementsState::Reading(claim) => {
            let token = claim.token;
            let unread = manifest.chapters().keys().find(|id| !manifest.elements_read.contains(id));
            let read =
                unread.map(|chapter| Event::ElementsRead { token, chapter: *chapter, millis: 0 });
            let message = "no".to_owned();
            let others = [
                Event::ElementsCompleted { token, count: 7 },
                Event::ElementsGivenBack { token },
                Event::ElementsReclaimed { token, cause: Cause::Died },
                Event::ElementsFailed { token, message, retry_at: None },
            ];
            read.into_iter().chain(others).collect()
        }
        ElementsState::Complete { .. } | ElementsState::Failed(_) => vec![Event::ElementsReset],
    }
}

fn on_chapter(
    id: ChapterId,
    status: Status,
    token: Token,
    missing: Option<u32>,
) -> Vec<ChapterEvent> {
    use ChapterEvent as E;
    let failed = E::Failed { token, message: "no".into(), retry_at: None };
    let lost = [E::GivenBack { token }, E::Reclaimed { token, cause: Cause::Died }, failed];
    match status {
        Status::Pending => vec![
            E::AnalysisClaimed { worker: worker("a") },
            E::Skipped { reason: "front matter".into() },
        ],
        Status::Analyzing => [E::Analyzed { token, concepts: 2 }].into_iter().chain(lost).collect(),
        Status::Analyzed => {
            vec![E::IllustrationClaimed { worker: worker("i") }, E::Reset { step: Step::Analysis }]
        }
        Status::Illustrating => {
            let concept = missing.unwrap_or(1);
            let plates = [
                E::PlateRecorded { token, concept, plate: plate(id, concept), millis: 0 },
                E::Illustrated { token },
                E::PlateIntended { token, concept, key: format!("k{id}-{concept}") },
                E::PlateNotDrawn { token, concept },
                E::PlateBlocked { token, concept, reason: "refused".into() },
            ];
            plates.into_iter().chain(lost).collect()
        }
        Status::Illustrated => vec![
            E::PlateMissing { concept: 1 },
            E::ConceptsMissing,
            E::Reset { step: Step::Illustration },
        ],
        Status::Failed => vec![E::Retried { afresh: true }, E::Reset { step: Step::Analysis }],
        Status::Skipped => vec![E::Selected],
    }
}
