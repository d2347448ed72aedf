//! The rules, explored in every order of events: two to four workers that crash, hang, come back and
//! bring late results, over one chapter with one paid plate.
//!
//! Deciding and applying are the crate's own functions; only the workers and the world are modelled.
//! Two switches take a safeguard away, and then the checker must find what it guarded against.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use chrono::DateTime;
use manifest::event::Stamp;
use manifest::{
    ChapterEvent, ChapterId, Event, IllegalTransition, Manifest, Request, Step, Token, WorkerId,
    control, decide,
};
use stateright::{Checker, Model, Property};

use crate::acts;

const CHAPTER: ChapterId = ChapterId(1);

/// What may happen, and which safeguards are in place.
struct Rules {
    workers: usize,
    crashes: usize,
    hangs: usize,
    pauses: usize,
    /// A result counts only under the token of the claim in force.
    fencing: bool,
    /// A plate that is on disk is not drawn again.
    check_before_drawing: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Doing {
    Nothing,
    Analyzing(Token),
    Claimed(Token),
    Intended(Token),
    Paid(Token),
    Saved(Token),
    Recorded(Token),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Hand {
    life: usize,
    alive: bool,
    doing: Doing,
}

#[derive(Clone, Debug, PartialEq)]
struct State {
    manifest: Manifest,
    hands: Vec<Hand>,
    file: bool,
    paid: u32,
    /// Deaths between the payment and the file.
    dead_in_the_window: u32,
    crashes: usize,
    hangs: usize,
    pauses: usize,
    /// A unit was taken while the book was paused.
    begun_while_paused: bool,
    /// A result was accepted from a worker that had lost its claim.
    accepted_late: bool,
}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.manifest.serial.0.hash(state);
        format!("{:?}", self.manifest.chapters()).hash(state);
        (self.manifest.possible_duplicate_calls, &self.hands, self.file, self.paid).hash(state);
        (self.dead_in_the_window, self.crashes, self.hangs, self.accepted_late).hash(state);
        (self.manifest.control, self.pauses, self.begun_while_paused).hash(state);
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Act {
    /// A worker does the next thing that it has to do.
    Step(usize),
    Crash(usize),
    Restart(usize),
    /// Whoever looks frees the claims of the dead.
    Bury,
    /// Whoever looks takes a living worker's claim away, because it has hung for too long.
    TakeFromHung,
    /// A person pauses the book, or lets it go on.
    Ask(Request),
}

impl State {
    fn apply(&mut self, event: &Event) -> Result<(), IllegalTransition> {
        let stamp = Stamp { serial: self.manifest.serial.next(), at: DateTime::UNIX_EPOCH };
        self.manifest.apply(event, &stamp)
    }

    fn held(&self) -> Option<Token> {
        self.manifest.claims().map(|(_, claim)| claim.token).next()
    }

    fn name(&self, nth: usize) -> WorkerId {
        acts::worker(&format!("{nth}.{}", self.hands[nth].life))
    }

    fn dead(&self) -> BTreeSet<WorkerId> {
        let living: BTreeSet<_> =
            (0..self.hands.len()).filter(|n| self.hands[*n].alive).map(|n| self.name(n)).collect();
        let claimants = self.manifest.claims().map(|(_, claim)| claim.worker.clone());
        claimants.filter(|worker| !living.contains(worker)).collect()
    }

    fn recover(&mut self, dead: &BTreeSet<WorkerId>, stuck: &BTreeSet<Token>) {
        for event in decide::recover(&self.manifest, dead, stuck) {
            self.apply(&event).unwrap();
        }
    }
}

impl Rules {
    /// A worker reports under its token; without fencing the report counts whoever holds the claim.
    fn report(
        &self,
        state: &mut State,
        token: Token,
        change: impl FnOnce(Token) -> ChapterEvent,
    ) -> bool {
        let under = if self.fencing { token } else { state.held().unwrap_or(token) };
        let late = state.held() != Some(token);
        let event = Event::Chapter { chapter: CHAPTER, change: change(under) };
        let accepted = state.apply(&event).is_ok();
        state.accepted_late |= accepted && late;
        accepted
    }

    /// What a worker does next; `None` when there is nothing.
    fn step(&self, state: &mut State, nth: usize) -> Option<()> {
        use ChapterEvent as E;
        let me = state.name(nth);
        let next = match state.hands[nth].doing.clone() {
            Doing::Nothing => {
                let steps = [Step::Analysis, Step::Illustration];
                let mut claims =
                    steps.into_iter().zip([Doing::Analyzing as fn(_) -> _, Doing::Claimed]);
                let (event, doing) = claims.find_map(|(step, doing)| {
                    let (_, event) = decide::claim(&state.manifest, step, &me)?;
                    Some((event, doing))
                })?;
                state.begun_while_paused |= !state.manifest.control.is_going();
                state.apply(&event).unwrap();
                doing(Token(state.manifest.serial.0))
            }
            Doing::Analyzing(token) => {
                self.report(state, token, |token| E::Analyzed { token, concepts: 1 });
                Doing::Nothing
            }
            Doing::Claimed(token) if self.check_before_drawing && state.file => Doing::Saved(token),
            Doing::Claimed(token) => {
                let intent = |token| E::PlateIntended { token, concept: 1, key: "k".into() };
                if self.report(state, token, intent) {
                    Doing::Intended(token)
                } else {
                    Doing::Nothing
                }
            }
            Doing::Intended(token) => {
                state.paid += 1;
                Doing::Paid(token)
            }
            Doing::Paid(token) => {
                state.file = true;
                Doing::Saved(token)
            }
            Doing::Saved(token) => {
                let plate = acts::plate(CHAPTER, 1);
                let record = |token| E::PlateRecorded { token, concept: 1, plate, millis: 0 };
                // A plate may be recorded already: by whoever had the claim before.
                self.report(state, token, record);
                Doing::Recorded(token)
            }
            Doing::Recorded(token) => {
                self.report(state, token, |token| E::Illustrated { token });
                Doing::Nothing
            }
        };
        state.hands[nth].doing = next;
        Some(())
    }
}

impl Model for Rules {
    type State = State;
    type Action = Act;

    fn init_states(&self) -> Vec<State> {
        let source = acts::source();
        let manifest = Manifest::new("l".into(), "b".into(), source, DateTime::UNIX_EPOCH);
        let hand = Hand { life: 0, alive: true, doing: Doing::Nothing };
        let mut state = State {
            manifest,
            hands: vec![hand; self.workers],
            file: false,
            paid: 0,
            dead_in_the_window: 0,
            crashes: 0,
            hangs: 0,
            pauses: 0,
            begun_while_paused: false,
            accepted_late: false,
        };
        state.apply(&acts::listed(1)).unwrap();
        vec![state]
    }

    fn actions(&self, state: &State, acts: &mut Vec<Act>) {
        for (nth, hand) in state.hands.iter().enumerate() {
            if !hand.alive {
                acts.push(Act::Restart(nth));
                continue;
            }
            acts.push(Act::Step(nth));
            if state.crashes < self.crashes {
                acts.push(Act::Crash(nth));
            }
        }
        acts.push(Act::Bury);
        if state.hangs < self.hangs {
            acts.push(Act::TakeFromHung);
        }
        if state.pauses < self.pauses {
            acts.push(Act::Ask(Request::Pause));
        }
        acts.push(Act::Ask(Request::Resume));
    }

    fn next_state(&self, before: &State, act: Act) -> Option<State> {
        let mut state = before.clone();
        match act {
            Act::Step(nth) => self.step(&mut state, nth)?,
            Act::Crash(nth) => {
                let window = matches!(state.hands[nth].doing, Doing::Paid(_));
                state.dead_in_the_window += u32::from(window);
                state.crashes += 1;
                state.hands[nth] = Hand { alive: false, doing: Doing::Nothing, ..state.hands[nth] };
            }
            Act::Restart(nth) => {
                let life = state.hands[nth].life + 1;
                state.hands[nth] = Hand { life, alive: true, doing: Doing::Nothing };
            }
            Act::Bury => {
                let dead = state.dead();
                state.recover(&dead, &BTreeSet::new());
            }
            Act::TakeFromHung => {
                let stuck = BTreeSet::from([state.held()?]);
                state.hangs += 1;
                state.recover(&BTreeSet::new(), &stuck);
            }
            Act::Ask(request) => {
                for event in control::decide(&state.manifest, &request).unwrap_or_default() {
                    state.pauses += usize::from(event == Event::Paused);
                    state.apply(&event).unwrap();
                }
            }
        }
        (state != *before).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no result counts after its claim is lost", |_, state: &State| {
                !state.accepted_late
            }),
            Property::always(
                "paid again only for a death in the window or a hang",
                |_, state: &State| {
                    let excuses = state.dead_in_the_window + u32::try_from(state.hangs).unwrap();
                    state.paid <= 1 + excuses
                },
            ),
            Property::always("what may have been paid twice is counted", |_, state: &State| {
                let done = state.manifest.illustrate_complete();
                !done || state.paid <= 1 + state.manifest.possible_duplicate_calls
            }),
            Property::always("a recorded plate is on disk", |_, state: &State| {
                state.file || state.manifest.chapters()[&CHAPTER].plate(1).is_none()
            }),
            Property::always("a claim is held by one worker at most", |_, state: &State| {
                state.manifest.claims().count() <= 1
            }),
            Property::always("nothing is begun while paused", |_, state: &State| {
                !state.begun_while_paused
            }),
            Property::sometimes("the book gets done", |_, state: &State| {
                state.manifest.illustrate_complete()
            }),
            Property::sometimes(
                "it gets done after everything that may go wrong",
                |rules: &Self, state: &State| {
                    let worst = (state.crashes, state.hangs) == (rules.crashes, rules.hangs);
                    let worst = worst && state.pauses == rules.pauses;
                    worst && state.manifest.illustrate_complete()
                },
            ),
        ]
    }
}

fn rules(workers: usize, crashes: usize, hangs: usize) -> Rules {
    let pauses = 0;
    Rules { workers, crashes, hangs, pauses, fencing: true, check_before_drawing: true }
}

fn holds(rules: Rules) -> usize {
    let checker = rules.checker().spawn_bfs().join();
    checker.assert_properties();
    checker.unique_state_count()
}

#[test]
fn two_workers() {
    assert!(holds(rules(2, 2, 2)) > 1000);
}

#[test]
fn two_workers_and_a_pause() {
    assert!(holds(Rules { pauses: 1, ..rules(2, 1, 1) }) > 1000);
}

#[test]
fn three_workers() {
    assert!(holds(rules(3, 1, 1)) > 1000);
}

#[test]
fn four_workers() {
    assert!(holds(rules(4, 1, 1)) > 1000);
}

#[test]
fn without_fencing_a_late_result_counts() {
    let checker = Rules { fencing: false, ..rules(2, 1, 1) }.checker().spawn_bfs().join();
    checker.assert_any_discovery("no result counts after its claim is lost");
}

#[test]
fn without_a_look_before_drawing_a_plate_is_paid_twice() {
    let checker =
        Rules { check_before_drawing: false, ..rules(2, 1, 0) }.checker().spawn_bfs().join();
    checker.assert_any_discovery("paid again only for a death in the window or a hang");
}
