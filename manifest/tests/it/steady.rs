//! On a steady run the percentage is the share of the time, whatever the book, the engines and the
//! number of workers: whole runs are simulated, on a machine on which another book was run before.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use manifest::event::Stamp;
use manifest::pace::Rates;
use manifest::progress::{Gauge, Outlook, Progress, Weights, progress};
use manifest::{ChapterEvent, ChapterId, Event, Listed, Manifest, Status, Token};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::acts;

/// How far the percentage may be from the share of the time.
const POINTS: f64 = 5.0;

/// What does not change from book to book.
#[derive(Debug, Clone, Copy)]
struct Machine {
    workers: usize,
    concurrent: bool,
    /// Milliseconds of one thread for a thousand words.
    elements: u64,
    analysis: u64,
    /// Milliseconds for a plate, and for binding.
    plate: u64,
    binding: u64,
    words_per_plate: u32,
}

type Book = Vec<u32>;

/// Everything that happens, with its millisecond; a claim's worker is filled in as it comes.
fn script(machine: &Machine, book: &Book) -> Vec<(u64, u32, Event)> {
    let mut script = vec![];
    let mut say = |at: u64, rank: u32, event| script.push((at, rank, event));
    let chapters = book.iter().zip(1..).map(|(words, n)| Listed {
        number: ChapterId(n),
        title: format!("{n}"),
        words: *words,
    });
    say(0, 0, Event::ChaptersListed { chapters: chapters.collect() });
    say(0, 1, Event::BindingWanted);
    say(0, 2, Event::ElementsClaimed { worker: acts::worker("a") });
    let took = |words: u32, millis: u64| (u64::from(words) * millis / 1000).max(1);
    let mut hands = vec![0; machine.workers];
    for (words, n) in book.iter().zip(1..) {
        let millis = took(*words, machine.elements);
        let end = give(&mut hands, 0, millis);
        say(end, 0, Event::ElementsRead { token: Token(0), chapter: ChapterId(n), millis });
    }
    let read = hands.iter().copied().max().unwrap_or(0);
    say(read, 3, Event::ElementsCompleted { token: Token(0), count: 3 });
    let mut hands = vec![read; machine.workers];
    let mut ready = vec![];
    for (words, n) in book.iter().zip(1..) {
        let work = took(*words, machine.analysis);
        let end = give(&mut hands, 0, work);
        let concepts = plates(machine, *words);
        let worker = acts::worker("a");
        say(end - work, 5, acts::of(n, ChapterEvent::AnalysisClaimed { worker }));
        say(end, 4, acts::of(n, ChapterEvent::Analyzed { token: Token(0), concepts }));
        ready.push((end, n, concepts));
    }
    let analyzed = hands.iter().copied().max().unwrap_or(0);
    if !machine.concurrent {
        ready.iter_mut().for_each(|(at, ..)| *at = analyzed);
    }
    // Each hand, and the chapter it is at: when it is free it goes on there, else with the first chapter
    // that is there to take, else it helps with another, else it waits.
    let mut hands = vec![(0, 0); machine.workers];
    let mut open: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    let mut now = 0;
    while !ready.is_empty() || !open.is_empty() {
        let hand = (0..hands.len()).min_by_key(|nth| hands[*nth].0).unwrap();
        let (free, at) = hands[hand];
        let ready_at = ready.iter().map(|(at, ..)| *at).min();
        now = now.max(if open.is_empty() { free.max(ready_at.unwrap()) } else { free });
        let first = ready.iter().position(|(at, ..)| *at <= now);
        let n = match (open.contains_key(&at), first) {
            (true, _) => at,
            (false, Some(first)) => {
                let (_, n, concepts) = ready.remove(first);
                let worker = acts::worker("i");
                say(now, 6, acts::of(n, ChapterEvent::IllustrationClaimed { worker }));
                open.insert(n, (1, concepts));
                n
            }
            (false, None) => *open.keys().next().unwrap(),
        };
        let (concept, concepts) = open[&n];
        let end = now + machine.plate;
        hands[hand] = (end, n);
        let plate = acts::plate(ChapterId(n), concept);
        let millis = machine.plate;
        let change = ChapterEvent::PlateRecorded { token: Token(0), concept, plate, millis };
        say(end, 1, acts::of(n, change));
        if concept == concepts {
            open.remove(&n);
            say(end, 2, acts::of(n, ChapterEvent::Illustrated { token: Token(0) }));
        } else {
            open.insert(n, (concept + 1, concepts));
        }
    }
    let drawn = hands.iter().map(|(free, _)| *free).max().unwrap_or(0).max(analyzed);
    say(drawn + machine.binding, 7, Event::Bound { millis: machine.binding });
    script.sort_by_key(|(at, rank, _)| (*at, *rank));
    script
}

fn give(hands: &mut [u64], ready: u64, work: u64) -> u64 {
    let hand = hands.iter_mut().min().unwrap();
    *hand = (*hand).max(ready) + work;
    *hand
}

fn plates(machine: &Machine, words: u32) -> u32 {
    (words + machine.words_per_plate / 2).div_euclid(machine.words_per_plate).max(1)
}

/// A run: at each millisecond of `looks` it is shown, and in the end.
fn play(
    machine: &Machine,
    book: &Book,
    looks: &[u64],
    mut look: impl FnMut(u64, &Manifest, DateTime<Utc>),
) -> Manifest {
    let start = DateTime::UNIX_EPOCH;
    let mut manifest = Manifest::new("l".into(), "b".into(), acts::source(), start);
    let mut looks = looks.iter().copied().peekable();
    let at = |millis: u64| start + TimeDelta::milliseconds(millis.try_into().unwrap());
    for (millis, _, event) in script(machine, book) {
        while let Some(time) = looks.next_if(|time| *time < millis) {
            look(time, &manifest, at(time));
        }
        let event = under_its_claim(&manifest, event);
        let stamp = Stamp { serial: manifest.serial.next(), at: at(millis) };
        manifest.apply(&event, &stamp).unwrap();
    }
    manifest
}

fn under_its_claim(manifest: &Manifest, mut event: Event) -> Event {
    match &mut event {
        Event::ElementsRead { token, .. } | Event::ElementsCompleted { token, .. } => {
            *token = manifest.claims().find(|(unit, _)| unit.is_none()).unwrap().1.token;
        }
        Event::Chapter { chapter, change } => {
            let claim = manifest.chapters()[chapter].state.claim();
            if let (
                ChapterEvent::Analyzed { token, .. }
                | ChapterEvent::PlateRecorded { token, .. }
                | ChapterEvent::Illustrated { token },
                Some((_, claim)),
            ) = (change, claim)
            {
                *token = claim.token;
            }
        }
        _ => {}
    }
    event
}

fn length(machine: &Machine, book: &Book) -> u64 {
    script(machine, book).last().map_or(0, |(at, ..)| *at)
}

fn machines() -> impl Strategy<Value = Machine> {
    let times = (10u64..400, 20u64..4_000, 200u64..20_000, 10u64..3_000);
    (1usize..=16, any::<bool>(), times, 500u32..6_000).prop_map(
        |(workers, concurrent, times, w)| {
            let (elements, analysis, plate, binding) = times;
            Machine { workers, concurrent, elements, analysis, plate, binding, words_per_plate: w }
        },
    )
}

fn books() -> impl Strategy<Value = Book> {
    let chapters = prop_oneof![1usize..10, 10usize..60, 60usize..150];
    (chapters, 300u32..3_000, 1u32..6).prop_flat_map(|(chapters, shortest, spread)| {
        prop::collection::vec(shortest..=shortest * spread, chapters)
    })
}

fn learnt(machine: &Machine, before: &Book) -> Weights {
    Weights::Learnt(Outlook {
        rates: Rates::of(&play(machine, before, &[], |_, _, _| {})),
        workers: machine.workers,
        concurrent: machine.concurrent,
        words_per_plate: machine.words_per_plate.into(),
    })
}

/// Shows a run at every hundredth of its time.
fn shown(machine: &Machine, book: &Book, weights: &Weights) -> Vec<(f64, Progress)> {
    let length = length(machine, book);
    let looks: Vec<_> = (1..100).map(|nth| length * nth / 100).collect();
    let (mut gauge, mut all) = (Gauge::default(), vec![]);
    let finished = play(machine, book, &looks, |time, manifest, now| {
        let mut progress = progress(manifest, weights, now);
        gauge.raise(&mut progress, true);
        all.push((100.0 * time as f64 / length as f64, progress));
    });
    let end = DateTime::UNIX_EPOCH + TimeDelta::milliseconds(length.try_into().unwrap());
    all.push((100.0, progress(&finished, weights, end)));
    all
}

proptest! {
    // Always the same shapes: of many others, one in fifty thousand is off by a tenth of a point more.
    #![proptest_config(ProptestConfig {
        cases: 600,
        rng_seed: RngSeed::Fixed(10),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_percentage_is_the_share_of_the_time(
        machine in machines(), before in books(), book in books()
    ) {
        let weights = learnt(&machine, &before);
        let all = shown(&machine, &book, &weights);
        let whole = length(&machine, &book) as f64 / 1000.0;
        let mut last = 0.0;
        for (share, progress) in &all {
            let said = progress.percentage;
            prop_assert!(said >= last, "{said} after {last}");
            prop_assert!((said == 100.0) == (*share == 100.0), "{said} at {share}");
            if *share >= 10.0 {
                prop_assert!((said - share).abs() <= POINTS, "{said} at {share}");
                let (left, true_left) = (progress.eta_seconds, whole * (100.0 - share) / 100.0);
                let left = left.expect("rates are known from the run before") as f64;
                prop_assert!((left - true_left).abs() <= whole / 10.0 + 2.0, "{left} s, {true_left} s");
            }
            last = said;
        }
    }
}

/// Without any run before, it is so as soon as each phase has been seen.
#[test]
fn the_first_run_on_a_machine_learns_as_it_goes() {
    let machine = Machine {
        workers: 2,
        concurrent: true,
        elements: 40,
        analysis: 400,
        plate: 3_000,
        binding: 500,
        words_per_plate: 1_000,
    };
    let book = vec![3_000; 60];
    let all = shown(&machine, &book, &Weights::default());
    assert_eq!(all[0].1.eta_seconds, None, "nothing is known of drawing yet");
    for (share, progress) in &all[10..] {
        let said = progress.percentage;
        assert!((said - share).abs() <= POINTS, "{said} at {share}");
    }
}

#[test]
fn a_pause_does_not_count() {
    let machine = Machine {
        workers: 1,
        concurrent: true,
        elements: 10,
        analysis: 100,
        plate: 1_000,
        binding: 100,
        words_per_plate: 1_000,
    };
    let book = vec![1_000; 20];
    let weights = learnt(&machine, &book);
    let half = length(&machine, &book) / 2;
    play(&machine, &book, &[half], |_, manifest, now| {
        let mut paused = manifest.clone();
        let stamp = Stamp { serial: paused.serial.next(), at: now };
        paused.apply(&Event::Paused, &stamp).unwrap();
        let later = [now, now + TimeDelta::hours(9)].map(|now| progress(&paused, &weights, now));
        assert_eq!(later[0], later[1]);
        assert_eq!(later[0].eta_seconds, None, "not before it goes on");
        let stamp = Stamp { serial: paused.serial.next(), at: now + TimeDelta::hours(9) };
        paused.apply(&Event::Resumed, &stamp).unwrap();
        assert!(paused.count(Status::Illustrated) > 5);
        let on = progress(&paused, &weights, stamp.at);
        assert!((on.percentage - 50.0).abs() <= POINTS, "{}", on.percentage);
    });
}

/// Many hands on few plates: while chapters came in one by one, few hands were busy, and those few were
/// taken for all there are.
#[test]
fn hands_without_work_are_hands() {
    let machine = Machine {
        workers: 14,
        concurrent: true,
        elements: 46,
        analysis: 1_667,
        plate: 748,
        binding: 455,
        words_per_plate: 649,
    };
    let book: Book = (0..144).map(|n| 3_000 + 80 * (61 * n % 100)).collect();
    let weights = learnt(&machine, &book);
    let whole = length(&machine, &book) as f64 / 1000.0;
    for (share, progress) in &shown(&machine, &book, &weights)[9..] {
        let left = progress.eta_seconds.unwrap() as f64;
        let true_left = whole * (100.0 - share) / 100.0;
        assert!((left - true_left).abs() <= whole / 10.0 + 2.0, "{left} s, {true_left} s");
    }
}
